"""Sentences, names, document information, and the whole record."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marked_records import extraction, parse, read

from coopnlp.records import read_record, record_of
from coopnlp.records.parties import name_key, same_name
from coopnlp.records.reading import plain
from coopnlp.records.sentences import cut_sentences
from coopnlp.types import Party


def cut(text: str) -> list[str]:
    return [text[a:b] for a, b in cut_sentences(text)]


def test_wrapped_lines_are_one_sentence() -> None:
    text = "La commune de Foix a signé avec sa\npartenaire une longue convention qui\nles lie. Elle dure."
    assert cut(text) == [text[: text.index(" Elle")], "Elle dure."]


def test_abbreviations_end_no_sentence() -> None:
    assert len(cut("M. Roy et Mme. Diallo citent l'art. L. 1115 du code. Voilà.")) == 2


def test_table_rows_are_sentences() -> None:
    assert len(cut("Ville      Année\nFoix       2001\nDax        2002")) == 3


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="aB.;:\n -•1)é\t|", max_size=120))
def test_sentences_cover_the_words_once(text: str) -> None:
    spans = cut_sentences(text)
    assert all(a < b for a, b in spans)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    outside = "".join(
        text[b:c] for b, c in zip([0, *[e for _, e in spans]], [*[s for s, _ in spans], len(text)], strict=True)
    )
    assert not outside.strip()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_plain_keeps_the_length(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ville de Nantes", "Nantes", True),
        ("Conseil départemental du Nord", "département du Nord", True),
        ("Région Occitanie", "Occitanie", True),
        ("CC du Pays de Nay", "Pays de Nay", True),
        ("Eurométropole de Metz", "Metz", False),
        ("MRC de Laval", "Laval", False),
        ("Ville de Nantes", "Département de Nantes", False),
    ],
)
def test_names_of_one_authority(one: str, other: str, same: bool) -> None:
    assert same_name(Party(text=one), Party(text=other)) is same


def test_identifiers_decide() -> None:
    assert not same_name(
        Party(text="Laval", kb_id="fr-commune:53130"), Party(text="Laval", kb_id="qc-municipalite:65005")
    )


@pytest.mark.parametrize("name", ["Nantes", "MRC de Laval", "Région Sud"])
def test_a_name_is_itself(name: str) -> None:
    assert same_name(Party(text=name), Party(text=name))
    assert name_key(name)[1]


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("EXTRAIT DU REGISTRE DES DÉLIBÉRATIONS\nSéance du [[2 mai 2011|DATE]]", "délibération"),
        ("RAPPORT DE MISSION\nau [[Bénin|LOC]]", "rapport de mission"),
        ("COMMUNIQUÉ DE PRESSE\nPour diffusion immédiate", "communiqué"),
        ("Une fête\nPublié le [[3 mai 2012|DATE]] par [[Ana Ruiz|PER]]\nOn danse.", "article"),
        ("Appel à projets [[2014|DATE]]\nRèglement", "appel à projets"),
        ("Une recette de cuisine.", None),
    ],
)
def test_kind_of_document(marked: str, kind: str | None) -> None:
    assert read(marked).document.kind == kind


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        (
            "COMMUNE DE RIOM\nPROCÈS-VERBAL DU CONSEIL MUNICIPAL\n1. Budget\nAprès en avoir délibéré, le conseil adopte."
            "\n2. Jumelage\nDélibération n° 12. Après en avoir délibéré, le conseil adopte.",
            "procès-verbal",
        ),
        (
            "Bulletin municipal de Roberval\nno 4, automne 2013\nLa rentrée\nExtrait du procès-verbal\nRésolution 13-09\n"
            "CONSIDÉRANT QUE le pont est vieux ;\nEN CONSÉQUENCE, il est résolu de le refaire.",
            "bulletin",
        ),
        ("Compte rendu de la mission effectuée à [[Kita|LOC]]\nLe voyage fut long.", "rapport de mission"),
        (
            "MRC DU GRANIT\nExtrait du procès-verbal de la séance du conseil\nRÉSOLUTION 2014-22\nIl est résolu",
            "résolution",
        ),
        ("Extrait du procès-verbal de la séance du conseil\nLe conseil approuve la convention.", "délibération"),
        ("Résultats de l'appel à projets\nSix projets.", "liste de projets"),
        ("COMMUNIQUÉ DE PRESSE\nUn appel à projets est ouvert\nVendredi.", "communiqué"),
        ("Cher Monsieur Blin,\nLa valise est arrivée.", "lettre"),
        ("Discours de clôture\nMonsieur le Maire, chers amis,\nQuelle fête.", None),
        ("Le retour des hérons\nIl faudra faire un bilan en mars.\nLe compte rendu viendra.", None),
    ],
)
def test_the_first_line_that_names_a_kind_decides(marked: str, kind: str | None) -> None:
    assert read(marked).document.kind == kind


@pytest.mark.parametrize(
    ("marked", "title"),
    [
        (
            "[[VILLE DE RIOM|COLLECTIVITY]]\nDirection des relations internationales\n\nRAPPORT DE MISSION\n"
            "Kita et Bafoulabé, mars 2012\n\nRédactrice : [[Ana Ruiz|PER]]\n",
            "RAPPORT DE MISSION Kita et Bafoulabé, mars 2012",
        ),
        (
            "PROVINCE DE QUÉBEC\nMRC DU GRANIT\nProcès-verbal de la séance ordinaire du conseil tenue le lundi 3 mars"
            " 2014, à 19 h, au centre communautaire.\n",
            "Procès-verbal de la séance ordinaire du conseil tenue le lundi 3 mars 2014",
        ),
        ("COMMUNIQUÉ DE PRESSE\n\nUne passerelle pour Sorel\n\nElle ouvrira.", "Une passerelle pour Sorel"),
        ("Ville de Riom\nNote au maire\nObjet : puits de Salal\nIl manque deux pompes.", "puits de Salal"),
        ("Accueil  >  Monde\nUn marché pour Kaya\nPublié le 3 mai", "Un marché pour Kaya"),
        (
            "Les jardins de Thiès\nune enquête de terrain\n\nLe sable avance.",
            "Les jardins de Thiès une enquête de terrain",
        ),
        ("Cher Monsieur Blin,\nLa valise est arrivée.", None),
    ],
)
def test_the_title_stands_below_letterhead_and_menu(marked: str, title: str | None) -> None:
    assert read(marked).document.title == title


ACT = (
    "{stamp}Direction du Secrétariat Général\n\nSéance publique du jeudi 24 avril 2014\n\nActe certifié exécutoire\n\n"
    "Extrait du registre des délibérations du conseil municipal de la [[Ville de Dole|COLLECTIVITY]]\n\nn° 2014 / 171\n\n"
    "Convoqué le 17 avril, le conseil municipal s'est réuni en mairie.\n\nPrésents :\n\nAnne Roy, Luc Gay, Paul Blanc, "
    "Jean Petit, Marie Noir\n\nAbsents :\n\n{title}\n\n{begins}\n\nLe club de la ville organise un tournoi.\n"
)


@pytest.mark.parametrize(
    ("title", "begins", "told"),
    [
        ("Aide au club de rugby", "Monsieur le Maire rapporte :", "Aide au club de rugby"),
        ("Aide au club de rugby", "Vu le code général des collectivités territoriales,", "Aide au club de rugby"),
        (
            "Association Cour des arts (ACA)\n\nDésignation des représentants de la Ville",
            "Mme Roy expose :",
            "Association Cour des arts (ACA) Désignation des représentants de la Ville",
        ),
        (
            "Aide au club de rugby pour\nson centenaire",
            "M. Gay présente :",
            "Aide au club de rugby pour son centenaire",
        ),
        ("Objet n° 12 : aide au club de rugby", "Le maire expose ce qui suit.", "aide au club de rugby"),
    ],
)
@pytest.mark.parametrize("stamp", ["", "Accusé de réception – Ministère de l'intérieur\n\n"])
def test_an_act_is_named_above_its_report(stamp: str, title: str, begins: str, told: str) -> None:
    found = read(ACT.format(stamp=stamp, title=title, begins=begins)).document
    assert (found.kind, found.title) == ("délibération", told)


def test_the_name_of_the_site_is_no_part_of_a_stated_title() -> None:
    from coopnlp.types import Metadata

    text, entities = parse("[[Ville de Dole|COLLECTIVITY]] et Tahoua.")
    stated = extraction(text).model_copy(update={"metadata": Metadata(title="Ville de Dole - La lettre, no 3")})
    assert record_of(stated, entities).document.title == "La lettre, no 3"
    only = extraction(text).model_copy(update={"metadata": Metadata(title="Ville de Dole")})
    assert record_of(only, entities).document.title != "Ville de Dole"


@pytest.mark.parametrize(
    ("marked", "date"),
    [
        (
            "Bulletin de la MRC – no 8, [[mars 2014|DATE]]\nL'entente sera signée à [[Sorel|LOC]] le [[2 mai 2014|DATE]].",
            "2014-03",
        ),
        ("Une entente\nElle sera signée à [[Sorel|LOC]] le [[2 mai 2014|DATE]].", None),
        ("Une entente\nElle fut signée à [[Sorel|LOC]] le [[2 mai 2004|DATE]].", None),
        ("CONVENTION\nEntre A et B.\nFait à [[Sorel|LOC]], le [[2 mai 2014|DATE]]", "2014-05-02"),
        ("Plan d'action\nAdopté par le comité à [[Sorel|LOC]], le [[2 mai 2014|DATE]]", "2014-05-02"),
        ("Conseil\nApprobation du procès-verbal de la séance du [[2 mai 2014|DATE]].", None),
        (
            "[[Sorel|LOC]] et [[Riom|LOC]], le [[2 mai 2014|DATE]] – Le pont rouvre aux voitures et aux vélos.",
            "2014-05-02",
        ),
        ("Prochaine séance du [[2 mai 2014|DATE]]", None),
    ],
)
def test_the_date_is_that_of_the_document(marked: str, date: str | None) -> None:
    assert read(marked).document.date == date


@pytest.mark.parametrize(
    ("marked", "author"),
    [
        ("RAPPORT DE MISSION\nRédactrice : [[Ana Ruiz|PER]], chargée de mission\nKita", "Ana Ruiz"),
        ("Un marché\nAutrice : Ana Ruiz\nOn vend.", "Ana Ruiz"),
        ("Un marché\nPar [[Ana Ruiz|PER]] et [[Luc Morel|PER]]\nOn vend.", "Ana Ruiz et Luc Morel"),
        ("Un marché\nTexte : [[Ana Ruiz|PER]]\nOn vend.", "Ana Ruiz"),
        ("PROCÈS-VERBAL\n1. Budget\nRapporteur : M. [[Luc Morel|PER]]\n2. Voirie\nRapporteur : [[Ana Ruiz|PER]]", None),
        (
            "Un marché\nLa halle a été inaugurée hier matin devant les forains et leurs clients\npar [[Ana Ruiz|PER]].",
            None,
        ),
        ("Un marché\n« C'est beau », dit [[Ana Ruiz|PER]], présidée par [[Luc Morel|PER]].", None),
    ],
)
def test_who_wrote_it(marked: str, author: str | None) -> None:
    assert read(marked).document.author == author


def test_date_and_author_of_an_article() -> None:
    document = read(
        "Le marché rouvre\n\nPublié le [[03/05/2012|DATE]] par [[Ana Ruiz|PER]]\n\nOn s'y presse depuis [[1998|DATE]]."
    ).document
    assert (document.title, document.date, document.author) == ("Le marché rouvre", "2012-05-03", "Ana Ruiz")


def test_date_of_a_council() -> None:
    assert (
        read("Procès-verbal\nSéance du [[2 mai 2011|DATE]]\nVu la loi du [[6 juin 2000|DATE]],").document.date
        == "2011-05-02"
    )


def test_empty_document() -> None:
    record = read("")
    assert (record.fundings, record.partnerships, record.agreements, record.projects, record.atlas) == (
        (),
        (),
        (),
        (),
        None,
    )
    assert record.to_json()["atlas"] is None


def test_document_of_another_text_is_refused() -> None:
    import spacy

    doc = spacy.blank("fr")("Un texte.")
    with pytest.raises(ValueError, match="its extraction"):
        read_record(doc, extraction("Un autre texte."))


def test_record_from_a_doc() -> None:
    import spacy

    from coopnlp.pipeline.values import register_extensions, set_value
    from coopnlp.types import Amount

    register_extensions()
    text = "La Région Bretagne apporte 5 000 € au projet."
    doc = spacy.blank("fr")(text)
    region = doc.char_span(3, 18, label="COLLECTIVITY", kb_id="fr-region:53", alignment_mode="expand")
    money = doc.char_span(27, 34, label="AMOUNT", alignment_mode="expand")
    assert region is not None and money is not None
    set_value(money, Amount(value=5000, currency="EUR"))
    doc.ents = [region, money]
    record = read_record(doc, extraction(text))
    assert record.fundings[0].funder.kb_id == "fr-region:53"
    assert record.entities[1].value == Amount(value=5000, currency="EUR")


@pytest.mark.parametrize(
    ("marked", "date"),
    [
        (
            "COMMUNE DE MIALET\n\nConseil municipal extraordinaire, [[18 juillet 2022|DATE]], sous le préau.\n",
            "2022-07-18",
        ),
        ("CONSEIL COMMUNAUTAIRE DU JEUDI [[27 juin 2013|DATE]] – RELEVÉ\n\nAffaires diverses.\n", "2013-06-27"),
        ("PAYS DE FOIX\nConseil – mardi [[13 mai 2019|DATE]] – Foix\n\n10. Agriculture\n", "2019-05-13"),
        ("Évaluation conjointe\nAnnexes au rapport final ([[juillet 2018|DATE]])\n\nLe programme a duré.\n", "2018-07"),
        ("Tableau de bord\nSituation au [[30 juin 2020|DATE]]\n\nRien à signaler.\n", "2020-06-30"),
        (
            "Le jumelage boite\n\nOn en parle beaucoup.\n\nEntretien réalisé par téléphone le [[20 janvier 2023|DATE]] par "
            "Moussa Diallo.\n",
            "2023-01-20",
        ),
        ("Wiki\n\nLa ville.\n\nDernière modification de cette page le [[8 février 2020|DATE]] à 9 h.\n", "2020-02-08"),
        (
            "AVIS\n\nFournitures scolaires.\nRemise des offres : [[17 juin 2021|DATE]] à midi\n\n"
            "Date d'envoi du présent avis : [[25 mai 2021|DATE]]\n",
            "2021-05-25",
        ),
        ("RAPPORT DE MISSION\nTogo, du [[24 au 30 novembre 2012|DATE]]\n\nNous avons vu la mer.\n", "2012-11-24"),
        (
            "CONVENTION\n\nLes parties.\n\nÀ [[Lumbres|LOC]], le [[9 septembre 2013|DATE]]\nPour la collectivité, G. Kerbrat\n"
            "Pour l'association, S. Roy\nVisa du comptable\nLouise Peyre\n",
            "2013-09-09",
        ),
        ("Le comité\n\nLe comité, fondé le [[3 mai 1990|DATE]] à Foix, a son siège à Dax.\n", None),
        ("Appel à projets\n\nLa remise des dossiers est fixée au [[17 juin 2021|DATE]] à midi.\n", None),
        ("Conseil\n\nLe maire et le conseil du [[3 mai 2011|DATE]] avaient dit non.\n", None),
    ],
)
def test_how_documents_date_themselves(marked: str, date: str | None) -> None:
    assert read(marked).document.date == date
