"""Extraction measured on documents whose text is known: see ``README.md`` in this folder."""
