"""Word files part by part: numbers of lists, notes, nested tables, changes, hidden text, boxes, what is around."""

from __future__ import annotations

import pytest
from extract_makers import word_file, word_paragraph, word_table, zip_of
from test_extract_plain import assert_sound, kinds

from coopnlp.errors import UnreadableFile
from coopnlp.extract import extract
from coopnlp.extract.docx_numbering import figure
from coopnlp.types import Extraction

P, TABLE = word_paragraph, word_table


def read(body: str, **parts: str) -> Extraction:
    found = extract(word_file(body, **parts), name="pv.docx")
    assert_sound(found)
    return found


def notices(found: Extraction) -> str:
    return "\n".join(notice.message for notice in found.notices)


def level(at: int, form: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
    )


def item(text: str, key: int, at: int | None = 0) -> str:
    place = "" if at is None else f'<w:ilvl w:val="{at}"/>'
    return P(text, f'<w:numPr>{place}<w:numId w:val="{key}"/></w:numPr>')


def numbering(*levels: str, lists: str = '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>') -> str:
    return f'<w:abstractNum w:abstractNumId="7">{"".join(levels)}</w:abstractNum>{lists}'


def texts(found: Extraction) -> list[str]:
    return [text for _, text in kinds(found)]


def test_levels_count_and_begin_anew() -> None:
    levels = numbering(level(0, "upperRoman", "%1."), level(1, "lowerLetter", "%1.%2)"))
    body = "".join(
        item(text, 1, at) for text, at in (("Eau", 0), ("Puits", 1), ("Pompes", 1), ("Santé", 0), ("Soins", 1))
    )
    assert texts(read(body, numbering=levels)) == [
        "I. Eau", "I.a) Puits", "I.b) Pompes", "II. Santé", "II.a) Soins",
    ]  # fmt: skip


def test_articles_go_on_through_chapters_and_legal_numbers_are_figures() -> None:
    levels = numbering(
        level(0, "upperRoman", "Chapitre %1"),
        level(1, "decimal", "Article %2", '<w:lvlRestart w:val="0"/>'),
        level(2, "decimal", "%1.%3", "<w:isLgl/>"),
    )
    body = "".join(item("x", 1, at) for at in (0, 1, 0, 1, 2))
    assert texts(read(body, numbering=levels)) == [
        "Chapitre I x",
        "Article 1 x",
        "Chapitre II x",
        "Article 2 x",
        "2.1 x",
    ]


def test_a_list_that_starts_again_and_one_that_goes_on() -> None:
    lists = (
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="7"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        "</w:lvlOverride></w:num>"
    )
    levels = numbering(level(0, "decimal", "%1°"), lists=lists)
    found = read("".join(item("x", key) for key in (1, 2, 3, 0)), numbering=levels)
    assert kinds(found) == [("list_item", "1° x"), ("list_item", "2° x"), ("list_item", "1° x"), ("paragraph", "x")]


def test_headings_take_their_number_from_their_style() -> None:
    style = (
        '<w:style w:type="paragraph" w:styleId="T{0}"><w:name w:val="heading {0}"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    levels = numbering(
        level(0, "decimal", "%1.", '<w:pStyle w:val="T1"/>'), level(1, "decimal", "%1.%2", '<w:pStyle w:val="T2"/>')
    )
    body = P("Objet", '<w:pStyle w:val="T1"/>') + P("Durée", '<w:pStyle w:val="T2"/>')
    found = read(body, numbering=levels, styles=style.format(1) + style.format(2))
    assert kinds(found) == [("heading", "1. Objet"), ("heading", "1.1 Durée")]
    assert [block.level for block in found.blocks] == [1, 2]


def test_items_in_cells_and_empty_items_count() -> None:
    levels = numbering(level(0, "decimal", "%1."))
    body = item("Forages", 1) + TABLE((item("Pompes", 1), "600 €"), ("Total", "900 €")) + item("", 1) + item("Suivi", 1)
    found = read(body, numbering=levels)
    assert texts(found) == ["1. Forages", "2. Pompes | 600 €\nTotal | 900 €", "4. Suivi"]


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [(27, "lowerLetter", "aa"), (49, "upperRoman", "XLIX"), (1, "ordinal", "1er"), (2, "ordinal", "2e"),
     (9, "ordinalText", "Neuvième"), (21, "ordinalText", "Vingt et unième"), (5, "none", ""), (3, "chicago", "3")],
)  # fmt: skip
def test_figures(number: int, form: str, shown: str) -> None:
    assert figure(number, form) == shown


