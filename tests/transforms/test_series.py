"""Report families: which titles name one, which only speak of one, and what they print."""

from __future__ import annotations

import time

import pytest

from transforms.decoding import decode
from transforms.reading import read_page
from transforms.records import Reading, Statement, capture_of
from transforms.series import RESPONSES, read_series
from transforms.values import Notebook

PAGE = """Last Updated: Wednesday, 31 May 2023, 15:44 GMT

{title}

Publisher {publisher}
Publication Date 16 June 2009
Citation / Document Symbol {symbol}
Cite as {publisher}, {title}, 16 June 2009, {symbol}, available at: \
https://www.refworld.org/docid/4680d6a13.html [accessed 2 June 2023]
Disclaimer This is not a UNHCR publication.

The clerks wrote down every complaint.
"""
STATE = "United States Department of State"
HOUSE = "Freedom House"


def read(title: str, publisher: str, symbol: str = "X 1") -> Reading:
    page = PAGE.format(title=title, publisher=publisher, symbol=symbol)
    reading = read_page(capture_of(page.encode(), "file:///page.txt"))
    for statement in series_of(reading).values():
        assert statement.raw is not None
        assert page[statement.char_start : statement.char_end] == statement.raw
    return reading


def series_of(reading: Reading) -> dict[str, Statement]:
    return {s.field: s for s in reading.statements if s.field.startswith("series")}


@pytest.mark.parametrize(
    ("title", "publisher", "series", "year", "country"),
    [
        ("2009 Trafficking in Persons Report - Kenya", STATE,
         "Trafficking in Persons Report", "2009", "KEN"),
        ("U.S. Department of State 2006 Trafficking in Persons Report - Peru", STATE,
         "Trafficking in Persons Report", "2006", "PER"),
        ("Country Reports on Human Rights Practices for 2011 - Peru", STATE,
         "Country Reports on Human Rights Practices", "2011", "PER"),
        ("U.S. Department of State Country Report on Human Rights Practices 1993 - Mali", STATE,
         "Country Reports on Human Rights Practices", "1993", "MLI"),
        ("July-December, 2010 International Religious Freedom Report - Malta", STATE,
         "International Religious Freedom Report", "2010", "MLT"),
        ("2012 Report on International Religious Freedom - Peru", STATE,
         "International Religious Freedom Report", "2012", "PER"),
        ("Country Reports on Terrorism 2013 - Mali", STATE,
         "Country Reports on Terrorism", "2013", "MLI"),
        ("2011 Findings on the Worst Forms of Child Labor - Togo",
         "United States Department of Labor", "Findings on the Worst Forms of Child Labor",
         "2011", "TGO"),
        ("Freedom in the World 2012 - Cuba", HOUSE, "Freedom in the World", "2012", "CUB"),
        ("Freedom of the Press - Cuba (2004)", HOUSE, "Freedom of the Press", None, "CUB"),
        ("Freedom on the Net 2013 - Cuba", HOUSE, "Freedom on the Net", "2013", "CUB"),
        ("Nations in Transit - Georgia (2006)", HOUSE, "Nations in Transit", None, "GEO"),
        ("World Directory of Minorities and Indigenous Peoples - Peru : Overview",
         "Minority Rights Group International", "World Directory of Minorities", None, "PER"),
        ("State of the World's Minorities and Indigenous Peoples 2011 - Peru",
         "Minority Rights Group International", "State of the World's Minorities", "2011", "PER"),
        ("Child Soldiers Global Report 2008 - Chad", "Child Soldiers International",
         "Child Soldiers Global Report", "2008", "TCD"),
        ("Amnesty International Report 2014/15 - Peru", "Amnesty International",
         "Amnesty International Report", "2014/15", "PER"),
        ("World Report 2012 - Peru", "Human Rights Watch", "HRW World Report", "2012", "PER"),
        ("Human Rights Watch World Report 1999 - Peru", "Human Rights Watch",
         "HRW World Report", "1999", "PER"),
        ("Freedom in the World 2012 - Abkhazia", HOUSE, "Freedom in the World", "2012", None),
        ("Freedom in the World", HOUSE, "Freedom in the World", None, None),
    ],
)  # fmt: skip
def test_a_title_names_its_series(
    title: str, publisher: str, series: str, year: str | None, country: str | None
) -> None:
    found = {field: s.value for field, s in series_of(read(title, publisher)).items()}
    expected = {"series": series, "series_year": year, "series_country": country}
    assert found == {field: value for field, value in expected.items() if value}


def test_each_part_has_its_own_words() -> None:
    title = "Amnesty  International Report\xa0\xa02014/15 - Peru"
    found = series_of(read(title, "Amnesty International"))
    assert {field: s.raw for field, s in found.items()} == {
        "series": "Amnesty  International Report",
        "series_year": "2014/15",
        "series_country": "Peru",
    }


@pytest.mark.parametrize(
    ("title", "publisher"),
    [
        ("Comments on the 2009 Trafficking in Persons Report - Kenya", STATE),
        ("Trafficking in Persons Interim Assessment - Greece", STATE),
        ("Freedom in the World 2012 - Cuba", "Human Rights Watch"),
        ("World Report on Violence and Health", "Human Rights Watch"),
        ("World Report - Peru", "Human Rights Watch"),
        ("Freedom of the Press is Waning in Peru", HOUSE),
        ("Amnesty International Report on Kenya", "Amnesty International"),
        ("State of the World 2011", "Minority Rights Group International"),
        ("A Report on the Ferries", STATE),
        ("Freedom in the World 2012 - " + "x" * 400, HOUSE),
    ],
)
def test_a_title_that_only_speaks_of_one_names_none(title: str, publisher: str) -> None:
    assert series_of(read(title, publisher)) == {}


def test_two_years_in_a_title_are_no_year() -> None:
    found = series_of(read("2009 Country Reports on Terrorism 2008 - Mali", STATE))
    assert set(found) == {"series", "series_country"}


def test_a_response_is_told_by_its_symbol() -> None:
    publisher = "Canada: Immigration and Refugee Board of Canada"
    found = series_of(read("Peru: The Ferries of the Delta (2008-2009)", publisher, "PER104956.E"))
    assert {field: (s.value, s.raw) for field, s in found.items()} == {
        "series": (RESPONSES, "PER104956.E"),
        "series_country": ("PER", "Peru"),
    }
    assert series_of(read("Peru: The Ferries", publisher, "A 1")) == {}


@pytest.mark.parametrize(
    "title",
    ["2009 " * 60, "January-June 2009 " * 16, "The " * 70, "Annual " * 40, "2009 Freedom in the"],
)
def test_the_reading_takes_next_to_nothing(title: str) -> None:
    title = f"{title} Freedom in the World"[-299:]
    rendition, _ = decode(title.encode())
    assert rendition is not None

    def seconds() -> float:
        notebook = Notebook(rendition)
        statement = Statement("title", title, title, 0, len(title), 0, len(title), "test")
        notebook.values["title"] = title
        notebook.statements.append(statement)
        begun = time.perf_counter()
        read_series(notebook)
        return time.perf_counter() - begun

    assert min(seconds() for _ in range(20)) < 0.001
