"""The data to take away: exports in the formats of the trade, of all or of what was chosen, and the tables."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from datasette.utils.asgi import AsgiFileDownload  # type: ignore[import-untyped]

from coopnlp.catalogue.values import ItemFilters
from coopnlp.errors import ExchangeError
from coopnlp.exchange import FORMATS, Options, export
from coopnlp.exchange.formats import Format
from coopnlp.exchange.iati_parts import Reporter
from coopnlp.register.store import Register
from coopnlp.web.facets import Choice, read_choice
from coopnlp.web.index import ABSENT, Index
from coopnlp.web.tables import READABLE, TABLES
from coopnlp.web.told import in_french
from coopnlp.web.view import NotFound, Page, error_response, page

__all__ = ["ROUTES", "filters_of"]

_MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".jsonl": "application/jsonl; charset=utf-8",
    ".jsonld": "application/ld+json",
    ".ttl": "text/turtle; charset=utf-8",
    ".xml": "application/xml",
    ".geojson": "application/geo+json",
    ".graphml": "application/xml",
    ".zip": "application/zip",
}
_OPEN_TYPES = ("agreement", "project", "partnership", "funding")
# A table in one file, where the command line would write many.
_FILES = {"csv": "registre.csv", "tei": "tei"}
_PLAIN = {"pays": "country", "theme": "theme", "soustheme": "subtheme", "financeur": "funder", "acteur": "actor",
          "statut": "status"}  # fmt: skip


def filters_of(index: Index, choice: Choice) -> ItemFilters | None:
    """Return the filters of an export that leave what a choice leaves on the pages; None where it leaves all."""
    if not choice.is_set and not choice.query:
        return None
    values = choice.values
    special = any(ABSENT in chosen for chosen in values.values()) or len(values.get("acteur", ())) > 1
    years = [int(year) for year in values.get("annee", ()) if year.isdecimal()]
    if special or choice.conflicts or choice.beside or len(years) > 1 or "revue" in values:
        mask = choice.mask(index)
        return ItemFilters(records=tuple(int(key) for key in index.ids[mask]))
    low, high = (years[0], years[0]) if years else (choice.first_year, choice.last_year)
    told = {field: values[name] for name, field in _PLAIN.items() if name in values}
    types = tuple(type_ for type_ in _OPEN_TYPES if type_ in values.get("type", ()))
    return ItemFilters.model_validate({**told, "type": types, "year_min": low, "year_max": high})


@page
async def data(page: Page) -> Any:
    """Show what can be taken away, of all or of what was chosen."""
    index = page.site.index
    choice = read_choice(page.request.args)
    kept = f"?{urlencode(choice.pairs())}" if choice.is_set else ""
    formats = [(format, f"/donnees/{format.name}{kept}" if _is_ready(format) else "") for format in FORMATS.values()]
    tables = [(name, told) for name, told in TABLES.items() if name in READABLE] if page.site.file else []
    number = int(choice.mask(index).sum()) if choice.is_set else None
    return await page.html("donnees.html", {"formats": formats, "tables": tables, "choisies": number})


def _is_ready(format: Format) -> bool:
    """Return whether the server knows all that a format asks: of IATI, who publishes."""
    if format.name != "iati":
        return True
    try:
        Reporter.given(None, None, None)
    except ExchangeError:
        return False
    return True


def _file(format: Format) -> str:
    return _FILES.get(format.name, format.file)


@page
async def download(page: Page) -> Any:
    """Give the file of a format."""
    chosen = FORMATS.get(page.path("format"))
    if chosen is None:
        raise NotFound("Le registre ne s’emporte pas dans ce format.")
    index = page.site.index
    choice = read_choice(page.request.args)
    if page.site.exporting.locked():
        answer = await error_response(page.datasette, page.request, 503, "Un autre export est en cours. Réessayez.")
        answer.headers["retry-after"] = "10"
        return answer
    async with page.site.exporting:
        folder = Path(tempfile.mkdtemp(prefix="coopnlp-export-"))
        host = page.request.headers.get("host", "")
        base = f"{page.request.scheme}://{host}" if host else ""
        try:
            made = await page.site.run(_write, page.site.register, folder, chosen, filters_of(index, choice), base)
        except ExchangeError as error:
            shutil.rmtree(folder, ignore_errors=True)
            return await _impossible(page, chosen, error)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return _Removed(made, folder)


async def _impossible(page: Page, format: Format, error: ExchangeError) -> Any:
    """Say what an export lacks: most often who publishes, which a register cannot know."""
    why = in_french(error, "La raison est notée dans le journal du serveur.")
    told = f"L’export « {format.label} » n’est pas possible ainsi. {why}"
    return await error_response(page.datasette, page.request, 400, told)


def _write(register: Register, folder: Path, format: Format, filters: ItemFilters | None, base: str) -> Path:
    """Write an export and return its file; several are put into one archive."""
    target = folder / "out" / _file(format) if _file(format) else folder / "out"
    target.parent.mkdir(parents=True, exist_ok=True)
    made = export(register, target, format=format.name, filters=filters, options=Options(base=base))
    if len(made) == 1:
        return made[0]
    packed = folder / f"{format.name}.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in made:
            archive.write(path, path.name)
    return packed


class _Removed(AsgiFileDownload):  # type: ignore[misc]
    """A file that is removed when it was sent, or when nobody wants it any more."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._folder = folder
        media = _MEDIA.get(path.suffix, "application/octet-stream")
        super().__init__(str(path), path.name, media, {"cache-control": "no-store"})

    async def asgi_send(self, send: Any) -> None:
        try:
            await super().asgi_send(send)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)


ROUTES = [(r"/donnees$", data), (r"/donnees/(?P<format>[a-z]+)$", download)]
