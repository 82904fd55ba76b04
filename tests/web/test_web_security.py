"""What the pages do not do: run what a document holds, show what is hidden, take too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import sqlalchemy as sa
from lxml import html

from coopnlp.register import Register, schema
from coopnlp.web.settings import Settings
from tests.web.web_register import HOSTILE, fill
from tests.web.web_site import Client, client

_CRAWLED = 260


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    path = tmp_path_factory.mktemp("attacked") / "register.db"
    fill(path, attacked=True)
    with Register(path) as register, register._database.writing() as connection:
        connection.execute(
            sa.insert(schema.account).values(
                name="ana", password="$argon2id$secret", role="archivist", created_at="2026-01-01"
            )
        )
    with client(path) as made:
        yield made


def _harmless(address: str, page: str) -> html.HtmlElement:
    tree = html.fromstring(page)
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        assert not (node.tag == "script" and not (node.get("src") or "").startswith("/static/")), address
        assert node.tag not in ("iframe", "object", "embed", "base"), address
        assert not [name for name in node.attrib if name.lower().startswith("on") or name == "style"], address
        for name in ("href", "src", "action"):
            value = node.get(name)
            assert value is None or value.startswith(("/", "#", "?")), (address, name, value)
    assert "49" not in tree.xpath("//title")[0].text_content()
    assert "\u202e" not in page, address
    return tree


def test_every_page_shows_a_hostile_document_harmless_and_every_link_leads_somewhere(site: Client) -> None:
    seen: dict[str, int] = {}
    waiting = ["/", "/recherche?q=alert&dans=textes", "/recherche?q=alert", "/documents?etat=echec"]
    while waiting and len(seen) < _CRAWLED:
        address = waiting.pop(0)
        if address in seen:
            continue
        response = site.get(address)
        seen[address] = response.status_code
        if "text/html" not in response.headers.get("content-type", ""):
            continue
        tree = _harmless(address, response.text)
        if address.startswith("/registre"):
            continue
        for link in tree.xpath("//a/@href|//img/@src"):
            target = urlsplit(urljoin(address, link))
            found = target.path + (f"?{target.query}" if target.query else "")
            if found not in seen:
                waiting.append(found)
    bad = {address: status for address, status in seen.items() if status != 200}
    assert not bad
    kinds = {address.split("/")[1].partition("?")[0] for address in seen}
    assert {"accords", "projets", "partenariats", "financements", "acteurs", "themes", "documents", "recherche",
            "donnees", "registre"} <= kinds  # fmt: skip


def test_hostile_words_are_shown_as_they_are(site: Client) -> None:
    tree = html.fromstring(site.text("/accords"))
    assert any("<script>alert(1)</script>" in told for told in (n.text_content() for n in tree.xpath("//h3")))
    assert any("{{7*7}}" in n.text_content() for n in tree.xpath("//h3"))


def test_hostile_query_is_shown_harmless(site: Client) -> None:
    for address in ("/recherche", "/documents", "/acteurs", "/accords"):
        names = ("q", "titre", "nom", "pays", "theme", "acteur", "financeur", "statut", "genre", "nature", "avec")
        response = site.get(address, params=dict.fromkeys(names, HOSTILE))
        assert response.status_code == 200
        _harmless(address, response.text)


def test_hostile_address_is_shown_harmless(site: Client) -> None:
    for address in (
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/acteurs/%3Cscript%3E",
        "/themes/%3Cscript%3E",
        "/accords?tri=%3Cb%3E",
    ):
        response = site.get(address)
        if response.status_code == 302:
            response = site.get(response.headers["location"])
        assert response.status_code in (400, 404)
        _harmless(address, response.text)


@pytest.mark.parametrize(
    "address",
    [
        "/registre/account", "/registre/Account", "/registre/ACCOUNT.json", "/registre/account.csv", "/registre/account/1",
        "/registre/account/1.json", "/registre/account.json?_shape=array", "/registre/%61ccount", "/registre/correction",
        "/registre/correction.json", "/registre/location", "/registre/location.csv", "/registre/run", "/registre/plan",
        "/registre/source", "/registre/search", "/registre/search_data", "/registre/search_content.json",
        "/registre/sqlite_master", "/registre/sqlite_master.json", "/registre/migration", "/registre/catalogue",
        "/registre/atlas",
        "/registre?sql=select+password+from+account", "/registre.json?sql=select+password+from+account",
        "/registre.csv?sql=select+password+from+account", "/registre/item?_where=1=1+union+select+password+from+account",
        "/registre/item.json?_where=exists(select+1+from+account)", "/_internal", "/_internal/tables", "/_memory",
        "/_memory?sql=select+1", "/registre.db", "/register.db",
        "/registre/document.json?_facet=(select+password+from+account)",
        "/registre/document.json?_sort=(select+password+from+account)",
    ],
)  # fmt: skip
def test_hidden_tables_and_sql_are_out_of_reach(site: Client, address: str) -> None:
    response = site.get(address)
    while response.status_code in (301, 302):
        response = site.get(response.headers["location"])
    assert "argon2id" not in response.text
    assert response.status_code in (400, 403, 404, 500) or "_facet" in address or "_sort" in address, (
        response.status_code
    )


def test_no_page_of_the_tables_names_what_is_hidden(site: Client) -> None:
    page = site.text("/registre")
    assert "/registre/item" in page
    assert "/registre/account" not in page and "password" not in page
    told = json.loads(site.text("/registre.json"))
    assert not {"account", "correction", "location"} & {table["name"] for table in told["tables"]}
    assert "password" not in json.dumps(told)
    through = json.dumps({"table": "account", "column": "name", "value": "ana"})
    assert site.get("/registre/document.json", params={"_through": through}).status_code in (400, 403, 404, 500)


def test_tables_can_be_taken_away(site: Client) -> None:
    assert "item_id" in site.text("/registre/item_party.csv")
    assert json.loads(site.text("/registre/item.json?_shape=array"))


def test_every_answer_carries_the_headers(site: Client) -> None:
    for address in ("/", "/nulle", "/static/coopnlp.css", "/registre/item.json", "/accords?tri=x"):
        headers = site.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("address", ["/", "/accords", "/registre/item", "/registre"])
def test_nothing_is_written(site: Client, method: str, address: str) -> None:
    response = site.request(method, address, content=b"a=b")
    assert response.status_code in (403, 404, 405), response.status_code


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8001", "localhost.evil.example", "", "192.168.1.4"])
def test_other_host_names_are_refused_on_loopback(site: Client, host: str) -> None:
    response = site.get("/", headers={"host": host})
    assert response.status_code == 400
    assert "derniers" not in response.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8001", "[::1]:8001"])
def test_own_host_names_are_taken(site: Client, host: str) -> None:
    assert site.get("/", headers={"host": host}).status_code == 200


def test_limits_of_size_and_rate(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    fill(path)
    with client(path, Settings(host="0.0.0.0", rate=0.5, burst=6, max_body=1000)) as made:
        assert made.get("/donnees", headers={"host": "archives.example"}).status_code == 200
        assert made.request("POST", "/accords", content=b"x" * 1001).status_code == 413

        async def parts():
            for _ in range(3):
                yield b"x" * 500

        sent = {"content": parts(), "headers": {"cookie": "a=b", "content-type": "application/x-www-form-urlencoded"}}
        assert made.request("POST", "/accords", **sent).status_code in (403, 413)
        assert made.get("/recherche?q=" + "a" * 9000).status_code == 414
        statuses = [made.get("/donnees") for _ in range(8)]
        assert statuses[-1].status_code == 429
        assert int(statuses[-1].headers["retry-after"]) >= 1
        assert made.get("/static/coopnlp.css").status_code == 200
