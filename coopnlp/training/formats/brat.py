"""brat standoff: a ``.txt`` file and beside it an ``.ann`` file with a line an annotation.

``T1\\tORG 0 4\\tLOJIQ`` is a span, its offsets in code points. brat is
line-oriented: a span over a line break is written as fragments, ``0 4;5 9``, as
brat writes those that its users mark. Fragments with only white space between
them are read as one span; others have no place in the corpus.
``N1\\tReference T1 fr-commune:09122\\tFoix`` is the identifier of a span.

Format: https://brat.nlplab.org/standoff.html and brat's ``server/src/annotation.py``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from coopnlp.errors import CorpusError
from coopnlp.training.formats.corrected import Corrected, Span
from coopnlp.types import LABELS, Entity

__all__ = ["CONFIGURATION", "read_brat", "to_brat"]

#: ``annotation.conf`` of a folder: the labels to choose from; brat wants the other sections, if empty.
CONFIGURATION = "[entities]\n" + "\n".join(LABELS) + "\n\n[relations]\n\n[events]\n\n[attributes]\n"

_SPAN = re.compile(r"(?P<label>\S+) (?P<places>\d+ \d+(?:;\d+ \d+)*)")
# Whatever brat's reader of lines takes for the end of one, with the white space around it.
_BREAK = re.compile(r"[^\S\n\v\f\x1c-\x1e\x85\u2028\u2029]*[\n\v\f\x1c-\x1e\x85\u2028\u2029]\s*")


def to_brat(text: str, entities: Iterable[Entity]) -> str:
    """Return the annotation file of a text."""
    lines = []
    for number, entity in enumerate(entities, start=1):
        fragments: list[tuple[int, int]] = []
        start = entity.start
        for gap in _BREAK.finditer(text, entity.start, entity.end):
            fragments.append((start, gap.start()))
            start = gap.end()
        fragments.append((start, entity.end))
        places = ";".join(f"{s} {e}" for s, e in fragments)
        surface = " ".join(text[s:e] for s, e in fragments)
        lines.append(f"T{number}\t{entity.label} {places}\t{surface}\n")
        if entity.kb_id:
            lines.append(f"N{number}\tReference T{number} {entity.kb_id}\t{surface}\n")
    return "".join(lines)


def read_brat(text: str, annotations: str, key: str, where: str) -> Corrected:
    """Return a document from its text and its annotation file.

    ``key`` is the identifier of the document; ``where`` names the annotation file.
    Identifiers are left out silently, what brat users may add (relations, events,
    attributes, notes) with a remark.

    Raises
    ------
    CorpusError
        A span line that cannot be read, or a span in pieces; the message names the line.
    """
    spans: list[Span] = []
    others: set[str] = set()
    for number, line in enumerate(annotations.split("\n"), start=1):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        kind, *rest = line.split("\t", 2)
        if not kind.startswith("T"):
            others.add(kind[:1])
            continue
        match = _SPAN.fullmatch(rest[0].strip()) if rest else None
        if match is None:
            raise CorpusError(
                f"{where}:{number}: not a span line. brat writes an identifier, a tab, label, start and end, a tab "
                "and the text; open the document in brat again and save it."
            )
        places = sorted(tuple(map(int, place.split(" "))) for place in match["places"].split(";"))
        for (_, before), (after, _) in pairwise(places):
            if text[before:after].strip():
                raise CorpusError(
                    f"{where}:{number}: {rest[-1]!r} is in pieces, with {text[before:after].strip()!r} between them. "
                    "Spans of the corpus are whole: mark it as one, or as several."
                )
        spans.append(Span(places[0][0], places[-1][1], match["label"], rest[1] if len(rest) > 1 else None))
    left_out = sorted(others - {"N"})
    remarks = (f"lines of the kinds {', '.join(left_out)} are left out: the corpus has spans only",) if left_out else ()
    return Corrected(key, text, tuple(spans), where, remarks)
