"""Cut a document's text into sentences that records are read from.

Sentence borders of a model are not needed: layout blocks, blank lines, list
markers, table rows and punctuation decide. A border never falls inside an
entity. Left out: sentences inside quotations are not told from the sentence
around them.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from coopnlp.types import Block, Entity

__all__ = ["LIST_MARK", "cut_sentences", "is_tabular", "lines_of"]

LIST_MARK = re.compile(
    r"\s*(?:(?:[-–—•*▪➤►›·■□◦▸]+|>+)\s|\d{1,2}\s?[.)°]\s|[a-zA-Z]\s?\)\s|\(\d{1,2}\)\s|#{1,6}\s"
    r"|art(?:icle)?\.?\s+(?:\d|premier)|(?:vu|considerant|attendu|que|qu')\s)",
    re.IGNORECASE,
)
# Abbreviations after which a full stop ends no sentence in administrative French.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«'’])(?:M|MM|Mme|Mlle|Dr|Pr|Me|St|Ste|art|Art|al|p|pp|n|no|N|cf|env|etc|hab|éd|vol|ch|chap|av|bd"
    r"|Cie|Assoc|assoc|dép|prov|réf|Réf|tél|Tél|janv|févr|avr|juil|sept|oct|nov|déc|[A-Z]|L|R|D)\.$"
)
_STOP = re.compile(r"(?<![.\s…])[.!?…]+[»\")\]]*\s+(?=[«\"“(—–-]*\s?[A-ZÀ-ÖØ-Þ0-9«])")
_FLOWS_ON = re.compile(
    r"(?:[,\-–]|\b(?:de|du|des|la|le|les|l'|d'|et|à|a|en|au|aux|par|pour|sur|avec|ou|un|une|que))$", re.I
)


def lines_of(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the lines of ``text[start:end]``, without their ends, empty ones too."""
    end = len(text) if end is None else end
    spans, at = [], start
    while at <= end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        spans.append((at, stop))
        at = stop + 1
    return spans


def is_tabular(line: str) -> bool:
    """Tell whether a line looks like a table row: bars, tabs, wide gaps, dot leaders or many semicolons."""
    bare = line.strip()
    return bool("\t" in bare or " | " in bare or bare.count(" ; ") >= 3 or re.search(r"\S {3,}\S|\.{4,}", bare))


def _line_borders(text: str, lines: Sequence[tuple[int, int]]) -> Iterable[int]:
    """Yield the starts of the lines of one paragraph that begin a sentence."""
    bodies = [text[a:b].strip() for a, b in lines]
    width = max((len(b) for b in bodies), default=0)
    # A paragraph whose every line starts like a sentence was not wrapped: a line is a sentence.
    wrapped = any(b[:1].islower() for b in bodies[1:]) or any(b.endswith(("-", ",")) for b in bodies[:-1])
    for i in range(1, len(lines)):
        before, here = bodies[i - 1], bodies[i]
        if here[:1].islower() and not LIST_MARK.match(here + " "):
            continue
        if (
            LIST_MARK.match(here)
            or before.endswith((".", ";", ":", "!", "?", "»"))
            or is_tabular(before)
            or is_tabular(here)
        ):
            yield lines[i][0]
        elif _FLOWS_ON.search(before):
            continue
        elif not wrapped:
            yield lines[i][0]
        elif len(before) + 1 + len(here.split(" ", 1)[0]) < 0.9 * width:
            # The next word would have fitted on the line before: the break was meant.
            yield lines[i][0]


def _borders(text: str, blocks: Sequence[Block]) -> set[int]:
    borders = {0, len(text)}
    for block in blocks:
        borders |= {block.start, block.end}
        if block.kind in ("table", "form"):
            borders |= {start for start, _ in lines_of(text, block.start, block.end)}
    paragraph: list[tuple[int, int]] = []
    for start, end in [*lines_of(text), (len(text), len(text))]:
        if text[start:end].strip():
            paragraph.append((start, end))
            continue
        if paragraph:
            borders.add(paragraph[0][0])
            borders.update(_line_borders(text, paragraph))
        borders.add(start)
        paragraph = []
    for match in _STOP.finditer(text):
        if not _ABBREVIATION.search(text[max(0, match.start() - 8) : match.start() + 1]):
            borders.add(match.end())
    return borders


def cut_sentences(
    text: str, blocks: Sequence[Block] = (), entities: Sequence[Entity] = ()
) -> tuple[tuple[int, int], ...]:
    """Return the sentences as spans into ``text``, in order, without the white space around them.

    >>> text = "Le maire ouvre la séance. M. Roy lit :\\n- un rapport ;\\n- une lettre."
    >>> [text[a:b] for a, b in cut_sentences(text)]
    ['Le maire ouvre la séance.', 'M. Roy lit :', '- un rapport ;', '- une lettre.']
    """
    inside = {i for e in entities for i in range(e.start + 1, e.end)}
    borders = sorted(_borders(text, blocks) - inside)
    sentences = []
    for start, end in itertools.pairwise(borders):
        body = text[start:end]
        if body.strip():
            sentences.append((start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())))
    return tuple(sentences)
