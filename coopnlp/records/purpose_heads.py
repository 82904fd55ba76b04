"""What headings and labelled lines are about, and which of them only name a part of the document."""

from __future__ import annotations

import re

from coopnlp.records.purpose_words import cleaned, is_purpose
from coopnlp.records.reading import plain

__all__ = ["names_columns", "names_document", "opens_part", "subject_of"]

# Lines that say what part of a document begins, not what it is about: whole lines, and how they begin.
_PART = re.compile(
    r"(?:le |la |les |l'|notre |nos |un |rappel (?:du |de la |des )?)?(?:contexte|constats?|deroulement|suites?"
    r"|conclusions?|bilan"
    r"|calendrier|objectifs?|presentation|descriptions?|resultats?|introduction|preambule|associations?|subventions?"
    r"|aides?"
    r"|attributions?|repartition|tableaux?|montants?|total|totaux|beneficiaires?|laureats?|projets?|actions?"
    r"|programmes?"
    r"|operations?|activites?|contributions?|participations?|apports?|montage|tour de table|couts?|annees?|exercice"
    r"|date|lieu"
    r"|duree|pays|nature|objet|titre|affaires|divers|questions|mise en oeuvre|gouvernance|en bref|a retenir|chiffres"
    r"|actualites?|agenda|edito\w*|sur le terrain|a propos|source|texte|photo|temoignages?|entretien|propos|et apres"
    r"|la suite|perspectives|evaluation|suivi|engagements?|historique|notes?)"
    r"(?: (?:du projet|de l'action|de l'operation|retenus?|retenues?|accordees?|versees?|attribuees?|recues?|aidees?"
    r"|en cours|et suites?))?"
    r"(?: en| pour)?(?: \d{4})?\W*"
)
_OPENS_PART = re.compile(
    r"(?:le |la |les |l'|notre |nos |rappel (?:du |de la |des )?|point sur (?:le |la |les )?)?(?:plans? de"
    r" financement|(?:co)?financements?"
    r"|(?:co)?financeurs?|budgets?|moyens|recettes?|depenses?|ressources?|charges|produits|partenaires?|expose"
    r"|decide|decision"
    r"|deliber\w+|resolu\w+|annexes?|article|seance|proces|compte[- ]rendu|ordre du jour|presents?|absents?|excuses?"
    r"|pouvoirs"
    r"|vote|adopte|participants?|reponse|question|rapporteur|base|fiche|bulletin|atlas|accueil|ministere|nouvelles?"
    r"|contacts?"
    r"|pour (?:en savoir|tout|info)|signatures?|fait a|vu|considerant|attendu|en consequence|le conseil|le maire"
    r"|monsieur|madame"
    r"|mesdames|page|sommaire|observations?|remarques?|commentaires?|informations?|communique|rapport|lettre"
    r"|courrier|extrait"
    r"|registre|republique|arrondissement|canton|direction|service|commission|assemblee|comite de pilotage|liste)\b"
)
# Titles that name the document or its meeting, not what it is about.
_DOCUMENT = re.compile(
    r"\b(?:seances?|proces-verb\w*|compte[- ]?rendus?|rapports?|fiches?|bulletins?|lettres?|notes?|communiques?"
    r"|liste|panorama|forum|assises|registre|"
    r"comite (?:executif|de pilotage)|conseil (?:municipal|departemental|regional|communautaire|general)|ordre du"
    r" jour|deliberations?|resolutions?|atlas|guide|"
    r"question|budget|bilan|base|atelier n°|assemblee|reunion|mission (?:cooperation|regionale)|infos?|gazette"
    r"|journal|n° ?\d+|association|direction|service)\b"
    r"|^(?:la )?cooperation decentralisee$"
)
# « Plan de financement du projet X », « Subvention pour Y »: what is left is what they are about.
_MONEY_HEAD = re.compile(
    r"\s*(?:plan(?: previsionnel)? de financement|financement|budget|moyens|montage financier|tableau de financement"
    r"|cofinancement|subventions?|aides?|participations?|attribution (?:d'une |de )?(?:subventions?|aides?)|"
    r"octroi d'une (?:subvention|aide)|demande de subvention|contributions?|versement d'une (?:subvention|aide)"
    r"|convention)"
    r"(?: (?:previsionnel|definitif|global|exceptionnelle?s?|de fonctionnement|financiere?s?|annuelle?s?))*\s*"
    r"(?:\([^)]*\))?\s*(?:,|:|–|-|du|de la|de l'|de|des|d'|pour|a l'|a la|au|aux|a)\s*(?:(?:l'|la |le |les )"
    r"(?!association))?"
)
# Names of columns, as tables have them over their rows.
_HEADS = re.compile(
    r"\b(?:prevus?|realises?|total|sources?|tiers|objets?|montants?|annees?|financeurs?|declarant|partenaires?"
    r"|structures?|plan|cadre|recettes|"
    r"depenses|organismes?|points|forts|cad|eur|euros|usd|subventions?|vote|propose|nature|appuis|bailleurs?"
    r"|financier|beneficiaires?|associations?|communes?)\b"
)


def subject_of(text: str, givers: frozenset[str]) -> str | None:
    """Return what a heading or label is about, without its words of money; None where nothing or a giver is left."""
    lead = _MONEY_HEAD.match(plain(text))
    phrase = cleaned(text[lead.end() :] if lead and is_purpose(text[lead.end() :]) else text)
    return phrase if is_purpose(phrase) and plain(phrase) not in givers else None


def opens_part(phrase: str) -> bool:
    """Tell whether a line opens a part of the document: « Contexte », « Plan de financement »."""
    words = plain(phrase).strip(" :.")
    return _PART.fullmatch(words) is not None or _OPENS_PART.match(words) is not None


def names_columns(phrase: str) -> bool:
    """Tell whether a line is made of names of columns."""
    held = "".join(m[0] for m in _HEADS.finditer(plain(phrase)))
    return len(held) >= 0.5 * len(re.sub(r"\W|\d", "", phrase))


def names_document(title: str) -> bool:
    """Tell whether a title names the document or its meeting, not what it is about."""
    return _DOCUMENT.search(plain(title)) is not None
