"""What a document speaks of where it names a sum without saying for what: the project, heading or subject above.

« Plan de financement : Région 3 000 € » under « Projet : Serres d'hiver », « la Ville y ajoute 500 € » after
« le projet « Serres d'hiver » », « lui attribuer 700 € » under the name of an association.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from coopnlp.records.clauses import Reader
from coopnlp.records.document_titles import title_of_document
from coopnlp.records.purpose_lines import is_sentence
from coopnlp.records.purpose_words import cleaned, is_object, is_purpose, joined
from coopnlp.records.reading import clip, plain
from coopnlp.types import Project

__all__ = ["Topics"]

Span = tuple[int, int]

_NOUN = (
    r"(?:projet|programme|operation|action|intitulee?|denommee?|baptisee?|nommee?|appelee?|festival"
    r"|exposition|evenement|manifestation|volet|spectacle|film|chantier|laboratoire)"
)
_QUOTED = re.compile(rf"\b{_NOUN}s?\b[^«»“”\".;:]{{0,40}}[:,]?\s*[«“\"]\s*(?P<what>[^«»“”\"]{{3,140}}?)\s*[»”\"]")
_LABEL = re.compile(
    r"[^\w«]*(?:(?:\d{1,2}|[a-z]|[ivx]{1,4})\s?[.)–-]+\s*)?(?:(?:nom|titre|intitule|objet|libelle|designation) (?:du"
    r" |de l'|de la )?)?"
    r"(?:projet|intitule|titre|objet|action|operation|programme|nom|libelle|denomination|concerne|delibere|affaire"
    r"|theme du projet)\b"
    r"[^:\n]{0,25}?\s*:\s*(?P<what>\S.{3,})"
)
# « Intitulé du projet », « 1. Désignation » alone on a line, over its value
_LABEL_ALONE = re.compile(
    r"\W*(?:\d{1,2}\s?[.)]\s*)?(?:(?:nom|titre|intitule|objet|libelle|designation)(?: (?:du |de l'|de la )(?:projet"
    r"|action|operation|programme))?|projet|action)\W*"
)
# « Projet 1.1 – Serres d'hiver »
_NUMBERED = re.compile(
    r"\W*(?:projet|action|fiche(?:[- ]action)?|operation|programme|volet)\s+(?:n°\s*)?\d[\d.]*\s*[:–—-]\s*"
    r"(?P<what>\S.{3,})"
)
# « Bénéficiaire : Club nautique », « Objet | quai flottant »: the fields of an item, each with its name before it
_FIELD = re.compile(
    r"(?:^|[|—–•;]|\s{3})[ \t#*•–-]*(?:(?P<who>(?:nom (?:du |de l'|de la )?)?(?:beneficiaire|intervenant|porteur(?: "
    r"(?:de|du) projet)?|demandeur|association"
    r"|structure|organisme|promoteur|laureat|maitre d'ouvrage|operateur|tiers)s?)"
    r"|(?:nom|titre|intitule|objet|libelle|designation)(?: (?:du |de l'|de la |de )(?:projet|action|operation"
    r"|programme|aide|subvention|demande))?"
    r"|projets?|actions?|operation|manifestation)\s*[:|]\s*(?P<what>(?:(?!\s{3}| [—–|] )[^\n|;])+)",
    re.M,
)
_NUMBER = re.compile(
    r"[\s#*•▪►■–-]*(?:(?:article|point|action|projet|volet|axe|fiche|n°|affaire|rapport)?\s*(?:n°\s*)?(?:\d{1,3}"
    r"(?:[.-]\d{1,3}){0,3}|[ivx]{1,5}|[a-z])\s?[.)°:–/-]+\s*)"
)
# Headings that say what part of a document begins, not what it is about.
_GENERIC = re.compile(
    r"(?:le |la |les |l'|notre |nos |un |rappel (?:du |de la |des )?|point sur (?:le |la |les )?)?(?:plans? de"
    r" financement|financements?|cofinancements?|financeurs?|cofinanceurs?|budgets?|moyens|recettes?|depenses?"
    r"|ressources?|charges|produits|"
    r"partenaires?|partenariats?|contexte|constats?|deroulement|suites?|conclusions?|bilan|calendrier|objectifs?"
    r"|presentation|descriptions?|resultats?|introduction|preambule|"
    r"expose|decide|decision|deliberations?|deliber\w+|resolutions?|resolu\w*|annexes?|article|seance|proces|compte"
    r" rendu|compte-rendu|ordre du jour|presents?|absents?|excuses?|pouvoirs|vote|adopte|"
    r"participants?|reponse|question|rapporteur|afd|base|fiche|bulletin|atlas|accueil|ministere|accueil|nouvelles?"
    r"|contacts?|pour (?:en savoir|tout|info)|signatures?|fait a|vu|considerant|attendu|en consequence|le conseil|le"
    r" maire|monsieur|madame|mesdames|page|sommaire|"
    r"observations?|remarques?|commentaires?|informations?|communique|note|rapport|lettre|courrier|extrait|registre"
    r"|republique|departement|arrondissement|canton|direction|service|commission|conseil|assemblee|comite de"
    r" pilotage|"
    r"associations?|subventions?|aides?|attributions?|repartition|tableaux?|liste|montants?|total|totaux"
    r"|beneficiaires?|laureats?|projets?|actions?|programmes?|operations?|activites?|"
    r"contributions?|participations?|apports?|montage|tour de table|couts?|annees?|exercice|date|lieu|duree|pays"
    r"|nature|objet|titre|affaires|divers|questions|mise en oeuvre|gouvernance|"
    r"en bref|a retenir|chiffres|actualites?|agenda|editorial|edito|sur le terrain|a propos|source|texte|photo"
    r"|temoignages?|entretien|propos|et apres|la suite|perspectives|evaluation|suivi|engagements?)\b"
    r"(?:[^\w«]*|.{0,45})"
)
# Titles that name the document or its meeting, not what it is about.
_DOCUMENT = re.compile(
    r"\b(?:seances?|proces-verb\w*|compte[- ]?rendus?|rapports?|fiches?|bulletins?|lettres?|notes?|communiques?"
    r"|liste|panorama|forum|assises|registre|"
    r"comite (?:executif|de pilotage)|conseil (?:municipal|departemental|regional|communautaire|general)|ordre du"
    r" jour|deliberations?|resolutions?|atlas|guide|"
    r"question|budget|bilan|base|atelier n°|assemblee|reunion|mission (?:cooperation|regionale)|infos?|gazette"
    r"|journal|n° ?\d+|association|direction|service)\b"
    r"|^(?:la )?cooperation decentralisee$"
)
_MONEY_HEAD = re.compile(
    r"\s*(?:plan(?: previsionnel)? de financement|financement|budget|moyens|montage financier|tableau de financement"
    r"|cofinancement|subventions?|aides?|participations?|attribution (?:d'une |de )?(?:subventions?|aides?)|"
    r"octroi d'une (?:subvention|aide)|demande de subvention|contributions?|versement d'une (?:subvention|aide)"
    r"|convention)"
    r"(?: (?:previsionnel|definitif|global|exceptionnelle?s?|de fonctionnement|financiere?s?|annuelle?s?))*\s*"
    r"(?:\([^)]*\))?\s*(?:,|:|–|-|du|de la|de l'|de|des|d'|pour|a l'|a la|au|aux|a)\s*(?:(?:l'|la |le |les )"
    r"(?!association))?"
)
# « la rénovation de la maternité », « un programme d'accès à l'eau »: a noun of doing with what is done.
_DONE = re.compile(
    r"(?:\b(?:la |le |les |une? |des |deux |trois |quatre |nos |leurs? |son |sa )|\bl')?"
    r"\b(?:construction|reconstruction|renovation|rehabilitation|restauration|refection|reparation|amenagement"
    r"|extension|equipement|electrification|achat|acquisition"
    r"|realisation|creation|organisation|installation|mise en (?:place|valeur|service)|animation|formation|accueil"
    r"|envoi|transport|raccordement|forages?|adduction"
    r"|etude|cycle|festival|exposition|residence|tournee|voyage|sejour|stages?|chantiers?|ateliers?|programme|projet"
    r" (?:commun |partage )?(?=sur|de |d')|campagne|amelioration|developpement"
    r"|renforcement|impression|edition|publication|traduction|modernisation|entretien|nettoyage|plantation"
    r"|reboisement|collecte|fourniture|distribution|remplacement"
    r"|pose|ouverture|fete|concerts?|rencontres?|colloque|forum|salon|tournoi|course|inventaire|travaux)s?"
    r"(?: (?!de |d'|du |des )[a-z]{4,14}){0,2}? (?:de |d'|du |des |sur |en |a la |a l'|au |aux |pour )"
    r"(?P<of>(?:(?!\b(?:est|sont|sera|seront|etait|etaient|a ete|ont|avait|aura|qui|que|dont|estime\w*|evalue\w*"
    r"|chiffre\w*|s'eleve\w*|coute\w*|se|fait|ont|sera|traite|trouve|mene\w*|conduit\w*|porte\w*|par la|par le|ou la"
    r"|ou le|ou les"
    r"|prevoit|prevue?s?|debute\w*|avec|grace|afin|pour un|d'un cout|d'un montant|engage\w*|lance\w*|mais|tandis"
    r"|soit)\b)[^.,;:()<>\n«»!?]|\n(?!\s*\n)){3,110})"
)
_BACK, _BACK_POINTED, _FIELDS, _TITLE = 150, 350, 1200, 150
_REACH, _NEAR, _ITEM = 3000, 200, 12
_LONGEST = 140
_MARK = re.compile(r"\s*(?:[-–—•*▪➤►›·■□◦▸]\s|\d{1,2}\s?[.)°]\s|[a-zA-Z]\s?\)\s|\(\d{1,2}\)\s)")


# Names of columns, as tables have them over their rows.
_HEADS = re.compile(
    r"\b(?:prevus?|realises?|total|sources?|tiers|objets?|montants?|annees?|financeurs?|declarant|partenaires?"
    r"|structures?|plan|cadre|recettes|"
    r"depenses|organismes?|points|forts|cad|eur|euros|usd|subventions?|vote|propose|nature|appuis|bailleurs?"
    r"|financier|beneficiaires?|associations?|communes?)\b"
)


def _heads(phrase: str) -> bool:
    """Tell whether a line is made of names of columns."""
    held = "".join(m[0] for m in _HEADS.finditer(plain(phrase)))
    return len(held) >= 0.5 * len(re.sub(r"\W|\d", "", phrase))


@dataclass(frozen=True)
class Topic:
    """What is spoken of from an offset on: by a label (l), a name in quotation marks (q), a project (p)."""

    start: int
    kind: str
    text: str


class Topics:
    """What one document speaks of, place by place."""

    def __init__(self, reader: Reader, projects: Sequence[Project], givers: frozenset[str]) -> None:
        self.reader = reader
        self.reading = reader.reading
        self.projects = projects
        self.givers = givers

    def above(self, offset: int, start: int = 0) -> str | None:
        """Return the closest topic told between ``start`` and the offset, within reach."""
        at = bisect_right(self._starts, offset) - 1
        low = max(start, offset - _REACH)
        return self._topics[at].text if at >= 0 and self._topics[at].start >= low else None

    def done_before(self, offset: int, start: int, pointed: bool) -> str | None:
        """Return the last thing done that is told between ``start`` and the offset: « la pose de la toiture ».

        ``pointed``: the sentence at the offset points at what was told (« y consacre »), which may be farther.
        """
        reading = self.reading
        found = None
        for match in _DONE.finditer(reading.plain, max(start, offset - (_BACK_POINTED if pointed else _BACK)), offset):
            phrase = cleaned(reading.text[slice(*match.span())])
            if is_purpose(phrase):
                found = phrase
        return found

    def of_fields(self, span: Span, start: int) -> str | None:
        """Return who and what the named fields of an item say, the last ones between ``start`` and a sum."""
        reading = self.reading
        who = what = title = None
        begin = max(start, span[0] - _FIELDS)
        for match in _FIELD.finditer(reading.plain, begin, span[0]):
            if reading.within(match.start("what"), match.end("what") + 1, ("AMOUNT",)):
                continue
            value = self._subject(reading.text[slice(*match.span("what"))])
            if match["who"]:
                if title is None or what is not None:
                    title = self.above(match.start(), max(start, match.start() - _TITLE)) if what is None else None
                who, what = value, None
            elif value is not None:
                what = value
        if what is None and who is not None:
            what = self.of_item(span)
        return joined([p for p in (title, who, what) if p])

    def of_item(self, span: Span) -> str | None:
        """Return the title of the item whose last lines hold a sum: the first line of its paragraph, or at its mark.

        A title that names only who gets the money is followed by what it is for.
        """
        reading = self.reading
        paragraph = reading.paragraph_at(span[0])
        line = reading.line_at(span[0])
        lines = [(a, b) for a, b in reading.lines_before(line[0], _ITEM) if a >= paragraph[0]]
        marked = [i for i, (a, b) in enumerate(lines) if _MARK.match(reading.text, a, b)]
        lines = lines[marked[-1] :] if marked and not _MARK.match(reading.text, *line) else lines if not marked else []
        if "|" in reading.text[slice(*line)]:
            return None
        sums = [i for i, (a, b) in enumerate(lines) if reading.within(a, b, ("AMOUNT",))]
        if not lines or len(lines) == _ITEM or 0 in sums:
            return None
        told: list[str] = []
        for start, end in lines[:2]:
            mark = _MARK.match(reading.text, start, end)
            text = reading.text[mark.end() if mark else start : end]
            stop = re.search(r"\.\s", text)
            what = self._subject(text[: stop.start()] if stop else text)
            if (
                what is None
                or len(what) > _LONGEST
                or re.search(r"\d{3}(?!\d)|\d ?%", what)
                or _heads(what)
                or _GENERIC.fullmatch(plain(what).strip(" :."))
            ):
                break
            if re.match(r"[^:]{3,30}:", text) and told:
                break
            if is_sentence(self.reader, start, start + len(text[: stop.start()] if stop else text)):
                break
            told.append(what)
        title = joined(told)
        named = reading.within(lines[0][0], lines[0][1], ("ORG", "PROJECT"))
        return title if title and (named or "«" in title or is_object(title)) else None

    def who_above(self, offset: int, start: int, taken: frozenset[str]) -> str | None:
        """Return the last organisation named between ``start`` and the offset that gives nothing itself."""
        for entity in reversed(self.reading.within(max(start, offset - _REACH), offset, ("ORG",))):
            if plain(entity.text) not in taken:
                return clip(entity.text)
        return None

    @cached_property
    def of_project(self) -> str | None:
        """The one project of the document."""
        titles = {plain(p.title): p.title for p in self.projects}
        return clip(next(iter(titles.values()))) if len(titles) == 1 else None

    @cached_property
    def of_document(self) -> str | None:
        """What the whole document is about: its stated subject, the one name it puts in quotation marks, its title."""
        stated = next((t for t in self._topics if t.kind == "l" and t.start < _REACH), None)
        if stated is not None:
            return stated.text
        named = {plain(t.text): t.text for t in self._topics if t.kind in "pq"}
        if len(named) == 1:
            return next(iter(named.values()))
        title = title_of_document(self.reading, None)
        title = self._subject(title) if title else None
        return title if title and is_object(title) and not _DOCUMENT.search(plain(title)) else None

    @cached_property
    def _starts(self) -> list[int]:
        return [t.start for t in self._topics]

    @cached_property
    def _topics(self) -> list[Topic]:
        found = [*self._by_lines(), *self._by_names()]
        return sorted(found, key=lambda t: t.start)

    def _by_names(self) -> list[Topic]:
        reading = self.reading
        found = [
            Topic(m.start(), "q", clip(reading.text[slice(*m.span("what"))])) for m in _QUOTED.finditer(reading.plain)
        ]
        found += [Topic(e.start, "p", clip(e.text)) for e in reading.entities if e.label == "PROJECT"]
        return [t for t in found if is_purpose(t.text) and plain(t.text) not in self.givers]

    def _by_lines(self) -> list[Topic]:
        reading, found = self.reading, []
        alone = False
        for start, end in reading.lines:
            line = reading.plain[start:end]
            if (
                alone
                and not reading.within(start, end, ("AMOUNT",))
                and (what := self._subject(reading.text[start:end]))
            ):
                found.append(Topic(start, "l", what))
            alone = _LABEL_ALONE.fullmatch(line) is not None
            if alone:
                continue
            label = _NUMBERED.match(line) or _LABEL.match(line)
            if label and "|" not in line and not reading.within(start, end, ("AMOUNT",)):
                what = self._subject(reading.text[start + label.start("what") : end])
                if what:
                    near = found[-1] if found and found[-1].kind == "l" and start - found[-1].start < _NEAR else None
                    found.append(Topic(start, "l", joined([near.text, what]) or what if near else what))
                    continue
        return found

    def _subject(self, text: str) -> str | None:
        """Return what a heading or label is about, without its words of money; None where nothing is left."""
        lead = _MONEY_HEAD.match(plain(text))
        phrase = cleaned(text[lead.end() :] if lead and is_purpose(text[lead.end() :]) else text)
        if not is_purpose(phrase) or plain(phrase) in self.givers:
            return None
        return phrase
