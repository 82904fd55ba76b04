"""A cheap stand-in for processing, importable by worker processes; run as a program it is one batch.

``python batch_fakes.py REGISTER INPUT [WORKERS]``. A file's first word says what
becomes of it.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import time
from decimal import Decimal
from pathlib import Path

from coopnlp.errors import FetchError, ModelError, NoText
from coopnlp.types import Amount, Block, DocumentInfo, Entity, Extraction, Funding, Party, Record, Result, Source


class StrangeError(Exception):
    """Like the errors of some readers: of no family."""


def process(source: str | Path) -> Result:
    """Read a text file as if it said something."""
    path = Path(source)
    data = path.read_bytes()
    text = data.decode()
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
            time.sleep(60)
        case "LENT":
            time.sleep(0.01)
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
        document=DocumentInfo(title=words[0]),
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


def main() -> None:
    """Run one batch, as the tests that kill it do."""
    from coopnlp.batch import run

    register, folder, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    run([folder], register, workers=workers, process=process)


if __name__ == "__main__":
    main()
