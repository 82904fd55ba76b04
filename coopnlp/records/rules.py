"""What rules read in a document, before the models of :mod:`coopnlp.records.learned` have their say."""

from __future__ import annotations

from dataclasses import dataclass

from coopnlp.records.acronyms import with_acronyms
from coopnlp.records.agreements import read_agreements
from coopnlp.records.bare_sums import with_bare_sums
from coopnlp.records.clauses import Reader
from coopnlp.records.funding_merge import merge_fundings
from coopnlp.records.funding_tables import read_table_fundings
from coopnlp.records.fundings import read_prose_fundings
from coopnlp.records.laureates import read_laureates
from coopnlp.records.partnerships import read_partnerships
from coopnlp.records.partnerships_told import partnerships_told
from coopnlp.records.projects import read_projects
from coopnlp.records.purposes import with_purposes
from coopnlp.records.reading import Reading
from coopnlp.records.sum_lists import read_listed_fundings
from coopnlp.records.trusted import trusted_entities
from coopnlp.types import Agreement, Entity, Extraction, Funding, Partnership, Project

__all__ = ["Told", "read_by_rules"]


@dataclass(frozen=True)
class Told:
    """A document and the records that rules read in it.

    ``outright`` are the partnerships, among others, that a clause tells in so many words;
    ``explained`` are the sums of the tables that they read, ``settled`` those of rows that gave a funding.
    """

    reader: Reader
    fundings: tuple[Funding, ...]
    agreements: tuple[Agreement, ...]
    projects: tuple[Project, ...]
    partnerships: tuple[Partnership, ...]
    outright: tuple[Partnership, ...]
    explained: frozenset[tuple[int, int]]
    settled: frozenset[tuple[int, int]]


def read_by_rules(extraction: Extraction, entities: tuple[Entity, ...]) -> Told:
    """Return what rules read in a text whose entities are known, in order."""
    trusted = trusted_entities(extraction, entities)
    reader = Reader(with_acronyms(Reading(extraction, with_bare_sums(extraction, trusted))))
    agreements = read_agreements(reader)
    projects = read_projects(reader)
    rows, in_tables, settled = read_table_fundings(reader)
    entries = read_laureates(reader, in_tables)
    listed = in_tables | {span for funding in entries for span in funding.evidence}
    # Two equal sums are one grant unless they are for different things: what for is read before they are merged.
    prose = with_purposes(reader, read_prose_fundings(reader, listed), projects)
    told = frozenset(span for funding in (*prose, *rows) for span in funding.evidence) | listed
    fundings = merge_fundings(prose, [*rows, *entries, *read_listed_fundings(reader, told)])
    outright = tuple(partnerships_told(reader))
    partnerships = read_partnerships(reader, agreements, projects, outright)
    return Told(reader, fundings, agreements, projects, partnerships, outright, in_tables, settled)
