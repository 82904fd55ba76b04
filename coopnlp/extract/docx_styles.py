"""What Word's styles say of a paragraph and of its runs: heading level, caption, hidden text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

__all__ = ["Styles", "is_on", "is_sentence", "number_of", "qualified", "value_of"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING_NAME = re.compile(r"(?i)^(?:heading|titre|überschrift)\s*([1-9])$")
_TITLE_NAMES = ("title", "titre", "titre principal")
#: Word files give whole paragraphs the style of a heading for its looks: over 200 characters, or of
#: eight words and more that end as a sentence. Of 66 headings of ten minutes of a council, 2009-2011,
#: 20 are such, all of them sentences.
_MAX_HEADING = 200
_SENTENCE = re.compile(r"(?:\S+\s+){7,}\S*(?:[^\W\d]{2}|[\d%€$)»])\s?[.;]\s*")


def qualified(name: str) -> str:
    """Return a WordprocessingML name with its namespace."""
    return _W + name


def value_of(element: Any, default: str) -> str:
    """Return the ``w:val`` of an element, or the default where there is none."""
    return default if element is None else element.get(_W + "val", default)


def number_of(element: Any, default: int) -> int:
    """Return the ``w:val`` of an element as a number, or the default."""
    try:
        return int(value_of(element, str(default)))
    except ValueError:
        return default


def is_on(element: Any) -> bool | None:
    """Return the value of a property that is on or off; None where it is not there."""
    return None if element is None else value_of(element, "1") not in ("0", "false", "off")


def is_sentence(text: str) -> bool:
    """Tell whether a paragraph is a sentence of eight words or more, which is no heading."""
    return _SENTENCE.fullmatch(text) is not None


class Styles:
    """Styles of paragraphs and characters, with what they inherit.

    Parameters
    ----------
    root
        The root of the styles part, None where the file has none.
    """

    def __init__(self, root: Any) -> None:
        self._by_id: dict[str, Any] = {}
        self._default: Any = None
        self._of_style: dict[tuple[str, str], Any] = {}
        self._defaults = None if root is None else root.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr")
        for style in () if root is None else root.iterchildren(_W + "style"):
            self._by_id[style.get(_W + "styleId", "")] = style
            if style.get(_W + "type") == "paragraph" and style.get(_W + "default") in ("1", "true", "on"):
                self._default = style

    def chain(self, paragraph: Any) -> list[tuple[Any, str | None]]:
        """Return the paragraph's properties, then those of its styles, nearest first, each with its style."""
        own = paragraph.find(_W + "pPr")
        found: list[tuple[Any, str | None]] = [] if own is None else [(own, None)]
        for style in self._inherited(self._style_of(paragraph)):
            properties = style.find(_W + "pPr")
            if properties is not None:
                found.append((properties, style.get(_W + "styleId", "")))
        return found

    def named(self, identifier: str) -> Any:
        """Return the style of an identifier, or None."""
        return self._by_id.get(identifier)

    def name(self, paragraph: Any) -> str:
        """Return the name of the paragraph's style, in small letters."""
        key = value_of(paragraph.find(f"{_W}pPr/{_W}pStyle"), "")
        style = self._by_id.get(key)
        return key.lower() if style is None else value_of(style.find(_W + "name"), key).lower()

    def heading_level(self, paragraph: Any, text: str) -> int | None:
        """Return 1 to 6 for headings: by the style's name or those it is based on, else by outline level.

        None for a long paragraph or a sentence, which only looks like a heading.
        """
        if len(text) > _MAX_HEADING or is_sentence(text):
            return None
        name = self.name(paragraph)
        if name in _TITLE_NAMES:
            return 1
        match = _HEADING_NAME.match(name)
        if match:
            return min(6, int(match[1]))
        for properties, _ in self.chain(paragraph):
            outline = properties.find(_W + "outlineLvl")
            if outline is not None:
                level = number_of(outline, 9)
                return None if level > 8 else min(6, level + 1)
        return None

    def is_caption(self, paragraph: Any) -> bool:
        """Tell whether the style is that of captions."""
        return self.name(paragraph) in ("caption", "légende")

    def of_run(self, run: Any, paragraph: Any, name: str) -> Any:
        """Return a property of a run: its own, its style's, its paragraph's style's, the document's; or None."""
        properties = run.find(_W + "rPr")
        if properties is not None:
            own = properties.find(_W + name)
            if own is not None:
                return own
            named = self._by_style(value_of(properties.find(_W + "rStyle"), ""), name)
            if named is not None:
                return named
        style = self._style_of(paragraph)
        found = None if style is None else self._by_style(style.get(_W + "styleId", ""), name)
        return self._defaults.find(_W + name) if found is None and self._defaults is not None else found

    def is_hidden(self, run: Any, paragraph: Any) -> bool:
        """Tell whether a run is hidden."""
        return is_on(self.of_run(run, paragraph, "vanish")) is True

    def _by_style(self, identifier: str, name: str) -> Any:
        key = (identifier, name)
        if key not in self._of_style:
            found = (style.find(f"{_W}rPr/{_W}{name}") for style in self._inherited(self._by_id.get(identifier)))
            self._of_style[key] = next((element for element in found if element is not None), None)
        return self._of_style[key]

    def _style_of(self, paragraph: Any) -> Any:
        own = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return self._by_id.get(value_of(own, ""), self._default)

    def _inherited(self, style: Any) -> Iterator[Any]:
        """Yield a style and those that it is based on."""
        seen: set[int] = set()
        while style is not None and id(style) not in seen:
            seen.add(id(style))
            yield style
            style = self._by_id.get(value_of(style.find(_W + "basedOn"), ""))
