"""The public names: there, sorted, documented, light; the tree of errors is the one drawn."""

from __future__ import annotations

import importlib
import inspect
import multiprocessing
import pkgutil
import re
import subprocess
import sys

import pytest

import coopnlp
from coopnlp import errors

PACKAGES = ["batch", "extract", "gazetteer", "pipeline", "records", "register", "service", "themes"]
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(coopnlp.__path__, "coopnlp.")
    if not module.name.endswith("__main__") and "._models" not in module.name
)


def test_the_public_names() -> None:
    assert set(coopnlp.__all__) >= {"Register", "__version__", "classify", "extract", "load", "process", "process_all"}


def test_they_are_sorted_and_all_listed() -> None:
    assert list(coopnlp.__all__) == sorted(coopnlp.__all__)
    assert dir(coopnlp) == sorted(coopnlp.__all__)


@pytest.mark.parametrize("name", coopnlp.__all__)
def test_every_public_name_can_be_imported_and_has_a_docstring(name: str) -> None:
    value = getattr(coopnlp, name)
    assert isinstance(value, str) or inspect.getdoc(value)


def test_a_name_that_is_none_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="brouillon"):
        coopnlp.brouillon  # noqa: B018


def test_extract_is_callable_whatever_was_imported_before() -> None:
    importlib.import_module("coopnlp.extract")
    assert coopnlp.extract(b"Il pleut.", name="note.txt").text == "Il pleut."


@pytest.mark.parametrize("name", MODULES)
def test_all_is_sorted_importable_and_documented(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    public = getattr(module, "__all__", [])
    # ruff's order: CONSTANTS, Classes, functions
    assert sorted(public, key=lambda n: (0 if n.isupper() else 1 if n[0].isupper() else 2, n)) == list(public)
    for item in public:
        value = getattr(module, item)
        if inspect.isfunction(value) or inspect.isclass(value):
            assert inspect.getdoc(value), f"{name}.{item}"


@pytest.mark.parametrize("package", PACKAGES)
def test_public_methods_are_documented(package: str) -> None:
    module = importlib.import_module(f"coopnlp.{package}")
    for item in getattr(module, "__all__", []):
        value = getattr(module, item)
        if inspect.isclass(value) and value.__module__.startswith("coopnlp."):
            bare = [n for n, m in vars(value).items() if inspect.isfunction(m) and n[0] != "_" and not m.__doc__]
            assert bare == [], f"{package}.{item}"


def test_importing_loads_neither_spacy_nor_sklearn() -> None:
    heavy = ("spacy", "sklearn", "pydantic", "numpy", "sqlalchemy", "pypdfium2")
    code = f"import sys, coopnlp; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _drawn() -> dict[str, str]:
    """Read the tree of the docstring of errors.py: name to parent."""
    parents: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"( {4}[│ ]*(?:[├└]── )?)([A-Z][A-Za-z]+)\b", line)
        if not match:
            continue
        depth = len(match[1])
        above = [(d, n) for d, n in above if d < depth]
        parents[match[2]] = above[-1][1] if above else "Exception"
        above.append((depth, match[2]))
    return parents


def test_the_errors_are_those_drawn() -> None:
    classes = {n: c for n, c in vars(errors).items() if inspect.isclass(c) and issubclass(c, Exception)}
    assert _drawn() == {name: c.__bases__[0].__name__ for name, c in classes.items()}
    assert sorted(classes) == sorted(errors.__all__)


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_is_one_of_ours_with_a_docstring(name: str) -> None:
    error = getattr(errors, name)
    assert issubclass(error, errors.CoopnlpError)
    assert error.__doc__


def test_an_extraction_error_says_where_what_and_what_to_do() -> None:
    error = errors.NoText("pv.pdf", "pages 1-4 are scanned images.", "Install Tesseract.")
    assert str(error) == "pv.pdf: pages 1-4 are scanned images. Install Tesseract."


def test_an_error_survives_the_way_between_processes() -> None:
    ours, theirs = multiprocessing.Pipe()
    ours.send(errors.TooLarge("pv.pdf", "over the limit", "Split it."))
    error = theirs.recv()
    assert (type(error), str(error)) == (errors.TooLarge, "pv.pdf: over the limit. Split it.")
