"""Weights of a network on disk, in half precision: half the size, and the same tags but for one in thousands.

A NumPy archive (``.npz``) of one array a parameter, named by the number of its layer in
the order of ``Model.walk()`` and its name. No pickle is written or read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

import numpy as np
from thinc.api import Model

__all__ = ["read_halves", "write_halves"]


def write_halves(path: Path, model: Model[Any, Any]) -> None:
    """Write the parameters of a model."""
    arrays: dict[str, Any] = {
        key: np.asarray(layer.get_param(name), np.float16) for key, layer, name in _parameters(model)
    }
    np.savez(path, **arrays)


def read_halves(path: Path, model: Model[Any, Any]) -> None:
    """Set the parameters of a model of the same shape to what was written.

    Raises
    ------
    OSError
        No such file.
    ValueError
        The file is no archive of this model's parameters.
    """
    with path.open("rb") as file:
        if not is_zipfile(file):
            raise ValueError(f"{path} is damaged: no archive")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = dict(stored)
    except (BadZipFile, EOFError) as error:
        raise ValueError(f"{path} is damaged ({error})") from error
    for key, layer, name in _parameters(model):
        if key not in arrays or arrays[key].shape != layer.get_param(name).shape:
            raise ValueError(f"{path} has no {key} of shape {layer.get_param(name).shape}")
        layer.set_param(name, arrays[key].astype(np.float32))


def _parameters(model: Model[Any, Any]) -> list[tuple[str, Model[Any, Any], str]]:
    return [
        (f"{number}.{name}", layer, name)
        for number, layer in enumerate(model.walk())
        for name in layer.param_names
        if layer.has_param(name)
    ]
