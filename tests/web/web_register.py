"""Registers to show: documents that agree and differ, a failure, and one document that attacks whoever shows it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from coopnlp.register import Register
from coopnlp.types import (
    Agreement,
    Amount,
    DocumentInfo,
    Entity,
    Failure,
    Funding,
    Notice,
    Partnership,
    Party,
    Project,
    Record,
    Result,
    ThemeAssignment,
)
from tests.register.register_makers import extraction, full, plain

HOSTILE = (
    "</textarea></title><script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{7*7}} {% raw %} "
    "javascript:alert(3) \u202egpj.exe\u202c <svg/onload=alert(4)>"
)


def hostile(name: str = "attaque.html") -> Result:
    """A document every text of which is markup, template or a trick of direction."""
    text = f"Titre {HOSTILE}\n\nLa Ville de {HOSTILE} verse 12 € pour {HOSTILE}."
    read = extraction(text, name=f"{HOSTILE.replace('/', '∕')} {name}")
    span = (text.index(HOSTILE), text.index(HOSTILE) + len(HOSTILE))
    party = Party(text=f"Ville {HOSTILE}", kb_id="")
    linked = Party(text="Commune", kb_id="javascript:alert(5)//<b>")
    theme = ThemeAssignment(path=(f"Thème {HOSTILE}", f"Sous {HOSTILE}"), probability=0.5, terms=((HOSTILE, 0.3),))
    record = Record(
        id=name,
        source=read.source,
        document=DocumentInfo(title=f"T {HOSTILE}", date="<b>2010", kind=f"k {HOSTILE}", author=HOSTILE),
        entities=(
            Entity(start=span[0], end=span[1], label="ORG", text=HOSTILE, kb_id='"><script>alert(6)</script>'),
            Entity(start=span[0] + 3, end=span[1] + 3, label="PER", text="x"),
        ),
        partnerships=(
            Partnership(parties=(party, linked), kind="jumelage", start="<i>1998", status=HOSTILE, evidence=(span,)),
        ),
        fundings=(
            Funding(
                funder=party,
                amounts=(Amount(value=Decimal(12), currency="<b>€"),),
                purpose=HOSTILE,
                scheme=HOSTILE,
                evidence=(span, (span[0] + 4, span[1] + 9)),
            ),
        ),
        agreements=(Agreement(kind=HOSTILE, title=HOSTILE, parties=(party,), date="<u>", evidence=(span,)),),
        projects=(Project(title=HOSTILE, description=HOSTILE, parties=(linked,), themes=(theme,), evidence=(span,)),),
        themes=(theme,),
        notices=(Notice(kind="x", message=HOSTILE),),
    )
    return Result(extraction=read, record=record)


def fill(path: Path | str, *, attacked: bool = False) -> None:
    """Make a register of a few documents."""
    with Register(path) as register:
        register.add(full())
        register.add(full("suite.pdf", extra=" Fin."))
        register.add(plain("La commune de Ségou reçoit un groupe. " * 900, name="long.txt", title="Un long texte"))
        register.add_failure(Failure(source="scan.pdf", error="NoText", message="scan.pdf: images only."))
        if attacked:
            register.add(hostile())
            register.add_failure(Failure(source=HOSTILE, error="X" + HOSTILE, message=HOSTILE))
