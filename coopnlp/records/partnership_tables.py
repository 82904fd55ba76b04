"""Partnerships in tables with a column of partners, and in lists of partners on a collectivity's page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import kind_of, status_of
from coopnlp.records.parties import coordinated, is_state, party, same_name, unique_parties
from coopnlp.records.reading import Reading
from coopnlp.records.rows import Table, tables_in
from coopnlp.records.sentences import LIST_MARK
from coopnlp.records.table_columns import is_aligned, parties_of_row, party_columns
from coopnlp.types import DateValue, Entity, Partnership, PartnershipKind

__all__ = ["names_where", "partnerships_in_lists", "partnerships_in_tables", "partnerships_of_items"]

Span = tuple[int, int]

_PARTNER_HEAD = re.compile(
    r"\b(?:partenaires?|co-?contractants?|cosignataires?"
    r"|ville jumelee|villes? jumelles?|jumelee? a|collectivite etrangere)\b"
)
# A register of acts or of twins: the other party is the body whose paper it is.
_OF_OWNER = re.compile(
    r"\b(?:co-?contractants?|cosignataires?|jumel\w+|villes? partenaires?|depuis|nature de l'acte)\b"
)
_LEAD_HEAD = re.compile(
    r"\b(?:communes?|villes?|collectivites?|porteurs?|chef de file|beneficiaires?"
    r"|groupe\w*|departement|region|territoire|promoteur)\b"
)
_LIST_HEADING = re.compile(
    r"\b(?:jumelages?|villes? jumelees?|villes? partenaires?|villes? s(?:oe|œ)urs?"
    r"|nos partenaires|annuaire des partenaires|cooperations? (?:decentralisee"
    r"|internationale))\b|^\W*cooperations?\W*$"
)
# « Aide aux comités de jumelage »: a list of who gets money.
_OF_GRANTS = re.compile(r"\b(?:aides?|subventions?|soutien|budget)\b")
_NEXT_SECTION = re.compile(r"\s*(?:[A-Z]|\d{1,2}|[IVX]{1,4})\s?[.)]\s")


_ITEM = re.compile(
    r"[\s•*▪➤►›·■□◦▸>+–—-]*(?:[a-z]?-?\d{1,3}\s?[.)°|/–:-]?\s*)?(?:les? |la |l')?(?:villes? (?:de |d'))?(?:la |l')?"
)
_AFTER_PARTIES = re.compile(r"\s*(?:\([^)]*\))?\s*(?:$|[:;|.]|,? ?objet\b|[–—-]\s| {3,}|\t)")
_LEAST_ITEMS = 2
_TOWN = ("COLLECTIVITY", "LOC")
_WITH_COUNTRY = re.compile(r"\s*\([^()\n]{3,40}\)\s*[.,:–—-]")
_HEAD_LINES = 6


def partnerships_in_tables(reader: Reader) -> Iterator[Partnership]:
    """Yield a partnership a row of the tables that have a column of partners."""
    reading = reader.reading
    for table in tables_in(reading):
        header = table.header
        if header is None or not header.cells:
            continue
        heads = [reading.plain[a:b] for a, b in header.cells]
        partner = next((i for i, h in enumerate(heads) if _PARTNER_HEAD.search(h)), None)
        bearers = [i for i in party_columns(reading, header) if re.search(r"\bporteu(?:rs?|ses?)\b", heads[i])]
        if partner is None and len(bearers) == 2:
            yield from _of_bearers(reading, table, bearers)
            continue
        if partner is None or re.search(r"\bfinanc", " ".join(heads)):
            continue
        lead = next((i for i, h in enumerate(heads) if i < partner and _LEAD_HEAD.search(h)), None)
        for row in table.rows:
            yield from _row(reader, table, heads, row.cells, row.start, row.end, lead, partner)


def _of_bearers(reading: Reading, table: Table, columns: Sequence[int]) -> Iterator[Partnership]:
    """Yield a partnership a row of a list of projects that each have a bearer on two sides."""
    for row in table.rows:
        if not is_aligned(table, row):
            continue
        named = parties_of_row(reading, row, columns)
        if len(named) > 1:
            yield Partnership(
                parties=tuple(p for p, _ in named), kind="projet", evidence=tuple(span for _, span in named)
            )


def _row(
    reader: Reader,
    table: Table,
    heads: list[str],
    cells: Sequence[Span],
    start: int,
    end: int,
    lead: int | None,
    partner: int,
) -> Iterator[Partnership]:
    reading = reader.reading
    if len(cells) == len(heads) or (table.has_cells and len(cells) > partner):
        ours = reading.within(*cells[lead], ("COLLECTIVITY", "ORG")) if lead is not None else []
        theirs = [e for e in reading.within(*cells[partner]) if e.label == "COLLECTIVITY"]
    else:
        named = reading.within(start, end, ("COLLECTIVITY",))
        ours, theirs = (named[:1], named[1:2]) if lead is not None else ([], named)
    everyone = [*ours, *theirs]
    if lead is not None and (not ours or not theirs):
        return
    if lead is None:
        run, _ = coordinated(reading, theirs, 0, tight=True) if theirs else ([], 0)
        everyone = run
        if len(theirs) == 1 and reader.owner is not None and _OF_OWNER.search(" ".join(heads)):
            everyone = [reader.owner, *theirs]
    if len(unique_parties(everyone)) < 2:
        return
    words = reading.plain[start:end]
    since = next((i for i, h in enumerate(heads) if re.search(r"\b(?:depuis|debut|annee|signature)\b", h)), None)
    begun = None
    if since is not None:
        days = reading.within(*cells[since], ("DATE",)) if since < len(cells) else []
        days = days or (reading.within(start, end, ("DATE",)) if "depuis" in heads[since] else [])
        begun = next((d.value.start for d in days if isinstance(d.value, DateValue)), None)
    title_start = reading.line_at(max(0, table.start - 2))[0]
    context = reading.plain[max(0, title_start - 300) : table.start]
    kind: PartnershipKind = (
        "jumelage"
        if "jumel" in context or "jumel" in words
        else "projet"
        if re.search(r"projet|dossier|objet|action|intitule", " ".join(heads))
        else kind_of(context, len(context))
    )
    closed = re.search(r"\b(?:termine\w*|close?|abandon\w*)\b", words)
    yield Partnership(
        parties=unique_parties(everyone),
        kind=kind,
        start=begun,
        status="Terminé" if closed else None,
        evidence=tuple((e.start, e.end) for e in everyone),
    )


def names_where(reading: Reading, run: Sequence[Entity]) -> bool:
    """Tell whether the last of a run says where the first lies: « Bad Salzdetfurth – Basse-Saxe, Allemagne »."""
    end = run[-1].end
    country = next(iter(reading.within(end, end + 30)), None)
    return country is not None and is_state(country) and reading.text[end : country.start].strip() == ","


def partnerships_of_items(reader: Reader) -> Iterator[Partnership]:
    """Read lists whose items open with two parties or more: « 1. Angers – Nicolet : Semences d'ici ».

    Two such items at least; they are projects where the document speaks of projects before them.
    """
    reading = reader.reading
    found: list[list[Entity]] = []
    for number, (start, end) in enumerate(reading.lines):
        bodies = [e for e in reading.within(start, end) if e.label in ("COLLECTIVITY", "LOC")]
        if not bodies or bodies[0].label != "COLLECTIVITY":
            continue
        if not _ITEM.fullmatch(reading.plain, start, bodies[0].start):
            continue
        run, run_end = coordinated(reading, bodies, 0, tight=True)
        if len(run) < 2:
            run, run_end = coordinated(reading, bodies, 0)
        closed = _AFTER_PARTIES.match(reading.plain, run_end, end)
        if len(run) < 2 or not all(e.label == "COLLECTIVITY" for e in run) or names_where(reading, run):
            continue
        between = reading.text[run[0].end : run[1].start]
        title = number < _HEAD_LINES and not LIST_MARK.match(reading.text, start) and re.search(r"[–—/-]", between)
        if title and (closed or reading.text[run_end : run_end + 1] == ","):
            # « Meylan – Sainte-Brigide, 7e réunion »: the title of what two authorities do together.
            parties = unique_parties(reader.canonical(e) for e in run)
            if len(parties) > 1:
                words = reading.plain[: reading.lines[min(_HEAD_LINES, len(reading.lines) - 1)][1]]
                kind = kind_of(words, run[0].start)
                yield Partnership(
                    parties=parties,
                    kind="cooperation_decentralisee" if kind in ("autre", "projet") else kind,
                    evidence=tuple((e.start, e.end) for e in run),
                )
        elif closed:
            found.append(run)
    if len(found) < _LEAST_ITEMS:
        return
    about = re.search(r"\b(?:projets?|laureats?|dossiers?|chantiers?)\b", reading.plain[: found[0][0].start])
    for run in found:
        parties = unique_parties(reader.canonical(e) for e in run)
        if len(parties) > 1:
            of_list: PartnershipKind = "projet" if about else "cooperation_decentralisee"
            yield Partnership(parties=parties, kind=of_list, evidence=tuple((e.start, e.end) for e in run))


def _opens_since(reading: Reading, day: Entity) -> bool:
    """Tell whether a date in a list of partners is the year since when: « depuis 1987 », « (1987) », « : 1987 »."""
    before = reading.plain[max(0, day.start - 12) : day.start]
    return isinstance(day.value, DateValue) and bool(re.search(r"(?:\bdepuis\s*:?|[(,:–-])\s*$", before))


# « LES JUMELAGES DE PONTIVY »
_TWINS_OF = re.compile(
    r"\b(?:jumelages?|jumelles|jumelees|partenaires?|partenariats?) "
    r"(?:de |d'|du )(?:la |le |l')?(?:ville |commune )?(?:de |d')?$"
)


def partnerships_in_lists(reader: Reader) -> Iterator[Partnership]:
    """Read a list under a heading about twinning on the page of one collectivity."""
    reading, owner = reader.reading, reader.owner
    heading = None
    for start, end in reading.lines:
        line = reading.plain[start:end].strip()
        if len(line) < 80 and _LIST_HEADING.search(line) and not reading.within(start, end, ("AMOUNT",)):
            heading = None if _OF_GRANTS.search(line) else line
            whose = (e for e in reading.within(start, end, _TOWN) if _TWINS_OF.search(reading.plain, start, e.start))
            owner = next(whose, reader.owner)
            continue
        if len(line) < 80 and _NEXT_SECTION.match(reading.text, start, end) and not reading.within(start, end, _TOWN):
            heading = None
        if len(line) < 60 and not LIST_MARK.match(reading.text[start:end]) and not re.search(r"[.,;:!?]$", line):
            bodies = reading.within(start, end, ("COLLECTIVITY", "DATE"))
            heading = heading if bodies else None
        if heading is None or owner is None:
            continue
        named = reading.within(start, end, _TOWN)
        mark = LIST_MARK.match(reading.text[start:end])
        at = start + (mark.end() if mark else 0)
        # « Brno (République tchèque). Le jumelage date de 1965. » opens a paragraph without a mark.
        opens = mark or _WITH_COUNTRY.match(reading.text, named[0].end if named else end, end)
        if not named or named[0].start - at > 1 or not opens or (named[0].label == "LOC" and is_state(named[0])):
            continue
        if same_name(party(named[0]), party(owner)):
            continue
        nearby = reading.lines[min(len(reading.lines) - 1, _index(reading.lines, start) + 1)]
        words = reading.plain[start : nearby[1]]
        day = next((d for d in reading.within(start, nearby[1], ("DATE",)) if _opens_since(reading, d)), None)
        begun = day.value.start if day is not None and isinstance(day.value, DateValue) else None
        yield Partnership(
            parties=unique_parties((owner, named[0])),
            kind=kind_of(heading, 0),
            start=begun,
            status=status_of(words) if re.search(r"termine|suspendu|en cours|en discussion", words) else None,
            evidence=((owner.start, owner.end), (named[0].start, named[0].end)),
        )


def _index(lines: Sequence[Span], start: int) -> int:
    return next(i for i, line in enumerate(lines) if line[0] == start)
