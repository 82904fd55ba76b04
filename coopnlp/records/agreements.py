"""Agreements: each particular instrument of a document, with parties, date of signature and period.

Instruments are the AGREEMENT entities. Mentions of one instrument are one
record: « la présente convention » is the convention whose text this is, a bare
« la convention » the last one named by that noun. Left out: what a text only
refers to by law or decree, and clauses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from coopnlp.records.agreement_names import agreement_kind, parties_in_title, parties_of_heading
from coopnlp.records.clauses import Reader
from coopnlp.records.parties import coordinated, is_state, same_name, unique_parties
from coopnlp.records.reading import clip
from coopnlp.text import fold
from coopnlp.types import Agreement, DateValue, Entity, Party

__all__ = ["read_agreements"]

_SIGNED = re.compile(
    r"\b(?:sign\w*|paraph\w*|conclu\w*|adopt\w*|ratifi\w*|scell\w*|approuv\w*|intervenu\w*"
    r"|etabli\w*|arrete\w*|pass\w+|fait|lie|renouvel\w*|nou(?:e|ee|ait)|a intervenir)\b"
)
_PRESENT = re.compile(r"\b(?:present|presente|ledit|ladite)\s*$")
_DEFINITE = re.compile(r"(?:\b(?:la|le|cette|ce|cet|sa|son|du|au|a la|de la|ladite|ledit|une telle|presente?)\s+|l')$")
_PERIOD = re.compile(
    r"\b(?:s'applique|prend effet|entre en vigueur|est conclue?|duree|periode|court|couvre"
    r"|jusqu'au|jusqu'en|echeance|pour les annees|valable|triennal\w*"
    r"|biennie)\b[^.;]{0,80}$"
)


@dataclass
class _Instrument:
    """One instrument while its mentions are gathered."""

    mentions: list[Entity]
    parties: tuple[Party, ...] = ()
    date: str | None = None
    period: tuple[str | None, str | None] = (None, None)
    main: bool = False
    numbers: frozenset[str] = field(default_factory=frozenset)

    @property
    def title(self) -> str:
        return max((clip(e.text, 300) for e in self.mentions), key=lambda t: (len(t), t[:1].isupper()))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d+(?:[-/]\d+)*", text))


class _Gatherer:
    """Gathers mentions into instruments and reads what is said about each."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.reading = reader, reader.reading
        self.found: list[_Instrument] = []

    def gather(self) -> list[_Instrument]:
        for mention in (e for e in self.reading.entities if e.label == "AGREEMENT"):
            date = self._date_near(mention)
            parties = self._parties_near(mention)
            known = self._known(mention, date, parties)
            if known is None:
                main = not self.found and self._opens(mention)
                self.found.append(
                    _Instrument([mention], parties, date, self._period(mention), main, _numbers(mention.text))
                )
                continue
            known.mentions.append(mention)
            known.date = known.date or date
            known.parties = known.parties if len(known.parties) >= len(parties) else parties
            known.numbers |= _numbers(mention.text)
            if known.period == (None, None):
                known.period = self._period(mention)
        for instrument in self.found:
            if instrument.main:
                self._whole_document(instrument)
        return self.found

    def _opens(self, mention: Entity) -> bool:
        """Tell whether the mention is the title of the document itself: it fills a line near its beginning."""
        lines = self.reading.lines[:8]
        if not lines or mention.start > lines[-1][1]:
            return False
        start, end = self.reading.line_at(mention.start)
        before = self.reading.text[start : mention.start]
        after = self.reading.text[mention.end : max(end, mention.end)]
        return not re.search(r"\w", before) and len(re.findall(r"\w+", after)) <= 6

    def _known(self, mention: Entity, date: str | None, parties: tuple[Party, ...]) -> _Instrument | None:
        kind, words = agreement_kind(mention.text), set(fold(mention.text).split())
        before = self.reading.plain[max(0, mention.start - 14) : mention.start]
        numbers = _numbers(mention.text)
        if _PRESENT.search(before):
            own = next((i for i in self.found if i.main and agreement_kind(i.title) == kind), None)
            if own is not None:
                return own
        for known in reversed(self.found):
            if agreement_kind(known.title) != kind or (numbers and known.numbers and not numbers & known.numbers):
                continue
            if date and known.date and not (date.startswith(known.date) or known.date.startswith(date)):
                continue
            if parties and known.parties and not any(same_name(p, q) for p in parties for q in known.parties):
                continue
            title = set(fold(known.title).split())
            bare = len(words - {"d", "de", "la"}) <= (3 if kind == "plan d'action" else 1)
            if words == title or (
                (words <= title or title <= words) and (bare or _DEFINITE.search(before) or len(words) > 2)
            ):
                return known
        return None

    def _date_near(self, mention: Entity) -> str | None:
        start, end = self.reading.sentence_at(mention.start)
        others = self.reading.within(start, end, ("AGREEMENT",))
        stop = next((e.start for e in others if e.start > mention.end), end)
        floor = max((e.end for e in others if e.end < mention.start), default=start)
        for day in self.reading.within(mention.end, stop, ("DATE",)):
            gap = self.reading.plain[mention.end : day.start].replace("\n", " ")
            direct = re.fullmatch(r"\s*,?\s*(?:n° ?\S+ )?(?:,? ?dite?|datee?|en date)?\s*(?:du|de|d'|\()\s*", gap)
            if (
                isinstance(day.value, DateValue)
                and (direct or _SIGNED.search(gap))
                and not re.search(r"\b(?:pour|periode|jusqu|annees?|applique|exercice)\b[^,]{0,25}$", gap)
            ):
                return day.value.start
        for day in reversed(self.reading.within(floor, mention.start, ("DATE",))):
            gap = self.reading.plain[day.end : mention.start].replace("\n", " ")
            lead = self.reading.plain[max(start, day.start - 50) : day.start]
            created = re.search(r"\b(?:cree|institue|fonde|etabli|ne)e?s?\b[^.;]{0,20}$", lead) and re.match(
                r"\s*par ", gap
            )
            verb_before = re.fullmatch(r" (?:un|une|le|la|son|sa|leur) ", gap) and re.search(
                rf"{_SIGNED.pattern}\s+(?:en|le)\s*$", lead
            )
            verb_after = len(gap) < 60 and re.search(r"\b(?:en|le|depuis)\s*$", lead)
            verb_after = verb_after and _SIGNED.search(self.reading.plain[mention.end : stop])
            said = created or verb_before or verb_after or _SIGNED.search(gap)
            if isinstance(day.value, DateValue) and len(gap) < 90 and said:
                return day.value.start
        return self._date_before_sentence(mention, start, end)

    def _date_before_sentence(self, mention: Entity, start: int, end: int) -> str | None:
        """« X et Y se rapprochent en juin 2014. Une entente a été signée. »: the one date of the sentence before."""
        previous = self._previous(start, end)
        days = self.reading.within(*previous, ("DATE",)) if previous else []
        values = [d.value for d in days if isinstance(d.value, DateValue)]
        return values[0].start if len(values) == 1 else None

    def _previous(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the sentence before one that only says that an instrument was signed."""
        words = self.reading.plain[start:end]
        if not re.match(r"\s*(?:un|une) ", words) or not re.search(
            r"\b(?:a ete|est|fut) (?:\w+ )?(?:signee?|conclue?|paraphee?)", words
        ):
            return None
        if self.reading.within(start, end, ("DATE", "COLLECTIVITY")):
            return None
        at = self.reading.sentences.index((start, end))
        if at == 0 or "\n" in self.reading.text[self.reading.sentences[at - 1][1] : start]:
            return None
        return self.reading.sentences[at - 1]

    def _parties_near(self, mention: Entity) -> tuple[Party, ...]:
        found = parties_in_title(self.reading, mention.text)
        if len(found) >= 2:
            return found
        start, end = self.reading.sentence_at(mention.start)
        entities = [
            e
            for e in self.reading.within(start, end)
            if e.label in ("COLLECTIVITY", "ORG", "FUNDER", "LOC", "AGREEMENT")
        ]
        bodies = [e for e in entities if e.label in ("COLLECTIVITY", "ORG") or is_state(e)]
        after = [e for e in bodies if e.start >= mention.end]
        if after:
            gap = self.reading.plain[mention.end : after[0].start].replace("\n", " ")
            if len(gap) < 130 and "." not in gap and ";" not in gap:
                at = bodies.index(after[0])
                run, _ = coordinated(self.reading, bodies, at)
                if re.search(r"\bentre\b[^.;]{0,40}$", gap) and len(run) > 1:
                    return unique_parties(run)
                if re.search(r"\bavec\b[^.;]{0,40}$", gap):
                    return unique_parties([*self._signers(bodies, mention, start), *run])
        signers = self._signers(bodies, mention, start)
        if len(signers) > 1:
            return unique_parties(signers)
        previous = self._previous(start, end)
        if previous:
            near = [
                e
                for e in self.reading.within(*previous)
                if e.label == "COLLECTIVITY" and not re.search(r"\ba\s*$", self.reading.plain[e.start - 3 : e.start])
            ]
            both = unique_parties(near)
            return both if len(both) == 2 else ()
        return ()

    def _signers(self, bodies: Sequence[Entity], mention: Entity, start: int) -> list[Entity]:
        """Return the subject of « A et B signent une convention », or the body that the document speaks for."""
        before = [e for e in bodies if e.end <= mention.start]
        for i, entity in enumerate(before):
            run, run_end = coordinated(self.reading, before, i)
            gap = self.reading.plain[run_end : mention.start].replace("\n", " ")
            partners = [
                e
                for e in before
                if run_end <= e.start and re.search(r"\bavec\b[^.;]{0,40}$", self.reading.plain[run_end : e.start])
            ]
            if partners and len(gap) < 160 and _SIGNED.search(gap) and not re.search(r"[.;]", gap):
                return [*run, *coordinated(self.reading, before, before.index(partners[0]))[0]]
            if len(gap) < 90 and _SIGNED.search(gap) and not re.search(r"[.;]", gap) and entity.label != "ORG":
                return run
            tied = re.search(r"\b(?:ont|a|lie|unit|unissent|avaient|possede\w*)\b[^.;,]{0,40}$", gap)
            if len(run) > 1 and tied and len(gap) < 45:
                return run
        owner = self.reader.owner
        others = [e for e in before if e.label == "COLLECTIVITY"]
        return [owner] if owner is not None and not others else []

    def _period(self, mention: Entity) -> tuple[str | None, str | None]:
        years = re.search(r"\b((?:19|20)\d\d)\s?[-–/à]\s?((?:19|20)\d\d)\b", mention.text)
        if years:
            return years[1], years[2]
        _start, end = self.reading.sentence_at(mention.start)
        for day in self.reading.within(mention.end, end, ("DATE",)):
            gap = self.reading.plain[mention.end : day.start].replace("\n", " ")
            if isinstance(day.value, DateValue) and day.value.start != day.value.end:
                if len(gap) < 60 and (
                    _PERIOD.search(gap + " ")
                    or re.search(r"\b(?:pour la periode|periode|pour les annees|du|des annees)\s*$|^\s*\(?$", gap)
                ):
                    return day.value.start, day.value.end
            elif isinstance(day.value, DateValue) and re.search(r"\b(?:prend effet|entre en vigueur)[^.;]{0,30}$", gap):
                until = next(
                    (
                        d.value.end
                        for d in self.reading.within(day.end, end, ("DATE",))
                        if isinstance(d.value, DateValue) and re.search(r"jusqu", self.reading.plain[day.end : d.start])
                    ),
                    None,
                )
                return day.value.start, until
        return None, None

    def _whole_document(self, main: _Instrument) -> None:
        """Read parties from the heading of the document that is the instrument, its date from its end."""
        if (
            not main.parties
            or len(main.parties) < 2
            or re.search(r"\bentre\b|\bparties\b", self.reading.plain[: main.mentions[0].end + 600])
        ):
            heading = parties_of_heading(self.reading, main.mentions[0].end)
            main.parties = heading if len(heading) >= 2 else main.parties
        for day in reversed([e for e in self.reading.entities if e.label == "DATE" and isinstance(e.value, DateValue)]):
            start, _ = self.reading.line_at(day.start)
            above = self.reading.line_at(max(0, start - 1))[0]
            lead = self.reading.plain[above : day.start].replace("\n", " ")
            own_line = self.reading.plain[start : day.start]
            place = (
                re.search(r"^\s*(?:a|fait a) [^\n]{2,45},? le\s*$", own_line)
                and day.start > len(self.reading.text) * 0.6
            )
            if (
                isinstance(day.value, DateValue)
                and (
                    place
                    or re.search(r"\b(?:fait|signee?|conclue?|etablie?) (?:en|a|au|aux|le|ce)\b[^.;]{0,110}$", lead)
                )
                and day.start > main.mentions[0].end
            ):
                main.date = day.value.start
                return


def read_agreements(reader: Reader) -> tuple[Agreement, ...]:
    """Return the instruments of the document in the order in which they are first named."""
    made = []
    for found in _Gatherer(reader).gather():
        start, end = found.period
        made.append(
            Agreement(
                kind=agreement_kind(found.title),
                title=found.title,
                parties=found.parties if len(found.parties) > 1 else (),
                date=found.date,
                start=start,
                end=end,
                evidence=tuple((e.start, e.end) for e in found.mentions),
            )
        )
    return tuple(made)
