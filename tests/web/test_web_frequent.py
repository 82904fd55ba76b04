"""A search for what stands nearly everywhere: all of it counted, the latest first, and the page says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from coopnlp.register import Register, search
from coopnlp.types import Agreement, Party
from coopnlp.web.searching import find
from coopnlp.web.settings import Settings
from tests.register.register_makers import plain
from tests.web.web_site import Client, client

YEARS = (1999, 2015, 2007, 2003, 2011)


def _fill(where: Path | str) -> None:
    with Register(where) as register:
        for year in YEARS:
            read = plain(f"Une convention de coopération {year}.", name=f"note-{year}.txt", title=f"Note {year}")
            signed = Agreement(
                kind="convention", title=f"Convention de coopération {year}", date=str(year),
                parties=(Party(text=f"Ville {year}"), Party(text="Auxerre")), evidence=((4, 20),),
            )  # fmt: skip
            register.add(read.model_copy(update={"record": read.record.model_copy(update={"agreements": (signed,)})}))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path | str:
    if request.param == "sqlite":
        made: Path | str = tmp_path_factory.mktemp("frequent") / "register.db"
    else:
        made = request.getfixturevalue("server").new_database()
    _fill(made)
    return made


def _titles(site: Client, address: str) -> list[str]:
    return [node.text_content() for node in html.fromstring(site.text(address)).xpath("//ol[@class='fiches']//h3")]


def _facets(site: Client, address: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in html.fromstring(site.text(address)).xpath("//aside//li")]


def test_what_stands_everywhere_is_counted_and_the_latest_come_first(
    where: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "/recherche?q=cooperation"
    with client(where, Settings(burst=1000)) as site:
        ranked = _titles(site, asked)
        facets = _facets(site, asked)
        assert len(ranked) == len(YEARS) and "trop pour dire" not in site.text(asked)
    monkeypatch.setattr(search, "RANKED", 2)
    with client(where, Settings(burst=1000)) as site:
        page = site.text(asked)
        assert "trop pour dire lesquels répondent le mieux" in page and "5\u00a0fiches" in page
        assert "Pertinence" not in page and "<mark>" in page
        assert _titles(site, asked) == [f"Convention de coopération {year}" for year in sorted(YEARS, reverse=True)]
        assert _facets(site, asked) == facets, "the counts are those of every item"
        oldest = _titles(site, f"{asked}&tri=ancien")
        assert oldest == [f"Convention de coopération {year}" for year in sorted(YEARS)]
        assert "trop pour dire" not in site.text(f"{asked}&tri=ancien"), "an order that was chosen is kept"
        texts = _titles(site, f"{asked}&dans=textes")
        assert texts == [f"Note {year}" for year in reversed(YEARS)], "of the document that was read last"
        few = f"{asked}+2015"
        assert "trop pour dire" not in site.text(few) and _titles(site, few) == ["Convention de coopération 2015"]


def test_scores_are_left_out_alone(where: Path | str, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(where) as site, site.site.database.reading() as connection:
        scored = find(connection, site.site, site.site.index, "convention")
        monkeypatch.setattr(search, "RANKED", 2)
        counted = find(connection, site.site, site.site.index, "convention ")
    assert scored.ranked and not counted.ranked
    assert set(scored.items.tolist()) == set(counted.items.tolist())
    assert set(scored.texts.tolist()) == set(counted.texts.tolist())
    assert scored.mask.tolist() == counted.mask.tolist() and not counted.item_scores.any()


def test_an_option_of_a_facet_leads_where_its_value_says(where: Path | str) -> None:
    with client(where, Settings(burst=1000)) as site:
        tree = html.fromstring(site.text("/accords?pays=-&annee=2015"))
        links = {
            " ".join(node.text_content().split()): node.get("href")
            for node in tree.xpath("//section[contains(@class, 'facette')]//li/a")
        }
        assert links["2007"] == "/accords?pays=-&annee=2015&annee=2007"
        chosen = next(link for name, link in links.items() if name.endswith("2015"))
        assert chosen == "/accords?pays=-"
