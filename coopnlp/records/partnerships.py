"""Partnerships: two or more named bodies that the text says cooperate.

Read from pairs with a hyphen, « entre A et B », « A et B sont jumelées », « A
... partenariat avec B », tables with a column of partners, lists under a
heading about twinning, and from agreements and projects with their parties. A
place is no party unless it is a state or Québec in such a construction.
Refusals and mere comparisons are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import COOPERATION, kind_of, status_of
from coopnlp.records.demonyms import pair_of_adjectives
from coopnlp.records.parties import coordinated, is_state, name_key, party, same_name, unique_parties
from coopnlp.records.rows import Table, tables_in
from coopnlp.records.sentences import LIST_MARK
from coopnlp.text import fold
from coopnlp.types import Agreement, DateValue, Entity, Partnership, PartnershipKind, Party, Project

__all__ = ["merge_partnerships", "partnerships_of_agreements", "read_partnerships"]

Span = tuple[int, int]

_BODIES = ("COLLECTIVITY", "ORG", "FUNDER", "LOC")
_DENIED = re.compile(r"\b(?:aucun(?:e)? (?:jumelage|partenariat|cooperation|lien)|n'(?:a|ont|est|etait|existait) (?:jamais|pas|plus)|pas d(?:e|')(?: |\w)|ne pas confondre|sans lien|ni charte|n'existe|n'est liee?|a la maniere|comme l'ont)\b")
_BETWEEN = re.compile(r"\bentre (?:(?:les|des) )?(?:deux )?(?:(?:villes?|communes?|regions?|departements?|municipalites?|collectivites?) )?(?:(?:de|du|des|d') ?)?(?:la |le |les |l')?$|\bentre (?:la |le |l'|les )?$")
_WITH = re.compile(r"\b(?:avec|a|au|aux|d'avec) (?:celle |celui )?(?:(?:la|le|les|l'|de la|de|d') ?)?(?:ville |commune |municipalite |province |region |district |departement )?(?:de |du |d'|des )?(?:la |le |l'|les )?$")
_SINCE = re.compile(r"\b(?:depuis|des|remonte(?:nt)? a|date(?:nt)? de|nee?s? en|conclu\w* en|signee?s? (?:en|le)|scellee?s? en|jumelee?s? en|ouverte? en|noue\w* en|signe en|initiee? en|lance\w* en|cultive depuis|en)\s*$")
_TWINNED = re.compile(r"\bjumel(?:ee?s?|le|lent|les?)\b")
_PARTNER_HEAD = re.compile(r"\b(?:partenaires?|ville jumelee|villes? jumelles?|jumelee? a|collectivite etrangere)\b")
_LEAD_HEAD = re.compile(r"\b(?:communes?|villes?|collectivites?|porteurs?|chef de file|beneficiaires?|groupe\w*|departement|region|territoire|promoteur)\b")
_LIST_HEADING = re.compile(r"\b(?:jumelages?|villes? jumelees?|villes? partenaires?|villes? s(?:oe|œ)urs?|nos partenaires|annuaire des partenaires|cooperations? (?:decentralisee|internationale))\b")
_SIGNS = re.compile(r"\b(?:sign\w+|paraph\w+|conclu\w*|renouvel\w+|scell\w+|ratifi\w+|adopt\w+)\b")
_PLACED = re.compile(r"(?:\b(?:en|au|aux|a|dans) (?:la |le |l')?|\bvisite [^.;]{0,3})$")
_FIRM = re.compile(r"\b(?:partenariats?|conventions?|ententes?|accords?|protocoles?|jumel\w+|collabor\w+|cooper\w+)\b")
_PAST_FORMER = re.compile(r"\bex[ -]?$|\bancienne? (?:region |departement )?(?:de |du |d')?$")


def _eligible(reader: Reader, entity: Entity) -> bool:
    """Tell whether the entity can be a party where it stands: « en France » is a place."""
    if entity.label in ("COLLECTIVITY", "ORG"):
        return True
    return is_state(entity) and not _PLACED.search(reader.reading.plain[max(0, entity.start - 12) : entity.start])


class _Sentences:
    """Reads the partnerships told in sentences."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.reading = reader, reader.reading

    def read(self) -> Iterator[Partnership]:
        former: Partnership | None = None
        for start, end in self.reading.sentences:
            words = self.reading.plain[start:end]
            if not COOPERATION.search(words) and not re.search(r"\bprojet|\bporte", words):
                yield from self._contrast(start, end, former)
                former = None
                continue
            found = list(self._sentence(start, end))
            former = next((p for p in found if p.status == "Terminé"), None)
            yield from found

    def _contrast(self, start: int, end: int, former: Partnership | None) -> Iterator[Partnership]:
        """« Quand l'ex-X, elle, ... »: contrasted with former regions that cooperated with the same partner."""
        if former is None or not re.match(r"(?:quand|quant a|tandis que|alors que)\b", self.reading.plain[start:end]):
            return
        named = [e for e in self.reading.within(start, end) if e.label == "COLLECTIVITY"]
        if len(named) == 1 and _PAST_FORMER.search(self.reading.plain[start : named[0].start]):
            parties = (party(named[0]), former.parties[-1])
            yield former.model_copy(update={"parties": parties, "evidence": ((named[0].start, named[0].end), *former.evidence[-1:])})

    def _sentence(self, start: int, end: int) -> Iterator[Partnership]:
        words = self.reading.plain[start:end]
        for one, other, span in pair_of_adjectives(self.reading, start, end):
            if COOPERATION.search(words[max(0, span[0] - start - 60) : span[1] - start + 30]):
                kind = kind_of(words, span[0] - start)
                yield Partnership(parties=unique_parties((one, other)), kind=kind, evidence=(span, ))
        if _DENIED.search(words):
            return
        entities = [e for e in self.reading.within(start, end) if e.label in _BODIES]
        used: set[int] = set()
        for i, entity in enumerate(entities):
            if entity.start in used or not _eligible(self.reader, entity):
                continue
            found = self._from(start, end, words, entities, i)
            if found is not None:
                run, partnership = found
                used |= {e.start for e in run}
                yield partnership

    def _from(
        self, start: int, end: int, words: str, entities: Sequence[Entity], i: int
    ) -> tuple[list[Entity], Partnership] | None:
        """Return the partnership whose first party is ``entities[i]``, with its parties."""
        entity = entities[i]
        at = entity.start - start
        before = words[max(0, at - 90) : at]
        run, run_end = coordinated(self.reading, entities, i, tight=True)
        if len(run) > 1 and self._pair_in_context(before, words, run, start):
            return run, self._made(run, words, at, start, end)
        run, run_end = coordinated(self.reading, entities, i)
        if len(run) > 1 and _BETWEEN.search(before) and (COOPERATION.search(words[max(0, at - 160) : at]) or re.search(r"\bprojet\b[^.;]{0,40}$", before)):
            return run, self._made(run, words, at, start, end)
        after = words[run_end - start :]
        if len(run) > 1 and all(e.label == "COLLECTIVITY" or is_state(e) for e in run):
            if re.match(r"\s*,?\s*(?:sont |etaient |se sont |deja |ont ete )*jumel", after) or re.match(r"\s*,?\s*(?:ont |avaient )?(?:sign\w+|conclu\w*|paraph\w+|scell\w+|renouvel\w+|cooperent|collaborent|entretiennent)\b[^.;]{0,60}", after) and COOPERATION.search(after[:110]):
                if not re.match(r"[^.;]{0,110}\bavec\b", after):
                    return run, self._made(run, words, at, start, end)
            if re.search(r"\b(?:portee?s? par|mise? en (?:oe|œ)uvre par|menee?s? par|conduite? par) (?:les )?(?:(?:villes?|communes?|regions?) )?(?:de |d'|du )?(?:la |le |l'|les )?$", before):
                return run, self._made(run, words, at, start, end, kind="projet")
        return self._with_partner(start, end, words, entities, i, run, run_end)

    def _pair_in_context(self, before: str, words: str, run: Sequence[Entity], start: int) -> bool:
        if not all(e.label == "COLLECTIVITY" or is_state(e) for e in run):
            return False
        gap = self.reading.text[run[0].end : run[1].start]
        return bool(COOPERATION.search(before)) or (" " in gap and bool(COOPERATION.search(words)) and "/" not in gap)

    def _with_partner(
        self, start: int, end: int, words: str, entities: Sequence[Entity], i: int, run: list[Entity], run_end: int
    ) -> tuple[list[Entity], Partnership] | None:
        """« A (…) partenariat avec B », « A est jumelée à B », « coopération avec B » in A's own document."""
        first = run[0]
        if first.label == "FUNDER":
            return None
        others = [j for j in range(i + len(run), len(entities)) if _eligible(self.reader, entities[j])]
        for j in others[:3]:
            gap = words[run_end - start : entities[j].start - start]
            if len(gap) > 190 or re.search(r"[.;]\s", gap):
                break
            if _WITH.search(gap) and self._cooperates(gap, entities[j]):
                partner, _ = coordinated(self.reading, entities, j)
                partner = [e for e in partner if e.label == entities[j].label or e.label == "COLLECTIVITY"]
                if "ORG" in (first.label, partner[0].label) and (not _FIRM.search(gap) or "en partenariat" in gap):
                    return None
                if len(run) > 1 and _PAST_FORMER.search(words[: first.start - start]):
                    # Each former region had its own cooperation; the others come by their own turn.
                    run = run[:1]
                everyone = [*run, *partner]
                return run, self._made(everyone, words, entities[j].start - start, start, end)
        return self._of_owner(start, end, words, entities, i)

    def _cooperates(self, gap: str, other: Entity) -> bool:
        if re.search(r"\b(?:mis\w* en relation|en lien|en relations?|a l'image|comparer|en concurrence)\b", gap):
            return False
        if re.search(r"\bjumel\w*[^.;]{0,25}$", gap):
            return True
        return bool(re.search(r"\bavec\b[^.;]{0,30}$", gap)) and bool(COOPERATION.search(gap)) and other.label != "FUNDER"

    def _of_owner(
        self, start: int, end: int, words: str, entities: Sequence[Entity], i: int
    ) -> tuple[list[Entity], Partnership] | None:
        """« coopération avec B », « jumelage avec B » where the document speaks for A."""
        owner = self.reader.owner
        entity = entities[i]
        if owner is None or entity.label != "COLLECTIVITY" or same_name(party(owner), party(entity)):
            return None
        before = words[max(0, entity.start - start - 80) : entity.start - start]
        if not re.search(r"\b(?:notre|nos|objet|le|la|l'|un|une|du|de|renouvellement)\b", before):
            return None
        noun = r"(?:jumelages?|partenariats?|cooperation(?: decentralisee)?|convention(?:-cadre)?(?: de \w+)*|entente(?: de \w+)*|protocole(?: d'\w+)?|pacte(?: d'\w+)?|accord(?: de \w+)?)"
        if not re.search(rf"\b{noun}[^.;:,]{{0,30}} avec (?:la |le |les |l')?(?:ville |commune |province )?(?:de |d'|du )?(?:la |le |l')?$", before):
            return None
        if any(e.end <= entity.start and e.label in ("COLLECTIVITY", "ORG") and not same_name(party(e), party(owner)) for e in entities[:i]):
            return None
        partner, _ = coordinated(self.reading, entities, i)
        everyone = [owner, *[e for e in partner if e.label == "COLLECTIVITY"]]
        return partner, self._made(everyone, words, entity.start - start, start, end)

    def _made(
        self, run: Sequence[Entity], words: str, at: int, start: int, end: int, kind: PartnershipKind | None = None
    ) -> Partnership:
        former = any(_PAST_FORMER.search(self.reading.plain[max(0, e.start - 12) : e.start]) for e in run)
        chosen = kind or kind_of(words, at)
        begun = self._begun(start, end)
        status = status_of(words) if former or begun or re.search(r"jumel|partenariat|cooperation", words) else None
        if status == "Terminé" and not former and not re.search(r"\b(?:termine|acheve|clos|rompu|pris fin|denonce|passif)", words):
            status = None
        if former and status in (None, "En cours"):
            status = "Terminé"
        return Partnership(
            parties=unique_parties(self.reader.canonical(e) for e in run), kind=chosen, start=begun, status=status,
            evidence=tuple(dict.fromkeys((e.start, e.end) for e in run)),
        )  # fmt: skip

    def _begun(self, start: int, end: int) -> str | None:
        for day in self.reading.within(start, end, ("DATE",)):
            before = self.reading.plain[max(start, day.start - 40) : day.start].replace("\n", " ")
            opening = day.start - start < 6 and re.search(r"\b(?:ne|nait|signe|conclu|cree|debut|jumel)", self.reading.plain[start:end])
            if isinstance(day.value, DateValue) and (opening or (_SINCE.search(before) and not re.search(r"\b(?:se tien|accueill|reun|prevu)", before))):
                if re.search(r"\ben\s*$", before) and not opening and not re.search(r"\b(?:signe|conclu|ne|nee|jumele|jumelee|jumelees|scelle|noue|lance|initie|signee|signees)s? en\s*$", before):
                    continue
                return day.value.start
        return None


