"""What people corrected in a register, as data to train on.

Written below one folder, which may be that of the corpus: nothing there but
these files is changed, and a correction that was undone since goes again.

| file | holds | is read by |
|---|---|---|
| ``entities/train/register/*.txt`` | sentences, marked, a file a source | ``coopnlp train entities`` |
| ``records/register.jsonl`` | passages with their partnerships and fundings | ``coopnlp train records`` |
| ``records/register-sums.jsonl`` | sums, and who gives each | ``coopnlp train records`` |
| ``documents/*.txt`` | the texts that the sums stand in | ``coopnlp train records`` |
| ``themes.csv`` | documents and projects with their theme | ``coopnlp themes learn`` |

A model that learns takes what is not marked for what is nothing. So only that
text is given which a person looked at: the sentences of entities that somebody
confirmed, edited, added or rejected, never the whole of a document, for nobody
said that nothing stands in the rest of it. In such a sentence the entities that
nobody decided on stay marked as they were read: who corrects one sees the others
beside it. A passage of records is given only where somebody decided on all the
partnerships and fundings in it and no other sum stands there; a sum alone needs
none of that, for it is a label of its own.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.register.corrections import Corrections, Held
from coopnlp.register.read import sentence
from coopnlp.register.store import Register
from coopnlp.training.formats.check import to_annotated, to_marked
from coopnlp.training.formats.corrected import Corrected, Span
from coopnlp.types import Amount, DocumentInfo, Entity, Funding, Partnership, Project, Record, ThemeAssignment

__all__ = ["Gathered", "import_register"]

# A passage is what lies between the first and the last sentence of a record, unless that is longer: then these alone.
_LONGEST = 1500
# As training has it: how far from its evidence the sum of a funding may stand.
_AROUND = 400
_HEADINGS = ("Identifiant", "Titre", "Description", "Thème", "Sous-thème", "Sous-sous-thème")

Spans = list[tuple[int, int]]


@dataclass
class Gathered:
    """How much was written: sources with entities and their entities, passages, sums, themes; and what was left out."""

    sources: int = 0
    entities: int = 0
    passages: int = 0
    sums: int = 0
    themes: int = 0
    remarks: list[str] = field(default_factory=list)


def import_register(register: Register, folder: Path) -> Gathered:
    """Write what people corrected in a register as training data; the second run changes nothing.

    Parameters
    ----------
    register
        An open register.
    folder
        Made where it is not there; the module's docstring says what is written.

    Raises
    ------
    CorpusError
        A file cannot be written.
    RegisterError
        The database fails.
    """
    from coopnlp.training.relations import DOCUMENTS, PASSAGES, SUMS

    made = Gathered()
    marked: dict[str, str] = {}
    texts: dict[str, str] = {}
    passages: list[dict[str, Any]] = []
    sums: list[dict[str, Any]] = []
    rows: list[tuple[str, ...]] = []
    known = Corrections(register)
    for sha256 in known.corrected():
        entry = register.show(sha256)
        if entry.record is None or entry.text is None:
            made.remarks.append(f"{entry.names[0] if entry.names else sha256}: nothing is read from it now, left out")
            continue
        source = _Source(sha256, entry.text, entry.record, known)
        try:
            document, count, remarks = source.sentences()
        except CorpusError as error:
            made.remarks += str(error).splitlines()
        else:
            made.remarks += remarks
            if document:
                marked[f"{source.name}.txt"] = document
                made.entities += count
        passages += source.passages()
        own = source.sums()
        if own:
            texts[f"{source.name}.txt"] = source.text
            sums += own
        rows += source.themes()
    made.sources, made.passages, made.sums, made.themes = len(marked), len(passages), len(sums), len(rows)
    _write_folder(folder / "entities" / "train" / "register", marked)
    _write_folder(folder / DOCUMENTS, texts)
    _write_file(folder / "records" / PASSAGES, _json_lines(passages))
    _write_file(folder / "records" / SUMS, _json_lines(sums))
    _write_file(folder / "themes.csv", _table(rows))
    return made


class _Source:
    """One source on which corrections stand."""

    def __init__(self, sha256: str, text: str, record: Record, known: Corrections) -> None:
        self.sha256, self.text, self.record = sha256, text, record
        self.name = f"registre-{sha256[:12]}"
        self.held = known.things(sha256)
        self.rejected = [each.before for each in known.standing(sha256) if each.action == "reject"]

    def sentences(self) -> tuple[str, int, tuple[str, ...]]:
        """Return the sentences of entities that somebody decided on, marked, with how many entities and remarks."""
        decided = [held.value for held in self.held if held.review and isinstance(held.value, Entity)]
        decided += [value for value in self.rejected if isinstance(value, Entity)]
        spans = _joined(sentence(self.text, entity.start, entity.end) for entity in decided)
        entities = [held.value for held in self.held if isinstance(held.value, Entity)]
        pieces: list[str] = []
        found: list[Span] = []
        at = 0
        for start, end in spans:
            inside = [e for e in entities if start <= e.start and e.end <= end]
            found += [Span(at + e.start - start, at + e.end - start, e.label) for e in inside]
            pieces.append(self.text[start:end])
            at += end - start + 2
        if not pieces:
            return "", 0, ()
        given = Corrected(self.name, "\n\n".join(pieces), tuple(found), self.name)
        annotated, remarks = to_annotated(given, snap=True)
        return to_marked(annotated), len(annotated.entities), tuple(f"{self.name}: {each}" for each in remarks)

    def passages(self) -> Iterator[dict[str, Any]]:
        """Yield passages of which somebody decided on every partnership and funding."""
        records = [held for held in self.held if isinstance(held.value, Partnership | Funding)]
        decided = [held.value for held in records if held.review and isinstance(held.value, Partnership)]
        decided += [value for value in self.rejected if isinstance(value, Partnership)]
        wanted = [spans for value in decided if (spans := self._around(value.evidence))]
        for number, spans in enumerate(_distinct(wanted)):
            inside = [held for held in records if _meet(_evidence(held), spans)]
            of_fundings = {
                amount.start
                for held in inside
                if isinstance(held.value, Funding)
                for amount in self._amounts(held.value)
            }
            amounts = [
                e for e in self.record.entities if e.label == "AMOUNT" and _meet([(e.start, e.end)], spans)
            ]  # fmt: skip
            if all(held.review for held in inside) and all(amount.start in of_fundings for amount in amounts):
                yield self._passage(number, spans, inside)

    def _passage(self, number: int, spans: Spans, inside: Iterable[Held]) -> dict[str, Any]:
        told: dict[str, Any] = {"id": f"{self.name}-{number}"}
        told["text"] = "\n\n".join(self.text[start:end] for start, end in spans)
        told |= {"fundings": [], "partnerships": [], "agreements": [], "projects": []}
        for held in inside:
            value = held.value
            row: dict[str, Any]
            quote = next((self.text[s:e] for s, e in _evidence(held) if self.text[s:e] in told["text"]), "")
            if isinstance(value, Partnership):
                row = {"parties": [party.text for party in value.parties], "kind": value.kind, "start": value.start}
                told["partnerships"].append({**_there(row), "evidence": quote})
            elif isinstance(value, Funding):
                row = {"funder": value.funder.text, "amounts": [_pair(a) for a in value.amounts], "start": value.start}
                told["fundings"].append({**_there(row), "evidence": quote})
        return told

    def sums(self) -> list[dict[str, Any]]:
        """Return the sums of fundings that somebody decided on, each with its giver, who is absent if it is none."""
        from coopnlp.training.relations import digest

        fundings = [held for held in self.held if isinstance(held.value, Funding)]
        givers: dict[tuple[int, int], str | None] = {}
        for value in self.rejected:
            if isinstance(value, Funding):
                givers.update({(a.start, a.end): None for a in self._amounts(value)})
        undecided: set[tuple[int, int]] = set()
        for held in fundings:
            assert isinstance(held.value, Funding)
            spans = {(a.start, a.end) for a in self._amounts(held.value)}
            undecided |= set() if held.review else spans
            givers.update({span: held.value.funder.text for span in spans if held.review})
        return [
            {"source": f"{self.name}.txt", "start": start, "end": end,
             "sha256": digest(self.text, start, end), "giver": giver}
            for (start, end), giver in sorted(givers.items())
            # rejected, while another funding of this sum stands on which nobody decided: who gives it is not known
            if not (giver is None and (start, end) in undecided)
        ]  # fmt: skip

    def themes(self) -> Iterator[tuple[str, ...]]:
        """Yield a row for the document, and for each project, of which somebody said the theme."""
        from coopnlp.themes.document import document_text

        told: dict[int | None, ThemeAssignment] = {}
        for held in self.held:
            if held.review and isinstance(held.value, ThemeAssignment):
                told.setdefault(held.project, held.value)
        for held in self.held:
            if isinstance(held.value, Project):
                theme = told.get(held.thing.n)
                # a project that was edited or confirmed as a whole, with its themes
                if theme is None and held.review and held.value.themes:
                    theme = held.value.themes[0]
                if theme is not None:
                    key = f"{self.sha256[:12]}-{held.thing.n}"
                    yield _row(key, held.value.title, held.value.description or "", theme)
            elif isinstance(held.value, DocumentInfo) and None in told:
                text = document_text(self.record, self.text)
                yield _row(self.sha256[:12], held.value.title or "", text, told[None])

    def _around(self, evidence: Iterable[tuple[int, int]]) -> Spans:
        """Return the passage of a record: its sentences, with what lies between them if that is short."""
        spans = _joined(sentence(self.text, start, end) for start, end in evidence)
        if spans and spans[-1][1] - spans[0][0] <= _LONGEST:
            return [(spans[0][0], spans[-1][1])]
        return spans

    def _amounts(self, funding: Funding) -> Iterator[Entity]:
        """Yield the sums of a funding where they stand in the text, each once, the nearest to its evidence."""
        for amount in funding.amounts:
            near = [
                (max(0, start - e.end, e.start - end), e.start, e)
                for e in self.record.entities if e.label == "AMOUNT" and e.value == amount
                for start, end in funding.evidence
            ]  # fmt: skip
            if near and min(near)[0] <= _AROUND:
                yield min(near)[2]


def _evidence(held: Held) -> Spans:
    return list(held.value.evidence) if isinstance(held.value, Partnership | Funding) else []


def _meet(spans: Iterable[tuple[int, int]], others: Spans) -> bool:
    return any(a < d and c < b for a, b in spans for c, d in others)


def _joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return spans in order, those that touch or overlap as one."""
    kept: Spans = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((start, end))
    return kept


