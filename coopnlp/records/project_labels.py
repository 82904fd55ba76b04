"""Titles of projects after a number or a label: « Action n° 3 – titre », « Intitulé : titre ».

Read too: « 2.1 titre » under « Axe 2 », a line over « Porteur : », and what stands under
« Fiche projet 2/4      Code : 12 ». Lines below that say who carries the project give its
parties, as far as the next title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopnlp.records.parties import party
from coopnlp.records.project_bearers import BEARER_LABEL, bearers, only_bodies
from coopnlp.records.project_forms import ABOUT_PROJECTS, LEAST_ITEMS, Named, ProjectItem, Span, title_within
from coopnlp.records.reading import Reading
from coopnlp.types import Party

__all__ = ["LabelledProjects"]

_NUMBERED = re.compile(
    r"[\s•*#▪–—-]*(?P<label>actions?|projets?|mesures?|fiches?(?:[ -](?:action|projet))?|operations?|chantiers?"
    r"|dossiers?|activites?|initiatives?)\s*(?:n° ?|no\.? )?"
    r"(?P<number>\d{1,2}(?:[.-]\d{1,2})?|[a-z]\.?\d{1,2})(?:/\d{1,2})?(?:\s*[–—:.|-]\s*|\s{2,}|\s*$)"
)
_ORDINAL = re.compile(
    r"[\s•*#_▪–—-]*(?P<number>premier|deuxieme|second|troisieme|quatrieme|cinquieme|sixieme)e? "
    r"(?P<label>chantier|projet|action|operation|axe de travail)[\s._*]*[.:–—-]\W{0,3}(?=\w)"
)
_AXIS = re.compile(
    r"[\s#*]*(?:axes?|orientations?|objectifs?|priorites?|volets?|composantes?)\s+(?:n° ?)?(?:\d|[ivx]+|[a-h])\b"
)
_UNDER_AXIS = re.compile(r"[\s*–—-]*(?:\d{1,2}\.\d{1,2}|[a-h]\.?\d{1,2})\s?[.)–:-]?\s+(?=\S)")
_TITLE_LABEL = re.compile(
    r"[\s•*#▪–—|-]*(?P<said>intitule|titre|nom|projet)"
    r"(?: (?:du projet|de l'action|de l'operation|du programme|retenu))?(?: pour la suite)?[\s*]*(?::|\s\||\s{3,})\s*"
)
_PROJECT_AT_END = re.compile(r"\s[–—|-]\sprojet\s:\s")
_FIRST_SENTENCE = re.compile(r"(?P<title>[A-ZÀ-Ý][^.:;!?\n]{4,90})\.(?:\s|$)")
_SENTENCE_END = re.compile(r"[^\W\d_]{3}[.;]\s+|\d{4}[.;]\s+")
_FARTHEST = 5


class LabelledProjects:
    """Reads the labelled projects of one document."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.lines = reading, reading.lines

    def below(self, at: int, *, titled: bool = False, most: int = _FARTHEST) -> tuple[Span | None, Named]:
        """Return the title that a label gives in the lines from one on, and who labels say carries it.

        They go as far as the next title: with ``titled`` the first one is another project's.
        """
        reading = self.reading
        title: Span | None = None
        named: list[tuple[Party, Span]] = []
        for number, (start, end) in enumerate(self.lines[at : at + most], at):
            if named and "\n" in reading.text[self.lines[number - 1][1] + 1 : start]:
                break
            if _NUMBERED.match(reading.plain, start, end) or _AXIS.match(reading.plain, start, end):
                break
            said = _TITLE_LABEL.match(reading.plain, start, end)
            if said is not None:
                if titled:
                    break
                titled, title = True, title_within(reading, said.end(), end, sure=True)
            named += self._of_label((start, end))
        return title, tuple(named)

    def _of_label(self, line: Span) -> list[tuple[Party, Span]]:
        """Return who carries a project by a line such as « Porteurs : A et B. Deux missions. »"""
        bearer = BEARER_LABEL.match(self.reading.plain, *line)
        if bearer is None or "operateur" in bearer[0]:
            return []  # who does the work for those who carry it
        stop = re.search(r"[^\W\d_]{3}\.\s", self.reading.text[bearer.end() : line[1]])
        return bearers(self.reading, bearer.end(), bearer.end() + stop.end() - 2 if stop else line[1])

    def numbered(self) -> Iterator[ProjectItem]:
        """« Action n° 3 – titre », « Fiche 2 » over « Intitulé : titre »; « 2.1 titre » under « Axe 2 »."""
        reading = self.reading
        found: dict[str, list[ProjectItem]] = {}
        seen: set[tuple[str, str]] = set()
        axis = False
        for at, (start, end) in enumerate(self.lines):
            axis = axis or _AXIS.match(reading.plain, start, end) is not None
            mark = _NUMBERED.match(reading.plain, start, end) or _ORDINAL.match(reading.plain, start, end)
            under = _UNDER_AXIS.match(reading.plain, start, end) if axis else None
            opened = mark or under
            if opened is None:
                continue
            label = mark["label"].rstrip("s") if mark is not None else "axis"
            number = mark["number"] if mark is not None else opened[0].strip()
            if (label, number) in seen:
                continue
            title = title_within(reading, opened.end(), end)
            told, named = self.below(at + 1)
            first = _FIRST_SENTENCE.match(reading.text, opened.end(), end)
            if title is None and first is not None:
                # « A1. Ferme-école en réseau. Pilotes : X et Y. Échéance : 2014. »
                title = title_within(reading, *first.span("title"), sure=True)
                named = (*self._in_line(first.end(), end), *named)
            if mark is not None and title is None and told is None:
                title = self._next_line(at, mark.end())
            title = told or title
            if title is None or (mark is None and not reading.text[title[0]].isupper()):
                continue
            seen.add((label, number))
            own = only_bodies(reading, opened.end(), end) if told is not None else []
            parties = (*((party(e), (e.start, e.end)) for e in own), *named)
            found.setdefault(label, []).append(ProjectItem(title, parties))
        for items in found.values():
            if len(items) >= LEAST_ITEMS:
                yield from items

    def _in_line(self, start: int, end: int) -> Named:
        """Return who carries a project by a label further on its own line: « Titre. Pilotes : A et B. »"""
        at = [start, *(m.end() for m in _SENTENCE_END.finditer(self.reading.text, start, end))]
        return tuple(n for begin in at for n in self._of_label((begin, end)))

    def _next_line(self, at: int, begin: int) -> Span | None:
        """Return the title on the line under « Fiche projet 2/4      Code : 12 »."""
        rest = self.reading.plain[begin : self.lines[at][1]]
        if at + 1 >= len(self.lines) or (rest.strip() and " : " not in rest):
            return None
        line = self.lines[at + 1]
        return None if self._is_no_title(line) else title_within(self.reading, *line, sure=True)

    def _is_no_title(self, line: Span) -> bool:
        """Tell whether a line has a label or ends as a sentence does."""
        text = self.reading.text[slice(*line)]
        return bool(BEARER_LABEL.match(self.reading.plain, *line) or re.search(r"\s:\s|[.;:,!?]\s*$", text))

    def labelled(self) -> Iterator[ProjectItem]:
        """« Intitulé : titre », « Projet : titre » with who carries it near; a title line over « Porteur : »."""
        reading = self.reading
        about = ABOUT_PROJECTS.search(reading.plain)
        for at, (start, end) in enumerate(self.lines):
            said = _TITLE_LABEL.match(reading.plain, start, end) or _PROJECT_AT_END.search(reading.plain, start, end)
            if said is not None:
                near = re.search(r"projet|retenu", said[0]) or any(
                    BEARER_LABEL.match(reading.plain, *line) for line in self.lines[max(0, at - 3) : at + 4]
                )
                title = title_within(reading, said.end(), end) if near else None
                if title is not None:
                    above = [n for line in self._over(at) for n in self._of_label(line)]
                    yield ProjectItem(title, (*above, *self.below(at + 1, titled=True)[1]))
                continue
            if not about or not at or not BEARER_LABEL.match(reading.plain, start, end):
                continue
            over = self.lines[at - 1]
            if "\n" in reading.text[over[1] + 1 : start] or self._is_no_title(over):
                continue
            title = title_within(reading, *over, sure=True)
            if title is not None and reading.text[title[0]].isupper():
                yield ProjectItem(title, self.below(at, titled=True)[1])

    def _over(self, at: int) -> list[Span]:
        """Return the lines right over one, as far as the same entry goes: no blank line and no other title between."""
        kept: list[Span] = []
        below = self.lines[at]
        for line in reversed(self.lines[max(0, at - 3) : at]):
            if "\n" in self.reading.text[line[1] + 1 : below[0]] or _TITLE_LABEL.match(self.reading.plain, *line):
                break
            kept.append(line)
            below = line
        return kept[::-1]
