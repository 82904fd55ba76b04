"""What a correction changed, as its history tells it: in the words of the pages, never in the codes of the register."""

from __future__ import annotations

from typing import Any, NamedTuple

from coopnlp.register.corrected import Corrected, Correction
from coopnlp.register.screen import spelt
from coopnlp.types import Agreement, Amount, DateValue, DocumentInfo, Entity, Funding, Party, Project, ThemeAssignment
from coopnlp.web.filters import LABELS, amount, long_day

__all__ = ["Change", "changes", "subject"]

_FIELDS = {
    "title": "intitulé", "kind": "genre", "status": "état", "start": "début", "end": "fin", "date": "date",
    "purpose": "objet", "scheme": "dispositif", "description": "description", "author": "auteur", "parties": "parties",
    "funder": "bailleur", "amounts": "sommes", "themes": "thèmes", "text": "mots", "label": "genre",
    "kb_id": "identifiant", "value": "valeur", "path": "thème",
}  # fmt: skip
_DATES = ("start", "end", "date")
_LEFT_OUT = ("probability", "page", "pages", "terms", "evidence")
_LONGEST = 90


class Change(NamedTuple):
    """A field that a correction changed, as a reader sees it."""

    field: str
    before: str
    after: str


def changes(correction: Correction) -> list[Change]:
    """Return the fields that a correction changed."""
    before, after = _flat(correction.before), _flat(correction.after)
    if correction.action == "confirm":
        return []
    return [
        Change(_FIELDS.get(name, name), before.get(name, ""), after.get(name, ""))
        for name in dict.fromkeys((*before, *after))
        if before.get(name, "") != after.get(name, "")
    ]


def subject(correction: Correction) -> str:
    """Return which one was corrected, in its own words; empty where it has none, and where the changes say it all."""
    value = correction.before or correction.after
    told = ""
    if isinstance(value, Entity):
        told = value.text
    elif isinstance(value, Agreement | Project | DocumentInfo):
        told = value.title or ""
    elif isinstance(value, Funding):
        told = value.purpose or value.funder.text
    elif isinstance(value, ThemeAssignment):
        told = " › ".join(value.path)
    elif value is not None:
        told = " – ".join(party.text for party in value.parties)
    told = " ".join(told.split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1].rstrip() + "…"


def _flat(value: Corrected | None) -> dict[str, str]:
    if value is None:
        return {}
    names = [name for name in type(value).model_fields if name not in _LEFT_OUT]
    if isinstance(value, Entity):  # its words say where it is
        names = [name for name in names if name not in ("start", "end")]
    told = {name: _said(name, getattr(value, name)) for name in names}
    return {name: text for name, text in told.items() if text}


def _said(name: str, item: Any) -> str:
    """Return the value of a field in French."""
    if item is None or item == "":
        return ""
    if isinstance(item, tuple | list):
        return " › ".join(item) if name == "path" else "\u00a0; ".join(_said(name, part) for part in item)
    if isinstance(item, Amount):
        return amount(item)
    if isinstance(item, DateValue):
        first, last = long_day(item.start), long_day(item.end)
        return first if first == last or not last else f"{first} – {last}"
    if isinstance(item, Party):
        return f"{item.text} ({item.kb_id})" if item.kb_id else item.text
    if isinstance(item, ThemeAssignment):
        return " › ".join(item.path)
    if name in _DATES:
        return long_day(item)
    if name == "label":
        return str(LABELS.get(item, item))
    return spelt(item) if name == "kind" else str(item)
