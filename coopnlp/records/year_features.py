"""The years that a sum may be of, and what speaks for each, for the model of years.

« L'aide de 2 000 € est inscrite au budget 2016 », « séance du 8 avril 2016 » over what the council
decides: people who read a decision know of what year its grants are though no word beside
the sum says so. A candidate is a year, or several (« 2020-2022 »), that the document names, in a date
or as a number of its own; its features tell how it is written, what words stand before it, where it stands from
the sum, and how it lies to the other years of the document.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coopnlp.records.describe import size
from coopnlp.records.reading import Reading
from coopnlp.types import DateValue

__all__ = ["Candidate", "Years"]

Span = tuple[int, int]

_BARE = re.compile(
    r"(?<![\d.,/€$-])(?:19[5-9]|20[0-4])\d(?!\d|[.,]\d|\s?(?:€|\$|euros?\b|eur\b|f\b|fcfa\b|habitants\b|%)|\s\d{3}\b)"
)
_WORD = re.compile(r"[a-z]+")
#: Years before a sum and after it that are looked at, and lines at the head and foot of a document.
_BEFORE, _AFTER, _HEAD, _FOOT = 6, 3, 8, 4
_LEAD, _FAR, _STEM, _HEADING = 48, 80, 6, 110
#: What a clause says of when it is: given by this decision, in the past, to come.
_TENSES = {
    "past": re.compile(
        r"\b(?:a|ont|avait|avaient) (?:ete )?(?:deja )?(?:vers|accord|apport|attribu|allou|financ|octroy|donn|recu)\w*"
    ),
    "future": re.compile(
        r"\b(?:vers|accord|apport|attribu|allou|financ|octroi|donn|sol|prend|mett)e?r(?:a|ont)\b|\bser(?:a|ont)\b"
    ),
    "decided": re.compile(r"\b(?:decid|approuv|accorde|attribue|alloue|vote|octroie|resolu|propose)\w*"),
}
# « les crédits inscrits au budget 2019 », « (BP 2011) », « au titre de l'exercice 2014 »
_MONEY = re.compile(r"\b(?:budgets?|bp|exercices?|credits?|programmation|campagne|subventions?|annee)\b[^.;\d]{0,30}$")
# « fondé en 1987 », « le jumelage signé le 12 mai 1998 »: the year of something else, the second unless its
# sentence tells the sum as well.
_BEGUN = re.compile(
    r"\b(?:fond|cre|ne|inaugur|erig|construi|bati|invent|decouv)(?:ee?s?|ait|t|te|tes|erte?)?\b[^.;\n]{0,30}$"
)
_OF_ANOTHER = re.compile(
    r"\b(?:sign|conclu|noue|lance|entame|depuis|loi|decret|code|arrete|vu|jumele|adopte|elu|nomme|rencontre|amitie"
    r"|jumelage)\w*\b[^.;\n]{0,40}$"
)


@dataclass(frozen=True)
class Candidate:
    """A year, or the first and last of several, with the mention that speaks most for it and its features."""

    start: str
    end: str
    mention: Span
    features: frozenset[str]


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    years: tuple[str, str]
    traits: frozenset[str]
    place: str
    #: Whether its words say that it is of something else: always, or outside the sentence of the sum.
    begun: bool
    of_another: bool


class Years:
    """Describes the years of one document. ``dated`` is the date of the document where it is known."""

    def __init__(self, reading: Reading, dated: str | None, kind: str | None) -> None:
        self._reading = reading
        self._dated = (dated or "")[:4]
        self._kind = kind or "none"
        self._mentions = sorted(self._all(), key=lambda m: m.start)
        self._starts = [m.start for m in self._mentions]
        self._counts = Counter(m.years for m in self._mentions)
        single = [int(m.years[1]) for m in self._mentions]
        self._first, self._last = (min(single), max(single)) if single else (0, 0)
        self._told_here = {m.years for m in self._mentions if not (m.begun or m.of_another)}
        self._of_head = [m for m in self._mentions if m.place in ("title", "head", "foot")]

    def _all(self) -> Iterator[_Mention]:
        reading, taken = self._reading, []
        for day in reading.entities:
            if day.label == "DATE" and isinstance(day.value, DateValue):
                taken.append((day.start, day.end))
                if day.end - day.start == 4 and self._is_code(day.start, day.end):
                    continue
                written = {4: "year", 7: "month"}.get(len(day.value.start), "day")
                if day.value.start[:4] != day.value.end[:4]:
                    written = "range"
                yield self._mention(day.start, day.end, (day.value.start[:4], day.value.end[:4]), written)
        starts = [a for a, _ in taken]
        for match in _BARE.finditer(reading.plain):
            at = bisect_left(starts, match.end()) - 1
            free = at < 0 or taken[at][1] <= match.start()
            if free and not self._is_code(match.start(), match.end()):
                yield self._mention(match.start(), match.end(), (match[0], match[0]), "number")

    def _is_code(self, start: int, end: int) -> bool:
        """Tell whether a number is a cell of its own in a row of sums: a code, a line of the budget."""
        line = self._reading.line_at(start)
        before, after = self._reading.plain[line[0] : start].rstrip(), self._reading.plain[end : line[1]].lstrip()
        cell = (not before or before.endswith("|")) and (not after or after.startswith("|"))
        return cell and "|" in before + after and bool(self._reading.within(*line, ("AMOUNT",)))

    def _mention(self, start: int, end: int, years: tuple[str, str], written: str) -> _Mention:
        reading = self._reading
        line = reading.line_at(start)
        lead = reading.plain[max(0, start - _LEAD) : start]
        words = [w[:_STEM] for w in _WORD.findall(lead.rsplit("\n\n", 1)[-1])][-3:]
        traits = {f"w:{written}"}
        traits |= {f"1:{words[-1]}" if words else "1:-", f"2:{' '.join(words[-2:])}"}
        traits |= {f"in:{w}" for w in words}
        traits |= {f"then:{w[:_STEM]}" for w in _WORD.findall(reading.plain[end : end + 14])[:1]}
        if _MONEY.search(reading.plain[max(line[0], start - _LEAD) : start]):
            traits.add("money")
        short = line[1] - line[0] < _HEADING and not reading.within(*line, ("AMOUNT",))
        traits.add("short line" if short else "line")
        if not reading.plain[line[0] : start].strip(" #*-•–—\t>"):
            traits.add("opens its line")
        lines = reading.lines
        number = bisect_left(lines, (line[0], -1))
        place = (
            "title" if number < 2 else "head" if number < _HEAD else "foot" if number >= len(lines) - _FOOT else "body"
        )
        same = reading.plain[max(line[0], start - _FAR) : start]
        begun, of_another = _BEGUN.search(same) is not None, _OF_ANOTHER.search(same) is not None
        return _Mention(start, end, years, frozenset(traits), place, begun, of_another)

    def of(self, at: int, told: Sequence[tuple[int, str]] = ()) -> list[Candidate]:
        """Return the years that the sum at an offset may be of.

        ``told`` are the offsets of other sums of the document and the years that their words say.
        """
        reading = self._reading
        here = bisect_left(self._starts, at)
        before = self._mentions[max(0, here - _BEFORE) : here][::-1]
        after = self._mentions[here : here + _AFTER]
        sentence, line, paragraph = reading.sentence_at(at), reading.line_at(at), reading.paragraph_at(at)
        clause = reading.plain[slice(*sentence)]
        tenses = [name for name, words in _TENSES.items() if words.search(clause)] or ["no tense"]
        found: dict[tuple[str, str], set[str]] = {}
        best: dict[tuple[str, str], Span] = {}

        def add(mention: _Mention, *features: str) -> None:
            known = found.setdefault(mention.years, set())
            known.update(features)
            best.setdefault(mention.years, (mention.start, mention.end))

        for side, mentions in (("b", before), ("a", after)):
            for rank, mention in enumerate(mentions):
                if self._is_of_another(mention, sentence):
                    continue
                if sentence[0] <= mention.start < sentence[1]:
                    where = "s"
                elif line[0] <= mention.start < line[1]:
                    where = "l"
                elif paragraph[0] <= mention.start < paragraph[1]:
                    where = "p"
                else:
                    where = "o"
                near = f"{side}{where}"
                far = size(abs(at - mention.start) // 40)
                add(mention, f"{near}", f"{near}:{min(rank, 3)}", f"{near} far:{far}", f"{side} rank:{rank}")
                add(
                    mention,
                    *(
                        f"{near} {trait}"
                        for trait in mention.traits
                        if where != "o" or trait[1] != ":" or trait[0] in "w1"
                    ),
                )
                if where == "o" and "short line" in mention.traits and side == "b":
                    add(mention, f"heading:{min(rank, 3)}")
        for mention in self._of_head:
            if self._is_of_another(mention, sentence):
                continue
            add(mention, mention.place, *(f"{mention.place} {trait}" for trait in mention.traits))
        others = Counter(year for _, year in told)
        closest = min(told, key=lambda item: abs(item[0] - at))[1] if told else None
        candidates = []
        for years, features in found.items():
            features |= self._global(years, tenses, len(found))
            if others:
                features.add(f"others:{size(others[years[0]])}" if others[years[0]] else "others have others")
            if years[0] == closest:
                features.add("of the closest")
            candidates.append(Candidate(*years, best[years], frozenset(features)))
        return candidates

    def _is_of_another(self, mention: _Mention, sentence: Span) -> bool:
        """Tell whether a year that the document names is of something else, wherever it is named."""
        if mention.years in self._told_here or mention.years[0] == self._dated:
            return False
        return mention.begun or not sentence[0] <= mention.start < sentence[1]

    def _global(self, years: tuple[str, str], tenses: Sequence[str], count: int) -> set[str]:
        found = {f"chances:{size(count)}", f"count:{size(self._counts[years])}", f"kind:{self._kind}"}
        if len(self._counts) == 1:
            found.add("only")
        last = int(years[0]) == self._last
        if last:
            found.add("last")
        if int(years[0]) == self._first:
            found.add("first")
        if years[0] != years[1]:
            found.add("range")
        if self._dated:
            gap = int(years[0]) - int(self._dated)
            said = f"gap:{gap}" if -2 <= gap <= 1 else f"gap:{'<' if gap < 0 else '>'}"
            found |= {said, f"{said} kind:{self._kind}", *(f"{said} {tense}" for tense in tenses)}
        else:
            found |= {"undated", *(f"undated last:{last} {tense}" for tense in tenses)}
        return found
