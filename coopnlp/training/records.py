"""Scores of records against records that annotators wrote.

A gold file is JSON Lines: ``id``, ``fundings``, ``partnerships``, ``agreements``,
``projects``, with the keys of the contract; parties and funders are words of the
text, ``amounts`` are [value, currency] pairs, ``evidence`` a quotation. A record may
carry its own ``text``; the other texts are the marked documents of the folder
``entities`` beside the gold's folder. They are processed as any text file is, tagger
included.

What counts as the same record:

- funding: a sum with its currency, the same funder and the same year, which both give or neither;
  ``fundings_but_year``, beside ``fundings``, leaves the year out;
- partnership: the same set of parties and the same kind;
- agreement: titles of which one contains the other, and no other date (one that only one side
  gives is no contradiction);
- project: the same title.

A purpose, of a gold funding that was found and has one, is good where it shares a third
of the gold's content words (of four letters or more), other where it shares less, none
where there is no purpose; of found fundings that are the same the closest counts.

Names are the same when their words are, determiners, accents and words of kind
(« Ville de ») apart, or when all words of the one are in the other.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.text import fold
from coopnlp.training.corpus import read_marked
from coopnlp.training.evaluate import Score
from coopnlp.types import Amount

__all__ = [
    "BUT_YEAR",
    "KINDS",
    "evaluate_records",
    "match",
    "purposes_of",
    "read_records",
    "same_name",
    "same_sum",
    "texts_of",
]

KINDS = ("fundings", "partnerships", "agreements", "projects")
#: Fundings by funder and sum alone.
BUT_YEAR = "fundings_but_year"

# Words that stand in purposes of any kind and tell none from another.
_ANY_PURPOSE = frozenset({"pour", "dans", "avec", "projet", "subvention"})
_SHARED = 1 / 3
_SMALL = re.compile(r"la|les?|l|de|du|des|d|et|a|aux?|en")
# « Ville de », « Conseil régional de »: left out where something is left.
_KIND = re.compile(
    r"villes?|communes?|municipalite|mairie|departement|region|conseil|general|departemental|regional|province"
    r"|communaute|agglomeration|metropole|mrc|district|cercle|gouvernorat|wilaya|canton|etat|republique"
)


def read_records(gold: Path) -> list[dict[str, Any]]:
    """Return the annotated records of a file, a document each.

    Raises
    ------
    CorpusError
        The file is missing, or a line is no JSON object with an ``id``.
    """
    try:
        lines = gold.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise CorpusError(f"{gold}: cannot be read ({error})") from error
    records = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            record["id"]
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"{gold}:{number}: expected a JSON object with an id ({error})") from error
        records.append(record)
    return records


def texts_of(gold: Path, records: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield each record with its text: its own ``text``, or the marked document of the same ``id``.

    Raises
    ------
    CorpusError
        A record has no text and no document of ``../entities`` is its.
    """
    marked = gold.parent.parent / "entities"
    texts = {d.id: d.text for d in read_marked(marked)} if marked.is_dir() else {}
    for record in records:
        text = record.get("text") or texts.get(record["id"])
        if text is None:
            raise CorpusError(f"{gold}: document {record['id']!r} is not in {marked} and has no `text`")
        yield record, text


def _words(name: str) -> frozenset[str]:
    return frozenset(word for word in fold(name).split() if not _SMALL.fullmatch(word))


def same_name(one: str, other: str) -> bool:
    """Say whether two names are the same body's: see the module's docstring.

    >>> same_name("la Ville de Montréal", "Montréal"), same_name("Région Bretagne", "Ville de Brest")
    (True, False)
    """
    a, b = _words(one), _words(other)
    bare_a, bare_b = (frozenset(w for w in words if not _KIND.fullmatch(w)) or words for words in (a, b))
    return a == b or (bool(bare_a and bare_b) and (bare_a <= bare_b or bare_b <= bare_a))


def _same_party(gold: str, found: dict[str, Any]) -> bool:
    return same_name(gold, found["text"])


def _same_time(gold: str | None, found: str | None) -> bool:
    if not gold or not found:
        return True
    size = min(len(gold), len(found))
    return gold[:size] == found[:size]


def _decimal(value: str) -> float | None:
    try:
        return float(str(value).replace(",", "."))
    except ValueError:
        return None


def same_sum(value: str, currency: str | None, amount: Amount) -> bool:
    """Say whether a sum of a gold file (« 500 », a range « 500-800 ») is an amount; a missing currency fits any."""
    parts = [_decimal(part) for part in str(value).split("-")]
    have = [float(number) for number in (amount.value, amount.min, amount.max) if number is not None]
    return parts == have and (currency is None or amount.currency in (None, currency))


def _same_funding(gold: dict[str, Any], found: dict[str, Any]) -> bool:
    return _year(gold) == _year(found) and _same_grant(gold, found)


def _year(funding: dict[str, Any]) -> str:
    return str(funding.get("start") or "")[:4]


def _same_grant(gold: dict[str, Any], found: dict[str, Any]) -> bool:
    """Say whether two fundings are of the same funder and sum, whatever their year."""
    if not _same_party(gold["funder"], found["funder"]):
        return False
    amounts = [Amount.model_validate(amount) for amount in found.get("amounts", ())]
    if any(same_sum(value, currency, amount) for value, currency in gold.get("amounts", ()) for amount in amounts):
        return True
    return not gold.get("amounts") and not amounts


def _same_partnership(gold: dict[str, Any], found: dict[str, Any]) -> bool:
    parties = found["parties"]
    if gold.get("kind") != found.get("kind") or len(parties) != len(gold["parties"]):
        return False
    return all(any(_same_party(name, p) for p in parties) for name in gold["parties"]) and all(
        any(_same_party(name, p) for name in gold["parties"]) for p in parties
    )


