"""What the pages of corrections ask the register for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from coopnlp import catalogue
from coopnlp.register import schema
from coopnlp.register.corrected import Correction, Held, Thing
from coopnlp.register.corrections import Corrections
from coopnlp.register.read import read_text
from coopnlp.register.store import Register
from coopnlp.web.addresses import PLURALS, REF_LENGTH, document_path, item_path
from coopnlp.web.filters import country_name, number
from coopnlp.web.rows import source_of
from coopnlp.web.site import Site

__all__ = [
    "Identified", "digest_and_text", "identified", "shown", "thing_of", "where_to_edit", "written",
]  # fmt: skip

_PLACES = {
    "commune": "commune",
    "departement": "département",
    "region": "région",
    "epci": "intercommunalité",
    "qc_municipalite": "municipalité du Québec",
    "qc_mrc": "MRC",
    "qc_region": "région du Québec",
    "country": "pays",
    "state": "État ou province",
    "city": "ville",
    "arrondissement": "arrondissement",
}
_BODIES = {
    "association": "association",
    "agency": "agence",
    "scheme": "dispositif",
    "international": "organisation internationale",
    "fund": "fonds",
    "office": "office",
    "foundation": "fondation",
    "network": "réseau",
    "ministry": "ministère",
    "bank": "banque",
    "company": "entreprise",
}
# How the table of organisations names what is no state of ISO 3166-1.
_PARTS_OF_THE_WORLD = {"QC": "Québec", "EU": "Union européenne", "INT": ""}  # fmt: skip


class Identified(NamedTuple):
    """A body that a name may mean, with its identifier and what tells it from others."""

    kb_id: str
    name: str
    about: str


def digest_and_text(connection: sa.Connection, prefix: str) -> tuple[str, str] | None:
    """Return the digest of a source that was read and its text; None where there is none."""
    source = source_of(connection, prefix)
    if source is None or source.state != "done":
        return None
    return source.sha256, read_text(connection, source.id)


def thing_of(type_: str, ref: str) -> Thing:
    """Return the record that a permalink means."""
    digest, _, number = ref.rpartition("-")
    return Thing(target="record", sha256=digest, type=type_, n=int(number))


def where_to_edit(held: Held) -> str:
    """Return the address of the form for a thing."""
    thing = held.thing
    digest = thing.sha256[:REF_LENGTH]
    if thing.target == "record" and thing.type is not None:
        return f"/corrections/{PLURALS[thing.type]}/{digest}-{thing.n}"
    if thing.target == "entity":
        return f"/corrections/documents/{digest}/mots/{thing.n}"
    return f"/corrections/documents/{digest}"


def shown(correction: Correction) -> str | None:
    """Return the address of what was corrected, as readers see it; None where it is not there any more."""
    thing = correction.thing
    if thing.target in ("record", "pair") and thing.type is not None:
        return None if thing.n is None else item_path(thing.type, f"{thing.sha256[:REF_LENGTH]}-{thing.n}")
    start = getattr(correction.after or correction.before, "start", None) if thing.target == "entity" else None
    return document_path(thing.sha256, start)


def identified(name: str, near: Sequence[str] = (), date: str | None = None, limit: int = 12) -> list[Identified]:
    """Return the bodies that a name may mean, likeliest first."""
    from coopnlp.gazetteer import Gazetteer
    from coopnlp.gazetteer.organisations import Organisations

    found = []
    for body in Organisations.load().named(name):
        about = (_BODIES.get(body.kind, body.kind), _where(body.country))
        found.append(Identified(body.kb_id, body.name, ", ".join(filter(None, about))))
    gazetteer = Gazetteer.load()
    for candidate in gazetteer.lookup(name, near=list(near), date=date)[:limit]:
        place = candidate.place
        around = [above.name for parent in place.parents if (above := gazetteer.by_id(parent)) is not None]
        people = [f"{number(place.population)} habitants"] if place.population else []
        kind = _PLACES.get(place.kind, place.kind)
        found.append(Identified(place.kb_id, place.name, ", ".join([kind, *around[:2], *people])))
    return found[:limit]


def _where(country: str) -> str:
    if country in _PARTS_OF_THE_WORLD or not country:
        return _PARTS_OF_THE_WORLD.get(country, "")
    return country_name(country)


async def written(site: Site, work: Any, *args: Any, **options: Any) -> Any:
    """Correct something in a thread; the items of its documents follow at once, the rest of the catalogue soon."""

    def act() -> Any:
        made = work(Corrections(site.register), *args, **options)
        catalogue.update(site.register, _documents(site.register, made))
        return made

    made = await site.run(act)
    site.look_again()
    return made


def _documents(register: Register, made: Correction) -> list[int]:
    """Return the ids of the documents that a correction is about."""
    digests = [thing.sha256 for thing in (made.thing, made.second) if thing is not None]
    with register._database.reading() as connection:
        return list(
            connection.execute(sa.select(schema.source.c.id).where(schema.source.c.sha256.in_(digests))).scalars()
        )
