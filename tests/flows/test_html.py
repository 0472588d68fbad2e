"""HTML pages through the whole pipeline: archive, tables, the way back to their bytes."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

from tests.flows.conftest import SEED, Command, run_here
from tests.transforms.twins import twin_of
from warehouse.home import Home

SEED_ID = "4680d8a81d"
NEW = "https://www.refworld.org/reference/annualreport/usdos/2006/en/12345"


@pytest.fixture(scope="module")
def html_home(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that holds the seed's page as both sites would have it, and an odd one."""
    folder = tmp_path_factory.mktemp("html")
    (seed,) = SEED.glob("*.txt")
    pages = folder / "pages"
    pages.mkdir()
    old = twin_of(seed.read_bytes(), None, "table")
    (pages / "old.html").write_bytes(
        old.replace(b"Most victims", b"<a href='/docid/3ae6b5ee8.html'>Most</a> victims")
    )
    title = "U.S. Department of State 2006 Trafficking in Persons Report - Peru"
    (pages / "new.htm").write_text(
        f"<!doctype html><html><head><link rel=canonical href='{NEW}'></head><body><h1>{title}</h1>"
        "<ul><li>Author: Office to Monitor</li><li>Document source: </li><li><div>Date:</div><div>"
        "5 June 2006</div></li></ul><table>a<tr><td>b</td></tr>c</table><p>Peru is a country.</p>"
    )  # fmt: skip
    home = Home(folder / "data")
    done = run_here("ingest", pages, "--data", home.root, "--workers", 1)
    assert done.returncode == 0, done.stderr
    return home


def rows(home: Home, query: str) -> list[list[str]]:
    said = run_here("sql", query, "--data", home.root, "--format", "csv").stdout
    return list(csv.reader(io.StringIO(said)))[1:]


def test_both_forms_are_documents_with_their_links(html_home: Home) -> None:
    query = (
        "SELECT document_id, layout, title, publication_date "
        "FROM documents JOIN captures USING (capture_id) ORDER BY 1"
    )
    title = "U.S. Department of State 2006 Trafficking in Persons Report - Peru"
    assert rows(html_home, query) == [
        [SEED_ID, "old_html", title, "2006-06-05"],
        ["new:12345", "new_html", title, "2006-06-05"],
    ]
    query = "SELECT text, target_uri FROM links"
    assert ["Most", "/docid/3ae6b5ee8.html"] in rows(html_home, query)


@pytest.mark.parametrize(
    ("document_id", "field", "words"),
    [
        (SEED_ID, "publisher", "Publisher [[United States Department of State]]"),
        (SEED_ID, "last_updated", "[[Wednesday, 31 May 2023, 15:44 GMT]]"),
        ("new:12345", "publication_date", "[[5 June 2006]]"),
        ("new:12345", "document_id", "[[12345]]"),
    ],
)
def test_trace_leads_back_to_the_source(
    refworld: Command, html_home: Home, document_id: str, field: str, words: str
) -> None:
    done = refworld("trace", document_id, field, "--data", html_home.root)
    assert done.returncode == 0, done.stdout
    assert words in done.stdout
    assert " of the payload" in done.stdout


def test_verify_and_rebuild_read_html_again(
    refworld: Command, html_home: Home, tmp_path: Path
) -> None:
    home = Home(tmp_path / "copy")
    shutil.copytree(html_home.root, home.root)
    assert refworld("verify", "--data", home.root).returncode == 0
    digests = refworld("verify", "--digest", "--data", home.root).stdout
    shutil.rmtree(home.derived)
    home.database.unlink()
    assert refworld("rebuild", "--data", home.root).returncode == 0
    assert refworld("verify", "--digest", "--data", home.root).stdout == digests


def test_show_prints_the_text_without_the_menus(refworld: Command, html_home: Home) -> None:
    said = refworld("show", SEED_ID, "--data", html_home.root).stdout
    assert "Peru is primarily a source country" in " ".join(said.split())
