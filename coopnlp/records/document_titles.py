"""The title of a document: its own, not the letterhead, menu, date or table head above it."""

from __future__ import annotations

import re

from coopnlp.records.document_kinds import OPENS_MINUTES, is_kind_line
from coopnlp.records.reading import Reading, clip, plain

__all__ = ["title_of_document"]

_FURNITURE = re.compile(
    r"^\W*(?:accueil\b|monsieur\b|madame\b|menu\b|aller au\b|page \d|partager\b|copier le lien|se connecter"
    r"|s'abonner|nous utilisons|ce site|vous etes ici|imprimer|rechercher"
    r"|envoye en prefecture|recu en prefecture|affiche le|id :|publie le|mis en ligne|accuse de reception"
    r"|temps de lecture|isbn|par |rubrique\b|tout accepter|date\s*:|lieu\s*:|(?:n/)?ref\b|telephone|tel\b|courriel"
    r"|redact(?:eur|rice|ion)\b|auteure?s?\b|autrice\b|texte\s*:|diffusion\s*:|destinataires?\b|a l'attention"
    r"|nombre de|presents?\b|absents?\b|excuses?\b|etaient)"
)
# Who writes, as letterheads say it: a body or a service of it, alone on its line.
_LETTERHEAD = re.compile(
    r"^\W*(?:la |le |l')?(?:canada|province d[eu'].*|republique .*|france|quebec|liberte\W+egalite\W+fraternite"
    r"|(?:ville|commune|mairie|municipalite|departement|region|prefecture|sous-prefecture|communaute|metropole"
    r"|agglomeration|mrc|conseil (?:general|departemental|regional|municipal|communautaire|metropolitain)"
    r"|conference regionale|ministere|ambassade|consulat)\b[^.:;!?]*"
    r"|(?:direction|service|pole|cabinet|secretariat|bureau|mission|delegation|departement|division|departement)"
    r"(?: generale?)? ?(?:d[eu]s?\b|d'|a\b|aux?\b|pour\b|general\b|international)[^.:;!?\d]*)$"
)
# What says that such a line is more than a letterhead: « Région Bretagne : bilan », « Ville et lac ».
_CONTENT = re.compile(
    r"\b(?:bilan|rapport|compte[- ]rendu|proces|convention|accord|plan|projets?|programme|appel|note|jumelage|budget"
    r"|cooperation decentralisee|infos?|informations?|bulletin|deliberations?|seance)\b|\b(?:19|20)\d\d\b|[«»]"
)
_MENU = re.compile(r"\s[|·•›>»]\s.*\s[|·•›>»]\s|\s[>›]\s|\S\s\|\s|(?:\S\s{4,}){3}")
_PAGE = re.compile(r"\s{4,}page\b|^\W*\d*\W*$|\bp(?:age|\.) ?\d+(?:\s*(?:/|sur)\s*\d+)?\W*$|^[-–\s\d]+$")
_SALUTATION = re.compile(r"^\W*(?:chers?|cheres?|monsieur|madame|mesdames|messieurs)\b.{0,70},$")
_JUNK = re.compile(
    r"\.(?:docx?|pdf|odt|html?)$|^(?:document|sans titre|untitled|microsoft|accueil|home|word document)\b"
    r"|^(?:le )?(?:\d{1,2}(?:er)? )?[a-zéû]+ \d{4}$",
    re.I,
)
# « Monsieur le Maire rapporte : », « Mme Roy expose », « Vu le code général », « Le conseil, »: where the text of an
# act begins, under its title.
_REPORTS = re.compile(
    r"\W*(?:(?:m\.|mm\.|mme|mmes|mr|monsieur|madame|le |la |sur (?:le )?rapport d|sur proposition d|rapporteure?\b"
    r"|l'adjointe?)[^.;]{0,90}\b(?:rapporte|expose|rappelle|informe|indique|explique|propose|presente|donne lecture"
    r"|fait part|soumet)\b|rapporteure?\s*:|vu (?:le|la|les|l')|considerant\b|attendu\b"
    r"|(?:le|la) conseil(?:, )?(?: municipal| communautaire| general| departemental| regional)?,?\s*$)"
)
# What stands above the title of an act: the session, who was there, stamps, numbers.
_SESSION = re.compile(
    r"\W*(?:(?:seance|reunion|session|conseil municipal|conseil communautaire|commission permanente)\b[^.;:]{0,60}\d"
    r"|seance (?:publique|ordinaire|extraordinaire)|extrait d[ue]|registre des|n° ?\d|numero|acte certifie|date de"
    r"|convoque|l'an (?:deux|\d)|etai(?:en)?t|present|absent|excuse|pouvoirs?\b|procuration|secretaire|nombre|membres"
    r"|en exercice|votants?|quorum|le quorum|ordre du jour|deliberation(?: n°.*)?$|resolution(?: n°.*)?$)"
)
_ROLL = re.compile(r"\W*(?:etai(?:en)?t\b|presents?\b|absents?\b|excuses?\b|secretaire|pouvoirs?\b)")
_TITLE_LINES = 3
_ROLL_CALL = re.compile(r"(?:\S+ \S+\s*[,;–-]\s*){4}")
_ACTS = ("délibération", "résolution")
_ACT_LINES = 90
_FIRST_LINES = 14
_MAX_TITLE = 250
_SUBJECT_KINDS = ("lettre", "communiqué", "note", "délibération", "résolution")


