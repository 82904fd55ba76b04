"""The tokenizer: every border between letters, digits and signs is a token border.

spaCy's French rules keep ``ex-Limousin``, ``Franco-Québec`` and
``Saint-Denis–Laval`` whole, so that the names inside could never be entities
(design.md, fact 2). Here words are runs of letters, numbers are runs of digits
with their decimal or thousand signs, every other sign stands alone:

>>> from spacy.vocab import Vocab
>>> [t.text for t in CoopTokenizer(Vocab())("l’ex-Limousin verse 15k€ à Saint-Denis–Laval.")]
['l’', 'ex', '-', 'Limousin', 'verse', '15', 'k', '€', 'à', 'Saint', '-', 'Denis', '–', 'Laval', '.']

Kept whole: an elided word with its apostrophe (``l’``, ``qu'``),
``aujourd'hui``, addresses of mail and web. White space beyond the single space
after a token is a token of its own; ``doc.text`` is always the text given. In a
poor copy a misread word is one token, whatever it was misread as
(:mod:`coopnlp.pipeline.reading`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry

from coopnlp.pipeline.misread import mend
from coopnlp.pipeline.reading import note_mended

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

__all__ = ["CoopTokenizer", "create_tokenizer"]

_TOKEN = re.compile(
    r"""
    ( (?: https?:// | www\. )[^\s<>«»"]+[^\s<>«»".,;:!?)\]]
    | [A-Za-z0-9_.+-]+ @ [A-Za-z0-9-]+ (?: \.[A-Za-z0-9-]+ )+
    | aujourd['’]hui
    | (?: [cdjlmnst] | qu | jusqu | lorsqu | puisqu | quoiqu | presqu ) ['’] (?= [^\W\d_] )
    | [^\W\d_]+
    | \d+ (?: [.,] \d+ )*
    | \S
    ) ([ ]?)  # a single space belongs to the word before it, as everywhere in spaCy
    | ( \n+ | [^\S\n]+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)


class CoopTokenizer(DummyTokenizer):
    """Text to :class:`spacy.tokens.Doc`; see the module's docstring for the rules."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of the text; ``doc.text == text``."""
        pieces = mend(text)
        if not pieces:
            words, spaces = _split(text)
            return Doc(self.vocab, words=words, spaces=spaces)
        # A misread letter may part a word (« Montréa1 »): the borders are those of the mended text.
        readings, spaces = _split(_replaced(text, pieces))
        words = list(_as_given(text, pieces, readings, spaces))
        doc = Doc(self.vocab, words=words, spaces=spaces)
        pairs = enumerate(zip(readings, words, strict=True))
        note_mended(doc, {i: meant for i, (meant, given) in pairs if meant != given})
        return doc

    def __reduce__(self) -> tuple[Any, ...]:
        return (CoopTokenizer, (self.vocab,))


def _split(text: str) -> tuple[list[str], list[bool]]:
    """Return the tokens, and whether a single space follows each."""
    found = _TOKEN.findall(text)
    return [word or blank for word, _, blank in found], [space == " " for _, space, _ in found]


def _replaced(text: str, pieces: Sequence[tuple[int, int, str]]) -> str:
    out: list[str] = []
    last = 0
    for start, end, new in pieces:
        out += [text[last:start], new]
        last = end
    return "".join([*out, text[last:]])


def _as_given(
    text: str, pieces: Sequence[tuple[int, int, str]], readings: Sequence[str], spaces: Sequence[bool]
) -> Iterator[str]:
    """Yield the text behind each token of the mended text; a mended word lies in one token whole."""
    left = iter(pieces)
    start, end, new = next(left, (len(text) + 1, 0, ""))
    at = 0
    for token, space in zip(readings, spaces, strict=True):
        size = len(token)
        while start < at + size:
            size += end - start - len(new)
            start, end, new = next(left, (len(text) + 1, 0, ""))
        yield text[at : at + size]
        at += size + space


@registry.tokenizers("coopnlp.tokenizer.v1")
def create_tokenizer() -> Callable[[Language], CoopTokenizer]:
    """Return the factory that a pipeline's ``[nlp.tokenizer]`` names."""

    def make(nlp: Language) -> CoopTokenizer:
        return CoopTokenizer(nlp.vocab)

    return make
