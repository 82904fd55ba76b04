"""Put all example documents into a register, search it, show one document.

The register is an SQLite file in a temporary folder. A file that cannot be
read is a failure in the register, not the end of the run; reading the same
files again changes nothing.
"""

import tempfile
from pathlib import Path

import coopnlp
from coopnlp.types import Failure

DOCUMENTS = Path(__file__).with_name("documents")
paths = sorted(DOCUMENTS.iterdir())

with tempfile.TemporaryDirectory() as folder, coopnlp.Register(Path(folder) / "registre.db") as register:
    for outcome in coopnlp.process_all(paths):
        if isinstance(outcome, Failure):
            register.add_failure(outcome)
        else:
            register.add(outcome)
    stats = register.stats()
    print(f"{stats.documents} documents, {stats.failed} en échec")
    names = {"agreement": "accords", "partnership": "partenariats", "funding": "financements", "project": "projets"}
    print(", ".join(f"{stats.records[key]} {name}" for key, name in names.items()))

    print("\nRecherche « économie circulaire »")
    for hit in register.search("économie circulaire", limit=5):
        print(f"  {hit.source}, page {hit.page or '-'} : {' '.join(hit.snippet.split())[:100]}")

    print("\nFinancements de proces-verbal-vendome, avec la phrase qui porte la somme")
    entry = register.show("proces-verbal-vendome")
    sentences = {citation.n: citation for citation in entry.citations if citation.type == "funding"}
    for number, funding in enumerate(entry.record.fundings if entry.record else ()):
        sums = ", ".join(f"{a.value} {a.currency or ''}" for a in funding.amounts)
        cited = sentences.get(number)
        print(f"  {funding.funder.text}, {sums}, {funding.start or 'sans date'}")
        if cited:
            print(f"      page {cited.page} : {' '.join(cited.text.split())[:100]}")
