"""The figures: well-formed, harmless whatever the names, the same each time, nothing over something else."""

from __future__ import annotations

import gzip
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from itertools import combinations

import pytest
from markupsafe import Markup

from coopnlp.web.dashboard.bars import Bar, Column, Part, bars_svg, columns_svg
from coopnlp.web.dashboard.graph import Dot, layout, network_svg, places_of
from coopnlp.web.dashboard.outlines import FILE, countries, country_name, country_named
from coopnlp.web.dashboard.projection import HEIGHT, WIDTH, project
from coopnlp.web.dashboard.svg import compact, fit, ticks, width_of
from coopnlp.web.dashboard.timeline import Span, timeline_svg
from coopnlp.web.dashboard.worldmap import REGIONS, Mark, box_around, map_svg

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    '"><script>alert(1)</script>',
    "</title></svg><img src=x onerror=alert(1)>",
    "' onload='alert(1)",
    "<![CDATA[ & ]]> &amp; {{ 7*7 }} {0} %s",
    "nul\x00 cloche\x07 \ud800 \ufffe \u202eennemi",
    "Œuvre « à l’envers »\u00a0: 1\u202f000\u00a0€",
    "",
    "x" * 4000,
)


def _bars(names: tuple[str, ...]) -> Markup:
    bars = [
        Bar(
            name,
            [Part(3 + n, "project", f"/projets?acteur={n}", name), Part(1, "funding", None, name)],
            "/acteurs/x",
            name[:20] or "–",
        )
        for n, name in enumerate(names)
    ]
    return bars_svg("barres", names[0] if names else "rien", "décrit", bars)


def _columns(names: tuple[str, ...]) -> Markup:
    columns = [Column(1998 + n, n, f"/projets?annee={n}", name) for n, name in enumerate(names)]
    return columns_svg("colonnes", "Par année", names[0] if names else "", columns)


def _timeline(names: tuple[str, ...]) -> Markup:
    spans = []
    for n, name in enumerate(names):
        spans.append(Span("agreement", name, 1990 + n, 2000 + n, "/accords/x-0", name))
        spans.append(Span("funding", name, 2020 + n % 3, None, None, name))
    return timeline_svg("frise", "Chronologie", "décrit", spans)


def _map(names: tuple[str, ...]) -> Markup:
    marks = [Mark(str(n), name, 45.0 - n, 3.0 * n, n + 1, f"/acteurs/{n}", name) for n, name in enumerate(names)]
    ties = [("0", "1", 4), ("0", "2", 1), ("1", "absent", 9)]
    return map_svg("carte", "Carte", "décrit", marks, ties=ties, counts={"FR": 90, "ML": 2}, country_href=lambda c: c)


def _network(names: tuple[str, ...]) -> Markup:
    groups = ("france", "quebec", "ailleurs", "autre")
    dots = [Dot(str(n), name, groups[n % 4], n + 1, f"/acteurs/{n}", name) for n, name in enumerate(names)]
    return network_svg("reseau", "Réseau", "décrit", dots, [("0", "1", 4), ("0", "2", 1), ("1", "absent", 9)])


MAKERS = [_bars, _columns, _timeline, _map, _network]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("names", [HOSTILE, HOSTILE[:1], ()], ids=["hostile", "one", "none"])
def test_figures_are_well_formed_and_harmless(make: object, names: tuple[str, ...]) -> None:
    told = make(names)  # type: ignore[operator]
    root = ET.fromstring(str(told))
    assert root.tag == f"{SVG}svg" and root.get("role") == "group"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and title.get("id") == root.get("aria-labelledby")
    assert desc is not None and desc.get("id") == root.get("aria-describedby")
    allowed = {"svg", "title", "desc", "g", "a", "rect", "path", "circle", "polygon", "text"}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in allowed
        assert not any(name.startswith("on") or name == "style" for name in element.keys())  # noqa: SIM118
        if element.tag == f"{SVG}a":
            assert (element.get("href") or "").startswith(("/", "FR", "ML"))
            assert element.find(f"{SVG}title") is not None and element.get("aria-label") is not None
    assert "nan" not in re.sub(r">[^<]*<", "><", str(told)).lower().replace("financement", "")


@pytest.mark.parametrize("make", MAKERS)
def test_the_same_values_give_the_same_drawing(make: object) -> None:
    assert make(HOSTILE) == make(HOSTILE)  # type: ignore[operator]


def test_a_bar_is_as_long_as_what_it_counts() -> None:
    bars = [
        Bar("a", [Part(200, "project", "/p", "200")], None, "200"),
        Bar("b", [Part(50, "project", "/p", "50")], None, "50"),
    ]
    root = ET.fromstring(str(bars_svg("x", "x", "x", bars)))
    first, second = (float(r.get("width") or 0) for r in root.iter(f"{SVG}rect") if "part" in (r.get("class") or ""))
    assert first / second == pytest.approx(4, rel=0.01)


