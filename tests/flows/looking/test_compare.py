"""`refworld compare`: two documents, or two captures of one, in each form of output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.flows.conftest import run_here
from tests.warehouse.test_series_views import ONE, TWO, report
from tests.warehouse.test_tip_views import published
from warehouse.home import Home

HOSTILE = report(
    "4680d6a14", 2013, "Political Rights\n\nSome <script>alert(1)</script> voted \x1b[31mtwice."
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("compared") / "data")
    published(home, ONE, TWO, HOSTILE).close()
    return home


def compare(home: Home, *words: object) -> str:
    done = run_here("compare", *words, "--data", home.root)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_sections_and_sentences_that_changed_are_shown(filled: Home) -> None:
    said = compare(filled, "4680d6a11", "4680d6a12")
    assert "- 4680d6a11  Freedom in the World 2010 - Cuba  (2010)" in said
    assert "3 sentences: 2 same, 0 added, 0 dropped, 1 reworded" in said
    assert "~ POLITICAL RIGHTS:  (was: 1. Political Rights)\n  ~ [-Nobody-] {+Some+} voted." in said
    assert "METHODS" not in said


def test_captures_are_compared_by_the_beginning_of_their_ids(filled: Home) -> None:
    words = ("4680d6a11", "4680d6a12")
    ids = (ONE.capture_id[:12], TWO.capture_id[:12])
    assert compare(filled, *ids) == compare(filled, *words)


def test_json_has_all_of_it(filled: Home) -> None:
    said = json.loads(compare(filled, "4680d6a11", "4680d6a12", "--json"))
    assert said["before"]["capture_id"] == ONE.capture_id
    assert said["counts"] == {"same": 2, "reworded": 1}
    assert [section["kind"] for section in said["sections"]] == ["same", "reworded", "same"]


def test_the_page_runs_nothing(filled: Home, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    said = compare(filled, "4680d6a12", "4680d6a14", "--html", path)
    page = path.read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<h2>Methods <span class=kind>this section is gone</span></h2>" in page
    assert "\x1b" not in page + said
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        (("4680d6a11", "none"), "no document or capture none"),
        (("4680d6a11", "4680d6a11"), "the same capture"),
        (("4680d6a11", ONE.capture_id), "the same capture"),
    ],
)
def test_what_cannot_be_compared_is_said(ids: tuple[str, str], said: str, filled: Home) -> None:
    done = run_here("compare", *ids, "--data", filled.root)
    assert done.returncode == 2
    assert said in done.stderr
