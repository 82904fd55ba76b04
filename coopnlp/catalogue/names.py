"""Names of parties compared where identifiers do not decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from coopnlp.catalogue.facts import Fact, Member
from coopnlp.text import fold

__all__ = ["Shared", "core_name", "shared_parties"]

# What stands before a name and says the level, not who it is.
_LEVEL = re.compile(
    r"^(?:(?:la|le|les|l|ville|villes|commune|mairie|municipalite|departement|region|conseil|regional|departemental|general"
    r"|municipal|metropole|communaute|urbaine|d|de|du|des|agglomeration|mrc|communes|province|cercle|prefecture)\s+)+(?=\S)"
)
_BRACKET = re.compile(r"\s*\([^)]*\)")


@lru_cache(maxsize=100_000)
def core_name(text: str) -> str:
    """Return a folded name without the words of its level and without brackets.

    >>> core_name("Ville de Saint-Malo"), core_name("Conseil régional de Bretagne")
    ('saint malo', 'bretagne')
    """
    folded = fold(_BRACKET.sub("", text)) or fold(text)
    return _LEVEL.sub("", folded)


class Shared:
    """Who is named in both of two records.

    Attributes
    ----------
    linked
        Identifiers that both name.
    named
        How many more are named in both by the same name, where one at least has no identifier.
    only
        Those that the first alone has, and those that the second alone has.
    """

    __slots__ = ("linked", "named", "only")

    def __init__(self, first: Sequence[Member], second: Sequence[Member]) -> None:
        ours = {member.key: member for member in first}
        theirs = {member.key: member for member in second}
        both = ours.keys() & theirs.keys()
        self.linked = frozenset(key for key in both if ours[key].linked)
        self.named = len(both) - len(self.linked)
        left = [ours[key] for key in ours if key not in both]
        right = [theirs[key] for key in theirs if key not in both]
        for member in list(left) if right else ():
            same = next(
                (
                    other
                    for other in right
                    if not (member.linked and other.linked) and core_name(member.text) == core_name(other.text)
                ),
                None,
            )
            if same is not None:
                self.named += 1
                left.remove(member)
                right.remove(same)
        self.only = (tuple(left), tuple(right))

    @property
    def contrary(self) -> bool:
        """Whether each side has a linked party that the other lacks: they are of other people."""
        return all(any(member.linked for member in side) for side in self.only)

    @property
    def equal(self) -> bool:
        """Whether both have the same parties, all with identifiers."""
        return not self.only[0] and not self.only[1] and self.named == 0


def shared_parties(first: Fact, second: Fact) -> Shared:
    """Return who is named in both records."""
    return Shared(first.members, second.members)
