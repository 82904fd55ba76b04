"""What should be looked at first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from coopnlp.catalogue.actors import is_linked
from coopnlp.catalogue.conflicts import Difference
from coopnlp.catalogue.facts import Fact
from coopnlp.text import fold

__all__ = ["Readings", "Reason", "doubt_of", "reasons_to_doubt"]

_FIELDS = {
    "date": "la date de signature", "start": "le début", "end": "la fin", "kind": "la nature", "status": "l’état",
    "amounts": "les montants",
}  # fmt: skip
# An odd title: hardly any letters, or cut in the middle of a word or of a bracket.
_LETTERS = re.compile(r"[^\W\d_]")
_BARE = {
    "projet", "convention", "accord", "accord de jumelage", "jumelage", "entente", "protocole", "protocole d accord",
    "convention de partenariat", "partenariat", "programme", "subvention", "financement", "accord de cooperation",
    "convention de cooperation", "accord cadre", "convention cadre", "projet de cooperation", "charte", "avenant",
}  # fmt: skip


class Reason(NamedTuple):
    """One thing that speaks for looking: how much, 0 to 1, and what, in French."""

    weight: float
    text: str


class Readings(NamedTuple):
    """How documents were read: ids of those read with rules older than the newest, pages that OCR read with doubt."""

    old: Collection[int]
    doubtful: Mapping[int, Collection[int]]


def reasons_to_doubt(
    facts: Sequence[Fact], conflicts: Sequence[Difference], readings: Readings, kinds: Mapping[str, str]
) -> list[Reason]:
    """Return what speaks for looking at an item.

    Parameters
    ----------
    facts
        Its records, the leading one first.
    kinds
        The kind of each actor.
    """
    lead, found = facts[0], []
    keys = {key for fact in facts for key in fact.keys}
    found += _of_parties(lead, keys, kinds)
    if lead.type == "funding" and not any(fact.sums for fact in facts):
        found.append(Reason(0.3, "aucun montant"))
    if not any(fact.begins or fact.end for fact in facts):
        found.append(Reason(0.2, "aucune date"))
    for conflict in conflicts:
        found.append(Reason(0.3, f"les sources diffèrent sur {_FIELDS[conflict.field]}"))
    pages = {(fact.document_id, fact.page) for fact in facts}
    if all(page in readings.doubtful.get(document, ()) for document, page in pages if page is not None) and any(
        page is not None for _, page in pages
    ):
        found.append(Reason(0.4, "page numérisée lue avec peu de confiance"))
    if lead.type == "project":
        best = max((theme.probability for fact in facts for theme in fact.themes), default=0.0)
        if best == 0.0:
            found.append(Reason(0.1, "aucun thème"))
        elif best < 0.5:
            found.append(Reason(0.25 * (1 - best), "thème incertain"))
    found += _of_title(lead)
    if all(fact.document_id in readings.old for fact in facts):
        found.append(Reason(0.05, "lu avec une version antérieure des règles"))
    return sorted(found, reverse=True)


def _of_parties(lead: Fact, keys: Collection[str], kinds: Mapping[str, str]) -> list[Reason]:
    unlinked = [key for key in keys if not is_linked(key)]
    found = []
    if not keys:
        found.append(Reason(0.4, "aucune partie nommée"))
    elif lead.type in ("partnership", "agreement") and len(keys) < 2:
        found.append(Reason(0.35, "une seule partie nommée"))
    if unlinked:
        # An association that no table has is no sign of a wrong reading; an authority that no gazetteer has is one.
        weighed = sum(0.2 if kinds.get(key) == "organisation" else 0.5 for key in unlinked)
        what = "partie non identifiée" if len(unlinked) == 1 else "parties non identifiées"
        found.append(Reason(weighed / len(keys), f"{len(unlinked)} {what}"))
    return found


def _of_title(lead: Fact) -> list[Reason]:
    title = lead.title.strip()
    if lead.type == "partnership" or (lead.type == "funding" and not title):
        return []
    letters = len(_LETTERS.findall(title))
    if letters < 4 or letters < 0.5 * len(title.replace(" ", "")):
        return [Reason(0.4, "titre très court ou mal lu")]
    if lead.type != "funding" and fold(title) in _BARE:
        return [Reason(0.2, "titre qui ne distingue pas")]
    if title.count("(") != title.count(")") or title.endswith(("-", "(", ",")) or title[0] in ",;:.)":
        return [Reason(0.25, "titre qui paraît coupé")]
    return []


def doubt_of(reasons: Sequence[Reason], *, review: str | None, documents: int) -> float:
    """Return the doubt of an item, 0 to 1: how much it should be looked at before others.

    It is made of parties without identifier (0.2 for an organisation, 0.5 for
    another, times their share), none or one party (0.4, 0.35), no sum of a funding (0.3), no
    date (0.2), each field on which sources differ (0.3), evidence on pages that OCR
    read with doubt only (0.4), a theme of a project below one half (0.25 times what
    lacks) or none (0.1), a title that is very short (0.4), cut (0.25) or says nothing
    (0.2), and reading by older rules only (0.05). They add up as independent
    doubts do, 1 - (1 - a)(1 - b)...; a quarter less where several documents say the
    same. What a person has confirmed or edited has none.
    """
    if review is not None:
        return 0.0
    trust = 1.0
    for reason in reasons:
        trust *= 1 - reason.weight
    doubt = 1 - trust
    return round(doubt * (0.75 if documents > 1 else 1.0), 3)