def _distinct(wanted: Iterable[Spans]) -> list[Spans]:
    """Return passages that do not overlap: those that do are one."""
    kept: list[Spans] = []
    for spans in sorted(wanted):
        if kept and _meet(spans, kept[-1]):
            kept[-1] = _joined([*kept[-1], *spans])
        else:
            kept.append(spans)
    return kept


def _pair(amount: Amount) -> list[str | None]:
    numbers = [format(n, "f") for n in (amount.value, amount.min, amount.max) if n is not None]
    return ["-".join(numbers), amount.currency]


def _there(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _row(key: str, title: str, text: str, theme: ThemeAssignment) -> tuple[str, ...]:
    return (key, title, text, *theme.path[:3], *[""] * (3 - len(theme.path)))


def _json_lines(rows: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _table(rows: list[tuple[str, ...]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerows([_HEADINGS, *rows] if rows else [])
    return stream.getvalue()


def _write_file(path: Path, content: str) -> None:
    """Write a file, or remove it where it would be empty."""
    try:
        if not content:
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != content.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
    except OSError as error:
        raise CorpusError(f"{path}: cannot be written ({error.strerror}). Give another folder.") from error


def _write_folder(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a folder, and remove those that an earlier run has written and this one does not."""
    for path in folder.glob("registre-*.txt"):
        if path.name not in files:
            _write_file(path, "")
    for name, content in files.items():
        _write_file(folder / name, content)
