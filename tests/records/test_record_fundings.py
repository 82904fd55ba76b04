"""Fundings told in sentences, lists and tables."""

from __future__ import annotations

import pytest
from marked_records import parse, read

from coopnlp.types import Block, Cell, Funding


def told(marked: str) -> list[tuple[str, list[str], str | None]]:
    """Return (funder, sums with currency, first year) of each funding."""
    return [(f.funder.text, [f"{a.value} {a.currency}" for a in f.amounts], f.start) for f in read(marked).fundings]


def one(marked: str) -> Funding:
    fundings = read(marked).fundings
    assert len(fundings) == 1, fundings
    return fundings[0]


@pytest.mark.parametrize(
    ("marked", "funder", "sums"),
    [
        ("La [[Région Bretagne|COLLECTIVITY]] apporte [[5 000 €|AMOUNT]] au projet.", "Région Bretagne", ["5000 EUR"]),
        ("Le séjour coûte cher, mais [[3 000 €|AMOUNT]] ont été versés par l'[[OFQJ|FUNDER]].", "OFQJ", ["3000 EUR"]),
        (
            "La contribution de la [[Ville de Dinan|COLLECTIVITY]] est fixée à [[12 000 €|AMOUNT]].",
            "Ville de Dinan",
            ["12000 EUR"],
        ),
        ("Le [[Fonds Horizon|FUNDER]], qui a versé [[4 500 €|AMOUNT]], sera remercié.", "Fonds Horizon", ["4500 EUR"]),
        (
            "[[Sarlat|COLLECTIVITY]] verse [[9 000 €|AMOUNT]] ([[13 500 $|AMOUNT]]).",
            "Sarlat",
            ["9000 EUR", "13500 CAD"],
        ),
        (
            (
                "Le budget atteint [[90 000 €|AMOUNT]], dont [[40 000 €|AMOUNT]] viennent de l'[[Agence de "
                "l'eau|FUNDER]]."
            ),
            "Agence de l'eau",
            ["40000 EUR"],
        ),
    ],
)
def test_who_gives(marked: str, funder: str, sums: list[str]) -> None:
    assert [(f, s) for f, s, _ in told(marked)] == [(funder, sums)]


@pytest.mark.parametrize(
    "marked",
    [
        "Le billet coûte [[120 €|AMOUNT]] à l'aller, [[95 €|AMOUNT]] au retour.",
        "La [[Ville de Dinan|COLLECTIVITY]] compte 11 000 habitants.",
        ("Le marché de voirie, plafonné à [[24 000 €|AMOUNT]], est notifié à la société [[Travaux du Nord|ORG]]."),
        "La [[Région Bretagne|COLLECTIVITY]] n'a pas versé les [[5 000 €|AMOUNT]] promis.",
        "Le repas passe de [[3,10 €|AMOUNT]] à [[3,30 €|AMOUNT]].",
        "[[Auray|COLLECTIVITY]] et [[Vannes|COLLECTIVITY]] ont réglé ensemble [[8 000 €|AMOUNT]] de location.",
    ],
)
def test_what_nobody_gives(marked: str) -> None:
    assert told(marked) == []


def test_council_gives_what_it_decides() -> None:
    funding = one(
        "[[VILLE DE GUINGAMP|COLLECTIVITY]]\nSéance du [[4 mars 2019|DATE]]\n\nLe conseil municipal, "
        "après en avoir délibéré,\n"
        "- attribue une subvention de [[4 500 €|AMOUNT]] à l'association [[Les Amis du Fouta|ORG]]."
    )
    assert funding.funder.text == "VILLE DE GUINGAMP"
    assert funding.purpose == "à l'association Les Amis du Fouta"


def test_reference_is_resolved_by_its_definition() -> None:
    text = (
        "La [[Ville de Morlaix|COLLECTIVITY]], ci-après « la Ville »,\n\net la [[MRC de "
        "Matane|COLLECTIVITY]], ci-après « la MRC »,\n\n"
        "Article 4\nLa Ville apporte [[7 000 €|AMOUNT]]. La contribution de la MRC s'élève à [[6 000 $ "
        "CA|AMOUNT]]."
    )
    assert [(f, s) for f, s, _ in told(text)] == [("Ville de Morlaix", ["7000 EUR"]), ("MRC de Matane", ["6000 CAD"])]