def _from_tables(reader: Reader) -> Iterator[Partnership]:
    reading = reader.reading
    for table in tables_in(reading):
        header = table.header
        if header is None or not header.cells:
            continue
        heads = [reading.plain[a:b] for a, b in header.cells]
        partner = next((i for i, h in enumerate(heads) if _PARTNER_HEAD.search(h)), None)
        if partner is None or re.search(r"\bfinanc", " ".join(heads)):
            continue
        lead = next((i for i, h in enumerate(heads) if i < partner and _LEAD_HEAD.search(h)), None)
        for row in table.rows:
            yield from _row(reader, table, heads, row.cells, row.start, row.end, lead, partner)


def _row(
    reader: Reader, table: Table, heads: list[str], cells: Sequence[Span], start: int, end: int, lead: int | None, partner: int
) -> Iterator[Partnership]:
    reading = reader.reading
    if len(cells) == len(heads) or (table.has_cells and len(cells) > partner):
        ours = reading.within(*cells[lead], ("COLLECTIVITY",)) if lead is not None else []
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
    kind: PartnershipKind = "jumelage" if "jumel" in context or "jumel" in words else "projet" if re.search(r"projet|dossier|objet|action|intitule", " ".join(heads)) else kind_of(context, len(context))
    closed = re.search(r"\b(?:termine\w*|close?|abandon\w*)\b", words)
    yield Partnership(
        parties=unique_parties(everyone), kind=kind, start=begun, status="Terminé" if closed else None,
        evidence=tuple((e.start, e.end) for e in everyone),
    )  # fmt: skip