def title_of_document(reading: Reading, kind: str | None) -> str | None:
    """Return the title, None where the first lines hold none.

    A title that the file states comes first, without the name of the site; then
    the subject that a letter, a note or an act states; a heading; and the first
    line that is neither letterhead nor menu, joined with the lines that go on.
    """
    stated = _stated(reading)
    if stated is not None:
        return stated
    if kind in _SUBJECT_KINDS:
        for start, end in reading.lines[:30]:
            subject = re.match(r"\W*objet\s*:\s*", reading.plain[start:end])
            if subject and len(reading.text[start + subject.end() : end].split()) > 1:
                return clip(reading.text[start + subject.end() : end], 300)
    if kind in _ACTS:
        above = _above_report(reading)
        if above is not None:
            return above
    return _heading(reading, kind) or _first_line(reading)


def _above_report(reading: Reading) -> str | None:
    """Return the line above the report or the recitals of an act, where it is no line of the session."""
    lines = reading.lines[:_ACT_LINES]
    begins = next(
        (at for at, (start, end) in enumerate(lines) if at and _REPORTS.match(reading.plain, start, end)), None
    )
    if begins is None:
        return None
    start, end = lines[begins - 1]
    if not _may_title(reading, start, end):
        return None
    for above in lines[begins - 2 :: -1][: _TITLE_LINES - 1] if begins > 1 else ():
        goes_on = reading.text[start:end].strip()[:1].islower()
        called = any(_ROLL.match(reading.plain, *line) for line in lines[: lines.index(above) + 1])
        if not (goes_on or (called and _may_title(reading, *above))) or end - above[0] > _MAX_TITLE:
            break
        start = above[0]
    return clip(re.sub(r"^\W*objet\b[^:\n]{0,20}:\s*", "", reading.text[start:end].strip("*_# "), flags=re.I), 300)


def _may_title(reading: Reading, start: int, end: int) -> bool:
    """Tell whether a line may be the title of an act, or a part of it."""
    line = reading.plain[start:end].strip()
    return not (
        not 8 <= len(line) <= _MAX_TITLE
        or len(line.split()) < 2
        or re.search(r"[.:,;]$", line)
        or _FURNITURE.search(line)
        or _SESSION.match(line)
        or _ROLL_CALL.search(line)
        or _PAGE.search(line)
        or _is_letterhead(line)
        or _is_named(reading, start, end)
        or is_kind_line(line)
    )


