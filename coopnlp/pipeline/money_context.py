"""What a whole document says about the currencies that its sums leave open.

A bare « $ », « francs », « F CFA » or « dinars » names a family; which currency
it is follows from the places and the years around it, in this order: the same
paragraph, then the document, nearer mentions first. Where nothing decides the
currency stays absent.

Countries are listed with their name, adjective and chief towns; the towns are
the capitals and the partners named most often in French decentralised
cooperation (atlas of the ministry of foreign affairs).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from functools import cached_property

__all__ = ["MoneyContext"]

# Country: stems in flat text, each matched at the start of a word.
_PLACES: dict[str, tuple[str, ...]] = {
    "CA": ("quebec", "canad", "montreal", "ottawa", "ontari", "acadie", "nouveau-brunswick", "gatineau", "sherbrooke",
           "trois-rivieres", "saguenay", "lanaudiere", "mauricie", "gaspe", "chicoutimi", "rimouski", "manitoba",
           "nunavik", "abitibi", "monteregie", "outaouais", "estrie", "charlevoix", "mrc", "cegep", "biennie",
           "lojiq", "ffqcd", "umq"),
    "US": ("etats-unis", "etats unis", "etasunien", "new york", "new-york", "washington", "louisiane", "usaid",
           "chicago",
           "boston", "la nouvelle-orleans", "san francisco", "los angeles", "philadelphi"),
    "AU": ("australi", "sydney", "melbourne"),
    "NZ": ("nouvelle-zelande", "neo-zelandais"),
    "HK": ("hong kong", "hong-kong"),
    "SG": ("singapour",),
    "CH": ("suisse", "geneve", "genevois", "lausanne", "neuchatel", "fribourg", "berne", "vaudois", "valaisan",
           "canton de vaud", "canton du valais", "canton du jura", "zurich", "bale"),
    "BE": ("belgi", "belge", "bruxell", "wallon", "liege", "namur", "gand", "anvers", "charleroi"),
    "LU": ("luxembourg",),
    "SN": ("senegal", "dakar", "saint-louis du senegal", "matam", "ziguinchor", "casamance", "kaolack", "rufisque",
           "tambacounda", "pikine", "podor", "thies", "kolda", "louga", "fatick"),
    "ML": ("mali", "malien", "bamako", "kayes", "tombouctou", "mopti", "sikasso", "segou", "gao", "kidal", "koulikoro",
           "bandiagara"),
    "BF": ("burkina", "ouagadougou", "bobo-dioulasso", "koudougou", "ouahigouya", "dori", "tenkodogo", "haute-volta"),
    "BJ": ("benin", "cotonou", "porto-novo", "parakou", "abomey", "djougou", "natitingou", "ouidah", "dahomey",
           "atacora", "borgou"),
    "TG": ("togo", "lome", "kara", "sokode", "dapaong", "tsevie", "atakpame", "aneho"),
    "NE": ("niger", "nigerien", "niamey", "zinder", "maradi", "agadez", "tahoua", "dosso", "tillaberi"),
    "CI": ("cote d'ivoire", "cote-d'ivoire", "ivoirien", "abidjan", "yamoussoukro", "bouake", "daloa", "korhogo"),
    "GW": ("guinee-bissau", "bissau"),
    "CM": ("cameroun", "yaounde", "douala", "bafoussam", "garoua", "maroua", "dschang", "bamenda", "ngaoundere",
           "feicom", "ebolowa", "bangangte", "bertoua"),
    "GA": ("gabon", "libreville", "franceville"),
    "TD": ("tchad", "n'djamena", "ndjamena", "moundou", "abeche"),
    "CF": ("centrafri", "bangui"),
    "CG": ("congo-brazzaville", "brazzaville", "pointe-noire", "republique du congo", "dolisie"),
    "GQ": ("guinee equatoriale", "malabo"),
    "CD": ("republique democratique du congo", "rdc", "kinshasa", "lubumbashi", "goma", "bukavu", "kisangani", "zaire",
           "congo-kinshasa"),
    "GN": ("guinee", "conakry", "kindia", "labe", "kankan", "guineen"),
    "RW": ("rwanda", "kigali"),
    "BI": ("burundi", "bujumbura"),
    "DJ": ("djibouti",),
    "KM": ("comores", "comorien", "moroni", "anjouan", "moheli", "fomboni", "grande comore", "mutsamudu"),
    "MG": ("madagascar", "malgache", "antananarivo", "tananarive", "toamasina", "tamatave", "fianarantsoa",
           "mahajanga", "majunga", "antsirabe", "diego-suarez", "antsiranana"),
    "PF": ("polynesie", "tahiti", "papeete", "tahitien"),
    "NC": ("nouvelle-caledonie", "noumea", "caledonien", "kanak"),
    "WF": ("wallis",),
    "MA": ("maroc", "rabat", "casablanca", "agadir", "marrakech", "fes", "tanger", "meknes", "oujda", "essaouira",
           "tiznit", "figuig", "taroudant", "souss", "chefchaouen", "tetouan", "errachidia"),
    "AE": ("emirats", "dubai", "abou dhabi", "abu dhabi"),
    "TN": ("tunisi", "sfax", "sousse", "kairouan", "gabes", "gafsa", "bizerte", "mahdia", "djerba", "tataouine",
           "medenine", "monastir", "jendouba", "beja", "siliana", "kasserine", "ben gardane", "tozeur", "le kef"),
    "DZ": ("algeri", "alger", "oran", "constantine", "annaba", "tlemcen", "bejaia", "setif", "tizi ouzou", "kabyl",
           "wilaya", "tizi-ouzou", "mostaganem", "blida", "ghardaia", "el eulma"),
    "LY": ("libye", "libyen", "benghazi"),
    "JO": ("jordani", "amman"),
    "RS": ("serbie", "serbe", "belgrade", "novi sad"),
    "IQ": ("irak", "bagdad", "erbil"),
    "MX": ("mexique", "mexicain", "mexico", "guadalajara", "oaxaca", "chiapas", "puebla"),
    "AR": ("argentin", "buenos aires", "cordoba", "rosario"),
    "CL": ("chili", "santiago du chili", "valparaiso", "santiago-du-chili"),
    "CO": ("colombi", "bogota", "medellin", "cali ", "carthagene"),
    "CU": ("cuba", "la havane", "cienfuegos", "santa clara"),
    "UY": ("uruguay", "montevideo"),
    "DO": ("republique dominicaine", "saint-domingue", "dominicain"),
    "PH": ("philippin", "manille"),
    "IN": ("inde ", "inde,", "inde.", "inde)", "indien", "pondichery", "karikal", "mumbai", "new delhi", "kerala"),
    "MU": ("ile maurice", "l'ile maurice", "mauricien", "port-louis", "rodrigues"),
    "PK": ("pakistan",), "LK": ("sri lanka", "sri-lanka"), "NP": ("nepal", "katmandou"), "SC": ("seychell",),
    "ID": ("indonesi", "jakarta"),
    "SE": ("suede", "suedois", "stockholm", "goteborg"), "NO": ("norveg", "oslo", "bergen"),
    "DK": ("danemark", "danois", "copenhague"), "CZ": ("tchequ", "tcheque", "prague", "brno"), "IS": ("islande",),
    "GB": ("royaume-uni", "angleterre", "anglais", "ecosse", "pays de galles", "londres", "britanni", "cardigan"),
    "LB": ("liban", "beyrouth", "byblos", "jbeil", "tripoli", "saida", "zahle", "baalbek", "batroun"),
    "EG": ("egypt", "le caire", "alexandrie"), "SY": ("syrie", "damas", "alep"), "TR": ("turqu", "istanbul", "ankara"),
    "SD": ("soudan",),
    "IT": ("itali", "rome", "turin", "milan", "naples"),
    "KE": ("kenya", "nairobi"), "TZ": ("tanzani",), "UG": ("ouganda", "kampala"),
    "IR": ("iran", "teheran"), "OM": ("oman",), "YE": ("yemen", "sanaa"), "SA": ("arabie saoudite", "riyad"),
    "QA": ("qatar",), "BR": ("bresil", "sao paulo", "rio de janeiro", "minas gerais"),
    "RO": ("roumani", "roumain", "bucarest", "cluj", "iasi", "timisoara"), "MD": ("moldavi", "moldav", "chisinau"),
    "PT": ("portug", "lisbonne", "porto "), "CV": ("cap-vert", "cap vert", "cap-verdien", "praia"),
    "MR": ("mauritani", "nouakchott", "nouadhibou", "kaedi", "rosso", "atar"),
    "FR": ("france", "francais", "conseil general", "departement", "prefecture", "prefet", "conseil regional"),
}  # fmt: skip

# Stems of an adjective or of several words; any other stem is a whole word.
_OPEN = frozenset(
    stem
    for stems in _PLACES.values()
    for stem in stems
    if (len(stem) > 5 and " " not in stem)
    or stem in ("canad", "belge", "belgi", "gabon", "tchad", "benin", "maroc", "liban", "serbe", "turqu", "gaspe",
                "egypt",
                "itali", "nepal", "qatar", "kabyl", "suede")
)  # fmt: skip
_WORD_HEAD = re.compile(r"(?<![a-z0-9])(?=([a-z][a-z' -][a-z]))")
_BY_HEAD: dict[str, list[tuple[str, str]]] = {}
for _country, _stems in _PLACES.items():
    for _stem in _stems:
        _BY_HEAD.setdefault(_stem[:3], []).append((_stem, _country))

_BY_COUNTRY: dict[str, dict[str, str]] = {
    "dollar": {"CA": "CAD", "US": "USD", "AU": "AUD", "NZ": "NZD", "HK": "HKD", "SG": "SGD"},
    "cfa": dict.fromkeys(("SN", "ML", "BF", "BJ", "TG", "NE", "CI", "GW"), "XOF")
    | dict.fromkeys(("CM", "GA", "TD", "CF", "CG", "GQ"), "XAF"),
    "dirham": {"MA": "MAD", "AE": "AED"},
    "dinar": {"TN": "TND", "DZ": "DZD", "LY": "LYD", "JO": "JOD", "RS": "RSD", "IQ": "IQD"},
    "peso": {"MX": "MXN", "AR": "ARS", "CL": "CLP", "CO": "COP", "CU": "CUP", "UY": "UYU", "DO": "DOP", "PH": "PHP"},
    "roupie": {"IN": "INR", "MU": "MUR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "SC": "SCR", "ID": "IDR"},
    "couronne": {"SE": "SEK", "NO": "NOK", "DK": "DKK", "CZ": "CZK", "IS": "ISK"},
    "livre": {"GB": "GBP", "LB": "LBP", "EG": "EGP", "SY": "SYP", "TR": "TRY", "SD": "SDG"},
    "lire": {"IT": "ITL", "TR": "TRY"},
    "shilling": {"KE": "KES", "TZ": "TZS", "UG": "UGX"},
    "rial": {"IR": "IRR", "OM": "OMR", "YE": "YER", "SA": "SAR", "QA": "QAR", "BR": "BRL"},
    "leu": {"RO": "RON", "MD": "MDL"},
    "escudo": {"PT": "PTE", "CV": "CVE"},
    "fc": {"KM": "KMF", "CD": "CDF"},
    "um": {"MR": "MRU"},
    "franc": {
        "CH": "CHF", "BE": "BEF", "LU": "LUF", "GN": "GNF", "CD": "CDF", "RW": "RWF", "BI": "BIF", "DJ": "DJF",
        "KM": "KMF", "MG": "MGF", "PF": "XPF", "NC": "XPF", "WF": "XPF",
    } | dict.fromkeys(("SN", "ML", "BF", "BJ", "TG", "NE", "CI", "GW"), "XOF")
    | dict.fromkeys(("CM", "GA", "TD", "CF", "CG", "GQ"), "XAF"),
}  # fmt: skip

# Where no country is named, the reading that French documents mean: the Moroccan dirham, the
# Romanian leu, the Italian lira. « $ » and « dollars » without a country are Canadian: the sign
# after the number is the French-Canadian usage, and a French author who means another says so.
_UNSAID = {"dollar": "CAD", "dirham": "MAD", "leu": "RON", "lire": "ITL"}
# « Guinée » and « Niger », « Congo » inside another country's name.
_NOT_AFTER = {"GN": re.compile(r"guinee[ -](?:bissau|equatoriale)")}

_YEAR = re.compile(r"(?<![\d.,/-])(?:1[89]\d\d|20[0-4]\d)(?![\d.,]\d|\d)|(?<=[/.-])(?:19\d\d|20[0-4]\d)(?!\d)")
# Where no blank line ends a paragraph: about a hundred words either way.
_PARAGRAPH = 600
# The franc left circulation on 17 February 2002.
_LAST_FRANC_YEAR = 2001


def _leader(totals: dict[str, int]) -> str | None:
    """Return the code named twice as often as the next: one country is the subject, the other a remark."""
    ranked = sorted(totals.items(), key=lambda item: -item[1])
    if ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]):
        return ranked[0][0]
    return None


class MoneyContext:
    """Places and years of a document, looked up when a sum needs them.

    Parameters
    ----------
    flat
        The whole text, flattened.
    """

    def __init__(self, flat: str) -> None:
        self._flat = flat

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Offsets of the mentions of each country, in order."""
        found: dict[str, list[int]] = {}
        flat = self._flat
        for word in _WORD_HEAD.finditer(flat):
            at = word.start()
            for stem, country in _BY_HEAD.get(word.group(1), ()):
                if not flat.startswith(stem, at):
                    continue
                refused = _NOT_AFTER.get(country)
                if (stem in _OPEN or not flat[at + len(stem) : at + len(stem) + 1].isalpha()) and not (
                    refused and refused.match(flat, at)
                ):
                    found.setdefault(country, []).append(at)
        return found

    @cached_property
    def _years(self) -> list[tuple[int, int]]:
        return [(m.start(), int(m.group())) for m in _YEAR.finditer(self._flat)]

    def currency(self, family: str, start: int, end: int) -> str | None:
        """Return the ISO 4217 code for a sum at ``start:end`` whose mark names a family, or None."""
        if family == "franc":
            return self._franc(start, end)
        if family == "centime":
            return self._cent()
        codes = _BY_COUNTRY.get(family)
        if codes is None:
            return None
        if family == "dollar":
            return self._dollar(start, end)
        return self._nearest(codes, start, end) or (None if self._any(codes) else _UNSAID.get(family))

    def _any(self, codes: dict[str, str]) -> bool:
        return any(country in self._places for country in codes)

    def _paragraph(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of the paragraph: blank lines, or 600 characters either way."""
        low, high = max(0, start - _PARAGRAPH), min(len(self._flat), end + _PARAGRAPH)
        before, after = self._flat.rfind("\n\n", low, start), self._flat.find("\n\n", end, high)
        return (before if before >= 0 else low), (after if after >= 0 else high)

    def _nearest(self, codes: dict[str, str], start: int, end: int) -> str | None:
        """Return the code of the nearest country in the paragraph, else of the document if all agree or most do."""
        low, high = self._paragraph(start, end)
        best: tuple[int, str] | None = None
        totals: dict[str, int] = {}
        for country, code in codes.items():
            offsets = self._places.get(country)
            if not offsets:
                continue
            totals[code] = totals.get(code, 0) + len(offsets)
            for offset in offsets[bisect_left(offsets, low) : bisect_right(offsets, high)]:
                distance = start - offset if offset < start else offset - end
                if best is None or distance < best[0]:
                    best = (distance, code)
        if best:
            return best[1]
        return _leader(totals)

    def _dominant(self, codes: dict[str, str]) -> str | None:
        """Return the code of the country that the document is about, among those of the table."""
        totals: dict[str, int] = {}
        for country, code in codes.items():
            if country in self._places:
                totals[code] = totals.get(code, 0) + len(self._places[country])
        return _leader(totals)

    def _dollar(self, start: int, end: int) -> str | None:
        """Canada wins wherever the document speaks of it; then another dollar's country; then the usage."""
        canada = len(self._places.get("CA", ()))
        others = {c: len(self._places.get(k, ())) for k, c in _BY_COUNTRY["dollar"].items() if k != "CA"}
        best = max(others, key=lambda c: others[c])
        if canada and canada * 2 >= others[best]:
            return "CAD"
        if others[best]:
            return best
        # Elsewhere in the world sums in dollars are mostly, but not surely, American.
        foreign = any(country not in ("FR", "CA", "BE", "CH", "LU", "IT", "GB", "PT") for country in self._places)
        return None if foreign else _UNSAID["dollar"]

    def _cent(self) -> str | None:
        if "€" in self._flat or "euro" in self._flat:
            return "EUR"
        return None

    @cached_property
    def _main_year(self) -> int | None:
        """The year that the document names most often, the later of equals."""
        counts = Counter(year for _, year in self._years)
        return max(counts, key=lambda year: (counts[year], year)) if counts else None

    def _year_near(self, start: int, end: int) -> int | None:
        """Return the nearest year in the paragraph, else the commonest of the document."""
        low, high = self._paragraph(start, end)
        near = self._years[bisect_left(self._years, (low, 0)) : bisect_right(self._years, (high, 0))]
        if near:
            return min(near, key=lambda item: min(abs(item[0] - end), abs(start - item[0])))[1]
        return self._main_year

    def _franc(self, start: int, end: int) -> str | None:
        """Sums before the euro are French unless the document is about a neighbour's franc.

        Later ones are those of the country that the document is about, else old
        French francs that a later text remembers.
        """
        year = self._year_near(start, end)
        codes = _BY_COUNTRY["franc"]
        if year is not None and year > _LAST_FRANC_YEAR:
            return self._dominant(codes) if self._any(codes) else "FRF"
        low, high = self._paragraph(start, end)
        here = {
            country
            for country, offsets in self._places.items()
            if bisect_left(offsets, low) < bisect_right(offsets, high)
        }
        neighbours = {codes[c] for c in here if c in ("CH", "BE", "LU")}
        french = len(self._places.get("FR", ()))
        foreign = sum(len(self._places.get(c, ())) for c in ("CH", "BE", "LU"))
        if len(neighbours) == 1 and "FR" not in here and foreign > french:
            return neighbours.pop()
        return "FRF"
