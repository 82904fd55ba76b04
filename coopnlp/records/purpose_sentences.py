"""What the sentence of a sum says that it is for: the words after the sum, or those before it."""

from __future__ import annotations

import re

from coopnlp.records.clauses import Clause, Reader, Sum
from coopnlp.records.purpose_words import cleaned, is_purpose

__all__ = ["after_sum", "before_sum", "token_of"]

_WORDS = r"(?:[^<>;:]|<[B-Z]\d+>)"
_DET = r"(?:la |le |les |l'|l’)?"
# What « pour », « à » bring in is no purpose where it is a time, a rate, a place in the budget.
_NOT = (
    r"(?!\s*(?:hauteur|compter|chapitre|titre|main|majorite|unanimite|total|minimum|maximum|moitie|cette fin|cet"
    r" effet|lieu|n°|"
    r"(?:la |le )?(?:premiere|premier|second|seconde|deuxieme|troisieme|prochaine?)\b (?:annee|exercice|fois|tranche"
    r"|semestre)|"
    r"chacun|surplus|l'annee|l'exercice|plus|moins|le reste|"
    r"eux|elles?\b|charge|budget|credits|bp\b|la signature|la remise|reception|condition|<D|<A|(?:la )?periode|une"
    r" duree|"
    r"un (?:montant|total)|les (?:annees|exercices)|sa part|leur part|sa quote|un an|une somme|une valeur|raison de"
    r"|parts? egales?|\w+ (?:ans|annees|mois)\b|"
    r"(?:le |la |les )?(?:present |presente )?(?:cycle|biennie|saison|trimestre|semestre|duree|triennie)|l'unanimite"
    r"|signer|l'article|l'imputation|memoire|voix|\d+ (?:voix|contre)|autant|cela|ce faire|cette\b \w+ annee|egalite"
    r"|parite|"
    r"titre (?:gratuit|exceptionnel)|ce jour|ce titre|l'issue|la fin de|part entiere|nouveau|terme|present|parite|ce"
    r" sujet|la date|"
    r"la somme|l'echelle|rembourser))"
)
_STRONG = (
    r"(?:destine\w* (?:a|aux?)|affecte\w* (?:a|aux?)|consacre\w* (?:a|aux?)|afin d(?:e |'|es |u )|en faveur d(?:e |'"
    r"|es |u )|"
    r"au profit d(?:e |'|es |u )|au benefice d(?:e |'|es |u )|en vue d(?:e |'|es |u )|pour|permettant d(?:e |')|"
    r"(?:qui )?(?:servi\w*|serve\w*) (?:a|aux?)|(?:ont|a) permis (?:de |d'|l'|la |le )|(?:sera|seront) (?:utilise"
    r"|employe)\w* (?:a|pour)|"
    r"reserve\w* (?:a|aux?)|portant sur|dans le cadre (?:de |du |des |d')|au titre (?:de |du |des |d'))"
)
# « pour la toiture », « en faveur du club » are told with their preposition, « destinée à l'achat » without its verb.
_SAID_WITH = re.compile(r"pour|en faveur|afin|en vue|au profit|au benefice")
_AFTER = re.compile(
    rf"(?P<gap>(?:[^<>;:.()]|<[B-Z]\d+>|\([^()<>]*\)|<D\d+>){{0,130}}?)\b(?P<lead>{_STRONG}){_NOT}\s*"
    rf"(?P<what>.+)"
)
# « S à l'association X », « S est versée par la Région au collège »
_TO = re.compile(
    r"(?P<gap>\s*(?:\([^()A]*\))?\s*,?\s*(?:(?:est|sont|a ete|ont ete|sera|seront|serait|seraient|soit|etre|par an"
    r"|annuels?|"
    r"versee?s?|accordee?s?|attribuee?s?|allouee?s?|octroyee?s?|remise?s?|donnee?s?|en (?:subventions?|dons?|especes"
    r"|nature|<D\d+>)|"
    r"par (?:la |le |l')?<[C-Z]\d+>|de la |du |de l'|de <[C-Z]\d+>|<[C-Z]\d+>|,|d'aide|d'appui|l'an dernier|cette"
    r" annee)\s*){0,5})"
    rf"(?P<what>\b(?:a l'|a la |aux? |a (?=<)|a [a-z«“]){_NOT}.+)"
)
# « S : objet », « S – objet »: what ends a sentence after the sum
_COLON_AFTER = re.compile(r"\s*(?:\)\s*)?(?:[:–—]|-\s)\s*(?P<what>[^<>;:]{6,160})$")
_STOP = re.compile(
    r"\b(?:dans le cadre|au titre|via|par le biais|par l'intermediaire) (?:de la |de l'|de |du |d'|des )?(?:la |le "
    r"|l')?<F\d+>|"
    r";|\.\s|\.$|:\s*$|\b(?:est|sont|sera|seront) (?:reconduit|versee?|prelev|imput|inscrit)\w*|,\s*(?:tandis|dont"
    r"|soit|impute\w*|"
    r"selon|conformement|le solde|payable|payee?|versee?|prelevee?|qui (?:sera|seront)"
    r"|(?:au )?chapitre|article|nature|sur le (?:budget"
    r"|chapitre)|taxes|votes?|"
    r"conditionnellement|ainsi que la|la somme|et (?:d'autoriser|autorise|charge|de prelever|dit|mandate|inscrit)"
    r"|d'autre part)\b|\bimpute|\bsous reserve"
    r"|\bet d(?:e|') ?(?:prelever|autoriser|dire|passer|signer|l'autoriser|imputer|inscrire)|\bsur la duree\b|\bpar"
    r" voix\b|\ba l'unanimite"
    r"|\bcompte (?:\d|tenu)|\b(?:a )?prelev\w+ sur|\bpour (?:l'annee|l'exercice|les annees|une duree|la periode) ?<?"
    r"|\bau titre de l'(?:annee|exercice)"
    r"|,\s*(?:et )?(?:la |le |l')?<[CFO]\d+>\s*(?:,|\w+e\b|pour|:|a hauteur)?\s*$"
    r"|\b(?:et|puis)\s+(?:la |le |l')?<[CFO]\d+>\s*(?:,|pour|:|a hauteur de)?\s*$|,?\s*(?:et|ainsi que|puis) (?:une?"
    r"|de|d')? ?(?:\w+ ){0,2}(?:de |d')?$"
)

