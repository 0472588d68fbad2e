"""References in each style, read back by the parsers of other programs."""

from __future__ import annotations

import codecs
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import parse_string

from flows.looking.citing import as_bibtex, as_csl_json, as_printed, as_ris
from flows.reference import reference_rows
from tests.warehouse.pages import CODE_VERSION
from transforms.reading import read_page
from transforms.records import capture_of
from warehouse.commits import commit, stage
from warehouse.database import publish
from warehouse.home import Home
from warehouse.query import cite_rows, open_database

VERSION: dict[str, Any] = {
    "document_id": "4680d8a81d",
    "capture_id": "c" * 64,
    "document_type": None,
    "publisher_kind": "government",
    "publisher_id": "USDOS",
    "title": "2006 Report on Trafficking & Labor, 100 % - Peru",
    "publisher": "Bureau, Department and Office",
    "author": None,
    "document_symbol": "ABC/123_4",
    "publication_date": "2006-06-05",
    "cite_as": "Bureau, 2006 Report [accessed 2 June 2023]",
    "cite_uri": "https://www.refworld.org/docid/4680d8a81d.html",
    "target_uri": "https://elsewhere.example/4680d8a81d",
    "accessed_date": date(2023, 6, 2),
    "captured_at": None,
    "language": "en",
    "payload_sha256": "a" * 64,
    "later_capture_ids": None,
}


def bibtex(version: dict[str, Any]) -> Any:
    (entry,) = parse_string(as_bibtex(version), "bibtex").entries.values()
    return entry


def ris(version: dict[str, Any]) -> dict[str, Any]:
    (entry,) = rispy.loads(as_ris(version))
    return dict(entry)


def plain(latex: str) -> str:
    # Commands of LaTeX that the decoder does not know, kept from it.
    marks = {r"\textbraceleft{}": "{", r"\textbraceright{}": "}", r"\$": "$",
             r"\textbackslash{}": "\\"}  # fmt: skip
    for number, command in enumerate(marks):
        latex = latex.replace(command, chr(0xE000 + number))
    text = str(codecs.decode(latex, "ulatex"))
    for number, mark in enumerate(marks.values()):
        text = text.replace(chr(0xE000 + number), mark)
    return text


def test_each_style_says_the_same() -> None:
    (csl,) = json.loads(as_csl_json(VERSION))
    assert csl["title"] == plain(bibtex(VERSION).fields["title"]) == ris(VERSION)["title"]
    assert csl["author"] == [{"literal": "Bureau, Department and Office"}]
    assert [str(person) for person in bibtex(VERSION).persons["author"]] == [
        "{Bureau, Department and Office}"
    ]
    assert ris(VERSION)["authors"] == ["Bureau, Department and Office"]
    assert csl["URL"] == bibtex(VERSION).fields["url"] == ris(VERSION)["urls"][0]
    assert plain(bibtex(VERSION).fields["number"]) == csl["number"] == ris(VERSION)["number"]
    assert csl["archive_location"] == ris(VERSION)["accession_number"] == f"sha256:{'a' * 64}"
    assert csl["note"] == plain(bibtex(VERSION).fields["note"]) == ris(VERSION)["notes"][0]


@pytest.mark.parametrize(
    ("edtf", "parts", "ris_date"),
    [("2006-06-05", [2006, 6, 5], "2006/06/05/"), ("2006-06", [2006, 6], "2006/06//"),
     ("2006", [2006], "2006///")],
)  # fmt: skip
def test_a_date_is_as_precise_as_it_is_printed(edtf: str, parts: list[int], ris_date: str) -> None:
    version = VERSION | {"publication_date": edtf}
    assert json.loads(as_csl_json(version))[0]["issued"] == {"date-parts": [parts]}
    assert ris(version)["date"] == ris_date
    fields = bibtex(version).fields
    assert ["month" in fields, "day" in fields] == [len(parts) > 1, len(parts) > 2]


def test_what_the_page_lacks_is_left_out() -> None:
    bare = VERSION | dict.fromkeys(
        ("title", "publisher", "document_symbol", "publication_date", "cite_uri", "target_uri",
         "accessed_date", "language")
    )  # fmt: skip
    assert set(json.loads(as_csl_json(bare))[0]) == {
        "id", "type", "archive", "archive_location", "note",
    }  # fmt: skip
    assert set(bibtex(bare).fields) == {"note"}
    assert {"title", "authors", "year", "date", "urls"}.isdisjoint(ris(bare))


def test_the_day_of_the_capture_goes_before_the_printed_one() -> None:
    version = VERSION | {"captured_at": datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC)}
    assert bibtex(version).fields["urldate"] == "2024-02-03"
    assert "captured 2024-02-03T04:05:06Z" in as_printed(version)


def test_a_page_without_a_citation_is_not_given_one() -> None:
    with pytest.raises(ValueError, match="prints no citation"):
        as_printed(VERSION | {"cite_as": None})


@given(st.text("ab {}$\\&%#_é@", min_size=1, max_size=30).map(str.strip).filter(bool))
def test_any_title_comes_back_from_bibtex_and_ris(title: str) -> None:
    version = VERSION | {"title": " ".join(title.split())}
    assert " ".join(plain(bibtex(version).fields["title"]).split()) == version["title"]
    assert ris(version)["title"] == version["title"]


def test_a_later_capture_with_other_words_is_told_of(tmp_path: Path) -> None:
    home = Home(tmp_path / "data")
    page = (
        "Last Updated: Wednesday, {} May 2023, 15:44 GMT\n\nA Report on Peru\n\nPublisher Bureau\n"
        "Publication Date 2006\nCite as Bureau, A Report on Peru, 2006, available at: "
        "https://www.refworld.org/docid/4680d8a81d.html [accessed {} June 2023]\n\n{}\n"
    )
    old = capture_of(page.format(24, 1, "Families waited.").encode(), "file:///page.txt")
    new = capture_of(page.format(31, 2, "Families went.").encode(), "file:///page.txt")
    commit(home, stage(home, [old, new], [read_page(old), read_page(new)], CODE_VERSION))
    publish(home, reference_rows())
    with open_database(home) as database:
        latest, earlier = cite_rows(database, "4680d8a81d")
    assert (latest["capture_id"], earlier["capture_id"]) == (new.capture_id, old.capture_id)
    assert latest["later_capture_ids"] is None
    assert earlier["later_capture_ids"] == [new.capture_id]
    assert new.capture_id in as_printed(earlier)
