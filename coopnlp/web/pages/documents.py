"""Documents: the list, one with its text and what was read from it, the pages of PDFs as pictures."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from datasette.utils.asgi import Response  # type: ignore[import-untyped]

from coopnlp.register import schema
from coopnlp.web.documents import failures, list_documents, read_document, said_of_failures
from coopnlp.web.facets import PAGE_SIZE, read_choice
from coopnlp.web.filters import LABELS
from coopnlp.web.images import PDF, places_of
from coopnlp.web.paging import pager
from coopnlp.web.rows import source_of
from coopnlp.web.view import BadRequest, NotFound, Page, page

__all__ = ["ROUTES"]

_DIGEST = r"(?P<digest>[0-9a-f]{12,64})"


@page
async def documents(page: Page) -> Any:
    """Show the documents, the latest first; or those that could not be read."""
    choice = read_choice(page.request.args)
    first = (choice.page - 1) * PAGE_SIZE
    kept = [(name, value) for name in ("etat", "genre", "annee", "titre") if (value := page.arg(name))]

    def link(number: int) -> str:
        told = [*kept, *([("page", str(number))] if number > 1 else [])]
        return f"/documents?{urlencode(told)}" if told else "/documents"

    if page.arg("etat") == "echec":
        rows, total = await page.site.read(failures, limit=PAGE_SIZE, offset=first)
        pages = pager(choice.page, link, total, PAGE_SIZE)
        return await page.html("echecs.html", {"echecs": rows, "total": total, "pages": pages, "dit": said_of_failures})
    year = choice.values.get("annee", ("",))[0]
    found = await page.site.read(
        list_documents,
        kind=page.arg("genre"),
        year=int(year) if year.isdigit() else None,
        words=page.arg("titre")[:200],
        limit=PAGE_SIZE,
        offset=first,
    )
    if choice.page > 1 and not found.rows:
        raise NotFound("La liste n’a pas autant de pages.")
    _, failed = await page.site.read(failures, limit=1, offset=0)
    context = {
        "documents": found.rows,
        "total": found.total,
        "genres": found.kinds,
        "genre": page.arg("genre"),
        "annee": year,
        "titre": page.arg("titre"),
        "pages": pager(choice.page, link, found.total, PAGE_SIZE),
        "echoues": failed,
    }
    return await page.html("documents.html", context)


@page
async def document(page: Page) -> Any:
    """Show a document: a page of its text with entities and quoted words marked, and the records beside it."""
    number, offset, chosen = _whole(page, "page"), _whole(page, "a"), _whole(page, "fiche")
    digest = page.path("digest")
    found = await page.site.read(
        read_document, page.site.index, digest, number=number or 1, offset=offset, chosen=chosen
    )
    if found is None:
        raise NotFound("Ce document n’est pas, ou n’est plus, dans le registre.")
    if number is not None and number > len(found.sections):
        raise NotFound("Le document n’a pas autant de pages.")
    path = f"/documents/{found.document['sha256'][:12]}"
    shows_image = (
        page.site.settings.images
        and found.document["media_type"] == PDF
        and found.section is not None
        and found.section.page is not None
        and bool(await page.site.read(places_of, found.document["id"]))
    )
    context = {
        "page_document": found,
        "document": found.document,
        "chemin": path,
        "image": f"{path}/pages/{found.section.page}.jpg" if shows_image and found.section else None,
        "etiquettes": [(label, LABELS[label], count) for label, count in found.labels.items() if label in LABELS],
    }
    return await page.html("document.html", context)


def _whole(page: Page, name: str) -> int | None:
    told = page.arg(name)
    if not told:
        return None
    if not (told.isascii() and told.isdigit() and len(told) < 19):
        raise BadRequest(f"« {told[:40]} » n’est pas un nombre.")
    return int(told)


def _pdf(connection: sa.Connection, digest: str) -> tuple[str, tuple[str, ...]] | None:
    source = source_of(connection, digest)
    if source is None or source.media_type != PDF or source.state != "done":
        return None
    held = connection.execute(sa.select(schema.document.c.id).where(schema.document.c.id == source.id)).scalar()
    return None if held is None else (source.sha256, places_of(connection, source.id))


@page
async def image(page: Page) -> Any:
    """Give a page of a PDF as a picture, drawn from the bytes that were read."""
    if not page.site.settings.images:
        raise NotFound("Les images des pages ne sont pas servies ici.")
    found = await page.site.read(_pdf, page.path("digest"))
    drawn = None
    if found is not None:
        sha256, paths = found
        drawn = await page.site.draw(sha256, int(page.path("n")), paths)
    if drawn is None:
        raise NotFound("L’image de cette page n’est pas disponible : le fichier n’est plus là où il a été lu.")
    headers = {"cache-control": "private, max-age=3600"}
    return Response(drawn, content_type="image/jpeg", headers=headers)


ROUTES = [
    (r"/documents$", documents),
    (rf"/documents/{_DIGEST}$", document),
    (rf"/documents/{_DIGEST}/pages/(?P<n>\d{{1,6}})\.jpg$", image),
]
