"""Where shipped models and data are: the only module that knows paths.

A wheel carries ``models/`` as ``coopnlp/_models``; in a checkout it stands
beside the package.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

from coopnlp.errors import ModelError

__all__ = ["cache_folder", "data_file", "model_folder"]

_PACKAGE = Path(__file__).resolve().parent
_TRAINED_AS = {"coop_themes": "themes", "coop_records": "records"}
_MODELS = (_PACKAGE / "_models", _PACKAGE.parent / "models")


@cache
def model_folder(name: str) -> Path:
    """Return the folder of a shipped model, ``coop_fr`` or ``coop_themes``.

    Raises
    ------
    ModelError
        Neither the installed package nor the checkout has it.
    """
    for models in _MODELS:
        folder = models / name
        if folder.is_dir():
            return folder
    raise ModelError(
        f"model {name!r} is not in {' or '.join(str(m) for m in _MODELS)}. "
        f"Reinstall coopnlp, or train it: `coopnlp train {_TRAINED_AS.get(name, 'entities')}`."
    )


def data_file(package: str, name: str) -> Path:
    """Return a data file that ships inside the package, e.g. ``data_file("gazetteer", "places.tsv.gz")``.

    Raises
    ------
    ModelError
        The file is not there: the installation is damaged.
    """
    path = _PACKAGE / package / "data" / name
    if not path.is_file():
        raise ModelError(f"{path} is missing. Reinstall coopnlp.")
    return path


def make_private(folder: Path) -> None:
    """Make a folder, those above it too, that nobody but the user reads: what is kept may be of an intranet."""
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=0o700, exist_ok=True)


def cache_folder() -> Path | None:
    """Return the user's folder for what can be had again, which need not exist yet.

    ``COOPNLP_CACHE`` names another; ``off`` there, or a user without a home, is None.
    """
    named = os.environ.get("COOPNLP_CACHE", "").strip()
    if named:
        return None if named.lower() == "off" else Path(named)
    try:
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "coopnlp" / "cache"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "coopnlp"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "coopnlp"
    except RuntimeError:
        return None
