"""What Word's styles and numbering say of a paragraph: heading level, list label."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

__all__ = ["Numbering", "Styles", "qualified", "value_of"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?i)^(?:heading|titre|überschrift)\s*([1-9])$")
_TITLE_NAMES = ("title", "titre", "titre principal")
_BULLETS = ("bullet", "none", "picture")


def qualified(name: str) -> str:
    """Return a WordprocessingML name with its namespace."""
    return _W + name


def value_of(element: Any, default: str) -> str:
    """Return the ``w:val`` of an element, or the default where there is none."""
    return default if element is None else element.get(_W + "val", default)


def _number(element: Any, default: int) -> int:
    try:
        return int(value_of(element, str(default)))
    except ValueError:
        return default


class Styles:
    """Styles of paragraphs, with what they inherit."""

    def __init__(self, document: Any) -> None:
        self._by_id: dict[str, Any] = {}
        try:
            root = document.styles.element
        except (KeyError, AttributeError):
            return  # a file without a styles part
        for style in root.iterchildren(_W + "style"):
            self._by_id[style.get(_W + "styleId", "")] = style

    def chain(self, paragraph: Any) -> list[Any]:
        """Return the paragraph's properties, then those of its styles, nearest first."""
        own = paragraph.find(_W + "pPr")
        found = [] if own is None else [own]
        style = self._by_id.get(value_of(None if own is None else own.find(_W + "pStyle"), ""))
        seen: set[int] = set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            properties = style.find(_W + "pPr")
            if properties is not None:
                found.append(properties)
            style = self._by_id.get(value_of(style.find(_W + "basedOn"), ""))
        return found

    def name(self, paragraph: Any) -> str:
        """Return the name of the paragraph's style, in small letters."""
        key = value_of(paragraph.find(f"{_W}pPr/{_W}pStyle"), "")
        style = self._by_id.get(key)
        return key.lower() if style is None else value_of(style.find(_W + "name"), key).lower()

    def heading_level(self, paragraph: Any) -> int | None:
        """Return 1 to 6 for headings: by outline level, else by the style's name."""
        name = self.name(paragraph)
        if name in _TITLE_NAMES:
            return 1
        match = _HEADING_NAME.match(name)
        if match:
            return min(6, int(match[1]))
        for properties in self.chain(paragraph):
            outline = properties.find(_W + "outlineLvl")
            if outline is not None:
                level = _number(outline, 9)
                return None if level > 8 else min(6, level + 1)
        return None

    def is_caption(self, paragraph: Any) -> bool:
        """Tell whether the style is that of captions."""
        return self.name(paragraph) in ("caption", "légende")


class Numbering:
    """Counts the numbered paragraphs of a document as Word does (ECMA-376, 17.9)."""

    def __init__(self, document: Any) -> None:
        self._abstract: dict[str, dict[int, Any]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[str] = set()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return  # no list in the file
        for abstract in root.iterchildren(_W + "abstractNum"):
            self._abstract[abstract.get(_W + "abstractNumId", "")] = {
                int(level.get(_W + "ilvl", "0")): level for level in abstract.iterchildren(_W + "lvl")
            }
        for number in root.iterchildren(_W + "num"):
            starts = {
                int(override.get(_W + "ilvl", "0")): _number(override.find(_W + "startOverride"), 1)
                for override in number.iterchildren(_W + "lvlOverride")
                if override.find(_W + "startOverride") is not None
            }
            key = value_of(number.find(_W + "abstractNumId"), "")
            self._lists[number.get(_W + "numId", "")] = (key, starts)

    def label(self, paragraph: Any, styles: Styles) -> str | None:
        """Return « 2.1. » or « - » (any bullet) for a paragraph of a list, None for another."""
        for properties in styles.chain(paragraph):
            reference = properties.find(_W + "numPr")
            if reference is not None:
                break
        else:
            return None
        key = value_of(reference.find(_W + "numId"), "0")
        at = _number(reference.find(_W + "ilvl"), 0)
        if key not in self._lists:
            return None
        abstract, starts = self._lists[key]
        levels = self._abstract.get(abstract, {})
        level = levels.get(at)
        if level is None:
            return "-"
        counts = self._counts[abstract]
        if key not in self._begun:
            self._begun.add(key)
            for where, start in starts.items():
                counts[where] = start - 1
        counts[at] = counts.get(at, _number(level.find(_W + "start"), 1) - 1) + 1
        for deeper in [n for n in counts if n > at]:
            del counts[deeper]
        if value_of(level.find(_W + "numFmt"), "decimal") in _BULLETS:
            return "-"
        return re.sub(
            r"%([1-9])", lambda m: self._figure(levels, counts, int(m[1]) - 1), value_of(level.find(_W + "lvlText"), "")
        )

    @staticmethod
    def _figure(levels: dict[int, Any], counts: dict[int, int], at: int) -> str:
        level = levels.get(at)
        start = _number(None if level is None else level.find(_W + "start"), 1)
        number = counts.get(at, start)
        form = value_of(None if level is None else level.find(_W + "numFmt"), "decimal")
        match form:
            case "lowerLetter" | "upperLetter":
                letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
                return letters.upper() if form == "upperLetter" else letters
            case "lowerRoman" | "upperRoman":
                roman = _roman(number)
                return roman.upper() if form == "upperRoman" else roman
        return str(number)


def _roman(number: int) -> str:
    text = ""
    for value, figure in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
        (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        text += figure * (number // value)
        number %= value
    return text