def test_a_sentence_in_the_style_of_a_heading_is_none() -> None:
    style = '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>'
    body = P("Bilan", '<w:pStyle w:val="T1"/>') + P(
        "Les crédits nécessaires à cette opération sont inscrits au budget 2009 de la ville.", '<w:pStyle w:val="T1"/>'
    )
    assert [kind for kind, _ in kinds(read(body, styles=style))] == ["heading", "paragraph"]


def sized(text: str, size: int, more: str = "") -> str:
    return f'<w:p><w:r><w:rPr>{more}<w:sz w:val="{size}"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'


PROSE = "Le conseil approuve la convention passée avec la commune de Kopargo pour trois ans et autorise le maire à la signer."


def test_larger_type_is_a_heading_and_bold_names_are_none() -> None:
    marked, bold = '<w:b/><w:u w:val="single"/>', "<w:b/>"
    found = read(
        sized("PROCÈS-VERBAL", 40) + sized("1 - Jumelage avec Kopargo. Autorisation de signer la convention de trois ans.", 30)
        + sized("Max LEVITA", 24, bold) + sized(PROSE, 24) + sized("Article 2 :", 24, marked) + sized("Max LEVITA :", 24, marked)
        + sized(PROSE, 24) + sized("- Approuve", 30) + TABLE((sized("Total", 40), "5 €"), ("Mali", "5 €"))
    )  # fmt: skip
    assert [(b.kind, b.level) for b in found.blocks] == [
        ("heading", 1), ("heading", 2), ("paragraph", None), ("paragraph", None), ("heading", 3), ("paragraph", None),
        ("paragraph", None), ("list_item", None), ("table", None),
    ]  # fmt: skip


def test_a_size_that_passages_are_set_in_makes_no_headings() -> None:
    found = read(sized(PROSE * 3, 22) + sized("Préambule", 26) + sized(PROSE * 2, 26) + sized(PROSE * 4, 22))
    assert {b.kind for b in found.blocks} == {"paragraph"}


NOTE = '<w:{0} w:id="{1}"><w:p><w:r><w:t>{2}</w:t></w:r></w:p></w:{0}>'
CALL = '</w:t></w:r><w:r><w:{}Reference w:id="{}"/></w:r><w:r><w:t>'


def test_notes_are_numbered_in_the_order_of_their_calls() -> None:
    body = P(f"La ville de Nara{CALL.format('footnote', 5)}, au Mali{CALL.format('endnote', 1)}.")
    body += TABLE((f"Kita{CALL.format('footnote', 2)}", "2009"), ("Ségou", "2010"))
    found = read(
        body,
        footnotes=NOTE.format("footnote", 2, "Cercle de Kita.")
        + NOTE.format("footnote", 5, "Région de Koulikoro.")
        + NOTE.format("footnote", 9, "Sans appel."),
        endnotes=NOTE.format("endnote", 1, "Archives de la ville."),
    )
    assert kinds(found) == [
        ("paragraph", "La ville de Nara [1], au Mali [i]."),
        ("table", "Kita [2] | 2009\nSégou | 2010"),
        ("footnote", "1. Région de Koulikoro."),
        ("footnote", "2. Cercle de Kita."),
        ("footnote", "i. Archives de la ville."),
    ]
    assert "Notes sans appel, absentes du texte : 1." in notices(found)


def test_a_table_in_a_cell_follows_its_row() -> None:
    inner = P("Titulaires") + TABLE(("Mme Diarra", "M. Roux"), ("M. Traoré", "Mme Petit"))
    found = read(TABLE(("1", inner), ("2", "Budget")))
    assert kinds(found) == [
        ("table", "1 | Titulaires"), ("table", "Mme Diarra | M. Roux\nM. Traoré | Mme Petit"), ("table", "2 | Budget"),
    ]  # fmt: skip


