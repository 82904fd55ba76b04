"""Values as the fields of a form, and back; what was typed wrongly is told in French, and nothing typed is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from coopnlp.errors import CoopnlpError
from coopnlp.text import plain_spaces
from coopnlp.types import (
    LABELS,
    Agreement,
    Amount,
    DateValue,
    DocumentInfo,
    Entity,
    Funding,
    Partnership,
    Party,
    Project,
    ThemeAssignment,
)
from coopnlp.web.corrections.session import Form

__all__ = [
    "FIELDS", "KINDS", "Mistyped", "Shown", "around", "as_typed", "chosen_themes", "document", "entity", "fields_of",
    "record", "themes_of", "typed",
]  # fmt: skip

#: Fields of a record of a type: name of the value, label on screen.
FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "partnership": (("kind", "Nature"), ("status", "État"), ("start", "Début"), ("end", "Fin")),
    "funding": (
        ("purpose", "Objet"), ("scheme", "Dispositif"), ("status", "État"), ("start", "Début"), ("end", "Fin"),
    ),
    "agreement": (
        ("title", "Intitulé"), ("kind", "Genre"), ("date", "Date de signature"), ("start", "Début"), ("end", "Fin"),
    ),
    "project": (("title", "Intitulé"), ("description", "Description"), ("start", "Début"), ("end", "Fin")),
}  # fmt: skip
KINDS = {
    "jumelage": "jumelage",
    "cooperation_decentralisee": "coopération décentralisée",
    "entente": "entente",
    "convention": "convention",
    "projet": "projet",
    "autre": "autre",
}
_TYPES: dict[str, type[Partnership | Funding | Agreement | Project]] = {
    "partnership": Partnership, "funding": Funding, "agreement": Agreement, "project": Project,
}  # fmt: skip
# The fields of a sum, side by side.
_SUM = ("value", "min", "max", "currency")
_DATES = {"start", "end", "date"}
_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
_FRENCH_DATE = re.compile(r"(?:(\d{1,2})/)?(\d{1,2})/(\d{4})")
_CURRENCY = re.compile(r"[A-Z]{3}")
_KB_ID = re.compile(r"[^\s:]+:\S+")
_SIGNS = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "FCFA": "XOF", "CFA": "XOF", "F": "FRF"}


class Mistyped(CoopnlpError):
    """A field holds what it cannot; the message, in French, says which and what it takes."""


def fields_of(value: Any) -> dict[str, str]:
    """Return the plain fields of a value as text, empty where they are absent."""
    return {name: "" if told is None else str(told) for name, told in value.model_dump(mode="json").items()
            if told is None or isinstance(told, str | int | float)}  # fmt: skip


class Shown(NamedTuple):
    """What the form of a record shows."""

    fields: dict[str, str]
    parties: list[tuple[str, ...]]
    sums: list[tuple[str, ...]]
    quotes: str
    themes: list[tuple[str, ...]]


def as_typed(type_: str, value: Any, text: str) -> Shown:
    """Return a record as its form shows it; each passage is on one line."""
    parties = (value.funder,) if type_ == "funding" else value.parties
    sums = [amount.model_dump(mode="json") for amount in getattr(value, "amounts", ())]
    return Shown(
        fields_of(value),
        [(party.text, party.kb_id) for party in parties],
        [tuple(told[name] or "" for name in _SUM) for told in sums],
        "\n".join(" ".join(text[start:end].split()) for start, end in value.evidence),
        [theme.path for theme in getattr(value, "themes", ())],
    )


def typed(type_: str, form: Form | None) -> Shown:
    """Return what was typed, right or wrong; an empty form where there is none."""
    form = form or Form(b"")
    return Shown(
        {name: form.get(name) for name, _ in FIELDS[type_]},
        list(zip(form.all("party"), form.all("party_id"), strict=False)),
        list(zip(*map(form.all, _SUM), strict=False)),
        form.get("quotes"),
        chosen_themes(form),
    )


def chosen_themes(form: Form) -> list[tuple[str, ...]]:
    """Return the paths of the themes that were chosen, those that can be read."""
    found = []
    for told in form.all("theme"):
        with suppress(ValueError, TypeError):
            found.append(tuple(str(part) for part in json.loads(told)))
    return found


def around(value: Any, text: str, width: int = 160) -> list[tuple[str, str, str]]:
    """Return the words that a record was read from, between some before and after them; those side by side as one."""
    spans: list[list[int]] = []
    for start, end in sorted(value.evidence):
        if spans and start - spans[-1][1] < width:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return [(text[max(0, start - width) : start], text[start:end], text[end : end + width]) for start, end in spans[:6]]


def record(type_: str, form: Form, text: str, before: Any = None) -> Partnership | Funding | Agreement | Project:
    """Return the record of a form; what the form does not show is kept from ``before``.

    Raises
    ------
    Mistyped
        A field holds what it cannot.
    """
    told: dict[str, Any] = {} if before is None else before.model_dump(mode="json")
    for name, label in FIELDS[type_]:
        typed = form.get(name)
        told[name] = _date(typed, label) if name in _DATES else typed or None
    parties = _parties(form)
    if type_ == "funding":
        if len(parties) != 1:
            raise Mistyped(
                "Un financement a un bailleur, et un seul. Pour un second bailleur, ajoutez une autre fiche."
            )
        told["funder"], told["amounts"] = parties[0], _amounts(form)
    else:
        told["parties"] = parties
    if type_ == "partnership":
        if told["kind"] not in KINDS:
            raise Mistyped("Nature : choisissez-en une dans la liste.")
        if len(parties) < 2:
            raise Mistyped("Un partenariat a deux parties au moins.")
    if type_ == "agreement" and not told["kind"]:
        raise Mistyped("Genre : dites ce que c’est, par exemple « convention », « accord de jumelage ».")
    if type_ in ("agreement", "project") and not told["title"]:
        raise Mistyped("Intitulé : il ne peut pas être vide.")
    if type_ == "project":
        told["themes"] = themes_of(form, () if before is None else before.themes)
    told["evidence"] = _evidence(form, text, () if before is None else before.evidence)
    return _TYPES[type_].model_validate(told)


def document(form: Form, before: DocumentInfo) -> DocumentInfo:
    """Return what is said of a document as a form has it."""
    told = {name: form.get(name) or None for name in ("title", "kind", "author")}
    return before.model_copy(update={**told, "date": _date(form.get("date"), "Date")})


def entity(form: Form, text: str, before: Entity | None) -> Entity:
    """Return the entity of a form: words of the text, kind, identifier, value."""
    label = next((each for each in LABELS if each == form.get("label")), None)
    if label is None:
        raise Mistyped("Genre : choisissez-en un dans la liste.")
    words = form.get("words")
    near = before.start if before is not None else _whole(form.get("near"))
    start, end = _find(words, text, near)
    value: Amount | DateValue | None = None
    if label == "AMOUNT":
        sums = _amounts(form)
        value = Amount.model_validate(sums[0]) if sums else None
    elif label == "DATE":
        first, last = _date(form.get("start"), "Début"), _date(form.get("end"), "Fin")
        value = DateValue(start=first, end=last or first) if first else None
    return Entity(
        start=start, end=end, label=label, text=text[start:end], kb_id=_kb_id(form.get("kb_id")),
        page=before.page if before is not None else None, value=value,
    )  # fmt: skip


def themes_of(form: Form, before: Sequence[ThemeAssignment]) -> list[dict[str, Any]]:
    """Return the themes that were chosen, the first one first; those that stay keep their words and probability."""
    known = {theme.path: theme for theme in before}
    chosen: list[dict[str, Any]] = []
    for told in form.all("theme"):
        if not told:
            continue
        try:
            path = tuple(str(part) for part in json.loads(told))
        except (ValueError, TypeError) as error:
            raise Mistyped("Thème : choisissez-en un dans la liste.") from error
        theme = known.get(path) or ThemeAssignment(path=path, probability=1.0)
        if all(tuple(each["path"]) != path for each in chosen):
            chosen.append(theme.model_dump(mode="json"))
    return chosen


def _parties(form: Form) -> list[dict[str, str]]:
    found = []
    ids = form.all("party_id")
    for n, name in enumerate(form.all("party")):
        kb_id = _kb_id(ids[n]) if n < len(ids) else ""
        if name:
            found.append(Party(text=name, kb_id=kb_id).model_dump())
        elif kb_id:
            raise Mistyped(f"L’identifiant {kb_id} n’a pas de nom : écrivez le nom tel que le document le donne.")
    return found


def _amounts(form: Form) -> list[dict[str, Any]]:
    found = []
    for value, low, high, currency in zip(*map(form.all, _SUM), strict=False):
        sums = {"value": _sum(value), "min": _sum(low), "max": _sum(high)}
        code = _SIGNS.get(currency.upper(), currency.upper())
        if code and not _CURRENCY.fullmatch(code):
            raise Mistyped(f"Monnaie « {currency} » : trois lettres, par exemple EUR, CAD, XOF.")
        if any(told is not None for told in sums.values()):
            if sums["value"] is not None and (sums["min"] is not None or sums["max"] is not None):
                raise Mistyped("Une somme est une valeur, ou une fourchette : pas les deux.")
            found.append({**sums, "currency": code or None})
    return found


def _sum(typed: str) -> str | None:
    """Return a sum as decimal text; « 12 500,50 » is one."""
    told = plain_spaces(typed).replace(" ", "").replace(",", ".").rstrip("€")
    if not told:
        return None
    try:
        value = Decimal(told)
    except InvalidOperation as error:
        raise Mistyped(f"Somme « {typed} » : un nombre, par exemple 12 500,50.") from error
    if not value.is_finite() or value < 0 or len(told) > 20:
        raise Mistyped(f"Somme « {typed} » : un nombre positif, par exemple 12 500,50.")
    return format(value, "f")


def _date(typed: str, label: str) -> str | None:
    """Return an ISO date as precise as typed; 31/12/2009 and 12/2009 are dates too."""
    if not typed:
        return None
    told = typed
    if french := _FRENCH_DATE.fullmatch(typed):
        day, month, year = french.groups()
        told = f"{year}-{month:0>2}" + (f"-{day:0>2}" if day else "")
    if not _DATE.fullmatch(told):
        raise Mistyped(f"{label} « {typed} » : écrivez 2009, 12/2009 ou 31/12/2009.")
    return told


def _kb_id(typed: str) -> str:
    if typed and not _KB_ID.fullmatch(typed):
        raise Mistyped(f"Identifiant « {typed} » : « système:code », par exemple fr-commune:89024.")
    return typed


def _evidence(form: Form, text: str, before: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """Return the spans of the words quoted in a form, a quotation a line; those of before stay where they were."""
    known = {" ".join(text[start:end].split()): (start, end) for start, end in before}
    near = before[0][0] if before else None
    spans = [known.get(quote) or _find(quote, text, near) for line in form.get("quotes").split("\n")
             if (quote := " ".join(line.split()))]  # fmt: skip
    if not spans:
        raise Mistyped("Passages : citez les mots du document dont cette fiche vient, un passage par ligne.")
    return list(dict.fromkeys((start, end) for start, end in spans))


def _find(words: str, text: str, near: int | None) -> tuple[int, int]:
    """Return where words stand in a text, whatever its line breaks: nearest to an offset, or first."""
    parts = words.split()
    if not parts:
        raise Mistyped("Les mots du document manquent.")
    pattern = re.compile(r"\s+".join(map(re.escape, parts)))
    found = [match.span() for match in pattern.finditer(text)]
    if not found:
        raise Mistyped(f"« {' '.join(parts)[:80]} » ne se trouve pas dans le document : recopiez ses mots exactement.")
    return found[0] if near is None else min(found, key=lambda span: abs(span[0] - near))


def _whole(told: str) -> int | None:
    return int(told) if told.isdecimal() and len(told) < 10 else None
