"""The forms of records: confirm, edit, reject, add."""

from __future__ import annotations

from typing import Any

from coopnlp.errors import Conflict, RegisterError
from coopnlp.register.accounts import Account
from coopnlp.register.corrected import Held, Thing, to_json
from coopnlp.register.corrections import Corrections
from coopnlp.register.values import RecordType
from coopnlp.web.addresses import PLURALS, REF_LENGTH, document_path, item_path
from coopnlp.web.corrections import forms, work
from coopnlp.web.corrections.changes import changes
from coopnlp.web.corrections.desk import (
    ACTIONS,
    document_of,
    expected_of,
    go_on,
    held_at,
    nodes,
    refusal,
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
            return await _form_page(page, type_, held.thing.sha256, text, held=held)
        form = await Form.of(page.request)
        try:
            return await _decide(page, held.thing, form, text, account)
        except Conflict as error:
            held, text = await held_at(page, thing)
            told = f"{who_else(error)} La fiche ci-dessous est celle d’aujourd’hui : rien n’a été enregistré."
            return await _form_page(page, type_, held.thing.sha256, text, held=held, error=told, status=409)
        except (forms.Mistyped, RegisterError) as error:
            told = refusal(error)
            return await _form_page(page, type_, held.thing.sha256, text, held=held, form=form, error=told, status=400)

    return view


async def _decide(page: Page, thing: Thing, form: Form, text: str, account: Account) -> Any:
    """Do what a form asks for: confirm, reject, or write what was typed."""
    assert thing.type is not None
    expected = expected_of(form, "record", thing.type)
    kept = {"author": account.name, "note": form.get("note") or None, "expected": expected}
    path = item_path(thing.type, f"{thing.sha256[:REF_LENGTH]}-{thing.n}")
    decision = form.get("decision")
    if decision == "confirmer":
        await work.written(page.site, Corrections.confirm, thing, **kept)
        return go_on(page, path, "La fiche est confirmée.")
    if decision == "rejeter":
        await work.written(page.site, Corrections.reject, thing, **kept)
        return go_on(page, document_path(thing.sha256), "La fiche est retirée du registre ; l’historique la garde.")
    value = forms.record(thing.type, form, text, expected)
    if value == expected:
        raise forms.Mistyped("Rien n’a été changé. Si la fiche est juste, confirmez-la.")
    await work.written(page.site, Corrections.edit, thing, value, **kept)
    return go_on(page, path, "La correction est enregistrée.")


@signed_in("GET", "POST")
async def add_record(page: Page, account: Account) -> Any:
    """Add a record that was not read."""
    digest, text = await document_of(page)
    type_ = next(t for t, plural in PLURALS.items() if plural == page.path("nature"))
    if page.request.method != "POST":
        return await _form_page(page, type_, digest, text)
    form = await Form.of(page.request)
    try:
        value = forms.record(type_, form, text)
        note = form.get("note") or None
        made = await work.written(page.site, Corrections.add, digest, value, author=account.name, note=note)
    except (forms.Mistyped, RegisterError) as error:
        return await _form_page(page, type_, digest, text, form=form, error=refusal(error), status=400)
    return go_on(page, item_path(type_, f"{digest[:REF_LENGTH]}-{made.thing.n}"), "La fiche est ajoutée au registre.")


async def _form_page(
    page: Page, type_: str, digest: str, text: str, *, held: Held | None = None, form: Form | None = None,
    error: str = "", status: int = 200,
) -> Any:  # fmt: skip
    """Show the form of a record, with what was typed, or else with its value, where there is one."""
    value: Any = held.value if held is not None else None
    shown = forms.typed(type_, form) if form is not None or value is None else forms.as_typed(type_, value, text)
    one = type_ == "funding"
    parties = [*shown.parties, *([("", "")] * (1 if one else 2))][: 1 if one else None]
    past = await page.site.run(Corrections(page.site.register).history, thing=held.thing) if held is not None else []
    ref = None if held is None else f"{digest[:REF_LENGTH]}-{held.thing.n}"
    return await page.html("corriger.html", {
        "nature": type_, "champs": forms.FIELDS[type_], "genres": forms.KINDS, "noeuds": nodes(),
        "valeurs": shown.fields, "parties": parties, "sommes": [*shown.sums, ("", "", "", "")],
        "passages": shown.quotes, "choisis": shown.themes, "note": form.get("note") if form is not None else "",
        "attendu": to_json(value) or "", "autour": forms.around(value, text) if value is not None else [],
        "erreur": error, "adresse": page.request.path, "fiche": ref and item_path(type_, ref),
        "document": document_path(digest, value.evidence[0][0] if value is not None and value.evidence else None),
        "passe": [(each, changes(each)) for each in past], "actions": ACTIONS, "nouvelle": held is None,
    }, status=status)  # fmt: skip
