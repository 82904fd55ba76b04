"""Fundings that name who gives but no sum: « grâce à la contribution financière du Cégep »."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopnlp.records import not_given
from coopnlp.records.clauses import Reader
from coopnlp.records.parties import party
from coopnlp.types import Funding

__all__ = ["fundings_without_sum"]

_SUPPORT = re.compile(
    r"\b(?:(?:contributions?|soutiens?|appui|aides?|participations?|concours"
    r"|demandes? de (?:soutien|financement|subvention))(?: financi\w+)"
    r"|(?:co)?finance(?:e|s|es)? (?:en partie |notamment |integralement |aussi "
    r"|egalement )?par|financements?|cofinancements?|subventions?|subventionnee?s? par"
    r"|bourses?|grace a l'aide)"
    r"(?:\s+(?:de|du|des|d'|par|au|aux|a la|aupres (?:de|du|des)|conjoint\w*"
    r"|programme))*\s*(?:la |le |les |l'|programme |dispositif |fonds )*$"
)
# « une subvention à la Ligue »: who gets it, but where it is asked for.
_TO = re.compile(r"\b(?:au|aux|a la|a l')\s*$|\b(?:au|aux|a la|a l') (?:programme|dispositif|fonds) $")
_ASKED = re.compile(r"\b(?:demandes?|sollicit\w*|dossiers?|candidatures?)\b[^.;]{0,60}$")
# What is asked for support, or gives it, under the name of programme or fund is a source of money.
_PROGRAMME = re.compile(r"\b(?:programme|fonds|dispositif|guichet) $")


def fundings_without_sum(reader: Reader, start: int, end: int) -> Iterator[Funding]:
    """Yield the fundings of a sentence that names who gives but no sum."""
    clause = reader.clause(start, end)
    template = clause.template
    if "<A" in template or not_given.NOT_GIVEN.search(template):
        return
    tokens = list(re.finditer(r"<([CFO])(\d+)>", template))
    giving_until = -1
    seen: list[Funding] = []
    for token in tokens:
        gap = template[giving_until : token.start()] if giving_until >= 0 else ""
        goes_on = giving_until >= 0 and re.fullmatch(
            r"\s*(?:\)|,|et|ainsi que|et de|,\s*(?:de|du|des)|\s|de|du|des|d'|la|le|les|l'"
            r"|geree? par|<O\d+>|<X\d+>)*",
            gap,
        )
        scheme = giving_until >= 0 and re.search(
            r"^[^<>;]{0,30}\b(?:dans le cadre|au titre|a travers|par l'intermediaire|via"
            r"|par le biais)\s*(?:de |du |d'|de la |de l')?(?:le |la |l')?\s*$",
            gap,
        )
        entity = clause.entity(token[1] + token[2])
        if token[1] == "O" and not _PROGRAMME.search(template[: token.start()]):
            continue
        if scheme and seen and token[1] == "F":
            seen[-1] = seen[-1].model_copy(
                update={
                    "scheme": party(entity).text,
                    "evidence": (*seen[-1].evidence, (entity.start, entity.end)),
                }
            )
            giving_until = token.end()
        elif _SUPPORT.search(template[: token.start()]) or (goes_on and token[1] != "O"):
            opening = template[: token.start()]
            if token[1] == "C" and not re.search(r"financ", opening):
                continue
            if _TO.search(opening) and not _ASKED.search(opening):
                continue
            meant = reader.canonical(entity)
            asked = bool(re.search(r"\bdemandes? de|\bsollicit", opening))
            seen.append(
                Funding(
                    funder=party(meant),
                    status="demandé" if asked else None,
                    evidence=((entity.start, entity.end),),
                )
            )
            giving_until = token.end()
    yield from seen
