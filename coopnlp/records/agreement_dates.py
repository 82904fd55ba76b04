"""When an instrument was signed, and the period that it covers.

The date is that which its sentence ties to a verb of signing, or that stands
right after its name. Left out: days of renewal, signatures that are only
wished or due (« serait signée », « doit être adoptée »), days of other events.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from coopnlp.records.reading import Reading
from coopnlp.records.sentences import is_tabular
from coopnlp.types import DateValue, Entity

__all__ = ["SIGNED", "period_of_agreement", "previous_sentence", "signature_date"]

Span = tuple[int, int]
Period = tuple[str | None, str | None]

SIGNED = re.compile(
    r"\b(?:sign\w*|paraph\w*|conclu\w*|adopt\w*|ratifi\w*|scell\w*|approuv\w*|intervenu\w*"
    r"|etabli\w*|arrete\w*|pass\w+|fait (?:a|en|le)|lie(?:e?s|nt|e)?|echang\w+|nou(?:e|ee|ait)|a intervenir)\b"
)
_NOT_YET = re.compile(
    r"\b(?:\w{2,}rai(?:t|ent)|doi(?:t|vent)|devrai?\w*|peu(?:t|vent)|envisag\w+|souhait\w+|propos\w+ de|en vue d\w*"
    r"|avant l[ea]|a signer|projet d\w+)\b"
)
_AGAIN = re.compile(r"\b(?:renouvel\w*|prorog\w*|prolong\w*|reconduit\w*|modifi\w*|complet\w*|actualis\w*|denonc\w*)\b")
_DIRECT = re.compile(r"\s*,?\s*(?:n° ?\S+ )?(?:,? ?dite?|datee?|en date)?\s*(?:du|de|d'|\(|,)\s*")
# « ont signé un pacte le 3 mai », « ont signé un pacte à Dax, le 3 mai »
_WHEN = re.compile(r"\s*,?\s*(?:(?:a|au|aux) [^,.;]{2,30},?\s*)?(?:le|en|ce)\s*")
# « signé, le 7 octobre 2011, une entente », « conclu en 2012, avec la MRC des Basques, une entente »
_TO_NAME = re.compile(
    r",? (?:(?:avec|a|au|aux|entre|par) [^,.;]{3,60}, )?(?:par )?(?:un|une|le|la|l'|son|sa|leur|des|les) ?(?:\w+ )?"
)
# « Depuis le 3 juin 2006, les deux villes ont un pacte », « un accord unit depuis 2018 des scieurs »
_SINCE = re.compile(r"\bdepuis(?: le)?\s*$")
_HELD = re.compile(r"\b(?:ont|a|est liee?|sont liee?s|unit|unissent|disposent|dispose)\b[^.;]{0,25}$")
_IN_FORCE = re.compile(
    r"^ depuis(?: le)? $"
    r"|^[^.;:]{0,50}\b(?:unit|unissent|lie|lient|en vigueur|court|existe)\b[^.;,]{0,40}\bdepuis(?: le)? $"
)
# « son pacte avec Saint-Tite, en Mauricie (2006) »
_BRACKET = re.compile(r"[^.;()]{0,60}\(\s*")
_PERIOD_BEFORE = re.compile(r"\b(?:pour|periode|jusqu|annees?|applique|exercice)\b[^,]{0,25}$")
_COVERS = re.compile(
    r"\b(?:s'applique|prend effet|entre en vigueur|est conclue?|duree|periode|court|couvre"
    r"|jusqu'au|jusqu'en|echeance|pour les annees|valable|triennal\w*|biennie|conduisent"
    r"|programme|objet)\b[^.;]{0,130}$"
)
_NUMBERS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "dix": 10}
_DURATION = re.compile(
    r"\bduree (?:initiale |totale |maximale )?(?:de |d'|: )\s*(?P<n>\d{1,2}|" + "|".join(_NUMBERS) + r")"
    r"\s*(?:\(\s*\d+\s*\)\s*)?(?P<unit>ans?|annees?|mois)\b"
    r"(?P<gap>[^.;]{0,25}?\ba (?:compter|partir) (?:du|de|d'|de la date d\w*)\s*)?"
)


def _value(day: Entity) -> DateValue | None:
    return day.value if isinstance(day.value, DateValue) else None


def _flat(reading: Reading, start: int, end: int) -> str:
    return reading.plain[start:end].replace("\n", " ")


def signature_date(reading: Reading, mention: Entity) -> str | None:
    """Return the day, month or year when the instrument was signed, as its sentence or the next says."""
    start, end = reading.sentence_at(mention.start)
    others = reading.within(start, end, ("AGREEMENT",))
    stop = next((e.start for e in others if e.start > mention.end), end)
    floor = max((e.end for e in others if e.end < mention.start), default=start)
    head = _flat(reading, floor, mention.start)
    told_before = re.search(rf"{SIGNED.pattern}[^.;]{{0,60}}$", head)
    if not (told_before and _NOT_YET.search(head)):
        found = _before(reading, mention, start, floor, stop) if told_before else None
        found = found or _after(reading, mention, stop, bool(told_before))
        found = found or (None if told_before else _before(reading, mention, start, floor, stop))
        if found is not None:
            return found
    return (
        _in_next_sentence(reading, start, end, mention)
        or _in_previous_sentence(reading, start, end)
        or _of_row(reading, mention)
    )


def _of_row(reading: Reading, mention: Entity) -> str | None:
    """Return the one date of a row that lists an instrument: « 14/05/1962   Foix / Bonn   charte de jumelage »."""
    start, end = reading.line_at(mention.start)
    days = [v for d in reading.within(start, end, ("DATE",)) if (v := _value(d))]
    if len(days) != 1 or not is_tabular(reading.text[start:end]) or _NOT_YET.search(reading.plain, start, end):
        return None
    first = next(iter(reading.within(start, end, ("DATE",))))
    opens = not re.search(r"[a-z]{3}", reading.plain[start : first.start])
    return days[0].start if opens and days[0].start == days[0].end else None


def _after(reading: Reading, mention: Entity, stop: int, told_before: bool) -> str | None:
    for day in reading.within(mention.end, stop, ("DATE",)):
        gap = _flat(reading, mention.end, day.start)
        value = _value(day)
        if value is None or _NOT_YET.search(gap) or _AGAIN.search(gap) or _PERIOD_BEFORE.search(gap):
            continue
        bracketed = _BRACKET.fullmatch(gap) and reading.text[day.end : day.end + 1] == ")"
        in_force = _IN_FORCE.search(gap)
        if (
            _DIRECT.fullmatch(gap)
            or bracketed
            or in_force
            or SIGNED.search(gap)
            or (told_before and _WHEN.fullmatch(gap))
        ):
            return value.start
    return None


def _before(reading: Reading, mention: Entity, start: int, floor: int, stop: int) -> str | None:
    for day in reversed(reading.within(floor, mention.start, ("DATE",))):
        gap = _flat(reading, day.end, mention.start)
        lead = _flat(reading, max(start, day.start - 50), day.start)
        created = re.search(r"\b(?:cree|institue|fonde|etabli|ne)e?s?\b[^.;]{0,20}$", lead) and re.match(
            r"\s*par ", gap
        )
        verb_before = _TO_NAME.fullmatch(gap) and re.search(
            rf"{SIGNED.pattern}[^.;]{{0,3}}(?: (?:a|au|aux) [^,.;]{{2,25}},)?\s+(?:en|le|depuis(?: le)?)\s*$", lead
        )
        held = _SINCE.search(lead) and _HELD.search(gap)
        tail = reading.plain[mention.end : stop]
        close = len(gap) < 60 and bool(re.search(r"\b(?:en|le|depuis)\s*$", lead))
        verb_after = close and bool(SIGNED.search(tail)) and not _NOT_YET.search(tail)
        value = _value(day)
        said = created or verb_before or verb_after or held or (SIGNED.search(gap) and not _NOT_YET.search(gap))
        if value is not None and len(gap) < 90 and said and not _AGAIN.search(lead[-30:]):
            return value.start
    return None


def _in_next_sentence(reading: Reading, start: int, end: int, mention: Entity) -> str | None:
    """« ... a autorisé une entente. Elle sera signée à Dax le 3 mai. »: the pronoun is the one instrument before."""
    if (start, end) not in reading.sentences:
        return None
    at = reading.sentences.index((start, end)) + 1
    if at >= len(reading.sentences):
        return None
    a, b = reading.sentences[at]
    words = _flat(reading, a, b)
    last = reading.within(start, end, ("AGREEMENT",))[-1:]
    said = re.match(r"(?:elle|il|celle-ci|celui-ci|ce dernier|cette derniere) (?:a ete|est|sera|fut) \w+", words)
    if not said or last != [mention] or "\n\n" in reading.text[end:a]:
        return None
    for day in reading.within(a, b, ("DATE",)):
        lead = _flat(reading, a, day.start)
        value = _value(day)
        if value is not None and SIGNED.search(lead) and re.search(r"\b(?:le|en)\s*$", lead) and len(lead) < 90:
            return value.start
    return None


def _in_previous_sentence(reading: Reading, start: int, end: int) -> str | None:
    """« X et Y se rapprochent en juin 2014. Une entente a été signée. »: the one date of the sentence before."""
    before = previous_sentence(reading, start, end)
    values = [v for d in reading.within(*before, ("DATE",)) if (v := _value(d))] if before else []
    return values[0].start if len(values) == 1 else None


def previous_sentence(reading: Reading, start: int, end: int) -> Span | None:
    """Return the sentence before one that only says that an instrument was signed."""
    words = reading.plain[start:end]
    if not re.match(r"\s*(?:un|une) ", words) or not re.search(
        r"\b(?:a ete|est|fut) (?:\w+ )?(?:signee?|conclue?|paraphee?)", words
    ):
        return None
    if reading.within(start, end, ("DATE", "COLLECTIVITY")):
        return None
    at = reading.sentences.index((start, end))
    if at == 0 or "\n" in reading.text[reading.sentences[at - 1][1] : start]:
        return None
    return reading.sentences[at - 1]


def _plus(start: str, count: int, unit: str) -> str | None:
    """Return the last day (or year) of a duration that begins on a day or in a year."""
    if len(start) == 4:
        return str(int(start) + count - 1) if not unit.startswith("mois") else None
    if len(start) < 10:
        return None
    first = date.fromisoformat(start)
    months = first.year * 12 + first.month - 1 + count * (1 if unit.startswith("mois") else 12)
    try:
        after = date(months // 12, months % 12 + 1, first.day)
    except ValueError:  # 29 February, or the 31st of a short month
        after = date(months // 12, months % 12 + 1, 28)
    return (after - timedelta(days=1)).isoformat()


def period_of_agreement(reading: Reading, mention: Entity, signed: str | None) -> Period:
    """Return the first and last day or year of the instrument: in its name, or told of it in its sentence.

    A duration counts from the day that the text says it does, the signature's
    where it says so and its date is known.
    """
    years = re.search(r"\b((?:19|20)\d\d)\s?[-–/à]\s?((?:19|20)\d\d)\b", mention.text)
    if years:
        return years[1], years[2]
    start, end = reading.sentence_at(mention.start)
    if (start, end) in reading.sentences:
        at = reading.sentences.index((start, end)) + 1
        # « La convention est ... Elle est conclue pour trois ans. »
        follows = reading.sentences[at] if at < len(reading.sentences) else None
        if follows and re.match(r"(?:elle|il|celle-ci) (?:est|prend|entre|couvre|s'appl)", reading.plain[follows[0] :]):
            end = follows[1]
    days = [(d, v) for d in reading.within(mention.end, end, ("DATE",)) if (v := _value(d))]
    begun = ended = None
    for day, value in days:
        gap = _flat(reading, mention.end, day.start)
        near = gap[-45:]
        if value.start != value.end:
            near_name = len(gap) < 60 and (
                _COVERS.search(gap + " ")
                or re.search(r"\b(?:pour la periode|periode|pour les annees|du|des annees)\s*$|^\s*[(,]?$", gap)
            )
            if near_name or (len(value.start) == 10 and _COVERS.search(gap) and re.search(r"\bdu\s*$", gap)):
                return value.start, value.end
        elif re.search(
            r"\b(?:prend(?:ra)? effet|entre(?:ra)? en vigueur|avec effet)\b(?![^.;]*jusqu)[^.;]{0,30}$", gap
        ):
            begun = begun or value.start
        elif re.search(r"\b(?:expir\w+|prend(?:ra)? fin|s'acheve\w*|jusqu'(?:au|en|a)|echeance|se termine)\b", near):
            ended = ended or value.end
    if re.search(
        r"\b(?:prend|entre) (?:effet|en vigueur)[^.;]{0,20}\bsa signature\b", _flat(reading, mention.end, end)
    ):
        begun = begun or signed
    lasts = _DURATION.search(_flat(reading, mention.end, end))
    if lasts and ended is None:
        count = _NUMBERS.get(lasts["n"]) or int(lasts["n"])
        at = mention.end + lasts.end()
        since = next((v.start for d, v in days if lasts["gap"] and at <= d.start <= at + 3), None)
        if since is None and re.match(r"\s*(?:de )?(?:la |sa )(?:date de )?signature", reading.plain[at:]):
            since = signed
        begun = begun or since
        ended = _plus(begun, count, lasts["unit"]) if begun else None
    return begun, ended
