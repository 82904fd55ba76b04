"""Sums of money: what is one, where it ends, what it is worth."""

from __future__ import annotations

import csv
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Span
from spacy.vocab import Vocab

from coopnlp.pipeline.amounts import create_amounts, find_amounts
from coopnlp.pipeline.numerals import parse_digits, parse_words
from coopnlp.pipeline.surface import flatten
from coopnlp.pipeline.tokenizer import CoopTokenizer
from coopnlp.types import Amount


def read(text: str) -> list[tuple[str, str, str | None]]:
    """Return (surface, value, currency) of every sum, a range as « min-max »."""
    found = []
    for item in find_amounts(text):
        value = item.value
        written = f"{value.value:f}" if value.value is not None else f"{value.min:f}-{value.max:f}"
        found.append((text[item.start : item.end], written, value.currency))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Coût : 3 M€ HT, soit 2,5 MEUR.", [("3 M€", "3000000", "EUR"), ("2,5 MEUR", "2500000", "EUR")]),
        ("une aide de 45.000,00 €", [("45.000,00 €", "45000", "EUR")]),
        ("un prêt de 1,5 Mds d’euros", [("1,5 Mds d’euros", "1500000000", "EUR")]),
        ("soit 12\u202f500\u00a0€", [("12\u202f500\u00a0€", "12500", "EUR")]),
        ("CHF 12'500 versés par Genève", [("CHF 12'500", "12500", "CHF")]),
        ("le bailleur met US$ 1.2M", [("US$ 1.2M", "1200000", "USD")]),
        ("CAD 25 000 puis 25 000 CAD", [("CAD 25 000", "25000", "CAD"), ("25 000 CAD", "25000", "CAD")]),
        ("TROIS CENT MILLE EUROS (300 000 EUR)",
         [("TROIS CENT MILLE EUROS", "300000", "EUR"), ("300 000 EUR", "300000", "EUR")]),
        ("un demi-million d'euros", [("un demi-million d'euros", "500000", "EUR")]),
        ("1 million et demi d'euros", [("1 million et demi d'euros", "1500000", "EUR")]),
        ("2 millions 300 000 euros", [("2 millions 300 000 euros", "2300000", "EUR")]),
        ("entrée à 12 euros 50 le jour", [("12 euros 50", "12.50", "EUR")]),
        ("mille deux cents euros et trente centimes",
         [("mille deux cents euros et trente centimes", "1200.30", "EUR")]),
        ("un plan de 2,6 G$ à Québec", [("2,6 G$", "2600000000", "CAD")]),
        ("entre 500 000 et 1 million d'euros", [("500 000 et 1 million d'euros", "500000-1000000", "EUR")]),
        ("entre dix mille et quinze mille euros", [("dix mille et quinze mille euros", "10000-15000", "EUR")]),
        ("Nom | Département | Partenaire | Aide (€)\nAzur | 31 | 12 | 15 000\nBrise | 34 | 11 | 10 000\n",
         [("15 000", "15000", "EUR"), ("10 000", "10000", "EUR")]),
        ("2,5 MF au chapitre 65", [("2,5 MF", "2500000", "FRF")]),
        ("2 MDH pour Essaouira", [("2 MDH", "2000000", "MAD")]),
        ("Club | F5 500 € | 17\nAutre M1 200,00 € 18", [("5 500 €", "5500", "EUR"), ("1 200,00 €", "1200", "EUR")]),
        ("un lot de 1O 500 F et de l2 000 F", [("1O 500 F", "10500", "FRF"), ("l2 000 F", "12000", "FRF")]),
        ("25 000\neuros", [("25 000\neuros", "25000", "EUR")]),
        ("150 000 \\$ par an à Gatineau", [("150 000 \\$", "150000", "CAD")]),
        ("la route coûte 38 000 somonis", [("38 000 somonis", "38000", "TJS")]),
        ("(14,8 millions de F\nCFA)", [("14,8 millions de F\nCFA", "14800000", None)]),
        ("coûts en EUR\n1072 écoles", []),
        ("atelier 58 000 E , langue 6 000 E", [("58 000 E", "58000", "EUR"), ("6 000 E", "6000", "EUR")]),
        ("58 000 E et 12 €", [("12 €", "12", "EUR")]),
        ("id;titre;coût;devise\n1071;Ruches;2014;48000;EUR\n1075;Cadastre;2017;19500;AOA\n",
         [("48000", "48000", "EUR"), ("19500", "19500", "AOA")]),
        ("N°;Association;Montant (€)\n1;Amis du lac;1500\n2;Club;2300\n",
         [("1500", "1500", "EUR"), ("2300", "2300", "EUR")]),
    ],
)  # fmt: skip
def test_notations(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("de 5 000 à 8 000 €", [("5 000 à 8 000 €", "5000-8000", "EUR")]),
        ("entre 5 000 et 8 000 euros", [("5 000 et 8 000 euros", "5000-8000", "EUR")]),
        ("de 150 € à 200 € la nuit", [("150 € à 200 €", "150-200", "EUR")]),
        ("5 à 8 M€", [("5 à 8 M€", "5000000-8000000", "EUR")]),
        ("12 à 15 000 €", [("12 à 15 000 €", "12000-15000", "EUR")]),
        ("dix à quinze mille euros", [("dix à quinze mille euros", "10000-15000", "EUR")]),
        ("3 000 ou 5 000 euros", [("3 000", "3000", "EUR"), ("5 000 euros", "5000", "EUR")]),
        ("respectivement 3 000, 4 000 et 5 000 €",
         [("3 000", "3000", "EUR"), ("4 000", "4000", "EUR"), ("5 000 €", "5000", "EUR")]),
        ("le fonds passe de 62 000 à 71 500 €", [("62 000", "62000", "EUR"), ("71 500 €", "71500", "EUR")]),
        ("18 200 €, dont 6 000 de la commune", [("18 200 €", "18200", "EUR"), ("6 000", "6000", "EUR")]),
        ("9,1 millions d'euros, dont 2 millions pour la MEL et 1,3 million de l'Union européenne",
         [("9,1 millions d'euros", "9100000", "EUR"), ("2 millions", "2000000", "EUR"), ("1,3 million", "1300000", "EUR")]),
        ("410 millions d'euros, dont 180 apportés par la Suède",
         [("410 millions d'euros", "410000000", "EUR"), ("180", "180000000", "EUR")]),
        ("La commune apporte 18 000 euros, l'agglomération 9 000.",
         [("18 000 euros", "18000", "EUR"), ("9 000", "9000", "EUR")]),
        ("Elle demande 12 000 €. La Région en\ndonne 8 000, la fondation 5 000.",
         [("12 000 €", "12000", "EUR"), ("8 000", "8000", "EUR"), ("5 000", "5000", "EUR")]),
        ("La Région inscrit 2 000 euros ; elle n'en a mandaté que 950 en 2019.",
         [("2 000 euros", "2000", "EUR"), ("950", "950", "EUR")]),
        ("45 jours à 180 000 FCFA – 8 100 000 FCFA, Dapaong",
         [("180 000 FCFA", "180000", "XOF"), ("8 100 000 FCFA", "8100000", "XOF")]),
    ],
)  # fmt: skip
def test_ranges_lists_and_parts(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "La Ville verse 12 000 €, pour une commune de 3 500 habitants.",
        "12 000 € pour 9 millions d'habitants",
        "Prix : 3 165 € – salle Jean-Gabin\n18.044    Marché de fournitures",
        "12 000 €, délibération n° 12 044",
        "Le prix est de 12 000 €. La route a 8 000 mètres.",
    ],
)
def test_counts_after_a_sum_borrow_nothing(text: str) -> None:
    assert len(read(text)) == 1


