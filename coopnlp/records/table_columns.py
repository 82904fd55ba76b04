"""What the columns of a table hold: who gives, who receives, titles of projects, parties.

Cells are read whole: a tagger that found half a name, or the wrong kind of
thing, does not change what the cell says. A cell's identifier is that of an
entity which fills it, brackets apart.

Source of the heads: lists of grants of French councils, financing plans of
agreements, results of calls for projects; 60 annotated documents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coopnlp.records.parties import party, unique_parties
from coopnlp.records.reading import Reading
from coopnlp.records.rows import Row, Table
from coopnlp.types import Entity, Party

__all__ = ["cell_parties", "cell_text", "is_aligned", "parties_of_row", "party_columns", "text_cells", "title_column"]

Span = tuple[int, int]

_TITLE_HEAD = re.compile(
    r"\W*(?:(?:noms?|titres?|intitules?|libelles?)\s+(?:du |des |de la |de l'|d')?)?projets?"
    r"(?: (?:retenus?|soutenus?|laureats?|finances?|presentes?|selectionnes?))?\W*"
    r"|\W*(?:chantiers?|dossiers? retenus?)\W*"
    r"|\W*(?:titres?|intitules?)(?: (?:du |de l'|de la )?(?:projet|action|operation|programme))?\W*"
)
_PARTY_HEAD = re.compile(
    r"\b(?:porteu(?:rs?|ses?)|partenaires?|beneficiaires?|structures?|associations?|organismes?|promoteurs?"
    r"|chefs? de file|collectivites?|communes?|villes?|laureats?|etablissements?|clubs?|pilotes?"
    r"|maitres? d'ouvrage|qui fait quoi|tiers|groupements?)\b"
)
_NO_PARTY_HEAD = re.compile(
    r"\b(?:montants?|parts?|aides?|subventions?|budget|cout|nombre|nb|n°|numero|code|type|nature|adresse"
    r"|contact|pays|accueil|financ\w+|contributions?|apports?|apporte\w*)\b|[€$]"
)
# Columns that say nothing about whom or what the money is for.
_ASIDE_HEAD = re.compile(
    r"\b(?:pays|annees?|dates?|type|code|ldc|lc|chap\w*|nature|n°|numero|avis|votes?|secteur|categorie"
    r"|thematiques?|themes?|imputation|ligne|fm|f/m|observations?|remarques?|objets?)\b"
)
_NOBODY = re.compile(r"\W*(?:n[ée]ant|aucune?|sans objet|non renseign[ée]e?|à définir|divers|s\.?o\.?|nc|nd)\W*")
_BETWEEN_PARTIES = re.compile(r"\s*(?:[,;/+&]|\bet\b|\bavec\b|[-–—]|\()\s*(?:\b(?:de|du|des|la|le|les|d'|l')\s*)*")


def is_aligned(table: Table, row: Row) -> bool:
    """Tell whether the cells of a row stand under the cells of the header, one for one."""
    return table.header is not None and len(row.cells) == len(table.header.cells) > 1


def cell_text(reading: Reading, span: Span) -> str:
    """Return a cell on one line, a word cut at a line's end closed up, quotation marks around it taken off."""
    text = re.sub(r"(?<=[^\W\d_])-\s*\n\s*(?=[a-zà-ÿ])", "", reading.text[slice(*span)])
    text = re.sub(r"\s+", " ", text).strip(" \t|*–—-•.;,:")
    quoted = re.fullmatch(r"[«\"“]\s*([^«»\"“”]+?)\s*[»\"”]", text)
    return quoted[1] if quoted else text


def title_column(reading: Reading, header: Row) -> int | None:
    """Return the column of project titles: « Projet », « Nom du projet », « Intitulé », or None."""
    heads = [reading.plain[a:b].replace("\n", " ").strip() for a, b in header.cells]
    return next((i for i, head in enumerate(heads) if _TITLE_HEAD.fullmatch(head)), None)


def party_columns(reading: Reading, header: Row) -> list[int]:
    """Return the columns that name bodies: « Porteur », « Association », « Partenaire »."""
    title = title_column(reading, header)
    found = []
    for i, (start, end) in enumerate(header.cells):
        head = reading.plain[start:end].replace("\n", " ")
        if i != title and len(head) < 60 and _PARTY_HEAD.search(head) and not _NO_PARTY_HEAD.search(head):
            found.append(i)
    return found


def _fills(reading: Reading, entity: Entity, span: Span) -> bool:
    """Tell whether an entity is all that a cell says, but for determiners and a bracket after it."""
    before = reading.plain[span[0] : entity.start]
    after = reading.text[entity.end : span[1]]
    return not re.sub(r"\b(?:la|le|les|l')\b|l'|\W", "", before) and bool(re.fullmatch(r"\s*(?:\([^()]*\))?\W*", after))


def cell_parties(reading: Reading, span: Span) -> list[tuple[Party, Span]]:
    """Return who is named in a cell: its entities where they are all that it says, else the whole cell once."""
    text = cell_text(reading, span)
    if not re.search(r"[^\W\d_]{2}", text) or len(text) > 160 or _NOBODY.fullmatch(text.casefold()):
        return []
    inside = [e for e in reading.within(*span) if e.label in ("COLLECTIVITY", "ORG", "FUNDER", "LOC")]
    bodies = [e for e in inside if e.label != "LOC"] or inside
    filling = next((e for e in bodies if _fills(reading, e, span)), None)
    if filling is not None:
        return [(party(filling), (filling.start, filling.end))]
    if len(bodies) > 1:
        edges = [span[0], *(x for e in bodies for x in (e.start, e.end)), span[1]]
        gaps = [reading.plain[a:b].strip() for a, b in zip(edges[2:-2:2], edges[3:-1:2], strict=True)]
        ends = reading.plain[edges[0] : edges[1]] + reading.plain[edges[-2] : edges[-1]]
        lone = not re.sub(r"\b(?:la|le|les)\b|l'|\([^()]*\)|\W", "", ends)
        if lone and all(_BETWEEN_PARTIES.fullmatch(re.sub(r"\([^()]*\)", "", gap).strip()) for gap in gaps):
            return [(party(e), (e.start, e.end)) for e in bodies]
    return [(Party(text=text), span)]


def parties_of_row(reading: Reading, row: Row, columns: Sequence[int]) -> list[tuple[Party, Span]]:
    """Return the parties of a row from its columns of bodies, each once."""
    found = [named for i in columns for named in cell_parties(reading, row.cells[i])]
    kept = unique_parties(p for p, _ in found)
    return [next((p, span) for q, span in found if q == p or q.text == p.text) for p in kept]


def text_cells(reading: Reading, table: Table, row: Row, before: int) -> list[str]:
    """Return the cells, before the offset of the first sum, that say whom or what a grant is for.

    Those under heads of bodies and of project titles where there are some; else
    every cell of words.
    """
    header = table.header
    aligned = header is not None and is_aligned(table, row)
    chosen: list[int] = []
    if header is not None and aligned:
        title = title_column(reading, header)
        chosen = sorted({*party_columns(reading, header), *([title] if title is not None else [])})
    if not chosen:
        chosen = [
            i
            for i, (a, _) in enumerate(row.cells)
            if a < before and not (header is not None and aligned and _ASIDE_HEAD.search(_head(reading, header, i)))
        ]
    words = [cell_text(reading, row.cells[i]) for i in chosen]
    return list(dict.fromkeys(w for w in words if re.search(r"[^\W\d_]{3}", w)))


def _head(reading: Reading, header: Row, column: int) -> str:
    return reading.plain[slice(*header.cells[column])]
