r"""CoNLL columns: a token a line, its label last, as in the shared tasks of 2002 and 2003.

Tab-separated: the token; the white space around it; the identifier of the
entity that begins here, or ``_``; the label in IOB2. The second column is what
makes the text and its offsets come back: ``_`` for one space, ``SpaceAfter=No``
for none, ``SpacesAfter=\n\n`` for anything else, in the escapes of UDPipe
(``\s`` space, ``\t``, ``\n``, ``\r``, here ``\uXXXX`` too). A document begins
with a line ``-DOCSTART-`` that holds its name and the white space before its
first token. A blank line ends a line of the text, as readers of this format
take it for the end of a sentence.

Files of other tools have no such column: their tokens are joined by single
spaces but for the punctuation of French, and the reader says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from coopnlp.errors import CorpusError
from coopnlp.training.formats.corrected import Corrected, Span
from coopnlp.training.formats.tokens import tokens
from coopnlp.types import Entity

__all__ = ["is_conll", "read_conll", "to_conll"]

_TAG = re.compile(r"O|(?P<place>[BIESLU])-(?P<label>\S+)")
_START = "-DOCSTART-"
_ESCAPES = {" ": r"\s", "\t": r"\t", "\n": r"\n", "\r": r"\r", "\\": r"\\"}
_UNESCAPES = {escape[1]: character for character, escape in _ESCAPES.items()}
_SPACES = re.compile(r"_|SpaceAfter=No|SpacesAfter=(?P<after>\S+)")


def _between(token: str, following: str) -> str:
    """Return what stands between two tokens of a file that does not say: nothing after an elision or before a comma."""
    return "" if not following or token[-1] in "’'([" or following in (",", ".", ")", "]") else " "


def _escape(spaces: str) -> str:
    return "".join(_ESCAPES.get(c) or f"\\u{ord(c):04x}" for c in spaces)


def _unescape(escaped: str) -> str:
    def one(match: re.Match[str]) -> str:
        return chr(int(match[1], 16)) if match[1] else _UNESCAPES.get(match[2], match[2])

    return re.sub(r"\\(?:u([0-9a-f]{4})|(.))", one, escaped)


def to_conll(key: str, text: str, entities: Iterable[Entity]) -> str:
    """Return a document in columns. ``key`` is its name; entities do not overlap."""
    found = sorted(entities, key=lambda e: e.start)
    # An entity that cuts a token, which the pipeline never makes, cuts it here too.
    cuts = sorted({b for e in found for b in (e.start, e.end)})
    pieces = _cut(tokens(text), cuts)
    name = "".join(_escape(c) if c.isspace() or c == "\\" else c for c in key) or "_"
    before = text[: pieces[0][0]] if pieces else text
    rows = [f"{_START}\t{name}\t{f'SpacesBefore={_escape(before)}' if before else '_'}\tO\n\n"]
    waiting = iter(found)
    entity = next(waiting, None)
    for index, (start, end) in enumerate(pieces):
        while entity is not None and entity.end <= start:
            entity = next(waiting, None)
        inside = entity is not None and entity.start <= start
        begins = entity is not None and entity.start == start
        tag = f"{'B' if begins else 'I'}-{entity.label}" if entity is not None and inside else "O"
        kb_id = entity.kb_id if entity is not None and begins and entity.kb_id else "_"
        space = text[end : pieces[index + 1][0] if index + 1 < len(pieces) else len(text)]
        gap = "_" if space == " " else f"SpacesAfter={_escape(space)}" if space else "SpaceAfter=No"
        rows.append(f"{text[start:end]}\t{gap}\t{kb_id}\t{tag}\n")
        goes_on = entity is not None and inside and entity.end > end
        if "\n" in space and not goes_on:
            rows.append("\n")
    return "".join(rows).rstrip("\n") + "\n\n"


def _cut(pieces: list[tuple[int, int]], cuts: list[int]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    at = 0
    for start, end in pieces:
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        while at < len(cuts) and cuts[at] < end:
            out.append((start, cuts[at]))
            start = cuts[at]
            at += 1
        out.append((start, end))
    return out


def is_conll(data: str) -> bool:
    """Whether the first line that is neither blank nor a comment ends in a column of labels."""
    for line in data.split("\n"):
        columns = line.split()
        if columns and not (columns[0].startswith("#") and not _TAG.fullmatch(columns[-1])):
            return len(columns) > 1 and _TAG.fullmatch(columns[-1]) is not None
    return False


def read_conll(data: str, key: str, where: str) -> list[Corrected]:
    """Return the documents of a file in columns.

    ``key`` is the name of a document that has none: numbered, from the second on.
    Labels may be in IOB1, IOB2 or BILOU.

    Raises
    ------
    CorpusError
        A line without a label in its last column; the message names it.
    """
    documents: list[_Reading] = []
    for number, line in enumerate(data.split("\n"), start=1):
        columns = line.rstrip("\r").split("\t") if "\t" in line else line.split()
        if not "".join(columns).strip():
            if documents:
                documents[-1].end_sentence()
            continue
        tag = _TAG.fullmatch(columns[-1].strip())
        if columns[0].startswith("#") and (tag is None or len(columns) == 1):
            continue
        if tag is None or len(columns) < 2 or not columns[0].strip():
            missing = "token in the first" if tag and len(columns) > 1 else "label in the last"
            raise CorpusError(
                f"{where}:{number}: no {missing} column. A line is a token and, last, O, or B- or I- and a label."
            )
        if columns[0] == _START:
            documents.append(_Reading(columns))
            continue
        if not documents:
            documents.append(_Reading([_START, "-X-"]))
        documents[-1].add(columns, tag)
    return [d.document(f"{key}-{n}" if n > 1 else key, where) for n, d in enumerate(documents, start=1)]


class _Reading:
    """A document while its lines are read."""

    def __init__(self, start: list[str]) -> None:
        ours = len(start) == 4 and start[1] not in ("-X-", "_", "")
        self.key = _unescape(start[1]) if ours else None
        before = re.fullmatch(r"SpacesBefore=(\S+)", start[2]) if ours else None
        self.rows: list[tuple[str, str | None]] = []  # token, white space after it where the file says it
        self.tags: list[tuple[int, int, str]] = []  # first and last row, label
        self.before = _unescape(before[1]) if before else ""
        self.open = False
        self.spaced = ours

    def add(self, columns: list[str], tag: re.Match[str]) -> None:
        spaces = _SPACES.fullmatch(columns[1]) if self.spaced and len(columns) == 4 else None
        if spaces is None:
            self.spaced = False
            self.rows.append((columns[0], None))
        else:
            after = _unescape(spaces["after"]) if spaces["after"] else " " if columns[1] == "_" else ""
            self.rows.append((columns[0], after))
        place, label, row = tag["place"], tag["label"], len(self.rows) - 1
        if place is None:
            self.open = False
            return
        if place in "BSU" or not self.open or self.tags[-1][2] != label:
            self.tags.append((row, row, label))
        else:
            self.tags[-1] = (self.tags[-1][0], row, label)
        self.open = place not in "ESLU"

    def end_sentence(self) -> None:
        self.open = False
        if self.rows and not self.spaced:
            self.rows[-1] = (self.rows[-1][0], "\n")

    def document(self, key: str, where: str) -> Corrected:
        pieces, places, at = [self.before], [], len(self.before)
        for index, (token, after) in enumerate(self.rows):
            if after is None:
                after = _between(token, self.rows[index + 1][0] if index + 1 < len(self.rows) else "")
            places.append((at, at + len(token)))
            pieces += [token, after]
            at += len(token) + len(after)
        spans = tuple(Span(places[a][0], places[b][1], label) for a, b, label in self.tags)
        remark = "the file does not say where white space is: tokens are joined by single spaces, lines are lost"
        return Corrected(self.key or key, "".join(pieces), spans, where, () if self.spaced else (remark,))
