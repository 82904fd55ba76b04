"""Measure extraction on made documents, beside other tools; ``README.md`` says how.

python -m tests.benchmarks.extraction [--half dev|held|both] [--json FILE] [--write FOLDER] [--ocr] [--speed]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

from .documents import HALVES, LAYOUTS, Made, make, make_all
from .losses import losses
from .report import table
from .scores import Counts, score
from .tools import TOOLS, timed, versions

#: Layouts that a line of the table of tasks sums up: what issue « extraction » asks is asked of these.
TASKS = {
    "all": tuple(LAYOUTS),
    "columns": ("columns-2", "columns-3"),
    "tables, ruled": ("table-ruled", "long-ruled", "landscape", "landscape-turned"),
    "tables, borderless": ("table-rows", "table-borderless", "long-borderless"),
}


def main(argv: list[str] | None = None) -> int:
    """Print the figures; write them as JSON where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.extraction", description=__doc__)
    parser.add_argument("--half", choices=[*HALVES, "both"], default="dev")
    parser.add_argument("--variants", type=int, default=3, help="documents a layout and half")
    parser.add_argument("--layout", action="append", choices=sorted(LAYOUTS), help="only these")
    parser.add_argument("--tool", action="append", choices=sorted(TOOLS), help="only these")
    parser.add_argument("--each", action="store_true", help="a line a document")
    parser.add_argument("--losses", action="store_true", help="show where the first tool differs from the truth")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the documents and their truth, and stop")
    parser.add_argument("--ocr", action="store_true", help="measure OCR on noisy images instead")
    parser.add_argument("--speed", action="store_true", help="measure speed and memory on real minutes instead")
    options = parser.parse_args(argv)
    layouts = tuple(options.layout or LAYOUTS)
    halves = HALVES if options.half == "both" else (options.half,)
    if options.losses:
        tool = (options.tool or [*TOOLS])[0]
        for half in halves:
            for made in make_all(half, options.variants, layouts):
                print(f"== {made.truth.name}", *losses(made.truth, TOOLS[tool](made.data)), sep="\n")
        return 0
    if options.write:
        write(options.write, halves, options.variants, layouts)
        return 0
    if options.speed:
        from .speed import measure_speed

        figures = measure_speed()
    elif options.ocr:
        from .scans import measure_ocr

        figures = measure_ocr(halves[0])
    else:
        figures = measure(halves, options.variants, layouts, tuple(options.tool or TOOLS), options.each)
    if options.json:
        options.json.write_text(json.dumps({"versions": versions(), **figures}, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(
    halves: tuple[str, ...], variants: int, layouts: tuple[str, ...], tools: tuple[str, ...], each: bool
) -> dict[str, object]:
    """Read every document with every tool; print and return the measures by tool, task and layout."""
    sums: dict[str, dict[str, Counts]] = {tool: defaultdict(Counts) for tool in tools}
    documents: dict[str, dict[str, dict[str, float]]] = {}
    pages = 0
    first = make(halves[0], "letter", 0)
    for tool in tools:
        TOOLS[tool](first.data)  # what a tool loads when it is first used is no speed of its reading
    for half in halves:
        for made in make_all(half, variants, layouts):
            pages += made.truth.pages
            rows = documents[made.truth.name] = {}
            has_tables = any(block.kind == "table" for block in made.truth.blocks)
            for tool in tools:
                if tool == "pdfplumber-text" and not has_tables:
                    continue
                counts = _read(tool, made)
                if tool == "pdfplumber-text":  # its text is pdfplumber's: what is measured is the tables
                    counts = Counts(f1={"cells": counts.f1["cells"]})
                sums[tool][made.truth.layout].add(counts)
                rows[tool] = counts.values()
            if each:
                print(table(f"{made.truth.name} ({made.truth.notes})", rows), "\n", flush=True)
    print(f"{len(documents)} documents, {pages} pages, {' and '.join(halves)}\n")
    by_task: dict[str, dict[str, dict[str, float]]] = {}
    for task, names in {**TASKS, **{name: (name,) for name in layouts}}.items():
        by_task[task] = {}
        for tool in tools:
            total = Counts()
            for name in names:
                total.add(sums[tool][name])
            by_task[task][tool] = total.values()
        if any(by_task[task].values()):
            print(table(f"**{task}**", by_task[task]), "\n")
    return {"by_task": by_task, "documents": documents}


def _read(tool: str, made: Made) -> Counts:
    reading, seconds = timed(TOOLS[tool], made.data)
    counts = score(made.truth, reading)
    counts.seconds = seconds
    return counts


def write(folder: Path, halves: tuple[str, ...], variants: int, layouts: tuple[str, ...]) -> None:
    """Write PDF and truth, as text to read beside it, of every document."""
    folder.mkdir(parents=True, exist_ok=True)
    for half in halves:
        for made in make_all(half, variants, layouts):
            path = folder / made.truth.name
            path.write_bytes(made.data)
            lines = []
            for block in made.truth.blocks:
                level = f" {block.level}" if block.level else ""
                marks = "".join(f" {mark}" for mark in ("floating", "loose", "title") if getattr(block, mark))
                body = "\n".join(" | ".join(row) for row in block.rows) if block.rows else block.text
                lines.append(f"[{block.kind}{level}{marks}, page {block.page}]\n{body}\n")
            lines += [f"[running]\n{text}\n" for text in made.truth.running]
            path.with_suffix(".txt").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
