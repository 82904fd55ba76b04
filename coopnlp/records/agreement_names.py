"""What an instrument's name and heading say: its kind, and the parties named in them."""

from __future__ import annotations

import re

from coopnlp.records.parties import coordinated, is_state, party, same_name, unique_parties
from coopnlp.records.reading import Reading, plain
from coopnlp.types import Entity, Party

__all__ = ["agreement_kind", "is_bare", "is_instrument", "parties_in_title", "parties_of_heading", "parties_on_top"]

# Head nouns of instruments, longest first (annotation-guide.md, AGREEMENT).
_KINDS = (
    "plan d'action",
    "feuille de route",
    "convention-cadre",
    "accord-cadre",
    "protocole d'accord",
    "protocole d'entente",
    "lettre d'intention",
    "lettre d'entente",
    "declaration",
    "memorandum",
    "avenant",
    "convention",
    "entente",
    "accord",
    "protocole",
    "charte",
    "pacte",
    "traite",
    "serment",
    "acte de jumelage",
    "contrat",
    "lettre",
    "plan",
    "memoire d'entente",
)
_WRITTEN = {
    "declaration": "déclaration",
    "memorandum": "mémorandum",
    "traite": "traité",
    "memoire d'entente": "mémoire d'entente",
    "plan": "plan d'action",
    "convention-cadre": "convention",
    "accord-cadre": "accord",
    "protocole d'accord": "protocole",
    "protocole d'entente": "protocole",
    "lettre d'entente": "lettre d'entente",
}


def agreement_kind(title: str) -> str:
    """Return the head noun of an instrument's name, in French; « accord » where none is known.

    >>> agreement_kind("Convention-cadre de coopération"), agreement_kind("avenant n° 2")
    ('convention', 'avenant')
    """
    words = plain(re.sub(r"\s+", " ", title))
    found = [(m.start(), -len(kind), kind) for kind in _KINDS if (m := re.search(rf"\b{kind}s?\b", words))]
    if not found:
        return "accord"
    kind = min(found)[2]
    return _WRITTEN.get(kind, kind)


# Acts of one body, urban plans, contracts of purchase: no agreements (annotation-guide.md, AGREEMENT).
_NO_INSTRUMENT = re.compile(
    r"\bdeclarations? (?:d'utilite publique|(?:prealable )?des? travaux|d'intention d'aliener|d'impots?|sur l'honneur)"
    r"|\bplan (?:d'occupation|local d'urbanisme|de deplacement|de prevention|climat|de sauvegarde|numerique|de masse)"
    r"|\bcontrats? (?:de (?:travail|maitrise|location|vente|bail|apprentissage|entretien|maintenance)|d'assurance)"
    r"|\blettres? (?:d'injonction|recommandee|de mission|de cadrage|circulaire|ouverte|d'information|type)"
    r"|\bavenants? (?:n° ?\d+ )?au (?:marche|bail|lot)|\bconventions? (?:collective|citoyenne|nationale d[eu]s?\b)"
    r"|\bcharte (?:d'utilisation|graphique|informatique|du (?:temps|personnel))"
)


def is_instrument(title: str) -> bool:
    """Tell whether a name is that of an instrument between parties: it has a head noun of one, and is no other act.

    >>> is_instrument("pacte d'amitié"), is_instrument("déclaration d'utilité publique"), is_instrument("SERM")
    (True, False, False)
    """
    words = plain(re.sub(r"\s+", " ", title))
    return not _NO_INSTRUMENT.search(words) and any(re.search(rf"\b{kind}s?\b", words) for kind in _KINDS)


def is_bare(title: str) -> bool:
    """Tell whether a name says no more than a kind: « la convention », « une lettre d'intention »."""
    words = plain(re.sub(r"\s+", " ", title)).strip()
    return any(re.fullmatch(rf"{kind}s?(?: n° ?\d+| type| d'engagement)?", words) for kind in _KINDS)


def parties_in_title(reading: Reading, title: str) -> tuple[Party, ...]:
    """Return the parties that a title names after « entre »."""
    flat = re.sub(r"\s+", " ", title)
    found = re.search(
        r"\bentre (?:la |le |les |l')?(?P<one>[^,]+?) et (?:la |le |les "
        r"|l')?(?P<other>.+?)(?= (?:sur|relati\w+|concernant|pour|en matiere|portant|visant"
        r"|du \d|\d{4})\b|[,(]|$)",
        plain(flat),
    )
    if not found:
        return _pair_in_title(reading, flat)
    return tuple(_as_known(reading, flat[found.start(name) : found.end(name)]) for name in ("one", "other"))


