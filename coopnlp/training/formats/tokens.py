"""Token borders of the pipeline's tokenizer, which every span of the corpus must lie on.

Offsets are code points, end exclusive. White space is no token here: a span
that begins or ends with it does not lie on borders either.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

__all__ = ["Borders", "lines", "tokens"]


def tokens(text: str) -> list[tuple[int, int]]:
    """Return start and end of each token that is not white space, in order.

    >>> tokens("L’Orne verse 15 €.")
    [(0, 2), (2, 6), (7, 12), (13, 15), (16, 17), (17, 18)]
    """
    from spacy.vocab import Vocab

    from coopnlp.pipeline.tokenizer import CoopTokenizer

    # A vocabulary of its own: making one takes no time, and words of one document must not fill that of a model.
    # It knows no languages, so ``token.is_space`` would be false of every token.
    doc = CoopTokenizer(Vocab())(text)
    return [(token.idx, token.idx + len(token)) for token in doc if not token.text.isspace()]


class Borders:
    """The tokens of a text, to ask of."""

    def __init__(self, text: str) -> None:
        found = tokens(text)
        self.starts = [start for start, _ in found]
        self.ends = [end for _, end in found]

    def __contains__(self, span: tuple[int, int]) -> bool:
        """Whether the span begins where a token does and ends where one does."""
        start, end = span
        first, last = bisect_left(self.starts, start), bisect_left(self.ends, end)
        return (
            first <= last < len(self.ends)
            and self.starts[first] == start
            and self.ends[last] == end
        )  # fmt: skip

    def snap(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the shortest run of tokens that holds all of the span but its white space, or None if nothing is left.

        >>> Borders("Le Grand-Bourg, hier").snap(5, 11)
        (3, 14)
        """
        first, last = bisect_right(self.ends, start), bisect_left(self.starts, end) - 1
        return (self.starts[first], self.ends[last]) if first <= last else None


def lines(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the lines of the text, without the white space around them; lines that share a span are one.

    What tools take for sentences: they let no entity cross from one into the next.

    >>> lines("Foix\\n\\n Saint-\\nGirons \\n", [(7, 20)])
    [(0, 4), (7, 20)]
    """
    found: list[tuple[int, int]] = []
    at = 0
    for line in text.split("\n"):
        if line.strip():
            start = at + len(line) - len(line.lstrip())
            found.append((start, at + len(line.rstrip())))
        at += len(line) + 1
    joined: list[tuple[int, int]] = []
    crossing = sorted(spans)
    for start, end in found:
        if joined:
            before = bisect_left(crossing, (start, start))
            # Spans do not overlap, so only the last one that begins before this line can reach into it.
            if before and crossing[before - 1][1] > start:
                joined[-1] = (joined[-1][0], end)
                continue
        joined.append((start, end))
    return joined
