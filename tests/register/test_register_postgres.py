"""What only a server has: drivers, locales, rights, going away and coming back, French forms of words."""

from __future__ import annotations

import logging
import re
import signal
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from postgres_server import OWNER, PostgresServer
from register_makers import PAGES, full, plain

from coopnlp.errors import RegisterError
from coopnlp.register import Register, Versions, fulltext, open_register
from coopnlp.register.database import Database
from coopnlp.register.query import read_query
from coopnlp.register.schema import DERIVED, MIGRATIONS, Migration, account, correction, metadata


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.mark.parametrize("driver", ["pg8000", "psycopg"])
def test_either_driver_does(driver: str, url: str) -> None:
    pytest.importorskip(driver)
    with Register(url.replace("postgresql://", f"postgresql+{driver}://")) as register, Register("sqlite://") as other:
        for each in (register, other):
            each.add(full())
        assert register.dump() == other.dump()
        assert register.show("pv-auxerre") == other.show("pv-auxerre")
    with open_register(url) as register:
        assert register.stats().documents == 1


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_the_locale_of_the_database_changes_nothing(server: PostgresServer, locale: str) -> None:
    url = server.new_database(f"LOCALE '{locale}'", "ENCODING 'UTF8'")
    results = [full(), plain("L’ÉTÉ à Évry", name="É.txt"), plain("Un", name="a.txt"), plain("Deux", name="Z.txt")]
    with Register(url) as register, Register("sqlite://") as other:
        for each in (register, other):
            each.add_all(results)
        assert register.dump() == other.dump()
        assert [d.source for d in register.documents()] == [d.source for d in other.documents()]
        assert [hit.source for hit in register.search("été évry")] == ["É.txt"]
    server.drop(url)


def test_a_foreign_database_is_left_untouched(server: PostgresServer, url: str) -> None:
    server.sql("CREATE TABLE source (n int); CREATE TABLE document (n int); CREATE TABLE migration (version int)",
               f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {OWNER}", database=_name(url))  # fmt: skip
    with pytest.raises(RegisterError, match="no register of coopnlp"):
        Register(url)
    assert server.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", database=_name(url)) == "3\n"


def test_an_older_register_gets_the_migrations_it_lacks(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Register(url) as register:
        register.add(full())

    def widen(connection: sa.Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE notice ADD COLUMN seen TEXT")

    later = (*MIGRATIONS, Migration(len(MIGRATIONS) + 1, "a column", widen))
    monkeypatch.setattr("coopnlp.register.database.MIGRATIONS", later)
    for _ in range(2):  # the second opening finds it applied
        with Register(url) as register:
            assert register.stats().documents == 1


def test_a_register_of_before_the_search_gets_it(server: PostgresServer, url: str) -> None:
    with Register(url) as register:
        register.add(full())
        before = register.dump()
    server.sql(
        "DELETE FROM migration WHERE version >= 3",
        *(f"DROP TABLE {table.name}" for table in (account, correction, *DERIVED)),
        "ALTER TABLE funding DROP COLUMN status",
        "ALTER TABLE passage DROP COLUMN search",
        "DROP FUNCTION coopnlp_search",
        "DROP TEXT SEARCH CONFIGURATION coopnlp_exact", "DROP TEXT SEARCH CONFIGURATION coopnlp_french",
        "DROP TEXT SEARCH DICTIONARY coopnlp_stem", "DROP EXTENSION unaccent",
        'ALTER TABLE location ALTER COLUMN address TYPE text COLLATE "default"',
        database=_name(url),
    )  # fmt: skip
    with Register(url) as register:
        assert register.search("jumelages")
        register.add(plain("É", name="É.txt"))
        register.add(plain("Z", name="Z.txt"))
        assert [d.source for d in register.documents()] == ["Z.txt", "pv-auxerre.pdf", "É.txt"]
        assert set(before["passage"]) <= set(register.dump()["passage"])
    collations = server.sql(
        "SELECT DISTINCT collation_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'text'",
        database=_name(url),
    )  # fmt: skip
    assert collations == "C\n"


def test_every_table_of_the_schema_is_made(url: str) -> None:
    database = Database(url)
    with database.reading() as connection:
        assert set(metadata.tables) <= set(sa.inspect(connection).get_table_names())
    database.close()


def test_an_empty_database_is_no_register_to_read(url: str) -> None:
    with pytest.raises(RegisterError, match="is empty"):
        open_register(url)


def test_two_programs_may_make_one_register_at_once(url: str) -> None:
    failed: list[BaseException] = []

    def make() -> None:
        try:
            Register(url).close()
        except RegisterError as error:
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("archiviste@", "inconnu@"), "inconnu"),
        ((r"/essai\d+\?", "/absente?"), "absente"),
        ((r"port=\d+", "port=9"), "No such file"),
    ],
)
@pytest.mark.parametrize("driver", ["pg8000", "psycopg"])
def test_an_unusable_server_says_what_to_do(driver: str, url: str, change: tuple[str, str], told: str) -> None:
    pytest.importorskip(driver)
    bad = re.sub(*change, url).replace("postgresql://", f"postgresql+{driver}://")
    with pytest.raises(RegisterError, match=f"(?s): .*{told}.* (Check|Make)") as caught:
        Register(bad)
    assert "report" not in str(caught.value)


