"""Corrections in the pages: who may write, what forms take, what stands on the pages after."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from lxml import html

from coopnlp import catalogue
from coopnlp.register import Register
from coopnlp.register.accounts import Accounts
from coopnlp.register.corrected import Correction, Thing
from coopnlp.register.corrections import Corrections
from coopnlp.types import Agreement, Funding, Partnership, ThemeAssignment
from coopnlp.web.attempts import Attempts
from coopnlp.web.corrections.forms import Mistyped, entity, record
from coopnlp.web.corrections.session import COOKIE, Form, way_back
from tests.web.web_register import HOSTILE, fill
from tests.web.web_site import Client, client

NAME, PASSWORD = "Jeanne Martin", "un mot de passe assez long"
TEXT = "La Ville d'Auxerre et Plovdiv\nont signé une convention en 1999. La Ville verse 12 000 €."


class Person:
    """A browser with its cookies."""

    def __init__(self, site: Client) -> None:
        self.site = site
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> httpx.Response:
        return self._sent("GET", address)

    def post(self, address: str, *, token: str | None = None, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:  # fmt: skip
        told = {**({"csrftoken": token} if token is not None else {}), **fields}
        body = urlencode(told, doseq=True)
        kind = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._sent("POST", address, content=body, headers=kind)

    def _sent(self, method: str, address: str, **more: Any) -> httpx.Response:
        headers = {**more.pop("headers", {}), "cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        response = self.site.request(method, address, headers=headers, **more)
        for told in response.headers.get_list("set-cookie"):
            name, _, value = told.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
            if not self.cookies[name]:
                del self.cookies[name]
        return response

    def form(self, address: str, action: str | None = None) -> dict[str, Any]:
        """The fields of the form of a page, as a browser would send them back."""
        page = self.get(address)
        assert page.status_code == 200, (address, page.status_code)
        tree = html.fromstring(page.text)
        (form,) = tree.xpath("//main//form[@class='formulaire']") if action is None else tree.xpath(f"//form[@action='{action}']")[:1]  # fmt: skip
        fields: dict[str, Any] = {}
        for node in form.xpath(".//input|.//textarea|.//select"):
            name = node.get("name")
            chosen = node.xpath("./option[@selected]/@value") if node.tag == "select" else []
            value = (chosen or [""])[0] if node.tag == "select" else node.text or "" if node.tag == "textarea" else node.get("value") or ""  # fmt: skip
            fields.setdefault(name, []).append(value)
        return {name: values[0] if len(values) == 1 else values for name, values in fields.items()}

    def sign_in(self, name: str = NAME, password: str = PASSWORD) -> httpx.Response:
        token = re.search(r'name="csrftoken" value="([^"]+)"', self.get("/connexion").text)
        assert token
        return self.post("/connexion", token=token[1], nom=name, mot_de_passe=password)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corrige") / "register.db"
    fill(path)
    with Register(path) as register:
        Accounts(register).create(NAME, PASSWORD)
        catalogue.refresh(register)
    return path


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "register.db"))


@pytest.fixture
def site(path: Path) -> Iterator[Client]:
    with client(path) as made:
        yield made


@pytest.fixture
def jeanne(site: Client) -> Person:
    person = Person(site)
    assert person.sign_in().status_code == 303
    return person


def first(site: Client, type_: str = "agreement") -> Thing:
    """A record of the register."""
    with Register(site.site.database.where) as register:
        for record_ in register.records():
            if getattr(record_, f"{type_}s"):
                return Thing(target="record", sha256=record_.source.sha256, type=type_, n=0)
    raise AssertionError(type_)


def address(thing: Thing, plural: str = "accords") -> str:
    return f"/corrections/{plural}/{thing.sha256[:12]}-{thing.n}"


def value(site: Client, thing: Thing) -> Any:
    with Register(site.site.database.where) as register:
        return Corrections(register).value(thing).value


# Who may write


def test_nothing_is_shown_or_written_without_an_account(site: Client) -> None:
    nobody, thing = Person(site), first(site)
    before = value(site, thing)
    digest = thing.sha256[:12]
    for page in ("/corrections", "/corrections/historique", "/corrections/doublons", "/corrections/identifiants",
                 address(thing), f"/corrections/documents/{digest}", f"/corrections/documents/{digest}/mots",
                 f"/corrections/documents/{digest}/mots/0", f"/corrections/documents/{digest}/accords/ajouter"):  # fmt: skip
        for answer in (nobody.get(page), nobody.post(page, decision="rejeter", decision_="x")):
            assert answer.status_code in (303, 403, 405), page
            assert answer.status_code != 303 or answer.headers["location"].startswith("/connexion?suite=/")
    assert nobody.post("/corrections/historique/1/annuler").status_code in (303, 403)
    assert value(site, thing) == before


def test_a_session_is_not_forged(site: Client, jeanne: Person) -> None:
    thief = Person(site)
    told = jeanne.cookies[COOKIE]
    for forged in (told[:-2] + "xx", "x", told.partition(".")[0], ""):
        thief.cookies[COOKIE] = forged
        assert thief.get("/corrections").status_code == 303
    thief.cookies[COOKIE] = told
    assert thief.get("/corrections").status_code == 200


def test_a_session_ends_with_its_account_or_password(path: Path, site: Client, jeanne: Person) -> None:
    assert jeanne.get("/corrections").status_code == 200
    with Register(path) as register:
        Accounts(register).set_password(NAME, "un autre mot de passe")
    assert jeanne.get("/corrections").status_code == 303
    assert jeanne.sign_in(password="un autre mot de passe").status_code == 303
    with Register(path) as register:
        Accounts(register).disable(NAME)
    assert jeanne.get("/corrections").status_code == 303
    assert jeanne.sign_in(password="un autre mot de passe").status_code == 403


def test_logging_out(jeanne: Person) -> None:
    token = jeanne.form("/corrections", action="/deconnexion")["csrftoken"]
    assert jeanne.post("/deconnexion", token=token).status_code == 303
    assert jeanne.get("/corrections").status_code == 303


@pytest.mark.parametrize("token", [None, "", "faux"])
def test_a_form_from_elsewhere_writes_nothing(site: Client, jeanne: Person, token: str | None) -> None:
    thing = first(site)
    assert jeanne.post(address(thing), token=token, decision="rejeter").status_code == 403
    assert value(site, thing)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://ailleurs.example"}])
def test_a_form_that_says_it_is_from_elsewhere_writes_nothing(
    site: Client, jeanne: Person, headers: dict[str, str]
) -> None:
    thing = first(site)
    fields = jeanne.form(address(thing))
    assert jeanne.post(address(thing), headers=headers, **fields, decision="confirmer").status_code == 403
    with Register(site.site.database.where) as register:
        assert Corrections(register).history() == []


def test_passwords_cannot_be_tried_out(site: Client) -> None:
    person = Person(site)
    answers = [person.sign_in(password=f"mot de passe {n}").status_code for n in range(7)]
    assert answers[:5] == [403] * 5
    assert answers[-1] == 429
    assert person.sign_in().status_code == 429  # the right one has to wait too


def test_waits_double_and_end() -> None:
    now = 0.0
    attempts = Attempts(lambda: now)
    for _ in range(5):
        attempts.failed("a")
    assert (attempts.wait_s("a"), attempts.wait_s("b")) == (1.0, 0.0)
    now = 1.0
    assert attempts.wait_s("a", "b") == 0.0
    attempts.failed("a")
    assert attempts.wait_s("a") == 2.0
    attempts.succeeded("a")
    assert attempts.wait_s("a") == 0.0


@pytest.mark.parametrize(
    ("told", "expected"),
    [("/accords?page=2", "/accords?page=2"), ("//ailleurs.example", "/corrections"), ("https://ailleurs", "/corrections"),
     ("/\\ailleurs", "/corrections"), ("", "/corrections"), (None, "/corrections"), ("/a\nb", "/corrections")],
)  # fmt: skip
def test_one_is_never_sent_elsewhere(told: str | None, expected: str) -> None:
    assert way_back(told) == expected


# What is written


def test_a_record_is_edited_and_the_page_shows_it(site: Client, jeanne: Person) -> None:
    thing = first(site)
    before = value(site, thing)
    fields = jeanne.form(address(thing))
    fields |= {"title": "Convention « d’amitié »", "date": "31/12/1999", "note": "vu au procès-verbal"}
    answer = jeanne.post(address(thing), decision="enregistrer", **fields)
    assert answer.status_code == 303
    after = value(site, thing)
    assert (after.title, after.date) == ("Convention « d’amitié »", "1999-12-31")
    assert after.model_copy(update={"title": before.title, "date": before.date}) == before
    page = jeanne.get(answer.headers["location"]).text
    assert "La correction est enregistrée." in page
    assert "Convention « d’amitié »" in page and "corrigée par un archiviste" in page
    with Register(site.site.database.where) as register:
        (made,) = Corrections(register).history()
    assert (made.author, made.note, made.before, made.after) == (NAME, "vu au procès-verbal", before, after)
    past = jeanne.get("/corrections/historique").text
    assert "vu au procès-verbal" in past and "<del>" in past and "<ins>" in past


def test_a_record_is_confirmed_and_leaves_the_list(site: Client, jeanne: Person) -> None:
    thing = first(site, "funding")
    place = address(thing, "financements")
    listed = jeanne.get("/corrections?nature=financements").text
    assert place in listed
    assert jeanne.post(place, decision="confirmer", **jeanne.form(place)).status_code == 303
    assert place not in jeanne.get("/corrections?nature=financements").text


def test_a_record_is_rejected_and_comes_back_when_that_is_undone(site: Client, jeanne: Person) -> None:
    thing = first(site)
    before, place = value(site, thing), address(thing)
    assert jeanne.post(place, decision="rejeter", **jeanne.form(place)).status_code == 303
    assert jeanne.get(place).status_code == 404
    with Register(site.site.database.where) as register:
        (made,) = Corrections(register).history()
    undo = f"/corrections/historique/{made.id}/annuler"
    assert jeanne.post(undo, token=jeanne.form("/corrections/historique", action=undo)["csrftoken"]).status_code == 303
    assert value(site, thing) == before


def test_two_persons_at_once(site: Client, jeanne: Person) -> None:
    thing = first(site)
    fields = jeanne.form(address(thing))
    with Register(site.site.database.where) as register:
        other = value(site, thing).model_copy(update={"title": "Autre intitulé"})
        Corrections(register).edit(thing, other, author="Paul")
    answer = jeanne.post(address(thing), decision="enregistrer", **{**fields, "title": "Le mien"})
    assert answer.status_code == 409
    assert "Paul l’a changé entre-temps" in answer.text
    assert value(site, thing) == other


def test_what_was_typed_wrongly_is_told_and_kept(site: Client, jeanne: Person) -> None:
    thing = first(site)
    fields = jeanne.form(address(thing)) | {"title": f"Titre {HOSTILE}", "date": "le 3 mai"}
    answer = jeanne.post(address(thing), decision="enregistrer", **fields)
    assert answer.status_code == 400
    tree = html.fromstring(answer.text)
    assert "le 3 mai" in tree.xpath("string(//p[@role='alert'])")
    assert "<script>" in tree.xpath("string(//input[@name='title']/@value)")
    assert not tree.xpath("//main//script")


def test_what_a_person_writes_is_harmless(site: Client, jeanne: Person) -> None:
    thing = first(site)
    fields = jeanne.form(address(thing)) | {"title": HOSTILE, "note": HOSTILE, "party": [HOSTILE, "B", "", ""],
                                            "party_id": ["", "", "", ""]}  # fmt: skip
    assert jeanne.post(address(thing), decision="enregistrer", **fields).status_code == 303
    for page in ("/accords", address(thing), "/corrections/historique", f"/documents/{thing.sha256[:12]}", "/acteurs"):
        tree = html.fromstring(jeanne.get(page).text)
        assert not tree.xpath("//script|//main//img|//main//*[@onload or @onerror]"), page


def test_a_record_is_added(site: Client, jeanne: Person) -> None:
    thing = first(site)
    place = f"/corrections/documents/{thing.sha256[:12]}/partenariats/ajouter"
    with Register(site.site.database.where) as register:
        text = register.show(thing.sha256).record
        words = text.partnerships[0].parties[0].text
    fields = jeanne.form(place) | {"kind": "jumelage", "party": ["Auxerre", "Worms"], "party_id": ["", ""], "quotes": words}  # fmt: skip
    answer = jeanne.post(place, decision="enregistrer", **fields)
    assert answer.status_code == 303, answer.text
    assert "Worms" in jeanne.get(answer.headers["location"]).text


def test_a_mention_is_corrected(site: Client, jeanne: Person) -> None:
    thing = first(site)
    place = f"/corrections/documents/{thing.sha256[:12]}/mots"
    tree = html.fromstring(jeanne.get(place).text)
    (row,) = [row for row in tree.xpath("//tbody/tr") if "collectivité" in row.text_content()][:1]
    link = row.xpath(".//a/@href")[0]
    fields = jeanne.form(link) | {"kb_id": "fr-commune:89387"}
    assert jeanne.post(link, decision="enregistrer", **fields).status_code == 303
    assert "fr-commune:89387" in jeanne.get(place).text


def test_a_document_is_corrected_with_its_themes(site: Client, jeanne: Person) -> None:
    thing = first(site)
    place = f"/corrections/documents/{thing.sha256[:12]}"
    known = re.findall(r'<option value="(\[[^"]*\])"', jeanne.get(place).text)
    theme = html.fromstring(f"<p>{known[0]}</p>").text_content()
    fields = jeanne.form(place) | {"title": "Un titre juste", "date": "2001", "theme": [theme, "", ""]}
    assert jeanne.post(place, decision="enregistrer", **fields).status_code == 303
    page = jeanne.get(f"/documents/{thing.sha256[:12]}").text
    assert "Un titre juste" in page and "2001" in page
    held = value(site, Thing(target="document", sha256=thing.sha256))
    assert (held.title, held.date) == ("Un titre juste", "2001")


def test_a_theme_that_somebody_adds_meanwhile_is_not_taken_away(site: Client, jeanne: Person) -> None:
    digest = first(site).sha256
    place = f"/corrections/documents/{digest[:12]}"
    fields = jeanne.form(place)
    added = ThemeAssignment(path=("Culture et Patrimoine",), probability=1.0)
    with Register(site.site.database.where) as register:
        Corrections(register).add(digest, added, author="Paul")
    answer = jeanne.post(place, decision="enregistrer", **{**fields, "title": "Le mien"})
    assert answer.status_code == 409
    with Register(site.site.database.where) as register:
        themes = [held.value for held in Corrections(register).things(digest, "theme") if held.project is None]
    assert added in themes
    assert jeanne.post(place, decision="enregistrer", **{**jeanne.form(place), "title": "Le mien"}).status_code == 303


@pytest.mark.parametrize("damage", [{"attendu": ""}, {"attendu": "{"}, {"attendu": '{"kind": 1}'}])
def test_a_damaged_form_writes_nothing(site: Client, jeanne: Person, damage: dict[str, str]) -> None:
    thing = first(site)
    before = value(site, thing)
    answer = jeanne.post(
        address(thing), decision="enregistrer", **{**jeanne.form(address(thing)), "title": "x", **damage}
    )
    assert answer.status_code == 400
    assert "abîmé" in answer.text
    assert value(site, thing) == before


@pytest.mark.parametrize("theme", ["{", "1", "[[1]]", "null"])
def test_a_theme_that_cannot_be_read_is_no_error_of_the_server(site: Client, jeanne: Person, theme: str) -> None:
    thing = first(site, "project")
    fields = jeanne.form(address(thing, "projets")) | {"theme": theme, "title": "x"}
    assert jeanne.post(address(thing, "projets"), decision="enregistrer", **fields).status_code in (303, 400)


def test_what_is_there_already_is_told(site: Client, jeanne: Person) -> None:
    thing = first(site)
    place = f"/corrections/documents/{thing.sha256[:12]}/mots/ajouter"
    fields = jeanne.form(place) | {"words": "Auxerre", "label": "ORG"}
    answer = jeanne.post(place, decision="enregistrer", **fields)
    assert answer.status_code == 400
    assert "recouvre une mention qui est déjà là" in answer.text


def test_two_records_are_separated_and_made_one(site: Client, jeanne: Person) -> None:
    with Register(site.site.database.where) as register:
        made = [r.source.sha256[:12] for r in register.records() if r.agreements]
    token = jeanne.form("/corrections", action="/deconnexion")["csrftoken"]
    both = {"nature": "agreement", "un": f"{made[0]}-0", "autre": f"{made[1]}-0"}
    for decision, documents in (("separer", 1), ("reunir", 2)):
        assert jeanne.post("/corrections/doublons", token=token, decision=decision, **both).status_code == 303
        site.site.refresh()
        tree = html.fromstring(jeanne.get(f"/accords/{made[0]}-0").text)
        assert len(tree.xpath("//article[@class='source']")) == documents, decision


def test_identifiers_are_looked_up(jeanne: Person) -> None:
    assert "fr-commune:89024" in jeanne.get("/corrections/identifiants?q=Auxerre").text


# Forms


def form(**fields: Any) -> Form:
    return Form(urlencode(fields, doseq=True).encode())


def test_a_sum_is_read_as_it_is_written_in_french() -> None:
    made = record("funding", form(party="Ville", value="12 500,50", min="", max="", currency="€", quotes="12 000 €"), TEXT)  # fmt: skip
    assert isinstance(made, Funding)
    assert made.amounts[0].to_json() == {"value": "12500.50", "currency": "EUR"}
    assert [TEXT[a:b] for a, b in made.evidence] == ["12 000 €"]


def test_words_are_found_across_lines() -> None:
    made = record("partnership", form(kind="jumelage", party=["Auxerre", "Plovdiv"], quotes="Plovdiv ont signé"), TEXT)
    assert isinstance(made, Partnership)
    assert [TEXT[a:b] for a, b in made.evidence] == ["Plovdiv\nont signé"]


def test_what_the_form_does_not_show_is_kept() -> None:
    before = Agreement(kind="convention", title="convention", evidence=((4, 9), (50, 60)))
    quotes = [" ".join(TEXT[a:b].split()) for a, b in before.evidence]
    made = record("agreement", form(kind="convention", title="t", quotes="\n".join(quotes)), TEXT, before)
    assert made.evidence == before.evidence


@pytest.mark.parametrize(
    ("type_", "fields", "told"),
    [
        ("partnership", {"kind": "jumelage", "party": "Auxerre", "quotes": "Auxerre"}, "deux parties"),
        ("partnership", {"kind": "x", "party": ["a", "b"], "quotes": "Auxerre"}, "Nature"),
        ("funding", {"party": ["a", "b"], "quotes": "Auxerre"}, "un bailleur"),
        ("funding", {"party": "a", "value": "beaucoup", "min": "", "max": "", "currency": ""}, "Somme « beaucoup »"),
        ("funding", {"party": "a", "value": "1", "min": "", "max": "", "currency": "zloty"}, "Monnaie"),
        ("funding", {"party": "a", "value": "1", "min": "2", "max": "", "currency": "EUR"}, "pas les deux"),
        ("funding", {"party": "a", "value": "NaN", "min": "", "max": "", "currency": ""}, "Somme"),
        ("funding", {"party": "a", "party_id": "89024", "quotes": "Auxerre"}, "Identifiant"),
        ("agreement", {"kind": "convention", "title": "", "quotes": "Auxerre"}, "Intitulé"),
        ("agreement", {"kind": "convention", "title": "t", "quotes": ""}, "Passages"),
        ("agreement", {"kind": "convention", "title": "t", "quotes": "Tombouctou"}, "ne se trouve pas"),
        ("project", {"title": "t", "start": "2009-13", "quotes": "Auxerre"}, "Début"),
        ("project", {"title": "t", "theme": "{", "quotes": "Auxerre"}, "Thème"),
    ],
)
def test_a_form_says_what_it_cannot_take(type_: str, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(Mistyped, match=re.escape(told)):
        record(type_, form(**fields), TEXT)


def test_a_mention_has_words_of_the_text() -> None:
    made = entity(form(label="DATE", words="en 1999", start="1999", end=""), TEXT, None)
    assert (made.text, made.value and made.value.to_json()) == ("en 1999", {"start": "1999", "end": "1999"})
    with pytest.raises(Mistyped, match="ne se trouve pas"):
        entity(form(label="LOC", words="Sofia"), TEXT, None)
    with pytest.raises(Mistyped, match="Genre"):
        entity(form(label="VILLE", words="Plovdiv"), TEXT, None)


def test_history_tells_changes_in_french(tmp_path: Path) -> None:
    from coopnlp.types import Amount, DateValue, DocumentInfo, Entity, Party
    from coopnlp.web.corrections.changes import changes, subject

    def corrected(before: Any, after: Any) -> Correction:
        thing = Thing(target="record", sha256="a" * 64, type="funding", n=0)
        return Correction(id=1, thing=thing, action="edit", before=before, after=after, author="Ana", made_at="2026")

    giver = Party(text="Ville d’Auxerre", kb_id="fr-commune:89024")
    funding = Funding(funder=giver, amounts=(Amount(value=Decimal(3000), currency="EUR"),), start="2021")
    other = funding.model_copy(
        update={"amounts": (Amount(value=Decimal("12500.50"), currency="CAD"),), "start": "1998-12"}
    )
    one = corrected(funding, other)
    told = {change.field: (change.before, change.after) for change in changes(one)}
    assert told == {
        "sommes": ("3\u202f000\u00a0€", "12\u202f500,50\u00a0CAD"),
        "début": ("2021", "décembre 1998"),
    }
    assert subject(one) == "Ville d’Auxerre"
    day = Entity(start=0, end=4, label="DATE", text="2009", value=DateValue(start="2009-01-01", end="2009-12-31"))
    name = day.model_copy(update={"label": "PER", "value": None})
    told = {change.field: (change.before, change.after) for change in changes(corrected(day, name))}
    assert told == {"genre": ("date", "personne"), "valeur": ("1er\u00a0janvier 2009 – 31\u00a0décembre 2009", "")}
    partners = Partnership(parties=(giver, Party(text="Plovdiv")), kind="cooperation_decentralisee")
    (change,) = changes(corrected(partners, partners.model_copy(update={"kind": "jumelage"})))
    assert change == ("genre", "coopération décentralisée", "jumelage")
    assert subject(corrected(partners, None)) == "Ville d’Auxerre – Plovdiv"
    assert subject(corrected(DocumentInfo(title="x" * 300), None)).endswith("…")
