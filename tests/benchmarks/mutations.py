"""Thousands of damaged files through the readers: what becomes of them, and what takes harm.

``python tests/benchmarks/mutations.py [N] [--from K] [--seed S] [--seconds T] [--records] [--keep FOLDER]``

File ``n`` of a seed is the same each time: a fixture of some format with bytes
flipped, cut, spliced with another fixture, zeroed, repeated or swapped, numbers
replaced by extreme ones, or the same done to a part inside its ZIP container or to
the unpacked streams of a PDF. Each is read as the command line reads it. Printed
are the outcomes by format, what was slow, and the defects: an error that no reader
names, a crash, a limit passed. The exit code says whether there were defects.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coopnlp.errors import CoopnlpError, TimedOut
from coopnlp.extract import Limits, guarded, sources
from coopnlp.extract.guard import ReaderError, guarded_members

if TYPE_CHECKING:
    from coopnlp.types import Extraction

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "extract"))

Fixture = tuple[str, bytes]
#: How often a fixture of a format is taken, beside 100 for the others: OCR takes seconds a page,
#: LibreOffice seconds a file.
WEIGHTS = {"png": 10, "tif": 10, "scan.pdf": 10, "odt": 6, "rtf": 6, "doc": 6}


def fixtures(*, office: bool = True) -> list[Fixture]:
    """Return a file or more of every format that is read, as (name, bytes)."""
    import extract_makers as make

    text = "\n\n".join(make.PARAGRAPHS)
    found: list[Fixture] = [
        ("rapport.pdf", make.report_pdf(2, head="Rapport annuel")),
        ("colonnes.pdf", make.two_columns_pdf()),
        ("tableau.pdf", make.long_table_pdf()),
        ("scan.pdf", make.scan_pdf()),
        ("convention.docx", make.agreement_docx()),
        ("subventions.xlsx", _workbook()),
        ("note.txt", text.encode()),
        ("note-1990.txt", text.encode("cp850", "replace")),
        ("note-16.txt", text.encode("utf_16")),
        ("page.html", _page(text)),
        ("page.mhtml", _message(text, "multipart/related", "text/html")),
        ("courriel.eml", _message(text, "multipart/mixed", "text/plain", attached=make.table_pdf())),
        ("note.md", f"---\ntitle: Note\n---\n# Bilan\n\n{text}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode()),
        ("sommes.csv", b"Commune;Somme\nFoix;12 500\nPamiers;\"8 000\"\n" * 20),
        ("envoi.zip", make.zip_of({"a/pv.txt": text.encode(), "b.docx": make.agreement_docx()})),
        ("page.png", _picture("PNG")),
        ("page.tif", _picture("TIFF")),
    ]  # fmt: skip
    found += [(path.name, path.read_bytes()) for path in sorted((ROOT / "examples" / "documents").iterdir())]
    if office and (program := shutil.which("soffice")):
        found += _by_office(program, text)
    return found


def _workbook() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("Association", "Objet", "Montant"), ("Eau pour Kita", "Forages", 8000.5), ("Relais", None, 250)):
        sheet.append(row)
    sheet.merge_cells("A4:B5")
    book.create_sheet("Vide")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _page(text: str) -> bytes:
    rows = "".join(f"<tr><td>Foix {n}</td><td colspan=2>{n} 500 €</td></tr>" for n in range(5))
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
    return (
        "<!DOCTYPE html><html lang=fr><head><meta charset=utf-8><title>Bilan</title></head><body>"
        f"<nav><ul><li><a href=/>Accueil</a></ul></nav><h1>Bilan</h1>{paragraphs}<table>{rows}</table>"
        "<dl><dt>Pays<dd>Mali<dt>Année<dd>2012</dl><iframe src=a.html></iframe></body></html>"
    ).encode()


def _message(text: str, kind: str, inner: str, *, attached: bytes = b"") -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "mairie@foix.example", "mrc@coaticook.example", "Jumelage 2012"
    message["Date"] = "Mon, 4 Jun 2012 10:00:00 +0200"
    message.set_content(_page(text).decode() if inner == "text/html" else text, subtype=inner.partition("/")[2])
    if attached:
        message.add_attachment(attached, maintype="application", subtype="pdf", filename="tableau.pdf")
        forwarded = EmailMessage()
        forwarded["Subject"] = "Suite"
        forwarded.set_content(text)
        message.add_attachment(forwarded)
    elif kind == "multipart/related":
        message.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<1>")
    return message.as_bytes()


def _picture(kind: str) -> bytes:
    from PIL import Image, ImageDraw

    image = Image.new("L", (600, 200), 255)
    ImageDraw.Draw(image).text((20, 80), "La Ville de Foix et Coaticook, 2012", fill=0, font_size=28)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def _by_office(program: str, text: str) -> Iterator[Fixture]:
    """Yield the old formats, made by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "note.html").write_bytes(_page(text))
        for suffix in ("odt", "rtf", "doc"):
            command = [
                program, f"-env:UserInstallation={(place / 'profile').as_uri()}", "--headless", "--norestore",
                "--infilter=HTML (StarWriter)", "--convert-to", suffix, "--outdir", folder, str(place / "note.html"),
            ]  # fmt: skip
            subprocess.run(command, check=False, timeout=120, capture_output=True)
            made = place / f"note.{suffix}"
            if made.is_file():
                yield made.name, made.read_bytes()


