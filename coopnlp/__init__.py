"""coopnlp: French documents on the cooperation between local authorities.

``extract`` reads a source into text and blocks, ``load`` gives the spaCy
pipeline, ``process`` reads a source into a record, ``process_all`` many of
them, ``classify`` puts texts on the themes of the atlas, ``Register`` keeps
records, ``frames`` gives them to pandas and polars, ``display`` shows documents in
a notebook. Importing the package loads neither spaCy nor scikit-learn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coopnlp import display, frames
    from coopnlp.api import classify, load, process, process_all
    from coopnlp.extract import extract
    from coopnlp.register import Register

__version__ = "0.1.0"

__all__ = [
    "Register", "__version__", "classify", "display", "extract", "frames", "load", "process", "process_all",
]  # fmt: skip

_HOMES = {
    "Register": "coopnlp.register",
    "classify": "coopnlp.api",
    "extract": "coopnlp.extract",
    "load": "coopnlp.api",
    "process": "coopnlp.api",
    "process_all": "coopnlp.api",
}


_MODULES = ("display", "frames")


def __getattr__(name: str) -> Any:
    if name not in _HOMES and name not in _MODULES:
        raise AttributeError(f"module 'coopnlp' has no attribute {name!r}")
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"coopnlp.{name}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
