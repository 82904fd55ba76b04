"""Find entities in French text, with the values of sums and dates and the codes of places.

Shows the spaCy pipeline on two sentences, then the entities of a whole document
with the page each stands on.
"""

from pathlib import Path

import coopnlp
from coopnlp.api import annotate, entities

DOCUMENTS = Path(__file__).with_name("documents")
TEXT = (
    "Le 14 juin 2019, la Ville de Roanne et la MRC de Portneuf ont signé une entente de coopération. "
    "La Région Auvergne-Rhône-Alpes verse 12 500 € et le gouvernement du Québec 1,2 M$ pour la forêt."
)

nlp = coopnlp.load()
print(TEXT)
for ent in nlp(TEXT).ents:
    value = ent._.value.to_json() if ent._.value else ""
    print(f"  {ent.label_:<13}{ent.text:<42}{ent.kb_id_:<26}{value}")

extraction = coopnlp.extract(DOCUMENTS / "laureats-appel-2024.pdf")
found = entities(annotate(extraction), extraction)
print(f"\n{extraction.source.name} : {len(found)} entités, dont les collectivités")
for entity in found:
    if entity.label == "COLLECTIVITY":
        print(f"  page {entity.page}, caractère {entity.start:>5} : {entity.text:<46}{entity.kb_id or '(sans code)'}")
