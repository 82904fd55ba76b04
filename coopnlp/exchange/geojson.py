"""Actors and their bonds as GeoJSON (RFC 7946): points and lines in degrees, longitude first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from coopnlp.exchange.files import replacing_text
from coopnlp.exchange.items import PATHS
from coopnlp.exchange.network import Bond, actors, bonds

__all__ = ["features", "write_geojson"]


def write_geojson(connection: sa.Connection, path: Path, condition: sa.ColumnElement[bool] | None = None) -> list[Path]:
    """Write a collection of features, a line each.

    Who has no coordinates is a feature without geometry, which maps leave out and tables show.

    Raises
    ------
    ExchangeError
        The file cannot be written.
    """
    with replacing_text(path) as stream:
        stream.write('{"type": "FeatureCollection", "features": [')
        for number, feature in enumerate(features(connection, condition)):
            stream.write((",\n" if number else "\n") + json.dumps(feature, ensure_ascii=False))
        stream.write("\n]}\n")
    return [path]


def features(connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None) -> Iterator[dict[str, Any]]:
    """Yield actors, then bonds."""
    for row in actors(connection, condition):
        located = None not in (row.longitude, row.latitude)
        geometry = {"type": "Point", "coordinates": [row.longitude, row.latitude]} if located else None
        told = {"clé": row.key, "nom": row.name, "genre": row.kind, "pays": row.country}
        told |= {PATHS[type]: getattr(row, f"{type}s") for type in PATHS}
        yield _feature(row.key, geometry, {"objet": "acteur", **told, "documents": row.documents})
    for bond in bonds(connection, condition):
        geometry = None if bond.ends is None else {"type": "LineString", "coordinates": [list(e) for e in bond.ends]}
        yield _feature(f"{bond.first} – {bond.second}", geometry, {"objet": "lien", **_told(bond)})


def _told(bond: Bond) -> dict[str, Any]:
    """Return what is said of a bond, in French."""
    return {
        "de": bond.first,
        "à": bond.second,
        "poids": bond.weight,
        **{PATHS[type]: bond.counts.get(type, 0) for type in PATHS},
        "natures": " ; ".join(bond.kinds) or None,
        "première_année": bond.first_year,
        "dernière_année": bond.last_year,
    }


def _feature(id: str, geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in properties.items() if value is not None}
    return {"type": "Feature", "id": id, "geometry": geometry, "properties": kept}