def test_columns_stand_over_their_years() -> None:
    columns = [Column(2001, 10, "/a", "dix"), Column(2004, 5, "/b", "cinq"), Column(1950, 99, "/c", "hors de l’axe")]
    told = columns_svg("x", "x", "x", columns, first=2000, last=2005)
    root = ET.fromstring(str(told))
    rects = [r for r in root.iter(f"{SVG}rect") if "part" in (r.get("class") or "")]
    assert len(rects) == 2
    assert float(rects[0].get("height") or 0) == pytest.approx(2 * float(rects[1].get("height") or 0), rel=0.02)
    years = {t.text: float(t.get("x") or 0) for t in root.iter(f"{SVG}text") if re.fullmatch(r"\d{4}", t.text or "")}
    middle = float(rects[0].get("x") or 0) + float(rects[0].get("width") or 0) / 2
    assert middle == pytest.approx(years["2001"], abs=0.2)


def _frames(root: ET.Element, size: float, class_: str) -> list[tuple[float, float, float, float]]:
    frames = []
    for text in root.iter(f"{SVG}text"):
        if class_ in (text.get("class") or "").split():
            wide = width_of(text.text or "", size) * 0.9
            x, y = float(text.get("x") or 0), float(text.get("y") or 0)
            left = {"middle": x - wide / 2, "end": x - wide}.get(text.get("text-anchor") or "", x)
            frames.append((left, y - 9, left + wide, y + 2))
    return frames


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_names_in_the_network_do_not_meet() -> None:
    dots = [Dot(str(n), f"Communauté d’agglomération {n}", "france", 40 - n, None, "") for n in range(40)]
    ties = [(str(a), str(b), 1 + (a * b) % 7) for a, b in combinations(range(40), 2) if (a * 7 + b) % 5 == 0]
    root = ET.fromstring(str(network_svg("x", "x", "x", dots, ties)))
    frames = _frames(root, 11.5, "lieu")
    assert len(frames) == 40
    assert not [pair for pair in combinations(frames, 2) if _meet(*pair)]
    assert all(frame[0] >= 0 and frame[2] <= 960 for frame in frames)


def test_partners_are_nearer_than_others() -> None:
    import numpy as np

    ties = [(a, b, 1.0) for group in (range(6), range(6, 12)) for a, b in combinations(group, 2)]
    at = layout(12, ties)
    apart = [float(np.hypot(*(at[a] - at[b]))) for a, b in combinations(range(12), 2) if (a < 6) != (b < 6)]
    assert np.mean(apart) > 1.5 * np.mean([float(np.hypot(*(at[a] - at[b]))) for a, b, _ in ties])
    assert layout(0, []).shape == (0, 2) and layout(1, []).tolist() == [[0.5, 0.5]]


def test_titles_of_a_timeline_do_not_meet_and_what_has_no_room_is_said() -> None:
    spans = [
        Span("project", f"Projet d’eau potable numéro {n}", 1990 + n % 30, 1992 + n % 30, None, "") for n in range(60)
    ]
    root = ET.fromstring(str(timeline_svg("x", "x", "x", spans, rows=10)))
    frames = _frames(root, 11.5, "titre")
    assert not [pair for pair in combinations(frames, 2) if _meet(*pair)]
    heading = next(t.text for t in root.iter(f"{SVG}text") if t.get("class") == "bande")
    hidden = re.fullmatch(r"Projets \(60, dont (\d+) non montrés\)", heading or "")
    assert hidden and len(frames) + int(hidden[1]) == 60


def test_outlines_are_whole() -> None:
    assert FILE.stat().st_size < 300_000 and len(gzip.decompress(FILE.read_bytes())) < 300_000
    drawn = {country.code for country in countries() if country.rings}
    assert {"FR", "CA", "SN", "ML", "BF", "MG", "HT", "VN", "LB", "KM", "CV", "MA", "FJ", "RU"} <= drawn
    assert "AQ" not in drawn and len(drawn) > 220
    for country in countries():
        for box in country.boxes:
            assert 0 <= box.left <= box.right <= WIDTH and 0 <= box.top <= box.bottom <= HEIGHT
            assert box.right - box.left < 0.6 * WIDTH, f"{country.name} crosses the map"
    assert country_name("CI") == "Côte d’Ivoire" and country_name("GP") == "Guadeloupe" and country_name("QQ") == "QQ"


