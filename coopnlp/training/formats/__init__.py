"""The formats of annotation tools, out and back.

``coopnlp annotate --format`` writes what the pipeline found so that a person can
correct it in brat, INCEpTION, Label Studio, Prodigy or an editor; ``coopnlp
corpus import`` turns what comes back into documents of the corpus. A module a
format, ``to_x`` out and ``read_x`` in; what a tool did is judged in one place
(:mod:`~coopnlp.training.formats.check`), whatever the tool.
"""

from __future__ import annotations

from coopnlp.training.formats.check import to_annotated, to_marked
from coopnlp.training.formats.corrected import Corrected, Span
from coopnlp.training.formats.detect import read_corrected
from coopnlp.training.formats.export import to_file, to_folder, to_stream
from coopnlp.training.formats.importing import Imported, import_corrected

__all__ = [
    "Corrected",
    "Imported",
    "Span",
    "import_corrected",
    "read_corrected",
    "to_annotated",
    "to_file",
    "to_folder",
    "to_marked",
    "to_stream",
]
