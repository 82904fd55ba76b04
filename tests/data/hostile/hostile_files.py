"""Files made to break readers, each with what must become of it.

Nothing here is stored: ``CASES`` makes each file when a test asks for it, the large
ones too. ``python hostile_files.py FOLDER [NAME...]`` writes them to look at. A
case ends in one of the errors it names, or, where it names a text, in that text.
"""

from __future__ import annotations

import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

TEXT = "La Ville de Foix et la MRC de Coaticook signent une convention de partenariat."
#: Over the limit on one source (200 MB).
OVER = 210_000_000


@dataclass(frozen=True)
class Case:
    """A hostile file. ``errors`` may be empty: then it must be read. ``text`` must be in what was read."""

    name: str
    make: Callable[[], bytes]
    errors: tuple[str, ...] = ()
    text: str = ""
    office: bool = False  # goes through LibreOffice


CASES: dict[str, Case] = {}
_Make = Callable[[], bytes]


def case(name: str, *errors: str, text: str = "", office: bool = False) -> Callable[[_Make], _Make]:
    """Enter a file into ``CASES`` under its name."""

    def enter(make: _Make) -> _Make:
        CASES[name] = Case(name, make, errors, text, office)
        return make

    return enter


def zipped(members: dict[str, bytes], level: int = 6) -> bytes:
    """Return a ZIP archive."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


# ZIP archives


@case("plate.zip", "TooLarge")
def flat_bomb() -> bytes:
    """One member of zeros over the limit."""
    return zipped({"notes.txt": bytes(OVER)}, 1)


@case("menteuse.zip", "UnreadableFile", "TooLarge")
def lying_bomb() -> bytes:
    """The directory says 100 bytes where there are 210 million."""
    data = zipped({"notes.txt": bytes(OVER)}, 1)
    return data.replace(struct.pack("<L", OVER), struct.pack("<L", 100))


@case("imbriquee.zip", "UnknownFormat", "TooLarge")
def nested_bomb() -> bytes:
    """Ten archives in each of ten archives, six deep, the innermost full of zeros."""
    data = zipped({"zero.txt": bytes(20_000_000)}, 9)
    for depth in range(6):
        data = zipped({f"{depth}-{n}.zip": data for n in range(10)}, 9)
    return data


@case("soi.zip", "UnknownFormat")
def like_itself() -> bytes:
    """An archive whose only member has its name, twelve times over, as one that holds itself would go on."""
    data = b""
    for _ in range(12):
        data = zipped({"soi.zip": data}, 9)
    return data


@case("foule.zip", "TooLarge")
def many_members() -> bytes:
    """Seventy thousand members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(70_000):
            archive.writestr(f"{n}.txt", b"x")
    return out.getvalue()


@case("recouvrements.zip", "TooLarge")
def overlapping_bomb() -> bytes:
    """Sixty members that share the bytes of one (« quoted overlap », D. Fifield, A better zip bomb, 2019)."""
    kernel = bytes(150_000_000)
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = deflate.compress(kernel) + deflate.flush()
    crc, size = zlib.crc32(kernel), len(kernel)
    names = [f"{n:03}.txt".encode() for n in range(60)]
    heads: list[bytes] = []  # last member first
    entries = []
    packed = b""
    for name in reversed(names):
        if heads:
            quoted = heads[-1]
            stored = struct.pack("<BHH", 0, len(quoted), len(quoted) ^ 0xFFFF)
            crc = zlib.crc32(packed_content := quoted + b"", 0)
            crc = _crc_join(crc, entries[-1][1], entries[-1][2])
            size += len(packed_content)
            packed = stored + quoted + packed
        length = len(packed) + len(body)
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 33, crc, length, size, len(name), 0) + name
        heads.append(head)
        entries.append((name, crc, size, length))
    start = 0
    archive = heads[-1] + packed + body
    directory = b""
    for (name, crc, size, length), head in zip(reversed(entries), reversed(heads), strict=True):
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 33, crc, length, size, len(name), 0, 0, 0, 0, 0, start
        )
        directory += name
        start += len(head) + 5  # the header of the stored block that quotes the next one
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(names), len(names), len(directory), len(archive), 0)
    return archive + directory + end


def _crc_join(first: int, second: int, length: int) -> int:
    """Return the CRC-32 of two runs of bytes from theirs and the length of the second."""
    # CRC is linear over GF(2): the first is moved on by `length` zero bytes
    matrix = [0xEDB88320, *(1 << n for n in range(31))]
    power = _square(_square(_square(matrix)))  # one zero byte
    while length:
        if length & 1:
            first = _times(power, first)
        length >>= 1
        power = _square(power)
    return first ^ second


