"""Lists of items: accords, projets, partenariats, financements, and the items of a theme."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from coopnlp.catalogue.read import item_lines
from coopnlp.catalogue.values import ItemLine
from coopnlp.web.addresses import PLURALS, slug, theme_of_slug
from coopnlp.web.facets import ORDERS, PAGE_SIZE, Choice, facets, ordered, read_choice
from coopnlp.web.index import Index, Mask
from coopnlp.web.labels import facet_labels
from coopnlp.web.paging import pager
from coopnlp.web.view import NotFound, Page, page

__all__ = ["ROUTES", "listed"]

_TITLES = {
    "agreement": "Accords",
    "project": "Projets",
    "partnership": "Partenariats",
    "funding": "Financements",
}


async def listed(
    page: Page, index: Index, choice: Choice, path: str, found: Mask | None, *, fixed: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return what the template of a list needs: rows of the page that was chosen, facets, links.

    Parameters
    ----------
    found
        What else restricts the list; facets count within it.
    fixed
        Facets that are not offered.
    """
    mask = choice.mask(index) if found is None else choice.mask(index) & found
    rows = ordered(index, mask, choice.order)
    first = (choice.page - 1) * PAGE_SIZE
    if choice.page > 1 and first >= len(rows):
        raise NotFound("La liste n’a pas autant de pages.")
    ids = [int(key) for key in index.ids[rows[first : first + PAGE_SIZE]]]
    shown: list[ItemLine] = await page.site.read(item_lines, ids)
    labels = facet_labels(index)
    return {
        "choix": choice,
        "chemin": path,
        "total": len(rows),
        "fiches": shown,
        "facettes": facets(index, choice, path, found, labels, fixed=fixed),
        "pages": pager(choice.page, choice.linker(path), len(rows), PAGE_SIZE),
        "ordres": ORDERS,
        "libelles": labels,
    }


def _of_type(type_: str) -> Callable[..., Awaitable[Any]]:
    path = f"/{PLURALS[type_]}"

    @page
    async def view(page: Page) -> Any:
        index = page.site.index
        choice = read_choice(page.request.args, fixed="type")
        context = await listed(page, index, choice, path, index.facets["type"].having([type_]), fixed=("type",))
        return await page.html("liste.html", {**context, "titre_liste": _TITLES[type_], "type": type_})

    return view


@page
async def themes(page: Page) -> Any:
    """Show the themes and their sub-themes, with how many items each has."""
    index = page.site.index
    counts = dict(index.facets["theme"].counts(index.all()))
    below = dict(index.facets["soustheme"].counts(index.all()))
    told = [
        {
            "nom": name,
            "chemin": f"/themes/{slug(name)}",
            "nombre": counts.get(name, 0),
            "sous": [
                {"nom": part, "chemin": f"/themes/{slug(name)}/{slug(part)}", "nombre": below.get(part, 0)}
                for part in parts
            ],
        }
        for name, parts in index.subthemes.items()
    ]
    told.sort(key=lambda theme: -int(str(theme["nombre"])))
    return await page.html("themes.html", {"themes": told})


@page
async def theme(page: Page) -> Any:
    """Show what there is on a theme or sub-theme."""
    index = page.site.index
    parts = page.path("path").split("/")
    name = theme_of_slug(index.subthemes, parts[0])
    if name is None or len(parts) > 2:
        raise NotFound("Ce thème n’est pas dans le registre.")
    below = None
    found = index.facets["theme"].having([name])
    if len(parts) == 2:
        below = theme_of_slug(index.subthemes[name], parts[1])
        if below is None:
            raise NotFound("Ce sous-thème n’est pas dans le registre.")
        found &= index.facets["soustheme"].having([below])
    path = f"/themes/{slug(name)}" + (f"/{slug(below)}" if below else "")
    choice = read_choice(page.request.args, fixed="theme")
    context = await listed(page, index, choice, path, found, fixed=("theme", "soustheme"))
    counted = dict(index.facets["soustheme"].counts(found))
    sous = [
        {"nom": part, "chemin": f"/themes/{slug(name)}/{slug(part)}", "nombre": counted.get(part, 0)}
        for part in index.subthemes[name]
    ]
    types = index.facets["type"].counts(found)
    more = {"theme": name, "soustheme": below, "chemin_theme": f"/themes/{slug(name)}", "sous": sous, "types": types}
    return await page.html("theme.html", {**context, **more, "titre_liste": below or name})


ROUTES = [
    *((rf"/{plural}$", _of_type(type_)) for type_, plural in PLURALS.items()),
    (r"/themes$", themes),
    (r"/themes/(?P<path>[^?]+?)/?$", theme),
]