def test_a_password_is_in_no_message() -> None:
    for url in ("postgresql://nul:secret@127.0.0.1:9/rien", "postgresql://nul@127.0.0.1:9/rien?password=secret"):
        with pytest.raises(RegisterError, match="cannot be reached") as caught:
            Register(url)
        assert "secret" not in str(caught.value)


def test_a_user_who_may_only_read_is_told(server: PostgresServer, url: str) -> None:
    Register(url).close()
    server.sql("DROP ROLE IF EXISTS lecteur", "CREATE ROLE lecteur LOGIN")
    server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO lecteur", database=_name(url))
    with Register(url.replace(OWNER, "lecteur")) as register:
        assert register.search("rien") == []
        with pytest.raises(RegisterError, match="GRANT"):
            register.add(full())
    server.sql("DROP OWNED BY lecteur", "DROP ROLE lecteur", database=_name(url))


def test_a_server_that_only_reads_is_told(server: PostgresServer, url: str) -> None:
    """As a standby does; nothing is half written, and all is when it writes again."""
    Register(url).close()
    server.sql(f"ALTER DATABASE {_name(url)} SET default_transaction_read_only = on")
    with Register(url) as register, pytest.raises(RegisterError, match="only reads now"):
        register.add(full())
    server.sql(f"ALTER DATABASE {_name(url)} SET default_transaction_read_only = off")
    with Register(url) as register:
        assert register.stats().documents == 0
        assert register.add(full())


def test_search_needs_no_right_to_add_an_extension(server: PostgresServer, url: str) -> None:
    server.sql("DROP ROLE IF EXISTS stagiaire", "CREATE ROLE stagiaire LOGIN")
    server.sql("GRANT ALL ON SCHEMA public TO stagiaire", database=_name(url))
    with Register(url.replace(OWNER, "stagiaire")) as register:
        assert server.sql("SELECT count(*) FROM pg_extension WHERE extname = 'unaccent'", database=_name(url)) == "0\n"
        register.add(plain("Les Œuvres de L’Haÿ-les-Roses, été 2011.", name="hay.txt"))
        for typed in ("oeuvres", "ŒUVRES", "hay les roses", "été", "ETE", "rose"):
            assert [hit.source for hit in register.search(typed)] == ["hay.txt"], typed
    server.sql("DROP OWNED BY stagiaire CASCADE", "DROP ROLE stagiaire", database=_name(url))


# Searching


