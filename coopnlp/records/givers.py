"""Who gives a sum: the body that its sentence, its line of a list or the council's decision names.

Looked for after the sum (« versés par », « auprès de »), before it (« la
contribution de la Ville », « la Région apporte »), in the line of a financing
list, and in the decision of a council, which gives itself. Left out: what two
give together without saying how much each.
"""

from __future__ import annotations

import re

from coopnlp.records import giving, not_given
from coopnlp.records.clauses import Clause, Reader
from coopnlp.records.grantors import grantor_above, speaks_in_council
from coopnlp.records.parties import party, same_name
from coopnlp.records.sentences import LIST_MARK
from coopnlp.types import Entity

__all__ = ["Givers"]


def _with_companions(clause: Clause, token: str) -> list[str]:
    """Return the parties that are joined before a token by commas and « et »: « A, B et <token> »."""
    found = [token]
    while True:
        head = clause.template[: clause.template.index(f"<{found[0]}>")]
        joined = re.search(rf"<([CFO]\d+)>\s*(?:,|et|ainsi que|,\s*et)\s*{giving.DET}$", head)
        if not joined:
            return found
        found.insert(0, joined[1])


def _subject(clause: Clause, verb_at: int) -> list[str]:
    """Return the tokens of the givers before a verb: the nearest parties that are no oblique complement."""
    head = clause.template[:verb_at]
    for token in reversed(list(giving.TOKEN.finditer(head))):
        gap = head[token.end() :]
        if token[1] == "A" or len(gap) > 110:
            return []
        if token[1] not in "CFO":
            continue
        before = head[: token.start()]
        name = f"{token[1]}{token[2]}"
        relative = re.fullmatch(r"\s*,?\s*(?:qui|lequel|laquelle)\s*(?:l'|lui |nous |y |leur )?", gap)
        topic = re.search(
            r"\bquant (?:a|au|aux) (?:la |le |l')?$|\b(?:part|contribution|participation"
            r"|apport) (?:de |du |d')(?:la |l')?$",
            before,
        )
        oblique = re.search(
            r"\b(?:a|au|aux|de|du|des|avec|pour|par|sur|dans|chez|contre|vers|en|aupres"
            r"|entre)\s+(?:la |le |les |l')?$|\b(?:d|a l|de l)'$",
            before,
        )
        if relative:
            return [name]
        if topic or not oblique:
            return _with_companions(clause, name)
    return []


