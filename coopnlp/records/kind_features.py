"""What the whole document says of how two bodies cooperate, as features for the linear models of records.

The sentence that names two towns together often calls what they do « coopération »; that there
is a signed convention stands in another sentence, in the title or in an agreement read
elsewhere. So every sentence counts that names the two, or the one that does not
speak, and every agreement and project with their names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from coopnlp.records.bodies import Body
from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import kinds_in
from coopnlp.types import Agreement, Entity, PartnershipKind, Project

__all__ = ["KindDescriber"]

#: Mentions of one body whose sentences are read; more say the same again.
_MENTIONS = 12
#: Characters of the beginning that say what the document is about.
_HEAD = 300
#: Lines that are the head of a document.
_TITLE = 4
_STEM = 7
_WORD = re.compile(r"[^\W\d_]{3,}")

Span = tuple[int, int]


class KindDescriber:
    """Describes pairs of bodies of one document."""

    def __init__(
        self, reader: Reader, bodies: Sequence[Body], agreements: Sequence[Agreement], projects: Sequence[Project]
    ) -> None:
        self._reading = reader.reading
        self._kinds: dict[Span, tuple[PartnershipKind, ...]] = {}
        self._stems: dict[Span, frozenset[str]] = {}
        self._sentences: dict[int, frozenset[Span]] = {}
        self._agreements: dict[int, set[int]] = defaultdict(set)
        self._projects: dict[int, set[int]] = defaultdict(set)
        for body in bodies:
            self._sentences[id(body)] = frozenset(
                self._reading.sentence_at(mention.start) for mention in body.mentions[:_MENTIONS]
            )
            for number, agreement in enumerate(agreements):
                if body.is_among(agreement.parties):
                    self._agreements[id(body)].add(number)
            for number, project in enumerate(projects):
                if body.is_among(project.parties):
                    self._projects[id(body)].add(number)
        self._said = [f"{a.kind}:{'dated' if a.date else 'undated'}" for a in agreements]
        self._of_all = {f"agreement in document:{a.kind}" for a in agreements}
        lines = self._reading.lines[:_TITLE]
        title = self._reading.plain[: lines[-1][1]] if lines else ""
        self._of_all |= {f"title:{word[:_STEM]}" for word in _WORD.findall(title)}
        self._of_all |= {f"head:{kind}" for kind in kinds_in(self._reading.plain[:_HEAD])}

    def describe(self, one: Body, other: Body, nearest: Sequence[Entity]) -> Iterator[str]:
        """Yield what speaks for each kind of partnership of the two; ``nearest`` are mentions that stand close."""
        yield from self._of_all
        for mention in nearest:
            yield from self._stems_of(self._reading.sentence_at(mention.start))
        here, there = self._sentences[id(one)], self._sentences[id(other)]
        for sentence in here | there:
            alone = one if sentence not in there else other
            named = "both" if sentence in here and sentence in there else "speaker" if alone.speaks else "one"
            yield from (f"said of {named}:{kind}" for kind in self._kinds_in(sentence))
        for number in self._agreements[id(one)] | self._agreements[id(other)]:
            parties = sum(number in self._agreements[id(body)] for body in (one, other))
            yield f"agreement of {parties}:{self._said[number]}"
        shared = len(self._projects[id(one)] & self._projects[id(other)])
        if shared:
            yield "project of both"
        elif self._projects[id(one)] or self._projects[id(other)]:
            yield "project of one"

    def _stems_of(self, sentence: Span) -> frozenset[str]:
        if sentence not in self._stems:
            words = _WORD.findall(self._reading.plain[slice(*sentence)])
            self._stems[sentence] = frozenset(f"w:{word[:_STEM]}" for word in words)
        return self._stems[sentence]

    def _kinds_in(self, sentence: Span) -> tuple[PartnershipKind, ...]:
        if sentence not in self._kinds:
            self._kinds[sentence] = kinds_in(self._reading.plain[slice(*sentence)])
        return self._kinds[sentence]