def test_outlines_are_made_with_common_borders_and_cut_at_the_180th_meridian() -> None:
    pytest.importorskip("babel")
    from coopnlp.web.dashboard.build_outlines import build

    # Two squares with a common border, whose middle point is in line; one square across the 180th meridian.
    topology = {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [
            [[10, 0], [0, 5], [0, 5]],
            [[10, 10], [-10, 0], [0, -10], [10, 0]],
            [[10, 0], [10, 0], [0, 10], [-10, 0]],
            # across 180 degrees, as the source has it: from 175 to -175
            [[175, 0], [-350, 0], [0, 5], [350, 0], [0, -5]],
        ],
        "objects": {
            "countries": {
                "geometries": [
                    {"type": "Polygon", "arcs": [[0, 1]], "id": "466", "properties": {"name": "Mali"}},
                    {"type": "MultiPolygon", "arcs": [[[2, -1]]], "id": "686", "properties": {"name": "Senegal"}},
                    {"type": "Polygon", "arcs": [[3]], "id": "242", "properties": {"name": "Fiji"}},
                    {"type": "Polygon", "arcs": [[1, 0]], "id": "010", "properties": {"name": "Antarctica"}},
                ]
            }
        },
    }
    lines = [line.split("\t") for line in build(topology).splitlines()]
    drawn = {line[0]: line[4] for line in lines if line[4]}
    assert set(drawn) == {"ML", "SN", "FJ"}
    assert drawn["FJ"].count("M") == 2 and drawn["ML"].count("M") == 1
    assert ["GP", "Guadeloupe", "", "", ""] in lines

    def points(path: str) -> set[tuple[int, int]]:
        x, y, *steps = (int(number) for number in re.findall(r"-?\d+", path))
        found = {(x, y)}
        for dx, dy in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + dx, y + dy
            found.add((x, y))
        return found

    assert len(points(drawn["ML"]) & points(drawn["SN"])) >= 2, "the border is the same line in both"


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [("FR", 46.5, 2.5), ("SN", 14.5, -14.5), ("CA", 52.0, -72.0), ("MG", -19.0, 46.5), ("RU", 67.5, -178.5)],
)
def test_places_fall_into_their_country(code: str, latitude: float, longitude: float) -> None:
    country = country_named(code)
    assert country is not None
    x, y = project(latitude, longitude)

    def inside(ring: tuple[tuple[int, int], ...]) -> bool:
        odd = False
        for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
                odd = not odd
        return odd

    assert sum(map(inside, country.rings)) % 2 == 1


def test_the_projection_keeps_areas_and_has_the_extent_that_its_authors_give() -> None:
    unit = WIDTH / 2 / 2.706630  # half the equator on a sphere of radius 1
    assert project(0, 180) == pytest.approx((WIDTH, HEIGHT / 2), abs=0.01)
    assert (HEIGHT / 2 - project(90, 0)[1]) / unit == pytest.approx(1.317363, abs=1e-5)
    step = 1e-3
    for latitude, longitude in ((0, 0), (30, 40), (-47, 120), (66, -100)):
        x, y = project(latitude, longitude)
        east, north = project(latitude, longitude + step), project(latitude + step, longitude)
        area = (east[0] - x) * (y - north[1]) - (y - east[1]) * (north[0] - x)
        assert area / unit**2 == pytest.approx(math.cos(math.radians(latitude)) * math.radians(step) ** 2, rel=1e-3)


def _circles(root: ET.Element) -> list[tuple[float, float, float, float]]:
    """The frames of the circles that lead somewhere: those of the legend do not."""
    found = []
    for linked in (*root.iter(f"{SVG}a"), *(g for g in root.iter(f"{SVG}g") if g.get("class") is None)):
        for circle in linked.iter(f"{SVG}circle"):
            x, y, r = (float(circle.get(name) or 0) for name in ("cx", "cy", "r"))
            found.append((x - r, y - r, x + r, y + r))
    return found


