"""The numbers of the dashboard against the same numbers worked out row by row, and against the lists they lead to."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from coopnlp.catalogue import refresh
from coopnlp.register import Register
from coopnlp.web.app import make_app
from coopnlp.web.dashboard.cache import Board
from coopnlp.web.dashboard.columns import last_day, load
from coopnlp.web.dashboard.counts import by_facet, in_all
from coopnlp.web.dashboard.followup import ending, lines, without_follow_up
from coopnlp.web.dashboard.overview import overview
from coopnlp.web.dashboard.partners import network, places
from coopnlp.web.dashboard.sums import left_out, sums_by, sums_in_all
from coopnlp.web.facets import Choice
from coopnlp.web.index import load as load_index
from coopnlp.web.settings import Settings
from tests.benchmarks.big_register import fill

HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 * 7 }}\x07"
TODAY = date(2016, 6, 15)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of 900 records with amounts of every sort."""
    where = tmp_path_factory.mktemp("dashboard") / "register.db"
    with Register(where) as register:
        fill(register, 900, 7)
        refresh(register)
    with sqlite3.connect(where) as connection:
        rows = connection.execute("SELECT item_id, n FROM item_amount WHERE value IS NOT NULL ORDER BY item_id, n")
        some = rows.fetchall()
        assert len(some) > 100
        change = "UPDATE item_amount SET {} WHERE item_id = ? AND n = ?"
        for at, sets in (
            (3, "total = 1"),
            (17, "total = 1"),
            (31, "value = NULL, min = '1000', max = '2500.50'"),
            (32, "value = NULL, min = NULL, max = '900'"),
            (41, "value = '0.10'"),
            (42, "value = '0.20'"),
            (43, "value = '12345678901234567890.123'"),
            (44, "currency = NULL"),
            (45, "currency = '<b>X'"),
        ):
            connection.execute(change.format(sets), some[at])
        # What documents may hold.
        connection.execute(
            "UPDATE actor SET name = ? WHERE key IN (SELECT actor FROM item_party GROUP BY actor ORDER BY count(*) DESC"
            " LIMIT 9)",
            [HOSTILE],
        )
        connection.execute("UPDATE item_theme SET theme = ? WHERE theme = 'Culture et Patrimoine'", [HOSTILE])
        connection.execute("UPDATE item_theme SET subsubtheme = ? WHERE subsubtheme LIKE 'E%'", [HOSTILE])
        connection.execute("UPDATE item SET title = ? WHERE id % 3 = 0", [HOSTILE])
        connection.execute("UPDATE item SET kind = ? WHERE kind = 'charte'", [HOSTILE])
    connection.close()
    return where


