"""Count the corpus and write its digests: ``python -m coopnlp.training.digests [CORPUS]``.

Prints the table of counts that ``corpus/README.md`` shows.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from coopnlp.training.corpus import read_marked, write_digests

__all__ = ["counts", "main"]


def counts(entities: Path) -> str:
    """Return a Markdown table: documents, words and entities by writer and split."""
    rows = ["| split | folder | documents | words | entities | entities per 100 words |", "|---|---|---|---|---|---|"]
    labels: Counter[str] = Counter()
    for split in ("train", "dev", "test"):
        total = [0, 0, 0]
        for folder in sorted(p for p in (entities / split).iterdir() if p.is_dir()):
            documents = list(read_marked(folder))
            words = sum(len(d.text.split()) for d in documents)
            found = sum(len(d.entities) for d in documents)
            labels.update(label for d in documents for _, _, label in d.entities)
            total = [a + b for a, b in zip(total, (len(documents), words, found), strict=True)]
            rows.append(
                f"| {split} | {folder.name} | {len(documents)} | {words:,} | {found:,} | {100 * found / words:.1f} |"
            )
        rows.append(f"| **{split}** | | {total[0]} | {total[1]:,} | {total[2]:,} | {100 * total[2] / total[1]:.1f} |")
    rows += ["", "| label | entities |", "|---|---|", *(f"| {k} | {n:,} |" for k, n in labels.most_common())]
    return "\n".join(rows)


def main(argv: list[str]) -> int:
    """Write the digests, print the counts."""
    corpus = Path(argv[0]) if argv else Path("corpus")
    write_digests(corpus)
    sys.stdout.write(counts(corpus / "entities") + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
