"""A register of hand-made documents with its catalogue, and one of the shipped examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from exchange_makers import bamako, levis
from spacy.language import Language

from coopnlp.api import process
from coopnlp.catalogue import refresh
from coopnlp.register import Register
from coopnlp.types import Failure, Result


@pytest.fixture(scope="session")
def made() -> Iterator[Register]:
    """Two documents and one that could not be read."""
    with Register("sqlite://") as register:
        register.add_all([bamako(), levis()])
        register.add_failure(Failure(source="scan.pdf", error="NoText", message="scan.pdf : images seules."))
        refresh(register)
        yield register


@pytest.fixture(scope="session")
def read(nlp: Language, root: Path) -> list[Result]:
    """What processing reads from the shipped examples."""
    return [process(path) for path in sorted((root / "examples/documents").iterdir())]


@pytest.fixture(scope="session")
def examples(read: list[Result]) -> Iterator[Register]:
    """The examples in a register, with its catalogue."""
    with Register("sqlite://") as register:
        register.add_all(read)
        refresh(register)
        yield register


@pytest.fixture(scope="session")
def schemas(root: Path) -> Path:
    """The folder of schemas."""
    return root / "tests/data/schemas"
