"""The page of one agreement, project, partnership or funding."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa

from coopnlp.web.addresses import PLURALS
from coopnlp.web.items import Item, read_item, resolve
from coopnlp.web.view import NotFound, Page, page

__all__ = ["ROUTES"]

# Digits of the number of a record in its document: a document has under a million of a type.
_REF = r"(?P<digest>[0-9a-f]{12,64})-(?P<n>\d{1,7})"


def _read(connection: sa.Connection, type_: str, digest: str, n: int) -> Item | None:
    found = resolve(connection, type_, digest, n)
    return None if found is None else read_item(connection, found)


def _of_type(type_: str) -> Callable[..., Awaitable[Any]]:
    @page
    async def view(page: Page) -> Any:
        item = await page.site.read(_read, type_, page.path("digest"), int(page.path("n")))
        if item is None:
            raise NotFound("Cette fiche n’est pas, ou n’est plus, dans le registre.")
        by_record = {source.record: number for number, source in enumerate(item.sources, 1)}
        return await page.html("fiche.html", {"fiche": item, "row": item.row, "numeros": by_record})

    return view


ROUTES = [(rf"/{plural}/{_REF}$", _of_type(type_)) for type_, plural in PLURALS.items()]
