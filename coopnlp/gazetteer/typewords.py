"""The words before a name that say what kind of authority it is: « ville de », « MRC des », « conseil régional d' »."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from coopnlp.gazetteer.places import Kind

__all__ = ["EPCI_WORD", "TYPE_WORDS", "Reading", "TypeWord", "before_name", "read_type_words"]


@dataclass(frozen=True)
class TypeWord:
    """Phrases, as folded text, and the kinds they go with.

    ``subtypes`` narrows a foreign subdivision or a municipality of Québec to
    those whose own designation matches; ``strict`` says that the others of
    that kind are out. ``country`` narrows to the countries that use the word.
    """

    phrases: str
    kinds: frozenset[Kind]
    subtypes: str = ""
    strict: bool = False
    country: frozenset[str] = frozenset()


def _kinds(*kinds: Kind) -> frozenset[Kind]:
    return frozenset(kinds)


#: Countries whose subdivisions are called gouvernorats in French.
_GOVERNORATES = frozenset({"TN", "LB", "PS", "EG", "JO", "SY", "IQ", "GN", "YE", "OM", "KW", "BH"})
_TOWNS = _kinds("commune", "qc_municipalite", "city")

#: From the Code général des collectivités territoriales, the designations of the
#: Répertoire des municipalités du Québec, and the types of ISO 3166-2. Phrases
#: are regular expressions over folded text; the longest match is taken.
TYPE_WORDS: tuple[TypeWord, ...] = (
    TypeWord(
        "communes? urbaines?(?! de communes)|communes? rurales?|communes? nouvelles?|communes? deleguees?|communes?"
        "|mairies?|hotel de ville|conseils? municipa(?:l|ux)|conseil communal|maires?|mairesse|conseil de ville"
        "|communautes? rurales?|conseils?(?= d(?:e|u|es)? )",
        _TOWNS,
    ),
    TypeWord(  # what towns call themselves abroad, and the councils of the First Nations of Québec
        "gmina|prefeitura(?: municipal)?|primaria|camara(?: municipal)?|ayuntamiento|ajuntament|municipi[oe]s?"
        "|municipalidad(?: provincial| distrital)?|alcaldia|comune|comuna|stadt|gemeinde|city of|town of"
        r"|conseils? de bande|conseil de la (?:premiere )?nation(?: \w+)?|premiere nation"
        "|nation (?:crie|innue|huronne|naskapie)"
        "|conseil des (?:atikamekw|abenakis|innus|anicinabek|algonquins|micmacs|mohawks)",
        _kinds("city", "qc_municipalite"),
    ),
    TypeWord("villes?|cite", _TOWNS, "ville"),
    TypeWord("municipalites?", _TOWNS, "municipalite"),
    TypeWord("paroisse|municipalite de paroisse", _kinds("qc_municipalite"), "paroisse", strict=True),
    TypeWord("villages?(?: nordiques?| cris?)?|municipalite de village", _TOWNS, "village.*", strict=True),
    TypeWord("cantons? unis|municipalite de canton", _kinds("qc_municipalite"), "cantons?"),
    TypeWord("cantons?", _kinds("qc_municipalite", "state"), "cantons?", strict=True),
    TypeWord("arrondissements?|mairie d arrondissement", _kinds("arrondissement")),
    TypeWord(
        "departements?|conseils? departementa(?:l|ux)|conseils? genera(?:l|ux)|cg|cd",
        _kinds("departement", "state"), "departe?ment", strict=True,
    ),
    TypeWord(
        "regions?|conseils? regiona(?:l|ux)|etablissements? publics? regiona(?:l|ux)|gobierno regional(?: del)?",
        _kinds("region", "qc_region", "state"), ".*region|autonomous community",
    ),
    TypeWord("collectivite departementale", _kinds("departement")),
    TypeWord(
        r"collectivites?(?: \w+aise)?|collectivites? territoriales?|collectivite d outre mer|collectivita|cullettivita"
        "|assemblees?(?: territoriales?)?",
        _kinds("region", "country"),
    ),
    TypeWord("region administrative", _kinds("qc_region", "state"), ".*region"),
    TypeWord("conferences? regionales? des elue?s?|conference regionale des elus et elues|cre", _kinds("qc_region")),
    TypeWord("mrc|m r c|municipalites? regionales? de comte", _kinds("qc_mrc")),
    TypeWord(
        "communautes? de communes?|communautes? d agglomerations?|communautes? urbaines?"
        "|communautes? de l agglomeration|metropoles?|eurometropoles?|agglomerations?|agglo|intercommunalite"
        "|communaute|cc|ca|cu|cdc|com com"
        "|etablissement public territorial|ept",
        _kinds("epci"),
    ),
    TypeWord(
        "provinces?|provincia|diputacion(?: provincial)?|deputations?(?: provinciales?)?", _kinds("state"), ".*province"
    ),
    TypeWord("judet(?:ul)?|intendencia", _kinds("state"), "county|departe?ment"),
    TypeWord("wilayas?", _kinds("state"), "province|region", country=frozenset({"DZ", "MR"})),
    TypeWord("gouvernorats?", _kinds("state"), "governorate", country=_GOVERNORATES),
    TypeWord("prefectures?", _kinds("state"), ".*prefecture", strict=True),
    TypeWord("comtes?", _kinds("state"), ".*county", strict=True),
    TypeWord("districts?|district autonome", _kinds("state"), ".*district", strict=True),
    TypeWord("etats?|etat federe|etat libre|land|laender|lander", _kinds("state"), "state|land"),
    TypeWord("voivodies?|voievodies?|voivodats?|oblasts?", _kinds("state"), "voivodship|oblast|region"),
    TypeWord("communaute autonome|generalite|junte|communaute forale", _kinds("state"), "autonomous community"),
    TypeWord("republique|royaume|principaute", _kinds("country")),
    # Authorities for which no scheme of the guide has codes: named, so that they match nothing.
    TypeWord(
        r"communautes? metropolitaines?|cercles?|syndicats?(?: \w+){0,3}|poles? metropolitains?|poles?"
        "|collectivite europeenne|assemblees? provinciales?|comites? de jumelage|agglomeration urbaine|quartiers?|pays",
        frozenset(),
    ),
)  # fmt: skip

#: The type word of groupings, for names that say it at their end (« Lorient Agglomération »).
EPCI_WORD = next(word for word in TYPE_WORDS if "epci" in word.kinds)

#: « de » and its contractions, which stand between the type word and the name; articles stay.
_LINK = r"(?:\s+(?:de|d|du|des))?"
_START = tuple(
    (re.compile(rf"(?:{word.phrases})(?:{_LINK}\s+(?!(?:aux?|sur|sous|en|et) )(?=\S))"), word) for word in TYPE_WORDS
)
_END = tuple(
    (re.compile(rf"(?:^|[ ,(])((?:{word.phrases}))(?:\s+(?:de la|de l|du|des|de|d|la|le|les|l))?\s*$"), word)
    for word in TYPE_WORDS
)
#: Most text before a name has no type word at all, or none that ends it: one search instead of one for each.
_EVERY = "|".join(word.phrases for word in TYPE_WORDS)
_ANY = re.compile(rf"(?:^|[ ,(])(?:{_EVERY})")
_ANY_END = re.compile(rf"(?:^|[ ,(])(?:{_EVERY})(?:\s+(?:de la|de l|du|des|de|d|la|le|les|l))?\s*$")
#: « villes de Montréal et de », « MRC d'Autray, de Joliette et de »: the type word of a list.
_MEMBERS = (
    r"(?: (?:de la|de l|du|des|de|d))?(?: [^,.;:()]{2,40}?(?:,| et| ou)){1,6}"
    r"(?: (?:de la|de l|du|des|de|d|la|le|les|l))?\s*$"
)
_LIST = tuple((re.compile(rf"(?:^|[ ,(])((?:{word.phrases})){_MEMBERS}"), word) for word in TYPE_WORDS if word.kinds)
_ANY_LIST = re.compile(rf"(?:^|[ ,(])(?:{'|'.join(word.phrases for word in TYPE_WORDS if word.kinds)}){_MEMBERS}")
_PLURAL = re.compile(r"\w*(?:s|x)\b|mrc|m r c")
_MOST_WORDS = 4


@dataclass(frozen=True)
class Reading:
    """A name without its type words. ``word`` is None where there was none; ``phrase`` is what was read."""

    core: str
    word: TypeWord | None = None
    phrase: str = ""


def read_type_words(key: str, known: Callable[[str], bool] | None = None) -> Reading:
    """Strip type words from a folded name; the innermost one decides.

    ``known`` stops it where what is left is a name (« communauté de communes
    des Villes Sœurs », « du Pays basque »).

    >>> read_type_words("conseil regional d aquitaine").core
    'aquitaine'
    >>> read_type_words("mairie de la ville de tarnos").phrase
    'ville'
    """
    reading = Reading(key)
    for _ in range(_MOST_WORDS):
        if reading.word is not None and known is not None and known(reading.core):
            break
        text = re.sub(r"^(?:la|le|les|l)\s+(?=\S)", "", reading.core)
        found = [(match, word) for pattern, word in _START if (match := pattern.match(text))]
        if not found:
            break
        match, word = max(found, key=lambda pair: pair[0].end())
        if not word.kinds and (reading.word is not None or (known is not None and known(text))):
            break
        phrase = re.sub(r"\s+(?:de|d|du|des)$", "", match.group().strip())
        reading = Reading(text[match.end() :], word, phrase)
    return reading


def before_name(left: str) -> tuple[TypeWord, str] | None:
    """Return the type word that ends the text before a name, or heads the list that the name stands in.

    Parameters
    ----------
    left
        Text before the name in lower case without accents, commas kept.

    >>> before_name("entre les villes de ")[1], before_name("les mrc d autray, de joliette et de ")[1]
    ('villes', 'mrc')
    """
    if _ANY.search(left) is None:
        return None
    if _ANY_END.search(left):
        found = [(match.group(1), word) for pattern, word in _END if (match := pattern.search(left))]
        phrase, word = max(found, key=lambda pair: len(pair[0]))
        return word, phrase
    if _ANY_LIST.search(left) is None:
        return None
    lists = [(match.start(1), match.group(1), word) for pattern, word in _LIST if (match := pattern.search(left))]
    plural = [(start, phrase, word) for start, phrase, word in lists if _PLURAL.match(phrase.split()[0])]
    if plural:
        _, phrase, word = max(plural, key=lambda item: (item[0], len(item[1])))
        return word, phrase
    return None
