"""What surrounds the content of a web page: menus, banners, share buttons, comments, related links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coopnlp.extract.html_text import one_line

if TYPE_CHECKING:
    from coopnlp.extract.html_blocks import Piece

__all__ = ["mark_related", "prune"]

#: Parts of a page by element, role and class that are not its content (ARIA landmarks; names seen
#: in French public sites: SPIP, Drupal, WordPress, DSFR).
_CHROME_TAGS = {"nav": "navigation", "footer": "pied de page", "aside": "colonne latérale", "menu": "navigation"}
_CHROME_ROLES = {
    "navigation": "navigation", "banner": "bandeau", "contentinfo": "pied de page", "search": "recherche",
    "complementary": "colonne latérale", "dialog": "fenêtre", "alertdialog": "fenêtre", "menu": "navigation",
}  # fmt: skip
_CHROME_NAMES = (
    ("bandeau de cookies", r"cookies?|consent|rgpd|gdpr|tarteaucitron|axeptio|didomi"),
    ("boutons de partage", r"share|sharing|partage[rs]?|social|reseaux-sociaux|addthis|sharethis"),
    ("navigation", r"nav|navbar|navigation|menu|menus|breadcrumbs?|ariane|fil-ariane|skip|skiplinks?|evitement|"
                   r"pagination|pager|sommaire-site|haut-de-page"),
    ("pied de page", r"footer|pied|pieddepage|pied-de-page|bas-de-page|colophon"),
    ("colonne latérale", r"sidebar|widget|widgets|related|a-lire-aussi|encart-pub|publicite|pub|ads"),
    ("fenêtre", r"modal|popup|newsletter"),
)  # fmt: skip
_CHROME_CLASS = [(label, re.compile(rf"(?i)(?:^|[_ ]|-)(?:{names})(?:$|[_ ]|-)")) for label, names in _CHROME_NAMES]
#: What readers wrote below an article: named so, and headed so (« 2 commentaires », « Vos réactions »);
#: « commentaires » alone is also a field of records.
_COMMENTS = "commentaires de lecteurs"
_COMMENTS_CLASS = re.compile(r"(?i)(?:^|[_ ]|-)(?:comments?|commentaires?|comment-list|respond|reactions?)(?:$|[_ ]|-)")
_COMMENTS_HEAD = re.compile(
    r"(?i)\W*(?:(?:vos |les )?(?:\d+ )?(?:commentaires?|réactions?|avis)\b(?! (?:du|de la|de l)\b)"
    r"|(?:laisser|ajouter|poster|publier) (?:un|votre) commentaire|réagir)"
)
_MOST_COMMENTS = 0.9
#: Headings of links to other pages, as French news sites and town halls word them.
_RELATED = re.compile(
    r"(?i)\W*(?:(?:à|a) (?:lire|voir|découvrir|consulter) (?:aussi|également|sur)|(?:lire|voir) (?:aussi|également)"
    r"|(?:sur|dans) (?:le|la) même (?:sujet|thème|rubrique)|(?:nos )?(?:autres )?articles (?:liés|similaires|connexes"
    r"|récents|associés)|contenus? (?:liés?|associés?|similaires?)|(?:articles )?(?:les )?plus (?:lus|consultés)"
    r"|vous (?:aimerez|pourriez aimer)|plus d'articles)\b.{0,40}"
)

#: Control characters, which lxml reads from pages and refuses to write (XML 1.0, production 2).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def prune(root: Any) -> Counter[str]:
    """Remove what surrounds the content; return how many words of each kind went."""
    total = len(one_line(root).split())
    removed: Counter[str] = Counter()
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in ("html", "body", "main", "article", "head"):
            continue
        label = _chrome(element)
        parent = element.getparent()
        if label is None or parent is None or _is_gone(element, root):
            continue
        words = len(one_line(element).split())
        if (
            words > (_MOST_COMMENTS if label == _COMMENTS else 0.5) * total
            or next(element.iter("h1", "main"), None) is not None
        ):
            continue  # a wrapper with an unlucky name
        if element.tail:  # the text after it is its parent's
            before = element.getprevious()
            if before is None:
                parent.text = _ILLEGAL.sub("", (parent.text or "") + element.tail)
            else:
                before.tail = _ILLEGAL.sub("", (before.tail or "") + element.tail)
        parent.remove(element)
        removed[label] += words
    return removed


def _is_gone(element: Any, root: Any) -> bool:
    """Tell whether an element went with one above it."""
    top = element
    while top.getparent() is not None:
        top = top.getparent()
    return top is not root


def _chrome(element: Any) -> str | None:
    tag = element.tag
    if tag in _CHROME_TAGS:
        return _CHROME_TAGS[tag]
    role = (element.get("role") or "").lower()
    if role in _CHROME_ROLES:
        return _CHROME_ROLES[role]
    style = (element.get("style") or "").replace(" ", "").lower()
    if "display:none" in style or element.get("hidden") is not None:
        return "texte caché"
    if tag in ("td", "tr", "th", "tbody", "p", "a", "b", "strong", "em", "dd", "dt", "input"):
        return None
    names = f"{element.get('class') or ''} {element.get('id') or ''}".strip()
    if not names:
        return None
    if _COMMENTS_CLASS.search(names) and _COMMENTS_HEAD.match(one_line(element)[:80]):
        return _COMMENTS
    return next((label for label, pattern in _CHROME_CLASS if pattern.search(names)), None)


def mark_related(pieces: Sequence[Piece]) -> None:
    """Mark as menus the headings of links to other pages, with the links that follow them."""
    for at, piece in enumerate(pieces):
        if not _RELATED.match(piece.text):
            continue
        stop = at + 1
        while stop < len(pieces) and pieces[stop].linked > 0.8 and pieces[stop].kind != "heading":
            stop += 1
        if stop > at + 1 and _RELATED.fullmatch(piece.text):
            for link in pieces[at:stop]:
                link.menu = True
        elif piece.linked > 0.5:
            piece.menu = True
