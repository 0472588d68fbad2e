from __future__ import annotations

import pytest

from transforms.kinds import kind_of
from transforms.lines import lines_of


def kind(text: str) -> str:
    (line,) = lines_of(text)
    return kind_of(line, is_in_notes=False).name


@pytest.mark.parametrize(
    "text",
    [
        "Peru is a source country for women and children.",
        "The Government of Peru was upgraded from Tier 3, and remained on Tier 2 for a year.",
        "1. The court found that the decision had been taken without reasons.",
        "1          The applicant is a national of Gabon.",
        "(a)          has left the country;",
        "It was upgraded from Tier 3",
        "Chad is placed on Tier 3",
        "the Government remained on Tier 2",
        "This was a special case",
        "How to avoid a Tier 3 ranking",
        "Geneva, 3 May 2003",
        "KABUL, 3 May 2007 (IRIN)",
        "By Jim Weaver",
        "They said:",
        "The report adds that",
        "He was born in Kabul",
        "Head of state: King Log",
        "Capital: Maseru",
        "Population: 2,150,000",
        "Political Rights: Citizens can vote, in theory.",
        "April 8, 2011",
        "5 June 2006",
        "and the women who stayed behind",
        "See http://www.example.org/Report",
        "Article 3 of the Convention was not applied.",
        "Section 5 of the Act says that no one may be returned there.",
    ],
)
def test_sentences_and_facts_are_no_headings(text: str) -> None:
    assert kind(text) == "paragraph"


@pytest.mark.parametrize(
    "text",
    [
        "Prosecution",
        "Protection of Victims and Witnesses",
        "GABON",
        "I. INTRODUCTION",
        "1. Overview",
        "1.1 Constitution",
        "Section I. Freedom of the Person",
        "a. Arbitrary Deprivation of Life",
        "Article 1",
        "Government:",
        "Peru (Tier 2 Watch List)",
        "PERU (Tier 1)",
        "PERU: Tier 2 Watch List",
        "PERU: TIER 3",
        "PERU (TIER 2 - WATCH LIST)",
        "SPECIAL CASE: PERU",
        "PERU: SPECIAL CASE",
        "Peru (Special Case)",
        "Peru (Tier 2)*",
        "Peru1 (Tier 2)",
        "Peru (and Elsewhere) (Tier 2)",
        "CONGO, DEMOCRATIC REPUBLIC OF THE (Tier 3)",
        "Tier 2",
        "ST. VINCENT AND THE GRENADINES: Tier 2",
        "Freedom of expression",
    ],
)
def test_headings(text: str) -> None:
    assert kind(text) == "heading"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  • the first of them", "list_item"),
        ("- the second of them", "list_item"),
        ("[12] Interview with a porter.", "footnote"),
        ("Year | Cases | Convictions", "table_row"),
        ("| 2006 | 4 |", "table_row"),
    ],
)
def test_other_kinds(text: str, expected: str) -> None:
    assert kind(text) == expected
