"""Write a record of the atlas as the form has it: label lines, values below, tables with bars.

The text is the form of 2008 to 2021, with the table of goals of 2022 where the record
has goals, so that :func:`coopnlp.process` reads the same values from it:

>>> from coopnlp.types import AtlasRecord
>>> print(atlas_text(AtlasRecord(title="Terrasses et semences", year_first_signature="2009", status="Terminé")))
Atlas de la coopération décentralisée
Titre
Terrasses et semences
Année de première signature de la convention
2009
Le partenariat est
Terminé
<BLANKLINE>
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coopnlp.types import AtlasRecord, Contact, Funding

__all__ = ["atlas_text"]

_HEAD = "Atlas de la coopération décentralisée"


def atlas_text(record: AtlasRecord) -> str:
    """Return the record as text; fields that it lacks are left out, and sums that the form has no place for.

    Its table holds one sum in euros a row: ranges and other currencies are not written.
    """
    return "\n".join([_HEAD, *_lines(record)]) + "\n"


def _lines(record: AtlasRecord) -> Iterator[str]:
    if record.embassy:
        yield f"Contacts dans le poste diplomatique : {record.embassy}"
        for contact in record.embassy_contacts:
            yield from _at_the_embassy(contact)
    yield from _field("Titre", record.title)
    yield from _field("Année de première signature de la convention", record.year_first_signature)
    main = record.themes[0] if record.themes else ()
    labels = ("Thématique d'intervention", "Sous-thématique d'intervention", "Sous-sous-thématique d'intervention")
    for label, value in zip(labels, main, strict=False):
        yield from _field(label, value)
    yield from _table(
        "Autres thématiques mises en œuvre pour le partenariat",
        ("Thématique éligible", "Sous-thématique", "Sous-sous-thématique", "Priorité"),
        [(*path, *[""] * (3 - len(path)), str(rank)) for rank, path in enumerate(record.themes[1:], 1)],
    )
    if record.sdgs:
        yield "Objectifs de développement durable - ODD"
        yield "Intitulé ODD Note"
        yield from (f"{g.number} - {g.title}" + (f" {g.mark}" if g.mark is not None else "") for g in record.sdgs)
    yield from _field("Année de début du partenariat", record.year_start)
    yield from _field("Le partenariat est", record.status)
    yield from _field("Date de fin du partenariat", _day(record.date_end))
    for heading, body in record.sections:
        yield from (heading, *(line for line in body.split("\n") if line))
    yield from _field("Votre partenariat prend la forme d'un(e)", record.form)
    yield from _field("Maître(s) d'œuvre", "\n".join(record.implementers))
    yield from _field("Maître(s) d'ouvrage", "\n".join(record.owners))
    yield from _field("Bénéficiaire(s)", record.beneficiaries)
    yield from _table(
        "Partenaires étrangers du partenariat",
        ("Nom de la collectivité étrangère", "Pays"),
        [(p.name, p.country or "") for p in record.foreign_partners],
    )
    yield from _table(
        "Contacts dans les partenaires étrangers du partenariat",
        ("Nom de la collectivité étrangère", "Nom", "Prénom", "Fonction", "Courriel"),
        [_abroad(contact) for contact in record.foreign_contacts],
    )
    yield from _field(
        "Collectivités territoriales partenaires du partenariat",
        "\n".join(party.text for party in record.french_collectivities),
    )
    if record.triennial is not None:
        yield "Le partenariat est triennal" if record.triennial else "Le partenariat n'est pas triennal"
    yield from _table(
        "Financement du partenariat",
        ("Nom du financeur", "Montant en euros", "Année"),
        [row for funding in record.fundings for row in _given(funding)],
    )
    yield from filter(None, (record.communication_france, record.communication_partner, record.evaluation))
    yield from _table(
        "Volontaires impliqués dans le partenariat (VSI, service civique, etc.) d'échange et de solidarité",
        ("Nom", "Mission"),
        record.volunteers,
    )


def _field(label: str, value: str | None) -> Iterator[str]:
    if value:
        yield from (label, value)


def _table(label: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield label
        yield " | ".join(head)
        yield from (" | ".join(row) for row in rows)


def _day(date: str | None) -> str | None:
    """Return an ISO date as the form writes it: « 31/12/2014 »."""
    return date and "/".join(reversed(date.split("-")))


def _at_the_embassy(contact: Contact) -> Iterator[str]:
    if contact.role:
        yield contact.role
    yield contact.name
    if contact.email:
        yield f"Courriel : {contact.email}"
    if contact.phone:
        yield f"Tél. : {contact.phone}"


def _abroad(contact: Contact) -> tuple[str, ...]:
    address = " ".join(filter(None, (contact.email, contact.phone)))
    last = contact.last_name or contact.name
    return (contact.authority or "", last, contact.first_name or "", contact.role or "", address)


def _given(funding: Funding) -> Iterator[tuple[str, str, str]]:
    for amount in funding.amounts:
        if amount.value is not None and amount.currency in (None, "EUR"):
            yield funding.funder.text, format(amount.value, "f"), funding.start or ""
