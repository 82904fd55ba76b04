"""Mail messages: headers, the body that is read, attachments as sources of their own."""

from __future__ import annotations

from email.message import EmailMessage
from functools import cache
from pathlib import Path

import pytest
from extract_makers import PARAGRAPHS, agreement_docx, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st
from test_extract_plain import assert_sound, kinds

from coopnlp.errors import EncryptedFile, ExtractionError, UnreadableFile
from coopnlp.extract import extract, sources
from coopnlp.extract.mail_parts import is_mail, parse


def letter(subject: str = "Jumelage avec Ségou") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Hélène Roux <h.roux@exemple.fr>"
    message["To"] = "Issa Traoré <i.traore@exemple.ml>, mairie@exemple.fr"
    message["Date"] = "Mon, 01 Mar 2010 09:05:00 +0100"
    message["Subject"] = subject
    message["Message-ID"] = "<1@exemple.fr>"
    message.set_content("Monsieur le Maire,\n\nLa convention est prête :\n\n- l'eau\n- la santé\n")
    return message


def test_headers_are_a_form_and_metadata() -> None:
    found = extract(letter().as_bytes(), name="lettre.eml")
    assert_sound(found)
    assert kinds(found) == [
        ("form", "De | Hélène Roux <h.roux@exemple.fr>\nÀ | Issa Traoré <i.traore@exemple.ml>, mairie@exemple.fr\n"
         "Date | 1er mars 2010, 09:05\nObjet | Jumelage avec Ségou"),
        ("paragraph", "Monsieur le Maire,"), ("paragraph", "La convention est prête :"),
        ("list_item", "- l'eau"), ("list_item", "- la santé"),
    ]  # fmt: skip
    metadata = found.metadata
    assert (metadata.title, metadata.author, metadata.date) == ("Jumelage avec Ségou", "Hélène Roux", "2010-03-01")
    assert found.source.media_type == "message/rfc822"


def test_of_two_forms_the_text_is_read() -> None:
    message = letter()
    message.add_alternative(
        "<p>Monsieur le Maire,</p><p>La convention est prête : l'eau, la santé.</p>", subtype="html"
    )
    assert extract(message.as_bytes(), name="a.eml").text.count("Monsieur le Maire") == 1


def test_html_is_read_where_the_text_is_a_remark() -> None:
    message = letter()
    message.set_content("Ouvrez ce message en HTML.")
    rows = "".join(f"<tr><td>Commune {n}</td><td>{n} 500 €</td></tr>" for n in range(1, 4))
    message.add_alternative(
        f"<h2>Aides</h2><table border=1><tr><th>Nom</th><th>Aide</th></tr>{rows}</table>", subtype="html"
    )
    found = extract(message.as_bytes(), name="a.eml")
    assert_sound(found)
    assert [kind for kind, _ in kinds(found)] == ["form", "heading", "table"]


def test_html_is_read_where_the_text_lost_its_tables() -> None:
    message = letter()
    message.set_content("Bonjour,\n\nVoici les aides votées lundi par le conseil, avec nos salutations.")
    rows = "".join(f"<tr><td>Commune {n}</td><td>{n} 500 €</td></tr>" for n in range(1, 4))
    message.add_alternative(
        f"<p>Bonjour,</p><p>Voici les aides vot&eacute;es lundi par le conseil :</p><table border=1>{rows}</table>"
        '<p>avec nos salutations. <a href="https://exemple.fr/aides">Aides</a></p>',
        subtype="html",
    )
    found = extract(message.as_bytes(), name="a.eml")
    assert_sound(found)
    assert [kind for kind, _ in kinds(found)].count("table") == 1
    assert "votées" in found.text
    assert not [n for n in found.notices if n.kind == "left_out"]


def test_what_only_the_html_says_is_told() -> None:
    message = letter()
    message.set_content(f"{PARAGRAPHS[0]}\n\nVoir https://exemple.fr/aides?id=12 ou mairie@exemple.fr.")
    message.add_alternative(f"<p>{PARAGRAPHS[0]}</p><p>Voir <a href=x>ici</a> ou là.</p>", subtype="html")
    found = extract(message.as_bytes(), name="a.eml")
    assert "https://exemple.fr/aides?id=12" in found.text
    assert [n.message for n in found.notices if n.kind == "left_out"] == [
        "L'autre forme du message (texte ou HTML), non lue, a 2 mots qui manquent dans celle-ci."
    ]


