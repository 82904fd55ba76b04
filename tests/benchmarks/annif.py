"""Themes beside Annif, trained and tested on the same files in one run.

    python -m venv ../annif && ../annif/bin/pip install "annif[omikuji]"
    python tests/benchmarks/annif.py ../annif/bin/annif [WRITER,...]     # without the texts of these

Annif (National Library of Finland, Apache-2.0) is not a dependency: it is run as a
program of another environment. Every backend sees `corpus/themes/train` and `atlas`,
labelled by sub-theme, and is judged by its first suggestion on `corpus/themes/test`, as
`coopnlp train themes` with the same texts is (the shipped model, made from them). Its
ensemble averages the scores of all the others. Prints a table: accuracy and macro F1 of
the sub-theme, seconds of processor time a hundred texts, the start of the program apart.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from coopnlp.text import fold
from coopnlp.themes import atlas, load_themes
from coopnlp.themes.corpus import Example, read_examples

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT / "corpus" / "themes"
BASE = "http://example.org/t/"
BACKENDS = {
    "tfidf": "backend=tfidf",
    "svc": "backend=svc\nmin_df=1",
    "omikuji": "backend=omikuji\nmin_df=1",
    "mllm": "backend=mllm",
}


# Annif cuts sentences by data that NLTK would download; sentences do not matter to texts of one or two.
PUNKT = """
import pathlib
from nltk.tokenize.punkt import PunktParameters, save_punkt_params
folder = pathlib.Path("nltk_data/tokenizers/punkt_tab/english")
folder.mkdir(parents=True)
save_punkt_params(PunktParameters(), dir=str(folder))
"""


def uri(path: Sequence[str]) -> str:
    return BASE + re.sub(r"[^a-z0-9]+", "-", fold(path[1]))


def scores(gold: Sequence[str], found: Sequence[str]) -> tuple[float, float]:
    """Return accuracy and macro F1 over the labels of the gold."""
    f1 = []
    for label in sorted(set(gold)):
        right = sum(g == f == label for g, f in zip(gold, found, strict=True))
        f1.append(2 * right / max(1, gold.count(label) + found.count(label)))
    return sum(g == f for g, f in zip(gold, found, strict=True)) / len(gold), sum(f1) / len(f1)


def run(program: str, folder: Path, *arguments: str) -> float:
    """Run Annif and return the seconds of processor time that it took, whatever else the machine does."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "NLTK_DATA": str(folder / "nltk_data")}
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise RuntimeError(f"annif {' '.join(arguments)}: {done.stderr[-600:]}")
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - started.ru_utime - started.ru_stime


def main() -> None:
    program = str(Path(sys.argv[1]).absolute())
    train = [e for name in ("train", "atlas") for e in read_examples(CORPUS / name) if len(e.path) > 1]
    left_out = sys.argv[2] if len(sys.argv) > 2 else ""
    test = [e for e in read_examples(CORPUS / "test") if len(e.path) > 1 and e.writer not in left_out.split(",")]
    gold = [uri(e.path) for e in test]
    print(f"{len(train)} texts to learn from, {len(test)} to judge by")
    print("| system | accuracy | macro F1 | s / 100 texts |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, train, test)
        run(str(Path(program).with_name("python")), folder, "-c", PUNKT)
        start = run(program, folder, "list-projects")
        run(program, folder, "load-vocab", "atlas", "vocab.ttl")
        made = []
        for project in [*BACKENDS, "ensemble"]:
            try:
                if project != "ensemble":
                    run(program, folder, "train", project, "train.tsv")
                else:
                    configure(folder, made)
                taken = run(program, folder, "index", "--force", "--suffix", f".{project}", project, "texts")
            except RuntimeError as error:
                print(f"| Annif {project} | did not run: {error} | | |")
                continue
            made.append(project)
            found = [first(folder / "texts" / f"{n:04d}.{project}") for n in range(len(test))]
            accuracy, macro = scores(gold, found)
            print(f"| Annif {project} | {accuracy:.3f} | {macro:.3f} | {100 * (taken - start) / len(test):.2f} |")
    model = load_themes()
    model.probabilities(["un texte pour charger"])
    started = time.process_time()
    chances = model.probabilities([e.text for e in test])
    taken = time.process_time() - started
    found = [uri(max((p for p in nodes if len(p) == 2), key=nodes.__getitem__)) for nodes in chances]
    accuracy, macro = scores(gold, found)
    print(f"| coopnlp | {accuracy:.3f} | {macro:.3f} | {100 * taken / len(test):.2f} |")


def first(file: Path) -> str:
    """Return the first suggestion of a file that Annif wrote, empty where it has none."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return re.sub(r"[<>]", "", lines[0].split("\t")[0]) if lines else ""


def configure(folder: Path, made: Sequence[str]) -> None:
    parts = []
    for name, settings in BACKENDS.items():
        parts.append(
            f"[{name}]\nname={name}\nlanguage=fr\n{settings}\nanalyzer=snowball(french)\nvocab=atlas\nlimit=19\n"
        )
    if made:
        parts.append(
            "[ensemble]\nname=ensemble\nlanguage=fr\nbackend=ensemble\nvocab=atlas\nlimit=19\n"
            f"sources={','.join(made)}\n"
        )
    (folder / "projects.cfg").write_text("\n".join(parts), encoding="utf-8")


def prepare(folder: Path, train: Sequence[Example], test: Sequence[Example]) -> None:
    lines = ["@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."]
    for path in atlas():
        if len(path) == 2:
            # What is below a sub-theme gives MLLM more words to match.
            below = "".join(f', "{child[-1]}"@fr' for child in atlas().children(path))
            alternative = f" ; skos:altLabel {below.removeprefix(', ')}" if below else ""
            lines.append(f'<{uri(path)}> a skos:Concept ; skos:prefLabel "{path[1]}"@fr{alternative} .')
    (folder / "vocab.ttl").write_text("\n".join(lines), encoding="utf-8")
    rows = [f"{' '.join(e.text.split())}\t<{uri(e.path)}>" for e in train]
    (folder / "train.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "texts").mkdir()
    for number, example in enumerate(test):
        (folder / "texts" / f"{number:04d}.txt").write_text(" ".join(example.text.split()), encoding="utf-8")
    configure(folder, [])


if __name__ == "__main__":
    main()
