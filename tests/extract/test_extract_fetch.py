"""Fetching, against servers in threads: what may be reached, manners, limits, what is kept."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_server import Answer, Site, serving

from coopnlp.errors import FetchError, PrivateAddress, RobotsDisallowed, TooLarge
from coopnlp.extract import extract
from coopnlp.extract.addresses import is_public
from coopnlp.extract.fetch import Fetched, fetch, user_agent
from coopnlp.extract.web_cache import WebCache

OUTSIDE = "127.0.0.2"
"""Stands for an address of the open internet: a server on it can be told from one on 127.0.0.1."""


@pytest.fixture(autouse=True)
def _nothing_is_kept_in_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOPNLP_CACHE", "off")
    monkeypatch.delenv("COOPNLP_ALLOW_PRIVATE", raising=False)


@pytest.fixture
def cache() -> Iterator[WebCache]:
    kept = WebCache(None)
    yield kept
    kept.close()


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("coopnlp.extract.network.is_public", lambda address: address == OUTSIDE or is_public(address))
    return OUTSIDE


def get(url: str, cache: WebCache, **options: Any) -> Fetched:
    limits: dict[str, Any] = {"max_bytes": 100_000, "pause_seconds": 0.0, "allow_private": True, "max_seconds": 30.0}
    return fetch(url, cache=cache, **(limits | options))


class TestAddresses:
    """What may be reached."""

    @pytest.mark.parametrize(
        "address",
        [
            "10.0.0.7", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1",
            "255.255.255.255", "192.0.2.1", "198.18.0.1", "192.88.99.1", "240.0.0.1", "::", "::1", "::ffff:127.0.0.1",
            "::ffff:10.1.2.3", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1",
            "2001:0:1::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "3fff::1",
            "5f00::1", "100::1", "", "exemple.fr",
        ],
    )  # fmt: skip
    def test_closed(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            "93.184.216.34",
            "2a00:1450:4007:80e::200e",
            "::ffff:93.184.216.34",
            "64:ff9b::5db8:d822",
            "2002:5db8:d822::1",
        ],
    )
    def test_open(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0", "[::1]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]", "127。0。0。1", "①②⑦.0.0.1", "LOCALHOST",
            "127.0.0.1.", "user@127.0.0.1",
        ],
    )  # fmt: skip
    def test_no_spelling_of_this_machine_is_called(self, host: str, cache: WebCache) -> None:
        with serving({"/": Answer(b"secret")}) as site:
            port = site.url.rpartition(":")[2]
            with pytest.raises(FetchError):
                get(f"http://{host}:{port}/", cache, allow_private=False)
            assert site.asked == []

    def test_the_error_says_which_and_what_to_do(self, cache: WebCache) -> None:
        with pytest.raises(PrivateAddress, match=r"^http://127\.0\.0\.1:9/x: .*allow_private"):
            get("http://127.0.0.1:9/x", cache, allow_private=False)
        with pytest.raises(PrivateAddress):
            extract("http://127.0.0.1:9/x")

    def test_the_environment_may_allow_them(self, cache: WebCache, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving({"/": Answer(b"intranet")}) as site:
            monkeypatch.setenv("COOPNLP_ALLOW_PRIVATE", "0")
            with pytest.raises(PrivateAddress):
                get(f"{site.url}/", cache, allow_private=False)
            monkeypatch.setenv("COOPNLP_ALLOW_PRIVATE", "1")
            assert get(f"{site.url}/", cache, allow_private=False).data == b"intranet"

    def test_a_redirect_does_not_lead_inside(self, cache: WebCache, outside: str) -> None:
        with serving({"/secret": Answer(b"secret")}) as inner:
            leading = {"/": Answer(status=302, headers={"Location": f"{inner.url}/secret"})}
            with serving(leading, outside) as site, pytest.raises(PrivateAddress, match=r"127\.0\.0\.1"):
                get(f"{site.url}/", cache, allow_private=False)
            assert inner.asked == []

    def test_nor_does_that_of_robots(self, cache: WebCache, outside: str) -> None:
        with serving({"/secret": Answer(b"secret")}) as inner:
            leading = {
                "/robots.txt": Answer(status=301, headers={"Location": f"{inner.url}/secret"}),
                "/": Answer(b"page"),
            }
            with serving(leading, outside) as site, pytest.raises(PrivateAddress):
                get(f"{site.url}/", cache, allow_private=False)
            assert inner.asked == []

    @pytest.mark.parametrize(
        "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "data:text/html,x"]
    )
    def test_a_redirect_does_not_leave_the_web(self, target: str, cache: WebCache) -> None:
        with (
            serving({"/": Answer(status=302, headers={"Location": target})}) as site,
            pytest.raises(FetchError, match=r"only http|could not be fetched"),
        ):
            get(f"{site.url}/", cache)

    def test_a_name_with_one_closed_address_is_not_called(
        self, cache: WebCache, outside: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with serving({"/": Answer(b"page")}, outside) as site:
            port = int(site.url.rpartition(":")[2])
            answer = [(2, 1, 6, "", (address, port)) for address in (outside, "127.0.0.1")]
            monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answer)
            with pytest.raises(PrivateAddress):
                get(f"http://mixte.exemple:{port}/", cache, allow_private=False)
            assert site.asked == []

    def test_a_name_that_changes_its_address_between_two_questions(
        self, cache: WebCache, outside: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """DNS rebinding: the first answer is open and the second is this machine."""
        real = socket.getaddrinfo
        answers = iter([outside])

        def resolve(host: str, port: Any, *rest: Any, **more: Any) -> Any:
            named = next(answers, "127.0.0.1") if host == "change.exemple" else host
            return real(named, port, *rest, **more)

        monkeypatch.setattr("socket.getaddrinfo", resolve)
        with serving({"/": Answer(b"open")}, outside) as site:
            port = site.url.rpartition(":")[2]
            found = get(f"http://change.exemple:{port}/", cache, allow_private=False, obey_robots=False)
            assert found.data == b"open"  # the address that was checked is the one that was called
            with pytest.raises(PrivateAddress):
                get(f"http://change.exemple:{port}/", cache, allow_private=False, obey_robots=False)

    def test_the_address_that_the_socket_reached_is_what_counts(
        self, cache: WebCache, outside: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The kernel (NAT, a hosts trick below us) may lead elsewhere than to the address asked for."""
        import httpcore

        real = httpcore.SyncBackend.connect_tcp
        monkeypatch.setattr(
            httpcore.SyncBackend, "connect_tcp", lambda self, host, *rest: real(self, "127.0.0.1", *rest)
        )
        with serving({"/": Answer(b"secret")}) as inner:
            port = inner.url.rpartition(":")[2]
            with pytest.raises(PrivateAddress):
                get(f"http://{outside}:{port}/", cache, allow_private=False)
            assert inner.asked == []

    def test_what_was_fetched_from_inside_is_kept_from_those_who_may_not(self, cache: WebCache) -> None:
        with serving({"/": Answer(b"secret", headers={"Cache-Control": "max-age=600"})}) as site:
            assert get(f"{site.url}/", cache).data == b"secret"
            with pytest.raises(PrivateAddress):
                get(f"{site.url}/", cache, allow_private=False)


