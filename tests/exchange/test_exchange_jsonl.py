"""Register → JSON Lines → register changes nothing; bad lines are told and the others go in."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from exchange_makers import Writer, bamako, euros, levis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coopnlp.catalogue.values import ItemFilters
from coopnlp.errors import ExchangeError
from coopnlp.exchange import Options, export, import_jsonl
from coopnlp.register import Register, Sighting, Versions, schema
from coopnlp.register.corrections import Corrections
from coopnlp.types import Failure, Party, Result, Source

WHOLE = Options(with_text=True)


def written(register: Register, tmp_path: Path) -> Path:
    (path,) = export(register, tmp_path / "register.jsonl", format="jsonl", options=WHOLE)
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def fill(register: Register) -> None:
    """Put in it whatever a register can hold."""
    register.add_all([bamako(), levis()], versions=Versions(library="0.1", model="coop_fr 1"))
    other = bamako()
    source = other.extraction.source.model_copy(update={"name": "copie.txt", "path": "/fonds/copie.txt"})
    again = other.extraction.model_copy(update={"source": source})
    register.add(Result(extraction=again, record=other.record), versions=Versions(library="0.1", model="coop_fr 1"))
    failure = Failure(source="scan.pdf", error="NoText", message="scan.pdf : images seules.", trace="ab12")
    register.add_failure(
        failure, Source(name="scan.pdf", sha256="e" * 64, media_type="", size=9, path="/fonds/scan.pdf")
    )
    register.add_failure(Failure(source="absent.pdf", error="UnreadableFile", message="absent"))
    register.enrol([Sighting(address="https://example.org/a", name="a", url="https://example.org/a")])
    register.enrol(
        [Sighting(address="/fonds/neuf.txt", name="neuf.txt", path="/fonds/neuf.txt", sha256="f" * 64, size=3)]
    )
    with register._database.writing() as connection:
        gone = sa.update(schema.location).where(schema.location.c.name == "copie.txt")
        connection.execute(gone.values(state="gone"))


def test_a_round_trip_changes_nothing(new_register: Callable[[], str], tmp_path: Path) -> None:
    with Register(new_register()) as register, Register(new_register()) as copied:
        fill(register)
        path = written(register, tmp_path)
        done = import_jsonl(copied, [path])
        assert (done.errors, done.known) == ([], 0)
        assert copied.dump() == register.dump()
        assert written(copied, tmp_path / "again").read_bytes() == path.read_bytes()
        assert import_jsonl(copied, [path]).errors == []
        assert copied.dump() == register.dump()


def test_a_round_trip_of_real_documents_changes_nothing(examples: Register, tmp_path: Path) -> None:
    path = written(examples, tmp_path)
    assert not any("rows" in line for line in lines(path))
    with Register("sqlite://") as copied:
        assert import_jsonl(copied, [path]).written == 9
        assert copied.dump() == examples.dump()
        assert copied.search("forages") != []


def test_what_a_person_changed_comes_back_as_it_is(new_register: Callable[[], str], tmp_path: Path) -> None:
    with Register(new_register()) as register, Register(new_register()) as copied:
        register.add(bamako())
        with register._database.writing() as connection:
            record = schema.record
            first = connection.execute(
                sa.select(record.c.id).where(record.c.type == "funding", record.c.n == 1)
            ).scalar_one()
            connection.execute(sa.delete(record).where(record.c.id == first))
            change = sa.update(schema.entity).where(schema.entity.c.text == "9000")
            connection.execute(change.values(value="9500"))
            told = {
                "sha256": "0" * 64, "target": "record", "type": "funding", "anchor": "{}", "action": "reject",
                "author": "léa", "made_at": "2026-01-01T00:00:00+00:00", "state": "applied",
            }  # fmt: skip
            connection.execute(sa.insert(schema.correction), told)
        path = written(register, tmp_path)
        assert "rows" in lines(path)[0]
        assert import_jsonl(copied, [path]).errors == []
        assert copied.dump() == register.dump()
        assert import_jsonl(copied, [path]).written == 0


def test_a_long_block_behind_a_short_one_is_cut_where_it_was(tmp_path: Path) -> None:
    made = Writer("long.txt")
    made.say("Titre")
    made.say("mot " * 980 + "x" * 90 + " fin " * 300)
    result = made.result(pages=())
    blocks = [
        b.model_copy(update={"start": s, "end": e})
        for b, s, e in zip(result.extraction.blocks * 2, (0, 7), (5, len(made.text)), strict=True)
    ]
    result = result.model_copy(update={"extraction": result.extraction.model_copy(update={"blocks": tuple(blocks)})})
    with Register("sqlite://") as register, Register("sqlite://") as copied:
        register.add(result)
        import_jsonl(copied, [written(register, tmp_path)])
        assert copied.dump() == register.dump()


def test_a_record_with_text_needs_nothing_else(tmp_path: Path) -> None:
    result = bamako()
    path = tmp_path / "one.jsonl"
    path.write_text(json.dumps({**result.record.to_json(), "text": result.extraction.text}), encoding="utf-8-sig")
    with Register("sqlite://") as register:
        assert import_jsonl(register, [path]).written == 1
        assert next(register.records()) == result.record
        assert register.show("bamako").text == result.extraction.text


def test_records_alone_are_those_of_the_contract(examples: Register, read: list[Result], tmp_path: Path) -> None:
    (path,) = export(examples, tmp_path, format="jsonl")
    assert path.name == "records.jsonl"
    assert lines(path) == [result.record.to_json() for result in read]


def test_filters_leave_the_documents_that_tell_of_such_an_item(made: Register, tmp_path: Path) -> None:
    target = tmp_path / "part.jsonl"
    export(made, target, format="jsonl", filters=ItemFilters(country=("CA",)), options=WHOLE)
    assert [line["source"]["name"] for line in lines(target)] == ["=cmd.txt"]


BAD: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("no object", lambda line: [1], "not a JSON object"),
    ("no text", lambda line: {k: v for k, v in line.items() if k != "text"}, "has no text"),
    ("span outside", lambda line: {**line, "text": "court"}, "lies outside the text"),
    ("text a number", lambda line: {**line, "text": 3}, "text is no string"),
    ("unknown key", lambda line: {**line, "autre": 1}, "autre"),
    ("digest", lambda line: {**line, "source": {**line["source"], "sha256": "xyz"}}, "no SHA-256"),
    ("page", lambda line: {**line, "passages": [[0, 1], [5, 3]]}, "passage 2"),
    ("passage", lambda line: {**line, "passages": [[4, None]]}, "passage 1"),
    ("state", lambda line: {**line, "places": [{**line["places"][0], "state": "lost"}]}, "lost"),
    ("table", lambda line: {**line, "rows": {"account": []}}, "account"),
    ("columns", lambda line: {**line, "rows": {"notice": [{"id": 1}]}}, "a row of notice"),
    ("range", lambda line: {**line, "rows": {"notice": [{"id": 1 << 20, "kind": "a", "message": "b", "page": None}]}}, "out of range"),
    ("type", lambda line: {**line, "rows": {"notice": [{"id": 1, "kind": 2, "message": "b", "page": None}]}}, "is no str"),
    ("foreign", lambda line: {**line, "rows": {"partnership": [{"id": 77, "kind": "a", "start": None, "end": None, "status": None}]}}, "do not fit together"),
    ("correction", lambda line: {"correction": {"sha256": "a"}}, "a correction needs"),
    ("number", lambda line: {**line, "source": {**line["source"], "size": 1 << 70}}, "digits"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "said"), [(case[1], case[2]) for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_line_is_named_and_the_others_go_in(
    bad: Callable[[dict[str, Any]], Any], said: str, made: Register, tmp_path: Path
) -> None:
    good = lines(written(made, tmp_path))
    spoilt = bad(copy.deepcopy(good[0]))
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in (good[1], spoilt, good[0])) + "\n\n", encoding="utf-8")
    with Register("sqlite://") as register:
        done = import_jsonl(register, [path])
        assert done.written == 2
        (error,) = done.errors
        assert str(error).startswith(f"{path}, line 2: ")
        assert said in str(error)
        assert len(list(register.records())) == 2


@pytest.mark.parametrize("raw", [b"{", b"\xff\xfe", b'{"text": NaN}', b"[" * 100_000, b'"\\ud800"', b"12"])
def test_what_is_no_json_is_named(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(raw + b"\n")
    with Register("sqlite://") as register:
        (error,) = import_jsonl(register, [path]).errors
    assert "line 1" in str(error)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with (
        Register("sqlite://") as register,
        pytest.raises(ExchangeError, match=r"absent\.jsonl: the file cannot be read"),
    ):
        import_jsonl(register, [tmp_path / "absent.jsonl"])


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        return found + [path for key, item in value.items() for path in _paths(item, (*at, key))]
    if isinstance(value, list):
        return found + [path for key, item in enumerate(value) for path in _paths(item, (*at, key))]
    return found


_BASE = json.loads(json.dumps({**levis().record.to_json(), "text": levis().extraction.text, "passages": [[0, None]]}))
_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(_paths(_BASE)), junk=_JUNK)
def test_any_line_is_written_or_named(path: tuple[Any, ...], junk: Any, tmp_path: Path) -> None:
    line = copy.deepcopy(_BASE)
    holder = line
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = junk
    file = tmp_path / "line.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    with Register("sqlite://") as register:
        done = import_jsonl(register, [file])
        assert done.written + len(done.errors) == 1
        assert register.dump() is not None


def test_sums_and_parties_without_identifier_keep_what_they_are(tmp_path: Path) -> None:
    made = Writer("a.txt")
    made.funding(Party(text=""), euros("0.10", None), purpose="")
    with Register("sqlite://") as register, Register("sqlite://") as copied:
        register.add(made.result())
        import_jsonl(copied, [written(register, tmp_path)])
        assert copied.dump() == register.dump()


def test_corrections_come_back_with_what_they_changed(new_register: Callable[[], str], tmp_path: Path) -> None:
    result = bamako()
    digest = result.extraction.source.sha256
    with Register(new_register()) as register, Register(new_register()) as copied:
        register.add(result)
        desk = Corrections(register)
        things = [held for held in desk.things(digest, "record") if held.thing.type == "funding"]
        desk.reject(things[1].thing, author="léa", note="lu deux fois")
        desk.edit(things[2].thing, result.record.fundings[2].model_copy(update={"purpose": "forages"}), author="léa")
        desk.confirm(things[3].thing, author="paul")
        path = written(register, tmp_path)
        assert import_jsonl(copied, [path]).errors == []
        assert copied.dump() == register.dump()
        assert len(Corrections(copied).history()) == 3
        assert import_jsonl(copied, [path]).written == 0
        # the numbers of the records are those of their addresses: the second is gone, the others keep theirs
        assert [line.n for line in copied.lines("funding")] == [line.n for line in register.lines("funding")]
