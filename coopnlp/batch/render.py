"""A batch as people see it: a progress bar while it runs, a summary when it has ended. In French."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from coopnlp.batch.runner import Progress, Summary
from coopnlp.register.screen import counted

__all__ = ["show_summary", "watching"]

# Failures named on screen; the register has them all.
_SHOWN = 20


@contextmanager
def watching() -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows each step on standard error; nothing is shown where nobody watches."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[told]}"),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("inventaire", total=None, told="")

        def show(step: Progress) -> None:
            told = f"{step.failed} en échec" if step.failed else ""
            if step.total is None:
                bar.update(task, completed=step.noted, told=told)
            else:
                bar.update(task, description="lecture", total=step.total, completed=step.read, told=told)

        yield show


def show_summary(summary: Summary, stream: IO[str]) -> None:
    """Write what a run did, and why what failed did."""
    lines = [
        f"{counted(summary.done, 'document lu')}, {counted(summary.skipped, 'inchangé')}, "
        f"{len(summary.failed)} en échec, en {_duration(summary.seconds)}"
    ]
    lines += [f"  échec : {failure.message}" for failure in summary.failed[:_SHOWN]]
    if len(summary.failed) > _SHOWN:
        lines.append(f"  … et {len(summary.failed) - _SHOWN} autres : `coopnlp register show` les donne.")
    if summary.failed:
        lines.append("  La cause levée, `--retry-failed` les reprend.")
    if summary.gone:
        lines.append(f"  plus là, ce qui en fut lu est gardé : {counted(len(summary.gone), 'fichier')}")
    stream.write("\n".join(lines) + "\n")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s".replace(".", ",")
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"
