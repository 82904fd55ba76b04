"""One document on which somebody works: its things, and all that was decided on them."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from coopnlp.errors import Conflict, RegisterError
from coopnlp.register.anchors import anchor_of
from coopnlp.register.corrected import (
    Action,
    Corrected,
    Correction,
    Held,
    Thing,
    from_json,
    to_json,
    type_of,
)
from coopnlp.register.desk import Desk, Found, Layout, key_of
from coopnlp.register.ledger import VERBS, dumped, insert, last_of, layouts_of, made, number_of, root_of, rows_of
from coopnlp.register.likeness import alike, is_same, marks_of
from coopnlp.register.matching import evidence_of
from coopnlp.register.schema import correction, document, source
from coopnlp.types import Entity, ThemeAssignment

__all__ = ["Bench", "digest_of", "has_document", "source_of"]

# Of a document's own fields and themes: enough of its text to know it again.
_SAMPLE, _SAMPLES = 160, 3
# Records like the one that is corrected, which must not be taken for it.
_BESIDE = 20


class Bench:
    """A document in the hands of somebody.

    Parameters
    ----------
    sha256
        Its digest, or the beginning of that.
    lock
        No one else changes the document before the transaction ends.
    """

    def __init__(self, connection: sa.Connection, sha256: str, *, lock: bool = True) -> None:
        self.connection = connection
        self.key, self.digest = source_of(connection, sha256, lock=lock)
        self.rows = rows_of(connection, self.digest)
        self._last = last_of(self.rows)
        layouts = [layout for row in self.rows for layout in layouts_of(row).values() if layout]
        self.desk = Desk(connection, self.key, layouts)

    def found(self, thing: Thing, expected: Corrected | None = None) -> Found:
        """Return a thing, which must be what was expected."""
        for found in self.desk.all(thing.target, thing.type if thing.target == "record" else None):
            if number_of(thing.target, thing.type, found.layout) == thing.n:
                break
        else:
            raise self._gone(thing)
        if expected is not None and _comparable(found.value) != _comparable(expected):
            last = self.last(thing.target, found.layout)
            if last is None:
                raise Conflict("the document was read anew meanwhile, and says something else now. Look at it again.")
            raise Conflict(
                f"{last.author} {VERBS[last.action]} it meanwhile ({last.made_at}). Look at it again.",
                last.author, last.made_at,
            )  # fmt: skip
        return found

    def _gone(self, thing: Thing) -> Conflict:
        shown = f"{thing.type or thing.target} {thing.n} of {self.digest[:12]}"
        for row in reversed(self.rows):
            before = layouts_of(row).get("before") or {}
            told = row.undone_at is None and row.action == "reject" and row.target == thing.target
            if told and number_of(thing.target, thing.type, before) == thing.n:
                return Conflict(f"{shown} was rejected by {row.author} ({row.made_at}).", row.author, row.made_at)
        return Conflict(f"{shown} is not in the register. The document may have been read anew: look at it again.")

    def last(self, target: str, layout: Layout) -> Any:
        """Return the last correction of a thing, None where there is none."""
        return self._last.get(key_of(target, layout))

    def held(self, target: str, found: Found) -> Held:
        """Return a thing with what was last decided on it."""
        type_ = type_of(found.value) if target in ("record", "entity") else None
        number = number_of(target, type_, found.layout)
        thing = Thing.model_validate({"target": target, "sha256": self.digest, "type": type_, "n": number})
        last = self.last(target, found.layout)
        told = {} if last is None else {"review": last.action, "author": last.author, "made_at": last.made_at}
        project = None
        if target == "theme" and "record" in found.layout:
            holder = self.desk.at("record", "project", found.layout)
            project = None if holder is None else number_of("record", "project", holder.layout)
        return Held(thing=thing, value=found.value, project=project, **told)

    def placed(self, entity: Entity, own: Found | None) -> Entity:
        """Return an entity with its page; another one may not overlap it."""
        for other in self.desk.entities_in(entity.start, entity.end):
            assert isinstance(other.value, Entity)
            if own is None or other.layout != own.layout:
                raise RegisterError(
                    f"« {entity.text} » overlaps « {other.value.text} » ({other.value.label}). "
                    "Reject that first, or edit it instead."
                )
        return entity.model_copy(update={"page": self.desk.page_at(entity.start)})

    def check_theme(self, value: Corrected, layout: Layout) -> None:
        """Refuse a theme that its document or project has already."""
        for other in self.desk.themes():
            same = other.layout.get("record") == layout.get("record") and other.layout["theme"] != layout.get("theme")
            if same and isinstance(value, ThemeAssignment) and marks_of(other.value) == marks_of(value):
                raise RegisterError(
                    f"the theme « {' > '.join(value.path)} » is there already. Edit or confirm that one."
                )

    def anchor(self, target: str, value: Corrected, layout: Layout) -> dict[str, Any]:
        """Return how a thing is found again."""
        text = self.desk.text.text
        spans = evidence_of(value)
        if target == "document" or (target == "theme" and "record" not in layout):
            spans = [(at, at + _SAMPLE) for at in range(0, max(1, len(text) - _SAMPLE), max(1, len(text) // _SAMPLES))]
            spans = [(start, min(end, len(text))) for start, end in spans]
        anchor = {**anchor_of(text, spans), **marks_of(value)}
        if target == "record":
            type_ = type_of(value) or ""
            others = [each for each in self.desk.records(type_) if each.layout["record"] != layout["record"]]
            anchor["alone"] = not any(_meet(each.value, value) for each in others)
            known = [(each, marks_of(each.value)) for each in others]
            beside = [
                marks for each, marks in known
                if alike(type_, anchor, marks) and (_meet(each.value, value) or is_same(type_, anchor, marks))
            ]  # fmt: skip
            anchor["beside"] = beside[:_BESIDE] or None
        elif target == "theme" and "record" in layout:
            project = self.desk.at("record", "project", layout)
            assert project is not None
            anchor["project"] = self.anchor("record", project.value, project.layout)
            anchor |= {name: anchor["project"].get(name) for name in ("spans", "quote", "quotes", "around")}
        elif target == "theme":
            anchor["alone"] = len([each for each in self.desk.themes() if "record" not in each.layout]) == 1
        return anchor

    def keep(
        self,
        action: Action,
        target: str,
        before: Corrected | None,
        after: Corrected | None,
        old: Layout | None,
        new: Layout | None,
        author: str,
        note: str | None,
    ) -> Correction:
        """Write a correction down; what it does to the rows is done by the caller."""
        value, layout = (before, old) if before is not None else (after, new)
        assert value is not None
        assert layout is not None
        anchor = self.anchor(target, value, layout)
        if before is not None and after is not None and evidence_of(after) != evidence_of(before):
            anchor["after"] = anchor_of(self.desk.text.text, evidence_of(after))
        last = self.last(target, layout)
        if last is not None:
            anchor["root"] = root_of(last)
        anchor["rows"] = {name: told for name, told in (("before", old), ("after", new)) if told is not None}
        row = made(action, author, note) | {
            "sha256": self.digest, "target": target, "type": type_of(value), "anchor": dumped(anchor),
            "before": to_json(before), "after": to_json(after),
        }  # fmt: skip
        return insert(self.connection, row)

    def undo(self, row: Any) -> None:
        """Put back what was before a correction."""
        anchor = json.loads(row.anchor)
        for later in self.rows:
            same = later.id > row.id and root_of(later) == root_of(row)
            if same and later.undone_at is None and later.state == "applied":
                raise Conflict(
                    f"{later.author} {VERBS[later.action]} it after this ({later.made_at}). Undo that first, "
                    f"which is correction {later.id}.", later.author, later.made_at,
                )  # fmt: skip
        now, layouts = anchor.get("now", {}), anchor.get("rows", {})
        before, after = (
            from_json(row.target, row.type, now.get(name, getattr(row, name))) for name in ("before", "after")
        )
        old, own = layouts.get("after"), layouts.get("before")
        if "project" in anchor:
            assert isinstance(after, ThemeAssignment | None)
            old = self._theme_at(after, old or own or {})
        if before is None and old is not None:
            self.desk.remove(row.target, row.type, old)
        elif before is not None and before != after:
            self._stand_on(row, self.desk.write(before, own or old or {}, old=old, own=own))
        for gone in now.get("displaced", ()):
            value = from_json("entity", None, gone["value"])
            assert isinstance(value, Entity)
            if not self.desk.entities_in(value.start, value.end):
                self.desk.write(value, gone["rows"], own=gone["rows"])

    def _stand_on(self, row: Any, layout: Layout) -> None:
        """Tell the correction below an undone one which rows its value has now; it may have had none of late."""
        below = [
            each for each in self.rows
            if each.id < row.id and root_of(each) == root_of(row) and each.undone_at is None and each.state == "applied"
        ]  # fmt: skip
        if not below or "project" in json.loads(row.anchor):
            return
        anchor = json.loads(below[-1].anchor)
        if anchor.get("rows", {}).get("after") is None:
            anchor["rows"] = {**anchor.get("rows", {}), "after": layout}
            told = sa.update(correction).where(correction.c.id == below[-1].id)
            self.connection.execute(told.values(anchor=dumped(anchor)))

    def _theme_at(self, theme: ThemeAssignment | None, layout: Layout) -> Layout | None:
        """Return the rows of a theme of the project that has some rows."""
        for found in self.desk.themes() if theme is not None else ():
            if found.layout.get("record") == layout["record"] and found.value == theme:
                return found.layout
        return None


def source_of(connection: sa.Connection, sha256: str, *, lock: bool = False) -> tuple[int, str]:
    """Return the number of a source that was read, and its digest; with ``lock`` no one else changes it."""
    digest = digest_of(connection, sha256)
    asked = sa.select(source.c.id).where(source.c.sha256 == digest)
    key = connection.execute(asked.with_for_update() if lock else asked).scalar()
    if key is None or not has_document(connection, digest):
        raise RegisterError(f"{sha256}: nothing was read from this source. Read it with `coopnlp batch`.")
    return int(key), digest


def digest_of(connection: sa.Connection, sha256: str) -> str:
    """Return the digest that begins like this.

    Raises
    ------
    RegisterError
        No source has such a digest, or several have.
    """
    if len(sha256) == 64:
        return sha256
    found = set(connection.execute(sa.select(source.c.sha256).where(source.c.sha256.startswith(sha256))).scalars())
    if len(found) != 1 or len(sha256) < 6:
        raise RegisterError(f"{sha256}: {'several sources have' if found else 'no source has'} this digest.")
    return str(found.pop())


def has_document(connection: sa.Connection, digest: str) -> bool:
    """Return whether something was read from a source."""
    asked = sa.select(document.c.id).join(source, source.c.id == document.c.id).where(source.c.sha256 == digest)
    return connection.execute(asked).first() is not None


def _comparable(value: Corrected) -> Corrected:
    return value.model_copy(update={"probability": None}) if isinstance(value, Entity) else value


def _meet(one: Corrected, other: Corrected) -> bool:
    return any(a < d and c < b for a, b in evidence_of(one) for c, d in evidence_of(other))
