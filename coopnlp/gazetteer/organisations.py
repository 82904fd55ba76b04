"""Organisations and funders that recur in the cooperation of local authorities, and who is meant by a name.

``tables/organisations.tsv`` is written by hand: a body a line, with every name it
had, the years of a name in brackets, and « ? » after a name that other bodies
share. Identifiers are ``org:`` and the body's own; the table gives SIREN, ROR,
Wikidata and the OECD channel code where they are known. A name that is not in the
table, or that the document does not tell apart, has no identifier.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coopnlp.errors import CorpusError, ModelError
from coopnlp.gazetteer.entries import read_table
from coopnlp.text import fold

__all__ = ["SCHEME", "Organisation", "Organisations"]

SCHEME = "org"

_TABLE = Path(__file__).parent / "tables" / "organisations.tsv"
_ENTRY = re.compile(r"(?P<name>.+?)(?P<shared>\?)?(?: \[(?P<first>\d{4})?-(?P<last>\d{4})?\])?")
_ARTICLE = re.compile(r"(?:la|le|les|l|du|des|de la|de l|notre|votre) (?=\S)")
_DOTTED = re.compile(r"\b(?:[A-ZÀ-Ý]\.){2,}[A-ZÀ-Ý]?")


@dataclass(frozen=True)
class Organisation:
    """A body of the table. ``first`` and ``last``: its years, None where not known; codes empty where not known."""

    id: str
    name: str
    kind: str
    country: str
    first: int | None = None
    last: int | None = None
    siren: str = ""
    ror: str = ""
    wikidata: str = ""
    dac_channel: str = ""

    @property
    def kb_id(self) -> str:
        return f"{SCHEME}:{self.id}"


@dataclass(frozen=True)
class _Name:
    """A name of a body: whether others share it, whether it is an acronym, the years in which it was used."""

    body: Organisation
    shared: bool
    acronym: bool
    first: int | None
    last: int | None

    def fits(self, year: int | None) -> bool:
        return year is None or ((self.first or 0) <= year <= (self.last or 9999))


def _key(name: str) -> str:
    return fold(_DOTTED.sub(lambda m: m[0].replace(".", ""), name))


def _year(text: str | None) -> int | None:
    return int(text) if text else None


class Organisations:
    """The table, looked up by name."""

    def __init__(self, rows: Iterable[dict[str, str]]) -> None:
        self._names: dict[str, list[_Name]] = {}
        self._bodies: dict[str, Organisation] = {}
        for row in rows:
            body = Organisation(
                row["id"], row["name"], row["kind"], row["country"], _year(row["from"]), _year(row["to"]),
                row["siren"], row["ror"], row["wikidata"], row["dac_channel"],
            )  # fmt: skip
            self._bodies[body.kb_id] = body
            for entry in row["names"].split("|"):
                match = _ENTRY.fullmatch(entry.strip())
                if match is None:
                    continue
                name = _Name(
                    body,
                    match["shared"] is not None,
                    " " not in match["name"],
                    _year(match["first"]),
                    _year(match["last"]),
                )
                self._names.setdefault(_key(match["name"]), []).append(name)

    @staticmethod
    @cache
    def load() -> Organisations:
        """Return the table that ships, read once.

        Raises
        ------
        ModelError
            It is missing or damaged.
        """
        try:
            return Organisations(read_table(_TABLE))
        except (OSError, KeyError, ValueError, CorpusError) as error:
            raise ModelError(f"{_TABLE} cannot be read ({error}). Reinstall coopnlp.") from error

    def __len__(self) -> int:
        return len(self._bodies)

    def by_id(self, kb_id: str) -> Organisation | None:
        """Return the body of an identifier, or None."""
        return self._bodies.get(kb_id)

    def named(self, name: str) -> list[Organisation]:
        """Return the bodies that bear a name, article and accents apart.

        >>> [o.id for o in Organisations.load().named("l'AFD")]
        ['afd']
        """
        return [entry.body for entry in self._entries(name)]

    def _entries(self, name: str) -> list[_Name]:
        key = _key(name)
        found = self._names.get(key)
        if found is None:
            article = _ARTICLE.match(key)
            found = self._names.get(key[article.end() :]) if article else None
        return found or []

    def link(self, names: Sequence[str], year: int | None = None, countries: Collection[str] = ()) -> list[str]:
        """Return an identifier, or an empty string, for each name of a document.

        Parameters
        ----------
        names
            As the document writes them.
        year
            Of the document: tells bodies apart that bore one name in turn.
        countries
            ISO codes, ``QC`` for Québec, of the authorities that the document names: a
            name that several states share is that of the only state among them.
        """
        sure: list[str] = [self._alone(self._entries(name), year) for name in names]
        seen = {kb_id for kb_id in sure if kb_id}
        return [
            kb_id or self._by_company(self._entries(name), year, seen, countries)
            for kb_id, name in zip(sure, names, strict=True)
        ]

    @staticmethod
    def _alone(entries: Sequence[_Name], year: int | None) -> str:
        clear = {entry.body.kb_id for entry in entries if not entry.shared}
        if len(clear) > 1:
            clear = {entry.body.kb_id for entry in entries if not entry.shared and entry.fits(year)}
        return clear.pop() if len(clear) == 1 else ""

    @staticmethod
    def _by_company(entries: Sequence[_Name], year: int | None, seen: set[str], countries: Collection[str]) -> str:
        """Return who is meant by a shared name: a body that the document names in full, or that of its country."""
        named = {entry.body.kb_id for entry in entries} & seen
        if len(named) == 1:
            return named.pop()
        if len(countries) != 1:
            return ""
        # An acronym is shared with more bodies than the table knows: a country alone does not decide it.
        here = {e.body.kb_id for e in entries if e.body.country in countries and not e.acronym and e.fits(year)}
        return here.pop() if len(here) == 1 else ""
