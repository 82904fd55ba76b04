"""How a thing is found again in a text that was read anew: where it stood, its words, and what stood around them.

A better extraction moves offsets, mends letters and joins words. So a place is
kept as its span, the words in it and some of the text on both sides. It is
looked for as it was written; then by its letters and figures alone, without
accents, signs and spaces; then between what stood before and after it; then,
where it is a sentence, as the run of words that has most in common with it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from coopnlp.register.query import fold_letters

__all__ = ["Text", "anchor_of"]

# Enough on both sides to tell one mention of a town from the next one.
_AROUND = 48
# Fewer characters stand in many places; there so many letters beside them must be as they were.
_SHORT, _KEPT = 30, 5
# What is looked for between its surroundings may have grown by this many letters, and by half.
_GROWTH = 12
# The letters on either side that must be as they were; few will do where no other place has them.
_FRAMES = (16, 8, 5)
# And what stands between them has so much in common with what stood there.
_LIKE = 0.75
# A run of fewer words has too much in common with others by chance.
_MIN_WORDS = 5
# Share of its words, and of its letters in their order, that a sentence must have kept.
_SAME_WORDS, _SAME_LETTERS = 0.6, 0.8
# Runs of as many words in common that are compared letter by letter.
_RUNS = 12
# A word that stands in a text more often than this is no help in finding a place.
_MOST = 2000
_WORD = re.compile(r"[^\W_]+")


def anchor_of(text: str, spans: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """Return what is kept of places in a text, as JSON has it: ``spans``, ``quote``, ``quotes``, ``around``.

    ``quote`` is the first of ``quotes``; ``around`` has a pair of texts, before
    and after, for each of them. Nothing is kept of an empty span.
    """
    kept = [(start, end) for start, end in spans if 0 <= start < end <= len(text)]
    if not kept:
        return {"spans": []}
    quotes = [text[start:end] for start, end in kept]
    around = [[text[max(0, start - _AROUND) : start], text[end : end + _AROUND]] for start, end in kept]
    return {"spans": [list(span) for span in kept], "quote": quotes[0], "quotes": quotes, "around": around}


class Text:
    """A text in which places are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    def find(self, anchor: Mapping[str, Any]) -> list[tuple[int, int] | None]:
        """Return where each place of an anchor stands now, None for one that is not found."""
        spans = [(int(start), int(end)) for start, end in anchor.get("spans", ())]
        quotes = anchor.get("quotes") or ([anchor["quote"]] if anchor.get("quote") else [])
        around = anchor.get("around") or [["", ""]] * len(quotes)
        if not quotes:
            return [span if span[1] <= len(self.text) else None for span in spans]
        spans += [(0, 0)] * (len(quotes) - len(spans))
        return [
            self._place(span, quote, before, after)
            for span, quote, (before, after) in zip(spans, quotes, around, strict=False)
        ]

    def _place(self, span: tuple[int, int], quote: str, before: str, after: str) -> tuple[int, int] | None:
        start, end = span
        text = self.text
        as_it_was = text[start:end] == quote and text[max(0, start - len(before)) : start] == before
        if as_it_was and text.startswith(after, end):
            return span
        exact = [(at, at + len(quote)) for at in _occurrences(text, quote)]
        best = self._best([span for span in exact if self._is_whole(span, before, after)], start, before, after)
        if best is not None and self._kept(best, before, after) < _KEPT:
            # the place itself may be there, with other letters
            return self._framed(quote, before, after) or best
        return (
            best
            or self._by_letters(start, quote, before, after)
            or self._framed(quote, before, after)
            or self._run(quote)
        )

    def _is_whole(self, span: tuple[int, int], before: str, after: str) -> bool:
        """Return whether a span cuts no word that the place that is looked for did not cut."""
        start, end = span
        cuts = _joins(self.text[start - 1 : start + 1]) and not _joins(before[-1:] + self.text[start])
        return not cuts and not (_joins(self.text[end - 1 : end + 1]) and not _joins(self.text[end - 1] + after[:1]))

    def _best(self, found: Sequence[tuple[int, int]], start: int, before: str, after: str) -> tuple[int, int] | None:
        """Return the occurrence whose surroundings are most like those that were; of equals, the nearest.

        A few words that stand in several places, none of them like the one that is looked for, are not found.
        """
        if not found:
            return None
        best = max(found, key=lambda span: (self._kept(span, before, after), -abs(span[0] - start)))
        short = best[1] - best[0] < _SHORT and len(_letters(before) + _letters(after)) >= _KEPT
        return None if len(found) > 1 and short and self._kept(best, before, after) < _KEPT else best

    def _kept(self, span: tuple[int, int], before: str, after: str) -> int:
        """Count the letters beside a span that are as they were, up to the first that is not."""
        here = self.text[max(0, span[0] - 2 * _AROUND) : span[0]], self.text[span[1] : span[1] + 2 * _AROUND]
        left = _common(_letters(before)[::-1], _letters(here[0])[::-1])
        return left + _common(_letters(after), _letters(here[1]))

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        """The letters and figures of the text, without accents and case, and the offset of each."""
        folded = fold_letters(self.text)
        at = [i for i, letter in enumerate(folded) if letter.isalnum()]
        return "".join(folded[i] for i in at), at

    def _span(self, first: int, last: int, quote: str) -> tuple[int, int]:
        """Return the span of some letters, with the signs that begin and end the quote where they stand there."""
        at = self._folded[1]
        start, end = at[first], at[last - 1] + 1
        signs = re.split(r"[^\W_].*[^\W_]|[^\W_]", quote, maxsplit=1, flags=re.DOTALL)
        for sign in "".join(signs[0].split())[::-1]:
            here = start - 1
            while here > 0 and self.text[here].isspace():
                here -= 1
            start = here if here >= 0 and self.text[here] == sign else start
        for sign in "".join(signs[-1].split()):
            here = end
            while here < len(self.text) and self.text[here].isspace():
                here += 1
            end = here + 1 if self.text.startswith(sign, here) else end
        return start, end

    def _by_letters(self, start: int, quote: str, before: str, after: str) -> tuple[int, int] | None:
        wanted = _letters(quote)
        if not wanted:
            return None
        letters, at = self._folded
        found = []
        for first in _occurrences(letters, wanted):
            last = first + len(wanted)
            # « Eu » is not to be found in « Europe »
            begins = first == 0 or at[first] > at[first - 1] + 1 or len(wanted) > _GROWTH
            ends = last == len(at) or at[last] > at[last - 1] + 1 or len(wanted) > _GROWTH
            if begins and ends:
                found.append(self._span(first, last, quote))
        return self._best(found, start, before, after)

    def _framed(self, quote: str, before: str, after: str) -> tuple[int, int] | None:
        """Return what stands now between the surroundings that the words had: close to them, of one place alone."""
        wanted, letters = _letters(quote), self._folded[0]
        size = len(wanted)
        for frame in _FRAMES:
            left, right = _letters(before)[-frame:], _letters(after)[:frame]
            if len(left) < frame or len(right) < frame:
                continue
            found = []
            for at in _occurrences(letters, left):
                first = at + frame
                last = letters.find(right, first + 1, first + size + size // 2 + _GROWTH + frame)
                inside = letters[first : max(first, last)]
                if inside and SequenceMatcher(None, wanted, inside, autojunk=False).ratio() >= _LIKE:
                    found.append((first, last))
            if len(found) == 1 or (found and frame == _FRAMES[0]):
                return self._span(*found[0], quote)
        return None

    @cached_property
    def _words(self) -> list[tuple[str, int, int]]:
        return [(found[0], found.start(), found.end()) for found in _WORD.finditer(fold_letters(self.text))]

    def _run(self, quote: str) -> tuple[int, int] | None:
        """Return the run of words that has most in common with a sentence."""
        wanted = _WORD.findall(fold_letters(quote))
        if len(wanted) < _MIN_WORDS:
            return None
        asked, size = Counter(wanted), len(wanted)
        words = [word for word, _, _ in self._words]
        common, most = 0, 0
        where: list[int] = []
        inside: Counter[str] = Counter()
        for i, word in enumerate(words):
            if word in asked:
                common += inside[word] < asked[word]
                inside[word] += 1
            if i >= size and words[i - size] in asked:
                inside[words[i - size]] -= 1
                common -= inside[words[i - size]] < asked[words[i - size]]
            if common >= most and common:
                where = [*where, max(0, i - size + 1)] if common == most else [max(0, i - size + 1)]
                most = common
        if most < _SAME_WORDS * size:
            return None
        matcher = SequenceMatcher(None, b=" ".join(wanted), autojunk=False)

        def kept(at: int) -> float:
            matcher.set_seq1(" ".join(words[at : at + size]))
            return matcher.ratio()

        best = max(where[:_RUNS], key=kept)
        if kept(best) < _SAME_LETTERS:
            return None
        run = self._words[best : best + size]
        first, last = bisect_left(self._folded[1], run[0][1]), bisect_left(self._folded[1], run[-1][2])
        return self._span(first, last, quote)


def _joins(pair: str) -> bool:
    return len(pair) == 2 and pair.isalnum()


def _letters(text: str) -> str:
    return "".join(letter for letter in fold_letters(text) if letter.isalnum())


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    for _ in range(_MOST):
        if at < 0:
            return
        yield at
        at = text.find(wanted, at + 1)


def _common(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
