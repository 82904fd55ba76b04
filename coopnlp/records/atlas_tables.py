"""The lists and tables of an atlas record: themes, partners, contacts, collectivities, volunteers.

Rows have cells, bars or gaps where the layout kept them; otherwise a row is one
line and entities and the shape of names part it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from coopnlp.gazetteer import Gazetteer
from coopnlp.gazetteer.places import name_key
from coopnlp.records.parties import party, unique_parties
from coopnlp.records.reading import Reading, clip
from coopnlp.records.rows import fields_of
from coopnlp.text import fold
from coopnlp.themes.taxonomy import NodePath, atlas
from coopnlp.types import Contact, DevelopmentGoal, Entity, ForeignPartner, Party

__all__ = [
    "known_id",
    "read_contacts",
    "read_embassy",
    "read_foreign",
    "read_french",
    "read_goals",
    "read_themes",
    "read_volunteers",
]

_HEAD = re.compile(
    r"^\W*(?:nom de la collectivite|nom prenom|nom\b.*\b(?:mission|fonction)"
    r"|thematique eligible|intitule odd|nom du financeur"
    r"|collectivite etrangere\W*(?:pays)?$|pays\W*$|nom\W*$|prenom\W*$|fonction\W*$"
    r"|courriel\W*$)"
)
_ICON = re.compile(r"[\s|]*commun\.[\w.]+[\s|]*$")
_BODIES = ("COLLECTIVITY", "ORG", "FUNDER")
_GOAL = re.compile(r"(?:ODD )?(?P<number>1[0-7]|[1-9])\W+(?P<title>\w.*?)(?:[ |:(]+(?P<mark>\d)\)?)?\W*", re.I)
_EMAIL = re.compile(r"[\w.+-]+\s?(?:@|\[at\]|\(at\)|\s?\[arobase\]\s?)\s?[\w-]+(?:\.[\w-]+)+", re.I)
_PHONE = re.compile(r"(?:\+\d{1,3}|\b0\d)(?:[ .()-]{0,2}\d{2,4}){3,5}")
_SURNAME = re.compile(r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’-]+(?: [A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’-]+)*")
# A first name is no function: « VIDAL Jean-Marc Directeur des services ».
_FIRST = (
    r"(?:(?!(?:Maires?|Mairesse|Adjoint|Président|Vice|Conseill|Direct|Respons|Charg|Chef|Coordin|Coordonn|Secrétaire"
    r"|Délégu|Agent|Ingénieur|Attach|Profess|Anima|Expert|Consult|Assist|Premi|Deuxième|Élue?|Elue?|Gestionnaire|Préf"
    r"|Gouvern|Membre|Trésor|Médecin|Enseign|Technic|Urbaniste|Correspond|Représent|Référent|Administrat|Greffi"
    r"|Commissaire|Bourgmestre|Échevin|Echevin|Chancel|Ministre|Ambassad|Consul|Volontaire)\w*)"
    r"[A-ZÀ-Þ][a-zà-ÿ'’]+(?:-[A-ZÀ-Þ][a-zà-ÿ'’]+)*)"
)
# « Sarah VAILLANT », « DE LA TOUR Élodie »
_PERSON = re.compile(rf"{_FIRST}(?: {_FIRST})* {_SURNAME.pattern}|{_SURNAME.pattern} {_FIRST}(?: {_FIRST})*")


class _HasLines(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def label(self) -> tuple[int, int]: ...
    @property
    def lines(self) -> tuple[tuple[int, int], ...]: ...


def _rows(reading: Reading, field: _HasLines | None) -> Iterator[tuple[int, int]]:
    """Yield the rows of a table field: its lines without heads, icons and layout cells kept apart."""
    for start, end in field.lines if field else ():
        text = reading.text[start:end]
        icon = _ICON.search(text)
        end -= len(text) - icon.start() if icon else 0
        if reading.text[start:end].strip() and not _HEAD.search(reading.plain[start:end]):
            yield start, end


def known_id(reading: Reading, name: str) -> str:
    """Return the identifier that the document's entities of that name carry, empty where none or several."""
    wanted = fold(name)
    found = {e.kb_id for e in reading.entities if e.kb_id and e.label in _BODIES and fold(e.text) == wanted}
    return found.pop() if len(found) == 1 else ""


def _mended(email: str) -> str:
    return re.sub(r"\s*(?:\[at\]|\(at\)|\[arobase\])\s*", "@", email, flags=re.I).replace(" ", "")


def _named(name: str) -> tuple[str | None, str | None]:
    """Return (first name, last name): the last name is the part in capitals."""
    words = name.split()
    last = [w for w in words if len(w) > 1 and w == w.upper()]
    first = [w for w in words if w not in last]
    return (" ".join(first) or None, " ".join(last) or None) if last and first else (None, None)


