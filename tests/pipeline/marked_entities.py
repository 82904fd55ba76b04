"""Sentences in the corpus's mark-up, `[[surface|LABEL]]`, made into documents, spans, and back."""

from __future__ import annotations

import re

import spacy
from spacy.tokens import Doc

from coopnlp.pipeline.entities import Triple, merge
from coopnlp.pipeline.tokenizer import CoopTokenizer
from coopnlp.training.corpus import parse

_TOKENIZER = CoopTokenizer(spacy.blank("fr").vocab)


def read_marked(marked: str) -> tuple[Doc, list[Triple]]:
    """Return the document without mark-up and its entities by tokens; a mark off the token borders fails."""
    text, entities = parse(marked)
    doc = _TOKENIZER(text)
    triples = []
    for start, end, label in entities:
        span = doc.char_span(start, end)
        assert span is not None, f"{text[start:end]!r} is off the token borders"
        triples.append((span.start, span.end, label))
    return doc, triples


def to_marked(doc: Doc, entities: list[Triple]) -> str:
    """Return the text with its entities marked."""
    pieces, last = [], 0
    for start, end, label in entities:
        span = doc[start:end]
        pieces += [doc.text[last : span.start_char], f"[[{span.text}|{label}]]"]
        last = span.end_char
    return "".join([*pieces, doc.text[last:]])


def merged(tagger: str, rules: str = "") -> str:
    """Return the marked text that the policy makes of what the tagger and the rules found in one text."""
    doc, tagged = read_marked(tagger)
    ruled: list[Triple] = []
    if rules:
        other, ruled = read_marked(rules)
        assert other.text == doc.text
    return to_marked(doc, merge(doc, tagged, ruled))


def unmarked(marked: str) -> str:
    """Return the text without its marks."""
    return re.sub(r"\[\[(.+?)\|[A-Z]+\]\]", r"\1", marked, flags=re.DOTALL)
