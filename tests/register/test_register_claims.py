"""Claims: each source is in one living run's hand, and what a run says of it counts only while it holds it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from register_makers import digest, plain

from coopnlp.register import Claim, Register, Sighting, Versions, holder
from coopnlp.types import Failure

TEXTS = {"/fonds/a.txt": "Jumelage.", "/fonds/b.txt": "Une convention.", "/fonds/c.txt": "Un accord de coopération."}
NOW = Versions(library="1")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    with Register(tmp_path / "r.db") as opened:
        yield opened


def seen(address: str, text: str | None = None) -> Sighting:
    text = text or TEXTS[address]
    name = address.rsplit("/", 1)[1]
    return Sighting(address=address, name=name, path=address, sha256=digest(text), size=len(text))


def page(url: str) -> Sighting:
    return Sighting(address=url, name=url, url=url)


def begin(register: Register, *sightings: Sighting, lease_s: float = 60.0, retry_failed: bool = False) -> int:
    run = register.begin(lease_s=lease_s)
    register.enrol(list(sightings) or [seen(a) for a in TEXTS], versions=NOW, run=run, retry_failed=retry_failed)
    return run


def read(register: Register, claim: Claim, text: str | None = None) -> bool:
    return register.finish(claim, plain(text or TEXTS[claim.seen.address], name=claim.seen.name), versions=NOW)


def addresses(claims: list[Claim]) -> list[str]:
    return [claim.seen.address for claim in claims]


def failed(claim: Claim) -> Failure:
    return Failure(source=claim.seen.address, error="NoText", message="rien à lire", trace="0123456789ab")


def test_the_largest_comes_first(register: Register) -> None:
    run = begin(register)
    assert addresses(register.claim(run, limit=2)) == ["/fonds/c.txt", "/fonds/b.txt"]
    assert addresses(register.claim(run, limit=2)) == ["/fonds/a.txt"]
    assert register.claim(run) == []
    assert register.left(run).sources == 3


def test_two_runs_share_and_repeat_nothing(register: Register) -> None:
    one, other = begin(register), begin(register)
    (first,), (second,) = register.claim(one), register.claim(other)
    assert first.seen.address != second.seen.address
    assert read(register, first)
    assert register.left(other).sources == 2
    assert read(register, second)
    assert addresses(register.claim(one, limit=9)) == ["/fonds/a.txt"]
    assert register.claim(other, limit=9) == []


def test_a_run_that_gives_no_sign_of_life_loses_its_claims(register: Register) -> None:
    dead, alive = begin(register, lease_s=-1.0), begin(register)
    (lost,) = register.claim(dead)
    (taken,) = register.claim(alive)
    assert lost.seen == taken.seen
    # it wakes up: what it says counts no more
    assert not register.fail(lost, failed(lost), versions=NOW)
    assert not read(register, lost)
    assert read(register, taken)
    assert register.failures() == []


def test_a_lease_that_is_renewed_holds(register: Register) -> None:
    one, other = begin(register, lease_s=-1.0), begin(register)
    register.claim(one, limit=9)
    assert register.renew(one)
    assert register.claim(other, limit=9) == []
    register.end(one)
    assert not register.renew(one)
    assert len(register.claim(other, limit=9)) == 3


def test_the_claims_of_a_process_that_was_killed_are_free_at_once(register: Register, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from coopnlp.register import Register, Sighting, Versions\n"
        "register = Register(sys.argv[1])\n"
        "run = register.begin(lease_s=3600)\n"
        "seen = [Sighting(address=a, name='n', path=a, sha256=s) for a, s in [w.split('=') for w in sys.argv[2:]]]\n"
        "register.enrol(seen, versions=Versions(library='1'), run=run)\n"
        "assert len(register.claim(run, limit=9)) == 3\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    told = [f"{address}={digest(text)}" for address, text in TEXTS.items()]
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r.db"), *told], check=False)
    assert done.returncode == -9
    assert len(register.claim(begin(register), limit=9)) == 3


def test_who_runs_is_told_from_who_ran() -> None:
    here = holder.this_process()
    machine, pid, started = here.rsplit(" ", 2)
    assert not holder.has_ended(here)
    assert holder.has_ended(f"{machine} {pid} {int(started) - 1}")  # another process had this number
    assert holder.has_ended(f"{machine} 4194304 1")  # past the largest number that Linux gives
    assert not holder.has_ended("ailleurs boot 1 1 1")
    name, boot, space = machine.split(" ")
    assert not holder.has_ended(f"{name} {'0' * len(boot)} {space} 4194304 1")  # another machine may have this name


def test_equal_bytes_are_claimed_once_under_the_first_address(register: Register) -> None:
    run = register.begin()
    same = [seen(address, "Les mêmes octets.") for address in ("/fonds/b.txt", "/fonds/c.txt", "/fonds/a.txt")]
    assert register.enrol(same, versions=NOW, run=run) == ["equal", "equal", "waiting"]
    (claim,) = register.claim(run, limit=9)
    assert claim.seen.address == "/fonds/a.txt"
    assert read(register, claim, "Les mêmes octets.")
    assert register.left(run).sources == 0


def test_a_first_address_that_comes_later_takes_over(register: Register) -> None:
    run = register.begin()
    for address in ("/fonds/b.txt", "/fonds/a.txt"):
        register.enrol([seen(address, "Les mêmes octets.")], versions=NOW, run=run)
    assert addresses(register.claim(run, limit=9)) == ["/fonds/a.txt"]


def test_a_place_that_was_seen_is_planned_once(register: Register) -> None:
    run = begin(register)
    assert register.enrol([seen("/fonds/a.txt")], versions=NOW, run=run) == ["seen"]
    assert register.planned(run, ["/fonds/a.txt", "/fonds/z.txt"]) == {"/fonds/a.txt"}
    assert len(register.claim(run, limit=9)) == 3


def test_bytes_that_changed_in_one_place_are_read_in_another(register: Register) -> None:
    run = begin(register, seen("/fonds/a.txt", "Copie."), seen("/fonds/b.txt", "Copie."))
    (claim,) = register.claim(run, limit=9)
    assert read(register, claim, "Tout autre chose.")
    (again,) = register.claim(run, limit=9)
    assert (again.seen.address, again.seen.sha256) == ("/fonds/b.txt", digest("Copie."))
    assert read(register, again, "Copie.")
    assert register.left(run).sources == 0
    assert register.stats().documents == 2


def test_a_place_that_is_seen_again_with_other_bytes_is_read_as_it_is(register: Register) -> None:
    run = register.begin()
    both = [seen("/fonds/a.txt", "Avant."), seen("/fonds/a.txt", "Après.")]
    assert register.enrol(both, versions=NOW, run=run) == ["seen", "waiting"]
    assert register.enrol([seen("/fonds/a.txt", "Encore.")], versions=NOW, run=run) == ["waiting"]
    (claim,) = register.claim(run, limit=9)
    assert claim.seen.sha256 == digest("Encore.")
    assert read(register, claim, "Encore.")
    assert (register.left(run).sources, register.stats().waiting) == (0, 0)


def test_what_waits_for_nothing_is_not_waited_for(register: Register, tmp_path: Path) -> None:
    run = begin(register, seen("/fonds/a.txt"))
    with sqlite3.connect(tmp_path / "r.db") as connection:
        connection.execute("UPDATE source SET state = 'done'")
    assert register.claim(run) == []
    register.reclaim(run)
    assert register.left(run).sources == 0


def test_bytes_that_another_run_saw_change_are_read_by_that_run(register: Register) -> None:
    one = begin(register, seen("/fonds/a.txt", "Avant."))
    other = begin(register, seen("/fonds/a.txt", "Après."))
    assert register.left(one).sources == 0
    (claim,) = register.claim(other)
    assert read(register, claim, "Après.")
    assert register.claim(one) == []


def test_a_page_is_claimed_by_one_run(register: Register) -> None:
    url = "https://exemple.org/page"
    one, other = begin(register, page(url)), begin(register, page(url))
    (claim,) = register.claim(one)
    assert claim.source == url
    assert register.claim(other) == []
    result = plain("Une page.", name="page.html")
    register.finish(claim, result, versions=NOW)
    assert (register.left(one).sources, register.left(other).sources) == (0, 0)


def test_a_page_that_fails_keeps_what_was_read_before(register: Register) -> None:
    url = "https://exemple.org/page"
    (claim,) = register.claim(begin(register, page(url)))
    result = plain("Une page.", name="page.html")
    register.finish(claim, result, versions=NOW)
    later = Versions(library="2")
    run = register.begin()
    assert register.enrol([page(url)], versions=later, run=run) == ["waiting"]
    (claim,) = register.claim(run)
    assert register.fail(claim, failed(claim), versions=later)
    assert register.left(run).sources == 0
    assert (register.stats().documents, register.stats().waiting) == (1, 0)
    assert [f.source for f in register.failures(run=run)] == [url]


def test_what_fails_in_one_run_is_not_tried_again_in_another_at_the_same_time(register: Register) -> None:
    begin(register, seen("/fonds/a.txt"))
    one, other = register.begin(), register.begin()
    register.enrol([seen("/fonds/a.txt")], versions=NOW, run=one)
    (claim,) = register.claim(one)
    assert register.fail(claim, failed(claim), versions=NOW)
    assert register.enrol([seen("/fonds/a.txt")], versions=NOW, run=other, retry_failed=True) == ["failed"]
    later = register.begin()
    assert register.enrol([seen("/fonds/a.txt")], versions=NOW, run=later, retry_failed=True) == ["waiting"]


def test_a_failure_keeps_the_digest_of_where_it_was_raised(register: Register) -> None:
    run = begin(register, seen("/fonds/a.txt"))
    (claim,) = register.claim(run)
    register.fail(claim, failed(claim), versions=NOW)
    assert [f.trace for f in register.failures()] == ["0123456789ab"]
    assert register.count_failures(run) == 1


def test_what_a_run_has_not_seen_is_gone(register: Register) -> None:
    begin(register)
    run = begin(register, seen("/fonds/a.txt"))
    assert register.mark_gone(run, ["/fonds"]) == (2, ["/fonds/b.txt", "/fonds/c.txt"])
    assert register.mark_gone(run, ["/ailleurs", "/fond"]) == (0, [])


def test_a_name_that_is_no_utf8_is_opened_as_it_is(register: Register) -> None:
    raw = b"/fonds/proc\xe8s.txt"
    run = begin(register, seen("/fonds/a.txt").model_copy(update={"raw": raw}))
    (claim,) = register.claim(run)
    assert str(claim.source).encode(errors="surrogateescape") == raw


def test_many_hands_take_each_source_once(tmp_path: Path) -> None:
    with Register(tmp_path / "r.db") as register:
        sightings = [seen(f"/fonds/{n}.txt", f"Texte {n}.") for n in range(60)]
        runs = [begin(register, *sightings) for _ in range(4)]
    taken: list[str] = []

    def work(run: int) -> None:
        with Register(tmp_path / "r.db") as own:
            while claims := own.claim(run, limit=2):
                for claim in claims:
                    taken.append(claim.seen.address)
                    own.finish(claim, plain(f"Texte {claim.seen.name[:-4]}.", name=claim.seen.name), versions=NOW)

    hands = [threading.Thread(target=work, args=(run,)) for run in runs]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(taken) == sorted(s.address for s in sightings)
    with Register(tmp_path / "r.db") as register:
        assert register.stats().documents == 60


SEEN = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(("Un.", "Deux."))), max_size=4, unique_by=lambda told: told[0]
)


@given(SEEN, SEEN)
@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
def test_noting_together_is_noting_one_by_one(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> None:
    with Register("sqlite://") as one, Register("sqlite://") as other:
        for sightings in ([seen(f"/fonds/{name}.txt", text) for name, text in told] for told in (before, after)):
            first, second = one.begin(), other.begin()
            one.enrol(sightings, versions=NOW, run=first)
            for sighting in sightings:
                other.enrol([sighting], versions=NOW, run=second)
            assert one.dump() == other.dump()
            assert one.left(first) == other.left(second)
            taken, same = (set(addresses(r.claim(run, limit=9))) for r, run in ((one, first), (other, second)))
            assert taken == same
            one.end(first)  # what a run holds while others note that its bytes are gone is another matter
            other.end(second)
