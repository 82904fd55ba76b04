"""Train the models of records: which bodies cooperate, which sums are given by whom, and of what year.

Learns from ``records/train.jsonl`` of the corpus, and from sums of real council minutes,
labelled by offsets, where their documents are at hand, and from what people corrected in a
register (:mod:`coopnlp.training.from_register`), on the entities that the shipped
pipeline finds in the texts. The threshold of each model is chosen on predictions
of documents that the model had not seen, in five folds.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from coopnlp.errors import CorpusError
from coopnlp.records.bodies import Body
from coopnlp.records.clauses import Sum, sums_in
from coopnlp.records.document import read_document
from coopnlp.records.funding_years import with_years
from coopnlp.records.grant_features import grants_of
from coopnlp.records.learned_years import told_years
from coopnlp.records.pair_features import pairs_of
from coopnlp.records.rules import Told, read_by_rules
from coopnlp.records.weights import GRANTS, PAIRS, YEARS, write_weights
from coopnlp.records.year_features import Years
from coopnlp.training.records import read_records, same_name, same_sum, texts_of
from coopnlp.training.rows import FOLDS, Rows, best_threshold, cross_validated, fitted, joined, of_sums
from coopnlp.training.standoff import read_source

__all__ = ["DOCUMENTS", "PASSAGES", "SUMS", "digest", "train_records"]

#: What people corrected in a register, as `corpus import --from-register` writes it: passages and sums beside
#: ``train.jsonl``, and beside their folder the texts of the sums.
PASSAGES, SUMS, DOCUMENTS = "register.jsonl", "register-sums.jsonl", "documents"
#: Weight of recall against precision (F-beta) where a threshold is chosen: registers are not checked line by line,
#: and one wrong pair spoils a partnership of several.
_BETA = {PAIRS: 0.2, GRANTS: 0.7, YEARS: 0.7}
#: How far from its quotation a sum of a record may stand and still be the one meant.
_AROUND = 400


def train_records(corpus: Path, output: Path, minutes: Path | None = None) -> None:
    """Train the models and write them, with a card, into ``output``.

    Parameters
    ----------
    corpus
        Folder with ``records`` and ``entities``.
    output
        Folder to write.
    minutes
        Folder of the council minutes of which ``records/minutes.jsonl`` labels sums; the
        model of sums learns from them as well.

    Raises
    ------
    CorpusError
        The records or their texts are missing or malformed, or a text of the minutes
        is not the one that was labelled.
    """
    gold = corpus / "records" / "train.jsonl"
    files = [gold, *([passages] if (passages := gold.with_name(PASSAGES)).is_file() else [])]
    documents = [
        (record, _told(record["id"], text)) for file in files for record, text in texts_of(file, read_records(file))
    ]
    if len(documents) < 2 * FOLDS:
        raise CorpusError(f"{gold}: {len(documents)} documents are too few to learn from; give hundreds.")
    grants = _grants(documents)
    if minutes is None:
        _say("sums of council minutes are left out: give their folder with --minutes")
    else:
        grants = joined(grants, _of_minutes(corpus / "records" / "minutes.jsonl", minutes))
    if (sums := gold.with_name(SUMS)).is_file():
        grants = joined(grants, _of_minutes(sums, corpus / DOCUMENTS))
    lines = []
    for name, rows in ((PAIRS, _pairs(documents)), (GRANTS, grants), (YEARS, _years(documents))):
        if name == YEARS and not rows.right.any():
            _say(f"{name}: no record has a year; none is learnt")
            continue
        if not 0 < rows.right.sum() < len(rows.right):
            raise CorpusError(f"{gold}: no record, or nothing but records, among what {name} is to tell apart.")
        chances = cross_validated(rows)
        threshold, line = best_threshold(rows, chances, _BETA[name])
        lines.append(f"| {name} | {len(set(rows.document.tolist()))} | {rows.wanted} | {line} |")
        _say(f"{name}: {len(rows.features)} candidates, {line}")
        write_weights(fitted(rows, threshold), output / name)
    (output / "README.md").write_text(_card(lines), encoding="utf-8")
    _say(f"wrote {output}")


def _told(name: str, text: str) -> Told:
    from coopnlp.api import annotate, load
    from coopnlp.extract import extract
    from coopnlp.records.reading import entities_of

    extraction = extract(text.encode(), name=f"{name}.txt")
    with load().memory_zone():
        return read_by_rules(extraction, entities_of(annotate(extraction), extraction))


def _is_pair(record: dict[str, Any], one: Body, other: Body) -> str | None:
    """Return the kind of the partnership that holds both bodies, or None."""
    for partnership in record.get("partnerships", []):
        at = [
            {i for i, name in enumerate(partnership["parties"]) if same_name(name, body.party.text)}
            for body in (one, other)
        ]
        if any(i != j for i in at[0] for j in at[1]):
            return str(partnership["kind"])
    return None


def _pairs(documents: Sequence[tuple[dict[str, Any], Told]]) -> Rows:
    features, of_class, kinds, places = [], [], [], []
    wanted = 0
    for number, (record, told) in enumerate(documents):
        for pair in pairs_of(told.reader, told.partnerships, told.agreements, told.projects):
            features.append(pair.features)
            of_class.append(pair.of_kind)
            kinds.append(_is_pair(record, pair.one, pair.other))
            places.append(number)
        sizes = [len(p["parties"]) for p in record.get("partnerships", [])]
        wanted += sum(n * (n - 1) // 2 for n in sizes)
    right = np.array([kind is not None for kind in kinds])
    return Rows(features, right, np.arange(len(right)), np.array(places), kinds, of_class, wanted)


def _meant(record: dict[str, Any], text: str, total: Sum) -> Iterator[dict[str, Any]]:
    """Yield the fundings of a record whose sum this is, by value and by place."""
    for funding in record.get("fundings", []):
        at = text.find(funding.get("evidence") or "\0")
        near = at < 0 or at - _AROUND <= total.start <= at + len(funding["evidence"]) + _AROUND
        if near and any(same_sum(value, currency, a) for value, currency in funding["amounts"] for a in total.amounts):
            yield funding


def _grants(documents: Sequence[tuple[dict[str, Any], Told]]) -> Rows:
    features, right, groups, places = [], [], [], []
    sums = 0
    for number, (record, told) in enumerate(documents):
        for grants in grants_of(told.reader, told.fundings):
            sums += 1
            meant = list(_meant(record, told.reader.reading.text, grants[0].total))
            for grant in grants:
                features.append(grant.features)
                right.append(any(same_name(f["funder"], grant.body.party.text) for f in meant))
                groups.append(sums)
                places.append(number)
    wanted = sum(len(record.get("fundings", [])) for record, _ in documents)
    return of_sums(features, right, groups, places, wanted)


def _years(documents: Sequence[tuple[dict[str, Any], Told]]) -> Rows:
    """Return the years that the sums of fundings may be of, where no word beside the sum says it."""
    features, right, groups, places = [], [], [], []
    sums = wanted = 0
    for number, (record, told) in enumerate(documents):
        reading = told.reader.reading
        document = read_document(reading, None)
        fundings = with_years(reading, told.fundings, document.date)
        years, said = Years(reading, document.date, document.kind), told_years(reading, fundings)
        known = {at for at, _ in said}
        for total in (total for span in reading.sentences for total in sums_in(reading, *span)):
            meant = {(funding.get("start") or "")[:4] for funding in _meant(record, reading.text, total)}
            if not meant or known & {e.start for e in total.entities}:
                continue
            sums += 1
            wanted += meant != {""}
            for candidate in years.of(total.start, said):
                features.append(candidate.features)
                right.append(candidate.start in meant)
                groups.append(sums)
                places.append(number)
    return of_sums(features, right, groups, places, wanted)


def _of_minutes(labels: Path, folder: Path) -> Rows:
    """Return the labelled sums of council minutes; a line of ``labels`` has the offsets of a sum and who gives it."""
    by_source: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in labels.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        by_source[row["source"]].append(row)
    features, right, groups, places = [], [], [], []
    wanted = 0
    for number, (source, rows) in enumerate(sorted(by_source.items())):
        text = read_source(str(folder / source))
        told = _told(Path(source).stem, text)
        by_start = {grants[0].total.start: grants for grants in grants_of(told.reader, told.fundings)}
        for row in rows:
            if digest(text, row["start"], row["end"]) != row["sha256"]:
                raise CorpusError(f"{labels}: the text of {source} at {row['start']} is not the labelled one.")
            giver = row["giver"]
            wanted += giver is not None
            for grant in by_start.get(row["start"], ()):
                features.append(grant.features)
                right.append(giver is not None and same_name(giver, _without_council(grant.body.party.text)))
                groups.append(row["start"] + 10_000_000 * number)
                places.append(number)
    return of_sums(features, right, groups, places, wanted)


def _without_council(name: str) -> str:
    """« Conseil municipal de la Ville de X » decides, the Ville is the giver that labels name."""
    return re.sub(r"^Conseil [Mm]unicipal de (?:la )?", "", name)


def digest(text: str, start: int, end: int) -> str:
    """Return what says that a text is the labelled one: the SHA-256 of a sum and a hundred characters on both sides."""
    return hashlib.sha256(text[max(0, start - 100) : end + 100].encode()).hexdigest()


def _card(lines: Sequence[str]) -> str:
    return "\n".join(
        [
            "# Models of records",
            "",
            "Logistic regressions over words around mentions, written by `coopnlp train records` from",
            "`corpus/records/train.jsonl`: `pairs.json` says which bodies cooperate and how, `grants.json`",
            "which sums are given by whom, `years.json` of what year a sum is whose words tell none. JSON, no",
            "code. Licence: MIT. Left out: states with each other, parties that the tagger misses. Scores of",
            "whole records: `coopnlp evaluate records`.",
            "",
            "Pairs of bodies, sums with their giver, and sums with their year, in documents that the model had",
            "not seen (five folds); the threshold is that of the best F-measure, of weight "
            f"{_BETA[PAIRS]} for pairs, {_BETA[GRANTS]}",
            "for sums and years, which puts precision first. Years with a second one nearly as probable are left out.",
            "",
            "| model | documents | to find | threshold | precision | recall |",
            "|---|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


def _say(message: str) -> None:
    sys.stderr.write(f"coopnlp: {message}\n")
