"""Who gives the money: an ORG that its sentence names as the source of a sum is a FUNDER.

The annotation guide makes FUNDER a role as much as a kind: « cofinancé par
l'*Association internationale des maires francophones* » is FUNDER there and ORG
in the next paragraph. A tagger with a window of a few words misses the verb;
this rule reads the sentence. A body whose purpose is to finance (« Fonds ... »,
« agence de l'eau ... ») is FUNDER everywhere.

A FUNDER of the tagger that is none by its kind, in a sentence that says nothing of
money or support, is an ORG.

Left out: organisations that receive (« subvention à l'association X »), and
collectivities, which stay COLLECTIVITY whoever pays.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from coopnlp.pipeline.surface import surface_of

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["funder_roles"]

Triple = tuple[int, int, str]

_DE = r"(?:du|des|de la|de l['’]|de|d['’])"
_BY = r"(?:le|la|les|l['’]|notre|son|sa)?"
# Ends right before the name.
_GIVEN_BY = re.compile(
    rf"(?:(?:co-?)?financ\w+|subventionn\w+|pay[ée]\w*|prise?s? en charge|dot[ée]e?s?|octroy\w+|vers[ée]e?s?|"
    rf"accord[ée]e?s?|allou[ée]e?s?|abond[ée]e?s?|appuy[ée]e?s? financi[èe]rement)[^.;:\n]{{0,40}}?\bpar\s+{_BY}\s*$"
    rf"|\b(?:subventions?|aides? financi[èe]res?|(?:sou|main)tien financier|appui financier|concours financier|"
    rf"contributions? financi[èe]res?|participation financi[èe]re|cofinancements?|financements?|bourses?|dons?|"
    rf"cr[ée]dits|fonds|co-?financeurs?|bailleurs?(?: de fonds)?)\s+(?:\w+\s+)?{_DE}\s*$"
    rf"|\b(?:financeurs?|bailleurs?(?: de fonds)?|cofinanceurs?)\s*:\s*$",
    re.IGNORECASE,
)
# Starts right after the name; a sum or a financing word must follow.
_GIVES = re.compile(
    # Possessive: aligned columns put a hundred spaces here, and four greedy runs of them take seconds a page.
    r"^\s*+(?:\([^()\n]{1,20}\))?\s*+(?:,[^,.;\n]{0,60},)?\s*+(?:a|ont|y|en|qui)?\s*+"
    r"(?:(?:co-?)?financ(?:e|ent|era|eront|é|ait|aient)\b|subventionn(?:e|ent|é|era)\b|"
    r"(?:vers|accord|apport|allou|octro[iy]|consacr|attribu|donn)(?:e|ent|era|eront|é|ait|aient)\b[^.;\n]{0,50}\Z)",
    re.IGNORECASE,
)
_RECEIVES = re.compile(r"(?:\b(?:à|au|aux|pour|en faveur de|au profit de)\s+(?:le|la|les|l['’])?\s*)$", re.IGNORECASE)
_PURPOSE = re.compile(
    r"^(?:fonds\b(?! documentaire| ancien)|fondations?\b|agences? de l['’]\s?eau\b|"
    r"agence fran[çc]aise de d[ée]veloppement\b|agence des micro-?projets\b|"
    r"ffqcd\b|lojiq\b|ofqj\b|afd\b|fonjep\b|erasmus\s?\+|erasmus plus\b|interreg\b|feder\b|fse\b)",
    re.IGNORECASE,
)
# Bodies whose trade is money, though they are not made to give it: a tagger that says FUNDER is believed.
_TRADE = re.compile(r"^(?:banques?|caisses?|cr[ée]dit|mutuelle|conseil des arts|coop[ée]ration)\b", re.IGNORECASE)
# A sentence in which somebody may give something.
_MONEY = re.compile(
    r"financ|subvention|\baides?\b|soutien|souten|appui|contribu|vers[eé]|allou|bourse|\bfonds\b|budget|co[uû]t|bailleur"
    r"|cr[eé]dit|dotation|dot[eé]|[€$]|euros?|dollars?|francs?|dinars?|dirhams?|\bdons?\b|donateur|m[eé]c[eè]n|parrain"
    r"|octro|accord[eé]|particip|pris\w* en charge|prend en charge|pay[eé]|rembours|concours|enveloppe|programme|appel"
    r"|montant|CFA|\d[\d  \u202f]{2,}|\bmille\b|millions?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.;!?]\s|\n")
_JOINED = re.compile(
    r"^\s*(?:\([^()\n]{1,25}\))?\s*(?:,|et|,\s*et|ainsi que|,\s*ainsi que)\s*(?:par\s+)?"
    r"(?:le|la|les|l['’]|du|des|de la|de l['’]|de|d['’])?\s*$"
)


def funder_roles(doc: Doc, text: str, entities: list[Triple]) -> list[Triple]:
    """Return the entities with ORG made FUNDER where its sentence or name says that it pays; ``text`` is the doc's."""
    surface = surface_of(doc)
    sums = [surface.starts[s] for s, _, label in entities if label == "AMOUNT"]
    out: list[Triple] = []
    gives = False
    last_end = -1
    for start, end, label in entities:
        if label in ("ORG", "FUNDER", "COLLECTIVITY"):
            a, b = surface.bounds(start, end)
            left, right = text[max(0, a - 110) : a], text[b : b + 110]
            joined = gives and last_end >= 0 and _JOINED.match(text[last_end:a]) is not None
            gives = joined or _pays(text, a, b, left, right, sums)
            # « Agence nationale de la recherche (ANR) »: the acronym is what it stands for.
            acronym = bool(out) and out[-1][2] == "FUNDER" and text[last_end:a] == " (" and text[b : b + 1] == ")"
            gives = gives or acronym
            if label == "ORG" and (gives or _PURPOSE.match(text[a:b])):
                label = "FUNDER"
            elif label == "FUNDER" and not gives and not _may_give(text, a, b):
                label = "ORG"
            last_end = b
        out.append((start, end, label))
    return out


def _may_give(text: str, a: int, b: int) -> bool:
    """Whether a body is a funder by kind, or its sentence speaks of money or support at all."""
    if _PURPOSE.match(text[a:b]) or _TRADE.match(text[a:b]):
        return True
    start = max((m.end() for m in _SENTENCE_END.finditer(text, max(0, a - 300), a)), default=max(0, a - 300))
    end = _SENTENCE_END.search(text, b, b + 300)
    rest = text[start:a] + " " + text[b : end.start() if end else b + 300]
    return _MONEY.search(rest) is not None


def _pays(text: str, a: int, b: int, left: str, right: str, sums: list[int]) -> bool:
    if _RECEIVES.search(left):
        return False
    if _GIVEN_BY.search(left):
        return True
    if text[b : b + 2] == " (" and b + 2 in sums:
        return True
    first = next((s for s in sums if b <= s < b + 110), None)
    if first is not None and "\n" not in text[b:first] and "." not in text[b:first]:
        return _GIVES.match(text[b:first]) is not None
    found = _GIVES.match(right)
    return found is not None and not right.endswith(found.group())
