"""What surrounds the content of a web page: menus, banners, share buttons, comments, related links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from coopnlp.extract.html_text import HEADINGS, one_line, words_in

if TYPE_CHECKING:
    from coopnlp.extract.html_blocks import Piece

__all__ = ["PAYWALL", "mark_related", "phrase_label", "prune"]

#: Parts of a page by element, role and class that are not its content (ARIA landmarks; names seen
#: in French public sites and in what they are made with: SPIP, Drupal, WordPress, Joomla, DSFR, phpBB,
#: MediaWiki, and the makers of cookie banners).
_CHROME_TAGS = {"nav": "navigation", "footer": "pied de page", "aside": "colonne latérale", "menu": "navigation"}
_CHROME_ROLES = {
    "navigation": "navigation", "banner": "bandeau", "contentinfo": "pied de page", "search": "recherche",
    "complementary": "colonne latérale", "dialog": "fenêtre", "alertdialog": "fenêtre", "menu": "navigation",
    "menubar": "navigation", "toolbar": "navigation",
}  # fmt: skip
_COOKIES = "bandeau de cookies"
#: Notices say of these that the rest of the article is for subscribers.
PAYWALL = "appel à s'abonner"
_CHROME_NAMES = (
    (_COOKIES, r"cookies?\w*|consent\w*|rgpd|gdpr|tarteaucitron\w*|axeptio|didomi|onetrust|cybot\w*|usercentrics|"
               r"cmp\w{0,9}|cc-window|cc-banner|orejime"),
    ("boutons de partage", r"share|sharing|partage[rs]?|social|reseaux-?sociaux|addthis|sharethis|a2a|addtoany"),
    ("navigation", r"nav|navbar|navlinks?|linklist|navigation|menus?|menu[-_]?(?:haut|bas|gauche|droite?|principal)|"
                   r"megamenu|breadcrumbs?|ariane|fil-ariane|filariane|skip|skip-?links?|evitement|pagination|pager|"
                   r"sommaire-site|haut-de-page|top-?bar|toolbar|find-?bar|prev-next|toc|editsection|cat-?links|"
                   r"jump-to-nav|no-?print|d-print-none|hidden-print"),
    ("pied de page", r"footer|pied|pieddepage|pied-de-page|bas-de-page|colophon|copyrights?|printfooter"),
    ("colonne latérale", r"sidebar|side-bar|widgets?|related|a-lire-aussi|encart-pub|publicite|pub|ads|site-?notice"),
    ("fenêtre", r"modale?|pop-?up|newsletter|satisfaction|feedback"),
    (PAYWALL, r"paywall|regwall|pay-wall"),
)  # fmt: skip
_CHROME_CLASS = [(label, re.compile(rf"(?i)(?:^|[_ ]|-)(?:{names})(?:$|[_ ]|-)")) for label, names in _CHROME_NAMES]
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
#: What readers wrote below an article: named so, and headed so (« 2 commentaires », « Vos réactions »);
#: « commentaires » alone is also a field of records.
_COMMENTS = "commentaires de lecteurs"
_COMMENTS_CLASS = re.compile(r"(?i)(?:^|[_ ]|-)(?:comments?|commentaires?|comment-list|respond|reactions?)(?:$|[_ ]|-)")
_COMMENTS_HEAD = re.compile(
    r"(?i)\W*(?:(?:vos |les )?(?:\d+ )?(?:commentaires?|réactions?|avis)\b(?! (?:du|de la|de l)\b)"
    r"|(?:laisser|ajouter|poster|publier) (?:un|votre) commentaire|réagir)"
)
_MOST_COMMENTS = 0.9
_HIDDEN = "texte caché"
_HIDDEN_CLASS = re.compile(r"(?:^| )(?:hidden|d-none|display-none|hide)(?:$| )")
#: Hidden on telephones, shown on screens (Bootstrap, Tailwind).
_WIDE_CLASS = re.compile(r"(?:^| )(?:d-(?:sm|md|lg|xl|xxl)-|(?:sm|md|lg|xl|2xl):)")
#: A part that a click opens (accordions, tabs) is content; other hidden text is, from a sentence on.
_HIDDEN_WORDS = 15
#: Headings of links to other pages, as French news sites and town halls word them.
_RELATED = re.compile(
    r"(?i)\W*(?:(?:à|a) (?:lire|voir|découvrir|consulter) (?:aussi|également|sur)|(?:lire|voir) (?:aussi|également)"
    r"|(?:sur|dans) (?:le|la) même (?:sujet|thème|rubrique)|(?:nos )?(?:autres )?(?:articles|projets|actualités|"
    r"dossiers|évènements|événements|pages) (?:liée?s|similaires|connexes|récente?s|associée?s)"
    r"|contenus? (?:liés?|associés?|similaires?)|(?:articles )?(?:les )?plus (?:lus|consultés)"
    r"|(?:les )?autres (?:lecteurs|internautes) ont (?:aussi|également) (?:lu|aimé)"
    r"|vous (?:aimerez|pourriez aimer)|plus d'articles)\b.{0,40}"
)
#: What sites write of themselves and not of their subject, by its first words; of a line that long at most.
_PHRASES = (
    (_COOKIES, (
        r"(?:ce|notre) site (?:utilise|dépose) des (?:cookies|traceurs)",
        r"nous (?:et nos \d* ?partenaires )?(?:utilisons|déposons) des (?:cookies|traceurs)",
        r"nos \d* ?partenaires et nous utilisons des cookies",
    )),
    (PAYWALL, (
        r"il vous reste \d+([.,]\d+)? ?% de cet article", r"(?:(?:cet )?(?:article|contenu) (?:est )?)?réservée? "
        r"(?:aux|à nos) abonnés", r"la suite (?:de cet article )?est réservée aux abonnés", r"déjà abonné",
        r"pour lire la suite,? abonnez-vous",
        r"abonnez-vous (?:pour (?:lire|accéder|continuer|découvrir)|dès \d|à partir de \d)",
        r"pour lire la suite,? (?:connectez|identifiez)-vous",
    )),
    ("écran de l'application", (
        r"(?:vous devez|veuillez|merci d) ?'?activer (?:le )?javascript", r"you need to enable javascript",
        r"chargement(?: en cours)? ?(?:…|\.\.\.|$)", r"loading ?(?:…|\.\.\.|$)", r"javascript (?:est|is) (?:dés|dis)",
    )),
    ("navigation", (
        r"vous êtes ici\b", r"qui est en ligne", r"(?:nous avons|il y a) \d+ (?:invités?|visiteurs?)\b.{0,40}en ligne",
        r"utilisateurs? parcourant (?:actuellement )?ce",
    )),
    ("fenêtre", (r"cette page vous a-t-elle (?:été )?utile", r"avez-vous trouvé (?:cette page utile|ce que vous)")),
    ("boutons de partage", (
        r"partager (?:cette page|cet article|la page|sur (?:facebook|twitter|x|linkedin|whatsapp|les réseaux))\b",
        r"imprimer cette page", r"envoyer à un ami",
    )),
)  # fmt: skip
_PHRASE = [(label, re.compile(rf"(?i)\W*(?:{'|'.join(phrases)})")) for label, phrases in _PHRASES]
_MAX_PHRASE = 240

#: Control characters, which lxml reads from pages and refuses to write (XML 1.0, production 2).
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def prune(root: Any) -> Counter[str]:
    """Remove what surrounds the content; return how many words of each kind went.

    Buttons that are headings, or that open a part of the page, become text.
    """
    opened = _show_buttons(root)
    total = words_in(one_line(root))
    removed: Counter[str] = Counter()
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in ("html", "body", "main", "article", "head"):
            continue
        label = _chrome(element, opened)
        parent = element.getparent()
        if label is None or parent is None or _is_gone(element, root):
            continue
        words = words_in(one_line(element))
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


def _show_buttons(root: Any) -> set[str]:
    """Turn the buttons of accordions and tabs into text; return the identifiers of the parts that they open."""
    opened = set()
    parts = {name: e for e in root.iter() if isinstance(e.tag, str) and (name := e.get("id"))}
    for button in list(root.iter("button", "a", "summary")):
        target = next(filter(None, map(button.get, ("aria-controls", "data-target", "data-bs-target"))), "").lstrip("#")
        if target:
            opened.add(target)
        if button.tag != "button":
            continue
        if any(above.tag in HEADINGS or above.tag == "summary" for above in button.iterancestors()):
            button.tag = "span"
        elif target and button.get("aria-haspopup") is None:
            part = parts.pop(target, None)
            if part is not None and _prose_words(part) >= _HIDDEN_WORDS:
                button.tag = "p"
    return opened


def _prose_words(element: Any) -> int:
    return words_in(one_line(element)) - sum(words_in(one_line(link)) for link in element.iter("a"))


def _is_gone(element: Any, root: Any) -> bool:
    """Tell whether an element went with one above it."""
    top = element
    while top.getparent() is not None:
        top = top.getparent()
    return top is not root


def _chrome(element: Any, opened: set[str]) -> str | None:
    tag = element.tag
    if tag in _CHROME_TAGS and not (tag == "aside" and _is_box(element)):
        return _CHROME_TAGS[tag]
    role = (element.get("role") or "").lower()
    if role in _CHROME_ROLES:
        return _CHROME_ROLES[role]
    if tag == "form" and any((field.get("type") or "").lower() == "password" for field in element.iter("input")):
        return "formulaire de connexion"
    if tag in ("td", "tr", "th", "tbody", "p", "a", "b", "strong", "em", "dd", "dt", "input"):
        return _HIDDEN if _is_hidden(element, "") and not _is_opened(element, opened) else None
    classes = element.get("class") or ""
    names = _HUMP.sub("-", f"{classes} {element.get('id') or ''}".strip())
    if names:
        if _COMMENTS_CLASS.search(names) and _COMMENTS_HEAD.match(one_line(element)[:80]):
            return _COMMENTS
        found = next((label for label, pattern in _CHROME_CLASS if pattern.search(names)), None)
        if found is not None:
            return found
    return _HIDDEN if _is_hidden(element, classes) and not _is_opened(element, opened) else None


def _is_box(element: Any) -> bool:
    """Tell whether an aside is a box of an article: in it, and more prose than links."""
    if not any(above.tag in ("article", "main") for above in element.iterancestors()):
        return False
    prose = _prose_words(element)
    return prose >= _HIDDEN_WORDS and 2 * prose > words_in(one_line(element))


def _is_hidden(element: Any, classes: str) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    if "display:none" in style or element.get("hidden") is not None:
        return True
    return _HIDDEN_CLASS.search(classes) is not None and not _WIDE_CLASS.search(classes)


def _is_opened(element: Any, opened: set[str]) -> bool:
    """Tell whether a hidden part is one that a reader opens, or prose that scripts would show."""
    if element.get("id") in opened or (element.get("role") or "").lower() == "tabpanel":
        return bool(one_line(element))
    return _prose_words(element) >= _HIDDEN_WORDS


def phrase_label(text: str) -> str | None:
    """Return what a line is of that the site writes of itself: a cookie banner, a call to subscribe.

    >>> phrase_label("Il vous reste 71.4% de cet article à lire.")
    "appel à s'abonner"
    >>> phrase_label("Le conseil se réserve la suite.") is None
    True
    """
    if len(text) > _MAX_PHRASE:
        return None
    return next((label for label, pattern in _PHRASE if pattern.match(text)), None)


def mark_related(pieces: Sequence[Piece]) -> None:
    """Mark as menus the headings of links to other pages, with the links that follow them."""
    for at, piece in enumerate(pieces):
        if piece.menu or not _RELATED.match(piece.text):
            continue
        stop = at + 1
        while stop < len(pieces) and pieces[stop].linked > 0.8:
            stop += 1
        if stop > at + 1 and _RELATED.fullmatch(piece.text):
            for link in pieces[at:stop]:
                link.menu = True
        elif piece.linked > 0.5:
            piece.menu = True
