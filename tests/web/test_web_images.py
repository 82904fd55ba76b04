"""Pages of PDFs as pictures: from the bytes that were read, and from nothing else."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image

from coopnlp.register import Register
from coopnlp.types import Result, Source
from coopnlp.web.settings import Settings
from tests.register.register_makers import full
from tests.web.web_site import client


def _pdf(path: Path) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(300, 400))
    for number in (1, 2):
        canvas.drawString(40, 300, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return path.read_bytes()


def _result(path: Path, data: bytes, media_type: str = "application/pdf") -> Result:
    made = full()
    source = Source(
        name=path.name, path=str(path), sha256=hashlib.sha256(data).hexdigest(), media_type=media_type, size=len(data)
    )
    return made.model_copy(
        update={
            "extraction": made.extraction.model_copy(update={"source": source}),
            "record": made.record.model_copy(update={"source": source}),
        }
    )


@pytest.fixture
def shelf(tmp_path: Path) -> tuple[Path, Path, str]:
    path = tmp_path / "acte.pdf"
    data = _pdf(path)
    register = tmp_path / "register.db"
    with Register(register) as made:
        made.add(_result(path, data))
    return register, path, f"/documents/{hashlib.sha256(data).hexdigest()[:12]}"


def test_page_is_drawn_and_stands_beside_the_text(shelf: tuple[Path, Path, str]) -> None:
    register, path, address = shelf
    with client(register) as made:
        assert f'src="{address}/pages/1.jpg"' in made.text(address)
        response = made.get(f"{address}/pages/2.jpg")
        assert response.status_code == 200 and response.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(response.content)).size[0] == 1100
        assert made.get(f"{address}/pages/3.jpg").status_code == 404
        path.unlink()  # what was drawn is remembered, the rest is gone
        assert made.get(f"{address}/pages/2.jpg").status_code == 200
        assert made.get(f"{address}/pages/1.jpg").status_code == 404


def test_other_bytes_at_the_path_are_not_shown(shelf: tuple[Path, Path, str]) -> None:
    register, path, address = shelf
    path.write_bytes(path.read_bytes() + b"\n%other")
    with client(register) as made:
        assert made.get(f"{address}/pages/1.jpg").status_code == 404


def test_a_link_to_another_file_is_not_followed_to_other_bytes(shelf: tuple[Path, Path, str], tmp_path: Path) -> None:
    register, path, address = shelf
    secret = tmp_path / "secret.pdf"
    _pdf(secret)
    path.unlink()
    path.symlink_to(secret)
    with client(register) as made:
        same = hashlib.sha256(secret.read_bytes()).hexdigest()[:12] in address
        assert made.get(f"{address}/pages/1.jpg").status_code == (200 if same else 404)


def test_images_can_be_turned_off(shelf: tuple[Path, Path, str]) -> None:
    register, _, address = shelf
    with client(register, Settings(images=False)) as made:
        assert ".jpg" not in made.text(address)
        assert made.get(f"{address}/pages/1.jpg").status_code == 404


def test_what_is_no_pdf_fails_alone(tmp_path: Path) -> None:
    path = tmp_path / "faux.pdf"
    path.write_bytes(b"%PDF-1.4 nothing of the kind")
    register = tmp_path / "register.db"
    with Register(register) as made:
        made.add(_result(path, path.read_bytes()))
    address = f"/documents/{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    with client(register) as shown:
        assert shown.get(f"{address}/pages/1.jpg").status_code == 404
        assert shown.get(address).status_code == 200
