"""Pages that invite a wrong or invented value."""

from __future__ import annotations

import time
from typing import Any

import pytest

from transforms.labels import match_bars
from transforms.reading import read_page
from transforms.records import Document, Reading, capture_of

OLD = "http://www.refworld.org/docid/4c1f3a2b4.html"
NEW = "https://www.refworld.org/legal/legislation/natlegbod/1968/fr/12345"
BODY = (
    "The market of the capital was closed for a month after the flood. Porters and weavers said "
    "that they had not been told, and that their goods were lost.\n"
)
CITE = f"available at: {OLD} [accessed 2 June 2023]\n"
HEADER_VALUES = (
    "title publisher author publication_date document_symbol reference related_documents comments "
    "cite_as cite_uri accessed_date last_updated disclaimer"
).split()


def reading_of(text: str, uri: str = "file:///page.txt") -> Reading:
    return read_page(capture_of(text.encode(), uri))


def document_of(text: str, uri: str = "file:///page.txt") -> Document:
    reading = reading_of(text, uri)
    assert reading.document is not None, reading.issues
    return reading.document


def values(document: Document, *names: str) -> dict[str, Any]:
    return {name: getattr(document, name) for name in names}


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        (
            "1 UN High Commissioner for Refugees (UNHCR), Handbook on Nets, December 2011, "
            "available at: https://www.refworld.org/docid/3ae6b5ee8.html [accessed 3 May 2013]\n\n",
            OLD,
        ),
        (
            "Human Rights Watch, On Nets, 3 May 2001, available at: "
            "https://www.refworld.org/docid/3ae6b5ee8.html [accessed 3 May 2013]\n\n",
            OLD,
        ),
        ("The law is available at: http://x.org/law.pdf and was read.\n", OLD),
        ("Applicant: A. B.\nAuthor: C. D.\nDate: 3 May 2001\n", OLD),
        ("Title: Chief of Police\nPublication Date 3 May 2003\n", OLD),
        ("| Date | 3 May 2003 |\n| Country | Chad |\n", OLD),
        ("Country Chad\nPublication Date: 2003\n", OLD),
        ("Publisher of the newspaper was John.\n", OLD),
        ("The French authorities refused him.\nHe spoke English and French\n", NEW),
        ("April 8, 2011\n\n", OLD),
        ("BENIN (Tier 2)\n\n", OLD),
    ],
)
def test_a_page_without_header_is_given_none(text: str, uri: str) -> None:
    document = document_of(text + BODY, uri)
    assert values(document, *HEADER_VALUES) == dict.fromkeys(HEADER_VALUES)
    assert document.document_id in ("4c1f3a2b4", "new:12345")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Comments on the draft law were many.", "comments"),
        ("Reference is made to the law of 1999.", "reference"),
        ("Author of the law was the minister.", "author"),
    ],
)
def test_the_body_directly_under_a_header_is_no_row(line: str, name: str) -> None:
    text = (
        f"A Title\n\nPublisher UNHCR\nPublication Date 2003\nCite as UNHCR, A Title, 2003, {CITE}"
    )
    assert getattr(document_of(text + line + "\n" + BODY), name) is None


def test_first_line_under_last_updated_is_a_title_only_if_it_can_be() -> None:
    updated = "Last Updated: Tuesday, 06 June 2023, 11:08 GMT\n\n"
    assert document_of(updated + "On Nets\n\n" + BODY, OLD).title == "On Nets"
    for line in ("BENIN (Tier 2)", "April 8, 2011", BODY.strip()):
        assert document_of(f"{updated}{line}\n\n{BODY}", OLD).title is None


def test_a_title_may_begin_with_a_labels_word() -> None:
    header = "Publisher Freedom House\nPublication Date 2003\n"
    for title in ("Reference Guide to Nets", "Country Policy on Nets", "Comments of Weavers"):
        cite = f"Cite as Freedom House, {title}, 2003, {CITE}"
        found = document_of(f"{title}\n{header}{cite}\n{BODY}")
        assert values(found, "title", "publisher") == {"title": title, "publisher": "Freedom House"}
    pipe = "Country Policy on Nets\nPublisher | Freedom House |\nPublication Date | 2003 |\n" + BODY
    assert document_of(pipe).publisher == "Freedom House"


