"""Read files of several formats into text and blocks.

Shows the blocks in reading order with their kind and page, a table cell by
cell, and the notices that say what was left out: menus, running heads, page
numbers. No model is loaded.
"""

from collections import Counter
from pathlib import Path

import coopnlp

DOCUMENTS = Path(__file__).with_name("documents")
NAMES = ["proces-verbal-vendome.pdf", "convention-fecamp-matane.docx", "presse-bourgogne-chaudiere.html"]

for name in NAMES:
    extraction = coopnlp.extract(DOCUMENTS / name)
    kinds = Counter(block.kind for block in extraction.blocks)
    print(f"{name} : {len(extraction.text)} caractères")
    print(f"  titre : {extraction.metadata.title}")
    print("  blocs : " + ", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))
    for notice in extraction.notices:
        print(f"  à savoir : {notice.message}")

    # A table keeps its grid: every cell is a span of the text.
    table = next((block for block in extraction.blocks if block.kind == "table"), None)
    if table is not None:
        where = f", page {table.page}" if table.page else ""
        print(f"  premier tableau{where} :")
        for cell in table.cells[:10]:
            print(f"    ligne {cell.row}, colonne {cell.column} : {extraction.text[cell.start : cell.end]}")
    print()
