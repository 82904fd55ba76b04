"""Projects: every title named in the text, with its description, parties and dates.

A title that stands as a heading or opens a list item or table row has what
follows as description. Left out: themes, which the theme classifier fills.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopnlp.records.clauses import Reader
from coopnlp.records.parties import coordinated, is_state, unique_parties
from coopnlp.records.project_items import project_items
from coopnlp.records.project_lists import announced_titles
from coopnlp.records.project_tables import projects_of_tables, titled_tables
from coopnlp.records.project_titles import opens_line, stands_alone, whole_title
from coopnlp.records.reading import clip
from coopnlp.records.rows import Row, Table, tables_in
from coopnlp.records.sentences import LIST_MARK, lines_of
from coopnlp.text import fold
from coopnlp.types import DateValue, Entity, Party, Project

__all__ = ["read_projects"]

Span = tuple[int, int]

_BORNE = re.compile(
    r"\b(?:portee?s? (?:conjointement )?par|mise? en (?:oe|œ)uvre (?:conjointement )?par"
    r"|menee?s? (?:par|avec)|conduite? par|pilotee?s? par|porteurs?\s*:|chef de file\s*:"
    r"|partenaires?\s*:"
    r"|maitre d'ouvrage\s*:|coordonnee? par|proposee? par|(?:rapprochement|cooperation"
    r"|partenariat|collaboration|echanges?|projet) entre|conclu entre|associe(?:nt)?"
    r"|reunit|reunissant|entre)"
    r"\s*(?:les )?(?:(?:villes?|communes?|regions?|departements?|municipalites?"
    r"|associations?) )?(?:de |d'|du |des )?(?:la |le |l'|les )?$"
)
_COMPARED = re.compile(
    r"\b(?:comme|a l'exemple de|a la difference|ainsi que l'a fait|contrairement a"
    r"|invite[ea]? de|a l'invitation)\s+(?:la |le |l'|les )?$"
)


# « l'internat de X », « un marché à X »: where something is, unless it is said of an authority.
_PLACE_OF = re.compile(
    r"(?<!\bville)(?<!\bvilles)(?<!\bcommune)(?<!\bcommunes)(?<!\bmunicipalite)(?<!\bregion)(?<!\bdepartement)"
    r"(?<!\bmairie)(?<!\belus)(?<!\bmaires)(?<!\bconseil)(?<!\bprovince)(?<=[a-z])"
    r" (?:de |d'|du |a |au |dans )(?:la |l'|le )?$"
)


def _description(reader: Reader, entity: Entity, following: int) -> Span | None:
    """Return the span of what is said under or after an opening title, up to the next title or heading."""
    reading = reader.reading
    text = reading.text
    limit = min(following, len(text))
    if stands_alone(reader.reading, entity):
        _, line_end = reading.line_at(max(entity.start, entity.end - 1))
        start = line_end + 1
        while start < limit and text[start : start + 1].isspace():
            start += 1
        # Blank lines between title and text are common on web pages, more than two are another section.
        if start >= limit or text[line_end:start].count("\n") > 3:
            return None
        _, end = reading.paragraph_at(start)
        first_line = text[start : reading.line_at(start)[1]]
        if (
            len(first_line) < 40
            and not re.search(r"[.!?:;]\s*$", first_line)
            and first_line[:1].isupper()
            and "\n" not in text[start:end].strip()
        ):
            return None
    else:
        start = entity.end
        _, end = reading.paragraph_at(entity.end)
        line_start, line_end = reading.line_at(entity.start)
        if LIST_MARK.match(text[line_start : entity.start]):
            # The next item of the list is another matter.
            lines = [a for a, _ in lines_of(text, line_end, end) if LIST_MARK.match(text, a)]
            end = min([a for a in lines if a > line_end], default=end)
        start += len(text[start:end]) - len(text[start:end].lstrip(' »"”*:.–—-|,'))
    end = min(end, limit)
    return (start, end) if text[start:end].strip() else None


def _parties_in(reader: Reader, start: int, end: int, all_named: bool) -> tuple[Party, ...]:
    """Return who carries the project: named after words of carrying, else the collectivities under its title."""
    reading = reader.reading
    bodies = [e for e in reading.within(start, end) if e.label in ("COLLECTIVITY", "ORG") or is_state(e)]
    found: list[Entity] = []
    i = 0
    while i < len(bodies):
        before = reading.plain[max(start, bodies[i].start - 90) : bodies[i].start].replace("\n", " ")
        if _BORNE.search(before):
            run = _run_with_places(reader, bodies, i, end)
            found += [e for e in run if e not in found]
            i = bodies.index(run[-1]) + 1
        else:
            i += 1
    if not found and all_named:
        for body in bodies:
            before = reading.plain[max(start, body.start - 40) : body.start].replace("\n", " ")
            if body.label == "COLLECTIVITY" and not _COMPARED.search(before) and not _PLACE_OF.search(before):
                found.append(body)
    return unique_parties(reader.canonical(e) for e in found)


def _run_with_places(reader: Reader, bodies: Sequence[Entity], i: int, end: int) -> list[Entity]:
    """Return the coordinated bodies from ``bodies[i]``; places in apposition do not break the list."""
    everything = [
        e for e in reader.reading.within(bodies[i].start, end) if e.label in ("COLLECTIVITY", "ORG", "FUNDER", "LOC")
    ]
    run, _ = coordinated(reader.reading, everything, 0)
    kept = [e for e in run if e in bodies]
    return kept or [bodies[i]]


def _period(reader: Reader, start: int, end: int) -> tuple[str | None, str | None]:
    for day in reader.reading.within(start, end, ("DATE",)):
        before = reader.reading.plain[max(start, day.start - 40) : day.start]
        if (
            isinstance(day.value, DateValue)
            and re.search(
                r"\b(?:periode(?: couverte)?\s*:?|duree\s*:?|calendrier\s*:|annees?|de|programmation"
                r"|exercice)\s*(?:du\s*)?$|\(\s*$",
                before,
            )
            and day.value.start != day.value.end
        ):
            return day.value.start, day.value.end
    return None, None


def _of_projects(reader: Reader, table: Table) -> bool:
    """Tell whether a table without a column of titles is about projects: its head or the lines above say so."""
    above = reader.reading.lines_before(table.start, 3)
    end = table.header.end if table.header else table.start
    words = reader.reading.plain[above[0][0] if above else table.start : end]
    return bool(re.search(r"\b(?:projets?|programmes?|laureats?)\b", words)) and not re.search(r"\btarifs?\b", words)


def _row_of(tables: Sequence[Table], entity: Entity) -> tuple[Table, Row] | None:
    return next(((t, r) for t in tables for r in t.rows if r.start <= entity.start < r.end), None)


def _from_row(reader: Reader, entity: Entity, table: Table, row: Row) -> Project:
    reading = reader.reading
    named = [e for e in reading.within(row.start, row.end) if e.label in ("COLLECTIVITY", "ORG")]
    days = [e.value for e in reading.within(row.start, row.end, ("DATE",)) if isinstance(e.value, DateValue)]
    head = reading.plain[table.header.start : table.header.end] if table.header else ""
    dated = days and re.search(r"\b(?:debut|fin|periode|annees?|calendrier)\b", head)
    return Project(
        title=clip(entity.text, 300),
        parties=unique_parties(named),
        start=days[0].start if dated else None,
        end=days[-1].end if dated and (len(days) > 1 or days[0].start != days[0].end) else None,
        evidence=((entity.start, entity.end), *((e.start, e.end) for e in named)),
    )


# « ci-après dénommée « Fécamp » »: what a party is called.
_CALLED = re.compile(
    r"\b(?:ci-apres(?: (?:denomme|designe|appele|nomme)e?s?)?|(?:denomme|designe)e?s?)(?: (?:par|sous))?[^\w\n]{1,6}"
    r"(?:(?:la|le|les|l') ?)?\Z"
)


def read_projects(reader: Reader) -> tuple[Project, ...]:
    """Return the projects of the document, each title once, in order of first mention."""
    reading = reader.reading
    tables = tables_in(reading)
    titled = titled_tables(reading, tables)
    inside = [(t.start, t.rows[-1].end) for t in titled]
    found: dict[str, Project] = {fold(p.title): p for p in projects_of_tables(reading, titled)}
    titles = [t for t in announced_titles(reading) if not any(a <= t.start < b for a, b in inside)]
    items = [i for i in project_items(reading) if not any(a <= i.title[0] < b for a, b in inside)]
    borne = {i.title[0]: unique_parties(p for p, _ in i.parties) for i in items}
    at_title = [i.title for i in items]
    titles = [t for t in titles if not any(a < t.end and t.start < b for a, b in at_title)]
    titles += [Entity(start=a, end=b, label="PROJECT", text=reading.text[a:b]) for a, b in at_title]
    listed = [(t.start, t.end) for t in titles]
    for entity in reading.entities:
        taken = (*inside, *listed)
        if entity.label != "PROJECT" or any(a < entity.end and entity.start < b for a, b in taken):
            continue
        # A title known from a table or a list is one wherever it opens a line.
        row = _row_of(tables, entity)
        sure = (row is not None and _of_projects(reader, row[0])) or fold(entity.text) in found
        title = entity if sure else whole_title(reading, entity)
        titles += [title] if title is not None else []
    named = {fold(e.text) for e in reading.entities if e.label in ("COLLECTIVITY", "LOC")}
    titles = [
        t
        for t in titles
        if fold(t.text) not in named and not _CALLED.search(reading.plain, max(0, t.start - 50), t.start)
    ]
    titles.sort(key=lambda t: t.start)
    for i, entity in enumerate(titles):
        row = _row_of(tables, entity)
        following = next((t.start for t in titles[i + 1 :] if opens_line(reader.reading, t)), len(reading.text))
        if row is not None:
            project = _from_row(reader, entity, *row)
        elif opens_line(reader.reading, entity):
            span = _description(reader, entity, following)
            start, end = span or (entity.end, entity.end)
            alone = stands_alone(reader.reading, entity)
            begun, ended = _period(reader, start, end)
            project = Project(
                title=clip(entity.text, 300),
                description=clip(reading.text[start:end], 1500) or None if span else None,
                parties=_parties_in(
                    reader,
                    start,
                    end,
                    all_named=alone
                    or bool(re.match(r"[^\n]{0,4}\s*(?:[-–—:.(«]|\()", reading.text[entity.end : entity.end + 6])),
                ),
                start=begun,
                end=ended,
                evidence=((entity.start, entity.end), *(((start, end),) if span else ())),
            )
        else:
            start, end = reading.sentence_at(entity.start)
            project = Project(
                title=clip(entity.text, 300),
                parties=_parties_in(reader, start, end, all_named=False),
                evidence=((entity.start, entity.end),),
            )
        if borne.get(entity.start):
            project = project.model_copy(update={"parties": borne[entity.start]})
        key = fold(project.title)
        # « Berges vivantes » is the short form of a title of the table above.
        key = next((k for k in found if k.startswith(f"{key} ") and len(key) > 8), key)
        found[key] = _joined(found[key], project) if key in found else project
    return tuple(sorted(found.values(), key=lambda p: p.evidence[0]))


def _joined(one: Project, other: Project) -> Project:
    return one.model_copy(
        update={
            "description": one.description or other.description,
            "parties": unique_parties((*one.parties, *other.parties)),
            "start": one.start or other.start,
            "end": one.end or other.end,
            "evidence": tuple(dict.fromkeys((*one.evidence, *other.evidence))),
        }
    )
