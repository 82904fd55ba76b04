"""Fill an empty register with made documents, so that pages, exports and the catalogue can be measured at scale.

``python -m tests.benchmarks.big_register register.db --records 100000 [--seed 1]``

A world is drawn first: authorities of the gazetteer, in number as they have
people, that cooperate by agreements, partnerships, projects and fundings, with themes of the
atlas. Documents then tell of it, a fact in one to six of them, with other
words, less precise dates, names not recognised; a record in seven is told
again. Every record has the sentence that it was read from. The same seed gives the same
register. Nothing in it is true.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from coopnlp.gazetteer import Gazetteer, Place
from coopnlp.gazetteer.entries import TABLES, read_table
from coopnlp.register import Register, bulk, journal, rows, schema
from coopnlp.register.values import versions
from coopnlp.resources import data_file
from coopnlp.types import (
    Agreement,
    Amount,
    DocumentInfo,
    Entity,
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

# Documents written in one transaction.
_TOGETHER = 500
_TYPES = ("agreement", "partnership", "project", "funding")
_SHARES = (0.2, 0.2, 0.3, 0.3)
_ABROAD = ("SN", "ML", "BF", "NE", "BJ", "TG", "CI", "GN", "CM", "MG", "MA", "DZ", "TN", "LB", "VN", "HT", "DE", "IT",
           "PL", "RO", "GB", "ES", "JP", "CN", "US")  # fmt: skip
_KINDS = ("convention", "accord", "entente", "protocole", "charte", "plan d'action", "avenant")
_PARTNERSHIPS = ("jumelage", "cooperation_decentralisee", "entente", "convention", "projet", "autre")
_STATUSES = (None, None, "En cours", "Terminé", "En projet", "En sommeil")
_ACTIONS = (
    "Appui à la filière", "Rénovation du centre", "Échange de jeunes autour du thème", "Formation des agents au service",
    "Création d’un réseau", "Festival", "Réhabilitation du réseau", "Jumelage des écoles", "Étude de faisabilité",
    "Équipement du marché", "Accès durable au service", "Mise en valeur", "Résidence d’artistes", "Gestion intégrée",
    "Renforcement des capacités communales", "Laboratoire vivant", "Caravane", "Coopérative", "Semaine", "Atlas",
)  # fmt: skip
_OBJECTS = (
    "eau potable", "assainissement", "maraîchage", "lecture publique", "patrimoine bâti", "transition énergétique",
    "état civil", "tourisme solidaire", "santé maternelle", "numérique éducatif", "économie sociale et solidaire",
    "déchets ménagers", "foncier agricole", "musiques actuelles", "aménagement urbain", "forêts communales",
    "formation professionnelle", "pêche côtière", "jeunesse et citoyenneté", "mobilité douce", "cinéma documentaire",
)  # fmt: skip
_SPARKS = ("Horizon", "Passerelles", "Deux Rives", "Racines", "Océan", "Boréal", "Teranga", "Confluences", "Escales",
           "Sillons", "Regards croisés", "Grand Large", "Sources vives", "Terre commune", "Cap Nord")  # fmt: skip
_DOCUMENTS = ("council minutes", "report", "press release", "news", "agreement", "letter", "mission report")


@dataclass(frozen=True)
class _Fact:
    """Something that is so in the world, and of which documents tell."""

    type: str
    parties: tuple[Party, ...]
    kind: str
    title: str
    date: str
    end: str
    amount: int
    currency: str
    theme: ThemeAssignment
    status: str | None


def _paths() -> list[tuple[str, ...]]:
    with data_file("themes", "atlas.tsv").open(encoding="utf-8", newline="") as lines:
        read = csv.DictReader(lines, delimiter="\t")
        return [
            tuple(row[level] for level in ("theme", "subtheme", "subsubtheme") if row[level])
            for row in read
            if row["subtheme"]
        ]


class World:
    """Who cooperates with whom, drawn by a seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"world-{seed}")
        kinds: dict[str, list[Place]] = defaultdict(list)
        for place in Gazetteer.load().all_places():
            if place.kb_id and not place.valid_to and (place.kind != "city" or place.country in _ABROAD):
                kinds[place.kind].append(place)
        self.home = self._draw(kinds, {"commune": 1500, "epci": 250, "departement": 80, "region": 16})
        self.others = self._draw(kinds, {"city": 1500, "qc_municipalite": 250, "qc_mrc": 60, "qc_region": 12})
        self.funders = [
            Party(text=row["name"], kb_id=f"org:{row['id']}")
            for row in read_table(TABLES / "organisations.tsv")
            if row["kind"] in ("fund", "agency", "ministry", "scheme")
        ]
        self.bodies = [
            Party(text=f"{what} {self.chance.choice(_SPARKS)} {self.chance.choice(self.home).text}")
            for what in ("association", "comité de jumelage", "lycée", "fondation", "collectif")
            for _ in range(60)
        ]
        self.paths = _paths()

    def _draw(self, kinds: dict[str, list[Place]], counts: dict[str, int]) -> list[Party]:
        drawn: list[Party] = []
        for kind, count in counts.items():
            # larger ones first, with chance: a sample without putting back, weighted by people
            keyed = [
                (self.chance.random() ** (1 / ((place.population or 1000) ** 0.7)), place.kb_id, place)
                for place in kinds[kind]
            ]
            best = sorted(keyed, key=lambda entry: (-entry[0], entry[1]))[:count]
            drawn += [Party(text=place.name, kb_id=place.kb_id) for _, _, place in best]
        self.chance.shuffle(drawn)
        return drawn

    def _some(self, parties: list[Party]) -> Party:
        # few cooperate much, many a little
        return parties[int(len(parties) * self.chance.random() ** 2.5)]

    def fact(self) -> _Fact:
        """Return the next fact."""
        chance = self.chance
        type_ = chance.choices(_TYPES, _SHARES)[0]
        home, other = self._some(self.home), self._some(self.others)
        parties = [home, other]
        while chance.random() < 0.15:
            parties.append(chance.choice(self.bodies) if chance.random() < 0.6 else self._some(self.home))
        parties = list({party.text: party for party in parties}.values())
        year = min(2025, max(1956, int(chance.gauss(2008, 11))))
        date = f"{year}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        action, matter = chance.choice(_ACTIONS), chance.choice(_OBJECTS)
        kind, title = "", f"{action} : {matter} à {other.text}"
        if chance.random() < 0.2:
            title = f"{chance.choice(_SPARKS)} {chance.randint(2, 40)}, {matter} entre {home.text} et {other.text}"
        currency = "CAD" if other.kb_id.startswith("qc-") and chance.random() < 0.5 else "EUR"
        if type_ == "agreement":
            kind = chance.choice(_KINDS)
            title = f"{kind.capitalize()} de coopération entre {home.text} et {other.text}"
            if chance.random() < 0.5:
                title += f" sur {matter}"
        elif type_ == "partnership":
            kind = chance.choices(_PARTNERSHIPS, (5, 4, 1, 1, 1, 1))[0]
        elif type_ == "funding":
            giver = chance.choice(self.funders) if chance.random() < 0.6 else home
            parties = [giver]
            title = f"{action.lower()} {matter}, {other.text}"
        return _Fact(
            type_, tuple(parties), kind, title, date, str(year + chance.choice((1, 2, 3, 5))),
            chance.choice((1, 2, 3, 5, 8, 12, 15, 20, 45, 75, 120, 250)) * chance.choice((500, 1000, 1000, 1450)),
            currency, ThemeAssignment(path=chance.choice(self.paths), probability=round(chance.uniform(0.3, 0.99), 3)),
            chance.choice(_STATUSES),
        )  # fmt: skip


