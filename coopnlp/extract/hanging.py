"""Labels of several lines in a margin before numbered entries: « Serge / FLEURENCE | 14 | Aménagement / Pour : 54 ».

Read row by row, the second line of such a label comes to stand before the
second line of the entry, whose words it has nothing to do with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopnlp.extract.fragments import Fragment, to_rows
from coopnlp.extract.hyphens import Hyphens

__all__ = ["lift_labels"]

#: The number that stands between a label and its entry.
_NUMBER = re.compile(r"^(?:n°\s?)?(?:\d{1,3}|[IVX]{1,5}|[A-Z])\s?[.)°-]{0,2}$")
#: A name of three words and a function under it: labels of more lines are columns of text.
_MAX_LINES = 4
_MAX_CHARS = 40
#: The entry stands this many ems from its number, and from the label.
_APART, _FAR = 0.5, 1.5
#: Lines of one label are at most this many ems apart, its left edges this many points.
_PITCH = 1.5
_EDGE_PT = 2.5
#: Sizes of one label agree within this share: those of OCR vary.
_SAME_SIZE = 0.15


def lift_labels(fragments: list[Fragment]) -> list[Fragment]:
    """Return fragments with the lines of each label as one fragment, at the height of the first.

    A label is what stands first on a row before a number and an entry. Its
    further lines stand close under it, on rows without a number, alone or beside
    lines of the entry.
    """
    if not any(f.words and _NUMBER.match(f.words[0].text) for f in fragments):
        return fragments
    rows = to_rows([f for f in fragments if not f.table])
    joined: list[Fragment] = []
    gone: set[int] = set()
    for number, row in enumerate(rows):
        edges = _edges(row)
        if edges is None:
            continue
        label = [row[0]]
        for below in rows[number + 1 : number + _MAX_LINES]:
            if not _goes_on(label, below, *edges):
                break
            label.append(below[0])
        if len(label) > 1:
            joined.append(_joined(label))
            gone.update(map(id, label))
    return [*(f for f in fragments if id(f) not in gone), *joined] if joined else fragments


def _edges(row: Sequence[Fragment]) -> tuple[float, float] | None:
    """Return where the number and the first line of an entry begin beside a label; None where it does not."""
    if len(row) < 2:
        return None
    label, words = row[0], [word for f in row[1:] for word in f.words]
    if len(words) < 2 or not _NUMBER.match(words[0].text) or words[1].x0 - words[0].x1 < _APART * words[1].size:
        return None
    if label.chars > _MAX_CHARS or not any(c.isalpha() for c in label.text):
        return None
    if words[1].x0 - label.x1 <= _FAR * words[1].size:
        return None
    return words[0].x0, words[1].x0


def _goes_on(label: Sequence[Fragment], below: Sequence[Fragment], number: float, entry: float) -> bool:
    """Tell whether the first words of a row are the next line of the label above them."""
    f, above = below[0], label[-1]
    size = max(1.0, above.size)
    if f.table or f.chars > _MAX_CHARS or f.x1 > number:
        return False
    if abs(f.x0 - label[0].x0) > _EDGE_PT or abs(f.size - above.size) > _SAME_SIZE * size:
        return False
    if any(word.bold for word in f.words) != any(word.bold for word in above.words):
        return False
    if not 0 < f.base - above.base <= _PITCH * size:
        return False
    # what stands beside it is the entry's, which begins where its first line does
    return all(g.x0 >= entry - _EDGE_PT for g in below[1:])


def _joined(label: Sequence[Fragment]) -> Fragment:
    """Return the lines of a label as one, at the height of the first: it stands on that line of the entry."""
    words = list(label[0].words)
    for f in label[1:]:
        first, last = f.words[0], words[-1]
        first.glue = " "
        if last.text.endswith("-"):
            last.text = Hyphens(()).join(last.text, first.text)
            words += f.words[1:]
        else:
            words += f.words
    whole = Fragment(words)
    whole.top, whole.bottom, whole.base = label[0].top, label[0].bottom, label[0].base
    whole.x0, whole.x1 = min(f.x0 for f in label), max(f.x1 for f in label)
    return whole
