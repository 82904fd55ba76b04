"""Corrections done again where a source was read anew.

All that was decided on one thing, a *chain*, is done at once: the thing is looked
for in what was read now, and what the last decision left takes its place. What
a person confirmed, edited or added is written also where nothing like it is read
any more; what was rejected goes only where the same is read again. A chain that
the text gives no place for is lost: it changes nothing, is kept, and is tried again
the next time.

What the library reads now, and where a person's evidence stands now, is noted
beside the correction (``now`` in its anchor): undoing it gives back that.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from coopnlp.register.corrected import Corrected, from_json, to_json
from coopnlp.register.desk import Desk, Found, Layout, key_of
from coopnlp.register.ledger import dumped
from coopnlp.register.matching import find_record, find_thing, moved
from coopnlp.register.schema import correction
from coopnlp.types import DocumentInfo, Entity, Project, ThemeAssignment

__all__ = ["apply", "carry"]


def apply(connection: sa.Connection, document_id: int, sha256: str, only: Collection[int] | None = None) -> None:
    """Do the corrections of a source again, on the rows that were just written; one query where there are none.

    Parameters
    ----------
    only
        Ids of those that are new to rows which have the others.
    """
    asked = sa.select(correction).where(correction.c.sha256 == sha256, correction.c.undone_at.is_(None))
    known = connection.execute(asked.order_by(correction.c.id)).all()
    known = [row for row in known if only is None or row.id in only]
    pairs = [row for row in known if row.target == "pair"]
    steps = [_step(row) for row in known if row.target != "pair"]
    if steps:
        _Replay(Desk(connection, document_id), steps).run()
    for step in steps:
        _note(connection, step)
    for row in pairs:
        first = json.loads(row.anchor)["first"]
        state = "lost" if find_record(connection, document_id, row.type, first) is None else "applied"
        if state != row.state:
            connection.execute(sa.update(correction).where(correction.c.id == row.id).values(state=state))


def carry(connection: sa.Connection, old: str, new: str) -> list[int]:
    """Take the corrections of a source over to the one that stands in its place; return the ids of those made.

    The old ones stay as they are. The new ones are lost until :func:`apply` finds their places by their words.
    """
    active = sa.select(correction).where(correction.c.undone_at.is_(None)).order_by(correction.c.id)
    known = connection.execute(active.where(correction.c.sha256 == old)).all()
    # Few sources change, and few corrections are of pairs: those of which the other record is of this source.
    pairs = active.where(correction.c.target == "pair", correction.c.sha256 != old, correction.c.anchor.contains(old))
    others = connection.execute(pairs).all()
    if not known and not others:
        return []
    there = connection.execute(sa.select(correction.c.id, correction.c.anchor).where(correction.c.sha256 == new))
    taken = {number for row in there for number in (row.id, json.loads(row.anchor).get("carried"))}
    copies: dict[int, int] = {}
    for row in (*known, *others):
        anchor = json.loads(row.anchor)
        origin = anchor.get("carried", row.id)
        if origin in taken:
            continue
        told = {name: value for name, value in row._mapping.items() if name != "id"}
        if row.sha256 == old:
            told |= {"sha256": new, "state": "lost"}
        for name in ("rows", "now"):
            anchor.pop(name, None)
        for record in (anchor.get("first"), anchor.get("second")):
            if record and record["sha256"] == old:
                record["sha256"] = new
        anchor |= {"carried": origin, "root": copies.get(anchor.get("root"))}
        told["anchor"] = dumped(anchor)
        copies[row.id] = connection.execute(sa.insert(correction).returning(correction.c.id), told).scalar_one()
        if row.sha256 != old:
            connection.execute(sa.update(correction).where(correction.c.id == row.id).values(state="lost"))
    return list(copies.values())


@dataclass
class _Step:
    """A correction that is done again."""

    row: Any
    anchor: dict[str, Any]
    before: Corrected | None
    after: Corrected | None
    # what is to be written about it
    state: str = "applied"
    now: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, Layout | None] = field(default_factory=dict)

    @property
    def of_project(self) -> bool:
        """Whether it is about a theme of a project, which is a part of that."""
        return "project" in self.anchor

    @property
    def target(self) -> str:
        return "record" if self.of_project else str(self.row.target)

    @property
    def type(self) -> str | None:
        return "project" if self.of_project else self.row.type

    @property
    def place(self) -> dict[str, Any]:
        """How its thing is found."""
        told: dict[str, Any] = self.anchor["project"] if self.of_project else self.anchor
        return told

    @property
    def left_rows(self) -> Layout:
        """The rows that it had left before the source was read anew."""
        told: Layout = self.anchor.get("rows", {}).get("after") or {}
        return told


def _step(row: Any) -> _Step:
    anchor = json.loads(row.anchor)
    try:
        before, after = (from_json(row.target, row.type, told) for told in (row.before, row.after))
    except ValueError:  # written by another version, which knew other fields
        return _Step(row, anchor, None, None, state="lost")
    return _Step(row, anchor, before, after)


def _note(connection: sa.Connection, step: _Step) -> None:
    anchor = {name: told for name, told in step.anchor.items() if name not in ("rows", "now")}
    rows = {name: layout for name, layout in step.rows.items() if layout is not None}
    anchor |= {"rows": rows} if rows else {}
    anchor |= {"now": step.now} if step.now else {}
    told = {"state": step.state, "anchor": dumped(anchor)}
    if (told["state"], told["anchor"]) != (step.row.state, step.row.anchor):
        connection.execute(sa.update(correction).where(correction.c.id == step.row.id).values(told))


class _Replay:
    """Does the chains of one document again."""

    def __init__(self, desk: Desk, steps: Sequence[_Step]) -> None:
        self.desk = desk
        self.chains: dict[int, list[_Step]] = {}
        for step in steps:
            if step.state == "applied":
                root = step.anchor.get("root") or step.row.id
                self.chains.setdefault(root if root in self.chains else step.row.id, []).append(step)
        self.claimed: set[tuple[str, int]] = set()

    def run(self) -> None:
        # Those that are read as they were come first, so that nothing else is taken for them. All are looked for
        # before the first is written: what is written is not what the library reads.
        found: dict[int, Found | None] = {}
        for exactly in (True, False):
            for root, chain in self.chains.items():
                if found.get(root) is None:
                    found[root] = self._find(chain, exactly=exactly)
        for root, chain in self.chains.items():
            self._do(chain, found[root])

    def _find(self, chain: Sequence[_Step], *, exactly: bool) -> Found | None:
        first, last = chain[0], chain[-1]
        # what a person added is told from what stood beside it, whatever was decided on it later
        added = not first.of_project and first.row.action == "add"
        action = "edit" if last.of_project else last.row.action
        others = [step.after for step in chain if step.after and not step.of_project and action != "reject"]
        before = None if first.of_project else first.before
        found = find_thing(
            self.desk, first.target, first.type, first.place, before, others, self.claimed, exactly=exactly,
            action=action, added=added,
        )  # fmt: skip
        if found is not None and first.target != "document":
            self.claimed.add(key_of(first.target, found.layout))
        return found

    def _do(self, chain: Sequence[_Step], found: Found | None) -> None:
        """Write what the last step of a chain left, and note of each what it changes now."""
        value = found.value if found else None
        stands = "carried" not in chain[0].anchor or self._stands(chain[0])
        done: list[_Step] = []
        for step in chain if stands else ():
            if step.of_project:
                if not isinstance(value, Project):
                    continue
                value = _with_theme(step, value)
            else:
                left = self._left(step, value)
                if left is None and step.row.action != "reject":
                    continue
                step.now = _now(step, value, left)
                value = left
            done.append(step)
        for step in chain:
            step.state = "applied" if step in done else "lost"
        if done:
            self._write(done, found, value)

    def _stands(self, step: _Step) -> bool:
        """Return whether any of the words of a correction stand in the text that took the place of another."""
        return any(span is not None for span in self.desk.text.find(step.place)) if "quotes" in step.place else False

    def _left(self, step: _Step, value: Corrected | None) -> Corrected | None:
        """Return what a step leaves of a value, with its evidence where that stands now."""
        if step.after is None or isinstance(step.after, DocumentInfo):
            return None if step.after is None else _merged(step, value)
        return moved(self.desk, step.after, step.anchor.get("after") or step.anchor, value)

    def _write(self, done: Sequence[_Step], found: Found | None, value: Corrected | None) -> None:
        target, type_ = done[0].target, done[0].type
        old = found.layout if found else None
        written = old
        if value is None:
            written = None
            if old is not None:
                self.desk.remove(target, type_, old)
        elif found is None or value != found.value:
            if isinstance(value, Entity):
                self._make_room(value, found, done[0])
            wanted = next((step.left_rows for step in done[::-1] if step.left_rows and not step.of_project), {})
            written = self.desk.write(value, {**(old or {}), **wanted, **_place(old, type_)}, old=old)
        # Between its first state and its last a thing has its place; its other rows are made when it is put back.
        last = old if written is None else written
        place = None if last is None else _place(last, type_)
        known = {**_numbers(found.value if found else None, old), **_numbers(value, written)}
        for step in done:
            step.rows = {"before": place if step.now.get("before", step.before) else None, "after": place}
            if step.of_project and place is not None:
                step.rows = _theme_rows(step, place, known)
        if not done[0].of_project:
            done[0].rows["before"] = old
        if not done[-1].of_project:
            done[-1].rows["after"] = written

    def _make_room(self, value: Entity, found: Found | None, step: _Step) -> None:
        """Remove the entities that overlap one of a person's: entities never do."""
        gone = []
        for other in self.desk.entities_in(value.start, value.end):
            if found is None or other.layout != found.layout:
                self.desk.remove("entity", None, other.layout)
                gone.append({"rows": other.layout, "value": json.loads(to_json(other.value) or "")})
        if gone:
            step.now["displaced"] = gone