def _person_in(reading: Reading, start: int, end: int) -> tuple[int, int] | None:
    """Return where a person's name stands: a PER entity, else a surname in capitals beside first names."""
    for entity in reading.within(start, end, ("PER",)):
        if _PERSON.fullmatch(entity.text):
            return entity.start, entity.end
        # Some taggers part « SIMON » from « Jean »: take the whole shape of the name.
        around = re.compile(_PERSON.pattern).search(reading.text, max(start, entity.start - 25), end)
        if around and around.start() <= entity.start < around.end():
            return around.start(), around.end()
        return entity.start, entity.end
    found = _PERSON.search(reading.text, start, end)
    return (found.start(), found.end()) if found else None


def _contact(name: str, role: str | None, rest: str, authority: str | None = None) -> Contact:
    first, last = _named(name)
    email, phone = _EMAIL.search(rest), _PHONE.search(_EMAIL.sub(" ", rest))
    return Contact(
        name=name,
        first_name=first,
        last_name=last,
        role=role or None,
        email=_mended(email[0]) if email else None,
        phone=phone[0].strip() if phone else None,
        authority=authority or None,
    )


def read_embassy(reading: Reading, fields: Sequence[_HasLines]) -> tuple[str | None, tuple[Contact, ...]]:
    """Return the embassy of a record and its contacts: lines of post, name, address."""
    field = next((f for f in fields if f.name == "embassy"), None)
    if field is None or not field.lines:
        return None, ()
    first = clip(reading.text[slice(*field.lines[0])]).strip('"»«“” ')
    contacts: list[Contact] = []
    role: str | None = None
    for start, end in field.lines[1:]:
        text = clip(reading.text[start:end])
        if _EMAIL.search(text) or re.match(r"(?i)(?:courriel|m[ée]l|e-?mail|t[ée]l)", text):
            if contacts:
                last = contacts[-1]
                contacts[-1] = _contact(last.name, last.role, f"{text} {last.email or ''} {last.phone or ''}")
            continue
        person = _person_in(reading, start, end)
        if person is not None and person[1] - person[0] > 0.7 * len(text):
            contacts.append(_contact(clip(reading.text[slice(*person)]), role, ""))
            role = None
        else:
            role = text
    return first or None, tuple(contacts)


def _known_path(row: str) -> NodePath:
    """Return the path of the atlas whose labels open a row, one after the other: the row has no cells to part them."""
    tree, rest = atlas(), fold(row).lstrip()
    path: NodePath = ()
    while True:
        below = [node for node in tree.children(path) if re.match(re.escape(fold(node[-1])) + r"\b", rest)]
        if not below:
            return path
        path = max(below, key=lambda node: len(node[-1]))
        rest = rest[len(fold(path[-1])) :].lstrip(" |-–>/")


def read_themes(reading: Reading, field: _HasLines | None) -> tuple[tuple[str, ...], ...]:
    """Return the further themes as paths in order of their priority."""
    rows: list[tuple[int, tuple[str, ...]]] = []
    for start, end in _rows(reading, field):
        text = reading.text[start:end]
        fields = [clip(reading.text[a:b]) for a, b in fields_of(reading.text, start, end)]
        rank = re.search(r"(?:^|\D)(\d{1,2})\s*\|?\s*$", text)
        themes = [clip(e.text) for e in reading.within(start, end, ("THEME",))]
        known = _known_path(text)
        if len(fields) > 2:
            path = [f for f in fields if f and not f.isdigit()]
        else:
            path = list(known) if len(known) >= len(themes) else themes
        if not path and rank:
            path = [clip(text[: rank.start() + 1])]
        if path:
            rows.append((int(rank[1]) if rank else len(rows) + 1, tuple(path)))
    return tuple(path for _, path in sorted(rows, key=lambda row: row[0]))


def read_goals(reading: Reading, field: _HasLines | None) -> tuple[DevelopmentGoal, ...]:
    """Return the Sustainable Development Goals of a record, a row each: « 6 - Eau propre et assainissement 2 »."""
    found = []
    for start, end in _rows(reading, field):
        row = _GOAL.fullmatch(clip(reading.text[start:end]))
        if row:
            mark = int(row["mark"]) if row["mark"] else None
            found.append(DevelopmentGoal(number=int(row["number"]), title=row["title"], mark=mark))
    return tuple(found)


def _country_at_end(row: str) -> int | None:
    """Return where the name of a state begins that ends the row after something else, else None."""
    row = row.rstrip(" )")
    for gap in re.finditer(r"(?<=\S)[\s(]+(?=[A-ZÀ-Þ])", row):
        if any(place.kind == "country" for place, _ in Gazetteer.load().places_named(name_key(row[gap.end() :]))):
            return gap.end()
    return None