def test_list_under_a_financing_plan() -> None:
    text = (
        "Le plan de financement s'établit ainsi :\n- [[Agence de l'eau Rhin-Meuse|FUNDER]] : [[30 000 "
        "€|AMOUNT]] ;\n"
        "- [[Département des Vosges|COLLECTIVITY]] : [[10 000 €|AMOUNT]] ;\n- [[Épinal|COLLECTIVITY]] et "
        "[[Golbey|COLLECTIVITY]], chacune pour [[1 000 €|AMOUNT]]."
    )
    assert [f for f, _, _ in told(text)] == ["Agence de l'eau Rhin-Meuse", "Département des Vosges", "Épinal", "Golbey"]


def test_expenses_are_not_read_as_resources() -> None:
    text = (
        "DÉPENSES\n[[Ville de Thann|COLLECTIVITY]] (transport) .......... [[2 000 €|AMOUNT]]\nRECETTES\n"
        "[[Ville de Thann|COLLECTIVITY]] .......... [[5 000 €|AMOUNT]]"
    )
    assert [s for _, s, _ in told(text)] == [["5000 EUR"]]


def test_total_stands_for_its_yearly_part() -> None:
    text = (
        "[[COMMUNE DE REDON|COLLECTIVITY]]\n\nLe conseil décide de fixer la participation de la commune "
        "à [[12 000 €|AMOUNT]] par an, soit [[36 000 €|AMOUNT]] sur la durée."
    )
    assert told(text) == [("COMMUNE DE REDON", ["36000 EUR"], None)]


def test_instalments_are_not_further_grants() -> None:
    text = (
        "La [[Ville de Redon|COLLECTIVITY]] verse la somme en deux fois : [[8 000 €|AMOUNT]] à la "
        "signature, [[4 000 €|AMOUNT]] au bilan."
    )
    assert told(text) == []


def test_range_stays_a_range() -> None:
    amount = one("Le [[Fonds Atlantique|FUNDER]] accorde [[5 000 à 8 000 €|AMOUNT]] au groupe.").amounts[0]
    assert (amount.value, amount.min, amount.max, amount.currency) == (None, 5000, 8000, "EUR")


def test_year_of_the_grant() -> None:
    assert told("La [[Région Alsace|COLLECTIVITY]] a versé [[6 000 €|AMOUNT]] en [[2012|DATE]].")[0][2] == "2012"


def test_asked_for_is_marked_so() -> None:
    funding = one("Il est décidé de solliciter le [[FEDER|FUNDER]] à hauteur de [[20 000 €|AMOUNT]].")
    assert (funding.funder.text, funding.status) == ("FEDER", "demandé")


def test_supporters_without_a_sum() -> None:
    text = (
        "Le stage est rendu possible par la contribution financière du [[Cégep de Matane|FUNDER]] et de "
        "l'[[OFQJ|FUNDER]]."
    )
    assert told(text) == [("Cégep de Matane", [], None), ("OFQJ", [], None)]


def test_told_twice_is_one_with_both_spans() -> None:
    funding = one(
        "Le [[Fonds Rivages|FUNDER]] a versé [[15 000 €|AMOUNT]] en [[2016|DATE]].\n\nRappelons que le "
        "[[Fonds Rivages|FUNDER]] a accordé [[15 000 €|AMOUNT]]."
    )
    assert len(funding.evidence) == 4


def test_laureates_are_funded_by_the_scheme() -> None:
    text = (
        "[[Passerelles du Sud|FUNDER]] : les lauréats\n\n[[Un puits, une école|PROJECT]] — [[12 000 "
        "€|AMOUNT]]\n[[Thann|COLLECTIVITY]] équipe le village.\n\n"
        "[[Le vent du large|PROJECT]] — [[8 000 €|AMOUNT]]\n[[Auray|COLLECTIVITY]] y travaille."
    )
    assert [(f.funder.text, f.purpose) for f in read(text).fundings] == [
        ("Passerelles du Sud", "Un puits, une école"),
        ("Passerelles du Sud", "Le vent du large"),
    ]


def test_table_of_funders_by_year() -> None:
    text = (
        "Plan de financement\n\nFinanceur                     [[2015|DATE]]      [[2016|DATE]]     Total\n"
        "[[Ville de Thann|COLLECTIVITY]]                 [[6 000|AMOUNT]]     [[7 000|AMOUNT]]     [[13 "
        "000|AMOUNT]]\n"
        "[[Région Alsace|COLLECTIVITY]]                     -       [[2 500|AMOUNT]]      [[2 500|AMOUNT]]\n"
        "TOTAL                          [[6 000|AMOUNT]]     [[9 500|AMOUNT]]     [[15 500|AMOUNT]]\n"
        "(montants en euros)"
    )
    assert [(f, s[0].split()[0], y) for f, s, y in told(text)] == [
        ("Ville de Thann", "6000", "2015"),
        ("Ville de Thann", "7000", "2016"),
        ("Région Alsace", "2500", "2016"),
    ]


