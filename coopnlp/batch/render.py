"""A batch as people see it: progress while it runs, a summary when it has ended. In French."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO

from coopnlp.batch.summary import Progress, Summary
from coopnlp.register.screen import counted, safe

__all__ = ["duration", "headline", "pace", "show_preview", "show_summary", "tell_interrupt", "watching"]

# Failures named on screen; the register has them all.
_SHOWN = 20
# Where nobody watches, a line so often.
_LINE_EVERY_S = 60.0


@contextmanager
def watching() -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows each step on standard error: a bar on a terminal, else a line a minute.

    What the library warns of meanwhile (a register that does not answer) is shown too.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        with _warnings(lambda told: _write(sys.stderr, told)):
            yield _Lines(sys.stderr).show
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with (
        Bar(*columns, console=console, transient=True) as bar,
        _warnings(lambda told: bar.console.print(told, markup=False, highlight=False)),
    ):
        task = bar.add_task("inventaire", total=None, told="")

        def show(step: Progress) -> None:
            if step.total is None:
                bar.update(task, completed=step.noted, told=_failed(step))
            else:
                bar.update(task, description="lecture", total=step.total, completed=step.read, told=pace(step))

        yield show


def pace(step: Progress) -> str:
    """Say how fast a run goes, how long it will take, and how much failed."""
    told = []
    if step.per_second:
        told.append(f"{step.per_second:.1f}/s".replace(".", ","))
    if step.waiting_for_others:
        told.append("le reste est en main d’un autre passage")
    elif step.left_s is not None and step.total is not None and step.read < step.total:
        told.append(f"reste {duration(step.left_s)}")
    return ", ".join([*told, *([_failed(step)] if step.failed else [])])


def _failed(step: Progress) -> str:
    return f"{step.failed} en échec" if step.failed else ""


class _Lines:
    """Shows steps as lines, for a file that somebody reads later."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.last = time.monotonic()

    def show(self, step: Progress) -> None:
        if time.monotonic() - self.last < _LINE_EVERY_S:
            return
        self.last = time.monotonic()
        if step.total is None:
            _write(self.stream, f"inventaire : {counted(step.noted, 'source')}")
        else:
            _write(self.stream, f"lecture : {step.read} sur {step.total}, {pace(step)}".rstrip(", "))


def _write(stream: IO[str], told: str) -> None:
    stream.write(f"coopnlp: {safe(told)}\n")
    stream.flush()


@contextmanager
def _warnings(show: Callable[[str], None]) -> Iterator[None]:
    """Show the library's warnings, in French where they have it."""

    class Shown(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            show(getattr(record, "shown", record.getMessage()))

    handler = Shown(logging.WARNING)
    logger = logging.getLogger("coopnlp")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def show_summary(summary: Summary, stream: IO[str]) -> None:
    """Write what a run did, and why what failed did."""
    lines = [headline(summary)]
    lines += [f"  échec : {failure.message}" for failure in summary.failed[:_SHOWN]]
    if summary.failures > _SHOWN:
        lines.append(f"  … et {summary.failures - _SHOWN} autres : `coopnlp register show` les donne.")
    if summary.failures:
        lines.append("  La cause levée, `--retry-failed` les reprend.")
    if summary.shared:
        lines.append(f"  lus par un autre passage en même temps : {counted(summary.shared, 'document')}")
    if summary.older:
        lines.append(f"  antérieurs à la date donnée, non regardés : {counted(summary.older, 'fichier')}")
    if summary.gone_count:
        lines.append(f"  plus là, ce qui en fut lu est gardé : {counted(summary.gone_count, 'fichier')}")
    if summary.interrupted:
        rest = f" : {counted(summary.left, 'source')} en attente" if summary.left else ""
        lines.append(f"  interrompu{rest}. La même commande reprend où elle en était.")
    stream.write("\n".join(safe(line) for line in lines) + "\n")


def headline(summary: Summary) -> str:
    """Say in a line what a run did."""
    return (
        f"{counted(summary.done, 'document lu')}, {counted(summary.skipped, 'inchangé')}, "
        f"{summary.failures} en échec, en {duration(summary.seconds)}"
    )


def duration(seconds: float) -> str:
    """Return a time as it is read in French.

    >>> duration(14.42), duration(192), duration(11_520), duration(200_000)
    ('14,4 s', '3 min 12 s', '3 h 12 min', '2 j 7 h')
    """
    if seconds < 60:
        return f"{seconds:.1f} s".replace(".", ",")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    if days > 1:
        return f"{days} j {hours_left} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def tell_interrupt(stream: IO[str]) -> None:
    """Say what the first Ctrl-C does, and the second."""
    _write(stream, "ce qui est en main est lu jusqu’au bout ; encore Ctrl-C pour arrêter tout de suite.")


_REASONS = {
    ("read", "new"): "à lire, nouveaux",
    ("read", "changed"): "à lire, changés",
    ("read", "waiting"): "à lire, en attente d’un passage précédent",
    ("read", "failed before"): "à reprendre, en échec",
    ("read", "other versions"): "à relire, lus par une autre version",
    ("skip", "unchanged"): "inchangés",
    ("skip", "failed before"): "en échec, non repris",
    ("skip", "equal"): "mêmes octets qu’un autre",
    ("skip", "older"): "antérieurs à la date donnée",
    ("fail", "unreadable"): "illisibles",
    ("mark", "gone"): "plus là",
}


def show_preview(counts: Mapping[tuple[str, str], int], stream: IO[str]) -> None:
    """Write how many sources a run would do what with."""
    lines = [f"  {told} : {counts[key]}" for key, told in _REASONS.items() if counts.get(key)]
    stream.write("\n".join(["rien n’a été écrit ; un passage ferait :", *(lines or ["  rien"])]) + "\n")