@pytest.mark.parametrize("width", [1100.0, 362.0])
def test_names_on_a_map_cover_neither_each_other_nor_a_circle(width: float) -> None:
    """Crowded as the south-west of France is in a register: towns with their intercommunality, a few pixels apart."""
    crowd = [
        Mark(f"{n}", f"{kind} {n}", 43.3 + 0.25 * (n % 5), -0.9 + 0.4 * (n // 5), 40 - n, f"/acteurs/{n}", f"titre {n}")
        for n, kind in enumerate(["Pau", "CA Pau Béarn Pyrénées", "Landes", "Mont-de-Marsan", "CC du Pays basque"] * 6)
    ]
    told = map_svg("x", "x", "x", crowd, counts={"FR": 30}, box=REGIONS["france"][1], width=width)
    root = ET.fromstring(str(told))
    names = _frames(root, 11.5, "lieu")
    assert len(names) >= 4, "some have room"
    assert not [pair for pair in combinations(names, 2) if _meet(*pair)]
    circles = _circles(root)
    assert len(circles) == 30, "who has no name keeps the circle"
    assert not [(name, circle) for name in names for circle in circles if _meet(name, circle)]
    assert all(name[0] >= 0 and name[2] <= width for name in names)
    links = [link for link in root.iter(f"{SVG}a") if link.get("href", "").startswith("/acteurs/")]
    assert {link.findtext(f"{SVG}title") for link in links} == {f"titre {n}" for n in range(30)}
    first = next(text.text for text in root.iter(f"{SVG}text") if text.get("class") == "lieu")
    assert first == "Pau 0", "the most important is named before all"


def test_a_map_for_a_phone_has_its_legend_below() -> None:
    marks = [Mark("a", "Aurillac", 44.9, 2.4, 50, "/acteurs/a", "a"), Mark("q", "Québec", 46.8, -71.2, 2, None, "q")]
    root = ET.fromstring(str(map_svg("x", "x", "x", marks, counts={"FR": 50, "CA": 2}, width=362)))
    _, _, wide, tall = (float(part) for part in (root.get("viewBox") or "").split())
    sea = next(rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "mer")
    key = next(g for g in root.iter(f"{SVG}g") if g.get("class") == "cle")
    assert wide == 362 and tall > float(sea.get("height") or 0) + 30
    lines = [float(text.get("y") or 0) for text in key.iter(f"{SVG}text")]
    assert lines and all(float(sea.get("height") or 0) < y < tall for y in lines)


def test_a_network_for_a_phone_is_as_wide_as_one() -> None:
    dots = [Dot(str(n), f"Communauté d’agglomération {n}", "france", 40 - n, None, "") for n in range(40)]
    ties = [(str(a), str(b), 1) for a, b in combinations(range(40), 2) if (a * 7 + b) % 5 == 0]
    at = places_of(dots, ties)
    root = ET.fromstring(str(network_svg("x", "x", "x", dots, ties, width=362, places=at)))
    frames = _frames(root, 11.5, "lieu")
    assert len(frames) == 40 and all(frame[0] >= 0 and frame[2] <= 362 for frame in frames)
    assert not [pair for pair in combinations(frames, 2) if _meet(*pair)]


def test_what_is_said_of_spans_is_asked_once_and_of_those_drawn_alone() -> None:
    spans = [Span("project", f"Projet {n}", 1990 + n % 30, None, row=n) for n in range(300)]
    asked: list[int] = []

    def finished(drawn: Sequence[Span]) -> list[Span]:
        asked.append(len(drawn))
        return [span._replace(href=f"/projets/{span.row}", told=f"dit de {span.row}") for span in drawn]

    root = ET.fromstring(str(timeline_svg("x", "x", "x", spans, rows=10, finished=finished)))
    links = list(root.iter(f"{SVG}a"))
    assert asked == [len(links)] and 0 < len(links) < 300
    for link in links:
        told = link.findtext(f"{SVG}title") or ""
        assert link.get("href") == f"/projets/{told.removeprefix('dit de ')}"


def test_maps_show_the_part_that_is_asked_for() -> None:
    marks = [Mark("a", "Aurillac", 44.9, 2.4, 5, "/acteurs/a", "a"), Mark("q", "Québec", 46.8, -71.2, 2, None, "q")]
    world = ET.fromstring(str(map_svg("x", "x", "x", marks)))
    france = ET.fromstring(str(map_svg("x", "x", "x", marks, box=REGIONS["france"][1])))

    def circles(root: ET.Element) -> int:
        return sum("rond" in (c.get("class") or "") and c.get("cx") != "29" for c in root.iter(f"{SVG}circle"))

    assert circles(world) == 2 and circles(france) == 1
    around = box_around([(44.9, 2.4), (46.8, -71.2)])
    assert around is not None and around.left < project(46.8, -71.2)[0] and around.right > project(44.9, 2.4)[0]
    assert box_around([]) is None
    assert len(str(map_svg("x", "x", "x", []))) < 250_000


def test_numbers_and_labels() -> None:
    assert fit("Vendôme", 200, 12) == "Vendôme" and fit("Communauté de communes", 60, 12).endswith("…")
    assert compact(1_250_000, "€") == "1,25\u00a0M€"
    for highest in (0.5, 1, 3, 9, 10, 99, 1234, 9_999_999):
        marks = ticks(highest)
        assert marks[0] == 0 and marks[-1] >= min(highest, 1) and 2 <= len(marks) <= 7
