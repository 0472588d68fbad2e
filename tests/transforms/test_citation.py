from __future__ import annotations

import pytest

from transforms.citation import parse_citation, split_front

U = "https://www.refworld.org/docid/4680d8a81d.html"


def parts(words: str, **known: str) -> dict[str, str | None]:
    front = split_front(words, parse_citation(words).front, **known)
    names = ("publisher", "title", "date", "symbol", "country")
    spans = {name: getattr(front, name) for name in names}
    return {name: words[s.start : s.end] if s else None for name, s in spans.items()}


@pytest.mark.parametrize(
    ("words", "uri", "accessed"),
    [
        ("", None, None),
        ("A, B, 2006", None, None),
        ("A, B, 2006, available at: [accessed 30 August 2015]", None, "30 August 2015"),
        (f"A, B, 2006,\u00a0available at: {U}\u00a0[accessed 2 June 2023]", U, "2 June 2023"),
        (f"A, [accessed 1 May 2001] B, available at: {U} [accessed 2 June 2023]", U, "2 June 2023"),
        (
            f"A, see http://a.org/x, 2006, available at: {U} [accessed 2 June 2023]",
            U,
            "2 June 2023",
        ),
        (f"A, B, AB1.E, 05 March 2012, {U} [accessed 06 February 2025]", U, "06 February 2025"),
        (f"A, B, 2006, available at: {U}.", U, None),
    ],
)
def test_address_and_day_of_access(words: str, uri: str | None, accessed: str | None) -> None:
    citation = parse_citation(words)
    assert (words[citation.uri.start : citation.uri.end] if citation.uri else None) == uri
    found = citation.accessed
    assert (words[found.start : found.end] if found else None) == accessed


def test_without_an_anchor_nothing_is_split() -> None:
    found = parts("Gate Keepers, Locks, and Keys, 5 June 2006, available at: [accessed 2 May 2011]")
    assert found["publisher"] is None
    assert found["title"] is None
    assert found["date"] == "5 June 2006"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Human Rights Watch, July-December, 2010 Report on Locks, 5 June 2011, available at:",
            (
                "Human Rights Watch",
                "July-December, 2010 Report on Locks",
                "5 June 2011",
                None,
                None,
            ),
        ),
        (
            "Canada: Immigration and Refugee Board of Canada, Chad: Update to ABC12345.E of 24 "
            "January 2002 on nets, 1 May 2002, TCD38888.E , available at:",
            (
                "Canada: Immigration and Refugee Board of Canada",
                "Chad: Update to ABC12345.E of 24 January 2002 on nets",
                "1 May 2002",
                "TCD38888.E",
                None,
            ),
        ),
        (
            "Loi No. 1-2 sur les filets, modifiée [Senegal],  17 August 1968, available at:",
            (None, "Loi No. 1-2 sur les filets, modifiée", "17 August 1968", None, "Senegal"),
        ),
        (
            "Freedom House, Nations in Transit - Somewhere [Elsewhere], 3 June 2009, available at:",
            (
                "Freedom House",
                "Nations in Transit - Somewhere [Elsewhere]",
                "3 June 2009",
                None,
                None,
            ),
        ),
        (
            "Weaver v. Loom, [2004] UKHL 99, United Kingdom: House of Lords (Judicial Committee), "
            "9 December 2004, available at:",
            (
                "United Kingdom: House of Lords (Judicial Committee)",
                "Weaver v. Loom",
                "9 December 2004",
                "[2004] UKHL 99",
                None,
            ),
        ),
        (
            "Peru: Ministry of Nets, On nets, and hooks, 2007, available at:",
            ("Peru: Ministry of Nets", "On nets, and hooks", "2007", None, None),
        ),
        (
            f"UN General Assembly, On nets, A/RES/1, 05 March 2012, {U} [accessed 06 May 2025]",
            ("UN General Assembly", "On nets", "05 March 2012", "A/RES/1", None),
        ),
    ],
)
def test_anchors_part_the_front(words: str, expected: tuple[str | None, ...]) -> None:
    assert tuple(parts(words).values()) == expected


def test_the_title_line_is_an_anchor() -> None:
    words = "Gate Keepers, Inc., Locks, and Keys, 5 June 2006, available at:"
    found = parts(words, title="Locks, and Keys")
    assert (found["publisher"], found["title"]) == ("Gate Keepers, Inc.", "Locks, and Keys")


def test_the_date_already_known_is_taken_before_a_later_one() -> None:
    words = "UNHCR, On Nets, 5 June 2003, Circular, 7 June 2004, available at:"
    assert parts(words, edtf="2003-06-05")["date"] == "5 June 2003"
    assert parts(words)["date"] == "7 June 2004"
