"""The forms of a document: what is said of it, its themes, the entities in its text."""

from __future__ import annotations

import json
from typing import Any

from coopnlp.errors import Conflict, RegisterError
from coopnlp.register.accounts import Account
from coopnlp.register.corrected import Held, Thing, to_json
from coopnlp.register.corrections import Corrections
from coopnlp.types import DocumentInfo, Entity, ThemeAssignment
from coopnlp.web.addresses import document_path
from coopnlp.web.corrections import forms, work
from coopnlp.web.corrections.desk import (
    document_of,
    expected_of,
    go_on,
    held_at,
    labels,
    nodes,
    refusal,
    signed_in,
    who_else,
)
from coopnlp.web.corrections.session import Form
from coopnlp.web.view import Page, View

__all__ = ["edit_document", "entity_view", "mentions"]


@signed_in("GET", "POST")
async def edit_document(page: Page, account: Account) -> Any:
    """Correct what is said of a document, and its themes."""
    digest, _ = await document_of(page)
    held, themes = await _described(page, digest)
    form, error, status = None, "", 200
    if page.request.method == "POST":
        form = await Form.of(page.request)
        kept = {"author": account.name, "note": form.get("note") or None}
        try:
            told = await _write_document(page, digest, held, themes, form, kept)
            return go_on(page, document_path(digest), told)
        except Conflict as conflict:
            told = f"{who_else(conflict)} Ce qui est enregistré est ci-dessous ; voyez aussi l’historique."
            error, status, form = told, 409, None
            held, themes = await _described(page, digest)
        except (forms.Mistyped, RegisterError) as refused:
            error, status = refusal(refused), 400
    values = forms.fields_of(held.value)
    if form is not None:
        values |= {name: form.get(name) for name in ("title", "date", "kind", "author")}
    return await page.html("corriger-document.html", {
        "tenue": held, "valeurs": values, "noeuds": nodes(), "erreur": error, "attendu": to_json(held.value),
        "choisis": list(themes) if form is None else forms.chosen_themes(form), "vus": _seen(themes),
        "document": document_path(digest), "adresse": page.request.path, "note": form.get("note") if form else "",
    }, status=status)  # fmt: skip


async def _described(page: Page, digest: str) -> tuple[Held, dict[tuple[str, ...], Held]]:
    """Return what is said of a document now, and its themes by their paths."""
    held, _ = await held_at(page, Thing(target="document", sha256=digest))
    themes = await page.site.run(Corrections(page.site.register).things, digest, "theme")
    return held, {
        theme.value.path: theme
        for theme in themes
        if theme.project is None and isinstance(theme.value, ThemeAssignment)
    }


def _seen(themes: dict[tuple[str, ...], Held]) -> str:
    """Return the themes that a form shows: those that were added since are not to be taken away by it."""
    return json.dumps(sorted(themes), ensure_ascii=False)


async def _write_document(
    page: Page, digest: str, held: Held, themes: dict[tuple[str, ...], Held], form: Form, kept: dict[str, Any]
) -> str:
    """Write what was typed of a document: its fields, then the themes that were taken away or added."""
    assert isinstance(held.value, DocumentInfo)
    expected = expected_of(form, "document", None)
    value = forms.document(form, held.value)
    read = [theme.value for theme in themes.values() if isinstance(theme.value, ThemeAssignment)]
    wanted = {tuple(told["path"]): told for told in forms.themes_of(form, read)}
    if form.get("vus") != _seen(themes):
        raise Conflict("the themes were changed meanwhile. Look at them again.")
    gone, new = [themes[path] for path in themes if path not in wanted], [wanted[p] for p in wanted if p not in themes]
    if form.get("decision") == "confirmer":
        await work.written(page.site, Corrections.confirm, held.thing, expected=expected, **kept)
        return "La description du document est confirmée."
    if value == held.value and not gone and not new:
        raise forms.Mistyped("Rien n’a été changé. Si tout est juste, confirmez.")
    if value != held.value:
        await work.written(page.site, Corrections.edit, held.thing, value, expected=expected, **kept)
    for theme in sorted(gone, key=lambda theme: -(theme.thing.n or 0)):
        await work.written(page.site, Corrections.reject, theme.thing, expected=theme.value, **kept)
    for told in new:
        await work.written(page.site, Corrections.add, digest, ThemeAssignment.model_validate(told), **kept)
    return "La correction est enregistrée."


