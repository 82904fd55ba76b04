"""A cheap stand-in for processing, importable by worker processes; run as a program it is one batch.

``python batch_fakes.py REGISTER FOLDER WORKERS [SIZE_LIMIT]``. A file's first
word says what becomes of it. It says « ready » when it begins; the exit code is
that of the command. Each source that is read is a line of the file that
``COOPNLP_FAKES_READ`` names.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import sys
import time
from decimal import Decimal
from pathlib import Path

from coopnlp.errors import FetchError, ModelError, NoText
from coopnlp.types import Amount, Block, DocumentInfo, Entity, Extraction, Funding, Party, Record, Result, Source


class StrangeError(Exception):
    """Like the errors of some readers: of no family."""


_held: list[bytes] = []


def _tell(path: Path) -> None:
    if log := os.environ.get("COOPNLP_FAKES_READ"):
        line = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(line, f"{path.name}\n".encode())
        os.close(line)


def fill(folder: Path, count: int) -> Path:
    """Make a folder of slow texts that differ, and one file without text."""
    folder.mkdir()
    for n in range(count):
        (folder / f"pv-{n:03}.txt").write_text(f"LENT Délibération numéro {n} pour Bamako")
    (folder / "vide.txt").write_text("VIDE rien")
    return folder


def content(url: str | Path) -> dict:
    """Return what a register holds."""
    from coopnlp.register import Register

    with Register(url, create=False) as register:
        return register.dump()


def alone(folder: Path) -> dict:
    """Return what one run on one machine, into a file, gives."""
    from coopnlp.batch import run

    target = folder.parent / "seul.db"
    run([folder], target, workers=0, process=process)
    return content(target)


def process(source: str | Path) -> Result:
    """Read a text file as if it said something."""
    path = Path(source)
    data = path.read_bytes()
    text = data.decode()
    _tell(path)
    if text.startswith("CHANGE"):  # as if somebody saved it between noting and reading
        path.write_text("Autre texte")
        return process(source)
    match text.split(" ", 1)[0]:
        case "VIDE":
            raise NoText(str(source), "there is no text in it")
        case "ERREUR":
            raise KeyError("une clé")
        case "ETRANGE":
            raise StrangeError("imprévu")
        case "MEMOIRE":
            raise MemoryError
        case "MORT":
            os.kill(os.getpid(), signal.SIGKILL)
        case "DORT":
            time.sleep(float(os.environ.get("COOPNLP_FAKES_SLEEP", "60")))
        case "LENT":
            time.sleep(0.01)
        case "PAUSE":
            time.sleep(0.5)
        case "GROS":  # memory that is kept
            _held.append(b"x" * 60_000_000)
    sha256 = hashlib.sha256(data).hexdigest()
    found = Source(name=path.name, sha256=sha256, media_type="text/plain", size=len(data), path=str(source))
    words = text.split()
    entities = [Entity(start=0, end=len(words[0]), label="ORG", text=words[0])]
    funding = Funding(
        funder=Party(text=words[-1]),
        amounts=(Amount(value=Decimal(len(text)), currency="EUR"),),
        evidence=((0, len(words[0])),),
    )
    extraction = Extraction(source=found, text=text, blocks=(Block(kind="paragraph", start=0, end=len(text)),))
    record = Record(
        id=path.stem,
        source=found,
        document=DocumentInfo(title=words[0], pages=2**70 if words[0] == "ENORME" else None),
        entities=tuple(entities),
        fundings=(funding,),
    )
    return Result(extraction=extraction, record=record)


def from_web(source: str | Path) -> Result:
    """Read a page that says another thing each time, as pages do; one address does not answer."""
    if "muet" in str(source):
        raise FetchError(f"{source}: no answer. Try again later.")
    text = f"Page lue en {time.monotonic_ns()} par Bamako"
    found = Source(
        name="page.html",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        media_type="text/html",
        size=len(text),
        url=str(source),
    )
    record = Record(id="page", source=found)
    return Result(extraction=Extraction(source=found, text=text, blocks=()), record=record)


def no_models(source: str | Path) -> Result:
    """Fail as where the models are not installed."""
    raise ModelError("model 'coop_fr' is missing. Reinstall coopnlp.")


def main() -> int:
    """Run one batch, as the tests that kill it do."""
    from coopnlp.batch import run
    from coopnlp.batch.interrupt import interruptible
    from coopnlp.errors import RegisterError

    register, folder, workers, *limit = sys.argv[1:]
    if limit:  # files grow no further than this, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit[0]), int(limit[0])))
    print("ready", flush=True)
    try:
        with interruptible(lambda: print("stopping", flush=True)) as stop:
            summary = run([folder], register, workers=int(workers), process=process, stop=stop, patience_s=0.5)
    except RegisterError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 130 if summary.interrupted else 1 if summary.failures else 0


if __name__ == "__main__":
    sys.exit(main())
