"""Other names for the same sentences, and the noise of archives.

A tagger trained on a few hundred documents knows their names by heart and
misses the rest. For each pass over the corpus a document may be seen with its
places, persons, organisations and themes exchanged for others of the same kind
(Dai and Adel 2020, "mention replacement"), consistently within the document,
or as a bad scan or an old typescript would give it. Offsets are kept throughout.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from coopnlp.training.corpus import Annotated

__all__ = ["Augmenter", "add_errors", "add_noise", "rebuild"]

# Letters that scans confuse; pairs read in both directions in French OCR evaluations.
_CONFUSED = {"é": "e", "è": "e", "ê": "e", "à": "a", "ç": "c", "l": "1", "I": "l", "O": "0", "m": "rn", "u": "n",
             "e": "c", "i": "l", "ô": "o", "û": "u", "î": "i", "B": "8"}  # fmt: skip
# Digits apart: they are not exchanged in training, where a sum must stay one.
_CONFUSED_DIGITS = {"0": "O", "1": "l", "5": "S", "6": "b", "8": "B", "9": "g"}
_VOWEL = re.compile(r"[aeiouyhâàéèêëîïôöûùüAEIOUYHÂÀÉÈÊËÎÏÔÖÛÙÜœŒ]")
_TYPED = re.compile(
    r"^(?P<type>.*?\b(?:de la|de l['’]|des|du|de|d['’]|MRC|Ville|ville|[Rr]égion|[Cc]ommune|[Dd]épartement)\s*)"
    r"(?P<name>[A-ZÀ-Ý].*)$"
)
# How often a mention of a kind is exchanged in a document that is augmented at all.
_RATES = {"COLLECTIVITY": 0.7, "LOC": 0.7, "PER": 0.7, "ORG": 0.4, "FUNDER": 0.25, "THEME": 0.35,
          "PROJECT": 0.4, "EVENT": 0.3, "AGREEMENT": 0.15}  # fmt: skip


def rebuild(document: Annotated, pieces: Iterable[tuple[int, int, str]], suffix: str = "'") -> Annotated:
    """Return the document with text[start:end] exchanged for each piece (sorted, disjoint), spans moved.

    An entity must contain a piece whole or not touch it.
    """
    out: list[str] = []
    shifts: list[tuple[int, int]] = []
    last = moved = 0
    for start, end, new in pieces:
        out += [document.text[last:start], new]
        moved += len(new) - (end - start)
        shifts.append((end, moved))
        last = end
    out.append(document.text[last:])

    def move(position: int, is_end: bool) -> int:
        by = 0
        for border, shift in shifts:
            if border < position or (border == position and is_end) or border == position:
                by = shift
            else:
                break
        return position + by

    spans = tuple((move(s, False), move(e, True), label) for s, e, label in document.entities)
    return Annotated(document.id + suffix, "".join(out), spans)


class Augmenter:
    """Exchanges mentions within a corpus; draws come from ``random.Random(seed)``.

    Parameters
    ----------
    documents
        The training documents, whose mentions are exchanged among each other.
    place_names
        More names of places by class, from the gazetteer.
    """

    def __init__(self, documents: Sequence[Annotated], place_names: Sequence[str], seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.place_names = list(place_names)
        self.by_context: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.first_names: list[str] = []
        self.last_names: list[str] = []
        for document in documents:
            for start, end, label in document.entities:
                surface = document.text[start:end]
                self.by_context[label, self._context(document.text, start)].append(surface)
                words = surface.split(" ")
                if label == "PER" and len(words) > 1:
                    self.first_names.append(words[0])
                    self.last_names.append(" ".join(words[1:]))

    @staticmethod
    def _context(text: str, start: int) -> str:
        """Return the word before a mention: what its gender and first letter agree with."""
        before = text[max(0, start - 12) : start]
        if not before.strip(" ") or before.endswith("\n"):
            return "\n"
        found = re.search(r"(\w+['’]?|\W)\s*$", before)
        return found.group(1).lower() if found else ""

    def __call__(self, document: Annotated) -> Annotated:
        """Return the document with mentions exchanged."""
        chosen: dict[tuple[str, str], str] = {}
        pieces: list[tuple[int, int, str]] = []
        for start, end, label in document.entities:
            if label not in _RATES:
                continue
            surface = document.text[start:end]
            head, name = self._head(label, surface)
            kind = "place" if label in ("COLLECTIVITY", "LOC") else label
            key = (kind, name.casefold())
            if key not in chosen:
                keep = self.random.random() > _RATES[label]
                chosen[key] = name if keep else self._other(label, name, document.text, start)
            if chosen[key] == name:
                continue
            new = self._join(head, chosen[key])
            if surface.isupper() and len(surface) > 4:
                new = new.upper()
            if self._agrees(document.text, start, surface, new):
                pieces.append((start, end, new))
        return rebuild(document, pieces)

    @staticmethod
    def _head(label: str, surface: str) -> tuple[str, str]:
        """Return the type word with its preposition, and the name proper."""
        typed = _TYPED.match(surface) if label in ("COLLECTIVITY", "LOC") else None
        return (typed["type"], typed["name"]) if typed else ("", surface)

    @staticmethod
    def _join(head: str, name: str) -> str:
        if re.search(r"\b(?:de la|de l['’]|du|des|de|d['’])\s*$", head):
            bare = re.sub(r"\s*\b(?:de la|de l['’]|du|des|de|d['’])\s*$", "", head)
            return f"{bare} {'d’' if _VOWEL.match(name) else 'de '}{name}"
        return head + name

    def _other(self, label: str, name: str, text: str, start: int) -> str:
        if label in ("COLLECTIVITY", "LOC"):
            # Descriptions (« Rhin supérieur », « bassin du Congo ») have no other of their kind in a list.
            plain = name[:1].isupper() and len(name.split()) <= 4
            return self.random.choice(self.place_names) if plain and self.place_names else name
        if label == "PER":
            if not self.first_names:
                return name
            last = self.random.choice(self.last_names)
            return last if " " not in name else f"{self.random.choice(self.first_names)} {last}"
        same = self.by_context[label, self._context(text, start)]
        return self.random.choice(same) if same else name

    @staticmethod
    def _agrees(text: str, start: int, surface: str, new: str) -> bool:
        """Whether the elision before the mention still fits (« l'Orne », not « l'Gironde »)."""
        vowel = bool(_VOWEL.match(new))
        if text[max(0, start - 1) : start] in ("'", "’"):
            return vowel
        little_word = re.search(r"\b(?:de|le|la)\s$", text[max(0, start - 4) : start])
        return not (little_word and vowel and not _VOWEL.match(surface))


def add_noise(document: Annotated, draw: random.Random) -> Annotated:
    """Return the document as a poor copy: OCR confusions, lost accents, capitals, doubled spaces.

    One kind of noise a document; lengths may change, spans move along.
    """
    kind = draw.choice(("ocr", "ocr", "accents", "capitals", "spaces", "apostrophes"))
    pieces: list[tuple[int, int, str]] = []
    borders = {b for s, e, _ in document.entities for b in (s, e)}
    if kind == "capitals":
        position = 0
        for line in document.text.split("\n"):
            if draw.random() < 0.25 and len(line.upper()) == len(line):
                pieces += [(position + i, position + i + 1, c.upper()) for i, c in enumerate(line) if c != c.upper()]
            position += len(line) + 1
        return rebuild(document, pieces, "^")
    rate = {"ocr": draw.choice((0.004, 0.01, 0.02)), "accents": 1.0, "spaces": 0.04, "apostrophes": 1.0}[kind]
    for i, c in enumerate(document.text):
        new = c
        if kind == "ocr":
            new = _CONFUSED.get(c, c)
        elif kind == "accents" and ord(c) > 127 and c.isalpha():
            new = unicodedata.normalize("NFD", c)[0]
        elif kind == "apostrophes" and c in "'’":
            new = "’" if c == "'" else "'"
        elif kind == "spaces" and c == " " and i not in borders and i + 1 not in borders:
            new = draw.choice(("  ", "\n", "\u00a0"))
        if new != c and (rate == 1.0 or draw.random() < rate):
            pieces.append((i, i + 1, new))
    return rebuild(document, pieces, "~")


def add_errors(document: Annotated, rate: float, seed: int = 0) -> Annotated:
    """Return the document with this share of its characters misread, white space apart.

    ``rate`` times the characters, rounded, are each exchanged for what scans
    take them for, for another letter of the document where no such is listed, or
    lost (one in ten, inside words). Spans move along and are never empty. The
    same document, rate and seed give the same errors, whatever is scored beside.

    Parameters
    ----------
    rate
        Between 0 and 1. At 0.02 one word in ten has an error; above 0.1 a text is hard to read.
    """
    draw = random.Random(f"{seed} {document.id}")
    text = document.text
    places = [i for i, c in enumerate(text) if not c.isspace()]
    letters = sorted({c for c in text if c.isalpha()}) or ["e", "i"]
    borders = {b for s, e, _ in document.entities for b in (s, e - 1)}
    pieces = []
    for i in sorted(draw.sample(places, round(rate * len(places)))):
        new = (
            _CONFUSED.get(text[i])
            or _CONFUSED_DIGITS.get(text[i])
            or draw.choice([c for c in letters if c != text[i]] or ["?"])
        )
        inside = text[i - 1 : i].isalpha() and text[i + 1 : i + 2].isalpha()
        if draw.random() < 0.1 and inside and i not in borders:
            new = ""
        pieces.append((i, i + 1, new))
    return rebuild(document, pieces, "~")