def _from_list(reader: Reader) -> Iterator[Partnership]:
    """Read a list under a heading about twinning on the page of one collectivity."""
    reading, owner = reader.reading, reader.owner
    heading = None
    for start, end in reading.lines:
        line = reading.plain[start:end].strip()
        if len(line) < 80 and _LIST_HEADING.search(line) and not reading.within(start, end, ("AMOUNT",)):
            heading = line
            continue
        if len(line) < 60 and not LIST_MARK.match(reading.text[start:end]) and not re.search(r"[.,;:!?]$", line):
            bodies = reading.within(start, end, ("COLLECTIVITY", "DATE"))
            heading = heading if bodies else None
        if heading is None or owner is None:
            continue
        named = reading.within(start, end, ("COLLECTIVITY",))
        mark = LIST_MARK.match(reading.text[start:end])
        at = start + (mark.end() if mark else 0)
        if not named or named[0].start - at > 1 or not mark or same_name(party(named[0]), party(owner)):
            continue
        nearby = reading.lines[min(len(reading.lines) - 1, _index(reading.lines, start) + 1)]
        words = reading.plain[start : nearby[1]]
        day = next((d for d in reading.within(start, nearby[1], ("DATE",)) if isinstance(d.value, DateValue) and re.search(r"(?:\bdepuis\s*:?|[(,:–-])\s*$", reading.plain[max(0, d.start - 12) : d.start])), None)  # fmt: skip
        begun = day.value.start if day is not None and isinstance(day.value, DateValue) else None
        yield Partnership(
            parties=unique_parties((owner, named[0])), kind=kind_of(heading, 0), start=begun,
            status=status_of(words) if re.search(r"termine|suspendu|en cours|en discussion", words) else None,
            evidence=((owner.start, owner.end), (named[0].start, named[0].end)),
        )  # fmt: skip


