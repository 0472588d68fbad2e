"""PDF files through the command: taken in, looked at, traced to their pages, verified, rebuilt."""

import csv
from contextlib import closing
from pathlib import Path

import pytest

from tests.flows.conftest import Command
from tests.pdfs import column, pdf
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.query import open_database

CITATION = (
    "Cite as Human Rights Watch, A Report on the North, 11 March 2016,",
    "available at: https://www.refworld.org/docid/4680d8a81e.html [accessed 7 June 2023]",
)
BROKEN = Path(__file__).parent.parent / "broken"


def write_files(folder: Path) -> None:
    info = {"Title": "wp_final.doc"}
    second = column("Publisher Human Rights Watch", "Publication Date 11 March 2016", *CITATION)
    made = {
        "4680d8a81d": pdf(column("Some words."), column("1. The words of page two."), info=info),
        "4680d8a81e": pdf(b"", second),
        "4680d8a81f": (BROKEN / "pdf_without_text.pdf").read_bytes(),
        "4680d8a820": (BROKEN / "pdf_encrypted.pdf").read_bytes(),
    }
    folder.mkdir()
    with (folder / "manifest.csv").open("w", newline="") as file:
        manifest = csv.writer(file)
        manifest.writerow(("path", "target_uri", "captured_at", "sha256"))
        for name, payload in made.items():
            (folder / f"{name}.pdf").write_bytes(payload)
            address = f"https://www.refworld.org/pdfid/{name}.pdf"
            manifest.writerow((f"{name}.pdf", address, "", ""))


@pytest.fixture(scope="module")
def pdf_home(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    from tests.flows.conftest import run_here

    folder = tmp_path_factory.mktemp("pdf")
    write_files(folder / "files")
    home = Home(folder / "data")
    done = run_here("ingest", folder / "files", "--data", home.root, "--workers", 1)
    assert done.returncode == 1, done.stderr
    return home


def test_pages_and_outcomes_are_in_the_database(pdf_home: Home) -> None:
    with closing(open_database(pdf_home)) as database:
        captures = database.execute(
            "SELECT target_uri[-14:-5], outcome, layout, charset, media_type FROM captures "
            "ORDER BY target_uri"
        ).fetchall()
        found = database.execute(
            "SELECT page, text, byte_start FROM blocks JOIN document_versions USING (capture_id) "
            "WHERE document_id = '4680d8a81d' AND kind <> 'blank' ORDER BY seq"
        ).fetchall()
        issues = database.execute(
            "SELECT code FROM issues WHERE code ^@ 'pdf' ORDER BY code"
        ).fetchall()
    assert captures == [
        ("4680d8a81d", "document", "pdf", None, "application/pdf"),
        ("4680d8a81e", "document", "pdf", None, "application/pdf"),
        ("4680d8a81f", "document", "pdf", None, "application/pdf"),
        ("4680d8a820", "quarantined", None, None, "application/pdf"),
    ]
    assert found == [(1, "Some words.", None), (2, "1. The words of page two.", None)]
    assert issues == [("pdf_encrypted",), ("pdf_pages_without_text",), ("pdf_without_text",)]


def test_trace_names_the_page(pdf_home: Home, refworld: Command) -> None:
    traced = refworld("trace", "4680d8a81e", "--data", pdf_home.root)
    assert traced.returncode == 0, traced.stdout
    assert "[[11 March 2016]]" in traced.stdout
    start = len("\fPublisher Human Rights Watch\nPublication Date ")
    assert f"page 2, characters {start} to {start + 13} of the text" in traced.stdout
    own = refworld("trace", "4680d8a81d", "pdf_title", "--data", pdf_home.root)
    assert "wp_final.doc (in what the file says of itself)" in own.stdout


def test_show_prints_the_words(pdf_home: Home, refworld: Command) -> None:
    shown = refworld("show", "4680d8a81d", "--data", pdf_home.root)
    assert shown.returncode == 0
    assert "The words of page two." in shown.stdout
    assert refworld("show", "4680d8a81f", "--data", pdf_home.root).returncode == 0


def test_pdf_files_are_verified_and_rebuilt_alike(pdf_home: Home, refworld: Command) -> None:
    before = content_digests(pdf_home)
    verified = refworld("verify", "--data", pdf_home.root)
    assert verified.returncode == 0, verified.stdout
    rebuilt = refworld("rebuild", "--data", pdf_home.root, "--max-memory", 500)
    assert rebuilt.returncode == 0, rebuilt.stdout
    assert content_digests(pdf_home) == before
