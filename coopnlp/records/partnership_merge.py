"""Partnerships told several times are one: same parties by identifier or name."""

from __future__ import annotations

from collections.abc import Sequence

from coopnlp.records.parties import same_name
from coopnlp.text import fold
from coopnlp.types import Partnership, Party

__all__ = ["is_state_party", "merge_partnerships"]


def _overlap(one: Partnership, other: Partnership) -> bool:
    """Tell whether two partnerships are the same: the parties of one are among the other's."""
    small, large = sorted((one.parties, other.parties), key=len)
    return all(any(same_name(p, q) for q in large) for p in small)


_RANK: dict[str, int] = {
    "jumelage": 5,
    "cooperation_decentralisee": 4,
    "entente": 3,
    "convention": 3,
    "projet": 2,
    "autre": 1,
}


def is_state_party(one: Party) -> bool:
    """Tell whether a party is a state, or Québec, by its identifier or its bare name."""
    return one.kb_id.startswith("iso3166:") or fold(one.text) in ("france", "quebec", "canada")


def merge_partnerships(found: Sequence[Partnership]) -> tuple[Partnership, ...]:
    """Return the partnerships once each: same parties, the most telling kind, all evidence.

    The year is that of the first that has one. What only binds states (France and
    Québec) is no partnership of local authorities and stays an agreement.
    """
    merged: list[Partnership] = []
    for item in found:
        if len(item.parties) < 2 or all(is_state_party(p) for p in item.parties):
            continue
        for i, known in enumerate(merged):
            if _overlap(known, item):
                large = known if len(known.parties) >= len(item.parties) else item
                merged[i] = known.model_copy(
                    update={
                        "parties": _with_ids(large.parties, known.parties, item.parties),
                        "kind": known.kind if _RANK[known.kind] >= _RANK[item.kind] else item.kind,
                        "start": known.start or item.start,
                        "end": known.end or item.end,
                        "status": known.status or item.status,
                        "evidence": tuple(sorted({*known.evidence, *item.evidence})),
                    }
                )
                break
        else:
            merged.append(item)
    return tuple(merged)


def _with_ids(parties: tuple[Party, ...], *others: tuple[Party, ...]) -> tuple[Party, ...]:
    pool = [p for group in others for p in group if p.kb_id]
    return tuple(p if p.kb_id else next((q for q in pool if same_name(p, q)), p) for p in parties)