def test_number_cut_by_a_line_end() -> None:
    text = "Le conseil de la communauté accorde au comité une aide de 12\n500 € pour l'année."
    assert read(text) == [("12\n500 €", "12500", "EUR")]


@pytest.mark.parametrize(
    "text",
    [
        "80 % des 150 000 habitants, soit 1 500 foyers sur 12 000 m2",
        "chapitre 65, article 6574, délibération n° 2014-131",
        "tél. 05 56 00 11 22, 33000 Bordeaux, page 12",
        "Le 3 juillet 2008, 60 élus et 100 représentants",
        "ISBN 978-2-07-036822-8 et 250 livres pour l'école",
        "elle a obtenu un franc succès et emporte une gourde",
        "le 21 MARS et le 5 m de large",
        "les francophones, le maréchal, trois dollarisations",
        "",
    ],
)
def test_nothing_is_found(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("À Sherbrooke, la Ville verse 5 000 $.", "CAD"),
        ("L'ambassade des États-Unis verse 5 000 $ à la ville.", "USD"),
        ("À Antananarivo, un bailleur verse 5 000 $.", None),
        ("La commune de Ségou reçoit 5 000 000 FCFA.", "XOF"),
        ("La commune de Dschang reçoit 5 000 000 FCFA.", "XAF"),
        ("On a versé 5 000 000 FCFA.", None),
        ("En 1987, le département a voté 50 000 francs.", "FRF"),
        ("En 1998, le canton de Neuchâtel, en Suisse, donne 50 000 francs.", "CHF"),
        ("En 2012, la préfecture de Kindia, en Guinée, dépense 50 000 francs.", "GNF"),
        ("La municipalité de Sfax apporte 40 000 dinars.", "TND"),
        ("On apporte 40 000 dinars.", None),
        ("Oaxaca met 40 000 pesos.", "MXN"),
        ("soit 12 000 ariary", "MGA"),
    ],
)
def test_the_document_decides_the_currency(text: str, currency: str | None) -> None:
    assert [found[2] for found in read(text)] == [currency]


