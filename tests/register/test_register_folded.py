"""Names are found whatever their case, accents and hyphens, in either database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from coopnlp.register import Register
from coopnlp.register.folded import holds, words_of
from coopnlp.types import Agreement, Party
from coopnlp.web.settings import Settings
from tests.register.register_makers import plain
from tests.web.web_site import client

NAMES = (
    "Québec", "Saint-Étienne", "L’Haÿ-les-Roses", "L'HAŸ", "CC Cœur de Savoie", "Łódź", "Düsseldorf", "100 % eau_claire",
    "Que\u0301bec décomposé", "وجدة",
)  # fmt: skip


@pytest.fixture(scope="module")
def register(new_register: Callable[[], str]) -> Iterator[Register]:
    with Register(new_register()) as opened:
        yield opened


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("quebec", ["Québec", "Que\u0301bec décomposé"]),
        ("QUÉBEC", ["Québec", "Que\u0301bec décomposé"]),
        ("saint etienne", ["Saint-Étienne"]),
        ("SAINT-ETIENNE", ["Saint-Étienne"]),
        ("étienne saint", ["Saint-Étienne"]),
        ("l'hay", ["L’Haÿ-les-Roses", "L'HAŸ"]),
        ("coeur", ["CC Cœur de Savoie"]),
        ("cœur savoie", ["CC Cœur de Savoie"]),
        ("lodz", ["Łódź"]),
        ("dussel", ["Düsseldorf"]),
        ("%", ["100 % eau_claire"]),
        ("u_c", ["100 % eau_claire"]),
        ("وجدة", ["وجدة"]),
        ("brest", []),
        ("", list(NAMES)),
    ],
)
def test_names_hold_words_whatever_their_accents(register: Register, typed: str, found: list[str]) -> None:
    with register._database.reading() as connection:
        told = []
        for name in NAMES:
            column = sa.literal(name, sa.Text)
            asked = sa.select(sa.literal(1)).where(*(holds(connection, column, word) for word in words_of(typed)))
            told += [name] if connection.execute(asked).scalar() else []
    assert told == found


def test_a_word_of_regular_expressions_is_a_word(register: Register) -> None:
    with register._database.reading() as connection:
        for typed in ("(", "[a-z", "a.*b", "\\\\", "+*?", "^$", "a{2}", "%_", "'"):
            told = sa.literal("Ville d’Auxerre", sa.Text)
            held = sa.and_(sa.true(), *(holds(connection, told, word) for word in words_of(typed)))
            # signs between words are no words: what is left of « ( » or « ' » holds everything
            assert bool(connection.execute(sa.select(held)).scalar()) is (not words_of(typed)), typed


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_lists_of_actors_and_documents_are_filtered_without_accents(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from tests.web.web_register import fill

    where: Path | str = tmp_path / "register.db" if kind == "sqlite" else request.getfixturevalue("url")
    fill(where)
    with Register(where) as opened:
        read = plain("Rien.", name="délibération.txt", title="Séance à Saint-Étienne")
        signed = Agreement(kind="accord", title="Accord", parties=(Party(text="Ville de Québec"),), evidence=((0, 4),))
        opened.add(read.model_copy(update={"record": read.record.model_copy(update={"agreements": (signed,)})}))
    with client(where, Settings(burst=1000)) as made:
        for address in ("/documents?titre=saint+etienne", "/documents?titre=deliberation", "/documents?titre=SEANCE"):
            page = made.text(address)
            assert "Séance à Saint-Étienne" in page and "1\u00a0document" in page, address
        for address in ("/acteurs?nom=quebec", "/acteurs?nom=QUÉBEC", "/acteurs?nom=ville+quebec"):
            page = made.text(address)
            assert "Ville de Québec" in page and "1\u00a0acteur" in page, address
        assert "Aucun acteur" in made.text("/acteurs?nom=bateau")
