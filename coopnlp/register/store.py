"""``Register``: records of documents in a database, each leading back to source, page and offsets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import sqlalchemy as sa

from coopnlp.errors import RegisterError
from coopnlp.register import export, schema, sources, summary
from coopnlp.register.database import PATIENCE_S, Database, patient
from coopnlp.register.read import citations, read_record, read_text
from coopnlp.register.search import Filters, search
from coopnlp.register.values import DocumentLine, Entry, Hit, Line, RecordType, Sighting, Stats, Versions, versions
from coopnlp.types import Failure, Record, Result, Source, document_id

__all__ = ["Register"]

_DIGEST = re.compile(r"[0-9a-f]{6,64}")
# Results written in one transaction by add_all: many enough to pay one commit, few enough to lose little.
_TOGETHER = 100


class Register:
    """A register of what documents say: an SQLite file, or a PostgreSQL database by URL.

    The content of a register depends on the sources and on the versions that
    read them, not on the order in which they came: :meth:`dump` of two registers
    of the same sources is equal.

    Parameters
    ----------
    url
        A file (``register.db``), ``sqlite:///register.db``, or
        ``postgresql://user@host/name``.
    create
        Make the register where there is none.
    patience_s
        How long a method that writes waits for a server that goes away meanwhile.

    Raises
    ------
    RegisterError
        What is there is no register or has a newer schema, nothing is there and
        ``create`` is false, or the database cannot be reached. Every method
        raises it where the database fails. Where a server goes away, what
        writes says so in the log, waits, and goes on.

    Examples
    --------
    >>> with Register("sqlite://") as register:
    ...     register.search("l'eau à Bamako")
    []
    """

    def __init__(self, url: str | Path, *, create: bool = True, patience_s: float = PATIENCE_S) -> None:
        self._database = Database(url, create=create, patience_s=patience_s)

    def __repr__(self) -> str:
        return f"Register({self._database.where!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    @property
    def files(self) -> frozenset[str]:
        """The absolute paths of the register's own files, so that a batch over their folder leaves them out."""
        return self._database.files

    # Writing

    def add(self, result: Result, *, versions: Versions | None = None) -> bool:
        """Write a result in one transaction; return whether its rows were written.

        The identity of a document is the SHA-256 of its bytes. The same bytes
        read with the same versions change nothing, but for another name noted;
        read with other versions, they replace what was there. A name (URL, else
        path, else bare name) that now holds other bytes leaves the old ones,
        which go when no other name holds them.

        Parameters
        ----------
        versions
            What it was read with; by default this library and its models.
        """
        return self.add_all([result], versions=versions) == 1

    def add_all(self, results: Iterable[Result], *, versions: Versions | None = None) -> int:
        """Write many results, a hundred in a transaction; return how many were written."""
        used = versions or _current()
        written = 0
        together: list[Result] = []
        for result in results:
            together.append(result)
            if len(together) == _TOGETHER:
                written += self._add(together, used)
                together = []
        return written + self._add(together, used)

    @patient
    def _add(self, results: Sequence[Result], used: Versions) -> int:
        if not results:
            return 0
        with self._database.writing() as connection:
            written = 0
            # in the order of addresses, so that two programs that write the same ones do not wait for one another
            for result in sorted(results, key=lambda result: sources.sighting_of(result).address):
                sources.place(connection, sources.sighting_of(result))
                written += sources.finish(connection, result.extraction.source.sha256, result, used)
            return written

    @patient
    def add_failure(self, failure: Failure, source: Source | None = None, *, versions: Versions | None = None) -> None:
        """Note that a source could not be read.

        Parameters
        ----------
        source
            What is known of its bytes; without it the failure is noted with the
            name alone.
        """
        path = sources.address_of(source.path) if source and source.path else None
        seen = Sighting(
            address=(source and (source.url or path)) or failure.source,
            name=source.name if source else failure.source,
            path=path,
            url=source.url if source else None,
            sha256=source.sha256 if source else None,
            size=source.size if source else None,
            error=None if source else failure.error,
            message=None if source else failure.message,
        )
        with self._database.writing() as connection:
            sources.place(connection, seen)
            if source is not None:
                sources.fail(connection, source.sha256, failure.error, failure.message, versions or _current())

    # The journal of a batch

    @patient
    def enrol(
        self, sightings: Sequence[Sighting], *, retry_failed: bool = False, versions: Versions | None = None
    ) -> list[str]:
        """Note what bytes were seen where, in one transaction; return the state of each.

        ``waiting`` is to be read; ``done`` and ``failed`` were read with the same
        versions; ``unreadable`` had no bytes. With ``retry_failed`` what failed
        waits again. A URL is enrolled without digest, and was read if it was read
        once: it is not fetched again.
        """
        with self._database.writing() as connection:
            return sources.enrol(connection, sightings, versions or _current(), retry_failed=retry_failed)

    @patient
    def finish(self, seen: Sighting, result: Result, *, versions: Versions | None = None) -> bool:
        """Write what was read from bytes that were enrolled, in one transaction with their state.

        Where the bytes changed between enrolling and reading, the place is
        pointed at what was read.
        """
        read = result.extraction.source
        with self._database.writing() as connection:
            if read.sha256 != seen.sha256:
                changed = {"sha256": read.sha256, "size": read.size, "name": read.name}
                sources.place(connection, seen.model_copy(update=changed))
            return sources.finish(connection, read.sha256, result, versions or _current())

    @patient
    def fail(self, seen: Sighting, failure: Failure, *, versions: Versions | None = None) -> None:
        """Note why bytes that were enrolled could not be read."""
        with self._database.writing() as connection:
            if seen.sha256 is None:
                told = {"error": failure.error, "message": failure.message}
                sources.place(connection, seen.model_copy(update=told))
            else:
                sources.fail(connection, seen.sha256, failure.error, failure.message, versions or _current())

    @patient
    def mark_gone(self, inputs: Iterable[str | Path], seen: Collection[str]) -> list[str]:
        """Note which places below the inputs are there no more; return their addresses.

        What was read from there is kept: a disk that is not mounted costs no record.

        Parameters
        ----------
        inputs
            Files, folders and archives that were listed to the end.
        seen
            The addresses found there.
        """
        location = schema.location
        roots = tuple(sources.address_of(given) for given in inputs)
        with self._database.writing() as connection:
            known = connection.execute(
                sa.select(location.c.address).where(location.c.state == "present", location.c.path.is_not(None))
            ).scalars()
            gone = sorted(
                address
                for address in known
                if address not in seen and any(f"{address}/".startswith(f"{root.rstrip('/')}/") for root in roots)
            )
            for address in gone:
                connection.execute(sa.update(location).where(location.c.address == address).values(state="gone"))
        return gone

    # Reading

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        offset: int = 0,
        kind: str | None = None,
        year: int | None = None,
        type: RecordType | None = None,
        kb_id: str | None = None,
        per_document: int = 3,
    ) -> list[Hit]:
        """Find passages of text, and records, that hold every word; the best first.

        Any input is a query: see :mod:`coopnlp.register.query`. Words stand on
        one page (or about a page of text) or in the title of its document; only
        where no page has them all, they may stand on several pages of one
        document. A phrase across two pages is not found.

        Parameters
        ----------
        kind, year
            Of the document.
        type
            Only records of this type; by default text and records.
        kb_id
            Only documents that name this authority or country.
        per_document
            Hits of one document at most.
        """
        with self._database.reading() as connection:
            filters = Filters(kind, year, type, kb_id, per_document)
            return search(connection, query, filters, limit=limit, offset=offset)

    def show(self, id: str) -> Entry:
        """Return all that is known of one source.

        Parameters
        ----------
        id
            Its digest or at least 6 characters of it, its address, its file
            name, or its file name without extension.

        Raises
        ------
        RegisterError
            Nothing has this identifier, or several do: the message names them.
        """
        with self._database.reading() as connection:
            key = self._find(connection, id)
            source, passage = schema.source, schema.passage
            row = connection.execute(sa.select(source).where(source.c.id == key)).one()
            location = schema.location
            names = connection.execute(
                sa.select(location.c.address).where(location.c.source_id == key).order_by(location.c.address)
            ).scalars()
            entry = Entry(
                sha256=row.sha256,
                names=tuple(names),
                state=row.state,
                error=row.error,
                message=row.message,
                versions=Versions(library=row.library_version, model=row.model_version)
                if row.library_version is not None
                else None,
            )
            if connection.execute(sa.select(schema.document.c.id).where(schema.document.c.id == key)).first() is None:
                return entry
            record, text = read_record(connection, key), read_text(connection, key)
            starts = connection.execute(
                sa.select(passage.c.page, sa.func.min(passage.c.start))
                .where(passage.c.document_id == key, passage.c.type == "text", passage.c.page.is_not(None))
                .group_by(passage.c.page)
            )
            cited = tuple(citations(record, text, [(page, start) for page, start in starts]))
            return entry.model_copy(update={"record": record, "text": text, "citations": cited})

    def _find(self, connection: sa.Connection, id: str) -> int:
        location, source = schema.location, schema.source
        if _DIGEST.fullmatch(id):
            found = connection.execute(sa.select(source.c.id).where(source.c.sha256.startswith(id))).scalars().all()
            if len(found) == 1:
                return int(found[0])
        asked = sa.select(location.c.source_id, location.c.address, location.c.name, location.c.message)
        near = asked.where(sa.or_(location.c.address == id, location.c.name.contains(id, autoescape=True)))
        rows = connection.execute(near.order_by(location.c.address)).all()
        for chosen in (
            [row for row in rows if row.address == id],
            [row for row in rows if row.name == id],
            [row for row in rows if document_id(row.name) == id],
        ):
            keys = {row.source_id for row in chosen}
            if keys == {None}:
                raise RegisterError(f"{chosen[0].address}: nothing was read. {chosen[0].message or ''}".rstrip())
            if len(keys) == 1:
                return int(keys.pop())
            if keys:
                names = ", ".join(row.address for row in chosen[:10])
                raise RegisterError(f"{id}: several sources have this name. Ask for one of: {names}")
        raise RegisterError(
            f"{id}: no such document in {self._database.where}. "
            "Give its file name or the beginning of its digest; `coopnlp register show` lists them."
        )

    def records(self) -> Iterator[Record]:
        """Yield every record, in the order of file names."""
        with self._database.reading() as connection:
            yield from export.records(connection)

    def documents(self, *, limit: int | None = None) -> list[DocumentLine]:
        """Return the documents as rows to read, in the order of file names."""
        with self._database.reading() as connection:
            return list(summary.document_lines(connection, limit))

    def lines(self, type: RecordType, *, limit: int | None = None) -> list[Line]:
        """Return the records of a type as rows to read, in the order of file names and of the text."""
        with self._database.reading() as connection:
            return list(summary.record_lines(connection, type, limit))

    def stats(self) -> Stats:
        """Count documents, records and entities, and add the fundings' amounts currency by currency."""
        with self._database.reading() as connection:
            return summary.stats(connection)

    def failures(self) -> list[Failure]:
        """Return what could not be read and why, a failure a place, in the order of addresses."""
        location, source = schema.location, schema.source
        asked = (
            sa.select(
                location.c.address,
                sa.func.coalesce(location.c.error, source.c.error).label("error"),
                sa.func.coalesce(location.c.message, source.c.message).label("message"),
            )
            .outerjoin_from(location, source, source.c.id == location.c.source_id)
            .where(sa.or_(location.c.state == "unreadable", source.c.state == "failed"))
            .order_by(location.c.address)
        )
        with self._database.reading() as connection:
            return [
                Failure(source=row.address, error=row.error or "", message=row.message or "")
                for row in connection.execute(asked)
            ]

    def export(self, target: str | Path, *, format: Literal["csv", "jsonl"] = "csv", excel: bool = False) -> list[Path]:
        """Write the register as files and return their paths; the same content gives the same bytes.

        Parameters
        ----------
        target
            Folder for CSV, a file a table; file or folder for JSON Lines, a
            record a line as ``contract.md`` has it.
        excel
            CSV that Excel opens by double click where French is set: a byte
            order mark and semicolons.

        Raises
        ------
        RegisterError
            A file cannot be written.
        """
        with self._database.reading() as connection:
            if format == "jsonl":
                return export.export_jsonl(connection, Path(target))
            return export.export_csv(connection, Path(target), excel=excel)

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the content of every table for comparing registers, without ids of arrival and moments."""
        with self._database.reading() as connection:
            return export.dump(connection)


def _current() -> Versions:
    return versions()  # a name of its own: the methods have a parameter « versions »
