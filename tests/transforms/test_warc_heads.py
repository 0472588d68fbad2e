"""Heads of WARC and ARC records: sound ones are read, the others refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.arc_heads import arc_record, parse_arc_start
from transforms.record_captures import time_of
from transforms.warc_heads import head_fields, parse_start

HEAD = b"WARC/1.0\r\nWARC-Type: Response\r\nWARC-Target-URI: <http://x/>\r\nContent-Length: 3\r\n"
ARC = b"http://x/a 192.0.2.1 20060605101500 text/html 7\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"WARC/1.0",
        HEAD,  # without its empty line
        b"\r\n" + HEAD + b"\r\n",
        HEAD.replace(b"WARC/1.0", b"WARC/x") + b"\r\n",
        HEAD.replace(b"WARC-Type", b"X") + b"\r\n",
        HEAD.replace(b"3", b"-3") + b"\r\n",
        HEAD.replace(b"3", b"") + b"\r\n",
        HEAD.replace(b"Length:", b"Length :") + b"\r\n",
        HEAD + b"content-length: 4\r\n\r\n",
        HEAD + b"X: " + b"x" * 9_000 + b"\r\n\r\n",
        HEAD + b"X: x\r\n" * 20_000 + b"\r\n",
        HEAD + HEAD + b"\r\n",  # the next one begins before this one ends
    ],
)
def test_what_is_no_sound_head_is_refused(data: bytes) -> None:
    assert parse_start(data) is None


def test_a_head_is_kept_to_the_byte_and_read() -> None:
    for end in (b"\r\n", b"\n"):
        head = HEAD.replace(b"\r\n", end)
        found = parse_start(b"??" + head + end + b"abc", 2)
        assert found is not None
        assert found.head == head
        assert (found.kind, found.target_uri) == ("response", "http://x/")
        assert (found.block_start, found.block_length) == (len(head + end), 3)


def test_fields_may_be_folded_and_need_not_be_utf_8() -> None:
    head = "WARC/1.0\r\nA: \xe9\r\n  b\r\n\tc\r\nno field\r\nD:e:f\r\n".encode("latin-1")
    assert head_fields(head) == (("a", "\xe9 b c"), ("d", "e:f"))


@given(st.binary())
def test_no_bytes_make_it_fail(data: bytes) -> None:
    for content in (data, HEAD + data, ARC + data):
        parse_start(content)
        if parse_arc_start(content):
            arc_record(content[: content.find(b"\n") + 1], data)


@pytest.mark.parametrize(
    "line",
    [b"", b"\n", b"http://x/ 1.1.1.1 20060605101500 text/html x\n", ARC[:-1],
     ARC.replace(b"http:", b""), ARC.replace(b"20060605101500", b"2006"), b"a b c d 5\n"],
)  # fmt: skip
def test_what_is_no_arc_line_is_refused(line: bytes) -> None:
    assert parse_arc_start(line) is None


def test_an_arc_record_becomes_a_response_that_keeps_its_line() -> None:
    found = parse_arc_start(ARC)
    assert found is not None
    assert (found.kind, found.target_uri, found.block_length) == ("response", "http://x/a", 7)
    record = arc_record(ARC, b"HTTP/1.")
    start = parse_start(record.head + b"\r\n")
    assert start is not None
    assert (start.kind, start.target_uri) == ("response", "http://x/a")
    assert record.field("WARC-Date") == "2006-06-05T10:15:00Z"
    assert record.field("Refworld-ARC-Header") == (
        "http://x/a%20192.0.2.1%2020060605101500%20text/html%207%0A"
    )
    assert arc_record(ARC, b"<html>.").field("WARC-Type") == "resource"
    assert arc_record(ARC, b"<html>.").field("Content-Type") == "text/html"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2023-06-02T10:15:00Z", datetime(2023, 6, 2, 10, 15, tzinfo=UTC)),
        ("2023-06-02T10:15:00.1234567Z", datetime(2023, 6, 2, 10, 15, 0, 123456, tzinfo=UTC)),
        ("2023-06-02", None),
        ("2023-13-02T10:15:00Z", None),
        ("20230602101500", None),
        ("", None),
        (None, None),
    ],
)
def test_times_of_records(words: str | None, expected: datetime | None) -> None:
    assert time_of(words) == expected
