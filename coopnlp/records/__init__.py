"""Records: what a document says about who agreed with whom, on what, when, for how much.

:func:`read_record` takes an annotated document and gives a
:class:`~coopnlp.types.Record`. Modules: ``reading`` (text and entities to read
from), ``trusted`` (which entities records may rest on), ``sentences``, ``rows``
and ``table_columns`` (tables), ``clauses`` (sentences as patterns), ``parties``
(names, lists of parties, the collectivity that speaks); ``fundings``, ``givers``,
``supporters``, ``funding_tables`` and ``sum_lists``; ``partnerships``; ``agreements``,
``agreement_dates`` and ``agreement_names``; ``projects``, ``project_titles``,
``project_lists`` and ``project_tables``; ``atlas``, ``document``. Themes are
another stage's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopnlp.records.agreements import read_agreements
from coopnlp.records.atlas import read_atlas
from coopnlp.records.atlas_record import fundings_of_form, partnership_of_form, project_of_form
from coopnlp.records.clauses import Reader
from coopnlp.records.document import read_document
from coopnlp.records.funding_merge import merge_fundings
from coopnlp.records.funding_tables import read_table_fundings
from coopnlp.records.fundings import read_prose_fundings
from coopnlp.records.partnership_merge import merge_partnerships
from coopnlp.records.partnerships import read_partnerships
from coopnlp.records.projects import read_projects
from coopnlp.records.reading import Reading, entities_of
from coopnlp.records.sum_lists import read_listed_fundings
from coopnlp.records.trusted import trusted_entities
from coopnlp.types import Entity, Extraction, Record, document_id

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["read_record", "record_of"]


def record_of(extraction: Extraction, entities: tuple[Entity, ...]) -> Record:
    """Return the record of a text whose entities are known, in order; see :func:`read_record`."""
    reading = Reading(extraction, trusted_entities(extraction, entities))
    reader = Reader(reading)
    rows, in_tables = read_table_fundings(reader)
    prose = read_prose_fundings(reader, in_tables)
    told = frozenset(span for funding in (*prose, *rows) for span in funding.evidence) | in_tables
    fundings = merge_fundings(prose, [*rows, *read_listed_fundings(reader, told)])
    fundings = (*fundings, *fundings_of_form(reading, fundings))
    agreements = read_agreements(reader)
    projects = read_projects(reader)
    atlas = read_atlas(reading, fundings)
    partnerships = read_partnerships(reader, agreements, projects)
    if atlas is not None:
        whole = partnership_of_form(reading, atlas)
        partnerships = merge_partnerships((*whole, *partnerships))
        projects = project_of_form(atlas, projects)
    return Record(
        id=document_id(extraction.source.name),
        source=extraction.source,
        document=read_document(reading, atlas),
        entities=entities,
        partnerships=partnerships,
        fundings=fundings,
        agreements=agreements,
        projects=projects,
        atlas=atlas,
        notices=extraction.notices,
    )


def read_record(doc: Doc, extraction: Extraction) -> Record:
    """Return what an annotated document says, every value with the spans that it was read from.

    Parameters
    ----------
    doc
        Document whose text is ``extraction.text`` and whose entities bear the
        labels of the annotation guide; identifiers (``ent.kb_id_``) and typed
        values (``span._.value``) are used where they are there.
    extraction
        Text and layout that the document was made from.

    Raises
    ------
    ValueError
        The document was not made from this extraction: their texts differ.
    """
    if doc.text != extraction.text:
        raise ValueError(
            f"{extraction.source.name}: the document has {len(doc.text)} characters, its extraction "
            f"{len(extraction.text)}. Make the document from this extraction."
        )
    return record_of(extraction, entities_of(doc, extraction))
