"""Make tei_subset.rng from tei_all.rng: the elements that exports use, the others not allowed.

A RELAX NG grammar has no negation: with fewer elements allowed it accepts fewer
documents, so that what the subset accepts is valid against ``tei_all`` too. The
whole schema is a megabyte, and libxml2 takes half a minute to read it.

    python tests/data/schemas/tei/trim_tei.py tei_all.rng tests/data/schemas/tei/tei_subset.rng
"""

from __future__ import annotations

import sys

from lxml import etree

RNG = "{http://relaxng.org/ns/structure/1.0}"
NAMES = """TEI ab appInfo application author availability bibl biblScope body catDesc catRef category classDecl date desc
div encodingDesc event extent fileDesc geo head idno item label language langUsage lb licence linkGrp link list
listBibl listEvent listOrg listPerson listPlace listRelation location measure measureGrp name note notesStmt num
org orgName p pb persName person place placeName profileDesc projectDesc publicationStmt publisher ref relation
resp respStmt seriesStmt sourceDesc span spanGrp standOff taxonomy teiHeader term text textClass title
titleStmt"""
KEPT = frozenset(NAMES.split())
ORIGIN = """
TEI P5, version 4.3.0 (31 August 2021, revision b4f72b1ff), tei_all.rng, without documentation and with the elements
that are not used here not allowed (trim_tei.py). TEI Consortium; available under CC BY and BSD-2: see README.md.
"""


def main(whole: str, subset: str) -> None:
    tree = etree.parse(whole)
    root = tree.getroot()
    for element in list(root.iter()):
        foreign = not isinstance(element.tag, str) or not element.tag.startswith(RNG)
        parent = element.getparent()
        if foreign and parent is not None and parent.tag.startswith(RNG):
            parent.remove(element)
    defined = {define.get("name"): define for define in root.iter(RNG + "define")}
    for define in defined.values():
        element = define.find(RNG + "element")
        if element is not None and element.get("name") not in KEPT:
            for child in list(define):
                define.remove(child)
            etree.SubElement(define, RNG + "notAllowed")
    reached: set[str] = set()
    waiting = [ref.get("name") for ref in root.find(RNG + "start").iter(RNG + "ref")]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [ref.get("name") for ref in defined[name].iter(RNG + "ref")]
    for name, define in defined.items():
        if name not in reached:
            define.getparent().remove(define)
    etree.indent(tree, " ")
    root.insert(0, etree.Comment(ORIGIN))
    tree.write(subset, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
