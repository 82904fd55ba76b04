"""Items of several lines that a sum ends: their named fields, or the line that is their title.

« Bénéficiaire : Club nautique / Objet : quai flottant / Montant : 900 € »; « a) Club nautique / Quai flottant /
900 € ».
"""

from __future__ import annotations

import re
from collections.abc import Callable

from coopnlp.records.clauses import Reader
from coopnlp.records.purpose_heads import names_columns, opens_part, subject_of
from coopnlp.records.purpose_lines import Span, is_sentence
from coopnlp.records.purpose_words import is_object, joined
from coopnlp.records.reading import clip

__all__ = ["of_fields", "title_of_block", "title_of_item", "told_about"]

# « Bénéficiaire : Club nautique », « Objet | quai flottant »: the fields of an item, each with its name before it
_FIELD = re.compile(
    r"(?:^|[|—–•;]|\s{3})[ \t#*•–-]*(?:(?P<who>(?:nom (?:du |de l'|de la )?)?(?:beneficiaire|intervenant|porteur(?: "
    r"(?:de|du) projet)?|demandeur|association"
    r"|structure|organisme|promoteur|laureat|maitre d'ouvrage|operateur|tiers)s?)"
    r"|(?:nom|titre|intitule|objet|libelle|designation)(?: (?:du |de l'|de la |de )(?:projet|action|operation"
    r"|programme|aide|subvention|demande))?"
    r"|projets?|actions?|operation|manifestation)\s*[:|]\s*(?P<what>(?:(?!\s{3}| [—–|] )[^\n|;])+)",
    re.M,
)
_MARK = re.compile(r"\s*(?:[-–—•*▪➤►›·■□◦▸]\s|\d{1,2}\s?[.)°]\s|[a-zA-Z]\s?\)\s|\(\d{1,2}\)\s)")
# Figures that are a sum or a share, not a number of an item.
_FIGURES = re.compile(r"\d{3}(?!\d)|\d ?%")
_FIELDS, _TITLE, _ITEM, _LONGEST = 1200, 150, 12, 140
# « Montant proposé : », or nothing: all that stands before the sum that ends a block.
_SUM_LABEL = re.compile(
    r"\W*(?:(?:montant|aide|subvention|somme|bourse|dotation|prix)s?(?: \w+){0,3}\s*(?:[:=|]|de|est de)?\s*)?"
)
_BLOCK = 40
_ANNOUNCES = re.compile(r"\b(?:suivant\w*|ci-dessous|ci-apres|repart\w+|selection\w*|retenus?|propose\w*)\b[^:.]*:\s*$")
# « Espoir Avenir (code asso 1575) : », « Judo dolois est une association qui... »: whom a paragraph is about
_ABOUT = re.compile(
    r"[\s•*▪➤►–—-]*(?:l'association |association |le club )?(?P<what>[^.:;()\n]{3,90}?)\s*(?:\([^()\n]{2,60}\)\s*)?"
    r"(?::\s*$|,?\s*\b(?:est|a ete|creee?|fondee?) (?:une? (?:\w+ )?(?:association|club|compagnie|structure|federation"
    r"|collectif|troupe|section|ecole)|creee?|fondee?|en \d{4}|depuis)\b)",
    re.M,
)
_REPORT = 1800
_QUOTED = re.compile(r"[«“]\s*(?P<what>[^«»“”\n]{6,120}?)\s*[»”]")


def of_fields(
    reader: Reader, span: Span, start: int, givers: frozenset[str], above: Callable[[int, int], str | None]
) -> str | None:
    """Return who and what the named fields of an item say, the last ones between ``start`` and a sum.

    ``above`` gives the title told between two offsets.
    """
    reading = reader.reading
    who = what = title = None
    begin = max(start, span[0] - _FIELDS)
    for match in _FIELD.finditer(reading.plain, begin, span[0]):
        if reading.within(match.start("what"), match.end("what") + 1, ("AMOUNT",)):
            continue
        value = subject_of(reading.text[slice(*match.span("what"))], givers)
        if match["who"]:
            if who is not None and what is not None:
                what = None  # the next item
            if what is None:
                title = above(match.start(), max(start, match.start() - _TITLE)) or _line_above(reader, match.start())
            who = value
        elif value is not None:
            what = value
    if what is None and who is not None:
        what = title_of_item(reader, span, givers)
    return joined([p for p in (title, who, what) if p])


