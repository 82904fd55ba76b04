"""The year of a sum that its column, its line or a heading says."""

from __future__ import annotations

import pytest
from marked_records import document

from coopnlp.records.clauses import Reader
from coopnlp.records.funding_years import with_years
from coopnlp.records.reading import Reading
from coopnlp.types import Amount, Funding, Party


def years(marked: str) -> list[str | None]:
    """Return the year that the layout gives each sum, as if each were a funding without one."""
    extraction, entities = document(marked)
    reading = Reader(Reading(extraction, entities)).reading
    sums = [e for e in entities if e.label == "AMOUNT" and isinstance(e.value, Amount)]
    fundings = [
        Funding(funder=Party(text="Dax"), amounts=(e.value,), evidence=((e.start, e.end),))
        for e in sums
        if isinstance(e.value, Amount)
    ]
    return [funding.start for funding in with_years(reading, fundings)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (
            "FINANCEMENT (en euros)      2019        2020\n• Ville de Dax    [[3 000|AMOUNT]]    [[4 000|AMOUNT]]\n"
            "• Région Corse    –           [[1 500|AMOUNT]]\n",
            ["2019", "2020", "2020"],
        ),
        (
            "FINANCEMENT\n• 2019 • 2020\n• Ville de Dax [[3 000 €|AMOUNT]] [[4 000 €|AMOUNT]]\n",
            ["2019", "2020"],
        ),
        (
            "| | 2019 | 2020 |\n|---|---|---|\n| Dax | [[3 000|AMOUNT]] | [[4 000|AMOUNT]] |\n",
            ["2019", "2020"],
        ),
        (
            "FINANCEMENT\n2019\n• Dax : [[3 000 €|AMOUNT]]\n• Pau : [[900 €|AMOUNT]]\nExercice 2020\n"
            "• Dax : [[4 000 €|AMOUNT]]\n",
            ["2019", "2019", "2020"],
        ),
        ("• 2019 : Ville de Dax [[3 000 €|AMOUNT]], Pau [[900 €|AMOUNT]]\n", ["2019", "2019"]),
        ("• Ville de Dax : 2019 : [[3 000 €|AMOUNT]] ; 2020 : [[4 000 €|AMOUNT]]\n", ["2019", "2020"]),
    ],
)
def test_the_layout_says_the_year(marked: str, expected: list[str]) -> None:
    assert years(marked) == expected


@pytest.mark.parametrize(
    "marked",
    [
        "Les axes sont inscrits au calendrier de 2024 à 2027 :\n1° une école, [[340 €|AMOUNT]], dont [[204 €|AMOUNT]] de X\n",
        "            2023        2024\nDax      [[640 €|AMOUNT]]    [[600 €|AMOUNT]]\n\n"
        "Recettes : AFD, [[180 €|AMOUNT]] ; Agence de l'eau, [[120 €|AMOUNT]].\n",
        "Le 9 mars 2016, la Ville verse [[450 €|AMOUNT]].\n",
        "Séance du 9 mars 2016\nDax : [[450 €|AMOUNT]]\n",
    ],
)
def test_prose_and_days_say_none(marked: str) -> None:
    assert [year for year in years(marked) if year is not None and year not in ("2023", "2024")] == []
    assert years(marked)[-1] is None


def test_a_year_that_is_known_stands() -> None:
    extraction, entities = document("2019\nDax : [[450 €|AMOUNT]]\n")
    (sum_,) = [e for e in entities if e.label == "AMOUNT"]
    known = Funding(funder=Party(text="Dax"), start="2018", end="2018", evidence=((sum_.start, sum_.end),))
    assert with_years(Reading(extraction, entities), [known]) == (known,)
