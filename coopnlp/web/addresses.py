"""The addresses of the pages: permanent, in French, the same for every part that links to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from coopnlp.text import fold

__all__ = [
    "PLURALS",
    "REF_LENGTH",
    "TYPES",
    "actor_path",
    "document_path",
    "item_path",
    "slug",
    "theme_of_slug",
    "theme_path",
]

# Hexadecimal digits of a digest that stand for a source in addresses.
REF_LENGTH = 12
# Types of items: the word, and where they are listed.
TYPES = {"agreement": "accord", "project": "projet", "partnership": "partenariat", "funding": "financement"}
PLURALS = {type_: f"{word}s" for type_, word in TYPES.items()}
_APART = re.compile(r"[^a-z0-9]+")


def item_path(type_: str, ref: str) -> str:
    """Return the permanent address of an item, by a record: first digits of the digest of its source, number there."""
    return f"/{PLURALS[type_]}/{ref}"


def document_path(sha256: str, offset: int | None = None, record: int | None = None) -> str:
    """Return the address of a document, or of the words in it that begin at an offset of its text.

    The words that ``record`` was read from stand out there.
    """
    path = f"/documents/{sha256[:REF_LENGTH]}"
    if offset is None:
        return path
    return f"{path}?a={offset}{'' if record is None else f'&fiche={record}'}#e-{offset}"


def actor_path(key: str) -> str:
    """Return the address of an actor."""
    return f"/acteurs/{quote(key, safe='')}"


def slug(name: str) -> str:
    """Return a name as a part of an address.

    >>> slug("Environnement, Climat et Énergie")
    'environnement-climat-et-energie'
    """
    return _APART.sub("-", fold(name)).strip("-") or "-"


def theme_path(path: Sequence[str]) -> str:
    """Return the address of a theme, by its first two levels."""
    return "/themes/" + "/".join(slug(name) for name in path[:2])


def theme_of_slug(names: Iterable[str], part: str) -> str | None:
    """Return the name that a part of an address stands for."""
    return next((name for name in names if slug(name) == part), None)