def _told(fact: _Fact, chance: random.Random) -> _Fact:
    """Return a fact as a document tells it: less precisely, in other words, with names not recognised."""
    date = fact.date[: chance.choice((4, 7, 10, 10))]
    title = fact.title
    if chance.random() < 0.15:
        title = title.replace("Appui à", "Soutien à").replace(" : ", " – ").replace("coopération", "Coopération")
    if chance.random() < 0.05:
        title = title.upper()
    parties = tuple(Party(text=f"Ville de {party.text}") if chance.random() < 0.06 else party for party in fact.parties)
    theme = replace_probability(fact.theme, chance)
    return replace(fact, date=date, title=title, parties=parties, theme=theme)


def replace_probability(theme: ThemeAssignment, chance: random.Random) -> ThemeAssignment:
    """Return a theme as another text supports it."""
    near = min(0.99, max(0.2, theme.probability + chance.uniform(-0.1, 0.1)))
    return theme.model_copy(update={"probability": round(near, 3)})


class _Document:
    """A document in the making: its text grows by the sentence of each record."""

    def __init__(self, number: int, chance: random.Random) -> None:
        self.chance = chance
        self.number = number
        self.parts: list[str] = []
        self.length = 0
        self.pages = [0]
        self.entities: list[Entity] = []
        self.made: dict[str, list[Any]] = defaultdict(list)
        self.date = ""

    def write(self, text: str) -> int:
        at = self.length
        self.parts.append(text)
        self.length += len(text)
        return at

    def tell(self, fact: _Fact) -> None:
        """Write the sentence of a record, its entities, and the record."""
        if self.length - self.pages[-1] > 2500:
            self.pages.append(self.length)
        start = self.length
        for number, party in enumerate(fact.parties):
            if number:
                self.write(", " if number < len(fact.parties) - 1 else " et ")
            at = self.write(party.text)
            label = "ORG" if party.kb_id.startswith("org:") or not party.kb_id else "COLLECTIVITY"
            self._entity(at, "FUNDER" if fact.type == "funding" and number == 0 else label, party.text, party.kb_id)
        getattr(self, f"_{fact.type}")(fact, start)
        self.write("\n\n")

    def _entity(self, at: int, label: Any, text: str, kb_id: str = "", value: Any = None) -> None:
        page = len(self.pages)
        self.entities.append(
            Entity(start=at, end=at + len(text), label=label, text=text, kb_id=kb_id, page=page, value=value)
        )

    def _agreement(self, fact: _Fact, start: int) -> None:
        self.write(" ont signé la ")
        self._entity(self.write(fact.title), "AGREEMENT", fact.title)
        self.write(f" ({fact.date}).")
        self.made["agreements"].append(
            Agreement(kind=fact.kind, title=fact.title, parties=fact.parties, date=fact.date,
                      end=fact.end if self.chance.random() < 0.4 else None, evidence=((start, self.length),))
        )  # fmt: skip

    def _partnership(self, fact: _Fact, start: int) -> None:
        self.write(f" coopèrent depuis {fact.date[:4]} ({fact.kind.replace('_', ' ')}).")
        self.made["partnerships"].append(
            Partnership(parties=fact.parties, kind=fact.kind, start=fact.date[:4], status=fact.status,  # type: ignore[arg-type]
                        end=fact.end if fact.status == "Terminé" else None, evidence=((start, self.length),))
        )  # fmt: skip

    def _project(self, fact: _Fact, start: int) -> None:
        self.write(" mènent le projet « ")
        self._entity(self.write(fact.title), "PROJECT", fact.title)
        self.write(f" » depuis {fact.date[:4]}.")
        themes = (fact.theme,) if self.chance.random() < 0.9 else ()
        self.made["projects"].append(
            Project(title=fact.title, parties=fact.parties, themes=themes, start=fact.date[:4],
                    end=fact.end if self.chance.random() < 0.5 else None, evidence=((start, self.length),),
                    description=f"Le projet porte sur {fact.theme.path[-1].lower()} et dure jusqu’en {fact.end}.")
        )  # fmt: skip

    def _funding(self, fact: _Fact, start: int) -> None:
        amount = Amount(value=Decimal(fact.amount), currency=fact.currency)
        self.write(" verse ")
        text = f"{fact.amount:,}".replace(",", " ") + (" $" if fact.currency == "CAD" else " €")
        self._entity(self.write(text), "AMOUNT", text, value=amount)
        self.write(f" pour {fact.title} en {fact.date[:4]}.")
        self.made["fundings"].append(
            Funding(funder=fact.parties[0], amounts=(amount,) if self.chance.random() < 0.93 else (), start=fact.date[:4],
                    purpose=fact.title, status="demandé" if self.chance.random() < 0.04 else None,
                    evidence=((start, self.length),))
        )  # fmt: skip

    def result(self, facts: list[_Fact]) -> Result:
        latest = max(int(fact.date[:4]) for fact in facts)
        year = min(2025, latest + self.chance.choice((0, 0, 0, 1, 2, 5)))
        date = f"{year}-{self.chance.randint(1, 12):02}-{self.chance.randint(1, 28):02}"
        kind = self.chance.choice(_DOCUMENTS)
        title = f"Pièce {self.number} : {facts[0].title}"
        text = "".join(self.parts)
        digest = hashlib.sha256(text.encode()).hexdigest()
        name = f"fonds-{self.number // 1000:03}/piece-{self.number:06}.pdf"
        source = Source(name=Path(name).name, sha256=digest, media_type="application/pdf", size=len(text), path=name)
        notices = ()
        if self.chance.random() < 0.05:
            notices = (Notice(kind="ocr_doubtful", message="1 page lue avec une confiance de moins de 60 sur 100, "
                              "à vérifier sur l'image : 1."),)  # fmt: skip
        record = Record(
            id=Path(name).stem, source=source, entities=tuple(self.entities), notices=notices,
            document=DocumentInfo(title=title, date=date, kind=kind, pages=len(self.pages)),
            themes=(facts[0].theme,), **{name: tuple(made) for name, made in self.made.items()},
        )  # fmt: skip
        return Result(
            extraction=Extraction(source=source, text=text, blocks=(), page_starts=tuple(self.pages)), record=record
        )


