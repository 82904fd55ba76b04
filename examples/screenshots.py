"""Take the pictures of the French guide: the example documents in a register, served, and opened in Chromium.

``python examples/screenshots.py [--register FILE] [--output FOLDER]`` needs Chromium and the extras ``serve`` and
``test``. A register that is given is copied first: nothing is written into it.
"""

from __future__ import annotations

import argparse
import io
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
NAME = "Jeanne Martin"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
COLOURS = 128
MAX_BYTES = 90_000


def fill(path: Path) -> None:
    """Read the example documents into a register."""
    import coopnlp
    from coopnlp.types import Failure

    with coopnlp.Register(path) as register:
        for outcome in coopnlp.process_all(sorted((HERE / "documents").iterdir())):
            if isinstance(outcome, Failure):
                sys.exit(f"{outcome.source}: {outcome.message}")
            register.add(outcome)


def copy(register: Path, path: Path) -> None:
    """Copy a register, with what other programs have not yet written back to its file."""
    with closing(sqlite3.connect(f"file:{register}?mode=ro", uri=True)) as old, closing(sqlite3.connect(path)) as new:
        old.backup(new)


def add_account(path: Path) -> str:
    """Make the account that corrects; return its password."""
    from coopnlp import Register
    from coopnlp.register.accounts import Accounts

    password = secrets.token_urlsafe(24)
    with Register(path) as register:
        accounts = Accounts(register)
        if accounts.find(NAME):
            accounts.set_password(NAME, password)
        else:
            accounts.create(NAME, password)
    return password


@contextmanager
def served(path: Path) -> Iterator[str]:
    """Serve a register as ``coopnlp register serve`` does, on a free port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    command = [sys.executable, "-m", "coopnlp", "register", "serve", str(path), "--port", port]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            if not any("is shown at" in line for line in server.stderr):
                sys.exit("The register is not served.")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def reduced(picture: Image.Image, colours: int) -> Image.Image:
    """Return a picture with few colours: those of its large areas as they are, and of the others some of each kind."""
    counted: list[tuple[int, Any]] = picture.getcolors(picture.width * picture.height)  # type: ignore[assignment]
    most = [colour for _, colour in sorted(counted, reverse=True)[: colours // 2]]
    others = picture.quantize(colours - len(most), method=Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = np.array([*most, *np.reshape(others, (-1, 3))], dtype=np.int32)
    kinds, places = np.unique(np.asarray(picture, dtype=np.int32).reshape(-1, 3), axis=0, return_inverse=True)
    # the nearest colour exactly, which Pillow looks for in coarse steps
    nearest = np.array([((palette - kind) ** 2).sum(axis=1).argmin() for kind in kinds], dtype=np.uint8)
    few = Image.fromarray(nearest[places.reshape(picture.height, picture.width)])
    few.putpalette(palette.astype(np.uint8).tobytes())
    return few


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture with few colours, fewer where it would be large."""
    colours = COLOURS
    while True:
        written = io.BytesIO()
        reduced(picture.convert("RGB"), colours).save(written, "PNG", optimize=True)
        if written.tell() <= MAX_BYTES or colours <= 16:
            break
        colours //= 2
    path.write_bytes(written.getvalue())
    print(f"{path.name}: {written.tell() // 1000} kB, {colours} colours")


class Camera:
    """A page of the browser, and what goes to it to take a picture."""

    def __init__(self, page: Any, address: str, folder: Path) -> None:
        self.page, self.address, self.folder = page, address, folder

    def open(self, path: str) -> None:
        """Open a page of the register."""
        self.page.goto(self.address + path, wait_until="networkidle")

    def follow(self, path: str, selector: str, *wanted: str) -> None:
        """Open a list, and from it the first wanted row that is there, else the first row."""
        self.open(path)
        rows = self.page.locator(selector)
        found = next((rows.filter(has_text=words) for words in wanted if rows.filter(has_text=words).count()), rows)
        self.page.goto(self.address + str(found.first.get_attribute("href")), wait_until="networkidle")

    def picture(self) -> Image.Image:
        """Return what the window shows."""
        return Image.open(io.BytesIO(self.page.screenshot(animations="disabled", caret="hide")))

    def scroll_to(self, selector: str) -> None:
        """Bring what is found to the top of the window."""
        self.page.locator(selector).first.evaluate(
            "node => scrollTo({top: node.getBoundingClientRect().top + scrollY - 16, behavior: 'instant'})"
        )

    def take(self, name: str) -> None:
        """Write what the window shows."""
        save(self.picture(), self.folder / f"{name}.png")


def to_readers(camera: Camera) -> None:
    """The pages that are open to everybody."""
    camera.open("/")
    camera.take("accueil")
    camera.open("/recherche?q=eau")
    camera.take("recherche")
    camera.follow("/projets?tri=ancien", ".fiche h3 a", "Eau potable et latrines")
    camera.take("fiche")
    camera.follow("/documents", "main tbody a", "Convention de coopération Fécamp")
    camera.scroll_to(".lecture")
    camera.take("document")
    camera.follow("/documents", "main tbody a", "les lauréats")
    camera.scroll_to(".lecture")
    camera.page.wait_for_function("() => [...document.images].every(image => image.complete && image.naturalWidth)")
    camera.take("document-pdf")
    camera.follow("/acteurs?nom=Vend%C3%B4me", "main tbody a", "Vendôme")
    camera.scroll_to(".fil")
    camera.take("acteur")
    camera.open("/tableau-de-bord")
    camera.take("tableau-de-bord")
    camera.open("/tableau-de-bord/carte?vue=lieux")
    camera.scroll_to("h1")
    camera.take("carte")


def to_archivists(camera: Camera, password: str) -> None:
    """The form that corrects a record."""
    camera.open("/connexion")
    camera.page.fill("#nom", NAME)
    camera.page.fill("#mot_de_passe", password)
    camera.page.click("main button[type=submit]")
    camera.follow("/corrections?nature=projets", "main tbody a", "Forages et maraîchage")
    camera.take("corriger")


def on_a_phone(camera: Camera) -> None:
    """Two pages side by side."""
    pictures = []
    for path in ("/", "/projets?pays=FR"):
        camera.open(path)
        pictures.append(camera.picture())
    both = Image.new("RGB", (2 * PHONE["width"] + 24, PHONE["height"]), "#8a857a")
    for number, picture in enumerate(pictures):
        both.paste(picture, (number * (PHONE["width"] + 24), 0))
    save(both, camera.folder / "telephone.png")


def main() -> int:
    """Take every picture."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--register", type=Path, help="an SQLite register, instead of one of the example documents")
    parser.add_argument("--output", type=Path, default=HERE / "guide")
    options = parser.parse_args()
    browser_path = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    if browser_path is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registre.db"
        if options.register:
            copy(options.register, path)
        else:
            fill(path)
        password = add_account(path)
        with served(path) as address, sync_playwright() as playwright:
            flags = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=browser_path, args=flags)
            steps: list[tuple[dict[str, int], Callable[[Camera], None]]] = [
                (DESKTOP, to_readers),
                (DESKTOP, lambda camera: to_archivists(camera, password)),
                (PHONE, on_a_phone),
            ]
            for size, step in steps:
                context = browser.new_context(viewport=size, locale="fr-FR", device_scale_factor=1)  # type: ignore[arg-type]
                step(Camera(context.new_page(), address, options.output))
                context.close()
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
