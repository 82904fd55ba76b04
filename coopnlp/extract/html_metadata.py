"""What a web page says about itself: title, date, author, language, publisher, address; and its JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from coopnlp.extract.builder import tidy
from coopnlp.extract.html_text import SILENT, flatten, one_line
from coopnlp.text import fold

if TYPE_CHECKING:
    from coopnlp.types import Metadata

__all__ = ["MAX_TRAFILATURA", "article_body", "page_metadata", "saved_from"]

#: trafilatura needs seconds for pages over this size (in characters), which are mostly tables of data.
MAX_TRAFILATURA = 3_000_000
#: Internet Explorer, Chrome and Firefox note in the first lines where a page was saved from.
_SAVED_FROM = re.compile(rb"(?i)<!--\s*saved from url=\(\d+\)(https?://[^\s<>\"']+)\s*-->")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
#: « Publié le 12 mars 1999 », « Mis en ligne le 03/11/2004 »; the day a page was last changed only in want of that.
_DAY = (
    r"\s*(?:par [^.,|]{1,40},? )?(?:le|:)\s*:?\s*(?:(?:lun|mar|mercre|jeu|vendre|same)di\s+|dimanche\s+)?"
    rf"(\d{{1,2}})(?:er)?(?:\s+({'|'.join(_MONTHS)})\s+|[/.](\d{{1,2}})[/.])(\d{{4}})\b"
)
_STATED_DATE = tuple(
    re.compile(rf"(?i)\b(?:{verbs}){_DAY}")
    for verbs in (r"publiée?|mise? en ligne|postée?|parue?|rédigée?", r"mise? à jour|modifiée?|modification")
)
_MAX_TITLE = 500
_BY = re.compile(r"(?i)^\s*(?:par|de|by|auteur|rédigé par|publié par)\s*:?\s+")
#: What stands between the title of a page and the name of its site.
_TITLE_MARK = re.compile(r"\s+[-–—•·»:]\s+|\s*\|\s*")
#: Paths of first pages, without their dots and slashes.
_HOMES = ("", "index.php", "index.html", "index.htm", "accueil", "fr")
_MAX_JSON = 2_000_000
_MAX_JSON_DEPTH = 12


def page_metadata(root: Any, markup: str, url: str | None) -> Metadata:
    """Return what a page says about itself: meta elements by trafilatura, the title, language and address ours.

    Parameters
    ----------
    url
        Where the page came from, to complete an address that is written short.
    """
    from lxml.etree import LxmlError

    from coopnlp.types import Metadata

    title = _title(root)
    author = date = publisher = None
    if len(markup) <= MAX_TRAFILATURA:
        from trafilatura.metadata import extract_metadata

        try:
            found = extract_metadata(markup, extensive=False)
        except (LxmlError, ValueError, TypeError, AttributeError, KeyError, IndexError):
            found = None
        if found is not None:
            title = title or found.title
            author = _BY.sub("", found.author or "").strip(" ,;:|»–-") or None
            publisher = found.sitename if _is_publisher(found.sitename, root, url) else None
            date = found.date
    if not (date and re.fullmatch(r"\d{4}-\d{2}-\d{2}", date) and _is_said(date, root, url)):
        date = _stated_date(root)
    return Metadata(
        title=tidy(title or "").replace("\n", " ") or None,
        author=tidy(author or "") or None,
        date=date,
        language=_language(root),
        publisher=tidy(publisher or "") or None,
        url=_address(root, url),
    )


def saved_from(data: bytes) -> str | None:
    """Return the address that a browser noted in a page it saved.

    >>> saved_from(b"<!-- saved from url=(0025)https://ville.example/pv/ -->")
    'https://ville.example/pv/'
    """
    match = _SAVED_FROM.search(data[:4096])
    return match[1].decode("ascii", "replace") if match else None


def article_body(root: Any) -> str | None:
    """Return the text of the article that a page carries as data (schema.org, JSON-LD), paragraphs apart."""
    for item in _linked_data(root):
        body = item.get("articleBody")
        kinds = item.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        if isinstance(body, str) and body.strip() and any("Article" in str(k) or k == "BlogPosting" for k in names):
            if "<" in body and re.search(r"</?(?:p|div|br|h\d)\b", body):
                from lxml import html

                body = "\n".join(
                    one_line(part) for part in html.fragments_fromstring(body) if not isinstance(part, str)
                )
            return body
    return None


def _linked_data(root: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of the JSON-LD of a page."""
    for script in root.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        text = script.text or ""
        if len(text) > _MAX_JSON:
            continue
        try:
            data = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from _objects(data, 0)