def test_header_then_rows_with_a_year() -> None:
    text = "Nom du financeur Montant en euros Année\nVille d'Aubenas 2000 2013\nSavoie 12 500 2014\n\nFin du texte."
    assert read(text) == [("2000", "2000", "EUR"), ("12 500", "12500", "EUR")]


def test_cells_between_bars() -> None:
    text = "N° | Porteur | Aide (k€) | Voix\n1 | Ville de Privas | 12,5 | 30\n2 | Ardèche | 40 | 12"
    assert read(text) == [("12,5", "12500", "EUR"), ("40", "40000", "EUR")]


def test_columns_named_for_a_share_hold_sums_too() -> None:
    text = (
        "Nom du financeur | Montant en euros | Montant 1 % Eau | Montant 1% Déchets | Année\n"
        "Ville d'Aubenas |  | 1800 |  | 2013\nSavoie | 9000 |  | 350 | 2014"
    )
    assert [t for t, _, _ in read(text)] == ["1800", "9000", "350"]


def test_a_column_of_percentages_holds_none() -> None:
    text = "Financeur | Montant en euros | Part en %\nVille d'Aubenas | 1800 | 60\nSavoie | 1200 | 40"
    assert [t for t, _, _ in read(text)] == ["1800", "1200"]


def test_one_cell_a_line() -> None:
    text = "Nom du financeur\nMontant en euros\nAnnée\nVille d'Aubenas\n3000\n2013\nSavoie\n26144\n2014\n"
    assert read(text) == [("3000", "3000", "EUR"), ("26144", "26144", "EUR")]


def test_aligned_columns_under_a_title() -> None:
    text = (
        "Dépenses (en euros)\n\n"
        "Poste                  2015      2016\n"
        "Transport             1 200     1 450\n"
        "Total                 1 200     1 450\n"
    )
    assert [found[0] for found in read(text)] == ["1 200", "1 450", "1 200", "1 450"]


def test_a_line_is_drawn_under_the_heads() -> None:
    heads = "N°    Intitulé                         Parties                            QC ($)         FR (€)"
    row = "01    La boucle                        Sorel-Tracy / Dunkerque            24 000         16 000"
    found = read(f"Québec\n{heads}\n{'-' * 130}\n{row}\n")
    assert found == [("24 000", "24000", "CAD"), ("16 000", "16000", "EUR")]


def test_a_currency_before_the_word_of_its_column() -> None:
    text = (
        "Québec\nObjet          $ engagés     $ versés     € engagés\nforêt          12 000        11 000       8 000\n"
    )
    assert read(text) == [("12 000", "12000", "CAD"), ("11 000", "11000", "CAD"), ("8 000", "8000", "EUR")]


def test_prizes_in_brackets_under_a_sentence_that_says_the_currency() -> None:
    text = "Les dotations sont versées en euros.\n\n1er prix (10 000)\nLa boucle\n\n2e prix (5 000 chacun)\nLe fil\n"
    assert read(text) == [("10 000", "10000", "EUR"), ("5 000", "5000", "EUR")]


def test_rows_that_state_their_currency() -> None:
    text = "Ville de Privas        6 000     7 500    EUR\nLuang Prabang      31 000 000         -    LAK\n"
    assert [(found[0], found[2]) for found in read(text)] == [
        ("6 000", "EUR"), ("7 500", "EUR"), ("31 000 000", "LAK"),
    ]  # fmt: skip


def test_unit_beside_the_total_below() -> None:
    text = "M. Faure    stage infirmier    500\nMme Roux    agriculture        800\n           Total  1 300  (euros)\n"
    assert [found[0] for found in read(text)] == ["500", "800", "1 300"]


def test_prose_after_a_table_is_no_row() -> None:
    text = "Aide (€)\nPrivas  |  500\n\nLa séance a réuni 45 personnes et 12 communes.\n"
    assert [found[0] for found in read(text)] == ["500"]


