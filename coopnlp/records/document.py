"""What a document is: its title, date, kind and author.

Kinds are French words: « fiche de l'atlas », « délibération », « procès-verbal
», « résolution », « convention », « avenant », « plan d'action », « rapport de
mission », « rapport », « communiqué », « article », « appel à projets »,
« liste de projets », « lettre », « note ». Absent where the document gives no sign.
"""

from __future__ import annotations

import re

from coopnlp.records.reading import Reading, clip
from coopnlp.types import AtlasRecord, DateValue, DocumentInfo, Entity

__all__ = ["read_document"]

# First match wins; looked for in the first lines, then (second pattern) anywhere.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("avenant", r"^\W*avenant\b", r"(?!)"),
    (
        "convention",
        r"^\W*(?:convention|entente|accord|protocole|charte|pacte|contrat)\b[^\n]{0,120}$",
        r"\bentre les soussignes\b",
    ),
    ("plan d'action", r"^\W*(?:plan d'action|feuille de route|programme d'action)\b", r"(?!)"),
    (
        "délibération",
        r"\b(?:extrait du registre des deliberations|deliberation n|deliberation du conseil"
        r"|decision du maire)\b",
        r"\bapres en avoir delibere\b",
    ),
    (
        "résolution",
        r"^\W*resolution\b|\bresolution (?:n° ?)?\d",
        r"\battendu (?:que|qu'|l'|la )[\s\S]{0,2000}\b(?:il est (?:propose|resolu)"
        r"|en consequence)\b",
    ),
    (
        "procès-verbal",
        r"\b(?:proces[- ]verbal|compte[- ]rendu|releve de (?:decisions|conclusions)"
        r"|seance du)\b",
        r"\b(?:m|mme)\. [^\n]{3,40}\. [–-] ",
    ),
    ("appel à projets", r"\b(?:appel a (?:projets|candidatures|propositions)|reglement de l'appel)\b", r"(?!)"),
    ("liste de projets", r"\b(?:laureats?|projets (?:retenus|soutenus|finances)|resultats de l'appel)\b", r"(?!)"),
    (
        "article",
        r"(?!)",
        r"\bpubliee? le\b|\btemps de lecture\b|\blecture\s*:\s*\d+ min|\bmis en ligne le\b"
        r"|^\W*par <per>",
    ),
    (
        "rapport de mission",
        r"\b(?:rapport|compte[- ]rendu|carnet) de mission\b|^\W*mission (?:a|au|en|aux) ",
        r"\b(?:la|cette) mission\b[\s\S]{0,300}\b(?:objectifs|deplacement|se derouler"
        r"|delegation)\b",
    ),
    ("communiqué", r"\bcommunique(?: de presse)?\b|\bpour diffusion immediate\b", r"(?!)"),
    ("rapport", r"\brapport\b|\bevaluation\b|\bbilan\b", r"\bisbn\b"),
    ("note", r"^\W*note\b", r"(?!)"),
    ("lettre", r"\bmonsieur (?:le|l')|\bmadame (?:la|le)\b", r"\bje vous prie d'agreer\b|\bsalutations distinguees\b"),
)
_FURNITURE = re.compile(
    r"^\W*(?:accueil\b|menu\b|aller au\b|page \d|partager\b|copier le lien|se connecter"
    r"|s'abonner|nous utilisons|ce site|vous etes ici|imprimer|rechercher"
    r"|envoye en prefecture|recu en prefecture|affiche le|id :|publie le|mis en ligne"
    r"|temps de lecture|isbn|par )"
)
_DATED = re.compile(
    r"\b(?:publiee?\s+le|publication|mis(?:e)? en ligne le|seance(?: \w+){0,3} du"
    r"|reunion du|session du|conseil (?:municipal|communautaire|departemental|regional) du"
    r"|deliberation du|fait a [^\n]{2,40}, le|signe a [^\n]{2,40}, le|date\s*:|le|du"
    r"|,)\s*$"
)


def _kind(reading: Reading, atlas: AtlasRecord | None) -> str | None:
    if atlas is not None:
        return "fiche de l'atlas"
    head = "\n".join(reading.plain[a:b].strip() for a, b in reading.lines[:14])
    for kind, first, anywhere in _KINDS:
        if re.search(first, head, re.M):
            return kind
        if re.search(anywhere, reading.plain, re.M):
            return kind
    return None


