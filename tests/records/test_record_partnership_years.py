"""Since when two cooperate."""

from __future__ import annotations

import pytest
from marked_records import extraction, parse, read

from coopnlp.records.partnership_years import with_beginnings
from coopnlp.records.reading import Reading
from coopnlp.types import Partnership, Party

_A, _B, _C = "[[Carhaix|COLLECTIVITY]]", "[[Dawlish|COLLECTIVITY]]", "[[Tanger|COLLECTIVITY]]"


def starts(marked: str) -> dict[str, str | None]:
    """Return the first year of each partnership by the name of its last party."""
    return {p.parties[-1].text: p.start for p in read(marked).partnerships}


@pytest.mark.parametrize(
    ("marked", "since"),
    [
        (f"{_A} est jumelée avec {_B} depuis [[1975|DATE]].", "1975"),
        (f"{_A} est jumelée avec {_B}, et ce jumelage a été officialisé en [[1996|DATE]].", "1996"),
        (f"La coopération décentralisée entre {_A} et {_B}, engagée en [[2011|DATE]], continue.", "2011"),
        (f"{_A} est liée à {_B} par un accord de partenariat du [[14 mai 2019|DATE]].", "2019-05-14"),
        (f"{_A} est jumelée avec {_B} ; la visite du maire en [[2019|DATE]] fut belle.", None),
        (f"{_A} est jumelée avec {_B} et a fêté cet anniversaire en [[2016|DATE]].", None),
    ],
)
def test_the_sentence_says_since_when(marked: str, since: str | None) -> None:
    assert starts(marked) == {"Dawlish": since}


def test_each_of_several_has_its_own_year() -> None:
    marked = f"{_A} est jumelée avec {_B} depuis [[1998|DATE]] et avec {_C} depuis [[2003|DATE]]."
    text, entities = parse(marked)
    reading = Reading(extraction(text), entities)
    town = {e.text: (e.start, e.end) for e in entities if e.label == "COLLECTIVITY"}
    told = [
        Partnership(
            parties=(Party(text="Carhaix"), Party(text=name)),
            kind="jumelage",
            start="1998",
            evidence=(town["Carhaix"], town[name]),
        )
        for name in ("Dawlish", "Tanger")
    ]
    assert [p.start for p in with_beginnings(reading, told)] == ["1998", "2003"]
