"""The cache of what OCR read."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from PIL import Image

from coopnlp.extract.ocr_cache import OcrCache, open_ocr_cache, page_key
from coopnlp.extract.pdf_words import Rule
from coopnlp.extract.scan import Scan
from coopnlp.extract.tesseract import ReadWord

PAGE = Image.new("L", (60, 80), 250)


def scan(text: str = "coopération") -> Scan:
    return Scan(595.0, 842.0, 1, [ReadWord(text, 1.5, 2, 3, 4, 96.4, 0)], [Rule(1, 2, 3, 2)], ["F"])


def test_round_trip(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path / "ocr")
    key = page_key(PAGE, 200)
    assert cache.get(key) is None
    cache.keep(key, scan())
    assert cache.get(key) == OcrCache(tmp_path / "ocr").get(key) == scan()


def test_key_is_of_the_picture_and_what_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import coopnlp.extract.ocr_cache as module

    keys = {page_key(PAGE, 200), page_key(PAGE, 300), page_key(PAGE.rotate(90, expand=True), 200)}
    keys.add(page_key(Image.new("L", (60, 80), 251), 200))
    monkeypatch.setattr(module, "tesseract_identity", lambda: "tesseract 6.0")
    keys.add(page_key(PAGE, 200))
    assert len(keys) == 5
    assert page_key(PAGE.copy(), 200) in keys


def test_damaged_files_count_as_none_and_go(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path)
    key = page_key(PAGE, 200)
    cache.keep(key, scan())
    (kept,) = (path for path in tmp_path.glob("??/*"))
    for damage in (b"", kept.read_bytes()[:-9], b"x" * 40):
        kept.write_bytes(damage)
        assert cache.get(key) is None
        assert not kept.exists()


def test_bounded_oldest_first(tmp_path: Path) -> None:
    filling = OcrCache(tmp_path)
    keys = [f"{n:02x}{'0' * 62}" for n in range(20)]
    for age, key in enumerate(keys):
        filling.keep(key, scan("mot" * 50))
        os.utime(tmp_path / key[:2] / key, (1000 + age, 1000 + age))
    assert filling.get(keys[0]) is not None  # used again: no longer the oldest
    size = sum(path.stat().st_size for path in tmp_path.glob("??/*"))
    bounded = OcrCache(tmp_path, max_bytes=size // 2)
    bounded.keep("ff" + "0" * 62, scan())
    assert sum(path.stat().st_size for path in tmp_path.glob("??/*")) <= size // 2
    assert bounded.get(keys[0]) is not None
    assert bounded.get(keys[1]) is None
    assert bounded.get(keys[-1]) is not None


def test_off_and_unwritable_keep_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOPNLP_CACHE", "off")
    open_ocr_cache().keep("ab", scan())
    assert open_ocr_cache().get("ab") is None
    blocked = tmp_path / "file"
    blocked.write_text("")
    OcrCache(blocked).keep("ab" + "0" * 62, scan())
    assert OcrCache(blocked).get("ab" + "0" * 62) is None


def _keep_and_get(folder: Path) -> int:
    cache = OcrCache(folder, max_bytes=20_000)
    whole = 0
    for turn in range(60):
        key = f"{turn % 7:02x}{'a' * 62}"
        cache.keep(key, scan("mot" * 200))
        found = cache.get(key)
        whole += found is None or found == scan("mot" * 200)
    return whole


def test_several_processes(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        assert list(pool.map(_keep_and_get, [tmp_path] * 3)) == [60] * 3
    assert not list(tmp_path.glob("??/*.part"))


def test_what_is_kept_is_for_the_user_alone(tmp_path: Path) -> None:
    OcrCache(tmp_path / "coopnlp" / "ocr").keep("a" * 64, scan())
    assert (tmp_path / "coopnlp").stat().st_mode & 0o077 == 0
