"""Text cut for a page: every character once, whatever overlaps."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from coopnlp.web.reading import Quoted, pieces

_SPAN = st.tuples(st.integers(0, 40), st.integers(1, 12))


@given(st.text(max_size=40), st.integers(0, 30), st.lists(_SPAN, max_size=6), st.lists(_SPAN, max_size=6))
def test_pieces_are_the_text(
    text: str, offset: int, entities: list[tuple[int, int]], quoted: list[tuple[int, int]]
) -> None:
    marked = sorted(
        (SimpleNamespace(start=a, end=a + n, label="ORG", kb_id="") for a, n in entities),
        key=lambda e: (e.start, -e.end),
    )
    spans = sorted(Quoted(n, a, a + size) for n, (a, size) in enumerate(quoted))
    spans.sort(key=lambda q: (q.start, q.end))
    runs = pieces(text, offset, marked, spans)
    cut = [piece for run in runs for piece in run.pieces]
    assert "".join(piece.text for piece in cut) == text
    anchors = [anchor for piece in cut for anchor in piece.anchors]
    assert len(anchors) == len(set(anchors))
    assert {q.start for q in spans if offset <= q.start < offset + len(text)} <= set(anchors)


def test_quotation_that_cuts_an_entity() -> None:
    entity = SimpleNamespace(start=0, end=7, label="ORG", kb_id="k:1")
    runs = pieces("Auxerre est là", 0, [entity], [Quoted(1, 3, 11)], known={"k:1"}, chosen=frozenset([1]))
    assert [(run.quoted, run.chosen, [(p.text, p.label, p.last) for p in run.pieces]) for run in runs] == [
        (False, False, [("Aux", "ORG", False)]),
        (True, True, [("erre", "ORG", True), (" est", "", True)]),
        (False, False, [(" là", "", True)]),
    ]