def _title(reading: Reading, kind: str | None) -> str | None:
    meta = reading.extraction.metadata.title
    if (
        meta
        and len(meta) > 3
        and not re.search(r"\.(?:docx?|pdf|odt|html?)$|^(?:document|sans titre|untitled|microsoft)", meta, re.I)
    ):
        return clip(meta, 300)
    for block in reading.extraction.blocks:
        if block.kind == "heading" and block.start < 3000 and len(reading.text[block.start : block.end].split()) > 1:
            return clip(re.sub(r"^#+\s*", "", reading.text[block.start : block.end]), 300)
    for start, end in reading.lines[:12]:
        line = reading.text[start:end].strip()
        heading = re.match(r"#{1,3}\s+\S", line)
        if heading:
            return clip(line.lstrip("# "), 300)
    for start, end in reading.lines[:12]:
        line, words = reading.text[start:end].strip(), reading.plain[start:end].strip()
        named = reading.within(start, end)
        covered = sum(e.end - e.start for e in named if e.label in ("COLLECTIVITY", "PER", "DATE", "LOC"))
        if len(line) < 8 or _FURNITURE.search(words) or " | " in line or covered > 0.8 * len(line) or len(line) > 250:
            continue
        if re.search(r"\s{4,}page\b|^\W*\d+\W*$", words):
            continue
        return clip(line, 300)
    return None


def _date(reading: Reading) -> str | None:
    days = [e for e in reading.entities if e.label == "DATE" and isinstance(e.value, DateValue)]

    def value(entity: Entity) -> str | None:
        return entity.value.start if isinstance(entity.value, DateValue) else None

    for day in days:
        before = reading.plain[max(0, day.start - 60) : day.start].replace("\n", " ")
        if re.search(
            r"\b(?:publiee?\s+le|mise? en ligne le|seance (?:\w+ ){0,3}(?:du|tenue le)(?: \w+)?"
            r"|reunion du|session du|conseil \w+ du|tenue? le(?: \w+)?|date\s*:)\s*$",
            before,
        ):
            return value(day)
    for day in reversed(days):
        start, _ = reading.line_at(day.start)
        above = reading.line_at(max(0, start - 1))[0]
        lead = reading.plain[above : day.start].replace("\n", " ")
        if re.search(
            r"\b(?:fait|signee?|certifie\w*) (?:en [^,;.]{3,40},? )?(?:a|au|aux) [^,;.]{2,40},? (?:le|ce)\s*$",
            lead,
        ):
            return value(day)
    head_end = reading.lines[min(9, len(reading.lines) - 1)][1] if reading.lines else 0
    full = [d for d in days if d.end <= head_end and len(value(d) or "") >= 7]
    for day in full:
        start, _ = reading.line_at(day.start)
        lead = reading.plain[start : day.start].strip()
        place = reading.within(start, day.start)
        # « Dakar, 4 mai 2012 »: a dateline, wherever it stands in the first lines.
        if (
            place
            and place[-1].label in ("LOC", "COLLECTIVITY")
            and reading.text[place[-1].end : day.start] in (", ", ", le ")
        ):
            return value(day)
        if len(lead) < 60 and (place or not re.search(r"[a-z]{3}", lead) or re.search(r"\ble$", lead)):
            return value(day)
    last = reading.lines[-3][0] if len(reading.lines) > 3 else 0
    for day in days:
        start, _ = reading.line_at(day.start)
        if day.start >= last and re.match(
            r"\W*(?:depot legal|©|[a-z' -]{2,30}, le)", reading.plain[start : day.start] + " "
        ):
            return value(day)
    legal = [d for d in days if re.search(r"depot legal|©", reading.plain[max(0, d.start - 130) : d.start])]
    return value(legal[0]) if legal else reading.extraction.metadata.date


def _author(reading: Reading) -> str | None:
    for person in (e for e in reading.entities if e.label == "PER"):
        before = reading.plain[max(0, person.start - 30) : person.start].replace("\n", " ")
        if re.search(
            r"(?:^|\W)(?:par|auteure?s? ?:|redige par|texte(?: de)? ?:|rapporteure? ?:"
            r"|propos recueillis par)\s*(?:m\.|mme)?\s*$",
            before,
        ):
            near_date = reading.within(max(0, person.start - 60), person.start, ("DATE",))
            start, _ = reading.line_at(person.start)
            if (
                near_date
                or not reading.plain[start : person.start].replace("par", "").strip(" :.")
                or re.search(r"auteur|redige|rapporteur|recueillis", before)
            ):
                return clip(person.text)
    return reading.extraction.metadata.author


def read_document(reading: Reading, atlas: AtlasRecord | None) -> DocumentInfo:
    """Return what the document is; what it does not say is absent."""
    kind = _kind(reading, atlas)
    title = atlas.title if atlas is not None and atlas.title else _title(reading, kind)
    return DocumentInfo(
        title=title,
        date=None if atlas is not None else _date(reading),
        kind=kind,
        author=None if atlas is not None else _author(reading),
        pages=reading.extraction.metadata.pages,
    )
