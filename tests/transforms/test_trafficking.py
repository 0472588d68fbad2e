"""Placements on a tier: what places a country, what is history, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading import read_page
from transforms.records import Reading, capture_of

HEAD = """Last Updated: Wednesday, 31 May 2023, 15:44 GMT

{title}

Publisher United States Department of State
Publication Date {date}
Cite as United States Department of State, {title}, {date}, available at: \
https://www.refworld.org/docid/4680d6a13.html [accessed 2 June 2023]

"""


def read(*body: str, title: str = "2009 Trafficking in Persons Report - Kenya") -> Reading:
    page = HEAD.format(title=title, date="16 June 2009") + "\n\n".join(body) + "\n"
    return read_page(capture_of(page.encode(), "file:///page.txt"))


def stated(reading: Reading, field: str) -> list[str]:
    return [s.value for s in reading.statements if s.field == field]


def test_a_heading_gives_tier_country_and_year_each_with_its_words() -> None:
    reading = read("KENYA (Tier 2)*", "The clerks wrote down every complaint.")
    found = {s.field: (s.value, s.raw) for s in reading.statements if s.field.startswith("tip_")}
    assert found == {
        "tip_report_year": ("2009", "2009"),
        "tip_placement": ("Tier 2", "KENYA (Tier 2)*"),
        "tip_country": ("KEN", "KENYA"),
    }


@pytest.mark.parametrize(
    ("heading", "tier", "country"),
    [
        ("Kenya (Tier 2 Watch List)", "Tier 2 Watch List", "KEN"),
        ("KENYA: TIER 3", "Tier 3", "KEN"),
        ("Kenya1 (Tier 1)", "Tier 1", "KEN"),
        ("KENYA (TIER 2 - WATCH LIST)", "Tier 2 Watch List", "KEN"),
        ("SPECIAL CASE: SOMALIA", "Special Case", "SOM"),
        ("SOMALIA: SPECIAL CASE", "Special Case", "SOM"),
        ("Somalia (Special Case)", "Special Case", "SOM"),
        ("Serbia (and Elsewhere) (Tier 2)", "Tier 2", "SRB"),
        ("CONGO, DEMOCRATIC REPUBLIC OF THE (Tier 3)", "Tier 3", "COD"),
        ("Tier 2", "Tier 2", "KEN"),
    ],
)
def test_each_printed_form_of_the_heading(heading: str, tier: str, country: str) -> None:
    reading = read(heading, "The clerks wrote down every complaint.")
    assert stated(reading, "tip_placement") == [tier]
    assert stated(reading, "tip_country") == [country]


@pytest.mark.parametrize(
    ("sentence", "tier"),
    [
        ("The clerks tried; therefore, Kenya remained on Tier 2.", "Tier 2"),
        ("Therefore Kenya remained on Tier 2 Watch List for the third consecutive year.",
         "Tier 2 Watch List"),
        ("Kenya is placed on Tier 2 Watch List for its failure to act over the previous year.",
         "Tier 2 Watch List"),
        ("Kenya was upgraded to Tier 1.", "Tier 1"),
        ("Kenya was downgraded from Tier 2 to Tier 3.", "Tier 3"),
        ("Because a plan was written, Kenya was granted a waiver of a required downgrade "
         "to Tier 3; therefore, Kenya remains on Tier 2 Watch List.", "Tier 2 Watch List"),
    ],
)  # fmt: skip
def test_a_sentence_places_where_no_heading_does(sentence: str, tier: str) -> None:
    reading = read("The yard was swept on Fridays.", sentence)
    assert stated(reading, "tip_placement") == [tier]
    assert stated(reading, "tip_country") == ["KEN"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Kenya was placed on Tier 3 in 2007.",
        "Kenya had been placed on Tier 3 two years ago.",
        "In last year’s report Kenya was ranked on Tier 3.",
        "A handbook tells officials how to avoid a Tier 3 ranking.",
        "Kenya would be placed on Tier 3 if the plan were dropped.",
        "Kenya was granted a waiver of an otherwise required downgrade to Tier 3.",
        "Uganda was placed on Tier 3.",
        "Tier 3 was its ranking before.",
    ],
)
def test_other_years_conditions_and_other_countries_place_nothing(sentence: str) -> None:
    assert stated(read("The yard was swept.", sentence), "tip_placement") == []


@pytest.mark.parametrize(
    ("sentence", "value"),
    [
        ("Kenya was placed on Tier 3 in 2007.", "2007 Tier 3"),
        ("Kenya was upgraded from Tier 3 two years ago.", "Tier 3"),
        ("The 2006 and 2007 reports had it ranked on Tier 3.", "Tier 3"),
    ],
)
def test_what_is_told_of_other_years_is_history(sentence: str, value: str) -> None:
    reading = read("KENYA (Tier 2)", sentence)
    assert stated(reading, "tip_history") == [value]
    assert stated(reading, "tip_placement") == ["Tier 2"]


def test_a_waiver_is_no_history() -> None:
    sentence = "Kenya was granted a waiver of an otherwise required downgrade to Tier 3."
    assert stated(read("KENYA (Tier 2)", sentence), "tip_history") == []


def test_sentences_that_contradict_each_other_place_nothing() -> None:
    reading = read("Kenya is placed on Tier 2.", "Kenya is placed on Tier 3.")
    assert stated(reading, "tip_placement") == []
    assert "tier_disagrees" in {issue.code for issue in reading.issues}


def test_other_documents_and_interim_assessments_place_nothing() -> None:
    for title in ("Trafficking in Persons Interim Assessment - Kenya", "Kenya: Survey of Tiers"):
        reading = read("Kenya (Tier 2)", "Kenya is placed on Tier 2.", title=title)
        assert stated(reading, "tip_placement") == []


@given(st.lists(st.sampled_from(
    ["Tier 2", "Tier 3 Watch List", "Kenya", "is placed on ", "remained on ", "from ", "; ", ". ",
     "therefore, ", "2007", "would ", "(", ")", ":", "Special Case", "\u00a0", "é", "*"]
), max_size=40))  # fmt: skip
def test_any_words_are_read_with_their_very_words(parts: list[str]) -> None:
    reading = read("x" + "".join(parts))
    for statement in reading.statements:
        if statement.field.startswith("tip_"):
            assert statement.raw
            assert statement.char_start is not None