def documents(records: int, seed: int) -> Iterator[Result]:
    """Yield documents that hold so many records together."""
    world = World(seed)
    recent: list[_Fact] = []
    left, number = records, 0
    while left > 0:
        chance = random.Random(f"{seed}-{number}")
        document = _Document(number, chance)
        document.write(f"Pièce {number} du fonds {seed}\n\n")
        facts: list[_Fact] = []
        for _ in range(min(left, max(1, int(chance.expovariate(1 / 6))))):
            if recent and chance.random() < 0.3:
                fact = chance.choice(recent)
            else:
                fact = world.fact()
                recent.append(fact)
                if len(recent) > 3000:
                    recent.pop(0)
            facts.append(_told(fact, chance))
            document.tell(facts[-1])
        yield document.result(facts)
        left -= len(facts)
        number += 1


def fill(register: Register, records: int, seed: int) -> int:
    """Write the documents into an empty register; return how many."""
    written = 0
    used = versions()
    batch: list[Result] = []

    def write() -> None:
        nonlocal written
        tables: rows.Rows = defaultdict(list)
        for key, result in enumerate(batch, written + 1):
            read = result.extraction.source
            tables["source"].append({
                "id": key, "sha256": read.sha256, "media_type": read.media_type, "size": read.size, "state": "done",
                "library_version": used.library, "model_version": used.model, "processed_at": journal.now(),
            })  # fmt: skip
            tables["location"].append({
                "id": key, "address": f"/{read.path}", "name": read.name, "path": f"/{read.path}", "source_id": key,
                "state": "present",
            })  # fmt: skip
            tables["document"].append(rows.document_row(result, key))
            for name, part in rows.part_rows(result, key).items():
                tables[name] += part
        with register._database.writing() as connection:
            for table in (schema.source, schema.location, schema.document, *schema.PARTS):
                bulk.insert(connection, table, tables.get(table.name, []))
        written += len(batch)
        batch.clear()

    with register._database.reading() as connection:
        if connection.execute(sa.select(sa.func.count()).select_from(schema.source)).scalar_one():
            raise SystemExit(f"{register.name}: the register is not empty")
    for result in documents(records, seed):
        batch.append(result)
        if len(batch) == _TOGETHER:
            write()
    if batch:
        write()
    if register.name.startswith("postgresql"):  # rows were given their numbers: the next ones come after
        with register._database.writing() as connection:
            for table in ("source", "location"):
                connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")
    return written


def main() -> None:
    """Fill a register, and make its catalogue."""
    from coopnlp.catalogue import refresh

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("register", help="a file, or the URL of an empty database")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with Register(given.register) as register:
        began = time.monotonic()
        count = fill(register, given.records, given.seed)
        filled = time.monotonic()
        done = refresh(register)
        sys.stderr.write(
            f"{given.records} records in {count} documents: {filled - began:.0f} s; "
            f"catalogue: {time.monotonic() - filled:.0f} s, {done.items} items, {done.actors} actors, "
            f"{done.proposals} proposals\n"
        )


if __name__ == "__main__":
    main()
