"""Measure the merging of records on pairs written by hand: ``python -m coopnlp.catalogue.evaluate``.

Each pair of ``corpus/merging/pairs.jsonl`` is two records and what a careful
reader says of them: ``same``, ``different``, or ``doubtful`` where only a look at
the sources decides. Rules are made with the half ``dev``; ``held`` is measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from coopnlp.catalogue.actors import actor_key
from coopnlp.catalogue.facts import Fact, Member, Sum
from coopnlp.catalogue.rules import Judgement, Verdict, judge
from coopnlp.errors import CorpusError
from coopnlp.register.schema import ID_BITS

__all__ = ["Pair", "Scores", "fact_of", "read_pairs", "score"]

_CORPUS = Path("corpus/merging/pairs.jsonl")
_LABELS = ("same", "different", "doubtful")


class Pair(NamedTuple):
    """Two records and what they are to one another."""

    id: str
    split: str
    type: str
    label: str
    why: str
    first: Fact
    second: Fact


class Scores(NamedTuple):
    """Counts and shares.

    Attributes
    ----------
    precision
        Of the pairs merged, those that are one.
    recall
        Of the pairs that are one, those merged.
    found
        Of the pairs that are one, those merged or proposed.
    doubtful_proposed
        Of the doubtful pairs, those proposed.
    noise
        Of the pairs that are two, those proposed.
    """

    pairs: int
    merged: int
    wrong: int
    precision: float
    recall: float
    found: float
    doubtful_proposed: float
    noise: float


def fact_of(told: dict[str, Any], type: str, document: int) -> Fact:
    """Return a record as the pairs describe it, as the only one of a document."""
    role = "funder" if type == "funding" else "party"
    members = [
        Member(role, party["text"], actor_key(party["text"], party.get("kb_id", ""))) for party in told["parties"]
    ]
    sums = (Sum(amount["value"], None, None, amount.get("currency")) for amount in told.get("amounts", ()))
    fact = Fact(document << ID_BITS, type, 0, title=told.get("title", ""), members=tuple(members), sums=tuple(sums))
    for name in ("kind", "status", "date", "start", "end", "document_year"):
        setattr(fact, name, told.get(name))
    return fact


def read_pairs(path: Path = _CORPUS) -> list[Pair]:
    """Return the pairs of a file.

    Raises
    ------
    CorpusError
        There is no such file, or a line is no pair.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}). Start in the folder of the checkout.") from error
    pairs = []
    for number, line in enumerate(lines, 1):
        try:
            told = json.loads(line)
            first, second = (fact_of(told[side], told["type"], n) for n, side in ((1, "first"), (2, "second")))
            pairs.append(Pair(told["id"], told["split"], told["type"], told["label"], told["why"], first, second))
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{path}, line {number}: this is no pair of records ({error!r}).") from error
        if pairs[-1].label not in _LABELS:
            raise CorpusError(f"{path}, line {number}: {pairs[-1].label!r} is none of {', '.join(_LABELS)}.")
    return pairs


def score(judged: Iterable[tuple[Pair, Judgement]]) -> Scores:
    """Return how judgements agree with what the pairs are."""
    known = [(pair.label, judgement.verdict) for pair, judgement in judged]

    def share(label: str, *verdicts: Verdict) -> float:
        those = [verdict for told, verdict in known if told == label]
        return sum(verdict in verdicts for verdict in those) / len(those) if those else 0.0

    merged = [label for label, verdict in known if verdict is Verdict.SAME]
    right = merged.count("same")
    return Scores(
        pairs=len(known),
        merged=len(merged),
        wrong=len(merged) - right,
        precision=right / len(merged) if merged else 0.0,
        recall=share("same", Verdict.SAME),
        found=share("same", Verdict.SAME, Verdict.DOUBTFUL),
        doubtful_proposed=share("doubtful", Verdict.DOUBTFUL),
        noise=share("different", Verdict.DOUBTFUL),
    )


def main(arguments: list[str] | None = None) -> None:
    """Print the scores of each half, or with --errors the pairs of ``dev`` that are judged otherwise."""
    parser = argparse.ArgumentParser(prog="python -m coopnlp.catalogue.evaluate", description=__doc__)
    parser.add_argument("pairs", type=Path, nargs="?", default=_CORPUS)
    parser.add_argument("--errors", action="store_true", help="the pairs of dev that are judged otherwise")
    given = parser.parse_args(arguments)
    judged = [(pair, judge(pair.first, pair.second)) for pair in read_pairs(given.pairs)]
    for split in ("dev", "held"):
        found = score(entry for entry in judged if entry[0].split == split)
        shares = ", ".join(f"{name} {value:.3f}" for name, value in found._asdict().items() if isinstance(value, float))
        sys.stdout.write(f"{split}: {found.pairs} pairs, {found.merged} merged, {found.wrong} wrongly; {shares}\n")
    if given.errors:
        right = {"same": Verdict.SAME, "doubtful": Verdict.DOUBTFUL}
        for pair, judgement in judged:
            expected = right.get(pair.label)
            fine = judgement.verdict is expected if expected else judgement.verdict < Verdict.DOUBTFUL
            if pair.split == "dev" and not fine:
                told = "; ".join(judgement.why)
                sys.stdout.write(f"{pair.id} {pair.label} ({pair.why}): {judgement.verdict.name} {told}\n")


if __name__ == "__main__":
    main()
