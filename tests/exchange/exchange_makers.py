"""Documents made by hand, each record read from a sentence of its own."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

from coopnlp.types import (
    Agreement,
    Amount,
    Block,
    DocumentInfo,
    Entity,
    Extraction,
    Funding,
    Partnership,
    Party,
    Project,
    Record,
    Result,
    Source,
    ThemeAssignment,
)

WATER = ("Environnement, Climat et Energie", "Eau et déchets", "Eau et assainissement")
HERITAGE = ("Culture et Patrimoine", "Patrimoine")
RENNES = Party(text="Ville de Rennes", kb_id="fr-commune:35238")
BAMAKO = Party(text="Bamako", kb_id="geonames:2460596")
LEVIS = Party(text="Lévis", kb_id="qc-municipalite:25213")
AFD = Party(text="Agence française de développement", kb_id="org:afd")
CLUB = Party(text="Les Amis de Bamako")


def euros(value: str | int, currency: str | None = "EUR") -> Amount:
    return Amount(value=Decimal(value), currency=currency)


class Writer:
    """Collects sentences and what is read from them."""

    def __init__(
        self, name: str, *, kind: str | None = None, title: str | None = None, date: str | None = None
    ) -> None:
        self.name, self.info = name, DocumentInfo(title=title, kind=kind, date=date)
        self.text = ""
        self.entities: list[Entity] = []
        self.records: dict[str, list[Any]] = {"partnerships": [], "fundings": [], "agreements": [], "projects": []}
        self.themes: list[ThemeAssignment] = []

    def say(self, words: str) -> tuple[int, int]:
        start = len(self.text)
        self.text += words + "\n\n"
        return start, start + len(words)

    def theme(self, *path: str) -> ThemeAssignment:
        return ThemeAssignment(path=path, probability=0.9, terms=(("eau", 0.5),))

    def project(self, title: str, *parties: Party, words: str | None = None, theme: Any = WATER, **more: Any) -> None:
        span = self.say(words or f"Le projet « {title} » est engagé.")
        themes = (self.theme(*theme),) if theme else ()
        self.records["projects"].append(Project(title=title, parties=parties, themes=themes, evidence=(span,), **more))

    def funding(self, funder: Party, *amounts: Amount, words: str | None = None, **more: Any) -> None:
        told = words or f"{funder.text} verse {' ou '.join(str(a.value) for a in amounts)} pour {more.get('purpose')}."
        start, end = self.say(told)
        for amount in amounts:
            text = str(amount.value)
            at = self.text.index(text, start)
            self.entities.append(Entity(start=at, end=at + len(text), label="AMOUNT", text=text, value=amount))
        self.records["fundings"].append(Funding(funder=funder, amounts=amounts, evidence=((start, end),), **more))

    def partnership(self, *parties: Party, kind: Any = "jumelage", **more: Any) -> None:
        span = self.say("Jumelage entre " + " et ".join(party.text for party in parties) + ".")
        self.records["partnerships"].append(Partnership(parties=parties, kind=kind, evidence=(span,), **more))

    def agreement(self, title: str, *parties: Party, **more: Any) -> None:
        span = self.say(f"Signature : {title}.")
        told = {"kind": "convention", "title": title, "parties": parties, "evidence": (span,), **more}
        self.records["agreements"].append(Agreement(**told))

    def result(self, *, pages: tuple[int, ...] = (0,)) -> Result:
        digest = hashlib.sha256((self.name + self.text).encode()).hexdigest()
        source = Source(
            name=self.name, sha256=digest, media_type="text/plain", size=len(self.text), path=f"/fonds/{self.name}"
        )
        block = Block(kind="paragraph", start=0, end=len(self.text))
        read = Extraction(source=source, text=self.text, blocks=(block,), page_starts=pages)
        record = Record(
            id=self.name.rsplit(".", 1)[0],
            source=source,
            document=self.info,
            entities=tuple(sorted(self.entities, key=lambda e: e.start)),
            themes=tuple(self.themes),
            **{name: tuple(values) for name, values in self.records.items()},
        )
        return Result(extraction=read, record=record)


def bamako() -> Result:
    """A town's file: a project with sums of every sort, another one without date, a twinning, an agreement."""
    made = Writer("bamako.txt", title="Rennes – Bamako", kind="délibération", date="2021-06-01")
    made.project(
        "Eau pour Bamako", RENNES, BAMAKO, start="2021", end="2023-06", description="Forages\net réseaux", theme=WATER
    )
    made.funding(RENNES, euros(12000), start="2021", end="2021", purpose="Eau pour Bamako")
    made.funding(AFD, euros(50000), euros(32500000, "XOF"), start="2022-03-05", purpose="Eau pour Bamako, phase 2")
    made.funding(RENNES, euros(9000), start="2099", end="2099", purpose="Eau pour Bamako")
    made.funding(AFD, euros(70000), purpose="Eau pour Bamako", status="demandé")
    made.funding(RENNES, euros(800, "CAD"), purpose="Eau pour Bamako")
    made.project("Patrimoine partagé", RENNES, BAMAKO, theme=HERITAGE)
    made.project("Bibliothèque de quartier", CLUB, theme=HERITAGE, start="2020")
    made.funding(RENNES, euros("1500.50"), start="2020", end="2020", purpose="Bibliothèque de quartier, 2020")
    made.partnership(RENNES, BAMAKO, start="1985-04", status="En cours")
    made.agreement("Convention triennale", RENNES, BAMAKO, date="2021-01-15")
    return made.result(pages=(0, 120))


def levis() -> Result:
    """A twinning with no money, in a document whose text and names would harm a spreadsheet or a page."""
    made = Writer("=cmd.txt", title='=HYPERLINK("http://x")', date="2019")
    made.say("<script>alert(1)</script> & \x0b \ufffe fin de page.")
    made.partnership(RENNES, LEVIS, kind="entente", start="2019")
    made.themes.append(made.theme(*HERITAGE))
    return made.result(pages=())