def read_foreign(reading: Reading, field: _HasLines | None) -> tuple[ForeignPartner, ...]:
    """Return the foreign authorities with their countries, a row each."""
    found = []
    for start, end in _rows(reading, field):
        fields = [clip(reading.text[a:b]) for a, b in fields_of(reading.text, start, end) if a < b]
        named: list[Entity] = reading.within(start, end, ("COLLECTIVITY",))
        places = [e for e in reading.within(start, end, ("LOC",)) if not named or e.start > named[-1].start]
        tail = _country_at_end(reading.text[start:end])
        if len(fields) > 1:
            name, country = fields[0], fields[1]
        elif tail is not None:
            name, country = (
                clip(reading.text[start : start + tail].rstrip(" (")),
                clip(reading.text[start + tail : end]),
            )
        elif places and places[-1].end > end - 3:
            name, country = clip(reading.text[start : places[-1].start].rstrip(" (")), clip(places[-1].text)
        else:
            name, country = clip(reading.text[start:end]), ""
        if name:
            kb_id = named[0].kb_id if len(named) == 1 else ""
            found.append(ForeignPartner(name=name, country=country or None, kb_id=kb_id or known_id(reading, name)))
    return tuple(found)


def read_contacts(reading: Reading, field: _HasLines | None, authorities: Sequence[str] = ()) -> tuple[Contact, ...]:
    """Return the persons of the partners: authority, name, function, address.

    ``authorities`` are the names of the partners as the record gives them elsewhere.
    """
    found = []
    for start, end in _rows(reading, field):
        fields = [clip(reading.text[a:b]) for a, b in fields_of(reading.text, start, end)]
        if len(fields) >= 4:
            name = f"{fields[1]} {fields[2]}".strip()
            found.append(
                _contact(name, fields[3], " ".join(fields[4:]), fields[0]).model_copy(
                    update={"last_name": fields[1] or None, "first_name": fields[2] or None}
                )
            )
            continue
        bodies = reading.within(start, end, ("COLLECTIVITY", "ORG"))
        known = max((len(a) for a in authorities if reading.text.startswith(a, start)), default=0)
        after = start + known if known else bodies[-1].end if bodies else start
        person = _person_in(reading, after, end) or _person_in(reading, start, end)
        if person is None:
            continue
        rest = reading.text[person[1] : end]
        role = clip(_PHONE.sub(" ", _EMAIL.sub(" ", rest)))
        found.append(_contact(clip(reading.text[slice(*person)]), role, rest, clip(reading.text[start : person[0]])))
    return tuple(found)


def read_french(reading: Reading, field: _HasLines | None) -> tuple[Party, ...]:
    """Return the French authorities of the record."""
    found: list[Party] = []
    for start, end in _rows(reading, field):
        if re.search(r"\bpartenariat (?:est|n'est pas) triennal|\btriennal\b", reading.plain[start:end]):
            continue
        named = reading.within(start, end, ("COLLECTIVITY",))
        if named and sum(e.end - e.start for e in named) > 0.5 * (end - start):
            found += [party(e) for e in named]
        elif end - start < 90 and not re.search(r"[.!?;:]\s*$", reading.text[start:end]):
            name = clip(reading.text[start:end])
            found.append(Party(text=name, kb_id=known_id(reading, name)))
    return unique_parties(found)


def _person_in_cells(fields: Sequence[str], start: int) -> tuple[int, int] | None:
    """Return a span where the first two cells are surname in capitals and first name, None where they are not."""
    last, first = fields[:2]
    named = _SURNAME.fullmatch(last) is not None and re.fullmatch(r"(?:[A-ZÀ-Þ][a-zà-ÿ'’]+[ -]?)+", first) is not None
    return (start, start) if named else None


def read_volunteers(reading: Reading, field: _HasLines | None) -> tuple[tuple[str, ...], ...]:
    """Return the rows of volunteers: the name, then what the row says of the mission."""
    found = []
    for start, end in _rows(reading, field):
        fields = tuple(clip(reading.text[a:b]) for a, b in fields_of(reading.text, start, end))
        person = _person_in(reading, start, end)
        if len(fields) < 2 and person is not None:
            fields = tuple(f for f in (clip(reading.text[slice(*person)]), clip(reading.text[person[1] : end])) if f)
        if len(fields) > 2 and person is None:
            person = _person_in_cells(fields, start)
        if person is not None and any(fields):
            found.append(tuple(f for f in fields if f))
    return tuple(found)
