"""Fundings as « Subventions » of the SCDL, version 2.1 (schema.data.gouv.fr/scdl/subventions).

The schema is that of grants of French public bodies, in euros, to one
beneficiary a line. What it demands and documents seldom say:

* the SIRET of who gives: from a table that is given (identifier or name, SIRET);
* the date of the convention: the start of the funding, completed to a day;
* the terms of payment: « autre »; notification to the European Union: « non »,
  where nothing says otherwise.

What cannot be told is listed beside the file, with the reason.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import sqlalchemy as sa

from coopnlp.errors import ExchangeError
from coopnlp.exchange.belonging import holders, recipients
from coopnlp.exchange.dates import completed
from coopnlp.exchange.files import LeftOut, replacing_text, reporting
from coopnlp.exchange.items import Item, Member, Money, chunks
from coopnlp.register.export import cell
from coopnlp.text import fold

__all__ = ["COLUMNS", "read_sirets", "subsidies", "write_scdl"]

#: The columns of the schema, in its order.
COLUMNS = (
    "nomAttribuant", "idAttribuant", "dateConvention", "referenceDecision", "nomBeneficiaire", "idBeneficiaire",
    "rnaBeneficiaire", "objet", "montant", "nature", "conditionsVersement", "datesPeriodeVersement", "idRAE",
    "notificationUE", "pourcentageSubvention", "dispositifAide",
)  # fmt: skip
_SIRET = re.compile(r"\d{14}")
_LONGEST = 256
# La Poste's establishments follow no key (INSEE): their digits add up to a multiple of five.
_LA_POSTE = "356000000"


def write_scdl(
    connection: sa.Connection,
    path: Path,
    condition: sa.ColumnElement[bool] | None = None,
    *,
    sirets: Mapping[str, str] | None = None,
) -> list[Path]:
    """Write the grants that the schema has a place for, and beside them the list of the others.

    Parameters
    ----------
    condition
        On rows of ``item``; fundings alone are looked at.
    sirets
        By identifier (``fr-commune:35238``) or folded name, as :func:`read_sirets` gives them.

    Raises
    ------
    ExchangeError
        A file cannot be written.
    """
    with reporting(path) as (report, beside), replacing_text(path) as stream:
        writer = csv.writer(stream, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for found in subsidies(connection, condition, sirets or {}):
            if isinstance(found, LeftOut):
                report.add(found)
            else:
                writer.writerow([cell(found.get(name, "")) for name in COLUMNS])
    return [path, beside]


def read_sirets(path: Path) -> dict[str, str]:
    """Read a CSV table with the columns ``identifiant`` (an identifier of the register, or a name) and ``siret``.

    Raises
    ------
    ExchangeError
        It cannot be read, lacks a column, or holds what is no SIRET; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ExchangeError(f"{path}: the table of SIRETs cannot be read ({error}). Give CSV in UTF-8.") from error
    first = text.partition("\n")[0]
    rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in first else ",")
    if not {"identifiant", "siret"} <= set(rows.fieldnames or ()):
        raise ExchangeError(f"{path}: the table of SIRETs needs the columns « identifiant » and « siret ».")
    found: dict[str, str] = {}
    for row in rows:
        siret = re.sub(r"\s", "", row["siret"] or "")
        if not _is_siret(siret):
            raise ExchangeError(f"{path}, line {rows.line_num}: {siret!r} is no SIRET (14 digits with their key).")
        name = (row["identifiant"] or "").strip()
        found[name if ":" in name else fold(name)] = siret
    return found


def _is_siret(text: str) -> bool:
    if not _SIRET.fullmatch(text) or not text.isascii():
        return False
    digits = [int(digit) for digit in text]
    if text.startswith(_LA_POSTE) and sum(digits) % 5 == 0:
        return True
    doubled = [digit if number % 2 else digit * 2 for number, digit in enumerate(digits)]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0


def subsidies(
    connection: sa.Connection, condition: sa.ColumnElement[bool] | None, sirets: Mapping[str, str]
) -> Iterator[dict[str, str] | LeftOut]:
    """Yield the lines, and what is left out."""
    for items in chunks(connection, condition):
        fundings = [item for item in items if item.type == "funding"]
        owners = holders(connection, fundings)
        for item in fundings:
            sums: tuple[Money | None, ...] = item.amounts or (None,)
            for money in sums:
                found = _line(item, money, owners.get(item.id), sirets)
                if isinstance(found, str):
                    yield LeftOut(item.path, item.type, item.title, item.origins[0].name, found)
                else:
                    yield found


def _line(item: Item, money: Money | None, holder: Item | None, sirets: Mapping[str, str]) -> dict[str, str] | str:
    """Return a line by column, or why there is none, in French."""
    if item.status == "demandé":
        return "la somme n’est que demandée"
    if money is None or money.value is None:
        return "le document ne chiffre pas la somme, ou donne une fourchette"
    if money.total:
        return "la somme en contient d’autres"
    if money.currency != "EUR":
        return f"la somme n’est pas en euros ({money.currency or 'monnaie non dite'})"
    if not item.funders:
        return "personne n’est nommé comme attribuant"
    giver = item.funders[0]
    siret = _siret(giver, sirets)
    if siret is None:
        return f"le SIRET de l’attribuant n’est pas connu ({giver.name}, {giver.kb_id or 'sans identifiant'})"
    given_to = recipients(item, holder)
    if not given_to:
        return "aucun bénéficiaire n’est nommé"
    if len(given_to) > 1:
        return "plusieurs bénéficiaires, dont les parts ne sont pas connues"
    if given_to[0].country not in (None, "FR"):
        return "le bénéficiaire n’est pas établi en France"
    if not item.is_ordered:
        return "la fin est avant le début"
    start, last = completed(item.start), completed(item.end or item.start, last=True)
    if start is None or last is None:
        return "la date n’est pas connue"
    about = item.purpose or (holder.title if holder is not None else item.title)
    return {
        "nomAttribuant": giver.name,
        "idAttribuant": siret,
        "dateConvention": start,
        "nomBeneficiaire": given_to[0].name,
        "idBeneficiaire": _siret(given_to[0], sirets) or "",
        "objet": _cut(" ".join(about.split())),
        "montant": format(money.value, "f"),
        "nature": "aide en numéraire",
        "conditionsVersement": "autre",
        "datesPeriodeVersement": start if start == last else f"{start}/{last}",
        "notificationUE": "non",
        "pourcentageSubvention": "1.00",
    }


def _siret(member: Member, sirets: Mapping[str, str]) -> str | None:
    return sirets.get(member.actor) or sirets.get(fold(member.name)) or sirets.get(fold(member.text))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
