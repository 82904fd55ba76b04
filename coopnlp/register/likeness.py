"""Whether two records tell of the same thing: names, titles and sums that they have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coopnlp.register.corrected import Corrected
from coopnlp.text import fold
from coopnlp.types import Agreement, Amount, DocumentInfo, Entity, Funding, Partnership, Project, ThemeAssignment

__all__ = ["alike", "is_same", "likeness", "marks_of"]

# Words that stand in names of all kinds.
_GRAMMAR = frozenset(("a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "pour", "sur"))
# Share of the words of the shorter title that stand in the other.
_SAME_TITLE = 0.5

Marks = Mapping[str, Any]


def marks_of(value: Corrected) -> dict[str, Any]:
    """Return what a thing is known by, as an anchor keeps it: ``names``, ``kb_ids``, ``title``, ``kind``, ``values``.

    A theme has the names of its path, an entity its words.
    """
    if isinstance(value, ThemeAssignment):
        return {"names": list(value.path)}
    if isinstance(value, Entity):
        return {"names": [value.text], "kb_ids": [value.kb_id] if value.kb_id else []}
    if isinstance(value, DocumentInfo):
        return {"names": [value.title] if value.title else []}
    parties = (value.funder,) if isinstance(value, Funding) else value.parties
    found: dict[str, Any] = {
        "names": [party.text for party in parties],
        "kb_ids": [party.kb_id for party in parties],
        "title": value.title if isinstance(value, Agreement | Project) else None,
        "kind": value.kind if isinstance(value, Partnership | Agreement) else None,
        "values": [_sum(amount) for amount in value.amounts] if isinstance(value, Funding) else None,
    }
    if isinstance(value, Funding):
        found["title"] = value.purpose
    return {name: told for name, told in found.items() if told is not None}


def _sum(amount: Amount) -> str:
    numbers = [format(n.normalize(), "f") for n in (amount.value, amount.min, amount.max) if n is not None]
    return f"{'-'.join(numbers)} {amount.currency or ''}".strip()


def alike(type_: str, one: Marks, other: Marks) -> bool:
    """Return whether the marks of two records of a type may be those of the same thing.

    A partnership has two parties in common, a funding its funder and no other
    sums, an agreement and a project half of the shorter title.
    """
    if type_ == "partnership":
        names = _names(one), _names(other)
        return _in_common(*names) >= min(2, *map(len, names)) > 0
    if type_ == "funding":
        mine, others = set(one.get("values") or ()), set(other.get("values") or ())
        return _in_common(_names(one), _names(other)) > 0 and (not mine or not others or bool(mine & others))
    if one.get("title") and other.get("title"):
        return _title(one, other) >= _SAME_TITLE
    return _in_common(_names(one), _names(other)) > 0


def is_same(type_: str, one: Marks, other: Marks) -> bool:
    """Return whether marks are those of the same thing wherever it is told of: all names, and title or sums."""
    names = _names(one), _names(other)
    if not _in_common(*names) == len(names[0]) == len(names[1]) or not alike(type_, one, other):
        return False
    sums = set(one.get("values") or ()), set(other.get("values") or ())
    titles = one.get("title"), other.get("title")
    if type_ == "partnership":
        return bool(names[0]) and one.get("kind") == other.get("kind")
    if type_ == "funding" and (sums[0] != sums[1] or not sums[0]):
        return sums[0] == sums[1] and fold(titles[0] or "") == fold(titles[1] or "")
    return not all(titles) or _title(one, other) >= _SAME_TITLE


def likeness(one: Marks, other: Marks) -> float:
    """Return how much two records have in common, 0 to 5, for choosing among those that may be the same."""
    names = _names(one), _names(other)
    score = _in_common(*names) / max(1, *map(len, names)) + _title(one, other)
    mine, others = set(one.get("values") or ()), set(other.get("values") or ())
    score += len(mine & others) / max(1, len(mine | others))
    score += one.get("kind") == other.get("kind")
    return score + ([n for n, _ in names[0]] == [n for n, _ in names[1]])


def _names(marks: Marks) -> list[tuple[frozenset[str], str]]:
    names = list(marks.get("names") or ())
    ids = [*(marks.get("kb_ids") or ()), *[""] * len(names)]
    return [(_words(name), kb_id) for name, kb_id in zip(names, ids, strict=False)]


def _words(name: str) -> frozenset[str]:
    words = frozenset(fold(name).split())
    return words - _GRAMMAR or words


def _in_common(names: Sequence[tuple[frozenset[str], str]], others: Sequence[tuple[frozenset[str], str]]) -> int:
    """Count the names that both have: by identifier, or all words of the one are in the other."""
    left = list(others)
    count = 0
    for name in names:
        at = next((i for i, known in enumerate(left) if _share(name, known)), None)
        if at is not None:
            del left[at]
            count += 1
    return count


def _share(one: tuple[frozenset[str], str], other: tuple[frozenset[str], str]) -> bool:
    (words, kb_id), (others, known) = one, other
    return bool(kb_id and kb_id == known) or bool(words and others and (words <= others or others <= words))


def _title(one: Marks, other: Marks) -> float:
    words, others = _words(one.get("title") or ""), _words(other.get("title") or "")
    return len(words & others) / min(len(words), len(others)) if words and others else 0.0