def test_a_table_of_one_cell_is_a_frame() -> None:
    style = '<w:style w:type="paragraph" w:styleId="T1"><w:name w:val="heading 1"/></w:style>'
    inner = P("Article 1", '<w:pStyle w:val="T1"/>') + P("Objet.") + TABLE(("Année", "2009"), ("Somme", "500 €"))
    found = read(TABLE((inner,)), styles=style)
    assert [kind for kind, _ in kinds(found)] == ["heading", "paragraph", "table"]


def test_merged_cells_stand_at_their_first_row_and_column() -> None:
    down, on = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>', "<w:tcPr><w:vMerge/></w:tcPr>"
    wide = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
    found = read(TABLE((down + P("Mali"), "2009", "5 €"), (on + P(""), "2010", "6 €"), (wide + P("Total"), "11 €")))
    cells = {(c.row, c.column): found.text[c.start : c.end] for c in found.blocks[0].cells}
    assert cells == {(0, 0): "Mali", (0, 1): "2009", (0, 2): "5 €", (1, 1): "2010", (1, 2): "6 €", (2, 0): "Total", (2, 2): "11 €"}  # fmt: skip


def test_rows_in_content_controls_are_read_and_deleted_ones_are_not() -> None:
    table = TABLE(("Kayes", "3 €"), ("Gao", "4 €"))
    first, second = (
        table.removeprefix("<w:tbl>").removesuffix("</w:tbl>").replace("</w:tr>", "</w:tr>\n").split("\n")[:2]
    )
    gone = second.replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>")
    found = read(f"<w:tbl>{first}<w:sdt><w:sdtContent>{second}</w:sdtContent></w:sdt>{gone}</w:tbl>")
    assert texts(found) == ["Kayes | 3 €\nGao | 4 €"]


def test_a_deleted_end_of_paragraph_joins_what_it_parted() -> None:
    found = read(P("La convention est", "<w:rPr><w:del/></w:rPr>") + P(" conclue pour trois ans."))
    assert texts(found) == ["La convention est conclue pour trois ans."]


def test_hidden_text_is_left_out_and_counted() -> None:
    hidden = "</w:t></w:r><w:r><w:rPr>{}</w:rPr><w:t>&lt;SEASY7&gt; à revoir</w:t></w:r><w:r><w:t>"
    style = '<w:style w:type="character" w:styleId="C"><w:rPr><w:vanish/></w:rPr></w:style>'
    body = P("Présents :" + hidden.format("<w:vanish/>")) + P("Absents :" + hidden.format('<w:rStyle w:val="C"/>'))
    body += P("Visible" + hidden.format('<w:vanish w:val="0"/>').replace("à revoir", "ok"))
    found = read(body, styles=style)
    assert texts(found) == ["Présents :", "Absents :", "Visible<SEASY7> ok"]
    assert "Texte masqué, absent du texte : 6 mots." in notices(found)


def test_fields_show_their_result_only() -> None:
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    body = (
        "<w:p><w:r><w:t>Accord </w:t></w:r>" + char.format("begin") + "<w:r><w:instrText>IF </w:instrText></w:r>"
        + char.format("begin") + "<w:r><w:instrText>MERGEFIELD avis</w:instrText></w:r>" + char.format("separate")
        + "<w:r><w:t>caché</w:t></w:r>" + char.format("end") + char.format("separate")
        + "<w:r><w:t>favorable</w:t></w:r>" + char.format("end") + "</w:p>"
    )  # fmt: skip
    assert texts(read(body)) == ["Accord favorable"]


def test_forms_symbols_and_fractions_have_characters() -> None:
    box = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="{}"/></w:checkBox></w:ffData></w:fldChar></w:r>'
    body = f"<w:p>{box.format(1)}<w:r><w:t> oui </w:t></w:r>{box.format(0)}<w:r><w:t> non</w:t></w:r></w:p>"
    body += '<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t> lu, </w:t><w:sym w:font="Wingdings 3" w:char="F022"/></w:r></w:p>'
    body += "<w:p><m:oMath><m:f><m:num><m:r><m:t>3</m:t></m:r></m:num><m:den><m:r><m:t>4</m:t></m:r></m:den></m:f></m:oMath></w:p>"
    found = read(body)
    assert texts(found) == ["☒ oui ☐ non", "✓ lu, •", "3/4"]
    assert "sans caractère connu, lus « • » : 1." in notices(found)


