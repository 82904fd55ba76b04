"""The forms of records: confirm, edit, reject, add."""

from __future__ import annotations

from typing import Any

from coopnlp.errors import Conflict
from coopnlp.register.accounts import Account
from coopnlp.register.corrected import Held, Thing, to_json
from coopnlp.register.corrections import Corrections
from coopnlp.register.values import RecordType
from coopnlp.web.addresses import PLURALS, REF_LENGTH, document_path, item_path
from coopnlp.web.corrections import forms, work
from coopnlp.web.corrections.desk import (
    ACTIONS,
    document_of,
    expected_of,
    go_on,
    held_at,
    nodes,
    signed_in,
    who_else,
)
from coopnlp.web.corrections.session import Form
from coopnlp.web.view import Page, View

__all__ = ["add_record", "record_view"]


def record_view(type_: RecordType) -> View:
    """Return the view of the form for a record of a type."""

    @signed_in("GET", "POST")
    async def view(page: Page, account: Account) -> Any:
        thing = work.thing_of(type_, page.path("ref"))
        held, text = await held_at(page, thing)
        if page.request.method != "POST":
            return await _record_form(page, held, text, None)
        form = await Form.of(page.request)
        path = item_path(type_, f"{held.thing.sha256[:REF_LENGTH]}-{held.thing.n}")
        kept = {
            "author": account.name,
            "note": form.get("note") or None,
            "expected": expected_of(form, "record", type_),
        }
        try:
            return await _decide(page, held.thing, form, text, path, kept)
        except forms.Mistyped as error:
            return await _record_form(page, held, text, form, str(error), status=400)
        except Conflict as error:
            held, text = await held_at(page, thing)
            told = f"{who_else(error)} La fiche ci-dessous est celle d’aujourd’hui : rien n’a été enregistré."
            return await _record_form(page, held, text, None, told, status=409)

    return view


async def _decide(page: Page, thing: Thing, form: Form, text: str, path: str, kept: dict[str, Any]) -> Any:
    """Do what a form asks for: confirm, reject, or write what was typed."""
    decision = form.get("decision")
    if decision == "confirmer":
        await work.written(page.site, Corrections.confirm, thing, **kept)
        return go_on(page, path, "La fiche est confirmée.")
    if decision == "rejeter":
        await work.written(page.site, Corrections.reject, thing, **kept)
        return go_on(page, document_path(thing.sha256), "La fiche est retirée du registre ; l’historique la garde.")
    assert thing.type is not None
    value = forms.record(thing.type, form, text, kept["expected"])
    if value == kept["expected"]:
        raise forms.Mistyped("Rien n’a été changé. Si la fiche est juste, confirmez-la.")
    await work.written(page.site, Corrections.edit, thing, value, **kept)
    return go_on(page, path, "La correction est enregistrée.")


async def _record_form(
    page: Page, held: Held, text: str, form: Form | None, error: str = "", *, status: int = 200
) -> Any:
    type_ = held.thing.type or ""
    value: Any = held.value
    typed = forms.fields_of(value)
    parties = [(p.text, p.kb_id) for p in ((value.funder,) if type_ == "funding" else value.parties)]
    sums = [(s["value"] or "", s["min"] or "", s["max"] or "", s["currency"] or "")
            for s in (a.model_dump(mode="json") for a in getattr(value, "amounts", ()))]  # fmt: skip
    quotes, chosen, note = "\n".join(forms.quotes_of(value, text)), [t.path for t in getattr(value, "themes", ())], ""
    if form is not None:  # what was typed stays
        typed |= {name: form.get(name) for name, _ in forms.FIELDS[type_]}
        parties = list(zip(form.all("party"), form.all("party_id"), strict=False))
        sums = list(zip(*(form.all(name) for name in ("value", "min", "max", "currency")), strict=False))
        quotes, note = form.get("quotes"), form.get("note")
        chosen = [tuple(t["path"]) for t in forms.themes_of(form, getattr(value, "themes", ()))]
    past = await page.site.run(Corrections(page.site.register).history, thing=held.thing)
    return await page.html("corriger.html", {
        "tenue": held, "nature": type_, "champs": forms.FIELDS[type_], "valeurs": typed, "genres": forms.KINDS,
        "parties": [*parties, *([("", "")] * (1 if type_ == "funding" else 2))][: 1 if type_ == "funding" else None],
        "sommes": [*sums, ("", "", "", "")], "passages": quotes, "choisis": chosen, "noeuds": nodes(),
        "attendu": to_json(value), "autour": forms.around(value, text), "erreur": error, "note": note,
        "adresse": page.request.path,
        "fiche": item_path(type_, f"{held.thing.sha256[:REF_LENGTH]}-{held.thing.n}"),
        "document": document_path(held.thing.sha256, value.evidence[0][0] if value.evidence else None),
        "passe": [(each, work.changes(each)) for each in past], "actions": ACTIONS, "nouvelle": False,
    }, status=status)  # fmt: skip


@signed_in("GET", "POST")
async def add_record(page: Page, account: Account) -> Any:
    """Add a record that was not read."""
    digest, text = await document_of(page)
    type_ = next((t for t, plural in PLURALS.items() if plural == page.path("nature")), "")
    form = await Form.of(page.request) if page.request.method == "POST" else Form(b"")
    error = ""
    if page.request.method == "POST":
        try:
            value = forms.record(type_, form, text)
            note = form.get("note") or None
            made = await work.written(page.site, Corrections.add, digest, value, author=account.name, note=note)
            path = item_path(type_, f"{digest[:REF_LENGTH]}-{made.thing.n}")
            return go_on(page, path, "La fiche est ajoutée au registre.")
        except forms.Mistyped as mistyped:
            error = str(mistyped)
    rows = list(zip(form.all("party"), form.all("party_id"), strict=False))
    sums = list(zip(*(form.all(name) for name in ("value", "min", "max", "currency")), strict=False))
    return await page.html("corriger.html", {
        "tenue": None, "nature": type_, "champs": forms.FIELDS[type_], "genres": forms.KINDS,
        "valeurs": {name: form.get(name) for name, _ in forms.FIELDS[type_]},
        "parties": [*rows, ("", ""), ("", "")][: 1 if type_ == "funding" else None],
        "sommes": [*sums, ("", "", "", "")], "passages": form.get("quotes"), "noeuds": nodes(),
        "choisis": [tuple(t["path"]) for t in forms.themes_of(form, ())], "attendu": "", "erreur": error,
        "note": form.get("note"), "adresse": page.request.path, "fiche": None, "document": document_path(digest),
        "passe": [], "actions": ACTIONS, "nouvelle": True,
    }, status=400 if error else 200)  # fmt: skip
