"""Words of purposes: what is none, what only points at something told elsewhere, how two parts are joined."""

from __future__ import annotations

import re

from coopnlp.records.reading import clip, plain

__all__ = [
    "cleaned",
    "is_junk",
    "is_object",
    "is_pointer",
    "is_purpose",
    "joined",
    "names_only",
    "without_leading_money",
]

# « le projet », « cette opération », « l'association », « elle »: told elsewhere.
_POINTER = re.compile(
    r"(?:a |au |aux |de |du |d'|pour |en faveur de |dans le cadre de |sur |dans |en )?"
    r"(?:(?:le |la |l'|les |ce |cet |cette |ces |notre |nos |leurs? |sa |son |ses |un |une |chaque |tout |ledit "
    r"|ladite |dudit |du |au |aux )?"
    r"(?:(?:meme|present|presente|dit|autre|seul|seule) )?(?:projets?|programmes?|operations?|actions?|associations?"
    r"|beneficiaires?|demandes?|dossiers?"
    r"|structures?|"
    r"organismes?|evenements?|manifestations?|initiatives?|partenariats?|conventions?|mission|echanges?|montants?"
    r"|fonds|"
    r"demarche|activites?|ensemble|total|cout|budget|financements?|depenses?|entente|accord|cooperation|part|mesure|"
    r"subventions?|aides?|participations?|contributions?|soutiens?|sommes?|tiers|comite|club|compagnie|societe|appel"
    r"|metropole|departement|"
    r"region|mrc|ville|commune|artiste|organisation|institution|etablissement|collectivite|agglomeration|section"
    r"|plan|ficol|feder|detr|dsil|objet|fin|cause)"
    r"(?: (?:retenus?|presentes?|concernes?|suivants?|suivantes?|ci-dessus|ci-dessous|globale?|annuelle?|total"
    r"|totale|commune?|"
    r"prevue?s?|demandeuses?|beneficiaires?|precitee?s?|en question|en cause|voulue|envisagee|du projet|de"
    r" l'operation|"
    r"de l'action|du programme|de l'association))?"
    r"|elles?|ils?|eux|lui|leur|celles?(?:-ci|-la)?|ceux(?:-ci)?|celui(?:-ci|-la)?|cela|ceci|y|en|on|nous|vous|qui"
    r"|dont|lequel|laquelle|"
    r"lesquels|ce dernier|cette derniere|ces derniers|ces dernieres|l'ensemble|chacune?|tous|toutes|le tout|le reste|"
    r"cette fin|cet effet|ce titre|ce faire|autant|enfin|ensuite|ailleurs|la meme operation|la meme fin|le meme"
    r" objet|"
    r"il s'agit|cette annee|l'annee|le solde|la difference|l'autre moitie|la moitie)"
)
# « à hauteur », « au projet une somme »: what a pattern cut too wide or too early.
_NO_START = re.compile(
    r"(?:pris\w* a meme|puise\w* |tire\w* d|"
    r"aux? (?:\w+ )?associations? (?:dont|figurant|suivante|ci-|mentionne|precite)|a repartir|parts? d|rattach"
    r"|nominal|"
    r"afin (?:de soutenir|d'aider|d'accompagner) (?:cette|l'|la) ?(?:association|structure|action)|a (?:hauteur"
    r"|raison|concurrence|cette fin|cet effet|la signature|la meme|parite|comparer|titre|sa charge"
    r"|leur charge|qui|quoi|laquelle|"
    r"lequel|part|egalite|la charge)|auquel|auxquels|auxquelles|(?:au|du|le|ce) (?:projet|programme) une|une somme"
    r"|une contribution|considerant\b|"
    r"vu\b|que |qu'|pour (?:la meme|la part|sa part|memoire|les trois quarts|la moitie|eux|nous|moi)|au meme|(?:du"
    r"|de la|de l'|de|d'|par|cote)\b|"
    r"(?:je|j'|il|ils|elle|elles|on|l'on|nous|vous|c'est|ce n|n'|y|en|lui|leur|se|s')\b|deja|aussi|seule?s?\b|helas"
    r"|lesquel|laquelle|celle de|celui d|"
    r"(?:sollicit|accord|attribu|vers|repart|reserv|impute?|couvert|dissous|complementaire|obten|octroy|prelev"
    r"|inscri|finance|cofinance|vote|paye)"
    r"\w*(?: |$)|le solde|bon an|contrepartie|partie\b|chacun|ce que|ce qu|ainsi|selon|pour la (?:duree|biennie"
    r"|periode|saison)|pour le (?:present|second|premier) ?|pour,|au t(?:arif|aux) |payable|plus (?:le|la|les|un)\b"
    r"|un (?:montant|maximum|plafond)|renseignement|avec |prendre en compte|economiquement|afin d'apporter|sur "
    r"(?:deux|trois|quatre|\d+|la duree|le budget|les fonds)|"
    r"(?:le|la|l') ?(?:region|departement|ville|commune) (?:aussi|egalement)|l'(?:autre|appui de)|annee|prevu"
    r"|realise)"
)
# A clause that a pattern took for a phrase: « la MRC recevra », « nous vous proposons une participation ».
_CLAUSE = re.compile(
    r"\b(?:(?!opera|camera|sera\b)\w{4,}(?:era|eront)|induit|suppose|passant|recevr\w+|recoi(?:t|vent)|propos(?:e"
    r"|ons|ent)|proven\w+|verse(?:nt|ra)?|accorde(?:nt|ra)?|attribue(?:nt"
    r"|ra)?|alloue(?:nt|ra)?|"
    r"apporte(?:nt|ra)?|(?<!['-])(?:il|elle|ils|elles|on|nous|je) (?:ne |n'|y |en |se |s'|vous |lui |leur )?\w+"
    r"|c'est|n'est|ce dernier|s'en|"
    r"(?<!\bqui )(?<!\bque )(?:est|sont|etait|etaient|furent|fut|sera|seront|serait|avait|avaient|aura|ont)|abonde"
    r"|repond(?:ent)?|y (?:\w+er[ao]\w*|consacre|ajoute)|complete|rembourse|finances? pour|decider?|interviendra"
    r"|s'eleve\w*|contribue)\b"
)
# Words that only say money, its kind, its state or its giver.
MONEY_WORDS = re.compile(
    r"(?:subventions?|aides?|accorde\w*|attribue\w*|alloue\w*|octroye\w*|vote\w*|propose\w*|proposition|demande\w*"
    r"|sollicite\w*|"
    r"montants?|sommes?|total|totaux|sous-total|soutiens?|contributions?|participations?|apports?|parts?|dons?"
    r"|bourses?|"
    r"concours|credits?|prime|recommand\w*|retenu\w*|obtenu\w*|acquis\w*|confirme\w*|recu\w*|prevu\w*|prevision\w*|"
    r"financ\w+|cofinanc\w+|autofinancement|fonds|propres?|ressources?|recettes?|budgets?|couts?|valorisation"
    r"|valorise\w*|"
    r"argent|especes?|nature|numeraire|hors|suivi|taxes?|ttc|ht|euros?|eur|cad|usd|dollars?|francs?|fcfa|cfa|xof|xaf"
    r"|ecus?|k|m|me|ke|"
    r"environ|soit|pour|de|du|des|d|la|le|les|l|a|au|aux|en|et|ou|par|sur|dont|un|une|avec|ans?|annees?|exercices?"
    r"|annuel\w*|"
    r"maximum|minimum|max|plafond\w*|moyens|favorable|defavorable|avis|adopte\w*|unanimite|voix|contre|abstentions?|"
    r"fonctionnement|investissement|exceptionnelle?s?|ordinaires?|complementaires?|financiere?s?|municipale?s?|"
    r"versement|verse\w*|paye\w*|solde|acompte|tranche|premiere?|deuxieme|nouveau|nouvelle|neant|oui|non|toutes|tous"
    r"|deux|trois|quatre|cinq|zlotys|roupies|dirhams|dinars|zloty|poste|budgetaire|imput\w*|passe|autant|cette|ce"
    r"|meme|annuit\w*|adopt\w*|ville|commune|departement|region|mrc|metropole|cote|suivant\w*|ci-dessus|ci|dessus"
    r"|taux|note|notes|part|"
    r"equivalent|convention|somme|globale?|totale?|reste|compte|chapitre|article|ligne|imputation|code|dossier|n|no"
    r"|numero|"
    r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|maedi|meae|mrif|ffqcd|"
    r"f|i|so|nc|depuis|jusqu|par|mois|fois|chaque|sera|est|sont|s|engagement|notifie\w*|statut|etat|lors|maedi)"
)
# Beginnings of the words by which a title or a cell says what is done, made, bought or held.
_OBJECT = re.compile(
    r"\b(?:programme|projet|plan (?:d'|local|triennal|lumiere)|action|appui|aide a|accompagn|cooperation|jumelage"
    r"|partenariat|ecole|college|lycee|creche|universit|cegep|"
    r"gestion|formation|filiere|sante|jeun|voyage|solidarit|festival|fete|maison|mission|echange|dechet|patrimoine"
    r"|puits|forage|semaine|journee|"
    r"accueil|construi|construct|etude|assainissement|maternite|atelier|chantier|centre|dispensaire|transport|jardin"
    r"|bibliothe|mediathe|lecture|stage|"
    r"marche|hydraulique|sejour|borne|cantine|rehabilit|renov|restaur|refection|reparation|tourisme|adduction|eau\b"
    r"|eaux\b|animation|maraich|delegation|equip|tournee|"
    r"sentier|latrine|toilette|amitie|achat|acqui|develop|fonctionnement|hebergement|urgence|residence|laborato"
    r"|eclairage|electrif|tracteur|camion|vehicule|"
    r"reconstru|mobilite|protection|foret|culture|culturel|musique|theatre|spectacle|concert|cinema|film|livre"
    r"|exposition|salon|colloque|forum|congres|rencontre|"
    r"acces|amenage|amelior|renforc|bourse|industri|travaux|logement|energ|solaire|collecte|compost|recyclage|berge"
    r"|littoral|chateau|pompe|peche|elevage|agricul|agro|"
    r"repas|lait|chaudiere|lutte|education|enseignement|alphabet|apprentissage|insertion|emploi|economie|"
    r"mediation|promotion|diffusion|secours|cooperative|materiel|mobilier|hopital|berges|gouvernance|transformation"
    r"|perimetre|bassin|"
    r"production|creation|edition|publication|impression|traduction|numerique|informat|site|plateforme|billet|"
    r"fonds (?:d'appui|d'urgence|de solidarite)|place|pont\b|route|rue\b|piste|voirie|toiture|toit\b|salle|classe"
    r"|stade|gymnase|piscine|musee|archives?|eglise|chapelle|"
    r"sport|tournoi|course|championnat|match|club|amicale|comite|association|parrainage|prix\b|concours de|compagnie"
    r"|harmonie|orchestre|chorale|"
    r"installation|mise (?:en|a|aux)|ouverture|lancement|realisation|organisation|participation (?:a|au|aux)|soutien"
    r" (?:a|au|aux)|reseau|station|unite|boutique|magasin|grenier|hangar|"
    r"nettoyage|plantation|reboisement|semences?|pepiniere|verger|ferme|ruche|jeux|carnaval|noel|bal\b|vacances"
    r"|colonie|ludothe|halte|poste de|recrutement|salaire)"
)
_LEADS = re.compile(
    r"^(?:et|ou|puis|ainsi que|mais|dont|soit|qui|que|est|sont|de son cote|en effet|par ailleurs|enfin|ensuite"
    r"|egalement|"
    r"d'autre part|d'une part|quant a|en outre|de plus)\b[\s,:]*"
)
_TAILS = re.compile(
    r"[\s,;:(]*\b(?:en (?:lui|leur) \w+ant|(?:une|la|des|cette) (?:subvention|aide|somme|participation|contribution"
    r"|bourse)s?(?: \w+)?|un "
    r"(?:don|concours|montant(?: total)?)|qui|et|ou|puis|ainsi que|dont|soit|avec|par|pour|de|du|des|d'|la|le|les|l'"
    r"|un|une|a|au|aux|en|dans|sur|"
    r"a hauteur de|a concurrence de|d'un montant de|y|plus|environ)[\s,;:(–—-]*$"
)
_TYPE = re.compile(r"\b(?:associations?|asso|societe|compagnie|club|comite|federation|organisme|ong|collectif)\b")
_LEAST = 4


