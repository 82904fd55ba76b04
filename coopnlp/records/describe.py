"""What the words around mentions say, as features for the linear models of records.

A feature is a short string: a stemmed word between two mentions (``b:jumel``), a kind
of cooperation that the sentence names (``s:entente``), how far the two stand apart.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from coopnlp.records.bodies import Body
from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import kinds_in
from coopnlp.types import Entity

__all__ = ["Describer", "size"]

_BETWEEN, _AROUND, _STEM = 14, 4, 7
_WORD = re.compile(r"<[a-z]>|\w+|[^\w\s]")
_LETTER = {"ORG": "<o>", "FUNDER": "<f>", "STATE": "<s>"}
_MARKS = {"DATE": "<d>", "AMOUNT": "<a>", "PROJECT": "<p>", "AGREEMENT": "<n>", "PER": "<h>", "EVENT": "<e>"}
_BODY_MARKS = ("<c>", "<s>", "<o>", "<f>")


def size(count: int) -> str:
    """Return a count as one of a few classes, which features can share."""
    return (
        str(count) if count < 4 else "4-6" if count < 7 else "7-12" if count < 13 else "13-25" if count < 26 else "more"
    )


class Describer:
    """Describes mentions in one document."""

    def __init__(self, reader: Reader, bodies: Sequence[Body]) -> None:
        self.reading = reader.reading
        self.every = sorted((m.start, m.end, _LETTER.get(b.label, "<c>")) for b in bodies for m in b.mentions)
        self.every = sorted(
            {*self.every, *((e.start, e.end, _MARKS[e.label]) for e in self.reading.entities if e.label in _MARKS)}
        )
        self.starts = [start for start, _, _ in self.every]
        self._said: dict[tuple[int, int, str], list[str]] = {}
        crowd = size(sum(b.label == "COLLECTIVITY" for b in bodies))
        head = self.reading.lines[0] if self.reading.lines else (0, 0)
        self.head_end = head[1]
        self.general = {f"doc:{kind}" for kind in kinds_in(self.reading.plain[:1500])} | {f"crowd:{crowd}"}

    def tokens(self, start: int, end: int) -> list[str]:
        """Return the words of a stretch, stemmed, with a mark for each entity inside."""
        pieces, at = [], start
        for i in range(bisect_right(self.starts, start - 1), len(self.every)):
            a, b, mark = self.every[i]
            if a >= end:
                break
            if a >= at and b <= end:
                pieces += [self.reading.plain[at:a], " ", mark, " "]
                at = b
        pieces.append(self.reading.plain[at:end])
        return [w if w.startswith("<") else w[:_STEM] for w in _WORD.findall("".join(pieces))]

    def mention_pair(self, first: Entity, second: Entity) -> Iterator[str]:
        """Yield what is said by two mentions, the first before the second."""
        start, end = self.reading.sentence_at(first.start)
        together = second.end <= end
        words = self.tokens(first.end, second.start)
        yield f"gap:{size(len(words))}:{'in' if together else 'out'}"
        between = words[:_BETWEEN]
        yield from (f"b:{word}" for word in set(between))
        yield from (f"b2:{one} {two}" for one, two in itertools.pairwise(between))
        if len(words) <= 6:
            yield "bw:" + " ".join(words)
        before = self.tokens(max(start, first.start - 80), first.start)[-_AROUND:]
        after = self.tokens(second.end, min(max(end, second.end), second.end + 80))[:_AROUND]
        yield from (f"l:{word}" for word in before)
        yield "l2:" + " ".join(before[-2:])
        yield from (f"r:{word}" for word in after)
        yield "r2:" + " ".join(after[:2])
        yield from self._sentence(start, max(end, second.end) if together else end, "s")
        if not together:
            yield from self._sentence(*self.reading.sentence_at(second.start), "t")
            yield "bodies between" if any(w in _BODY_MARKS for w in words) else "none between"
        else:
            yield f"between:{min(3, sum(w in _BODY_MARKS for w in words))}"
        line = self.reading.line_at(first.start)
        if second.end <= line[1]:
            yield "same line"
            if line[0] == self.reading.line_at(0)[0] or first.start < self.head_end:
                yield "title"
            if re.search(r"\t| {3,}|\|", self.reading.text[first.end : second.start]):
                yield "columns"
        for above in self.reading.lines_before(line[0], 1):
            if above[1] - above[0] < 90:
                yield from (f"above:{kind}" for kind in kinds_in(self.reading.plain[above[0] : above[1]]))

    def _sentence(self, start: int, end: int, where: str) -> list[str]:
        """Return what is said of a sentence, remembered: in a list each is asked for with every pair of names in it."""
        key = start, end, where
        if key not in self._said:
            self._said[key] = list(self._of_sentence(start, end, where))
        return self._said[key]

    def _of_sentence(self, start: int, end: int, where: str) -> Iterator[str]:
        words = self.reading.plain[start:end]
        kinds = kinds_in(words)
        yield from (f"{where}:{kind}" for kind in kinds)
        if not kinds:
            yield f"{where}:nothing"
        bodies = sum(start <= a < end and mark in _BODY_MARKS for a, _, mark in self.every[self._at(start) :][:40])
        yield f"{where}n:{size(bodies)}"
        if re.search(r"\b(?:pas|jamais|aucune?|ni|sans)\b", words):
            yield f"{where}:denied"
        for label in ("AMOUNT", "DATE", "EVENT", "PER", "PROJECT", "AGREEMENT"):
            if self.reading.within(start, end, (label,)):
                yield f"{where}:{label}"

    def _at(self, start: int) -> int:
        return bisect_right(self.starts, start - 1)
