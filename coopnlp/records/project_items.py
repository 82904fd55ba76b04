"""Titles of projects that a list's own form marks, without a tagger: what announces them is repeated.

Read are numbered lines (« Action n° 3 – titre », « 2.1 titre » under an axis),
labels (« Intitulé : titre »), a line over « Porteur : », « A et B – titre »,
« « titre » – A, B », « titre (A ; B) » in « les projets suivants : ». One line of
such a form may be anything; two of one form in a document that speaks of projects
are a list. Left out: what a list gives as withdrawn or without object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from coopnlp.records.parties import party
from coopnlp.records.project_bearers import BEARER_LABEL, bearers, only_bodies
from coopnlp.records.reading import Reading
from coopnlp.types import Party

__all__ = ["ProjectItem", "project_items", "title_within"]

Span = tuple[int, int]
Named = tuple[tuple[Party, Span], ...]

_LEAST = 2
_LONGEST, _SHORTEST = 150, 4
_NO_TITLE = re.compile(
    r"\W*(?:neant|sans (?:objet|titre|suite)|retiree?|supprimee?|annulee?|abandonnee?|reporte\w*|non retenu\w*|idem|total"
    r"|a definir|fonctionnement|divers)\b"
)
# « Article 2 », « Calendrier : », « Budget 2019 » open a line too; none is a project.
_OTHER_LINE = re.compile(
    r"\W*(?:articles?|calendrier|budget|moyens?|cout|echeanc\w+|objet|objectifs?|duree|montant|subventions?|financement"
    r"|plan de financement|appui|pays|secteur|annexes?|chapitre|page|suivi|preambule|rappel|total|debut|fin|etat|code"
    r"|contexte|resultats?|beneficiaires?|contacts?|observations?|raison|depenses?|recettes?)\b\s*(?:\d|[:.–—-]|$)"
)
_LABELS = (
    r"(?P<label>actions?|projets?|mesures?|fiches?(?:[ -](?:action|projet))?|operations?|chantiers?|dossiers?|activites?"
    r"|initiatives?)"
)
_NUMBERED = re.compile(
    rf"[\s•*#▪–—-]*{_LABELS}\s*(?:n° ?|no\.? )?(?P<number>\d{{1,2}}(?:[.-]\d{{1,2}})?|[a-z]\.?\d{{1,2}})(?:/\d{{1,2}})?"
    r"(?:\s*[–—:.|-]\s*|\s{2,}|\s*$)"
)
_AXIS = re.compile(r"[\s#*]*(?:axes?|orientations?|objectifs?|priorites?|volets?|composantes?)\s+(?:n° ?)?(?:\d|[ivx]+|[a-h])\b")
_UNDER_AXIS = re.compile(r"[\s*–—-]*(?:\d{1,2}\.\d{1,2}|[a-h]\.?\d{1,2})\s?[.)–:-]?\s+(?=\S)")
_TITLE_LABEL = re.compile(
    r"[\s•*#▪–—|-]*(?P<said>intitule|titre|nom|projet)(?: (?:du projet|de l'action|de l'operation|du programme|retenu))?"
    r"(?: pour la suite)?[\s*]*(?::|\s\||\s{3,})\s*"
)
_ABOUT = re.compile(
    r"\b(?:projets?|laureate?s?|actions?|appel a|operations?|dossiers? (?:retenus?|soutenus?|labellises?)|initiatives?"
    r"|programme de travail|selectionnes?|tandems?|concours)\b"
)
_FOLLOWING = re.compile(r"\b(?:projets?|operations?|actions?|initiatives?)(?: \w+){0,4} suivant\w*\s*:\s*")
_MARK = r"[\s•*▪➤►›·■□◦▸+>–—-]*(?:(?:\(?[a-z]|\d{1,2})\s?[.)]\s*)?"
_QUOTE = re.compile(rf"{_MARK}(?:[^\n«»:;.,]{{3,45}}\s:\s)?[«“\"]\s*(?P<title>[^«»“”\"\n]{{4,120}}?)\s*[»”\"]")
_DASH = re.compile(r"\s*(?:\([^()\n]*\)\s*)?(?:\s[–—-]\s|\s?:\s)\s*")


@dataclass(frozen=True)
class ProjectItem:
    """A project of a list: its title, and the bodies that the list's form gives it."""

    title: Span
    parties: Named = ()


