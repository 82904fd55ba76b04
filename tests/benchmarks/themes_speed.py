"""Themes a second on one core: short entries of lists, and all texts of the training corpus.

    python tests/benchmarks/themes_speed.py

Words are known after a first pass, as they soon are in a spreadsheet. With explanations
(`--explain`) texts take the slower way, which is timed beside.
"""

from __future__ import annotations

import time
from pathlib import Path

from coopnlp.themes import load_themes
from coopnlp.themes.corpus import read_examples


def main() -> None:
    model = load_themes()
    examples = read_examples(Path(__file__).resolve().parents[2] / "corpus" / "themes" / "train")
    short = [e.title or e.text for e in examples if len((e.title or e.text).split()) <= 14]
    for name, texts in (("short", short), ("all", [e.text for e in examples])):
        for explain in (False, True):
            model.classify(texts[:2000], explain=explain)
            best = 0.0
            for _ in range(3):
                started = time.process_time()
                model.classify(texts, explain=explain)
                best = max(best, len(texts) / (time.process_time() - started))
            words = sum(len(t.split()) for t in texts) / len(texts)
            print(f"{name} ({words:.0f} words){' explained' if explain else ''}: {best:,.0f} texts a second")


if __name__ == "__main__":
    main()
