"""The numbers of lists and headings, counted as Word counts them (ECMA-376, 17.9)."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from coopnlp.extract.docx_styles import Styles, is_on, number_of, qualified, value_of

__all__ = ["Numbering", "figure"]

#: Word goes no further either (ECMA-376, 17.18.59): thirty times z.
_MAX_LETTERS = 780
_UNITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante")


class _List:
    """A list of the numbering part (``w:num``): the levels of its abstract list, and what it changes in them."""

    def __init__(self, number: Any, abstract: str, levels: dict[int, Any]) -> None:
        self.abstract = abstract
        self.levels = dict(levels)
        self.starts: dict[int, int] = {}
        for override in number.iterchildren(qualified("lvlOverride")):
            at = _level(override)
            own = override.find(qualified("lvl"))
            if own is not None:
                self.levels[at] = own
            start = override.find(qualified("startOverride"))
            if start is not None:
                self.starts[at] = number_of(start, 1)


class Numbering:
    """Counts the numbered paragraphs of a document in their order.

    Parameters
    ----------
    root
        The root of the numbering part, None where the file has none.
    """

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        if root is None:
            return
        abstracts = {a.get(qualified("abstractNumId"), ""): a for a in root.iterchildren(qualified("abstractNum"))}
        abstract_of = {
            n.get(qualified("numId"), ""): value_of(n.find(qualified("abstractNumId")), "")
            for n in root.iterchildren(qualified("num"))
        }
        for number in root.iterchildren(qualified("num")):
            key = number.get(qualified("numId"), "")
            abstract = abstract_of[key]
            linked = abstracts.get(abstract)
            if linked is not None and (link := linked.find(qualified("numStyleLink"))) is not None:
                # the levels are those of the list that a numbering style names
                style = styles.named(value_of(link, ""))
                path = f"{qualified('pPr')}/{qualified('numPr')}/{qualified('numId')}"
                named = value_of(None if style is None else style.find(path), "")
                linked = abstracts.get(abstract_of.get(named, ""))
            levels = {} if linked is None else {_level(lvl): lvl for lvl in linked.iterchildren(qualified("lvl"))}
            self._lists[key] = _List(number, abstract, levels)

    def label(self, paragraph: Any) -> str | None:
        """Return « 2.1. », or « - » for any bullet, for a paragraph of a list; None for another.

        Counts the paragraph: to be called once for each, in order.
        """
        place = self._place(paragraph)
        if place is None:
            return None
        key, at = place
        found = self._lists[key]
        level = found.levels.get(at)
        if level is None:
            return "-"
        counts = self._counts[found.abstract]
        if key not in self._begun:
            self._begun.add(key)
            for where, start in found.starts.items():
                counts[where] = start - 1
        for above in range(at):
            counts.setdefault(above, number_of(_start(found.levels.get(above)), 1))
        counts[at] = counts.get(at, number_of(_start(level), 1) - 1) + 1
        for deeper in [n for n in counts if n > at]:
            restart = None if deeper not in found.levels else found.levels[deeper].find(qualified("lvlRestart"))
            # 0: never; n: only after a paragraph of level n or above (17.9.10)
            if restart is None or at < number_of(restart, deeper):
                del counts[deeper]
        if value_of(level.find(qualified("numFmt")), "decimal") == "bullet":
            return "-"
        legal = is_on(level.find(qualified("isLgl"))) is True
        text = value_of(level.find(qualified("lvlText")), "")
        label = re.sub(r"%([1-9])", lambda m: _shown(found.levels, counts, int(m[1]) - 1, legal, at), text)
        return label.strip() or None

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        """Return the list of a paragraph and its level in it, 0-based."""
        own: int | None = None
        inherited = 0
        for properties, style in self._styles.chain(paragraph):
            reference = properties.find(qualified("numPr"))
            if reference is None:
                continue
            level = number_of(reference.find(qualified("ilvl")), -1)
            if style is None and level >= 0:
                own = level
            inherited = inherited or max(level, 0)
            identifier = reference.find(qualified("numId"))
            if identifier is None:
                continue
            key = value_of(identifier, "0")
            if key not in self._lists:
                return None  # 0 takes a paragraph out of the list of its style
            if own is not None:
                return key, own
            # a style stands for the level that names it (17.9.23)
            levels = self._lists[key].levels.items()
            named = [n for n, lvl in levels if style and value_of(lvl.find(qualified("pStyle")), "") == style]
            return key, named[0] if named else inherited
        return None


def _level(element: Any) -> int:
    value = element.get(qualified("ilvl"), "0")
    return int(value) if value.isdigit() else 0


def _start(level: Any) -> Any:
    return None if level is None else level.find(qualified("start"))


def _shown(levels: dict[int, Any], counts: dict[int, int], at: int, legal: bool, own: int) -> str:
    level = levels.get(at)
    form = value_of(None if level is None else level.find(qualified("numFmt")), "decimal")
    if legal and at != own and form != "none":
        form = "decimal"
    return figure(counts.get(at, number_of(_start(level), 1)), form)


def figure(number: int, form: str) -> str:
    """Return a number in a format of Word (ECMA-376, 17.18.59), those of French lists; others as figures.

    >>> [figure(4, form) for form in ("upperRoman", "lowerLetter", "decimalZero", "ordinal", "cardinalText")]
    ['IV', 'd', '04', '4e', 'Quatre']
    """
    match form:
        case "none":
            return ""
        case "lowerLetter" | "upperLetter" if 0 < number <= _MAX_LETTERS:
            # Word writes z, then aa, bb
            letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
            return letters.upper() if form == "upperLetter" else letters
        case "lowerRoman" | "upperRoman" if 0 < number < 5000:
            roman = _roman(number)
            return roman.upper() if form == "upperRoman" else roman
        case "decimalZero":
            return f"{number:02d}"
        case "ordinal":
            return "1er" if number == 1 else f"{number}e"
        case "cardinalText" | "ordinalText" if 0 < number < 70:
            return (_spelt(number) if form == "cardinalText" else _ordinal(number)).capitalize()
        case "numberInDash":
            return f"- {number} -"
    return str(number)


def _roman(number: int) -> str:
    text = ""
    for value, figures in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
        (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        text += figures * (number // value)
        number %= value
    return text


def _spelt(number: int) -> str:
    if number < 20:
        return _UNITS[number]
    tens, unit = divmod(number, 10)
    return _TENS[tens] + ("" if not unit else " et un" if unit == 1 else f"-{_UNITS[unit]}")


def _ordinal(number: int) -> str:
    if number == 1:
        return "premier"
    text = _spelt(number)
    irregular = {"cinq": "cinquième", "neuf": "neuvième"}
    for ending, ordinal in irregular.items():
        if text.endswith(ending):
            return text.removesuffix(ending) + ordinal
    return text.removesuffix("e") + "ième"