def _index(lines: Sequence[Span], start: int) -> int:
    return next(i for i, line in enumerate(lines) if line[0] == start)


def partnerships_of_agreements(agreements: Sequence[Agreement], projects: Sequence[Project]) -> Iterator[Partnership]:
    """Yield the partnership that an agreement makes, and that a project carried by several bodies is."""
    for agreement in agreements:
        public = [p for p in agreement.parties if p.kb_id or name_key(p.text)[0]]
        if len(agreement.parties) < 2 or not public or re.search(r"subvention|objectifs|financ|mise a disposition", agreement.title.casefold()):
            continue
        words = f"{agreement.kind} {agreement.title}".casefold()
        kind = kind_of(words.replace("é", "e"), 0)
        yield Partnership(
            parties=agreement.parties, kind=kind, start=(agreement.date or agreement.start or "")[:4] or None, evidence=agreement.evidence
        )


def _overlap(one: Partnership, other: Partnership) -> bool:
    """Tell whether two partnerships are the same: the parties of one are among the other's."""
    small, large = sorted((one.parties, other.parties), key=len)
    return all(any(same_name(p, q) for q in large) for p in small)


_RANK: dict[str, int] = {"jumelage": 5, "cooperation_decentralisee": 4, "entente": 3, "convention": 3, "projet": 2, "autre": 1}


