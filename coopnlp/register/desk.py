"""The things of one document, read from their rows and written back, each where it stood.

A *layout* says which rows a thing has: for each table their numbers, which are
ids without the part of the document. Under the name of its type a record has
its ``n``. So a thing that is put back gets the rows that it had, whatever was
corrected meanwhile, and no other row ever changes its id.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp.register import bulk, rows, schema
from coopnlp.register.anchors import Text
from coopnlp.register.corrected import Corrected, Target, target_of, type_of
from coopnlp.register.read import Reader, entity_of, read_text, theme_of
from coopnlp.register.values import RECORD_TYPES
from coopnlp.types import DocumentInfo, Entity, Project, ThemeAssignment

__all__ = ["Desk", "Found", "Layout", "key_of"]

Layout = dict[str, list[int]]
_MASK = (1 << schema.ID_BITS) - 1
_RECORD_TABLES = ("record", "passage", "party", "amount", "evidence", "theme")


class Found(NamedTuple):
    """A thing in the register: its value, and its rows."""

    value: Corrected
    layout: Layout


def key_of(target: str, layout: Layout) -> tuple[str, int]:
    """Return what is the same for all corrections of one thing; a theme of a project is a part of that."""
    if target == "record" or "record" in layout:
        return "record", layout["record"][0]
    return (target, 0) if target == "document" else (target, layout[target][0])


class Desk:
    """The rows of one document while they are corrected.

    Parameters
    ----------
    kept
        Layouts whose numbers are not to be given to other things.
    """

    def __init__(self, connection: sa.Connection, document_id: int, kept: Iterable[Layout] = ()) -> None:
        self.connection = connection
        self.document_id = document_id
        self._kept = list(kept)
        self._used: dict[str, set[int]] = {}
        self._forget()

    def _forget(self) -> None:
        self._records: dict[str, list[Found]] = {}
        self._reader: Reader | None = None
        self._entities: list[Found] | None = None
        self._themes: list[Found] | None = None

    @cached_property
    def text(self) -> Text:
        """The text of the document."""
        return Text(read_text(self.connection, self.document_id))

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        passage = schema.passage
        asked = (
            sa.select(sa.func.min(passage.c.start).label("start"), passage.c.page)
            .where(passage.c.document_id == self.document_id, passage.c.type == "text", passage.c.page.is_not(None))
            .group_by(passage.c.page)
            .order_by(passage.c.page)
        )
        return [(row.start, row.page) for row in self.connection.execute(asked)]

    def page_at(self, offset: int) -> int | None:
        """Return the page that holds an offset, None where there are no pages."""
        at = bisect_right(self._starts, offset, key=lambda start: start[0])
        return self._starts[at - 1][1] if at else None

    # Reading

    def records(self, type_: str) -> list[Found]:
        """Return the records of a type, in their order."""
        if type_ not in self._records:
            self._records[type_] = list(self._read(type_))
        return self._records[type_]

    def _read(self, type_: str) -> Iterable[Found]:
        if self._reader is None:
            self._reader = Reader(self.connection, self.document_id)
        reader, record, passage = self._reader, schema.record, schema.passage
        value_of: dict[str, Callable[[Any], Corrected]] = {
            "partnership": reader.partnership, "funding": reader.funding, "agreement": reader.agreement,
            "project": reader.project,
        }  # fmt: skip
        asked = sa.select(record.c.id, record.c.n, passage.c.id.label("passage"))
        asked = asked.outerjoin_from(
            record, passage, (passage.c.document_id == record.c.document_id) & (passage.c.record_id == record.c.id)
        )
        asked = asked.where(record.c.document_id == self.document_id, record.c.type == type_)
        known = {row.id: row for row in self.connection.execute(asked)}
        groups = {"party": reader.parties, "amount": reader.amounts, "evidence": reader.evidence}
        for row in reader.records(schema.metadata.tables[type_]):
            layout = {"record": [row.id & _MASK], type_: [known[row.id].n]}
            layout["passage"] = [] if known[row.id].passage is None else [known[row.id].passage & _MASK]
            for table, group in {**groups, "theme": reader.themes}.items():
                layout[table] = [part.id & _MASK for part in group[row.id]]
            yield Found(value_of[type_](row), layout)

    def entities(self) -> list[Found]:
        """Return the entities, in the order of the text."""
        if self._entities is None:
            self._entities = self.entities_in(0, len(self.text.text) + 1)
        return self._entities

    def entities_in(self, start: int, end: int) -> list[Found]:
        """Return the entities that stand between two offsets, also in part, in the order of the text."""
        entity = schema.entity
        asked = sa.select(entity).where(entity.c.document_id == self.document_id)
        asked = asked.where(entity.c.start < end, entity.c.end > start).order_by(entity.c.start, entity.c.id)
        return [Found(entity_of(row), {"entity": [row.id & _MASK]}) for row in self.connection.execute(asked)]

    def themes(self) -> list[Found]:
        """Return the themes of the document and of its projects, in the order of their rows."""
        if self._themes is None:
            asked = sa.select(schema.theme).where(schema.theme.c.document_id == self.document_id)
            self._themes = [
                Found(theme_of(row), {"theme": [row.id & _MASK], **_of_record(row)})
                for row in self.connection.execute(asked.order_by(schema.theme.c.id))
            ]
        return self._themes

    def info(self) -> Found:
        """Return what is said of the document itself."""
        document = schema.document
        columns = [document.c[name] for name in DocumentInfo.model_fields]
        row = self.connection.execute(sa.select(*columns).where(document.c.id == self.document_id)).one()
        return Found(DocumentInfo(**row._mapping), {})

    def all(self, target: str, type_: str | None = None) -> list[Found]:
        """Return the things of a target, of one type where that is given."""
        if target == "record":
            return [found for known in ([type_] if type_ else RECORD_TYPES) for found in self.records(known)]
        if target == "document":
            return [self.info()]
        return self.entities() if target == "entity" else self.themes()

    def at(self, target: str, type_: str | None, layout: Layout) -> Found | None:
        """Return the thing that has these rows, None where it is not there."""
        for found in self.all(target, type_ if target == "record" else None):
            if target == "theme" and found.layout["theme"] == layout["theme"]:
                return found
            if target != "theme" and key_of(target, found.layout) == key_of(target, layout):
                return found
        return None

    # Writing

    def write(
        self, value: Corrected, wanted: Layout, *, old: Layout | None = None, own: Layout | None = None
    ) -> Layout:
        """Write a thing and return its rows: those of ``wanted`` as far as no other thing has them.

        Parameters
        ----------
        old
            Rows that go: those of the thing as it was.
        own
            Rows that it had before, kept from all others.
        """
        target = target_of(value)
        self._forget()
        self._load(target, type_of(value))
        if target == "theme" and "record" in wanted:
            self._free({"theme": (own or {}).get("theme", [])})
            return self._write_in_project(value, wanted, old)
        self._free(old)
        self._free(own)
        if target == "document":
            self._write_info(value)
            return {}
        if old is not None:
            self._delete(target, old)
        if target == "record":
            return self._write_record(value, wanted)
        (number,) = self._take(target, wanted.get(target, []), 1)
        assert isinstance(value, Entity | ThemeAssignment)
        if isinstance(value, Entity):
            columns = rows.entity_row(value.model_copy(update={"page": self.page_at(value.start)}))
            columns.pop("probability", None)
        else:
            columns = {"record_id": None, **rows.theme_row(value)}
        row = {"id": self._id(number), "document_id": self.document_id, **columns}
        bulk.insert(self.connection, schema.metadata.tables[target], [rows.clean(row)])
        return {target: [number]}

    def remove(self, target: str, type_: str | None, layout: Layout) -> None:
        """Remove the rows of a thing; no other thing gets their numbers."""
        self._forget()
        self._load(target, type_)
        if target == "theme" and "record" in layout:
            self._write_in_project(None, layout, layout)
        else:
            self._delete(target, layout)

    def _delete(self, target: Target | str, layout: Layout) -> None:
        self._forget()
        keys = [self._id(number) for number in layout[target]]
        if target == "record":
            passage = schema.passage
            asked = sa.delete(passage).where(passage.c.document_id == self.document_id, passage.c.record_id.in_(keys))
            self.connection.execute(asked)
        table = schema.metadata.tables[target]
        self.connection.execute(sa.delete(table).where(table.c.id.in_(keys)))

    def _write_info(self, value: Corrected) -> None:
        assert isinstance(value, DocumentInfo)
        document, passage = schema.document, schema.passage
        row = rows.info_row(value, self.document_id)
        told = {name: row[name] for name in ("title", "date", "year", "kind", "author")}
        self.connection.execute(sa.update(document).where(document.c.id == self.document_id).values(told))
        texts = sa.update(passage).where(passage.c.document_id == self.document_id, passage.c.type == "text")
        title = row["title"] or ""
        self.connection.execute(texts.where(passage.c.title != title).values(title=title))

    def _write_record(self, value: Corrected, wanted: Layout) -> Layout:
        self._forget()
        assert not isinstance(value, Entity | ThemeAssignment | DocumentInfo)
        type_ = type_of(value) or ""
        layout: Layout = {type_: self._take(type_, wanted.get(type_, []), 1)}
        made = rows.record_rows(value, self.document_id, layout[type_][0], self.page_at)
        for table in _RECORD_TABLES:
            layout[table] = self._take(table, wanted.get(table, []), len(made.get(table, ())))
            for number, row in zip(layout[table], made.get(table, ()), strict=True):
                row["id"] = self._id(number)
        key = self._id(layout["record"][0])
        for part in schema.PARTS:
            for row in made.get(part.name, ()):
                if part.name == type_:
                    row["id"] = key
                elif part.name != "record":
                    row["record_id"] = key
            bulk.insert(self.connection, part, made.get(part.name, ()))
        return layout

    def _write_in_project(self, value: Corrected | None, wanted: Layout, old: Layout | None) -> Layout:
        """Write a theme of a project with all of that, for its words are searched with those of the project."""
        project = self.at("record", "project", wanted)
        assert project is not None
        assert isinstance(project.value, Project)
        themes = dict(zip(project.layout["theme"], project.value.themes, strict=True))
        layout: Layout = {"theme": [], "record": wanted["record"]}
        if old is not None:
            themes.pop(old["theme"][0], None)
        if isinstance(value, ThemeAssignment):
            self._free({"theme": (old or {}).get("theme", [])})
            layout["theme"] = self._take("theme", wanted.get("theme", []), 1)
            themes[layout["theme"][0]] = value
        ordered = sorted(themes.items())
        changed = project.value.model_copy(update={"themes": tuple(theme for _, theme in ordered)})
        self._delete("record", project.layout)
        self._free({**project.layout, "theme": list(themes)})
        self._write_record(changed, {**project.layout, "theme": list(dict(ordered))})
        return layout

    # Numbers of rows

    def _id(self, number: int) -> int:
        return self.document_id << schema.ID_BITS | number

    def _load(self, target: str, type_: str | None) -> None:
        """Note which numbers are used, before rows are removed."""
        of_project = ("project",) if target == "theme" else ()
        names = (*_RECORD_TABLES, *([type_] if type_ else of_project)) if target in ("record", "theme") else (target,)
        for name in names:
            if name not in self._used and target != "document":
                self._used[name] = set(self._numbers(name)).union(*(each.get(name, ()) for each in self._kept))

    def _numbers(self, name: str) -> Iterable[int]:
        if name in RECORD_TYPES:
            asked = sa.select(schema.record.c.n)
            asked = asked.where(schema.record.c.document_id == self.document_id, schema.record.c.type == name)
            return self.connection.execute(asked).scalars()
        table = schema.metadata.tables[name]
        ids = self.connection.execute(sa.select(table.c.id).where(table.c.document_id == self.document_id)).scalars()
        return (key & _MASK for key in ids)

    def _free(self, layout: Layout | None) -> None:
        for name, numbers in (layout or {}).items():
            self._used.get(name, set()).difference_update(numbers)

    def _take(self, name: str, wanted: list[int], count: int) -> list[int]:
        used = self._used[name]
        taken = [number for number in wanted if number not in used][:count]
        while len(taken) < count:
            following = max((*used, *taken), default=-1) + 1
            if following >> schema.ID_BITS:
                raise OverflowError(f"document {self.document_id}: over a million rows of {name}")
            taken.append(following)
        used.update(taken)
        return sorted(taken)


def _of_record(row: Any) -> Layout:
    return {} if row.record_id is None else {"record": [row.record_id & _MASK]}