def is_pointer(phrase: str) -> bool:
    """Tell whether a phrase only points at what is told elsewhere: « au projet », « elle », « cette opération ».

    >>> is_pointer("au projet"), is_pointer("Elle"), is_pointer("la fête du fleuve")
    (True, True, False)
    """
    return _POINTER.fullmatch(plain(phrase).strip(" ,.;:«»()–-")) is not None


# « afin de permettre leur réalisation »: of what, the words before said.
_LEANS = re.compile(
    r"(?:(?:pour|afin de|en vue de) )?"
    r"(?:permettre|repondre a|realiser|soutenir|accompagner|financer|assurer|favoriser)(?: (?:de|d'))?(?: \w+er)? ?"
    r"(?:cette|cet|ce|ces|leurs?|sa|son|ses|le developpement (?:de ses|des)|la realisation de(?:s| ces)) ?(?:\w+ )?"
    r"(?:demandes?|realisation|activites|actions?|projets?|objectifs?|besoins?|initiatives?)"
)


def is_junk(phrase: str) -> bool:
    """Tell whether a phrase is a pronoun, a pointer, or was cut where none begins: « à hauteur », « elle recevra »."""
    words = plain(phrase).strip()
    return (
        is_pointer(phrase)
        or _LEANS.fullmatch(words) is not None
        or _NO_START.match(words) is not None
        or _CLAUSE.search(words) is not None
    )


