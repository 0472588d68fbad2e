"""A home with reports of several countries and years, and a document that means harm."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from flows.exploring.app import make_app
from tests.flows.conftest import run_here
from warehouse.home import Home

HOSTILE = "<script>document.title = 'owned'</script>"
TIERS = {
    "Peru": {2004: "Tier 2", 2005: "Tier 2 Watch List", 2006: "Tier 2 Watch List"},
    "Norway": {2004: "Tier 1", 2006: "Tier 1"},
    "Burma": {2005: "Tier 3"},
}


def report(country: str, year: int, tier: str, number: int) -> str:
    """Returns a made-up report in the form of the seed."""
    title = f"{year} Trafficking in Persons Report - {country}"
    publisher = "United States Department of State"
    return (
        f"Last Updated: Wednesday, 31 May 2023, 15:44 GMT\n\n{title}\n\n"
        f"Publisher {publisher}\nPublication Date 5 June {year}\n"
        f"Cite as {publisher}, {title}, 5 June {year}, available at: "
        f"https://www.refworld.org/docid/46{number:08x}.html [accessed 2 June 2023]\n"
        "Disclaimer This is not a UNHCR publication.\n\n"
        f"{country} ({tier})\n\n"
        f"{country} is a country of origin of people in debt bondage on the {number} farms of the "
        "northern plain, whom nobody has counted.\n\nProsecution\n\n"
        "The authorities prosecuted nobody, and said that they had no reason to.\n"
    )


def harm() -> str:
    """Returns a page whose every value is code, or rewrites what is read."""
    title = f"{HOSTILE} \u202egnp.exe"
    return (
        f"Last Updated: Wednesday, 31 May 2023, 15:44 GMT\n\n{title}\n\n"
        'Publisher =HYPERLINK("http://127.0.0.1:1")\nPublication Date 5 June 2001\n'
        f"Cite as =HYPERLINK, {title}, 5 June 2001, available at: "
        "https://www.refworld.org/docid/3ae6aaaa0.html [accessed 2 June 2023]\n"
        "Disclaimer This is not a UNHCR publication.\n\n"
        f"{HOSTILE}\n\n<img src=x onerror=\"document.title='owned'\"> was what they wrote.\n"
        + "A long text goes on for many lines, so that it has several parts.\n\n"
        * 1_500
    )


@pytest.fixture(scope="package")
def explored(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home that holds these; not to be changed."""
    folder = tmp_path_factory.mktemp("explored")
    pages = folder / "pages"
    pages.mkdir()
    number = 0
    for country, years in TIERS.items():
        for year, tier in years.items():
            number += 1
            text = report(country, year, tier, number)
            (pages / f"{country}-{year}.txt").write_text(text, encoding="utf-8")
    (pages / "harm.txt").write_text(harm(), encoding="utf-8")
    home = Home(folder / "data")
    done = run_here("ingest", pages, "--data", home.root, "--workers", 1)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="package")
def client(explored: Home) -> TestClient:
    app = make_app(explored, {"testserver"})
    return TestClient(app, raise_server_exceptions=False)
