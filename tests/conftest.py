"""Fixtures for every test."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spacy.language import Language

# What tests read or fetch is no part of the user's cache. A scan that several tests read is read once.
_CACHE = tempfile.TemporaryDirectory(prefix="coopnlp-tests-")
os.environ["COOPNLP_CACHE"] = _CACHE.name

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of measures beside the checkout; tests that use it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not beside the checkout")
    return SHARED


@pytest.fixture(scope="session")
def nlp() -> Language:
    """The shipped pipeline, loaded once; also what the command line uses in this process."""
    import coopnlp

    return coopnlp.load()
