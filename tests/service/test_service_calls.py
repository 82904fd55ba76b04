"""What the calls answer: the objects of the contract, whatever form a document is sent in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from coopnlp.cli import app as command_line
from coopnlp.types import Record

DOCUMENTS = Path(__file__).resolve().parent.parent.parent / "examples" / "documents"
TEXT = "Le 14 juin 2019, la Ville de Roanne et la MRC de Portneuf ont signé une entente. La Région verse 12 500 €."


def said(*words: str) -> list[dict[str, Any]]:
    """What the command line prints, without the path that only it knows."""
    done = CliRunner().invoke(command_line, list(words))
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        line.get("source", {}).pop("path", None)
    return lines


@pytest.fixture(scope="module")
def described(client: httpx.Client) -> dict[str, Any]:
    """The OpenAPI description."""
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def fits(described: dict[str, Any], name: str, answer: dict[str, Any]) -> None:
    """Check an answer against the schema of the description."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
    Draft202012Validator(schema).validate(answer)


@pytest.mark.parametrize("name", ["laureats-appel-2024.pdf", "convention-fecamp-matane.docx"])
def test_process_gives_the_line_of_the_command(client: httpx.Client, described: dict[str, Any], name: str) -> None:
    path = DOCUMENTS / name
    (line,) = said("process", str(path))
    form = client.post("/v1/process", files={"file": (name, path.read_bytes())})
    raw = client.post("/v1/process", params={"name": name}, content=path.read_bytes())
    assert (form.status_code, raw.status_code) == (200, 200)
    assert form.json() == raw.json() == line
    fits(described, "Record", line)
    assert Record.model_validate(line).to_json() == line


