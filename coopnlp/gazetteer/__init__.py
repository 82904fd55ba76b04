"""Names of local authorities, states and cities, with their identifiers: lookup and how it was built."""

from coopnlp.gazetteer.index import Gazetteer
from coopnlp.gazetteer.places import CLASSES, Candidate, Kind, Place
from coopnlp.gazetteer.scoring import Evidence

__all__ = ["CLASSES", "Candidate", "Evidence", "Gazetteer", "Kind", "Place"]
