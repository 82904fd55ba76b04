"""What kind of document a text is, from the words that its first lines open with.

The line that comes first decides, for a newsletter quotes a resolution and
minutes hold deliberations; where no line names a kind, words of the whole text
do. Source of the words: headings of the 62 development documents of the corpus
and of two years of council minutes, letters and newsletters.
"""

from __future__ import annotations

import re

from coopnlp.records.reading import Reading

__all__ = ["OPENS_MINUTES", "is_kind_line", "kind_of_document"]

# Looked for in each of the first lines that can be headings; on one line the first match wins.
_HEADS: tuple[tuple[str, str], ...] = (
    ("avenant", r"^\W*(?:projet d'|\w+ )?avenant\b"),
    (
        "bulletin",
        r"^\W*bulletin\b|\bbulletin (?:municipal|communal|intercommunal|mensuel|d'info\w*|de liaison|de la|du|des|n)"
        r"|\bbulletin\W*$|\binfo-?lettre\b|\blettre d'info\w*|\bnewsletter\b|\bjournal municipal\b"
        r"|\binfos?\b.{0,12}(?:\bn[°o]|\bete\b|hiver|printemps|automne|\b(?:19|20)\d\d)",
    ),
    (
        "rapport de mission",
        r"\b(?:rapport|compte[- ]rendu|carnet)s? (?:de |d'une |de la |d')mission\b|^\W*mission (?:a|au|en|aux) ",
    ),
    (
        "résolution",
        r"^\W*(?:numero de )?resolution\b|\bextrait (?:du|des) proces[- ]verb.{0,80}|\bresolution (?:n° ?)?\d",
    ),
    (
        "délibération",
        r"\bextrait du registre\b|^\W*deliberation\b|\bdeliberation n|\bdecision du maire\b"
        r"|\bregistre des deliberations\b",
    ),
    (
        "procès-verbal",
        r"\b(?:proces[- ]verbal|compte[- ]rendu|releve de (?:decisions|conclusions))\b",
    ),
    (
        "convention",
        r"^\W*(?:projet de )?(?:convention|entente|accord|protocole|charte|pacte|contrat)\b"
        r"(?![^\n]*\b(?:est|sont|a ete)\b)",
    ),
    ("plan d'action", r"^\W*(?:plan d'actions?|feuille de route|programme d'actions?)\b"),
    (
        "liste de projets",
        r"\b(?:laureat\w*|projets (?:retenus|soutenus|finances|laureats)"
        r"|resultats? (?:de l'|d'un )(?:appel|selection))\b",
    ),
    ("appel à projets", r"\b(?:appel a (?:projets|candidatures|propositions|manifestation)|reglement de l'appel)\b"),
    ("communiqué", r"\bcommunique(?: de presse| commun)?\W*$|^\W*communique\b|\bpour diffusion immediate\b"),
    ("rapport", r"^\W*(?:[\divx]+[ .)–-]+)?(?:rapport|evaluation|bilan)\b"),
    ("note", r"^\W*note\b(?! de bas)"),
    ("lettre", r"^\W*(?:chers?|cheres?|monsieur|madame|mesdames|messieurs)\b[^\n.]{0,70},$"),
)
# Words that say it wherever they stand.
_ANYWHERE: tuple[tuple[str, str], ...] = (
    ("convention", r"\bentre les soussignes\b"),
    ("délibération", r"\bapres en avoir delibere\b"),
    (
        "résolution",
        r"\b(?:attendu|considerant) (?:que|qu'|l'|la )[\s\S]{0,2000}\b(?:il est (?:propose|resolu)|en consequence)\b",
    ),
    ("procès-verbal", r"\b(?:m|mme)\. [^\n]{3,40}\. [–-] "),
    ("article", r"\bpubliee? le\b|\btemps de lecture\b|\blecture\s*:\s*\d+ min|\bmis en ligne le\b"),
    (
        "rapport de mission",
        r"\b(?:la|cette) mission\b[\s\S]{0,300}\b(?:objectifs|deplacement|se derouler|delegation)\b",
    ),
    ("rapport", r"\bisbn\b"),
    ("lettre", r"\bje vous prie d'agreer\b|\bsalutations distinguees\b|\bveuillez (?:agreer|recevoir|croire)\b"),
    ("procès-verbal", r"^\W*seance (?:\w+ ){0,3}du\b"),
)
# Lines that name another document than their own.
_OF_OTHERS = re.compile(
    r"^\W*(?:vu|considerant|attendu|objet|ref|approbation|adoption|annexe|pieces? jointes?|extrait du bulletin"
    r"|voir|suite a|conformement|dans le cadre|par)\b"
)
# A sentence: « Le compte rendu de la séance… », not « LES MUREAUX – COMPTE RENDU ».
_SENTENCE = re.compile(r"\W*(?:Le|La|Les|L['’]|Un|Une|Ce|Cette|Ces)\s?[a-zà-ÿ]")
# Minutes begin with a sentence as often as with a heading.
OPENS_MINUTES = re.compile(r"^\W*(?:proces[- ]verbal|compte[- ]rendu|extrait (?:du|des) proces)\b")
_FIRST_LINES = 14
_MAX_HEADING = 170
# An extract has one vote; minutes of a council have one an item.
_MANY_VOTES = 3
_VOTE = re.compile(r"\bapres en avoir delibere\b|\badoptee? a l'unanimite\b|^\W*pour\s*:\s*\d+", re.M)


def _kind_of_line(line: str) -> str | None:
    line = " ".join(line.split())
    if opening := OPENS_MINUTES.match(line):
        line = line[: max(opening.end(), 60)]
    if len(line) > _MAX_HEADING or _OF_OTHERS.match(line):
        return None
    if re.search(r"[.;]$", line) and len(line.split()) > 8:
        return None
    return next((kind for kind, words in _HEADS if re.search(words, line)), None)


def is_kind_line(line: str) -> bool:
    """Tell whether a plain line does no more than name a kind: « rapport de mission », « communiqué de presse ».

    >>> is_kind_line("rapport de mission"), is_kind_line("rapport sur les puits de kita")
    (True, False)
    """
    return (
        len(line.split()) <= 4 and _kind_of_line(line) is not None and not re.search(r"\b(?:sur|avec|a|19|20)\b", line)
    )


def kind_of_document(reading: Reading) -> str | None:
    """Return the kind, None where the document gives no sign."""
    lines = [
        reading.plain[a:b].strip() for a, b in reading.lines[:_FIRST_LINES] if not _SENTENCE.match(reading.text, a, b)
    ]
    title = reading.extraction.metadata.title
    found = next((kind for kind in map(_kind_of_line, lines) if kind), None)
    if found == "lettre" and any(
        re.search(r"\b(?:discours|allocution|mot|guide|programme)\b", line) for line in lines[:3]
    ):
        found = None  # a speech opens as a letter does
    if found is None and title:
        from coopnlp.records.reading import plain

        found = _kind_of_line(plain(title))
    if found == "résolution" and not re.search(r"\bresolution\b|\bresolu\b", reading.plain):
        found = "délibération"  # « extrait du procès-verbal » in France
    if found is not None:
        return found
    if sum(1 for _ in _VOTE.finditer(reading.plain)) >= _MANY_VOTES:
        return "procès-verbal"
    return next((kind for kind, words in _ANYWHERE if re.search(words, reading.plain, re.M)), None)
