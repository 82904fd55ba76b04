"""How currencies are written in French, and which are one name for several.

A mark resolves to an ISO 4217 code, or to a *family* (``dollar``, ``franc``,
``cfa``...) that only the document can decide: see
:mod:`coopnlp.pipeline.money_context`.

Sources: ISO 4217 (codes in force and withdrawn); names and adjectives as in the
French CLDR and the Recueil des pays of the French interinstitutional style
guide; shorthand (K€, Md€, F, FCFA, $ CA) as budgets and typescripts write it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["FAMILIES", "PREFIXES", "WORD_STEMS", "Mark", "mark_at"]


@dataclass(frozen=True)
class Mark:
    """A currency mark that was read: its code or family, and a divisor (100 for « centime »)."""

    key: str
    divisor: int = 1


# Codes that are read after or before a number when they stand in capitals. Those that are French or
# English words or common acronyms (ALL, TOP, TRY, CUP, PEN, SOS, MOP, GEL) are left out.
_CODE_LIST = (
    "EUR USD CAD AUD NZD HKD SGD TWD GBP CHF JPY CNY KRW SEK NOK DKK ISK PLN CZK HUF RON BGN HRK RSD MDL UAH RUB "
    "BYN AMD AZN KZT UZS GEL ILS JOD LBP SYP IQD IRR SAR AED QAR KWD BHD OMR YER EGP MAD DZD TND LYD MRU MRO XOF "
    "XAF XPF KMF DJF ETB GNF CDF RWF BIF UGX KES TZS MGA MUR SCR ZAR BWP NAD MZN AOA ZMW MWK NGN GHS GMD SLE CVE "
    "HTG DOP CRC GTQ HNL NIO PAB BRL ARS CLP COP UYU PYG BOB XCD MXN VES INR PKR BDT LKR NPR IDR MYR PHP THB VND LAK "
    "KHR MMK MNT VUV FJD PGK FRF BEF LUF DEM ITL ESP PTE GRD NLG ATS IEP FIM XEU MGF ZRN "
)
_CODES = _CODE_LIST.split()

# name in the singular: (plural ending, code or family of the bare name, {adjective stem: code})
_NAMES: dict[str, tuple[str, dict[str, str]]] = {
    r"dollars?": ("dollar", {
        "canadiens?": "CAD", "can": "CAD", "ca": "CAD", "us": "USD", "u\\.s\\.?": "USD", "americains?": "USD",
        "etats-uniens?": "USD", "etasuniens?": "USD", "australiens?": "AUD", "neo-zelandais": "NZD",
        "(?:de )?hong ?-?kong": "HKD", "(?:de )?singapour(?:iens?)?": "SGD", "taiwanais": "TWD", "cad": "CAD",
        "usd": "USD", "e\\.?c\\.?|des caraibes(?: orientales)?|est-caribeens?": "XCD",
    }),
    r"francs?[ \n]?c\.?f\.?a": ("cfa", {}),
    r"francs? ?(?:c\.?f\.?p|pacifiques?)": ("XPF", {}),
    r"francs?": ("franc", {
        "francais": "FRF", "suisses?": "CHF", "belges?": "BEF", "luxembourgeois": "LUF", "guineens?": "GNF",
        "congolais": "CDF", "rwandais": "RWF", "burundais": "BIF", "djibouti(?:ens?)?": "DJF", "comoriens?": "KMF",
        "malgaches?": "MGF", "maliens?": "MLF",
    }),
    r"euros?|eu-\nros?|eu-\nro|e\u20acuros?|\u20acuros?": ("EUR", {}),
    r"dirhams?": ("dirham", {"marocains?": "MAD", "emiratis?": "AED", "des emirats": "AED"}),
    r"dinars?": ("dinar", {
        "tunisiens?": "TND", "algeriens?": "DZD", "libyens?": "LYD", "jordaniens?": "JOD", "serbes?": "RSD",
        "irakiens?": "IQD", "koweitiens?": "KWD", "bahreinis?": "BHD", "yougoslaves?": "YUD",
    }),
    r"pesos?": ("peso", {
        "mexicains?": "MXN", "argentins?": "ARS", "chiliens?": "CLP", "colombiens?": "COP", "cubains?": "CUP",
        "uruguayens?": "UYU", "dominicains?": "DOP", "philippins?": "PHP",
    }),
    r"roupies?": ("roupie", {
        "indiennes?": "INR", "mauriciennes?": "MUR", "pakistanaises?": "PKR", "(?:sri-)?lankaises?": "LKR",
        "nepalaises?": "NPR", "seychelloises?": "SCR", "indonesiennes?": "IDR",
    }),
    r"couronnes?": ("couronne", {
        "suedoises?": "SEK", "norvegiennes?": "NOK", "danoises?": "DKK", "tcheques?": "CZK", "islandaises?": "ISK",
        "slovaques?": "SKK", "estoniennes?": "EEK",
    }),
    r"livres?": ("livre", {
        "sterlings?": "GBP", "libanaises?": "LBP", "egyptiennes?": "EGP", "syriennes?": "SYP", "turques?": "TRY",
        "soudanaises?": "SDG", "chypriotes?": "CYP", "irlandaises?": "IEP",
    }),
    r"lires?": ("lire", {"italiennes?": "ITL", "turques?": "TRY"}),
    r"shillings?": ("shilling", {"kenyans?": "KES", "tanzaniens?": "TZS", "ougandais": "UGX", "somaliens?": "SOS"}),
    r"roubles?": ("RUB", {"russes?": "RUB", "bielorusses?": "BYN"}),
    r"reals?|reais|reaux|real": ("BRL", {"bresiliens?": "BRL"}),
    r"rials?|riyals?": ("rial", {
        "iraniens?": "IRR", "omanais": "OMR", "yemenites?": "YER", "saoudiens?": "SAR", "qatar(?:is|iens)?": "QAR",
    }),
    r"yuans?|renminbis?": ("CNY", {"chinois": "CNY"}),
    r"yens?": ("JPY", {"japonais": "JPY"}),
    r"wons?": ("KRW", {"(?:sud-)?coreens?": "KRW"}),
    r"leus?|lei": ("leu", {"roumains?": "RON", "moldaves?": "MDL"}),
    r"deutsche ?marks?|deutschmarks?|marks?": ("DEM", {"allemands?": "DEM", "finlandais": "FIM"}),
    r"pesetas?": ("ESP", {}),
    r"schillings?": ("ATS", {"autrichiens?": "ATS"}),
    r"escudos?": ("escudo", {"portugais": "PTE", "cap-verdiens?": "CVE", "capverdiens?": "CVE"}),
    r"florins?": ("NLG", {"neerlandais": "NLG"}),
    r"ecus?": ("XEU", {}),
    r"piastres?": ("piastre", {}),
}  # fmt: skip

# Names that are one currency's only.
_SINGLE = {
    "ariarys?": "MGA", "ouguiyas?": "MRU", "gourdes?": "HTG", "zlotys?|zl|zł": "PLN", "levs?|leva": "BGN",
    "forints?": "HUF", "hryvnias?": "UAH", "drams?": "AMD", "laris?": "GEL", "kips?": "LAK", "riels?": "KHR",
    "dongs?": "VND", "bahts?": "THB", "kyats?": "MMK", "sh[ek]k?els?": "ILS", "shekels?": "ILS", "soles": "PEN",
    "bolivianos?": "BOB", "guaranis?": "PYG", "quetzals?|quetzales": "GTQ", "lempiras?": "HNL", "cordobas?": "NIO",
    "balboas?": "PAB", "bolivars?|bolivares": "VES", "nairas?": "NGN", "cedis?": "GHS", "leones?": "SLE",
    "dalasis?": "GMD", "kwanzas?": "AOA", "meticals?|meticais": "MZN", "birrs?": "ETB", "rands?": "ZAR",
    "pulas?": "BWP", "somonis?": "TJS", "soms?": "KGS", "afghanis?": "AFN", "pa'?angas?": "TOP", "talas?": "WST",
    "denars?": "MKD", "leks?": "ALL", "kunas?": "HRK", "kwachas?": "ZMW", "takas?": "BDT", "tugriks?": "MNT",
    "tenges?": "KZT", "soums?": "UZS", "manats?": "AZN", "ringgits?": "MYR", "vatus?": "VUV", "drachmes?": "GRD",
    "zaires?": "ZRN",
}  # fmt: skip

#: Families whose currency the document decides.
FAMILIES = frozenset(
    {"dollar", "franc", "cfa", "centime", "fc", "um"} | {n[0] for n in _NAMES.values() if n[0].islower()}
)

_END = r"(?![a-z0-9])"
_SPACE = r"(?: |\n)?"


def _patterns() -> list[tuple[str, str, bool]]:
    """List (pattern, key, must stand in capitals), longest reading first."""
    found: list[tuple[str, str, bool]] = [
        (rf"\\?\$ ?can(?:adiens?|ada)?{_END}|(?:can?|c)\\?\$", "CAD", False),
        (rf"\\?\$ ?(?:usd?|u\.s\.?(?:a\.?)?|americains?|e\.-u\.?){_END}|us\\?\$", "USD", False),
        (rf"\\?\$ ?cad?{_END}", "CAD", True),
        (rf"\\?\$ ?aud?{_END}|au\\?\$", "AUD", True),
        (rf"\\?\$ ?nzd?{_END}|nz\\?\$", "NZD", True),
        (rf"\\?\$ ?hkd?{_END}|hk\\?\$", "HKD", True),
        (r"\\?\$ australiens?", "AUD", False),
        (r"r\\?\$", "BRL", False),
        (r"\\?\$", "dollar", False),
        (r"€", "EUR", False),
        (r"£", "GBP", False),
        (r"¥", "JPY", False),
        (rf"f(?:rancs?|r|\.)?[ \n]?-?c\.?f\.?a{_END}|cfa{_END}", "cfa", False),
        (rf"f\.? ?c\.?f\.?p{_END}", "XPF", False),
    ]
    for name, (_, adjectives) in _NAMES.items():
        for adjective, code in adjectives.items():
            found.append((rf"(?:{name})[ \n](?:{adjective}){_END}", code, False))
    for name, (bare, _) in _NAMES.items():
        found.append((rf"(?:{name}){_END}", bare, False))
    found += [(rf"(?:{name}){_END}", code, False) for name, code in _SINGLE.items()]
    found += [
        (rf"centimes?[ \n]d'euros?{_END}", "EUR/100", False),
        (rf"(?:centimes?){_END}", "centime", False),
        (rf"(?:dhs?){_END}", "dirham", False),
        (rf"fmg{_END}", "MGF", True),
        (rf"ff{_END}", "FRF", True),
        (rf"fs{_END}", "CHF", True),
        (rf"fb{_END}", "BEF", True),
        (rf"fg{_END}", "GNF", True),
        (rf"fc{_END}", "fc", True),
        (rf"dt{_END}", "TND", True),
        (rf"da{_END}", "DZD", True),
        (rf"dm{_END}", "DEM", True),
        (rf"um{_END}", "um", True),
        (rf"(?:rmb){_END}", "CNY", True),
        # Not the « F » of a column before a sum in euros.
        (rf"fr?{_END}(?!\.[a-z])(?![ \n]{{1,3}}\d[\d .]{{0,12}}(?:,\d\d)? ?€)", "franc", True),
    ]
    found += [(rf"{code.lower()}{_END}", code, True) for code in _CODES if code != "EUR"]
    found.insert(7, (rf"(?:eur){_END}", "EUR", False))
    return found


_TABLE = _patterns()
_MARKS = {
    f"c{i}": (Mark(key.split("/")[0], 100) if key in ("EUR/100", "centime") else Mark(key), capitals)
    for i, (_, key, capitals) in enumerate(_TABLE)
}


def _first_letters(pattern: str) -> set[str]:
    """Return the characters that a pattern of the table can begin with."""
    depth, start, parts = 0, 0, []
    for i, c in enumerate(pattern):
        if c == "(" and pattern[i - 1 : i] != "\\":
            depth += 1
        elif c == ")" and pattern[i - 1 : i] != "\\":
            depth -= 1
        elif c == "|" and depth == 0:
            parts.append(pattern[start:i])
            start = i + 1
    parts.append(pattern[start:])
    letters: set[str] = set()
    for part in parts:
        if part.startswith("(?:"):
            depth, end = 1, 3
            while depth:
                depth += {"(": 1, ")": -1}.get(part[end], 0)
                end += 1
            letters |= _first_letters(part[3 : end - 1])
        elif part.startswith("\\\\?\\$"):
            letters |= {"\\", "$"}
        else:
            letters.add(part[0])
    return letters


_FIRST = [_first_letters(pattern) for pattern, _, _ in _TABLE]
# One small pattern a letter: numbers are many, and most are followed by no currency.
_BY_LETTER = {
    letter: re.compile("|".join(f"(?P<c{i}>{_TABLE[i][0]})" for i in range(len(_TABLE)) if letter in _FIRST[i]))
    for letter in set().union(*_FIRST)
}


def mark_at(flat: str, text: str, at: int) -> tuple[Mark, int] | None:
    """Return the currency mark that begins at an offset, and its end, or None.

    ``text`` is the text as written, ``flat`` its flat form: letters that must be
    capitals are looked up in the former (« F », « DA »).
    """
    pattern = _BY_LETTER.get(flat[at : at + 1])
    match = pattern.match(flat, at) if pattern else None
    if match is None or match.lastgroup is None:
        return None
    mark, capitals = _MARKS[match.lastgroup]
    end = match.end()
    if capitals and not text[at:end].isupper():
        # « 3 850 $ au poste »: the sign stands, the letters are another word.
        sign = match.group().find("$")
        return (Mark("dollar"), at + sign + 1) if 0 <= sign <= 1 else None
    return mark, end


#: Marks that may stand before a number, as flat text: « US$ 1.2M », « CAD 25 000 ».
PREFIXES: dict[str, Mark] = {
    **{code.lower(): Mark(code) for code in _CODES},
    **{f"{country}{slash}$": Mark(code) for slash in ("", "\\") for country, code in (
        ("", "dollar"), ("us", "USD"), ("ca", "CAD"), ("can", "CAD"), ("c", "CAD"), ("a", "AUD"), ("au", "AUD"),
        ("nz", "NZD"), ("hk", "HKD"), ("s", "SGD"), ("r", "BRL"),
    )},
    "€": Mark("EUR"), "£": Mark("GBP"), "¥": Mark("JPY"), "fcfa": Mark("cfa"), "cfa": Mark("cfa"),
}  # fmt: skip

#: First letters of the currency words that may follow a number written out.
WORD_STEMS = (
    "euro", "eu-\nro", "franc", "dollar", "dirham", "dinar", "peso", "roupie", "couronne", "livre", "rouble",
    "ariary", "ouguiya", "gourde", "zloty", "forint", "yuan", "yen", "fcfa", "f cfa", "f.cfa", "cfa", "centime",
    "ecu", "piastre", "lire", "mark", "lei", "leva", "naira", "cedi", "real", "reais", "shekel", "riel", "kip",
    "dong", "won", "baht", "kwanza", "birr", "rand", "shilling", "peseta", "florin", "hryvnia", "dram", "lari",
    "$", "€",
)  # fmt: skip