def _objects(data: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > _MAX_JSON_DEPTH:
        return
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from _objects(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _objects(value, depth + 1)


def _title(root: Any) -> str | None:
    """Return the title, cut at a dash or a bar where a heading of the page says that part: the rest is the site."""
    title = _first_text(root, ".//head/title")
    heads = [one_line(head) for head in root.iter("h1", "h2", "h3") if not _leads_home(head)]
    if not title:
        return next(filter(None, heads), None)
    named = {fold(head) for head in heads if head}
    if len(title) > _MAX_TITLE:
        return title[:_MAX_TITLE]
    parts = [title[: mark.start()] for mark in _TITLE_MARK.finditer(title)]
    parts += [title[mark.end() :] for mark in _TITLE_MARK.finditer(title)]
    return max((part for part in parts if fold(part) in named), key=len, default=title)


def _leads_home(head: Any) -> bool:
    """Tell whether a heading is the name of the site, as its link to the first page says."""
    link = next(head.iter("a"), None)
    return link is not None and urlsplit(link.get("href") or "").path.strip("./") in _HOMES


def _first_text(root: Any, path: str) -> str | None:
    element = root.find(path)
    return None if element is None else tidy(str(element.text_content())).replace("\n", " ") or None


def _body(root: Any) -> Any:
    body = root.find("body")
    return root if body is None else body


def _language(root: Any) -> str | None:
    stated = [root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), root.get("xml:lang")]
    for meta in root.iter("meta"):
        if (meta.get("http-equiv") or "").lower() == "content-language" or meta.get("property") == "og:locale":
            stated.append(meta.get("content"))
    for language in stated:
        code = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]|\s*$)", language or "")
        if code:
            return code[1][:2].lower()
    return None


def _address(root: Any, url: str | None) -> str | None:
    """Return the address that the page gives as its own, else where it came from."""
    links = [link.get("href") for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    links += [meta.get("content") for meta in root.iter("meta") if meta.get("property") == "og:url"]
    for link in links:
        try:
            full = str(urljoin(url or "", str(link or "").strip()))
            parts = urlsplit(full)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return full
    return url


def _is_publisher(name: str | None, root: Any, url: str | None) -> bool:
    """Tell whether a name is that of a site: trafilatura gives its host, or a piece of the title, in want of one."""
    if not name or re.search(r"\.(?:pdf|html?|php|docx?)$", name):
        return False
    host = urlsplit(_address(root, url) or "").hostname or ""
    return host.removeprefix("www.") != name.lower().removeprefix("www.")


def _is_said(date: str, root: Any, url: str | None) -> bool:
    """Tell whether a page says a date outside its links, which name other pages and files."""
    year, month, day = (int(part) for part in date.split("-"))
    said = [str(url or ""), _address(root, url) or ""]
    said += [str(meta.get("content") or "") for meta in root.iter("meta")]
    said += [str(time.get("datetime") or "") for time in root.iter("time")]
    said += [str(script.text or "") for script in root.iter("script") if "ld+json" in (script.get("type") or "")]
    said.append(_text_outside_links(_body(root)))
    name = _MONTHS[month - 1]
    forms = (
        rf"{year}[-/.]?0?{month}[-/.]?0?{day}(?!\d)",
        rf"\b0?{day}[-/.]0?{month}[-/.]{year}",
        rf"\b0?{day}(?:er)? (?:{name}|{name[:3]}\w*\.?) {year}",
    )
    return re.search(f"(?i){'|'.join(forms)}", "\n".join(said)) is not None


def _text_outside_links(root: Any) -> str:
    from lxml.etree import iterwalk

    parts: list[str] = []
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            parts.append(element.tail or "" if element is not root else "")
        elif element.tag == "a" or element.tag in SILENT:
            walk.skip_subtree()
        else:
            parts.append(element.text or "")
    return flatten(" ".join(parts))


def _stated_date(root: Any) -> str | None:
    """Return the date that a line of the page gives as its own, ISO 8601."""
    text = one_line(_body(root))
    for pattern in _STATED_DATE:
        match = pattern.search(text)
        if match is None:
            continue
        month = _MONTHS.index(match[2].lower()) + 1 if match[2] else int(match[3])
        if 1 <= month <= 12 and 1 <= int(match[1]) <= 31:
            return f"{match[4]}-{month:02}-{int(match[1]):02}"
    return None
