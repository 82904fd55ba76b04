"""Cases in the corpus's mark-up, `[[surface|LABEL]]`, made into extractions and entities.

Values of sums and dates are read by a small stand-in, so that these tests are
about records and not about the readers of sums and dates.
"""

from __future__ import annotations

import re
from decimal import Decimal

from coopnlp.records import record_of
from coopnlp.text import plain_spaces
from coopnlp.types import Amount, Block, DateValue, Entity, Extraction, Record, Source

_SPAN = re.compile(r"\[\[(.+?)\|([A-Z]+)(?:=([\w:-]+))?\]\]", re.S)
_MONTHS = ["janv", "févr", "mars", "avril", "mai", "juin", "juil", "août", "sept", "oct", "nov", "déc"]
_CURRENCY = (
    (r"\$ ?US|USD", "USD"),
    (r"\$|dollars", "CAD"),
    (r"F ?CFA|CFA", "XOF"),
    (r"€|euro", "EUR"),
    (r"\bF\b|francs", "FRF"),
)


def code_of(text: str) -> str | None:
    """Return the currency that a sum is written in."""
    return next((code for words, code in _CURRENCY if re.search(words, text, re.I)), None)


def amount(text: str) -> Amount | None:
    """Read a sum written in digits: « 12 500,50 € », « 1,2 M$ », « 15 k€ »."""
    flat = plain_spaces(text).replace("O", "0")
    numbers = re.findall(r"\d[\d .]*(?:,\d+)?", flat)
    if not numbers:
        return None
    value = Decimal(re.sub(r"[ .](?=\d{3})", "", numbers[0]).replace(" ", "").rstrip(".").replace(",", "."))
    if re.search(r"\bM|million", flat):
        value *= 1_000_000
    elif re.search(r"\bk|\bK", flat):
        value *= 1_000
    if len(numbers) == 2 and re.search(r"\d\s*(?:€|euros)?\s*(?:à|et|-)\s*\d", flat):
        high = Decimal(re.sub(r"[ .](?=\d{3})", "", numbers[1]).replace(" ", "").rstrip(".").replace(",", "."))
        return Amount(min=value, max=high, currency=code_of(flat))
    value = Decimal(int(value)) if value == int(value) else value
    return Amount(value=value, currency=code_of(flat))


def date(text: str) -> DateValue | None:
    """Read a year, a range of years, a month or a day."""
    flat = plain_spaces(text).lower()
    numeric = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", flat)
    if numeric:
        iso = f"{numeric[3]}-{int(numeric[2]):02d}-{int(numeric[1]):02d}"
        return DateValue(start=iso, end=iso)
    years = re.findall(r"\b(?:1[89]|20)\d\d\b", flat)
    if not years:
        return None
    month = next((i + 1 for i, name in enumerate(_MONTHS) if name in flat.replace("fev", "fév")), None)
    if month is None:
        return DateValue(start=years[0], end=years[-1])
    day = re.match(r"(\d{1,2})(?:er)?\b(?!\d)", flat)
    iso = f"{years[0]}-{month:02d}" + (f"-{int(day[1]):02d}" if day else "")
    return DateValue(start=iso, end=iso)


def parse(marked: str) -> tuple[str, tuple[Entity, ...]]:
    """Return the text and its entities; `[[Nantes|COLLECTIVITY=fr-commune:44109]]` sets the identifier."""
    out, entities, at, last = [], [], 0, 0
    for match in _SPAN.finditer(marked):
        before = marked[last : match.start()]
        surface, label, kb_id = match.groups()
        at += len(before)
        value = amount(surface) if label == "AMOUNT" else date(surface) if label == "DATE" else None
        entities.append(
            Entity.model_validate(
                {
                    "start": at,
                    "end": at + len(surface),
                    "label": label,
                    "text": surface,
                    "kb_id": kb_id or "",
                    "value": value,
                }
            )
        )
        out += [before, surface]
        at += len(surface)
        last = match.end()
    out.append(marked[last:])
    return "".join(out), tuple(entities)


def extraction(text: str, blocks: tuple[Block, ...] = (), name: str = "essai.txt") -> Extraction:
    """Return an extraction of a bare text."""
    source = Source(name=name, sha256="0" * 64, media_type="text/plain", size=len(text))
    return Extraction(source=source, text=text, blocks=blocks)


def read(marked: str, blocks: tuple[Block, ...] = ()) -> Record:
    """Return the record of a marked text."""
    text, entities = parse(marked)
    return record_of(extraction(text, blocks), entities)


def document(marked: str) -> tuple[Extraction, tuple[Entity, ...]]:
    """Return the extraction of a marked text and its entities."""
    text, entities = parse(marked)
    return extraction(text), entities
