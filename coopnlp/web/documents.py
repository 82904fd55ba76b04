"""Documents: the list of them, those that could not be read, one with what was read from it."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.catalogue.read import item_lines
from coopnlp.catalogue.values import ItemLine
from coopnlp.register import schema
from coopnlp.register.folded import holds, words_of
from coopnlp.register.read import named_after
from coopnlp.web.index import Index
from coopnlp.web.reading import Run, Section, at_offset, pieces, read_section, sections
from coopnlp.web.rows import source_of

__all__ = ["DocumentPage", "Listed", "Told", "failures", "list_documents", "read_document", "said_of_failures"]

# Records beside a text, on this page and elsewhere.
_BESIDE = 150


class Listed(NamedTuple):
    """Documents of a page of the list, and how many there are."""

    rows: list[Any]
    total: int
    kinds: list[tuple[str, int]]


class Told(NamedTuple):
    """A record read from a document: its item, where its first words are, whether they are on the page shown."""

    record: int
    item: ItemLine
    start: int | None
    page: int | None
    here: bool


class DocumentPage(NamedTuple):
    """A document with one section of its text."""

    document: Any
    names: tuple[str, ...]
    sections: list[Section]
    section: Section | None
    runs: list[Run]
    labels: dict[str, int]
    told: list[Told]
    elsewhere: int
    notices: list[Any]
    themes: list[Any]


def list_documents(
    connection: sa.Connection, *, kind: str, year: int | None, words: str, limit: int, offset: int
) -> Listed:
    """Return some documents, the latest first.

    Parameters
    ----------
    words
        What the title or name of the file must hold, whatever its case, accents
        and hyphens.
    """
    document, source, place = schema.document, schema.source, schema.location
    conditions: list[sa.ColumnElement[bool]] = []
    if kind:
        conditions.append(document.c.kind.is_(None) if kind == "-" else document.c.kind == kind)
    if year is not None:
        conditions.append(document.c.year == year)
    base = sa.select(document.c.id)
    for word in words_of(words):
        named = sa.select(place.c.source_id).where(holds(connection, place.c.name, word))
        conditions.append(sa.or_(holds(connection, document.c.title, word), document.c.id.in_(named)))
    base = base.where(*conditions)
    chosen = base.order_by(document.c.date.desc().nulls_last(), document.c.id.desc())
    if words:  # looking into every name once is enough
        every = list(connection.execute(chosen).scalars())
        total, ids = len(every), every[offset : offset + limit]
    else:
        total = connection.execute(sa.select(sa.func.count()).select_from(base.subquery())).scalar_one()
        ids = list(connection.execute(chosen.limit(limit).offset(offset)).scalars())
    record = schema.record
    counts: dict[int, dict[str, int]] = {}
    asked = sa.select(record.c.document_id, record.c.type, sa.func.count()).where(record.c.document_id.in_(ids))
    for key, type_, count in connection.execute(asked.group_by(record.c.document_id, record.c.type)):
        counts.setdefault(key, {})[type_] = count
    found = connection.execute(
        sa.select(document, source.c.sha256, place.c.name)
        .join_from(document, source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .where(document.c.id.in_(ids))
    )
    by_id = {row.id: (row, counts.get(row.id, {})) for row in found}
    kinds = connection.execute(
        sa.select(document.c.kind, sa.func.count()).group_by(document.c.kind).order_by(sa.func.count().desc())
    )
    return Listed([by_id[key] for key in ids if key in by_id], total, [(k or "-", n) for k, n in kinds])


def failures(connection: sa.Connection, *, limit: int, offset: int) -> tuple[list[Any], int]:
    """Return what could not be read, by name, with the error; and how many there are."""
    location, source = schema.location, schema.source
    failed = sa.or_(location.c.state == "unreadable", source.c.state == "failed")
    base = sa.select(location.c.id).join(source, source.c.id == location.c.source_id, isouter=True).where(failed)
    total = connection.execute(sa.select(sa.func.count()).select_from(base.subquery())).scalar_one()
    asked = (
        sa.select(
            location.c.name,
            sa.func.coalesce(location.c.error, source.c.error).label("error"),
            sa.func.coalesce(location.c.message, source.c.message).label("message"),
            location.c.state,
        )
        .join(source, source.c.id == location.c.source_id, isouter=True)
        .where(failed)
        .order_by(location.c.name, location.c.id)
        .limit(limit)
        .offset(offset)
    )
    return list(connection.execute(asked).all()), total


# What the classes of errors mean to who looks for a document, and what can be done.
_SAID = {
    "UnknownFormat": ("format non reconnu", "Ouvrez le fichier et enregistrez-le en PDF, DOCX ou texte."),
    "UnreadableFile": ("fichier absent, endommagé ou d’un autre format que son nom le dit", "Reprenez-le à sa source."),
    "EncryptedFile": ("protégé par un mot de passe", "Enregistrez-en une copie sans mot de passe."),
    "NoText": (
        "aucun texte : fichier vide, ou images sans reconnaissance de caractères",
        "Installez la reconnaissance de caractères (Tesseract), puis relancez la lecture.",
    ),
    "TooLarge": ("trop grand", "Divisez le fichier, ou relevez la limite de la lecture."),
    "TimedOut": ("lecture trop longue", "Divisez le fichier, ou relevez la limite de la lecture."),
    "PrivateAddress": ("adresse non publique", "Téléchargez la page, et donnez le fichier à lire."),
    "RobotsDisallowed": ("le site refuse les robots", "Demandez le document à qui tient le site."),
    "FetchError": ("adresse inaccessible", "Vérifiez l’adresse, puis relancez la lecture."),
}


def said_of_failures(error: str | None) -> tuple[str, str]:
    """Return in French what a class of errors means, and what can be done."""
    return _SAID.get(error or "", ("lecture impossible", "Voyez le détail, et signalez-le à qui tient le registre."))


def read_document(
    connection: sa.Connection, index: Index, prefix: str, *, number: int, offset: int | None, chosen: int | None
) -> DocumentPage | None:
    """Return a document and one section of it.

    Parameters
    ----------
    prefix
        The first digits of its digest.
    number
        Of the section, from 1; ``offset``, where it is given, chooses instead.
    chosen
        A record whose words are to stand out.
    """
    source = source_of(connection, prefix)
    if source is None or source.state != "done":
        return None
    document, location, notice = schema.document, schema.location, schema.notice
    row = connection.execute(sa.select(document).where(document.c.id == source.id)).one_or_none()
    if row is None:
        return None
    names = connection.execute(
        sa.select(location.c.name).where(location.c.source_id == source.id).order_by(location.c.address)
    ).scalars()
    parts = sections(connection, row.id)
    section = None
    runs: list[Run] = []
    labels: dict[str, int] = {}
    quoted: set[int] = set()
    if parts:
        section = at_offset(parts, offset) if offset is not None else parts[min(max(1, number), len(parts)) - 1]
        text, entities, evidence = read_section(connection, row.id, section)
        wanted = frozenset([chosen] if chosen is not None else [])
        runs = pieces(text, section.start, entities, evidence, known=index.actors, chosen=wanted)
        for entity in entities:
            labels[entity.label] = labels.get(entity.label, 0) + 1
        quoted = {q.record for q in evidence}
    told, elsewhere = _told(connection, index, row.id, quoted)
    notices = connection.execute(sa.select(notice).where(notice.c.document_id == row.id).order_by(notice.c.id)).all()
    theme = schema.theme
    themes = connection.execute(
        sa.select(theme.c.theme, theme.c.subtheme, theme.c.subsubtheme, theme.c.probability)
        .where(theme.c.document_id == row.id, theme.c.record_id.is_(None))
        .order_by(theme.c.id)
    ).all()
    return DocumentPage(
        document={**row._mapping, "sha256": source.sha256, "media_type": source.media_type, "size": source.size},
        names=tuple(dict.fromkeys(names)),
        sections=parts,
        section=section,
        runs=runs,
        labels=dict(sorted(labels.items(), key=lambda pair: -pair[1])),
        told=told,
        elsewhere=elsewhere,
        notices=list(notices),
        themes=list(themes),
    )


def _told(connection: sa.Connection, index: Index, document_id: int, quoted: set[int]) -> tuple[list[Told], int]:
    """Return the records of a document, those quoted on the page first; and how many are left out."""
    record, evidence = schema.record, schema.evidence
    first = (
        sa.select(evidence.c.record_id, sa.func.min(evidence.c.start).label("start"))
        .where(evidence.c.document_id == document_id)
        .group_by(evidence.c.record_id)
        .subquery()
    )
    asked = (
        sa.select(record.c.id, record.c.page, first.c.start)
        .join(first, first.c.record_id == record.c.id, isouter=True)
        .where(record.c.document_id == document_id)
    )
    rows = sorted(
        connection.execute(asked),
        key=lambda row: (row.id not in quoted, row.start is None, row.start or 0, row.id),
    )
    shown = rows[:_BESIDE]
    items = {row.id: index.item_of_record(row.id) for row in shown}
    read = {row.id: row for row in item_lines(connection, sorted({key for key in items.values() if key is not None}))}
    told = []
    for row in shown:
        item = read.get(items[row.id] or -1)
        if item is not None:
            told.append(Told(row.id, item, row.start, row.page, row.id in quoted))
    return told, len(rows) - len(shown)
