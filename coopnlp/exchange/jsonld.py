"""The register as linked data: JSON-LD in the terms of schema.org and Dublin Core.

Documents are ``CreativeWork``, authorities ``GovernmentOrganization`` and others
``Organization``, with the place they stand in and their identifiers; projects and
partnerships are ``Project``, agreements ``CreativeWork``, fundings
``MonetaryGrant``. The context is in the file: nothing need be fetched to read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from coopnlp.exchange.belonging import holders
from coopnlp.exchange.dates import is_date
from coopnlp.exchange.files import replacing_text
from coopnlp.exchange.items import Item, Money, chunks
from coopnlp.exchange.network import actors
from coopnlp.exchange.selection import document_ids
from coopnlp.gazetteer.organisations import Organisations
from coopnlp.register import schema
from coopnlp.register.read import named_after
from coopnlp.themes.skos import concept_iri

__all__ = ["CONTEXT", "nodes", "write_jsonld"]

CONTEXT = {
    "schema": "https://schema.org/",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
#: Where things are where no address of pages is given: names, not links.
_BASE = "urn:coopnlp:"
# What has a meaning in an address, and « % » of what is escaped already.
_RESERVED = "%/:=&?~#+!$,;'@()*[]"
_TERRITORIES = frozenset(
    {"commune", "departement", "region", "intercommunal", "municipality", "mrc", "country", "state"}
)
# Registers of the identifiers that have an address a code.
_SAME = {
    "fr-commune": "http://id.insee.fr/geo/commune/",
    "fr-departement": "http://id.insee.fr/geo/departement/",
    "fr-region": "http://id.insee.fr/geo/region/",
    "geonames": "https://sws.geonames.org/",
}
_TYPES = {
    "project": "schema:Project",
    "partnership": "schema:Project",
    "agreement": "schema:CreativeWork",
    "funding": "schema:MonetaryGrant",
}
_Node = dict[str, Any]


def write_jsonld(
    connection: sa.Connection, path: Path, condition: sa.ColumnElement[bool] | None = None, *, base: str = ""
) -> list[Path]:
    """Write a graph, a node a line.

    Parameters
    ----------
    condition
        On rows of ``item``: only these, with who is named in them and the documents that tell of them.
    base
        Address of the pages; without it things have names that lead nowhere.

    Raises
    ------
    ExchangeError
        The file cannot be written.
    """
    with replacing_text(path) as stream:
        stream.write(f'{{"@context": {json.dumps(CONTEXT)}, "@graph": [')
        for number, node in enumerate(nodes(connection, condition, base=base)):
            stream.write((",\n" if number else "\n") + json.dumps(_told(node), ensure_ascii=False))
        stream.write("\n]}\n")
    return [path]


def nodes(
    connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None, *, base: str = ""
) -> Iterator[_Node]:
    """Yield documents, actors, then items."""
    root = f"{base.rstrip('/')}/" if base else _BASE
    for key in document_ids(connection, condition):
        yield _document(connection, key, root)
    for row in actors(connection, condition):
        yield _actor(row, root)
    for items in chunks(connection, condition):
        owners = holders(connection, [item for item in items if item.type == "funding"])
        for item in items:
            yield _item(item, owners.get(item.id), root)


def _told(node: _Node) -> _Node:
    return {name: value for name, value in node.items() if value not in (None, [], "")}


def _reference(iri: str) -> _Node:
    return {"@id": iri}


def _actor_iri(key: str, root: str) -> str:
    return f"{root}acteurs/{quote(key, safe=':')}"


def _document_iri(sha256: str, root: str) -> str:
    return f"{root}documents/{sha256[:12]}"


def _date(text: str | None) -> Any:
    """Return a year, a month or a day with its type in XML Schema; any other text as it is."""
    if text is None or not is_date(text):
        return text
    return {"@value": text, "@type": f"xsd:{('gYear', 'gYearMonth', 'date')[text.count('-')]}"}


def _document(connection: sa.Connection, key: int, root: str) -> _Node:
    document, source, place, theme = schema.document, schema.source, schema.location, schema.theme
    asked = (
        sa.select(document, source.c.sha256, source.c.media_type, place.c.name, place.c.url)
        .join_from(document, source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .where(document.c.id == key)
    )
    row = connection.execute(asked).one()
    themes = sa.select(theme.c.path).where(theme.c.document_id == key, theme.c.record_id.is_(None)).order_by(theme.c.id)
    pages = row.pages
    return {
        "@id": _document_iri(row.sha256, root),
        "@type": "schema:CreativeWork",
        "schema:name": row.title or row.name,
        "dcterms:title": row.title,
        "dcterms:date": _date(row.date),
        "dcterms:creator": row.author,
        "dcterms:type": row.kind,
        "dcterms:format": row.media_type,
        "dcterms:extent": None if pages is None else f"{pages} page{'s' if pages > 1 else ''}",
        "dcterms:identifier": [f"sha256:{row.sha256}", row.name],
        "schema:url": _reference(quote(row.url, safe=_RESERVED)) if row.url else None,
        "dcterms:subject": [
            _reference(concept_iri(tuple(json.loads(path)))) for path in connection.execute(themes).scalars()
        ],
    }


def _actor(row: Any, root: str) -> _Node:
    scheme, _, code = row.key.partition(":")
    known = None if scheme == "name" else {"schema:propertyID": scheme, "schema:value": code}
    identifiers = [] if known is None else [{"@type": "schema:PropertyValue", **known}]
    same = [_reference(_SAME[scheme] + code)] if scheme in _SAME else []
    body = Organisations.load().by_id(row.key)
    if body is not None:
        for name in ("siren", "ror"):
            if getattr(body, name):
                told = {"schema:propertyID": name, "schema:value": getattr(body, name)}
                identifiers.append({"@type": "schema:PropertyValue", **told})
        if body.wikidata:
            same.append(_reference(f"http://www.wikidata.org/entity/{body.wikidata}"))
    place: _Node = {"@type": "schema:Place", "schema:name": row.name}
    if row.latitude is not None and row.longitude is not None:
        located = {"schema:latitude": row.latitude, "schema:longitude": row.longitude}
        place["schema:geo"] = {"@type": "schema:GeoCoordinates", **located}
    if row.country:
        place["schema:address"] = {"@type": "schema:PostalAddress", "schema:addressCountry": row.country}
    return {
        "@id": _actor_iri(row.key, root),
        "@type": "schema:GovernmentOrganization" if row.kind in _TERRITORIES else "schema:Organization",
        "schema:name": row.name,
        "dcterms:type": row.kind,
        "schema:identifier": identifiers,
        "schema:sameAs": same,
        "schema:location": place if len(place) > 2 else None,
    }


def _item(item: Item, holder: Item | None, root: str) -> _Node:
    members = [_reference(_actor_iri(member.actor, root)) for member in item.parties]
    bounds = [item.start or "..", item.end] if item.end and item.end != item.start else [item.start]
    node: _Node = {
        "@id": root + item.path,
        "@type": _TYPES[item.type],
        "schema:name": item.title,
        "schema:description": item.purpose or item.description,
        "dcterms:type": item.kind,
        "dcterms:temporal": "/".join(text for text in bounds if text) or None,
        "dcterms:subject": [_reference(concept_iri(path)) for path in item.themes],
        "dcterms:source": [
            _reference(iri) for iri in dict.fromkeys(_document_iri(origin.sha256, root) for origin in item.origins)
        ],
    }
    if item.status:
        about = {"schema:propertyID": "statut", "schema:value": item.status}
        node["schema:additionalProperty"] = {"@type": "schema:PropertyValue", **about}
    if item.type == "funding":
        node["schema:funder"] = [_reference(_actor_iri(member.actor, root)) for member in item.funders]
        node["schema:amount"] = [_amount(money) for money in item.amounts]
        node["schema:fundedItem"] = _reference(root + holder.path) if holder is not None else None
    elif item.type == "agreement":
        node["schema:contributor"] = members
        node["schema:dateCreated"] = _date(item.start)
    else:
        node["schema:member"] = members
    return node


def _amount(money: Money) -> _Node:
    numbers = (("value", money.value), ("minValue", money.min), ("maxValue", money.max))
    told = {
        f"schema:{name}": {"@value": format(number, "f"), "@type": "xsd:decimal"}
        for name, number in numbers
        if number is not None
    }
    return {"@type": "schema:MonetaryAmount", **told} | ({"schema:currency": money.currency} if money.currency else {})
