"""The report of a run: its summary as JSON for machines, or as an HTML page that loads nothing."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from coopnlp.batch.render import duration, headline
from coopnlp.batch.summary import STAGES, Summary
from coopnlp.errors import CoopnlpError
from coopnlp.resources import data_file

__all__ = ["check", "to_html", "to_json", "write_report"]

_NAMES = {
    "extract": "lecture du format", "entities": "entités", "records": "fiches", "themes": "thèmes",
    "read": "autres, entre processus", "write": "écriture au registre",
}  # fmt: skip


def check(path: Path) -> None:
    """Say before the work begins what can be said against a file of a report.

    Raises
    ------
    CoopnlpError
        Its name does not end in .json or .html, or nothing can be written there.
    """
    if path.suffix.lower() not in (".json", ".html", ".htm"):
        raise CoopnlpError(f"{path}: a report is written as JSON or HTML. Give a name in .json or .html.")
    if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise CoopnlpError(f"{path}: the report cannot be written there. Give a file in a folder of yours.")


def write_report(summary: Summary, path: Path) -> None:
    """Write the report; it stands under its name when it is whole.

    Raises
    ------
    CoopnlpError
        The file cannot be written.
    """
    told = to_json(summary) if path.suffix.lower() == ".json" else to_html(summary)
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_text(told, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise CoopnlpError(f"{path}: the report cannot be written ({error.strerror}). Give another file.") from error
    finally:
        with suppress(OSError):  # it was put in place, or never made
            partial.unlink()


def to_json(summary: Summary) -> str:
    """Return the summary as one JSON object; absent values are absent keys."""
    return json.dumps(summary.to_json(), ensure_ascii=False, indent=2) + "\n"


def to_html(summary: Summary) -> str:
    """Return the summary as a page in French; all that comes from documents is escaped."""
    from jinja2 import Environment

    template = data_file("batch", "report.html").read_text(encoding="utf-8")
    return (
        Environment(autoescape=True, trim_blocks=True)
        .from_string(template)
        .render(
            summary=summary,
            headline=headline(summary),
            stages=_stages(summary),
            n=lambda number: f"{number:,}".replace(",", "\u202f"),
            d=lambda number: f"{number:,.2f}".replace(",", "\u202f").replace(".", ","),
            size=_size,
            time=duration,
        )
    )


def _stages(summary: Summary) -> list[dict[str, object]]:
    """Return the stages without what they hold of one another: « read » is the whole of a worker's time."""
    seconds = dict(summary.stages)
    inner = sum(seconds.get(stage, 0.0) for stage in STAGES[:4])
    if "read" in seconds:
        seconds["read"] = max(0.0, seconds["read"] - inner)
    whole = sum(seconds.values()) or 1.0
    sources = max(1, sum(kind.sources for kind in summary.kinds))
    return [
        {
            "name": _NAMES.get(stage, stage),
            "seconds": seconds[stage],
            "per_thousand": 1000 * seconds[stage] / sources,
            "share": round(100 * seconds[stage] / whole, 1),
        }
        for stage in (*STAGES, *sorted(set(seconds) - set(STAGES)))
        if stage in seconds
    ]


def _size(number: int) -> str:
    """Return a number of bytes as it is read in French.

    >>> _size(900), _size(1_234_567)
    ('900 o', '1,2 Mo')
    """
    size = float(number)
    for unit in ("o", "ko", "Mo", "Go"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "o" else f"{size:.1f} {unit}".replace(".", ",")
        size /= 1000
    return f"{size:.1f} To".replace(".", ",")