def _times(matrix: list[int], vector: int) -> int:
    total = 0
    for row in matrix:
        if vector & 1:
            total ^= row
        vector >>= 1
    return total


def _square(matrix: list[int]) -> list[int]:
    return [_times(matrix, row) for row in matrix]


# Office files

_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha ha ha ha ha ">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"


def docx(document: str | bytes, level: int = 6) -> bytes:
    """Return a Word file of one part."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
                f'.relationships+xml"/><Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
                'Target="word/document.xml"/></Relationships>'
            ).encode(),
            "word/document.xml": document.encode() if isinstance(document, str) else document,
        },
        level,
    )


def paragraphs(*texts: str, before: str = "") -> str:
    """Return the document of a Word file."""
    inside = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)
    return f"<?xml version='1.0'?>{before}<w:document {_W}><w:body>{inside}</w:body></w:document>"


def xlsx(sheet: str | bytes, shared: str | bytes = "", level: int = 6) -> bytes:
    """Return a workbook of one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    as_bytes = [part.encode() if isinstance(part, str) else part for part in (sheet, shared)]
    return zipped(
        {
            "[Content_Types].xml": (
                f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
                f'.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
                f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
                f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>'
            ).encode(),
            "_rels/.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/officeDocument" '
                'Target="xl/workbook.xml"/></Relationships>'
            ).encode(),
            "xl/workbook.xml": (
                f'<workbook xmlns="{main}" xmlns:r="{_OFFICE}"><sheets><sheet name="F" sheetId="1" r:id="r1"/>'
                "</sheets></workbook>"
            ).encode(),
            "xl/_rels/workbook.xml.rels": (
                f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" Type="{_OFFICE}/worksheet" '
                f'Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{_OFFICE}/sharedStrings" '
                'Target="sharedStrings.xml"/></Relationships>'
            ).encode(),
            "xl/worksheets/sheet1.xml": as_bytes[0],
            "xl/sharedStrings.xml": as_bytes[1] or f'<sst xmlns="{main}"/>'.encode(),
        },
        level,
    )


def sheet(rows: str, before: str = "", dimension: str = "A1:B2") -> str:
    """Return a sheet of a workbook."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{main}"><dimension ref="{dimension}"/>'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def cell(place: str, text: str) -> str:
    """Return a cell with a text of its own."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def odt(content: str | bytes, level: int = 6) -> bytes:
    """Return an OpenDocument text."""
    mime = b"application/vnd.oasis.opendocument.text"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime.decode()}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    inside = content.encode() if isinstance(content, str) else content
    return zipped({"mimetype": mime, "META-INF/manifest.xml": manifest.encode(), "content.xml": inside}, level)


def odt_text(text: str, before: str = "") -> str:
    """Return the content of an OpenDocument text."""
    names = "urn:oasis:names:tc:opendocument:xmlns"
    return (
        f'<?xml version="1.0"?>{before}<office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:text="{names}:text:1.0" office:version="1.2"><office:body><office:text><text:p>{text}</text:p>'
        "</office:text></office:body></office:document-content>"
    )


@case("rires.docx", "UnreadableFile", "NoText", "TooLarge")
def docx_laughs() -> bytes:
    """Billion laughs: entities of entities."""
    return docx(paragraphs("&i;", before=_LAUGHS))


@case("dehors.docx", "UnreadableFile", text=TEXT)
def docx_outside() -> bytes:
    """An entity that names a file of the machine: its content must not be in the text."""
    return docx(paragraphs(TEXT, "&i;", before=_OUTSIDE))


@case("bombe.docx", "TooLarge")
def docx_bomb() -> bytes:
    """A document part of 400 MB of blanks."""
    start, end = paragraphs(TEXT).split("</w:body>")
    return docx(start.encode() + b" " * 400_000_000 + b"</w:body>" + end.encode(), 1)


@case("profond.docx", "UnreadableFile", "TooLarge")
def docx_deep() -> bytes:
    """A hundred thousand content controls, one in the other."""
    depth = 100_000
    return docx(
        paragraphs(TEXT).replace("<w:p>", "<w:sdt>" * depth + "<w:p>").replace("</w:p>", "</w:p>" + "</w:sdt>" * depth)
    )


@case("emboite.docx", "UnreadableFile", "TooLarge", text=TEXT)
def docx_tables_in_tables() -> bytes:
    """Tables in cells of tables, sixty deep: libxml2 takes 256 levels."""
    depth = 60
    inner = f"<w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p>"
    for _ in range(depth):
        inner = f"<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
    return docx(paragraphs().replace("<w:body>", "<w:body>" + inner))


