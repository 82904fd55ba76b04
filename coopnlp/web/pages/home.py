"""The first page: what is in the register, and the ways in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from coopnlp.register import schema
from coopnlp.register.read import named_after
from coopnlp.web.view import Page, page

__all__ = ["ROUTES"]


def _read(connection: sa.Connection) -> dict[str, Any]:
    item, document, source, place = schema.item, schema.document, schema.source, schema.location
    counts: dict[str, int] = dict(
        connection.execute(sa.select(item.c.type, sa.func.count()).group_by(item.c.type)).tuples().all()
    )
    latest = connection.execute(
        sa.select(document.c.id, document.c.title, document.c.date, document.c.kind, source.c.sha256, place.c.name)
        .join_from(document, source, source.c.id == document.c.id)
        .join(place, named_after(document.c.id))
        .order_by(document.c.id.desc())
        .limit(8)
    ).all()
    return {
        "comptes": counts,
        "documents": connection.execute(sa.select(sa.func.count()).select_from(document)).scalar_one(),
        "acteurs": connection.execute(sa.select(sa.func.count()).select_from(schema.actor)).scalar_one(),
        "derniers": latest,
    }


@page
async def home(page: Page) -> Any:
    """Show what is in the register."""
    return await page.html("accueil.html", await page.site.read(_read))


ROUTES = [(r"/$", home)]
