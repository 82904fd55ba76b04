"""What the figures and signs of a poor scan were: numbers, years, currencies, commas, brackets, hyphens.

Called by :mod:`coopnlp.pipeline.misread` for documents that are poor copies, before
their words. Each character is exchanged for one, so that no offset moves. A digit
that nothing tells is read as 0 to have a number there; :func:`certain` says of
which tokens the digits may be trusted.

>>> text = "Versé en q015 à Karim APérou), 34 B00 € et 18 00O É, PontaultECombault"
>>> signs_mended(text)
'Versé en 2015 à Karim (Pérou), 34 800 € et 18 000 €, Pontault-Combault'
"""

from __future__ import annotations

import re

__all__ = ["LOOKALIKES", "certain", "signs_mended"]

# Letters that scans read for digits.
LOOKALIKES = {"O": "0", "o": "0", "l": "1", "I": "1", "S": "5", "B": "8", "b": "6", "g": "9", "i": "1", "q": "9"}

_L = r"[^\W\d_]"
_LOW, _UP = "[a-zà-öø-ÿœ]", "[A-ZÀ-ÖØ-ÞŒ]"
_GAP = r"[ \u00a0\u202f]"
_MONTHS = r"(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre)"

# A year with one letter: the first two digits are told by the other two, the rest are not.
_CENTURY = re.compile(
    rf"(?<!\w)(?:{_LOW}|(?<=[-–/]){_L}|(?<=\d\.){_L}(?=\d{{3}}(?![\d.]))|{_L}(?=\d{{3}}[-–/]\d{{4}})|(?<={_GAP}){_UP}(?=\d{{3}}\s))([09])\d\d(?!\w)"
)
_SECOND = re.compile(rf"(?<!\w)([12])({_L})\d\d(?!\w)")
_LATER = re.compile(rf"(?<!\w)(?:19|20)(?:({_L})\d|\d({_L}))(?!\w)")
# Behind a month four characters are a year, whatever they are read for.
_OF_MONTH = re.compile(
    rf"(?<!\w){_MONTHS}{_GAP}(?=\w*\d)([12{_LOW[1:-1]}{_UP[1:-1]}][09Oogq]\w\w)(?!\w)", re.IGNORECASE
)
_SIGNED = re.compile(rf"(?<!\w)(?:19|20)\d\d({_L})(?=\s)")
_YEARS = re.compile(rf"(?<!\w)(?:19|20)\d\d({_L})(?:19|20)\d\d(?!\w)")
# Numbers in groups of three; a lone letter before them is a digit only before zeros (« à 300 € »).
_GROUPS = re.compile(
    rf"(?<![\w,.])(?:{_L}?\d{{1,2}}|\d{_L}\d?|\d\d?{_L}|\d{{3}}|[lI]{{1,2}}|[SB]|{_L}(?={_GAP}000(?!\w)))"
    rf"(?:[ \u00a0\u202f.](?:{_L}\d\d|\d{_L}\d|\d\d{_L}|\d{{3}}))+(?!\w)"
)
_LONG = re.compile(rf"(?<!\w)(?:{_LOW}\d{{4,}}|\d+{_L}\d{{3,}}|\d{{2,}}{_L}\d{{2,}})(?!\w)")
# Before the sign of a currency a number may have letters wherever it wants: « 4C10 € », « C50 € ».
_PRICED = re.compile(rf"(?<![\w,.])(?=\w*\d\w*\d)\w{{2,7}}(?={_GAP}?[€$])")
_DECIMALS = re.compile(rf"(?<=\d[,.])(?:{_L}\d|\d{_L})(?=\s*(?:[€$F%]|M|k|euros?|dollars?|francs?|millions?)(?!\w))")
_DAY = re.compile(rf"(?<!\w)(?:[123]{_L}|{_L}\d)(?={_GAP}{_MONTHS}(?!\w)|/\d\d/)", re.IGNORECASE)
_LONE_DAY = re.compile(rf"(?:(?<=[Ll]e )|(?<=du )|(?<=au )|(?<=\d-))(?![aàdlyAÀDLY]){_L}(?={_GAP}{_MONTHS}(?!\w))")
_FIRST = re.compile(rf"(?<!\w)1(c)r(?={_GAP})")
_SLASHED = re.compile(rf"(?<!\w)\d\d({_L})\d\d([/.])\d")
_ORDINAL = re.compile(r"1er|[12]e|2d", re.IGNORECASE)

# A letter where a currency sign is due. Letters that are units, or words of French, are left.
_SUM = re.compile(rf"(?:\d{_GAP}\d{{3}}|\d\.\d{{3}}|\d,\d\d){_GAP}?({_L})(?=\s*(?:[).,;|\n]|{_GAP}|$))")
_NO_SIGN = frozenset("aàyAÀFfhmtkKMW")
_EURO, _DOLLAR = frozenset("EeéèêëÉÈÊCcGC"), frozenset("sS8")