SENTENCES = (
    "Le jumelage avec Plovdiv.", "Les jumelages de l’été.", "Une école à Bamako, des écoles à Ségou.",
    "L’Haÿ-les-Roses : 1998-2000, 15 000 €.", "Écrire à mairie@brest.fr ou www.brest.fr/eau.", "Accords nationaux.",
    "Un accord national.", "Œuvres & cœur ; C.R. du 12/05/1998 (p. 3).", "3 m de terrain, l'eau_potable",
)  # fmt: skip


@pytest.fixture(scope="module")
def both(server: PostgresServer) -> Iterator[tuple[Register, Register]]:
    """The same documents in PostgreSQL and in SQLite."""
    url = server.new_database()
    results = [plain(text, name=f"{n}.txt", title=SENTENCES[n - 1]) for n, text in enumerate(SENTENCES)]
    with Register(url) as one, Register("sqlite://") as other:
        for each in (one, other):
            each.add_all([*results, full()])
        yield one, other
    server.drop(url)


def _found(register: Register, typed: str) -> set[tuple[str, str, int | None]]:
    return {(hit.sha256, hit.type, hit.page) for hit in register.search(typed, limit=100, per_document=100)}


WORDS = sorted(set(re.findall(r"\w+", " ".join((*SENTENCES, *PAGES)))))


@given(st.lists(st.sampled_from([*WORDS, "introuvable"]), min_size=1, max_size=3))
@settings(deadline=None, max_examples=60)
def test_what_is_quoted_is_found_as_in_sqlite(both: tuple[Register, Register], words: list[str]) -> None:
    typed = " ".join(f'"{word}"' for word in words) if len(words[0]) % 2 else f'"{" ".join(words)}"'
    assert _found(both[0], typed) == _found(both[1], typed)


@given(st.sampled_from(SENTENCES), st.integers(0, 20), st.integers(1, 30))
@settings(deadline=None, max_examples=60)
def test_any_passage_of_a_text_is_found_as_a_phrase(
    both: tuple[Register, Register], sentence: str, start: int, size: int
) -> None:
    words = re.sub(r"[«»\"]", " ", sentence[start : start + size])
    assert _found(both[0], f'"{words}"') == _found(both[1], f'"{words}"')


@given(st.lists(st.sampled_from([*WORDS, "introuvable", "OU", "-eau", "-brest"]), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_what_sqlite_finds_is_found(both: tuple[Register, Register], words: list[str]) -> None:
    typed = " ".join(words)
    if both[1].search(typed, limit=1) and not _on_several_pages(both[1], typed):
        assert _found(both[0], typed) >= _found(both[1], typed)


def _on_several_pages(register: Register, typed: str) -> bool:
    """Tell whether the words stand on several pages only: PostgreSQL may find a form of them on one."""
    quoted = {hit.sha256: hit.matches for hit in register.search(typed, limit=100)}
    return len(typed.split()) > 1 and any(len(matches) < 2 for matches in quoted.values())


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("jumelages", {"jumelage", "jumelages"}),
        ("écoles", {"école", "écoles"}),
        ("nationale", {"national", "nationaux"}),
        ('"jumelages"', {"jumelages"}),
    ],
)
def test_other_forms_of_a_word_are_found_and_marked(
    both: tuple[Register, Register], typed: str, marked: set[str]
) -> None:
    hits = both[0].search(typed, limit=100, per_document=100)
    assert {hit.snippet[start:end] for hit in hits for start, end in hit.matches} == marked


def test_the_word_itself_comes_before_its_other_forms(both: tuple[Register, Register]) -> None:
    found = [hit.source for hit in both[0].search("jumelages")]
    assert found.index("1.txt") < found.index("0.txt")


def test_a_phrase_does_not_begin_in_the_title(both: tuple[Register, Register]) -> None:
    # the title of 1.txt ends with « Plovdiv », its text begins with « Les jumelages »
    assert _found(both[0], '"Plovdiv les jumelages"') == set()


