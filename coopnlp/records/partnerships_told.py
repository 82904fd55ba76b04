"""Partnerships that a clause tells by what is done with whom: « le projet mené avec B », « avec B, la Ville porte ».

Sentences are read as clauses (:mod:`~coopnlp.records.clauses`), where « la Région » is the body that speaks. Who
works with the body named is the subject of the clause, else the body that the document speaks for. Left out: what is
denied or only wished, and money given to a body for its own work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopnlp.records.clauses import Clause, Reader
from coopnlp.records.cooperation import first_year, kind_of
from coopnlp.records.parties import is_authority, party, same_name, unique_parties
from coopnlp.types import Entity, Partnership, PartnershipKind

__all__ = ["partnerships_told"]

_ONE = r"(?:<[CO]\d+>)"
_APPOSED = r"(?:\s*\([^()]{0,40}\)|,? (?:en|au|aux|a) (?:la |l'|le )?<[XS]\d+>)?"
_KIND_WORD = (
    r"(?:ville|commune|communaute|region|province|departement|association|ong|universite|cercle|wilaya|municipalite"
    r"|mairie)"
)
_BEFORE = (
    rf"(?:la |le |les |l'|celle de |celui de |une? )?(?:{_KIND_WORD} (?:\w+enne )?(?:de |d'|du )?(?:la |l'|le )?)?"
)
_LIST = rf"{_BEFORE}{_ONE}{_APPOSED}(?:(?:, | et | ainsi que |, et ){_BEFORE}{_ONE}{_APPOSED})*"
_WORK = (
    r"(?:projets?|operations?|actions?|chantiers?|programmes?|expositions?|spectacles?|inventaires?|collectages?"
    r"|journees?|ateliers?|residences?|festivals?|etudes?|recherches?|echanges?|formations?|album|livre|disque)"
)
_DONE = (
    r"(?:menee?s?|realisee?s?|conduite?s?|conduits?|porte(?:e|s|es)?|deposee?s?|organisee?s?|creee?s?|montee?s?"
    r"|construite?s?|elaboree?s?|preparee?s?|produite?s?|mise?s? en (?:oe|œ)uvre)"
)
_TOGETHER = r"(?: (?:conjointement|ensemble|en commun|aussi|depuis <[XD]\d+>))?"
_CLAUSE = r"[^.;:!?]"
_PATTERNS: tuple[tuple[str, PartnershipKind | None], ...] = (
    # « le projet « X », mené (par A) avec B », « l'opération conjointe avec B »
    (
        rf"\b{_WORK}\b(?:{_CLAUSE}{{0,90}}?\b){_DONE}{_TOGETHER} par (?P<a>{_LIST})"
        rf"(?:,? (?:avec|et|en lien avec|en partenariat avec) (?P<b>{_LIST}))?",
        "projet",
    ),
    (rf"\b{_WORK}\b(?:{_CLAUSE}{{0,90}}?\b){_DONE}{_TOGETHER} avec (?P<b>{_LIST})", "projet"),
    (rf"\b{_WORK} (?:conjointe?s?|communs?|communes?|en commun) avec (?P<b>{_LIST})", "projet"),
    (
        r"(?<!cooperation )(?<!partenariat )(?<!relations )\bque (?:portent|menent|conduisent|montent)"
        rf" (?:ensemble |conjointement )?(?P<a>{_LIST})",
        "projet",
    ),
    (
        rf"\b(?:que|qu')\s?(?P<a>(?:la |le |l')?{_ONE}) (?:mene|porte|conduit|realise|prepare) avec (?P<b>{_LIST})",
        "projet",
    ),
    # « le projet « X » que les deux villes mènent avec B »: the body that speaks and the one named before
    (
        r"\bque les (?:deux|trois) (?P<both>villes|communes|collectivites|municipalites|territoires|parties)"
        rf" (?:menent|portent|conduisent|realisent|preparent|montent) avec (?P<b>{_LIST})",
        "projet",
    ),
    # « que nous préparons avec B »
    (rf"\bque nous (?:preparons|menons|portons|conduisons|montons|realisons) avec (?P<b>{_LIST})", "projet"),
    # « A, centre de recherche, conduit déjà avec B un projet »
    (
        rf"(?P<a>{_ONE})(?:, [^,.;:<]{{3,60}}(?:<[XS]\d+>)?,)?,? (?:conduit|mene|porte|realise|prepare|monte)"
        rf"(?: deja| actuellement| aussi| ensuite)? avec (?P<b>{_LIST}),? (?:une? |le |la |l'|son |sa ){_WORK}\b",
        "projet",
    ),
    # « ce projet associe A et B »
    (rf"(?:\b{_WORK}{_CLAUSE}{{0,60}}|^il|^elle) (?:associe|reunit|reunissait|associait) (?P<a>{_LIST})", "projet"),
    # « A, qui s'allie à B dans », « A s'associe à B pour »
    (rf"(?P<a>{_ONE}),?(?: qui)? s'(?:allie|associe|est alliee?|est associee?) (?:a|au|avec) (?P<b>{_LIST})", "projet"),
    # « A recevra <A> pour accueillir, avec B, une résidence »
    (
        rf"(?P<a>{_ONE}) (?:recevra|recoit|obtient|a obtenu|beneficie){_CLAUSE}{{0,40}}\b(?:pour|afin de)\b"
        rf"{_CLAUSE}{{0,70}}\bavec (?P<b>{_LIST})",
        "projet",
    ),
    # « Avec B, la Région porte », « Avec B, A travaille sur »
    (
        rf"(?:^|[.;] )\W*avec (?P<b>{_LIST}), (?P<a>(?:la |le |l')?<C\d+>|nous)"
        r" (?:portons|porte|mene|menons|conduit)\b",
        "projet",
    ),
    (
        rf"(?:^|[.;] )\W*avec (?P<b>{_LIST}), (?P<a>(?:la |le |l')?<C\d+>|nous) (?:travaill\w+|cooper\w+|accompagn\w+"
        r"|echang\w+|entreten\w+|entretient|collabor\w+)\b",
        None,
    ),
    # « A travaille depuis 2006 avec B », « A est liée à B »
    (
        rf"(?P<a><C\d+>){_APPOSED},? (?:\w+ )?(?:travaille|coopere|collabore|echange|correspond)(?: \w+)?"
        rf"(?: depuis (?:plusieurs annees|<[XD]\d+>))?,? avec (?P<b>{_LIST})",
        None,
    ),
    # « A et B prépareront ensemble deux carnets »
    (
        rf"(?P<a>{_BEFORE}{_ONE}{_APPOSED} et {_BEFORE}{_ONE}{_APPOSED}),? (?:\w+ ){{0,2}}?\w{{3,}}(?:ent|ont)\b"
        rf"{_CLAUSE}{{0,40}}\b(?:ensemble|en commun|conjointement)\b",
        None,
    ),
    # « avec B, jumelée depuis 1981 »
    (r"\bavec (?P<b><[CX]\d+>)(?: \([^()]*\))?, jumelee?s? (?:depuis|en) ", None),
    # « B, ville jumelée avec A », « ses amis de B (jumelage scellé en 1992) »
    (
        r"(?P<b><[CX]\d+>)(?: \([^()]*\))?, (?:ville|commune) (?:jumelee|partenaire|amie|s(?:oe|œ)ur)"
        r" (?:avec|a|de|d')\s?"
        r"(?P<a>(?:la |le )?<C\d+>)",
        None,
    ),
    (rf"(?P<a><C\d+>){_CLAUSE}{{0,90}}\b(?:de |d'|a |avec )(?P<b><[CX]\d+>) \((?:jumelage|jumelee|jumelles)\b", None),
    # « la coopération de la Région avec B et C », « les relations avec B » of the body that speaks
    (
        rf"\b(?:cooperations?|relations|partenariat|echanges|liens) (?:de |d'|du |des )(?:la |l'|le )?(?P<a><C\d+>)"
        rf" avec (?P<b>{_LIST})",
        None,
    ),
)
_READ = tuple((re.compile(pattern), kind) for pattern, kind in _PATTERNS)
_NOT = re.compile(
    r"\b(?:n'|ne |aucun|jamais|sans (?:partenaire|lien)|pourrai\w+|souhait\w+|envisag\w+|si |refus\w+|abandonn\w+"
    r"|comme|a l'image|marche|prestation|entreprise|cabinet|bureau d'etudes|societe)\b"
)
_NOT_KEPT = re.compile(r",? (?:n'a|n'ont|n'est) (?:finalement )?(?:pas|plus)\b")
_HEAD = 600
_CALL = re.compile(r"\b(?:appels? a projets?|laureate?s?|concours|projets? (?:retenus?|soutenus?))\b")
_TOKEN = re.compile(r"<([COX]\d+)>")


def _entities(clause: Clause, words: str | None, *, town: bool = False) -> list[Entity]:
    named = [clause.entity(token) for token in _TOKEN.findall(words or "")]
    return [e for e in named if e.label in ("COLLECTIVITY", "ORG") or (e.label == "LOC" and town)]


class _Told:
    def __init__(self, reader: Reader) -> None:
        self.reader, self.reading = reader, reader.reading
        # What laureates of a call do together is a project.
        self.of_call = _CALL.search(reader.reading.plain, 0, _HEAD)

    def read(self) -> Iterator[Partnership]:
        for start, end in self.reading.sentences:
            taken: list[tuple[int, int]] = []
            words = self.reading.plain[start:end]
            if " avec " not in f" {words}" and not re.search(
                r"\b(?:par|portent|menent|associe|reunit|allie|ensemble|commun|jumel\w+)\b", words
            ):
                continue
            clause = self.reader.clause(start, end)
            for pattern, kind in _READ:
                for match in pattern.finditer(clause.template):
                    if any(a < match.end() and match.start() < b for a, b in taken):
                        continue
                    taken.append(match.span())
                    made = self._made(clause, match, kind, start, end)
                    if made is not None:
                        yield made

    def _made(
        self, clause: Clause, match: re.Match[str], kind: PartnershipKind | None, start: int, end: int
    ) -> Partnership | None:
        if _NOT.search(clause.template[max(0, match.start() - 40) : match.end()]):
            return None
        if _NOT_KEPT.match(clause.template, match.end()):
            return None
        groups = match.groupdict()
        ours = _entities(clause, groups.get("a"))
        # A town that is only said to be a twin may be tagged as a place.
        theirs = _entities(clause, groups.get("b"), town="jumel" in match[0])
        if groups.get("both"):
            named = [e for e in _entities(clause, clause.template[: match.start()]) if e.label == "COLLECTIVITY"]
            speaking = [self.reader.owner] if self.reader.owner is not None else []
            ours = [*speaking, *named]
            if len(unique_parties(self.reader.canonical(e) for e in ours)) != 2:
                return None
        if not ours:
            before = _entities(clause, clause.template[: match.start("b")])
            ours = [e for e in before if e.label == "COLLECTIVITY" or e is before[0]][:1]
            if not ours and self.reader.owner is not None:
                ours = [self.reader.owner]
        parties = unique_parties(self.reader.canonical(e) for e in (*ours, *theirs))
        public = [e.label == "COLLECTIVITY" or is_authority(party(e)) for e in (*ours, *theirs)]
        # Who carries one project together is a partnership whoever they are; else an authority takes part.
        if len(parties) < 2 or not (any(public) or kind == "projet"):
            return None
        if ours and all(same_name(party(ours[0]), p) for p in parties):
            return None
        words = self.reading.plain[start:end]
        at = clause.offset(match.start()) - start
        chosen = kind or kind_of(words, at)
        if chosen in ("autre", "projet") and kind is None:
            chosen = "cooperation_decentralisee" if all(public) else "autre"
        if chosen != "jumelage" and kind is None and self.of_call and "ensemble" in match[0]:
            chosen = "projet"
        return Partnership(
            parties=parties,
            kind=chosen,
            start=first_year(self.reading, start, end) if kind is None else None,
            evidence=tuple(dict.fromkeys((e.start, e.end) for e in (*ours, *theirs))),
        )


def partnerships_told(reader: Reader) -> Iterator[Partnership]:
    """Yield the partnerships that a clause tells by what bodies do together."""
    yield from _Told(reader).read()
