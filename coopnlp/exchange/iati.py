"""Projects, partnerships and fundings as activities of IATI 2.03 (iatistandard.org).

A project is an activity, with the fundings that belong to it as commitments; so
is a partnership, and a funding that belongs to neither. Only what has what the
schema and the standard's ruleset demand is written: a start, a theme that gives
a sector, somebody named, a partner country. The rest is listed beside the file,
with the reason.

What the standard wants and documents seldom say:

* a day: a year or a month is completed to its first day, at an end to its last,
  and a narrative says what the document has;
* the parts of sectors and countries: equal ones;
* a status: 2 (implementation) where no end is known and the document says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from lxml import etree

from coopnlp.errors import ExchangeError
from coopnlp.exchange.belonging import holders, with_fundings
from coopnlp.exchange.classification import goals, shares
from coopnlp.exchange.files import LeftOut, replacing, reporting
from coopnlp.exchange.iati_parts import (
    Activity,
    Moment,
    Payment,
    Reporter,
    activity_of,
    organisation_ref,
    organisation_type,
)
from coopnlp.exchange.items import Item, Member, chunks
from coopnlp.register import schema

__all__ = ["activities", "to_activity", "write_iati"]

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_iati(
    connection: sa.Connection,
    path: Path,
    condition: sa.ColumnElement[bool] | None = None,
    *,
    reporter: Reporter,
    today: date | None = None,
) -> list[Path]:
    """Write the activities, and beside them the list of what is left out.

    Parameters
    ----------
    condition
        On rows of ``item``.
    reporter
        Who publishes.
    today
        The day that tells what has been from what is to come; by default that of the clock.

    Raises
    ------
    ExchangeError
        Nothing has what the standard demands, or a file cannot be written.
    """
    day = today or date.today()
    written = 0
    with reporting(path) as (report, beside):
        partial = path.with_name(path.name + ".part")
        with replacing(partial) as stream, etree.xmlfile(stream, encoding="utf-8") as xml:
            xml.write_declaration()
            told = {"version": "2.03", "generated-datetime": f"{day.isoformat()}T00:00:00Z"}
            with xml.element("iati-activities", told):
                for found in activities(connection, condition, reporter=reporter, today=day):
                    if isinstance(found, LeftOut):
                        report.add(found)
                    else:
                        xml.write(to_activity(found, reporter), pretty_print=True)
                        written += 1
        if written:
            partial.replace(path)
        else:
            partial.unlink()
    if not written:
        raise ExchangeError(
            f"{path}: nothing has what IATI demands, and a file of IATI holds one activity at least. "
            f"{beside} says what each item lacks."
        )
    return [path, beside]


def activities(
    connection: sa.Connection, condition: sa.ColumnElement[bool] | None, *, reporter: Reporter, today: date
) -> Iterator[Activity | LeftOut]:
    """Yield activities, and what is left out of them."""
    for items in chunks(connection, condition):
        owners = holders(connection, [item for item in items if item.type == "funding"])
        chosen = _chosen(connection, condition, [owner.id for owner in owners.values()])
        owners = {key: owner for key, owner in owners.items() if owner.id in chosen}
        owned = {item.id: item for item in (*items, *owners.values()) if item.type in ("project", "partnership")}
        fundings = with_fundings(connection, list(owned.values()))
        for item in items:
            owner = owners.get(item.id)
            if owner is not None:
                whole = activity_of(owner, fundings.get(owner.id, ()), reporter, today)
                if isinstance(whole, str):
                    yield _left(item, f"ce qu’elle finance est écarté\u00a0: {whole}")
                continue
            own = [item] if item.type == "funding" else fundings.get(item.id, ())
            found = activity_of(item, own, reporter, today)
            if isinstance(found, str):
                yield _left(item, found)
                continue
            yield found
            for funding, reason in found.untold:
                yield _left(funding, reason)


def _chosen(connection: sa.Connection, condition: sa.ColumnElement[bool] | None, ids: Sequence[int]) -> frozenset[int]:
    """Return which of some items the condition holds for."""
    asked = sa.select(schema.item.c.id).where(schema.item.c.id.in_(sorted(set(ids))))
    if condition is not None:
        asked = asked.where(condition)
    return frozenset(connection.execute(asked).scalars())


def _left(item: Item, reason: str) -> LeftOut:
    return LeftOut(item.path, item.type, item.title, item.origins[0].name, reason)


def to_activity(activity: Activity, reporter: Reporter) -> Any:
    """Return the element of an activity."""
    item = activity.item
    root = etree.Element("iati-activity", {_LANG: "fr"})
    _add(root, "iati-identifier", f"{reporter.ref}-{item.type}-{item.ref}")
    members = (*activity.funders, *activity.parties)
    own = any(organisation_ref(member) == reporter.ref for member in members)
    told = {"ref": reporter.ref, "type": reporter.type, "secondary-reporter": "0" if own else "1"}
    _narrated(root, "reporting-org", reporter.name, **told)
    _narrated(root, "title", item.title)
    _narrated(root, "description", item.description or item.purpose or item.title, type="1")
    _narrated(root, "description", _source(item), type="4")
    for member in activity.funders:
        _participant(root, member, "1")
    for member in activity.parties:
        _participant(root, member, "4" if member.country in activity.countries else "2")
    etree.SubElement(root, "activity-status", code=activity.status)
    for when in activity.dates:
        _moment(root, when)
    for country, part in zip(activity.countries, shares(len(activity.countries)), strict=True):
        etree.SubElement(root, "recipient-country", code=country, percentage=str(part))
    for share in activity.sectors:
        told = {"vocabulary": share.vocabulary, "code": share.code, "percentage": str(share.percentage)}
        etree.SubElement(root, "sector", told)
    for goal in goals(item.themes):
        etree.SubElement(root, "tag", vocabulary="2", code=str(goal))
    for payment in activity.payments:
        if payment.planned:
            _budget(root, payment)
    for payment in activity.payments:
        if not payment.planned:
            _transaction(root, payment)
    return root


def _add(parent: Any, name: str, text: str | None = None, **attributes: str | None) -> Any:
    child = etree.SubElement(parent, name, {k: v for k, v in attributes.items() if v is not None})
    child.text = None if text is None else _NO_XML.sub("\ufffd", text)
    return child


def _narrated(parent: Any, name: str, text: str, **attributes: str | None) -> Any:
    child = _add(parent, name, None, **attributes)
    _add(child, "narrative", text)
    return child


def _source(item: Item) -> str:
    places = [o.name if o.page is None else f"{o.name}, page {o.page}" for o in item.origins]
    return "Source\u00a0: " + "\u00a0; ".join(dict.fromkeys(places))


def _participant(root: Any, member: Member, role: str) -> None:
    _narrated(
        root, "participating-org", member.name, role=role, ref=organisation_ref(member), type=organisation_type(member)
    )


def _moment(root: Any, when: Moment) -> None:
    told = _add(root, "activity-date", None, type=when.type, **{"iso-date": when.day.isoformat()})
    if when.text is not None:
        _add(told, "narrative", f"«\u00a0{when.text}\u00a0» dans le document")


def _budget(root: Any, payment: Payment) -> None:
    budget = etree.SubElement(root, "budget", type="1", status="1")
    _add(budget, "period-start", None, **{"iso-date": payment.start.isoformat()})
    _add(budget, "period-end", None, **{"iso-date": payment.end.isoformat()})
    _value(budget, payment)


def _transaction(root: Any, payment: Payment) -> None:
    funding = payment.funding
    made = etree.SubElement(root, "transaction", ref=funding.ref)
    _add(made, "transaction-type", None, code="2")
    _add(made, "transaction-date", None, **{"iso-date": payment.start.isoformat()})
    _value(made, payment)
    told = [funding.purpose or funding.title]
    if funding.start and len(funding.start) < 10:
        told.append(f"date dans le document\u00a0: {funding.start}")
    told += [f"soit aussi {format(m.value, 'f')} {m.currency}" for m in payment.also if m.value is not None]
    _narrated(made, "description", "\u00a0; ".join(told))
    for member in funding.funders[:1]:
        told_of = {"ref": organisation_ref(member), "type": organisation_type(member)}
        _narrated(made, "provider-org", member.name, **told_of)


def _value(parent: Any, payment: Payment) -> None:
    told = {"currency": payment.currency, "value-date": payment.start.isoformat()}
    _add(parent, "value", format(payment.value, "f"), **told)
