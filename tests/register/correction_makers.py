"""Sources read anew: the same bytes, other text and other records."""

from __future__ import annotations

from typing import Any

from register_makers import extraction, full

from coopnlp.register import Register, Versions
from coopnlp.register.corrections import Corrections, Thing
from coopnlp.types import Record, Result

VERSION = {"at": 0}


def read_again(register: Register, result: Result) -> None:
    """Land a result with versions that nothing was read with before."""
    VERSION["at"] += 1
    assert register.add(result, versions=Versions(library=f"0.9.{VERSION['at']}"))


def with_record(result: Result, **values: Any) -> Result:
    """The same source of which other things are read."""
    return result.model_copy(update={"record": result.record.model_copy(update=values)})


def with_text(result: Result, change: list[tuple[str, str]], *, before: str = "") -> Result:
    """The same bytes, of which another text is extracted: passages replaced, something put before; offsets moved.

    What a replaced passage cuts is not read any more.
    """
    text, moves = result.extraction.text, []
    for old, new in change:
        at = text.index(old)
        moves.append((at, at + len(old), new))
    moves.sort()
    pieces, last = [before], 0
    for start, end, new in moves:
        pieces += [text[last:start], new]
        last = end
    changed = "".join([*pieces, text[last:]])

    def moved(offset: int) -> int:
        shift = len(before)
        for start, end, new in moves:
            if offset >= end:
                shift += len(new) - (end - start)
            elif offset > start:
                return start + shift + min(offset - start, len(new))
        return offset + shift

    def spans(evidence: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        return tuple((moved(start), moved(end)) for start, end in evidence)

    read = extraction(changed, name=result.extraction.source.name)
    read = read.model_copy(
        update={
            "source": result.extraction.source,
            "page_starts": tuple(moved(at) if at else 0 for at in result.extraction.page_starts),
        }
    )
    told: dict[str, Any] = {
        "entities": tuple(
            e.model_copy(
                update={"start": moved(e.start), "end": moved(e.end), "text": changed[moved(e.start) : moved(e.end)]}
            )
            for e in result.record.entities
        )
    }
    for name in ("partnerships", "fundings", "agreements", "projects"):
        told[name] = tuple(v.model_copy(update={"evidence": spans(v.evidence)}) for v in getattr(result.record, name))
    return Result(extraction=read, record=result.record.model_copy(update=told))


def content(register: Register) -> dict[str, Any]:
    """All that the register says of documents: what is corrected, without how it came about."""
    dumped = register.dump()
    return {name: rows for name, rows in dumped.items() if name not in ("source", "correction", "migration")}


def only(register: Register) -> Record:
    (record,) = register.records()
    return record


def thing(result: Result, type_: str, n: int | None = 0) -> Thing:
    """A record by its type, an entity by its label, a theme, or the document."""
    target = type_ if type_ in ("theme", "document") else "entity" if type_.isupper() else "record"
    told = None if type_ in ("theme", "document") else type_
    return Thing.model_validate(
        {
            "target": target,
            "sha256": result.extraction.source.sha256,
            "type": told,
            "n": None if target == "document" else n,
        }
    )


def opened(url: str) -> tuple[Register, Corrections, Result]:
    """A register with one document, and what can correct it."""
    register, result = Register(url), full()
    register.add(result)
    return register, Corrections(register), result
