"""The date of a document: of its sitting, issue, signature or dateline; never that of what it announces."""

from __future__ import annotations

import re

from coopnlp.records.reading import Reading
from coopnlp.types import DateValue, Entity

__all__ = ["date_of_document", "date_of_signature"]

_LABELLED = re.compile(
    r"\b(?:publiee?\s+le|mise? en ligne le|seance (?:\w+ ){0,3}(?:du|tenue le)(?: \w+)?"
    r"|(?:(?:reunion|session)|(?:commission|bureau|comite|conseil|assemblee) (?!et\b|par\b|en\b)\w+)"
    r"(?: (?!et\b|par\b|en\b)\w+){0,2}?(?: du|,)(?: (?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche))?"
    r"|tenue? le(?: \w+)?|date(?: d'envoi[^:\n]{0,30})?\s*:)\s*$"
)
# « Entretien réalisé par téléphone le … », « Fiche établie en 2010 », in the last lines.
_MADE = re.compile(
    r"(?:^|\n)\W*(?:(?:note|fiche|rapport|entretien|propos|texte|article|document|compte rendu|synthese|notice|liste"
    r"|tableau)s?\b[^\n]{0,80}\b)?(?:etabli|redig|realis|recueilli|mis a jour|arret|paru|publi|diffus|imprim|edit"
    r"|derniere (?:modification|mise a jour))\w*\b[^.\n]{0,60}$"
)
# A line that is a dateline and nothing else, above the names of those who sign.
_DATELINE = re.compile(r"\W*(?:(?:fait )?(?:a|au|aux) )?[a-z' -]{2,40},\s*(?:le|ce)?\s*$")
# « Conseil communautaire – mardi 13 mai 2019 – Eurre », « (juillet 2018) », « Situation au 30 juin 2020 »
_SET_OFF = re.compile(
    r"(?:[–—,(|·/-]|\s{3,}|\b(?:situation|etat|version|arrete|chiffres|donnees|mis a jour) (?:au|du|le))\s*(?:les?\s+)?"
    r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?$|^\W*$"
)
_SET_OFF_AFTER = re.compile(r"\s*(?:[–—,.)|·/-]|\s{3,}|$)")
_PERIOD_HEAD = re.compile(r"\b(?:mission|voyage|sejour|visite|delegation|rencontres?|presence|deplacement|tournee)\b")
_REVISED = re.compile(
    r"\b(?:mise? a jour(?: le)?|(?:edit|imprim|etabli)e? le|version du|edition du|arrete le)\s*:?\s*$"
)
_SIGNED = re.compile(
    r"(?:^|\n)\W*(?:ainsi )?(?:fait|signee?|certifie\w*|donne)\b[^.\n]{0,40}? (?:a|au|aux) [^;.]{2,60}?,? (?:le|ce)\s*$"
)
_SIGNED_BY_PARTIES = re.compile(r"\b(?:fait|signee?) (?:en [^,;.]{3,40},? )?(?:a|au|aux) [^,;.]{2,40},? (?:le|ce)\s*$")
# A date after one of these is of another sitting, or of what is to come.
_OTHER = re.compile(
    r"\b(?:approbation|adoption|prochaine?s?|precedente?s?|derniere(?! modification| mise a jour)|transmis|sera|seront"
    r"|serait|aura lieu|auront lieu|prevue?s?|se tiendra|se tiendront|attendue?s?|avant le|au plus tard|jusqu'au"
    r"|a partir du|annoncee?s?)\b[^.\n]*$"
)
_ADOPTED = re.compile(r"\W*(?:version )?(?:adopte|approuve|valide|vote)e?s?\b[^.]{0,120}$")
# What a line tells of another day: « fondée le … », « elle fut signée à Foix le … ».
_TOLD = re.compile(
    r"\b(?:depuis|entre|(?:sign|fond|cre|inaugur|adopt|reno|renouvel|conclu)\w*|ne|nee|fut|furent|est|sont|ete|etait|loi"
    r"|decret|arrete|vu|convention|accord|charte|avant|apres)\b"
)
_ISSUE = re.compile(r"\bn[°oº]\s?\d|\bnumero \d|\bbulletin\b|\bedition\b")
_FIRST_LINES, _LAST_LINES, _TITLE_LINES, _LONGEST = 10, 12, 6, 130
_SIGNED_KINDS = ("convention", "avenant")


def _value(day: Entity) -> DateValue | None:
    return day.value if isinstance(day.value, DateValue) else None


def _start(day: Entity) -> str | None:
    value = _value(day)
    return value.start if value else None


def date_of_document(reading: Reading, kind: str | None) -> str | None:
    """Return the date, ISO 8601 as precise as the text, None where the document does not date itself."""
    days = [e for e in reading.entities if e.label == "DATE" and _value(e) is not None]
    own = [d for d in days if not _OTHER.search(reading.plain[max(0, d.start - 90) : d.start])]
    for day in own:
        if _LABELLED.search(reading.plain[max(0, day.start - 60) : day.start].replace("\n", " ")):
            return _start(day)
    signed = _signature(reading, own, kind)
    if signed is not None:
        return signed
    found = _head(reading, own, kind) or _foot(reading, own) or _dateline(reading, own)
    found = found or _set_off(reading, own) or _period(reading, own)
    if found is not None:
        return found
    for day in own:
        if _REVISED.search(reading.plain[max(0, day.start - 40) : day.start].replace("\n", " ")):
            return _start(day)
    legal = [d for d in days if re.search(r"depot legal|©", reading.plain[max(0, d.start - 130) : d.start])]
    return _start(legal[0]) if legal else reading.extraction.metadata.date


