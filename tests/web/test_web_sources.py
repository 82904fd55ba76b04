"""An item that several documents tell of: all are shown, with what they differ on and what may be the same."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from lxml import html

from coopnlp import catalogue
from coopnlp.register import Register, schema
from coopnlp.types import Result
from tests.register.register_makers import full
from tests.web.web_site import client


def _told_otherwise() -> Result:
    """The same partnership in another document, of another year."""
    made = full("autre.pdf", extra=" Autrement.")
    (said,) = made.record.partnerships
    record = made.record.model_copy(
        update={"partnerships": (said.model_copy(update={"status": "Terminé", "kind": "entente"}),)}
    )
    return made.model_copy(update={"record": record})


def test_differences_of_merged_records_and_proposals_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    first, second = full(), _told_otherwise()
    with Register(path) as register:
        register.add(first)
        register.add(second)
        catalogue.refresh(register)
        with register._database.writing() as connection:
            # what is shown is asked here, not which records the catalogue takes for one
            held, item = schema.item_record, schema.item
            asked = (
                sa.select(schema.record.c.id).where(schema.record.c.type == "partnership").order_by(schema.record.c.id)
            )
            lead, other = connection.execute(asked).scalars()
            connection.execute(sa.update(held).where(held.c.record_id == other).values(item_id=lead))
            connection.execute(sa.delete(item).where(item.c.id == other))
            connection.execute(sa.update(item).where(item.c.id == lead).values(conflicts=1, documents=2, records=2))
            project = connection.execute(sa.select(item.c.id).where(item.c.type == "project").limit(1)).scalar_one()
            connection.execute(sa.delete(schema.proposal))
            row = {
                "first": lead,
                "second": project,
                "type": "partnership",
                "score": 0.6,
                "why": '["mêmes parties <b>"]',
            }
            connection.execute(sa.insert(schema.proposal).values(row))
    with client(path) as made:
        pages = [made.text(f"/partenariats/{r.extraction.source.sha256[:12]}-0") for r in (first, second)]
        assert len({html.fromstring(page).xpath("//link[@rel='canonical']/@href")[0] for page in pages}) == 1
        tree = html.fromstring(pages[0])
        assert [article.get("id") for article in tree.xpath("//article")] == ["source-1", "source-2"]
        (table,) = tree.xpath("//section[@aria-labelledby='desaccords']//table")
        told = " ".join(table.text_content().split())
        assert "Genre" in told and "jumelage" in told and "entente" in told
        for link in table.xpath(".//a/@href"):
            assert tree.xpath(f"//*[@id='{link[1:]}']")
        (same,) = tree.xpath("//section[@aria-labelledby='memes']")
        assert "mêmes parties <b>" in same.text_content()
        assert made.get(same.xpath(".//a/@href")[0]).status_code == 200
        assert "1\u00a0désaccord" in made.text("/partenariats?conflits=1")
