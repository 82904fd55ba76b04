"""What a site lets robots read (robots.txt, RFC 9309)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes

__all__ = ["MAX_ROBOTS_BYTES", "Rules", "read_robots"]

#: Robots may stop reading here (RFC 9309, 2.5).
MAX_ROBOTS_BYTES = 500 * 1024
_KEPT = re.compile(r"(?i)%(2f|2a|24)")
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*([^#]*)")


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robot may read: (allowed, pattern) pairs, and the seconds that the site asks for between calls."""

    rules: tuple[tuple[bool, str], ...] = ()
    delay: float | None = None

    def allows(self, target: str) -> bool:
        """Tell whether a path with its query may be read: the longest rule that matches decides, then the milder.

        >>> Rules(((False, "/prive/"), (True, "/prive/*.pdf$"))).allows("/prive/pv.pdf")
        True
        """
        path = _normal(target) or "/"
        if path == "/robots.txt":
            return True
        found = [(len(pattern), allowed) for allowed, pattern in self.rules if _matches(pattern, path)]
        return max(found, default=(0, True))[1]


def read_robots(text: str, robot: str) -> Rules:
    """Return the rules of a robots.txt for a robot: those of the groups that name it, else those for all.

    Parameters
    ----------
    robot
        Product name of the user agent, compared without regard to case.

    Lines that mean nothing are passed over, as RFC 9309 asks; ``Crawl-delay``,
    which it does not know, is read because many French sites set it.

    >>> read_robots("User-agent: *\\nDisallow: /admin\\nCrawl-delay: 5", "coopnlp")
    Rules(rules=((False, '/admin'),), delay=5.0)
    """
    groups: dict[bool, list[tuple[bool, str]]] = {}
    delays: dict[bool, float] = {}
    mine: set[bool] = set()  # True: the group names the robot; False: it is for all
    in_names = False
    for line in text[:MAX_ROBOTS_BYTES].removeprefix("\ufeff").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        key, value = match[1].lower(), match[2].strip()
        if key == "user-agent":
            if not in_names:
                mine = set()
            in_names = True
            product = re.match(r"[A-Za-z_-]*", value)
            if value == "*":
                mine.add(False)
            elif product and product[0].lower() == robot.lower():
                mine.add(True)
            for group in mine:
                groups.setdefault(group, [])
            continue
        if key in ("allow", "disallow"):
            in_names = False
            if value:
                for group in mine:
                    groups[group].append((key == "allow", _normal(value, is_pattern=True)))
        elif key == "crawl-delay":
            in_names = False
            if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value):
                for group in mine:
                    delays.setdefault(group, float(value))
    named = True in groups
    return Rules(tuple(groups.get(named, ())), delays.get(named))


def _normal(path: str, *, is_pattern: bool = False) -> str:
    """Return a path with every octet that needs no escape plain, the others as %XX.

    An escaped slash is no slash; ``*`` and ``$`` are signs of patterns, and escaped elsewhere.
    """
    kept = _KEPT.sub(lambda escape: f"%25{escape[1].upper()}", path)
    plain = quote(unquote_to_bytes(kept), safe="/?=&;:@!+,()'~%*$")
    return plain if is_pattern else plain.replace("*", "%2A").replace("$", "%24")


def _matches(pattern: str, path: str) -> bool:
    """Match a pattern with ``*`` and a final ``$``, part by part: in time linear in the path for each part."""
    whole = pattern.endswith("$")
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    if not parts:
        return not whole or at == len(path)
    last = parts.pop() if whole else ""
    for part in parts:
        found = path.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return not whole or (len(path) - len(last) >= at and path.endswith(last))
