"""The theme model on disk: arrays and JSON, nothing that could run code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from coopnlp.errors import ModelError
from coopnlp.themes.lexicon import load_lexicon
from coopnlp.themes.model import Choice, Limits, ThemeModel
from coopnlp.themes.vectoriser import Vectoriser

__all__ = ["FORMAT", "read_model", "write_model"]

FORMAT = 2
_ARRAYS, _META = "arrays.npz", "meta.json"


def write_model(model: ThemeModel, folder: Path, scores: dict[str, Any]) -> None:
    """Write ``arrays.npz`` and ``meta.json``; weights as float16, which changes no score beyond the third decimal."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(model.vectoriser.vocabulary, key=model.vectoriser.vocabulary.__getitem__)
    np.savez_compressed(
        folder / _ARRAYS,
        vocabulary=np.frombuffer("\n".join(names).encode("utf-8"), dtype=np.uint8),
        idf=model.vectoriser.idf.astype(np.float32),
        centre=model.vectoriser.centre.astype(np.float32),
        weights=model.weights.astype(np.float16),
        intercepts=model.intercepts.astype(np.float32),
    )
    meta = {
        "format": FORMAT,
        "words": model.vectoriser.words,
        "meaning": model.vectoriser.meaning,
        "temperature": model.temperature,
        "limits": vars(model.limits),
        "precisions": [[share, least] for share, least in sorted(model.precisions.items())],
        "choices": [{"parent": c.parent, "options": c.options, "columns": [c.first, c.last]} for c in model.choices],
        "scores": scores,
    }
    (folder / _META).write_text(json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_model(folder: Path) -> ThemeModel:
    """Read what :func:`write_model` wrote.

    Raises
    ------
    ModelError
        A file is missing, damaged, or of another version of the format.
    """
    try:
        meta = json.loads((folder / _META).read_text(encoding="utf-8"))
        if meta["format"] != FORMAT:
            raise ModelError(
                f"{folder}: format {meta['format']}, this version reads {FORMAT}. Train again: `coopnlp train themes`."
            )
        with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
            names = bytes(arrays["vocabulary"]).decode("utf-8").split("\n")
            vectoriser = Vectoriser(
                {name: column for column, name in enumerate(names)},
                arrays["idf"].astype(np.float64),
                load_lexicon() if meta["meaning"] else None,
                arrays["centre"].astype(np.float64),
                meta["meaning"],
                meta["words"],
            )
            weights, intercepts = arrays["weights"].astype(np.float32), arrays["intercepts"].astype(np.float64)
        choices = [
            Choice(tuple(c["parent"]), tuple(tuple(o) for o in c["options"]), *c["columns"]) for c in meta["choices"]
        ]
        return ThemeModel(
            vectoriser, choices, weights, intercepts, meta["temperature"], Limits(**meta["limits"]),
            dict(meta.get("precisions", [])),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{folder} holds no readable theme model: {error}. Reinstall coopnlp, or `coopnlp train themes`."
        ) from error
