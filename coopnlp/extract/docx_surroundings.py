"""What stands around the text of a Word file: headers and footers, comments, changes, pictures, objects."""

from __future__ import annotations

from collections import Counter
from typing import Any

from coopnlp.extract.builder import Builder, counted, tidy
from coopnlp.extract.docx_fields import drop_page_numbers
from coopnlp.extract.docx_styles import is_on, qualified
from coopnlp.extract.docx_text import Texts
from coopnlp.extract.opc import Package, note_damage

__all__ = ["first_page", "note_surroundings"]

_P = qualified("p")
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_VML_PICTURE = "{urn:schemas-microsoft-com:vml}imagedata"
_OLE = "{urn:schemas-microsoft-com:office:office}OLEObject"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_REFERENCE_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: Comments over this many are counted only.
_MAX_COMMENTS = 100


def first_page(package: Package, main: str, body: Any, kind: str) -> Any:
    """Return the header or footer (``kind``) of the first page alone, None where there is none.

    It stands in the document once, as a letterhead does, so it is no running head.
    """
    section = next(body.iter(qualified("sectPr")), None)
    if section is None or is_on(section.find(qualified("titlePg"))) is not True:
        return None
    for reference in section.iterchildren(qualified(f"{kind}Reference")):
        if reference.get(qualified("type")) == "first":
            root = package.xml(package.target(main, reference.get(_REFERENCE_ID, "")))
            if root is not None:
                drop_page_numbers(root)
            return root
    return None


def note_surroundings(builder: Builder, package: Package, main: str, body: Any, texts: Texts) -> None:
    """Say in notices what is not in the text, with its words where it has some."""
    _note_headers(builder, package, main, body, texts)
    roots = [body]
    for kind in ("footnotes", "endnotes"):
        roots += filter(lambda root: root is not None, map(package.xml, package.related(main, kind)))
    _note_changes(builder, roots)
    _note_comments(builder, package, main, texts)
    _note_objects(builder, roots)
    for key, message in (
        ("hidden", "Texte masqué, absent du texte : {}."),
        ("prompts", "Champs de formulaire non remplis, absents du texte : {}."),
        ("symbols", "Symboles de polices spéciales sans caractère connu, lus « • » : {}."),
    ):
        if count := texts.left_out[key]:
            what = counted(count, "mot", "mots") if key == "hidden" else str(count)
            builder.notice("left_out", message.format(what))
    note_damage(builder, package)


def _note_headers(builder: Builder, package: Package, main: str, body: Any, texts: Texts) -> None:
    once = {id(root) for kind in ("header", "footer") if (root := first_page(package, main, body, kind)) is not None}
    seen: set[str] = set()
    for kind in ("header", "footer"):
        for part in package.related(main, kind):
            root = package.xml(part)
            if root is None or id(root) in once:
                continue
            drop_page_numbers(root)
            lines = (texts.of(p) for p in root.iter(_P) if not _is_copy(p))
            text = tidy(" ".join(lines)).replace("\n", " ")
            if any(c.isalnum() for c in text) and text not in seen:
                seen.add(text)
                builder.notice("left_out", f"En-tête ou pied de page absent du texte : « {text} ».")


def _note_changes(builder: Builder, roots: list[Any]) -> None:
    count: Counter[str] = Counter()
    authors: Counter[str] = Counter()
    for root in roots:
        for tag, what in (("ins", "ins"), ("moveTo", "ins"), ("del", "del"), ("moveFrom", "del")):
            for change in root.iter(qualified(tag)):
                count[what] += 1
                author = change.get(qualified("author"))
                if author and author != "Unknown":  # what LibreOffice writes for old files
                    authors[author] += 1
    if count:
        by = f" (de {', '.join(name for name, _ in authors.most_common(5))})" if authors else ""
        builder.notice(
            "tracked_changes",
            "Modifications suivies lues comme acceptées : "
            f"{counted(count['ins'], 'ajout gardé', 'ajouts gardés')}, "
            f"{counted(count['del'], 'suppression', 'suppressions')}{by}.",
        )


def _note_comments(builder: Builder, package: Package, main: str, texts: Texts) -> None:
    comments = []
    for part in package.related(main, "comments"):
        root = package.xml(part)
        comments += [] if root is None else list(root.iterchildren(qualified("comment")))
    for comment in comments[:_MAX_COMMENTS]:
        text = tidy(" ".join(texts.of(p) for p in comment.iter(_P))).replace("\n", " ")
        author = comment.get(qualified("author")) or "sans nom"
        builder.notice("comment", f"Commentaire de {author}, absent du texte : « {text} ».")
    more = len(comments) - _MAX_COMMENTS
    if more > 0:
        what = counted(more, "autre commentaire", "autres commentaires")
        builder.notice("left_out", f"Absents du texte : {what}.")


def _note_objects(builder: Builder, roots: list[Any]) -> None:
    pictures = charts = 0
    objects: Counter[str] = Counter()
    for root in roots:
        for item in root.iter(_PICTURE, _VML_PICTURE, _CHART, _OLE):
            if _is_copy(item):
                continue
            if item.tag == _CHART:
                charts += 1
            elif item.tag == _OLE:
                objects[item.get("ProgID") or "inconnu"] += 1
            elif item.tag == _PICTURE or not any(up.tag == qualified("object") for up in item.iterancestors()):
                pictures += 1  # the picture of an object is that of the object
    if pictures:
        builder.notice("left_out", f"Sans lecture : {counted(pictures, 'image', 'images')}.")
    if charts:
        builder.notice("left_out", f"Sans lecture : {counted(charts, 'graphique', 'graphiques')}.")
    if objects:
        kinds = ", ".join(f"{name} ({number})" for name, number in sorted(objects.items()))
        builder.notice("left_out", f"Objets incorporés sans lecture, par programme : {kinds}.")


def _is_copy(item: Any) -> bool:
    """Tell whether an element stands in a copy kept for old programs, beside the one for new ones."""
    return any(
        up.tag == _FALLBACK and any(s.tag.endswith("}Choice") for s in up.itersiblings(preceding=True))
        for up in item.iterancestors()
    )
