"""Full-text search: items whose own words match, and passages of the documents."""

from __future__ import annotations

from typing import Any

import numpy as np
import sqlalchemy as sa

from coopnlp.catalogue.read import item_lines
from coopnlp.register.search import RANKED
from coopnlp.web.facets import ORDERS, PAGE_SIZE, Choice, facets, ordered, read_choice
from coopnlp.web.index import Index
from coopnlp.web.labels import facet_labels
from coopnlp.web.pages.lists import listed
from coopnlp.web.paging import pager
from coopnlp.web.searching import Found, find, segments, shown_hits, texts
from coopnlp.web.site import Site
from coopnlp.web.view import BadRequest, NotFound, Page, page

__all__ = ["ROUTES"]

_PATH = "/recherche"
_WITHIN = ("", "fiches", "textes")


@page
async def search(page: Page) -> Any:
    """Show what a search found, narrowed by facets."""
    choice = read_choice(page.request.args)
    if choice.within not in _WITHIN:
        raise BadRequest("On cherche dans les fiches ou dans les textes.")
    if choice.is_set and not choice.query:
        context = await listed(page, page.site.index, choice, _PATH, None)
        return await page.html("recherche.html", {**context, "dans": "fiches"})
    return await page.html("recherche.html", await page.site.read(_search, page.site, page.site.index, choice))


def _search(connection: sa.Connection, site: Site, index: Index, choice: Choice) -> dict[str, Any]:
    if not choice.query:
        return {"choix": choice, "chemin": _PATH, "vide": True}
    found = find(connection, site, index, choice.query)
    mask = choice.mask(index) & found.mask
    items = int(mask.sum())
    wanted = index.documents_of(choice.mask(index)) if choice.is_set else None
    places = texts(found, wanted)
    within = choice.within or ("fiches" if items or not len(places) else "textes")
    choice = choice._replace(within=choice.within)
    total = items if within == "fiches" else len(places)
    first = (choice.page - 1) * PAGE_SIZE
    if choice.page > 1 and first >= total:
        raise NotFound("La liste n’a pas autant de pages.")
    chosen = choice._replace(within=within)
    labels = facet_labels(index)
    base = found.mask if within == "fiches" else index.in_documents(found.text_documents)
    context = {
        "choix": chosen,
        "chemin": _PATH,
        "total": total,
        "nombre_fiches": items,
        "nombre_textes": len(places),
        "facettes": facets(index, chosen, _PATH, base, labels),
        "pages": pager(chosen.page, chosen.linker(_PATH), total, PAGE_SIZE),
        "ordres": {} if within == "textes" else {"": "Pertinence", **ORDERS} if found.ranked else ORDERS,
        "frequent": not found.ranked,
        "limite": RANKED,
        "libelles": labels,
        "dans": within,
        "onglets": [(name, choice.link(_PATH, within=name)) for name in _WITHIN[1:]],
    }
    shown = _items(connection, index, chosen, found, first) if within == "fiches" else {}
    return {
        **context,
        **(shown or {"extraits": _texts(connection, choice.query, found, places[first : first + PAGE_SIZE])}),
    }


def _items(connection: sa.Connection, index: Index, choice: Choice, found: Found, first: int) -> dict[str, Any]:
    """Return the items of a page, each with the words of its that match."""
    mask = choice.mask(index)
    kept = np.flatnonzero(mask[found.items])
    if choice.order:
        place = np.zeros(index.size, dtype=np.int64)
        place[found.items] = np.arange(len(found.items))
        kept = place[ordered(index, mask & found.mask, choice.order)]
    kept = kept[first : first + PAGE_SIZE]
    ids = [int(index.ids[found.items[n]]) for n in kept]
    passages = [int(found.item_passages[n]) for n in kept]
    told = shown_hits(connection, choice.query, passages, [float(found.item_scores[n]) for n in kept])
    snippets = {key: segments(told[passage]) for key, passage in zip(ids, passages, strict=True) if passage in told}
    return {"fiches": item_lines(connection, ids), "mots": snippets}


def _texts(connection: sa.Connection, typed: str, found: Found, places: Any) -> list[dict[str, Any]]:
    ids = [int(found.texts[n]) for n in places]
    told = shown_hits(connection, typed, ids, [float(found.text_scores[n]) for n in places])
    return [{"trouve": told[key], "morceaux": segments(told[key])} for key in ids if key in told]


ROUTES = [(r"/recherche$", search)]