def _stated(reading: Reading) -> str | None:
    """Return the title of the metadata without the parts that only name the site or the body."""
    meta = reading.extraction.metadata
    title = clip(meta.title or "", 300)
    if len(title) <= 3 or _JUNK.search(title):
        return None
    names = {plain(e.text).strip() for e in reading.entities if e.label in ("COLLECTIVITY", "ORG")}
    names.add(plain(meta.publisher or "").strip())
    parts = re.split(r"\s+[-–—|·]\s+", title)
    kept = [p for p in parts if plain(p).strip() not in names and not _is_letterhead(plain(p).strip())]
    if not kept:
        return None
    if len(kept) == len(parts):
        return title
    at = title.index(kept[0])
    return title[at : title.rindex(kept[-1]) + len(kept[-1])]


def _is_letterhead(line: str) -> bool:
    return _LETTERHEAD.match(line) is not None and not _CONTENT.search(line)


def _heading(reading: Reading, kind: str | None) -> str | None:
    marked = (
        reading.extraction.source.media_type.startswith("text/") and "html" not in reading.extraction.source.media_type
    )
    limit = reading.lines[min(_FIRST_LINES, len(reading.lines)) - 1][1] if reading.lines else 0
    for block in reading.extraction.blocks:
        if block.kind != "heading" or block.start > (limit if marked else 3000):
            continue
        text = reading.text[block.start : block.end]
        if marked and not re.match(r"#{1,2}\s", text):
            continue  # what is underlined in plain text is as often the head of a table
        line = plain(re.sub(r"^#+\s*", "", text)).strip()
        if _FURNITURE.search(line) or (kind in _ACTS and _SESSION.match(line)):
            continue
        if len(text.split()) > 1 and not (_is_named(reading, block.start, block.end) or _is_letterhead(line)):
            return clip(re.sub(r"^#+\s*", "", text), 300)
    return None


def _is_named(reading: Reading, start: int, end: int) -> bool:
    """Tell whether a line holds little else than names and dates."""
    covered = sum(
        e.end - e.start for e in reading.within(start, end) if e.label in ("COLLECTIVITY", "PER", "DATE", "LOC")
    )
    line = reading.plain[start:end]
    bare = len(re.sub(r"[\W_]", "", line))
    return covered > 0.8 * len(line.strip()) or bare < 3 or covered >= bare


def _first_line(reading: Reading) -> str | None:
    lines = reading.lines[:_FIRST_LINES]
    for at, (start, end) in enumerate(lines):
        line, words = reading.text[start:end].strip(), reading.plain[start:end].strip()
        if _SALUTATION.match(words):
            return None
        if len(line) < 8 or _FURNITURE.search(words) or _MENU.search(line) or _PAGE.search(words):
            continue
        if _is_letterhead(words.strip(" *_#")) or _is_named(reading, start, end):
            continue
        if re.fullmatch(r"\W*(?:communique(?: de presse)?|pour diffusion immediate)\W*", " ".join(words.split())):
            continue
        if len(line) > 90 and OPENS_MINUTES.match(words):
            sentence = re.compile(r"[,;.]\s").search(reading.text, start + 20, end)
            return clip(reading.text[start : sentence.start() if sentence else end], 300)
        if len(line) > _MAX_TITLE or (re.search(r"[.;]$", line) and len(line) > 60):
            return None  # the text has begun
        return clip(reading.text[start : _title_end(reading, at)], 300).strip("*_# ")
    return None


def _title_end(reading: Reading, at: int) -> int:
    """Return where the title ends that begins on a line: it goes on in capitals or with a small letter."""
    end = reading.lines[at][1]
    for number in (1, 2):
        if at + number >= len(reading.lines):
            break
        start, stop = reading.lines[at + number]
        line, before = reading.text[start:stop].strip(), reading.text[slice(*reading.lines[at + number - 1])].strip()
        apart = reading.text.count("\n", end, start) > 1
        if apart or re.search(r"[.:;!?]$", before) or len(line) > 120 or _FURNITURE.search(plain(line)):
            break
        capitals = line.isupper() and before.isupper() and len(line.split()) > 1
        bare_kind = number == 1 and is_kind_line(plain(before).strip())
        told = bare_kind and not re.search(r"[.:;,]$|^\W*\w+\s*:", line) and not _is_letterhead(plain(line).strip())
        if _is_letterhead(plain(line).strip()) or not (line[:1].islower() or capitals or told):
            break
        end = stop
    return end
