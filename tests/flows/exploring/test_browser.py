"""The page in a real browser, as a reader uses it: filter, open, highlight, chart, ask, save."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.flows.conftest import command_environment
from warehouse.home import Home

CHROMIUM = shutil.which("chromium")
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def address(explored: Home) -> Iterator[str]:
    """The page, served as a person starts it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "explore", "--port", "0", "--no-browser"],
        env=command_environment(PYTHONUNBUFFERED="1", REFWORLD_DATA=str(explored.root)),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().rpartition(" ")[2].strip()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0


@pytest.fixture
def screen(address: str, tmp_path: Path) -> Iterator[Page]:
    """A tab, every request of which is to the page itself."""
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        page = browser.new_context(base_url=address).new_page()
        page.on("request", lambda request: asked.append(request.url))
        yield page
        browser.close()
    assert asked
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(address).netloc}


def kept(page: Page, name: str, folder: Path) -> None:
    """Keeps a screenshot where a person can look at it."""
    where = Path(os.environ.get("REFWORLD_SCREENSHOTS") or folder)
    page.screenshot(path=where / f"explore-{name}.png")


def test_a_reader_finds_a_value_and_sees_its_words(screen: Page, tmp_path: Path) -> None:
    screen.goto("/")
    expect(screen.get_by_role("status")).to_contain_text("7 documents")
    screen.get_by_label("Country").select_option(label="Peru (3)")
    screen.get_by_label("From").fill("2006")
    screen.get_by_role("button", name="Search").click()
    expect(screen.get_by_role("status")).to_contain_text("1 document")
    kept(screen, "search", tmp_path)
    with screen.expect_download() as saved:
        screen.get_by_role("link", name="CSV").click()
    assert "Report - Peru" in saved.value.path().read_text(encoding="utf-8")

    screen.get_by_role("link", name="2006 Trafficking in Persons Report - Peru").click()
    values = screen.locator("dl.values").first
    values.get_by_role("link", name="Tier 2 Watch List").click()
    words = screen.locator("mark.hit").first
    expect(words).to_be_in_viewport()
    expect(screen.get_by_text("they say what the database says.")).to_be_visible()
    # The words are not merely there: nothing lies over them.
    assert words.evaluate(
        "e => { const b = e.getBoundingClientRect();"
        " return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); }"
    )
    kept(screen, "value", tmp_path)
    with screen.expect_download() as saved:
        screen.get_by_role("link", name="ris").click()
    assert saved.value.path().read_text(encoding="utf-8").startswith("TY  - RPRT")


def test_charts_and_questions(screen: Page, tmp_path: Path) -> None:
    screen.goto("/charts?chart=tiers")
    image = screen.locator("figure img")
    assert image.evaluate("e => e.complete && e.naturalWidth") > 200
    expect(screen.get_by_role("row", name="Norway 1")).to_be_visible()
    kept(screen, "tiers", tmp_path)

    screen.get_by_role("link", name="SQL").click()
    screen.get_by_role("link", name="Tiers of a country").click()
    screen.get_by_label("One query").fill("SELECT count(*) AS placed FROM tip_placements")
    screen.get_by_role("button", name="Ask").click()
    expect(screen.get_by_role("cell")).to_have_text("6")
    kept(screen, "sql", tmp_path)
    with screen.expect_download() as saved:
        screen.get_by_role("button", name="Save as CSV").click()
    assert saved.value.path().read_text(encoding="utf-8").splitlines() == ["placed", "6"]


def test_no_code_of_the_archive_runs(screen: Page, tmp_path: Path) -> None:
    screen.set_viewport_size({"width": 400, "height": 900})
    screen.goto("/documents/3ae6aaaa0")
    assert "owned" not in screen.title().replace("'owned'", "")
    assert screen.title() != "owned"
    assert screen.locator("script").count() == 0
    # Nothing is wider than a narrow screen.
    wide = (
        "[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 400.5)"
    )
    assert screen.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 200))") == []
    kept(screen, "narrow", tmp_path)
