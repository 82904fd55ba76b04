"""``coop_linker``: identifiers for the authorities and states that a document names.

« Conseil régional d'Aquitaine » is ``fr-region:72``, « Laval (Mayenne) »
``fr-commune:53130``, « la MRC des Sources » ``qc-mrc:400``; « Laval » alone, in a
document that speaks of France and of Québec alike, stays without.

A name is read with its type word, inside the span or before it; its readings
are ranked by what stands near (:mod:`coopnlp.gazetteer.context`), and the best
is kept only by a clear margin. Sure mentions then speak for the others: the
same name, an acronym in brackets, the other party of a twinning.

Decisions. A dissolved region keeps its own code. A commune keeps the code it has
or had: the name of a merged commune gives the code of that commune, whose
``successor`` the gazetteer knows. A grouping is linked to the EPCI that carries
the name today, also from before a change of type. A regional conference of elected officers
is linked to its administrative region. An arrondissement of a town has a code in
Paris, Lyon and Marseille only. Organisations and funders that recur have identifiers
of the library's own table (:mod:`coopnlp.gazetteer.organisations`). Left out: other
organisations; places that are neither a country nor a federated state (``LOC``).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from spacy.language import Language

from coopnlp.gazetteer.context import Context, document_date
from coopnlp.gazetteer.index import Gazetteer
from coopnlp.gazetteer.organisations import Organisations
from coopnlp.gazetteer.places import FEDERAL, Candidate, Place, name_key
from coopnlp.gazetteer.scoring import Evidence
from coopnlp.gazetteer.typewords import Reading, before_name
from coopnlp.pipeline.surface import text_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["Linker", "create_linker"]

_QUEBEC, _QUEBEC_TOWN = "iso3166:CA-QC", "qc-municipalite:23027"
#: A lone reading must be this plausible: a French village passes, a small town of a
#: country that the document never names does not.
_LEAST_SCORE = 1.5
#: Where the gazetteer knows one place of that name, less is asked.
_LEAST_ALONE = 0.8
#: How far the best reading must be ahead of the next, in powers of ten, by how much more its
#: context says for it: 30 times the people where nothing but size speaks.
_MARGINS = ((1.0, 1.0), (0.5, 1.3), (float("-inf"), 1.5))
#: What a mention must have gained from its context to speak for others.
_SURE = 2.5
_OTHER_PARTY, _PARTY_NEAR, _APPOSITION, _WITHIN = 1.5, 0.8, 3.0, 5.0
_LEFT, _RIGHT, _PARTY_WITHIN = 160, 80, 400
_ARTICLE = re.compile(
    r"(?:^|[\s(«\"-])(?:(?:de |à |À )?(?:la |La |l'|L')|(?:le|Le|les|Les|du|des|au|aux|Du|Au|en|En) )\s*$"
)
_TO_TOWN = re.compile(r"(?:^|[\s(«\"])(?:à|À) $")
_OF_TOWN = re.compile(r"(?:^|[\s(«\"])(?:de|De) $")
_BRACKET = re.compile(r"\s?\(([^()\n]{2,60})\)")
#: A word that the end of a line cut: « Com-\nmune urbaine ».
_BROKEN = re.compile(r"(?<=[a-zà-öø-ÿ])-\n\s*(?=[a-zà-öø-ÿ])")
#: « Port-Louis, Maurice », « Sarmiento, en Patagonie ».
_APPOSED = re.compile(
    r", (?:(?:un |une )?(?:petite? |grosse? |gros |modeste )?(?:commune|village|bourg|bourgade|ville|cité"
    r"|sous-préfecture|chef-lieu)"
    r" (?:de |du |des |d'|dans |en )(?:la |le |les |l['’])?|en |au "
    r"|aux )?(?P<area>[A-ZÀ-Ý][\w'’ -]{2,30}?)(?=[,.;:)\n]| \(| et |$)"
)
_DATELINE = re.compile(r",? le \d{1,2}(?:er)? ")
_OPENING_ARTICLE = re.compile(r"(?:L[ae]s? |L')(?=[A-ZÀ-Ý])")
_SENTENCE_START = re.compile(r"(?:^|[.!?…»:;]|  )\s*$")
#: Islands with a state's code that bear the name of a saint, as many towns do.
_ISLANDS = frozenset({"MF", "BL", "SH", "LC", "VC", "KN"})
#: « île Maurice », « îles Comores »: said of countries, the name of which stands without it.
_ISLAND = re.compile(r"[ÎIîi]les? (?:de |d')?(?=[A-ZÀ-Ý])")
_SENTENCE = re.compile(r"[.!?…]\s|\n")
_COOPERATION = re.compile(r"jumel|coop[ée]r|partenariat|entente|convention|protocole|accord", re.I)
#: What stands between the two parties of an agreement: « entre Laval et Tours », « Laval-Tours ».
_BETWEEN = re.compile(
    r"\s?(?:[-–—/]|et|avec|à)\s?(?:la |le |l['’]|de |d['’]|du )?(?:ville |commune |municipalité )?(?:de |d['’]|du )?"
)
#: Two names are all of a line, as the heads of items of a list are: « 3. Saint-Félicien et Autun ».
_ITEM_MARK = re.compile(r"[\s\d.)°•*–—#>+-]*(?:[Ll]a |[Ll]e |[Ll]es |[Ll]['’])?")
_LINE_END = re.compile(r"\s*(?:[(|,:].*)?(?:\n|$)")
_ACRONYM = re.compile(r"[A-Z][A-Z0-9&-]{1,9}")
#: Overseas a region and a département have one name. Where one authority has been both for long, it is meant;
#: « La Réunion » alone does not say which of its two councils.
_TWO_OVERSEAS = {
    "la reunion": "", "reunion": "", "guadeloupe": "", "la guadeloupe": "", "mayotte": "fr-departement:976",
    "martinique": "fr-region:02", "la martinique": "fr-region:02",
    "guyane": "fr-region:03", "la guyane": "fr-region:03",
}  # fmt: skip
#: Countries whose name takes an article and is also a town's, whose name takes none: « à Luxembourg ».
_TOWN_WITHOUT_ARTICLE = frozenset({"LU", "PA", "GT", "KW", "SV"})


@dataclass
class _Mention:
    """An entity on its way to an identifier."""

    start: int
    end: int
    text: str
    label: str
    left: str
    right: str
    sentence: int
    key: str = ""
    word: Reading | None = None
    evidence: Evidence = field(default_factory=Evidence)
    place: Place | None = None
    sure: bool = False
    settled: bool = False
    told_where: bool = False

    @property
    def kb_id(self) -> str:
        return self.place.kb_id if self.place else ""


class _Bare(dict[int, str]):
    """Each character in lower case without its accents, found when it is first asked for."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(code))
        bare = self[code] = "".join(c for c in parts if not unicodedata.combining(c)).casefold()
        return bare