# What is done to a file

_EXTREMES = (b"0", b"-1", b"2147483647", b"4294967296", b"99999999999999999999", b"1e308", b"-0.0000001", b"65536")


def flip(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Change some bytes, or a bit of them."""
    for _n in range(chance.choice((1, 2, 5, 20, max(1, len(data) // 100)))):
        at = chance.randrange(len(data))
        data[at] = chance.choice((chance.randrange(256), data[at] ^ 1 << chance.randrange(8), 0, 255))
    return data


def cut(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Lose the end, the beginning or a piece."""
    a, b = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    return chance.choice((data[:b], data[a:], data[:a] + data[b:]))


def splice(data: bytearray, chance: random.Random, other: bytes) -> bytearray:
    """Go on in another file, or take a piece of it in."""
    at, from_ = chance.randrange(len(data)), chance.randrange(len(other))
    length = chance.choice((16, 256, 4096, len(other)))
    return chance.choice((data[:at] + other[from_:], data[:at] + other[from_ : from_ + length] + data[at:]))


def blank(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Have a run of one byte where something was, as bad sectors give."""
    at, length = chance.randrange(len(data)), chance.choice((16, 512, 4096))
    filler = chance.choice((b"\0", b"\xff", b" ", b"<", b"("))
    data[at : at + length] = filler * min(length, len(data) - at)
    return data


def repeat(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Have a piece many times."""
    at, length = chance.randrange(len(data)), chance.choice((1, 8, 64, 1024))
    return data[:at] + data[at : at + length] * chance.choice((2, 50, 1000)) + data[at:]


def swap(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Have two pieces in each other's place."""
    a, b = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    length = min(chance.choice((8, 128, 2048)), b - a)
    one, two = data[a : a + length], data[b : b + length]
    data[a : a + length], data[b : b + length] = two, one
    return data


def numbers(data: bytearray, chance: random.Random, _: bytes) -> bytearray:
    """Have numbers that are far too large, negative or none."""
    share = chance.choice((0.02, 0.2))

    def other(found: re.Match[bytes]) -> bytes:
        return chance.choice(_EXTREMES) if chance.random() < share else found[0]

    return bytearray(re.sub(rb"-?\d+(?:\.\d+)?", other, bytes(data)))


Mutation = Callable[[bytearray, random.Random, bytes], bytearray]
MUTATIONS: tuple[Mutation, ...] = (flip, cut, splice, blank, repeat, swap, numbers)


def mutate(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Return a file with one to three things done to it."""
    work = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3))):
        if len(work) > 1:
            work = chance.choice(MUTATIONS)(work, chance, other or b"x")
    return bytes(work)


def in_container(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Do it to a member of a ZIP container, which is whole again after it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        infos = old.infolist()
        chosen = chance.choice(infos).filename
        for info in infos:
            inside = old.read(info)
            # with the time that it has: by default the container would tell when this ran
            member = zipfile.ZipInfo(info.filename, info.date_time)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, mutate(inside, chance, other) if info.filename == chosen else inside)
    return out.getvalue()


def in_streams(data: bytes, chance: random.Random, other: bytes) -> bytes:
    """Do it to the unpacked streams of a PDF; its table of objects no longer fits, as in damaged files."""

    def one(found: re.Match[bytes]) -> bytes:
        try:
            plain = zlib.decompress(found[1].rstrip(b"\r\n~>"))
        except zlib.error:
            return found[0]
        return b"stream\n" + zlib.compress(mutate(plain, chance, other)) + b"\nendstream"

    return re.sub(rb"(?s)stream\r?\n(.*?)\r?\nendstream", one, data)


def mutated(number: int, seed: int, found: list[Fixture]) -> Fixture:
    """Return file ``number`` of a seed."""
    chance = random.Random(f"{seed}-{number}")
    weights = [WEIGHTS.get(name, WEIGHTS.get(name.rpartition(".")[2], 100)) for name, _ in found]
    name, data = chance.choices(found, weights)[0]
    other = chance.choice(found)[1]
    deep = chance.random() < 0.5
    if deep and data.startswith(b"PK"):
        return name, in_container(data, chance, other)
    if deep and data.startswith(b"%PDF"):
        return name, in_streams(data, chance, other)
    return name, mutate(data, chance, other)


# What becomes of it


@dataclass
class Findings:
    """Outcomes by format, the slowest files, and what should not be."""

    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: list[tuple[float, int, str, str]] = field(default_factory=list)
    defects: list[tuple[int, str, str]] = field(default_factory=list)
    files: int = 0

    def add(self, number: int, name: str, outcome: Extraction | CoopnlpError, seconds: float) -> None:
        """Count one file."""
        self.files += 1
        kind = name.rpartition(".")[2]
        told = type(outcome).__name__ if isinstance(outcome, CoopnlpError) else "read"
        if isinstance(outcome, CoopnlpError):
            if isinstance(outcome.__cause__, ReaderError):
                told = "DEFECT"
                self.defects.append((number, name, f"{outcome}\n{outcome.__cause__}"))
            elif "breaks the program" in str(outcome):
                told = "crash"
                self.defects.append((number, name, str(outcome)))
            elif isinstance(outcome, TimedOut):
                self.defects.append((number, name, str(outcome)))
        self.outcomes[kind][told] += 1
        self.slowest = sorted([*self.slowest, (seconds, number, name, told)], reverse=True)[:10]


def read(name: str, data: bytes, limits: Limits) -> Extraction | CoopnlpError:
    """Read a file as the command line does; of an archive the first member that cannot be read, or the last."""
    try:
        if not name.endswith(".zip"):
            return guarded(data, name=name, limits=limits)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(data)
            found = [guarded(source, limits=limits) for source in sources([path], members=guarded_members)]
            return found[-1]
    except CoopnlpError as error:
        return error


def main() -> int:
    """Run, print the figures, return 1 where there are defects."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=5000)
    parser.add_argument("--from", dest="start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0, help="processor time that a file may take")
    parser.add_argument("--records", action="store_true", help="also read entities and records from what was read")
    parser.add_argument("--keep", type=Path, help="write the files with defects here")
    asked = parser.parse_args()
    # a busy machine is no hang: on the clock there is twenty times as much
    limits = Limits(seconds=20 * asked.seconds, cpu_seconds=int(asked.seconds), memory_bytes=1_500_000_000)
    found = fixtures()
    findings = Findings()
    began = time.monotonic()
    for number in range(asked.start, asked.start + asked.count):
        name, data = mutated(number, asked.seed, found)
        since = time.monotonic()
        outcome = read(name, data, limits)
        seconds = time.monotonic() - since
        if asked.records and not isinstance(outcome, CoopnlpError):
            from coopnlp.api import to_result

            outcome.to_json()
            to_result(outcome).record.to_json()  # what it raises is a traceback to the user: the run ends
        if findings.files % 500 == 499:
            print(f"{findings.files + 1} files, {len(findings.defects)} to look at", flush=True)
        before = len(findings.defects)
        findings.add(number, name, outcome, seconds)
        if len(findings.defects) > before:
            print(f"-- {number} {findings.defects[-1][2]}", flush=True)
            if asked.keep:
                asked.keep.mkdir(parents=True, exist_ok=True)
                (asked.keep / f"{number}-{name}").write_bytes(data)
    report(findings, time.monotonic() - began)
    return bool(findings.defects)


def report(findings: Findings, seconds: float) -> None:
    """Print the figures."""
    print(f"{findings.files} files in {seconds:.0f} s, {len(findings.defects)} to look at")
    for kind, counts in sorted(findings.outcomes.items()):
        told = ", ".join(f"{name} {count}" for name, count in counts.most_common())
        print(f"  {kind:6} {counts.total():5}  {told}")
    print("slowest: " + "; ".join(f"{n} {name} {s:.1f} s {told}" for s, n, name, told in findings.slowest[:5]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory of this process {peak} MB, of reading processes at most "
          f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MB")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