_GIVE = r"(?:re)?(?:vers|attribu|allou|accord|octro|donn|offr|remet|remis|consent|alloc|apport)\w*"
_AID = (
    r"(?:subventions?|aides?|participations?|dons?|bourses?|concours|contributions?|sommes?|montants?|dotations?"
    r"|soutiens?|"
    r"appuis?|financements?|enveloppes?|primes?|avances?|complement|credits?|cheques?|fonds|prix)"
)
_OF_SUM = (
    r"(?:\s*(?:exceptionnel\w*|complementaires?|financi\w+|municipal\w*|annuel\w*|globale?|totale?"
    r"|de fonctionnement"
    r"|d'investissement|d'equipement|departementale?|regionale?"
    r"|maximale?|forfaitaire|egale?|supplementaire|unique|fixee|equivalente?)\s*)*"
)
_HOW_MUCH = (
    r"(?:a hauteur (?:de|d')|a concurrence de|pour(?: un (?:montant|total) de)?|par (?:une?|des) [^<>;.]{0,40}de"
    r"|avec|"
    r"d'un (?:montant|total) (?:global |total |annuel )?de|d'une (?:valeur|somme) de|de|d'|soit|,|:|\()"
)
_NEAR = r"\s*(?:environ |pres de |plus de |jusqu'a |la somme de |quelque )?"