def _is_state_party(one: Party) -> bool:
    return one.kb_id.startswith("iso3166:") or fold(one.text) in ("france", "quebec", "canada")


def merge_partnerships(found: Sequence[Partnership]) -> tuple[Partnership, ...]:
    """Return the partnerships once each: same parties, the most telling kind, all evidence.

    The year is that of the first that has one. What only binds states (France and
    Québec) is no partnership of local authorities and stays an agreement.
    """
    merged: list[Partnership] = []
    for item in found:
        if len(item.parties) < 2 or all(_is_state_party(p) for p in item.parties):
            continue
        for i, known in enumerate(merged):
            if _overlap(known, item):
                large = known if len(known.parties) >= len(item.parties) else item
                merged[i] = known.model_copy(
                    update={
                        "parties": _with_ids(large.parties, known.parties, item.parties),
                        "kind": known.kind if _RANK[known.kind] >= _RANK[item.kind] else item.kind,
                        "start": known.start or item.start,
                        "end": known.end or item.end,
                        "status": known.status or item.status,
                        "evidence": tuple(sorted({*known.evidence, *item.evidence})),
                    }
                )
                break
        else:
            merged.append(item)
    return tuple(merged)


def _with_ids(parties: tuple[Party, ...], *others: tuple[Party, ...]) -> tuple[Party, ...]:
    pool = [p for group in others for p in group if p.kb_id]
    return tuple(p if p.kb_id else next((q for q in pool if same_name(p, q)), p) for p in parties)


def read_partnerships(
    reader: Reader, agreements: Sequence[Agreement] = (), projects: Sequence[Project] = ()
) -> tuple[Partnership, ...]:
    """Return the partnerships of a document, merged."""
    found = [*_Sentences(reader).read(), *_from_tables(reader), *_from_list(reader)]
    found += partnerships_of_agreements(agreements, projects)
    return merge_partnerships(found)