def is_purpose(phrase: str | None) -> bool:
    """Tell whether a phrase says for what or whom: more than words of money, no pronoun.

    >>> is_purpose("Montant accordé"), is_purpose("atelier de lutherie")
    (False, True)
    """
    if phrase is None or is_junk(phrase):
        return False
    if any(not MONEY_WORDS.fullmatch(plain(word)) for word in re.findall(r"\b[A-Z][A-Z0-9]{2,}\b", phrase)):
        return True
    words = re.findall(r"[^\W\d_]+", plain(phrase))
    told = [w for w in words if not MONEY_WORDS.fullmatch(w)]
    return sum(len(w) for w in told) >= _LEAST and any(len(w) > 2 for w in told)


def is_object(phrase: str) -> bool:
    """Tell whether a phrase has a word of what is done, made, bought or held: « réfection du lavoir », « Fête du lac ».

    >>> is_object("Réfection du lavoir"), is_object("Conditions générales")
    (True, False)
    """
    return is_purpose(phrase) and _OBJECT.search(plain(phrase)) is not None


def cleaned(phrase: str) -> str:
    """Return a phrase cut from a sentence without the conjunctions and prepositions left at its edges.

    >>> cleaned("et le voyage des élèves, pour")
    'le voyage des élèves'
    """
    phrase = clip(phrase)
    while True:
        lead, tail = _LEADS.match(plain(phrase)), _TAILS.search(plain(phrase))
        if not lead and not tail:
            return _unquoted(phrase)
        phrase = clip(phrase[lead.end() if lead else 0 : tail.start() if tail else len(phrase)])
        if not phrase:
            return ""


