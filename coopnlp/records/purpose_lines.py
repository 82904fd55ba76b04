"""What a line that is no sentence says that its sum is for: a row of a table, an item of a list.

« Les Amis du lac (Annecy) : pirogue école, 5 000 € »; « Lycée Truffaut ....... serre ....... 800 € ».
What such a line says is its words, once sums, the giver, marks of lists, codes, votes and words of
money are taken off.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from coopnlp.records.clauses import Reader
from coopnlp.records.purpose_words import cleaned, is_object, is_purpose, joined, without_leading_money
from coopnlp.records.reading import plain
from coopnlp.records.sentences import LIST_MARK

__all__ = ["Span", "is_row", "is_sentence", "piece_of", "words_of_row"]

Span = tuple[int, int]

_VERB = re.compile(
    r"\b(?:souhaite(?:nt)?|doit|doivent|peut|peuvent|entend|vient|(?:octroy|attribu|vers|accord|allou|apport)ant|est"
    r"|sont|sera|seront|etait|etaient|ont|avait|aura|verse(?:nt|ra)?|apporte(?:nt|ra)?|accorde(?:nt|ra)?"
    r"|alloue(?:nt|ra)?"
    r"|attribue(?:nt|ra)?|octroie(?:nt)?|contribue(?:nt|ra)?|participe(?:nt|ra)?|(?:co)?finance(?:nt|ra)?|soutient"
    r"|soutiennent"
    r"|recoi(?:t|vent)|recevra|beneficie(?:nt)?|obtien(?:t|nent)|decide|propose|consacre|reserve|prend|prennent|paie"
    r"|offre"
    r"|mobilise|engage|affecte|ajoute|dispose|s'eleve|s'elevent|attribuer|verser|accorder|allouer|octroyer|financer"
    r"|approuver|"
    r"inscrire|fixer|prelever|solliciter|autoriser|porte|permet|permettra|s'ajoutent|viennent|proviennent|represente"
    r"|\w{3,}(?:erait|eraient|eront|aient)|(?<!['-])(?:je|il|ils|elle|elles|on|nous|vous|qui) \w+|j'\w+|n'\w+"
    r"|c'est|autorise|charge|mandate|approuve|confirme|rappelle|precise|dit que)\b(?!\.)"
)
# The verb « a » of « a versé »; « à » is no verb, and both are « a » without accents.
_TABULAR = re.compile(r"\||\t|\S\s{3,}\S|\.{4,}")
_LONGEST_ROW = 400
_HAS = re.compile(r"(?<![^\s(])a (?:\w+ ){0,2}?\w+(?:é|e|i|u|is|ert)e?s?\b")
_PARTING = re.compile(r"\s*(?:[,:;|()\[\]=]|\s[–—-]\s|\t|\s{3,}|\.{3,}|…+|\s/\s|\s[–—-](?=\d)|(?<=€)|\n)\s*")
_CODE = re.compile(
    r"\W*(?:[a-z]{0,4}[-\s./]?\d[\d\s./-]*[a-z]?|\d+(?:[.,]\d+)? ?%|[a-z]|(?:19|20)\d\d(?:\s*(?:-|/|a)\s*(?:19"
    r"|20)\d\d)?|"
    r"(?:article|chapitre|compte|nature|fonction|imputation|ligne|lc|dossier|code|n°|no|ref)\b.*|\d+ (?:voix|pour"
    r"|contre|abstentions?|adherents?|licencies?|membres|habitants|eleves|enfants|jours|personnes).*|"
    r"(?:vote|avis|unanimite|adopte|pour|contre|abstention)\b.{0,40}|hors \w+|net|brut|"
    r"(?:soit|dont|environ|ou|total|sous-total|reste|solde)\b.{0,30}|(?:tel|mail|courriel)\b.*)\W*"
)
_LABEL = re.compile(
    r"(?:montants?|subventions?|aides?|soutiens?|contributions?|participations?|concours|cofinancements?"
    r"|financements?|somme|bourse|moyens|"
    r"budget|cout|statut|porteur|beneficiaires?|association|projet|intitule(?: du projet)?|titre|objet|action"
    r"|promoteur|demandeur|organisme|structure|theme|thematique|"
    r"(?:\w+ )?prix|mentions?|trophees?|recommandation|decision"
    r"|partenaires?|pays|lieu|duree|annee|programme|nom|commune)\b[^:]{0,30}"
)
_GIVEN_FOR = re.compile(r"[\s,]*(?:[:–-]\s*)?(?:pour|a|au|aux|en faveur|destine\w*|afin)\b")


def is_sentence(reader: Reader, start: int, end: int) -> bool:
    """Tell whether a stretch of text has a verb, so that it is read as a sentence."""
    reading = reader.reading
    return _VERB.search(reading.plain, start, end) is not None or _HAS.search(reading.text, start, end) is not None


def is_row(reader: Reader, piece: Span) -> bool:
    """Tell whether a stretch is a row or an item of a list: whole lines, and no sentence."""
    reading = reader.reading
    if is_sentence(reader, *piece):
        return False
    if _TABULAR.search(reading.text[slice(*piece)]):
        return True
    start, end = reading.sentence_at(piece[0])
    line = reading.line_at(piece[0])
    if start < line[0] and piece[0] <= line[0] + 8:
        start, end = line
    above, below = reading.text[reading.line_at(start)[0] : start], reading.text[end : reading.line_at(end)[1]]
    return not re.search(r"\w{2}", above + below) and end - start <= _LONGEST_ROW


def piece_of(reader: Reader, span: Span) -> Span:
    """Return the part of its line, or of its item of a list, that a sum belongs to."""
    reading = reader.reading
    line = reading.line_at(span[0])
    if _TABULAR.search(reading.text[slice(*line)]):
        return line
    text = reading.text[slice(*line)]
    if " ; " in text and len(reading.within(*line, ("AMOUNT",))) == 1:
        return line
    sentence = reading.sentence_at(span[0])
    start, end = sentence if sentence[0] < sentence[1] < sentence[0] + _LONGEST_ROW else line
    if "\n" in reading.text[start:end] and len(reading.within(start, end, ("AMOUNT",))) > len(
        reading.within(*line, ("AMOUNT",))
    ):
        start, end = line
    cuts = [m.end() for m in re.finditer(r";", reading.text[start:end])]
    start, end = (
        max((start + c for c in cuts if start + c <= span[0]), default=start),
        min((start + c - 1 for c in cuts if start + c > span[1]), default=end),
    )
    sums = reading.within(start, end, ("AMOUNT",))
    at = bisect_left([e.start for e in sums], span[0])
    before = next((e for e in reversed(sums[:at]) if _has_words(reader, e.end, span[0])), None)
    later = next((e for e in sums[at:] if e.start > span[0] and _has_words(reader, span[1], e.start)), None)
    if before is None and later is None:
        return start, end
    if _has_words(reader, start, sums[0].start):
        # « A 300 €, B 200 € »: each sum after its words, but for a bracket or what a dash brings in.
        more = re.match(r"\s*\([^()]*\)|\s*(?:[–—:]|-\s)[^,;.]*", reading.text[span[1] : later.start if later else end])
        return (before.end if before else start), span[1] + (more.end() if more else 0)
    return span[0], (later.start if later else end)


def _has_words(reader: Reader, start: int, end: int) -> bool:
    return is_purpose(reader.reading.text[start:end])


def words_of_row(reader: Reader, piece: Span, givers: Sequence[Span], names: frozenset[str]) -> str | None:
    """Return what a row says beside its sums and its giver; None where it says nothing more.

    ``names`` are bodies that give.
    """
    kept: list[Span] = []
    for start, end in _segments(reader, piece):
        for part in _without(reader, (start, end), givers):
            if not _says_something(reader, part):
                continue
            gap = reader.reading.text[kept[-1][1] : part[0]] if kept else "|"
            if (
                kept
                and not re.search(r"[|\t\n]|\s{3}|\.{3}|…|\d", gap)
                and not reader.reading.within(kept[-1][1], part[0])
            ):
                kept[-1] = (kept[-1][0], part[1])
            else:
                kept.append(part)
    phrases = (cleaned(without_leading_money(reader.reading.text[a : b + _closing(reader, b, a)])) for a, b in kept)
    # Beside a giver that the row names, what is no object is its form (« hors suivi »), its place, its partner.
    fits = is_object if givers else is_purpose
    return joined([p for p in phrases if fits(p) and plain(p) not in names])


def _closing(reader: Reader, end: int, start: int) -> int:
    """Return 1 where the bracket that a phrase opened closes right after it."""
    text = reader.reading.text
    return int(text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end))


def _segments(reader: Reader, piece: Span) -> Iterable[Span]:
    text = reader.reading.text
    mark = LIST_MARK.match(text, piece[0], piece[1])
    at = mark.end() if mark else piece[0]
    for match in [*_PARTING.finditer(text, at, piece[1]), None]:
        stop = match.start() if match else piece[1]
        if text[at:stop].strip():
            yield at, stop
        at = match.end() if match else piece[1]


def _without(reader: Reader, segment: Span, givers: Sequence[Span]) -> Iterable[Span]:
    """Yield what a segment holds beside sums; of one that names the giver only « pour », « à » and what follows."""
    taken = [(e.start, e.end) for e in reader.reading.within(max(0, segment[0] - 40), segment[1] + 40, ("AMOUNT",))]
    giver = next((g for g in givers if g[0] < segment[1] and segment[0] < g[1]), None)
    if giver is not None:
        after = _GIVEN_FOR.match(reader.reading.plain, giver[1], segment[1])
        if not after:
            return
        segment = (after.start(), segment[1])
    at = segment[0]
    for start, end in taken:
        if end <= at or start >= segment[1]:
            continue
        if start > at:
            yield at, start
        at = max(at, end)
    if at < segment[1]:
        yield at, segment[1]


def _says_something(reader: Reader, part: Span) -> bool:
    words = reader.reading.plain[part[0] : part[1]].strip()
    if not re.search(r"[a-z]{2}", words) or _CODE.fullmatch(words) or _LABEL.fullmatch(words):
        return False
    held = reader.reading.within(part[0], part[1] + 1)
    if len(held) == 1 and held[0].label == "DATE" and len(held[0].text) >= len(words) - 8:
        return False
    return is_purpose(reader.reading.text[part[0] : part[1]])
