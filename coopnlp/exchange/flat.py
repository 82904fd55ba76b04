"""The flat table: a row a funding and a sum, or a partnership, with everything about it, as users of aid data ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from coopnlp.exchange.belonging import holders, recipients
from coopnlp.exchange.classification import dac_code, goals
from coopnlp.exchange.items import Item, Member, Money, chunks
from coopnlp.exchange.quoting import Quoting

__all__ = ["COLUMNS", "Column", "rows"]

_SEPARATOR = " ; "
_TYPES = {
    "partnership": "partenariat",
    "agreement": "accord",
    "project": "projet",
    "funding": "financement",
}
_REVIEWS = {"confirmed": "confirmé", "edited": "corrigé"}


class _Row(NamedTuple):
    """What a row is made of."""

    item: Item
    money: Money | None
    holder: Item | None
    quoting: Quoting
    base: str

    @property
    def given_to(self) -> tuple[Member, ...]:
        """Who has the money, or everybody who cooperates."""
        return recipients(self.item, self.holder) if self.item.type == "funding" else self.item.parties

    @property
    def themes(self) -> tuple[tuple[str, ...], ...]:
        """Those of its project, which are nearer to it than those of its document."""
        return self.holder.themes if self.holder is not None and self.holder.themes else self.item.themes


class Column(NamedTuple):
    """A column: its name, the type of its cells, what it holds, in French, and how it is read."""

    name: str
    type: Literal["text", "number", "whole", "date", "fraction"]
    meaning: str
    of: Callable[[_Row], Any]


def _joined(values: Iterator[str | None] | Sequence[str | None]) -> str | None:
    return _SEPARATOR.join(dict.fromkeys(value for value in values if value)) or None


def _level(row: _Row, level: int) -> str | None:
    return _joined([path[level] if len(path) > level else None for path in row.themes])


def _money(row: _Row, name: Literal["value", "min", "max"]) -> Decimal | None:
    return None if row.money is None else getattr(row.money, name)


COLUMNS: tuple[Column, ...] = (
    Column("permalien", "text", "Référence stable : début de l’empreinte du document, puis rang dans ce document.",
           lambda row: row.item.ref),
    Column("type", "text", "« financement » ou « partenariat » ; « accord » ou « projet » si on les a demandés.",
           lambda row: _TYPES[row.item.type]),
    Column("intitulé", "text", "Objet du financement, titre, ou parties du partenariat.", lambda row: row.item.title),
    Column("donneur", "text", "Qui donne, pour un financement.",
           lambda row: _joined([member.name for member in row.item.funders])),
    Column("code_donneur", "text", "Identifiant de qui donne : « fr-commune:35238 » est un code INSEE, etc.",
           lambda row: _joined([member.kb_id for member in row.item.funders])),
    Column("pays_donneur", "text", "Pays de qui donne, en deux lettres (ISO 3166-1).",
           lambda row: _joined([member.country for member in row.item.funders])),
    Column("parties", "text", "Pour un financement, les autres parties du projet auquel il se rattache, s’il y "
           "en a un. Sinon, toutes les parties.", lambda row: _joined([member.name for member in row.given_to])),
    Column("codes_parties", "text", "Identifiants des parties qui en ont un.",
           lambda row: _joined([member.kb_id for member in row.given_to])),
    Column("pays", "text", "Pays des parties, en deux lettres (ISO 3166-1).",
           lambda row: _joined([member.country for member in row.given_to])),
    Column("montant", "number", "Somme donnée. Vide pour une fourchette, ou si le document n’en dit rien.",
           lambda row: _money(row, "value")),
    Column("montant_min", "number", "Bas d’une fourchette.", lambda row: _money(row, "min")),
    Column("montant_max", "number", "Haut d’une fourchette.", lambda row: _money(row, "max")),
    Column("devise", "text", "Monnaie (ISO 4217). On n’additionne pas des monnaies différentes.",
           lambda row: row.money and row.money.currency),
    Column("montant_dans_le_texte", "text", "La somme telle que le document l’écrit.",
           lambda row: row.money and row.quoting.words(row.item, row.money)),
    Column("total", "text", "« oui » si la somme en contient d’autres du tableau : ne pas les additionner.",
           lambda row: "oui" if row.money and row.money.total else None),
    Column("année", "whole", "Année du début ou de la signature ; à défaut, du document.", lambda row: row.item.year),
    Column("début", "date", "Début, aussi précis que le document : « 2015 », « 2015-03 » ou une date.",
           lambda row: row.item.start),
    Column("fin", "date", "Fin, comprise ; aussi précise que le document.", lambda row: row.item.end),
    Column("thème", "text", "Premier niveau de la nomenclature de l’Atlas.", lambda row: _level(row, 0)),
    Column("sous_thème", "text", "Deuxième niveau.", lambda row: _level(row, 1)),
    Column("sous_sous_thème", "text", "Troisième niveau.", lambda row: _level(row, 2)),
    Column("code_cad", "text", "Code-objet du CAD de l’OCDE, déduit des thèmes.",
           lambda row: _joined([dac_code(path) for path in row.themes])),
    Column("odd", "text", "Objectif de développement durable (1 à 17), déduit des thèmes.",
           lambda row: _joined([str(goal) for goal in goals(row.themes)])),
    Column("nature", "text", "Sorte de partenariat ou d’accord.", lambda row: row.item.kind),
    Column("dispositif", "text", "Programme ou appel à projets au titre duquel la somme est donnée.",
           lambda row: row.item.scheme),
    Column("statut", "text", "« demandé » : la somme n’est que demandée. Sinon, ce que dit le document.",
           lambda row: row.item.status),
    Column("projet", "text", "Projet ou partenariat auquel le financement se rattache dans le document.",
           lambda row: row.holder and row.holder.title),
    Column("document", "text", "Titre du document.", lambda row: row.item.origins[0].document_title),
    Column("fichier", "text", "Nom du fichier source.", lambda row: row.item.origins[0].name),
    Column("page", "whole", "Page de la première mention.", lambda row: row.item.origins[0].page),
    Column("autres_fichiers", "text", "Autres fichiers qui disent la même chose.",
           lambda row: _joined([o.name for o in row.item.origins[1:] if o.name != row.item.origins[0].name])),
    Column("citation", "text", "Les phrases d’où vient la ligne.", lambda row: row.quoting.quote(row.item) or None),
    Column("désaccords", "whole", "Nombre de points sur lesquels les sources diffèrent.",
           lambda row: row.item.conflicts),
    Column("relecture", "text", "« confirmé » ou « corrigé » par une personne ; vide si personne n’a relu.",
           lambda row: _REVIEWS.get(row.item.review or "")),
    Column("doute", "fraction", "De 0 (sûr) à 1 (à relire d’abord).", lambda row: row.item.doubt),
    Column("adresse", "text", "Adresse de la page, si celle du site est connue.",
           lambda row: f"{row.base.rstrip('/')}/{row.item.path}" if row.base else None),
)  # fmt: skip


def rows(
    connection: sa.Connection, condition: sa.ColumnElement[bool] | None = None, *, base: str = ""
) -> Iterator[list[Any]]:
    """Yield the rows, in the order of file names and of the text; numbers are Decimal, int or float, dates text.

    Parameters
    ----------
    condition
        On rows of ``item``.
    base
        Address of the pages, for the column of links.
    """
    quoting = Quoting(connection)
    for items in chunks(connection, condition):
        owners = holders(connection, [item for item in items if item.type == "funding"])
        for item in items:
            sums: Sequence[Money | None] = item.amounts or (None,)
            for money in sums:
                row = _Row(item, money, owners.get(item.id), quoting, base)
                yield [column.of(row) for column in COLUMNS]