def test_annotate_gives_the_line_of_the_command(
    client: httpx.Client, described: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "note.txt"
    path.write_text(TEXT, encoding="utf-8")
    (line,) = said("annotate", str(path))
    answer = client.post("/v1/annotate", json={"text": TEXT, "name": "note.txt"})
    assert answer.json() == line
    assert [e["label"] for e in line["entities"]].count("COLLECTIVITY") == 2
    fits(described, "AnnotatedDocument", line)


def test_entities_have_their_probabilities_where_asked_for(client: httpx.Client) -> None:
    answer = client.post("/v1/annotate", params={"scores": True}, json={"text": TEXT}).json()
    assert all(0 < entity["probability"] <= 1 for entity in answer["entities"])


def test_extract_gives_the_line_of_the_command(client: httpx.Client, described: dict[str, Any]) -> None:
    path = DOCUMENTS / "presse-bourgogne-chaudiere.html"
    (line,) = said("extract", "--format", "jsonl", str(path))
    answer = client.post("/v1/extract", files={"file": (path.name, path.read_bytes())}).json()
    assert answer == line
    fits(described, "ExtractedDocument", line)


def test_a_text_is_kept_whatever_it_looks_like(client: httpx.Client) -> None:
    text = "<html><p>Jumelage</p>\r\n%PDF cafe\u0301"
    answer = client.post("/v1/extract", json={"text": text, "name": "../../etc/passwd.pdf"}).json()
    assert answer["text"] == "<html><p>Jumelage</p>\n%PDF café"
    assert answer["source"]["media_type"] == "text/plain"
    assert answer["id"] == "passwd"


def test_one_text_is_classified_as_a_line(client: httpx.Client, described: dict[str, Any]) -> None:
    answer = client.post(
        "/v1/classify", params={"explain": True, "top": 1}, json={"id": "7", "text": "Adduction d’eau potable"}
    ).json()
    assert answer["id"] == "7"
    assert answer["themes"][0]["path"][1:] == ["Eau et déchets", "Eau et assainissement"]
    assert answer["themes"][0]["terms"]
    fits(described, "ClassifiedProject", answer)


def test_rows_and_a_table_are_classified_as_the_command_does(client: httpx.Client, described: dict[str, Any]) -> None:
    path = DOCUMENTS / "propositions.csv"
    lines = said("classify", str(path))
    answer = client.post("/v1/classify", files={"file": (path.name, path.read_bytes())}).json()
    assert answer == {"rows": lines}
    fits(described, "ClassifiedRows", answer)
    rows = [{"id": "a", "title": "Eau potable", "text": "Forages dans trois villages"}, {"text": "zzz"}]
    first, second = client.post("/v1/classify", json={"rows": rows}).json()["rows"]
    assert (first["id"], first["abstained"]) == ("a", False)
    assert (second["id"], second["abstained"], second["themes"]) == ("2", True, [])


def test_the_gazetteer_is_asked(client: httpx.Client, described: dict[str, Any]) -> None:
    answer = client.get("/v1/gazetteer", params={"name": "Laval", "near": "Mayenne", "limit": 1}).json()
    assert [found["place"]["kb_id"] for found in answer["candidates"]] == ["fr-commune:53130"]
    fits(described, "Candidates", answer)
    assert client.get("/v1/gazetteer", params={"name": "Agence de l’eau"}).status_code == 200


def test_info_says_models_and_limits(client: httpx.Client, described: dict[str, Any]) -> None:
    answer = client.get("/v1/info").json()
    assert answer["limits"]["max_rows"] == 50
    assert answer["models"]["coop_fr"]["version"]
    fits(described, "Info", answer)


def test_health_says_how_the_service_stands(client: httpx.Client, described: dict[str, Any]) -> None:
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["ready"] == answer.json()["workers"] == 1
    fits(described, "Health", answer.json())


def test_the_description_is_whole(described: dict[str, Any]) -> None:
    paths = {f"/v1/{call}" for call in ("process", "annotate", "extract", "classify", "gazetteer", "info")} | {
        "/health"
    }
    assert set(described["paths"]) == paths
    Draft202012Validator.check_schema({"$defs": described["components"]["schemas"]})
    known = described["components"]["schemas"]
    used = json.dumps(described).split("#/components/schemas/")[1:]
    assert {part.partition('"')[0] for part in used} <= set(known)
    body = described["paths"]["/v1/classify"]["post"]["requestBody"]["content"]["application/json"]
    for example in body["examples"].values():
        fits(described, "Projects", example["value"])


def test_the_page_of_calls_needs_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert "/v1/gazetteer" in page.text
    assert "<script" not in page.text and "http://" not in page.text and "https://" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert client.get("/docs.css").headers["content-type"].startswith("text/css")


ASKED: list[tuple[dict[str, Any], int, str]] = [
    ({"json": {}}, 422, "InvalidRequest"),
    ({"json": {"text": "a", "url": "http://example.org"}}, 422, "InvalidRequest"),
    ({"json": {"text": "a", "texte": "b"}}, 422, "InvalidRequest"),
    ({"json": {"url": "file:///etc/passwd"}}, 422, "InvalidRequest"),
    ({"json": {"url": "/etc/passwd"}}, 422, "InvalidRequest"),
    ({"json": {"url": "http://127.0.0.1/"}}, 403, "UrlsNotAllowed"),
    ({"json": {"text": " \n"}}, 422, "NoText"),
    ({"json": {"text": "a " * 150_000}}, 413, "TooLarge"),
    ({"content": b'{"text": "\\ud800"}', "headers": {"content-type": "application/json"}}, 422, "InvalidRequest"),
    ({"content": b"{", "headers": {"content-type": "application/json"}}, 422, "InvalidRequest"),
    ({"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}, 422, "InvalidRequest"),
    ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 422, "InvalidRequest"),
    ({"files": {"autre": ("a.txt", b"a")}}, 422, "InvalidRequest"),
    ({"files": [("file", ("a.txt", b"a")), ("file", ("b.txt", b"b"))]}, 422, "InvalidRequest"),
    ({"files": {"file": ("a" * 300 + ".txt", b"a")}}, 422, "InvalidRequest"),
    ({"content": b"", "params": {"name": "vide.txt"}}, 422, "NoText"),
    ({"content": b"\x7fELF\0\0", "params": {"name": "programme"}}, 415, "UnknownFormat"),
    ({"content": b"%PDF-1.7\nrien", "params": {"name": "abîmé.pdf"}}, 422, "UnreadableFile"),
    ({"content": b"a", "params": {"ocr": "peut-être"}}, 422, "InvalidRequest"),
]


@pytest.mark.parametrize(("sent", "status", "error"), ASKED, ids=[str(n) for n in range(len(ASKED))])
def test_what_cannot_be_answered_is_a_named_error(
    client: httpx.Client, described: dict[str, Any], sent: dict[str, Any], status: int, error: str
) -> None:
    answer = client.post("/v1/process", **sent)
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.json()["message"].endswith(".")
    assert "Traceback" not in answer.text and "--" not in answer.json()["message"]
    fits(described, "Fault", answer.json())


def test_too_many_rows_are_refused(client: httpx.Client) -> None:
    rows = [{"text": "eau potable"}] * 51
    answer = client.post("/v1/classify", json={"rows": rows})
    assert (answer.status_code, answer.json()["error"]) == (413, "TooManyRows")
    table = "id;titre\n" + "1;eau potable\n" * 51
    answer = client.post("/v1/classify", params={"name": "projets.csv"}, content=table.encode())
    assert (answer.status_code, answer.json()["error"]) == (413, "TooManyRows")


def test_an_unknown_path_or_method_is_a_named_error(client: httpx.Client) -> None:
    assert client.get("/v1/rien").json()["error"] == "NotFound"
    answer = client.get("/v1/process")
    assert (answer.status_code, answer.json()["error"], answer.headers["allow"]) == (405, "MethodNotAllowed", "POST")
