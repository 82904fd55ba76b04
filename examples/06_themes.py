"""Put the proposals of a spreadsheet on the themes of the atlas, and say which words decided.

Each proposal gets a primary path, as deep as its words support, then further
themes. A row that no theme fits is abstained from, not forced into one.
"""

import csv
from pathlib import Path

import coopnlp

DOCUMENTS = Path(__file__).with_name("documents")

with (DOCUMENTS / "propositions.csv").open(encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file, delimiter=";"))
texts = [f"{row['titre']}. {row['description']}" for row in rows]

for row, themes in zip(rows, coopnlp.classify(texts, top=2, explain=True), strict=True):
    print(f"{row['id']}  {row['titre']}")
    if themes.abstained:
        print("       aucun thème retenu")
    for assignment in themes.themes:
        print(f"  {assignment.probability:.2f} {' > '.join(assignment.path)}")
    if themes.themes:
        print("       mots : " + ", ".join(word for word, _ in themes.themes[0].terms[:5]))
