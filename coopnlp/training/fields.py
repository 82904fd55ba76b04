"""Compile the lexicon of fields of public action that the tagger's features use.

``python -m coopnlp.training.fields SHARED_DATA`` reads EuroVoc in French and
the purpose codes of the DAC from the folder of open data and writes
``coopnlp/pipeline/data/fields.txt.gz``: one folded term a line, sorted.
Geographical names and international bodies (EuroVoc domains 72 and 76) are left
out: they are places and organisations, not fields.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

from lxml import etree

from coopnlp.errors import CorpusError
from coopnlp.text import fold

__all__ = ["compile_fields", "main"]

_LEFT_OUT = {"72", "76"}
_OUTPUT = Path(__file__).resolve().parent.parent / "pipeline" / "data" / "fields.txt.gz"


def compile_fields(data: Path) -> list[str]:
    """Return the folded terms of EuroVoc and of the DAC purpose codes, sorted.

    Raises
    ------
    CorpusError
        A source file is missing or a line of EuroVoc has not four columns.
    """
    terms: set[str] = set()
    eurovoc = data / "gazetteer" / "eurovoc_fr.tsv"
    sectors = [data / "codelists" / name for name in ("Sector.xml", "SectorCategory.xml")]
    for path in (eurovoc, *sectors):
        if not path.is_file():
            raise CorpusError(f"{path} is missing: give the folder of open data that holds it")
    for number, line in enumerate(eurovoc.read_text(encoding="utf-8").splitlines()[1:], start=2):
        columns = line.split("\t")
        if len(columns) != 4:
            raise CorpusError(f"{eurovoc}:{number}: {len(columns)} columns, expected 4")
        _, label, alternatives, domains = columns
        if set(domains.split()) & _LEFT_OUT:
            continue
        terms.update(fold(re.sub(r"\s*\(.*?\)", "", term)) for term in (label, *alternatives.split("|")))
    for path in sectors:
        for name in etree.parse(path).iterfind(".//name/narrative[@{http://www.w3.org/XML/1998/namespace}lang='fr']"):
            terms.update(fold(part) for part in re.split(r"[,;/()]", name.text or ""))
    return sorted(term for term in terms if len(term) > 2 and not term.isdigit())


def main(argv: list[str]) -> int:
    """Write the lexicon; the same input gives the same bytes."""
    terms = compile_fields(Path(argv[0]))
    _OUTPUT.parent.mkdir(exist_ok=True)
    with _OUTPUT.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed:
        packed.write("".join(term + "\n" for term in terms).encode())
    sys.stderr.write(f"{len(terms)} terms in {_OUTPUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