def _same_agreement(gold: dict[str, Any], found: dict[str, Any]) -> bool:
    a, b = _words(gold.get("title") or ""), _words(found.get("title") or "")
    return bool(a and b) and (a <= b or b <= a) and _same_time(gold.get("date"), found.get("date"))


def _same_project(gold: dict[str, Any], found: dict[str, Any]) -> bool:
    a, b = (re.sub(r"\W+", " ", fold(record.get("title") or "")).strip() for record in (gold, found))
    return bool(a) and a == b


_SAME: dict[str, Callable[[dict[str, Any], dict[str, Any]], bool]] = {
    "fundings": _same_funding,
    BUT_YEAR: _same_grant,
    "partnerships": _same_partnership,
    "agreements": _same_agreement,
    "projects": _same_project,
}


def match(kind: str, gold: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> tuple[list[int], list[int]]:
    """Return which gold records no found one is the same as, and the reverse; each is paired once.

    ``kind`` is one of :data:`KINDS`, or :data:`BUT_YEAR` for fundings whose year is left out.
    """
    left = list(range(len(found)))
    missed = []
    for i, record in enumerate(gold):
        at = next((j for j in left if _SAME[kind](record, found[j])), None)
        if at is None:
            missed.append(i)
        else:
            left.remove(at)
    return missed, left


def _content(purpose: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]{4,}", fold(purpose))) - _ANY_PURPOSE


def purposes_of(gold: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> Counter[str]:
    """Count the purposes of gold fundings that were found: ``good``, ``other``, ``none``; see the module's docstring.

    >>> gold = {"funder": "Dax", "amounts": [["500", "EUR"]], "purpose": "toiture du lavoir"}
    >>> same = {"funder": {"text": "Dax"}, "amounts": [{"value": "500", "currency": "EUR"}]}
    >>> purposes_of([gold], [{**same, "purpose": "réfection du lavoir"}])
    Counter({'good': 1})
    """
    counts: Counter[str] = Counter()
    for record in gold:
        wanted = _content(record.get("purpose") or "")
        same = [other.get("purpose") or "" for other in found if _same_grant(record, other)] if wanted else []
        if not same:
            continue
        if any(len(wanted & _content(purpose)) >= _SHARED * len(wanted) for purpose in same):
            counts["good"] += 1
        else:
            counts["other" if any(same) else "none"] += 1
    return counts


def evaluate_records(gold: Path) -> dict[str, Any]:
    """Score the records that the library reads in the documents of a gold file.

    Returns precision, recall, F1 and counts for each kind of record, and of fundings whatever
    their year; under ``purposes``, of the gold fundings found that have a purpose, how many there
    are (``gold``), how many got a ``good`` one, an ``other`` one or ``none``, and the ``share`` of
    good ones; under ``dates``, of how many documents the gold says a date (``gold``), for how many
    one was ``found``, and how many of these are ``right`` as far as both are precise; and every record
    that was missed or is extra.

    Raises
    ------
    CorpusError
        The gold is missing or malformed, or a document is not in ``../entities``.
    """
    from coopnlp.api import process

    records = read_records(gold)
    scores = dict.fromkeys((*KINDS, BUT_YEAR), Score())
    errors: list[dict[str, Any]] = []
    purposes: Counter[str] = Counter()
    dates: Counter[str] = Counter()
    for record, text in texts_of(gold, records):
        key = record["id"]
        found = process(text.encode(), name=f"{key}.txt").record.to_json()
        purposes += purposes_of(record.get("fundings", []), found["fundings"])
        dates += _dates_of(record.get("document"), found.get("document"))
        for kind in KINDS:
            wanted, got = record.get(kind, []), found.get(kind, [])
            missed, extra = match(kind, wanted, got)
            right = len(wanted) - len(missed)
            scores[kind] += Score(right, right, len(got), len(wanted))
            errors += _listed(key, kind, "missed", (wanted[i] for i in missed))
            errors += _listed(key, kind, "extra", (got[j] for j in extra))
        wanted, got = record.get("fundings", []), found["fundings"]
        right = len(wanted) - len(match(BUT_YEAR, wanted, got)[0])
        scores[BUT_YEAR] += Score(right, right, len(got), len(wanted))
    return {
        "gold": str(gold),
        "documents": len(records),
        **{kind: _rates(score) for kind, score in scores.items()},
        "purposes": _shares(purposes),
        "dates": {said: dates[said] for said in ("gold", "found", "right")},
        "errors": errors,
    }


def _dates_of(gold: dict[str, Any] | None, found: dict[str, Any] | None) -> Counter[str]:
    """Count the date of a document: in the gold, found, right; nothing where the gold says nothing of the document."""
    if gold is None:
        return Counter()
    wanted, got = gold.get("date"), (found or {}).get("date")
    right = bool(wanted and got) and _same_time(wanted, got)
    return Counter({"gold": int(bool(wanted)), "found": int(bool(got)), "right": int(right)})


def _listed(key: str, kind: str, verdict: str, records: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": key, "kind": kind, "verdict": verdict, "record": record} for record in records]


def _shares(purposes: Counter[str]) -> dict[str, float]:
    whole = purposes.total()
    share = round(purposes["good"] / whole, 4) if whole else 0.0
    return {"gold": whole, **{verdict: purposes[verdict] for verdict in ("good", "other", "none")}, "share": share}


def _rates(score: Score) -> dict[str, float]:
    return {
        "precision": round(score.precision, 4), "recall": round(score.recall, 4), "f1": round(score.f1, 4),
        "gold": score.gold, "found": score.predicted,
    }  # fmt: skip
