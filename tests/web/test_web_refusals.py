"""What the pages refuse is told in French: no message of the library, of Datasette or of a check in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from coopnlp.errors import CoopnlpError, ExchangeError, RegisterError
from coopnlp.exchange.iati_parts import Reporter
from coopnlp.register import Register
from coopnlp.register.corrected import Corrected, Thing, checked
from coopnlp.register.corrections import Corrections
from coopnlp.types import Agreement, DocumentInfo, Entity, Partnership, Party, Project, ThemeAssignment
from coopnlp.web.settings import Settings
from coopnlp.web.told import in_french
from tests.register.register_makers import full
from tests.web.web_register import fill
from tests.web.web_site import Client, client

# Words that no French sentence of the pages has.
ENGLISH = re.compile(r"\b(?:the|is|not|no|give|with|does|match|cannot|unknown|content-type|invalid|where|sort)\b", re.I)
OTHERWISE = "dit autrement"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("refus") / "register.db"
    fill(path)
    with client(path, Settings(burst=10_000, max_body=20_000)) as made:
        yield made


def _told(page: str) -> str:
    """What a page of a refusal says to its reader."""
    tree = html.fromstring(page)
    assert tree.get("lang") == "fr"
    main = tree.xpath("//main")[0]
    assert main.xpath(".//a[@href='/']"), "a way on"
    return " ".join(main.text_content().split())


FORM = {"content-type": "application/x-www-form-urlencoded", "cookie": "ds_csrftoken=x; a=b"}


@pytest.mark.parametrize(
    ("method", "address", "more", "status", "words"),
    [
        ("GET", "/accords?tri=zz", {}, 400, "L’ordre"),
        ("GET", "/accords?annee_min=9", {}, 400, "quatre chiffres"),
        ("GET", "/rien", {}, 404, "Rien ne se trouve"),
        ("GET", "/", {"headers": {"host": "evil.example"}}, 400, "nom d’hôte"),
        ("GET", "/recherche?q=" + "a" * 9000, {}, 414, "trop longue"),
        ("POST", "/connexion", {"content": b"x" * 20_001}, 413, "20 ko"),
        ("POST", "/connexion", {"content": b"csrftoken=y&nom=a", "headers": FORM}, 403, "recommencez"),
        ("POST", "/connexion", {"content": b"{}", "headers": {**FORM, "content-type": "application/json"}}, 403, "recommencez"),
        ("DELETE", "/accords", {"headers": FORM}, 403, "recommencez"),
        ("POST", "/accords", {"content": b"a=b"}, 405, "consulter"),
        ("GET", "/registre/item?_sort=zz", {}, 400, "n’a pas de sens"),
        ("GET", "/registre/item?_sort=type&_sort_desc=type", {}, 400, "n’a pas de sens"),
        ("GET", "/registre/item?_size=zz", {}, 400, "n’a pas de sens"),
        ("GET", "/registre/account", {}, 403, "pas ouverte"),
        ("GET", "/registre/zz", {}, 404, "Rien ne se trouve"),
        ("GET", "/donnees/iati", {}, 400, "demande qui publie"),
    ],
)  # fmt: skip
def test_refusals_are_told_in_french(
    site: Client, monkeypatch: pytest.MonkeyPatch, method: str, address: str, more: Any, status: int, words: str
) -> None:
    monkeypatch.delenv("COOPNLP_IATI_ORG", raising=False)
    response = site.request(method, address, **more)
    assert response.status_code == status
    told = _told(response.text)
    assert words in told and not ENGLISH.search(told), told


def test_a_bad_request_of_a_table_is_no_fault_of_the_program(site: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert site.get("/registre/item?_sort=zz").status_code == 400
    assert "a page failed" not in caplog.text


def test_too_many_requests_are_refused_in_french(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    fill(path)
    with client(path, Settings(rate=0.1, burst=1)) as made:
        made.get("/donnees")
        refused = made.get("/donnees")
    assert refused.status_code == 429
    told = _told(refused.text)
    seconds = re.search(r"Réessayez dans (\d+)", told)
    assert seconds and seconds[1] == refused.headers["retry-after"] and not ENGLISH.search(told)


def _party(name: str = "Auxerre", kb_id: str = "") -> Party:
    return Party(text=name, kb_id=kb_id)


VALUES: list[Corrected] = [
    ThemeAssignment(path=("",), probability=0.5),
    ThemeAssignment.model_construct(path=("Eau",), probability=3.0, terms=()),
    Entity(start=5, end=900, label="ORG", text="x"),
    Entity(start=0, end=2, label="ORG", text="x", kb_id="sans système"),
    Entity(start=0, end=2, label="ORG", text="x", kb_id="l'un"),
    DocumentInfo(title="t", date="hier"),
    Agreement(kind="accord", title=" ", parties=(_party(),)),
    Project(title="Projet", parties=(_party(" "),)),
    Project(title="Projet", parties=(_party(),), evidence=((3, 999),)),
    Project(title="Projet", parties=(_party(),), start="l'an dernier"),
    Partnership.model_construct(
        kind="jumelage", parties=(_party(),), start=None, end=None, status=None, evidence=(), scheme=None
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values_that_the_register_does_not_take_are_refused_in_french(value: Corrected) -> None:
    with pytest.raises(RegisterError) as refused:
        checked(value, "La Ville d’Auxerre.")
    _in_french(refused.value)


def _in_french(error: CoopnlpError) -> None:
    told = in_french(error, OTHERWISE)
    assert told != OTHERWISE, f"no French for: {error}"
    assert "{" not in told and not ENGLISH.search(told), told


def _refused(work: Callable[[], object]) -> None:
    with pytest.raises(RegisterError) as refused:
        work()
    _in_french(refused.value)


def test_corrections_that_are_refused_are_told_in_french(tmp_path: Path) -> None:
    with Register(tmp_path / "register.db") as register:
        register.add(full())
        digest = full().extraction.source.sha256
        desk = Corrections(register)
        found = desk.value(Thing(target="record", sha256=digest, type="project", n=0))
        document = Thing(target="document", sha256=digest)
        mention = next(iter(desk.things(digest, "entity"))).value
        theme = next(each for each in desk.things(digest, "theme") if each.project is None)
        assert isinstance(mention, Entity)
        who = {"author": "Ana"}
        _refused(lambda: desk.edit(found.thing, found.value, **who))
        _refused(lambda: desk.edit(found.thing, document_info(desk, document), **who))
        _refused(lambda: desk.reject(document, **who))
        _refused(lambda: desk.add(digest, document_info(desk, document), **who))
        _refused(lambda: desk.add(digest, mention.model_copy(update={"end": mention.end - 1}), **who))
        _refused(lambda: desk.add(digest, theme.value, **who))
        _refused(lambda: desk.merge(found.thing, found.thing, **who))
        _refused(lambda: desk.merge(found.thing, document, **who))
        _refused(lambda: desk.undo(99, **who))
        _refused(lambda: desk.things("0" * 64, "entity"))


def document_info(desk: Corrections, thing: Thing) -> Corrected:
    return desk.value(thing).value


def test_exports_that_are_refused_are_told_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COOPNLP_IATI_ORG", raising=False)
    for given in ((None, None, None), ("a/b", "nom", "11")):
        with pytest.raises(ExchangeError) as refused:
            Reporter.given(*given)
        _in_french(refused.value)


def test_what_has_no_french_is_told_in_general_words_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert in_french(RegisterError("the moon is missing. Look up."), OTHERWISE) == OTHERWISE
    assert "the moon is missing" in caplog.text


def test_filters_of_tables_are_in_french(site: Client) -> None:
    tree = html.fromstring(site.text("/registre/item?title__contains=a"))
    named = tree.xpath("//select[@aria-label='Comparaison'][1]/option/text()")
    assert "contient" in named and not [name for name in named if ENGLISH.search(name) or "contains" in name]


def test_files_that_could_not_be_read_say_why_and_what_to_do_in_french(site: Client) -> None:
    tree = html.fromstring(site.text("/documents?etat=echec"))
    (row,) = tree.xpath("//tbody/tr")
    for node in row.xpath(".//*[@lang='en']"):
        assert node.getparent().tag == "details", "English is a detail that is opened"
        node.drop_tree()
    told = row.text_content()
    assert "aucun texte" in told and "reconnaissance de caractères" in told and not ENGLISH.search(told)
