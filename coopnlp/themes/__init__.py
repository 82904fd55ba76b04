"""Projects on the themes of a nomenclature: the classifier, its corpus, its measures.

Using the model needs NumPy only; training it needs scikit-learn
(:mod:`coopnlp.themes.train`).
"""

from __future__ import annotations

from coopnlp.themes.document import document_text
from coopnlp.themes.model import Limits, ThemeModel, load_themes
from coopnlp.themes.taxonomy import NodePath, Taxonomy, atlas

__all__ = ["Limits", "NodePath", "Taxonomy", "ThemeModel", "atlas", "document_text", "load_themes"]
