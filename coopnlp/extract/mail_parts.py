"""The parts of a mail message: its headers decoded, its body, its attachments with names that can be paths.

Messages of thirty years break every rule: headers in windows-1252, charsets that
no program knows, attachments without names. The policy of the parser is therefore
the old one, which never fails, and what it gives raw is decoded here.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import mimetypes
import re
from collections import Counter
from dataclasses import dataclass
from html import unescape
from typing import Any

from coopnlp.errors import EncryptedFile, TooLarge, UnreadableFile
from coopnlp.extract.builder import tidy
from coopnlp.extract.decode import decode

__all__ = ["Attachment", "Message", "is_mail", "is_mailbox", "parse"]

_FIELD = re.compile(rb"(?m)^([A-Za-z][A-Za-z0-9-]*)[ \t]*:")
_BODY = re.compile(rb"\r?\n\r?\n")
#: Fields that tell a message from another text with « Name: value » lines; programs write the latter ones.
_FIELDS = {b"from", b"to", b"cc", b"date", b"subject", b"reply-to", b"sender", b"content-type"}
_WRITTEN_BY_PROGRAMS = {b"message-id", b"received", b"mime-version", b"return-path", b"delivered-to"}
_ENVELOPE = re.compile(rb"(?m)^From \S+.*\d{4}\s*$")
_MAILBOX = re.compile(rb"(?m)^From \S+.*\d{4}[ \t]*\r?\n[A-Za-z][A-Za-z0-9-]*:")
#: Parts and nesting that no mail program makes.
_MAX_PARTS = 2_000
_MAX_DEPTH = 50
_MAX_NAME = 150
_OPEN = "Open it in a mail program"
#: A text that lacks more than this share of the words of the HTML beside it is a remark (« open in a browser »), or
#: was made from it without its tables. Addresses of links, which only the text spells out, are no words of either.
_MAX_LACKING = 0.1
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"(?i)\b(?:https?|mailto|www\.)[^\s<>]+|\S+@\S+")
_TAG = re.compile(r"(?s)<(style|script|head)\b.*?</\1>|<[^>]*>")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels with a message; ``name`` is unique in it and has no separator of paths."""

    name: str
    part: Any

    def data(self) -> bytes:
        """Return the bytes of the file; of a message attached as such, the message."""
        if self.part.get_content_maintype() == "message" and self.part.is_multipart():
            return bytes(self.part.get_payload(0).as_bytes(unixfrom=False))
        return _bytes_of(self.part)


@dataclass(frozen=True, slots=True)
class Message:
    """A message: ``body`` is (bytes, charset, media type) of each part to read, in order."""

    headers: Any
    body: tuple[tuple[bytes, str | None, str], ...]
    attachments: tuple[Attachment, ...]
    #: Pictures that stand in the body.
    pictures: int
    #: Words of another form of the body (text beside HTML) that the one in ``body`` lacks.
    unread_words: int

    def header(self, name: str) -> str:
        """Return a header decoded, on one line; empty where there is none."""
        values = [_decoded(str(value)) for key, value in self.headers.raw_items() if key.lower() == name.lower()]
        return tidy(", ".join(values)).replace("\n", " ")


def is_mail(data: bytes, suffix: str) -> bool:
    """Tell whether the bytes are a message: its headers say so, more of them where the name does not."""
    head = _BODY.split(data[:65_536].lstrip(), maxsplit=1)[0]
    head = _ENVELOPE.sub(b"", head, count=1).lstrip(b"\r\n>")
    if not _FIELD.match(head):
        return False
    names = {name.lower() for name in _FIELD.findall(head)}
    if suffix == ".eml":
        return len(names & (_FIELDS | _WRITTEN_BY_PROGRAMS)) >= 2
    return b"from" in names and len(names & _FIELDS) >= 3 and bool(names & _WRITTEN_BY_PROGRAMS)


def is_mailbox(data: bytes) -> bool:
    """Tell whether the bytes are several messages, one after the other, as mail programs store folders."""
    return len(_MAILBOX.findall(data)) > 1


def parse(data: bytes, name: str) -> Message:
    """Take a message apart.

    Raises
    ------
    EncryptedFile
        Its content is encrypted (S/MIME, PGP).
    TooLarge
        It has over 2,000 parts.
    UnreadableFile
        Its parts are nested too deeply.
    """
    try:
        root = email.message_from_bytes(data)
        collector = _Collector(name)
        collector.visit(root)
    except (RecursionError, email.errors.MessageError, LookupError, TypeError, ValueError) as error:
        raise UnreadableFile(name, f"a damaged message ({error})", f"{_OPEN} and save it anew.") from error
    return Message(
        root, tuple(collector.body), tuple(collector.attachments()), collector.pictures, collector.unread_words
    )


