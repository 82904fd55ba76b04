"""What the library refuses, in French: its own messages are for programs and terminals, and stay in the log.

A refusal that is not in the table is told in general words, never in English.
"""

from __future__ import annotations

import logging
import re

from coopnlp.errors import CoopnlpError
from coopnlp.web.filters import LABELS

__all__ = ["in_french"]

_LOG = logging.getLogger(__name__)
# The beginning of a message; what is told instead, with the groups of the former.
_VALUE = r"(?P<quote>['\"])(?P<value>.*)(?P=quote)"
_REFUSALS: tuple[tuple[str, str], ...] = (
    (r"a theme without a name\.", "Thème : choisissez-en un dans la liste."),
    (r".* is no probability\.", "La probabilité d’un thème est un nombre entre 0 et 1."),
    (r".* is no span of the text", "Ces mots ne sont pas dans le texte du document : recopiez-les exactement."),
    (r"a party without a name\.",
     "Une partie n’a pas de nom : écrivez celui que donne le document, ou videz la ligne."),
    (r"a partnership has two parties or more\.", "Un partenariat a deux parties au moins."),
    (r"a title is missing\.", "Intitulé : il ne peut pas être vide."),
    (rf"{_VALUE} is no date\.",
     "« {value} » n’est pas une date : écrivez 2009, 12/2009 ou 31/12/2009."),
    (rf"{_VALUE} is no identifier\. Write",
     "Identifiant « {value} » : « système:code », par exemple fr-commune:89024."),
    (r"a .* cannot become a ", "La nature d’une fiche ne se change pas : retirez celle-ci, puis ajoutez l’autre."),
    (r"nothing was changed\.", "Rien n’a été changé. Si tout est juste, confirmez."),
    (r"a document cannot be rejected\.",
     "Un document ne se retire pas : corrigez ce qui en est dit, ou retirez ses fiches."),
    (r"a document is added by ", "Un document s’ajoute par une lecture du fonds, pas par cette page."),
    (r"only two records of one type", "Seules deux fiches de même nature peuvent n’en faire qu’une."),
    (r"this is one record, not two\.", "C’est une seule et même fiche : choisissez-en deux différentes."),
    (r"there is no correction ", "Cette correction n’est pas dans l’historique."),
    (r"« (?P<mine>.*) » overlaps « (?P<other>.*) » \((?P<label>\w+)\)\.",
     "« {mine} » recouvre une mention qui est déjà là : « {other} » ({label}). "
     "Corrigez celle-là, ou retirez-la d’abord."),
    (r"the theme « (?P<path>.*) » is there already\.",
     "Le thème « {path} » y est déjà : corrigez celui-là, ou confirmez-le."),
    (r".*: nothing was read from this source\.", "Rien n’a été lu dans ce fichier."),
    (r".*: (?:several sources have|no source has) this digest\.",
     "Ce document n’est pas, ou n’est plus, dans le registre."),
    # exports
    (r"IATI wants to know who reports\.",
     "L’IATI demande qui publie. Qui tient ce serveur le dit par les variables COOPNLP_IATI_ORG et COOPNLP_IATI_NAME."),
    (r".*no identifier of an organisation and its type, as IATI",
     "L’identifiant de qui publie n’est pas de ceux que prend l’IATI. Qui tient ce serveur le dit par la variable "
     "COOPNLP_IATI_ORG."),
    (r".*nothing has what IATI demands",
     "Aucune des fiches choisies n’a tout ce que l’IATI exige. Choisissez-en d’autres, ou un autre format."),
    (r"Parquet needs pyarrow", "Ce format demande le paquet pyarrow, qui n’est pas installé sur le serveur."),
    (r".*the file cannot be written", "Le serveur n’a pas pu écrire le fichier : la place manque peut-être."),
    (r".*a folder of tables holds the whole register\.", "Ce format ne s’emporte que pour le registre entier."),
)  # fmt: skip
_TABLE = tuple((re.compile(pattern, re.S), told) for pattern, told in _REFUSALS)


def in_french(error: CoopnlpError, otherwise: str) -> str:
    """Return what a reader is told of a refusal; ``otherwise`` where nothing better is known, and the log has it."""
    message = str(error)
    for pattern, told in _TABLE:
        if found := pattern.match(message):
            values = {name: value for name, value in found.groupdict().items() if value is not None}
            if "label" in values:
                values["label"] = LABELS.get(values["label"], values["label"].lower())
            if "path" in values:
                values["path"] = values["path"].replace(" > ", " › ")
            return told.format(**values)
    _LOG.warning("a refusal that the pages have no words for: %s", message)
    return otherwise
