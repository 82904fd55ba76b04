"""The labels of the record form of the French atlas of decentralised cooperation.

Source: the form as it stood on pastel.diplomatie.gouv.fr between 2008 and 2024,
with the variants that its versions used. Labels are compared folded, so case,
accents, colons, « (s) » and « n° » do not matter.
"""

from __future__ import annotations

import re

from coopnlp.text import fold

__all__ = ["FURNITURE", "SECTIONS", "STRONG", "TABLES", "label_of", "split_label"]

_VARIANTS: dict[str, tuple[str, ...]] = {
    "title": (
        "titre",
        "titre du projet",
        "titre du partenariat",
        "intitule",
        "intitule du projet",
        "intitule du partenariat",
    ),
    "year_first_signature": (
        "annee de premiere signature de la convention",
        "annee de la premiere signature de la convention",
        "annee de signature de la convention",
        "annee de premiere signature",
        "annee de signature",
        "annee de signature de la convention ou de la lettre d intention",
        "date de signature de la convention",
        "annee de premiere signature de la convention ou de la lettre d intention",
    ),
    "theme": (
        "thematique d intervention",
        "thematique principale",
        "thematique",
        "thematique principale d intervention",
    ),
    "subtheme": ("sous thematique d intervention", "sous thematique", "sous thematique principale"),
    "subsubtheme": ("sous sous thematique d intervention", "sous sous thematique"),
    "other_themes": (
        "autres thematiques mises en oeuvre pour le partenariat",
        "autres thematiques mises en oeuvre",
        "autres thematiques",
        "autres thematiques d intervention",
    ),
    "year_start": ("annee de debut du partenariat", "annee de debut", "debut du partenariat", "annee de demarrage"),
    "status": ("le partenariat est", "statut du partenariat", "etat du partenariat", "etat d avancement", "statut"),
    "date_end": ("date de fin du partenariat", "date de fin", "fin du partenariat", "annee de fin du partenariat"),
    "context": ("contexte",),
    "history": ("historique", "historique du partenariat"),
    "context_history": ("contexte et historique",),
    "objective": (
        "objectif du partenariat",
        "objectifs du partenariat",
        "objectif du projet",
        "objectifs du projet",
        "objectif s du partenariat",
    ),
    "description": (
        "description detaillee du partenariat",
        "description detaillee",
        "description du partenariat",
        "description detaillee du projet",
        "description du projet",
    ),
    "results": ("resultats attendus", "resultats", "resultats obtenus", "activites realisees", "bilan"),
    "outlook": ("perspectives", "perspectives du partenariat", "observations", "commentaires"),
    "implementation": ("mise en oeuvre du partenariat", "mise en oeuvre du projet", "mise en oeuvre"),
    "form": (
        "votre partenariat prend la forme d un e",
        "le partenariat prend la forme d un e",
        "forme du partenariat",
        "votre partenariat prend la forme d un",
        "type de partenariat",
    ),
    "implementers": ("maitre s d oeuvre", "maitres d oeuvre", "maitre d oeuvre", "maitrise d oeuvre"),
    "owners": ("maitre s d ouvrage", "maitres d ouvrage", "maitre d ouvrage", "maitrise d ouvrage"),
    "beneficiaries": ("beneficiaire s", "beneficiaires", "beneficiaire"),
    "foreign_partners": (
        "partenaires etrangers du partenariat",
        "partenaires etrangers",
        "partenaire s etranger s",
        "collectivites etrangeres partenaires",
    ),
    "foreign_contacts": (
        "contacts dans les partenaires etrangers du partenariat",
        "contacts dans les partenaires etrangers",
        "contacts chez les partenaires etrangers",
    ),
    "french_collectivities": (
        "collectivites territoriales partenaires du partenariat",
        "collectivites territoriales partenaires",
        "collectivites francaises partenaires",
        "collectivites territoriales francaises",
        "collectivites francaises",
        "collectivite s territoriale s francaise s",
    ),
    "fundings": (
        "financement du partenariat",
        "financements du partenariat",
        "financement",
        "financements",
        "plan de financement du partenariat",
    ),
    "sdg": ("objectifs de developpement durable odd", "objectifs de developpement durable", "odd"),
    "evaluations": (
        "evaluations communication et perspectives",
        "evaluation communication et perspectives",
        "evaluations et communication",
    ),
    "volunteers": (
        "volontaires impliques dans le partenariat vsi service civique etc d echange et de solidarite",
        "volontaires impliques dans le partenariat",
        "volontaires impliques",
    ),
    "embassy": ("contacts dans le poste diplomatique", "poste diplomatique", "ambassade"),
}
_LABELS = {variant: name for name, variants in _VARIANTS.items() for variant in variants}
# A truncated label (« Année de première signature de la conv… ») is known from this many letters on.
_TRUNCATED = 18
SECTIONS = (
    "context",
    "history",
    "context_history",
    "objective",
    "description",
    "results",
    "outlook",
    "implementation",
)
TABLES = (
    "other_themes",
    "foreign_partners",
    "foreign_contacts",
    "french_collectivities",
    "fundings",
    "sdg",
    "volunteers",
)
# Labels that only an atlas record has.
STRONG = frozenset(
    {
        "annee de premiere signature de la convention",
        "annee de signature de la convention",
        "thematique d intervention",
        "annee de signature de la convention ou de la lettre d intention",
        "sous thematique d intervention",
        "autres thematiques mises en oeuvre pour le partenariat",
        "annee de debut du partenariat",
        "le partenariat est",
        "votre partenariat prend la forme d un e",
        "partenaires etrangers du partenariat",
        "date de fin du partenariat",
        "collectivites territoriales partenaires du partenariat",
        "financement du partenariat",
        "objectif du partenariat",
        "description detaillee du partenariat",
        "contacts dans les partenaires etrangers du partenariat",
        "maitre s d ouvrage",
        "contacts dans le poste diplomatique",
        "mise en oeuvre du partenariat",
    }
)
FURNITURE = re.compile(
    r"pagination\.page|^\W*pied de page\W*$|tous droits reserves|commun\.(?:menu|ico)"
    r"|^\W*haut de page|retour a la liste|mentions legales"
    r"|^\W*accueil\s*>|\?\?\?menu|aller au contenu|menu principal|^\W*(?:imprimer"
    r"|partager)\W*$|^\W*page \d+(?: ?(?:/|sur) ?\d+)?\W*$"
)


