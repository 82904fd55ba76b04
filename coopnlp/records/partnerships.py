"""Partnerships: two or more named bodies that the text says cooperate.

Read from pairs with a hyphen, « entre A et B », « A et B sont jumelées », « A
... partenariat avec B », tables with a column of partners, lists under a
heading about twinning, and from agreements and projects with their parties. A
place is no party unless it is a state or Québec in such a construction.
Refusals and mere comparisons are left out.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import COOPERATION, NEW_CLAUSE, first_year, kind_of, status_of
from coopnlp.records.demonyms import pair_of_adjectives
from coopnlp.records.parties import coordinated, is_state, party, same_name, unique_parties
from coopnlp.records.partnership_instruments import partnerships_of_agreements, partnerships_of_project_lists
from coopnlp.records.partnership_merge import merge_partnerships
from coopnlp.records.partnership_registers import partnerships_in_registers
from coopnlp.records.partnership_tables import (
    names_where,
    partnerships_in_lists,
    partnerships_in_tables,
    partnerships_of_items,
)
from coopnlp.records.partnership_twins import partnerships_of_twins
from coopnlp.types import Agreement, Entity, Partnership, PartnershipKind, Project

__all__ = ["read_partnerships"]

Span = tuple[int, int]

_BODIES = ("COLLECTIVITY", "ORG", "FUNDER", "LOC")
_DENIED = re.compile(
    r"\b(?:aucun(?:e)? (?:jumelage|partenariat|cooperation|lien)|n'(?:a|ont|est|etait"
    r"|existait) (?:jamais|pas|plus)|pas d(?:e|')(?: |\w)|ne pas confondre|sans lien"
    r"|ni charte|n'existe|n'est liee?|a la maniere|comme l'ont)\b"
)
_BETWEEN = re.compile(
    r"\bentre (?:(?:les|des) )?(?:deux )?(?:(?:villes?|communes?|regions?|departements?"
    r"|municipalites?|collectivites?) )?(?:(?:de|du|des|d') ?)?(?:la |le |les |l')?$"
    r"|\bentre (?:la |le |l'|les )?$"
)
_WITH = re.compile(
    r"\b(?:avec|a|au|aux|d'avec) (?:celle |celui )?(?:(?:la|le|les|l'|de la|de"
    r"|d') ?)?(?:ville |commune |municipalite |province |region |district "
    r"|departement )?(?:de |du |d'|des )?(?:la |le |l'|les )?$"
)
_WITH_BEFORE = re.compile(
    r"\b(?:jumel\w*|partenariats?|cooperations?|conventions?|ententes?|accords?|liens?|relations?)\b[^.;:]{0,25} avec "
    r"(?:la |le |les |l')?(?:ville |commune |region )?(?:de |d'|du )?(?:la |le |l')?$"
)
# Conventions that pay or house a club are no cooperation of two authorities.
_HOUSEKEEPING = re.compile(
    r"\bconventions? (?:annuelle |triennale |pluriannuelle )?(?:d'objectifs|de subvention\w*|d'occupation|de mise a"
    r"|de prestations?|de gestion|d'utilisation|attributive|financiere|de financement)"
)
_COOPERATION_WITH = re.compile(
    r"\b(?:jumelages?|partenariats?|cooperation(?: decentralisee)?|convention(?:-cadre)?(?: de \w+)*"
    r"|entente(?: de \w+)*|protocole(?: d'\w+)?|pacte(?: d'\w+)?|accord(?: de \w+)?)"
    r"[^.;:,]{0,30},? avec (?:la |le |les |l')?(?:ville |commune |province )?(?:de |d'|du )?(?:la |le |l')?$"
)
_PLACED = re.compile(r"(?:\b(?:en|au|aux|a|dans) (?:la |le |l')?|\bvisite [^.;]{0,3})$")
_FIRM = re.compile(r"\b(?:partenariats?|conventions?|ententes?|accords?|protocoles?|jumel\w+|collabor\w+|cooper\w+)\b")
_APPOSITION = r"(?:\s*\([^)]*\)|,? (?:en|dans|au|aux|a) [^,.;]{2,30},?)?"
_OBLIQUE = re.compile(r"\b(?:avec|a|au|aux|de|du|des|d'|chez|pour|par|sur|entre)\s*(?:la |le |les |l')?$")
_CALL = re.compile(r"\b(?:appels? a projets?|laureats?|projets? (?:retenus?|soutenus?|laureats?))\b")
_TOGETHER = re.compile(
    rf"{_APPOSITION}\s*,?\s*(?:ont |se sont |s'|se )?(?:structurent|echange\w*|collabor\w+|travaillent|cooperent"
    r"|partagent|menent|conduisent|preparent|construisent|organisent|unissent|associent|rapproche\w*|lie\w*|parlent"
    r"|ecrivent|poursuivent|entretiennent|developpent|lancent|portent|signe\w*)\b"
)
_WORKS_WITH = re.compile(
    rf"{_APPOSITION}\s*,?\s*(?:a |ont |y |s'est |se sont |est |sont )?(?:"
    r"(?:accompagne|appuie|appuye|soutient|soutenu)(?:nt)? (?:la |le |l'|les )?"
    r"(?:ville de |commune de |municipalite de |d')?"
    r"|(?:[^.;:]{0,40}\b)?(?:echange\w*|partage\w*|collabor\w+|cooper\w+|travaill\w+|correspond\w*|noue\w*|tisse\w*"
    r"|poursuit|entretien\w*|lie\w*|rapproche\w*|associe\w*|presence|jumel\w*)\b[^.;:]{0,60}\b(?:avec|a|de) "
    r"(?:la |le |l'|les |celle de )?(?:ville de |commune de |municipalite de |d')?)"
)
_REFUSED = re.compile(
    r"\b(?:non[- ](?:retenu|eligible)e?s?\b|(?:est|a ete|sont|ont ete) (?:refuse|rejete|ecarte)e?s?\b"
    r"|(?:refuse|rejete|ajourne)e?s? (?:par|en)\b|irrecevables?\b|ineligibles?\b|hors zone\b)"
)
_LONGEST_ITEM = 140
_REFUSED_ALL = re.compile(
    r"\W*(?:(?:dossiers?|projets?|candidatures?) )?(?:non[- ]retenue?s|refusee?s|rejetee?s|ecartee?s)\s*:"
)
_TWINNED = re.compile(r"\bjumel\w*")
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

    def at_work(self) -> Iterator[Partnership]:
        """Read what no word of cooperation says; names found otherwise are fuller."""
        for start, end in self.reading.sentences:
            yield from self._at_work(start, end)

    def _at_work(self, start: int, end: int) -> Iterator[Partnership]:
        """« A accompagne B », « A échange avec B », « A et B structurent une filière »: at work together."""
        words = self.reading.plain[start:end]
        if _DENIED.search(words) or re.search(r"\b(?:pas|jamais|aurait|pourrait|comme|contrairement)\b", words):
            return
        bodies = [e for e in self.reading.within(start, end) if e.label in _BODIES]
        for i, entity in enumerate(bodies):
            if entity.label != "COLLECTIVITY":
                continue
            if _OBLIQUE.search(words[: entity.start - start]):
                continue
            run, run_end = coordinated(self.reading, bodies, i)
            after = words[run_end - start :]
            if len(run) > 1 and all(e.label == "COLLECTIVITY" for e in run) and _TOGETHER.match(after):
                yield self._of_call(self._made(run, words, entity.start - start, start, end))
                return
            other = next((e for e in bodies[i + len(run) :] if e.label == "COLLECTIVITY"), None)
            if (
                len(run) == 1
                and other is not None
                and _WORKS_WITH.fullmatch(words[run_end - start : other.start - start])
                and not NEW_CLAUSE.search(words, run_end - start, other.start - start)
            ):
                partners = [
                    e for e in coordinated(self.reading, bodies, bodies.index(other))[0] if e.label == "COLLECTIVITY"
                ]
                if not same_name(party(entity), party(other)):
                    yield self._of_call(self._made([entity, *partners], words, other.start - start, start, end))
                    return

    def _of_call(self, found: Partnership) -> Partnership:
        """What laureates of a call do together is a project."""
        unnamed = found.kind in ("autre", "cooperation_decentralisee")
        return (
            found.model_copy(update={"kind": "projet"}) if unnamed and _CALL.search(self.reading.plain[:600]) else found
        )

    def _contrast(self, start: int, end: int, former: Partnership | None) -> Iterator[Partnership]:
        """« Quand l'ex-X, elle, ... »: contrasted with former regions that cooperated with the same partner."""
        if former is None or not re.match(r"(?:quand|quant a|tandis que|alors que)\b", self.reading.plain[start:end]):
            return
        named = [e for e in self.reading.within(start, end) if e.label == "COLLECTIVITY"]
        if len(named) == 1 and _PAST_FORMER.search(self.reading.plain[start : named[0].start]):
            parties = (party(named[0]), former.parties[-1])
            yield former.model_copy(
                update={
                    "parties": parties,
                    "evidence": ((named[0].start, named[0].end), *former.evidence[-1:]),
                }
            )

    def _sentence(self, start: int, end: int) -> Iterator[Partnership]:
        words = self.reading.plain[start:end]
        for one, other, span in pair_of_adjectives(self.reading, start, end):
            if COOPERATION.search(words[max(0, span[0] - start - 60) : span[1] - start + 30]):
                kind = kind_of(words, span[0] - start)
                yield Partnership(parties=unique_parties((one, other)), kind=kind, evidence=(span,))
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
        if (
            len(run) > 1
            and _BETWEEN.search(before)
            and (COOPERATION.search(words[max(0, at - 160) : at]) or re.search(r"\bprojet\b[^.;]{0,40}$", before))
        ):
            return run, self._made(run, words, at, start, end)
        after = words[run_end - start :]
        if len(run) > 1 and all(e.label == "COLLECTIVITY" or is_state(e) for e in run):
            if (
                re.match(r"\s*,?\s*(?:sont |etaient |se sont |deja |ont ete )*jumel", after)
                or (
                    re.match(
                        r"\s*,?\s*(?:ont |avaient )?(?:sign\w+|conclu\w*|paraph\w+|scell\w+|renouvel\w+"
                        r"|cooperent|collaborent|entretiennent)\b[^.;]{0,60}",
                        after,
                    )
                    and COOPERATION.search(after[:110])
                )
            ) and not re.match(r"[^.;]{0,110}\bavec\b", after):
                return run, self._made(run, words, at, start, end)
            if re.search(
                r"\b(?:portee?s? par|mise? en (?:oe|œ)uvre par|menee?s? par"
                r"|conduite? par) (?:les )?(?:(?:villes?|communes?|regions?) )?(?:de |d'|du )?(?:la "
                r"|le |l'|les )?$",
                before,
            ):
                return run, self._made(run, words, at, start, end, kind="projet")
        return self._with_partner(start, end, words, entities, i, run, run_end)

    def _pair_in_context(self, before: str, words: str, run: Sequence[Entity], start: int) -> bool:
        if not all(e.label == "COLLECTIVITY" or is_state(e) for e in run):
            return False
        gap = self.reading.text[run[0].end : run[1].start]
        if names_where(self.reading, run):
            return False
        return bool(COOPERATION.search(before)) or (" " in gap and bool(COOPERATION.search(words)) and "/" not in gap)

    def _with_partner(
        self,
        start: int,
        end: int,
        words: str,
        entities: Sequence[Entity],
        i: int,
        run: list[Entity],
        run_end: int,
    ) -> tuple[list[Entity], Partnership] | None:
        """« A (…) partenariat avec B », « A est jumelée à B », « coopération avec B » in A's own document."""
        first = run[0]
        if first.label == "FUNDER":
            return None
        if _WITH_BEFORE.search(words[: first.start - start]):
            # « le jumelage avec A et celui avec B »: A is a partner, not who has one.
            return self._of_owner(start, end, words, entities, i)
        others = [j for j in range(i + len(run), len(entities)) if _eligible(self.reader, entities[j])]
        for j in others[:3]:
            gap = words[run_end - start : entities[j].start - start]
            if len(gap) > 190 or re.search(r"[.;]\s", gap):
                break
            if NEW_CLAUSE.search(gap):
                break
            if re.search(r",?\s+qui\b", gap) and not re.match(r"\s*,?\s+qui\b", gap):
                # « A ressemble à C, qui a un jumelage avec B »: said of C.
                break
            if _WITH.search(gap) and self._cooperates(gap, entities[j]):
                partner, _ = coordinated(self.reading, entities, j)
                if re.search(r"\bavec\b[^.;]{0,30}$", gap):
                    partner = self._joined_by_avec(partner)
                partner = [e for e in partner if e.label == entities[j].label or e.label == "COLLECTIVITY"]
                if "ORG" in (first.label, partner[0].label) and (not _FIRM.search(gap) or "en partenariat" in gap):
                    return None
                if len(run) > 1 and _PAST_FORMER.search(words[: first.start - start]):
                    # Each former region had its own cooperation; the others come by their own turn.
                    run = run[:1]
                everyone = [*run, *partner]
                return run, self._made(everyone, words, entities[j].start - start, start, end)
        return self._of_owner(start, end, words, entities, i)

    def _joined_by_avec(self, run: list[Entity]) -> list[Entity]:
        """Return the partners up to one that « à » brings in: « avec A, et à B » is not with B."""
        kept = run[:1]
        for one, other in itertools.pairwise(run):
            if re.search(r"\b(?:a|au|aux)\b", self.reading.plain[one.end : other.start]):
                break
            kept.append(other)
        return kept

    def _cooperates(self, gap: str, other: Entity) -> bool:
        if re.search(r"\b(?:mis\w* en relation|en lien|en relations?|a l'image|comparer|en concurrence)\b", gap):
            return False
        if re.search(r"\bjumel\w*[^.;]{0,25}$", gap):
            return True
        return (
            bool(re.search(r"\bavec\b[^.;]{0,30}$", gap)) and bool(COOPERATION.search(gap)) and other.label != "FUNDER"
        )

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
        if not _COOPERATION_WITH.search(before) or _HOUSEKEEPING.search(before) or re.search(r"\bqui\b", before):
            return None
        # « A a suivi en 1979, et le jumelage avec B date de 1989 »: a clause of its own, about who speaks.
        opened = max((m.end() for m in NEW_CLAUSE.finditer(words, 0, entity.start - start)), default=0) + start
        if any(
            opened <= e.start
            and e.end <= entity.start
            and e.label in ("COLLECTIVITY", "ORG")
            and not same_name(party(e), party(owner))
            for e in entities[:i]
        ):
            return None
        partner = self._joined_by_avec(coordinated(self.reading, entities, i)[0])
        everyone = [owner, *[e for e in partner if e.label == "COLLECTIVITY"]]
        return partner, self._made(everyone, words, entity.start - start, start, end)

    def _made(
        self,
        run: Sequence[Entity],
        words: str,
        at: int,
        start: int,
        end: int,
        kind: PartnershipKind | None = None,
    ) -> Partnership:
        former = any(_PAST_FORMER.search(self.reading.plain[max(0, e.start - 12) : e.start]) for e in run)
        chosen = kind or kind_of(words, at)
        if chosen == "autre" and all(e.label == "COLLECTIVITY" or is_state(e) for e in run):
            # « échanges », « liens », « partenariat » of authorities, without an instrument.
            chosen = "cooperation_decentralisee"
        begun = first_year(self.reading, start, end)
        status = status_of(words)
        if status != "En projet" and not (former or begun or re.search(r"jumel|partenariat|cooperation", words)):
            status = None
        if (
            status == "Terminé"
            and not former
            and not re.search(r"\b(?:termine|acheve|clos|rompu|pris fin|denonce|passif)", words)
        ):
            status = None
        if former and status in (None, "En cours"):
            status = "Terminé"
        return Partnership(
            parties=unique_parties(self.reader.canonical(e) for e in run),
            kind=chosen,
            start=begun,
            status=status,
            evidence=tuple(dict.fromkeys((e.start, e.end) for e in run)),
        )


