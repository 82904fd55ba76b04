"""UIMA CAS JSON 0.4, which INCEpTION imports and exports (``jsoncas``); one file a document.

Of the two formats that could serve, this one keeps the text. WebAnno TSV 3.3
holds the sentences only: INCEpTION's reader (``Tsv3XDeserializer``) fills what
was between them with spaces, so the empty lines of a document are lost, and its
manual calls that format legacy, to be given up. CAS JSON carries text, types and
annotations in one file and takes any span.

Entities are of INCEpTION's built-in layer *Named entity*, with the label as its
``value`` and the identifier as its ``identifier``. Tokens and sentences are
written too: INCEpTION would make its own, to which a corrected span then snaps.
A sentence is a line of the text; lines that share an entity are one, as the
layer lets none cross. Offsets in the file count UTF-16 code units.

Format: https://github.com/apache/uima-uimaj-io-jsoncas (SPECIFICATION.adoc); the
types are those of DKPro Core.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.training.formats.corrected import Corrected, Span, utf16_offsets
from coopnlp.training.formats.tokens import lines, tokens
from coopnlp.types import Entity

__all__ = ["is_cas", "read_cas", "to_cas"]

_CORE = "de.tudarmstadt.ukp.dkpro.core.api."
_TOKEN = f"{_CORE}segmentation.type.Token"
_SENTENCE = f"{_CORE}segmentation.type.Sentence"
_ENTITY = f"{_CORE}ner.type.NamedEntity"
_SOFA = "uima.cas.Sofa"
_VIEW = "_InitialView"
# Annotations that say nothing of entities: layers of the format, and what INCEpTION adds to every export.
_PLAIN = (f"{_CORE}segmentation.", f"{_CORE}metadata.", "uima.", "de.tudarmstadt.ukp.clarin.webanno.api.type.")


def _type(name: str, *features: str) -> dict[str, Any]:
    declared = {f: {"%NAME": f, "%RANGE": "uima.cas.String"} for f in features}
    return {"%NAME": name, "%SUPER_TYPE": "uima.tcas.Annotation", **declared}


def to_cas(text: str, entities: Sequence[Entity]) -> str:
    """Return a document as a CAS. Entities do not overlap."""
    units = utf16_offsets(text)
    structures: list[dict[str, Any]] = [
        {"%ID": 1, "%TYPE": _SOFA, "sofaNum": 1, "sofaID": _VIEW, "mimeType": "text", "sofaString": text}
    ]

    def add(kind: str, start: int, end: int, **features: str) -> None:
        place = {"@sofa": 1, "begin": units[start], "end": units[end]}
        structures.append({"%ID": len(structures) + 1, "%TYPE": kind, **place, **features})

    for start, end in lines(text, [(e.start, e.end) for e in entities]):
        add(_SENTENCE, start, end)
    for start, end in tokens(text):
        add(_TOKEN, start, end)
    for e in entities:
        add(_ENTITY, e.start, e.end, value=e.label, **({"identifier": e.kb_id} if e.kb_id else {}))
    cas = {
        "%TYPES": {t["%NAME"]: t for t in (_type(_SENTENCE), _type(_TOKEN), _type(_ENTITY, "value", "identifier"))},
        "%FEATURE_STRUCTURES": structures,
        "%VIEWS": {_VIEW: {"%SOFA": 1, "%MEMBERS": list(range(2, len(structures) + 1))}},
    }
    return json.dumps(cas, ensure_ascii=False) + "\n"


def is_cas(data: Any) -> bool:
    """Whether a JSON value is a CAS."""
    return isinstance(data, dict) and "%FEATURE_STRUCTURES" in data


def read_cas(cas: dict[str, Any], key: str, where: str) -> Corrected:
    """Return the document of a CAS.

    A *Named entity* without a value has the label ``""``, which is none. Other
    layers are left out with a remark that counts them.

    Raises
    ------
    CorpusError
        There is not exactly one text in it, or it is not such a CAS.
    """
    try:
        found = cas["%FEATURE_STRUCTURES"]
        structures = found if isinstance(found, list) else list(found.values())
        texts = [s["sofaString"] for s in structures if s["%TYPE"] == _SOFA and "sofaString" in s]
        encoding = str(cas.get("%HEADER", {}).get("%OFFSET_ENCODING", "UTF-16")).upper().replace("_", "-")
        if len(texts) != 1 or encoding not in ("UTF-16", "UTF-32"):
            problem = f"{len(texts)} texts" if len(texts) != 1 else f"offsets in {encoding}"
            raise CorpusError(f"{where}: {problem} in the CAS. Export one document as UIMA CAS JSON from INCEpTION.")
        text = str(texts[0])
        # Offsets that fall inside a code point, or outside the text, become -1, which no text has.
        points = {u: i for i, u in enumerate(utf16_offsets(text))} if encoding == "UTF-16" else None
        spans, others = [], Counter[str]()
        for s in structures:
            begin, end = (s.get(name, s.get(f"^{name}")) for name in ("begin", "end"))
            if s["%TYPE"] == _ENTITY:
                start, stop = int(begin or 0), int(end)
                if points is not None:
                    start, stop = points.get(start, -1), points.get(stop, -1)
                spans.append(Span(start, stop, str(s.get("value") or "")))
            elif end is not None and not s["%TYPE"].startswith(_PLAIN):
                others[s["%TYPE"]] += 1
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CorpusError(
            f"{where}: not a CAS with text and annotations ({error!r}). Export it as UIMA CAS JSON from INCEpTION."
        ) from error
    counts = ", ".join(f"{name} ({count})" for name, count in others.most_common())
    return Corrected(
        key, text, tuple(spans), where, (f"other layers are left out: {counts}",) if others else ()
    )  # fmt: skip
