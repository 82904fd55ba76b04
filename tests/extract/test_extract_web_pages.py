"""Saved pages: floors of the measure, metadata, frames, folders, MHTML, what scripts fill."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

import pytest
from extract_makers import zip_of
from test_extract_plain import assert_sound
from web_server import Answer, serving

from coopnlp.errors import NoText, UnreadableFile
from coopnlp.extract import extract, sources
from coopnlp.extract.decode import decode
from coopnlp.extract.formats import Format, detect
from coopnlp.extract.mhtml import is_mhtml
from coopnlp.extract.saved_pages import FolderBeside, is_fragment
from coopnlp.types import Extraction

DATA = Path(__file__).resolve().parent.parent / "data" / "web"
sys.path.insert(0, str(DATA.parent.parent / "benchmarks"))

import web_pages  # noqa: E402

PAGES = {name: (file, expected) for name, file, expected in web_pages.pages(DATA / "pages")}
HELD_OUT = {name: (file, expected) for name, file, expected in web_pages.pages(DATA / "held_out")}
UNSEEN = {name: (file, expected) for name, file, expected in web_pages.pages(DATA / "unseen")}
SENTENCE = "Le comité a reçu douze lycéens de Rimouski et les a menés voir la haie du collège, qui a bien poussé. "


def page(markup: str | bytes, name: str = "page.html") -> Extraction:
    found = extract(markup if isinstance(markup, bytes) else markup.encode(), name=name)
    assert_sound(found)
    return found


def notices(found: Extraction, kind: str) -> str:
    return " ".join(notice.message for notice in found.notices if notice.kind == kind)


class TestFloors:
    """What is reached is held; a floor is lowered on purpose or not at all."""

    @pytest.mark.parametrize("name", [*PAGES, *HELD_OUT])
    def test_of_each_page(self, name: str) -> None:
        file, expected = (PAGES | HELD_OUT)[name]
        score = web_pages.score(extract(file).text, expected)
        assert score.recall >= 0.995, score
        assert score.precision >= 0.87, score
        assert score.order >= 0.89, score

    @pytest.mark.parametrize("name", UNSEEN)
    def test_nothing_is_lost_of_pages_that_the_code_was_not_fitted_to(self, name: str) -> None:
        file, expected = UNSEEN[name]
        assert web_pages.score(extract(file).text, expected).recall >= 0.995

    @pytest.mark.parametrize(("folder", "floor"), [("pages", 0.98), ("held_out", 0.98), ("unseen", 0.95)])
    def test_of_all_and_above_trafilatura(self, folder: str, floor: float) -> None:
        found = web_pages.measure(DATA / folder)
        alone = [name for name, file, _ in web_pages.pages(DATA / folder) if web_pages.is_one_file(file)]
        totals = {reader: sum((scores[name] for name in alone), web_pages.Score()) for reader, scores in found.items()}
        assert totals["coopnlp"].f1 >= floor
        assert all(totals["coopnlp"].f1 > total.f1 for reader, total in totals.items() if reader != "coopnlp")

    def test_the_score_counts_what_it_says(self) -> None:
        score = web_pages.score("Le maire de Sées parle. Menu", "Le maire de Sées\nparle.\n? Menu Accueil")
        assert (score.precision, score.recall, score.order) == (1.0, 1.0, 1.0)
        score = web_pages.score("parle Le maire Pied", "Le maire de Sées parle.")
        assert (score.right, score.extra, score.missed, score.runs_found) == (3, 1, 2, 0)


class TestMetadata:
    """What pages say about themselves."""

    @pytest.mark.parametrize(
        ("name", "title", "date", "author", "language", "url"),
        [
            (
                "presse-locale", "Vingt lycéens de Fontenay-le-Comte partent bâtir une serre à Antoing", "2017-03-21",
                "Maëlle Guitton", "fr", "https://www.courrier-du-marais.example/2017/03/21/lyceens-serre-antoing/",
            ),
            (
                "presse-abonnes", "À Mayotte, la coopération avec les Comores au point mort", "2021-09-14",
                "Élise Vandroux", "fr",
                "https://www.quotidien-ocean.example/monde/article/2021/09/14/mayotte-comores_6094501_3212.html",
            ),
            ("blog", "Semaine 3 : le moulin tourne !", "2010-02-28", None, None, None),
            (
                "application", "Le jumelage Vitré-Greece relancé | Terre de Vilaine", "2022-05-02", "Théo Lemarchand",
                "fr", "https://terredevilaine.example/actus/jumelage-greece",
            ),
            ("repertoire", "Index of /archives/deliberations/2011", None, None, None, None),
            ("forum", "Assurance des familles d'accueil", None, "Monique Thouars", "fr", None),
            (
                "comite", "Liesborn - Comité de Quimperlé", None, None, "fr",
                "https://www.quimperle-jumelages.example/liesborn.php",
            ),
            (
                "szolnok", "La Nièvre et Szolnok signent pour quatre ans", "2019-05-17", None, "fr",
                "https://nievre.example/actualites/szolnok",
            ),
            ("conseil-1999", "Mairie de Saint-Girons-en-Béarn - Les délibérations", None, None, None, None),
        ],
    )  # fmt: skip
    def test_of_saved_pages(
        self, name: str, title: str, date: str | None, author: str | None, language: str | None, url: str | None
    ) -> None:
        found = extract(PAGES[name][0]).metadata
        assert (found.title, found.date, found.author, found.language, found.url) == (
            title,
            date,
            author,
            language,
            url,
        )

    @pytest.mark.parametrize(
        ("line", "date"),
        [
            ("Publié le 3 mai 2004 par le service", "2004-05-03"),
            ("Mis en ligne le lundi 1er août 2011", "2011-08-01"),
            ("Dernière mise à jour le : 14/01/2003", "2003-01-14"),
            ("Le conseil s'est réuni le 3 mai.", None),
            ("Mise à jour le 45/01/2003", None),
        ],
    )
    def test_a_date_that_a_line_states(self, line: str, date: str | None) -> None:
        assert page(f"<html><body><h1>Lettre</h1><p>{SENTENCE}</p><p>{line}</p></body></html>").metadata.date == date

    def test_a_date_in_the_name_of_a_linked_file_is_not_that_of_the_page(self) -> None:
        links = "".join(f'<li><a href="CM_2011-0{n}-27.pdf">CM_2011-0{n}-27.pdf</a></li>' for n in range(1, 5))
        assert page(f"<html><body><h1>Conseils</h1><ul>{links}</ul></body></html>").metadata.date is None

    @pytest.mark.parametrize(
        ("head", "url"),
        [
            ('<link rel="canonical" href="https://ville.example/a">', "https://ville.example/a"),
            ('<link rel="shortlink canonical" href="/a"><meta property="og:url" content="https://v.example/b">',
             "https://v.example/b"),
            ('<link rel="canonical" href="javascript:alert(1)">', None),
            ('<link rel="canonical" href="http://[broken">', None),
        ],
    )  # fmt: skip
    def test_the_address(self, head: str, url: str | None) -> None:
        assert page(f"<html><head>{head}</head><body><p>{SENTENCE}</p></body></html>").metadata.url == url

    def test_a_short_address_is_completed_by_where_the_page_came_from(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COOPNLP_CACHE", "off")
        markup = f'<html><head><link rel="canonical" href="/pv/12"></head><body><p>{SENTENCE}</p></body></html>'
        with serving({"/x": Answer(markup.encode(), headers={"Content-Type": "text/html"})}) as site:
            assert extract(f"{site.url}/x", allow_private=True).metadata.url == f"{site.url}/pv/12"


class TestEncodings:
    """What declarations are worth."""

    @pytest.mark.parametrize(
        ("data", "declared", "encoding"),
        [
            ("Un été à Nîmes".encode(), "iso-8859-1", "utf_8"),
            ("Un été à Nîmes".encode("cp1252"), "utf-8", "cp1252"),
            ("L’été coûte 5 €".encode("cp1252"), "iso-8859-1", "cp1252"),
            (b"Ete", "utf-16", "utf_8"),
            ("Été".encode("utf-16-le"), "utf-16-le", "utf-16-le"),
            ("Été".encode("mac_roman"), "x-mac-roman", "mac-roman"),
            ("Été".encode(), "hex", "utf_8"),
            ("Été".encode(), "punycode", "utf_8"),
            ("Été".encode(), "rot13", "utf_8"),
            ("Été".encode("cp1252"), "user-defined", "cp1252"),
        ],
    )
    def test_of_bytes(self, data: bytes, declared: str, encoding: str) -> None:
        text, found = decode(data, declared)
        assert found == encoding
        assert "\ufffd" not in text


class TestFrames:
    """Pages in frames."""

    @staticmethod
    def site(folder: Path, **pages: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        for name, body in pages.items():
            file = folder / f"{name}.htm"
            file.write_bytes(f"<html><head><title>{name}</title></head>{body}</html>".encode("cp1252"))
        return folder / "index.htm"

    def test_menus_in_frames_are_left_out_and_named(self) -> None:
        found = extract(PAGES["conseil-1999"][0])
        assert "visiteurs depuis 1998" not in found.text
        assert "textes/cm990924.htm" in notices(found, "joined")
        assert "« Bienvenue à Saint-Girons Accueil" in notices(found, "left_out")

    def test_frames_that_are_not_there_are_named(self, tmp_path: Path) -> None:
        index = self.site(
            tmp_path,
            index='<frameset><frame src="absent.htm"><frame src="texte.htm"></frameset>',
            texte=f"<body><p>{SENTENCE}</p></body>",
        )
        found = extract(index)
        assert "douze lycéens" in found.text
        assert "absent.htm" in notices(found, "left_out")

    def test_a_frame_set_without_any_of_its_frames_is_an_error_that_names_them(self, tmp_path: Path) -> None:
        index = self.site(tmp_path, index='<frameset><frame src="a.htm"><frame src="b.htm"></frameset>')
        with pytest.raises(NoText, match=r"a\.htm, b\.htm"):
            extract(index)

    def test_but_for_what_it_says_to_browsers_without_frames(self, tmp_path: Path) -> None:
        index = self.site(
            tmp_path,
            index=f'<frameset><frame src="a.htm"><noframes><body><p>{SENTENCE}</p></body></noframes></frameset>',
        )
        assert "douze lycéens" in extract(index).text

    @pytest.mark.parametrize(
        "address",
        [
            "../secret.htm", "sous/../../secret.htm", "%2e%2e/secret.htm", "..\\secret.htm", "/etc/passwd",
            "file:///etc/passwd", "\\\\hôte\\part\\x.htm", "lien.htm", "http://127.0.0.1:9/x", "a%00b.htm",
        ],
    )  # fmt: skip
    def test_nothing_outside_the_folder_is_read(self, address: str, tmp_path: Path) -> None:
        (tmp_path / "secret.htm").write_text(f"<html><body><p>secret {SENTENCE}</p></body></html>")
        index = self.site(
            tmp_path / "site",
            index=f'<body><p>{SENTENCE}</p><iframe src="{address}"></iframe></body>',
        )
        (tmp_path / "site" / "lien.htm").symlink_to(tmp_path / "secret.htm")
        found = extract(index)
        assert "secret" not in found.text
        assert "Cadres non lus" in notices(found, "left_out")

    def test_pages_that_frame_each_other_end(self, tmp_path: Path) -> None:
        index = self.site(
            tmp_path,
            index=f'<body><p>Un. {SENTENCE}</p><iframe src="b.htm"></iframe></body>',
            b=f'<body><p>Deux. {SENTENCE}</p><iframe src="index.htm"></iframe><iframe src="b.htm"></iframe></body>',
        )
        assert extract(index).text.count("Deux.") == 1

    def test_hundreds_of_frames_are_not_all_tried(self, tmp_path: Path) -> None:
        frames = "".join(f'<iframe src="f{n}.htm"></iframe>' for n in range(300))
        pages = {f"f{n}": f"<body><p>Cadre {n}. {SENTENCE}</p></body>" for n in range(300)}
        index = self.site(tmp_path, index=f"<body><p>{SENTENCE}</p>{frames}</body>", **pages)
        assert extract(index).text.count("Cadre ") == 20

    def test_names_of_files_as_windows_takes_them(self, tmp_path: Path) -> None:
        index = self.site(
            tmp_path, index='<frameset><frame src="TEXTE.HTM"></frameset>', texte=f"<body><p>{SENTENCE}</p></body>"
        )
        assert "douze lycéens" in extract(index).text

    def test_frames_of_a_member_of_an_archive(self, tmp_path: Path) -> None:
        archive = tmp_path / "site.zip"
        archive.write_bytes(
            zip_of(
                {
                    "a/index.htm": b'<html><frameset><frame src="t.htm"><frame src="../hors.htm"></frameset></html>',
                    "a/t.htm": f"<html><body><p>{SENTENCE}</p></body></html>".encode(),
                    "hors.htm": f"<html><body><p>dehors {SENTENCE}</p></body></html>".encode(),
                }
            )
        )
        found = extract(archive / "a" / "index.htm")
        assert "douze lycéens" in found.text
        assert "dehors" not in found.text

    def test_frames_on_the_web_are_those_of_the_same_host(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("COOPNLP_CACHE", str(tmp_path))
        monkeypatch.setattr("coopnlp.extract.fetch.PAUSE_SECONDS", 0.0)
        html = {"Content-Type": "text/html"}
        text = f"<html><body><p>{SENTENCE}</p></body></html>".encode()
        with serving({"/x.htm": Answer(text, headers=html)}) as other:
            pages = {
                "/": Answer(
                    f'<html><frameset><frame src="t.htm"><frame src="{other.url}/x.htm"></frameset></html>'.encode(),
                    headers=html,
                ),
                "/t.htm": Answer(text.replace(b"douze", b"treize"), headers=html),
            }
            with serving(pages) as site:
                found = extract(f"{site.url}/", allow_private=True)
            assert "treize lycéens" in found.text
            assert other.asked == []
            assert other.url in notices(found, "left_out")

    def test_a_frame_of_an_advertiser_is_no_content(self) -> None:
        found = extract(PAGES["comite"][0])
        assert "Vérandas" not in found.text
        assert "saved_resource.html" in notices(found, "left_out")


class TestSavedFolders:
    """Pages and the folders that browsers save beside them."""

    FILES = (
        "pv.html", "pv_files/cadre.html", "pv_files/style.css", "pv_files/annexe.pdf", "pv_files/sous/cadre.htm",
        "Séance.HTM", "Séance_fichiers/image001.htm", "word.htm", "word.files/header.htm", "photos_files/album.html",
        "_files/x.html",
    )  # fmt: skip
    KEPT = ("Séance.HTM", "_files/x.html", "photos_files/album.html", "pv.html", "pv_files/annexe.pdf", "word.htm")

    def test_parts_of_a_page_are_no_documents(self, tmp_path: Path) -> None:
        for name in self.FILES:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("x")
        found = [Path(str(path)).relative_to(tmp_path).as_posix() for path in sources([tmp_path])]
        assert sorted(found) == sorted(self.KEPT)

    def test_nor_in_an_archive(self, tmp_path: Path) -> None:
        archive = tmp_path / "envoi.zip"
        archive.write_bytes(zip_of({f"lot/{name}": b"x" for name in self.FILES}))
        found = [Path(str(path)).relative_to(archive / "lot").as_posix() for path in sources([archive])]
        assert sorted(found) == sorted(self.KEPT)

    def test_a_folder_that_is_asked_for_is_listed(self, tmp_path: Path) -> None:
        (tmp_path / "pv_files").mkdir()
        for name in ("pv.html", "pv_files/cadre.html"):
            (tmp_path / name).write_text("x")
        assert list(sources([tmp_path / "pv_files"])) == [tmp_path / "pv_files" / "cadre.html"]

    def test_without_its_page_a_folder_is_one_like_others(self) -> None:
        assert not is_fragment(PurePosixPath("pv_files/a.html"), lambda path: False)

    def test_a_neighbour_is_found_by_what_the_page_writes(self, tmp_path: Path) -> None:
        (tmp_path / "Séance du 3_fichiers").mkdir()
        (tmp_path / "Séance du 3_fichiers" / "a b.htm").write_text("x")
        found = FolderBeside(tmp_path, tmp_path).find("./S%C3%A9ance%20du%203_fichiers/a%20b.htm?x=1#y")
        assert found is not None
        assert (found.name, found.data) == ("a b.htm", b"x")


class TestMhtml:
    """Pages saved as one file."""

    IE = (
        'From: "Enregistr=E9 par Windows Internet Explorer 8"\r\nSubject: =?windows-1252?Q?S=E9ance_du_3?=\r\n'
        "Date: Tue, 4 Mar 2008 10:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
        '\ttype="text/html";\r\n\tboundary="----=_N"\r\n\r\nThis is a multi-part message in MIME format.\r\n\r\n'
        '------=_N\r\nContent-Type: text/html;\r\n\tcharset="windows-1252"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
        "Content-Location: http://mairie.example/index.htm\r\n\r\n"
        '<HTML><FRAMESET cols=3D"20,*"><FRAME src=3D"menu.htm"><FRAME src=3D"pv/texte.htm"></FRAMESET></HTML>\r\n\r\n'
        '------=_N\r\nContent-Type: text/html;\r\n\tcharset="windows-1252"\r\nContent-Transfer-Encoding: quoted-printable\r\n'
        "Content-Location: http://mairie.example/pv/texte.htm\r\n\r\n"
        "<HTML><BODY><P>Le conseil d=92=C9vran vote 4 500 =80 pour l=92=E9change d=92=E9coliers avec la ville de Shippa=\r\n"
        "gan, au Nouveau-Brunswick.</BODY></HTML>\r\n\r\n------=_N--\r\n"
    )

    def test_of_internet_explorer_with_frames(self) -> None:
        found = page(self.IE.encode("cp1252"), "seance.mht")
        assert "Le conseil d’Évran vote 4 500 € pour l’échange d’écoliers avec la ville de Shippagan" in found.text
        assert found.metadata.url == "http://mairie.example/index.htm"
        assert "menu.htm" in notices(found, "left_out")

    def test_is_told_by_its_bytes_whatever_its_name(self) -> None:
        data = PAGES["szolnok"][0].read_bytes()
        assert detect(data, "page.dat") is Format.MHTML
        assert extract(data, name="page").source.media_type == "multipart/related"

    def test_a_letter_with_pictures_is_none(self) -> None:
        letter = (
            b"From: a@b.example\r\nTo: c@d.example\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        )
        assert not is_mhtml(letter, ".eml")
        assert is_mhtml(letter, ".mht")

    @pytest.mark.parametrize("cut", [300, 700, 1100, 1500])
    def test_a_file_that_was_cut(self, cut: int) -> None:
        try:
            page(self.IE.encode("cp1252")[:cut], "seance.mht")
        except (NoText, UnreadableFile) as error:
            assert str(error)

    def test_without_a_page(self) -> None:
        text = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: text/css\r\n\r\nx\r\n--x--"
        with pytest.raises(UnreadableFile, match="without a page"):
            page(text, "x.mhtml")


class TestScripts:
    """Pages that scripts fill, and parts that a click opens."""

    SHELL = "<html><head><title>Ville</title></head><body>{0}<div id='root'></div><script>run()</script></body></html>"

    def test_an_empty_application_is_an_error_that_says_what_to_do(self) -> None:
        with pytest.raises(NoText, match="open it in a browser"):
            page(self.SHELL.format("<noscript>Vous devez activer JavaScript.</noscript>"))

    def test_what_it_says_without_scripts_is_text(self) -> None:
        found = page(self.SHELL.format(f"<noscript><p>{SENTENCE * 3}</p></noscript>"))
        assert found.text.count("douze lycéens") == 3
        assert notices(found, "guessed")

    def test_the_article_in_its_data_is_text_and_said_to_be(self) -> None:
        found = extract(PAGES["application"][0])
        assert "que des scripts affichent" in notices(found, "guessed")

    @pytest.mark.parametrize("data", ["{", '{"@type":"NewsArticle","articleBody":5}', "[" * 5000, '{"@type":["X"]}'])
    def test_broken_data_is_passed_over(self, data: str) -> None:
        found = page(f'<html><body><script type="application/ld+json">{data}</script><p>{SENTENCE}</p></body></html>')
        assert found.text.startswith("Le comité")

    def test_a_page_with_next_to_no_text_says_so(self) -> None:
        found = page(self.SHELL.format("<h1>Budget de la ville</h1>") + "<!--" + "x" * 1000 + "-->")
        assert "presque sans texte" in notices(found, "page_empty")

    def test_hidden_windows_are_no_content_and_hidden_answers_are(self) -> None:
        found = page(
            f"<html><body><h1>Bourses</h1><p>{SENTENCE}</p><div style='display: none'><p>Votre session expire.</p></div>"
            f"<button aria-controls='r1'>Qui est aidé ?</button><div id='r1' hidden><p>{SENTENCE}</p></div></body></html>"
        )
        assert found.text.count("douze lycéens") == 2
        assert "Qui est aidé ?" in found.text
        assert "session" not in found.text

    def test_columns_that_telephones_hide_are_content(self) -> None:
        found = page(
            f"<html><body><h1>Bourses</h1><p>{SENTENCE}</p><div class='d-none d-md-block'>Adopté.</div></body></html>"
        )
        assert "Adopté." in found.text

    def test_a_document_shown_in_the_page_is_named(self) -> None:
        found = page(
            f'<html><body><h1>PV</h1><p>{SENTENCE}</p><iframe src="/docs/pv.pdf#page=2"></iframe></body></html>'
        )
        assert "/docs/pv.pdf#page=2" in notices(found, "left_out")
        assert "Cadres" not in notices(found, "left_out")

    def test_an_article_that_is_cut_says_so(self) -> None:
        assert "abonnement" in notices(extract(PAGES["presse-abonnes"][0]), "truncated")
        assert not notices(extract(PAGES["presse-locale"][0]), "truncated")


class TestContentThatLooksLikeChrome:
    """Words of banners and feet of pages that are also words of towns."""

    @pytest.mark.parametrize(
        "line",
        [
            "Crédits : 12 000 € votés au budget primitif.", "Abonnez-vous à la médiathèque : 5 € par an et par famille.",
            "Partager sur place le repas des anciens.", "Réalisation : 2012-2014.", "Site créé en 1998 à la demande du lycée.",
            "Ce site industriel utilise des eaux de pluie.", "Chargement des camions à Dakar.",
        ],
    )  # fmt: skip
    def test_lines_stay(self, line: str) -> None:
        assert line in page(f"<html><body><h1>Lettre</h1><p>{SENTENCE}</p><p>{line}</p></body></html>").text

    @pytest.mark.parametrize(
        "name", ["abonnements", "image-overlay", "reseaux-eau", "menuiserie", "navigants", "d-none d-lg-flex"]
    )
    def test_classes_stay(self, name: str) -> None:
        found = page(
            f"<html><body><h1>Lettre</h1><p>{SENTENCE * 2}</p><div class='{name}'><p>Adopté hier.</p></div></body></html>"
        )
        assert "Adopté hier." in found.text

    def test_a_box_of_an_article_stays_and_a_side_column_does_not(self) -> None:
        box = f"<aside><h2>Repères</h2><p>{SENTENCE}</p></aside>"
        assert (
            "Repères" in page(f"<html><body><article><h1>A</h1><p>{SENTENCE * 3}</p>{box}</article></body></html>").text
        )
        assert (
            "Repères"
            not in page(f"<html><body><article><h1>A</h1><p>{SENTENCE * 3}</p></article>{box}</body></html>").text
        )

    def test_a_page_that_only_leads_on_says_where(self) -> None:
        with pytest.raises(NoText, match=r"accueil\.htm"):
            page('<html><head><meta http-equiv="Refresh" content="0; URL=accueil.htm"></head><body></body></html>')


class TestLinks:
    """What is a menu and what is a list of documents."""

    def test_a_list_of_documents_after_the_text_stays(self) -> None:
        links = "".join(f'<li><a href="/d/{n}.pdf">Conseil no {n}</a></li>' for n in range(1, 6))
        found = page(f"<html><body><h1>Conseils</h1><p>{SENTENCE}</p><h2>2014</h2><ul>{links}</ul></body></html>")
        assert found.text.endswith("- Conseil no 5")
        assert "2014" in found.text

    def test_a_list_of_pages_after_the_text_does_not(self) -> None:
        links = "".join(f'<li><a href="/p/{n}">Rubrique {n}</a></li>' for n in range(1, 6))
        found = page(f"<html><body><h1>Conseils</h1><p>{SENTENCE}</p><h2>Rubriques</h2><ul>{links}</ul></body></html>")
        assert "Rubrique" not in found.text

    def test_a_heading_that_is_a_link_to_its_own_page_stays(self) -> None:
        found = page(
            "<html><head><title>Le moulin tourne - Carnets</title></head><body><h1><a href='/'>Carnets</a></h1>"
            f"<h2><a href='/m'>Le moulin tourne</a></h2><p>{SENTENCE}</p></body></html>"
        )
        assert found.text.startswith("Le moulin tourne")

    def test_words_that_only_style_sheets_part(self) -> None:
        found = page(
            f"<html><body><p><span>Par Élise Vandroux</span><span>Publié hier</span></p><p>{SENTENCE}</p></body></html>"
        )
        assert "Vandroux Publié" in found.text

    def test_a_drop_cap_stays_in_its_word(self) -> None:
        found = page(f"<html><body><p><span>L</span><span>e maire</span> parle. {SENTENCE}</p></body></html>")
        assert found.text.startswith("Le maire")