def read_partnerships(
    reader: Reader,
    agreements: Sequence[Agreement] = (),
    projects: Sequence[Project] = (),
    outright: Sequence[Partnership] = (),
) -> tuple[Partnership, ...]:
    """Return the partnerships of a document, merged; ``outright`` are those that clauses tell."""
    sentences = _Sentences(reader)
    found = [*sentences.read(), *partnerships_in_tables(reader), *partnerships_in_lists(reader)]
    found += [*partnerships_in_registers(reader), *partnerships_of_project_lists(reader)]
    found += [*partnerships_of_agreements(agreements, projects), *partnerships_of_items(reader), *sentences.at_work()]
    found += [*outright, *partnerships_of_twins(reader)]
    kept = [each for each in found if not _is_refused(reader, each)]
    return merge_partnerships([pair for each in kept for pair in _pairs_of_twins(reader, each)])


def _is_refused(reader: Reader, found: Partnership) -> bool:
    """Tell whether the item of a list that names the parties says that it was not chosen: « A / B / non retenu »."""
    text, plain = reader.reading.text, reader.reading.plain
    start, end = found.evidence[0][0], max(b for _, b in found.evidence)
    if "\n" in text[start:end]:
        return False
    line = reader.reading.line_at(start)
    begun = max(line[0], text.rfind(";", line[0], start) + 1)
    stop = text.find(";", end, line[1])
    stop = stop if stop >= 0 else line[1]
    item = stop - begun <= _LONGEST_ITEM and _REFUSED.search(plain, begun, stop) is not None
    return item or _REFUSED_ALL.match(plain, *line) is not None


def _pairs_of_twins(reader: Reader, found: Partnership) -> Iterator[Partnership]:
    """« A est jumelée avec B, C et D »: three twinnings; « A, B et C sont jumelées » stays one."""
    first, *others = found.evidence
    gap = reader.reading.plain[first[1] : others[0][0]] if others else ""
    apart = found.kind == "jumelage" and len(found.parties) == len(found.evidence) > 2 and _TWINNED.search(gap)
    if not apart or sorted(found.evidence) != list(found.evidence):
        yield found
        return
    for party_, span in zip(found.parties[1:], others, strict=True):
        yield found.model_copy(update={"parties": (found.parties[0], party_), "evidence": (first, span)})
