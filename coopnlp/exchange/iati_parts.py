"""What an activity of IATI is made of: who reports, who takes part, dates, sums, and what is lacking.

Codes are those of the IATI standard's lists, version 2.03.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from coopnlp.errors import ExchangeError
from coopnlp.exchange.classification import Share, sectors
from coopnlp.exchange.dates import moment
from coopnlp.exchange.items import Item, Member, Money
from coopnlp.gazetteer.organisations import Organisations

__all__ = ["Activity", "Moment", "Payment", "Reporter", "activity_of", "organisation_ref", "organisation_type"]

# What the standard's ruleset allows in identifiers: no / & | or ?
_REF = re.compile(r"[^/&|?\s]+")
_TYPE = re.compile(r"\d\d")
_LOCAL = frozenset({"commune", "departement", "region", "intercommunal", "municipality", "mrc", "state"})
_BODIES = {
    "ministry": "10", "agency": "15", "association": "22", "international": "40", "foundation": "60", "company": "70",
}  # fmt: skip
_STATUSES = (
    (re.compile(r"en cours|actif|active", re.IGNORECASE), "2"),
    (re.compile(r"termin|achev|clos|échu", re.IGNORECASE), "4"),
    (re.compile(r"abandon|annul", re.IGNORECASE), "5"),
    (re.compile(r"suspen|sommeil|interromp", re.IGNORECASE), "6"),
    (re.compile(r"demand|en projet|prévu|en préparation", re.IGNORECASE), "1"),
)
# A budget of the standard covers a year at most.
_YEAR_DAYS = 366


class Reporter(NamedTuple):
    """Who publishes: identifier as IATI registers it (``FR-INSEE-213502388``), name, type of organisation."""

    ref: str
    name: str
    type: str = "11"

    @property
    def country(self) -> str:
        """The country of the register that gave the identifier; France for those of no country (``XM-DAC``)."""
        prefix = self.ref[:2].upper()
        return "FR" if prefix in ("XI", "XM", "XR") or not prefix.isalpha() else prefix

    @classmethod
    def given(cls, ref: str | None = None, name: str | None = None, type: str | None = None) -> Reporter:
        """Return who is given, else who ``COOPNLP_IATI_ORG``, ``_NAME`` and ``_TYPE`` say.

        Raises
        ------
        ExchangeError
            Nobody is, or what is given is no identifier.
        """
        ref = ref or os.environ.get("COOPNLP_IATI_ORG")
        name = name or os.environ.get("COOPNLP_IATI_NAME")
        type = type or os.environ.get("COOPNLP_IATI_TYPE") or "11"
        if not ref or not name:
            raise ExchangeError(
                "IATI wants to know who reports. Give --reporting-org (e.g. FR-INSEE-213502388) and "
                "--reporting-name, or set COOPNLP_IATI_ORG and COOPNLP_IATI_NAME."
            )
        if not _REF.fullmatch(ref) or not _TYPE.fullmatch(type):
            raise ExchangeError(
                f"{ref!r}, type {type!r}: no identifier of an organisation and its type, as IATI has them. "
                "Give one without / & | ? and spaces, and two digits (10 government, 11 local government)."
            )
        return cls(ref, name, type)


class Moment(NamedTuple):
    """A date of an activity: its type in IATI, the day, and the text of the document where that says less."""

    type: str
    day: date
    text: str | None


class Payment(NamedTuple):
    """A sum given: at a day that has passed, or for a period to come. ``also`` are the same sum in other currencies."""

    funding: Item
    value: Decimal
    currency: str
    start: date
    end: date
    planned: bool
    also: tuple[Money, ...]


class Activity(NamedTuple):
    """An item that has what the standard demands."""

    item: Item
    status: str
    dates: tuple[Moment, ...]
    countries: tuple[str, ...]
    sectors: tuple[Share, ...]
    funders: tuple[Member, ...]
    parties: tuple[Member, ...]
    payments: tuple[Payment, ...]
    #: fundings whose sum is not told, and why, in French
    untold: tuple[tuple[Item, str], ...]


def activity_of(item: Item, fundings: Sequence[Item], reporter: Reporter, today: date) -> Activity | str:
    """Return an item as an activity, or why it is none, in French.

    Parameters
    ----------
    fundings
        Those that belong to it.
    """
    if item.type == "agreement":
        return "un accord est un acte, non une activité"
    if item.type == "partnership" and item.kind == "projet":
        return "ce partenariat n’est que celui d’un projet, qui est une activité de son côté"
    parties = tuple(dict.fromkeys(item.parties))
    given_by = [member for funding in (item, *fundings) for member in funding.funders]
    funders = tuple({member.actor: member for member in given_by}.values())
    if not parties and not funders:
        return "aucune partie n’est nommée"
    start = item.start or min((funding.start for funding in fundings if funding.start), default=None)
    begin, finish = moment(start), moment(item.end, last=True)
    if begin is None:
        return "aucune date de début"
    if finish is not None and finish < begin:
        return "la fin est avant le début"
    countries = tuple(sorted({m.country for m in parties if m.country} - {reporter.country}))
    if not countries:
        return "aucun pays partenaire n’est connu"
    parts = sectors(item.themes)
    if not parts:
        return "aucun thème, donc aucun secteur du CAD"
    payments, untold = _payments(fundings, today)
    return Activity(
        item=item,
        status=_status(item, begin, finish, today),
        dates=_dates(begin, finish, start, item.end, today),
        countries=countries,
        sectors=parts,
        funders=funders,
        parties=parties,
        payments=payments,
        untold=untold,
    )


def _status(item: Item, begin: date, finish: date | None, today: date) -> str:
    """Return the status that the dates and the document tell: 2, implementation, where no end is known."""
    told = next((code for pattern, code in _STATUSES if pattern.search(item.status or "")), None)
    if told in ("5", "6"):
        return told
    if begin > today:
        return "1"
    if finish is not None and finish < today:
        return "4"
    return told or "2"


def _dates(begin: date, finish: date | None, start: str | None, end: str | None, today: date) -> tuple[Moment, ...]:
    """Return planned dates (1, 3) for what is to come, actual ones (2, 4) for what has been."""
    found = [Moment("1" if begin > today else "2", begin, _partial(start))]
    if finish is not None:
        found.append(Moment("3" if finish > today else "4", finish, _partial(end)))
    return tuple(found)


def _partial(text: str | None) -> str | None:
    return text if text is not None and len(text) < 10 else None


def _payments(fundings: Sequence[Item], today: date) -> tuple[tuple[Payment, ...], tuple[tuple[Item, str], ...]]:
    paid: list[Payment] = []
    untold: list[tuple[Item, str]] = []
    for funding in fundings:
        made = _payment(funding, today)
        if isinstance(made, str):
            untold.append((funding, f"l’activité ne dit pas cette somme\u00a0: {made}"))
        else:
            paid.append(made)
    return tuple(paid), tuple(untold)


def _payment(funding: Item, today: date) -> Payment | str:
    if funding.status == "demandé":
        return "elle n’est que demandée"
    stated = [money for money in funding.amounts if money.value is not None and money.currency]
    if not funding.amounts:
        return "le document ne la chiffre pas"
    if not stated:
        return "c’est une fourchette, ou sa monnaie n’est pas connue"
    if stated[0].total:
        return "elle en contient d’autres"
    start, end = moment(funding.start), moment(funding.end, last=True)
    if start is None:
        return "elle n’a pas de date"
    planned = start > today
    end = end or moment(funding.start, last=True) or start
    if planned and not 0 <= (end - start).days < _YEAR_DAYS:
        return "un budget d’IATI couvre un an au plus"
    value, currency = stated[0].value, stated[0].currency
    assert value is not None and currency is not None
    return Payment(funding, value, currency, start, end, planned, tuple(stated[1:]))


def organisation_ref(member: Member) -> str | None:
    """Return an identifier of org-id.guide or of the DAC; None where only other lists know the organisation."""
    scheme, _, code = member.actor.partition(":")
    if scheme == "fr-epci":  # whose codes are those of SIRENE
        return f"FR-INSEE-{code}"
    body = Organisations.load().by_id(member.actor)
    if body is None:
        return None
    if body.dac_channel:
        return f"XM-DAC-{body.dac_channel}"
    return f"FR-INSEE-{body.siren}" if body.siren else None


def organisation_type(member: Member) -> str | None:
    """Return the type of organisation, where it is known."""
    if member.kind in _LOCAL:
        return "11"
    if member.kind == "country":
        return "10"
    body = Organisations.load().by_id(member.actor)
    return None if body is None else _BODIES.get(body.kind)
