"""One smallest broken page for each code that reading gives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from transforms import reading
from transforms.issue_codes import ISSUE_CODES, READING_CODES
from transforms.reading import CORPUS_ROW, read, read_page
from transforms.record_captures import CAPTURING, WARC_RECORD, capture_of_record
from transforms.records import QUARANTINED, Capture, Reading, WarcRecord, capture_of
from transforms.warc_heads import parse_start

BROKEN = Path(__file__).parent.parent / "broken"
MEDIA_TYPES = {
    ".txt": "text/plain",
    ".html": "text/html",
    ".jsonl": CORPUS_ROW,
    ".pdf": "application/pdf",
}
WARC = ".warc"
PAGES = sorted(path for path in BROKEN.iterdir() if path.suffix in (*MEDIA_TYPES, WARC))
ADDRESSES = json.loads((BROKEN / "addresses.json").read_text())
# No bytes bring these codes about: they stand for faults of the reader itself.
OF_THE_CODE_ITSELF = {
    "reading_failed",
    "reading_out_of_memory",
    "reading_timed_out",
    "reader_died",
}


def reading_of(page: Path) -> Reading:
    if page.suffix == WARC:
        return read_page(recorded(page.read_bytes()))
    uri = ADDRESSES.get(page.stem, "file:///page.txt")
    return read_page(capture_of(page.read_bytes(), uri, media_type=MEDIA_TYPES[page.suffix]))


def recorded(content: bytes) -> Capture:
    """Returns the capture of a record, or of its bytes when it is not taken in as one."""
    start = parse_start(content)
    assert start is not None
    block = content[start.block_start :].removesuffix(b"\r\n\r\n")
    if start.kind not in CAPTURING or len(block) != start.block_length:
        return capture_of(content, "file:///a.warc#1", media_type=WARC_RECORD)
    return capture_of_record(WarcRecord(start.head, block), 1 << 20)


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


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        (ZeroDivisionError("made to fail"), "reading_failed", "made to fail"),
        (MemoryError("for 12345 bytes"), "reading_out_of_memory", "no more memory"),
    ],
)
def test_a_fault_of_the_reader_is_an_issue(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, code: str, words: str
) -> None:
    def fail(payload: bytes) -> None:
        raise fault

    monkeypatch.setattr(reading, "decode", fail)
    found = read(capture_of(b"a", "file:///a.txt"))
    assert found.outcome == QUARANTINED
    assert [issue.code for issue in found.issues] == [code]
    assert words in found.issues[0].words
