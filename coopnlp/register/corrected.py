"""What can be corrected, and what a correction is: the values of :mod:`coopnlp.register.corrections`."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, get_args

from coopnlp.errors import RegisterError
from coopnlp.types import (
    Agreement,
    DocumentInfo,
    Entity,
    Funding,
    Partnership,
    Project,
    ThemeAssignment,
    Value,
)

__all__ = [
    "VALUES", "Action", "Corrected", "Correction", "Held", "Target", "Thing", "checked", "from_json", "target_of",
    "to_json", "type_of",
]  # fmt: skip

Target = Literal["record", "entity", "theme", "document", "pair"]
Action = Literal["confirm", "edit", "reject", "add", "merge", "separate"]
Corrected = Partnership | Funding | Agreement | Project | Entity | ThemeAssignment | DocumentInfo

_RECORDS: dict[str, type[Partnership | Funding | Agreement | Project]] = {
    "partnership": Partnership, "funding": Funding, "agreement": Agreement, "project": Project,
}  # fmt: skip
VALUES: tuple[type[Corrected], ...] = get_args(Corrected)
# As rows.clean has it: what no database stores.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_KB_ID = re.compile(r"[^\s:]+:\S+")


class Thing(Value):
    """Something of a document that can be corrected.

    ``n`` is the number of a record among those of its ``type``, as permalinks
    have it; of an entity and of a theme the number of its row in the document
    (its id without the part of the document). A document has neither.
    ``sha256`` may be the beginning of the digest where the thing is given.
    """

    target: Target
    sha256: str
    type: str | None = None
    n: int | None = None


class Held(Value):
    """A thing as the register has it now, and what a person last did to it.

    ``review`` is ``confirm``, ``edit`` or ``add``, absent where nobody has
    looked at it; ``project`` is the number of the project that a theme is of.
    """

    thing: Thing
    value: Corrected
    project: int | None = None
    review: Action | None = None
    author: str | None = None
    made_at: str | None = None


class Correction(Value):
    """What somebody decided.

    ``before`` is what the library had read, or an earlier correction had left;
    ``after`` what the person left; absent where there was, or is, nothing. Of a
    pair both are absent, and ``thing`` and ``second`` are its records. ``thing``
    has no ``n`` where the thing is not in the register now. ``state`` is
    ``applied``, or ``lost`` where nothing in the text read anew answers to it.
    Moments are ISO 8601, UTC.
    """

    id: int
    thing: Thing
    second: Thing | None = None
    action: Action
    before: Corrected | None = None
    after: Corrected | None = None
    note: str | None = None
    author: str
    made_at: str
    undone_by: str | None = None
    undone_at: str | None = None
    state: Literal["applied", "lost"] = "applied"


def target_of(value: Corrected) -> Target:
    """Return what a value is a correction of."""
    if isinstance(value, Entity):
        return "entity"
    if isinstance(value, ThemeAssignment):
        return "theme"
    return "document" if isinstance(value, DocumentInfo) else "record"


def type_of(value: Corrected) -> str | None:
    """Return the type of a record, or the label of an entity."""
    if isinstance(value, Entity):
        return value.label
    return next((name for name, kind in _RECORDS.items() if isinstance(value, kind)), None)


def to_json(value: Corrected | None) -> str | None:
    """Return the JSON of a value; equal values have equal JSON."""
    if value is None:
        return None
    return json.dumps(value.model_dump(mode="json", exclude_none=True), ensure_ascii=False, sort_keys=True)


def from_json(target: str, type_: str | None, told: str | dict[str, Any] | None) -> Corrected | None:
    """Return the value of a JSON; ``type_`` is that of a record."""
    if told is None or target == "pair":
        return None
    row = json.loads(told) if isinstance(told, str) else told
    if target == "record":
        return _RECORDS[type_ or ""].model_validate(row)
    kinds: dict[str, type[Corrected]] = {"entity": Entity, "theme": ThemeAssignment, "document": DocumentInfo}
    return kinds[target].model_validate(row)


def checked(value: Corrected, text: str) -> Corrected:
    """Return a value as it can be stored; ``text`` is that of its document.

    The words of an entity are those of the text between its offsets.

    Raises
    ------
    RegisterError
        Names or titles are empty, offsets lie outside the text, a date is no ISO
        date or an identifier no ``scheme:code``; the message says which.
    """
    kind = type(value)
    value = kind.model_validate(_stored(value.model_dump(mode="json")))
    if isinstance(value, DocumentInfo):
        _check_dates(value.date)
    elif isinstance(value, ThemeAssignment):
        if not value.path or not all(name.strip() for name in value.path):
            raise RegisterError("a theme without a name. Give its path, from the top of the nomenclature.")
        if not 0 <= value.probability <= 1:
            raise RegisterError(f"{value.probability} is no probability. Give a number from 0 to 1.")
    elif isinstance(value, Entity):
        if not 0 <= value.start < value.end <= len(text):
            raise RegisterError(f"{value.start}–{value.end} is no span of the text, which has {len(text)} characters.")
        _check_ids(value.kb_id)
        value = value.model_copy(update={"text": text[value.start : value.end], "probability": None})
    else:
        _check_record(value, text)
    return value


def _check_record(value: Partnership | Funding | Agreement | Project, text: str) -> None:
    parties = (value.funder,) if isinstance(value, Funding) else value.parties
    if not all(party.text.strip() for party in parties):
        raise RegisterError("a party without a name. Give the name as the document has it, or leave the party out.")
    if isinstance(value, Partnership) and len(parties) < 2:
        raise RegisterError("a partnership has two parties or more. Give them, or reject the partnership.")
    if isinstance(value, Agreement | Project) and not value.title.strip():
        raise RegisterError(f"a title is missing. Give the words of the document for the {type_of(value)}.")
    _check_ids(*(party.kb_id for party in parties))
    _check_dates(value.start, value.end, getattr(value, "date", None))
    for start, end in value.evidence:
        if not 0 <= start <= end <= len(text):
            raise RegisterError(f"{start}–{end} is no span of the text, which has {len(text)} characters.")


def _check_dates(*dates: str | None) -> None:
    for date in dates:
        if date is not None and not _DATE.fullmatch(date):
            raise RegisterError(f"{date!r} is no date. Write it as 2009, 2009-12 or 2009-12-31.")


def _check_ids(*ids: str) -> None:
    for kb_id in ids:
        if kb_id and not _KB_ID.fullmatch(kb_id):
            raise RegisterError(f"{kb_id!r} is no identifier. Write it as scheme:code, e.g. fr-commune:89024.")


def _stored(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {key: _stored(item) for key, item in value.items()}
    return [_stored(item) for item in value] if isinstance(value, list) else value
