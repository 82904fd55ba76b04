"""Draw one page of a PDF: ``python -m coopnlp.web.draw PAGE WIDTH``, bytes in, JPEG out.

A process of its own with limits on memory and time: a PDF that makes the
library go astray takes no server with it. It opens no file: what it draws comes
by standard input, checked before.
"""

from __future__ import annotations

import io
import sys

__all__ = ["MEMORY_BYTES", "SECONDS", "draw"]

MEMORY_BYTES = 1_500_000_000
SECONDS = 20
# A page of extreme shape is drawn smaller, so that no picture has more points than this.
_MOST_POINTS = 6_000_000


def draw(data: bytes, page: int, width: int) -> bytes:
    """Return a page (1-based) as a JPEG ``width`` pixels wide.

    Raises
    ------
    ValueError
        There is no such page, or it has no surface.
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        if not 1 <= page <= len(document):
            raise ValueError(f"no page {page}")
        found = document[page - 1]
        wide, high = found.get_size()
        if wide <= 0 or high <= 0:
            raise ValueError(f"page {page} has no surface")
        scale = min(width / wide, (_MOST_POINTS / (wide * high)) ** 0.5)
        picture = found.render(scale=scale).to_pil().convert("RGB")
    finally:
        document.close()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _limit() -> None:
    if sys.platform == "win32":
        return
    import resource

    for what, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (wanted, hard))


if __name__ == "__main__":
    _limit()
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2])))