def label_of(text: str) -> tuple[str, bool] | None:
    """Return (field, strong) of a label of the form, or None.

    >>> label_of("Maître(s) d'ouvrage :"), label_of("Une phrase quelconque")
    (('owners', True), None)
    """
    folded = fold(text.rstrip("… "))
    name = _LABELS.get(folded)
    if name is not None:
        return name, folded in STRONG
    if len(folded) >= _TRUNCATED:
        fitting = {n for variant, n in _LABELS.items() if variant.startswith(folded)}
        if len(fitting) == 1:
            return fitting.pop(), True
    return None


def split_label(line: str) -> tuple[str, bool, int] | None:
    """Return (field, strong, offset of the value) of a line that begins with a label, or None.

    The value follows a colon, a bar, a tab or a gap of two spaces; a label alone
    on its line has its value at the line's end.
    """
    alone = label_of(line)
    if alone is not None:
        return *alone, len(line)
    for match in re.finditer(r"\s*:\s*|\s*\|\s*|\t+|\s{2,}", line):
        if not line[: match.start()].strip():
            continue
        found = label_of(line[: match.start()])
        if found is not None:
            return *found, match.end()
        if match.start() > 90:
            break
    quoted = re.match(r"(?P<label>[^\"«“]{10,60}?)\s*[\"«“]\s*(?=\S)", line)
    if quoted:
        found = label_of(quoted["label"])
        if found is not None:
            return *found, quoted.end()
    return None
