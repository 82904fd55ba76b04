"""What each choice of the theme classifier is worth, on texts that it has not seen. The test split is not read.

    python tests/benchmarks/themes_variants.py                 # as it ships
    python tests/benchmarks/themes_variants.py ridge=0 words=1 # parameters of ThemeClassifier
    python tests/benchmarks/themes_variants.py names=kept      # capitalised words count as others do
    python tests/benchmarks/themes_variants.py title=0         # titles only as part of the text
    python tests/benchmarks/themes_variants.py lexicon=FILE    # other word vectors
    python tests/benchmarks/themes_variants.py weights=1       # words in a row count as texts do
    python tests/benchmarks/themes_variants.py background=0    # without the passages that have no theme
    python tests/benchmarks/themes_variants.py without=N       # without the texts of some writers
    python tests/benchmarks/themes_variants.py on=dev,held ...

`dev`: one model of `train` and `atlas`. `held`: every training text by a model that has not read its writer, and every
record of the atlas by one that has seen neither it nor texts written with a record in mind, as `coopnlp train themes`
judges them to calibrate (five models). Prints theme and sub-theme right, macro F1 of the sub-theme and its log-loss at
the temperature that is best on each.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from coopnlp.themes import classifier, train, vectoriser, views
from coopnlp.themes.corpus import read_background, read_examples
from coopnlp.themes.lexicon import Lexicon

CORPUS = Path(__file__).resolve().parents[2] / "corpus" / "themes"
TEMPERATURES = np.geomspace(0.2, 2.5, 40)


def held(name: str, without: str, passages: list[str]) -> Iterator[tuple[str, train.Held]]:
    texts, records = (read_examples(CORPUS / folder) for folder in ("train", "atlas"))
    texts = [e for e in texts if e.writer not in without]
    if name == "dev":
        model = train.fit([*texts, *records], passages).to_model()
        yield name, [(e, model, model.scores(e.views)) for e in read_examples(CORPUS / "dev")]
    else:
        written, unseen = train.hold_out(texts, records, passages)
        yield "writers held out", written
        yield "atlas", unseen


def row(name: str, judged: train.Held) -> str:
    usable = [(e, m, s) for e, m, s in judged if len(e.path) > 1]
    gold = [e.path for e, _, _ in usable]
    best = (np.inf, 1.0)
    for temperature in TEMPERATURES:
        nodes = [m.nodes(s, float(temperature)) for _, m, s in usable]
        loss = float(np.mean([-np.log(max(n[g[:2]], 1e-9)) for n, g in zip(nodes, gold, strict=True)]))
        best = min(best, (loss, float(temperature)))
    said = [next(iter(m.paths(m.nodes(s, best[1]), train.Limits(0.0, 0.0, 2.0)))) for _, m, s in usable]
    theme, sub = (sum(p[:d] == g[:d] for p, g in zip(said, gold, strict=True)) / len(gold) for d in (1, 2))
    f1 = macro([p[:2] for p in said], [g[:2] for g in gold])
    return f"| {name} | {len(gold)} | {theme:.3f} | {sub:.3f} | {f1:.3f} | {best[0]:.3f} |"


def macro(said: list[tuple[str, ...]], gold: list[tuple[str, ...]]) -> float:
    shares = []
    for label in sorted(set(gold)):
        right = sum(s == g == label for s, g in zip(said, gold, strict=True))
        shares.append(2 * right / (said.count(label) + gold.count(label)))
    return sum(shares) / len(shares)


def configure(settings: dict[str, str]) -> None:
    """Change the library as the settings say; what is left over are parameters of the classifier."""
    if settings.pop("names", "") == "kept":
        vectoriser.names_of = lambda texts: set()
        vectoriser.Vectoriser._is_name = lambda self, form: False
    if share := settings.pop("title", ""):
        views.TITLE_SHARE = float(share)
    if settings.pop("weights", ""):
        train._GENRE_WEIGHTS = {}
    if file := settings.pop("lexicon", ""):
        with np.load(file) as arrays:
            other = Lexicon(bytes(arrays["words"]).decode("utf-8").split("\n"), arrays["rows"])
        classifier.load_lexicon = lambda: other
    parameters = {name: float(value) for name, value in settings.items()}
    made = classifier.ThemeClassifier
    classifier.ThemeClassifier = lambda: made().set_params(**parameters)


def main() -> None:
    settings = dict(argument.split("=", 1) for argument in sys.argv[1:])
    sets = settings.pop("on", "dev").split(",")
    without = settings.pop("without", "")
    passages = [] if settings.pop("background", "") == "0" else read_background(CORPUS / "background")
    told = " ".join(sys.argv[1:]) or "as it ships"
    configure(settings)
    print(f"{told}\n| set | texts | theme | sub-theme | macro F1 | log-loss |\n|---|---|---|---|---|---|")
    for name in sets:
        for told, judged in held(name, without, passages):
            print(row(told, judged), flush=True)


if __name__ == "__main__":
    main()