class Givers:
    """Finds who gives the sums of one document."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def told(self, clause: Clause, token: re.Match[str], listed: bool) -> tuple[list[Entity], bool]:
        """Return who gives the sum, each of them, and whether it is only asked for."""
        head, after = clause.template[: token.start()], clause.template[token.end() :]
        next_sum = re.search(r"<A\d+>", after)
        after = after[: next_sum.start()] if next_sum else after
        each = bool(re.search(r"\bcha(?:-\s*)?cune?s?\b", head[-40:] + after[:20]))
        for pattern in (giving.AGENT, giving.FROM, giving.OF):
            found = pattern.match(after)
            if (
                found
                and next_sum
                and re.fullmatch(r"\s*,?\s*(?:pour|a hauteur de|a concurrence de)\s*", after[found.end() :])
            ):
                continue  # « d'un coût de 900 €, financé par A, pour 300 € »
            if found and not re.match(rf"\s*(?:,|et)\s*{giving.DET}<[CFO]\d+>", after[found.end() :]):
                return [clause.entity(found[1])], False
        found = giving.SOUGHT_AFTER.match(after)
        if found:
            return [clause.entity(found[2])], not giving.OBTAINED.search(head[-60:] + found["gap"])
        found = giving.OF_BODY.match(after)
        if found and giving.OWED_TO.search(head):
            return [clause.entity(found[1])], False
        respective = self._respective(clause, token)
        if respective is not None:
            return [respective], False
        share = giving.SHARE_OF.match(after)
        if share and giving.SHARES.search(head):
            return [clause.entity(share[1])], False
        under = giving.UNDER_LABEL.search(head)
        series = giving.SERIES.fullmatch(under["series"]) if under else None
        if series and not not_given.PRICE_AFTER.match(after):
            return [clause.entity(series[1])], False
        bracket = giving.IN_BRACKET.search(head)
        if bracket and giving.PAID_FOR.search(head[: bracket.start()]) and not giving.SUPPORT.search(head):
            bracket = None
        if bracket and giving.SUPPORT_TO.search(head[: bracket.start()]):
            bracket = None
        sentence = self.reader.reading.plain[slice(*self.reader.reading.sentence_at(clause.start))]
        beside = giving.BRACKET_AFTER.match(after)
        if beside and giving.MEANS.search(sentence) and not giving.EXPENSE.search(head):
            return [clause.entity(beside[1])], False
        found = giving.BY.match(after) or bracket
        if found is None and giving.MONEY_TOLD.search(clause.template):
            found = giving.OF_BODY.match(after)
        told = giving.MONEY_TOLD.search(clause.template) or (
            found is not None and found.re is giving.BY and (giving.MEANS.search(sentence) or giving.VERB.search(head))
        )
        if found and not not_given.PRICE_BEFORE.search(head) and told:
            return [clause.entity(found[1])], False
        found = giving.SOUGHT.search(head) or giving.AND_SOUGHT.search(head)
        if found and (found.re is giving.SOUGHT or re.search(r"\bsollicit|\bdemand", head)):
            return [clause.entity(found[1])], True
        found = giving.NOUN.search(head)
        if found and not re.search(r"\b(?:au profit|pour|est de|cout)\b.*\b(?:cout|budget)\b", found["rest"]):
            return [clause.entity(found[1])], bool(re.search(r"sollicite|demande", found[0]))
        if listed:
            found = giving.LISTED.match(head)
            if found is None and giving.BODIES_AND_SUMS.fullmatch(clause.template):
                # « MEAE : 9 000 €   MRIF : 13 500 $ »: the second body follows the first sum.
                found = giving.LISTED.match(re.sub(r"^.*<A\d+>", "", head))
            lead = found["lead"] if found else ""
            if (
                found
                and not (giving.EXPENSE.search(lead) or giving.NO_LEAD.search(lead))
                and (each or not found["joined"])
            ):
                tokens = [found[3], *re.findall(r"<([CF]\d+)>", found["joined"])]
                said = self.reader.reading.plain[clause.start : clause.offset(token.start())] + after[:25]
                return [clause.entity(t) for t in tokens], bool(re.search(r"sollicit|demand|a confirmer", said))
            label = self._labelled(clause, head)
            if label is not None:
                return [label], False
        return self._by_verb(clause, head, each), False

    @staticmethod
    def _respective(clause: Clause, token: re.Match[str]) -> Entity | None:
        """Return the body that stands where the sum does: « A, B et C apportent respectivement x, y et z »."""
        for found in giving.RESPECTIVELY.finditer(clause.template):
            bodies = re.findall(r"<([CFO]\d+)>", found["bodies"])
            sums = re.findall(r"<A\d+>", found["sums"])
            if token[0] in sums and len(bodies) == len(sums) and "respecti" in found["gap"] + found["rest"]:
                return clause.entity(bodies[sums.index(token[0])])
        return None

    def _labelled(self, clause: Clause, head: str) -> Entity | None:
        """Return the words before the colon or leader of a line of a financing list, where lines beside it name bodies.

        « C.A.F. : 2 000 € » between « Ville de X : 3 000 € » and « Région : 900 € ».
        """
        found = re.match(r"^\W*(?P<label>[a-z][a-z0-9 .&'()/-]{1,60}?)\s*(?:(?<!\.)\.{2,}|:)\s*$", head)
        if found is None or not_given.OWN_MEANS.search(found["label"]) or not_given.NO_BODY.match(found["label"]):
            return None
        reading = self.reader.reading
        start, end = clause.offset(found.start("label")), clause.offset(found.end("label"))
        if not reading.text[start].isupper():
            return None
        at = reading.lines.index(reading.line_at(start)) if reading.line_at(start) in reading.lines else -1
        beside = [reading.lines[i] for i in (at - 1, at + 1, at - 2, at + 2) if 0 <= i < len(reading.lines)]
        bodies = [
            e
            for a, b in beside
            if re.search(r"(?::|\.{2,})\W*\d", reading.plain[a:b])
            for e in reading.within(a, min(b, a + 60), ("COLLECTIVITY", "FUNDER"))
        ]
        return Entity(start=start, end=end, label="ORG", text=reading.text[start:end]) if at >= 0 and bodies else None

    def _by_verb(self, clause: Clause, head: str, each: bool) -> list[Entity]:
        alone = giving.ALONE.search(head)
        if alone:
            return [clause.entity(alone[1])]
        short = giving.ELLIPSIS.search(head)
        if short and giving.VERB.search(head[: short.start()]) and not re.search(r"<A\d+>", head):
            return [clause.entity(short[1])]
        last_sum = max((m.end() for m in re.finditer(r"<A\d+>", head)), default=0)
        verbs = [m for m in giving.VERB.finditer(head) if m.start() >= last_sum]
        if verbs:
            verb = verbs[-1]
            if giving.IT_IS_PROPOSED.search(head[: verb.start("verb")]):
                return []  # the council gives, whoever is named before
            between = head[verb.end() :]
            if re.match(r" (?:suite|acte|avis|lieu|lecture|pouvoir|delegation|procuration)\b", between):
                return []
            # « complète le budget de 900 € » gives, « a voté le budget de 900 € » does not.
            adds = re.match(r"(?:complet|abond|ajout)", verb["verb"]) and re.match(r" le budget\b", between)
            between = between[len(" le budget") :] if adds else between
            if len(between) < 160 and not re.search(
                r"\b(?:cout|prix|budget|enveloppe|credits?|poste|lots?|contrat"
                r"|marches? (?:publics?|de (?:travaux|services)|n))\b",
                between,
            ):
                aids = giving.AIDS_BY_GIVING.search(head[: verb.start("verb")])
                subject = _subject(clause, aids.start() if aids else verb.start())
                passive = re.search(
                    r"\b(?:est|sont|sera|seront|soit|soient|ete|etre)\s*$",
                    verb[0][: verb.start("verb") - verb.start()],
                )
                # « donnerait » wishes; « le fonds X, doté de » says what X holds, not what it gives.
                wished = re.search(r"rai(?:t|ent)$", verb["verb"]) or (
                    verb["verb"].startswith("dote") and head[: verb.start()].rstrip().endswith(",")
                )
                if re.search(r"\b(?:voi(?:t|ent)|verr(?:a|ont)|vue?s?)\s*$", head[: verb.start("verb")]):
                    return []  # « la commune se verra attribuer 900 € » gets
                if not_given.JOINTLY.search(head[verb.start() :]) and not each:
                    return []
                if subject and not passive and not wished and (each or len(subject) == 1):
                    return [clause.entity(t) for t in subject]
        found = giving.ELIDED.search(head)
        if found and giving.VERB.search(head[: found.start()]):
            tokens = _with_companions(clause, found[1])
            return [clause.entity(t) for t in tokens] if each or len(tokens) == 1 else []
        found = giving.ELIDED_FAR.search(head)
        if found and giving.VERB.search(head[: found.start()]) and not giving.VERB.search(found["gap"]):
            return [clause.entity(found[2])]
        return []

    def decided(self, clause: Clause, token: re.Match[str], sentence: str) -> Entity | None:
        """Return the body whose council grants the sum, where the sentence is its decision."""
        head = clause.template[: token.start()]
        head = head[max((m.end() for m in re.finditer(r"<A\d+>", head)), default=0) :]
        proposed = giving.PROPOSED.search(head)
        head = head[proposed.start() :] if proposed else head
        if self.reader.owner is None or not giving.DECIDES.search(head):
            return None
        gets = re.findall(r"\b(?:a|au|aux|en faveur d\w*|au profit d\w*) (?:la |le |l')?<(C\d+)>", head)
        if any(same_name(party(clause.entity(other)), party(self.reader.owner)) for other in gets):
            return None
        # Another body before the sum, and no recipient: it may be the one that gives.
        if re.search(r"<[CF]\d+>", giving.RECIPIENT.sub("", head)):
            return None
        after = clause.template[token.end() :]
        if (
            not_given.PURCHASE.search(clause.template)
            or re.match(r"[^<>;]{0,12}\bpar (?!an|mois)", after)
            or re.search(r"\bprelev\w* (?:la|cette|ces|les) ", head)
        ):
            return None
        to = re.match(r"[^<>;]{0,45}\b(?:a|au|en faveur d\w*|au profit d\w*) (?:la |le |l')?<(C\d+)>", after)
        if to and same_name(party(clause.entity(to[1])), party(self.reader.owner)):
            return None
        if not re.search(
            r"\b(?:attribu|allou|accord|octroy|vers|affect|prelev|appropri|decid|vot|propos"
            r"|approuv|fix|reconduit|resolu)",
            sentence,
        ) and not self.announced(clause):
            return None
        return self.reader.owner

    def received(self, clause: Clause, token: re.Match[str]) -> Entity | None:
        """Return the body whose council speaks, where the sentence says what somebody gets.

        « Le club reçoit 900 € », « 80 € à la Prévention routière, 50 € aux Pinsons ».
        """
        owner = self.reader.owner
        head, after = clause.template[: token.start()], clause.template[token.end() :]
        each = list(giving.TO_EACH.finditer(clause.template))
        if len(each) > 1 and giving.TO_EACH.match(clause.template, token.start()):
            # The words before the first sum hold for all.
            head, after = clause.template[: each[0].start()], ""
            gets = not giving.VERB.search(head) or giving.DECIDES.search(head)
        else:
            got = giving.RECEIVES.search(head)
            gets = got or (giving.AN_AID_OF.search(head) and giving.PAID_TO.match(after))
            # « La Ville de X recevra 900 € »: the one body before the verb is who gets.
            alone = got and re.search(r"<([CO]\d+)>[^<>.;]{0,25}$", head[: got.start()])
            if got and alone and not re.search(r"<[CFS]\d+>", head[: alone.start()]):
                if owner is not None and same_name(party(clause.entity(alone[1])), party(owner)):
                    return None
                head = head[got.start() :]
        handed = giving.GIVEN_TO_ONE.match(clause.template, token.end())
        if not gets and handed and owner is not None and not giving.VERB.search(head):
            return (
                None if re.search(r"<[CFS]\d+>", head) or re.search(r"\bpar (?:la |le |l')?<[CFOS]", after) else owner
            )
        if not gets:
            return None
        if owner is None or not speaks_in_council(self.reader):
            # Who publishes the paper, or the fund that its head names, where a sentence says that somebody gets.
            owner = grantor_above(self.reader, clause.start) if len(each) < 2 else None
        if owner is None:
            return None
        if re.search(r"<[CFS]\d+>", head) or re.match(
            r"[^<>.;]{0,30}\b(?:(?:de la |de l'|du |de |d'|par )<[CFOS]|taxes?|loyers?)", after
        ):
            return None  # another body may be the one that gives
        return owner

    def announced(self, clause: Clause) -> bool:
        """Tell whether the clause stands in a list under a line such as « le conseil accorde : »."""
        reading = self.reader.reading
        for start, end in reversed(reading.lines_before(clause.start, 25)):
            opens_with_sum = reading.within(start, min(end, start + 30), ("AMOUNT",))
            item = LIST_MARK.match(reading.text, start) and reading.within(start, end, ("AMOUNT",))
            if not opens_with_sum and not item:
                return bool(giving.ANNOUNCES.search(reading.plain[start:end].strip()))
        return False
