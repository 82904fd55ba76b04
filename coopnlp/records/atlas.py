"""Read a record of the French atlas of decentralised cooperation, every field of it.

The form comes as a label line with its value below, as « Label : value », as
rows with bars or gaps, or as ``form`` blocks with cells. Only a document with
several labels that no other form has is an atlas record.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coopnlp.records.atlas_labels import FURNITURE, SECTIONS, split_label
from coopnlp.records.atlas_tables import (
    read_contacts,
    read_embassy,
    read_foreign,
    read_french,
    read_goals,
    read_themes,
    read_volunteers,
)
from coopnlp.records.reading import Reading, clip, once
from coopnlp.types import AtlasRecord, DateValue, Funding

__all__ = ["Field", "fields_in", "read_atlas"]

# At least this many labels peculiar to the atlas: application forms share up to two of them
# (« Maître d'ouvrage », « Objectif du partenariat »), the shortest atlas records have seven.
_ENOUGH = 4
# The name of a picture after what a row says (« Commune de Foix | commun.ico.loupe.alter »).
_ICON_AFTER = re.compile(r"(?<=\w)\W{0,3}[\s|]+commun\.ico[\w.]*")

# « Semer l'avenir (titre provisoire) : Forts de leurs relations, ... »: a summary typed into the field of the title.
_SUMMARY = re.compile(
    r"\s*(?:\((?:titre|intitulé)[^)\n]*\))?\s*:\s*(?=[A-ZÀ-Þ][^\n]{100})|\s*\(titre provisoire\)", re.I
)


@dataclass(frozen=True)
class Field:
    """A field of the form: its name, whether its label is the atlas's own, label and value spans in lines."""

    name: str
    strong: bool
    label: tuple[int, int]
    lines: tuple[tuple[int, int], ...]

    @property
    def span(self) -> tuple[int, int]:
        return (self.lines[0][0], self.lines[-1][1]) if self.lines else (self.label[1], self.label[1])


def _units(reading: Reading) -> list[tuple[int, int, bool]]:
    """Return the lines of the text, and cells of form blocks, as (start, end, may be a label)."""
    units: list[tuple[int, int, bool]] = []
    forms = [b for b in reading.extraction.blocks if b.kind == "form" and b.cells]
    for start, end in reading.lines:
        if not any(b.start <= start < b.end for b in forms):
            units.append((start, end, True))
    for block in forms:
        for cell in block.cells:
            if cell.column == 0:
                units.append((cell.start, cell.end, True))
                continue
            at = cell.start
            for part in reading.text[cell.start : cell.end].split("\n"):
                if part.strip():
                    units.append((at, at + len(part), False))
                at += len(part) + 1
    return sorted(units)


@once
def fields_in(reading: Reading) -> list[Field]:
    """Return the fields of the form in order; text before the first label belongs to none."""
    found: list[Field] = []
    label: tuple[str, bool, tuple[int, int]] | None = None
    lines: list[tuple[int, int]] = []

    def close() -> None:
        if label is not None:
            found.append(Field(label[0], label[1], label[2], tuple(lines)))

    for start, end, may_be_label in _units(reading):
        text = reading.text[start:end]
        if FURNITURE.search(_ICON_AFTER.sub("", reading.plain[start:end])):
            continue
        split = split_label(text.strip()) if may_be_label else None
        if split is None:
            lines.append((start, end))
            continue
        name, strong, value_at = split
        lead = len(text) - len(text.lstrip())
        if label is not None and label[0] == name and not lines:
            label = (name, strong or label[1], (start, end))
        else:
            close()
            label, lines = (name, strong, (start, start + lead + value_at)), []
        if text[lead + value_at :].strip():
            lines.append((start + lead + value_at, end))
    close()
    return found


def _is_atlas(reading: Reading, fields: Sequence[Field]) -> bool:
    own = {f.name for f in fields if f.strong}
    named = "atlas" in reading.plain[:600]
    return len(own) >= _ENOUGH or (named and len(own) >= _ENOUGH - 1)


