"""Labels and values in the tree of a web page: what counts as which."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from coopnlp.extract.html_text import BLOCKS, HEADINGS, flatten, one_line

__all__ = [
    "MAX_LABEL",
    "Pair",
    "bold_lines",
    "has_label_class",
    "is_block",
    "is_label",
    "is_named",
    "is_simple",
    "pair_of",
]

MAX_LABEL = 120
#: Names that French and English sites give to the elements of labels. The word ends a class name
#: (« field-label », « champ-libelle ») or opens it (« libelle-champ »): Drupal's « field--label-above »
#: and « field-name-body » are classes of what holds both label and value.
_LABEL_CLASS = re.compile(
    r"(?i)(?:^|[-_ ])(?:label|libell?es?|intitules?|etiquettes?|field-?name)(?:$| )"
    r"|(?:^| )(?:label|libelle|intitule|etiquette)[-_](?:champs?|field|rubrique|col(?:onne)?|form|donnee)(?:$| )"
)
#: Names for a label on some sites, for label and value together on others.
_EITHER_CLASS = re.compile(r"(?i)(?:^|[-_ ])(?:champ|rubrique|nom|cle|key|term)(?:$| )")
_VALUE_CLASS = re.compile(r"(?i)(?:^|[-_ ])(?:valeurs?|values?|donnees?|field-?(?:items?|data|content)|item)(?:$| )")
#: « Pays : Mali » is a pair; after a longer text a bold beginning is a speaker or a run-in heading.
_MAX_BOLD_VALUE = 300
#: A value of two paragraphs is one cell up to this length (an address); longer ones keep their paragraphs.
_MAX_CELL = 200
#: A value with one of these stands on its own.
_STRUCTURE = frozenset(("table", "ul", "ol", "dl", "blockquote", "pre", *HEADINGS))


class Pair(NamedTuple):
    """A label and its value; ``named`` where the mark-up says so, and not bold type alone."""

    label: str
    value: str
    named: bool = True


class BoldLines(NamedTuple):
    """Pairs of lines that begin in bold type, the index of the child after them, and the text before that child."""

    pairs: list[Pair]
    at: int
    rest: str


def is_block(element: Any) -> bool:
    """Tell whether an element can be a label or a value: a block, or what forms write them in."""
    return isinstance(element.tag, str) and (element.tag in BLOCKS or element.tag in ("span", "input", "select"))


def _classes(element: Any) -> str:
    return element.get("class") or "" if isinstance(element.tag, str) else ""


def has_label_class(element: Any) -> bool:
    """Tell whether the class of an element says that it holds a label, and no value besides."""
    names = _classes(element)
    if not names:
        return False
    if not _LABEL_CLASS.search(names):
        after = element.getnext()
        beside_value = after is not None and _VALUE_CLASS.search(_classes(after)) is not None
        if not (_EITHER_CLASS.search(names) and beside_value):
            return False
    inner = (_classes(below) for below in element.iterdescendants())
    return not any(_LABEL_CLASS.search(below) or _VALUE_CLASS.search(below) for below in inner if below)


def is_named(element: Any) -> bool:
    """Tell whether the mark-up calls an element a label, whatever follows it."""
    if not isinstance(element.tag, str) or element.tag in ("table", "tr", "tbody", "ul", "ol", "form"):
        return False
    if element.tag != "label" and not has_label_class(element):
        return False
    return 0 < len(one_line(element)) <= MAX_LABEL and is_simple(element)


def is_label(element: Any) -> bool:
    """Tell whether the mark-up calls an element a label, and its value is not the bare text after it."""
    return not (element.tail or "").strip(" :\t\r\n\xa0") and is_named(element)


def is_simple(element: Any, paragraphs: int = 1) -> bool:
    """Tell whether an element holds one run of text, and no table, list or heading.

    ``paragraphs`` is how many elements with text of their own it may hold; a short text may have two.
    """
    leaves = 0
    for child in element.iterdescendants():
        if child.tag in _STRUCTURE:
            return False
        if child.tag in ("p", "div") and not any(below.tag in ("p", "div") for below in child) and one_line(child):
            leaves += 1
    return leaves <= paragraphs or (leaves <= 2 and len(one_line(element)) <= _MAX_CELL)


def bold_lines(children: Sequence[Any], at: int) -> BoldLines:
    """Return the pairs of lines of one block, « <b>Pays :</b> Mali<br><b>Année :</b> 1999<br> », from a child on."""
    pairs: list[Pair] = []
    rest = ""
    while at < len(children) and not rest and children[at].tag in ("b", "strong"):
        label, value, end = one_line(children[at]), flatten(children[at].tail or ""), at + 1
        while end < len(children) and not _ends_line(children[end]):
            if isinstance(children[end].tag, str):
                value += one_line(children[end])
            value += flatten(children[end].tail or "")
            end += 1
        plain = value.strip().removeprefix(":").strip()
        if not (
            0 < len(label) <= MAX_LABEL
            and (label.endswith(":") or value.lstrip().startswith(":"))
            and 0 < len(plain) <= _MAX_BOLD_VALUE
        ):
            break
        pairs.append(Pair(label, plain, named=False))
        at = end
        while at < len(children) and children[at].tag == "br" and not rest:
            tail = flatten(children[at].tail or "")
            rest = tail if tail.strip() else ""
            at += 1
    return BoldLines(pairs, at, rest)


def _ends_line(element: Any) -> bool:
    if element.tag in ("b", "strong"):
        return one_line(element).endswith(":") or (element.tail or "").lstrip().startswith(":")
    return element.tag in ("br", "table") or element.tag in BLOCKS or element.tag in HEADINGS


def pair_of(element: Any) -> Pair | None:
    """Return label and value of an element that holds just these: ``<p><b>Pays :</b> Mali</p>``."""
    if element.tag not in ("p", "div", "li", "section", "fieldset") or (element.text or "").strip():
        return None
    children = [child for child in element if isinstance(child.tag, str) and child.tag != "br"]
    if not children:
        return None
    first = children[0]
    tail = (first.tail or "").strip()
    bold = first.tag in ("b", "strong", "em", "u") or (first.tag == "span" and "bold" in (first.get("style") or ""))
    named = first.tag == "label" or has_label_class(first)
    if not (bold or named):
        return None
    label = one_line(first)
    if not 0 < len(label) <= MAX_LABEL or not is_simple(first):
        return None
    if named:
        if len(children) > 2 or (len(children) == 1 and not tail):
            return None
        if len(children) == 2 and not tail and not is_simple(children[1]):
            return None
    if not is_simple(element, paragraphs=2) or len(bold_lines(list(element), 0).pairs) > 1:
        return None
    value = one_line(element)[len(label) :].strip()
    if not named and (
        not (label.endswith(":") or tail.startswith(":")) or not value.strip(" :") or len(value) > _MAX_BOLD_VALUE
    ):
        return None
    return Pair(label, value.removeprefix(":").strip(), named)