def test_a_blank_line_inside_the_header_ends_nothing() -> None:
    text = (
        "A Title\n\nPublisher UNHCR\n\nAuthor J. Weaver\nPublication Date 4 June 2003\n"
        f"Cite as UNHCR, A Title, 4 June 2003, {CITE}\n{BODY}"
    )
    found = document_of(text)
    assert (found.author, found.publication_date) == ("J. Weaver", "2003-06-04")


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("World Directory of Weavers - Cambodia: Overview", ("KHM",)),
        ("Nets in Transit - Ukraine (2003)", ("UKR",)),
        ("Nets in Transit - China (Includes Tibet)", ("CHN",)),
        ("Nets in Transit - Guinea-Bissau", ("GNB",)),
        ("Nets in Transit - St. Lucia", ("LCA",)),
        ("AFGHANISTAN-PAKISTAN: Weavers return", ("AFG", "PAK")),
        ("Algérie : les filets", ("DZA",)),
        ("Nets, 2006 - Northern Lights", None),
        ("Weavers: who are they?", None),
    ],
)
def test_countries_of_titles(title: str, codes: tuple[str, ...] | None) -> None:
    text = f"{title}\n\nPublisher UNHCR\nCite as UNHCR, {title}, 2003, {CITE}\n{BODY}"
    assert document_of(text).country_codes == codes


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("Zaire", "11 March 1995", "ZAR"),
        ("Zaire", "1996", "ZAR"),
        ("Zaire", "1997", "COD"),
        ("Democratic Republic of the Congo", "2004", "COD"),
        ("Burma", "1988", "BUR"),
        ("Burma", "2006", "MMR"),
        ("Myanmar", "2006", "MMR"),
        ("East Timor", "2001", "TMP"),
        ("East Timor", "2006", "TLS"),
        ("Swaziland", "2006", "SWZ"),
        ("Eswatini", "2019", "SWZ"),
        ("Serbia and Montenegro", "2004", "SCG"),
        ("Serbia", "2004", "SRB"),
        ("Kosovo", "2008", "XKX"),
        ("Macau", "1999", "MAC"),
        ("Macao", "2008", "MAC"),
        ("Curaçao", "2011", "CUW"),
        ("Curacao", "2008", "CUW"),
        ("Netherlands Antilles", "2008", "ANT"),
        ("Western Sahara", "2006", "ESH"),
    ],
)
def test_a_country_has_the_code_of_its_time_in_title_and_heading(
    name: str, year: str, code: str
) -> None:
    title = f"Nets in Transit - {name}"
    text = f"{title}\n\nPublisher UNHCR\nPublication Date {year}\nCite as UNHCR, {title}, {CITE}\n"
    [stated] = [s for s in reading_of(text + BODY).statements if s.field == "country_codes"]
    assert (stated.value, stated.raw, stated.rule) == (code, name, "title.country")
    assert text[stated.char_start : stated.char_end] == name
    text = f"Nets\n\nPublisher UNHCR\nPublication Date {year}\nCite as UNHCR, Nets, {CITE}\n\n"
    text += f"{name.upper()}\n\n{BODY}"
    [stated] = [s for s in reading_of(text).statements if s.field == "country_codes"]
    assert (stated.value, stated.raw, stated.rule) == (code, name.upper(), "heading.country")
    assert text[stated.char_start : stated.char_end] == name.upper()


def test_an_address_gives_the_code_of_the_time_and_its_words() -> None:
    uri = "https://www.refworld.org/country,COI,UNHCR,,COD,4562d8cf2,4680d8a81d,0.html"
    text = f"Nets\n\nPublisher UNHCR\nPublication Date 1995\nCite as UNHCR, Nets, {CITE}\n{BODY}"
    [stated] = [s for s in reading_of(text, uri).statements if s.field == "country_codes"]
    assert (stated.value, stated.raw, stated.rule) == ("ZAR", "COD", "address.country")


