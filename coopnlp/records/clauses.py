"""A clause written with tokens for its entities, so that rules are readable patterns.

« La Ville de Sète verse 3 000 € (2 900 CHF) à l'Ifremer » becomes
``la <C0> verse <A1> a l'<O2>``: C collectivity, F funder, O organisation, S
state, A a sum of money (in one or two currencies), D date, P project, N
agreement, X anything else. A definite reference to the body that speaks (« la
Ville », « notre commune ») is a C as well, where it can be resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from coopnlp.records.acronyms import acronyms
from coopnlp.records.parties import is_state, name_key, owner, party, same_name
from coopnlp.records.reading import Reading, plain
from coopnlp.text import fold
from coopnlp.types import Amount, Entity

__all__ = ["Clause", "Reader", "Sum", "sums_in"]

_LETTERS = {
    "COLLECTIVITY": "C",
    "FUNDER": "F",
    "ORG": "O",
    "DATE": "D",
    "PROJECT": "P",
    "AGREEMENT": "N",
}
_SAME_GRANT = re.compile(
    r"\s*(?:\(\s*(?:soit|environ|ou|=)?\s*(?:environ )?|/|,?\s*(?:soit|environ"
    r"|autrement dit|c'est-a-dire|ou)\s*(?:environ )?"
    r"|,?\s*soit l'equivalent (?:de |d')|="
    r"|\s+du cote (?:quebecois|francais|canadien)(?:,| et),?\s*(?:et )?(?:de |d')?)\s*"
)
# « 12 000 € par an, soit 36 000 € sur la durée », « 10 000 € par an pendant 3 ans (30 000 € au total) »
_TOTAL_GAP = re.compile(
    r"\s*(?:par an|annuels|par annee|l'an|chaque annee)[^.;<]{0,40}?(?:,?\s*soit|\()\s*(?:un total de )?"
)
_REFERENCE = re.compile(
    r"\b(?:la (?:ville|commune|municipalite|mairie|region|metropole|mrc|province"
    r"|communaute(?: (?:d'agglomeration|de communes|urbaine))?|collectivite)"
    r"|le (?:departement|conseil(?: (?:municipal|departemental|regional|general|communautaire))?)"
    r"|l'(?:agglomeration|eurometropole|association|assemblee)"
    r"|notre (?:ville|commune|collectivite|departement|region|metropole|conseil|agglomeration))\b"
    r"(?!\s*(?:de |d'|du |des |[a-z]+eenne|francaise|quebecoise|europeenne))"
)
# The State is no entity of the annotation guide where it is named alone, and gives all the same.
_STATE = re.compile(r"\b[Ll]['’](?P<state>[ÉE]tat)\b(?! (?:de |d['’]|du )[A-Z])")
_DEFINED = re.compile(
    r"ci-apres(?:,)?(?: (?:denomme|designe|appele|nomme)e?s?)?,?\s*[«\"(]*\s*((?:la |le "
    r"|l')[a-z' -]{2,30}?)\s*[»\")]"
)
_KIND_OF_SCHEME = {
    "fr-commune": "commune",
    "qc-municipalite": "commune",
    "fr-departement": "departement",
    "fr-region": "region",
    "fr-epci": "epci",
    "qc-mrc": "mrc",
}
_CLASS = {
    "ville": "commune",
    "commune": "commune",
    "municipalite": "commune",
    "mairie": "commune",
    "conseil municipal": "commune",
    "region": "region",
    "conseil regional": "region",
    "departement": "departement",
    "conseil departemental": "departement",
    "conseil general": "departement",
    "metropole": "epci",
    "eurometropole": "epci",
    "agglomeration": "epci",
    "communaute": "epci",
    "communaute d'agglomeration": "epci",
    "communaute de communes": "epci",
    "communaute urbaine": "epci",
    "conseil communautaire": "epci",
    "mrc": "mrc",
}


@dataclass(frozen=True)
class Sum:
    """Money that is one grant: one amount, or the same in two currencies; ``start``/``end`` with brackets."""

    entities: tuple[Entity, ...]
    start: int
    end: int

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts that were understood, each once."""
        found: list[Amount] = []
        for entity in self.entities:
            if isinstance(entity.value, Amount) and entity.value not in found:
                found.append(entity.value)
        return tuple(found)


