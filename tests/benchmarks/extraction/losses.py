"""Where a reading differs from the truth, for whoever mends it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from .distance import nearest
from .scores import Reading, cell_pairs, normal, true_pieces
from .truth import Truth

__all__ = ["losses"]


def losses(truth: Truth, reading: Reading) -> Iterator[str]:
    """Yield each piece of the truth that is not in the text to the letter, with what is nearest to it.

    Then the blocks that are found as none, the headings that are missing or false, and wrong cells.
    """
    text = " ".join(map(normal, reading.lines))
    loose = normal(" ".join(b.text or " ".join(map(" ".join, b.rows)) for b in truth.blocks if b.loose or b.rows))
    for piece in true_pieces(truth):
        if piece not in text:
            cost, start, end = nearest(piece, text)
            yield f"text ({cost} of {len(piece)})\n  true  {piece}\n  found {text[start:end]}"
    if reading.blocks is not None:
        found = set(map(normal, reading.blocks))
        true = {normal(block.text) for block in truth.blocks if not block.rows and not block.loose}
        for block in reading.blocks:
            if normal(block) not in true and normal(block) not in loose:
                yield f"block that is none\n  found {normal(block)}"
        for piece in sorted(true - found):
            if piece in text:
                yield f"block joined to another, or cut\n  true  {piece}"
    if reading.headings is not None:
        true_headings = Counter(normal(b.text) for b in truth.blocks if b.kind == "heading")
        found_headings = Counter(t for t in (normal(heading) for heading, _ in reading.headings) if t not in loose)
        yield from (f"heading missed\n  true  {text}" for text in true_headings - found_headings)
        yield from (f"heading that is none\n  found {text}" for text in found_headings - true_headings)
    if reading.tables is not None:
        true_cells = cell_pairs([block.rows for block in truth.blocks if block.kind == "table"])
        found_cells = cell_pairs(reading.tables)
        yield from (f"cells missed  {way}: {a} | {b}" for way, a, b in list(true_cells - found_cells)[:20])
        yield from (f"cells that are none  {way}: {a} | {b}" for way, a, b in list(found_cells - true_cells)[:20])
