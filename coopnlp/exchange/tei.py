"""Documents as TEI P5: the text as it was read, and beside it, by offsets, what was found in it.

A file a document. The text stands in one ``<ab xml:id="texte">``, characters and
line ends as in the register, with a ``<pb/>`` where a page begins; nothing is
marked inside it. ``<standOff>`` holds

* a ``<spanGrp>`` with a ``<span>`` an entity, whose target is a pointer of TEI,
  ``#string-range(texte,offset,length)``, in code points from 0;
* who and where: ``<listOrg>``, ``<listPerson>``, ``<listPlace>``, with identifiers;
* partnerships and fundings as ``<relation>``, agreements and projects as
  ``<event>``, each pointing at the words it was read from.

Themes are categories of the header. Characters that XML does not allow are
replaced one for one, so that offsets hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree

from coopnlp import __version__
from coopnlp.exchange.dates import is_date
from coopnlp.exchange.files import replacing
from coopnlp.exchange.selection import document_ids
from coopnlp.exchange.tei_lists import Named
from coopnlp.register import schema
from coopnlp.register.read import read_record
from coopnlp.types import Agreement, Amount, DateValue, Entity, Evidence, Project, Record, ThemeAssignment

__all__ = ["NAMESPACE", "to_tei", "write_tei"]

NAMESPACE = "http://www.tei-c.org/ns/1.0"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_tei(connection: sa.Connection, folder: Path, documents: Sequence[int] | None = None) -> list[Path]:
    """Write a file a document into the folder, named after the first twelve digits of its SHA-256.

    Raises
    ------
    ExchangeError
        A file cannot be written.
    """
    written = []
    for key in document_ids(connection) if documents is None else documents:
        record = read_record(connection, key)
        path = folder / f"{record.source.sha256[:12]}.xml"
        with replacing(path) as stream:
            tree = etree.ElementTree(to_tei(record, _pieces(connection, key)))
            tree.write(stream, encoding="utf-8", xml_declaration=True)
        written.append(path)
    return written


def _pieces(connection: sa.Connection, key: int) -> list[tuple[int | None, str]]:
    passage = schema.passage
    asked = sa.select(passage.c.page, passage.c.text).where(passage.c.document_id == key, passage.c.type == "text")
    return [(row.page, row.text) for row in connection.execute(asked.order_by(passage.c.id))]


def to_tei(record: Record, pieces: Iterable[tuple[int | None, str]]) -> Any:
    """Return the TEI element of a document.

    Parameters
    ----------
    pieces
        (page, text) of the passages that the text is cut into, page None where there are none.
    """
    root = etree.Element(f"{{{NAMESPACE}}}TEI", nsmap={None: NAMESPACE}, attrib={_LANG: "fr"})
    _header(root, record)
    named = Named(record)
    _stand_off(root, record, named)
    block = _add(_add(_add(root, "text"), "body"), "ab", **{_ID: "texte", _SPACE: "preserve"})
    page = None
    for number, words in pieces:
        if number is not None and number != page:
            page = number
            _add(block, "pb", n=str(number))
        _append(block, words)
    return root


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)


def _add(parent: Any, element: str, text: str | None = None, /, **attributes: str | None) -> Any:
    told = {key: _clean(value) for key, value in attributes.items() if value is not None}
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{element}", told)
    child.text = None if text is None else _clean(text)
    return child


def _append(parent: Any, text: str) -> None:
    """Add text at the end of an element."""
    text = _clean(text)
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def _header(root: Any, record: Record) -> None:
    info, source = record.document, record.source
    header = _add(root, "teiHeader")
    file = _add(header, "fileDesc")
    statement = _add(file, "titleStmt")
    _add(statement, "title", info.title or source.name)
    if info.author:
        _add(statement, "author", info.author)
    _add(_add(file, "publicationStmt"), "p", "Extrait d’un registre de la coopération décentralisée.")
    if record.notices:
        notes = _add(file, "notesStmt")
        for notice in record.notices:
            _add(notes, "note", notice.message, type="extraction", n=None if notice.page is None else str(notice.page))
    described = _add(_add(file, "sourceDesc"), "bibl", type=info.kind and re.sub(r"\s+", "_", info.kind.strip()))
    if info.title:
        _add(described, "title", info.title)
    if info.author:
        _add(described, "author", info.author)
    if info.date:
        _add(described, "date", info.date, when=info.date if is_date(info.date) else None)
    if info.pages is not None:
        _add(described, "extent", f"{info.pages} pages" if info.pages > 1 else f"{info.pages} page")
    _add(described, "idno", source.sha256, type="SHA-256")
    _add(described, "idno", source.name, type="fichier")
    if source.url:
        _add(described, "idno", source.url, type="URL")
    encoding = _add(header, "encodingDesc")
    application = _add(_add(encoding, "appInfo"), "application", ident="coopnlp", version=__version__)
    _add(application, "label", "coopnlp")
    if record.themes:
        _themes(header, encoding, record.themes)


def _themes(header: Any, encoding: Any, themes: Sequence[ThemeAssignment]) -> None:
    taxonomy = _add(_add(encoding, "classDecl"), "taxonomy", **{_ID: "themes"})
    about = _add(_add(header, "profileDesc"), "textClass")
    for number, theme in enumerate(themes, 1):
        category = _add(taxonomy, "category", **{_ID: f"theme{number}"})
        _add(category, "catDesc", " / ".join(theme.path))
        _add(about, "catRef", scheme="#themes", target=f"#theme{number}")


def _range(start: int, end: int) -> str:
    return f"#string-range(texte,{start},{end - start})"


def _ranges(evidence: Evidence) -> str | None:
    return " ".join(_range(start, end) for start, end in evidence) or None


def _stand_off(root: Any, record: Record, named: Named) -> None:
    beside = _add(root, "standOff")
    for name, rows in named.lists():
        listed = _add(beside, name.list)
        for row in rows:
            one = _add(listed, name.item, **{_ID: row.id})
            _add(one, name.name, row.text)
            if row.kb_id:
                scheme, _, code = row.kb_id.partition(":")
                _add(one, "idno", code, type=scheme)
    _events(beside, record, named)
    _relations(beside, record, named)
    group = _add(beside, "spanGrp", type="entities")
    for entity in record.entities:
        _span(group, entity, named)
    if not len(group):
        beside.remove(group)
    if not len(beside):
        root.remove(beside)


def _span(group: Any, entity: Entity, named: Named) -> None:
    id = named.id_of(entity)
    corresp = None if id is None else f"#{id}"
    target = _range(entity.start, entity.end)
    span = _add(group, "span", type=entity.label, target=target, corresp=corresp)
    value = entity.value
    if isinstance(value, Amount):
        _measure(span, value, entity.text)
    elif isinstance(value, DateValue):
        _add(span, "date", entity.text, **_period(value.start, value.end))
    else:
        span.text = _clean(entity.text)


def _measure(parent: Any, amount: Amount, text: str) -> Any:
    told = amount.model_dump(mode="json")
    return _add(
        parent, "measure", text, type="montant", unit=amount.currency,
        quantity=told["value"], min=told["min"], max=told["max"],
    )  # fmt: skip


def _period(start: str | None, end: str | None) -> dict[str, str | None]:
    start, end = (text if is_date(text) else None for text in (start, end))
    if start is not None and start == end:
        return {"when": start}
    return {"from": start, "to": end}


def _events(beside: Any, record: Record, named: Named) -> None:
    told: list[Agreement | Project] = [*record.agreements, *record.projects]
    if not told:
        return
    listed = _add(beside, "listEvent")
    for value in told:
        agreed = isinstance(value, Agreement)
        dated = value.date if isinstance(value, Agreement) else None
        when = _period(dated, dated) if dated else _period(value.start, value.end)
        event = _add(
            listed, "event", type="agreement" if agreed else "project", corresp=_ranges(value.evidence), **when
        )
        _add(event, "label", value.title or (value.kind if isinstance(value, Agreement) else ""))
        if isinstance(value, Project) and value.description:
            _add(event, "desc", value.description)
        for party in value.parties:
            _add(_add(event, "desc", type="party"), "ref", party.text, target=f"#{named.party(party)}")
        for theme in value.themes if isinstance(value, Project) else ():
            _add(event, "desc", " / ".join(theme.path), type="theme")


def _relations(beside: Any, record: Record, named: Named) -> None:
    if not record.partnerships and not record.fundings:
        return
    listed = _add(beside, "listRelation")
    for bond in record.partnerships:
        parties = " ".join(dict.fromkeys(f"#{named.party(party)}" for party in bond.parties))
        relation = _add(
            listed, "relation", name=bond.kind, type="partnership", mutual=parties or None,
            corresp=_ranges(bond.evidence), **_period(bond.start, bond.end),
        )  # fmt: skip
        if bond.status:
            _add(_add(relation, "desc"), "term", bond.status, type="status")
    for funding in record.fundings:
        relation = _add(
            listed, "relation", name="financement", type="funding", active=f"#{named.party(funding.funder)}",
            corresp=_ranges(funding.evidence), **_period(funding.start, funding.end),
        )  # fmt: skip
        said = ((funding.purpose, "purpose"), (funding.scheme, "scheme"), (funding.status, "status"))
        if not funding.amounts and not any(words for words, _ in said):
            continue
        about = _add(relation, "desc")  # of which a relation has one
        for words, kind in said:
            if words:
                _add(about, "term", words, type=kind)
        for amount in funding.amounts:
            _measure(about, amount, _shown(amount))


def _shown(amount: Amount) -> str:
    """Write a sum in French.

    >>> from decimal import Decimal
    >>> _shown(Amount(min=Decimal(1000), max=Decimal(2000), currency="EUR"))
    '1000 à 2000 EUR'
    """
    told = amount.model_dump(mode="json")
    figures = told["value"] or " à ".join(figure for figure in (told["min"], told["max"]) if figure)
    return " ".join(word for word in (figures, amount.currency) if word)
