"""One smallest broken page for each code that reading gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transforms import reading
from transforms.issue_codes import ISSUE_CODES, READING_CODES
from transforms.reading import CORPUS_ROW, read, read_page
from transforms.records import QUARANTINED, Reading, capture_of

BROKEN = Path(__file__).parent.parent / "broken"
MEDIA_TYPES = {".txt": "text/plain", ".jsonl": CORPUS_ROW, ".html": "text/html"}
PAGES = sorted(path for path in BROKEN.iterdir() if path.suffix in MEDIA_TYPES)
ADDRESSES = json.loads((BROKEN / "addresses.json").read_text())
# No bytes bring these codes about: they stand for faults of the reader itself.
OF_THE_CODE_ITSELF = {"reading_failed", "reading_timed_out", "reader_died"}


def reading_of(page: Path) -> Reading:
    uri = ADDRESSES.get(page.stem, "file:///page.txt")
    return read_page(capture_of(page.read_bytes(), uri, media_type=MEDIA_TYPES[page.suffix]))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_broken_page_gives_its_code(page: Path) -> None:
    found = reading_of(page)
    assert page.stem in {issue.code for issue in found.issues}
    has_error = any(ISSUE_CODES[issue.code].severity == "error" for issue in found.issues)
    assert has_error == (found.outcome == QUARANTINED)


def test_a_sound_page_gives_no_code() -> None:
    page = BROKEN / "unknown_country_code.txt"
    capture = capture_of(page.read_bytes(), "file:///page.txt")
    assert read_page(capture).issues == ()


def test_every_reading_code_has_its_page() -> None:
    given = {page.stem for page in PAGES}
    reading_codes = {entry.code for entry in READING_CODES}
    assert reading_codes - OF_THE_CODE_ITSELF == given


def test_a_fault_of_the_reader_is_an_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(payload: bytes) -> None:
        raise ZeroDivisionError("made to fail")

    monkeypatch.setattr(reading, "decode", fail)
    found = read(capture_of(b"a", "file:///a.txt"))
    assert found.outcome == QUARANTINED
    assert [issue.code for issue in found.issues] == ["reading_failed"]
    assert "made to fail" in found.issues[0].words