def test_table_of_grants_takes_what_was_granted() -> None:
    text = (
        "[[VILLE DE BREST|COLLECTIVITY]]\nConseil municipal, subventions\n\nStructure | Objet | Demandé "
        "| Accordé (en euros)\n"
        "[[Club de voile|ORG]] | [[sport|THEME]] | [[4 000|AMOUNT]] | [[2 500|AMOUNT]]\n[[Chorale du "
        "port|ORG]] | [[musique|THEME]] | [[900|AMOUNT]] | [[900|AMOUNT]]\n"
        "Total | | [[4 900|AMOUNT]] | [[3 400|AMOUNT]]"
    )
    assert [(f.purpose, str(f.amounts[0].value), f.amounts[0].currency) for f in read(text).fundings] == [
        ("Club de voile – sport", "2500", "EUR"),
        ("Chorale du port – musique", "900", "EUR"),
    ]


def test_table_without_layout_wraps_over_lines() -> None:
    text = (
        "[[Ville de Nîmes|COLLECTIVITY]]\nLe conseil attribue les subventions :\n\nCode Structure Nature "
        "Nom du projet Montant\n"
        "412 [[AMICALE DES JARDINS\nFAMILIAUX|ORG]] P [[FETE DES\nSEMIS|PROJECT]] [[500 €|AMOUNT]]\n97 "
        "[[CERCLE NAUTIQUE|ORG]] F [[1 200 €|AMOUNT]]\nTotal [[1 700 €|AMOUNT]]"
    )
    assert [f.purpose for f in read(text).fundings] == [
        "AMICALE DES JARDINS FAMILIAUX – FETE DES SEMIS",
        "CERCLE NAUTIQUE",
    ]


def test_table_read_cell_by_cell() -> None:
    text = (
        "[[Conseil municipal de Blaye|COLLECTIVITY]]\nSUBVENTIONS AUX ASSOCIATIONS\n\nStructure\nNom du "
        "projet\nMontant\n\n"
        "[[Rame et rivière|ORG]]\n[[Descente d'été|PROJECT]]\n[[800 €|AMOUNT]]\n\n[[Les Tréteaux|ORG]]\n"
        "[[Molière au village|PROJECT]]\n[[650 €|AMOUNT]]\n"
    )
    assert [(f.purpose, str(f.amounts[0].value)) for f in read(text).fundings] == [
        ("Rame et rivière – Descente d'été", "800"),
        ("Les Tréteaux – Molière au village", "650"),
    ]


def test_layout_table_goes_on_with_the_head_of_the_one_before() -> None:
    rows = [["Structure", "Montant"], ["[[Club A|ORG]]", "[[100 €|AMOUNT]]"]], [["[[Club B|ORG]]", "[[200 €|AMOUNT]]"]]
    head = "[[VILLE DE BREST|COLLECTIVITY]]\nAttribution de subventions\n\n"
    tables = ["\n".join(" | ".join(row) for row in table) for table in rows]
    text, _ = parse(head + "\n\n".join(tables))
    blocks, at = [], len(parse(head)[0])
    for table, marked in zip(rows, tables, strict=True):
        cells, start = [], at
        for i, row in enumerate(table):
            for j, cell in enumerate(row):
                size = len(parse(cell)[0])
                cells.append(Cell(start=at, end=at + size, row=i, column=j))
                at += size + 3
            at -= 2
        end = start + len(parse(marked)[0])
        blocks.append(Block(kind="table", start=start, end=end, cells=tuple(cells)))
        at = end + 2
    assert text[blocks[1].start : blocks[1].end] == "Club B | 200 €"
    record = read(head + "\n\n".join(tables), tuple(blocks))
    assert [f.purpose for f in record.fundings] == ["Club A", "Club B"]


def test_every_funding_has_evidence_in_the_text() -> None:
    record = read("La [[Région Bretagne|COLLECTIVITY]] apporte [[5 000 €|AMOUNT]] pour la rénovation du lavoir.")
    spans = record.fundings[0].evidence
    assert spans == ((3, 18), (27, 34))
    assert record.fundings[0].purpose == "pour la rénovation du lavoir"