def _with_theme(step: _Step, project: Project) -> Project:
    """Return a project with what a step makes of one of its themes, and note what it changes."""
    paths = [theme.path for theme in (step.before, step.after) if isinstance(theme, ThemeAssignment)]
    if step.row.action == "reject":
        paths = paths[:1]
    read = next((theme for path in paths for theme in project.themes if theme.path == path), None)
    left = step.after if isinstance(step.after, ThemeAssignment) else None
    step.now = _now(step, read, left)
    themes = list(project.themes)
    if read is None:
        themes += [] if left is None else [left]
    else:
        at = themes.index(read)
        themes[at : at + 1] = [] if left is None else [left]
    return project.model_copy(update={"themes": tuple(themes)})


def _numbers(value: Corrected | None, layout: Layout | None) -> dict[tuple[str, ...], int]:
    """Return the rows of the themes of a project, by their paths."""
    themes = value.themes if isinstance(value, Project) else ()
    return dict(zip((theme.path for theme in themes), (layout or {}).get("theme", ()), strict=False))


def _theme_rows(step: _Step, place: Layout, known: dict[tuple[str, ...], int]) -> dict[str, Layout | None]:
    """Return the rows of a theme of a project before and after a step."""
    paths = [value.path if isinstance(value, ThemeAssignment) else None for value in (step.after, step.before)]
    number = next((known[path] for path in paths if path in known), None)
    own = {"record": place["record"]} | ({} if number is None else {"theme": [number]})
    there = step.now.get("before", step.before) is not None, step.after is not None
    return {name: own if is_there else None for name, is_there in zip(("before", "after"), there, strict=True)}


def _place(layout: Layout | None, type_: str | None) -> Layout:
    """Return what all layouts of a thing have in common: of a record its id, its number and its passage."""
    names = ("record", type_, "passage")
    if layout is None or "passage" not in layout:
        return layout or {}
    return {name: numbers for name, numbers in layout.items() if name in names}


def _now(step: _Step, before: Corrected | None, after: Corrected | None) -> dict[str, Any]:
    """Return what is other now than it was when the person looked at it."""
    told: dict[str, Any] = {}
    if before != step.before:
        told["before"] = None if before is None else json.loads(to_json(before) or "")
    if after != step.after:
        told["after"] = None if after is None else json.loads(to_json(after) or "")
    return told


def _merged(step: _Step, read: Corrected | None) -> DocumentInfo:
    """Return what is read of a document with the fields that a person changed, or confirmed."""
    assert isinstance(step.after, DocumentInfo)
    assert isinstance(read, DocumentInfo)
    changed = {
        name: getattr(step.after, name)
        for name in ("title", "date", "kind", "author")
        if step.row.action == "confirm" or getattr(step.after, name) != getattr(step.before, name, None)
    }
    return read.model_copy(update=changed)