def title_within(reading: Reading, start: int, end: int) -> Span | None:
    """Return the title that a stretch of a line is: marks, quotes, a sum and a bracket of bodies taken off."""
    text = reading.text
    quoted = re.compile(r"(?:\b(?:[A-ZÀ-Ýa-zà-ÿ'’]+\s){0,3})?[«“]\s*([^«»“”\n]{4,150}?)\s*[»”]").match(text, start, end)
    if quoted is not None:
        start, end = quoted.span(1)
    money = reading.within(start, end, ("AMOUNT",))
    if money:
        end = money[0].start
    words = text[start:end]
    words = re.sub(r"[\s:;,.(–—|-]+$", "", words)
    closing = re.search(r"\s*\(([^()]*)\)$", words)
    if closing and reading.within(start + closing.start(), start + closing.end(), ("COLLECTIVITY", "ORG", "DATE")):
        words = words[: closing.start()]
    bare = words.strip(" \t*_|«»“”\"")
    start += words.index(bare) if bare else 0
    end = start + len(bare)
    if not _SHORTEST <= len(bare) <= _LONGEST or not re.search(r"[^\W\d_]{3}", bare):
        return None
    if _NO_TITLE.match(reading.plain, start) or _OTHER_LINE.match(reading.plain, start, end):
        return None
    if only_bodies(reading, start, end) or re.search(r"[.!?;]\s", bare) or re.search(r"\s{3,}|\t", bare):
        return None
    named = sum(e.end - e.start for e in reading.within(start, end, ("PER", "DATE", "EVENT")))
    return None if named > 0.6 * len(bare) else (start, end)


