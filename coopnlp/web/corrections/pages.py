"""The addresses of the pages of corrections."""

from __future__ import annotations

from typing import cast

from coopnlp.register.values import RecordType
from coopnlp.web.addresses import PLURALS
from coopnlp.web.corrections.lists import history, identifiers, pairs, undo, worklist
from coopnlp.web.corrections.records import add_record, record_view
from coopnlp.web.corrections.sign import sign_in, sign_out
from coopnlp.web.corrections.texts import edit_document, entity_view, mentions

__all__ = ["ROUTES"]

_REF = r"(?P<ref>[0-9a-f]{12,64}-\d{1,7})"
_DIGEST = r"(?P<digest>[0-9a-f]{12,64})"

ROUTES = [
    (r"/connexion$", sign_in),
    (r"/deconnexion$", sign_out),
    (r"/corrections$", worklist),
    (r"/corrections/historique$", history),
    (r"/corrections/historique/(?P<number>\d{1,12})/annuler$", undo),
    (r"/corrections/doublons$", pairs),
    (r"/corrections/identifiants$", identifiers),
    *((rf"/corrections/{plural}/{_REF}$", record_view(cast(RecordType, type_))) for type_, plural in PLURALS.items()),
    (rf"/corrections/documents/{_DIGEST}$", edit_document),
    (rf"/corrections/documents/{_DIGEST}/mots$", mentions),
    (rf"/corrections/documents/{_DIGEST}/mots/(?P<number>\d{{1,7}})$", entity_view(new=False)),
    (rf"/corrections/documents/{_DIGEST}/mots/ajouter$", entity_view(new=True)),
    (rf"/corrections/documents/{_DIGEST}/(?P<nature>{'|'.join(PLURALS.values())})/ajouter$", add_record),
]
