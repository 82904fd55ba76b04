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

from coopnlp.records.agreement_dates import SIGNED, period_of_agreement, previous_sentence, signature_date
from coopnlp.records.agreement_names import (
    agreement_kind,
    is_bare,
    is_instrument,
    parties_in_title,
    parties_of_heading,
    parties_on_top,
)
from coopnlp.records.clauses import Reader
from coopnlp.records.document_dates import date_of_signature
from coopnlp.records.parties import coordinated, is_state, same_name, unique_parties
from coopnlp.records.reading import clip
from coopnlp.records.rows import tables_in
from coopnlp.records.table_columns import is_aligned, party_columns
from coopnlp.text import fold
from coopnlp.types import Agreement, DateValue, Entity, Party

__all__ = ["read_agreements"]

_PRESENT = re.compile(r"\b(?:present|presente|ledit|ladite)\s*$")
_DEFINITE = re.compile(r"(?:\b(?:la|le|cette|ce|cet|sa|son|du|au|a la|de la|ladite|ledit|une telle|presente?)\s+|l')$")


_BOTH = re.compile(
    r"\b(?:les|nos|leurs) deux (?:villes|parties|communes|collectivites|regions|departements|maires|partenaires"
    r"|territoires|municipalites)\b|\bles (?:parties|signataires)\b"
)
# Farther apart than this, two mentions by a bare noun are of two items of a session (characters; the items of
# two sets of real minutes are 500 to 6 000 long).
_SAME_ITEM = 4000
# « une charte lie les villes de A et de B »
_BINDS = re.compile(r"\b(?:lie|lient|liant|unit|unissant|associe|associant|rassemble)\b[^.;]{0,40}$")