# The separator of a file of values after a sum, and its currency column.
_SEPARATOR = re.compile(rf"(?<=[€$]){_L}(?=\d)")
_EUR = re.compile(r"(?<=[;| \t])(?:[^\W\d_]UR|E[^\W\d_]R|EU[^\W\d_])(?=[;|\n\t]|$)")
_CFA = re.compile(rf"(?<=\d{_GAP})F{_GAP}?CF[^\W\d_AP](?!\w)")
# Signs taken for letters at the border of words.
_OPENED_SUM = re.compile(
    rf"(?<![\w'’(-])({_L})(?=\d[\d \u00a0\u202f.,]*(?:[€$]|euros?|dollars?|francs?)?(?:{_GAP}CA)?\))"
)
_OPENED = re.compile(rf"(?<![\w'’(-])({_L})(?={_UP}(?:{_UP}+|{_LOW}+)(?:[ -]\w+){{0,3}}\))")
_JOINED = re.compile(rf"(?<!\w){_UP}{_LOW}{{2,}}({_UP})(?={_UP}{_LOW}{{2,}})")
_ELIDED = re.compile(r"(?<![\w'’.-])([^\W_cdjlmnstCDJLMNST])(?=['’][aeéèêiouyhâôAÉEÈÊIOUYHÂÔ])")


def certain(read: str, meant: str) -> bool:
    """Whether the digits of a mended token are known: like what was read, or told by the rest of a year."""
    if len(read) != len(meant):
        return not any(c.isdigit() for c in meant)
    year = re.fullmatch(r"(?:19|20)\d\d", meant) is not None
    return all(
        not new.isdigit() or old == new or LOOKALIKES.get(old) == new or (year and i < 2)
        for i, (old, new) in enumerate(zip(read, meant, strict=True))
    )


def signs_mended(text: str) -> str:
    """Return the text with its misread figures and signs mended, character for character."""
    new = list(text)
    _borders(text, new)
    _years("".join(new), new)
    _numbers("".join(new), new)
    _signs("".join(new), new)
    return "".join(new)


def _years(text: str, new: list[str]) -> None:
    for match in _CENTURY.finditer(text):
        new[match.start()] = "2" if match.group(1) == "0" else "1"
    for match in _SECOND.finditer(text):
        new[match.start(2)] = "9" if match.group(1) == "1" else "0"
    for match in _LATER.finditer(text):
        at = match.start(match.lastindex or 1)
        new[at] = LOOKALIKES.get(text[at], "0")
    for match in _OF_MONTH.finditer(text):
        read = match.group(1)
        year = [LOOKALIKES.get(c, "0" if c.isalpha() else c) for c in read]
        if read[0] in "12":
            year[1] = "9" if read[0] == "1" else "0"
        elif year[:2] == ["1", "0"]:  # « lO12 »: either may be the misread one
            continue
        else:
            year[0] = "2" if year[1] == "0" else "1"
        new[match.start(1) : match.end(1)] = year
    for match in _SIGNED.finditer(text):
        new[match.start(1)] = ","
    for match in _YEARS.finditer(text):
        new[match.start(1)] = "-"
    for match in _SLASHED.finditer(text):
        new[match.start(1)] = match.group(2)
    for match in _FIRST.finditer(text):
        new[match.start(1)] = "e"
    for match in _LONE_DAY.finditer(text):
        _digits(text, match.start(), match.end(), new)
    for match in _DAY.finditer(text):
        if not _ORDINAL.fullmatch(match.group()):
            _digits(text, match.start(), match.end(), new)


def _numbers(text: str, new: list[str]) -> None:
    for pattern in (_GROUPS, _LONG, _DECIMALS, _PRICED):
        for match in pattern.finditer(text):
            if sum(c.isalpha() for c in match.group()) <= 2:
                _digits(text, match.start(), match.end(), new)


def _digits(text: str, start: int, end: int, new: list[str]) -> None:
    for i in range(start, end):
        if text[i].isalpha():
            new[i] = LOOKALIKES.get(text[i], "0")


def _signs(text: str, new: list[str]) -> None:
    euro, dollar = text.count("€"), text.count("$")
    if text.count(";") > 2:
        for match in _SEPARATOR.finditer(text):
            new[match.start()] = ";"
    if "CFA" in text:
        for match in _CFA.finditer(text):
            new[match.end() - 1] = "A"
    if "EUR" in text:
        for match in _EUR.finditer(text):
            new[match.start() : match.end()] = "EUR"
    for match in _SUM.finditer(text):
        letter, at = match.group(1), match.start(1)
        if letter in _NO_SIGN:
            continue
        if euro and (letter in _EURO or not dollar):
            new[at] = "€"
        elif dollar and (letter in _DOLLAR or not euro):
            new[at] = "$"


def _borders(text: str, new: list[str]) -> None:
    for match in (*_OPENED.finditer(text), *_OPENED_SUM.finditer(text)):
        inside = text[match.start() : text.index(")", match.start())]
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        # « (MONTANTS EN FRANCS) »: the bracket may stand before.
        if "(" not in inside and line.count("(") <= line.count(")"):
            new[match.start()] = "("
    for match in _JOINED.finditer(text):
        new[match.start(1)] = "-"
    for match in _ELIDED.finditer(text):
        new[match.start()] = "l" if match.group() in "1Ii" else "d"
