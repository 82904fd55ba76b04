"""Write the model card of ``coop_fr``: ``python -m coopnlp.training.card``.

Scores the shipped pipeline on dev and test of the corpus, on test as noisy
copies, and, where the folder of measures is beside the checkout, on its gold of
real documents.
"""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path

from coopnlp.training.augment import add_noise
from coopnlp.training.corpus import read_gold
from coopnlp.training.evaluate import Score, score_entities

__all__ = ["main"]

_ROOT = Path(__file__).resolve().parents[2]
_TEMPLATE = """# Models

Both models ship in the repository and in the wheel; nothing is downloaded, no
file is a pickle. Scores below are written by `python -m coopnlp.training.card`;
the card of the themes is `coop_themes/README.md`.

## `coop_fr`: entities, values, identifiers

A spaCy pipeline: a committee of three small taggers that vote (`coop_tagger`),
rules for sums, dates, typed names and titles, one overlap policy, a linker. Each
tagger is a convolutional network (width 96, four layers) over hashed letters,
floret word vectors (120 dimensions, 50,000 rows) and lexicon features
(`coopnlp.pipeline.features`), started from an embedding pretrained on raw French
(`pretrained/`). In the model that ships, the first tagger starts from the weights
in `pretrained/`, the others from earlier passes of the same pretraining: retraining
gives the same design, not the same bytes.

- **Trained on** `corpus/entities/train` ({train} documents), chosen by
  `corpus/entities/dev`. Word vectors and pretraining: open French text (laws and
  regulations of Canada, French codes, novels, treebanks, council minutes), see
  `coopnlp/training/vectors.py` and `pretrain.py`.
- **For** French administrative and press documents on cooperation. On other text
  THEME and COLLECTIVITY are marked too often.
- **Make it again**: `coopnlp train entities`, half an hour to an hour on two cores.

Exact micro F1 asks for the same start, end and label; partial for the same label
and an overlap.

| documents | exact P | exact R | exact F1 | partial F1 | entities |
|---|---|---|---|---|---|
{sets}

Exact F1 per label (gold entities in brackets):

{labels}

Speed: {speed:,.0f} words a second on one core of the machine that wrote this card, everything included.
"""


def main(argv: list[str]) -> int:
    """Write ``models/README.md``."""
    from coopnlp.api import load

    entities = _ROOT / "corpus" / "entities"
    test = list(read_gold(entities / "test"))
    draw = random.Random(0)
    sets = {
        "dev, written for the project": list(read_gold(entities / "dev")),
        "test, another writer, held out": test,
        "the same test as poor copies": [add_noise(document, draw) for document in test],
    }
    gold = _ROOT.parent / "shared" / "gold" / "seeds.jsonl"
    if gold.is_file():
        sets["five real documents (gold beside the checkout)"] = list(read_gold(gold))
    nlp = load()
    nlp("Échauffement : la Ville de Paris verse 1 €.")
    scores: dict[str, dict[str, Score]] = {}
    words, began = 0, time.process_time()
    for name, documents in sets.items():
        predicted = {}
        for document in documents:
            doc = nlp(document.text)
            predicted[document.id] = [(e.start_char, e.end_char, e.label_) for e in doc.ents]
            words += len(document.text.split())
        scores[name] = score_entities(documents, predicted)
    speed = words / (time.process_time() - began)
    text = _TEMPLATE.format(
        train=len(list(read_gold(entities / "train"))), sets=_rows(scores), labels=_table(scores), speed=speed
    )
    (_ROOT / "models" / "README.md").write_text(text, encoding="utf-8")
    sys.stdout.write(_rows(scores) + "\n")
    return 0


def _rows(scores: dict[str, dict[str, Score]]) -> str:
    rows = []
    for name, by_label in scores.items():
        s = by_label["micro"]
        rows.append(f"| {name} | {s.precision:.3f} | {s.recall:.3f} | {s.f1:.3f} | {s.partial_f1:.3f} | {s.gold:,} |")
    return "\n".join(rows)


def _table(scores: dict[str, dict[str, Score]]) -> str:
    names = list(scores)
    labels = [label for label in scores[names[0]] if label != "micro"]
    rows = ["| label | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for label in labels:
        cells = []
        for name in names:
            score = scores[name].get(label, Score())
            cells.append(f"{score.f1:.3f} ({score.gold})")
        rows.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
