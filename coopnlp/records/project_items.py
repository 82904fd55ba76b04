"""Titles of projects that the form of a list or a sentence marks, without a tagger, and who carries them.

:mod:`~coopnlp.records.project_labels` reads numbers and labels, :mod:`~coopnlp.records.project_openings` how items
open, :mod:`~coopnlp.records.project_quotes` quotation marks in prose. Left out: what a list gives as withdrawn or
without object.
"""

from __future__ import annotations

from collections.abc import Iterator

from coopnlp.records.project_forms import ProjectItem
from coopnlp.records.project_labels import LabelledProjects
from coopnlp.records.project_openings import OpeningProjects
from coopnlp.records.project_quotes import quoted_in_prose
from coopnlp.records.reading import Reading, once

__all__ = ["ProjectItem", "project_items"]


def _read(reading: Reading) -> Iterator[ProjectItem]:
    labels = LabelledProjects(reading)
    openings = OpeningProjects(reading, lambda at: labels.below(at, titled=True, most=2)[1])
    yield from labels.numbered()
    yield from labels.labelled()
    yield from openings.following()
    yield from openings.quoted()
    yield from openings.paired()
    yield from openings.under_pairs()
    yield from openings.first_sentences()
    yield from openings.purposes()
    yield from quoted_in_prose(reading)


@once
def project_items(reading: Reading) -> list[ProjectItem]:
    """Return the projects that their form marks, in order, each title's place once, with the most parties said."""
    found: list[ProjectItem] = []
    for item in _read(reading):
        same = next((i for i, k in enumerate(found) if k.title[0] < item.title[1] and item.title[0] < k.title[1]), None)
        if same is None:
            found.append(item)
        elif len(item.parties) > len(found[same].parties):
            found[same] = ProjectItem(found[same].title, item.parties)
    return sorted(found, key=lambda item: item.title)
