"""Bytes to str for text that does not say its encoding.

UTF-8 and byte order marks first. What remains of French archives is one of four
code pages; of the detectors tried (charset-normalizer 3.5 restricted to these
four: 7 wrong or none of 20 short French texts in four encodings) none beats
counting French letters, which is what this module does.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter

__all__ = ["CODE_PAGES", "decode", "looks_binary"]

#: Windows, DOS, old Macintosh, ISO Latin 9: the code pages of French text files, commonest first.
CODE_PAGES = ("cp1252", "cp850", "mac_roman", "iso8859_15")

_MARKS = (
    (codecs.BOM_UTF8, "utf_8"),
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF32_BE, "utf_32_be"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)
#: Weights in the order of the frequencies of French (é 1.9 % of letters, à and è 0.5 %, the others
#: under 0.1 %), typography below them; what French never writes counts against.
_WEIGHTS: dict[str, int] = {
    **dict.fromkeys("é", 8),
    **dict.fromkeys("èàêç’«»\u00a0", 4),
    **dict.fromkeys("âîôûùëïœ€°…–—", 2),
    **dict.fromkeys("ÉÈÀÇÊÎÔ“”‘ŒñüöäÂÛËÏáíóú²³½§·•", 1),
}
#: What French pages declare that is one byte a character.
_SINGLE_BYTE = frozenset(("cp1252", "cp850", "mac-roman", "iso8859-15", "cp437", "cp1250", "iso8859-2"))
#: Labels that pages write and Python does not know.
_LABELS = {"x-mac-roman": "mac_roman", "x-macroman": "mac_roman", "ansi": "cp1252", "x-ansi": "cp1252"}
#: Codecs of Python that no page is written in: names of hosts (slow on long texts), escapes of source code.
_NO_ENCODINGS = frozenset(("idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "unicode-escape", "utf-7"))
_UNLIKELY = -4
_IN_CONTEXT = re.compile(rb"(?s)(^|.)([\x80-\xff])(?=(.|$))")
_SAMPLE = 1_000_000
_CONTROLS = bytes(c for c in range(0x20) if c not in b"\t\n\x0b\x0c\r\x1a\x1b") + b"\x7f"


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Return the text and the name of its encoding.

    Parameters
    ----------
    declared
        What the container says (HTTP header, ``<meta charset>``); believed after
        byte order marks and where it decodes without error. A code page is not
        believed of bytes that are UTF-8 beyond ASCII: by chance they never are.

    Never fails: the four bytes that cp1252 leaves undefined become U+FFFD.

    >>> decode("Un été à Nîmes".encode("mac_roman"))
    ('Un été à Nîmes', 'mac_roman')
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace"), name
    stated = _known(declared)
    if stated is not None and stated.startswith(("utf-16", "utf-32")) and b"\0" not in data[:_SAMPLE]:
        stated = None  # it was read in bytes of ASCII (HTML Standard, 13.2.3.2: such a page is UTF-8)
    for name in filter(None, ("utf_8" if stated in _SINGLE_BYTE else None, stated, "utf_8")):
        try:
            return data.decode(name), name
        except (UnicodeError, LookupError):  # Python also has codecs that make no text of bytes
            continue
    # A UTF-8 file with a few damaged bytes is still UTF-8: no code page gives it sense.
    lossy = data.decode("utf_8", "replace")
    if lossy.count("\ufffd") * 20 < sum(1 for c in lossy[:_SAMPLE] if c > "\x7f"):
        return lossy, "utf_8"
    best = max(CODE_PAGES, key=lambda page: _french(data, page))
    return data.decode(best, "replace"), best


def looks_binary(data: bytes) -> bool:
    """Tell whether the bytes are no text: NULs without a byte order mark, or many control characters.

    The share is one in 200: files made by DOS word processors hold a few
    controls, random bytes hold 10 %. Nor is it text where over 40 % of the bytes
    are above ASCII and it is not UTF-8: French has 4 %.
    """
    if data.startswith(tuple(mark for mark, _ in _MARKS)):
        return False
    if b"\0" in data:
        return True
    sample = data[:_SAMPLE]
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 200 > len(sample):
        return True
    high = len(sample) - len(sample.translate(None, bytes(range(0x80, 0x100))))
    if high * 10 <= len(sample) * 4:
        return False
    try:
        sample[:-4].decode("utf_8")
    except UnicodeDecodeError as error:
        # the cut of the sample may fall inside a character
        return error.start < len(sample) - 8
    return False


def _known(name: str | None) -> str | None:
    if not name:
        return None
    label = name.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return None
    if found in _NO_ENCODINGS:
        return None
    # Browsers read what says Latin-1 or ASCII as windows-1252 (WHATWG Encoding Standard, section 4.2).
    return "cp1252" if found in ("iso8859-1", "ascii", "latin_1") else found


def _french(data: bytes, page: str) -> int:
    """Score how French the bytes read in a code page, over the first megabyte."""
    found = Counter(_IN_CONTEXT.findall(data[:_SAMPLE]))
    return sum(_weight(before, b.decode(page, "replace"), after) * n for (before, b, after), n in found.items())


def _weight(before: bytes, char: str, after: bytes) -> int:
    """Weigh a character between two bytes: capitals stand among capitals, quotation marks at word borders."""
    weight = _WEIGHTS.get(char, _UNLIKELY)
    if char.isalpha():
        among_capitals = before.isupper() and (after.isupper() or not after.isalpha())
        if (char.isupper() and before.islower()) or (char.islower() and among_capitals and after.isupper()):
            return _UNLIKELY
        return max(weight, _WEIGHTS.get(char.lower(), 0)) if char.isupper() and among_capitals else weight
    if char == "…" and after.isalpha():
        return 0  # « Étienne » of Windows reads « …tienne » on a Macintosh
    return _UNLIKELY if char not in "’\u00ad" and before.isalpha() and after.isalpha() else weight