def _line_above(reader: Reader, offset: int) -> str | None:
    """Return the line above a field where it is a title and no field itself."""
    for start, end in reader.reading.lines_before(reader.reading.line_at(offset + 1)[0], 1):
        text = reader.reading.text[start:end]
        if ":" not in text and "|" not in text and is_object(text) and not is_sentence(reader, start, end):
            return clip(text, _LONGEST)
    return None


def title_of_block(reader: Reader, span: Span, givers: frozenset[str]) -> str | None:
    """Return who and what a block of paragraphs is about that a line with nothing but its sum ends.

    « Marie Roy, étudiante / « Un été à Dakar » / Marie souhaite... / Montant proposé : 500 € », in a row of such:
    the line under the sum before, and the title in quotation marks.
    """
    reading = reader.reading
    if not _is_sum_line(reader, *reading.line_at(span[0])):
        return None
    lines = reading.lines_before(reading.line_at(span[0])[0], _BLOCK)
    ended = next((i for i in range(len(lines) - 1, -1, -1) if _is_sum_line(reader, *lines[i])), None)
    if ended is None:  # the first one: under the line that announces them
        announced = (i for i, line in enumerate(lines) if _ANNOUNCES.search(reading.plain, *line))
        ended = max(announced, default=None)
    if ended is None or ended + 1 == len(lines):
        return None
    start, end = lines[ended + 1]
    who = subject_of(reading.text[start : end if end - start < _LONGEST else start + _LONGEST].split(". ")[0], givers)
    if who is None or is_sentence(reader, start, end) or opens_part(who) or names_columns(who):
        return None
    titled = _QUOTED.search(reading.text, end, span[0])
    return joined([who, *([titled["what"]] if titled else [])])


def told_about(reader: Reader, span: Span, givers: frozenset[str]) -> str | None:
    """Return whom the report above a sum is about, down from the sum before it: « Judo dolois est... »."""
    reading = reader.reading
    sums = reading.within(max(0, span[0] - _REPORT), span[0], ("AMOUNT",))
    low = sums[-1].end if sums else max(0, span[0] - _REPORT)
    found = None
    line = reading.line_at(span[0])
    for start, end in (*reading.lines_before(line[0], _BLOCK), (line[0], span[0])):
        about = _ABOUT.match(reading.plain, start, end) if start >= low else None
        what = subject_of(reading.text[slice(*about.span("what"))], givers) if about else None
        if what is not None and not opens_part(what) and what[:1].isupper():
            found = what
    return found


def _is_sum_line(reader: Reader, start: int, end: int) -> bool:
    """Tell whether a line holds one sum and no more than a label before it."""
    sums = reader.reading.within(start, end, ("AMOUNT",))
    return (
        len(sums) == 1
        and not re.search(r"\w", reader.reading.plain[sums[0].end : end])
        and _SUM_LABEL.fullmatch(reader.reading.plain, start, sums[0].start) is not None
    )


def title_of_item(reader: Reader, span: Span, givers: frozenset[str]) -> str | None:
    """Return the title of the item whose last lines hold a sum: the first line of its paragraph, or at its mark.

    A title that names only who gets the money is followed by what it is for.
    """
    reading = reader.reading
    paragraph = reading.paragraph_at(span[0])
    line = reading.line_at(span[0])
    lines = [(a, b) for a, b in reading.lines_before(line[0], _ITEM) if a >= paragraph[0]]
    marked = [i for i, (a, b) in enumerate(lines) if _MARK.match(reading.text, a, b)]
    lines = lines[marked[-1] :] if marked and not _MARK.match(reading.text, *line) else lines if not marked else []
    if "|" in reading.text[slice(*line)]:
        return None
    sums = [i for i, (a, b) in enumerate(lines) if reading.within(a, b, ("AMOUNT",))]
    if not lines or len(lines) == _ITEM or 0 in sums:
        return None
    told: list[str] = []
    for start, end in lines[:2]:
        mark = _MARK.match(reading.text, start, end)
        text = reading.text[mark.end() if mark else start : end]
        stop = re.search(r"\.\s", text)
        first = text[: stop.start()] if stop else text
        what = subject_of(first, givers)
        if what is None or len(what) > _LONGEST or _FIGURES.search(what) or names_columns(what) or opens_part(what):
            break
        if re.match(r"[^:]{3,30}:", text) and told:
            break
        if is_sentence(reader, start, start + len(first)):
            break
        told.append(what)
    title = joined(told)
    named = reading.within(lines[0][0], lines[0][1], ("ORG", "PROJECT"))
    return title if title and (named or "«" in title or is_object(title)) else None