class _Items:
    """Reads the lists of one document."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.lines = reading, reading.lines
        self.about = _ABOUT.search(reading.plain)

    def _labelled(self, at: int, titled: bool = False, most: int = 5) -> tuple[Span | None, Named]:
        """Return the title that a label gives in the lines from one on, and who labels say carries it.

        They go as far as the next title: with ``titled`` the first one is another project's.
        """
        reading = self.reading
        title: Span | None = None
        named: list[tuple[Party, Span]] = []
        for start, end in self.lines[at : at + most]:
            if _NUMBERED.match(reading.plain, start, end) or _AXIS.match(reading.plain, start, end):
                break
            said = _TITLE_LABEL.match(reading.plain, start, end)
            if said is not None:
                if titled:
                    break
                titled, title = True, title_within(reading, said.end(), end)
            bearer = BEARER_LABEL.match(reading.plain, start, end)
            if bearer is not None:
                stop = re.search(r"\.\s", reading.text[bearer.end() : end])
                named += bearers(reading, bearer.end(), bearer.end() + stop.start() if stop else end)
        return title, tuple(named)

    def numbered(self) -> Iterator[ProjectItem]:
        """« Action n° 3 – titre », « Fiche 2 » over « Intitulé : titre »; « 2.1 titre » under « Axe 2 »."""
        reading = self.reading
        found: dict[str, list[ProjectItem]] = {}
        seen: set[tuple[str, str]] = set()
        axis = False
        for at, (start, end) in enumerate(self.lines):
            axis = axis or _AXIS.match(reading.plain, start, end) is not None
            mark = _NUMBERED.match(reading.plain, start, end)
            under = _UNDER_AXIS.match(reading.plain, start, end) if axis and mark is None else None
            if mark is None and under is None:
                continue
            label = mark["label"].rstrip("s") if mark is not None else "axis"
            number = (mark["number"] if mark is not None else reading.plain[start : under.end()] if under else "").strip()
            if (label, number) in seen:
                continue
            begin = mark.end() if mark is not None else under.end() if under else start
            own = only_bodies(reading, begin, end) if begin < end else []
            title = title_within(reading, begin, end)
            told, named = self._labelled(at + 1)
            if mark is not None and title is None and told is None and not reading.text[start:end].rstrip().endswith("."):
                title = self._next_line(at, begin)
            title = told or title
            if title is None or (mark is None and not reading.text[title[0]].isupper()):
                continue
            seen.add((label, number))
            parties = (*((party(e), (e.start, e.end)) for e in own), *named)
            found.setdefault(label, []).append(ProjectItem(title, parties))
        for items in found.values():
            if len(items) >= _LEAST:
                yield from items

    def _next_line(self, at: int, begin: int) -> Span | None:
        """Return the title on the line under « Fiche projet 2/4      Code : 12 »."""
        rest = self.reading.plain[begin : self.lines[at][1]]
        if at + 1 >= len(self.lines) or (rest.strip() and " : " not in rest):
            return None
        line = self.lines[at + 1]
        if BEARER_LABEL.match(self.reading.plain, *line) or re.search(r"\s:\s|[.]\s*$", self.reading.text[slice(*line)]):
            return None
        return title_within(self.reading, *line)

    def labelled(self) -> Iterator[ProjectItem]:
        """« Intitulé : titre », « Projet : titre » with who carries it near; a title line over « Porteur : »."""
        reading = self.reading
        for at, (start, end) in enumerate(self.lines):
            said = _TITLE_LABEL.match(reading.plain, start, end)
            if said is not None:
                near = any(
                    BEARER_LABEL.match(reading.plain, *line) for line in self.lines[max(0, at - 3) : at + 4]
                ) or (said["said"] != "nom" and re.search(r"projet|retenu", said[0]))
                title = title_within(reading, said.end(), end) if near else None
                if title is not None:
                    above = [n for line in self.lines[max(0, at - 3) : at] for n in self._of_label(line)]
                    yield ProjectItem(title, (*above, *self._labelled(at + 1, True)[1]))
                continue
            bearer = BEARER_LABEL.match(reading.plain, start, end)
            above_it = self.lines[at - 1] if at else None
            if bearer is None or above_it is None or reading.plain[above_it[1] : start].count("\n") > 1:
                continue
            if BEARER_LABEL.match(reading.plain, *above_it) or re.search(r"\s:\s|[.;:,!?]\s*$", reading.text[slice(*above_it)]):
                continue
            title = title_within(reading, *above_it)
            if title is not None and reading.text[title[0]].isupper() and self.about:
                yield ProjectItem(title, self._labelled(at, True)[1])

    def _of_label(self, line: Span) -> list[tuple[Party, Span]]:
        bearer = BEARER_LABEL.match(self.reading.plain, *line)
        return bearers(self.reading, bearer.end(), line[1]) if bearer is not None else []

    def paired(self) -> Iterator[ProjectItem]:
        """« A et B – titre », « A (pays) : titre »: lines that open with bodies and have a title after a dash or colon."""
        reading = self.reading
        found: list[tuple[int, ProjectItem]] = []
        for start, end in self.lines:
            bodies = reading.within(start, end, ("COLLECTIVITY", "ORG"))
            mark = re.compile(_MARK).match(reading.plain, start, end)
            begin = mark.end() if mark else start
            if not bodies or bodies[0].start - begin > len("la ville de "):
                continue
            for at, body in enumerate(bodies):
                dash = _DASH.match(reading.plain, body.end, end)
                own = bodies[: at + 1]
                if dash is None or not only_bodies(reading, begin, body.end):
                    continue
                if at + 1 < len(bodies) and bodies[at + 1].start - dash.end() <= 1:
                    continue  # « Meylan – Sainte-Brigide »: the dash of the pair
                title = title_within(reading, dash.end(), end)
                rest = reading.text[dash.end() : end].rstrip(" ;.")
                if title is None or not reading.text[title[0]].isupper() or title[1] - title[0] < 0.7 * len(rest):
                    break
                if len(own) > 1 or ":" in dash[0]:
                    found.append((len(own), ProjectItem(title, tuple((party(e), (e.start, e.end)) for e in own))))
                break
        pairs = [item for count, item in found if count > 1]
        lone = [item for count, item in found if count == 1]
        if len(pairs) >= _LEAST and self._announced(pairs[0].title[0]):
            yield from pairs
        if len(lone) >= _LEAST + 1 and self._announced(lone[0].title[0]):
            yield from lone

    def _announced(self, start: int) -> bool:
        return _ABOUT.search(self.reading.plain, 0, start) is not None

    def quoted(self) -> Iterator[ProjectItem]:
        """« « titre » – A et B »: lines that open with a title in quotation marks."""
        reading = self.reading
        found: list[ProjectItem] = []
        for start, end in self.lines:
            made = _QUOTE.match(reading.text, start, end)
            if made is None:
                continue
            title = title_within(reading, *made.span("title"))
            after = re.compile(r"\s*(?:[–—,:;(-]|$)").match(reading.text, made.end(), end)
            if title is None or after is None or re.search(r"[.!?]$", made["title"]):
                continue
            found.append(ProjectItem(title, self._beside(made.end(), end)))
        if len(found) >= _LEAST and self._announced(found[0].title[0]):
            yield from found

    def _beside(self, start: int, end: int) -> Named:
        """Return the bodies that follow a title: all that stands between it and a sum, a stop or a verb."""
        reading = self.reading
        money = reading.within(start, end, ("AMOUNT",))
        end = money[0].start if money else end
        text = reading.text[start:end]
        bracket = re.match(r"\s*\(([^()]*)\)", text)
        if bracket:
            start, end = start + bracket.start(1), start + bracket.end(1)
        else:
            lead = re.match(r"[\s–—,:;-]*", text)
            start += lead.end() if lead else 0
            stop = re.search(r"\s:\s|[.;]\s|[.;]?$", reading.text[start:end])
            end = start + stop.start() if stop else end
        named = bearers(reading, start, end)
        known = [n for n in named if any((e.start, e.end) == n[1] for e in reading.within(start, end))]
        size = sum(b - a for _, (a, b) in named)
        return tuple(named) if known and size > 0.5 * (end - start) else ()

    def following(self) -> Iterator[ProjectItem]:
        """« les projets suivants : titre (A, B) ; titre (C, D) » in one sentence."""
        reading = self.reading
        for lead in _FOLLOWING.finditer(reading.plain):
            _, limit = reading.line_at(lead.end())
            at = lead.end()
            for entry in re.compile(r"\s*([^;()\n]{4,150}?)\s*\(([^()\n]+)\)\s*([;.]|$)").finditer(
                reading.text, lead.end(), limit
            ):
                if entry.start() != at:
                    break
                at = entry.end()
                title = title_within(reading, *entry.span(1))
                if title is not None and reading.within(*entry.span(2), ("COLLECTIVITY", "ORG")):
                    yield ProjectItem(title, tuple(bearers(reading, *entry.span(2))))


def project_items(reading: Reading) -> list[ProjectItem]:
    """Return the projects that the form of lists marks, in order, each title's place once."""
    items = _Items(reading)
    found: list[ProjectItem] = []
    for item in (
        *items.numbered(), *items.labelled(), *items.following(), *items.quoted(), *items.paired()
    ):  # fmt: skip
        same = next((i for i, k in enumerate(found) if k.title[0] < item.title[1] and item.title[0] < k.title[1]), None)
        if same is None:
            found.append(item)
        elif len(item.parties) > len(found[same].parties):
            found[same] = ProjectItem(found[same].title, item.parties)
    return sorted(found, key=lambda item: item.title)
