"""Where authorities are: latitude and longitude by identifier, from the table that ships."""

from __future__ import annotations

import gzip
import re
from functools import cache

from coopnlp.gazetteer import Gazetteer
from coopnlp.resources import data_file

__all__ = ["Coordinates"]

_COUNTRY = re.compile(r"iso3166:[A-Z]{2}")


class Coordinates:
    """Coordinates of towns, départements, regions, MRC, states and countries.

    Parameters
    ----------
    table
        A place a line, sorted by its identifier: identifier, latitude and longitude in
        hundredths of a degree (WGS 84), tab-separated.
    """

    def __init__(self, table: str) -> None:
        self._places: dict[str, tuple[float, float]] = {}
        for line in table.splitlines():
            kb_id, latitude, longitude = line.split("\t")
            self._places[kb_id] = int(latitude) / 100, int(longitude) / 100

    @classmethod
    def load(cls) -> Coordinates:
        """Return the table that ships, read once.

        Raises
        ------
        ModelError
            The file is missing.
        """
        return _load()

    def __len__(self) -> int:
        return len(self._places)

    def own(self, kb_id: str) -> tuple[float, float] | None:
        """Return the coordinates of a place itself, as (latitude, longitude) in degrees, or None."""
        return self._places.get(kb_id)

    def of(self, kb_id: str) -> tuple[float, float] | None:
        """Return the coordinates of a place; else of what it was merged into, else of the nearest area around it.

        Countries are no nearest area: a place of which only the country is known is not on the map.
        """
        gazetteer = Gazetteer.load()
        seen: set[str] = set()
        while kb_id and kb_id not in seen:
            if kb_id in self._places:
                return self._places[kb_id]
            seen.add(kb_id)
            place = gazetteer.by_id(kb_id)
            if place is None:
                return None
            if place.successor:
                kb_id = place.successor
                continue
            # An EPCI says more than a département, and is named after it.
            around = sorted(place.parents, key=lambda parent: not parent.startswith("fr-epci:"))
            known = (parent for parent in around if parent in self._places and not _COUNTRY.fullmatch(parent))
            nearest = next(known, None)
            return None if nearest is None else self._places[nearest]
        return None


@cache
def _load() -> Coordinates:
    return Coordinates(gzip.decompress(data_file("catalogue", "coordinates.tsv.gz").read_bytes()).decode("utf-8"))
