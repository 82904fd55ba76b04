"""Partnerships that an instrument makes, and those of a project that several bodies carry.

Left out: conventions that pay or house a club, which are no cooperation of two bodies, and what amends them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from coopnlp.records.clauses import Reader
from coopnlp.records.cooperation import kind_of, kinds_in
from coopnlp.records.parties import is_authority, same_name, unique_parties
from coopnlp.records.project_items import project_items
from coopnlp.records.reading import plain
from coopnlp.types import Agreement, Partnership, Party, Project

__all__ = ["partnerships_of_agreements", "partnerships_of_project_lists"]

_PAYS = re.compile(r"subvention|objectifs|financ|mise a disposition|occupation|prestation")


def _same(one: Sequence[Party], other: Sequence[Party]) -> bool:
    return len(one) == len(other) and all(any(same_name(p, q) for q in other) for p in one)


def partnerships_of_agreements(agreements: Sequence[Agreement], projects: Sequence[Project]) -> Iterator[Partnership]:
    """Yield the partnership that an agreement makes, and that a project carried by several bodies is."""
    # An amendment is of the nature of what it amends: the parties of a convention that pays are none by its avenant.
    paying = [a.parties for a in agreements if a.parties and _PAYS.search(plain(a.title))]
    for agreement in agreements:
        public = [p for p in agreement.parties if is_authority(p)]
        if len(agreement.parties) < 2 or not public or _PAYS.search(plain(agreement.title)):
            continue
        if agreement.kind == "avenant" and any(_same(agreement.parties, parties) for parties in paying):
            continue
        title = plain(agreement.title)
        kind = kind_of(title if kinds_in(title) else plain(f"{agreement.kind} {agreement.title}"), 0)
        if kind == "autre" and len(public) == len(agreement.parties):
            kind = "cooperation_decentralisee"
        yield Partnership(
            parties=agreement.parties,
            kind=kind,
            start=(agreement.date or agreement.start or "")[:4] or None,
            evidence=agreement.evidence,
        )
    for project in projects:
        public = [p for p in project.parties if is_authority(p)]
        if public and len(project.parties) > 1:
            yield Partnership(parties=project.parties, kind="projet", evidence=project.evidence)


def partnerships_of_project_lists(reader: Reader) -> Iterator[Partnership]:
    """Yield what the form of a list of projects says: the bodies that carry one together."""
    for item in project_items(reader.reading):
        parties = unique_parties(p for p, _ in item.parties)
        if len(parties) > 1:
            evidence = (item.title, *(span for _, span in item.parties))
            yield Partnership(parties=parties, kind="projet", evidence=tuple(sorted(set(evidence))))
