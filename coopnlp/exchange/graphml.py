"""The network of partners as GraphML, for Gephi, Cytoscape, igraph or networkx."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree

from coopnlp.exchange.files import replacing
from coopnlp.exchange.network import Bond, actors, bonds

__all__ = ["write_graphml"]

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_NODE = {
    "label": "string", "key": "string", "kind": "string", "country": "string", "latitude": "double",
    "longitude": "double", "documents": "int",
}  # fmt: skip
_EDGE = {
    "weight": "double", "partnerships": "int", "agreements": "int", "projects": "int", "fundings": "int",
    "kinds": "string", "first_year": "int", "last_year": "int",
}  # fmt: skip
# What an identifier of XML Schema's NMTOKEN may not hold, and the escape itself.
_NO_TOKEN = re.compile(r"[^A-Za-z0-9.:-]")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_graphml(connection: sa.Connection, path: Path, condition: sa.ColumnElement[bool] | None = None) -> list[Path]:
    """Write who cooperates as nodes, and an undirected edge a pair with counts, kinds and years.

    Raises
    ------
    ExchangeError
        The file cannot be written.
    """
    with replacing(path) as stream, etree.xmlfile(stream, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element(_name("graphml"), nsmap={None: _NAMESPACE}):
            for domain, keys in (("node", _NODE), ("edge", _EDGE)):
                for name, type in keys.items():
                    told = {"id": f"{domain}.{name}", "for": domain, "attr.name": name, "attr.type": type}
                    xml.write(etree.Element(_name("key"), told))
            with xml.element(_name("graph"), {"id": "partenaires", "edgedefault": "undirected"}):
                for row in actors(connection, condition):
                    values = {name: getattr(row, name) for name in _NODE if name != "label"}
                    xml.write(_element("node", {"id": _token(row.key)}, {"label": row.name, **values}))
                for bond in bonds(connection, condition):
                    ends = {"source": _token(bond.first), "target": _token(bond.second)}
                    xml.write(_element("edge", ends, _told(bond)))
    return [path]


def _told(bond: Bond) -> dict[str, Any]:
    return {
        "weight": float(bond.weight),
        **{f"{type}s": bond.counts.get(type, 0) for type in ("partnership", "agreement", "project", "funding")},
        "kinds": "; ".join(bond.kinds) or None,
        "first_year": bond.first_year,
        "last_year": bond.last_year,
    }


def _name(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _token(key: str) -> str:
    """Return a key as an identifier of XML, another one for each.

    >>> _token("name:vendôme zinder")
    'name:vend_f4_me_20_zinder'
    """
    return _NO_TOKEN.sub(lambda found: f"_{ord(found[0]):x}_", key)


def _element(name: str, attributes: dict[str, str], values: dict[str, Any]) -> Any:
    made = etree.Element(_name(name), attributes)
    for key, value in values.items():
        if value is not None:
            data = etree.SubElement(made, _name("data"), {"key": f"{name}.{key}"})
            data.text = _NO_XML.sub("\ufffd", str(value))
    return made
