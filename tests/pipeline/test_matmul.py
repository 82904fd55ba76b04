"""The matrix product in place of thinc's: the same numbers, on one thread."""

from __future__ import annotations

import numpy as np
import pytest
from spacy.vocab import Vocab
from thinc.api import NumpyOps
from threadpoolctl import threadpool_info

from coopnlp.pipeline.matmul import MatmulOps, one_thread
from coopnlp.pipeline.surface import token_texts
from coopnlp.pipeline.tokenizer import CoopTokenizer


@pytest.mark.parametrize("trans1", [False, True])
@pytest.mark.parametrize("trans2", [False, True])
def test_products_are_those_of_thinc(trans1: bool, trans2: bool) -> None:
    draw = np.random.default_rng(0)
    x = draw.random((5, 7) if not trans1 else (7, 5), dtype=np.float32)
    y = draw.random((7, 3) if not trans2 else (3, 7), dtype=np.float32)
    wanted = NumpyOps().gemm(x, y, trans1=trans1, trans2=trans2)
    assert MatmulOps().gemm(x, y, trans1=trans1, trans2=trans2) == pytest.approx(wanted, rel=1e-5)
    out = np.zeros_like(wanted)
    assert MatmulOps().gemm(x, y, out=out, trans1=trans1, trans2=trans2) is out
    assert out == pytest.approx(wanted, rel=1e-5)


def test_numpy_multiplies_on_one_thread_inside_and_as_before_outside() -> None:
    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    before = threads()
    with one_thread():
        assert set(threads()) <= {1}
    assert threads() == before


def test_texts_of_tokens() -> None:
    doc = CoopTokenizer(Vocab())("La ville\n\nde la Ville, l’an 2011.")
    assert token_texts(doc) == [token.text for token in doc]
    assert token_texts(CoopTokenizer(doc.vocab)("")) == []