class TestManners:
    """robots.txt, who we are, pauses."""

    def test_robots_forbid_by_name(self, cache: WebCache) -> None:
        robots = Answer(b"User-agent: *\nDisallow: /archives/\nAllow: /archives/pv/")
        with serving({"/robots.txt": robots, "/archives/pv/1.htm": Answer(b"ok")}) as site:
            with pytest.raises(RobotsDisallowed, match=r"^http.*/archives/x: .*robots.txt.*save it"):
                get(f"{site.url}/archives/x", cache)
            assert get(f"{site.url}/archives/pv/1.htm", cache).data == b"ok"
            assert site.asked == ["/robots.txt", "/archives/pv/1.htm"]

    def test_robots_of_where_a_redirect_leads(self, cache: WebCache) -> None:
        with (
            serving({"/robots.txt": Answer(b"User-agent: coopnlp\nDisallow: /"), "/x": Answer(b"no")}) as closed,
            serving({"/": Answer(status=307, headers={"Location": f"{closed.url}/x"})}) as site,
        ):
            with pytest.raises(RobotsDisallowed):
                get(f"{site.url}/", cache)
            assert closed.asked == ["/robots.txt"]

    def test_robots_that_cannot_be_had_forbid_all(self, cache: WebCache) -> None:
        with serving({"/robots.txt": Answer(status=503), "/": Answer(b"ok")}) as site:
            with pytest.raises(FetchError, match=r"503.*robots may read"):
                get(f"{site.url}/", cache)
            assert get(f"{site.url}/", cache, obey_robots=False).data == b"ok"

    def test_without_robots_all_may_be_read(self, cache: WebCache) -> None:
        with serving({"/": Answer(b"ok")}) as site:
            assert get(f"{site.url}/", cache).data == b"ok"

    def test_we_say_who_we_are(self, cache: WebCache, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COOPNLP_CONTACT", "archives@ville.exemple\r\nX-Evil: 1")
        with serving({"/": Answer(b"ok")}) as site:
            get(f"{site.url}/", cache)
            assert {headers["user-agent"] for headers in site.headers} == {user_agent()}
        assert user_agent().startswith("coopnlp/")
        assert "archives@ville.exemple" in user_agent()
        assert "\n" not in user_agent()

    @pytest.fixture
    def waits(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        """The seconds that were waited for turns, which nobody waits here."""
        found: list[float] = []
        monkeypatch.setattr("coopnlp.extract.fetch.time.sleep", found.append)
        return found

    def test_a_pause_between_two_calls_to_a_host(self, cache: WebCache, waits: list[float]) -> None:
        with serving({"/1": Answer(b"1"), "/2": Answer(b"2")}) as site:
            get(f"{site.url}/1", cache, pause_seconds=60.0)
            assert waits == []  # robots.txt and the first page are one visit
            get(f"{site.url}/2", cache, pause_seconds=60.0)
            assert site.asked == ["/robots.txt", "/1", "/2"]
        assert len(waits) == 1
        assert 30.0 < waits[0] <= 60.0

    def test_threads_queue_for_their_turns(self, cache: WebCache) -> None:
        found: list[float] = []
        threads = [threading.Thread(target=lambda: found.append(cache.take_turn("h", 100.0))) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [round(wait, -2) for wait in sorted(found)] == [0.0, 100.0, 200.0, 300.0, 400.0]

    @pytest.mark.parametrize(("asked", "given"), [("12.5", 12.5), ("86400", 30.0)])
    def test_a_site_may_ask_for_a_longer_pause(
        self, asked: str, given: float, cache: WebCache, waits: list[float]
    ) -> None:
        robots = Answer(f"User-agent: *\nCrawl-delay: {asked}".encode())
        with serving({"/robots.txt": robots, "/1": Answer(b"1"), "/2": Answer(b"2")}) as site:
            get(f"{site.url}/1", cache)
            get(f"{site.url}/2", cache)
        assert given - 8 < waits[-1] <= given

    def test_waiting_for_a_turn_is_not_the_servers_time(self, cache: WebCache) -> None:
        with serving({"/1": Answer(b"1")}) as site:
            cache.take_turn(site.url.removeprefix("http://"), 2.0)
            assert get(f"{site.url}/1", cache, max_seconds=1.9, obey_robots=False).data == b"1"

    def test_a_server_that_asks_for_time_gets_it(self, cache: WebCache) -> None:
        with serving({"/": Answer(status=429, headers={"Retry-After": "120"})}) as site:
            with pytest.raises(FetchError, match="120 seconds"):
                get(f"{site.url}/", cache)
            host = site.url.removeprefix("http://")
            assert cache.take_turn(host, 0.0) > 100


class TestCredentials:
    """User and password in a URL."""

    def test_they_go_to_their_host_and_nowhere_else(self, cache: WebCache) -> None:
        with serving({"/x": Answer(b"ok", headers={"ETag": '"1"'})}) as other:
            pages = {"/": Answer(status=302, headers={"Location": f"{other.url}/x"})}
            with serving(pages) as site:
                found = get(site.url.replace("//", "//anne:m%40t@") + "/", cache)
                assert site.headers[-1]["authorization"] == "Basic YW5uZTptQHQ="
                assert found.url == f"{other.url}/x"
                assert not [headers for headers in other.headers if "authorization" in headers]

    def test_they_are_not_shown_nor_what_they_open_kept(self, cache: WebCache) -> None:
        with serving({"/": Answer(b"ok", headers={"ETag": '"1"'}), "/robots.txt": Answer()}) as site:
            secret = site.url.replace("//", "//anne:secret@")
            assert get(f"{secret}/", cache).url == f"{site.url}/"
            assert not get(f"{secret}/", cache).from_cache
            with pytest.raises(FetchError) as raised:
                get(f"{secret}/absent", cache)
            assert "secret" not in str(raised.value)


class TestLimits:
    """Redirects, size, time, broken answers."""

    def test_redirects_are_followed_to_their_end(self, cache: WebCache) -> None:
        pages = {
            "/a": Answer(status=301, headers={"Location": "b?x=1"}),
            "/b?x=1": Answer(status=303, headers={"Location": "/c"}),
            "/c": Answer(b"bonjour", headers={"Content-Type": "text/html; charset=windows-1252"}),
        }
        with serving(pages) as site:
            found = get(f"{site.url}/a", cache)
            assert (found.data, found.url) == (b"bonjour", f"{site.url}/c")
            assert (found.media_type, found.charset) == ("text/html", "windows-1252")

    def test_a_page_that_wants_its_cookie_back(self, cache: WebCache) -> None:
        def door(asked: dict[str, str]) -> Answer:
            if "vu=1" in asked.get("cookie", ""):
                return Answer(b"ok")
            return Answer(status=302, headers={"Location": "/", "Set-Cookie": "vu=1"})

        with serving({"/": door}) as site:
            assert get(f"{site.url}/", cache).data == b"ok"

    def test_endless_redirects(self, cache: WebCache) -> None:
        with serving({"/a": Answer(status=302, headers={"Location": "/a"})}) as site:
            with pytest.raises(FetchError, match="over 10 redirects"):
                get(f"{site.url}/a", cache)
            assert site.asked.count("/a") == 11

    def test_a_body_over_the_limit(self, cache: WebCache) -> None:
        with serving({"/": Answer(b"x" * 300_000)}) as site, pytest.raises(TooLarge):
            get(f"{site.url}/", cache)

    @pytest.mark.parametrize("coding", ["gzip", "deflate", "raw"])
    def test_a_packed_body(self, coding: str, cache: WebCache) -> None:
        text = "Les élus de Loudun reçoivent ceux de Shippagan. ".encode() * 40
        squeeze = zlib.compressobj(wbits=-15)
        packed = {
            "gzip": gzip.compress(text), "deflate": zlib.compress(text), "raw": squeeze.compress(text) + squeeze.flush()
        }[coding]  # fmt: skip
        header = "deflate" if coding == "raw" else coding
        with serving({"/": Answer(packed, headers={"Content-Encoding": header})}) as site:
            assert get(f"{site.url}/", cache).data == text

    def test_a_bomb_is_not_unpacked(self, cache: WebCache) -> None:
        import tracemalloc

        bomb = gzip.compress(bytes(50_000_000), 6)
        with serving({"/": Answer(bomb, headers={"Content-Encoding": "gzip"})}) as site:
            tracemalloc.start()
            try:
                with pytest.raises(TooLarge):
                    get(f"{site.url}/", cache, max_bytes=1_000_000)
                assert tracemalloc.get_traced_memory()[1] < 20_000_000
            finally:
                tracemalloc.stop()

    def test_a_bomb_in_a_bomb_is_refused(self, cache: WebCache) -> None:
        twice = gzip.compress(gzip.compress(b"x"))
        with (
            serving({"/": Answer(twice, headers={"Content-Encoding": "gzip, gzip"})}) as site,
            pytest.raises(FetchError, match="unasked"),
        ):
            get(f"{site.url}/", cache)

    @pytest.mark.parametrize("damage", ["cut", "noise"])
    def test_a_damaged_packed_body(self, damage: str, cache: WebCache) -> None:
        packed = gzip.compress(bytes(range(256)) * 40)
        body = packed[:-20] if damage == "cut" else b"\x1f\x8b\x08\x00" + b"\xff" * 60
        with (
            serving({"/": Answer(body, headers={"Content-Encoding": "gzip"})}) as site,
            pytest.raises(FetchError, match=r"cannot be unpacked|too early"),
        ):
            get(f"{site.url}/", cache)

    def test_a_body_shorter_than_announced(self, cache: WebCache) -> None:
        with (
            serving({"/": Answer(b"abc", headers={"Content-Length": "500"})}) as site,
            pytest.raises(FetchError, match="could not be fetched"),
        ):
            get(f"{site.url}/", cache)

    @pytest.mark.parametrize("slow", ["body", "head"])
    def test_the_time_limit_is_for_the_whole_not_for_a_read(self, slow: str, cache: WebCache) -> None:
        answer = Answer(b"x" * 500, drip=0.2) if slow == "body" else Answer(drip_head=0.2)
        with serving({"/": answer}) as site:
            start = time.monotonic()
            with pytest.raises(FetchError, match="in time"):
                get(f"{site.url}/", cache, max_seconds=0.5)
            assert time.monotonic() - start < 15.0

    def test_a_resolver_that_never_answers(self, cache: WebCache, monkeypatch: pytest.MonkeyPatch) -> None:
        gate = threading.Event()
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: gate.wait(10) and [])
        start = time.monotonic()
        with pytest.raises(FetchError, match="cannot be resolved"):
            get("http://lent.exemple/", cache, max_seconds=0.3)
        assert time.monotonic() - start < 15.0
        gate.set()

    def test_names_and_ports_without_answer(self, cache: WebCache) -> None:
        with pytest.raises(FetchError, match="cannot be resolved"):
            get("http://absent.invalid/", cache)
        with pytest.raises(FetchError, match="could not be fetched"):
            get("http://127.0.0.1:1/", cache)

    @pytest.mark.parametrize(
        ("status", "remedy"), [(404, "Check the address"), (403, "save the page"), (410, "web archive"), (500, "later")]
    )
    def test_errors_of_the_server(self, status: int, remedy: str, cache: WebCache) -> None:
        with (
            serving({"/": Answer(status=status)}) as site,
            pytest.raises(FetchError, match=f"answered {status}.*{remedy}"),
        ):
            get(f"{site.url}/", cache)

    @pytest.mark.parametrize(
        "url", ["http://", "http:///x", "http://exemple .fr/", "http://[::1", "http://a:99999/", "x"]
    )
    def test_addresses_that_are_none(self, url: str, cache: WebCache) -> None:
        with pytest.raises(FetchError):
            get(url, cache)


class TestCache:
    """What is kept."""

    @staticmethod
    def tagged(asked: dict[str, str]) -> Answer:
        if asked.get("if-none-match") == '"v1"':
            return Answer(status=304, headers={"ETag": '"v1"', "Content-Length": ""})
        return Answer(b"page", headers={"ETag": '"v1"', "Content-Type": "text/html; charset=utf-8"})

    def test_an_unchanged_page_is_not_sent_twice(self, cache: WebCache) -> None:
        with serving({"/": self.tagged}) as site:
            first, second = get(f"{site.url}/", cache), get(f"{site.url}/", cache)
            assert (first.from_cache, second.from_cache) == (False, True)
            assert (second.data, second.media_type, second.charset) == (b"page", "text/html", "utf-8")
            assert site.asked == ["/robots.txt", "/", "/"]

    def test_by_date(self, cache: WebCache) -> None:
        date = "Tue, 06 Nov 2018 09:00:00 GMT"

        def dated(asked: dict[str, str]) -> Answer:
            if asked.get("if-modified-since") == date:
                return Answer(status=304, headers={"Content-Length": ""})
            return Answer(b"page", headers={"Last-Modified": date})

        with serving({"/": dated}) as site:
            get(f"{site.url}/", cache)
            assert get(f"{site.url}/", cache).from_cache

    def test_a_changed_page_is_new(self, cache: WebCache) -> None:
        with serving({"/": Answer(b"one", headers={"ETag": '"1"'})}) as site:
            get(f"{site.url}/", cache)
            site.pages["/"] = Answer(b"two", headers={"ETag": '"2"'})
            assert get(f"{site.url}/", cache).data == b"two"

    def test_a_fresh_page_is_not_asked_for(self, cache: WebCache) -> None:
        with serving({"/": Answer(b"page", headers={"Cache-Control": "public, max-age=60"})}) as site:
            get(f"{site.url}/", cache)
            assert get(f"{site.url}/#titre", cache).from_cache
            assert site.asked == ["/robots.txt", "/"]

    @pytest.mark.parametrize(
        "headers", [{}, {"Cache-Control": "no-store, max-age=60"}, {"Vary": "*", "ETag": '"1"'}, {"Expires": "0"}]
    )
    def test_what_is_not_kept(self, headers: dict[str, str], cache: WebCache) -> None:
        with serving({"/": Answer(b"page", headers=headers)}) as site:
            get(f"{site.url}/", cache)
            assert not get(f"{site.url}/", cache).from_cache

    def test_a_page_that_is_gone_is_an_error_though_it_was_kept(self, cache: WebCache) -> None:
        with serving({"/": self.tagged}) as site:
            get(f"{site.url}/", cache)
            site.pages["/"] = Answer(status=410)
            with pytest.raises(FetchError, match="410"):
                get(f"{site.url}/", cache)

    def test_it_survives_the_process_and_is_shared(self, tmp_path: Path) -> None:
        one, two = WebCache(tmp_path / "k" / "web.sqlite"), WebCache(tmp_path / "k" / "web.sqlite")
        with serving({"/": self.tagged}) as site:
            get(f"{site.url}/", one)
            assert get(f"{site.url}/", two).from_cache
            assert one.take_turn("hôte", 5.0) == 0.0
            assert 4.0 < two.take_turn("hôte", 5.0) <= 5.0
        one.close()
        two.close()

    def test_it_is_bounded_and_the_oldest_goes(self, tmp_path: Path) -> None:
        from coopnlp.extract.web_cache import CachedPage

        file = tmp_path / "web.sqlite"
        cache = WebCache(file, max_bytes=1_000_000)
        for number in range(30):
            cache.keep(f"http://x/{number}", CachedPage(bytes([number]) * 100_000))
            cache.page("http://x/0")
        assert file.stat().st_size < 1_200_000
        assert cache.page("http://x/0") is not None
        assert cache.page("http://x/1") is None
        assert cache.page("http://x/29") == CachedPage(bytes([29]) * 100_000)
        cache.keep("http://x/29", CachedPage(bytes(2_000_000)))
        assert cache.page("http://x/29") is None
        cache.close()

    def test_a_damaged_file_is_made_anew(self, tmp_path: Path) -> None:
        from coopnlp.extract.web_cache import CachedPage

        file = tmp_path / "web.sqlite"
        file.write_bytes(b"no database at all" * 300)
        cache = WebCache(file)
        cache.keep("http://x/", CachedPage(b"x"))
        assert cache.page("http://x/") == CachedPage(b"x")
        cache.close()

    def test_a_place_that_cannot_be_written_is_no_obstacle(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        cache = WebCache(tmp_path / "file" / "web.sqlite")
        assert cache.take_turn("h", 1.0) == 0.0
        assert cache.take_turn("h", 1.0) > 0.5
        cache.close()

    def test_the_default_place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from coopnlp.resources import cache_folder

        monkeypatch.setenv("COOPNLP_CACHE", "off")
        assert cache_folder() is None
        monkeypatch.setenv("COOPNLP_CACHE", str(tmp_path / "c"))
        with serving({"/page.txt": Answer(b"Un jumelage.", headers={"ETag": '"1"'})}) as site:
            assert extract(f"{site.url}/page.txt", allow_private=True).text == "Un jumelage."
        assert (tmp_path / "c" / "web.sqlite").is_file()


def test_a_site_is_what_the_tests_think(cache: WebCache) -> None:
    with serving({"/": Answer(b"ok")}) as site:
        assert isinstance(site, Site)
        get(f"{site.url}/", cache)
        assert site.headers[0]["host"] == site.url.removeprefix("http://")