def _pair_in_title(reading: Reading, title: str) -> tuple[Party, ...]:
    """Return the parties of « entente Dijon-Prague »: the names at both sides of a dash that the document knows."""
    named: dict[str, Party] = {}
    for entity in reading.entities:
        if entity.label == "COLLECTIVITY" or is_state(entity):
            named.setdefault(entity.text, party(entity))
    known = [(plain(text), one) for text, one in named.items()]
    for dash in re.finditer(r"\s?[-–—/]\s?", title):
        before, after = plain(title[: dash.start()]), plain(title[dash.end() :])
        # a name that the other words do not hold needs no search
        left = next(
            (k for words, k in known if words in before and re.search(rf"(?:^|[\s('’]){re.escape(words)}$", before)),
            None,
        )
        right = next(
            (k for words, k in known if after.startswith(words) and re.match(r"(?!\w)", after[len(words) :])), None
        )
        if left and right and not same_name(left, right):
            return (left, right)
    return ()


def _as_known(reading: Reading, name: str) -> Party:
    """Return a name inside a title as the party that the document names elsewhere, with its identifier."""
    bare = Party(text=name)
    for entity in reading.entities:
        if entity.kb_id and entity.label in ("COLLECTIVITY", "LOC", "ORG") and same_name(bare, Party(text=entity.text)):
            return Party(text=name, kb_id=entity.kb_id)
    return bare


def parties_of_heading(reading: Reading, after: int) -> tuple[Party, ...]:
    """Return the parties of « ENTRE la Ville de X, représentée par ... ET la Commune de Y »."""
    window = reading.plain[after : after + 3000]
    stop = re.search(
        r"\b(?:il (?:a ete|est) (?:expose|convenu|arrete|rappele|preambule|prealablement)"
        r"|preambule|expose\b|article (?:1\b|premier|i\b)|art\. 1\b|conviennent"
        r"|les parties sont|objet de)",
        window,
    )
    end = after + (stop.start() if stop else 1500)
    opening = re.search(
        r"\bentre\b(?: (?:les )?soussignes)?|\b(?:les )?parties(?: contractantes)?\b|\bles soussignes\b",
        window[: end - after],
    )
    begin = after + (opening.end() if opening else 0)
    bodies = [e for e in reading.within(begin, end) if e.label in ("COLLECTIVITY", "ORG") or is_state(e)]
    if opening and bodies and bodies[0].start - begin < 60:
        run, _ = coordinated(reading, bodies, 0)
        if len(run) > 1:
            return unique_parties(run)
    formal = re.search(
        r"\b(?:represent\w+|soussigne\w*|d'une part|ci-apres|agissant|parties contractantes)\b",
        window[: end - after],
    )
    found: list[Entity] = []
    for entity in bodies if formal or not opening else []:
        start, _ = reading.line_at(entity.start)
        lead = reading.plain[max(begin, start) : entity.start]
        opens_line = re.fullmatch(
            r"\W*(?:\d{1,2}\W+|[a-z]\W\s*)?(?:et |d'une part,? |d'autre part,? |entre )*(?:la |le "
            r"|les |l')?(?:association |societe )?",
            lead,
        )
        inline = re.search(
            r"(?:[;:,.]|\bpart\b|\bentre\b)\s*,?\s*et,? (?:la |le |les |l')?(?:association "
            r"|societe )?$|\bentre\s+(?:la |le |les |l')?$",
            reading.plain[begin - 10 : entity.start],
        )
        if (opens_line or inline) and not re.search(r"\b(?:vu|sise?|siege|adresse)\b[^;\n]*$", lead):
            found.append(entity)
    return unique_parties(found)


def parties_on_top(reading: Reading) -> tuple[Party, ...]:
    """Return the collectivities that one of the first lines names together: « entre A et B », « A – B »."""
    for start, end in reading.lines[:12]:
        bodies = [e for e in reading.within(start, end) if e.label == "COLLECTIVITY" or is_state(e)]
        for i, entity in enumerate(bodies):
            lead = reading.plain[start : entity.start]
            run, run_end = coordinated(reading, bodies, i)
            alone = not re.search(r"\w", lead + reading.plain[run_end:end])
            if len(run) > 1 and (alone or re.search(r"\bentre (?:la |le |les |l')?$", lead)):
                return unique_parties(run)
    return ()
