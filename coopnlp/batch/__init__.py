"""Many sources into a register, by a journal that survives being killed at any point."""

from __future__ import annotations

from coopnlp.batch.runner import Progress, Summary, run

__all__ = ["Progress", "Summary", "run"]
