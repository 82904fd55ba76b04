"""Packages of Office files (OPC, ECMA-376 part 2): parts, the relations between them, their XML.

Word, Excel and LibreOffice files come in kinds (templates, with macros, « strict »,
a main part of another name) that differ in this layer only; here they become one.
A damaged part that is not the main one costs that part, not the document.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from coopnlp.errors import EncryptedFile, TooLarge, UnreadableFile
from coopnlp.extract.builder import tidy
from coopnlp.extract.containers import ZIP_ERRORS

if TYPE_CHECKING:
    from coopnlp.extract.builder import Builder
    from coopnlp.types import Metadata

__all__ = ["Package", "note_damage", "properties"]

#: Unpacked size over which an Office file is a bomb: the largest reports looked at unpack to 60 MB,
#: most of it pictures.
_MAX_UNPACKED = 1_000_000_000
#: A part over this size makes a tree of over a gigabyte.
_MAX_XML = 150_000_000
#: Names of « strict » files (ISO 29500-1) and those that nearly all files have.
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_TRANSITIONAL = rb"http://schemas.openxmlformats.org/\1/2006/\2"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SAVE_ANEW = "Open it in Word or LibreOffice and save it anew."


class Package:
    """An open Office file.

    Parameters
    ----------
    name
        Name of the source, for messages.

    Raises
    ------
    UnreadableFile
        It is no ZIP archive, or a damaged one.
    TooLarge
        It unpacks to over 1 GB, or a part of it to over 150 MB.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        #: Parts that could not be read whole, for a notice.
        self.damaged: list[str] = []
        self._relations: dict[str, list[tuple[str, str, str]]] = {}
        self._roots: dict[str, Any] = {}
        try:
            self._archive = zipfile.ZipFile(BytesIO(data))
        except ZIP_ERRORS as error:
            raise UnreadableFile(name, f"a damaged Office file ({error})", "Get it anew from where it came.") from error
        infos = self._archive.infolist()
        xml = (info.file_size for info in infos if info.filename.endswith((".xml", ".rels")))
        if sum(info.file_size for info in infos) > _MAX_UNPACKED or max(xml, default=0) > _MAX_XML:
            raise TooLarge(name, "it unpacks to far more than a document holds", _SAVE_ANEW)
        self._infos = {_key(info.filename): info for info in infos}

    def main(self, default: str) -> str:
        """Return the part that the package is about; ``default`` where it does not say."""
        found = self.related("", "officeDocument")
        return next((part for part in found if _key(part) in self._infos), default)

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts that a part (``""``: the package) has relations of a kind to, e.g. ``footnotes``."""
        return [target for _, type_, target in self._of(part) if type_ == kind]

    def target(self, part: str, identifier: str) -> str | None:
        """Return the part that a relation of a part leads to; None for links out of the file."""
        return next((target for key, _, target in self._of(part) if key == identifier), None)

    def blob(self, part: str) -> bytes:
        """Return the bytes of a part.

        Raises
        ------
        UnreadableFile
            There is no such part, or it is damaged.
        EncryptedFile
            It needs a password.
        """
        info = self._infos.get(_key(part))
        if info is None:
            raise UnreadableFile(self.name, f"its part {part} is missing", _SAVE_ANEW)
        if info.flag_bits & 0x1:
            raise EncryptedFile(self.name, "opening it needs a password", "Save a copy without the password.")
        try:
            with self._archive.open(info) as stream:
                data = stream.read(_MAX_XML + 1)
        except ZIP_ERRORS as error:
            raise UnreadableFile(self.name, f"its part {part} is damaged ({error})", _SAVE_ANEW) from error
        if len(data) > _MAX_XML:
            raise TooLarge(self.name, "it unpacks to far more than a document holds", _SAVE_ANEW)
        return data

    def markup(self, part: str) -> bytes | None:
        """Return the XML of a part as bytes, under the names that nearly all files have; None where it has none."""
        try:
            data = _STRICT.sub(_TRANSITIONAL, self.blob(part))
        except UnreadableFile:
            self.damaged.append(part)
            return None
        if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
            # no program writes one (ECMA-376 part 2, 9.1.2 forbids it): entities are there to do harm
            self.damaged.append(part)
            return None
        return data

    def xml(self, part: str | None) -> Any:
        """Return the root element of a part, each time the same; None where the part is missing or no XML.

        Of a damaged part what can be read is returned and ``damaged`` names it.
        No entity is expanded and nothing outside the file is read.
        """
        if part is None or _key(part) not in self._infos:
            return None
        if part not in self._roots:
            self._roots[part] = self._parsed(part)
        return self._roots[part]

    def _parsed(self, part: str) -> Any:
        from lxml import etree

        data = self.markup(part)
        if data is None:
            return None
        try:
            return etree.fromstring(data, _parser(recover=False))
        except (etree.LxmlError, ValueError):
            self.damaged.append(part)
        try:
            return etree.fromstring(data, _parser(recover=True))
        except (etree.LxmlError, ValueError):
            return None

    def _of(self, part: str) -> list[tuple[str, str, str]]:
        if part not in self._relations:
            folder, name = posixpath.split(part)
            root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
            self._relations[part] = [
                (
                    relation.get("Id", ""),
                    relation.get("Type", "").rpartition("/")[2],
                    posixpath.normpath(
                        posixpath.join("/", folder, unquote(relation.get("Target", "").replace("\\", "/")))
                    ).lstrip("/"),
                )
                for relation in (() if root is None else root.iterchildren(_RELATIONSHIP))
                if relation.get("TargetMode") != "External"
            ]
        return self._relations[part]


def note_damage(builder: Builder, package: Package) -> None:
    """Say which parts could not be read whole.

    Raises
    ------
    UnreadableFile
        Nothing was read beside them.
    """
    if package.damaged:
        if not len(builder):
            raise UnreadableFile(package.name, f"its part {package.damaged[0]} is damaged", _SAVE_ANEW)
        parts = ", ".join(dict.fromkeys(package.damaged))
        builder.notice("damaged", f"Parties endommagées du fichier, lues en partie ou pas du tout : {parts}.")


def properties(package: Package) -> Metadata:
    """Return what the file says of itself in its core properties."""
    from coopnlp.types import Metadata

    root = package.xml(next(iter(package.related("", "core-properties")), None))
    values: dict[str, str] = {}
    for item in () if root is None else root:
        name = item.tag.rpartition("}")[2]
        values.setdefault(name, tidy(item.text or "").replace("\n", " "))
    language = re.match(r"[A-Za-z]{2}(?![A-Za-z])", values.get("language", ""))  # « fr-FR »: as other readers say it
    day = (values.get("created") or values.get("modified") or "")[:10]
    return Metadata(
        title=values.get("title") or None,
        author=values.get("creator") or None,
        language=language[0].lower() if language else None,
        date=day if _is_date(day) else None,
    )


def _is_date(text: str) -> bool:
    try:
        # the zeros of Windows and of ZIP archives
        return date.fromisoformat(text) not in (date(1601, 1, 1), date(1980, 1, 1))
    except ValueError:
        return False


def _key(part: str) -> str:
    """Return the name of a part as names are compared: without regard to case (ECMA-376 part 2, 6.2.2.3)."""
    return part.replace("\\", "/").lstrip("/").lower()


def _parser(*, recover: bool) -> Any:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, recover=recover
    )