def test_old_headers_and_unknown_charsets() -> None:
    raw = (
        "From: Mairie de Nîmes <m@exemple.fr>\r\nTo: =?iso-8859-1?Q?Andr=E9?= <a@exemple.fr>\r\n"
        "Subject: =?utf-8?B?w4ljaGFuZ2U=?=\r\n =?utf-8?Q?_d=E2=80=99=C3=A9l=C3=A8ves?=\r\nDate: un jour\r\n"
        'Content-Type: text/plain; charset="x-inconnu"\r\nContent-Transfer-Encoding: 8bit\r\n\r\nÀ bientôt, 12 €.\r\n'
    ).encode("cp1252")
    found = extract(raw, name="vieux.eml")
    assert "De | Mairie de Nîmes <m@exemple.fr>\nÀ | André <a@exemple.fr>\nDate | un jour" in found.text
    assert found.metadata.title == "Échange d’élèves"
    assert found.metadata.date is None
    assert found.text.endswith("À bientôt, 12 €.")


def with_attachments() -> EmailMessage:
    message = letter()
    word = ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document")
    for name in ("Convention signée.docx", "../../etc/Convention signée.docx", "Convention signée.docx"):
        message.add_attachment(agreement_docx(), maintype=word[0], subtype=word[1], filename=name)
    message.add_attachment(
        zip_of({"pv.txt": "Séance".encode()}), maintype="application", subtype="zip", filename="lot.zip"
    )
    message.add_attachment(letter("Réponse").as_bytes(), maintype="application", subtype="octet-stream")
    inner = letter("Compte rendu")
    inner.add_attachment("Note jointe.", filename="note.txt")
    message.add_attachment(inner)
    return message


def test_attachments_are_sources_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "envoi.eml").write_bytes(with_attachments().as_bytes())
    listed = list(sources([tmp_path]))
    assert [p.relative_to(tmp_path).as_posix() for p in listed] == [
        "envoi.eml",
        "envoi.eml/Convention signée.docx",
        "envoi.eml/_.._etc_Convention signée.docx",
        "envoi.eml/Convention signée (2).docx",
        "envoi.eml/lot.zip/pv.txt",
        "envoi.eml/partie 5.bin",
        "envoi.eml/Compte rendu.eml",
        "envoi.eml/Compte rendu.eml/note.txt",
    ]
    texts = [extract(path).text for path in listed]
    assert "Kopargo" in texts[1]
    assert texts[1] == texts[2] == texts[3]
    assert texts[4] == "Séance"
    assert "Objet | Réponse" in texts[5]
    assert "Objet | Compte rendu" in texts[6]
    assert texts[7].strip() == "Note jointe."
    assert "lot.zip" in "".join(n.message for n in extract(listed[0]).notices if n.kind == "attachments")


def test_pictures_of_the_body_are_noted_and_no_sources(tmp_path: Path) -> None:
    message = letter()
    message.add_alternative('<p>Monsieur le Maire, la convention est prête.</p><img src="cid:logo">', subtype="html")
    page = message.get_payload(1)
    page.add_related(b"\x89PNG", maintype="image", subtype="png", cid="<logo>")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    assert list(sources([tmp_path])) == [tmp_path / "a.eml"]
    assert "Sans lecture : 1 image dans le corps." in [n.message for n in extract(tmp_path / "a.eml").notices]


def test_no_such_attachment(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter().as_bytes())
    with pytest.raises(UnreadableFile, match="no such member"):
        extract(tmp_path / "a.eml" / "b.pdf")


@pytest.mark.parametrize(
    "kind", ['multipart/encrypted; boundary="x"', "application/pkcs7-mime; smime-type=enveloped-data"]
)
def test_an_encrypted_message(kind: str) -> None:
    with pytest.raises(EncryptedFile):
        extract(f"From: a@b.fr\nSubject: x\nContent-Type: {kind}\n\n--x\n\nabc\n--x--\n".encode(), name="a.eml")


def test_a_message_is_told_by_its_headers() -> None:
    raw = letter().as_bytes()
    assert is_mail(raw, "")
    assert is_mail(b"From a@b.fr Mon May  3 10:00:00 2010\n" + raw, "")
    assert not is_mail(b"From: la mairie\nTo: le service\nSubject: eau\n\nNote.", ".txt")
    assert not is_mail(b"Objet : eau\nDate : lundi\n\nNote.", ".txt")


def test_parts_nested_without_end_are_refused_by_name() -> None:
    raw = b"From: a@b.fr\nSubject: x\n"
    for depth in range(80):
        raw += f'Content-Type: multipart/mixed; boundary="b{depth}"\n\n--b{depth}\n'.encode()
    with pytest.raises(ExtractionError, match=r"a\.eml"):
        extract(raw + b"\nfin\n", name="a.eml")


@cache
def whole_message() -> bytes:
    return with_attachments().as_bytes()


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_damage_gives_a_message_or_a_named_error(data: st.DataObject) -> None:
    raw = bytearray(whole_message()[:4_000])
    for _ in range(data.draw(st.integers(1, 12))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = extract(bytes(raw), name="a.eml")
        names = [attachment.name for attachment in parse(bytes(raw), "a.eml").attachments]
    except ExtractionError as error:
        assert str(error)
        return
    assert_sound(found)
    assert len(set(names)) == len(names)
    assert not any("/" in name or name in ("", ".", "..") for name in names)