class _Collector:
    """Sorts the parts of a message into body, attachments and pictures."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._files: list[Any] = []
        self._seen = 0
        self.body: list[tuple[bytes, str | None, str]] = []
        self.pictures = self.unread_words = 0

    def visit(self, part: Any, depth: int = 0, *, related: bool = False) -> None:
        self._seen += 1
        if self._seen > _MAX_PARTS or depth > _MAX_DEPTH:
            raise TooLarge(self._name, f"a message of over {_MAX_PARTS} parts", f"{_OPEN} to check it.")
        kind, main = part.get_content_type(), part.get_content_maintype()
        if kind == "multipart/encrypted" or (
            kind in ("application/pkcs7-mime", "application/x-pkcs7-mime")
            and str(part.get_param("smime-type", "enveloped-data")).lower() == "enveloped-data"
        ):
            raise EncryptedFile(self._name, "the message is encrypted", f"{_OPEN} and save it decrypted.")
        if main == "multipart" and part.is_multipart():
            children = part.get_payload()
            if kind == "multipart/alternative":
                self._alternative(children, depth)
            else:
                for child in children:
                    self.visit(child, depth + 1, related=related or kind == "multipart/related")
        elif main == "text" and kind in ("text/plain", "text/html") and not _is_file(part):
            data = _bytes_of(part)
            if data.strip():
                self.body.append((data, _charset(part), kind))
        elif main == "multipart":
            self.body.append((_bytes_of(part), None, "text/plain"))  # it says so and has no parts
        elif main == "image" and (related or part.get("Content-ID")) and part.get_content_disposition() != "attachment":
            self.pictures += 1
        else:
            self._files.append(part)

    def _alternative(self, children: list[Any], depth: int) -> None:
        """Take one of several forms of the same text, and the files of all of them."""
        forms: list[list[tuple[bytes, str | None, str]]] = []
        before = self.body
        for child in children:
            self.body = []
            self.visit(child, depth + 1)
            forms.append(self.body)
        self.body = before
        plain = next((form for form in forms if form and all(kind == "text/plain" for *_, kind in form)), None)
        html = next((form for form in forms if any(kind == "text/html" for *_, kind in form)), None)
        if plain is None or html is None:
            self.body += plain or html or []
            return
        of_plain, of_html = _words(plain), _words(html)
        lacking, more = (of_html - of_plain).total(), (of_plain - of_html).total()
        takes_html = lacking > max(more, _MAX_LACKING * of_html.total())
        self.body += html if takes_html else plain
        self.unread_words += more if takes_html else lacking

    def attachments(self) -> list[Attachment]:
        found: list[Attachment] = []
        taken: set[str] = set()
        for number, part in enumerate(self._files, 1):
            name = _file_name(part, number)
            stem, dot, suffix = name.rpartition(".")
            again = 1
            while name.casefold() in taken:
                again += 1
                name = f"{stem} ({again}){dot}{suffix}" if dot and stem else f"{suffix} ({again})"
            taken.add(name.casefold())
            found.append(Attachment(name, part))
        return found


def _is_file(part: Any) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _file_name(part: Any, number: int) -> str:
    """Return the name of an attachment without anything that could lead out of a folder."""
    given = _decoded(str(part.get_filename() or ""))
    name = re.sub(r"[\\/:\x00-\x1f\x7f]+", "_", tidy(given).replace("\n", " ")).strip(". ")[-_MAX_NAME:]
    if part.get_content_maintype() == "message":
        name = name or tidy(_decoded(str(_inner_subject(part))))[:80].replace("/", "_") or f"message {number}"
        return name if name.lower().endswith(".eml") else f"{name}.eml"
    return name or f"partie {number}{mimetypes.guess_extension(part.get_content_type()) or ''}"


def _inner_subject(part: Any) -> str:
    inner = part.get_payload(0) if part.is_multipart() else None
    return re.sub(r"[\\/:\s]+", " ", str(inner["Subject"] or "")) if isinstance(inner, email.message.Message) else ""


def _bytes_of(part: Any) -> bytes:
    data = part.get_payload(decode=True)
    if isinstance(data, bytes):
        return data
    text = part.get_payload()
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else b""


def _charset(part: Any) -> str | None:
    charset = part.get_param("charset")
    return charset if isinstance(charset, str) else None


def _words(form: list[tuple[bytes, str | None, str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for data, charset, kind in form:
        text = decode(data, charset)[0]
        plain = unescape(_TAG.sub(" ", text)) if kind == "text/html" else text
        found.update(_WORD.findall(_ADDRESS.sub(" ", plain).casefold()))
    return found


def _decoded(raw: str) -> str:
    """Return a header as a reader sees it: encoded words decoded, bytes without any encoding guessed."""
    raw = re.sub(r"\r?\n(?=[ \t])", "", raw)
    if any("\udc80" <= char <= "\udcff" for char in raw):
        raw = decode(raw.encode("utf-8", "surrogateescape"))[0]
    try:
        parts = email.header.decode_header(raw)
    except (email.errors.HeaderParseError, ValueError):
        return raw
    return "".join(decode(text, charset)[0] if isinstance(text, bytes) else text for text, charset in parts)
