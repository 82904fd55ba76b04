"""Which project or partnership a sum belongs to."""

from __future__ import annotations

from exchange_makers import AFD, BAMAKO, CLUB, LEVIS, RENNES, Writer, euros

from coopnlp.catalogue import refresh
from coopnlp.exchange.belonging import holders, recipients, with_fundings
from coopnlp.exchange.dates import completed, moment
from coopnlp.exchange.items import each
from coopnlp.register import Register
from coopnlp.types import AtlasRecord, Result


def owners(*results: Result) -> dict[str, tuple[str | None, list[str]]]:
    """Return, by purpose, the title of what a funding belongs to and who is given."""
    with Register("sqlite://") as register:
        register.add_all(results)
        refresh(register)
        with register._database.reading() as connection:
            items = list(each(connection))
            fundings = [item for item in items if item.type == "funding"]
            found = holders(connection, fundings)
            back = with_fundings(connection, [item for item in items if item.type in ("project", "partnership")])
            assert {f.id: owner for owner, some in back.items() for f in some} == {k: o.id for k, o in found.items()}
            return {
                item.title: (
                    found[item.id].title if item.id in found else None,
                    [member.name for member in recipients(item, found.get(item.id))],
                )
                for item in fundings
            }


def test_the_purpose_names_the_longest_title() -> None:
    note = Writer("a.txt")
    note.project("Jardins en fleurs", CLUB)
    note.project("Jardins en fleurs, phase 2", LEVIS)
    note.funding(RENNES, euros(1), purpose="Jardins en fleurs, phase 2, solde")
    note.funding(RENNES, euros(2), purpose="jardins en fleurs")
    note.funding(RENNES, euros(3), purpose="Eau")
    assert owners(note.result()) == {
        "Jardins en fleurs, phase 2, solde": ("Jardins en fleurs, phase 2", ["Lévis"]),
        "Jardins en fleurs": ("Jardins en fleurs", ["Les Amis de Bamako"]),
        "Eau": (None, []),
    }


def test_a_sum_in_the_passage_of_one_project_is_its_own() -> None:
    note = Writer("a.txt")
    note.project("Puits", CLUB, words="Puits : la Ville de Rennes verse 77 euros.")
    start, end = note.records["projects"][0].evidence[0]
    note.funding(RENNES, euros(77), words="77", purpose="forage")
    inside = note.records["fundings"][0].model_copy(update={"evidence": ((start + 10, end - 2),)})
    note.records["fundings"][0] = inside
    assert owners(note.result()) == {"Forage": ("Puits", ["Les Amis de Bamako"])}


def test_the_sums_of_an_atlas_record_are_those_of_its_project() -> None:
    note = Writer("fiche.html")
    note.project("Eau potable", RENNES, BAMAKO)
    note.funding(AFD, euros(5), purpose="année 1")
    result = note.result()
    record = result.record.model_copy(update={"atlas": AtlasRecord(title="Eau potable")})
    assert owners(result.model_copy(update={"record": record})) == {"Année 1": ("Eau potable", ["Rennes", "Bamako"])}
    assert owners(result) == {"Année 1": (None, [])}


def test_the_sums_of_a_convention_are_those_of_its_partnership() -> None:
    found = {}
    for kind in ("convention", "article"):
        note = Writer(f"{kind}.txt", kind=kind)
        note.partnership(RENNES, BAMAKO, kind="convention")
        note.partnership(RENNES, CLUB, kind="autre")
        note.funding(RENNES, euros(5), purpose="annexe")
        found[kind] = owners(note.result())["Annexe"]
    assert found == {"convention": ("Convention\u00a0: Rennes – Bamako", ["Bamako"]), "article": (None, [])}


def test_dates_are_completed_to_a_day() -> None:
    assert completed("2012-02", last=True) == "2012-02-29"
    assert [moment(text) for text in ("2012-13", "12 mai", None, "2012-2", "0000")] == [None] * 5
