"""What is written of many sources in one transaction is what is written of each alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_makers import digest, full, plain

from coopnlp.register import Claim, Register, Sighting, Versions
from coopnlp.register.corrections import Corrections, Thing
from coopnlp.register.prepared import columns, numbered, prepare
from coopnlp.register.rows import document_row, part_rows
from coopnlp.register.schema import PARTS, document
from coopnlp.types import Result

OLD, NOW = Versions(library="1"), Versions(library="2")
URL = "https://exemple.org/page"
RESULTS = [
    full("a.pdf"),
    full("b.pdf", " Bamako."),
    *(plain(f"Note {n}.", name=f"n{n}.txt", title=f"Note {n}") for n in range(3)),
]
PAGE = plain("Une page.", name="page.html")


def sighting(result: Result, text: str | None = None) -> Sighting:
    source = result.extraction.source
    sha256 = source.sha256 if text is None else digest(text)
    return Sighting(address=str(source.path), name=source.name, path=source.path, sha256=sha256, size=source.size)


def claims(register: Register, seen: list[Sighting], used: Versions) -> dict[str, Claim]:
    run = register.begin()
    register.enrol(seen, versions=used, run=run)
    return {claim.seen.name: claim for claim in register.claim(run, limit=len(seen))}


def name_of(result: Result) -> str:
    return URL if result is PAGE else result.extraction.source.name


@pytest.mark.parametrize("result", RESULTS, ids=name_of)
def test_prepared_rows_become_those_of_any_document(result: Result) -> None:
    made = prepare(result)
    key = 123_456
    (row,) = numbered(document, [made.document], key)
    known = document_row(result, key)
    assert dict(zip(columns(document), row, strict=True)) == {n: known.get(n) for n in columns(document)}
    expected = part_rows(result, key)
    assert made.parts.keys() == expected.keys()
    for table in PARTS:
        if table.name not in expected:
            continue
        told = [dict(zip(columns(table), row, strict=True)) for row in numbered(table, made.parts[table.name], key)]
        assert told == [{n: row.get(n) for n in columns(table)} for row in expected[table.name]]
    assert made.size == 1 + sum(map(len, expected.values()))


def test_together_is_one_by_one_whatever_they_are(new_register: Callable[[], str]) -> None:
    """New, read before with other versions, corrected, changed since it was noted, from the web."""
    dumps = []
    for together in (True, False):
        with Register(new_register()) as register:
            register.add(RESULTS[0], versions=OLD)
            register.add(RESULTS[2], versions=OLD)
            title = Thing(target="document", sha256=RESULTS[0].extraction.source.sha256)
            known = Corrections(register)
            value = known.value(title).value
            known.edit(title, value.model_copy(update={"title": "Registre"}), author="alice", expected=value)
            seen = [sighting(r, "Autre chose." if n == 4 else None) for n, r in enumerate(RESULTS)]
            seen.append(Sighting(address=URL, name=URL, url=URL))
            taken = claims(register, seen, NOW)
            read = [(taken[name_of(result)], prepare(result)) for result in (*RESULTS, PAGE)]
            if together:
                assert register.finish_all(read, versions=NOW) == [True] * 6
            else:
                assert [register.finish(claim, made, versions=NOW) for claim, made in read] == [True] * 6
            stats = register.stats()
            assert (stats.documents, stats.waiting) == (6, 0)
            assert register.left(read[0][0].run).sources == 0
            assert register.show("a.pdf").record.document.title == "Registre"
            dumps.append(register.dump())
    assert dumps[0] == dumps[1]


@given(st.permutations(range(len(RESULTS))), st.lists(st.integers(1, 4), min_size=5, max_size=5))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
def test_groups_of_any_size_in_any_order_give_one_register(order: list[int], sizes: list[int]) -> None:
    with Register("sqlite://") as one, Register("sqlite://") as other:
        one.add_all(RESULTS, versions=NOW)
        taken = claims(other, [sighting(result) for result in RESULTS], NOW)
        waiting = [(taken[name_of(RESULTS[n])], prepare(RESULTS[n])) for n in order]
        for size in sizes:
            group, waiting = waiting[:size], waiting[size:]
            assert other.finish_all(group, versions=NOW) == [True] * len(group)
        assert one.dump() == other.dump()


def test_equal_bytes_in_one_group_are_written_once() -> None:
    with Register("sqlite://") as register:
        claim = claims(register, [sighting(RESULTS[0])], NOW)["a.pdf"]
        told = register.finish_all([(claim, prepare(RESULTS[0]))] * 2, versions=NOW)
        assert sorted(told) == [False, True]
        assert register.stats().documents == 1


def test_a_group_that_one_cannot_be_written_of_leaves_nothing() -> None:
    huge = RESULTS[2].model_copy(
        update={
            "record": RESULTS[2].record.model_copy(
                update={"document": RESULTS[2].record.document.model_copy(update={"pages": 2**70})}
            )
        }
    )
    with closing(Register("sqlite://")) as register:
        taken = claims(register, [sighting(result) for result in RESULTS], NOW)
        before = register.dump()
        read = [(taken[name_of(r)], prepare(huge if r is RESULTS[2] else r)) for r in RESULTS]
        with pytest.raises(OverflowError):
            register.finish_all(read, versions=NOW)
        assert register.dump() == before
        # each is still in hand
        assert register.finish_all(read[:2], versions=NOW) == [True, True]
