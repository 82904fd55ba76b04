"""Documents for tests of the catalogue: a sentence a record, so that each has its words."""

from __future__ import annotations

import hashlib

from coopnlp.types import (
    Agreement,
    DocumentInfo,
    Extraction,
    Funding,
    Notice,
    Partnership,
    Party,
    Project,
    Record,
    Result,
    Source,
    ThemeAssignment,
)

Told = Agreement | Funding | Partnership | Project

NANTES = Party(text="Nantes", kb_id="fr-commune:44109")
DSCHANG = Party(text="Dschang", kb_id="geonames:2232444")
MONTREAL = Party(text="Ville de Montréal", kb_id="qc-municipalite:66023")
MINISTRY = Party(text="MEAE", kb_id="org:fr-meae")
CLUB = Party(text="association Les Amis de Dschang")


def document(
    name: str, *records: Told, date: str | None = "2013-05-06", themes: tuple[ThemeAssignment, ...] = (),
    notices: tuple[Notice, ...] = (),
) -> Result:  # fmt: skip
    """A document of one page that holds records, each read from a line of its own."""
    text = f"{name}\n"
    held: dict[str, list[Told]] = {"agreements": [], "fundings": [], "partnerships": [], "projects": []}
    for number, record in enumerate(records):
        parties = (record.funder,) if isinstance(record, Funding) else record.parties
        line = f"Ligne {number} : {', '.join(party.text for party in parties)} <b>agissent</b>."
        span = (len(text), len(text) + len(line))
        held[f"{type(record).__name__.lower()}s"].append(record.model_copy(update={"evidence": (span,)}))
        text += line + "\n"
    source = Source(
        name=name, sha256=hashlib.sha256(text.encode()).hexdigest(), media_type="text/plain", size=len(text),
        path=f"/fonds/{name}",
    )  # fmt: skip
    found = Record(
        id=name, source=source, document=DocumentInfo(title=f"Pièce {name}", date=date), themes=themes,
        notices=notices, **{key: tuple(values) for key, values in held.items()},  # type: ignore[arg-type]
    )  # fmt: skip
    return Result(extraction=Extraction(source=source, text=text, blocks=(), page_starts=(0,)), record=found)


def agreement(title: str = "Convention de coopération", date: str | None = "2012-03-16", *parties: Party) -> Agreement:
    return Agreement(kind="convention", title=title, parties=parties or (NANTES, DSCHANG), date=date)
