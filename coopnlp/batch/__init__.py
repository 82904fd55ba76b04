"""Many sources into a register, by a journal that survives being killed at any point."""

from __future__ import annotations

from coopnlp.batch.runner import run
from coopnlp.batch.summary import Progress, Summary

__all__ = ["Progress", "Summary", "run"]
