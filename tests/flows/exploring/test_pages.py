"""Each page of the browser's view, and what must never come of what is archived."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flows.exploring.app import make_app
from tests.flows.conftest import page, run_here
from tests.flows.exploring.conftest import HOSTILE, harm
from warehouse.home import Home

PERU_2006 = "/documents/4600000003"


def test_documents_are_filtered_sorted_and_paged(client: TestClient) -> None:
    shown = client.get("/").text
    assert "<strong>7</strong> documents" in shown
    shown = client.get("/", params={"country": "PER", "from": 2005, "sort": "newest"}).text
    assert "<strong>2</strong> documents" in shown
    assert shown.index("2006 Trafficking") < shown.index("2005 Trafficking")
    assert "Norway" not in shown[shown.index('class="found"') :]
    assert "<strong>1</strong> document<" in client.get("/", params={"tier": "Tier 3"}).text
    assert "<strong>1</strong> document<" in client.get("/", params={"title": "BURMA"}).text
    assert "<strong>0</strong> documents" in client.get("/", params={"title": "%"}).text
    beyond = client.get("/", params={"page": 9})
    assert beyond.status_code == 200
    assert "<strong>7</strong> documents" in beyond.text


@pytest.mark.parametrize(
    "query",
    ["from=x", "from=-1", "page=1.5", "to=99999999999999999999", "from=٢٠٠٤"],
)
def test_what_is_no_number_is_said(client: TestClient, query: str) -> None:
    answer = client.get(f"/?{query}")
    assert answer.status_code == 400
    assert "is no number" in answer.text


@pytest.mark.parametrize(
    "words", ["' OR 1=1 --", '"; DROP TABLE documents; --', "\\", "%_", "$title", "\x00"]
)
def test_filters_are_words_and_never_sql(client: TestClient, words: str) -> None:
    for name in ("title", "country", "publisher", "type", "language", "tier", "sort"):
        answer = client.get("/", params={name: words})
        assert answer.status_code == 200, name
        count = "7" if name == "sort" or not words.strip() else "0"
        assert f"<strong>{count}</strong> document" in answer.text, name


def test_a_value_is_shown_with_its_words_and_their_bytes(client: TestClient) -> None:
    shown = client.get(PERU_2006).text
    links = dict(re.findall(r"<dt>(\w+)</dt>\s*<dd><a href=\"([^\"]+)\"", shown))
    chosen = client.get(links["publication_date"].replace("&amp;", "&")).text
    assert re.search(r'<mark[^>]*class="hit"[^>]*>(<[^>]+></span>)?5 June 2006</mark>', chosen)
    assert chosen.count('id="hit"') == 1
    assert "they say what the database says." in chosen
    assert "plain.publication_date" in chosen
    computed = client.get(links["word_count"].replace("&amp;", "&")).text
    assert "Computed from the whole text" in computed


def test_every_value_of_a_document_can_be_chosen(client: TestClient) -> None:
    shown = client.get(PERU_2006).text
    links = re.findall(r"<dd><a href=\"([^\"]+value=\d+)#hit\"", shown)
    assert len(links) > 15
    for link in links:
        chosen = client.get(link.replace("&amp;", "&"))
        assert chosen.status_code == 200
        assert chosen.text.count('id="hit"') == 1, link
        assert "do not say" not in chosen.text


def test_changed_bytes_are_said(
    prefect_api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from flows.exploring import documents

    (tmp_path / "a.txt").write_text(page(1))
    home = Home(tmp_path / "data")
    assert run_here("ingest", tmp_path / "a.txt", "--data", home.root).returncode == 0
    client = TestClient(make_app(home, None))
    real = documents.read_record

    def other(path: Path, offset: int) -> object:
        capture = real(path, offset)
        return replace(capture, payload=capture.payload.replace(b"2016", b"2017"))

    monkeypatch.setattr(documents, "read_record", other)
    shown = client.get("/documents/400000001").text
    link = re.search(r"<dt>publication_date</dt>\s*<dd><a href=\"([^\"]+)#hit", shown)
    assert link
    assert "do not say what the database says" in client.get(link[1].replace("&amp;", "&")).text


def test_what_is_archived_never_becomes_markup(client: TestClient) -> None:
    pages = ["/", "/documents/3ae6aaaa0", "/charts?chart=publishers", "/documents/3ae6aaaa0?part=1"]
    for address in pages:
        shown = client.get(address).text
        assert "<script" not in shown, address
        assert "<img src=x" not in shown, address
        assert "\u202e" not in shown, address
    assert "&lt;script&gt;" in client.get("/documents/3ae6aaaa0").text
    figure = client.get("/charts/publishers.svg").text
    assert "<script" not in figure
    assert HOSTILE not in figure


def test_a_long_text_comes_in_parts_that_make_it_whole(client: TestClient) -> None:
    first = client.get("/documents/3ae6aaaa0").text
    assert "Part 1 of 2" in first
    second = client.get("/documents/3ae6aaaa0?part=1").text
    assert "Part 2 of 2" in second
    assert len(first) < 400_000
    assert client.get("/documents/3ae6aaaa0?part=77").status_code == 200
    told = first.count("A long text goes on") + second.count("A long text goes on")
    assert told in (1_499, 1_500)  # one may lie across the cut


def test_bytes_and_text_are_only_handed_over(client: TestClient) -> None:
    answer = client.get("/documents/3ae6aaaa0/payload")
    assert answer.content == harm().encode()
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    text = client.get("/documents/3ae6aaaa0/text")
    assert text.content.decode() == harm()
    assert text.headers["content-disposition"].startswith("attachment")


def test_citations_are_handed_over(client: TestClient) -> None:
    item = json.loads(client.get(f"{PERU_2006}/cite/csl-json").text)[0]
    assert item["issued"] == {"date-parts": [[2006, 6, 5]]}
    assert "@techreport" in client.get(f"{PERU_2006}/cite/bibtex").text
    assert client.get(f"{PERU_2006}/cite/ris").text.startswith("TY  - RPRT")
    assert client.get(f"{PERU_2006}/cite/printed").text.startswith("United States Department")
    assert client.get(f"{PERU_2006}/cite/harvard").status_code == 404


def test_results_are_saved_with_formulas_defused(client: TestClient) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/results.csv").text)))
    assert len(rows) == 7
    assert any(row["publisher"].startswith("'=HYPERLINK") for row in rows)
    assert len(client.get("/results.json", params={"country": "PER"}).json()) == 3
    assert client.get("/results.exe").status_code == 404


def test_charts_come_with_their_figures(client: TestClient) -> None:
    for name in ("tiers", "years", "publishers", "fill"):
        assert client.get("/charts", params={"chart": name}).status_code == 200
        figure = client.get(f"/charts/{name}.svg")
        assert figure.headers["content-type"] == "image/svg+xml"
        assert figure.text == client.get(f"/charts/{name}.svg").text
    shown = client.get("/charts?chart=tiers").text
    table = shown[shown.index("<table>") :]
    assert re.search(r'Peru</th>(<td>.*?</td>)*?<td><a [^>]*title="Tier 2 Watch List">2W', table)
    assert client.get("/charts?chart=pie").status_code == 404
    assert client.get("/charts/pie.svg").status_code == 404
    empty = client.get("/charts", params={"chart": "tiers", "country": "XXX"})
    assert "No document says anything" in empty.text


def test_questions_are_answered_within_bounds(client: TestClient) -> None:
    def ask(query: str) -> str:
        return client.post("/sql", data={"query": query}).text

    assert '<td dir="auto">7</td>' in ask("SELECT count(*) FROM documents")
    assert "the first 500" in ask("SELECT * FROM range(100000)")
    assert "Catalog Error" in ask("SELECT * FROM nowhere")
    assert "0 rows" in ask("SELECT 1 WHERE false")
    assert "read-only" in ask("DELETE FROM captures").lower()
    for reaching in ("SELECT * FROM read_text('/etc/passwd')", "COPY documents TO '/tmp/x.csv'"):
        refused = ask(reaching)
        assert "root:" not in refused
        assert 'class="said fault"' in refused
    # What looks like an option is a question like any other.
    assert "root:" not in ask("--external\nSELECT * FROM read_text('/etc/passwd')")
    saved = client.post("/sql.csv", data={"query": "SELECT publisher FROM documents ORDER BY 1"})
    assert saved.text.splitlines()[1].startswith("\"'=HYPERLINK")
    assert client.post("/sql.csv", data={"query": "SELECT"}).status_code == 400
    assert client.post("/sql", content=b"query=" + b"x" * 100_000).status_code == 400
    kept = client.get("/sql", params={"query": "SELECT 1 </textarea><b>"}).text
    assert "SELECT 1 &lt;/textarea&gt;" in kept


def test_only_this_page_of_this_host_may_ask(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    foreign = {"Origin": "http://evil.example"}
    assert client.post("/sql", data={"query": "SELECT 1"}, headers=foreign).status_code == 403
    null = {"Origin": "null"}
    assert client.post("/sql", data={"query": "SELECT 1"}, headers=null).status_code == 403
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"):
        assert client.request(method, "/").status_code == 405
    assert client.post("/").status_code == 405


def test_every_answer_forbids_what_pages_need_not(client: TestClient) -> None:
    for address in ("/", "/nowhere", "/style.css", "/charts/years.svg", PERU_2006, "/?from=x"):
        headers = client.get(address).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "document_id", ["..%2f..%2fetc", "new:1", "sha256:00", "%00", "4600000003%27", "x" * 5_000]
)
def test_a_document_that_is_not_there_is_not_found(client: TestClient, document_id: str) -> None:
    for end in ("", "/payload", "/text", "/cite/ris"):
        assert client.get(f"/documents/{document_id}{end}").status_code == 404


def test_a_home_without_a_database_says_so(tmp_path: Path) -> None:
    client = TestClient(make_app(Home(tmp_path / "data"), None))
    answer = client.get("/")
    assert answer.status_code == 503
    assert "refworld ingest" in answer.text


def test_what_goes_wrong_shows_no_trace(
    explored: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("warehouse.browsing.listing", fail)
    client = TestClient(make_app(explored, None), raise_server_exceptions=False)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "a secret of the machine" in capsys.readouterr().err


def test_what_is_published_meanwhile_is_shown(prefect_api: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    client = TestClient(make_app(home, None))
    for number in (1, 2):
        (tmp_path / f"{number}.txt").write_text(page(number))
        done = run_here("ingest", tmp_path / f"{number}.txt", "--data", home.root, "--workers", 1)
        assert done.returncode == 0
        shown = client.get("/").text
        assert f"<strong>{number}</strong> document" in shown
        assert f"Snapshot {number} " in shown
