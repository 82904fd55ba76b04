"""Lists, filters, facets and actors of a made register."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from coopnlp.catalogue import read, refresh
from coopnlp.catalogue.coordinates import Coordinates
from coopnlp.catalogue.values import FACETS, SORTS, ActorFilters, ItemFilters, ItemLine
from coopnlp.register import Register
from tests.benchmarks import big_register


@pytest.fixture(scope="module")
def connection() -> Iterator[sa.Connection]:
    with Register("sqlite://") as register:
        big_register.fill(register, 600, seed=3)
        refresh(register)
        with register._database.reading() as opened:
            yield opened


@pytest.fixture(scope="module")
def every(connection: sa.Connection) -> list[ItemLine]:
    return read.list_items(connection, limit=None)


def test_items_hold_every_record_once(connection: sa.Connection, every: list[ItemLine]) -> None:
    assert sum(line.records for line in every) == 600
    assert len(every) == read.count_items(connection) < 600
    for line in every[:60]:
        found = read.get_item(connection, line.id)
        assert found is not None
        assert found.line == line
        assert found.tellings[0].ref == line.ref
        assert len(found.tellings) == line.records
        assert all(quote.text.strip() for telling in found.tellings for quote in telling.quotes)
        assert len(found.conflicts) == line.conflicts


def test_filters_leave_what_they_say(connection: sa.Connection, every: list[ItemLine]) -> None:
    def listed(filters: ItemFilters) -> list[ItemLine]:
        found = read.list_items(connection, filters, limit=None)
        assert read.count_items(connection, filters) == len(found)
        return found

    keyed = {line.id: line for line in every}
    cases = [
        (ItemFilters(type=("project", "funding")), lambda line: line.type in ("project", "funding")),
        (ItemFilters(country=("SN",)), lambda line: "SN" in line.countries),
        (ItemFilters(year_min=2005, year_max=2010), lambda line: line.year and 2005 <= line.year <= 2010),
        (ItemFilters(status=("En cours",)), lambda line: line.status == "En cours"),
        (ItemFilters(kind=("jumelage",)), lambda line: line.kind == "jumelage"),
        (ItemFilters(review=("none",)), lambda line: line.review is None),
        (ItemFilters(records=(every[0].id,)), lambda line: line.id == every[0].id),
        (ItemFilters(records=()), lambda line: False),
    ]
    for filters, meets in cases:
        assert {line.id for line in listed(filters)} == {key for key, line in keyed.items() if meets(line)}
    theme = every[0].themes[0].path
    found = listed(ItemFilters(theme=(theme[0],), subtheme=(theme[1],)))
    assert found
    assert all(any(t.path[:2] == theme[:2] for t in line.themes) for line in found)
    document = every[0].id >> 20
    assert every[0].id in {line.id for line in listed(ItemFilters(documents=(document,)))}


def test_two_actors_are_what_is_between_them(connection: sa.Connection, every: list[ItemLine]) -> None:
    line = next(line for line in every if len(line.parties) > 1)
    pair = line.parties[0].actor, line.parties[1].actor
    found = read.list_items(connection, ItemFilters(actor=pair), limit=None)
    assert line.id in {each.id for each in found}
    assert all(set(pair) <= {party.actor for party in each.parties} for each in found)
    assert pair[1] in {actor.key for actor, _ in read.partners(connection, pair[0])}


def test_facets_count_what_choosing_them_lists(connection: sa.Connection) -> None:
    for filters in (ItemFilters(), ItemFilters(type=("project",)), ItemFilters(type=("funding",), year_min=2000)):
        counted = read.facets(connection, filters)
        assert set(counted) == set(FACETS)
        for name in ("country", "theme", "status", "kind", "type", "funder"):
            for one in counted[name][:2]:  # type: ignore[index]
                chosen = filters.model_copy(update={name: (one.value,)})
                assert read.count_items(connection, chosen) == one.count
        for year in counted["year"][:3]:
            chosen = filters.model_copy(update={"year_min": int(year.value), "year_max": int(year.value)})
            assert read.count_items(connection, chosen) == year.count
    assert all(one.label for one in counted["funder"])


def test_kept_counts_are_those_counted_now(connection: sa.Connection) -> None:
    kept = read.facets(connection, ItemFilters(type=("agreement",)))
    # a filter that leaves everything, so that nothing kept answers
    counted = read.facets(connection, ItemFilters(type=("agreement",), review=("none",)))
    for name in set(FACETS) - {"review"}:
        assert kept[name] == counted[name]


def test_orders(connection: sa.Connection, every: list[ItemLine]) -> None:
    lists = {sort: read.list_items(connection, sort=sort, limit=None) for sort in SORTS}
    assert all({line.id for line in found} == {line.id for line in every} for found in lists.values())
    doubts = [line.doubt for line in lists["doubt"]]
    assert doubts == sorted(doubts, reverse=True)
    assert 0 <= doubts[-1] <= doubts[0] <= 1
    years = [line.year for line in lists["oldest"]]
    assert years == sorted(years)  # type: ignore[type-var]
    pages = [read.list_items(connection, sort="title", limit=7, offset=at) for at in (0, 7)]
    assert [*pages[0], *pages[1]] == lists["title"][:14]


def test_sums_leave_out_totals_and_what_is_only_asked_for(connection: sa.Connection, every: list[ItemLine]) -> None:
    expected: Counter[str | None] = Counter()
    for line in every:
        if line.status != "demandé":
            for amount in line.amounts:
                if amount.value is not None and not amount.total:
                    expected[amount.currency] += amount.value  # type: ignore[assignment]
    assert {one.currency: one.total for one in read.sums(connection)} == dict(expected)


def test_actors(connection: sa.Connection, every: list[ItemLine]) -> None:
    actors = read.list_actors(connection, limit=None)
    assert {actor.key for actor in actors} == {party.actor for line in every for party in line.parties}
    best = actors[0]
    listed = read.list_items(connection, ItemFilters(actor=(best.key,)), limit=None)
    assert best.partnerships + best.agreements + best.projects + best.fundings == len(listed)
    assert best in read.list_actors(connection, ActorFilters(name=best.name.upper(), kind=(best.kind,)))
    funders = read.list_actors(connection, funders=True, limit=3)
    assert funders[0].fundings >= funders[1].fundings > 0
    assert read.get_actor(connection, "name:personne") is None


def test_links_that_mean_nothing(connection: sa.Connection) -> None:
    assert read.get_item(connection, 1) is None
    for ref in ("", "abc", "ffffffffffff-0", "../../etc-1", "0-0"):
        assert read.find_item(connection, "project", ref) is None


def test_the_made_register_is_the_same_each_time() -> None:
    first, second = (list(big_register.documents(40, seed=5)) for _ in range(2))
    assert first == second
    assert (
        sum(
            len(r.record.projects) + len(r.record.fundings) + len(r.record.agreements) + len(r.record.partnerships)
            for r in first
        )
        == 40
    )


@pytest.mark.parametrize(
    "kb_id, latitude, longitude",
    [
        ("fr-commune:67482", 48.6, 7.7), ("qc-municipalite:23027", 46.8, -71.2), ("fr-region:53", 48.2, -2.9),
        ("fr-departement:33", 44.8, -0.5), ("iso3166:SN", 14.7, -17.4), ("iso3166:CA-QC", 46.8, -71.2),
        ("geonames:2460596", 12.6, -8.0), ("qc-mrc:400", 45.8, -71.8), ("fr-epci:246700488", 48.6, 7.7),
        ("fr-commune:97411", -20.9, 55.4), ("iso3166:FR", 48.9, 2.3),
    ],
)  # fmt: skip
def test_places_are_where_they_are(kb_id: str, latitude: float, longitude: float) -> None:
    found = Coordinates.load().of(kb_id)
    assert found is not None
    assert found == (pytest.approx(latitude, abs=0.6), pytest.approx(longitude, abs=0.6))


def test_a_small_commune_stands_in_its_neighbourhood() -> None:
    coordinates = Coordinates.load()
    assert coordinates.own("fr-commune:01002") is None  # L'Abergement-de-Varey, 250 people
    assert coordinates.of("fr-commune:01002") == (pytest.approx(46.0, abs=0.3), pytest.approx(5.3, abs=0.3))
    assert coordinates.of("fr-commune:99999") is None
