"""Report families as views: a country's reports over the years, and their sections side by side."""

from __future__ import annotations

from tests.warehouse.test_tip_views import published, rows
from transforms.records import Capture, capture_of
from warehouse.home import Home

PAGE = """Last Updated: Wednesday, 31 May 2023, 15:44 GMT

{title}

Publisher Freedom House
Publication Date {year}
Cite as Freedom House, {title}, {year}, available at: \
https://www.refworld.org/docid/{id}.html [accessed 2 June 2023]

Overview of the year.

{body}
"""


def report(document_id: str, year: int, body: str, country: str = "Cuba") -> Capture:
    title = f"Freedom in the World {year} - {country}"
    text = PAGE.format(id=document_id, year=year, title=title, body=body)
    return capture_of(text.encode(), "file:///page.txt")


ONE = report("4680d6a11", 2010, "1. Political Rights\n\nNobody voted.\n\nMETHODS\n\nAs ever.")
TWO = report("4680d6a12", 2012, "POLITICAL RIGHTS:\n\nSome voted.\n\nMethods\n\nAs ever.")
OTHER = report("4680d6a13", 2012, "1. Political Rights\n\nAll voted.", "Chad")


def test_a_series_has_year_and_country_with_their_words(home: Home) -> None:
    with published(home, ONE, OTHER) as database:
        found = rows(
            database,
            "SELECT series, series_year, edition, country_code, printed, printed_year, "
            "byte_end - byte_start FROM series ORDER BY series_year",
        )
    assert found == [
        ("Freedom in the World", 2010, "2010", "CUB", "Freedom in the World", "2010", 20),
        ("Freedom in the World", 2012, "2012", "TCD", "Freedom in the World", "2012", 20),
    ]


def test_sections_stand_beside_those_of_the_year_before(home: Home) -> None:
    with published(home, ONE, TWO, OTHER) as database:
        found = rows(
            database,
            "SELECT heading_key, series_year, previous_year, is_as_before FROM series_sections "
            "WHERE country_code = 'CUB' AND heading_key <> '' ORDER BY ALL",
        )
        before = rows(
            database,
            "SELECT DISTINCT previous_capture_id FROM series_sections WHERE series_year = 2012",
        )
    assert found == [
        ("methods", 2010, None, None),
        ("methods", 2012, 2010, True),
        ("political rights", 2010, None, None),
        ("political rights", 2012, 2010, False),
    ]
    assert sorted(before, key=str) == [(ONE.capture_id,), (None,)]
