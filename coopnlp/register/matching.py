"""Which thing of a document, read anew, is the one that a correction speaks of.

By its place first: the words that it was read from are looked for in the text
as it is now, and what was read there, of the same type and telling nothing that
speaks against it, is the thing. Else by its names, title and sums, which then must be
the same. A rejection asks for more than an edit: what stands in the place of a
rejected record and tells of somebody else was not rejected.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from coopnlp.register.corrected import Corrected
from coopnlp.register.desk import Desk, Found, key_of
from coopnlp.register.likeness import alike, is_same, likeness, marks_of
from coopnlp.register.schema import ID_BITS
from coopnlp.types import Agreement, Entity, Funding, Partnership, Project, ThemeAssignment

__all__ = ["evidence_of", "find_record", "find_thing", "moved"]

Spans = list[tuple[int, int]]


def find_record(connection: sa.Connection, document_id: int, type: str, anchor: Mapping[str, Any]) -> int | None:
    """Return the id of the record of a document that an anchor speaks of, None where there is none.

    Parameters
    ----------
    type
        partnership, funding, agreement or project.
    anchor
        As :mod:`coopnlp.register.anchors` makes it, with the marks of
        :mod:`coopnlp.register.likeness`: ``spans``, ``quote``, ``quotes``,
        ``around``, ``names``, ``title``, ``values``; what is absent says nothing.
        ``rows`` of a correction that is applied names the record at once.
    """
    desk = Desk(connection, document_id)
    if "rows" in anchor:  # of a correction of the record itself: kept as it is read anew
        known = anchor["rows"].get("after", {}).get("record")
        return next((_id(desk, each) for each in desk.records(type) if each.layout["record"] == known), None)
    spans = sorted(tuple(span) for span in anchor.get("spans", ()))
    there = [each for each in desk.records(type) if spans and sorted(evidence_of(each.value)) == spans]
    same = [each for each in there if marks_of(each.value).get("names") == anchor.get("names")]
    if len(same) == 1:
        return _id(desk, same[0])
    for exactly in (True, False):
        found = find_thing(desk, "record", type, anchor, None, (), (), exactly=exactly)
        if found is not None:
            return _id(desk, found)
    # its names were corrected since
    return _id(desk, there[0]) if len(there) == 1 else None


def _id(desk: Desk, found: Found) -> int:
    return desk.document_id << ID_BITS | found.layout["record"][0]


def find_thing(
    desk: Desk,
    target: str,
    type_: str | None,
    anchor: Mapping[str, Any],
    before: Corrected | None,
    others: Sequence[Corrected],
    claimed: Collection[tuple[str, int]],
    *,
    exactly: bool,
    action: str = "edit",
    added: bool = False,
) -> Found | None:
    """Return the thing that a correction speaks of.

    Parameters
    ----------
    before
        What it was; the anchor alone says so where that is absent.
    others
        What it may be read as as well, since a person said so.
    claimed
        Keys of things that other corrections speak of.
    exactly
        Only one that is read as it was.
    added
        A person added it: nothing that stood beside it then is taken for it.
    """
    if target == "document":
        return desk.info()
    free = [found for found in desk.all(target, type_) if key_of(target, found.layout) not in claimed]
    if target == "theme":
        return _theme(free, anchor, before, others, exactly=exactly, action=action)
    if target == "entity":
        return _entity(desk, free, type_, anchor, others, exactly=exactly, action=action)
    return _record(desk, free, type_ or "", anchor, before, others, exactly=exactly, action=action, added=added)


def evidence_of(value: Corrected) -> Spans:
    """Return where in the text a thing stands."""
    if isinstance(value, Entity):
        return [(value.start, value.end)]
    return list(value.evidence) if isinstance(value, Partnership | Funding | Agreement | Project) else []


def moved(desk: Desk, value: Corrected, anchor: Mapping[str, Any], read: Corrected | None) -> Corrected | None:
    """Return a value that a person left, with its offsets where the anchor's words stand now.

    Where none of them is found, they are those of ``read``, what the library reads
    of the thing; None where that is absent too.
    """
    if isinstance(value, Entity):
        (span,) = desk.text.find(anchor) or [None]
        if span is None and isinstance(read, Entity):
            span = read.start, read.end
        if span is None:
            return None
        told = {"start": span[0], "end": span[1], "text": desk.text.text[slice(*span)], "page": desk.page_at(span[0])}
        return value.model_copy(update=told)
    if not isinstance(value, Partnership | Funding | Agreement | Project) or not value.evidence:
        return value
    spans = tuple(span for span in desk.text.find(anchor) if span is not None)
    if not spans and read is None:
        return None
    return value.model_copy(update={"evidence": spans or tuple(evidence_of(read) if read else ())})


def _overlap(spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> int:
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in spans for b in others)


def _number(found: Found, anchor: Mapping[str, Any], name: str) -> bool:
    """Return whether a thing has the number that it had: what tells equal ones apart."""
    known = ((anchor.get("rows") or {}).get("before") or (anchor.get("rows") or {}).get("after") or {}).get(name)
    return found.layout.get(name) == ([anchor["n"]] if known is None and "n" in anchor else known)


def _record(
    desk: Desk,
    free: Sequence[Found],
    type_: str,
    anchor: Mapping[str, Any],
    before: Corrected | None,
    others: Sequence[Corrected],
    *,
    exactly: bool,
    action: str,
    added: bool,
) -> Found | None:
    if not free:
        return None
    spans = [span for span in desk.text.find(anchor) if span is not None]
    told = [anchor, *map(marks_of, others)]
    same_place = {id(found): _overlap(spans, evidence_of(found.value)) for found in free}

    def score(found: Found) -> tuple[float, int, bool]:
        marks = marks_of(found.value)
        return max(likeness(each, marks) for each in told), same_place[id(found)], _number(found, anchor, type_)

    beside = anchor.get("beside") or ()

    def is_other(found: Found) -> bool:
        """Whether it is as much like one that stood beside the thing."""
        marks = marks_of(found.value)
        return max((likeness(each, marks) for each in beside), default=-1.0) >= max(
            likeness(each, marks) for each in told
        )

    if exactly:
        chosen = [
            found for found in free
            if (_bare(found.value) == _bare(before) if before else marks_of(found.value) == _marks_in(anchor))
            and (same_place[id(found)] or not spans) and not (added and is_other(found))
        ]  # fmt: skip
        return max(chosen, key=score, default=None)
    free = [found for found in free if not is_other(found)]
    there = [found for found in free if same_place[id(found)]]
    like = [found for found in there if any(alike(type_, each, marks_of(found.value)) for each in told)]
    if not like and action != "reject" and not added and len(there) == 1 and anchor.get("alone"):
        like = there
    if not like:
        like = [found for found in free if any(is_same(type_, each, marks_of(found.value)) for each in told)]
    return max(like, key=score, default=None)


def _bare(value: Corrected) -> Corrected:
    return value.model_copy(update={"evidence": ()})


def _marks_in(anchor: Mapping[str, Any]) -> dict[str, Any]:
    return {name: anchor[name] for name in ("names", "kb_ids", "title", "kind", "values") if name in anchor}


def _entity(
    desk: Desk,
    free: Sequence[Found],
    label: str | None,
    anchor: Mapping[str, Any],
    others: Sequence[Corrected],
    *,
    exactly: bool,
    action: str,
) -> Found | None:
    spans = [span for span in desk.text.find(anchor) if span is not None]
    labels = {label, *(value.label for value in others if isinstance(value, Entity))}
    chosen = []
    for found in free:
        assert isinstance(found.value, Entity)
        here = [(found.value.start, found.value.end)]
        known = found.value.label in labels
        fits = here == spans and known if exactly else _overlap(spans, here) > 0 and (known or action != "reject")
        if fits:
            chosen.append((found.value.label == label, known, _overlap(spans, here), found))
    return max(chosen, key=lambda each: each[:3], default=(None,))[-1]


def _theme(
    free: Sequence[Found],
    anchor: Mapping[str, Any],
    before: Corrected | None,
    others: Sequence[Corrected],
    *,
    exactly: bool,
    action: str,
) -> Found | None:
    """Return the theme of the document of this path, or, where there was one alone and is one alone, that one."""
    of_document = [found for found in free if "record" not in found.layout]
    if not exactly:
        alone = len(of_document) == 1 and anchor.get("alone") and action not in ("reject", "add")
        return of_document[0] if alone else None
    for value in ([] if before is None else [before], others):
        paths = [each.path for each in value if isinstance(each, ThemeAssignment)]
        for found in of_document:
            if isinstance(found.value, ThemeAssignment) and found.value.path in paths:
                return found
    return None
