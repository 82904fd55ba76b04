"""The derived tables are made from the records, anew where these or the corrections have changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from multiprocessing import get_context
from pathlib import Path

import pytest
import sqlalchemy as sa
from catalogue_makers import CLUB, DSCHANG, MINISTRY, MONTREAL, NANTES, agreement, document
from postgres_server import PostgresServer

from coopnlp.catalogue import read, refresh, stale, update
from coopnlp.catalogue.values import ItemFilters
from coopnlp.register import Register, schema
from coopnlp.register.corrected import Thing
from coopnlp.register.corrections import Corrections
from coopnlp.types import Amount, Funding, Notice, Partnership, Project, ThemeAssignment

EAU = ThemeAssignment(path=("Environnement, Climat et Energie", "Eau et déchets"), probability=0.8)


@pytest.fixture
def register() -> Iterator[Register]:
    with Register("sqlite://") as opened:
        yield opened


def _rows(register: Register, table: sa.Table) -> list[tuple[object, ...]]:
    with register._database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key))]


def _agreement(register: Register, n: int) -> Thing:
    """The nth agreement of the register."""
    asked = (
        sa.select(schema.source.c.sha256, schema.record.c.n)
        .join(schema.source, schema.source.c.id == schema.record.c.document_id)
        .where(schema.record.c.type == "agreement")
        .order_by(schema.record.c.id)
    )
    with register._database.reading() as connection:
        row = connection.execute(asked).all()[n]
    return Thing(target="record", sha256=row.sha256, type="agreement", n=row.n)


def test_an_empty_register_has_an_empty_catalogue(register: Register) -> None:
    assert stale(register)
    done = refresh(register)
    assert (done.changed, done.items, done.actors) == (True, 0, 0)
    assert not stale(register)
    assert not refresh(register).changed


def test_an_item_has_parties_themes_sums_and_countries(register: Register) -> None:
    project = Project(title="Eau pour tous", parties=(NANTES, MONTREAL, CLUB), themes=(EAU,), start="2011")
    grant = Funding(
        funder=MINISTRY, amounts=(Amount(value=Decimal("3000.50"), currency="EUR"),), start="2021", purpose="l’eau"
    )
    register.add(document("a.txt", project, grant, Partnership(parties=(NANTES, MONTREAL), kind="jumelage")))
    done = refresh(register)
    assert (done.records, done.items, done.actors) == (3, 3, 4)
    with register._database.reading() as connection:
        (line,) = read.list_items(connection, ItemFilters(type=("project",)))
        assert (line.title, line.year, line.countries) == ("Eau pour tous", 2011, ("CA", "FR"))
        assert [party.actor for party in line.parties] == [
            "fr-commune:44109", "qc-municipalite:66023", "name:association les amis de dschang",
        ]  # fmt: skip
        assert line.themes[0].path == EAU.path
        (money,) = read.list_items(connection, ItemFilters(type=("funding",)))
        assert (money.title, money.amounts[0].value, money.amounts[0].total) == ("L’eau", Decimal("3000.50"), False)
        (twins,) = read.list_items(connection, ItemFilters(type=("partnership",)))
        assert twins.title == "Jumelage\u00a0: Nantes – Montréal"
        assert twins.year == 2013  # of the document
        ministry = read.get_actor(connection, "org:fr-meae")
        assert ministry is not None
        assert (ministry.kind, ministry.country, ministry.fundings, ministry.partnerships) == (
            "organisation",
            "FR",
            1,
            0,
        )
        montreal = read.get_actor(connection, "qc-municipalite:66023")
        assert montreal is not None
        assert (montreal.name, montreal.kind, montreal.country) == ("Montréal", "municipality", "CA")
        assert montreal.latitude == pytest.approx(45.5, abs=0.2)
        assert montreal.longitude == pytest.approx(-73.6, abs=0.2)


def test_a_project_without_theme_has_those_of_its_document(register: Register) -> None:
    register.add(document("a.txt", Project(title="Eau pour tous", parties=(NANTES, DSCHANG)), themes=(EAU,)))
    refresh(register)
    with register._database.reading() as connection:
        (line,) = read.list_items(connection, ItemFilters(theme=(EAU.path[0],)))
    assert line.themes[0].path == EAU.path


def test_two_documents_are_two_sources_of_one_item_and_its_conflicts_are_said(register: Register) -> None:
    first = agreement("Convention relative aux marais salants et aux lagunes")
    second = agreement("CONVENTION RELATIVE AUX MARAIS SALANTS ET AUX LAGUNES", "2012-03")
    register.add_all(
        [
            document("a.txt", first.model_copy(update={"start": "2012", "end": "2014"})),
            document("b.txt", second.model_copy(update={"end": "2014-12"})),
        ]
    )
    assert refresh(register).items == 1
    with register._database.reading() as connection:
        (line,) = read.list_items(connection)
        assert (line.documents, line.records, line.conflicts) == (2, 2, 0)
        assert (line.start, line.end) == ("2012", "2014-12")
        found = read.get_item(connection, line.id)
        assert found is not None
        assert [telling.name for telling in found.tellings] == ["a.txt", "b.txt"]
        assert found.tellings[1].quotes[0].text == "Ligne 0 : Nantes, Dschang <b>agissent</b>."
        for telling in found.tellings:  # any record leads there
            assert read.find_item(connection, "agreement", telling.ref) == line.id
    register.add(document("c.txt", first.model_copy(update={"kind": "entente"})))
    assert stale(register)
    assert refresh(register).items == 1
    with register._database.reading() as connection:
        (line,) = read.list_items(connection)
        (conflict,) = read.conflicts(connection, line.id)
    assert (conflict.field, [value.value for value in conflict.values]) == ("kind", ["convention", "entente"])
    assert (line.conflicts, line.documents) == (1, 3)


def test_what_has_not_changed_is_not_written_again(register: Register) -> None:
    register.add_all(document(f"{n}.txt", agreement(f"Convention sur les forêts {n}", f"200{n}")) for n in range(5))
    refresh(register)
    with register._database.writing() as connection:  # a mark that a row written anew would not have
        connection.execute(sa.update(schema.item_party).values(text="marque"))
        connection.execute(sa.update(schema.item).where(schema.item.c.year == 2001).values(title="ancien"))
    before = _rows(register, schema.item_record)
    refresh(register, force=True)
    assert _rows(register, schema.item_record) == before
    assert "ancien" not in [row[2] for row in _rows(register, schema.item)]
    assert "marque" not in [row[3] for row in _rows(register, schema.item_party)]


def test_what_is_read_anew_or_gone_leaves_the_catalogue(register: Register) -> None:
    register.add(document("a.txt", agreement(), Project(title="Eau pour tous", parties=(NANTES,))))
    refresh(register)
    with register._database.writing() as connection:
        connection.execute(sa.delete(schema.document))
    assert stale(register)
    assert refresh(register).items == 0
    for table in schema.DERIVED:
        assert table.name == "catalogue" or _rows(register, table) == []


def test_a_confirmed_record_has_no_doubt(register: Register) -> None:
    register.add(document("a.txt", agreement("Convention", None, CLUB)))
    refresh(register)
    (before,) = _rows(register, schema.item)
    assert before[-1] > 0.4
    Corrections(register).confirm(_agreement(register, 0), author="Léa")
    assert stale(register)
    refresh(register)
    (after,) = _rows(register, schema.item)
    assert after[-2:] == ("confirmed", 0.0)


def test_people_merge_and_separate_whatever_the_rules_say(register: Register) -> None:
    register.add_all(
        [
            document("a.txt", agreement()),
            document("b.txt", agreement()),
            document("c.txt", agreement(date="1999-01-01")),
        ]
    )
    assert refresh(register).items == 2
    made = [_agreement(register, n) for n in range(3)]
    corrections = Corrections(register)
    corrections.separate(made[0], made[1], author="Léa")
    assert refresh(register).items == 3
    corrections.merge(made[0], made[2], author="Léa")
    assert refresh(register).items == 2
    assert _rows(register, schema.proposal) == []
    for correction in corrections.history():
        corrections.undo(correction.id, author="Léa")
    assert refresh(register).items == 2
    with register._database.reading() as connection:
        assert sorted(line.documents for line in read.list_items(connection)) == [1, 2]


def test_doubtful_pairs_are_proposed_with_reasons(register: Register) -> None:
    register.add_all(
        [document("a.txt", agreement("convention", "2012")), document("b.txt", agreement("Convention", "2012-03-16"))]
    )
    assert (refresh(register).items, refresh(register).proposals) == (2, 1)
    with register._database.reading() as connection:
        (proposed,) = read.proposals(connection, type="agreement")
        assert read.proposals(connection, item=proposed.second.id) == [proposed]
    assert 0 < proposed.score < 1
    assert "même année" in proposed.why


def test_doubtful_pages_of_ocr_are_looked_at_first(register: Register) -> None:
    said = "1 page lue avec une confiance de moins de 60 sur 100, à vérifier sur l'image : 1."
    register.add(document("a.txt", agreement(), notices=(Notice(kind="ocr_doubtful", message=said),)))
    register.add(document("b.txt", agreement(date="1999-01-01")))
    refresh(register)
    with register._database.reading() as connection:
        first, second = read.list_items(connection, sort="doubt")
        found = read.get_item(connection, first.id)
    assert found is not None
    assert found.reasons == ("page numérisée lue avec peu de confiance", "titre qui ne distingue pas")
    assert first.doubt > second.doubt == 0.2


def test_readers_see_the_old_catalogue_until_the_new_one_is_whole(tmp_path: Path) -> None:
    with Register(tmp_path / "r.db") as register:
        register.add(document("a.txt", agreement()))
        refresh(register)
        reader = sqlite3.connect(tmp_path / "r.db", isolation_level=None)
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM item").fetchone() == (1,)
        register.add(document("b.txt", agreement(date="1999-01-01")))
        assert refresh(register).items == 2
        assert reader.execute("SELECT count(*) FROM item").fetchone() == (1,)
        reader.execute("COMMIT")
        assert reader.execute("SELECT count(*) FROM item").fetchone() == (2,)
        reader.close()


def _refresh(url: str) -> int:
    with Register(url, create=False) as register:
        return refresh(register).items


def test_two_processes_at_once_in_postgresql(server: PostgresServer) -> None:
    url = server.new_database()
    with Register(url) as register:
        register.add_all(document(f"{n}.txt", agreement(f"Convention sur l’eau {n}", f"20{n:02}")) for n in range(20))
        with get_context("spawn").Pool(2) as pool:
            assert pool.map(_refresh, [url, url], chunksize=1) == [20, 20]
        assert not stale(register)
        assert len(_rows(register, schema.item)) == 20
        with register._database.reading() as connection:
            assert read.count_items(connection, ItemFilters(actor=(NANTES.kb_id,), year_min=2005, year_max=2009)) == 5
            assert read.facets(connection, ItemFilters(year_min=2005))["country"][0].count == 15


def test_a_correction_shows_at_once_as_it_will_after_a_refresh(register: Register) -> None:
    with_club = agreement("Convention de Nantes", "2001-05-06", NANTES, CLUB)
    register.add_all([document("a.txt", agreement()), document("b.txt", agreement()), document("c.txt", with_club)])
    refresh(register)
    made = [_agreement(register, n) for n in range(3)]
    for action, first, second in ((Corrections.separate, 0, 1), (Corrections.merge, 0, 2)):
        action(Corrections(register), made[first], made[second], author="Léa")
        update(register, [first + 1, second + 1])
        assert stale(register)
        now = {table.name: _rows(register, table) for table in schema.DERIVED if table.name != "catalogue"}
        refresh(register)
        assert now == {name: _rows(register, schema.metadata.tables[name]) for name in now}
    with register._database.writing() as connection:
        connection.execute(sa.delete(schema.party).where(schema.party.c.text == CLUB.text))
    update(register, [3])
    with register._database.reading() as connection:
        assert read.get_actor(connection, "name:association les amis de dschang") is None
        assert read.facets(connection)["type"][0].count == 2