def _unquoted(phrase: str) -> str:
    """Return a phrase without quotation marks around all of it, or without a mark whose fellow was cut off."""
    if phrase[:1] in '«“"' and phrase[-1:] in '»”"' and not re.search(r"[«“»”\"]", phrase[1:-1]):
        return clip(phrase[1:-1])
    for opening, closing in ("«»", "“”"):
        if phrase.count(opening) != phrase.count(closing) and phrase[:1] in (opening, closing):
            phrase = clip(phrase[1:])
        if phrase.count(opening) != phrase.count(closing) and phrase[-1:] in (opening, closing):
            phrase = clip(phrase[:-1])
    return phrase


def names_only(purpose: str, names: frozenset[str]) -> bool:
    """Tell whether a purpose is the name of who gets the money, and nothing else; ``names`` are plain."""
    bare = re.sub(r"^(?:a l'|a la |aux? |a |l'|la |le |les )+", "", plain(purpose).strip())
    bare = re.sub(r"\s*\([^()]*\)", "", _TYPE.sub("", bare)).strip(" '\"«»")
    return bare in names or plain(purpose).strip() in names


def joined(parts: list[str]) -> str | None:
    """Return the parts of a purpose as one line, each once, the shorter left out where a longer one holds it."""
    kept: list[str] = []
    for part in parts:
        if any(plain(part) in plain(k) for k in kept):
            continue
        kept = [k for k in kept if plain(k) not in plain(part)]
        kept.append(part)
    return clip(" – ".join(kept)) if kept else None


_MONEY_LEAD = re.compile(
    r"(?:(?:montants?|subventions?|aides?|soutiens?|contributions?|participations?|dons?|bourses?|apports?)(?: "
    r"(?:exceptionnelle|complementaire"
    r"|financiere?|de la (?:ville|commune|region)|du departement|annuelle))?)\s*(?:a l'|a la |a |au |aux |pour (?:l'"
    r"|la |le |les )?|de |du |des |:)\s*"
)


def without_leading_money(phrase: str) -> str:
    """Return a phrase without the words of money that open it: « Subvention au club » is « club »."""
    lead = _MONEY_LEAD.match(plain(phrase).lstrip(" -–•"))
    skipped = len(phrase) - len(phrase.lstrip(" -–•"))
    return phrase[skipped + lead.end() :] if lead else phrase
