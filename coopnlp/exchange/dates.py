"""Dates as precise as a document gives them, and completed where a standard demands a day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

__all__ = ["completed", "is_date", "moment"]

_DATE = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?")


def is_date(text: str | None) -> bool:
    """Tell whether a text is a year, a month or a day of the calendar, as ISO 8601 writes it."""
    return moment(text) is not None


def moment(text: str | None, *, last: bool = False) -> date | None:
    """Return the first day, or the last, of a year, a month or a day; None where there is none.

    >>> moment("2009-12"), moment("2009", last=True), moment("2009-02-30")
    (datetime.date(2009, 12, 1), datetime.date(2009, 12, 31), None)
    """
    found = _DATE.fullmatch(text or "")
    if found is None:
        return None
    try:
        year, month = int(found["year"]), int(found["month"] or (12 if last else 1))
        day = int(found["day"] or (monthrange(year, month)[1] if last else 1))
        return date(year, month, day)
    except ValueError:  # no such month or day
        return None


def completed(text: str | None, *, last: bool = False) -> str | None:
    """Return a date as ``YYYY-MM-DD``: what is missing is that of the first day, or the last.

    >>> completed("2015"), completed("2015", last=True), completed("2015-03-07")
    ('2015-01-01', '2015-12-31', '2015-03-07')
    """
    found = moment(text, last=last)
    return None if found is None else found.isoformat()