@pytest.mark.parametrize(
    "body",
    ["PERU\n\nOf nets.\n\nCHILE\n\nOf boats.\n", "Peru has many nets and many boats.\n",
     "\n\n".join("A sentence of nets." for _ in range(9)) + "\n\nPERU\n\nOf nets.\n"],
)  # fmt: skip
def test_headings_of_several_countries_or_further_down_tell_of_none(body: str) -> None:
    text = f"Nets\n\nPublisher UNHCR\nPublication Date 2003\nCite as UNHCR, Nets, 2003, {CITE}\n\n"
    assert document_of(text + body).country_codes is None


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        (
            "The Nets Act, 2006 [Kenya],  No. 13 of 2006, 30 December 2006",
            (None, "The Nets Act, 2006", "2006-12-30", "No. 13 of 2006"),
        ),
        (
            "A. v. Net, Appl. No. 99999/06, Council of Europe: European Court of Human Rights, "
            "28 February 2008",
            (
                "Council of Europe: European Court of Human Rights",
                "A. v. Net",
                "2008-02-28",
                "Appl. No. 99999/06",
            ),
        ),
        ("A v. B, Odd Court of Foo, 12 May 2006", (None, None, "2006-05-12", None)),
        (
            "Weaver v. Net, 2001 FCT 3, Poland: Odd Court, 12 May 2006",
            ("Poland: Odd Court", "Weaver v. Net", "2006-05-12", "2001 FCT 3"),
        ),
    ],
)
def test_citations_of_laws_and_courts(citation: str, expected: tuple[str | None, ...]) -> None:
    found = document_of(f"{citation}, {CITE}\n{BODY}")
    names = ("publisher", "title", "publication_date", "document_symbol")
    assert tuple(values(found, *names).values()) == expected


@pytest.mark.parametrize(
    "title", ["Weaver v. Canada (M.C.I.), IMM-5-02", "Statement, 12 May 2003, Geneva", "Nets, 2004"]
)
def test_nothing_inside_the_title_is_symbol_or_date(title: str) -> None:
    for date in ("", "7 June 2004, "):
        cite = f"Cite as UNHCR, {title}, {date}{CITE}"
        found = document_of(f"{title}\n\nPublisher UNHCR\n{cite}\n{BODY}")
        expected = "2004-06-07" if date else None
        assert values(found, "title", "document_symbol", "publication_date") == {
            "title": title,
            "document_symbol": None,
            "publication_date": expected,
        }


@pytest.mark.parametrize(
    "head",
    ["404 persons were arrested in the market", "Access denied\n\n" + BODY + BODY],
)
def test_words_of_an_error_page_do_not_make_one(head: str) -> None:
    assert document_of(f"{head}\n{BODY}{BODY}", OLD).document_id == "4c1f3a2b4"


def test_behind_the_citation_only_comments_and_disclaimer_follow() -> None:
    text = (
        f"A Title\n\nPublisher UNHCR\nPublication Date 2003\nCite as UNHCR, A Title, 2003, {CITE}"
    )
    found = document_of(f"{text}Reference 12\nCountry Chad\n{BODY}")
    assert values(found, "reference", "country_codes") == {"reference": None, "country_codes": None}


def test_a_numbered_note_with_a_citation_is_not_the_page_citing_itself() -> None:
    found = document_of(f"3 UNHCR, On Nets, 3 May 2001, {CITE}\n{BODY}")
    assert values(found, *HEADER_VALUES) == dict.fromkeys(HEADER_VALUES)


def test_a_date_line_without_the_marks_of_the_new_site_is_body() -> None:
    found = document_of(f"The hearing of the weavers\nDate: 3 May 2001\n{BODY}{BODY}{BODY}", NEW)
    assert values(found, "title", "publication_date") == {"title": None, "publication_date": None}


def test_a_line_of_white_space_among_bars_is_read_in_linear_time() -> None:
    began = time.process_time()
    assert match_bars("a" + " " * 200_000 + "b") is None
    # Tried in every division, as it once was, this takes hours.
    assert time.process_time() - began < 5