def sums_in(reading: Reading, start: int, end: int) -> list[Sum]:
    """Return the sums of a stretch of text; a total stands for its yearly part."""
    found: list[Sum] = []
    for entity in reading.within(start, end, ("AMOUNT",)):
        if not isinstance(entity.value, Amount):
            continue
        if found:
            last = found[-1]
            gap = reading.plain[last.end : entity.start]
            known = [a.currency for a in last.amounts]
            close = re.match(r"\s*\)", reading.text[entity.end : entity.end + 3])
            stop = entity.end + (close.end() if close and "(" in gap else 0)
            another = entity.value.currency not in known or entity.value in last.amounts
            if another and _SAME_GRANT.fullmatch(gap) and len(last.entities) == 1:
                found[-1] = Sum((*last.entities, entity), last.start, stop)
                continue
            if _TOTAL_GAP.fullmatch(gap) and entity.value.currency in known:
                found[-1] = Sum((entity,), last.start, stop)
                continue
        found.append(Sum((entity,), entity.start, entity.end))
    return found


@dataclass(frozen=True)
class Clause:
    """A stretch of text and the same with tokens; ``items[i]`` is what ``<Xi>`` stands for."""

    start: int
    end: int
    template: str
    items: tuple[Entity | Sum, ...]
    marks: tuple[tuple[int, int], ...]

    def entity(self, token: str) -> Entity:
        """Return the entity of a token such as ``C3``."""
        item = self.items[int(token[1:])]
        assert isinstance(item, Entity)
        return item

    def sum(self, token: str) -> Sum:
        """Return the sum of a token such as ``A3``."""
        item = self.items[int(token[1:])]
        assert isinstance(item, Sum)
        return item

    def offset(self, at: int) -> int:
        """Return the offset in the text of a position in the template."""
        template_at, text_at = max((m for m in self.marks if m[0] <= at), default=(0, self.start))
        return text_at + at - template_at


def _is_initials(acronym: str, name: str) -> bool:
    """Tell whether an acronym is the initials of a name's first words: « AME », « Agglomération Montargoise et »."""
    small = ("de", "du", "des", "d", "la", "le", "l")
    initials = "".join(word[0] for word in fold(name).split() if word not in small)
    return 2 < len(acronym) <= 6 and acronym.isupper() and initials.startswith(fold(acronym))


