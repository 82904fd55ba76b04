"""Documents in a notebook: entities in their text, or each record with the words it was read from.

``render`` shows what it is given, as ``spacy.displacy.render`` does; ``view`` gives a
value that a notebook shows by itself. Both draw with displaCy, in French, in the
colours of the pages; text of documents never becomes mark-up.

>>> from coopnlp.display import view
>>> view({"text": "Oui <b>", "entities": [{"start": 0, "end": 3, "label": "LOC"}]}).html.count("&lt;b&gt;")
1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from coopnlp.errors import CoopnlpError
from coopnlp.types import Extraction, Record, Result

if TYPE_CHECKING:
    from coopnlp.register.values import Citation, RecordType

__all__ = ["COLOURS", "LABELS", "View", "render", "view"]

Style = Literal["ent", "records"]

#: What the labels of entities are called.
LABELS = {
    "AGREEMENT": "accord", "AMOUNT": "montant", "COLLECTIVITY": "collectivité", "DATE": "date",
    "EVENT": "événement", "FUNDER": "financeur", "LOC": "lieu", "ORG": "organisme", "PER": "personne",
    "PROJECT": "projet", "THEME": "thème",
}  # fmt: skip
_RECORDS: dict[RecordType, str] = {
    "agreement": "Accord", "partnership": "Partenariat", "funding": "Financement", "project": "Projet",
}  # fmt: skip
#: Backgrounds, on which dark text has a contrast of 9 to 1 and more (WCAG 2.2 asks 7 for AAA).
COLOURS = {
    "accord": "#c6d3e2", "montant": "#f0dcb4", "collectivité": "#c5dbf2", "date": "#dcdee1",
    "événement": "#f1cbce", "financeur": "#e6cae4", "lieu": "#e2e2da", "organisme": "#bfe3df",
    "personne": "#f5d3b8", "projet": "#c8e4d2", "thème": "#dbe5b8", "lu ici": "#ffe08a",
}  # fmt: skip
# A document is shown by its beginning: a browser lays out this much at once.
_MOST_CHARACTERS = 200_000
_INK = "#1c2024"
_BOX = (
    '<div class="coopnlp" lang="fr" style="background: #ffffff; color: {ink}; padding: 0.8em 1em; '
    'border: 1px solid #d8d3c7; border-radius: 4px">{content}</div>'
)
# What displaCy puts around a span; it fills in what stands between braces.
_MARK = (
    f'<mark class="entity" style="background: {{bg}}; color: {_INK}; padding: 0.2em 0.4em; border-radius: 0.3em; '
    'box-decoration-break: clone; -webkit-box-decoration-break: clone">'
    '{text} <span style="font-size: 0.72em; font-weight: 600">{label}{code}</span></mark>'
)


@dataclass(frozen=True, slots=True)
class View:
    """HTML that a notebook shows."""

    html: str

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


def view(shown: Any, style: Style = "ent", *, text: str | None = None) -> View:
    """Return a document as HTML.

    Parameters
    ----------
    shown
        What ``coopnlp.process`` or ``Register.show`` returns, a line of ``annotate`` or ``process`` as a
        dict, a spaCy document of ``coopnlp.load()``, or a :class:`~coopnlp.types.Record` with its text.
    style
        ``ent``, entities in the text; ``records``, each agreement, partnership, funding and project with the
        sentences it was read from, and in them what it was read from.
    text
        The text of a record that comes without: offsets count in it.

    Raises
    ------
    CoopnlpError
        Nothing of this kind can be shown, the text is missing, or there is no such style.
    """
    read = _read(shown, text)
    if style == "ent":
        return View(_box(_entities(read)))
    if style == "records":
        return View(_box(_records(read)))
    raise CoopnlpError(f"{style!r} is no style of display. Give 'ent' or 'records'.")


def render(shown: Any, style: Style = "ent", *, text: str | None = None, jupyter: bool | None = None) -> str | None:
    """Show a document in a notebook, or return its HTML elsewhere; see :func:`view`.

    Parameters
    ----------
    jupyter
        Whether this is a notebook; by default that is found out.

    Raises
    ------
    CoopnlpError
        As :func:`view`; or ``jupyter`` where IPython is not installed.
    """
    made = view(shown, style, text=text)
    from spacy.util import is_in_jupyter

    if not (is_in_jupyter() if jupyter is None else jupyter):
        return made.html
    try:
        notebook = import_module("IPython.display")
    except ImportError as error:
        raise CoopnlpError("this is no notebook: IPython is not installed. Leave jupyter out.") from error
    notebook.display(made)
    return None


@dataclass(frozen=True, slots=True)
class _Read:
    """What there is to show: a text, spans with label and code, the record where there is one."""

    text: str
    spans: tuple[tuple[int, int, str, str], ...]
    record: Record | None = None
    page_starts: tuple[tuple[int, int], ...] = ()


def _read(shown: Any, text: str | None) -> _Read:
    from coopnlp.register.values import Entry

    if isinstance(shown, Result):
        return _of_record(shown.record, shown.extraction.text, _pages(shown.extraction))
    if isinstance(shown, Entry):
        if shown.record is None:
            raise CoopnlpError(f"{shown.names[0] if shown.names else shown.sha256}: nothing was read from it yet.")
        return _of_record(shown.record, text if text is not None else shown.text)
    if isinstance(shown, Record):
        return _of_record(shown, text)
    if isinstance(shown, Mapping):
        return _of_line(shown, text)
    if hasattr(shown, "ents") and hasattr(shown, "text"):  # a Doc or Span of spaCy
        first = getattr(shown, "start_char", 0)
        return _Read(
            shown.text, tuple((e.start_char - first, e.end_char - first, e.label_, e.kb_id_) for e in shown.ents)
        )
    raise CoopnlpError(
        f"a {type(shown).__name__} cannot be shown. Give what coopnlp.process or Register.show returns, "
        "a line of annotate or process, or a spaCy document."
    )


def _pages(extraction: Extraction) -> tuple[tuple[int, int], ...]:
    return tuple(enumerate(extraction.page_starts, 1))


def _of_record(record: Record, text: str | None, page_starts: tuple[tuple[int, int], ...] = ()) -> _Read:
    if text is None:
        raise CoopnlpError(f"{record.id}: a record comes without its text. Give it as text=...")
    spans = tuple((e.start, e.end, e.label, e.kb_id) for e in record.entities)
    return _Read(text, spans, record, page_starts)


def _of_line(line: Mapping[str, Any], text: str | None) -> _Read:
    """Read an object of the contract."""
    if "partnerships" in line:
        from pydantic import ValidationError

        try:
            return _of_record(Record.model_validate(line), text)
        except ValidationError as error:
            raise CoopnlpError(f"this is no line of `coopnlp process` ({error.error_count()} mistakes).") from error
    try:
        told = line["text"] if text is None else text
        found = ((e["start"], e["end"], e["label"], e.get("kb_id", "")) for e in line["entities"])
        return _Read(told, tuple(found))
    except (KeyError, TypeError) as error:
        raise CoopnlpError("this is no line of `coopnlp annotate`: text and entities are not there.") from error


def _box(content: str) -> str:
    return _BOX.format(ink=_INK, content=content)


def _displacy(text: str, spans: Iterable[tuple[int, int, str, str]]) -> str:
    """Return a text with spans as (start, end, name, code), drawn by displaCy."""
    from spacy import displacy

    ents = [
        {"start": start, "end": end, "label": escape(label), "params": {"code": escape(f" {code}" if code else "")}}
        for start, end, label, code in _apart(spans, len(text))
    ]
    options = {"colors": COLOURS, "template": _MARK}
    drawn: str = displacy.render(
        {"text": text, "ents": ents, "title": None}, style="ent", manual=True, jupyter=False, options=options
    )
    return drawn


def _apart(spans: Iterable[tuple[int, int, str, str]], length: int) -> list[tuple[int, int, str, str]]:
    """Return the spans in order, within the text, without those that overlap one before."""
    kept: list[tuple[int, int, str, str]] = []
    for span in sorted(spans):
        if 0 <= span[0] < span[1] <= length and (not kept or span[0] >= kept[-1][1]):
            kept.append(span)
    return kept


def _entities(read: _Read) -> str:
    spans = ((start, end, LABELS.get(label, label), code) for start, end, label, code in read.spans)
    cut = len(read.text) > _MOST_CHARACTERS
    drawn = _displacy(read.text[:_MOST_CHARACTERS], (span for span in spans if span[1] <= _MOST_CHARACTERS))
    if cut:
        drawn += f"<p>Début du document seulement\u00a0: {_MOST_CHARACTERS:,} caractères.</p>".replace(",", "\u202f")
    return drawn


def _records(read: _Read) -> str:
    """Return each record: what it says, and where that was read."""
    from coopnlp.register.read import citations
    from coopnlp.register.values import RECORD_TYPES

    if read.record is None:
        raise CoopnlpError("there are no records in this: process the document, or show it with style='ent'.")
    cited: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations(read.record, read.text, read.page_starts):
        cited.setdefault((citation.type, citation.n), []).append(citation)
    parts = []
    for type_ in sorted(RECORD_TYPES, key=list(_RECORDS).index):
        for n, value in enumerate(getattr(read.record, f"{type_}s")):
            heading = f"{_RECORDS[type_]} {n + 1}"
            parts.append(f'<h3 style="margin: 1em 0 0.2em">{heading}</h3>{_facts(value)}')
            parts += [_quoted(citation, value.evidence) for citation in cited.get((type_, n), [])]
    return "".join(parts) or "<p>Aucun accord, partenariat, financement ou projet n’a été lu dans ce document.</p>"


def _facts(value: Any) -> str:
    from coopnlp.register.screen import day, money, period, spelt

    funder = getattr(value, "funder", None)
    told: list[tuple[str, str]] = [
        ("titre", getattr(value, "title", None) or ""),
        ("nature", spelt(getattr(value, "kind", None) or "")),
        ("financeur", _party(funder) if funder else ""),
        ("montant", " = ".join(money(amount) for amount in getattr(value, "amounts", ()))),
        ("objet", getattr(value, "purpose", None) or getattr(value, "description", None) or ""),
        ("dispositif", getattr(value, "scheme", None) or ""),
        ("parties", " ; ".join(_party(party) for party in getattr(value, "parties", ()))),
        ("date", day(getattr(value, "date", None))),
        ("période", period(value.start, value.end)),
        ("statut", spelt(getattr(value, "status", None) or "")),
        ("thème", " > ".join(value.themes[0].path) if getattr(value, "themes", ()) else ""),
    ]
    rows = (f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in told if text)
    return f'<dl style="margin: 0.2em 0; display: grid; grid-template-columns: 5em 1fr">{"".join(rows)}</dl>'


def _party(party: Any) -> str:
    return f"{party.text} ({party.kb_id})" if party.kb_id else str(party.text)


def _quoted(citation: Citation, evidence: Sequence[tuple[int, int]]) -> str:
    """Return a sentence in which what a record was read from is marked."""
    first = citation.start
    spans = [(max(start, first) - first, min(end, citation.end) - first) for start, end in evidence]
    marked = [(start, end, "lu ici", "") for start, end in spans if start < end]
    page = f"<footer>page {citation.page}</footer>" if citation.page else ""
    style = "margin: 0.3em 0 0.6em; padding-left: 0.8em; border-left: 3px solid #d8d3c7"
    return f'<blockquote style="{style}">{_displacy(citation.text, marked)}{page}</blockquote>'