_BARE = _Bare()
_NOT_READ = re.compile(r"[^a-z0-9,.;:()]+")


def _loose(text: str) -> str:
    """Return lower case without accents, commas and full stops kept, for the text before a name."""
    return _NOT_READ.sub(" ", text.translate(_BARE))


@Language.factory("coop_linker", requires=["doc.ents"], assigns=["doc.ents", "token.ent_kb_id"])
def create_linker(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Make the component; it has no settings and nothing to train."""
    return Linker()


class Linker:
    """Give ``kb_id_`` to every ``COLLECTIVITY``, each ``LOC`` that is a state, and to organisations that recur.

    Parameters
    ----------
    gazetteer
        Where names are looked up; the one that ships where absent.
    """

    def __init__(self, gazetteer: Gazetteer | None = None) -> None:
        self.gazetteer = gazetteer or Gazetteer.load()

    def __call__(self, doc: Doc) -> Doc:
        """Link the entities; the identifiers they had before are replaced."""
        entities = doc.ents
        places = [ent for ent in entities if ent.label_ in ("COLLECTIVITY", "LOC")]
        bodies = [ent for ent in entities if ent.label_ in ("ORG", "FUNDER")]
        date = _date_of(doc)
        spans = [(ent.start_char, ent.end_char, ent.label_) for ent in places]
        identifiers = self.link(text_of(doc), spans, date) if places else []
        identifiers += self._bodies([ent.text for ent in bodies], date, identifiers)
        for ent, kb_id in zip([*places, *bodies], identifiers, strict=True):
            # An organisation that the table lacks keeps what another component gave it.
            for token in ent if kb_id or ent.label_ in ("COLLECTIVITY", "LOC") else ():
                token.ent_kb_id_ = kb_id
        return doc

    def _bodies(self, names: list[str], date: str | None, places: list[str]) -> list[str]:
        """Return identifiers of organisations; ``places`` are those of the document's authorities and states."""
        countries = {self._country(kb_id) for kb_id in set(places) if kb_id}
        year = int(date[:4]) if date and date[:4].isdigit() else None
        return Organisations.load().link([_BROKEN.sub("", name) for name in names], year, countries)

    def _country(self, kb_id: str) -> str:
        place = self.gazetteer.by_id(kb_id)
        if place is None or kb_id == _QUEBEC or place.kind.startswith("qc"):
            return "QC"
        return place.country

    def link(self, text: str, spans: list[tuple[int, int, str]], date: str | None = None) -> list[str]:
        """Return an identifier, or an empty string, for each ``(start, end, label)``.

        Parameters
        ----------
        text
            The whole document, which the offsets count in.
        spans
            Entities in order of position.
        date
            Of the document, ISO 8601; guessed from the text where absent.
        """
        date = date or document_date(text)
        context = Context(text, self.gazetteer)
        breaks = [match.end() for match in _SENTENCE.finditer(text)]
        mentions = [self._mention(text, span, context, date, breaks) for span in spans]
        for mention in mentions:
            self._decide(mention)
        self._read_acronyms(text, mentions)
        self._share(text, mentions)
        self._beside_towns(text, mentions)
        return [mention.kb_id for mention in mentions]

    def _mention(
        self, text: str, span: tuple[int, int, str], context: Context, date: str | None, breaks: list[int]
    ) -> _Mention:
        start, end, label = span
        surface = _BROKEN.sub("", text[start:end]).replace("\n", " ").replace("’", "'")
        left = text[max(0, start - _LEFT) : start].replace("’", "'").replace("\n", " ").replace("\u00a0", " ")
        mention = _Mention(start, end, surface, label, left, text[end : end + _RIGHT], bisect_right(breaks, start))
        name, qualifiers = self.gazetteer.split_qualifier(surface)
        island = _ISLAND.match(name) if label == "LOC" else None
        if island and "country" in (self.gazetteer.classes(name_key(name[island.end() :])) or ()):
            name = name[island.end() :]
        reading, _ = self.gazetteer.readings(name)
        mention.text, mention.key = name, reading.core
        if reading.word is None:
            found = before_name(_loose(left))
            if found and found[0].kinds:
                mention.word = Reading(reading.core, *found)
        mention.evidence = context.evidence(start, end, mention.key, date)
        bracket = _BRACKET.match(mention.right)
        if bracket and not _ACRONYM.fullmatch(bracket.group(1)):
            qualifiers = qualifiers or self.gazetteer.qualifier_places(bracket.group(1))
        apposed = _APPOSED.match(mention.right)
        if not qualifiers and apposed:
            named = self.gazetteer.qualifier_places(apposed["area"])
            for kb_id, said in named.items():
                # « Clermont, en Charlevoix » outweighs what else the sentence names; a country may be where one is
                near = _APPOSITION if kb_id.startswith("iso3166") else _WITHIN
                mention.evidence.add_near(kb_id, near, f"near {said}")
            mention.told_where = bool(named)
        mention.evidence.qualifiers = qualifiers
        if reading.word is None and mention.word is None:
            mention.evidence.article = _article(mention)
        return mention

    def _rank(self, mention: _Mention) -> list[Candidate]:
        ranked = self.gazetteer.rank(mention.text, mention.evidence, word=mention.word)
        if not ranked and mention.word is not None:  # « la région de Saint-Malo »: the word was of something else
            ranked = self.gazetteer.rank(mention.text, mention.evidence)
        return ranked

    def _decide(self, mention: _Mention) -> None:
        """Choose a reading, or none."""
        if mention.label == "LOC":
            mention.place = self._state(mention)
            return
        if mention.key == "quebec" and mention.word is None and name_key(mention.text) == "quebec":
            self._decide_quebec(mention)
            return
        ranked = self._rank(mention)
        own = {c.place.kb_id for c in ranked}
        ranked = self._with_area(mention, ranked)
        mention.place, mention.sure = _choose(ranked)
        if mention.word is None and name_key(mention.text) == mention.key and mention.key in _TWO_OVERSEAS:
            kb_id = _TWO_OVERSEAS[mention.key]
            mention.place, mention.sure = (self.gazetteer.by_id(kb_id), True) if kb_id else (None, False)
            mention.settled = True
            return
        if mention.place is None and mention.evidence.article == "definite":
            # « une entente avec l'Ontario »: a federated state is a party too.
            mention.place = self._state(mention)
            mention.settled = mention.place is not None
            return
        mention.settled = mention.place is not None and (len(ranked) == 1 or mention.place.kb_id not in own)

    def _with_area(self, mention: _Mention, ranked: list[Candidate]) -> list[Candidate]:
        """« La Marne y ajoute sa griffe »: an article that opens a sentence is not the one of the town of La Marne."""
        opening = _OPENING_ARTICLE.match(mention.text)
        if opening is None or mention.word is not None or not _SENTENCE_START.search(mention.left):
            return ranked
        evidence = replace(mention.evidence, article="definite")
        areas = [
            c for c in self.gazetteer.rank(mention.text[opening.end() :], evidence)
            if c.place.kind in ("departement", "region", "qc_region")
        ]  # fmt: skip
        return sorted([*ranked, *areas], key=lambda c: -c.score) if areas else ranked

    def _state(self, mention: _Mention) -> Place | None:
        """Return the country or federated state that a place name means, or None for any other place."""
        if mention.key != name_key(mention.text) and mention.key != "quebec":
            kinds = {"state", "country"}
        else:
            kinds = self.gazetteer.classes(mention.key) or set()  # type: ignore[assignment]
        if not kinds & {"state", "country"}:
            return None
        of_another = mention.word is not None and not mention.word.word.kinds & {"state", "country"}  # type: ignore[union-attr]
        if of_another and kinds & _TOWN_KINDS:  # « commune de France » is in France, « ville de Georgia » is not
            return None
        ranked = [
            c for c in self._rank(mention)
            if c.place.kind == "country" or _is_federated(c.place)
        ]  # fmt: skip
        if not ranked or (len(ranked) > 1 and ranked[0].score - ranked[1].score < 1.0):
            return None
        place = ranked[0].place
        # « le Jura », « la Vienne » of a text that says nothing of Switzerland or Austria
        if place.kind == "state" and place.kb_id != _QUEBEC and mention.word is None:
            areas = [c for c in self._rank(mention) if c.place.kind in ("departement", "region", "qc_region")]
            if areas and areas[0].score >= ranked[0].score:
                return None
        # « Saint-Martin »: an island and many towns
        named_as_towns = place.country in _ISLANDS and mention.evidence.article != "definite"
        if place.kind == "country" and named_as_towns and ranked[0].evidence <= 0:
            return None
        if place.kb_id == _QUEBEC:
            if mention.word is not None and "state" in mention.word.word.kinds:  # type: ignore[union-attr]
                return place  # « province de Québec »
            town = mention.evidence.article == "none" or _OF_TOWN.search(mention.left) or _DATELINE.match(mention.right)
            return None if town else place
        town_too = bool(kinds & _TOWN_KINDS)
        if place.kind == "country":
            town_sense = mention.evidence.article == "none" and place.country in _TOWN_WITHOUT_ARTICLE
            return None if town_sense else place
        in_bracket = mention.left.endswith("(") and mention.right.startswith(")")
        return place if not town_too or mention.evidence.article == "definite" or mention.word or in_bracket else None

    def _decide_quebec(self, mention: _Mention) -> None:
        """Tell « la coopération Bordeaux-Québec » from « le Québec », « à Québec » from « au Québec »."""
        province, town = self.gazetteer.by_id(_QUEBEC), self.gazetteer.by_id(_QUEBEC_TOWN)
        if mention.evidence.article == "definite":
            mention.place = province
        elif mention.evidence.article == "none" or _OF_TOWN.search(mention.left):
            mention.place, mention.sure = town, True
        # Without an article the other parties tell: see _share.

    def _beside_towns(self, text: str, mentions: list[_Mention]) -> None:
        """« Brest et Québec »: without an article, joined to a town by « et », it is the town; the State takes one."""
        for first, second in pairwise(mentions):
            for one, other in ((first, second), (second, first)):
                joined = re.fullmatch(r"\s?(?:,|et)\s", text[first.end : second.start])
                town = other.place is not None and other.place.kind in _PARTY_TOWNS
                bare = one.label == "LOC" and one.kb_id == _QUEBEC and one.evidence.article is None and one.word is None
                if joined and town and bare and name_key(one.text) == "quebec":
                    one.place = None

    def _read_acronyms(self, text: str, mentions: list[_Mention]) -> None:
        """« Communauté d'agglomération du Pays basque (CAPB) »: the acronym means what stands before it."""
        meanings: dict[str, _Mention] = {}
        for first, second in pairwise(mentions):
            between = text[first.end : second.start]
            if re.fullmatch(r"\s?\(", between) and _ACRONYM.fullmatch(second.text):
                meanings.setdefault(second.text, first)
        for mention in mentions:
            meaning = meanings.get(mention.text)
            if meaning is not None and mention.label == "COLLECTIVITY":
                mention.place, mention.sure, mention.settled = meaning.place, meaning.sure, True

    def _share(self, text: str, mentions: list[_Mention]) -> None:
        """Let sure mentions speak for the same name elsewhere, and parties for the other party."""
        parties = [mention for mention in mentions if mention.label == "COLLECTIVITY"]
        senses: dict[str, set[str]] = {}
        for mention in parties:
            if mention.sure and mention.kb_id:
                senses.setdefault(mention.key, set()).add(mention.kb_id)
        by_sentence: dict[int, list[_Mention]] = {}
        for mention in parties:
            by_sentence.setdefault(mention.sentence, []).append(mention)
        found = [mention for mention in parties if mention.place is not None]
        starts = [mention.start for mention in found]
        for mention in parties:
            if mention.settled:
                continue
            others = [m for m in by_sentence[mention.sentence] if m is not mention and m.key != mention.key]
            if mention.key == "quebec":
                if mention.place is None and any(m.place and m.place.kind in _PARTY_TOWNS for m in others):
                    mention.place = self.gazetteer.by_id(_QUEBEC_TOWN)
                continue
            if mention.word is None and not mention.told_where:
                sense = senses.get(mention.key, set())
                if len(sense) == 1:
                    mention.evidence.elsewhere = next(iter(sense))
            low, high = (
                bisect_left(starts, mention.start - _PARTY_WITHIN),
                bisect_right(starts, mention.end + _PARTY_WITHIN),
            )
            for other in found[low:high]:
                if other.key != mention.key and other.place is not None:
                    for parent in other.place.parents:
                        if parent.startswith(("fr-departement", "fr-epci", "qc-mrc")):
                            mention.evidence.add_near(parent, _PARTY_NEAR, f"near {other.place.name}")
            ranked = self._rank(mention)
            if len(others) == 1 and others[0].place is not None and _are_a_pair(text, mention, others[0]):
                ranked = _against(others[0].place.country, ranked)
            mention.place, mention.sure = _choose(ranked)


_TOWN_KINDS = frozenset({"city", "commune", "qc_municipalite"})
_PARTY_TOWNS = frozenset({"commune", "city", "qc_municipalite", "epci"})


def _is_federated(place: Place) -> bool:
    """Say whether a subdivision is a part of a federation, and no part of a part."""
    return place.kind == "state" and place.country in FEDERAL and len(place.parents) == 1


def _date_of(doc: Doc) -> str | None:
    """Return the date that the source file gives, where the document came from one."""
    extraction = doc._.extraction if doc.has_extension("extraction") else None
    return extraction.metadata.date if extraction is not None else None


def _article(mention: _Mention) -> Literal["definite", "none"] | None:
    """Read « la Vienne », « en Mayenne » against « à Vienne »."""
    if re.match(r"(?:[Ll]es? |[Ll]a |[Ll]')", mention.text):
        return None
    if _ARTICLE.search(mention.left):
        return "definite"
    return "none" if _TO_TOWN.search(mention.left) else None


def _are_a_pair(text: str, one: _Mention, other: _Mention) -> bool:
    """Say whether two parties are named as the two sides of a cooperation."""
    first, second = sorted((one, other), key=lambda mention: mention.start)
    around = text[max(0, first.start - 150) : second.end + 150]
    if _BETWEEN.fullmatch(text, first.end, second.start) is None:
        return False
    begin = text.rfind("\n", 0, first.start) + 1
    alone = _ITEM_MARK.fullmatch(text, begin, first.start) and _LINE_END.match(text, second.end)
    return alone is not None or _COOPERATION.search(around) is not None


def _against(country: str, ranked: list[Candidate]) -> list[Candidate]:
    """Prefer the readings outside a country, which is the other party's."""
    moved = [
        c if c.place.country == country else c.model_copy(update={"score": c.score + _OTHER_PARTY}) for c in ranked
    ]
    return sorted(moved, key=lambda c: -c.score)


def _choose(ranked: list[Candidate]) -> tuple[Place | None, bool]:
    """Return the reading that is clearly ahead, and whether context made it sure; None where nothing decides."""
    if not ranked or ranked[0].score < (_LEAST_SCORE if len(ranked) > 1 else _LEAST_ALONE):
        return None, False
    best = ranked[0]
    # What was merged into the best is no rival.
    rivals = [c for c in ranked[1:] if not best.place.kb_id or c.place.successor != best.place.kb_id]
    if rivals:
        more = best.evidence - rivals[0].evidence
        needed = next(margin for least, margin in _MARGINS if more >= least)
        if best.score - rivals[0].score < needed:
            return None, False
    return best.place, best.evidence >= _SURE or not rivals
