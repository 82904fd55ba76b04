"""What to look at first, what was done, what may be the same, and identifiers."""

from __future__ import annotations

from typing import Any, get_args

from coopnlp.catalogue import read
from coopnlp.catalogue.values import ItemFilters
from coopnlp.errors import Conflict, RegisterError
from coopnlp.register.accounts import Account
from coopnlp.register.corrections import Corrections
from coopnlp.register.values import RecordType
from coopnlp.web.addresses import PLURALS
from coopnlp.web.corrections import work
from coopnlp.web.corrections.changes import changes, subject
from coopnlp.web.corrections.desk import (
    A_PAGE,
    ACTIONS,
    go_on,
    signed_in,
    who_else,
)
from coopnlp.web.corrections.session import Form, way_back
from coopnlp.web.paging import pager
from coopnlp.web.view import NotFound, Page, error_response

__all__ = ["history", "identifiers", "pairs", "undo", "worklist"]


@signed_in("GET")
async def worklist(page: Page, account: Account) -> Any:
    """List what nobody has looked at, by doubt."""
    type_ = next((t for t in get_args(RecordType) if PLURALS[t] == page.arg("nature")), None)
    filters = ItemFilters(type=(type_,) if type_ else (), review=("none",))
    here = int(page.arg("page")) if page.arg("page").isdecimal() and len(page.arg("page")) < 7 else 1
    total = await page.site.read(read.count_items, filters)
    rows = await page.site.read(read.list_items, filters, sort="doubt", limit=A_PAGE, offset=max(0, here - 1) * A_PAGE)
    nature = f"nature={PLURALS[type_]}&" if type_ else ""
    done = await page.site.read(read.count_items, ItemFilters(type=filters.type, review=("confirmed", "edited")))
    pairs = await page.site.read(read.proposals, limit=1)
    return await page.html("corrections.html", {
        "lignes": rows, "nature": type_ and PLURALS[type_], "natures": PLURALS, "total": total, "faits": done,
        "doublons": bool(pairs), "onglet": "doutes",
        "pages": pager(here, lambda n: f"/corrections?{nature}page={n}", total, A_PAGE),
    })  # fmt: skip


@signed_in("GET")
async def history(page: Page, account: Account) -> Any:
    """List the corrections, the latest first; of one document where it is named."""
    digest = page.arg("document")
    here = int(page.arg("page")) if page.arg("page").isdecimal() and len(page.arg("page")) < 7 else 1
    try:
        found = await page.site.run(
            Corrections(page.site.register).history,
            digest or None,
            limit=A_PAGE + 1,
            offset=max(0, here - 1) * A_PAGE,
        )
    except RegisterError as error:
        raise NotFound("Ce document n’est pas dans le registre.") from error
    rows = [(each, changes(each), work.shown(each), subject(each)) for each in found[:A_PAGE]]
    return await page.html("corrections-historique.html", {
        "lignes": rows, "actions": ACTIONS, "page": here, "suite": len(found) > A_PAGE, "document": digest,
        "onglet": "historique",
    })  # fmt: skip


@signed_in("POST")
async def undo(page: Page, account: Account) -> Any:
    """Take a correction back."""
    number = int(page.path("number"))
    try:
        await work.written(page.site, Corrections.undo, number, author=account.name)
    except Conflict as error:
        return go_on(page, "/corrections/historique", f"Annulation impossible : {who_else(error)}")
    except RegisterError:
        return go_on(page, "/corrections/historique", "Annulation impossible : rien ne se trouve plus à cet endroit.")
    return go_on(page, "/corrections/historique", "La correction est annulée.")


@signed_in("GET", "POST")
async def pairs(page: Page, account: Account) -> Any:
    """Show items that may be one, or decide on two of them."""
    if page.request.method == "POST":
        form = await Form.of(page.request)
        type_ = next((t for t in PLURALS if t == form.get("nature")), None)
        decision = {"reunir": Corrections.merge, "separer": Corrections.separate}.get(form.get("decision"))
        refs = (form.get("un"), form.get("autre"))
        if type_ is None or decision is None or not all(ref.rpartition("-")[2].isdecimal() for ref in refs):
            return await error_response(page.datasette, page.request, 400)
        back = way_back(form.get("suite"))
        one, other = (work.thing_of(type_, ref) for ref in refs)
        try:
            await work.written(page.site, decision, one, other, author=account.name, note=form.get("note") or None)
        except RegisterError:
            return go_on(page, back, "Rien n’a été noté : l’une des deux fiches n’est plus là.")
        told = "Les deux fiches n’en font plus qu’une." if form.get("decision") == "reunir" else (
            "C’est noté : ce sont deux fiches différentes.")  # fmt: skip
        return go_on(page, back, told)
    found = await page.site.read(read.proposals, limit=A_PAGE)
    return await page.html("corrections-doublons.html", {"paires": found, "onglet": "doublons"})


@signed_in("GET")
async def identifiers(page: Page, account: Account) -> Any:
    """Look up the identifier of a name."""
    name = page.arg("q")[:200]
    found = await page.site.run(work.identified, name) if name else []
    return await page.html("identifiants.html", {"nom": name, "trouves": found})
