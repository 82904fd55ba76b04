"""The rows of the table ``correction``: written, read back as values, and what they say of a thing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from coopnlp.errors import RegisterError
from coopnlp.register import journal
from coopnlp.register.corrected import Action, Correction, Thing, from_json
from coopnlp.register.desk import Layout, key_of
from coopnlp.register.schema import ID_BITS, correction, source

__all__ = [
    "VERBS", "author_of", "correction_of", "dumped", "insert", "last_of", "layouts_of", "made", "number_of", "reviewed",
    "root_of", "rows_of",
]  # fmt: skip

#: What somebody did, for messages.
VERBS = {"confirm": "confirmed", "edit": "edited", "reject": "rejected", "add": "added"}


def dumped(anchor: Mapping[str, Any]) -> str:
    """Return the JSON of an anchor, without what is absent."""
    kept = {name: told for name, told in anchor.items() if told is not None}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def author_of(name: str) -> str:
    """Return the name of who corrects; RegisterError where there is none."""
    if not name.strip():
        raise RegisterError("a correction needs an author. Give the name of an account.")
    return name


def made(action: Action, author: str, note: str | None) -> dict[str, Any]:
    """Return the columns of a correction that say who did what and when."""
    told: dict[str, Any] = {"action": action, "author": author_of(author), "note": note or None, "state": "applied"}
    return told | {"made_at": journal.now(), "before": None, "after": None}


def insert(connection: sa.Connection, row: Mapping[str, Any]) -> Correction:
    """Write a correction down and return it."""
    key = connection.execute(sa.insert(correction).returning(correction.c.id), dict(row)).scalar_one()
    return correction_of(connection.execute(sa.select(correction).where(correction.c.id == key)).one())


def rows_of(connection: sa.Connection, digest: str) -> list[Any]:
    """Return the rows of the corrections of a source, those of pairs apart, in the order in which they were made."""
    asked = sa.select(correction).where(correction.c.sha256 == digest, correction.c.target != "pair")
    return list(connection.execute(asked.order_by(correction.c.id)))


def layouts_of(row: Any) -> dict[str, Layout]:
    """Return the rows that the thing of a correction had ``before`` and ``after``; absent where it had none."""
    told: dict[str, Layout] = json.loads(row.anchor).get("rows", {})
    return told


def root_of(row: Any) -> int:
    """Return the id of the first of the corrections of one thing that stand one on the other."""
    return int(json.loads(row.anchor).get("root") or row.id)


def last_of(rows: Iterable[Any]) -> dict[tuple[str, int], Any]:
    """Return the last correction that stands on each thing."""
    found = {}
    for row in rows:
        layouts = layouts_of(row)
        layout = layouts.get("after", layouts.get("before"))
        if row.undone_at is None and row.state == "applied" and layout is not None:
            found[key_of(row.target, layout)] = row
    return found


def number_of(target: str, type_: str | None, layout: Mapping[str, list[int]]) -> int | None:
    """Return the ``n`` of a thing with these rows."""
    numbers = layout.get((type_ or "") if target == "record" else target)
    return numbers[0] if numbers else None


def reviewed(connection: sa.Connection) -> dict[int, str]:
    """Return what was last decided on each record that is in the register: its id to confirm, edit or add."""
    asked = sa.select(correction, source.c.id.label("key")).join(source, source.c.sha256 == correction.c.sha256)
    active = asked.where(correction.c.undone_at.is_(None), correction.c.target == "record")
    found: dict[int, str] = {}
    for row in connection.execute(active.where(correction.c.state == "applied").order_by(correction.c.id)):
        layout = layouts_of(row).get("after")
        if layout:
            found[row.key << ID_BITS | layout["record"][0]] = row.action
    return found


def correction_of(row: Any, *, now: bool = False) -> Correction:
    """Return the correction of a row; with ``now`` its values as they stand in what is read now."""
    anchor = json.loads(row.anchor)
    names = ("id", "action", "note", "author", "made_at", "undone_by", "undone_at", "state")
    told = {name: getattr(row, name) for name in names}
    if row.target == "pair":
        return Correction(thing=_paired(anchor["first"]), second=_paired(anchor["second"]), **told)
    layouts = layouts_of(row)
    type_ = row.type if row.target in ("record", "entity") else None
    layout = layouts.get("after") or layouts.get("before") or {}
    number = number_of(row.target, type_, layout)
    thing = Thing.model_validate({"target": row.target, "sha256": row.sha256, "type": type_, "n": number})
    told_now = anchor.get("now", {}) if now else {}
    before, after = (
        from_json(row.target, row.type, told_now.get(name, getattr(row, name))) for name in ("before", "after")
    )
    return Correction(thing=thing, before=before, after=after, **told)


def _paired(anchor: Mapping[str, Any]) -> Thing:
    return Thing.model_validate({"target": "record", **{name: anchor.get(name) for name in ("sha256", "type", "n")}})
