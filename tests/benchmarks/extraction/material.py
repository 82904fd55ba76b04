"""French text of the domain for made documents: drawn from the training half of the corpus, each piece once."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

from coopnlp.text import plain_spaces
from coopnlp.training.corpus import read_marked

__all__ = ["Material"]

CORPUS = Path(__file__).resolve().parents[3] / "corpus"
# Named one by one, so that a corpus that grows leaves the documents as they are.
_THEMES = ("A", "B", "C", "D", "F", "G", "H", "J", "L")
_SENTENCE = re.compile(r"(?<=[a-zé0-9»)][.!?]) (?=[A-ZÉÀ«])")
#: A heading of the corpus that is numbered already would clash with the numbers of a layout.
_NUMBERED = re.compile(r"(?i)^(?:article|titre|chapitre|annexe|rapport|note|objet|n°|[a-z]?\d|[ivx]+\b)|\d{3,}")


_BEFORE_SIGN = re.compile(r" (?=[;:!?»%€$])|(?<=«) |(?<=\d) (?=\d{3}(?!\d))")


def _typed(text: str) -> str:
    """Return the text as French word processors write it: no-break spaces before high signs and inside sums."""
    return _BEFORE_SIGN.sub("\u00a0", " ".join(plain_spaces(text).split()))


#: Mark-up, and what OCR made of a page: some documents of the corpus are noisy on purpose.
_NOISE = re.compile(r"[|\t_#*{}<>]| {2}|-{2}|[a-z]- [a-z]|\d[OlI]|[OlI]\d|\brn|[a-z][A-Z0-9][a-z]")


def _settable(text: str) -> bool:
    """Tell whether the standard fonts of PDF have every letter (Windows-1252), and no mark-up or noise is in it."""
    in_fonts = text.encode("cp1252", "ignore").decode("cp1252") == text
    return in_fonts and not _NOISE.search(text)


@cache
def _pools() -> dict[str, tuple[str, ...]]:
    paragraphs: list[str] = []
    headings: list[str] = []
    items: list[str] = []
    values: dict[str, list[str]] = defaultdict(list)
    for document in read_marked(CORPUS / "entities" / "train"):
        for line in document.text.splitlines():
            line = _typed(line)
            if not line or not _settable(line):
                continue
            if 100 <= len(line) <= 1200 and line[0].isupper() and line[-1] in ".!?":
                paragraphs.append(line)
            elif re.match(r"[-–•] ", line) and 20 <= len(line) <= 220 and line[2:3].isalpha():
                items.append(line[2:].strip(" \u00a0;."))
            elif (
                12 <= len(line) <= 70
                and line[0].isupper()
                and line[-1].isalpha()
                and sum(map(str.isupper, line)) < 0.3 * len(line)
                and not re.search(r"[:;…/()«».,·@?!]", line)
                and not _NUMBERED.search(line)
            ):
                headings.append(line)
        for start, end, label in document.entities:
            value = _typed(document.text[start:end])
            if 3 <= len(value) <= 60 and _settable(value) and "\n" not in document.text[start:end]:
                values[label].append(value)
    for file in (CORPUS / "themes" / "train" / f"{name}.jsonl" for name in _THEMES):
        for row in file.read_text(encoding="utf-8").splitlines():
            text = _typed(json.loads(row).get("text", ""))
            if len(text) >= 100 and _settable(text) and text[-1] in ".!?":
                paragraphs.append(text)
    sentences = [s for p in paragraphs for s in _SENTENCE.split(p) if 40 <= len(s) <= 220 and s[0].isupper()]
    pools = {"paragraph": paragraphs, "sentence": sentences, "heading": headings, "item": items, **values}
    return {name: tuple(dict.fromkeys(pool)) for name, pool in pools.items()}


class Material:
    """Draws pieces of text at random; no paragraph, heading or item comes twice in a document."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: dict[str, list[str]] = {}
        self._used: list[str] = []

    def _draw(self, pool: str, accept: Callable[[str], bool]) -> str:
        if pool not in self._left:
            self._left[pool] = list(_pools()[pool])
            self._rng.shuffle(self._left[pool])
        left = self._left[pool]
        for at, text in enumerate(left):
            # a sentence must not come again on its own where its paragraph has been set, nor in part
            if accept(text) and not any(text in used for used in self._used):
                del left[at]
                self._used.append(text)
                return text
        raise ValueError(f"no {pool} is left that fits")

    def paragraph(self, least: int = 150, most: int = 900) -> str:
        """Return one paragraph of some length, in characters."""
        return self._draw("paragraph", lambda text: least <= len(text) <= most)

    def sentence(self, least: int = 40, most: int = 200) -> str:
        """Return one sentence."""
        return self._draw("sentence", lambda text: least <= len(text) <= most)

    def heading(self, most: int = 60) -> str:
        """Return the text of a heading without a number."""
        return self._draw("heading", lambda text: len(text) <= most)

    def item(self, most: int = 160) -> str:
        """Return the text of a list item, without a bullet."""
        return self._draw("item", lambda text: len(text) <= most)

    def value(self, label: str, most: int = 60) -> str:
        """Return the surface of an entity: the same may come again, as in a table."""
        while True:
            text = self._rng.choice(_pools()[label])
            if len(text) <= most:
                return text
