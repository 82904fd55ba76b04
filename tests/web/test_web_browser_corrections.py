"""Corrections as an archivist makes them in Chromium, without scripts; and a hostile document, with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coopnlp import catalogue
from coopnlp.register import Register
from coopnlp.register.accounts import Accounts
from tests.web.browser import CONTRAST, DESKTOP, FAULTS, PHONE, Tab, chromium, missing, served, tab
from tests.web.web_register import HOSTILE, fill

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
NAME, PASSWORD = "Jeanne Martin", "un mot de passe assez long"
MARKUP = "Objet <script>alert(1)</script> & <b>gras</b>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register with doubtful pairs and a hostile document, which Jeanne Martin may correct."""
    path = tmp_path_factory.mktemp("browser") / "register.db"
    fill(path, attacked=True)
    with Register(path) as register:
        Accounts(register).create(NAME, PASSWORD)
        catalogue.refresh(register)
    return path


@pytest.fixture(scope="module")
def site(path: Path) -> Iterator[str]:
    """The address where the register is shown."""
    with served(path) as address:
        yield address


def log_in(page: Page, password: str = PASSWORD) -> None:
    page.fill("#nom", NAME)
    page.fill("#mot_de_passe", password)
    page.click("main button[type=submit]")


@pytest.fixture(scope="module")
def signed_in(browser: Browser, site: str) -> Iterator[Tab]:
    with tab(browser, site, java_script_enabled=False) as opened:
        log_in(opened.open("/connexion"))
        yield opened


@pytest.fixture
def desk(signed_in: Tab) -> Iterator[Tab]:
    """A tab where Jeanne Martin has logged in, without scripts."""
    signed_in.taken()
    yield signed_in
    assert signed_in.taken() == []


def last_done(desk: Tab) -> str:
    return desk.open("/corrections/historique").locator(".historique > li").first.inner_text()


# Logging in and out


def test_log_in_wrong_then_right_and_out(browser: Browser, site: str) -> None:
    with tab(browser, site, java_script_enabled=False) as opened:
        page = opened.open("/corrections")
        assert "/connexion?suite=" in page.url
        log_in(page, "un autre mot de passe")
        assert page.locator("[role=alert]").is_visible()
        assert page.input_value("#nom") == NAME and page.input_value("#mot_de_passe") == ""
        assert [fault for fault in opened.taken() if not fault.startswith(("403", "console: Failed to load"))] == []
        log_in(page)
        assert page.url == f"{site}/corrections"
        (session,) = [cookie for cookie in page.context.cookies() if "csrf" not in cookie["name"]]
        assert session["httpOnly"] and session["sameSite"] in ("Lax", "Strict")
        page.click("text=Se déconnecter")
        assert page.locator("text=Se connecter").count() == 1
        opened.open("/corrections")
        assert "/connexion" in page.url
        assert opened.taken() == []


def test_reader_without_an_account_sees_nothing_to_correct(browser: Browser, site: str) -> None:
    with tab(browser, site) as opened:
        page = opened.open("/projets")
        page.locator(".fiche h3 a").first.click()
        assert page.locator("main form").count() == 0
        assert page.locator("main a[href^='/corrections']").count() == 0


# Records


def test_what_is_most_doubtful_comes_first(desk: Tab) -> None:
    page = desk.open("/corrections")
    doubts = [float(meter.get_attribute("value") or "nan") for meter in page.locator("meter").all()]
    assert len(doubts) > 5 and doubts == sorted(doubts, reverse=True)
    page.click(".filtre-mots >> text=Projets")
    assert set(page.locator("tbody td:nth-of-type(1)").all_inner_texts()) == {"projet"}


def test_record_is_corrected_after_a_mistake_and_that_is_undone(desk: Tab) -> None:
    page = desk.open("/corrections?nature=financements")
    page.locator("tbody a", has_text="Accès à l’eau potable").first.click()
    before = page.input_value("#c-purpose")
    page.fill("#c-purpose", MARKUP)
    page.fill("#c-start", "31/13/2009")
    page.click("button[value=enregistrer]")
    assert "31/13/2009" in page.locator("[role=alert]").inner_text()
    assert page.input_value("#c-purpose") == MARKUP
    assert all(fault.startswith(("400", "422", "console: Failed to load")) for fault in desk.taken())
    page.fill("#c-start", "12/2009")
    page.fill("#c-note", "Vu dans la délibération")
    page.click("button[value=enregistrer]")
    assert page.locator("[role=status]").first.is_visible()
    assert page.locator("h1").inner_text() == MARKUP
    assert page.locator("main script, main h1 b").count() == 0
    assert page.locator(".relu").is_visible()
    assert "12/2009" in page.locator(".champs").first.inner_text() or "décembre 2009" in page.inner_text("main")
    told = last_done(desk)
    assert NAME in told and "Vu dans la délibération" in told and MARKUP in told and before in told
    page.locator(".historique button", has_text="Annuler").first.click()
    assert page.locator(".message").is_visible()
    assert "annulé par" in last_done(desk)
    page.locator(".historique > li").first.locator("a").first.click()
    assert page.locator("h1").inner_text() != MARKUP


def test_record_is_confirmed(desk: Tab) -> None:
    page = desk.open("/corrections?nature=projets")
    total = page.locator("tbody tr").count()
    page.locator("tbody a", has_text="Jardins en fleurs").first.click()
    assert page.locator(".a-cote mark").count() > 0
    page.click("button[value=confirmer]")
    assert page.locator(".relu").is_visible()
    assert desk.open("/corrections?nature=projets").locator("tbody tr").count() == total - 1


