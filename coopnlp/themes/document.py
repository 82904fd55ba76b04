"""What of a whole document says which field it is about."""

from __future__ import annotations

import re
from collections import Counter

from coopnlp.text import fold
from coopnlp.types import Record

__all__ = ["document_text"]

# Headings of a record of the atlas under which it says what is done and what for.
_TELLING = ("objectif", "description", "projet", "activite", "resultat")
# A paragraph shorter than this, in words, is a heading, an address or a menu.
_LEAST_WORDS = 12
_MOST_PARAGRAPHS = 3
_MOST_CHARACTERS = 4000
_MOST_THEMES = 12
# Lines that every document of a kind has and that name no field: the formulas of
# deliberations and agreements, furniture of web pages, contents and mail headings.
_BOILERPLATE = re.compile(
    r"^(?:vu |considerant |attendu |apres en avoir delibere|le conseil |la seance |etaient presents|absents|excuse"
    r"|pour extrait|fait a |entre les soussignes|article \d|page \d|table des matieres|sommaire|isbn|depot legal"
    r"|copier le lien|partager|imprimer|suivez nous|mentions legales|tous droits reserves|cookies|accueil |menu "
    r"|objet |de |a |date |telephone|courriel|adresse)"
)


def document_text(record: Record, text: str) -> str:
    """Return the part of a document that tells its theme: what is named as its subject, then how it opens.

    Titles of the document and its projects, sections of an atlas record on aims
    and activities, phrases that were read as themes, the first paragraphs that
    are no boilerplate. Tables, lists of persons, and all that comes later in a
    long report are left out, so that they do not outvote its subject.

    Parameters
    ----------
    record
        What was read from the document.
    text
        Its text; offsets of the record count in it.

    Returns
    -------
    str
        A part a line, at most 4,000 characters; the text itself, cut, where nothing stands out.
    """
    parts = [record.document.title]
    for project in record.projects:
        parts += [project.title, project.description]
    if record.atlas is not None:
        parts.append(record.atlas.title)
        told = [body for heading, body in record.atlas.sections if _tells(heading)]
        parts += told or [body for _, body in record.atlas.sections[:2]]
    themes = Counter(" ".join(e.text.split()) for e in record.entities if e.label == "THEME")
    # A phrase that comes back counts once more, not ten times: a refrain is no subject.
    parts += [". ".join(p for p, n in themes.most_common(_MOST_THEMES) for _ in range(min(n, 2)))]
    if record.atlas is None:
        parts += _opening(text)
    told_once = list(dict.fromkeys(" ".join(part.split()) for part in parts if part and part.strip()))
    return "\n".join(told_once)[:_MOST_CHARACTERS] or text[:_MOST_CHARACTERS]


def _tells(heading: str) -> bool:
    return any(word in fold(heading) for word in _TELLING)


def _opening(text: str) -> list[str]:
    found: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        if len(paragraph.split()) >= _LEAST_WORDS and not _BOILERPLATE.match(fold(paragraph[:200]) + " "):
            found.append(paragraph[: _MOST_CHARACTERS // _MOST_PARAGRAPHS])
        if len(found) == _MOST_PARAGRAPHS:
            break
    return found
