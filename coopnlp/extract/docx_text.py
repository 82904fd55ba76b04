"""The text of a Word paragraph as its reader sees it: changes accepted, hidden text and prompts left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from coopnlp.extract.docx_styles import Styles, is_on, qualified, value_of

if TYPE_CHECKING:
    from coopnlp.extract.docx_notes import Notes

__all__ = ["Texts", "boxes_of", "children_of", "is_joined_to_next"]

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_P, _R, _T, _SDT = (qualified(name) for name in ("p", "r", "t", "sdt"))
_CHOICE, _FALLBACK = f"{_COMPATIBILITY}Choice", f"{_COMPATIBILITY}Fallback"
_TEXT_BOX = qualified("txbxContent")
_NOTE_CALLS = {qualified("footnoteReference"): "footnotes", qualified("endnoteReference"): "endnotes"}
_PLAIN = {
    **dict.fromkeys((qualified(name) for name in ("tab", "ptab")), "\t"),
    **dict.fromkeys((qualified(name) for name in ("br", "cr")), "\n"),
    qualified("noBreakHyphen"): "-",
    f"{_MATH}den": "/",
}
#: What is no part of the accepted text: deletions, what was moved away, codes of fields, properties.
DELETED = frozenset(qualified(name) for name in ("del", "moveFrom"))
_SKIPPED = DELETED | {
    qualified(name) for name in ("instrText", "delText", "delInstrText", "pPr", "rPr", "sdtPr", "tbl")
}
#: Characters of the fonts of symbols, by code without its 0xF000, that documents of ours hold: boxes
#: to tick, arrows, bullets (Wingdings) and the Greek letters (Symbol, Adobe's encoding).
_WINGDINGS = dict(
    zip(
        bytes.fromhex("6c6e6f71 7576 9fa7a8 d8dfe0e7e8 f0fbfcfdfe 2829 2a"),
        "●■☐❑◆❖•▪◻➢←→←➔⇨✗✓☒☑☎✆✉",
        strict=True,
    )
)
_SYMBOL = dict(
    zip(range(0x61, 0x7B), "αβχδεφγηιϕκλμνοπθρστυϖωξψζ", strict=True),
) | {0x57: "Ω", 0x44: "Δ", 0x53: "Σ", 0xB7: "•", 0xB1: "±", 0xB0: "°", 0xA3: "≤", 0xB3: "≥", 0xB4: "×", 0xAE: "→"}

_PRIVATE = re.compile("[\uf000-\uf0ff]")


class Texts:
    """Reads paragraphs; counts by kind what it leaves out of them."""

    def __init__(self, styles: Styles, notes: Notes | None = None) -> None:
        self._styles = styles
        self._notes = notes
        #: Words of hidden text, prompts of forms that nobody filled in, symbols without a character.
        self.left_out: Counter[str] = Counter()

    def of(self, element: Any) -> str:
        """Return the text below an element; tables and text boxes in it are not part of it."""
        parts: list[str] = []
        stack = [element]
        paragraph = element
        while stack:
            item = stack.pop()
            tag = item.tag
            if tag in (_T, f"{_MATH}t"):
                parts.append(self._plain(item))
            elif tag in _NOTE_CALLS:
                parts.append(self._call(item, _NOTE_CALLS[tag]))
            elif tag == qualified("sym"):
                parts.append(self._symbol(item))
            elif tag == qualified("ffData"):
                parts.append(_form_field(item))
            elif tag == _R and self._styles.is_hidden(item, paragraph):
                self.left_out["hidden"] += len("".join(t.text or "" for t in item.iter(_T)).split())
            elif tag == _SDT and _is_prompt(item):
                self.left_out["prompts"] += 1
            elif item is element or (isinstance(tag, str) and tag not in _SKIPPED and tag != _TEXT_BOX):
                if tag == _P:
                    paragraph = item
                if tag in _PLAIN and (tag == f"{_MATH}den" or _parent_is_run(item)):
                    parts.append(_PLAIN[tag])
                stack.extend(reversed(list(children_of(item))))
        return "".join(parts)

    def _call(self, reference: Any, kind: str) -> str:
        if self._notes is None:
            return ""
        label = self._notes.call(reference, kind)
        return f" [{label}]" if label else ""

    def _symbol(self, element: Any) -> str:
        try:
            code = int(element.get(qualified("char"), ""), 16)
        except ValueError:
            return ""
        return self._of_font(code, element.get(qualified("font")) or "")

    def _plain(self, element: Any) -> str:
        """Return the text of a run, what fonts of symbols put into the private area as characters."""
        text = element.text or ""
        if not _PRIVATE.search(text):
            return text
        fonts = element.getparent().find(f"{qualified('rPr')}/{qualified('rFonts')}")
        font = "" if fonts is None else fonts.get(qualified("hAnsi")) or fonts.get(qualified("ascii")) or ""
        return _PRIVATE.sub(lambda found: self._of_font(ord(found[0]), font), text)

    def _of_font(self, code: int, font: str) -> str:
        code -= 0xF000 if 0xF000 <= code <= 0xF0FF else 0
        font = font.lower()
        # without a font of its own, such a character is of Symbol, as Word's bullets are
        table = {"wingdings": _WINGDINGS, "symbol": _SYMBOL, "": _SYMBOL}.get(font)
        if table is None and "dings" not in font:
            return chr(code)
        found = (table or {}).get(code)
        if found is None:
            self.left_out["symbols"] += 1
        return found or "•"


def children_of(element: Any) -> Iterator[Any]:
    """Yield children; of content kept twice, for new programs and for old ones, only the first."""
    twice = element.find(_CHOICE) is not None
    for child in element:
        if isinstance(child.tag, str) and not (twice and child.tag == _FALLBACK):
            yield child


def boxes_of(element: Any) -> Iterator[Any]:
    """Yield the text boxes in an element, in order: the outermost ones, and not those of deleted text."""
    for child in children_of(element):
        if child.tag == _TEXT_BOX:
            yield child
        elif child.tag not in DELETED:
            yield from boxes_of(child)


def is_joined_to_next(paragraph: Any) -> bool:
    """Tell whether the end of a paragraph was deleted or is hidden: the next one goes on where it stops."""
    mark = paragraph.find(f"{qualified('pPr')}/{qualified('rPr')}")
    if mark is None:
        return False
    if any(mark.find(tag) is not None for tag in DELETED):
        return True
    return is_on(mark.find(qualified("vanish"))) is True and is_on(mark.find(qualified("specVanish"))) is True


def _parent_is_run(item: Any) -> bool:
    parent = item.getparent()
    return parent is not None and parent.tag == _R


def _is_prompt(control: Any) -> bool:
    """Tell whether a content control shows its prompt, « Cliquez ici pour entrer du texte »."""
    return is_on(control.find(f"{qualified('sdtPr')}/{qualified('showingPlcHdr')}")) is True


def _form_field(data: Any) -> str:
    """Return what a check box or a list to choose from shows; that of a text field is in its runs."""
    box = data.find(qualified("checkBox"))
    if box is not None:
        checked = box.find(qualified("checked"))
        state = is_on(checked if checked is not None else box.find(qualified("default")))
        return "☒" if state else "☐"
    choice = data.find(qualified("ddList"))
    if choice is not None:
        entries = [value_of(entry, "") for entry in choice.iterchildren(qualified("listEntry"))]
        result = choice.find(qualified("result"))
        index = value_of(result if result is not None else choice.find(qualified("default")), "0")
        if index.isdigit() and int(index) < len(entries):
            return entries[int(index)]
    return ""
