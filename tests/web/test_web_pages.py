"""The pages of a register: what they show, where they lead, what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html

from coopnlp.errors import CoopnlpError, RegisterError
from coopnlp.web.app import make_app
from tests.register.register_makers import PAGES, full
from tests.web.web_register import fill
from tests.web.web_site import Client, client

DIGEST = full().extraction.source.sha256[:12]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("pages") / "register.db"
    fill(path)
    with client(path) as made:
        yield made


def _texts(page: str, path: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in html.fromstring(page).xpath(path)]


def test_home_says_what_is_in_it(site: Client) -> None:
    page = site.text("/")
    figures = dict(reversed(told.split(" ", 1)) for told in _texts(page, "//ul[@class='chiffres']/li"))
    assert figures["documents"] == "3"
    assert {"accord", "projet", "partenariat"} <= {name.rstrip("s") for name in figures}
    assert "Un long texte" in page


def test_list_leads_to_items_by_permanent_addresses(site: Client) -> None:
    tree = html.fromstring(site.text("/partenariats"))
    links = tree.xpath("//li[@class='fiche']/h3/a/@href")
    assert f"/partenariats/{DIGEST}-0" in links
    page = site.text(f"/partenariats/{DIGEST}-0")
    assert "Auxerre" in page and "Plovdiv" in page and "jumelage" in page


def test_any_record_of_an_item_opens_it(site: Client) -> None:
    other = full("suite.pdf", extra=" Fin.").extraction.source.sha256[:12]
    first, second = (html.fromstring(site.text(f"/projets/{d}-0")) for d in (DIGEST, other))
    for tree in (first, second):
        (canonical,) = tree.xpath("//link[@rel='canonical']/@href")
        assert site.get(canonical).status_code == 200
    assert first.xpath("//h1")[0].text_content() == "Jardins en fleurs"


def test_item_quotes_the_words_and_leads_to_them(site: Client) -> None:
    tree = html.fromstring(site.text(f"/financements/{DIGEST}-0"))
    start = "\n\n".join(PAGES).index("Agence de l’eau verse")
    (link,) = tree.xpath(f"//blockquote//a[starts-with(@href, '/documents/{DIGEST}?a={start}&fiche=')]")
    assert link.get("href").endswith(f"#e-{start}")
    assert link.text_content() == "Agence de l’eau verse 15 000 €"
    assert "pour l’accès" in tree.xpath("//blockquote")[0].text_content()
    document = html.fromstring(site.text(f"/documents/{DIGEST}?a={start}"))
    assert document.get_element_by_id(f"e-{start}") is not None


def test_theme_is_shown_with_probability_and_words(site: Client) -> None:
    told = _texts(site.text(f"/projets/{DIGEST}-0"), "//dl[@class='champs']")[0]
    assert "Environnement › Eau" in told and "75" in told and "eau potable" in told


def test_document_shows_every_character_of_its_page_once(site: Client) -> None:
    for number, expected in enumerate(PAGES, 1):
        tree = html.fromstring(site.text(f"/documents/{DIGEST}?page={number}"))
        (text,) = tree.find_class("texte")
        for word in text.find_class("genre"):
            word.drop_tree()
        assert text.text_content().strip() == expected


def test_entities_are_told_by_words_not_by_colour_alone(site: Client) -> None:
    tree = html.fromstring(site.text(f"/documents/{DIGEST}"))
    assert _texts(site.text(f"/documents/{DIGEST}"), "//span[contains(@class,'e-amount')]")[0].endswith("montant")
    for box in tree.xpath("//input[@type='checkbox']/@id"):
        assert tree.xpath(f"//label[@for='{box}']")


def test_long_text_without_pages_is_cut_in_parts(site: Client) -> None:
    (link,) = html.fromstring(site.text("/documents?titre=long")).xpath("//tbody//a/@href")
    first = site.text(link)
    assert "Partie 1 sur" in first
    assert site.get(f"{link}?page=99").status_code == 404
    assert "Partie 2 sur" in site.text(f"{link}?a=20000")


def test_documents_list_failures(site: Client) -> None:
    page = site.text("/documents?etat=echec")
    assert "scan.pdf" in page and "aucun texte" in page
    assert "1\u00a0fichier" in site.text("/documents")


def test_search_marks_words_and_narrows_by_facets(site: Client) -> None:
    page = site.text("/recherche?q=jardins")
    assert "<mark>Jardins</mark>" in page or "<mark>jardins</mark>" in page
    texts = site.text("/recherche?q=bénévoles&dans=textes")
    assert "<mark>bénévoles</mark>" in texts
    assert _texts(site.text("/recherche?q=eau&type=funding"), "//li[@class='fiche']//span[contains(@class,'nature')]")
    assert set(
        _texts(site.text("/recherche?q=eau&type=funding"), "//li[@class='fiche']//span[contains(@class,'nature-')]")
    ) == {"financement"}
    assert "Aucune fiche" in site.text("/recherche?q=eau&type=funding&pays=JP") or "Aucun" in site.text(
        "/recherche?q=eau&type=funding&pays=JP"
    )
    assert "Écrivez" in site.text("/recherche?q=")


def test_search_takes_whatever_is_typed(site: Client) -> None:
    for typed in ('"', "((", "NEAR(", "*", "a" * 700, "é" * 50, "-", "\x00", "' OR 1=1 --"):
        assert site.get("/recherche", params={"q": typed}).status_code == 200, typed


def test_facet_counts_are_those_of_the_rows_behind(site: Client) -> None:
    tree = html.fromstring(site.text("/recherche?acteur=fr-commune%3A89024"))
    for option in tree.xpath("//section[@aria-labelledby='f-type']//li"):
        (link,) = option.xpath("./a/@href")
        (count,) = option.xpath("./span[@class='compte']/text()")
        (total,) = _texts(site.text(link), "//p[@class='total']")
        assert total.split("\u00a0")[0].split(" ")[0] == count


def test_actor_page(site: Client) -> None:
    page = site.text("/acteurs/fr-commune%3A89024")
    assert "Auxerre" in page and "Plovdiv" in page and "commune" in page
    assert site.get("/acteurs/fr-commune%3A00000").status_code == 404
    funder = site.text("/acteurs/name%3Aagence%20de%20l%20eau")
    assert "€" in funder and "devises" in funder


def test_actor_list_filters(site: Client) -> None:
    assert _texts(site.text("/acteurs?nom=plov"), "//tbody/tr/th") == ["Plovdiv"]
    assert site.get("/acteurs?ordre=x").status_code == 400


def test_theme_pages(site: Client) -> None:
    assert "Environnement" in site.text("/themes")
    assert "Jardins en fleurs" in site.text("/themes/environnement")
    assert "Jardins en fleurs" in site.text("/themes/environnement/eau")
    assert site.get("/themes/environnement/rien").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/accords?annee=abc", "/accords?page=0", "/accords?page=1e5", "/accords?tri=x", "/documents?annee=20000",
     "/recherche?q=a&dans=x", "/recherche?annee_min=12", f"/documents/{DIGEST}?a=-4", "/accords?page=٣"],
)  # fmt: skip
def test_values_without_sense_are_named(site: Client, address: str) -> None:
    response = site.get(address)
    assert response.status_code == 400
    assert "Demande incomprise" in response.text


@pytest.mark.parametrize(
    "address",
    ["/nulle-part", "/accords/000000000000-0", f"/accords/{DIGEST}-99", "/accords/..%2f..%2fetc%2fpasswd",
     "/documents/ffffffffffff", "/accords?page=7", "/static/../app.py", "/static/%2e%2e/app.py", "/documents/../x",
     f"/documents/{DIGEST}/pages/1.jpg", f"/documents/{DIGEST}/pages/..%2f1.jpg", "/registre/rien",
     "/-/plugins.json", "/-/settings", "/-/databases.json", "/-/auth-token", "/-/static/../../app.py"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(site: Client, address: str) -> None:
    response = site.get(address)
    assert response.status_code in (404, 302), response.status_code
    assert "Traceback" not in response.text and "/site-packages" not in response.text
    if response.status_code == 302:  # Datasette writes a path with % in its own way, which is not there either
        assert site.get(response.headers["location"]).status_code == 404


def test_errors_of_the_program_tell_nothing(site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise KeyError("secret/path")

    monkeypatch.setattr("coopnlp.web.pages.actors.list_actors", lambda *a, **k: fails())
    response = site.get("/acteurs")
    assert response.status_code == 500
    assert "secret" not in response.text and "Traceback" not in response.text and "journal du serveur" in response.text


def test_every_page_has_landmarks_title_and_one_heading(site: Client) -> None:
    for address in ("/", "/accords", "/recherche?q=eau", f"/documents/{DIGEST}", "/acteurs", "/donnees", "/nulle"):
        tree = html.fromstring(site.get(address).text)
        assert tree.get("lang") == "fr"
        assert len(tree.xpath("//h1")) == 1 and len(tree.xpath("//main[@id='contenu']")) == 1
        assert tree.xpath("//a[@class='evitement']/@href") == ["#contenu"]
        assert tree.xpath("//title")[0].text_content().strip(" –")
        ids = tree.xpath("//@id")
        assert len(ids) == len(set(ids)), address
        for field in tree.xpath("//input[not(@type='hidden')]|//select"):
            assert (
                tree.xpath(f"//label[@for='{field.get('id')}']")
                or field.get("aria-label")
                or field.xpath("ancestor::label")
            )


def test_a_change_of_the_register_is_shown_after_a_while(tmp_path: Path) -> None:
    from coopnlp.register import Register
    from coopnlp.web.settings import Settings

    path = tmp_path / "register.db"
    fill(path)
    with client(path, Settings(check_s=0.0, burst=1000)) as made:
        before = made.site.index.size
        with Register(path) as register:
            register.add(full("nouveau.pdf", extra=" Encore."))
        made.text("/accords")
        made.site.settle()
        assert made.site.index.size >= before and made.site.index.stamp
        assert "nouveau.pdf" in made.text("/documents")
        assert (
            made.get(f"/accords/{full('nouveau.pdf', extra=' Encore.').extraction.source.sha256[:12]}-0").status_code
            == 200
        )


def test_a_register_that_is_not_there_or_in_memory_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="no such register"):
        make_app(tmp_path / "none.db")
    with pytest.raises(RegisterError):
        make_app("sqlite://")


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "datasette.app", None)
    with pytest.raises(CoopnlpError, match=r'pip install "coopnlp\[serve\]"'):
        make_app(tmp_path / "none.db")
