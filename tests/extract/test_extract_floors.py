"""Floors of extraction from PDF on four made documents; the whole set is in tests/benchmarks/extraction."""

from __future__ import annotations

import pytest

from tests.benchmarks.extraction.documents import make
from tests.benchmarks.extraction.scores import score
from tests.benchmarks.extraction.tools import ours

#: (layout, variant of the dev half): the most character errors, the least of the other measures.
FLOORS = {
    ("single", 0): (0.001, {"order": 1.0, "headings": 1.0, "levels": 1.0, "blocks": 0.9}),
    ("small-print", 1): (0.001, {"order": 0.99, "headings": 0.9, "levels": 0.9, "blocks": 0.85}),
    ("table-ruled", 1): (0.002, {"order": 1.0, "cells": 0.97, "headings": 1.0}),
    ("minutes", 0): (0.005, {"order": 0.99, "headings": 1.0, "levels": 1.0, "blocks": 0.85}),
}


@pytest.mark.parametrize(("layout", "variant"), FLOORS)
def test_a_made_document_is_read_as_well_as_it_was(layout: str, variant: int) -> None:
    made = make("dev", layout, variant)
    found = score(made.truth, ours(made.data)).values()
    most, floors = FLOORS[layout, variant]
    assert found["cer"] <= most
    assert {name: found[name] for name in floors if found[name] < floors[name]} == {}
