"""What people correct in a register: kept with who and when, and written into its rows at once.

A correction confirms, edits, rejects or adds a record, an entity, a theme or what
is said of a document, or says of two records that they are one (merge) or are
two (separate). It is applied to the rows in the same transaction, and applied again
whenever the source is read anew (:mod:`coopnlp.register.replay`). The table
``correction`` loses no row: a correction that is undone says by whom and when.

A link is corrected by editing the entity, or the party of the record, that has it.
"""

from __future__ import annotations

import sqlalchemy as sa

from coopnlp.errors import Conflict, RegisterError
from coopnlp.register import journal
from coopnlp.register.bench import Bench, digest_of, has_document
from coopnlp.register.corrected import (
    Action,
    Corrected,
    Correction,
    Held,
    Target,
    Thing,
    checked,
    target_of,
    type_of,
)
from coopnlp.register.database import patient
from coopnlp.register.desk import Layout
from coopnlp.register.ledger import author_of, correction_of, dumped, insert, made, reviewed, rows_of
from coopnlp.register.matching import find_record
from coopnlp.register.schema import correction
from coopnlp.register.store import Register
from coopnlp.types import DocumentInfo, Entity

__all__ = ["Correction", "Corrections", "Held", "Thing", "find_record", "reviewed"]


class Corrections:
    """The corrections of a register.

    Parameters
    ----------
    register
        An open register.

    Raises
    ------
    Conflict
        By methods that change something: it is not what it was taken for, or a
        later correction stands on it. The message says who did what and when.
    RegisterError
        The thing is not there, or the value cannot be written; by every method
        where the database fails.

    Examples
    --------
    >>> with Register("sqlite://") as register:
    ...     Corrections(register).history()
    []
    """

    def __init__(self, register: Register) -> None:
        self.register = register
        self._database = register._database

    # Reading

    def things(self, sha256: str, target: Target | None = None, type: str | None = None) -> list[Held]:
        """Return what can be corrected in a document, each with what was last decided on it.

        Parameters
        ----------
        target
            Only record, entity, theme or document.
        type
            Only records of this type.
        """
        with self._database.reading() as connection:
            bench = Bench(connection, sha256, lock=False)
            targets = [target] if target else ["document", "record", "theme", "entity"]
            return [bench.held(kind, found) for kind in targets for found in bench.desk.all(kind, type)]

    def value(self, thing: Thing) -> Held:
        """Return a thing as it is now.

        Raises
        ------
        Conflict
            It is not there; the message says who rejected it, where somebody did.
        """
        with self._database.reading() as connection:
            bench = Bench(connection, thing.sha256, lock=False)
            return bench.held(thing.target, bench.found(thing))

    def history(
        self, sha256: str | None = None, *, thing: Thing | None = None, limit: int | None = None, offset: int = 0
    ) -> list[Correction]:
        """Return the corrections of a source, of one thing, or of all sources, the latest first, also those undone."""
        asked = sa.select(correction).order_by(correction.c.id.desc())
        with self._database.reading() as connection:
            if thing is not None or sha256 is not None:
                digest = digest_of(connection, thing.sha256 if thing else sha256 or "")
                asked = asked.where(correction.c.sha256 == digest)
            if thing is None:
                return [correction_of(row) for row in connection.execute(asked.limit(limit).offset(offset))]
            every = [correction_of(row) for row in connection.execute(asked)]
        wanted = thing.target, thing.type, thing.n
        found = [each for each in every if (each.thing.target, each.thing.type, each.thing.n) == wanted]
        return found[offset : None if limit is None else offset + limit]

    def standing(self, sha256: str) -> list[Correction]:
        """Return the corrections that stand on a source, in their order, with values as they are in its text now.

        What the library reads now is ``before``, and offsets are those of the text as it was read last; in
        :meth:`history` both are what the person saw.
        """
        with self._database.reading() as connection:
            rows = rows_of(connection, digest_of(connection, sha256))
        return [correction_of(row, now=True) for row in rows if row.undone_at is None and row.state == "applied"]

    def corrected(self) -> list[str]:
        """Return the digests of the sources on which corrections stand, in their order."""
        asked = sa.select(correction.c.sha256).where(correction.c.undone_at.is_(None), correction.c.target != "pair")
        with self._database.reading() as connection:
            return sorted(set(connection.execute(asked.distinct()).scalars()))

    # Writing

    @patient
    def confirm(
        self, thing: Thing, *, author: str, note: str | None = None, expected: Corrected | None = None
    ) -> Correction:
        """Note that a thing is right as it is.

        Parameters
        ----------
        expected
            What it was when it was looked at: where it is another one now, nothing is written.
        """
        with self._database.writing() as connection:
            bench = Bench(connection, thing.sha256)
            found = bench.found(thing, expected)
            return bench.keep(
                "confirm", thing.target, found.value, found.value, found.layout, found.layout, author, note
            )

    @patient
    def edit(
        self,
        thing: Thing,
        value: Corrected,
        *,
        author: str,
        note: str | None = None,
        expected: Corrected | None = None,
    ) -> Correction:
        """Replace the value of a thing; a record keeps its type and its number."""
        with self._database.writing() as connection:
            bench = Bench(connection, thing.sha256)
            found = bench.found(thing, expected)
            after = checked(value, bench.desk.text.text)
            if target_of(after) != thing.target or (thing.target == "record" and type_of(after) != thing.type):
                raise RegisterError(
                    f"a {thing.type or thing.target} cannot become a {type_of(after) or target_of(after)}. "
                    "Reject the one and add the other."
                )
            if isinstance(after, DocumentInfo) and isinstance(found.value, DocumentInfo):
                after = after.model_copy(update={"pages": found.value.pages})
            if isinstance(after, Entity):
                after = bench.placed(after, found)
            bench.check_theme(after, found.layout)
            if after == found.value:
                raise RegisterError("nothing was changed. Confirm it where it is right as it is.")
            layout = bench.desk.write(after, found.layout, old=found.layout)
            return bench.keep("edit", thing.target, found.value, after, found.layout, layout, author, note)

    @patient
    def reject(
        self, thing: Thing, *, author: str, note: str | None = None, expected: Corrected | None = None
    ) -> Correction:
        """Remove a thing from the register; its value stays in the correction."""
        if thing.target == "document":
            raise RegisterError("a document cannot be rejected. Edit what is said of it, or reject its records.")
        with self._database.writing() as connection:
            bench = Bench(connection, thing.sha256)
            found = bench.found(thing, expected)
            row = bench.keep("reject", thing.target, found.value, None, found.layout, None, author, note)
            bench.desk.remove(thing.target, thing.type, found.layout)
            return row

    @patient
    def add(
        self, sha256: str, value: Corrected, *, author: str, note: str | None = None, project: int | None = None
    ) -> Correction:
        """Add a record, an entity or a theme to a document; a record gets the next number of its type.

        Parameters
        ----------
        project
            The number of the project that a theme is of; by default it is one of the document.
        """
        target = target_of(value)
        if target == "document":
            raise RegisterError("a document is added by `coopnlp batch`. Edit what is said of one that is there.")
        with self._database.writing() as connection:
            bench = Bench(connection, sha256)
            after = checked(value, bench.desk.text.text)
            if isinstance(after, Entity):
                after = bench.placed(after, None)
            wanted: Layout = {}
            if project is not None:
                holder = bench.found(Thing(target="record", sha256=sha256, type="project", n=project))
                wanted = {"record": holder.layout["record"]}
            bench.check_theme(after, wanted)
            layout = bench.desk.write(after, wanted)
            return bench.keep("add", target, None, after, None, layout, author, note)

    def merge(self, first: Thing, second: Thing, *, author: str, note: str | None = None) -> Correction:
        """Note that two records of a type tell of one thing; the catalogue makes one entry of them."""
        return self._pair("merge", first, second, author, note)

    def separate(self, first: Thing, second: Thing, *, author: str, note: str | None = None) -> Correction:
        """Note that two records of a type tell of two things; the catalogue keeps them apart."""
        return self._pair("separate", first, second, author, note)

    @patient
    def _pair(self, action: Action, first: Thing, second: Thing, author: str, note: str | None) -> Correction:
        if first.type != second.type or {first.target, second.target} != {"record"}:
            raise RegisterError("only two records of one type can be one thing. Give two of the same type.")
        with self._database.writing() as connection:
            anchors = []
            for thing in sorted((first, second), key=lambda thing: thing.sha256):
                bench = Bench(connection, thing.sha256)
                found = bench.found(thing)
                told = {"sha256": bench.digest, "type": thing.type, "n": thing.n}
                anchors.append({**told, **bench.anchor("record", found.value, found.layout)})
            if anchors[0] == anchors[1]:
                raise RegisterError("this is one record, not two. Give two different ones.")
            row = made(action, author, note) | {
                "sha256": anchors[0]["sha256"], "target": "pair", "type": first.type,
                "anchor": dumped({"first": anchors[0], "second": anchors[1]}),
            }  # fmt: skip
            return insert(connection, row)

    @patient
    def undo(self, id: int, *, author: str) -> Correction:
        """Put back what was before a correction; the latest one of a thing is undone first.

        After a source was read anew that is what the library reads now. One that
        is lost, or is of a document that is not in the register, is only marked.
        """
        with self._database.writing() as connection:
            row = connection.execute(sa.select(correction).where(correction.c.id == id)).one_or_none()
            if row is None:
                raise RegisterError(f"there is no correction {id}. `history` lists them.")
            if row.target != "pair" and row.state == "applied" and has_document(connection, row.sha256):
                bench = Bench(connection, row.sha256)
                row = connection.execute(sa.select(correction).where(correction.c.id == id)).one()
                if row.undone_at is None:
                    bench.undo(row)
            marked = sa.update(correction).where(correction.c.id == id, correction.c.undone_at.is_(None))
            if not connection.execute(marked.values(undone_by=author_of(author), undone_at=journal.now())).rowcount:
                by, at = connection.execute(
                    sa.select(correction.c.undone_by, correction.c.undone_at).where(correction.c.id == id)
                ).one()
                raise Conflict(f"correction {id} was undone already, by {by}.", by, at)
            return correction_of(connection.execute(sa.select(correction).where(correction.c.id == id)).one())
