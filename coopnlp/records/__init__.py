"""Records: what a document says about who agreed with whom, on what, when, for how much.

:func:`read_record` takes an annotated document and gives a
:class:`~coopnlp.types.Record`. Modules: ``reading`` (text and entities to read
from), ``trusted`` (which entities records may rest on), ``sentences``, ``rows``
and ``table_columns`` (tables), ``clauses`` (sentences as patterns), ``parties``
(names, lists of parties, the collectivity that speaks); ``fundings``, ``givers``,
``supporters``, ``funding_tables``, ``sum_lists``, ``laureates``, ``grantors`` (who
grants a list or table), ``funding_years`` (the year that a layout says) and ``purposes`` (what they are for:
``purpose_lines``, ``purpose_sentences``, ``purpose_items``, ``purpose_topics``, ``purpose_heads``,
``purpose_words``); ``bare_sums`` (numbers without a currency), ``acronyms``; ``partnerships``,
``partnerships_told``, ``partnership_tables``, ``partnership_registers``, ``partnership_twins``,
``partnership_instruments``, ``partnership_years``; ``agreements``,
``agreement_dates`` and ``agreement_names``; ``projects``, ``project_titles``,
``project_lists``, ``project_items`` (``project_forms``, ``project_labels``, ``project_openings``,
``project_quotes``, ``project_bearers``) and
``project_tables``; ``rules``, all that these read; ``learned``, what linear models
add and take back (``bodies``, ``describe``, ``pair_features``, ``kind_features``, ``grant_features``,
``grant_surroundings``, ``weights``) and the years that they choose (``learned_years``,
``year_features``); ``atlas``, ``atlas_text`` (the form written out), ``document``. Themes are another stage's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coopnlp.records.atlas import read_atlas
from coopnlp.records.atlas_record import fundings_of_form, partnership_of_form, project_of_form
from coopnlp.records.document import read_document
from coopnlp.records.dues import without_dues
from coopnlp.records.funding_years import with_years
from coopnlp.records.learned import with_learned_fundings, with_learned_partnerships
from coopnlp.records.learned_years import with_learned_years
from coopnlp.records.partnership_merge import merge_partnerships
from coopnlp.records.partnership_years import with_beginnings
from coopnlp.records.purposes import with_purposes
from coopnlp.records.reading import entities_of
from coopnlp.records.rules import read_by_rules
from coopnlp.records.whole_sums import without_totals
from coopnlp.types import Entity, Extraction, Record, document_id

if TYPE_CHECKING:
    from spacy.tokens import Doc

__all__ = ["read_record", "record_of"]


def record_of(extraction: Extraction, entities: tuple[Entity, ...]) -> Record:
    """Return the record of a text whose entities are known, in order; see :func:`read_record`."""
    told = read_by_rules(extraction, entities)
    reader, reading = told.reader, told.reader.reading
    fundings = (*told.fundings, *fundings_of_form(reading, told.fundings))
    agreements, projects, partnerships = told.agreements, told.projects, told.partnerships
    atlas = read_atlas(reading, fundings)
    document = read_document(reading, atlas)
    if atlas is None:
        # A form of the atlas says all in its fields.
        fundings = with_learned_fundings(reader, fundings, told.explained, settled=told.settled)
        fundings = with_years(reading, without_totals(reader, without_dues(reader, fundings)), document.date)
        partnerships = with_learned_partnerships(
            reader, partnerships, agreements=agreements, projects=projects, outright=told.outright
        )
        partnerships = with_beginnings(reading, partnerships)
    else:
        whole = partnership_of_form(reading, atlas)
        partnerships = merge_partnerships((*whole, *partnerships))
        projects = project_of_form(atlas, projects)
    fundings = with_purposes(reader, fundings, projects)
    if atlas is None:
        fundings = with_learned_years(reading, fundings, document)
    return Record(
        id=document_id(extraction.source.name),
        source=extraction.source,
        document=document,
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
