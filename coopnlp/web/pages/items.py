"""The page of one agreement, project, partnership or funding."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from coopnlp.web.addresses import PLURALS
from coopnlp.web.items import read_item
from coopnlp.web.view import NotFound, Page, page

__all__ = ["ROUTES"]

# Digits of the number of a record in its document: a document has under a million of a type.
_REF = r"(?P<ref>[0-9a-f]{12,64}-\d{1,7})"


def _of_type(type_: str) -> Callable[..., Awaitable[Any]]:
    @page
    async def view(page: Page) -> Any:
        found = await page.site.read(read_item, type_, page.path("ref"))
        if found is None:
            raise NotFound("Cette fiche n’est pas, ou n’est plus, dans le registre.")
        numbers = {said.telling.record_id: number for number, said in enumerate(found.said, 1)}
        return await page.html("fiche.html", {"fiche": found, "row": found.item.line, "numeros": numbers})

    return view


ROUTES = [(rf"/{plural}/{_REF}$", _of_type(type_)) for type_, plural in PLURALS.items()]
