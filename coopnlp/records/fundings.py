"""Fundings told in sentences and lists: who gives how much, when, for what.

« La Région apporte 5 000 € », « 3 000 € versés par le FFQCD », « - Département :
15 000 € » under a financing plan, « décide d'attribuer une subvention de
4 500 € à l'association X » in a council's decision. Tables are read by
:mod:`~coopnlp.records.funding_tables`. Left out: costs, budgets, prices and
balances that nobody gives, refusals, and what two parties give together
without saying how much each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coopnlp.records.clauses import Clause, Reader, Sum
from coopnlp.records.parties import party
from coopnlp.records.reading import clip
from coopnlp.records.sentences import LIST_MARK, is_tabular
from coopnlp.types import DateValue, Entity, Funding

__all__ = ["finance_context", "read_prose_fundings"]

_PARTY = r"<([CF]\d+)>"
_GIVER = r"<([CFOS]\d+)>"
_DET = r"(?:\s*(?:par |de |d'|du |des |la |le |les |l'|aupres |celle |celui |ex-?|chacune? |departements? |villes? |communes? |regions? ))*\s*"

# Verbs of giving, by stem and ending, as council minutes, agreements and press conjugate them.
_STEMS = (
    r"(?:re)?vers|attribu|allou|accord|octroi|octroy|apport|(?:co)?financ|subventionn|consacr|investi|engag|ajout"
    r"|complet|particip|contribu|affect|debloqu|donn|offr|dot|abond|souscri|mandat|rembours|assum|vot|inscri"
    r"|inject|support|couvr|prelev|mobilis|reserv|regl|confirm"
)
_ENDS = r"e|es|ent|a|ait|aient|era|eront|erait|eraient|ee|ees|er|is|it|ise|ises|ie|ue|uent|ue|uee|uees|uer|uera|ant|te|tent|vent|vait"
_AUXILIARY = (
    r"(?:(?:a|ont|avait|avaient|aura|auront|est|sont|sera|seront|soit|soient|etre|ete|y|en|lui|leur|nous|se|s'|deja"
    r"|egalement|elle-meme|lui-meme)\s+)*"
)
_VERB = re.compile(
    rf"\b{_AUXILIARY}(?P<verb>(?:{_STEMS})(?:{_ENDS})|met|mettent|mettra|mis|promis|promet|offert|paie|paye|pris|prend|prennent)\b"
)
_AGENT = re.compile(
    rf"^[^<>.;]{{0,45}}?\b(?:verse|apporte|finance|cofinance|accorde|alloue|octroye|attribue|donne|offert|consenti"
    rf"|paye|vote|promis|assume|pris en charge|supporte|debloque|fourni|confirme|abonde|dote)e?s?\b[^<>.;]{{0,30}}?\bpar"
    rf"(?:\s+(?:la|le|les|l'))?\s*{_GIVER}"
)
_FROM = re.compile(
    rf"^[^<>.;]{{0,25}}?\b(?:viennent|vient|provien(?:t|nent)|provenant|issus?|en provenance|a la charge|au titre)"
    rf"\s+(?:de\s+|d'\s*|du\s+|des\s+)(?:la |le |les |l')?\s*{_PARTY}"
)
_OF = re.compile(r"^,?\s*(?:(?:de|du) (?:la |l')?|de l'|d')\s*<(F\d+)>")
_NOUN = re.compile(
    rf"\b(?:contributions?|participations?|apports?|parts?|subventions?|aides?|soutien|concours|dotations?|don|quote-part"
    rf"|financements?|cofinancements?|appui|bourses?|engagement|(?<!et )celle|(?<!et )celui|avance|versement|enveloppe)"
    rf"(?:\s+(?:financiere?|speciale?|annuelle?|totale?|maximale?|exceptionnelle?|prevue|complementaire|forfaitaire|sollicitee?|demandee?|attendue?|reservee?))*"
    rf"\s+(?:de |d'|du |des |aupres (?:de |du |des |d'))\s*(?:la |le |les |l')?\s*{_PARTY}(?P<rest>(?:[^<>;]|<[XPDNS]\d+>){{0,110}})$"
)
_SOUGHT = re.compile(
    rf"\b(?:sollicit\w*|demand\w*|aupres|requeri\w*|attend\w*)\b[^<>;.]{{0,40}}{_GIVER}(?P<rest>[^<>;.]{{0,40}})$"
)
_AND_SOUGHT = re.compile(rf"<A\d+>\s*,?\s*(?:et|ainsi que)\s*(?:aupres )?(?:de |du |des |d')?(?:la |le |les |l')?\s*{_GIVER}\s*(?:a hauteur de|pour|de|:)\s*$")
_LISTED = re.compile(
    rf"^(?P<mark>[^<>]{{0,22}}?)(?P<lead>(?:[a-z][a-z' ]{{0,40}})?)\s*{_DET}{_GIVER}(?P<joined>(?:\s*(?:et|,|et de|et la|et le)\s*{_DET}<[CF]\d+>)*)"
    rf"(?P<bracket>\s*(?:\([^()]*\))?)(?P<gap>\s*(?:,?\s*cha(?:-\s*)?cune?\s*)?(?:,?\s*(?:pour|a hauteur de|a concurrence de|soit|avec)\s*|[:=–—>]+|\s-\s|\.+\s*\.?\s|,|\s{{2,}}|\()[^<>a-z]{{0,40}})$"
)
_ELIDED = re.compile(rf"(?:<A\d+>)(?:[^<>.;]{{0,12}})(?:,|et|;|puis)\s*{_DET}{_PARTY}\s*(?:,|:|pour|a hauteur de|avec)?\s*$")
# « le Rhône cofinance à égalité, la Drôme à hauteur de 6 000 € »: the second has no verb of its own.
_ALONE = re.compile(rf",\s*(?:et )?(?:la |le |les |l')?{_GIVER}\s*,?\s*(?:a hauteur de|pour)\s*$")
_RECIPIENT = re.compile(r"\b(?:a|au|aux|pour|avec|dans|en faveur de|en faveur du) (?:la |le |les |l')?(?:<[CF]\d+>)")
_FUND_BUDGET = re.compile(r"\b(?:budget|enveloppe|dotation|credits?|montant|capital)\s+(?:annuelle? )?(?:de |d'|du )(?:la |le |l')?\s*<(F\d+)>|<(F\d+)>[^<>]{0,12},?\s*(?:est )?dote")
_TOKEN = re.compile(r"<([A-Z])(\d+)>")

_NOT_GIVEN = re.compile(
    r"\b(?:ne |n')[^<>]{0,60}\b(?:pas|plus|rien|aucune?|jamais)\b|\b(?:rejet|rejete|refus\w*|annule\w*|supprimee?|retire[rs]?"
    r"|aucun(?:e)? (?:subvention|aide|financement)|ont neant|faute d|abandonn\w*|ajourne\w*|ferait|n'interviennent)\b"
)
# Parts of a sum that is told as a whole elsewhere.
_INSTALMENTS = re.compile(r"\b(?:en (?:deux|trois|quatre|cinq|\d) (?:fois|versements|tranches|acomptes)|premier acompte|avance de \d+ %)\b")
_GRANTED_HERE = re.compile(r"\b(?:laureats?|retenus?|attribu\w+|subventions?|soutenus|recu quoi|repart\w+|beneficiaires?|coups? de pouce|aides? accordees?)\b")
_PRICE_BEFORE = re.compile(
    r"(?:×|\bx|\bcout\w*|\bprix|\bdepens\w+|\btarifs?|\bbillets?|\bstages? [^<>]{0,20}|\bestim\w+ (?:a|entre)|\bvaleur de|\bbudget|\bau lieu de"
    r"|\b(?:montant|cout|somme) totale?|\bau total|\bmarche|\bcontrat|\blot n|\bplafond\w*(?: a)?|\bdeficit|\bsurcout|\bchiffre \w* ?a|\breliquat|\bsolde|\breserve)[^<>;]{0,45}$"
)
_PRICE_AFTER = re.compile(r"^\s*(?:ttc|ht\b|hors taxes|taxes en sus|par (?:habitant|eleve|personne|repas|tete|nuit|jour|enfant|menage|foyer|participant)|/|l'unite|l'heure|le (?:repas|ticket|kilo))")
_DECIDES = re.compile(
    r"\b(?:d?'?(?:attribu|allou|accord|octroy|vers|affect|verser|inscri|alloue)\w*|subventions?|participations?|contribution|concours"
    r"|somme|montant(?: maximal)?|aide|don|dotation)\b[^<>;]{0,60}$"
)
_COUNCIL = re.compile(
    r"\b(?:deliber\w+|decide\w*|resolu|conseil (?:municipal|communautaire|departemental|regional|general|metropolitain)"
    r"|commission permanente|approuve|attribu\w+|il est propose|adopte\w*|seance|vote[ers]?)\b"
)
_PURPOSE = re.compile(
    r"^[^<>;.]{0,40}?(?P<what>\b(?:pour|destinee?s? a|afin d|en faveur d|au profit d|au benefice d|en vue d|a l'(?:association|appui|action|achat|organisation|<)|a la |aux? |a l'<|a <|affectee?s? a)(?!\s*(?:hauteur|compter|chapitre|titre|main|majorite|unanimite|total|minimum|moitie|cette fin|lieu|n°|la premiere|premiere|chacun|surplus|l'annee|l'exercice|plus|moins|le reste|eux|elles|charge|condition|<D|<A)).*)$"
)
_STOP_PURPOSE = re.compile(r"<A\d+>|;|\.\s|\b(?:est|sont|sera) reconduit|,\s*(?:tandis|et|dont|soit|impute\w*|au chapitre|sur le|conditionnellement|taxes|votes?)\b|\bimpute|\bsous reserve|\bsur la duree")
_FINANCE = re.compile(
    r"\b(?:plan de financement|financements?|financeurs?|cofinanceurs?|contributions?|contribuent|recettes|ressources?|produits|apports?"
    r"|origine des fonds|y contribuent|qui paie|subventions?|concours|tour de table|participations financieres|partenaires financiers"
    r"|sommes demandees|repartition|coute|montage|avec quel argent|soutiens?)\b"
)
_EXPENSE = re.compile(r"\b(?:depenses?|charges|emplois|couts?|budget des travaux|achats|poste)\b")


def finance_context(reader: Reader, offset: int) -> bool:
    """Tell whether the closest heading or announcing line above speaks of where money comes from."""
    reading = reader.reading
    lines = reading.lines_before(offset, 30)
    for back, (start, end) in enumerate(reversed(lines)):
        line = reading.plain[start:end].strip()
        if reading.within(start, end, ("AMOUNT",)) and not line.endswith(":"):
            continue
        if len(line) < 90 or line.endswith(":") or is_tabular(line) or back < 2:
            tail = line[-110:]
            money, cost = [m.start() for m in _FINANCE.finditer(tail)], [m.start() for m in _EXPENSE.finditer(tail)]
            if money or cost:
                return max(money, default=-1) > max(cost, default=-1)
    return False


def _period(clause: Clause, at: int, before: int = 0) -> tuple[str | None, str | None]:
    """Return the period of the sum whose token ends at ``at``; ``before``: where its own words begin."""
    after = clause.template[at:]
    stop = re.search(r"<A\d+>", after)
    after = after[: stop.start()] if stop else after
    lead = r"(?:en|d'ici|pour|pour l'annee|pour les annees|pour l'exercice|de l'exercice|a compter de|des|au titre de(?: l'annee| l'exercice)?|annee|exercice|sur la periode|pour la periode|sur|de|le|au)"
    found = re.match(rf"[^<>;]{{0,45}}?\b{lead}\s*<(D\d+)>", after) or re.match(r"\s*\(?\s*<(D\d+)>\)?", after)
    if not found:
        head = clause.template[before:at]
        found = re.search(rf"\b(?:en|pour|au titre de|pour l'annee|pour l'exercice|exercice)\s*<(D\d+)>(?!.*<D)[^;]{{0,160}}$", head)
    if not found:
        return None, None
    value = clause.entity(found[1]).value
    return (value.start, value.end) if isinstance(value, DateValue) else (None, None)


def _purpose(clause: Clause, at: int, text: str) -> str | None:
    rest = clause.template[at:]
    found = _PURPOSE.match(rest)
    if not found:
        return None
    what = found["what"]
    stop = _STOP_PURPOSE.search(what)
    end = at + found.start("what") + (stop.start() if stop else len(what))
    cut = clip(text[clause.offset(at + found.start("what")) : clause.offset(end)])
    return cut if len(cut) > 6 else None


def _with_companions(clause: Clause, token: str) -> list[str]:
    """Return the parties that are joined before a token by commas and « et »: « A, B et <token> »."""
    found = [token]
    while True:
        head = clause.template[: clause.template.index(f"<{found[0]}>")]
        joined = re.search(rf"<([CFO]\d+)>\s*(?:,|et|ainsi que|,\s*et)\s*{_DET}$", head)
        if not joined:
            return found
        found.insert(0, joined[1])


def _subject(clause: Clause, verb_at: int) -> list[str]:
    """Return the tokens of the givers before a verb: the nearest parties that are no oblique complement."""
    head = clause.template[:verb_at]
    for token in reversed(list(_TOKEN.finditer(head))):
        gap = head[token.end() :]
        if token[1] == "A" or len(gap) > 110:
            return []
        if token[1] not in "CFO":
            continue
        before = head[: token.start()]
        name = f"{token[1]}{token[2]}"
        relative = re.fullmatch(r"\s*,?\s*(?:qui|lequel|laquelle)\s*(?:l'|lui |nous |y |leur )?", gap)
        topic = re.search(r"\bquant (?:a|au|aux) (?:la |le |l')?$|\b(?:part|contribution|participation|apport) (?:de |du |d')(?:la |l')?$", before)
        oblique = re.search(
            r"\b(?:a|au|aux|de|du|des|avec|pour|par|sur|dans|chez|contre|vers|en|aupres|entre)\s+(?:la |le |les |l')?$|\b(?:d|a l|de l)'$", before
        )
        if relative:
            return [name]
        if topic or not oblique:
            return _with_companions(clause, name)
    return []


class _Prose:
    """Reads the fundings of one sentence."""

    def __init__(self, reader: Reader, fund: Entity | None) -> None:
        self.reader = reader
        self.text = reader.reading.text
        self.fund = fund

    def giver(self, clause: Clause, token: re.Match[str], listed: bool) -> tuple[list[Entity], bool]:
        """Return who gives the sum, each of them, and whether it is only asked for."""
        head, after = clause.template[: token.start()], clause.template[token.end() :]
        next_sum = re.search(r"<A\d+>", after)
        after = after[: next_sum.start()] if next_sum else after
        each = bool(re.search(r"\bcha(?:-\s*)?cune?s?\b", head[-40:] + after[:20]))
        for pattern in (_AGENT, _FROM, _OF):
            found = pattern.match(after)
            if found and not re.match(rf"\s*(?:,|et)\s*{_DET}<[CFO]\d+>", after[found.end() :]):
                return [clause.entity(found[1])], False
        found = _SOUGHT.search(head) or _AND_SOUGHT.search(head)
        if found and (found.re is _SOUGHT or re.search(r"\bsollicit|\bdemand", head)):
            return [clause.entity(found[1])], True
        found = _NOUN.search(head)
        if found and not re.search(r"\b(?:au profit|pour|est de|cout)\b.*\b(?:cout|budget)\b", found["rest"]):
            return [clause.entity(found[1])], bool(re.search(r"sollicite|demande", found[0]))
        if listed:
            found = _LISTED.match(head)
            if found and not _EXPENSE.search(found["lead"]) and (each or not found["joined"]):
                tokens = [found[3], *re.findall(r"<([CF]\d+)>", found["joined"])]
                return [clause.entity(t) for t in tokens], bool(re.search(r"sollicite|demande", head + after[:25]))
        return self._by_verb(clause, head, each), False

    def _by_verb(self, clause: Clause, head: str, each: bool) -> list[Entity]:
        alone = _ALONE.search(head)
        if alone:
            return [clause.entity(alone[1])]
        last_sum = max((m.end() for m in re.finditer(r"<A\d+>", head)), default=0)
        verbs = [m for m in _VERB.finditer(head) if m.start() >= last_sum]
        if verbs:
            verb = verbs[-1]
            between = head[verb.end() :]
            if len(between) < 160 and not re.search(r"\b(?:cout|prix|budget|enveloppe|credits?|poste)\b", between):
                subject = _subject(clause, verb.start())
                passive = re.search(r"\b(?:est|sont|sera|seront|soit|soient|ete|etre)\s*$", verb[0][: verb.start("verb") - verb.start()])
                if subject and not passive and (each or len(subject) == 1):
                    return [clause.entity(t) for t in subject]
        found = _ELIDED.search(head)
        if found and _VERB.search(head[: found.start()]):
            tokens = _with_companions(clause, found[1])
            return [clause.entity(t) for t in tokens] if each or len(tokens) == 1 else []
        return []

    def decided(self, clause: Clause, token: re.Match[str], sentence: str) -> Entity | None:
        """Return the body whose council grants the sum, where the sentence is its decision."""
        head = clause.template[: token.start()]
        head = head[max((m.end() for m in re.finditer(r"<A\d+>", head)), default=0) :]
        if self.reader.owner is None or not _DECIDES.search(head):
            return None
        # Another body before the sum, and no recipient: it may be the one that gives.
        if re.search(r"<[CF]\d+>", _RECIPIENT.sub("", head)):
            return None
        if not re.search(r"\b(?:attribu|allou|accord|octroy|vers|affect|prelev|appropri|decid|vot|propos|approuv|fix|reconduit|resolu)", sentence):
            return None
        return self.reader.owner

    def _item(self, clause: Clause) -> Entity | None:
        """Return the project or organisation that opens the list item or paragraph of a clause."""
        reading = self.reader.reading
        start, _ = reading.paragraph_at(clause.start)
        begun = [a for a, _ in reading.sentences_within(start, clause.start + 1)]
        starts = [a for a in begun if a in (start, clause.start) or LIST_MARK.match(self.text, a)]
        for at in reversed(starts):
            mark = LIST_MARK.match(self.text, at)
            begin = mark.end() if mark else at
            first = next(iter(reading.within(begin, begin + 200)), None)
            if first is not None and first.label in ("PROJECT", "ORG") and not self.text[begin : first.start].strip(" «\"“*’'lLaes"):
                return first
            if mark:
                return None
        return None

    def _of_list(self, clause: Clause, token: re.Match[str]) -> Entity | None:
        """Return who grants the sums of a list of laureates or beneficiaries: the one scheme named at its head, else the owner."""
        item = self._item(clause)
        before = clause.template[: token.start()]
        bare = re.fullmatch(r"\W*", before) or re.fullmatch(r"(?:<[PO]\d+>|\W|l'|la |le |les |association )*(?:<[A-Z]\d+>[^<>]{0,20})*[^<>a-z]*", before)
        if item is None or not bare:
            return None
        reading = self.reader.reading
        near, title_end = max(0, item.start - 300), reading.lines[min(6, len(reading.lines) - 1)][1]
        if not _GRANTED_HERE.search(reading.plain[: min(1500, item.start)] + " " + reading.plain[near : item.start]):
            return None
        named = [*reading.within(0, min(title_end, item.start), ("FUNDER",))] or reading.within(near, item.start, ("FUNDER",))
        schemes = {self.reader.canonical(e).text.casefold(): self.reader.canonical(e) for e in named}
        if len(schemes) == 1:
            return next(iter(schemes.values()))
        return self.reader.owner if not schemes else None

    def read(self, start: int, end: int) -> Iterator[Funding]:
        clause = self.reader.clause(start, end)
        line_start = self.reader.reading.line_at(start)[0]
        listed = bool(LIST_MARK.match(self.text[line_start:end])) or clause.template.count(";") > 1 or ":" in clause.template
        listed = (listed or len(clause.template) < 120) and self._financing(clause)
        if _INSTALMENTS.search(clause.template):
            return
        given = False
        for piece in self._split(clause):
            # « A apporte 3 000 € ; B, 2 000 € » : the verb of the first part serves the next.
            found = list(self._read_piece(piece, listed or given, clause.template))
            given = given or bool(found)
            yield from found

    def _financing(self, clause: Clause) -> bool:
        colon = clause.template.find(":")
        if 0 < colon < 60 and _FINANCE.search(clause.template[:colon]):
            return True
        return finance_context(self.reader, clause.start)

    def _split(self, clause: Clause) -> list[Clause]:
        """Cut a sentence at its semicolons; each part keeps its own tokens."""
        cuts = [clause.offset(m.start()) for m in re.finditer(r";", clause.template)]
        edges = [clause.start, *[c + 1 for c in cuts], clause.end]
        return [self.reader.clause(a, b) for a, b in zip(edges, edges[1:], strict=False) if b > a]

    def _read_piece(self, clause: Clause, listed: bool, sentence: str) -> Iterator[Funding]:
        fund = _FUND_BUDGET.search(clause.template)
        before = 0
        for token in re.finditer(r"<A(\d+)>", clause.template):
            total = clause.sum(f"A{token[1]}")
            head = clause.template[before : token.start()]
            after = clause.template[token.end() : token.end() + 40]
            asked = False
            givers: list[Entity] = []
            if not (_PRICE_AFTER.match(after) or _NOT_GIVEN.search(clause.template)):
                if fund and fund.start() < token.start():
                    agent = re.match(rf"\s*par (?:la |le |l')?\s*{_GIVER}", clause.template[token.end() :])
                    givers = [clause.entity(agent[1] if agent else fund[1] or fund[2])]
                elif not re.search(r"\bau lieu de\s*$|×\s*$", head):
                    givers, asked = self.giver(clause, token, listed)
                    if not givers and not _PRICE_BEFORE.search(head):
                        body = self.decided(clause, token, sentence)
                        if body is None and re.match(
                            r"[^<>]{0,30}\b(?:consacre|affecte|mobilise|reserve|alloue)e?s?\b", clause.template[token.end() :]
                        ):
                            body = self.fund
                        body = body or self._of_list(clause, token)
                        givers = [body] if body is not None else []
            for giver in givers:
                yield self._funding(clause, token, total, giver, asked, before)
            before = token.end()

    def _funding(
        self, clause: Clause, token: re.Match[str], total: Sum, giver: Entity, asked: bool, before: int
    ) -> Funding:
        start, end = _period(clause, token.end(), before)
        giver = self.reader.canonical(giver)
        purpose = _purpose(clause, token.end(), self.text)
        if purpose is None:
            given_to = re.search(r"\b(?:a l'|a la |au |aux |a )(?:association |societe |compagnie )?<[COP]\d+>", clause.template[before : token.start()])
            if given_to and _VERB.search(clause.template[: given_to.start() + before]):
                purpose = clip(self.text[clause.offset(before + given_to.start()) : clause.offset(before + given_to.end())])
        if purpose is None:
            item = self._item(clause)
            purpose = clip(item.text) if item is not None and item.start != giver.start and _GRANTED_HERE.search(self.reader.reading.plain[: item.start]) else None
        return Funding(
            funder=party(giver),
            amounts=total.amounts,
            start=start,
            end=end,
            purpose=purpose,
            status="demandé" if asked else None,
            evidence=tuple(sorted({(giver.start, giver.end), *((e.start, e.end) for e in total.entities)})),
        )


_SUPPORT = re.compile(
    r"\b(?:(?:contributions?|soutiens?|appui|aides?|participations?|concours|demandes? de (?:soutien|financement|subvention))(?: financi\w+)"
    r"|(?:co)?finance(?:e|s|es)? (?:en partie |notamment |integralement |aussi |egalement )?par|financements?|cofinancements?|subventions?|subventionnee?s? par|bourses?|grace a l'aide)"
    r"(?:\s+(?:de|du|des|d'|par|au|aux|a la|aupres (?:de|du|des)|conjoint\w*|programme))*\s*(?:la |le |les |l'|programme |dispositif |fonds )*$"
)


def _without_sum(reader: Reader, start: int, end: int) -> Iterator[Funding]:
    """Yield the fundings of a sentence that names who gives but no sum."""
    clause = reader.clause(start, end)
    template = clause.template
    if "<A" in template or _NOT_GIVEN.search(template):
        return
    tokens = list(re.finditer(r"<([CF])(\d+)>", template))
    giving_until, seen = -1, []
    for token in tokens:
        gap = template[giving_until : token.start()] if giving_until >= 0 else ""
        goes_on = giving_until >= 0 and re.fullmatch(r"\s*(?:\)|,|et|ainsi que|et de|,\s*(?:de|du|des)|\s|de|du|des|d'|la|le|les|l'|geree? par|<O\d+>|<X\d+>)*", gap)
        scheme = giving_until >= 0 and re.search(r"^[^<>;]{0,30}\b(?:dans le cadre|au titre|a travers|par l'intermediaire|via|par le biais)\s*(?:de |du |d'|de la |de l')?(?:le |la |l')?\s*$", gap)
        entity = clause.entity(token[1] + token[2])
        if scheme and seen and token[1] == "F":
            seen[-1] = seen[-1].model_copy(update={"scheme": party(entity).text, "evidence": (*seen[-1].evidence, (entity.start, entity.end))})
            giving_until = token.end()
        elif _SUPPORT.search(template[: token.start()]) or goes_on:
            opening = template[: token.start()]
            if token[1] == "C" and not re.search(r"financ", opening):
                continue
            meant = reader.canonical(entity)
            asked = bool(re.search(r"\bdemandes? de|\bsollicit", opening))
            seen.append(Funding(funder=party(meant), status="demandé" if asked else None, evidence=((entity.start, entity.end),)))
            giving_until = token.end()
    yield from seen


def read_prose_fundings(reader: Reader, skip: frozenset[tuple[int, int]] = frozenset()) -> list[Funding]:
    """Return the fundings told outside tables.

    ``skip`` holds the spans of amounts that tables already explain.
    """
    reading, found = reader.reading, []
    for start, end in reading.sentences:
        amounts = reading.within(start, end, ("AMOUNT",))
        if amounts and any((e.start, e.end) in skip for e in amounts):
            continue
        paragraph = reading.paragraph_at(start)
        funds = {reader.canonical(e).text: reader.canonical(e) for e in reading.within(paragraph[0], start, ("FUNDER",))}
        fund = next(iter(funds.values())) if len(funds) == 1 else None
        if amounts:
            found += list(_Prose(reader, fund).read(start, end))
        else:
            found += list(_without_sum(reader, start, end))
    return found
