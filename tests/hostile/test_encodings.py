"""The encodings of captures: each decoded by a stated rule, flagged, its bytes untouched."""

from __future__ import annotations

import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.flows.conftest import Command
from transforms.reading import read_page
from transforms.records import DOCUMENT, Reading, capture_of
from warehouse.archive import read_warc
from warehouse.home import Home
from warehouse.query import open_database

ENGLISH = "The village’s café was closed – “for good”, said one who had seen it. "
RUSSIAN = "Правительство закрыло границы и объявило чрезвычайное положение в стране. "
ARABIC = "أغلقت الحكومة الحدود وأعلنت حالة الطوارئ في البلاد بعد أعمال العنف الأخيرة. "
ADDRESS = "https://www.refworld.org/docid/4680d8a81d.html"
TITLE = "The Situation of Returned Persons"


def page(body: str, title: str = TITLE) -> str:
    return (
        f"Last Updated: Tuesday, 06 June 2023, 11:08 GMT\n\n{title}\n\n"
        "Publisher Human Rights Watch\nPublication Date 5 June 2006\n"
        f"Cite as Human Rights Watch, {title}, 5 June 2006, available at: "
        f"{ADDRESS} [accessed 2 June 2023]\n\n{body * 12}\n"
    )


class Case(NamedTuple):
    """A page in bytes, the encoding that is to be found, the codes, and words of its text."""

    payload: bytes
    charset: str
    codes: set[str]
    words: str


CASES = {
    "utf-8": Case(page(ENGLISH).encode(), "utf-8", set(), "café"),
    "utf-8-mark": Case(page(ENGLISH).encode("utf-8-sig"), "utf-8", set(), "café"),
    "utf-16-le-mark": Case(
        b"\xff\xfe" + page(RUSSIAN).encode("utf-16-le"), "utf-16-le", set(), "границы"
    ),
    "utf-16-be-mark": Case(
        b"\xfe\xff" + page(ARABIC).encode("utf-16-be"), "utf-16-be", set(), "الحكومة"
    ),
    "utf-16-le": Case(page(ENGLISH).encode("utf-16-le"), "utf-16-le", {"charset_guessed"}, "café"),
    "cp1252": Case(page(ENGLISH).encode("cp1252"), "cp1252", {"charset_guessed"}, "village’s café"),
    "cp1251": Case(page(RUSSIAN).encode("cp1251"), "cp1251", {"charset_guessed"}, "границы"),
    "cp1256": Case(page(ARABIC).encode("cp1256"), "cp1256", {"charset_guessed"}, "الحكومة"),
    # What is no UTF-8 in a page that is: no letter is invented for it.
    "mixed": Case(
        page(RUSSIAN).encode() + "café – fermé".encode("cp1252"),
        "utf-8",
        {"invalid_utf8"},
        "caf\ufffd \ufffd ferm\ufffd",
    ),
    "surrogate": Case(
        page(ENGLISH + "\ud800").encode("utf-8", "surrogatepass"),
        "utf-8",
        {"invalid_utf8"},
        "\ufffd\ufffd\ufffd",
    ),
    "nul": Case(
        page("Nothing was said of it. " * 20 + "\x00").encode(),
        "utf-8",
        {"control_characters"},
        "it. \x00",
    ),
    "bidi": Case(
        page(ENGLISH + "\u202eabc\u202c").encode(), "utf-8", {"bidi_controls"}, "\u202eabc\u202c"
    ),
    "zero-width": Case(
        page("The mar\u200bket was closed. ").encode(),
        "utf-8",
        {"zero_width_marks"},
        "mar\u200bket",
    ),
    "soft-hyphen": Case(
        page("The mar\u00adket café. ").encode("cp1252"),
        "cp1252",
        {"charset_guessed", "zero_width_marks"},
        "mar\u00adket",
    ),
    "all-at-once": Case(
        b"\xef\xbb\xbf" + page(ARABIC * 3 + "\x00\u200b\u202e").encode() + b"\x93quoted\x94",
        "utf-8",
        {"invalid_utf8", "control_characters", "bidi_controls", "zero_width_marks"},
        "\ufffdquoted\ufffd",
    ),
}


def reading(payload: bytes) -> Reading:
    return read_page(capture_of(payload, ADDRESS))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_page_is_read_by_the_rule_and_flagged(case: Case) -> None:
    found = reading(case.payload)
    assert found.outcome == DOCUMENT
    assert found.charset == case.charset
    assert case.words in "".join(found.blocks.texts)
    assert {issue.code for issue in found.issues} == case.codes
    assert found.document is not None
    assert found.document.title == TITLE
    assert found.document.document_id == "4680d8a81d"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_value_leads_to_its_bytes(case: Case) -> None:
    found = reading(case.payload)
    text = "".join(found.blocks.texts)
    printed = [s for s in found.statements if s.char_start is not None]
    assert len(printed) > 6
    for statement in printed:
        words = case.payload[statement.byte_start : statement.byte_end].decode(case.charset)
        assert words == statement.raw == text[statement.char_start : statement.char_end]


@pytest.mark.parametrize("marks", ["\u200b", "\ufeff", "\u200e", "\u200b\u00a0"])
def test_marks_around_a_title_are_no_part_of_it(marks: str) -> None:
    text = page(ENGLISH).replace(f"\n{TITLE}\n", f"\n{marks}{TITLE}{marks}\n")
    found = reading(text.encode())
    assert found.document is not None
    assert found.document.title == TITLE


def test_the_bytes_are_kept_and_the_flags_can_be_asked_for(
    refworld: Command, home: Home, tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    for name, case in CASES.items():
        (folder / f"{name}.txt").write_bytes(case.payload)
    rows = [{"url": ADDRESS, "text": page(ENGLISH + "\ud800")}, {"url": ADDRESS, "text": "\ud800"}]
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    done = refworld("ingest", folder, "--data", home.root)
    assert done.returncode == 1, done.stderr
    kept = {sha256(c.payload).hexdigest() for p in home.archive.iterdir() for _, c in read_warc(p)}
    assert {sha256(case.payload).hexdigest() for case in CASES.values()} < kept
    with closing(open_database(home)) as database:
        found = database.execute(
            "SELECT regexp_extract(source, '[^/]+$'), list(DISTINCT code) FROM acquisitions "
            "LEFT JOIN issues USING (capture_id) GROUP BY source"
        ).fetchall()
        charsets = dict(
            database.execute(
                "SELECT regexp_extract(source, '([^/]+).txt$', 1), charset FROM acquisitions "
                "JOIN captures USING (capture_id) WHERE source LIKE '%.txt'"
            ).fetchall()
        )
    codes = {name: set(filter(None, listed or [])) for name, listed in found}
    assert {name: codes[f"{name}.txt"] for name in CASES} == {n: c.codes for n, c in CASES.items()}
    assert charsets == {name: case.charset for name, case in CASES.items()}