def test_boxes_for_new_and_old_programs_are_one_and_may_hold_tables_and_boxes() -> None:
    inner = f"<w:r><v:shape><v:textbox><w:txbxContent>{P('Au fond')}</w:txbxContent></v:textbox></v:shape></w:r>"
    inside = f"{TABLE(('Eau', '5 €'), ('Santé', '6 €'))}<w:p><w:r><w:t>Signé</w:t></w:r>{inner}</w:p>"
    body = (
        "<w:p><w:r><w:t>Voir :</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
        f"{inside}</w:txbxContent></mc:Choice><mc:Fallback><w:pict><w:txbxContent>{inside}</w:txbxContent></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(read(body)) == ["Voir :", "Eau | 5 €\nSanté | 6 €", "Signé", "Au fond"]


SECTION = (
    '<w:sectPr><w:headerReference w:type="first" r:id="header1"/><w:headerReference w:type="default" r:id="header2"/>'
    "{}</w:sectPr>"
)


def test_the_letterhead_is_text_and_running_heads_are_noted() -> None:
    page = '</w:t></w:r><w:fldSimple w:instr=" PAGE "><w:r><w:t>24</w:t></w:r></w:fldSimple><w:r><w:t>'
    heads = {"header1": P("Ville de Vihiers"), "header2": P("Conseil municipal " + page), "footer1": P(page)}
    found = read(P("Séance") + SECTION.format("<w:titlePg/>"), **heads)
    assert texts(found) == ["Ville de Vihiers", "Séance"]
    assert [n.message for n in found.notices] == ["En-tête ou pied de page absent du texte : « Conseil municipal »."]
    plain = read(P("Séance") + SECTION.format(""), **heads)
    assert texts(plain) == ["Séance"]
    assert "Ville de Vihiers" in notices(plain)


def test_comments_prompts_and_inserted_documents_are_noted() -> None:
    comment = f'<w:comment w:author="A. Sarr">{P("À vérifier avec Kopargo.")}</w:comment>'
    prompt = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Entrez le nom</w:t></w:r></w:sdtContent></w:sdt>"
    body = f'<w:p><w:r><w:t>Nom : </w:t></w:r>{prompt}</w:p><w:altChunk r:id="suite"/>'
    found = read(body, comments=comment)
    assert texts(found) == ["Nom :"]
    for said in (
        "Commentaire de A. Sarr",
        "À vérifier avec Kopargo.",
        "non remplis, absents du texte : 1.",
        "Document inséré",
    ):
        assert said in notices(found)


def test_changes_say_who_made_them() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = f'<w:p><w:ins w:author="J. Roux">{run.format("Six")}</w:ins><w:del w:author="J. Roux">{run.format("Dix")}</w:del></w:p>'
    found = read(body)
    assert texts(found) == ["Six"]
    assert "1 ajout gardé, 1 suppression (de J. Roux)." in notices(found)


def test_strict_files_and_main_parts_of_other_names() -> None:
    made = word_file(P("Convention de jumelage"), main="word/document2.xml")
    assert extract(made, name="a.docx").text == "Convention de jumelage"
    strict = made.replace(b"", b"")
    import zipfile
    from io import BytesIO

    with zipfile.ZipFile(BytesIO(strict)) as old:
        members = {
            name: old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            for name in old.namelist()
        }
    assert extract(zip_of(members), name="b.docx").text == "Convention de jumelage"


def test_a_damaged_part_costs_that_part_only() -> None:
    found = read(P("Séance du 3 mai"), header1=P("Ville") + "<w:p")
    assert texts(found) == ["Séance du 3 mai"]
    assert "Parties endommagées" in notices(found)


def test_a_file_without_text_and_one_with_entities_are_refused_by_name() -> None:
    with pytest.raises(UnreadableFile, match=r"a\.docx"):
        extract(zip_of({"word/document.xml": b"<rien/>"}), name="a.docx")
    laughs = b'<!DOCTYPE w [<!ENTITY a "ha">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>&a;</w:body></w:document>'
    with pytest.raises(UnreadableFile, match=r"b\.docx"):
        extract(zip_of({"word/document.xml": laughs}), name="b.docx")