def test_record_is_taken_out_and_comes_back(desk: Tab) -> None:
    page = desk.open("/corrections?nature=accords")
    page.locator("tbody a", has_text="Convention").first.click()
    ref = page.url.rsplit("/", 1)[1]
    page.click("button[value=rejeter]")
    assert page.locator(".message").is_visible()
    assert "/documents/" in page.url
    desk.open("/corrections/historique")
    page.locator(".historique button", has_text="Annuler").first.click()
    assert desk.open(f"/accords/{ref}").locator("h1").inner_text() == "Convention"


def test_record_is_added_from_the_words_of_a_document(desk: Tab) -> None:
    page = desk.open("/documents")
    page.locator("main a", has_text="Un long texte").first.click()
    page.click("text=Ajouter ce qui manque")
    page.click("text=un partenariat")
    page.locator("select[name=kind]").select_option("jumelage")
    page.locator("input[name=party]").first.fill("commune de Ségou")
    page.locator("input[name=party]").nth(1).fill("Auxerre")
    page.locator("input[name=party_id]").nth(1).fill("fr-commune:89024")
    page.fill("#c-quotes", "La commune de Ségou reçoit un groupe.")
    page.click("button[value=enregistrer]")
    assert page.url.startswith(f"{desk.address}/partenariats/")
    assert "Ségou" in page.locator("h1").inner_text() and "Auxerre" in page.locator("h1").inner_text()
    page.locator(".citation a").first.click()
    assert page.locator(".choisie").first.inner_text().startswith("La commune de Ségou")
    page.go_back()


def test_mention_is_corrected_in_the_text(desk: Tab) -> None:
    page = desk.open("/documents")
    page.locator("main tbody a", has_text="Coopération").first.click()
    page.click("text=Corriger les mentions")
    page.locator("tbody th a").first.click()
    page.locator("#c-label").select_option("LOC")
    page.fill("#c-kb_id", "")
    page.click("button[value=enregistrer]")
    assert page.locator("[role=status]").first.is_visible()
    assert page.locator(".texte .ent.e-loc").count() > 0
    assert "une mention" in last_done(desk)


# Pairs


def test_pairs_are_made_one_or_kept_apart(desk: Tab, path: Path) -> None:
    # An item of a pair was another one while it was corrected, until that was undone:
    # the pair is proposed again when the catalogue is next made, which the server does in its time.
    with Register(path) as register:
        catalogue.refresh(register)
    page = desk.open("/corrections/doublons")
    pairs = page.locator(".paire").count()
    assert pairs == 2
    pair = page.locator(".paire", has_text="Jardins en fleurs")
    link = pair.locator("a").first.get_attribute("href")
    assert link
    pair.locator("button[value=reunir]").click()
    assert page.locator(".paire").count() == pairs - 1
    assert desk.open(link).locator("article.source").count() == 2
    page = desk.open("/corrections/doublons")
    page.locator("button[value=separer]").first.click()
    assert page.locator(".paire").count() == 0
    assert desk.open(link).locator("article.source").count() == 2
    page.click("summary:has-text('ne parlent pas de la même chose')")
    page.locator("button", has_text="Séparer la source").first.click()
    assert desk.open(link).locator("article.source").count() == 1


# How it looks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_corrections_are_well(desk: Tab, scheme: str) -> None:
    page = desk.open("/documents")
    text = page.locator("main tbody a").first.get_attribute("href")
    form = desk.open("/corrections").locator("tbody a").first.get_attribute("href")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    try:
        for path in ("/corrections", "/corrections/doublons", "/corrections/historique", "/corrections/identifiants?q=Auxerre",
                     form, f"/corrections{text}", f"/corrections{text}/mots", f"/corrections{text}/mots/0",
                     f"/corrections{text}/financements/ajouter"):  # fmt: skip
            desk.open(str(path))
            for size in (DESKTOP, PHONE):
                page.set_viewport_size(size)
                assert page.evaluate(FAULTS) == [], (path, size)
            assert page.evaluate(CONTRAST)["found"] == [], path
    finally:
        page.set_viewport_size(DESKTOP)
        page.emulate_media(color_scheme="light")


# A hostile document


def test_hostile_document_runs_nothing_on_any_page_it_is_on(browser: Browser, site: str) -> None:
    with tab(browser, site) as opened:
        log_in(opened.open("/connexion"))
        page, queue, seen = opened.page, ["/", "/recherche?q=alert", "/recherche?q=alert&dans=textes", "/tableau-de-bord",
                                          "/tableau-de-bord/reseau", "/corrections", "/corrections/doublons", "/registre/entity"], set()  # fmt: skip
        marked = 0
        queue += [
            f"/{kind}"
            for kind in ("accords", "projets", "partenariats", "financements", "acteurs", "themes", "documents")
        ]
        while queue:
            path = queue.pop(0)
            seen.add(path)
            opened.open(path)
            told = page.locator("main").inner_text()
            marked += "onerror" in told
            assert page.locator("main script, main img[src=x], main [onload], main [onerror]").count() == 0, path
            assert opened.taken() == [], path
            if len(seen) > 15:
                continue
            links = page.locator("main a[href]").evaluate_all(
                "all => all.map(a => [new URL(a.getAttribute('href'), document.baseURI).href, a.textContent])"
            )
            for href, words in links:
                assert href.startswith(site + "/"), href
                next_ = href.removeprefix(site).partition("#")[0]
                if "onerror" in words and next_ not in seen and next_ not in queue and len(queue) < 20:
                    queue.append(next_)
        assert marked > 12
        opened.open("/")
        page.fill("#q", HOSTILE)
        page.click(".chercher button")
        assert HOSTILE[:20] in page.input_value("#q")
        assert opened.taken() == []
