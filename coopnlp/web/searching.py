"""A search counted as a whole: which items and which passages of text it found, so that facets can narrow both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from coopnlp.register import schema
from coopnlp.register.query import read_query
from coopnlp.register.search import hits, matches
from coopnlp.register.values import Hit
from coopnlp.web.index import Index, Mask, Rows
from coopnlp.web.site import Site

__all__ = ["Found", "find", "segments", "shown_hits", "texts"]

_PER_DOCUMENT = 3


class Found(NamedTuple):
    """All that a search found.

    ``items`` are rows of the index, the best first, with the passage of each that
    matches best; ``texts`` ids of passages of text, the best first. Where it is not
    ``ranked``, there are too many to tell which are best: the latest come first.
    """

    items: NDArray[np.int32]
    item_passages: Rows
    item_scores: NDArray[np.float32]
    texts: Rows
    text_scores: NDArray[np.float32]
    mask: Mask
    ranked: bool

    @property
    def text_documents(self) -> Rows:
        """The documents whose text matches, each once, in order."""
        return np.unique(self.texts >> schema.ID_BITS)


def find(connection: sa.Connection, site: Site, index: Index, typed: str) -> Found:
    """Search, or remember what was found."""
    return site.kept.once(("search", index.stamp, typed), lambda: _find(connection, index, typed))


def _find(connection: sa.Connection, index: Index, typed: str) -> Found:
    ids, told = matches(connection, read_query(typed))
    ranked = told is not None
    scores = (np.zeros(len(ids)) if told is None else told).astype(np.float32)
    order = np.lexsort((ids, -scores)) if ranked else np.argsort(ids)[::-1]
    ids, scores = ids[order], scores[order]
    passages, places = index.passages
    at = np.searchsorted(passages, ids)
    at[at == len(passages)] = 0
    held = passages[at] == ids if len(passages) else np.zeros(len(ids), dtype=bool)
    # of the passages of an item, the best: they are in order, and unique keeps the first
    items, first = np.unique(places[at[held]], return_index=True) if held.any() else (np.zeros(0, np.int32),) * 2
    best = np.sort(first) if ranked else first[_latest(index, items)]
    mask = np.zeros(index.size, dtype=bool)
    mask[items] = True
    return Found(
        items=places[at[held]][best] if held.any() else np.zeros(0, np.int32),
        item_passages=ids[held][best],
        item_scores=scores[held][best],
        texts=ids[~held],
        text_scores=scores[~held],
        mask=mask,
        ranked=ranked,
    )


def _latest(index: Index, items: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return the order of rows of the index in which the latest come first, ties by title."""
    by_title = np.empty(index.size, dtype=np.int32)
    by_title[index.title_order] = np.arange(index.size, dtype=np.int32)
    return np.lexsort((by_title[items], -index.years[items]))


def texts(found: Found, documents: Rows | None) -> NDArray[np.int64]:
    """Return the places in ``found.texts`` that are listed: few of one document, in some documents only."""
    owners = found.texts >> schema.ID_BITS
    kept = np.arange(len(owners)) if documents is None else np.flatnonzero(np.isin(owners, documents))
    order = np.argsort(owners[kept], kind="stable")
    sorted_owners = owners[kept][order]
    begins = np.flatnonzero(np.r_[True, sorted_owners[1:] != sorted_owners[:-1]]) if len(order) else np.zeros(0, int)
    rank = np.arange(len(order)) - np.repeat(begins, np.diff(np.r_[begins, len(order)]))
    return np.sort(kept[order[rank < _PER_DOCUMENT]])


def shown_hits(connection: sa.Connection, typed: str, ids: Sequence[int], scores: Sequence[float]) -> dict[int, Hit]:
    """Return what is shown of some passages, by their ids."""
    pairs = zip(ids, scores, strict=True)
    return hits(connection, read_query(typed), {int(key): float(score) for key, score in pairs}) if ids else {}


def segments(hit: Hit) -> list[tuple[str, bool]]:
    """Return the snippet in pieces, each with whether the search asked for it."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in hit.matches:
        pieces += [(hit.snippet[at:start], False)] if start > at else []
        pieces.append((hit.snippet[start:end], True))
        at = end
    return [*pieces, (hit.snippet[at:], False)] if at < len(hit.snippet) else pieces