@pytest.fixture(scope="module")
def rows(path: Path) -> dict[str, list[sqlite3.Row]]:
    """The tables of the catalogue, as they are."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    names = ("item", "item_party", "item_theme", "item_amount", "item_country", "actor", "item_record", "document")
    told = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    connection.close()
    return told


@pytest.fixture(scope="module")
def board(path: Path) -> Iterator[Board]:
    with Register(path) as register, register._database.reading() as connection:
        index = load_index(connection)
        yield Board(index, load(connection, index))


def _of(rows: list[sqlite3.Row], column: str) -> dict[int, set[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for row in rows:
        found[row["item_id"]].add(row[column])
    return found


CHOICES = {
    "all": Choice({}),
    "country": Choice({"pays": ("SN",)}),
    "years": Choice({}, first_year=2005, last_year=2012),
    "type and country": Choice({"type": ("funding",), "pays": ("CA",)}),
    "nothing": Choice({"pays": ("ZZ",)}),
}


def _chosen(choice: Choice, rows: dict[str, list[sqlite3.Row]]) -> list[sqlite3.Row]:
    countries = _of(rows["item_country"], "country")

    def kept(item: sqlite3.Row) -> bool:
        year = item["year"]
        return (
            (not choice.values.get("pays") or bool(countries[item["id"]] & set(choice.values["pays"])))
            and (not choice.values.get("type") or item["type"] in choice.values["type"])
            and (choice.first_year is None or (year is not None and year >= choice.first_year))
            and (choice.last_year is None or (year is not None and year <= choice.last_year))
        )

    return [item for item in rows["item"] if kept(item)]


@pytest.mark.parametrize("name", CHOICES)
def test_counts_are_those_of_the_rows(name: str, board: Board, rows: dict[str, list[sqlite3.Row]]) -> None:
    choice = CHOICES[name]
    mask = choice.mask(board.index)
    chosen = _chosen(choice, rows)
    want: dict[str, int] = defaultdict(int)
    for item in chosen:
        want[item["type"]] += 1
    assert in_all(board.columns, mask) == want
    values = {
        "annee": {item["id"]: {str(item["year"])} if item["year"] is not None else set() for item in chosen},
        "pays": _of(rows["item_country"], "country"),
        "theme": _of(rows["item_theme"], "theme"),
        "acteur": _of(rows["item_party"], "actor"),
        "financeur": _of([row for row in rows["item_party"] if row["role"] == "funder"], "actor"),
    }
    for facet, told in values.items():
        expected: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for item in chosen:
            for value in told.get(item["id"]) or {"-"}:
                expected[value][item["type"]] += 1
        assert {group.value: group.counts for group in by_facet(board.index, board.columns, mask, facet)} == expected


@pytest.mark.parametrize("name", CHOICES)
def test_sums_are_those_of_the_rows_by_currency(name: str, board: Board, rows: dict[str, list[sqlite3.Row]]) -> None:
    choice = CHOICES[name]
    mask = choice.mask(board.index)
    fundings = {item["id"]: item for item in _chosen(choice, rows) if item["type"] == "funding"}
    countries = _of(rows["item_country"], "country")
    want: dict[str, tuple[Decimal, int]] = {}
    by_country: dict[str, dict[str, tuple[Decimal, int]]] = defaultdict(dict)
    asked = totals = ranges = 0
    for amount in rows["item_amount"]:
        item = fundings.get(amount["item_id"])
        if item is None:
            continue
        if amount["value"] is None:
            ranges += item["status"] != "demandé"
            continue
        if item["status"] == "demandé":
            asked += 1
            continue
        if amount["total"]:
            totals += 1
            continue
        currency = amount["currency"] or ""
        for held in (want, *(by_country[code] for code in countries.get(item["id"]) or {"-"})):
            total, number = held.get(currency, (Decimal(0), 0))
            held[currency] = (total + Decimal(amount["value"]), number + 1)
    told = sums_in_all(board.columns, mask)
    assert {money.currency or "": (money.total, money.number) for money in told} == want
    found = sums_by(board.columns, mask, board.index.facets["pays"])
    assert {
        code: {money.currency or "": (money.total, money.number) for money in many} for code, many in found.items()
    } == by_country
    left = left_out(board.columns, mask)
    assert sum(money.number for money in left.asked) == asked
    assert sum(money.number for money in left.totals) == totals
    assert sum(held.number for held in left.ranges) == ranges
    with_amount = {amount["item_id"] for amount in rows["item_amount"]}
    assert left.silent == len(set(fundings) - with_amount)
    if name == "all":
        assert totals == 2 and asked > 0 and ranges >= 2 and len(want) >= 3, "the register has every sort"
        assert any(total % 1 for total, _ in want.values()) and any(total > 10**19 for total, _ in want.values())


def test_currencies_are_never_added_on_the_page(board: Board) -> None:
    context = overview(board, Choice({}))
    for section in context["argent"]:
        assert len(section.tables[0].headings) >= 4, "a column a currency"
        for figure in section.figures:
            assert figure.title.endswith((", en EUR", ", en CAD", ", en devise non dite", ", en <b>X"))
    assert len({money.currency for money in context["sommes"]}) == len(context["sommes"])


def test_partners_are_those_named_together(board: Board, rows: dict[str, list[sqlite3.Row]]) -> None:
    types = {item["id"]: item["type"] for item in rows["item"]}
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    named = _of([row for row in rows["item_party"] if row["role"] == "party"], "actor")
    for item, actors in named.items():
        if types[item] != "funding":
            ordered = sorted(actors)
            for at, first in enumerate(ordered):
                for second in ordered[at + 1 :]:
                    pairs[first, second] += 1
    found = network(board.columns, board.index.all(), limit=30)
    assert found.pairs == len(pairs)
    assert 2 < len(found.nodes) <= 30 < found.actors == len({key for pair in pairs for key in pair})
    keys = {node.key for node in found.nodes}
    assert {(tie.first, tie.second): tie.items for tie in found.ties} == {
        pair: count for pair, count in pairs.items() if set(pair) <= keys
    }
    assert all(node.partners == sum(node.key in pair for pair in pairs) for node in found.nodes)
    assert network(board.columns, board.index.all(), limit=30) == found, "the same each time"


def test_places_are_actors_that_have_one(board: Board, rows: dict[str, list[sqlite3.Row]]) -> None:
    facts = {row["key"]: row for row in rows["actor"]}
    items: dict[str, set[int]] = defaultdict(set)
    for row in rows["item_party"]:
        items[row["actor"]].add(row["item_id"])
    found = places(board.index, board.columns, board.index.all(), limit=50)
    placed = [k for k in items if facts[k]["latitude"] is not None and facts[k]["kind"] != "country"]
    assert len(found.places) == 50 and found.beyond == len(placed) - 50
    assert all(place.items == len(items[place.key]) for place in found.places)
    assert min(place.items for place in found.places) >= max(
        len(items[key]) for key in set(placed) - {place.key for place in found.places}
    )


def test_what_ends_soon(board: Board, rows: dict[str, list[sqlite3.Row]]) -> None:
    ids = [int(board.index.ids[row]) for row in ending(board.columns, board.index.all(), TODAY, 12)]
    want = {}
    for item in rows["item"]:
        day = last_day(item["end"])
        if day and TODAY <= day <= date(2017, 6, 15):
            want[item["id"]] = day
    assert set(ids) == set(want) and len(ids) == len(want) > 3
    assert [want[key] for key in ids] == sorted(want.values())


def test_what_has_no_follow_up(path: Path, board: Board, rows: dict[str, list[sqlite3.Row]]) -> None:
    years = {row["id"]: row["year"] or 0 for row in rows["document"]}
    heard: dict[int, int] = defaultdict(int)
    for row in rows["item_record"]:
        heard[row["item_id"]] = max(heard[row["item_id"]], years[row["record_id"] >> 20])
    for item in rows["item"]:
        heard[item["id"]] = max(heard[item["id"]], item["year"] or 0)
    actors = _of(rows["item_party"], "actor")
    want = {}
    for item in rows["item"]:
        if item["type"] not in ("agreement", "partnership") or (item["status"] or "").lower().startswith("terminé"):
            continue
        day = last_day(item["end"])
        if day and day < TODAY:
            continue
        own = actors.get(item["id"], set())
        shared = min(2, len(own)) or 99
        last = max([heard[item["id"]], *(heard[key] for key, others in actors.items() if len(own & others) >= shared)])
        if 0 < last <= TODAY.year - 2:
            want[item["id"]] = last
    found = without_follow_up(board.index, board.columns, board.index.all(), TODAY, 2)
    assert {int(board.index.ids[row]): int(board.columns.together[row]) for row in found} == want
    assert len(want) > 3
    with Register(path) as register, register._database.reading() as connection:
        shown = lines(connection, board.index, found)
    assert [line.id for line in shown] == [int(board.index.ids[row]) for row in found]
    assert all(re.fullmatch(r"/(accords|partenariats)/[0-9a-f]{12}-\d+", line.href) for line in shown)


@cache
def _app(path: Path) -> Any:
    return make_app(path, settings=Settings(rate=10_000.0, burst=10_000))


def _get(path: Path, addresses: list[str]) -> list[httpx.Response]:
    async def all_of_them() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=_app(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [await client.get(address) for address in addresses]

    return asyncio.run(all_of_them())


PAGES = (
    "/tableau-de-bord",
    "/tableau-de-bord?pays=CA&annee_min=2000",
    "/tableau-de-bord?theme=Economie+durable&type=funding&type=project",
    "/tableau-de-bord?annee=-",
    "/tableau-de-bord?pays=CA&pays=SN&avec=theme%3AEconomie+durable",
    "/tableau-de-bord?acteur=fr-departement%3A79&statut=En+cours",
)


def test_a_figure_leads_to_a_list_of_as_many_rows(path: Path) -> None:
    pages = _get(path, list(PAGES))
    told: dict[str, int] = {}
    for response in pages:
        assert response.status_code == 200
        for address, count in re.findall(
            r'<td class="nombre"><a href="(/(?:projets|accords|partenariats|financements)[^"]*)">([\d\u202f]+)</a>',
            response.text,
        ):
            told[unescape(address)] = int(count.replace("\u202f", ""))
        for address, count in re.findall(
            r'<a href="(/(?:projets|accords|partenariats|financements)[^"]*)" '
            r'aria-label="[^"]*?\u00a0: ([\d\u202f]+)\u00a0(?:projet|accord|partenariat|financement)',
            response.text,
        ):
            assert told.setdefault(unescape(address), int(count.replace("\u202f", ""))) == int(
                count.replace("\u202f", "")
            )
    assert len(told) > 300
    some = sorted(told)[:: max(1, len(told) // 40)]
    for address, response in zip(some, _get(path, some), strict=True):
        shown = re.search(r'class="total"[^>]*>([\d\u202f]+)\u00a0', response.text)
        assert shown, address
        assert int(shown[1].replace("\u202f", "")) == told[address], address


def test_pages_answer_and_refuse(path: Path) -> None:
    good = [
        "/tableau-de-bord/carte",
        "/tableau-de-bord/carte?vue=lieux&pays=SN",
        "/tableau-de-bord/reseau?nombre=20",
        "/tableau-de-bord/echeances?date=2016-06-15&mois=36",
        "/tableau-de-bord/sans-suite?ans=2&date=2016-06-15",
        "/tableau-de-bord",
        "/tableau-de-bord?theme=" + quote(HOSTILE) + "&statut=" + quote(HOSTILE),
        "/tableau-de-bord?pays=ZZ",
        "/tableau-de-bord/reseau?pays=ZZ",
        "/tableau-de-bord/carte?pays=ZZ&vue=lieux",
    ]
    bad = [
        "/tableau-de-bord/carte?vue=lune",
        "/tableau-de-bord/reseau?nombre=9999999999",
        "/tableau-de-bord/echeances?mois=-1",
        "/tableau-de-bord/echeances?date=demain",
        "/tableau-de-bord/sans-suite?ans=x",
        "/tableau-de-bord?annee_min=toujours",
    ]
    for address, response in zip([*good, *bad], _get(path, [*good, *bad]), strict=True):
        assert response.status_code == (200 if address in good else 400), address
        assert not re.search(r"<(?:script|img|b>)|\sstyle=|\x07", response.text), address
        if address in ("/tableau-de-bord", "/tableau-de-bord/reseau?nombre=20"):
            assert "&lt;script&gt;" in response.text and "{{ 7 * 7 }}" in response.text
        assert not re.search(r'(?:src|href)="(?:https?:)?//', response.text), "nothing from elsewhere"
        ids = re.findall(r'\sid="([^"]+)"', response.text)
        assert len(ids) == len(set(ids)), address
