"""The text in passages: they cover it without gap and pages keep their numbers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from register_makers import extraction

from coopnlp.register import Register
from coopnlp.register.rows import cut_passages
from coopnlp.types import DocumentInfo, Record, Result

paragraphs = st.lists(st.text(alphabet="aé \n", max_size=40).map(lambda s: s * 60), min_size=1, max_size=8)


@given(paragraphs, st.lists(st.integers(0, 2000), max_size=5).map(sorted))
@settings(deadline=None, max_examples=60)
def test_passages_cover_the_text(parts: list[str], starts: list[int]) -> None:
    text = "\n\n".join(parts)
    read = extraction(text, page_starts=tuple(min(start, len(text)) for start in starts))
    pieces = list(cut_passages(read))
    assert "".join(text[start:end] for _, start, end in pieces) == text
    assert all(a[2] == b[1] for a, b in pairwise(pieces))
    assert max(end - start for _, start, end in pieces) <= 4000


def test_a_passage_begins_with_a_block() -> None:
    parts = ["Paragraphe. " * 200 for _ in range(4)]
    read = extraction("\n\n".join(parts))
    borders = {block.start for block in read.blocks}
    assert [start for _, start, _ in cut_passages(read) if start not in borders] == []


def test_an_empty_page_keeps_its_number() -> None:
    read = extraction("Un.\n\nTrois.", page_starts=(0, 5, 5))
    assert list(cut_passages(read)) == [(1, 0, 5), (2, 5, 5), (3, 5, 11)]


def test_a_long_text_comes_back_whole(new_register: Callable[[], str]) -> None:
    read = extraction("\n\n".join(f"Article {n}. " + "Le conseil approuve. " * 90 for n in range(30)))
    record = Record(id="note", source=read.source, document=DocumentInfo())
    with Register(new_register()) as register:
        register.add(Result(extraction=read, record=record))
        assert register.show("note").text == read.text
