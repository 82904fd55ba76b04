"""What or whom fundings are for, where their reader did not say it.

The words of the row or item that a sum stands in come first, then those of its
sentence after and before it, then what the text above speaks of (:mod:`~coopnlp.records.purpose_topics`).
A purpose that only names who gets the money is completed by what the row or the sentence says it is for.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from coopnlp.records.clauses import Clause, Reader
from coopnlp.records.purpose_items import of_fields, title_of_block, title_of_item, told_about
from coopnlp.records.purpose_lines import Span, is_row, piece_of, words_of_row
from coopnlp.records.purpose_sentences import after_sum, before_sum, token_of
from coopnlp.records.purpose_topics import Topics
from coopnlp.records.purpose_words import is_junk, is_purpose, joined, names_only
from coopnlp.records.reading import plain
from coopnlp.types import Funding, Project

__all__ = ["with_purposes"]

# « lui attribuer », « à cette association »: whoever was named last.
_PRONOUN = re.compile(
    r"\b(?:lui|leur) (?:\w+ )?(?:attribu|allou|accord|octro|vers|donn|remet|consacr|appor)\w*|\ba (?:l'|cette |la )"
    r"(?:association|structure|compagnie)\b"
)

# « y consacre », « à cette fin », « contribue au projet »: for what was told before.
_POINTS = re.compile(
    r"\by (?:\w+ )?(?:consacr|ajout|contribu|particip|affect|appor|met|vers|inject|investi)\w*|\ba cette fin\b|\ba"
    r" cet effet\b|\bpour (?:cela|ce faire)\b|"
    r"\b(?:le|ce|au|du|cette|la|l'|son|leur|notre|ledit|dudit) ?(?:projet|programme|operation|action|initiative"
    r"|chantier|travaux|demarche|manifestation|mission)\b"
    r"(?! (?:de|d'|du|«))|\bs'(?:y )?ajout\w+|\bcomplet\w+|\ble (?:solde|reste)\b|\b(?:co)?financ\w+|\bcontribu\w+"
    r"|\bparticip\w+|\bapport\w+"
)
# « y ajoute 500 € », « complète avec 900 € »: for what the sum before was for.
_ADDS = re.compile(
    r"\by (?:\w+ ){0,2}?(?:ajout|contribu|particip|appor|met|vers|consacr|affect)\w*|\bs'(?:y )?ajout\w+|\bcompl"
    r"(?:ete|etent|eter)\b|\ba cette fin\b|\ba cet effet\b"
)
# A purpose that says what for, and not who gets it.
_FOR = re.compile(r"(?:pour|afin d|destine\w* a|en vue d)\b")
# « Il est proposé une subvention de S », of whom the lines above speak
_BARE_PROPOSAL = re.compile(
    r"(?:aussi,? |ainsi,? |c'est pourquoi,? )?(?:il est propose|(?:la ville|la commune|le conseil|nous) propos\w+)"
    r"(?: d'\w+| de lui \w+| de \w+er)? (?:une|la) (?:subvention|aide|participation)(?: \w+){0,2}"
    r" (?:de|d'un montant de)"
)
_NEAR, _NEXT = 600, 300


class _Purposes:
    """Finds the purposes of the fundings of one document."""

    def __init__(self, reader: Reader, fundings: Sequence[Funding], projects: Sequence[Project]) -> None:
        self.reader = reader
        self.reading = reader.reading
        named = ("ORG", "COLLECTIVITY", "FUNDER")
        self.names = frozenset(plain(e.text).strip() for e in self.reading.entities if e.label in named)
        self.sums = {(e.start, e.end) for e in self.reading.entities if e.label == "AMOUNT"}
        self.givers = sorted({s for f in fundings for s in f.evidence if s not in self.sums})
        self.funders = frozenset(plain(self.reading.text[slice(*s)]) for s in self.givers)
        self.told: tuple[int, str] | None = None
        self._last: Clause | None = None
        self.topics = Topics(reader, projects, self.funders | frozenset(plain(f.funder.text) for f in fundings))

    def of(self, funding: Funding) -> str | None:
        told = funding.purpose
        if told is not None and " – " not in told and is_junk(told):
            told = None  # cells of a row, which « – » joins, were not cut from a sentence
        spans = [s for s in funding.evidence if s in self.sums]
        names = told is not None and all(names_only(part, self.names) for part in told.split(" – "))
        for span in spans:
            words = self._of_row(span)
            if words is not None and (told is None or self._completes(words, told, names)):
                return joined([*([told] if told else []), words])
        if told is not None and not names:
            self._remember(spans, told)
            who = self._given_to(spans[-1]) if spans and _FOR.match(plain(told)) else None
            return joined([who, told]) if who else told
        for span in spans:
            purpose = self._of_sentence(span)
            if purpose:
                purpose = joined([*([told] if told else []), purpose])
                self._remember(spans, purpose)
                return purpose
        if told is not None:
            items = (title_of_item(self.reader, span, self.topics.givers) for span in spans)
            return next((item for item in items if item and plain(told) in plain(item)), told)
        for span in spans:
            purpose = self._of_text_above(span)
            if purpose:
                return purpose
        return None

    def _given_to(self, span: Span) -> str | None:
        """Return to whom the sentence of a sum says, before it, that it is given."""
        clause = self._clause(self.reading.sentence_at(span[0]))
        at = token_of(clause, span)
        who = before_sum(self.reader, clause, at, only_who=True) if at is not None else None
        return who if who is not None and plain(who) not in self.funders else None

    @staticmethod
    def _completes(words: str, told: str, names: bool) -> bool:
        """Tell whether a row says more than a purpose that only names somebody, or is one of its cells."""
        at = plain(words).find(plain(told))
        if at < 0:
            return names
        return (names or " – " not in told) and is_purpose(words[:at] + " " + words[at + len(told) :])

    def _remember(self, spans: Sequence[Span], purpose: str | None) -> None:
        """Keep what a sentence said, for the one after it that only adds a sum."""
        if spans and purpose:
            self.told = (spans[-1][1], purpose)

    def _of_row(self, span: Span) -> str | None:
        piece = piece_of(self.reader, span)
        if not is_row(self.reader, piece):
            return None
        return words_of_row(self.reader, piece, self._givers_in(piece), self.funders)

    def _clause(self, sentence: Span) -> Clause:
        """Return a sentence as a clause; the last one is kept, since a sentence may hold many sums."""
        if self._last is None or (self._last.start, self._last.end) != sentence:
            self._last = self.reader.clause(*sentence)
        return self._last

    def _givers_in(self, piece: Span) -> list[Span]:
        return self.givers[bisect_left(self.givers, (piece[0], 0)) : bisect_left(self.givers, (piece[1], 0))]

    def _of_sentence(self, span: Span) -> str | None:
        clause = self._clause(self.reading.sentence_at(span[0]))
        at = token_of(clause, span)
        if at is None:
            return None
        to, what = after_sum(self.reader, clause, at)
        before = before_sum(self.reader, clause, at, only_who=what is not None) if to is None or what is None else None
        return joined([p for p in (to, before, what) if p and plain(p) not in self.funders])

    def _of_text_above(self, span: Span) -> str | None:
        """Return what the text above a sum speaks of, where the sum's own line or sentence leans on it.

        A row that names its giver belongs to a plan of financing: of the named project, else of the document.
        """
        paragraph = self.reading.paragraph_at(span[0])
        start, end = self.reading.sentence_at(span[0])
        words = self.reading.plain[start:end]
        points = _POINTS.search(words) is not None
        told_at, told = self.told or (0, None)
        if told is not None and _ADDS.search(words) and paragraph[0] <= told_at < span[0] < told_at + _NEXT:
            return told
        if _BARE_PROPOSAL.fullmatch(words[: span[0] - start].strip()):
            about = told_about(self.reader, span, self.topics.givers)
            if about is not None:
                return about
        if _PRONOUN.search(words):
            who = self.topics.who_above(span[0], paragraph[0], self.funders)
            if who is not None:
                return who
        above, givers = self.topics.above, self.topics.givers
        near = of_fields(self.reader, span, paragraph[0], givers, above)
        if near is None and title_of_item(self.reader, span, givers) is None:
            near = title_of_block(self.reader, span, givers)
        near = near or above(span[0], paragraph[0])
        if near is not None:
            return near
        piece = piece_of(self.reader, span)
        if not is_row(self.reader, piece):
            done = self.topics.done_before(start, paragraph[0], points)
            return done or (self.topics.above(span[0], span[0] - _NEAR) if points else None)
        item = title_of_item(self.reader, span, self.topics.givers)
        if item is not None or not self._givers_in(piece):
            return item
        if self.topics.of_instrument is not None:
            return self.topics.above(span[0], self.topics.part_at(span[0])) or self.topics.of_instrument
        return self.topics.of_project or self.topics.above(span[0]) or self.topics.of_document


def with_purposes(reader: Reader, fundings: Sequence[Funding], projects: Sequence[Project]) -> tuple[Funding, ...]:
    """Return the fundings with what or whom each is for, where the text says it."""
    purposes = _Purposes(reader, fundings, projects)
    found = [(f, purposes.of(f)) for f in fundings]
    # Nobody gives to itself: « à la Ville » was said of what another gives.
    own = [told is not None and names_only(told, frozenset({plain(f.funder.text)})) for f, told in found]
    return tuple(
        f.model_copy(update={"purpose": None if itself else told}) for (f, told), itself in zip(found, own, strict=True)
    )