@case("colonnes.docx", "UnreadableFile", text=TEXT)
def docx_wide_span() -> bytes:
    """A cell that spans two thousand million columns, after as many that are left out."""
    inner = (
        '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="2000000000"/></w:trPr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/>'
        f"</w:tcPr><w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    )
    return docx(paragraphs().replace("<w:body>", "<w:body>" + inner))


@case("rires.xlsx", "UnreadableFile", "NoText", "TooLarge")
def xlsx_laughs() -> bytes:
    """Billion laughs in a cell."""
    return xlsx(sheet(f'<row r="1">{cell("A1", "&i;")}</row>', _LAUGHS))


@case("dehors.xlsx", "UnreadableFile", "NoText", text=TEXT)
def xlsx_outside() -> bytes:
    """A cell that names a file of the machine."""
    return xlsx(sheet(f'<row r="1">{cell("A1", TEXT)}{cell("B1", "&i;")}</row>', _OUTSIDE))


@case("bombe.xlsx", "TooLarge")
def xlsx_bomb() -> bytes:
    """Shared strings of 1.2 GB."""
    return xlsx(sheet(f'<row r="1">{cell("A1", TEXT)}</row>'), b"<sst>" + b" " * 1_200_000_000, 1)


@case("etendue.xlsx", "TooLarge", "TimedOut", text=TEXT)
def xlsx_vast() -> bytes:
    """A cell in the last corner of the sheet: 17 thousand million empty ones before it."""
    rows = f'<row r="1">{cell("A1", TEXT)}</row><row r="1048576">{cell("XFD1048576", "fin")}</row>'
    return xlsx(sheet(rows, dimension="A1:XFD1048576"))


@case("large.xlsx", "TimedOut", "TooLarge", text=TEXT)
def xlsx_wide_rows() -> bytes:
    """Twenty thousand rows with a text in the last of 16,384 columns."""
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", TEXT)}{cell(f"XFD{n}", "x")}</row>' for n in range(1, 20_001))
    return xlsx(sheet(rows, dimension="A1:XFD20000"))


@case("rires.odt", "UnreadableFile", "NoText", "TooLarge", office=True)
def odt_laughs() -> bytes:
    """Billion laughs in an OpenDocument text."""
    return odt(odt_text("&i;", _LAUGHS))


@case("bombe.odt", "TooLarge", "UnreadableFile", office=True)
def odt_bomb() -> bytes:
    """A content part of 1.2 GB of blanks."""
    return odt(b"<x>" + b" " * 1_200_000_000 + b"</x>", 1)


@case("dehors.odt", "UnreadableFile", "NoText", text=TEXT, office=True)
def odt_outside() -> bytes:
    """A text that names a file of the machine."""
    return odt(odt_text(f"{TEXT} &i;", _OUTSIDE))


# PDF


def pdf(objects: dict[int, bytes], root: int = 1, *, broken: bool = False, size: int | None = None) -> bytes:
    """Return a PDF of the objects; with ``broken`` its table says wrong places."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place + (7 if broken else 0))
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size or max(objects) + 1,
        root,
        start + (1000 if broken else 0),
    )
    return bytes(out)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    """Return a stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
_SHOW = b"BT /F1 12 Tf 50 700 Td (%s) Tj ET" % TEXT.encode("cp1252")


def one_page(
    content: bytes = stream(_SHOW), page: bytes = b"", more: dict[int, bytes] | None = None
) -> dict[int, bytes]:
    """Return the objects of a PDF of one page: catalog, pages, page, content, font."""
    box = b"" if b"/MediaBox" in page else b"/MediaBox [0 0 595 842]"
    resources = b"" if b"/Resources" in page else b"/Resources << /Font << /F1 5 0 R >> >>"
    return {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R %s %s /Contents 4 0 R %s >>" % (box, resources, page),
        4: content,
        5: _FONT,
        **(more or {}),
    }


@case("10000-pages.pdf", "TooLarge", "TimedOut", text=TEXT)
def pdf_many_pages() -> bytes:
    """Ten thousand pages that share one content."""
    kids = b" ".join(b"%d 0 R" % n for n in range(10, 10_010))
    pages = dict.fromkeys(
        range(10, 10010),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>",
    )
    return pdf({**one_page(), 2: b"<< /Type /Pages /Kids [%s] /Count 10000 >>" % kids, **pages})


@case("compte-faux.pdf", "UnreadableFile", "TooLarge", "TimedOut", "NoText", text=TEXT)
def pdf_false_count() -> bytes:
    """One page that says it is two thousand million."""
    return pdf({**one_page(), 2: b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>"})


@case("page-immense.pdf", "NoText", "UnreadableFile", text=TEXT)
def pdf_huge_box() -> bytes:
    """A page of a thousand million points each way."""
    return pdf(one_page(page=b"/MediaBox [0 0 1000000000 1000000000]"))


@case("image-immense.pdf", "NoText", "TooLarge", "UnreadableFile")
def pdf_huge_image() -> bytes:
    """A page of a kilometre each way that is one picture, for OCR to render."""
    image = stream(
        b"\0", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    page = b"/MediaBox [0 0 2834645 2834645] /Resources << /XObject << /X 6 0 R >> >>"
    return pdf(one_page(stream(b"q 2834645 0 0 2834645 0 0 cm /X Do Q"), page, {6: image}))


@case("image-declaree.pdf", "NoText", "TooLarge", "UnreadableFile")
def pdf_declared_image() -> bytes:
    """A picture that says it is of 60,000 by 60,000 pixels, of which there are none."""
    image = stream(
        zlib.compress(bytes(1000)),
        b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Filter /FlateDecode",
    )
    page = b"/Resources << /XObject << /X 6 0 R >> >>"
    return pdf(one_page(stream(b"q 595 0 0 842 0 0 cm /X Do Q"), page, {6: image}))


@case("profond.pdf", "UnreadableFile", "NoText", text=TEXT)
def pdf_deep() -> bytes:
    """Arrays and dictionaries nested two hundred thousand deep in a page and in its content."""
    deep = b"[" * 200_000 + b"]" * 200_000
    return pdf(one_page(stream(deep + _SHOW), b"/Deep " + deep + b" /D2 " + b"<< /a " * 200_000 + b">>" * 200_000))


@case("cycle.pdf", "UnreadableFile", "NoText", text=TEXT)
def pdf_cycle() -> bytes:
    """Pages that are their own children and parents."""
    return pdf({**one_page(), 2: b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 3 0 R 2 0 R] /Count 3 >>"})


@case("plan-cyclique.pdf", text=TEXT)
def pdf_outline_cycle() -> bytes:
    """An outline whose entries follow and hold each other."""
    more = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Outlines 6 0 R >>",
        6: b"<< /First 7 0 R /Last 8 0 R /Count 2 >>",
        7: b"<< /Title (a) /Parent 6 0 R /Next 8 0 R /First 8 0 R /Dest [3 0 R /Fit] >>",
        8: b"<< /Title (b) /Parent 6 0 R /Next 7 0 R /First 7 0 R /Dest [3 0 R /Fit] >>",
    }
    return pdf(one_page(more=more))


def deflated_blanks(pieces: int, length: int) -> bytes:
    """Return many pieces of blanks, deflated; only the first is packed, the others are its copies."""
    blanks = b" " * length
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = deflate.compress(blanks) + deflate.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(pieces):
        check = zlib.adler32(blanks, check)
    return b"\x78\xda" + piece * pieces + deflate.flush() + struct.pack(">L", check)


@case("filtres.pdf", "TimedOut", "NoText", "TooLarge", "UnreadableFile", text=TEXT)
def pdf_filter_bomb() -> bytes:
    """A content deflated three times, of 2 GB."""
    once = deflated_blanks(20, 100_000_000)
    data = zlib.compress(zlib.compress(once, 9), 9)
    content = stream(data, b"/Filter [/FlateDecode /FlateDecode /FlateDecode]")
    return pdf(one_page(content))


@case("q.pdf", "TimedOut", "NoText", "TooLarge", "UnreadableFile", text=TEXT)
def pdf_states() -> bytes:
    """Three million saved graphic states."""
    return pdf(one_page(stream(zlib.compress(b"q " * 3_000_000 + _SHOW), b"/Filter /FlateDecode")))


@case("lettres.pdf", "TooLarge", "TimedOut", text="La Ville")
def pdf_many_letters() -> bytes:
    """The sentence forty thousand times on one page, over itself."""
    content = (b"BT /F1 12 Tf 50 700 Td " + b"(%s) Tj 0 -0.001 Td " % TEXT.encode("cp1252") * 40_000) + b"ET"
    return pdf(one_page(stream(zlib.compress(content), b"/Filter /FlateDecode")))


@case("traits.pdf", "TooLarge", "TimedOut", text=TEXT)
def pdf_many_rules() -> bytes:
    """A hundred thousand lines, a grid finer than any table."""
    lines = b"".join(
        b"%d.%d 0 m %d.%d 842 l S 0 %d.%d m 595 %d.%d l S " % ((n % 590, n // 590) * 2 + (n % 840, n // 840) * 2)
        for n in range(50_000)
    )
    return pdf(one_page(stream(zlib.compress(lines + _SHOW), b"/Filter /FlateDecode")))


@case("grille.pdf", "TooLarge", "TimedOut", text=TEXT)
def pdf_fine_grid() -> bytes:
    """A grid of fifteen hundred lines each way: two million crossings."""
    lines = b"".join(b"%d 20 m %d 9000 l S 20 %d m 9000 %d l S " % (n, n, n, n) for n in range(20, 9_000, 6))
    page = b"/MediaBox [0 0 9020 9020]"
    return pdf(one_page(stream(zlib.compress(lines + _SHOW), b"/Filter /FlateDecode"), page))


@case("forme-cyclique.pdf", text=TEXT)
def pdf_form_cycle() -> bytes:
    """A form that draws itself."""
    form = stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 99 99] /Resources << /XObject << /X 6 0 R >> >>")
    page = b"/Resources << /Font << /F1 5 0 R >> /XObject << /X 6 0 R >> >>"
    return pdf(one_page(stream(_SHOW + b" /X Do"), page, {6: form}))


@case("police-cyclique.pdf", "NoText", text=TEXT)
def pdf_font_cycle() -> bytes:
    """A Type 3 font whose letters are drawn with itself."""
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 "
        b"/Widths [9] /CharProcs << /a 7 0 R >> /Encoding << /Differences [97 /a] >> /Resources << /Font << /F2 6 0 R >> >> >>"
    )
    glyph = stream(b"9 0 d0 BT /F2 9 Tf (aaaa) Tj ET")
    page = b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >>"
    return pdf(one_page(stream(_SHOW + b" BT /F2 9 Tf 50 50 Td (aaaa) Tj ET"), page, {6: font, 7: glyph}))


@case("police-absente.pdf", text=TEXT)
def pdf_missing_font() -> bytes:
    """A font that there is not."""
    return pdf(one_page(page=b"/Resources << /Font << /F1 99 0 R >> >>"))


@case("police-cassee.pdf", "NoText", text=TEXT)
def pdf_broken_font() -> bytes:
    """A TrueType font made of noise, whose tables overlap and lie."""
    noise = bytes((n * 197 + n * n // 7) % 256 for n in range(20_000))
    head = struct.pack(">LHHHH", 0x00010000, 40, 128, 4, 16)
    tables = b"".join(
        struct.pack(">4sLLL", tag, 0, n * 3, 0xFFFFFFF0)
        for n, tag in enumerate((b"glyf", b"cmap", b"head", b"loca", b"hhea", b"hmtx", b"maxp", b"fpgm") * 5)
    )
    more = {
        5: b"<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+X /FirstChar 32 /LastChar 255 /FontDescriptor 6 0 R "
        b"/Encoding /WinAnsiEncoding >>",
        6: b"<< /Type /FontDescriptor /FontName /ABCDEF+X /Flags 32 /FontBBox [0 0 1 1] /FontFile2 7 0 R >>",
        7: stream(head + tables + noise, b"/Length1 20652"),
    }
    return pdf(one_page(more=more))


@case("table-fausse.pdf", text=TEXT)
def pdf_broken_table() -> bytes:
    """Its table of objects says wrong places."""
    return pdf(one_page(), broken=True)


@case("table-immense.pdf", "UnreadableFile", "TooLarge", text=TEXT)
def pdf_huge_table() -> bytes:
    """It says that it has two thousand million objects."""
    return pdf(one_page(), size=2_147_483_647)


@case("longueur-fausse.pdf", "NoText", "UnreadableFile", text=TEXT)
def pdf_false_length() -> bytes:
    """A stream that says it is of two thousand million bytes."""
    return pdf(one_page(stream(_SHOW).replace(b"/Length %d" % len(_SHOW), b"/Length 2147483647")))


@case("mot-de-passe.pdf", "EncryptedFile")
def pdf_password() -> bytes:
    """A PDF with a password."""
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret"))
    canvas.drawString(50, 700, TEXT)
    canvas.save()
    return out.getvalue()


# Images


def png(width: int, height: int, *, rows: int = 0, bits: int = 1, extra: bytes = b"") -> bytes:
    """Return a grey PNG that says it has a size and holds ``rows`` rows of zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    deflate = zlib.compressobj(9)
    row = bytes(1 + (width * bits + 7) // 8) if rows else b""
    data = b"".join(deflate.compress(row) for _ in range(rows)) + deflate.flush()
    head = struct.pack(">LLBBBBB", width, height, bits, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


_NO_IMAGE = ("NoText", "TooLarge", "UnreadableFile", "TimedOut")


@case("declaree.png", *_NO_IMAGE)
def png_declared() -> bytes:
    """It says two thousand million pixels each way."""
    return png(2_000_000_000, 2_000_000_000)


@case("bombe.png", *_NO_IMAGE)
def png_bomb() -> bytes:
    """Forty thousand pixels each way, of which all are there, in 200 kB."""
    return png(40_000, 40_000, rows=40_000)


@case("grande.png", *_NO_IMAGE)
def png_large() -> bytes:
    """Twenty thousand pixels each way in grey: 400 MB, in 400 kB."""
    return png(20_000, 20_000, rows=20_000, bits=8)


@case("declaree.jpg", *_NO_IMAGE)
def jpeg_declared() -> bytes:
    """It says 65,500 pixels each way and ends after its head."""
    size = struct.pack(">BHHB", 8, 65_500, 65_500, 1) + b"\x01\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
        + b"\xff\xc0"
        + struct.pack(">H", len(size) + 2)
        + size
        + b"\xff\xd9"
    )


@case("cycle.tif", *_NO_IMAGE)
def tiff_cycle() -> bytes:
    """A TIFF whose only directory follows itself, and says 1,000,000 by 1,000,000 pixels."""
    tags = [
        (256, 1_000_000),
        (257, 1_000_000),
        (258, 8),
        (259, 1),
        (262, 1),
        (273, 8),
        (277, 1),
        (278, 1_000_000),
        (279, 9),
    ]
    inside = b"".join(struct.pack("<HHLL", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<L", 8) + struct.pack("<H", len(tags)) + inside + struct.pack("<L", 8)


# Web pages


def html(body: str | bytes, head: str = "") -> bytes:
    """Return a page."""
    inside = body.encode() if isinstance(body, str) else body
    return f"<!DOCTYPE html><html><head><title>T</title>{head}</head><body>".encode() + inside + b"</body></html>"


@case("profond.html", "UnreadableFile", text=TEXT)
def html_deep() -> bytes:
    """A hundred thousand elements, one in the other."""
    return html("<div>" * 100_000 + f"<p>{TEXT}</p>")


@case("listes.html", "UnreadableFile", text=TEXT)
def html_deep_lists() -> bytes:
    """Lists in lists, two hundred deep, under a paragraph."""
    return html(f"<p>{TEXT}</p>" + "<ul><li>a" * 200)


@case("tableaux.html", "TimedOut", "UnreadableFile", text=TEXT)
def html_deep_tables() -> bytes:
    """Tables in tables, eighty deep."""
    return html(f"<p>{TEXT}</p>" + "<table><tr><td>a" * 80 + "b")


@case("ouverts.html", "UnreadableFile", "TooLarge", "TimedOut", text=TEXT)
def html_unclosed() -> bytes:
    """Two hundred thousand elements that are never closed."""
    return html(f"<p>{TEXT}</p>" + "<b><i>x" * 100_000)


@case("attribut.html", "UnreadableFile", text=TEXT)
def html_attribute() -> bytes:
    """An attribute of 50 MB."""
    return html(f'<p title="{"x" * 50_000_000}">{TEXT}</p>')


@case("attributs.html", "UnreadableFile", "TimedOut", text=TEXT)
def html_attributes() -> bytes:
    """An element with fifty thousand attributes."""
    return html("<p " + " ".join(f'a{n}="{n}"' for n in range(50_000)) + f">{TEXT}</p>")


@case("etendue.html", "TimedOut", "TooLarge", text=TEXT)
def html_spans() -> bytes:
    """A table whose cells span a hundred million columns and rows."""
    rows = '<tr><td colspan="100000000" rowspan="100000000">a</td><td>b</td></tr>' * 3
    return html(f"<p>{TEXT}</p><table>{rows}</table>")


@case("paragraphes.html", "TimedOut", "TooLarge", text=TEXT)
def html_many_blocks() -> bytes:
    """A million paragraphs."""
    return html(f"<p>{TEXT}</p>" + "<p>Un mot</p>" * 1_000_000)


@case("entites.html", "TimedOut", "UnreadableFile", text=TEXT)
def html_entities() -> bytes:
    """Two million references to characters, and some to none."""
    return html(f"<p>{TEXT}</p><p>" + "&eacute;&#0;&#xD800;&#1114112;&inconnu;" * 400_000)


@case("rires.html", "UnreadableFile", "UnknownFormat", "NoText", text="&i;")
def html_laughs() -> bytes:
    """XHTML that is billion laughs."""
    return f"<?xml version='1.0'?>{_LAUGHS}<html><body><p>&i;</p></body></html>".encode()


@case("punycode.html", "TimedOut", text="Foix")
def html_punycode() -> bytes:
    """A page that says its characters are Punycode, which takes Python the square of its length to read."""
    return html(f"<p>{TEXT}</p>" * 20_000, '<meta charset="punycode">')


@case("zlib.html", text="Foix")
def html_no_charset() -> bytes:
    """A page that says its characters are a codec that gives no text."""
    return html(f"<p>{TEXT}</p>", '<meta charset="zlib_codec">')


@case("rot13.html", text="Foix")
def html_rot13() -> bytes:
    """A page that says its characters are turned by thirteen."""
    return html(f"<p>{TEXT}</p>", '<meta charset="rot13">')


# Tables and text


@case("colonnes.csv", "TimedOut", "TooLarge", text="Commune")
def csv_wide() -> bytes:
    """A million columns."""
    return b"Commune;" * 1_000_000 + b"\n" + b"Foix;" * 1_000_000


@case("champ.csv", "TimedOut", "UnreadableFile", text="Foix")
def csv_field() -> bytes:
    """A field of 50 MB."""
    return b'Commune;Note\nFoix;"' + b"x" * 50_000_000 + b'"\n'


@case("guillemets.csv", "TimedOut", "UnreadableFile", text="Foix")
def csv_quotes() -> bytes:
    """Quotes without end, over which the guess of the separator may brood."""
    return b"Foix\n" + b",'\"" * 500_000


@case("guillemets-2.csv", "TimedOut", "UnreadableFile", text="Foix")
def csv_more_quotes() -> bytes:
    """One quote after many separators."""
    return b"Foix" + b" ;" * 300_000 + b'"' + b"; " * 300_000


@case("lignes.csv", "TimedOut", "TooLarge", text="Foix")
def csv_long() -> bytes:
    """Two million rows."""
    return b"Commune;Somme\n" + b"Foix;12\n" * 2_000_000


@case("ligne.txt", "TimedOut", text="Foix")
def text_line() -> bytes:
    """One line of 50 MB."""
    return (f"{TEXT} ".encode()) * 600_000


@case("ligne-sans-blanc.txt", "TimedOut", text="aaaa")
def text_word() -> bytes:
    """One word of 50 MB."""
    return b"a" * 50_000_000


@case("tirets.txt", "TimedOut", "NoText", text="-")
def text_rules() -> bytes:
    """Twenty megabytes of what looks like rules, ending otherwise."""
    return (b"- " * 500_000 + b"x\n") * 20


@case("tubes.md", text="Foix")
def text_pipes() -> bytes:
    """A table whose row of delimiters is a megabyte and does not end as one."""
    return b"| Foix | a |\n" + b"|:-" * 300_000 + b"x\n" + b"| b | c |\n"


@case("points.txt", text="Foix")
def text_ends() -> bytes:
    """A line of two million brackets and quotes, as sentence ends are."""
    return b"Foix\n" + (b".)\"' " * 100_000 + b"x\nsuite\n") * 4


@case("lignes-vides.txt", "TimedOut", text="Foix")
def text_empty_lines() -> bytes:
    """Twenty million empty lines."""
    return b"Foix\n" + b"\n" * 20_000_000 + b"fin"


@case("indices.txt", "TimedOut", text="Foix")
def text_combining() -> bytes:
    """A letter with a million accents, which normal forms sort."""
    return ("Foix e" + "\u0301\u0323" * 500_000).encode()


@case("nuls.txt", "UnknownFormat", "UnreadableFile", "NoText")
def text_nuls() -> bytes:
    """A text with NULs in it."""
    return f"{TEXT}\0\0{TEXT}".encode()


@case("invalide.txt", text="Foix")
def text_invalid() -> bytes:
    """UTF-8 with bytes that are not."""
    return (("Égalité. " * 20) + TEXT).encode() + b" \xff\xfe\xc0\x80\xf5 fin"


@case("demi.txt", text="Foix")
def text_surrogates() -> bytes:
    """UTF-16 with halves of pairs."""
    return b"\xff\xfe" + TEXT.encode("utf_16_le") + b"\x00\xd8x\x00\x00\xdc"


@case("demi-utf8.txt", text="Foix")
def text_surrogates_8() -> bytes:
    """UTF-8 with halves of pairs (CESU-8)."""
    return (("Égalité. " * 20) + TEXT).encode() + b" \xed\xa0\x80 \xed\xb0\x80"


@case("utf32.txt", "UnreadableFile", "UnknownFormat", text="Foix")
def text_utf32() -> bytes:
    """UTF-32 with numbers that no character has."""
    return b"\xff\xfe\0\0" + TEXT.encode("utf_32_le") + b"\xff\xff\xff\x7f" * 1000


@case("accolades.rtf", "UnreadableFile", "NoText", "TimedOut", text="Foix", office=True)
def rtf_deep() -> bytes:
    """A hundred thousand groups, one in the other."""
    return b"{\\rtf1 " + b"{" * 100_000 + TEXT.encode() + b"}" * 100_001


@case("bin.rtf", "UnreadableFile", "NoText", "TimedOut", text="Foix", office=True)
def rtf_binary() -> bytes:
    """A run of bytes that says it is of two thousand million."""
    return b"{\\rtf1 " + TEXT.encode() + b" \\bin2147483647 x}"


# Messages

_HEAD = b"From: a@exemple.fr\nTo: b@exemple.fr\nSubject: Jumelage\nMIME-Version: 1.0\n"


@case("poupees.eml", "UnreadableFile", "TooLarge", text=TEXT)
def mail_dolls() -> bytes:
    """Messages in messages, two thousand deep."""
    shell = _HEAD + b"Content-Type: message/rfc822\n\n"
    return shell * 2_000 + _HEAD + b"Content-Type: text/plain; charset=utf-8\n\n" + TEXT.encode()


@case("parties.eml", "UnreadableFile", "TooLarge", "TimedOut", "NoText", text=TEXT)
def mail_deep_parts() -> bytes:
    """Parts in parts, a thousand deep, each with its own border."""
    inside = b"Content-Type: text/plain; charset=utf-8\n\n" + TEXT.encode()
    for n in range(1_000):
        border = b"b%d" % n
        inside = b"Content-Type: multipart/mixed; boundary=%s\n\n--%s\n%s\n--%s--\n" % (border, border, inside, border)
    return _HEAD + inside


@case("pieces.eml", "TooLarge", "TimedOut", text=TEXT)
def mail_many_parts() -> bytes:
    """Thirty thousand attachments."""
    part = b"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nx\n"
    text = b"--b\nContent-Type: text/plain; charset=utf-8\n\n" + TEXT.encode() + b"\n"
    return _HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + text + part * 30_000 + b"--b--\n"


@case("en-tete.eml", "TooLarge", "TimedOut", "UnreadableFile", text=TEXT)
def mail_long_head() -> bytes:
    """A subject of five megabytes of encoded words."""
    words = b" =?utf-8?q?=C3=A9t=C3=A9?=\n" * 200_000
    return (
        b"From: a@exemple.fr\nMIME-Version: 1.0\nSubject:"
        + words
        + b"Content-Type: text/plain; charset=utf-8\n\n"
        + TEXT.encode()
    )


@case("page.mhtml", "UnreadableFile", "NoText", "TimedOut", text=TEXT)
def mhtml_cycle() -> bytes:
    """A saved page whose frame is itself."""
    page = html(f"<p>{TEXT}</p><iframe src='http://exemple.fr/'></iframe>")
    return (
        b"From: <Saved by Blink>\nSnapshot-Content-Location: http://exemple.fr/\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\nContent-Type: text/html; charset=utf-8\n'
        b"Content-Location: http://exemple.fr/\n\n" + page + b"\n--b--\n"
    )


#: Names that a file may have, beside what is in it.
NAMES = (
    "retour\nà la ligne.txt",
    "\x1b[31mrouge\x07.txt",
    "\u202egnp.txt",
    "-o.txt",
    "a" * 250 + ".txt",
    "sans point",
    " espace .txt",
    "\udcff\udcfe.txt",  # bytes that are no UTF-8, as Python names them
)


def write(folder: Path, names: list[str] | None = None) -> Iterator[Path]:
    """Write the cases into a folder and yield their paths."""
    for found in CASES.values():
        if not names or found.name in names:
            path = folder / found.name
            path.write_bytes(found.make())
            yield path


if __name__ == "__main__":
    for made in write(Path(sys.argv[1]), sys.argv[2:]):
        sys.stdout.write(f"{made.stat().st_size:>12,} {made}\n")
