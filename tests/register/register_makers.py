"""Results as processing gives them, built by hand from French sentences."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from coopnlp.types import (
    Agreement,
    Amount,
    AtlasRecord,
    Block,
    DateValue,
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

PAGES = (
    "Coopération entre Auxerre et Plovdiv\n\n"
    "Le maire rappelle le jumelage signé le 12 mai 1998. L’Agence de l’eau verse 15 000 € "
    "pour l’accès à l’eau potable. Les élus remercient les bénévoles.",
    "Compte rendu, suite. Une convention est signée avec la Région. Le cœur du projet est l’échange "
    "de jeunes jardiniers : « Jardins en fleurs ».",
)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def extraction(text: str, *, name: str = "note.txt", page_starts: tuple[int, ...] = ()) -> Extraction:
    source = Source(name=name, sha256=digest(text), media_type="text/plain", size=len(text), path=f"/fonds/{name}")
    blocks = []
    at = 0
    for part in text.split("\n\n"):
        blocks.append(Block(kind="paragraph", start=at, end=at + len(part)))
        at += len(part) + 2
    return Extraction(source=source, text=text, blocks=tuple(blocks), page_starts=page_starts)


def plain(text: str, *, name: str = "note.txt", title: str | None = None, kind: str | None = None) -> Result:
    """A result that says nothing but its text."""
    read = extraction(text, name=name)
    record = Record(id=name.rsplit(".", 1)[0], source=read.source, document=DocumentInfo(title=title, kind=kind))
    return Result(extraction=read, record=record)


def full(name: str = "pv-auxerre.pdf", extra: str = "") -> Result:
    """A result with a value of every kind, on two pages."""
    text = "\n\n".join(PAGES) + extra
    read = extraction(text, name=name, page_starts=(0, len(PAGES[0]) + 2))

    def span(words: str) -> tuple[int, int]:
        start = text.index(words)
        return start, start + len(words)

    def entity(words: str, label: str, **more: object) -> Entity:
        start, end = span(words)
        return Entity.model_validate(
            {"start": start, "end": end, "label": label, "text": words, "page": read.page_at(start), **more}
        )

    euros = Amount(value=Decimal("15000"), currency="EUR")
    theme = ThemeAssignment(path=("Environnement", "Eau"), probability=0.75, terms=(("eau potable", 0.5),))
    auxerre = Party(text="Auxerre", kb_id="fr-commune:89024")
    plovdiv = Party(text="Plovdiv", kb_id="geonames:728193")
    record = Record(
        id=name.rsplit(".", 1)[0],
        source=read.source,
        document=DocumentInfo(title="Coopération Auxerre–Plovdiv", date="1999-02", kind="compte rendu", pages=2),
        entities=(
            entity("Auxerre", "COLLECTIVITY", kb_id="fr-commune:89024"),
            entity("12 mai 1998", "DATE", value=DateValue(start="1998-05-12", end="1998-05-12")),
            entity("15 000 €", "AMOUNT", value=euros),
            entity("Jardins en fleurs", "PROJECT"),
        ),
        partnerships=(
            Partnership(
                parties=(auxerre, plovdiv),
                kind="jumelage",
                start="1998",
                evidence=(span("Auxerre et Plovdiv"), span("jumelage")),
            ),
        ),
        fundings=(
            Funding(
                funder=Party(text="Agence de l’eau"),
                amounts=(euros, Amount(value=Decimal("22500.00"), currency="CAD")),
                start="1999",
                purpose="accès à l’eau potable",
                evidence=(span("Agence de l’eau verse 15 000 €"),),
            ),
            Funding(
                funder=Party(text="Agence de l’eau"),
                amounts=(Amount(min=Decimal(1000), max=Decimal(2000), currency="EUR"),),
            ),
        ),
        agreements=(Agreement(kind="convention", title="convention", date="1999-01", evidence=(span("convention"),)),),
        projects=(
            Project(
                title="Jardins en fleurs",
                description="échange de jeunes jardiniers",
                parties=(plovdiv,),
                themes=(theme,),
                evidence=(span("Jardins en fleurs"),),
            ),
        ),
        themes=(theme,),
        atlas=AtlasRecord(title="Coopération", triennial=False, sections=(("Contexte", "Depuis 1998"),)),
        notices=(Notice(kind="image", message="une image laissée de côté", page=2),),
    )
    return Result(extraction=read, record=record)
