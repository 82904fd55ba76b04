"""Tasks of Label Studio: a JSON list, a document a task, its entities as predictions to correct.

A project that reads them is set up with::

    <View>
      <Labels name="label" toName="text">
        <Label value="COLLECTIVITY"/> <!-- and one for each of the labels -->
      </Labels>
      <Text name="text" value="$text"/>
      <Style>.htx-text{ white-space: pre-wrap; }</Style>
    </View>

The style matters: without it Label Studio shows and stores runs of white space
shortened (https://labelstud.io/tags/text). Offsets are code points; older
versions counted UTF-16 code units (its issue 1347), which shows where the file
has the text of a span, and is put right then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from coopnlp.errors import CorpusError
from coopnlp.training.formats.corrected import Corrected, Span, utf16_offsets
from coopnlp.types import Entity

__all__ = ["is_tasks", "read_tasks", "same_surface", "to_task"]


def to_task(key: str, text: str, entities: Sequence[Entity], model: str) -> dict[str, Any]:
    """Return a document as a task. ``model`` is shown beside the predictions."""
    result = [
        {
            "id": f"e{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": e.start, "end": e.end, "text": text[e.start : e.end], "labels": [e.label]},
            **({"meta": {"text": [e.kb_id]}} if e.kb_id else {}),
        }
        for number, e in enumerate(entities, start=1)
    ]
    return {"data": {"id": key, "text": text}, "predictions": [{"model_version": model, "result": result}]}


def same_surface(said: str, found: str) -> bool:
    """Whether two surfaces are the same but for white space, which tools write in ways of their own.

    >>> same_surface("Saint-\\\\nGirons", "Saint-\\nGirons")
    True
    """
    return "".join(said.replace("\\n", " ").split()) == "".join(found.replace("\\n", " ").split())


def is_tasks(data: Any) -> bool:
    """Whether a JSON value is a task, or a list of tasks."""
    first = data[0] if isinstance(data, list) and data else data
    return isinstance(first, dict) and "data" in first


def read_tasks(data: Any, key: str, where: str) -> list[Corrected | CorpusError]:
    """Return the documents of a file of tasks; one without an ``id`` in its data is called ``key``, numbered.

    Annotations count. A task without one is an error where others have one; a
    file without any, which nobody corrected, is read by its predictions, with a
    remark. So is a task without text, with two annotations, or with regions that
    are no text spans: an error stands in its place.
    """
    tasks = data if isinstance(data, list) else [data]
    corrected = any(_annotations(task) for task in tasks)
    found: list[Corrected | CorpusError] = []
    for number, task in enumerate(tasks, start=1):
        place = f"{where}, task {number}"
        try:
            document = _document(task, f"{key}-{number}" if number > 1 else key, place, corrected)
            if not corrected and number == 1:
                document = replace(document, remarks=("nobody annotated these tasks: their predictions are taken",))
            found.append(document)
        except CorpusError as error:
            found.append(error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            found.append(
                CorpusError(
                    f"{place}: not a task with a text and labels ({error!r}). Export the project as JSON, not JSON-MIN."
                )
            )
    return found


def _annotations(task: Any) -> list[dict[str, Any]]:
    found = (task.get("annotations") or task.get("completions")) if isinstance(task, dict) else None
    each = found if isinstance(found, list) else []
    return [a for a in each if isinstance(a, dict) and not a.get("was_cancelled")]


def _document(task: dict[str, Any], key: str, where: str, corrected: bool) -> Corrected:
    text = str(task["data"]["text"])
    chosen = _annotations(task)
    if corrected and not chosen:
        raise CorpusError(f"{where}: nobody annotated it, as others of this file. Annotate it, or export without it.")
    chosen = chosen or list(task.get("predictions") or [])
    if len(chosen) > 1:
        raise CorpusError(f"{where}: {len(chosen)} annotations. Keep the one that counts and export again.")
    spans = []
    for region in chosen[0]["result"] if chosen else []:
        if region["type"] != "labels":
            if "labels" in region["type"]:
                raise CorpusError(f"{where}: regions of the type {region['type']}. Label a <Text>, not a <HyperText>.")
            continue
        value = region["value"]
        (label,) = value["labels"]
        surface = None if value.get("text") is None else str(value["text"])
        spans.append(Span(int(value["start"]), int(value["end"]), str(label), surface))
    if any(s.surface is not None and not same_surface(s.surface, text[s.start : s.end]) for s in spans):
        points = {u: i for i, u in enumerate(utf16_offsets(text))}
        moved = [Span(points.get(s.start, -1), points.get(s.end, -1), s.label, s.surface) for s in spans]
        if all(s.surface is None or same_surface(s.surface, text[s.start : s.end]) for s in moved):
            spans = moved
    return Corrected(str(task["data"].get("id") or key), text, tuple(spans), where)
