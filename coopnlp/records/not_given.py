"""Words of money that nobody gives: refused, asked for, lent, owed, a price, a part or a limit of what is given.

Over the token form of :mod:`~coopnlp.records.clauses`, as :mod:`~coopnlp.records.giving`, from the same documents.
"""

from __future__ import annotations

import re

from coopnlp.records.giving import SUPPORT

# What members pay to belong, as a heading of a list or a column.
MEMBERSHIP = re.compile(r"\b(?:cotisations?|adhesions?)\b")
# « a attribué les lots suivants aux entreprises : »; heads of tables of public contracts.
CONTRACTS = re.compile(
    r"\b(?:lots?|marches?|entreprises?|fournisseurs?|contrats?|soumissionnaires?|titulaires?)\b|\bh\.? ?t\b"
)
# « une demande a été déposée pour 35 000 euros »
APPLIED_FOR = re.compile(
    r"\bdemandes?\b[^.;]{0,160}\b(?:deposee?s?|presentee?s?|adressee?s?|introduites?|transmises?|envoyee?s?|en attente"
    r"|en cours d'(?:examen|instruction))\b"
)
# Lines of a financing list that name no one who gives.
OWN_MEANS = re.compile(
    r"\b(?:total|autofinancement|fonds propres|ventes?|billetterie|recettes?|reste|solde|reliquat|cotisations?|dons"
    r"|benevolat|valorisation|budget|cout|familles|usagers|participants|divers|autres?|frais|transport|hebergement"
    r"|repas|salaires?|personnel|materiel|impression|communication|imprevus|montant|depenses|produits?|credits?)\b"
)
# Labels that say what a sum is, not who gives it.
NO_BODY = re.compile(
    r"\W*(?:la |le |les |l')?(?:subventions?|aides?|montants?|sommes?|couts?|accorde\w*|attribu\w*|soutien|dotation"
    r"|parts?|demandeurs?|porteurs?|prix|valeur|duree|bourses?|recommandation|conventions?|urgence|appel)\b"
)
JOINTLY = re.compile(r"\b(?:a parts? egales?|conjointement|ensemble|a parite|a eux (?:deux|trois))\b")
NOT_GIVEN = re.compile(
    r"\b(?:ne |n')(?!etant|ayant|pouvant|relevant)[^<>]{0,60}\b(?:pas|plus|rien|aucune?|jamais)\b"
    # « payé pour moitié par A et pour moitié par B »: the sum is of neither.
    r"|\bmoitie par [^.;]{3,80}\bmoitie par\b"
    r"|\b(?:excedents?|resultats?|soldes?)\b[^.;]{0,80}\baffecte|\brecette de\b|\bfaire recette\b"
    r"|\bfix\w+ [^.;]{0,25}\b(?:tarifs?|prix|loyers?)\b|\btarifs suivants\b|\bliste d'attente\b"
    r"|\b(?:rejet|rejett\w+|rejetee?s?"
    r"|refus\w*|annule\w*|irrecevables?|ineligibles?|non eligibles?|non retenue?s?|sans suite|repouss\w+"
    r"|renvoy\w+ a|renvoie|demandes? (?:\w+ )?(?:portait|portaient|porte|non retenue)\b|supprimee?|retire[rs]?"
    r"|aucun(?:e)? (?:subvention|aide|financement)|ont neant|faute d|abandonn\w*"
    r"|(?:est|sont|a ete|ont ete) (?:reporte|differe)e?s?\b|ajourne\w*|supprim\w+"
    r"|report\w* (?:l'affectation|la subvention|l'attribution|le versement)"
    r"|ferait|devai(?:t|ent)|devrai(?:t|ent)|n'interviennent)\b"
)
# Money lent, or a loan that the town stands surety for: the agendas of councils list many.
LOAN = re.compile(
    r"\b(?:emprunts?|lignes? de tresorerie|prets? (?:compacte\w*|bancaires?|n°|(?:pour|d'un) (?:un )?montant)"
    r"|prets? (?:sans interets? )?de|(?:prete|pretent|pretera)(?= ?$)|avances? remboursables?"
    r"|augmentation de capital|actions nouvelles"
    r"|reamenagement d[^<>;]{0,20}prets?|garanties? d'emprunt)\b(?:[^<>;]|<A\d+>){0,100}$"
    r"|\b(?:emprunts?|lignes? de tresorerie|prets?)\b(?:(?!\b(?:subventions?|aides?|dons?)\b)[^;]){0,160}"
    r"\baupres (?:de |du |des |d')[^;]{0,110}$"
)
# « Subvention sollicitée : 9 000 €   Subvention proposée : 6 500 € »
SOUGHT_LABEL = re.compile(r"\b(?:sollicite|demande|souhaite)e?s?\s*:?\s*$")
GRANTED_LABEL = re.compile(
    r"\b(?:propose|accorde|attribue|vote|retenu|alloue|octroye)e?s?\b|\b(?:proposition|decision)\b"
)
# Who asks does not give, and what is given is told by who decides.
ASKED = re.compile(
    r"\b(?:sollicit(?:e|ent|ait|er|ee?s?)|demande(?:nt|e?r)?|reclame(?:nt)?|recherche(?:nt|r)?)\b[^;:.]{0,70}$"
)
# What a town pays to belong or to own: dues, shares; and what a home, a head or a bracket of incomes is counted at.
DUES = re.compile(
    r"\b(?:cotisations?|adhesions?(?: (?:a|au|aux)|\s*:)|prises? de participation|parts? sociales?|actions? au capital"
    r"|quotient familial|soultes?)\b(?:[^<>;.]|<[B-Z]\d+>){0,80}$"
)
RATE = re.compile(r"^\s*(?:ttc |ht )?par (?:logement|menage|foyer|lot|m2|m²|habitant|eleve|enfant|place|repas|nuit)\b")
# Parts of a sum that is told as a whole elsewhere.
INSTALMENTS = re.compile(
    r"\b(?:en (?:deux|trois|quatre|cinq|\d) (?:fois|versements|tranches|acomptes|fractions)"
    r"|(?:premier|second|deuxieme|troisieme|dernier) (?:acompte|versement)|acomptes? de|solde,? soit|avance de \d+ %)\b"
    r"|\bversee?s? a \d+ ?%"
)
# « 4 000 €, versés en deux fois (2 500 € et 1 500 €) »: the sum before is the whole.
WHOLE_BEFORE = re.compile(
    r"\b(?:vers|paya|pay|regl|libera|mandat)\w* en (?:deux|trois|quatre|cinq|\d)"
    r" (?:fois|versements|tranches|acomptes|fractions)"
)
# « 95 000 € au démarrage, 76 000 € à mi-parcours »: when a part of a grant is paid.
PAID_AT = re.compile(
    r"\s*(?:(?:a|lors de|des) (?:la |l')(?:notification|signature|reception|remise|livraison"
    r"|fin des travaux|achevement|adoption"
    r"|presentation)|au (?:demarrage|solde|vu (?:du|des)|terme)|a mi-parcours|apres (?:la )?(?:remise"
    r"|reception|presentation))\b"
)
# « une subvention de 15 000 $, dont 9 000 $ dès l'adoption »: a part of it, unless another body gives that part.
PART_OF_IT = re.compile(r"\bdont\s*(?:environ |pres de )?$")
OF_ANOTHER = re.compile(r"\s*(?:(?:de|du|des|par|d')\s|de la |au titre|a (?:la )?charge|(?:en|pour) (?:\d{4}|<D))")
# What an aid may reach, what a thing is worth, what a fund holds in all.
_LIMIT = re.compile(
    r"\b(?:depass\w+|(?:inferieur|superieur)\w* (?:ou egal\w* )?a|plafonn\w+(?:[^.;]{0,60} portee?s?)? a"
    r"|dans la limite de|au-dessous de|au-dessus de|compris\w* entre|exced\w+|a partir de"
    r"|valeur (?:\w+ )?(?:est de|estimee(?: a)?|locative(?: est de)?|de)"
    r"|prelev\w+ (?:la|cette|ces|les|sa) (?:somme|depense|montant)s? de"
    r"|\bcontre|\bpass(?:e|ent|ant|e[er]?nt|era|eront|ees?) de|disponibles?[^.;<>]{0,50}"
    r"|montant maxim\w+ (?:par \w+ )?(?:demeure|reste|est|fixe)\b[^.;<>]{0,12}"
    r"|\btotalisant|montant moyen [^.;<>]{0,40}|montant cumule (?:de )?|total des [^.;<>]{0,40})\s*[:(]?\s*$"
)
# What is told of a thing's price, not of what somebody gives for it.
_COSTS_SO_MUCH = re.compile(
    r"\b(?:couts?|depenses?|factures?|devis|travaux|sejour|operation|enveloppes?(?: \w+)?)\b[^.;]{0,60}"
    r"\b(?:evalu\w+|estim\w+|chiffr\w+|s'etabli\w+|s'elev\w+)\s+(?:a |de )?(?:environ |pres de )?$"
)
_AVAILABLE = re.compile(
    r"\s*(?:(?:etaient|sont|etait|est|restent|reste) disponibles?\b|(?:de |d')(?:dettes?|deficit|pertes?|excedent)\b"
    r"|de (?:moins|plus) (?:que|qu')|h\. ?t\b|l'an (?:dernier|passe)\b)"
)
# « en lieu et place de la subvention de 2 000 € souhaitée »
ASKED_AFTER = re.compile(r"\s*,?\s*(?:souhaite|demande|sollicite|reclame)e?s?\b")
# « subvention de 165 000 €, avance 55 000 € »
ADVANCE_OF_IT = re.compile(r"<A\d+>[^<>]{0,14}\bavances? (?:de |d')?$")
PRICE_BEFORE = re.compile(
    r"(?:×|\bx|\bcout\w*|\bprix|\bdepens\w+|\btarifs?|\bbillets?|\bstages? [^<>]{0,20}"
    r"|\bestim\w+ (?:a|entre)|\bvaleur de|\bbudget|\bau lieu de"
    r"|\b(?:montant|cout|somme) totale?|\bau total|\bmarche|\bcontrat|\blot n"
    r"|\bplafond\w*(?: a)?|\bdeficit|\bsurcout|\bchiffre \w* ?a|\breliquat|\bsolde"
    r"|\breserve)[^<>;]{0,45}$"
)
PRICE_AFTER = re.compile(
    r"^\s*(?:t\.?t\.?c\b|h\.?t\b|hors taxes|taxes en sus|par (?:habitant|eleve|personne|repas|tete"
    r"|nuit|jour|enfant|menage|foyer|participant)|/|l'unite|l'heure"
    r"|le (?:repas|ticket|metre|m2|m²|litre|billet|couvert|stand"
    r"|kilo))"
)
PURCHASE = re.compile(
    r"\b(?:avenant au marche|marche de|indemnites?|acqui\w+|prix|emprise|cession|vente"
    r"|non[- ]valeurs?|titres? (?:de recettes?|acceptes)|creances?|redevances?|marche (?:public|divise|n°)|lots?"
    r"|bail|loyer|moins value|emprunt|garantie d'emprunt|cotisations?|adhesion|adjuge)\b"
)


def is_a_measure(head: str, tail: str = "") -> bool:
    """Tell whether a sum is a limit, a price or what is at hand, not what is given, by the words before and after it.

    « le séjour, évalué à 900 € » is a price, « la subvention pour le séjour s'élève à 900 € » is none.
    """
    cost = _COSTS_SO_MUCH.search(head)
    priced = cost is not None and not SUPPORT.search(head, max(0, cost.start() - 60), cost.start())
    return priced or _LIMIT.search(head) is not None or _AVAILABLE.match(tail) is not None
