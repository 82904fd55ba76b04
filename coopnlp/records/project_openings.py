"""Titles of projects by how an item of a list opens: « A et B – titre », « « titre » – A, B », « titre (A, B) ».

Read too: the line under a pair of bodies, a short first sentence before the two bodies that carry it, and
« A, pour la réfection du refuge : 900 € » in a list of projects that were kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from coopnlp.records.parties import party
from coopnlp.records.project_bearers import bearers, only_bodies
from coopnlp.records.project_forms import ABOUT_PROJECTS, LEAST_ITEMS, MARK, Named, ProjectItem, Span, title_within
from coopnlp.records.reading import Reading
from coopnlp.types import Entity

__all__ = ["OpeningProjects"]

_MARK = re.compile(MARK)
_DASH = re.compile(r"\s*(?:\([^()\n]*\)\s*)?(?:\s[–—-]\s|\s?:\s)\s*")
_QUOTE = re.compile(rf"{MARK}(?:[^\n«»:;.,]{{3,45}}\s:\s)?[«“\"]\s*(?P<title>[^«»“”\"\n]{{4,120}}?)\s*[»”\"]")
# A quotation alone on its line may be a heading.
_AFTER_QUOTE = re.compile(r"\s*(?:;|[–—,:(-]\s*\S)")
_FOLLOWING = re.compile(r"\b(?:projets?|operations?|actions?|initiatives?)(?: \w+){0,4} suivant\w*\s*:\s*")
_ENTRY = re.compile(r"\s*([^;()\n]{4,150}?)\s*\(([^()\n]+)\)\s*([;.]|$)")
_FIRST = re.compile(r"(?P<title>[A-ZÀ-Ý][^.:;!?\n]{8,90})\.(?=\s|$)")
_JOINED = re.compile(r"\s*(?:\([^()]*\)\s*)?(?:et|avec|,)\s+(?:la |le |l')?")
_SUBJECT = re.compile(r"\s*(?:ce projet \w+ )?(?:la |le |les |l')?")
_PARTNER = re.compile(r"[\s,]*(?:\([^()]*\)\s*,?\s*)?avec (?:la |le |l'|les )?")
_AFTER_SUM = re.compile(r"[\s:]*(?:a )?(?:la |le |l')?")
_VERB = re.compile(r"\b(?:est|sont|a|ont|sera|seront|etait|fait|font|va|vont|peut|doit|reste|\w{3,}(?:eront|erait))\b")
# « la réfection du refuge », in a list of projects; « fonctionnement » and what is like it is none.
_FOR = re.compile(
    r"\s*(?:\([^()\n]*\)\s*)?[,–—:]\s*(?:(?:pour|afin de) )?(?:(?:la |le |les |son |sa |ses |une? )|l')?"
    r"(?P<title>[a-z][^:;(\n]{8,110}?)\s*(?=$|[:;.(]|, avec\b| avec (?:la|le|l'|les)\b)"
)
_KEPT = re.compile(
    r"\b(?:projets? (?:recommande|retenu|soutenu|laureat|selectionne|aide|finance|suivant)\w*|laureats?|sont aides"
    r"|aux projets)\b"
)
_USUAL = re.compile(r"\b(?:fonctionnement|activites? (?:annuelles?|20\d\d)|cotisation|subvention|solde|saison|loyer)\b")
_COLON = re.compile(r"\s:\s+$")
_LONE = 3


class OpeningProjects:
    """Reads the projects of one document whose items open with a title or with who carries it."""

    def __init__(self, reading: Reading, labelled_below: Callable[[int], Named]) -> None:
        self.reading, self.lines, self.labelled_below = reading, reading.lines, labelled_below

    def _begin(self, line: Span) -> int:
        mark = _MARK.match(self.reading.plain, *line)
        return mark.end() if mark else line[0]

    def _announced(self, items: Sequence[ProjectItem], least: int = LEAST_ITEMS) -> Iterator[ProjectItem]:
        """Yield the items where they are a list that the text before speaks of."""
        if len(items) >= least and ABOUT_PROJECTS.search(self.reading.plain, 0, items[0].title[0]):
            yield from items

    def paired(self) -> Iterator[ProjectItem]:
        """« A et B – titre », « A (pays) : titre »: lines that open with bodies, a title after a dash or colon."""
        reading = self.reading
        pairs: list[ProjectItem] = []
        lone: list[ProjectItem] = []
        for number, line in enumerate(self.lines):
            begin, end = self._begin(line), line[1]
            bodies = reading.within(begin, end, ("COLLECTIVITY", "ORG", "LOC"))
            if not bodies or bodies[0].start - begin > len("la ville de "):
                continue
            for at, body in enumerate(bodies):
                dash = _DASH.match(reading.plain, body.end, end)
                if dash is None or not only_bodies(reading, begin, body.end, places=at == 0):
                    continue
                if at + 1 < len(bodies) and bodies[at + 1].start - dash.end() <= 1 and ":" not in dash[0]:
                    continue  # « Meylan – Sainte-Brigide »: the dash of the pair
                own = [e for e in bodies[: at + 1] if e.label != "LOC"] or bodies[:1]
                # « A – B : Terroirs ; tourisme ; 18 500 »: what follows the title is its theme and its sum.
                stop = reading.text.find(" ; ", dash.end(), end)
                stop = end if stop < 0 else stop
                title = title_within(reading, dash.end(), stop)
                rest = reading.text[dash.end() : stop].rstrip(" ;.")
                if title is None or title[1] - title[0] < 0.7 * len(rest):
                    break
                upper = reading.text[title[0]].isupper()
                item = ProjectItem(title, (*_named(own), *self.labelled_below(number + 1)))
                if len(own) > 1 and upper:
                    pairs.append(item)
                elif len(own) == 1 and ":" in dash[0] and (upper or begin > line[0]):
                    lone.append(item)
                break
        yield from self._announced(pairs)
        if lone and ABOUT_PROJECTS.search(" ".join(reading.plain[a:b] for a, b in self._over(lone[0].title[0]))):
            yield from self._announced(lone, _LONE)

    def _over(self, offset: int, count: int = 6) -> Sequence[Span]:
        return self.reading.lines_before(self.reading.line_at(offset)[0], count)

    def under_pairs(self) -> Iterator[ProjectItem]:
        """« • A – B (pays) » over a paragraph, then the title on the next line."""
        reading = self.reading
        found: list[ProjectItem] = []
        for line, following in zip(self.lines, self.lines[1:], strict=False):
            own = only_bodies(reading, self._begin(line), line[1])
            opens = reading.text[max(0, line[0] - 2) : line[0]] in ("", "\n\n")
            if len(own) < LEAST_ITEMS or not opens or "\n" in reading.text[line[1] + 1 : following[0]]:
                continue
            following = self._without_sum(following)
            first = _FIRST.match(reading.text, *following)
            whole = not re.search(r"\s:\s|[.;:,!?]\s*$", reading.text[slice(*following)])
            span = first.span("title") if first else following if whole else None
            title = title_within(reading, *span, sure=True) if span is not None else None
            if title is not None and reading.text[title[0]].isupper() and not _VERB.search(reading.plain, *title):
                found.append(ProjectItem(title, _named(own)))
        yield from self._announced(found)

    def _without_sum(self, line: Span) -> Span:
        """Return a line up to the colon that gives its sum: « Apprendre à réparer : 18 640 €. »"""
        money = self.reading.within(*line, ("AMOUNT",))
        colon = _COLON.search(self.reading.text, line[0], money[0].start) if money else None
        return (line[0], colon.start()) if colon else line

    def first_sentences(self) -> Iterator[ProjectItem]:
        """« La nuit, un bien commun. La Ville de A et B échangeront sur l'éclairage. »"""
        reading = self.reading
        found: list[ProjectItem] = []
        for line in self.lines:
            first = _FIRST.match(reading.text, self._begin(line), line[1])
            if first is None or _VERB.search(reading.plain, *first.span("title")):
                continue
            second = _SUBJECT.match(reading.plain, first.end(), line[1])
            bodies = reading.within(first.end(), line[1], ("COLLECTIVITY", "ORG"))
            if second is None or len(bodies) < LEAST_ITEMS or bodies[0].start > second.end():
                continue
            if not _JOINED.fullmatch(reading.plain, bodies[0].end, bodies[1].start):
                continue
            title = title_within(reading, *first.span("title"))
            if title is not None:
                found.append(ProjectItem(title, _named(bodies[:2])))
        yield from self._announced(found)

    def quoted(self) -> Iterator[ProjectItem]:
        """« « titre » – A et B »: lines that open with a title in quotation marks."""
        reading = self.reading
        found: list[ProjectItem] = []
        for start, end in self.lines:
            made = _QUOTE.match(reading.text, start, end)
            if (
                made is None
                or re.search(r"[.!?]$", made["title"])
                or not _AFTER_QUOTE.match(reading.text, made.end(), end)
            ):
                continue
            title = title_within(reading, *made.span("title"), sure=True)
            if title is not None:
                found.append(ProjectItem(title, self._beside(made.end(), end)))
        yield from self._announced(found)

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
        known = [span for _, span in named if any((e.start, e.end) == span for e in reading.within(start, end))]
        size = sum(b - a for _, (a, b) in named)
        return tuple(named) if known and size > 0.5 * (end - start) else ()

    def following(self) -> Iterator[ProjectItem]:
        """« les projets suivants : titre (A, B) ; titre (C, D) » in one sentence."""
        reading = self.reading
        for lead in _FOLLOWING.finditer(reading.plain):
            at = lead.end()
            for entry in _ENTRY.finditer(reading.text, at, reading.line_at(at)[1]):
                if entry.start() != at:
                    break
                at = entry.end()
                title = title_within(reading, *entry.span(1), sure=True)
                if title is not None and reading.within(*entry.span(2), ("COLLECTIVITY", "ORG")):
                    yield ProjectItem(title, tuple(bearers(reading, *entry.span(2))))

    def purposes(self) -> Iterator[ProjectItem]:
        """« a) Club de marche, pour la réfection du refuge : 900 € » in a list of projects that were kept."""
        reading = self.reading
        found: list[ProjectItem] = []
        for start, end in self.lines:
            begin = self._begin((start, end))
            money = reading.within(begin, end, ("AMOUNT",))
            if not money or begin == start:
                continue
            if money[0].start == begin:
                opened = _AFTER_SUM.match(reading.plain, money[0].end, end)
                begin = opened.end() if opened else begin
            bodies = reading.within(begin, end, ("COLLECTIVITY", "ORG"))
            if not bodies or bodies[0].start - begin > len("l'association "):
                continue
            made = _FOR.match(reading.plain, bodies[0].end, end)
            title = title_within(reading, *made.span("title")) if made else None
            if made is None or title is None or _USUAL.search(made["title"]):
                continue
            joined = _PARTNER.match(reading.plain, made.end(), end)
            partner = [e for e in bodies[1:] if joined and e.start == joined.end()]
            found.append(ProjectItem(title, _named([bodies[0], *partner])))
        if found and _KEPT.search(" ".join(reading.plain[a:b] for a, b in self._over(found[0].title[0], 9))):
            yield from self._announced(found)


def _named(entities: Sequence[Entity]) -> Named:
    return tuple((party(e), (e.start, e.end)) for e in entities)
