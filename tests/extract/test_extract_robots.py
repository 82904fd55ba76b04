"""robots.txt: groups, precedence, patterns (cases of RFC 9309 and of French municipal sites)."""

from __future__ import annotations

import pytest

from coopnlp.extract.robots import read_robots

SPIP = """\ufeff# robots de la ville
User-agent: *
Disallow: /local/
Disallow: /ecrire/   # l'espace privé
Allow: /local/cache-vignettes/
Crawl-delay: 10

User-agent: Googlebot
User-agent: coopnlp
Disallow: /*.pdf$
Disallow: /recherche?*page=
Sitemap: https://ville.exemple/sitemap.xml

User-agent: badbot
Disallow: /
"""


@pytest.mark.parametrize(
    ("path", "for_all", "for_us"),
    [
        ("/", True, True),
        ("/local/x", False, True),
        ("/local/cache-vignettes/a.png", True, True),
        ("/ecrire/", False, True),
        ("/pv.pdf", True, False),
        ("/pv.pdf?lire=1", True, True),
        ("/recherche?q=eau&page=2", True, False),
        ("/robots.txt", True, True),
    ],
)
def test_a_group_that_names_us_takes_the_place_of_that_for_all(path: str, for_all: bool, for_us: bool) -> None:
    assert read_robots(SPIP, "autre").allows(path) is for_all
    assert read_robots(SPIP, "CoopNLP").allows(path) is for_us


def test_delays_are_those_of_the_group() -> None:
    assert read_robots(SPIP, "autre").delay == 10.0
    assert read_robots(SPIP, "coopnlp").delay is None


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow:", "/x", True),
        ("Disallow: /", "/x", False),
        ("Allow: /p\nDisallow: /", "/page", True),
        ("Allow: /page\nDisallow: /page", "/page", True),  # equals: the milder
        ("Allow: /page\nDisallow: /*.htm", "/page.htm", False),  # the longer
        ("Disallow: /fish*.php", "/fish.php?id=1", False),
        ("Disallow: /fish*.php$", "/fish.php?id=1", True),
        ("Disallow: /*/prive/", "/a/b/prive/c", False),
        ("Disallow: /d%C3%A9lib", "/d%c3%a9lib/1", False),
        ("Disallow: /délib", "/d%C3%A9lib/1", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /prix%24", "/prix$", False),
        ("Disallow: /*" + "a*" * 200 + "b$", "/" + "a" * 5000, True),
    ],
)
def test_precedence_and_patterns(rules: str, path: str, allowed: bool) -> None:
    assert read_robots(f"User-agent: *\n{rules}", "coopnlp").allows(path) is allowed


@pytest.mark.parametrize(
    "text", ["", "<html>introuvable</html>", "Disallow: /", "\0\x01:::\nUser-agent", "User-agent: *"]
)
def test_what_says_nothing_allows_all(text: str) -> None:
    assert read_robots(text, "coopnlp").allows("/x")


def test_a_name_that_only_begins_like_ours_is_not_ours() -> None:
    assert read_robots("User-agent: coopnlp-image\nDisallow: /", "coopnlp").allows("/x")