# « attribuer à l'association B une subvention de S »
_GIVEN_TO = re.compile(
    rf"\b{_GIVE}[^<>;:.]{{0,40}}?(?:<[B-Z]\d+>,?\s*)?(?P<what>\b(?:a l'|a la |aux? |a"
    rf" ){_NOT}{_WORDS}{{1,170}}?),?\s+(?:(?:une?|la|le|des|son|sa)\s|l')"
    rf"(?:\w+ ){{0,2}}{_AID}[^<>;]{{0,70}}$"
)
_BEFORE = tuple(
    re.compile(pattern)
    for pattern in (
        # « la toiture a été refaite (Région : S) »: a bracket with who gives and how much
        rf"^(?P<what>(?:[^<>;]|<[B-Z]\d+>){{6,220}}?)\s*\((?:[^()]*;\s*)?(?:avec |dont |par"
        rf" )?{_DET}<[C-Z]\d+>\s*[:,]\s*$",
        # « une subvention à l'association B de S », « aide pour l'achat d'un four : S »
        rf"\b{_AID}{_OF_SUM}(?:<[C-Z]\d+>\s*)?(?:est |sera |sont |a ete )?(?:\w+ee?s? )?(?P<what>\b(?:a l'|a la "
        rf"|aux? |a |pour |en faveur d(?:e |u |es |')|destine\w* a ){_NOT}{_WORDS}{{4,170}}?)"
        rf"\s*(?:,|:|\(|\bde\b|\bd'un montant de|\bpour\b|a hauteur de|s'eleve a|est (?:de|fixee a)|\bsoit\b|–"
        rf"|-)[^<>;.]{{0,30}}$",
        # « pour la rénovation de l'école, la Région verse S »
        rf"^\W*(?:et |enfin,? |par ailleurs,? )?(?P<what>\b(?:pour|en faveur d(?:e |u |es |')|afin d(?:e |'))(?!\s*"
        rf"(?:ce|cela|sa part|leur part|y |<A)){_NOT}\s*{_WORDS}{{5,200}}?),\s*"
        rf"(?:la |le |les |l'|il |elle |nous |vous |une? )?{_WORDS}{{0,170}}$",
        # « finance l'école à hauteur de S », « contribue au projet X pour S », « prend en charge les billets (S) »
        rf"\b(?:(?:co)?financ(?:e|ent|era|eront|er|ait|aient|ant)|subventionn(?:e|ent|er|ait)|souten(?:ir|ait|u)"
        rf"|sout(?:ient|iennent)|soutiendra|appu(?:ie|ient|yer|yait)|aid(?:e|ent|er)|"
        rf"(?:a|ont|avait|avaient|aura|auront) (?:\w+ )?(?:\w+ )?(?:(?:co)?finance|paye|soutenu|subventionne|appuye"
        rf"|aide|pris en charge|rembourse|regle|couvert|offert|contribue|participe|assume|achete)|"
        rf"(?:contribu|particip)(?:e|ent|er|era|eront|ait|aient|ant)|pa(?:ie|ye)(?:nt)?|prend(?:re|ra|ront)? en"
        rf" charge|prennent en charge|assum(?:e|ent|er|era)|rembours(?:e|ent|er|era)|"
        rf"consacr(?:e|ent|er|era|ait)|affect(?:e|ent|er|era)|alloue|offr(?:e|ent|ir|ira)|abond(?:e|ent|er)|dot(?:e"
        rf"|ent|er)|couvr(?:e|ent|ir|ira)|reserv(?:e|ent|er))\b"
        rf"\s*(?P<what>{_WORDS}{{3,170}}?)\s*{_HOW_MUCH}{_NEAR}$",
        # « l'école a été financée par la Région (S) »
        rf"(?:^|[;,:.]\s)\s*(?P<what>{_WORDS}{{3,150}}?)\s*(?:\(<A\d+>\)\s*)?,?\s*\b(?:a|ont|avait|avaient|est|sont"
        rf"|sera|seront|etait|etaient|fut|furent)\b\s*(?:\w+ )?(?:ete |en partie )?(?:\w+ment )?"
        rf"(?:(?:co)?financ|soutenu|subventionn|aid|pay|pris|prise|regl|couvert|construit|achet|acquis|amenag|realis"
        rf"|renov|restaur|offert|appuy|equip|rendu|assum|cofinanc|porte|dote)\w*\b"
        rf"{_WORDS}{{0,130}}?\b(?:par|grace a|avec|au moyen)\b{_WORDS}{{0,110}}[(,]?[^<>;]{{0,30}}$",
        # « l'association X reçoit S », « l'opération bénéficie du soutien de G (S) »
        rf"(?:^|[;,:.]\s|\bque )\s*(?P<what>{_WORDS}{{3,150}}?),?\s*(?:de (?:son|leur) cote,?\s*)?\b(?:recoi(?:t"
        rf"|vent)|recevr(?:a|ont|ait|aient)|percoi(?:t|vent)|percevra|obtien(?:t|nent)|obtiendra|obtint|touche(?:nt"
        rf"|ra)?|"
        rf"benefici(?:e|ent|era|eront|ait)|dispose(?:nt|ra)?|(?:a|ont|avait|aura) (?:(?!ete )\w+ )?(?:recu|obtenu"
        rf"|percu"
        rf"|beneficie|decroche)|"
        rf"se (?:voit|voient|verra|verront) (?:attribuer|accorder|allouer|octroyer|remettre)|s'est vue? \w+|fait"
        rf" l'objet)\b{_WORDS}{{0,130}}$",
    )
)
# « les plants (S) ont été achetés par la Commune », « le repas (S) a été offert par »
_PAID_BY = re.compile(
    r"\s*\)?\s*,?\s*(?:a|ont|est|sont|avait|avaient|sera|seront)\s+(?:ete )?(?:\w+ment )?(?:achet|pay|financ|offert"
    r"|pris|prise|regl|couvert|assum|rembours|subventionn)\w*"
)
_SUBJECT = re.compile(rf"(?:^|[;,:.]\s)\s*(?P<what>{_WORDS}{{3,120}}?)\s*[(,]\s*(?:soit |environ )?$")
_NEXT_AID = re.compile(rf"\s*,?\s*(?:et|ainsi qu[e']|puis) (?:une?|la|le|des|d'une?) {_AID}\b")
_FAR = 700


