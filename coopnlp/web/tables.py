"""The tables of an SQLite register that Datasette may show, with what they hold."""

from __future__ import annotations

__all__ = ["COMPARISONS", "HIDDEN", "READABLE", "TABLES"]

# All else is hidden: accounts, corrections (who did what), places on the disk, the journal, what the index of
# words is made of.
TABLES = {
    "item": "Fiches : accords, projets, partenariats et financements, chacun une fois",
    "item_party": "Parties et bailleurs des fiches",
    "item_amount": "Montants des fiches",
    "item_theme": "Thèmes des fiches",
    "item_country": "Pays des fiches",
    "item_record": "Lectures dont les fiches sont faites",
    "actor": "Acteurs",
    "proposal": "Fiches qui sont peut-être les mêmes",
    "document": "Documents",
    "passage": "Textes des documents, par page",
    "entity": "Entités reconnues dans les textes",
    "record": "Lectures : une par document et par fiche",
    "agreement": "Accords lus",
    "project": "Projets lus",
    "partnership": "Partenariats lus",
    "funding": "Financements lus",
    "party": "Parties lues",
    "amount": "Montants lus",
    "evidence": "Places des mots dont les lectures viennent",
    "theme": "Thèmes lus, avec les mots décisifs",
    "notice": "Remarques sur la lecture des documents",
}
# How the filters of a table are called; those that are signs, and those that only programs ask for, are left out.
COMPARISONS = {
    "exact": "est",
    "not": "n’est pas",
    "contains": "contient",
    "startswith": "commence par",
    "endswith": "finit par",
    "gt": ">",
    "gte": "≥",
    "lt": "<",
    "lte": "≤",
    "in": "est dans la liste",
    "notin": "n’est pas dans la liste",
    "isnull": "n’est pas dit",
    "notnull": "est dit",
    "isblank": "est vide",
    "notblank": "n’est pas vide",
}
READABLE = frozenset(TABLES)
# What no query of Datasette reads, however it was made.
HIDDEN = frozenset(("account", "correction", "location", "run", "plan", "source"))
