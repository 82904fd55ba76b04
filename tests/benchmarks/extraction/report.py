"""Figures as tables of Markdown."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["table"]

_SHOWN = {
    "cer": ("CER %", lambda v: f"{100 * v:.2f}"),
    "order": ("order", lambda v: f"{v:.3f}"),
    "cells": ("cells F1", lambda v: f"{v:.3f}"),
    "headings": ("headings F1", lambda v: f"{v:.3f}"),
    "levels": ("levels F1", lambda v: f"{v:.3f}"),
    "blocks": ("blocks F1", lambda v: f"{v:.3f}"),
    "running_left": ("running left", lambda v: f"{v:.2f}"),
    "pages_a_second": ("pages/s", lambda v: f"{v:.0f}" if v >= 20 else f"{v:.1f}"),
}


def table(first: str, rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return a table, a row a name; a dash for what a tool does not give."""
    shown = [name for name in _SHOWN if any(name in values for values in rows.values())]
    lines = [f"| {first} | " + " | ".join(_SHOWN[name][0] for name in shown) + " |"]
    lines.append("|---" * (len(shown) + 1) + "|")
    for row, values in rows.items():
        if not values:
            continue
        cells = [_SHOWN[name][1](values[name]) if name in values else "–" for name in shown]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