def date_of_signature(reading: Reading) -> str | None:
    """Return the date at the foot of an instrument: « Fait à Foix, le 3 mai 2012 », a place and a day on a line."""
    days = [e for e in reading.entities if e.label == "DATE" and _value(e) is not None]
    own = [d for d in days if not _OTHER.search(reading.plain[max(0, d.start - 90) : d.start])]
    return _signature(reading, own, _SIGNED_KINDS[0]) or _dateline(reading, own)


def _signature(reading: Reading, days: list[Entity], kind: str | None) -> str | None:
    """Return the date of « Fait à Foix, le … »; in prose « signée à Foix le … » dates an agreement it tells of."""
    for day in reversed(days):
        start, _ = reading.line_at(day.start)
        above = reading.line_at(max(0, start - 1))[0]
        lead = reading.plain[above : day.start]
        loose = kind in _SIGNED_KINDS and _SIGNED_BY_PARTIES.search(lead.replace("\n", " "))
        if loose or _SIGNED.search(lead):
            return _start(day)
    return None


def _head(reading: Reading, days: list[Entity], kind: str | None) -> str | None:
    """Return the date of the first lines: a dateline, an issue, a date alone on its line."""
    head_end = reading.lines[min(_FIRST_LINES, len(reading.lines)) - 1][1] if reading.lines else 0
    issue_end = reading.lines[min(4, len(reading.lines)) - 1][1] if reading.lines else 0
    for day in days:
        value = _value(day)
        if day.end > head_end or value is None or len(value.start) < 7:
            continue
        start, end = reading.line_at(day.start)
        lead = reading.plain[start : day.start].strip()
        months = len(value.start) == len(value.end) == 7
        issue = _ISSUE.search(reading.plain[start:end]) is not None or (kind == "bulletin" and day.end <= issue_end)
        if issue and end - start < 160:
            return value.start
        if value.start != value.end and not months:
            continue  # « du 3 au 5 mai »: what the document is about
        if _ADOPTED.match(lead):
            return value.start
        place = reading.within(start, day.start)
        named = bool(place) and place[-1].label in ("LOC", "COLLECTIVITY")
        # « Dakar, 4 mai 2012 »: a dateline, wherever it stands in the first lines.
        if named and re.fullmatch(r"\s*,\s*(?:le\s+)?", reading.plain[place[-1].end : day.start]):
            before = reading.plain[start : place[-1].start]
            if not re.search(r"\b(?:a|au|aux|de|en|sign\w*|ten\w*)\s*$", before):
                return value.start
        prose = end - start > 110 or (reading.plain[start:end].rstrip().endswith(".") and end - start > 50)
        if prose or len(lead) >= 60 or _TOLD.search(lead):
            continue
        if place or not re.search(r"[a-z]{3}", lead) or re.fullmatch(r".{0,40}\ble", lead):
            return value.start
    return None


def _foot(reading: Reading, days: list[Entity]) -> str | None:
    last = reading.lines[-3][0] if len(reading.lines) > 3 else 0
    for day in days:
        start, _ = reading.line_at(day.start)
        lead = reading.plain[start : day.start] + " "
        if day.start >= last and (re.match(r"\W*(?:depot legal|©|[a-z' -]{2,30}, le)", lead) or _MADE.match(lead)):
            return _start(day)
    return None


def _dateline(reading: Reading, days: list[Entity]) -> str | None:
    """Return the date of a line that is a place and a date alone, in the last lines."""
    last = reading.lines[max(0, len(reading.lines) - _LAST_LINES)][0] if reading.lines else 0
    for day in reversed(days):
        start, end = reading.line_at(day.start)
        alone = not reading.plain[day.end : end].strip(" .,;")
        if day.start >= last and alone and _DATELINE.fullmatch(reading.plain[start : day.start]):
            return _start(day)
    return None


def _set_off(reading: Reading, days: list[Entity]) -> str | None:
    """Return the date that marks set off in one of the first lines, or the one that is the last line but two."""
    title = reading.lines[min(_TITLE_LINES, len(reading.lines)) - 1][1] if reading.lines else 0
    last = reading.lines[-3][0] if len(reading.lines) > 2 * _TITLE_LINES else len(reading.text)
    for day in days:
        value = _value(day)
        start, end = reading.line_at(day.start)
        lead, after = reading.plain[start : day.start], reading.plain[day.end : end]
        if value is None or len(value.start) < 7 or end - start > _LONGEST or _TOLD.search(lead):
            continue
        alone = not lead.strip() and not after.strip(" .")
        headed = day.end <= title and _SET_OFF.search(lead) and _SET_OFF_AFTER.match(after)
        if headed or (alone and day.start >= last):
            return value.start
    return None


def _period(reading: Reading, days: list[Entity]) -> str | None:
    """Return the first day of a mission or meeting whose dates stand in the title."""
    title = reading.lines[min(_TITLE_LINES, len(reading.lines)) - 1][1] if reading.lines else 0
    for day in days:
        value = _value(day)
        start = reading.line_at(day.start)[0]
        if (
            value is not None
            and day.end <= title
            and len(value.start) >= 7
            and _PERIOD_HEAD.search(reading.plain[:title])
        ):
            return value.start if not _TOLD.search(reading.plain[start : day.start]) else None
    return None