def test_a_backup_is_restored_with_its_search(server: PostgresServer, url: str) -> None:
    with Register(url) as register:
        register.add(full())
        before = register.dump()
    other = server.new_database()
    server.restore(server.backup(url), other)
    with Register(other) as register:
        assert register.dump() == before
        assert register.search("jumelages")
    server.drop(other)


@given(st.text(alphabet="abéœ1Z .-/@:_~&<>+%?=#!,;'’«»()*\\\"$€", max_size=25))
@settings(deadline=None, max_examples=200)
def test_words_are_those_of_sqlite(both: tuple[Register, Register], text: str) -> None:
    """The words and their order as the index has them, compared with those that are looked for and marked."""
    asked = sa.text(
        "SELECT lexeme FROM unnest(coopnlp_search('', :text)), unnest(positions, weights) AS at(position, weight) "
        "WHERE weight = 'B' ORDER BY position"
    )
    with both[0]._database.reading() as connection:
        found = list(connection.execute(asked, {"text": text}).scalars())
    assert found == [word for word, _, _ in fulltext._words(text)]


def test_the_index_is_used(both: tuple[Register, Register]) -> None:
    with both[0]._database.reading() as connection:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        asked = sa.select(fulltext.matching(connection, read_query("écoles -brest")))
        text = asked.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {text}".replace("%", "%%")).scalars())
    assert "passage_search" in plan


# A server that goes away


@pytest.fixture
def unsteady() -> Iterator[PostgresServer]:
    """A server that a test may stop."""
    from postgres_server import missing

    if missing() is not None:
        pytest.skip(str(missing()))
    started = PostgresServer()
    yield started
    started.remove()


@pytest.mark.parametrize("driver", ["pg8000", "psycopg"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_comes_back_is_waited_for(
    unsteady: PostgresServer, driver: str, how: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip(driver)
    url = unsteady.new_database().replace("postgresql://", f"postgresql+{driver}://")
    results = [plain(f"Délibération {n} pour Bamako.", name=f"{n}.txt") for n in range(60)]
    with Register(url) as register, Register("sqlite://") as whole, caplog.at_level(logging.WARNING):
        register.add(results[0])
        away = threading.Timer(1.0, unsteady.start)
        for n, result in enumerate(results):
            if n == 30:
                unsteady.stop(how)
                away.start()
            register.add(result)
        away.join()
        whole.add_all(results)
        assert register.dump() == whole.dump()
    told = [record.message for record in caplog.records]
    assert any("Waiting for it" in each for each in told)
    assert any("is back" in each for each in told)


@pytest.mark.parametrize("driver", ["pg8000", "psycopg"])
def test_a_server_that_stays_away_is_an_error(unsteady: PostgresServer, driver: str) -> None:
    pytest.importorskip(driver)
    url = unsteady.new_database().replace("postgresql://", f"postgresql+{driver}://")
    with Register(url, patience_s=0.5) as register:
        register.add(full())
        unsteady.stop()
        with pytest.raises(RegisterError, match=r"Check the URL .* that the server runs"):
            register.add(full("autre.pdf"))
        with pytest.raises(RegisterError, match=r"Check the URL .* that the server runs"):
            register.search("eau")
        unsteady.start()
        assert register.add(full("autre.pdf", extra=" Fin."))
        assert register.search("eau")


def test_transactions_that_cross_are_done_again(url: str) -> None:
    """Threads that write the same places in opposite orders wait for one another; each is done in the end."""
    results = [plain(f"Texte {n}", name=f"{n}.txt") for n in range(40)]
    with Register(url) as register, Register("sqlite://") as whole:
        failed: list[BaseException] = []

        def write(order: list, version: str) -> None:
            try:
                for _ in range(3):
                    register.add_all(order, versions=Versions(library=version))
            except RegisterError as error:
                failed.append(error)

        threads = [threading.Thread(target=write, args=(results[::way], "1")) for way in (1, -1, 1, -1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed == []
        whole.add_all(results, versions=Versions(library="1"))
        assert register.dump() == whole.dump()