class _Form:
    """The fields of one record, by name."""

    def __init__(self, reading: Reading, fields: Sequence[Field]) -> None:
        self.reading = reading
        self.fields = fields

    def get(self, name: str) -> Field | None:
        """Return the field of that name that has a value, else None."""
        return next((f for f in self.fields if f.name == name and f.lines), None)

    def text(self, name: str, limit: int = 2000) -> str | None:
        """Return the value as one line of text, None where it is empty."""
        found = self.get(name)
        return None if found is None else clip(self.reading.text[slice(*found.span)], limit).strip('"»« ') or None

    def first_line(self, name: str) -> str | None:
        """Return the first line of the value: fields of one line take nothing that follows them."""
        found = self.get(name)
        return None if found is None else clip(self.reading.text[slice(*found.lines[0])], 400) or None

    def year(self, name: str) -> str | None:
        line = self.first_line(name)
        found = re.search(r"\b(?:19|20)\d\d\b", line or "")
        return found[0] if found else None

    def date(self, name: str) -> str | None:
        found = self.get(name)
        if found is None:
            return None
        for day in self.reading.within(*found.lines[0], ("DATE",)):
            if isinstance(day.value, DateValue):
                return day.value.start
        numeric = re.search(r"\b(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)\b", self.reading.text[slice(*found.lines[0])])
        return f"{numeric[3]}-{int(numeric[2]):02d}-{int(numeric[1]):02d}" if numeric else self.year(name)

    def names(self, name: str) -> tuple[str, ...]:
        """Return the names of a value, parted at commas, semicolons and line ends that are in no entity."""
        found = self.get(name)
        if found is None:
            return ()
        start, end = found.span
        inside = self.reading.within(start, end, ("COLLECTIVITY", "ORG", "FUNDER"))
        names, at = [], start
        for comma in re.compile(r"\s*[,;\n]\s*").finditer(self.reading.text, start, end):
            if not any(e.start < comma.start() and comma.end() < e.end for e in inside):
                names.append(self.reading.text[at : comma.start()])
                at = comma.end()
        names.append(self.reading.text[at:end])
        return tuple(dict.fromkeys(clip(part) for part in names if part.strip()))

    def title(self) -> str | None:
        """Return the title, without a summary that somebody typed after it."""
        found = self.get("title")
        if found is None:
            return None
        value = self.reading.text[slice(*found.span)]
        summary = _SUMMARY.search(value)
        return clip(value[: summary.start()] if summary else value, 400) or None

    def sections(self) -> tuple[tuple[str, str], ...]:
        made = []
        for found in self.fields:
            if found.name in SECTIONS:
                heading = clip(self.reading.text[slice(*found.label)])
                body = "\n".join(self.reading.text[a:b].strip() for a, b in found.lines)
                made.append((heading, body))
        return tuple(made)

    def main_theme(self) -> tuple[tuple[str, ...], ...]:
        path: list[str] = []
        for name in ("theme", "subtheme", "subsubtheme"):
            value = self.first_line(name)
            if value is None:
                break
            path.append(value)
        return (tuple(path),) if path else ()


def _triennial(words: str) -> bool | None:
    if re.search(r"\bpartenariat n'est pas triennal", words):
        return False
    said = re.search(r"\bpartenariat est triennal|\btriennal\s*[:|]\s*(oui|non)", words)
    return None if said is None else said[1] != "non"


def _statement(reading: Reading, pattern: str) -> str | None:
    """Return the line that states something, as the record writes it."""
    for start, end in reading.lines:
        if re.search(pattern, reading.plain[start:end]) and end - start < 200:
            return clip(reading.text[start:end])
    return None


def read_atlas(reading: Reading, fundings: Sequence[Funding]) -> AtlasRecord | None:
    """Return the atlas record that the document is, or None where it is none.

    ``fundings`` are those of the document; the record keeps the ones that its own
    table holds.
    """
    fields = fields_in(reading)
    if not _is_atlas(reading, fields):
        return None
    form = _Form(reading, fields)
    table = next((f for f in fields if f.name == "fundings" and f.lines), None)
    inside = [f for f in fundings if table and any(table.span[0] <= a < table.span[1] for a, _ in f.evidence)]
    embassy, contacts = read_embassy(reading, fields)
    partners = read_foreign(reading, form.get("foreign_partners"))
    return AtlasRecord(
        title=form.title(),
        embassy=embassy,
        embassy_contacts=contacts,
        year_first_signature=form.year("year_first_signature"),
        themes=(*form.main_theme(), *read_themes(reading, form.get("other_themes"))),
        sdgs=read_goals(reading, form.get("sdg")),
        year_start=form.year("year_start"),
        status=form.first_line("status"),
        date_end=form.date("date_end"),
        sections=form.sections(),
        form=form.first_line("form"),
        implementers=form.names("implementers"),
        owners=form.names("owners"),
        beneficiaries=form.text("beneficiaries"),
        foreign_partners=partners,
        foreign_contacts=read_contacts(reading, form.get("foreign_contacts"), [p.name for p in partners]),
        french_collectivities=read_french(reading, form.get("french_collectivities")),
        triennial=_triennial(reading.plain),
        fundings=tuple(inside),
        communication_france=_statement(reading, r"^\W*une communication (?:a|n'a pas) .{0,12}engagee en france"),
        communication_partner=_statement(reading, r"^\W*une communication (?:a|n'a pas) .{0,12}engagee dans le"),
        evaluation=_statement(reading, r"^\W*une (?:politique d')?evaluation (?:a|n'a pas) "),
        volunteers=read_volunteers(reading, form.get("volunteers")),
    )
