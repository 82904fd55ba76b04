"""What the tools found against the truth; ``README.md`` defines each measure in words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from coopnlp.text import plain_spaces

from .distance import distance, nearest
from .truth import TrueBlock, Truth

__all__ = ["Counts", "Reading", "cell_pairs", "character_errors", "normal", "score", "true_pieces"]

Grid = list[list[str]]


@dataclass(slots=True)
class Reading:
    """What a tool found. ``lines``: the text as it flows, line by line.

    ``None`` for what the tool does not give; ``headings`` are (text, level).
    """

    lines: list[str]
    blocks: list[str] | None = None
    tables: list[Grid] | None = None
    headings: list[tuple[str, int]] | None = None


@dataclass(slots=True)
class Counts:
    """Sums over documents: of each measure the right ones, the found and the true."""

    errors: int = 0
    characters: int = 0
    pairs_kept: int = 0
    pairs: int = 0
    running_left: int = 0
    running: int = 0
    seconds: float = 0.0
    pages: int = 0
    f1: dict[str, list[int]] = field(default_factory=dict)

    def add(self, other: Counts) -> None:
        """Add the counts of another document."""
        for name in ("errors", "characters", "pairs_kept", "pairs", "running_left", "running", "seconds", "pages"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, three in other.f1.items():
            self.f1[name] = [a + b for a, b in zip(self.f1.get(name, [0, 0, 0]), three, strict=True)]

    def values(self) -> dict[str, float]:
        """Return the measures as numbers; what has not been counted is absent."""
        found: dict[str, float] = {}
        if self.characters:
            found["cer"] = self.errors / self.characters
        if self.pairs:
            found["order"] = self.pairs_kept / self.pairs
        if self.running:
            found["running_left"] = self.running_left / self.running
        for name, (right, got, true) in self.f1.items():
            if got + true:
                found[name] = 2 * right / (got + true)
        if self.seconds:
            found["pages_a_second"] = self.pages / self.seconds
        return found


def normal(text: str) -> str:
    """Return the text in NFC, every run of white space one plain space."""
    return " ".join(plain_spaces(unicodedata.normalize("NFC", text)).split())


def score(truth: Truth, reading: Reading) -> Counts:
    """Measure one reading of one document."""
    counts = Counts(pages=truth.pages)
    text, counts.running_left = _without_running(reading.lines, truth.running)
    counts.running = len(truth.running)
    counts.errors, counts.characters = character_errors(true_pieces(truth), text)
    counts.pairs_kept, counts.pairs = _order(truth.blocks, text)
    if reading.tables is not None:
        tables = [block.rows for block in truth.blocks if block.kind == "table"]
        if tables:
            counts.f1["cells"] = _overlap(cell_pairs(tables), cell_pairs(reading.tables))
        elif not any(block.kind == "form" for block in truth.blocks):
            counts.f1["false_tables"] = [0, len(reading.tables), 0]
    if reading.headings is not None:
        counts.f1["headings"], counts.f1["levels"] = _headings(truth, reading.headings)
    if reading.blocks is not None:
        whole = Counter(normal(b.text) for b in truth.blocks if not b.rows and not b.loose)
        # what is loose in the truth may be cut as one likes, and tables have a measure of their own
        loose = normal(" ".join(b.text or " ".join(map(" ".join, b.rows)) for b in truth.blocks if b.loose or b.rows))
        found = Counter(t for t in map(normal, reading.blocks) if t not in loose)
        counts.f1["blocks"] = _overlap(whole, found)
    return counts


def true_pieces(truth: Truth, page: int | None = None) -> list[str]:
    """Return the pieces of text that a reading must hold: blocks, and cells one by one."""
    pieces: list[str] = []
    for block in truth.blocks:
        if block.rows:
            pieces += [normal(cell) for row in block.rows for cell in row]
        else:
            pieces.append(normal(block.text_on(page)))
    return [piece for piece in pieces if piece]


#: A shorter running line inside another line is a number that may be the text's own.
_MIN_RUNNING = 8


def _without_running(lines: Sequence[str], running: Sequence[str]) -> tuple[str, int]:
    """Return the text without lines that are running heads alone, and how many heads are in the lines.

    Head and number on one line count as two; a head inside a line of text counts and stays there.
    """
    left = Counter(map(normal, running))
    kept, count = [], 0
    for line in map(normal, lines):
        rest, taken = line, []
        for head in sorted(left, key=len, reverse=True):
            if left[head] > 0 and (rest == head or (len(head) >= _MIN_RUNNING and head in rest)):
                rest = rest.replace(head, "", 1).strip()
                taken.append(head)
        left.subtract(taken)
        count += len(taken)
        if line and (rest or not taken):
            kept.append(line)
    return " ".join(kept), count


_TAKEN = "\x00"


def character_errors(pieces: Iterable[str], text: str) -> tuple[int, int]:
    """Return (errors, characters): each piece against the part of the text that is nearest to it.

    A part is used once; the order of the parts does not count. A piece that
    is nowhere costs its length, and so does text that belongs to no piece, but
    what is wrong in both ways counts once: as a substitution does in an edit distance.
    """
    wanted = sorted(pieces, key=len, reverse=True)
    total = sum(map(len, wanted))
    rest: list[str] = []
    for piece in wanted:
        at = _whole(piece, text)
        if at < 0:
            rest.append(piece)
        else:
            text = _take(text, at, at + len(piece))
    errors = missing = 0
    for piece in rest:
        low, high = _window(piece, text)
        cost, start, end = nearest(piece, text[low:high])
        if cost * 2 > len(piece):
            missing += len(piece)
        else:
            errors += cost
            text = _take(text, low + start, low + end)
    spare = sum(len(left.strip()) for left in re.split(f"{_TAKEN}+", text))
    return errors + max(missing, spare), total


def _whole(piece: str, text: str) -> int:
    """Return where a piece stands as whole words, -1 where nowhere."""
    at = text.find(piece)
    while at >= 0:
        end = at + len(piece)
        if not (text[at - 1 : at].isalnum() and piece[0].isalnum()) and not (
            text[end : end + 1].isalnum() and piece[-1].isalnum()
        ):
            return at
        at = text.find(piece, at + 1)
    return -1


def _take(text: str, start: int, end: int) -> str:
    return text[:start] + _TAKEN * (end - start) + text[end:]


def _window(piece: str, text: str) -> tuple[int, int]:
    """Return the part of a text in which a piece must lie, by letters that both share; all of it where none."""
    found = []
    size = min(14, max(5, len(piece) // 3))
    for offset in range(0, len(piece) - size + 1, max(1, size // 2)):
        at = text.find(piece[offset : offset + size])
        if at >= 0:
            found.append(at - offset)
    if not found:
        return 0, len(text)
    slack = len(piece) // 2 + 60
    # one stray hit far away must not widen the window
    found.sort()
    middle = found[len(found) // 2]
    near = [at for at in found if abs(at - middle) <= 2 * len(piece) + 400]
    return max(0, near[0] - slack), min(len(text), near[-1] + len(piece) + slack)


_LETTERLESS = re.compile(r"[\s\u00ad\u2010-]+")
#: A line of fewer characters, blanks and hyphens aside, says too little of where it stands.
_MIN_UNIT = 10


@dataclass(slots=True)
class _Unit:
    text: str
    page: int
    block: int
    floating: bool
    start: int = -1


def _units(blocks: Sequence[TrueBlock]) -> list[_Unit]:
    """Return the lines of the truth as they were set, short ones with the line before them."""
    units: list[_Unit] = []
    for number, block in enumerate(blocks):
        before: _Unit | None = None
        frame = -1
        for line in block.lines:
            bare = _LETTERLESS.sub("", plain_spaces(line.text))
            if len(bare) < _MIN_UNIT:
                if before is not None and line.frame == frame:
                    before.text += bare
                continue
            before = _Unit(bare, line.page, number, block.floating)
            frame = line.frame
            units.append(before)
    return units


def _order(blocks: Sequence[TrueBlock], text: str) -> tuple[int, int]:
    """Return how many neighbouring lines of the truth are neighbours in the text, and how many there are.

    Between two blocks, and at a page border, what floats (side notes, footnotes) may stand
    in between; inside a block nothing may.
    """
    units = _units(blocks)
    compact = _LETTERLESS.sub("", text)
    _locate(units, compact)
    placed = sorted((u for u in units if u.start >= 0), key=lambda u: u.start)
    place = {id(u): at for at, u in enumerate(placed)}
    flow_place = {id(u): at for at, u in enumerate(u for u in placed if not u.floating)}
    kept = pairs = 0
    flows: dict[int, list[_Unit]] = {}
    for unit in units:
        flows.setdefault(unit.block if unit.floating else -1, []).append(unit)
    for flow in flows.values():
        for a, b in pairwise(flow):
            pairs += 1
            if a.start < 0 or b.start < 0:
                continue
            ranks = place if a.block == b.block and a.page == b.page else flow_place
            if a.floating:
                ranks = place
            kept += ranks[id(b)] == ranks[id(a)] + 1
    return kept, pairs


def _locate(units: Sequence[_Unit], compact: str) -> None:
    """Find each unit in the text: where it stands after the one before it, or anywhere that is free."""
    taken: set[int] = set()
    at = 0
    for unit in units:
        found = compact.find(unit.text, at)
        if found < 0 or found in taken:
            found = compact.find(unit.text)
        if found < 0 and len(unit.text) >= 15:
            low, high = _window(unit.text, compact)
            cost, start, _ = nearest(unit.text, compact[low:high])
            # a letter in six wrong is a misread line, more is another one
            found = low + start if cost * 6 <= len(unit.text) else -1
        if found >= 0 and found not in taken:
            unit.start = found
            taken.add(found)
            at = found


def cell_pairs(tables: Sequence[Grid]) -> Counter[tuple[str, str, str]]:
    """Return the pairs of cells with text that follow each other in a row or a column (ICDAR 2013)."""
    found: Counter[tuple[str, str, str]] = Counter()
    for grid in tables:
        rows = [[normal(cell) for cell in row] for row in grid]
        wide = max(map(len, rows), default=0)
        lines = [("right", row) for row in rows]
        lines += [("down", [row[at] for row in rows if at < len(row)]) for at in range(wide)]
        for way, line in lines:
            full = [cell for cell in line if cell]
            found.update((way, a, b) for a, b in pairwise(full))
    return found


def _overlap(true: Counter, found: Counter) -> list[int]:  # type: ignore[type-arg]
    return [(true & found).total(), found.total(), true.total()]


def _headings(truth: Truth, found: Sequence[tuple[str, int]]) -> tuple[list[int], list[int]]:
    """Return (right, found, true) for headings, and for headings whose level is right too.

    Levels count from the highest that is not the title's: tools differ in
    whether the title of a document is a level of its own. The title's is not asked.
    """
    true = [(normal(b.text), b.level or 1, b.title) for b in truth.blocks if b.kind == "heading"]
    # whether the letterhead or the object of a letter is a heading is a matter of taste
    loose = normal(" ".join(b.text for b in truth.blocks if b.loose))
    left = [(normal(text), level) for text, level in found if normal(text) not in loose]
    count = len(left)
    pairs: list[tuple[int, int, bool]] = []
    for text, level, title in true:
        best = min(left, key=lambda item: distance(item[0], text), default=None)
        if best is not None and distance(best[0], text) * 10 <= len(text):
            left.remove(best)
            pairs.append((level, best[1], title))
    below = [(a, b) for a, b, title in pairs if not title]
    shift = min((b for _, b in below), default=0) - min((a for a, _ in below), default=0)
    right = sum(title or b - a == shift for a, b, title in pairs)
    return [len(pairs), count, len(true)], [right, count, len(true)]
