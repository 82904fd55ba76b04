"""Who is meant: names compared, lists of parties, and the collectivity that a document speaks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from coopnlp.gazetteer.organisations import SCHEME
from coopnlp.records.giving import CHOSEN
from coopnlp.records.reading import Reading, plain
from coopnlp.records.sentences import LIST_MARK
from coopnlp.text import fold
from coopnlp.types import Entity, Party

__all__ = [
    "PARTY_LABELS",
    "coordinated",
    "is_authority",
    "is_state",
    "name_key",
    "name_keys",
    "owner",
    "party",
    "same_name",
    "unique_parties",
]

PARTY_LABELS = ("COLLECTIVITY", "ORG", "FUNDER", "LOC")

# Type words of French and Québec authorities (annotation-guide.md, COLLECTIVITY) and the class they say.
_TYPES = (
    (
        "commune",
        r"(?:ville|commune|mairie|municipalite|village|municipalite de village|bourg|cite"
        r"|paroisse|canton)"
        r"(?: (?:rurale|urbaine|nordique|cri|nouvelle))?|conseil municipal|conseil communal",
    ),
    ("departement", r"departement|conseil (?:departemental|general)"),
    ("region", r"region|conseil regional|collectivite(?: territoriale)?"),
    (
        "epci",
        r"communaute (?:de communes|d agglomeration|urbaine|d agglo)|cc|ca|cu|cdc"
        r"|eurometropole|metropole"
        r"|conseil communautaire|conseil metropolitain|agglomeration|syndicat|pays d art et d histoire",
    ),
    ("mrc", r"mrc|municipalite regionale de comte"),
    ("arrondissement", r"arrondissement"),
    ("province", r"province|conseil provincial"),
    ("etat", r"republique|gouvernement|etat"),
    ("commune", r"conseil"),
)
_TYPED = [
    (name, re.compile(rf"(?:l |la |le |les )?(?:{words}) (?:(?:de|du|des|d) )?(?:(?:la|l|le|les) )?(?=\S)"))
    for name, words in _TYPES
]
_COUNCIL_OF = re.compile(
    r"(?:conseil|mairie)(?: (?:municipal|communautaire|metropolitain|regional|departemental|general))?"
    r" (?:de|du|des) (?:la |l |le )?(?:ville|commune|municipalite|mrc|communaute|metropole|departement|region|province|agglomeration)\b"  # noqa: E501
)
# Bare names that are states for a cooperation register even where no identifier says so.
_STATES = {"france", "quebec", "canada"}

_JOIN = re.compile(
    r"\s*(?:,?\s*(?:d'une part\s*,?\s*)?(?:et|ainsi que|de meme que|&|/)|,|[-–—])\s*"
    r"(?:(?:a|au|aux|avec|par|entre|de|du|des|d'|la|le|les|l'|celles?|celui|ceux|villes?|communes?|municipalites?"
    r"|departements?|regions?|mairies?|societes?|associations?|(?:l')?ex-?|province|cite)\s*)*"
)
_SPEAKS = re.compile(
    r"\s*,?\s*(?:consacre|attribue|soutient|vote|alloue|verse|accorde|entretient|s'engage"
    r"|sollicite|adopte|approuve|inscrit|renouvelle)\b"
)
_TIGHT = re.compile(r"\s?[-–—/]\s?")


def party(entity: Entity) -> Party:
    """Return the entity as a party, its name on one line with end-of-line hyphens closed."""
    name = re.sub(r"(?<=[^\W\d_])-\s*\n\s*(?=[a-zà-ÿ])", "", entity.text)
    return Party(text=re.sub(r"\s+", " ", re.sub(r"-\s*\n\s*", "-", name)).strip(), kb_id=entity.kb_id)


@lru_cache(maxsize=4096)
def name_key(text: str) -> tuple[str, str]:
    """Return (class, bare name) of an authority: the type word taken off, folded.

    >>> name_key("Conseil régional d'Occitanie"), name_key("Nantes")
    (('region', 'occitanie'), ('', 'nantes'))
    """
    folded = fold(re.sub(r"-\s*\n\s*", "-", text))
    for name, pattern in _TYPED:
        match = pattern.match(folded)
        if match:
            rest = folded[match.end() :]
            # « conseil de la MRC de X », « Conseil municipal de la Ville de X » are the MRC, the Ville.
            return name_key(rest) if _COUNCIL_OF.match(folded) else (name, rest)
    for name, tail in (
        ("epci", " agglomeration"),
        ("epci", " metropole"),
        ("epci", " agglo"),
        ("epci", " communaute"),
    ):
        if folded.endswith(tail):
            return name, folded
    return "", re.sub(r"^(?:la|le|les|l) ", "", folded)


@lru_cache(maxsize=16384)
def _compared(text: str) -> tuple[str, str, str]:
    """Return a name folded, its class, and its bare name."""
    return fold(text), *name_key(text)


def name_keys(one: Party) -> Iterator[tuple[str, str]]:
    """Yield keys of a party for finding it: two that :func:`same_name` holds for one have a key in common."""
    folded, _, name = _compared(one.text)
    yield "folded", folded
    if name:
        yield "bare", name
    if one.kb_id:
        yield "id", one.kb_id


def same_name(one: Party, other: Party) -> bool:
    """Tell whether two names mean one body: same identifier, or same bare name with classes that agree."""
    if one.kb_id and other.kb_id:
        return one.kb_id == other.kb_id
    (folded, kind, name), (folded2, kind2, name2) = _compared(one.text), _compared(other.text)
    if folded == folded2:
        return True
    if name != name2 or not name:
        return False
    if kind == kind2:
        return True
    if "" not in (kind, kind2):
        return False
    typed = kind or kind2
    # A bare one-word name is its commune, département or region, hardly its agglomeration or MRC.
    return typed in ("commune", "departement", "region", "province", "etat") or (typed == "epci" and " " in name)


def unique_parties(entities: Iterable[Entity | Party]) -> tuple[Party, ...]:
    """Return the parties once each, in order, an identifier preferred to none."""
    found: list[Party] = []
    for item in entities:
        candidate = party(item) if isinstance(item, Entity) else item
        for i, known in enumerate(found):
            if same_name(known, candidate):
                if candidate.kb_id and not known.kb_id:
                    found[i] = candidate
                break
        else:
            found.append(candidate)
    return tuple(found)


def is_authority(one: Party) -> bool:
    """Tell whether a party is an authority or a state: by its identifier, or by a type word."""
    known = bool(one.kb_id) and not one.kb_id.startswith(f"{SCHEME}:")
    return known or bool(name_key(one.text)[0])


def is_state(entity: Entity) -> bool:
    """Tell whether a LOC is a state, or Québec, that can be a party (annotation-guide.md)."""
    return entity.label == "LOC" and (
        entity.kb_id.startswith("iso3166:") or (not entity.kb_id and fold(entity.text) in _STATES)
    )


def _apposed(reading: Reading, after: Entity, entity: Entity) -> int:
    """Return where an apposition after a party ends, or -1: « (Bénin) », « , en Isère, », « (ACR) »."""
    gap = reading.plain[after.end : entity.start]
    tail = reading.plain[entity.end : entity.end + 3]
    if re.fullmatch(r"\s*\(\s*(?:[a-z' ]{0,12})?", gap) and ")" in reading.plain[entity.end : entity.end + 40]:
        return reading.plain.index(")", entity.end) + 1
    if entity.label == "LOC" and re.fullmatch(r"\s*,?\s*(?:en|au|aux|dans|a|sur)\s+(?:le |la |les |l'|l' )?", gap):
        return entity.end + (1 if tail.startswith(",") and not re.match(r",\s", tail + " ") else 0)
    return -1


def coordinated(
    reading: Reading, entities: Sequence[Entity], first: int, tight: bool = False
) -> tuple[list[Entity], int]:
    """Return the list of parties that starts at ``entities[first]``, and the offset where it ends.

    « Nantes, Rezé et Saint-Malo (Ille-et-Vilaine) » is three parties: places in
    apposition and acronyms in brackets are passed over. With ``tight`` only
    hyphens, dashes and slashes join.
    """
    run, end, at = [entities[first]], entities[first].end, first + 1
    last = entities[first]
    while at < len(entities):
        entity = entities[at]
        apposed = _apposed(reading, last, entity)
        if apposed >= 0:
            end, last, at = max(end, apposed), entity, at + 1
            continue
        gap = reading.plain[end : entity.start]
        joined = _TIGHT.fullmatch(gap) if tight else _JOIN.fullmatch(gap)
        if joined and entity.label == "LOC" and last.label == "COLLECTIVITY" and gap.strip() == ",":
            # « Gambais, France » : the country says where.
            end, last, at = entity.end, entity, at + 1
            continue
        if not joined or entity.label not in PARTY_LABELS or (entity.label == "LOC" and not is_state(entity)):
            break
        run.append(entity)
        end, last, at = entity.end, entity, at + 1
    if len(run) == 2 and reading.plain[run[0].end : run[1].start].strip() == ",":
        # « Agny, village de l'Artois »: two names and a comma are one name and what it is.
        return run[:1], run[0].end
    return run, end


_DATELINE = re.compile(r",? (?:le |\()\d{1,2}(?:er)? ")
_ISSUED = re.compile(r"\W*(?:ministere|secretariat|gouvernement|fondation|agence|office|fonds|france diplomatie)\b")
_SAYS = re.compile(
    r",?\s+(?:s'est|se (?:dit|rejoui\w*|felicit\w*)|a (?:declare|salue|rappele|souligne|indique|ajoute)|salue)\b"
)
_IN_TOWN = re.compile(r"\b(?:conseil municipal|la ville|la commune|la municipalite)\b")
_BULLETIN = re.compile(
    r"\b(?:DE|D['’]|de|d['’])\s?(?P<town>[A-ZÀ-Ý][\w'’-]+)\s*[·|–—,-]\s*(?:bulletin|journal|magazine)"
)
_HEADLINE = re.compile(r"(?P<town>[A-ZÀ-Ý]{3}[A-ZÀ-Ý'’-]{0,30})\s?(?:\. |\s[–—:-] )\s?(?=[A-ZÀ-Ý«])")
_ANNOUNCED_WITHIN = 350
# « Département du Var / Commune de X »: over the minutes of the town stands its département.
_COMMUNE = re.compile(r"\W*(?:commune|ville|mairie) (?:de |du |des |d')")
_LETTERHEAD_LINES = 6
_TOWN_COUNCIL = re.compile(r"\b(?:conseil municipal|conseillers municipaux)\b")
_OVER = re.compile(r"(?:province|gouvernement) d[eu] quebec")


def owner(reading: Reading) -> Entity | None:
    """Return the collectivity that the document speaks for: whose council decides, whose site it is.

    Looked for in this order: a collectivity alone on a line, or first on it, in
    the first lines; « conseil municipal de X », « le maire de X »; the first that
    is said to give, vote or keep up relations; the only one of the document.
    """
    # « PROVINCE DE QUÉBEC » heads the minutes of its municipalities.
    named = [e for e in reading.entities if e.label == "COLLECTIVITY" and not _OVER.fullmatch(plain(e.text))]
    head_end = reading.lines[min(11, len(reading.lines) - 1)][1] if reading.lines else 0
    head = [e for e in named if e.end <= min(head_end, 1500)]
    letterhead = reading.lines[min(2, len(reading.lines) - 1)][0] if reading.lines else 0
    # What a ministry or a fund announces names those who got it, each on a line of its own.
    announced = reading.lines and CHOSEN.search(reading.plain, 0, _ANNOUNCED_WITHIN) is not None
    heading_end = reading.lines[min(1, len(reading.lines) - 1)][1] if reading.lines else 0
    if announced:
        head = [e for e in head if e.start < heading_end]
    of_town = _TOWN_COUNCIL.search(reading.plain, 0, head_end) is not None or any(
        _COMMUNE.match(reading.plain, *line) and reading.within(*line, ("COLLECTIVITY",))
        for line in reading.lines[:_LETTERHEAD_LINES]
    )
    for entity in head:
        start, end = reading.line_at(entity.start)
        before = reading.text[start : entity.start]
        if before.strip() and LIST_MARK.match(before):
            continue
        if of_town and name_key(entity.text)[0] == "departement":
            continue
        rest = before + reading.text[entity.end : end]
        typed = name_key(entity.text)[0] in ("commune", "departement", "region", "epci", "mrc")
        # « Direction de l'action internationale – Département de X », in the letterhead
        if (
            typed
            and start <= letterhead
            and re.search(r"[-–—|,]\s*$", before)
            and not reading.text[entity.end : end].strip()
        ):
            return entity
        if len(re.sub(r"\([^)]*\)|[\W\d_]", "", rest)) <= 4 or (typed and not before.strip(" \t#=*-–")):
            return entity
    for entity in head:
        start, end = reading.line_at(entity.start)
        council = re.search(
            r"\b(?:conseil (?:municipal|communautaire|departemental|regional|general"
            r"|metropolitain)|commission permanente|seance)\b",
            reading.plain[start:end],
        )
        if (
            council
            and len([e for e in head if start <= e.start < end]) == 1
            and re.search(r"[-–—:|]\s*$", reading.text[start : entity.start])
        ):
            return entity
    first_line = reading.lines[0][1] if reading.lines else 0
    closing = reading.lines[-6][0] if len(reading.lines) > 6 else 0
    for entity in named:
        if entity.end > max(head_end, first_line) and entity.start < closing:
            continue
        before = reading.plain[max(0, entity.start - 40) : entity.start]
        if _SAYS.match(reading.plain, entity.end):
            continue  # « Le maire de X s'est réjoui »: quoted in what another publishes
        if re.search(
            r"\b(?:conseil (?:municipal|communautaire|metropolitain)|(?:le|la) (?:maire"
            r"|mairesse)|(?:bulletin|journal|magazine|site|gazette)(?: (?:municipal|d'information|officiel|internet|web))?"  # noqa: E501
            r"|proces-verbal|registre des deliberations) (?:de |d'|du |des )(?:la |l')?$",
            before,
        ):
            return entity
        line = reading.line_at(entity.start)
        alone = len([e for e in named if line[0] <= e.start < line[1]]) == 1
        if alone and re.match(
            r"(?:conseil (?:municipal|departemental|regional|general|communautaire)|mairie) ",
            plain(entity.text),
        ):
            return entity
    for entity in head:
        start, end = reading.line_at(entity.start)
        if len([e for e in named if start <= e.start < end]) > 1 and _ISSUED.match(reading.plain):
            continue  # « GRENOBLE – OUAGADOUGOU », in what a ministry publishes
        if start == entity.start and not _DATELINE.match(reading.plain, entity.end):
            return entity
        first = entity is named[0] or same_name(party(entity), party(named[0]))
        if first and _SPEAKS.match(reading.plain, entity.end):
            return entity
    paper = _of_the_paper(reading)
    if paper is not None:
        return paper
    if len({name_key(e.text)[1] for e in named}) == 1 and not (announced and named[0].start > heading_end):
        return named[0]
    return None


def _of_the_paper(reading: Reading) -> Entity | None:
    """Return the town whose bulletin or news it is: « L'ÉCHO DE DAX · bulletin municipal », « DAX. Le conseil »."""
    if not reading.lines or not _IN_TOWN.search(reading.plain):
        return None
    start, end = reading.lines[0]
    town = _BULLETIN.search(reading.text, start, end) if "municipal" in reading.plain[start:end] else None
    town = town or _HEADLINE.match(reading.text, start, end)
    if town is None:
        return None
    a, b = town.span("town")
    known = next((e for e in reading.entities if e.kb_id and fold(e.text) == fold(town["town"])), None)
    return Entity(
        start=a, end=b, label="COLLECTIVITY", text=reading.text[a:b], kb_id=known.kb_id if known is not None else ""
    )
