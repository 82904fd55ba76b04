"""Where the hostile files and the damaged ones are made."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "data" / "hostile"), str(TESTS / "benchmarks")]
