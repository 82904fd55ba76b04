"""The pages of corrections: log in, what to look at first, forms, pairs, history."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Awaitable, Callable
from typing import Any, cast, get_args
from urllib.parse import quote

from datasette.utils.asgi import Response  # type: ignore[import-untyped]

from coopnlp.catalogue import read
from coopnlp.catalogue.values import ItemFilters
from coopnlp.errors import Conflict, RegisterError
from coopnlp.register.accounts import Account, Accounts
from coopnlp.register.corrected import Held, Thing, from_json, to_json
from coopnlp.register.corrections import Corrections
from coopnlp.register.values import RecordType
from coopnlp.web.addresses import PLURALS, REF_LENGTH, document_path, item_path
from coopnlp.web.corrections import forms, work
from coopnlp.web.corrections.session import Form, account_of, close, is_from_here, open_session, way_back
from coopnlp.web.paging import pager
from coopnlp.web.site import Site, site_of
from coopnlp.web.view import NotFound, Page, View, error_response

__all__ = ["ROUTES"]

_REF = r"(?P<ref>[0-9a-f]{12,64}-\d{1,7})"
_DIGEST = r"(?P<digest>[0-9a-f]{12,64})"
_A_PAGE = 50
_ACTIONS = {"confirm": "confirmé", "edit": "corrigé", "reject": "rejeté", "add": "ajouté",
            "merge": "réuni", "separate": "séparé"}  # fmt: skip


Handler = Callable[[Page, Account], Awaitable[Any]]


def _open(*methods: str) -> Callable[[Callable[[Page], Awaitable[Any]]], View]:
    """Make a view for anybody, of these methods."""

    def wrap(view: Callable[[Page], Awaitable[Any]]) -> View:
        @functools.wraps(view)
        async def called(request: Any, datasette: Any) -> Any:
            site = site_of(datasette)
            assert site is not None
            method = "GET" if request.method == "HEAD" else request.method
            if method not in methods:
                return await error_response(datasette, request, 405)
            if method == "POST" and not is_from_here(request):
                return await error_response(datasette, request, 403, "Ce formulaire ne vient pas de ce site.")
            return _private(await view(Page(request, datasette, site)))

        del called.__wrapped__
        return called

    return wrap


def _signed_in(*methods: str) -> Callable[[Handler], View]:
    """Make a view for who is logged in; others are sent to log in first."""

    def wrap(view: Handler) -> View:
        async def checked(page: Page) -> Any:
            account = await account_of(page.request, page.datasette, page.site)
            if account is None:
                back = page.request.full_path if page.request.method != "POST" else "/corrections"
                return Response.redirect(f"/connexion?suite={quote(back, safe='/')}", status=303)
            page.site.look_again()
            return await view(page, account)

        return _open(*methods)(checked)

    return wrap


def _private(response: Any) -> Any:
    response.headers["cache-control"] = "no-store"
    return response


def _go(page: Page, path: str, told: str) -> Any:
    """Send the browser on, with a message for the next page."""
    page.datasette.add_message(page.request, told)
    return Response.redirect(path, status=303)


# Logging in


@_open("GET", "POST")
async def sign_in(page: Page) -> Any:
    """Ask for name and password; begin a session."""
    back = way_back(page.arg("suite"))
    context = {"suite": back, "nom": "", "erreur": ""}
    if page.request.method != "POST":
        accounts = await page.site.run(Accounts(page.site.register).list)
        return await page.html("connexion.html", {**context, "aucun_compte": not accounts})
    form = await Form.of(page.request)
    name = form.get("nom")
    client = str((page.request.scope.get("client") or ("?", 0))[0])
    keys = (f"client {client}", f"name {name.casefold()[:100]}")
    attempts = attempts_of(page.site)
    if wait := attempts.wait_s(*keys):
        told = f"Trop d’essais. Réessayez dans {math.ceil(wait)} s."
        answer = await page.html("connexion.html", {**context, "nom": name, "erreur": told}, status=429)
        answer.headers["retry-after"] = str(math.ceil(wait))
        return answer
    account = await page.site.run(Accounts(page.site.register).verify, name, form.raw("mot_de_passe"))
    if account is None:
        attempts.failed(*keys)
        told = "Ce nom et ce mot de passe ne vont pas ensemble."
        return await page.html("connexion.html", {**context, "nom": name, "erreur": told}, status=403)
    attempts.succeeded(*keys)
    response = Response.redirect(way_back(form.get("suite")), status=303)
    open_session(response, page.datasette, account, secure=_is_secure(page))
    return response


def _is_secure(page: Page) -> bool:
    return bool(page.request.scheme == "https")


def attempts_of(site: Site) -> Any:
    """Return the count of wrong passwords of a site."""
    from coopnlp.web.corrections.session import Attempts

    if not hasattr(site, "_attempts"):
        site._attempts = Attempts()  # type: ignore[attr-defined]
    return site._attempts  # type: ignore[attr-defined]


@_signed_in("POST")
async def sign_out(page: Page, account: Account) -> Any:
    """End the session."""
    response = Response.redirect("/", status=303)
    close(response)
    return response


# What to look at


@_signed_in("GET")
async def worklist(page: Page, account: Account) -> Any:
    """List what nobody has looked at, by doubt."""
    type_ = next((t for t in get_args(RecordType) if PLURALS[t] == page.arg("nature")), None)
    filters = ItemFilters(type=(type_,) if type_ else (), review=("none",))
    here = int(page.arg("page")) if page.arg("page").isdecimal() and len(page.arg("page")) < 7 else 1
    total = await page.site.read(read.count_items, filters)
    rows = await page.site.read(
        read.list_items, filters, sort="doubt", limit=_A_PAGE, offset=max(0, here - 1) * _A_PAGE
    )
    nature = f"nature={PLURALS[type_]}&" if type_ else ""
    done = await page.site.read(read.count_items, ItemFilters(type=filters.type, review=("confirmed", "edited")))
    pairs = await page.site.read(read.proposals, limit=1)
    return await page.html("corrections.html", {
        "lignes": rows, "nature": type_ and PLURALS[type_], "natures": PLURALS, "total": total, "faits": done,
        "doublons": bool(pairs), "onglet": "doutes",
        "pages": pager(here, lambda n: f"/corrections?{nature}page={n}", total, _A_PAGE),
    })  # fmt: skip


@_signed_in("GET")
async def history(page: Page, account: Account) -> Any:
    """List the corrections, the latest first; of one document where it is named."""
    digest = page.arg("document")
    here = int(page.arg("page")) if page.arg("page").isdecimal() and len(page.arg("page")) < 7 else 1
    try:
        found = await page.site.run(
            Corrections(page.site.register).history,
            digest or None,
            limit=_A_PAGE + 1,
            offset=max(0, here - 1) * _A_PAGE,
        )
    except RegisterError as error:
        raise NotFound("Ce document n’est pas dans le registre.") from error
    rows = [(each, work.changes(each), work.shown(each)) for each in found[:_A_PAGE]]
    return await page.html("corrections-historique.html", {
        "lignes": rows, "actions": _ACTIONS, "page": here, "suite": len(found) > _A_PAGE, "document": digest,
        "onglet": "historique",
    })  # fmt: skip


@_signed_in("POST")
async def undo(page: Page, account: Account) -> Any:
    """Take a correction back."""
    number = int(page.path("number"))
    try:
        await work.written(page.site, Corrections.undo, number, author=account.name)
    except Conflict as error:
        return _go(page, "/corrections/historique", f"Annulation impossible : {_who(error)}")
    except RegisterError:
        return _go(page, "/corrections/historique", "Annulation impossible : rien ne se trouve plus à cet endroit.")
    return _go(page, "/corrections/historique", "La correction est annulée.")


@_signed_in("GET", "POST")
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
            return _go(page, back, "Rien n’a été noté : l’une des deux fiches n’est plus là.")
        told = "Les deux fiches n’en font plus qu’une." if form.get("decision") == "reunir" else (
            "C’est noté : ce sont deux fiches différentes.")  # fmt: skip
        return _go(page, back, told)
    found = await page.site.read(read.proposals, limit=_A_PAGE)
    return await page.html("corrections-doublons.html", {"paires": found, "onglet": "doublons"})


# Forms


def _record(type_: RecordType) -> View:
    @_signed_in("GET", "POST")
    async def view(page: Page, account: Account) -> Any:
        thing = work.thing_of(type_, page.path("ref"))
        held, text = await _held(page, thing)
        if page.request.method != "POST":
            return await _record_form(page, held, text, None)
        form = await Form.of(page.request)
        path = item_path(type_, f"{held.thing.sha256[:REF_LENGTH]}-{held.thing.n}")
        kept = {"author": account.name, "note": form.get("note") or None, "expected": _expected(form, "record", type_)}
        try:
            return await _decide(page, held.thing, form, text, path, kept)
        except forms.Mistyped as error:
            return await _record_form(page, held, text, form, str(error), status=400)
        except Conflict as error:
            held, text = await _held(page, thing)
            told = f"{_who(error)} La fiche ci-dessous est celle d’aujourd’hui : rien n’a été enregistré."
            return await _record_form(page, held, text, None, told, status=409)

    return view


async def _decide(page: Page, thing: Thing, form: Form, text: str, path: str, kept: dict[str, Any]) -> Any:
    """Do what a form asks for: confirm, reject, or write what was typed."""
    decision = form.get("decision")
    if decision == "confirmer":
        await work.written(page.site, Corrections.confirm, thing, **kept)
        return _go(page, path, "La fiche est confirmée.")
    if decision == "rejeter":
        await work.written(page.site, Corrections.reject, thing, **kept)
        return _go(page, document_path(thing.sha256), "La fiche est retirée du registre ; l’historique la garde.")
    assert thing.type is not None
    value = forms.record(thing.type, form, text, kept["expected"])
    if value == kept["expected"]:
        raise forms.Mistyped("Rien n’a été changé. Si la fiche est juste, confirmez-la.")
    await work.written(page.site, Corrections.edit, thing, value, **kept)
    return _go(page, path, "La correction est enregistrée.")


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
        "sommes": [*sums, ("", "", "", "")], "passages": quotes, "choisis": chosen, "noeuds": _nodes(),
        "attendu": to_json(value), "erreur": error, "note": note, "adresse": page.request.path,
        "fiche": item_path(type_, f"{held.thing.sha256[:REF_LENGTH]}-{held.thing.n}"),
        "document": document_path(held.thing.sha256, value.evidence[0][0] if value.evidence else None),
        "passe": [(each, work.changes(each)) for each in past], "actions": _ACTIONS, "nouvelle": False,
    }, status=status)  # fmt: skip


@_signed_in("GET", "POST")
async def add_record(page: Page, account: Account) -> Any:
    """Add a record that was not read."""
    digest, text = await _document(page)
    type_ = next((t for t, plural in PLURALS.items() if plural == page.path("nature")), "")
    form = await Form.of(page.request) if page.request.method == "POST" else Form(b"")
    error = ""
    if page.request.method == "POST":
        try:
            value = forms.record(type_, form, text)
            note = form.get("note") or None
            made = await work.written(page.site, Corrections.add, digest, value, author=account.name, note=note)
            path = item_path(type_, f"{digest[:REF_LENGTH]}-{made.thing.n}")
            return _go(page, path, "La fiche est ajoutée au registre.")
        except forms.Mistyped as mistyped:
            error = str(mistyped)
    rows = list(zip(form.all("party"), form.all("party_id"), strict=False))
    sums = list(zip(*(form.all(name) for name in ("value", "min", "max", "currency")), strict=False))
    return await page.html("corriger.html", {
        "tenue": None, "nature": type_, "champs": forms.FIELDS[type_], "genres": forms.KINDS,
        "valeurs": {name: form.get(name) for name, _ in forms.FIELDS[type_]},
        "parties": [*rows, ("", ""), ("", "")][: 1 if type_ == "funding" else None],
        "sommes": [*sums, ("", "", "", "")], "passages": form.get("quotes"), "noeuds": _nodes(),
        "choisis": [tuple(t["path"]) for t in forms.themes_of(form, ())], "attendu": "", "erreur": error,
        "note": form.get("note"), "adresse": page.request.path, "fiche": None, "document": document_path(digest),
        "passe": [], "actions": _ACTIONS, "nouvelle": True,
    }, status=400 if error else 200)  # fmt: skip


@_signed_in("GET", "POST")
async def edit_document(page: Page, account: Account) -> Any:
    """Correct what is said of a document, and its themes."""
    digest, _ = await _document(page)
    held, _ = await _held(page, Thing(target="document", sha256=digest))
    themes = [
        t for t in await page.site.run(Corrections(page.site.register).things, digest, "theme") if t.project is None
    ]
    form, error, status = None, "", 200
    if page.request.method == "POST":
        form = await Form.of(page.request)
        kept = {"author": account.name, "note": form.get("note") or None}
        try:
            told = await _write_document(page, digest, held, themes, form, kept)
            return _go(page, document_path(digest), told)
        except forms.Mistyped as mistyped:
            error, status = str(mistyped), 400
        except Conflict as conflict:
            error, status, form = f"{_who(conflict)} Rien n’a été enregistré.", 409, None
            held, _ = await _held(page, Thing(target="document", sha256=digest))
    values = forms.fields_of(held.value) | (
        {n: form.get(n) for n in ("title", "date", "kind", "author")} if form else {}
    )
    chosen = [tuple(t["path"]) for t in forms.themes_of(form, ())] if form else [t.value.path for t in themes]  # type: ignore[union-attr]
    return await page.html("corriger-document.html", {
        "tenue": held, "valeurs": values, "choisis": chosen, "noeuds": _nodes(), "erreur": error,
        "attendu": to_json(held.value), "attendus": [to_json(theme.value) for theme in themes],
        "document": document_path(digest), "adresse": page.request.path, "natures": PLURALS,
        "note": form.get("note") if form else "",
    }, status=status)  # fmt: skip


async def _write_document(
    page: Page, digest: str, held: Held, themes: list[Held], form: Form, kept: dict[str, Any]
) -> str:
    """Write what was typed of a document: its fields, then the themes that were taken away or added."""
    from coopnlp.types import DocumentInfo, ThemeAssignment

    assert isinstance(held.value, DocumentInfo)
    expected = _expected(form, "document", None)
    value = forms.document(form, held.value)
    known = {theme.value.path: theme for theme in themes if isinstance(theme.value, ThemeAssignment)}
    wanted = {tuple(told["path"]): told for told in forms.themes_of(form, [t.value for t in known.values()])}  # type: ignore[misc]
    gone, new = [known[path] for path in known if path not in wanted], [wanted[p] for p in wanted if p not in known]
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


def _entity(*, new: bool) -> View:
    @_signed_in("GET", "POST")
    async def view(page: Page, account: Account) -> Any:
        digest, text = await _document(page)
        held = None
        if not new:
            held, _ = await _held(page, Thing(target="entity", sha256=digest, n=int(page.path("number"))))
        form, error, status = None, "", 200
        if page.request.method == "POST":
            form = await Form.of(page.request)
            kept = {"author": account.name, "note": form.get("note") or None}
            try:
                return await _write_entity(page, digest, text, held, form, kept)
            except forms.Mistyped as mistyped:
                error, status = str(mistyped), 400
            except Conflict as conflict:
                return _go(page, document_path(digest), f"Rien n’a été enregistré : {_who(conflict)}")
            except RegisterError:
                error, status = "Ces mots recouvrent ceux d’une autre mention : corrigez ou rejetez-la d’abord.", 409
        return await page.html("corriger-mots.html", {
            "tenue": held, "valeurs": _entity_fields(held, form), "attendu": to_json(held.value) if held else "",
            "erreur": error, "adresse": page.request.path, "etiquettes": sorted(_labels(), key=lambda pair: pair[1]),
            "document": document_path(digest, getattr(held.value, "start", None) if held else None),
        }, status=status)  # fmt: skip

    return view


def _labels() -> list[tuple[str, str]]:
    from coopnlp.web.filters import LABELS

    return list(LABELS.items())


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
    from coopnlp.types import Entity

    before = held.value if held is not None and isinstance(held.value, Entity) else None
    if held is not None and form.get("decision") in ("confirmer", "rejeter"):
        act = Corrections.confirm if form.get("decision") == "confirmer" else Corrections.reject
        await work.written(page.site, act, held.thing, expected=_expected(form, "entity", None), **kept)
        told = "La mention est confirmée." if act is Corrections.confirm else "La mention est retirée du registre."
        return _go(page, document_path(digest, before.start if before else None), told)
    value = forms.entity(form, text, before)
    if held is None:
        await work.written(page.site, Corrections.add, digest, value, **kept)
    elif before is not None and value == before.model_copy(update={"probability": None}):
        raise forms.Mistyped("Rien n’a été changé. Si la mention est juste, confirmez-la.")
    else:
        await work.written(
            page.site, Corrections.edit, held.thing, value, expected=_expected(form, "entity", None), **kept
        )
    return _go(page, document_path(digest, value.start), "La correction est enregistrée.")


@_signed_in("GET")
async def mentions(page: Page, account: Account) -> Any:
    """List the entities of a document, to choose one."""
    digest, _ = await _document(page)
    found = await page.site.run(Corrections(page.site.register).things, digest, "entity")
    label = page.arg("genre")
    rows = [(each, work.where_to_edit(each)) for each in found if not label or each.thing.type == label or
            getattr(each.value, "label", "") == label]  # fmt: skip
    return await page.html("corriger-mentions.html", {
        "lignes": rows[:1000], "reste": max(0, len(rows) - 1000), "document": document_path(digest), "genre": label,
        "etiquettes": sorted(_labels(), key=lambda pair: pair[1]), "adresse": page.request.path,
    })  # fmt: skip


@_signed_in("GET")
async def identifiers(page: Page, account: Account) -> Any:
    """Look up the identifier of a name."""
    name = page.arg("q")[:200]
    found = await page.site.run(work.identified, name) if name else []
    return await page.html("identifiants.html", {"nom": name, "trouves": found})


# What they share


async def _document(page: Page) -> tuple[str, str]:
    found = await page.site.read(work.digest_and_text, page.path("digest"))
    if found is None:
        raise NotFound("Ce document n’est pas dans le registre.")
    return found


async def _held(page: Page, thing: Thing) -> tuple[Held, str]:
    try:
        held = await page.site.run(Corrections(page.site.register).value, thing)
    except Conflict as error:
        raise NotFound(f"Rien ne se trouve plus ici : {_who(error)}") from error
    except RegisterError as error:
        raise NotFound("Rien ne se trouve à cette adresse du registre.") from error
    found = await page.site.read(work.digest_and_text, held.thing.sha256)
    return held, found[1] if found else ""


def _expected(form: Form, target: str, type_: str | None) -> Any:
    """Return what a form says the value was when it was shown."""
    try:
        return from_json(target, type_, json.loads(form.get("attendu") or "null"))
    except ValueError as error:
        raise forms.Mistyped("Le formulaire est abîmé. Rechargez la page.") from error


def _who(error: Conflict) -> str:
    by = getattr(error, "author", None) or getattr(error, "by", None)
    return f"{by} l’a changé entre-temps." if by else "cela a changé entre-temps."


@functools.cache
def _nodes() -> tuple[tuple[str, str], ...]:
    """Return the nodes of the nomenclature: value of the form, words on screen."""
    from coopnlp.themes.taxonomy import atlas

    return tuple((json.dumps(path, ensure_ascii=False), " › ".join(path)) for path in atlas())


ROUTES = [
    (r"/connexion$", sign_in),
    (r"/deconnexion$", sign_out),
    (r"/corrections$", worklist),
    (r"/corrections/historique$", history),
    (r"/corrections/historique/(?P<number>\d{1,12})/annuler$", undo),
    (r"/corrections/doublons$", pairs),
    (r"/corrections/identifiants$", identifiers),
    *((rf"/corrections/{plural}/{_REF}$", _record(cast(RecordType, type_))) for type_, plural in PLURALS.items()),
    (rf"/corrections/documents/{_DIGEST}$", edit_document),
    (rf"/corrections/documents/{_DIGEST}/mots$", mentions),
    (rf"/corrections/documents/{_DIGEST}/mots/(?P<number>\d{{1,7}})$", _entity(new=False)),
    (rf"/corrections/documents/{_DIGEST}/mots/ajouter$", _entity(new=True)),
    (rf"/corrections/documents/{_DIGEST}/(?P<nature>{'|'.join(PLURALS.values())})/ajouter$", add_record),
]
