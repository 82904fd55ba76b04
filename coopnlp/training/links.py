"""Scores of identifiers against a table of links, given the right entities.

A table has the columns ``id``, ``surface``, ``label`` and ``kb_id``, separated by
tabs; a line break in a surface is written ``\\n``. A row says which identifier the
mentions of a name have in one document; an empty one, that the name has none:
nothing is in the gazetteer, or the document does not decide. The entities are
read from the ``.jsonl`` files beside the table, or from the marked documents of
the folder ``entities`` beside the table's folder.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.training.corpus import Annotated, read_gold, read_marked

__all__ = ["evaluate_links", "read_links"]

_COLUMNS = ["id", "surface", "label", "kb_id"]
Row = tuple[str, str, str, str]


def read_links(table: Path) -> list[Row]:
    """Return the rows of a table of links: document, surface, label, identifier (empty where there is none).

    Raises
    ------
    CorpusError
        The table is missing, is not UTF-8, or a line does not have the four columns.
    """
    try:
        header, *lines = table.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise CorpusError(f"{table}: cannot be read as a table ({error})") from error
    if header.split("\t") != _COLUMNS:
        raise CorpusError(f"{table}:1: expected the columns {', '.join(_COLUMNS)}, tab-separated")
    rows: list[Row] = []
    for number, line in enumerate(lines, 2):
        fields = line.split("\t")
        if not line.strip():
            continue
        if len(fields) != len(_COLUMNS):
            raise CorpusError(f"{table}:{number}: expected {len(_COLUMNS)} columns, found {len(fields)}")
        rows.append((fields[0], fields[1].replace("\\n", "\n"), fields[2], fields[3].strip()))
    return rows


def _documents(table: Path) -> dict[str, Annotated]:
    documents = {d.id: d for path in sorted(table.parent.glob("*.jsonl")) for d in read_gold(path)}
    marked = table.parent.parent / "entities"
    return documents or ({d.id: d for d in read_marked(marked)} if marked.is_dir() else {})


def evaluate_links(gold: Path) -> dict[str, Any]:
    """Score the linker on a table of links, given the right entities.

    A row with an identifier is *right* when every mention of the name gets it,
    *wrong* when any mention gets another, *absent* otherwise; a row without one is
    *invented* when any mention gets an identifier. Precision is the share of right
    rows among those that got an answer, recall among those that have one;
    *abstention* is the share of rows without an identifier that got none.

    Raises
    ------
    CorpusError
        The table or the entities are missing or malformed.
    """
    from spacy.tokens import Span

    from coopnlp.api import load

    rows = read_links(gold)
    documents = _documents(gold)
    nlp = load()
    pipes = [nlp.get_pipe(name) for name in ("coop_reading", "coop_linker", "coop_original")]
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for key in dict.fromkeys(row[0] for row in rows):
        if key not in documents:
            raise CorpusError(
                f"{gold}: no annotated document {key!r} in the .jsonl files beside it, nor in ../entities"
            )
        doc = nlp.make_doc(documents[key].text)
        spans = [doc.char_span(s, e, label=label) for s, e, label in documents[key].entities]
        doc.set_ents([span for span in spans if isinstance(span, Span)])
        for pipe in pipes:  # a poor copy is linked as what it was
            doc = pipe(doc)
        for ent in doc.ents:
            found[key, ent.text, ent.label_].add(ent.kb_id_)
    counts: Counter[str] = Counter()
    by_scheme: dict[str, Counter[str]] = defaultdict(Counter)
    errors = []
    for key, surface, label, kb_id in rows:
        got = found.get((key, surface, label), {""})
        if kb_id:
            verdict = "right" if got == {kb_id} else "wrong" if got - {kb_id, ""} else "absent"
            by_scheme[kb_id.partition(":")[0]][verdict] += 1
        else:
            verdict = "none" if got == {""} else "invented"
        counts[verdict] += 1
        if verdict not in ("right", "none"):
            errors.append({"id": key, "surface": surface, "gold": kb_id, "found": sorted(got), "verdict": verdict})
    return {
        "gold": str(gold),
        "links": len(rows),
        **{verdict: counts[verdict] for verdict in ("right", "wrong", "absent", "none", "invented")},
        "accuracy": round(counts["right"] / len(rows), 4) if rows else 0.0,
        **_rates(counts),
        "by_scheme": {scheme: {**_rates(c), "links": c.total()} for scheme, c in sorted(by_scheme.items())},
        "errors": errors,
    }


def _rates(counts: Counter[str]) -> dict[str, float]:
    answered = counts["right"] + counts["wrong"] + counts["invented"]
    linked = counts["right"] + counts["wrong"] + counts["absent"]
    without = counts["none"] + counts["invented"]
    rates = {
        "precision": round(counts["right"] / answered, 4) if answered else 0.0,
        "recall": round(counts["right"] / linked, 4) if linked else 0.0,
    }
    return rates | ({"abstention": round(counts["none"] / without, 4)} if without else {})
