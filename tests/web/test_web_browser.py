"""Every page of a register of real documents in headless Chromium: what readers see, with a keyboard, on paper, in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import coopnlp
from coopnlp import catalogue
from coopnlp.register import Register
from coopnlp.text import fold
from tests.web.browser import CONTRAST, DESKTOP, FAULTS, FOCUS, PHONE, Tab, chromium, missing, served, tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from spacy.language import Language

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))
# One of each kind of file that is read quickly: Markdown, a saved page, a PDF whose pages are shown, a word processor's.
DOCUMENTS = (
    "plan-action-drome-midelt.md",
    "fiche-atlas-aurillac-tambacounda.html",
    "laureats-appel-2024.pdf",
    "convention-fecamp-matane.docx",
)
LISTS = ("accords", "projets", "partenariats", "financements")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, root: Path, nlp: Language) -> Iterator[str]:
    """The address of a register of real documents."""
    path = tmp_path_factory.mktemp("browser") / "register.db"
    with Register(path) as register:
        for name in DOCUMENTS:
            register.add(coopnlp.process(root / "examples" / "documents" / name))
        catalogue.refresh(register)
    with served(path) as address:
        yield address


@pytest.fixture(scope="module")
def shared_tab(browser: Browser, site: str) -> Iterator[Tab]:
    with tab(browser, site) as opened:
        yield opened


@pytest.fixture
def reader(shared_tab: Tab) -> Iterator[Tab]:
    """A tab at desktop width; what it met is looked at when the test ends."""
    shared_tab.page.set_viewport_size(DESKTOP)
    yield shared_tab
    assert shared_tab.taken() == []


def first_of(reader: Tab, path: str, selector: str) -> str:
    """The address that the first such link of a page leads to."""
    href = reader.open(path).locator(selector).first.get_attribute("href")
    assert href
    return href


def document(reader: Tab, name: str) -> str:
    """The address of a document."""
    reader.open("/documents")
    href = reader.page.locator("tr", has_text=name).locator("a").first.get_attribute("href")
    assert href
    return href


FIXED = (
    "/", "/recherche", "/recherche?q=eau", "/recherche?q=eau&dans=textes", "/recherche?q=xylophone", "/accords", "/projets",
    "/partenariats", "/financements", "/projets?pays=FR&annee_min=2020", "/acteurs", "/themes", "/documents", "/donnees",
    "/tableau-de-bord", "/tableau-de-bord/carte", "/tableau-de-bord/carte?vue=lieux", "/tableau-de-bord/reseau",
    "/tableau-de-bord/echeances", "/tableau-de-bord/sans-suite?ans=1", "/tableau-de-bord?pays=FR", "/connexion", "/registre", "/registre/item",
)  # fmt: skip
LED = {
    **{f"/{kind}/": (f"/{kind}", ".fiche h3 a") for kind in LISTS},
    "/acteurs/": ("/accords", ".parties a"),
    "/themes/a": ("/themes", "main .themes h2 a"),
    "/themes/a/b": ("/themes", "main .themes li a"),
    "/documents/ligne": ("/registre/item", "main td a"),
}


def _is_well(reader: Tab, path: str) -> None:
    page = reader.open(path)
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate(FAULTS) == [], (path, size)
    assert reader.taken() == [], path


@pytest.mark.parametrize("path", FIXED)
def test_page_is_well_at_desktop_and_phone_width(reader: Tab, path: str) -> None:
    _is_well(reader, path)


@pytest.mark.parametrize("path", LED)
def test_page_that_others_lead_to_is_well(reader: Tab, path: str) -> None:
    _is_well(reader, first_of(reader, *LED[path]))


# Drawings that are there but do not fit, and drawings of which none is.
DRAWN = """() => {
  const found = [], seen = [...document.querySelectorAll('main svg.dessin')].filter(node => node.checkVisibility() && node.clientWidth > 40);
  for (const node of seen) {
    if (node.getBoundingClientRect().right > document.documentElement.clientWidth + 1) found.push('wider: ' + node.id);
    const pane = node.closest('.defile');
    if (pane && pane.scrollWidth > pane.clientWidth + 1) found.push('scrolls: ' + pane.getAttribute('aria-label'));
    for (const text of node.querySelectorAll('text'))
      if (text.getBoundingClientRect().height < 9) { found.push('too small to read: ' + text.textContent); break; }
  }
  return {found, count: seen.length};
}"""


@pytest.mark.parametrize(
    "path", ["/tableau-de-bord", "/tableau-de-bord/carte?vue=france", "/tableau-de-bord/reseau", "/acteurs/"]
)
def test_drawings_fit_a_phone_and_can_be_read_there(reader: Tab, path: str) -> None:
    page = reader.open(path if path != "/acteurs/" else first_of(reader, *LED["/acteurs/"]))
    counts = []
    for size in (DESKTOP, {"width": 720, "height": 900}, PHONE):
        page.set_viewport_size(size)
        told = page.evaluate(DRAWN)
        assert told["found"] == [], (path, size)
        counts.append(told["count"])
    assert counts[0] >= 1 and len(set(counts)) == 1, "one of each pair, at every width"


@pytest.mark.parametrize("path", ["/acteurs", "/documents"])
def test_lists_are_not_scrolled_sideways_on_a_phone(reader: Tab, path: str) -> None:
    page = reader.open(path)
    page.set_viewport_size(PHONE)
    wide = "() => [...document.querySelectorAll('main .defile')].filter(n => n.scrollWidth > n.clientWidth + 1).length"
    assert page.evaluate(wide) == 0
    said = "node => getComputedStyle(node, '::before').content"
    number = page.locator(".pliable td.nombre:not(:empty, .rien)").first
    assert str(number.get_attribute("data-nom")) in number.evaluate(said), "numbers say what they count without heads"
    page.set_viewport_size(DESKTOP)
    assert page.locator(".pliable thead th").first.is_visible() and number.evaluate(said) == "none"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_well(reader: Tab, name: str) -> None:
    _is_well(reader, document(reader, name))


def test_missing_page_says_so_in_french(browser: Browser, site: str) -> None:
    with tab(browser, site) as opened:
        page = opened.open("/projets/000000000000-0")
        assert page.locator("h1").inner_text() == "Page introuvable"
        assert page.evaluate(FAULTS) == []
        assert all(fault.startswith(("404:", "console: Failed to load resource")) for fault in opened.taken())


def test_page_of_a_pdf_is_shown_beside_its_text(reader: Tab) -> None:
    page = reader.open(document(reader, "laureats-appel-2024.pdf"))
    image = page.locator(".image-page img")
    image.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.image-page img').naturalWidth > 300")
    text, drawn = page.locator(".texte").bounding_box(), image.bounding_box()
    assert text and drawn and drawn["x"] >= text["x"] + text["width"]


# Keyboard


def test_first_stop_of_the_keyboard_leads_past_the_head(reader: Tab) -> None:
    page = reader.open("/projets")
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    assert focus["skip"]
    page.wait_for_function("() => document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["facet"]


def test_keyboard_reaches_search_and_facets_and_shows_where_it_is(reader: Tab) -> None:
    page = reader.open("/projets")
    stops = []
    for _ in range(30):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS))
    assert all(stop and stop["outline"] >= 2 and stop["inside"] for stop in stops), stops
    names = [stop["name"] for stop in stops]
    assert "q" in names
    assert [stop["href"] for stop in stops].index("/accords") < [stop["facet"] for stop in stops].index(True)
    reader.open("/")
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUS)["name"] == "q":
            break
    page.keyboard.type("Tambacounda")
    page.keyboard.press("Enter")
    page.wait_for_url("**/recherche?q=Tambacounda")
    assert page.locator(".fiche").count() > 0


def test_keyboard_turns_the_marks_of_a_text_on_and_off(reader: Tab) -> None:
    page = reader.open(document(reader, "plan-action-drome-midelt.md"))
    page.locator("#voir-date").focus()
    page.keyboard.press("Space")
    assert not page.locator("#voir-date").is_checked()


# Lists and search


@pytest.mark.parametrize("kind", LISTS)
def test_facets_narrow_to_what_they_count(reader: Tab, kind: str) -> None:
    page = reader.open(f"/{kind}")
    facets = page.locator(".facette").all()
    assert facets
    for name in [facet.get_attribute("aria-labelledby") for facet in facets]:
        page = reader.open(f"/{kind}")
        option = page.locator(f"section[aria-labelledby={name}] li").first
        told = option.locator(".compte").inner_text()
        option.locator("a").click()
        assert page.locator(".total").inner_text().split()[0] == told, name
        assert page.locator(".fiche").count() == min(25, int(told))
        assert page.locator(".facettes .choisi").count() == 1
    page.locator(".facettes .choisi").click()
    assert page.locator(".facettes .choisi").count() == 0


def test_two_facets_and_years_go_together(reader: Tab) -> None:
    page = reader.open("/financements?pays=FR")
    before = int(page.locator(".total").inner_text().split()[0])
    page.fill("input[name=annee_min]", "2025")
    page.click(".periode button")
    after = int(page.locator(".total").inner_text().split()[0])
    assert 0 < after < before
    assert "pays=FR" in page.url and "annee_min=2025" in page.url
    page.click("text=Retirer tous les filtres")
    assert int(page.locator(".total").inner_text().split()[0]) >= before


def test_search_highlights_whatever_the_accents(reader: Tab) -> None:
    page = reader.open("/")
    page.fill("#q", "quebecois")
    page.click(".chercher button")
    page.click(".onglets a:not([aria-current])")
    marks = page.locator("main mark").all_inner_texts()
    assert marks and all(fold(mark).startswith("quebecois") for mark in marks)
    assert any("é" in mark for mark in marks)
    assert page.input_value("#q") == "quebecois"


def test_figures_of_the_dashboard_lead_to_their_rows(reader: Tab) -> None:
    page = reader.open("/tableau-de-bord")
    figure = page.locator(".chiffres a", has_text="projets")
    told = figure.locator("strong").inner_text()
    figure.click()
    assert page.locator(".total").inner_text().split()[0] == told
    page = reader.open("/tableau-de-bord")
    bar = page.locator("svg a[href='/projets?pays=FR']").first
    told = re.search(r": (\d+) projet", bar.get_attribute("aria-label") or "")
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/projets?pays=FR")
    assert told and page.locator(".total").inner_text().split()[0] == told[1]


def test_country_of_the_map_narrows_the_dashboard(reader: Tab) -> None:
    page = reader.open("/tableau-de-bord/carte")
    page.locator("svg a[href*='pays=CA']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**pays=CA*")
    assert "Canada" in page.locator(".puces").inner_text()


# From a record to its words


@pytest.mark.parametrize("kind", LISTS)
def test_click_on_a_quotation_lands_on_the_passage(reader: Tab, kind: str) -> None:
    reader.open(first_of(reader, f"/{kind}", ".fiche h3 a"))
    link = reader.page.locator(".citation a").first
    words = " ".join(link.inner_text().split())
    link.click()
    page = reader.page
    assert re.search(r"/documents/[0-9a-f]{12}\?a=\d+.*#e-\d+$", page.url)
    page.wait_for_function(
        """() => { const box = document.querySelector('.choisie').getBoundingClientRect();
                   return box.top >= 0 && box.bottom <= innerHeight; }"""
    )
    assert words.split()[0] in page.locator(".choisie").first.inner_text()


def test_document_leads_to_its_records_and_back(reader: Tab) -> None:
    here = document(reader, "convention-fecamp-matane.docx")
    page = reader.open(here)
    link = page.locator(".lues a").first
    title = link.inner_text()
    link.click()
    assert page.locator("h1").inner_text() == title
    page.locator(".source h3 a").first.click()
    assert here in page.url


# Without scripts, on paper, in the dark


def test_marks_of_a_text_are_turned_off_without_scripts(browser: Browser, site: str) -> None:
    with tab(browser, site, java_script_enabled=False) as opened:
        page = opened.open(document(opened, "plan-action-drome-midelt.md"))
        box = page.locator(".texte .ent.e-date").first
        genre = box.locator(".genre")
        assert genre.is_visible()
        page.click("label[for=voir-date]")
        assert not genre.is_visible()
        assert page.locator(".texte .ent.e-amount .genre").first.is_visible()
        page.click("label[for=voir-date]")
        assert genre.is_visible()
        assert opened.taken() == []


def test_pages_work_without_scripts(browser: Browser, site: str) -> None:
    with tab(browser, site, java_script_enabled=False) as opened:
        page = opened.open("/projets")
        page.locator(".facettes li a").first.click()
        assert page.locator(".choisi").count() == 1
        page.fill("#q", "eau")
        page.click(".chercher button")
        assert page.locator("mark").count() > 0
        opened.open("/tableau-de-bord/carte")
        assert page.locator("svg a").count() > 3
        assert opened.taken() == []


@pytest.mark.parametrize("path", ["/projets", "/recherche?q=eau", "/tableau-de-bord"])
def test_paper_has_no_navigation(reader: Tab, path: str) -> None:
    page = reader.open(path)
    page.emulate_media(media="print")
    try:
        for selector in (
            ".rubriques",
            ".chercher",
            ".evitement",
            ".compte-de",
            ".facettes",
            "main form",
            "main button",
        ):
            assert not any(one.is_visible() for one in page.locator(selector).all()), selector
        assert page.locator("h1").is_visible()
        assert page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf(format="A4").startswith(b"%PDF-")
    finally:
        page.emulate_media(media="screen")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(reader: Tab, scheme: str) -> None:
    paths = ["/", "/recherche?q=eau", "/acteurs", "/tableau-de-bord?pays=FR", "/connexion",
             first_of(reader, "/financements", ".fiche h3 a"), document(reader, "plan-action-drome-midelt.md")]  # fmt: skip
    reader.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    try:
        for path in paths:
            measured = reader.open(path).evaluate(CONTRAST)
            assert measured["count"] > 10
            assert measured["found"] == [], path
    finally:
        reader.page.emulate_media(color_scheme="light")
