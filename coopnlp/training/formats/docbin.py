"""spaCy's own binary format: documents with tokens and entities, one file, read without running any code.

The documents carry the tokens of this pipeline, the entities with their
identifiers, and their name under ``doc.user_data["id"]``. spaCy and Prodigy read
them; a tool that tokenised anew loses nothing, as text and offsets are what is
read back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coopnlp.errors import CorpusError
from coopnlp.training.formats.corrected import Corrected, Span
from coopnlp.types import Entity

__all__ = ["read_docbin", "to_docbin"]


def to_docbin(documents: Iterable[tuple[str, str, Sequence[Entity]]]) -> bytes:
    """Return documents (name, text, entities) as one file.

    Raises
    ------
    CorpusError
        An entity does not lie on token borders.
    """
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    from coopnlp.pipeline.tokenizer import CoopTokenizer

    tokenizer = CoopTokenizer(Vocab())
    out = DocBin(attrs=["ENT_IOB", "ENT_TYPE", "ENT_KB_ID"], store_user_data=True)
    for key, text, entities in documents:
        doc = tokenizer(text)
        spans = []
        for entity in entities:
            span = doc.char_span(entity.start, entity.end, label=entity.label, kb_id=entity.kb_id)
            if span is None:
                raise CorpusError(f"{key}: {entity.text!r} at {entity.start} does not lie on token borders")
            spans.append(span)
        doc.set_ents(spans)
        doc.user_data["id"] = key
        out.add(doc)
    return out.to_bytes()


def read_docbin(data: bytes, key: str, where: str) -> list[Corrected]:
    """Return the documents of a file; one that has no name is called ``key``, numbered from the second on.

    Raises
    ------
    CorpusError
        The bytes are no such file.
    """
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    found = []
    try:
        for number, doc in enumerate(DocBin().from_bytes(data).get_docs(Vocab()), start=1):
            name = doc.user_data.get("id") or (f"{key}-{number}" if number > 1 else key)
            spans = tuple(Span(e.start_char, e.end_char, e.label_, e.text) for e in doc.ents)
            remarks = ("white space of the original is not in the file: tokens are joined by single spaces",)
            place = f"{where}, document {number}"
            found.append(Corrected(str(name), doc.text, spans, place, remarks if doc.has_unknown_spaces else ()))
    # What spaCy, NumPy and msgpack raise on damaged bytes is of many kinds, all of them these.
    except (ValueError, LookupError, TypeError, AttributeError, EOFError, ArithmeticError) as error:
        raise CorpusError(f"{where}: damaged, or no DocBin of spaCy ({error}). Export it again.") from error
    return found