class Reader:
    """Turns stretches of one document into clauses, with references resolved."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.acronyms = acronyms(reading)

    @cached_property
    def owner(self) -> Entity | None:
        """The collectivity that the document speaks for."""
        found = owner(self.reading)
        if found is None or not re.match(r"(?:conseil|mairie)\b", plain(found.text)):
            return found
        # « Conseil municipal de la Ville de X » decides, the Ville pays and signs.
        named = (e for e in self.reading.entities if e.label == "COLLECTIVITY" and name_key(e.text)[0])
        whole = (e for e in named if not re.match(r"(?:conseil|mairie)\b", plain(e.text)))
        return next((e for e in whole if same_name(party(e), party(found))), found)

    @cached_property
    def defined(self) -> dict[str, Entity]:
        """Names given in the text itself: « ci-après « la Ville » »."""
        found: dict[str, Entity] = {}
        for match in _DEFINED.finditer(self.reading.plain):
            start = max(self.reading.sentence_at(match.start())[0], self.reading.paragraph_at(match.start())[0])
            named = self.reading.within(start, match.start(), ("COLLECTIVITY", "ORG", "FUNDER"))
            if named:
                found.setdefault(match[1], named[0])
        return found

    def resolve(self, reference: str) -> Entity | None:
        """Return whom « la ville », « notre département » means, or None where the document does not say."""
        if reference in self.defined:
            return self.defined[reference]
        word = re.sub(r"^(?:la |le |l'|notre )", "", reference)
        if word == "association":
            return None
        wanted = _CLASS.get(word, "")
        if self.owner is not None:
            # A bare name says its kind by its identifier: « Rivière-du-Loup », the town, is not « la MRC ».
            kind = name_key(self.owner.text)[0] or _KIND_OF_SCHEME.get(self.owner.kb_id.partition(":")[0], "")
            if not wanted or kind in (wanted, ""):
                return self.owner
        if not wanted:
            return None
        fitting = {
            name_key(e.text): e
            for e in reversed(self.reading.entities)
            if e.label == "COLLECTIVITY" and name_key(e.text)[0] == wanted
        }
        return next(iter(fitting.values())) if len(fitting) == 1 else None

    def references(self) -> list[Entity]:
        """Return the places where « la Ville », « notre commune » mean the body that speaks, with its name."""
        speaker = self.owner
        if speaker is None:
            return []
        taken = self.reading.entities
        found = []
        for match in _REFERENCE.finditer(self.reading.plain):
            meant = self.resolve(match[0])
            if meant is not None and same_name(party(meant), party(speaker)):
                start, end = match.span()
                found.append(
                    Entity(
                        start=start, end=end, label=meant.label, text=self.reading.text[start:end], kb_id=meant.kb_id
                    )
                )
        return [e for e in found if not any(t.start < e.end and e.start < t.end for t in taken)]

    def canonical(self, entity: Entity) -> Entity:
        """Return the full name that an acronym stands for in this document, or the entity itself."""
        known = self.acronyms.get(fold(entity.text))
        if known is None and self.owner is not None and _is_initials(entity.text, self.owner.text):
            known = self.owner
        if known is None and self._is_generic(entity):
            known = self.resolve(plain(entity.text))
        return known or entity

    @staticmethod
    def _is_generic(entity: Entity) -> bool:
        """Tell whether an entity is a bare type word: « la communauté d'agglomération »."""
        bare = entity.text == entity.text.lower() or plain(entity.text) in _CLASS
        return entity.label == "COLLECTIVITY" and bare

    def clause(self, start: int, end: int) -> Clause:
        """Return ``text[start:end]`` as a clause."""
        reading = self.reading
        sums = {s.start: s for s in sums_in(reading, start, end)}
        pieces: list[tuple[int, int, str, Entity | Sum]] = []
        at = start
        for entity in reading.within(start, end):
            if entity.start < at:
                continue
            if entity.label == "AMOUNT":
                total = sums.get(entity.start)
                if total is not None:
                    pieces.append((total.start, total.end, "A", total))
                    at = total.end
                continue
            letter = "S" if is_state(entity) else _LETTERS.get(entity.label, "X")
            if self._is_generic(entity) and self.resolve(plain(entity.text)) is None:
                letter = "X"
            stop = entity.end
            if letter in "CFO":
                bracket = re.match(r"\s*\([^()]{1,70}\)", reading.text[stop:end])
                if bracket and not reading.within(stop, stop + bracket.end(), ("AMOUNT", "DATE")):
                    stop += bracket.end()
            pieces.append((entity.start, stop, letter, entity))
            at = stop
        taken = [(a, b) for a, b, _, _ in pieces]
        for match in _REFERENCE.finditer(reading.plain, start, end):
            if all(match.end() <= a or match.start() >= b for a, b in taken):
                meant = self.resolve(match[0])
                if meant is not None:
                    pieces.append((match.start(), match.end(), "C", meant))
        for match in _STATE.finditer(reading.text, start, end):
            a, b = match.span("state")
            bracket = re.match(r"\s*\([^()]{1,40}\)", reading.text[b:end])
            stop = b + bracket.end() if bracket and not reading.within(b, b + bracket.end(), ("AMOUNT", "DATE")) else b
            if all(stop <= x or a >= y for x, y in taken) or bracket:
                pieces = [p for p in pieces if not a <= p[0] < stop]
                pieces.append((a, stop, "O", Entity(start=a, end=b, label="ORG", text=reading.text[a:b])))
        pieces.sort(key=lambda piece: piece[0])
        return self._written(start, end, pieces)

    def _written(self, start: int, end: int, pieces: list[tuple[int, int, str, Entity | Sum]]) -> Clause:
        out, marks, at, length = [], [(0, start)], start, 0
        for i, (a, b, letter, _) in enumerate(pieces):
            words = self.reading.plain[at:a].replace("<", " ").replace(">", " ").replace("\n", " ")
            token = f"<{letter}{i}>"
            out += [words, token]
            length += len(words) + len(token)
            marks += [(length - len(token), a), (length, b)]
            at = b
        out.append(self.reading.plain[at:end].replace("<", " ").replace(">", " ").replace("\n", " "))
        return Clause(start, end, "".join(out), tuple(p[3] for p in pieces), tuple(marks))
