"""Lists of laureates: entries of some lines with the sum that one fund gives to each.

« Résultats 2023 du Fonds X », then a title, the parties and « 6 500 € et 9 400 $ »
for each project; « Bourse : 3 000 $ » or « Dotation : 900 € » at the end of each
paragraph; « 1er prix (8 000) » over the name of who won it. A heading or a sentence
of the document says who grants (:mod:`~coopnlp.records.grantors`); the entries repeat
one form. Left out: entries with several sums of which none is said to be the grant,
lists under a heading of costs, and documents that name no source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopnlp.records import giving, not_given
from coopnlp.records.clauses import Reader, Sum, sums_in
from coopnlp.records.grantors import grantor_above, source_told
from coopnlp.records.parties import party
from coopnlp.records.reading import clip
from coopnlp.records.sentences import LIST_MARK
from coopnlp.types import DateValue, Entity, Funding

__all__ = ["read_laureates"]

Span = tuple[int, int]

# A document, or the lines over a list, that tell who won or was chosen.
_CHOSEN = re.compile(
    r"\b(?:laureate?s?|retenue?s|soutenue?s|selectionne\w*|finances|resultats?|palmares"
    r"|appels? a (?:projets?|initiatives)"
    r"|bourses?|prix|coups? de pouce|projets? (?:appuyes|accompagnes)|beneficiaires)\b"
)
_COSTS = re.compile(
    r"\b(?:depenses?|charges|couts?|tarifs?|devis|plan de financement|recettes|ressources(?! \w+[ae]s\b)|marches?)\b"
)
# What says that a sum is the grant.
_LABEL = re.compile(
    r"\b(?:montants?|bourses?|dotations?|subventions?|aides?|soutiens?|sommes?|prix|recompenses?|credits?|participation"
    r"|(?:co)?financements?)"
    r"(?: (?:accorde|attribue|alloue|vote|octroye|retenu|propose|finance|obtenu)\w*)?"
    r"(?: (?:du|de la|de l') ?[a-z]{2,12})?\s*:?\s*$"
)
_OTHER_LABEL = re.compile(
    r"\b(?:budget|cout|total|demande\w*|sollicit\w*|part|apport|contribution|autofinancement|plafond|enveloppe)"
    r"\b[^.;:]{0,30}:?\s*$"
)
_PRIZE = re.compile(r"\W*(?:\d ?(?:er|ere|e|eme)|premier|deuxieme|grand|second|troisieme)s? prix\b[^:.\n]{0,30}\(\s*$")
# What parts the two sums of one grant in two currencies.
_BOTH = re.compile(r"\s*(?:et|–|-|/|,|\+|;|plus|\|)\s*")
_MARK = re.compile(
    r"\s*(?:[+•*▪➤►›·■□◦▸→◆–—-]+\s+|\(?(?:[A-Za-z]{1,2}[-.]?)?\d{1,3}[a-z]?\s?[.)°–-]?(?:\s{2,}|\s*[.)–-]\s*|(?<=[.)°])\s*)|n°\s?\d+\W*)"
)
_TITLE_LABEL = re.compile(r"\W*(?:projet|titre|intitule|action|operation)\s*:\s*", re.I)
_LEAST = 3
_LEAST_LABELLED = 2
# Paragraphs without a sum, such as headings of categories, between two entries.
_BETWEEN = 2
_LONGEST = 900


@dataclass(frozen=True)
class _Entry:
    """An entry: its span, the sums of its grant (one, or one in each of two currencies), whether a label says so."""

    start: int
    end: int
    sums: tuple[Sum, ...]
    labelled: bool


def _paragraphs(reader: Reader) -> Iterator[Span]:
    """Yield the paragraphs of the document, list items apart."""
    lines = reader.reading.lines
    text = reader.reading.text
    begun: int | None = None
    last = 0
    for start, end in lines:
        parted = begun is not None and re.search(r"\n[ \t]*\n", text[last:start])
        if begun is not None and (parted or _MARK.match(text, start) or LIST_MARK.match(text, start)):
            yield begun, last
            begun = None
        begun = start if begun is None else begun
        last = end
    if begun is not None:
        yield begun, last


class _Laureates:
    """Reads the lists of laureates of one document."""

    def __init__(self, reader: Reader, known: frozenset[Span]) -> None:
        self.reader, self.reading, self.known = reader, reader.reading, known

    def _entry(self, span: Span) -> _Entry | None:
        """Return a paragraph as an entry, or None where its sums are not those of one grant."""
        sums = sums_in(self.reading, *span)
        if not sums or span[1] - span[0] > _LONGEST:
            return None
        if any((e.start, e.end) in self.known for s in sums for e in s.entities):
            return None
        plain = self.reading.plain
        heads = [plain[max(self.reading.line_at(s.start)[0], s.start - 60) : s.start] for s in sums]
        said = [i for i, head in enumerate(heads) if _LABEL.search(head) and not _OTHER_LABEL.search(head)]
        if len(said) == 1:
            return _Entry(*span, self._both(sums, said[0]), True)
        left = [i for i, head in enumerate(heads) if not _OTHER_LABEL.search(head)]
        grants = self._both(sums, left[0]) if left else ()
        if not grants or len(grants) != len(left) or not self._stands_apart(grants):
            return None
        return _Entry(*span, grants, False)

    def _both(self, sums: Sequence[Sum], at: int) -> tuple[Sum, ...]:
        """Return a sum, with the next where that is the same grant in another currency."""
        if at + 1 < len(sums) and len(sums[at].entities) == 1:
            gap = self.reading.plain[sums[at].end : sums[at + 1].start]
            codes = [{a.currency for a in s.amounts} for s in sums[at : at + 2]]
            if _BOTH.fullmatch(gap) and not codes[0] & codes[1]:
                return (sums[at], sums[at + 1])
        return (sums[at],)

    def _stands_apart(self, grants: Sequence[Sum]) -> bool:
        """Tell whether the sums end their line, or stand in the bracket of a prize."""
        start, end = grants[0].start, grants[-1].end
        line = self.reading.line_at(start)
        head, tail = self.reading.plain[line[0] : start], self.reading.plain[end : self.reading.line_at(end)[1]]
        if _PRIZE.fullmatch(head) and re.match(r"\s*(?:chacune?s?)?\s*\)", tail):
            return True
        own = re.split(r"[.;]\s", head)[-1][-60:]
        if not re.fullmatch(r"[\s.;)]*", tail) or not_given.PRICE_BEFORE.search(own) or giving.VERB.search(own):
            return False
        return not re.search(r"\w", head) or re.search(r"(?:[.:;,)|–—-]|\s{2}|\.{2,})\s*\(?$", head) is not None

    def read(self) -> Iterator[Funding]:
        run: list[_Entry] = []
        idle = 0
        for span in [*_paragraphs(self.reader), (0, 0)]:
            entry = self._entry(span)
            if entry is not None and (not run or entry.labelled == run[0].labelled):
                run.append(entry)
                idle = 0
            elif run and (idle == _BETWEEN or span == (0, 0) or sums_in(self.reading, *span)):
                yield from self._list(run)
                run, idle = [entry] if entry is not None else [], 0
            else:
                idle += 1

    def _list(self, run: Sequence[_Entry]) -> Iterator[Funding]:
        if len(run) < (_LEAST_LABELLED if run[0].labelled else _LEAST):
            return
        above = self._above(run[0].start)
        if not _CHOSEN.search(above) or _COSTS.search(above[-200:]):
            return
        giver = source_told(self.reader) or grantor_above(self.reader, run[0].start) or self._issuer()
        if giver is None or run[0].start <= giver.start < run[-1].end:
            return
        year = self._year(run[0].start)
        for entry in run:
            yield self._funding(entry, giver, year)

    def _issuer(self) -> Entity | None:
        """Return the organisation whose paper it is: its name is the first line."""
        start, end = self.reading.lines[0]
        named = self.reading.within(start, end, ("ORG", "FUNDER"))
        opens = named and not re.search(r"\w", self.reading.text[start : named[0].start])
        return self.reader.canonical(named[0]) if opens else None

    def _above(self, start: int) -> str:
        """Return the head of the document and the lines over a list, without accents."""
        lines = self.reading.lines
        head = self.reading.plain[: min(start, lines[min(3, len(lines) - 1)][1])]
        return " ".join([head, *(self.reading.plain[a:b] for a, b in self.reading.lines_before(start, 3))])

    def _year(self, start: int) -> DateValue | None:
        """Return the one year, or years, that the head of the document names."""
        lines = self.reading.lines
        head = lines[min(3, len(lines) - 1)][1]
        found = [
            e.value for e in self.reading.within(0, min(start, head), ("DATE",))
            if isinstance(e.value, DateValue) and len(e.value.start) == len("2023")
        ]  # fmt: skip
        return found[0] if len({v.start for v in found}) == 1 else None

    def _funding(self, entry: _Entry, giver: Entity, year: DateValue | None) -> Funding:
        entities = [e for total in entry.sums for e in total.entities]
        return Funding(
            funder=party(giver),
            amounts=tuple(a for total in entry.sums for a in total.amounts),
            start=year.start if year else None,
            end=year.end if year else None,
            purpose=self._purpose(entry),
            evidence=tuple(sorted({(giver.start, giver.end), *((e.start, e.end) for e in entities)})),
        )

    def _purpose(self, entry: _Entry) -> str | None:
        """Return the project that an entry names, else how it begins."""
        named = self.reading.within(entry.start, entry.end, ("PROJECT",))
        if named:
            return clip(named[0].text)
        text = self.reading.text
        lines = [line for line in self.reading.lines if entry.start <= line[0] < entry.end]
        label = next((m for a, b in lines if (m := _TITLE_LABEL.match(text, a, b))), None)
        start = label.end() if label else entry.start
        mark = _MARK.match(text, start)
        start = mark.end() if mark else start
        end = min(self.reading.line_at(start)[1], entry.sums[0].start)
        stop = re.search(r"\.\s", text[start:end])
        words = clip(text[start : start + stop.start() if stop else end]).strip('«»"“” ')
        return words if len(words) > 2 else None


def read_laureates(reader: Reader, known: frozenset[Span] = frozenset()) -> list[Funding]:
    """Return the fundings of lists of laureates; ``known`` holds the sums that are explained already."""
    return list(_Laureates(reader, known).read())
