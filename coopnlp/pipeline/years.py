"""Bare years and ranges of years: « en 2009 », « 2008-2010 », « 2012/2013 », « (1998) ».

Four digits are a year unless what stands around them says otherwise: a
reference (« loi n° 2014-773 », « résolution 2009-318 »), a count (« 2000
habitants »), a sum, a telephone or file number. Flat text throughout.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from coopnlp.pipeline.calendar_points import Point
from coopnlp.pipeline.surface import repair_digits

__all__ = ["years"]

_Y = r"(?:1[5-9][\dol]{2}|l9\d\d|2[0o][\dol]{2})"
_YEARS = re.compile(
    rf"(?<![a-z0-9.,_#@/-])(?<!\d:)(?P<first>{_Y})(?![\dol])"
    rf"(?P<more>(?:[ ]?[-/][ ]?{_Y}(?![\dol]))*)"
    r"(?P<short>[-/]\d\d(?!\d))?"
)
# A count, a measure or a sum follows. The nouns are what administrative documents count.
_COUNTED = re.compile(
    r"[ \n]?(?:€|\\?\$|£|%|°|k€|m€|m2|m3|m²|m³|k?wh?c?\b|[kmgt]o\b)|"
    r"[ \n](?:euros?|francs?|dollars?|f|fcfa|cfa|eur|cad|usd|"
    r"km2?|ha|hectares?|metres?|kilometres?|kg|kilos?|tonnes?|litres?|h|heures?|hab|habitants?|ames|personnes?|ans|jours|"
    r"nuits|mois|semaines|eleves|etudiants?|etudiantes|exemplaires?|participants?|participantes|visiteurs|spectateurs|"
    r"arbres?|plants|foyers?|familles|menages|emplois|salaries|membres|adherents|logements|lits|places|km²|"
    r"signes|mots|pages|pieces|livres|ouvrages|enfants|femmes|hommes|jeunes|agents|points?|voix|unites|boites|repas|"
    r"abonnes|entreprises|communes|villages|cfa|dinars?|dirhams?|pesos?|millions?|milliards?)(?![a-z])"
)
# Words in s or x that are no plural noun.
_NO_NOUNS = (
    "sous dans mais puis sans vers alors depuis apres plus tous toutes trois six dix deux chez moins tres pas "
    "nous vous ils elles les des ses ces leurs aux nos mes tes quels lors jamais toujours parfois ailleurs "
    "desormais dehors ensuite avons avez suis sommes etes francais quebecois aurons sept-huit fois temps pays "
    "cours ans apres-midi avais avions etions repris pris mis permis compris promis appris acquis soumis "
)
_NOT_PLURAL = frozenset(_NO_NOUNS.split())
_NEXT_WORD = re.compile(r" ([a-z'-]+)")
_SURE_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:en|depuis|des|avant|apres|jusqu'en|jusqu'a|annees?|an|exercices?|saisons?|rentree|budgets?|fin|"
    r"debut|courant|horizon|edition|millesime|entre|date|nee?|et|ou|a|de|scolaires?|"
    r"universitaires?|civiles?|mi)[ \n:-]{1,2}$|"
    r"[(\[©«:;][ \n]?$"
)
_COUNT_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:quelques?|environ|plus[ \n]de|moins[ \n]de|pres[ \n]de|au[ \n]moins|quelque)[ \n]$"
)
_DETERMINED = re.compile(r"(?:^|[^a-z])(?:les|des|ces|nos|vos|leurs|ses|mes|aux)[ \n]$")
_REFERENCE_BEFORE = re.compile(
    r"(?:[^a-z]|^)(?:n°|nº|no\.?|n\.|num|numeros?|lois?(?:[ \n](?!d[eu][ \n])[a-z]+)?|articles?|art\.?|"
    r"chapitres?|chap\.?|comptes?|lignes?|pages?|pp?\.|folio|fo|resolutions?|deliberations?|decisions?|decrets?|"
    r"arretes?|dcm|del|ref|reference|tel|telephone|poste|fax|(?<!au )(?<!du )(?<!le )bp|lc|sc|credit|cs|cedex|"
    r"normes?|iso|siret|siren|lot|rue|boulevard|"
    r"avenue|salle|local|bureau|identifiant|id|nf en|rd|rn|route (?:nationale|departementale))"
    r"[ \n.:]{0,3}$"
)
# « au 2010, rue Saint-Denis »
_STREET_AFTER = re.compile(r",? (?:bis |ter )?(?:rue|avenue|boulevard|bd|chemin|rang|quai|allee|impasse) ")
_LAST_YEAR = 2099
# Outside these a number is a year only after a word that says so; 1800 and 2060 bound what archives date and plan.
_FIRST_LIKELY, _LAST_LIKELY = 1800, 2060
_WORD_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:en|depuis|des|avant|apres|jusqu'en|annees?|an|vers|entre|horizon|de|fin|debut|nee? en|et)"
    r"[ \n]$|\($"
)
_ROW_NUMBER = re.compile(r"\n\d{3,6} [a-z]")


def _year(written: str) -> int:
    return int(repair_digits(written))


def _is_year(flat: str, start: int, end: int) -> bool:
    """Say whether four digits that stand alone are a year."""
    before, after = flat[max(0, start - 28) : start], flat[end : end + 28]
    if re.match(r"[a-z0-9_@#]|[.,/]\d|[-/][a-z0-9]|['.][a-z]", after) or _COUNTED.match(after):
        return False
    if _STREET_AFTER.match(after) and not _SURE_BEFORE.search(before):
        return False
    if re.match(r" \d{3}(?!\d)", after) or (re.search(r"\d[ .]$", before) and re.match(r"[ .]\d", after)):
        return False
    if flat.startswith("1901", start) and re.search(r"(?:^|[^a-z])loi (?:de |du )?$", before):
        return False
    if not _FIRST_LIKELY <= int(repair_digits(flat[start:end])) <= _LAST_LIKELY and not _WORD_BEFORE.search(before):
        return False
    if _COUNT_BEFORE.search(before) or _REFERENCE_BEFORE.search(before):
        return False
    word = _NEXT_WORD.match(after)
    if word is None:
        return True
    if _DETERMINED.search(before):
        # « dès 2014 avec » reads like « des 2014 » here: only a plural noun makes a count.
        return not word.group(1).endswith(("s", "x")) or word.group(1) in _NOT_PLURAL
    plural = word.group(1)[-1] in "sx" and len(word.group(1)) > 3 and word.group(1) not in _NOT_PLURAL
    return not plural or _SURE_BEFORE.search(before) is not None


def _has_row_numbers(flat: str) -> bool:
    """Say whether lines of the document begin with order numbers that no year can be (« 5882 ESPACE JEUNES »)."""
    numbers = [int(m.group().split()[0]) for m in _ROW_NUMBER.finditer(flat)]
    strange = sum(not _FIRST_LIKELY <= n <= _LAST_LIKELY for n in numbers)
    return strange > 3 and 2 * strange > len(numbers)


def years(flat: str) -> Iterator[Point]:
    """List the bare years and unbroken ranges of years of a flat text."""
    numbered: bool | None = None
    for match in _YEARS.finditer(flat):
        first = _year(match["first"])
        start, end = match.span()
        if flat[start - 1 : start] == "\n" and end - start == 4 and flat[end : end + 1] == " ":
            if numbered is None:
                numbered = _has_row_numbers(flat)
            if numbered:
                continue
        chain = [first, *(_year(y) for y in re.findall(_Y, match["more"]))]
        if match["short"]:
            short = int(match["short"][1:])
            century = chain[-1] - chain[-1] % 100
            last = century + short + (100 if short < chain[-1] % 100 else 0)
            if not 0 < last - chain[-1] <= 10:
                continue
            chain.append(last)
        if len(chain) > 1:
            rising = all(a < b for a, b in itertools.pairwise(chain))
            reference = re.match(r"[-/][a-z0-9]|[a-z0-9_]|[.,]\d", flat[end : end + 2])
            if rising and not reference and chain[-1] <= _LAST_YEAR and chain[-1] - first <= 150:
                yield Point(start, end, "year", first, last_year=chain[-1])
            elif not reference and "-" in match["more"] and " " in match["more"]:
                pass
            continue
        if first <= _LAST_YEAR and _is_year(flat, start, end):
            yield Point(start, end, "year", first)