@given(st.text(alphabet="0123456789 .,-/€$kMF\n'à deuxmilleurosfancCA|;()\u202f", max_size=120))
@settings(deadline=None, max_examples=300)
def test_any_text_gives_sound_spans(text: str) -> None:
    last = 0
    for found in find_amounts(text):
        assert last <= found.start < found.end <= len(text)
        assert isinstance(found.value, Amount)
        assert (found.value.value is not None) != (found.value.min is not None)
        last = found.end


@given(
    st.integers(min_value=1, max_value=10**10),
    st.sampled_from(" \u00a0\u202f\u2009."),
    st.sampled_from(["€", " €", "\u00a0€", " euros", " EUR"]),
)
@settings(deadline=None, max_examples=200)
def test_a_written_sum_reads_as_itself(value: int, separator: str, mark: str) -> None:
    written = f"{value:,}".replace(",", separator) + mark
    text = f"La Ville verse {written} à l'association."
    assert read(text) == [(written, str(value), "EUR")]


@pytest.mark.parametrize("text", ["Salle des fêtes (300 m2 500 € par jour)", "Salle 300 m2 250 €"])
def test_the_square_of_an_area_begins_no_sum(text: str) -> None:
    assert not any(value in ("2500", "2250") for _, value, _ in read(text))


@given(st.decimals(min_value=1, max_value=10**6, places=2))
@settings(deadline=None, max_examples=100)
def test_cents_are_kept(value: Decimal) -> None:
    written = f"{value:,.2f}".replace(",", " ").replace(".", ",")
    (found,) = find_amounts(f"soit {written} €.")
    assert found.value.value == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("quatre-vingt-dix mille", 90_000),
        ("soixante et onze", 71),
        ("deux cent mille", 200_000),
        ("mille neuf cent quatre-vingt-dix-sept", 1997),
        ("un milliard deux cents millions", 1_200_000_000),
        ("septante-cinq", 75),
        ("sept six", None),
    ],
)
def test_numbers_in_words(words: str, value: int | None) -> None:
    assert parse_words(words) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(("digits", "value"), [("12,500", "12500"), ("0,500", "0.500"), ("1.234.567,8", "1234567.8")])
def test_separators(digits: str, value: str) -> None:
    assert parse_digits(digits) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"), [("soit 1 867 816, 85 € en tout", "1867816.85"), ("en 2010, 85 € dus", "85")]
)
def test_a_space_after_the_decimal_comma_of_a_long_number_is_a_slip(text: str, value: str) -> None:
    (found,) = find_amounts(text)
    assert found.value.value == Decimal(value)


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=200)
def test_flat_text_keeps_its_length_and_twice_is_once(text: str) -> None:
    flat = flatten(text)
    assert len(flat) == len(text)
    assert flatten(flat) == flat


def test_component_appends_candidates_with_values() -> None:
    nlp = Language(Vocab())
    finder = create_amounts(nlp, "coop_amounts")
    doc = CoopTokenizer(nlp.vocab)("Privas verse 12 500 € à Adiri.")
    doc.spans["candidates"] = [Span(doc, 0, 1, label="COLLECTIVITY")]
    spans = list(finder(doc).spans["candidates"])
    assert [(span.text, span.label_) for span in spans] == [("Privas", "COLLECTIVITY"), ("12 500 €", "AMOUNT")]
    assert spans[1]._.value == Amount(value=Decimal(12500), currency="EUR")


def test_a_sum_inside_a_token_is_counted_not_dropped_silently() -> None:
    from spacy.tokens import Doc

    nlp = Language(Vocab())
    doc = create_amounts(nlp, "coop_amounts")(Doc(nlp.vocab, words=["aide", "(500€/an)"]))
    assert list(doc.spans["candidates"]) == []
    assert doc.user_data["coop_off_token"] == {"AMOUNT": 1}


@pytest.mark.shared
def test_shared_probes(shared: Path) -> None:
    with (shared / "probes" / "amounts.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    for row in rows:
        found = read(row["text"])
        columns = ["|".join(str(item[i]) for item in found) for i in range(3)]
        assert columns == [row["surface"] or "", row["value"] or "", row["currency"] or ""], row["text"]


@pytest.mark.shared
def test_floor_on_the_marked_documents(shared: Path, root: Path) -> None:
    sys.path.insert(0, str(root / "tests" / "benchmarks"))
    try:
        from score_values import score
    finally:
        sys.path.pop(0)
    # 2004 sums in 420 documents written for this project; 0.996 measured when the floor was set.
    assert score(shared / "corpus-drafts" / "entities", "AMOUNT").f1 >= 0.985