def entity_view(*, new: bool) -> View:
    """Return the view of the form for an entity, one that was read or a new one."""

    @signed_in("GET", "POST")
    async def view(page: Page, account: Account) -> Any:
        digest, text = await document_of(page)
        held = None
        if not new:
            held, _ = await held_at(page, Thing(target="entity", sha256=digest, n=int(page.path("number"))))
        form, error, status = None, "", 200
        if page.request.method == "POST":
            form = await Form.of(page.request)
            kept = {"author": account.name, "note": form.get("note") or None}
            try:
                return await _write_entity(page, digest, text, held, form, kept)
            except Conflict as conflict:
                return go_on(page, document_path(digest), f"Rien n’a été enregistré : {who_else(conflict)}")
            except (forms.Mistyped, RegisterError) as refused:
                error, status = refusal(refused), 400
        return await page.html("corriger-mots.html", {
            "tenue": held, "valeurs": _entity_fields(held, form), "attendu": to_json(held.value) if held else "",
            "erreur": error, "adresse": page.request.path, "etiquettes": sorted(labels(), key=lambda pair: pair[1]),
            "document": document_path(digest, getattr(held.value, "start", None) if held else None),
        }, status=status)  # fmt: skip

    return view


def _entity_fields(held: Held | None, form: Form | None) -> dict[str, str]:
    names = ("words", "label", "kb_id", "value", "min", "max", "currency", "start", "end", "note")
    if form is not None:
        return {name: form.get(name) for name in names}
    told: Any = held.value.model_dump(mode="json") if held else {}
    value = told.get("value") or {}
    return {
        **dict.fromkeys(names, ""), "words": told.get("text", ""), "label": told.get("label", ""),
        "kb_id": told.get("kb_id", ""), **{name: told or "" for name, told in value.items()},
    }  # fmt: skip


async def _write_entity(page: Page, digest: str, text: str, held: Held | None, form: Form, kept: dict[str, Any]) -> Any:
    before = held.value if held is not None and isinstance(held.value, Entity) else None
    if held is not None and form.get("decision") in ("confirmer", "rejeter"):
        act = Corrections.confirm if form.get("decision") == "confirmer" else Corrections.reject
        await work.written(page.site, act, held.thing, expected=expected_of(form, "entity", None), **kept)
        told = "La mention est confirmée." if act is Corrections.confirm else "La mention est retirée du registre."
        return go_on(page, document_path(digest, before.start if before else None), told)
    value = forms.entity(form, text, before)
    if held is None:
        await work.written(page.site, Corrections.add, digest, value, **kept)
    elif before is not None and value == before.model_copy(update={"probability": None}):
        raise forms.Mistyped("Rien n’a été changé. Si la mention est juste, confirmez-la.")
    else:
        await work.written(
            page.site, Corrections.edit, held.thing, value, expected=expected_of(form, "entity", None), **kept
        )
    return go_on(page, document_path(digest, value.start), "La correction est enregistrée.")


@signed_in("GET")
async def mentions(page: Page, account: Account) -> Any:
    """List the entities of a document, to choose one."""
    digest, _ = await document_of(page)
    found = await page.site.run(Corrections(page.site.register).things, digest, "entity")
    label = page.arg("genre")
    rows = [(each, work.where_to_edit(each)) for each in found if not label or each.thing.type == label or
            getattr(each.value, "label", "") == label]  # fmt: skip
    return await page.html("corriger-mentions.html", {
        "lignes": rows[:1000], "reste": max(0, len(rows) - 1000), "document": document_path(digest), "genre": label,
        "etiquettes": sorted(labels(), key=lambda pair: pair[1]), "adresse": page.request.path,
    })  # fmt: skip
