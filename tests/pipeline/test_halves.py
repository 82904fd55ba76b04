"""Weights in half precision: written, read back, refused where they are another network's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from spacy.vocab import Vocab

from coopnlp.pipeline.halves import read_halves, write_halves
from coopnlp.pipeline.tagger import build_member

TINY = {"width": 16, "depth": 1, "rows": [50, 50, 50, 50], "feature_rows": [50, 20, 20, 20]}


def test_what_is_read_back_is_what_was_written_to_three_digits(tmp_path: Path) -> None:
    written, read = (build_member(Vocab(), 2, TINY).network for _ in range(2))
    write_halves(tmp_path / "network.npz", written)
    read_halves(tmp_path / "network.npz", read)
    for one, other in zip(written.walk(), read.walk(), strict=True):
        for name in one.param_names:
            np.testing.assert_allclose(other.get_param(name), one.get_param(name), rtol=1e-3, atol=1e-6)
            assert other.get_param(name).dtype == np.float32


def test_another_network_is_refused(tmp_path: Path) -> None:
    write_halves(tmp_path / "network.npz", build_member(Vocab(), 2, TINY).network)
    with pytest.raises(ValueError, match="of shape"):
        read_halves(tmp_path / "network.npz", build_member(Vocab(), 3, TINY).network)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no archive"])
def test_a_damaged_file_is_named(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "network.npz").write_bytes(data)
    with pytest.raises(ValueError, match="damaged"):
        read_halves(tmp_path / "network.npz", build_member(Vocab(), 2, TINY).network)