# A plan of action is adopted, and what stands at its foot is often the day it was drawn up.
_OF_ACTIONS = re.compile(r"plan\b|feuille de route|programme")


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
        bodies = self._cells_of_bodies()
        for mention in (e for e in self.reading.entities if e.label == "AGREEMENT" and is_instrument(e.text)):
            if any(a <= mention.start < b for a, b in bodies) or self._only_wished(mention):
                continue
            date = signature_date(self.reading, mention)
            parties = self._parties_near(mention)
            known = self._known(mention, date, parties)
            if known is None:
                main = not self.found and self._opens(mention)
                if main and date is None and not _OF_ACTIONS.match(fold(mention.text)):
                    date = date_of_signature(self.reading)
                self.found.append(
                    _Instrument(
                        [mention],
                        parties,
                        date,
                        period_of_agreement(self.reading, mention, date),
                        main,
                        _numbers(mention.text),
                    )
                )
                continue
            known.mentions.append(mention)
            known.main = known.main or (known is self.found[0] and self._opens(mention))
            known.date = known.date or date
            known.parties = known.parties if len(known.parties) >= len(parties) else parties
            known.numbers |= _numbers(mention.text)
            if known.period == (None, None):
                known.period = period_of_agreement(self.reading, mention, date)
        for instrument in self.found:
            if instrument.main:
                self._whole_document(instrument)
        own = next((i.parties for i in self.found if i.main and len(i.parties) > 1), ())
        for instrument in self.found:
            if len(instrument.parties) < 2:
                instrument.parties = self._from_context(instrument.mentions[0], own) or instrument.parties
        # « une convention », of which nothing is said, is none in particular.
        return [
            i
            for i in self.found
            if i.main or not is_bare(i.title) or len(i.parties) > 1 or i.date or i.period != (None, None)
        ]

    def _only_wished(self, mention: Entity) -> bool:
        """Tell whether the text only thinks of an instrument: « songent à un pacte » (annotation-guide.md)."""
        start, _ = self.reading.sentence_at(mention.start)
        before = self.reading.plain[start : mention.start].replace("\n", " ")
        return bool(re.search(r"\b(?:song\w+ a|rev\w+ d[e']|envisag\w+|pourrai\w+ \w+)\s*(?:un|une)\s+$", before))

    def _cells_of_bodies(self) -> list[tuple[int, int]]:
        """Return the cells of columns that name bodies: « Entente sportive de X » is a club there."""
        return [
            row.cells[i]
            for table in tables_in(self.reading)
            if table.header is not None
            for i in party_columns(self.reading, table.header)
            for row in table.rows
            if is_aligned(table, row)
        ]

    def _from_context(self, mention: Entity, own: tuple[Party, ...]) -> tuple[Party, ...]:
        """Return the parties meant by « les deux villes », or the two that the sentence before has as its subject."""
        start, end = self.reading.sentence_at(mention.start)
        words = self.reading.plain[start:end].replace("\n", " ")
        named = [
            e
            for e in self.reading.within(start, end, ("COLLECTIVITY", "ORG"))
            if not re.search(r"\b(?:a|en)\s+$", self.reading.plain[max(0, e.start - 4) : e.start])
        ]
        if named or (start, end) not in self.reading.sentences:
            return ()
        both = _BOTH.search(words)
        if both and own:
            return own
        opens = re.match(r"\W*(?:une?|la|le|cette|cet|l'|leur|\W)*\W*$", words[: mention.start - start])
        if not both and not (opens and SIGNED.search(words)):
            return ()
        at = self.reading.sentences.index((start, end))
        for a, b in reversed(self.reading.sentences[max(0, at - (4 if both else 2)) : at]):
            if not both and re.search(r"\n[ \t]*\n", self.reading.text[b:start]):
                break
            bodies = self.reading.within(a, b, ("COLLECTIVITY",))
            if bodies and not re.search(r"[a-z]{4}", self.reading.plain[a : bodies[0].start]):
                run, _ = coordinated(self.reading, bodies, 0)
                if len(run) == 2:
                    return unique_parties(run)
        return ()

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
            # In the minutes of a long session each item has its own « convention ».
            if not known.main and len(words) < 4 and mention.start - known.mentions[-1].end > _SAME_ITEM:
                continue
            bare = len(words - {"d", "de", "la"}) <= (3 if kind == "plan d'action" else 1)
            if words == title or (
                (words <= title or title <= words) and (bare or _DEFINITE.search(before) or len(words) > 2)
            ):
                return known
        return None

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
                if len(run) > 1 and (re.search(r"\bentre\b[^.;]{0,40}$", gap) or _BINDS.search(gap)):
                    return unique_parties(run)
                tail = self.reading.plain[run[-1].end : end].replace("\n", " ")
                if (
                    len(run) > 1
                    and re.fullmatch(r"\s*,?\s*(?:que |qu')(?:la |le |les |l')?", gap)
                    and re.match(r"\s*(?:ont|avaient) ", tail)
                    and SIGNED.search(tail[:30])
                ):
                    # « la convention que A et B ont signée »
                    return unique_parties(run)
                if re.search(r"\bavec\b[^.;]{0,40}$", gap):
                    return unique_parties([*self._signers(bodies, mention, start), *run])
        signers = self._signers(bodies, mention, start)
        if len(signers) > 1:
            return unique_parties(signers)
        previous = previous_sentence(self.reading, start, end)
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
            if partners and len(gap) < 160 and SIGNED.search(gap) and not re.search(r"[.;]", gap):
                return [*run, *coordinated(self.reading, before, before.index(partners[0]))[0]]
            if len(gap) < 90 and SIGNED.search(gap) and not re.search(r"[.;]", gap) and entity.label != "ORG":
                return run
            tied = re.search(r"\b(?:ont|a|lie|unit|unissent|avaient|possede\w*)\b[^.;,]{0,40}$", gap)
            if len(run) > 1 and tied and len(gap) < 45:
                return run
        owner = self.reader.owner
        others = [e for e in before if e.label == "COLLECTIVITY"]
        return [owner] if owner is not None and not others else []

    def _whole_document(self, main: _Instrument) -> None:
        """Read parties from the heading of the document that is the instrument, its date from its end."""
        if (
            not main.parties
            or len(main.parties) < 2
            or re.search(r"\bentre\b|\bparties\b", self.reading.plain[: main.mentions[0].end + 600])
        ):
            heading = parties_of_heading(self.reading, main.mentions[0].end)
            main.parties = heading if len(heading) >= 2 else main.parties
        if len(main.parties) < 2:
            main.parties = parties_on_top(self.reading)
        for day in reversed([e for e in self.reading.entities if e.label == "DATE" and isinstance(e.value, DateValue)]):
            start, _ = self.reading.line_at(day.start)
            above = self.reading.line_at(max(0, start - 1))[0]
            lead = self.reading.plain[above : day.start].replace("\n", " ")
            own_line = self.reading.plain[start : day.start]
            place = (
                re.search(r"^\s*(?:a|fait a) [^\n]{2,45},? le\s*$", own_line)
                and day.start > len(self.reading.text) * 0.6
            )
            # « signée à X le 3 mai » of another instrument is not the end of this one.
            others = [e for e in self.reading.within(above, day.start, ("AGREEMENT",)) if e not in main.mentions]
            done = re.search(
                r"\b(?:fait|signee?|conclue?|etablie?) (?:en|a|au|aux|le|ce)\b[^.;]{0,110}$", lead
            ) and re.search(r"\b(?:le|ce|en)\s*$", lead)
            if (
                isinstance(day.value, DateValue)
                and (place or (done and not others))
                and day.start > main.mentions[0].end
            ):
                main.date = day.value.start
                return


# « la présente convention », without parties, names no instrument of its own.
_REFERENCE = re.compile(
    r"(?:présente?|ledit|ladite) (?:convention|entente|charte|accord|protocole|contrat|avenant)", re.IGNORECASE
)


def read_agreements(reader: Reader) -> tuple[Agreement, ...]:
    """Return the instruments of the document in the order in which they are first named."""
    made = []
    for found in _Gatherer(reader).gather():
        if len(found.parties) < 2 and _REFERENCE.fullmatch(found.title):
            continue
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
