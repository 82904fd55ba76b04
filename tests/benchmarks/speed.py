"""Words a second of processor time of the whole pipeline, beside spaCy's own NER of the same width in the same run.

    python tests/benchmarks/speed.py [GOLD]

Reads the documents of ``corpus/entities/dev``, or of GOLD, three times and prints
the best pass of each, the ratio, the time of each component and the peak memory.
The other pipeline is blank French spaCy with an untrained tok2vec and NER of
width 96 and depth 4: the same work for the machine, whatever it finds.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import spacy
from spacy.language import Language

from coopnlp.api import load
from coopnlp.training.corpus import read_gold

ROOT = Path(__file__).resolve().parents[2]
PASSES = 3


def untrained() -> Language:
    """Return blank French spaCy with a NER of the same width, random weights."""
    nlp = spacy.blank("fr")
    model = {
        "@architectures": "spacy.HashEmbedCNN.v2", "pretrained_vectors": None, "width": 96, "depth": 4,
        "embed_size": 2000, "window_size": 1, "maxout_pieces": 3, "subword_features": True,
    }  # fmt: skip
    nlp.add_pipe("tok2vec", config={"model": model})
    upstream = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*"}
    ner = nlp.add_pipe("ner", config={"model": {"@architectures": "spacy.TransitionBasedParser.v2", "state_type": "ner",
                                                "extra_state_tokens": False, "hidden_width": 64, "maxout_pieces": 2,
                                                "use_upper": True, "tok2vec": upstream}})  # fmt: skip
    for label in ("COLLECTIVITY", "FUNDER", "AMOUNT", "THEME", "AGREEMENT", "PROJECT", "EVENT", "ORG", "PER", "LOC"):
        ner.add_label(label)  # type: ignore[attr-defined]
    nlp.initialize()
    return nlp


def seconds(nlp: Language, texts: list[str]) -> float:
    """Return the processor time of the fastest of some passes, from text to the last component."""
    best = float("inf")
    for _ in range(PASSES):
        began = time.process_time()
        for text in texts:
            nlp(text)
        best = min(best, time.process_time() - began)
    return best


def main(argv: list[str]) -> int:
    """Print the figures."""
    gold = Path(argv[0]) if argv else ROOT / "corpus" / "entities" / "dev"
    texts = [document.text for document in read_gold(gold)]
    words = sum(len(text.split()) for text in texts)
    ours, other = load(), untrained()
    mine, theirs = seconds(ours, texts), seconds(other, texts)
    sys.stdout.write(f"{words:,} words; coop_fr {words / mine:,.0f} a second, spaCy NER {words / theirs:,.0f}, ")
    sys.stdout.write(f"ratio {theirs / mine:.2f}\n")
    docs = [ours.make_doc(text) for text in texts]
    for name, component in ours.pipeline:
        began = time.process_time()
        for doc in docs:
            component(doc)
        sys.stdout.write(f"  {name:<14} {time.process_time() - began:6.2f} s\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"peak memory {peak:,.0f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
