"""How far second annotators, who saw no marks, agree with the corpus: ``python -m coopnlp.training.agreement``.

Reads ``second/`` of the corpus (entities, links, records, themes) and compares it with what
the corpus says now, after what broke the guide was corrected.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.themes.corpus import read_examples
from coopnlp.training.corpus import Annotated, read_marked
from coopnlp.training.evaluate import Score, score_entities
from coopnlp.training.links import read_links
from coopnlp.training.records import KINDS, match, read_records

__all__ = ["agreement", "main"]


def _entities(corpus: Path) -> Iterator[str]:
    first = {d.id: (d, folder) for d, folder in _by_folder(corpus / "entities")}
    groups: dict[str, list[tuple[Annotated, Annotated]]] = defaultdict(list)
    for other in read_marked(corpus / "second" / "entities"):
        document, folder = first[other.id]
        groups[folder].append((document, other))
        groups["all"].append((document, other))
    for name, pairs in sorted(groups.items()):
        scores = score_entities([d for d, _ in pairs], {o.id: list(o.entities) for _, o in pairs})
        yield _line(f"entities, {name}", len(pairs), scores["micro"])
        if name == "all":
            yield from (_line(f"entities, {label}", len(pairs), s) for label, s in scores.items() if label != "micro")


def _by_folder(entities: Path) -> Iterator[tuple[Annotated, str]]:
    for folder in sorted(p for p in entities.glob("*/*") if p.is_dir()):
        yield from ((document, folder.name) for document in read_marked(folder))


def _line(name: str, documents: int, score: Score) -> str:
    return f"{name}\t{documents}\t{score.gold}\t{score.precision:.3f}\t{score.recall:.3f}\t{score.f1:.3f}"


def _links(corpus: Path) -> Iterator[str]:
    first = {row[:3]: row[3] for split in ("dev", "test") for row in read_links(corpus / "links" / f"{split}.tsv")}
    rows = [row for row in read_links(corpus / "second" / "links.tsv") if row[:3] in first]
    same = sum(first[row[:3]] == row[3] for row in rows)
    yield _line("links", len({row[0] for row in rows}), Score(same, same, len(rows), len(rows)))


def _as_found(kind: str, record: dict[str, Any]) -> dict[str, Any]:
    """Give an annotator's record the form of one that the library reads."""
    found = dict(record)
    if kind == "fundings":
        found["funder"] = {"text": record["funder"]}
        found["amounts"] = []
        for value, currency in record.get("amounts", ()):
            ends = str(value).split("-")
            made = {"value": ends[0]} if len(ends) == 1 else {"min": ends[0], "max": ends[1]}
            found["amounts"].append(made | ({"currency": currency} if currency else {}))
    if "parties" in record:
        found["parties"] = [{"text": party} for party in record["parties"]]
    return found


def _records(corpus: Path) -> Iterator[str]:
    first = {r["id"]: r for split in ("dev", "test") for r in read_records(corpus / "records" / f"{split}.jsonl")}
    second = read_records(corpus / "second" / "records.jsonl")
    for kind in KINDS:
        score = Score()
        for record in second:
            gold, found = first[record["id"]].get(kind, []), [_as_found(kind, r) for r in record.get(kind, [])]
            missed, _ = match(kind, gold, found)
            right = len(gold) - len(missed)
            score += Score(right, right, len(found), len(gold))
        yield _line(kind, len(second), score)


def _rows(path: Path, *keys: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a JSON Lines file; one that cannot be read or lacks a key is a CorpusError with its line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} cannot be read ({error}). Take it from the repository.") from error
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            missing = [key for key in keys if key not in row]
        except (ValueError, TypeError) as error:
            raise CorpusError(f"{path}:{number}: no JSON object ({error})") from error
        if missing:
            raise CorpusError(f"{path}:{number}: lacks {', '.join(missing)}")
        yield row


def _themes(corpus: Path) -> Iterator[str]:
    """Yield how often second annotators file a text under the same theme and sub-theme, and each sub-theme's share."""
    counts: Counter[str] = Counter()
    same: Counter[str] = Counter()
    for path in sorted((corpus / "second" / "themes").glob("*.jsonl")):
        folder, _, writer = path.stem.partition("-")
        first = {e.id: e.path for e in read_examples(corpus / "themes" / folder / f"{writer}.jsonl")}
        for row in _rows(path, "id", "theme", "subtheme"):
            gold, found = first[row["id"]], (row["theme"], row["subtheme"])
            for name, size in (("theme", 1), ("sub-theme", 2), (f"sub-theme, {gold[1]}", 2)):
                counts[name] += 1
                same[name] += gold[:size] == found[:size]
    for name in sorted(counts):
        yield _line(f"themes, {name}", counts[name], Score(same[name], same[name], counts[name], counts[name]))


def _checked(corpus: Path) -> Iterator[str]:
    """Yield how many fundings of real minutes a reader found right, by round: field by field and together."""
    rounds: dict[int, list[dict[str, bool]]] = defaultdict(list)
    for row in _rows(corpus / "records" / "checked.jsonl", "round", "right"):
        rounds[row["round"]].append(row["right"])
    for number, rows in sorted(rounds.items()):
        every = tuple(rows[0])
        together = {
            "every field": every,
            "every field but the year": tuple(field for field in every if field != "period"),
            "giver and sum": ("funding", "funder", "amount"),
        }
        for name, fields in {**together, **{field: (field,) for field in every}}.items():
            right = sum(all(row[field] for field in fields) for row in rows)
            yield _line(
                f"checked by hand, round {number}, {name}", len(rows), Score(right, right, len(rows), len(rows))
            )


def agreement(corpus: Path) -> str:
    """Return a table, tab-separated: what, documents, items of the corpus, precision, recall, F1 of the second reading.

    Raises
    ------
    CorpusError
        A file is missing or malformed.
    """
    head = "what\tdocuments\titems\tprecision\trecall\tF1"
    return "\n".join(
        [head, *_entities(corpus), *_links(corpus), *_records(corpus), *_themes(corpus), *_checked(corpus)]
    )


def main(argv: list[str]) -> int:
    """Print the table."""
    sys.stdout.write(agreement(Path(argv[0]) if argv else Path("corpus")) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
