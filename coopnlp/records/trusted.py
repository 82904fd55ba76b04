"""The entities that records may rest on: a tagger's slips mended or left out.

A record is read by people who trust each line, and a tagger cuts names short,
runs over the end of a block, or takes a surname for a town. What can be mended
is (« mairie. Il » is cut at the full stop), what cannot be trusted as a party is
left out: a name after a civility, a name without a capital that no definition
explains, a name that ends in the middle. The entities of the document itself
stay as they were found.

Source of the rules: the shipped tagger's errors on 62 development documents and
three long real ones (council minutes, a list of grants), listed by hand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from coopnlp.records.not_given import NO_BODY
from coopnlp.records.reading import plain
from coopnlp.types import Entity, Extraction

__all__ = ["after_civility", "trusted_entities"]

_BODIES = ("COLLECTIVITY", "ORG", "FUNDER", "LOC")
_CIVILITY = re.compile(
    r"\b(?:M|MM|Mme|Mmes|Mlle|Mr|Dr|Pr|Me)\.?\s+(?:[A-ZÀ-Ý][\w'’.-]*\s+){0,2}$"
    r"|\b(?:[Mm]onsieur|[Mm]adame|[Mm]ademoiselle)\s+(?:[A-ZÀ-Ý][\w'’.-]*\s+){0,2}$"
)
_FUNCTION_WORD = r"(?:à|au|aux|de|du|des|d['’]|la|le|les|l['’]|et|ou|en|par|pour|sur|avec|entre|dans|afin|une?|qui|que"
_FUNCTION_WORD += r"|gérée?s?|financée?s?|portée?s?|menée?s?|signée?s?|conclue?s?)"
_OPEN_END = re.compile(rf"(?:[\s,;:–—-]+{_FUNCTION_WORD}|[\s,;:–—-]+)$", re.IGNORECASE)
_NEW_SENTENCE = re.compile(r"(?<=[^\W\d_]{4})[.!?]\s+(?=[A-ZÀ-Ý])")
_PARTICULAR = re.compile(r"[A-ZÀ-Ý0-9]")
_SHIFTING = re.compile(r"\b(?:cette|cet|ces|celle|celui|notre|nos|votre|vos|leurs?|son|sa|ses|autres?|chaque)\b", re.I)
# A type word alone, which the document may define: « la communauté d'agglomération ».
_TYPE_WORD = re.compile(
    r"(?:ville|commune|municipalité|mairie|région|département|métropole|agglomération|province|"
    r"communauté(?: d['’]agglomération| de communes| urbaine)?|conseil \w+|association|collectivité)",
    re.IGNORECASE,
)
# « Conseil régional du Centre Anna ROY » : the speaker's name after the title of an item.
_SPEAKER = re.compile(r"(?<=[a-zà-ÿ])\s+[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-Z][a-zà-ÿ]+)?\s+[A-ZÀ-Ý]{3,}$")
_DASH = re.compile(r"\s[–—-]\s")
# What an organisation is to do is no part of its name.
_AIM = re.compile(r"\s+(?:afin\s+d|en vue d|pour l['’]acqui|pour la mise|destiné)", re.IGNORECASE)
# « Article 1. – ALLOUE au comité ... »: the verbs of a decision are set in capitals, as names are.
_DECISION = re.compile(
    r"(?:ALLOUE|ATTRIBUE|ACCORDE|OCTROIE|VERSE|VOTE|APPROUVE|ADOPTE|AUTORISE|D[ÉE]CIDE|D[ÉE]LIB[ÈE]RE|DONNE|DIT|FIXE|CHARGE"
    r"|HABILITE|MANDATE|PR[ÉE]CISE|CONSTATE|PREND ACTE|PREND|INSCRIT|IMPUTE|PR[ÉE]L[ÈE]VE|CONSID[ÉE]RANT"
    r"|ATTENDU|VU|ENTENDU"
    r"|R[ÉE]SOLU|IL EST R[ÉE]SOLU|CONFIRME|SOLLICITE|DEMANDE|D[ÉE]SIGNE|RENOUVELLE|RECONDUIT|ANNULE"
    r"|ABROGE|MODIFIE|PROPOSE)"
)
_LONGEST_NAME = 120


def after_civility(text: str, offset: int) -> bool:
    """Tell whether a name at the offset follows a civility, first names between: « Mme Ana Ruiz ».

    >>> after_civility("la demande de Mme Ana Mirande", 22)
    True
    """
    return bool(_CIVILITY.search(text[max(0, offset - 60) : offset]))


def _cut(text: str, entity: Entity, borders: list[int]) -> tuple[int, int]:
    """Return the span of the entity up to the first border, sentence end or unclosed bracket, without loose ends."""
    start, end = entity.start, entity.end
    at = bisect_right(borders, start)
    if at < len(borders) and borders[at] < end:
        end = borders[at]
    blank = re.search(r"\n[ \t]*\n", text[start:end])
    end = start + blank.start() if blank else end
    if entity.label in _BODIES:
        for pattern in (_NEW_SENTENCE, _AIM):
            found = pattern.search(text, start, end)
            end = found.start() if found and found.start() > start else end
        line_end = text.find("\n", start)
        line = text[text.rfind("\n", 0, start) + 1 : line_end if line_end >= 0 else len(text)]
        dash = _DASH.search(text, start, end)
        if dash and len(_DASH.findall(line)) > 1 and "|" not in line:
            # The title of an item of minutes, its parts set off by dashes.
            end = dash.start()
        speaker = _SPEAKER.search(text[start:end])
        end = start + speaker.start() if speaker else end
    surface = text[start:end]
    if surface.count("(") > surface.count(")"):
        surface = surface[: surface.rindex("(")]
    while surface:
        bare = _OPEN_END.sub("", surface)
        if bare == surface:
            break
        surface = bare
    return start, start + len(surface)


def trusted_entities(extraction: Extraction, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return the entities that records are read from, in order, mended where their text was cut.

    Left out: bodies after a civility, bodies without a capital or digit unless
    they are a type word that a definition can explain, bodies with « cette » or
    « notre », and project titles that run over the end of a block.

    Sums and dates are returned as they are.
    """
    text = extraction.text
    borders = sorted({b.start for b in extraction.blocks} | {b.end for b in extraction.blocks})
    kept: list[Entity] = []
    for entity in entities:
        if entity.label in ("AMOUNT", "DATE", "PER", "THEME", "EVENT"):
            kept.append(entity)
            continue
        start, end = _cut(text, entity, borders)
        if entity.label == "PROJECT":
            # A title that runs over a block is no title; one with a loose end is the reader's to complete.
            at = bisect_right(borders, entity.start)
            over = at < len(borders) and borders[at] < entity.end
            if not over and not re.search(r"\n[ \t]*\n", entity.text):
                kept.append(entity)
            continue
        surface = text[start:end]
        if entity.label in _BODIES:
            if after_civility(text, start) or len(surface) > _LONGEST_NAME or _SHIFTING.search(surface):
                continue
            if _DECISION.fullmatch(surface):
                continue
            if NO_BODY.fullmatch(plain(surface)):  # « Coût », the label of a form
                continue
            if not _PARTICULAR.search(surface) and not _TYPE_WORD.fullmatch(surface):
                continue
        if len(surface) < 2:
            continue
        mended = (
            entity
            if (start, end) == (entity.start, entity.end)
            else entity.model_copy(update={"start": start, "end": end, "text": surface, "kb_id": ""})
        )
        kept.append(mended)
    return tuple(kept)
