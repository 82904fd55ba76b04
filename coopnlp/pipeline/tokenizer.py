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
after a token is a token of its own; ``doc.text`` is always the text given.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.util import DummyTokenizer, registry

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.vocab import Vocab

__all__ = ["CoopTokenizer", "create_tokenizer"]

_TOKEN = re.compile(
    r"""
    (?P<space> \n+ | [^\S\n]+ )
    | (?: https?:// | www\. )[^\s<>«»"]+[^\s<>«»".,;:!?)\]]
    | [A-Za-z0-9_.+-]+ @ [A-Za-z0-9-]+ (?: \.[A-Za-z0-9-]+ )+
    | aujourd['’]hui
    | (?: [cdjlmnst] | qu | jusqu | lorsqu | puisqu | quoiqu | presqu ) ['’] (?= [^\W\d_] )
    | [^\W\d_]+
    | \d+ (?: [.,] \d+ )*
    | .
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


class CoopTokenizer(DummyTokenizer):
    """Text to :class:`spacy.tokens.Doc`; see the module's docstring for the rules."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of the text; ``doc.text == text``."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            token = match.group()
            # A single space belongs to the word before it, as everywhere in spaCy.
            if token[0] == " " and words and not words[-1].isspace():
                spaces[-1] = True
                token = token[1:]
            if token:
                words.append(token)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def __reduce__(self) -> tuple[Any, ...]:
        return (CoopTokenizer, (self.vocab,))


@registry.tokenizers("coopnlp.tokenizer.v1")
def create_tokenizer() -> Callable[[Language], CoopTokenizer]:
    """Return the factory that a pipeline's ``[nlp.tokenizer]`` names."""

    def make(nlp: Language) -> CoopTokenizer:
        return CoopTokenizer(nlp.vocab)

    return make
