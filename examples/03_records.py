"""Read a document into a record: who, with whom, on what, when, for how much.

Shows the agreements, partnerships, fundings and projects of one document, each
with a piece of the text that it was read from. Give another file as argument.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import coopnlp
from coopnlp.types import Party

DOCUMENTS = Path(__file__).with_name("documents")


def names(parties: Iterable[Party]) -> str:
    return ", ".join(f"{party.text} [{party.kb_id}]" if party.kb_id else party.text for party in parties)


path = Path(sys.argv[1]) if len(sys.argv) > 1 else DOCUMENTS / "convention-fecamp-matane.docx"
result = coopnlp.process(path)
record, text = result.record, result.extraction.text
print(f"{record.document.title} ({record.document.kind}, {record.document.date})")
for agreement in record.agreements:
    print(f"accord       {agreement.title}, {agreement.date or 'sans date'} : {names(agreement.parties)}")
for partnership in record.partnerships:
    print(f"partenariat  {partnership.kind}, {partnership.start or '?'} : {names(partnership.parties)}")
for funding in record.fundings:
    sums = " = ".join(f"{a.value or f'{a.min} à {a.max}'} {a.currency or ''}" for a in funding.amounts) or "?"
    print(f"financement  {sums}, {funding.start or 'sans date'} : {funding.funder.text}")
    read_from = " … ".join(" ".join(text[start:end].split()) for start, end in funding.evidence)
    print(f"               lu dans « {read_from[:90]} »")
for project in record.projects:
    print(f"projet       {project.title} : {names(project.parties)}")
for theme in record.themes:
    print(f"thème        {' > '.join(theme.path)} ({theme.probability:.2f})")
