"""The pages over PostgreSQL: the same, without the tables of Datasette."""

from __future__ import annotations

from coopnlp.web.settings import Settings
from tests.register.register_makers import full
from tests.web.web_register import fill
from tests.web.web_site import client

DIGEST = full().extraction.source.sha256[:12]


def test_pages_over_postgresql(url: str) -> None:
    fill(url, attacked=True)
    with client(url, Settings(burst=1000)) as made:
        for address in (
            "/", "/accords", "/projets?tri=titre", "/financements?annee_min=1990", f"/projets/{DIGEST}-0",
            "/acteurs?nom=plov&ordre=nom", "/acteurs/fr-commune%3A89024", "/themes", "/themes/environnement/eau",
            "/documents?titre=long", "/documents?etat=echec", f"/documents/{DIGEST}", "/donnees",
            "/recherche?q=jardin&type=project", "/recherche?q=bénévole&dans=textes",
        ):  # fmt: skip
            assert "</html>" in made.text(address), address
        assert "<mark>bénévoles</mark>" in made.text("/recherche?q=bénévole&dans=textes")
        assert made.get("/registre").status_code == 404
        assert made.get("/_memory").status_code in (403, 404)
        assert "Les tables du registre" not in made.text("/donnees")
        for address in (
            "/recherche?q=%00",
            "/documents?titre=%00a",
            "/acteurs?nom=%00&pays=%00",
            "/accords?acteur=%00",
        ):
            assert made.get(address).status_code == 200, address
        assert made.get("/acteurs/%00x").status_code == 404