def token_of(clause: Clause, span: tuple[int, int]) -> tuple[int, int] | None:
    """Return where the token of a sum stands in the clause's template."""
    for number, item in enumerate(clause.items):
        if isinstance(item, Sum) and item.start <= span[0] < item.end:
            at = clause.template.find(f"<A{number}>")
            return (at, at + len(f"<A{number}>")) if at >= 0 else None
    return None


def _words(reader: Reader, clause: Clause, start: int, end: int) -> str | None:
    """Return the text of a stretch of the template, cleaned; None where it is no purpose."""
    begin = clause.offset(start)
    if reader.reading.text.startswith("a ", begin):
        return None  # the verb: « a été consentie »
    phrase = cleaned(reader.reading.text[begin : clause.offset(end)])
    return phrase if is_purpose(phrase) else None


def after_sum(reader: Reader, clause: Clause, at: tuple[int, int]) -> tuple[str | None, str | None]:
    """Return to whom and for what a sum is given, by the words after it up to the next sum."""
    rest = clause.template[at[1] :]
    following = re.search(r"<A\d+>", rest)
    rest = rest[: following.start()] if following else rest
    if following and _NEXT_AID.match(rest):
        return None, None  # « 900 € et une aide pour la coupe de 500 € »: said of the next sum
    to = _TO.match(rest)
    found = _AFTER.match(rest)
    if to and (found is None or to.start("what") <= found.start("lead")):
        stop = _STOP.search(rest, to.start("what") + 3)
        phrase = _words(reader, clause, at[1] + to.start("what"), at[1] + (stop.start() if stop else len(rest)))
        if phrase is not None:
            has_object = re.search(rf"\b{_STRONG}", rest[to.start("what") : stop.start() if stop else len(rest)])
            return (None, phrase) if has_object else (phrase, None)
    if found:
        stop = _STOP.search(rest, found.start("what"))
        begin = found.start("lead") if _SAID_WITH.match(found["lead"]) else found.start("what")
        return None, _words(reader, clause, at[1] + begin, at[1] + (stop.start() if stop else len(rest)))
    colon = _COLON_AFTER.match(rest)
    return None, _words(reader, clause, at[1] + colon.start("what"), at[1] + colon.end("what")) if colon else None


def before_sum(reader: Reader, clause: Clause, at: tuple[int, int], only_who: bool = False) -> str | None:
    """Return whom or what a sum is for, by the words of its sentence before it; ``only_who``: to whom it is given."""
    near = max(0, at[0] - _FAR)
    begun = max((m.end() for m in re.finditer(r"<A\d+>|;", clause.template[near : at[0]])), default=0) + near
    for start in dict.fromkeys((begun, 0)):
        piece = clause.template[start : at[0]]
        if len(piece) >= _FAR:
            break
        if not only_who and _PAID_BY.match(clause.template[at[1] :]):
            found = _SUBJECT.search(piece)
            if found and (phrase := _words(reader, clause, start + found.start("what"), start + found.end("what"))):
                return phrase
        for pattern in (_GIVEN_TO,) if only_who else (_GIVEN_TO, *_BEFORE):
            found = pattern.search(piece)
            if found:
                phrase = _words(reader, clause, start + found.start("what"), start + found.end("what"))
                if phrase is not None:
                    return phrase
    return None
