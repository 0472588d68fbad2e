"""HTTP responses as crawlers keep them: what was sent comes out, and what is odd is said."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from transforms.content_codings import TooLarge, decode_chunks
from transforms.messages import charset_of, media_type_of, parse_message

MOST = 1 << 20
PAGE = b"<html><p>The market was closed.</p></html>\n" * 9


def raw_deflate(content: bytes) -> bytes:
    packing = zlib.compressobj(wbits=-15)
    return packing.compress(content) + packing.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:]),
    "deflate": zlib.compress,
    "br": lambda content: brotli.compress(content, quality=1),
    "zstd": zstandard.ZstdCompressor().compress,
    "identity": bytes,
}


def chunked(content: bytes, size: int = 7, end: bytes = b"\r\n") -> bytes:
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    chunks = (b"%x;a=b%s%s%s" % (len(part), end, part, end) for part in parts)
    return b"".join(chunks) + b"0" + end + end


def answer(body: bytes, *lines: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, *lines, "", ""]).encode() + body


def codes(block: bytes) -> list[str]:
    return [issue.code for issue in parse_message(block, MOST).issues]


@pytest.mark.parametrize(
    "block",
    [b"", b"\r\n\r\n", b"<html>", b"HTTP", b"HTTP/1.1", b"HTTP/1.1 20", b"HTTP/1.1 2000 OK\r\n\r\n",
     b"200 OK\r\n\r\nx", b"\0\0\0"],
)  # fmt: skip
def test_what_is_no_response_is_a_payload_as_a_whole(block: bytes) -> None:
    found = parse_message(block, MOST)
    assert (found.status, found.payload) == (None, block)
    assert codes(block) == ["http_head_unreadable"]


@pytest.mark.parametrize(
    "block",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nx",
        b"HTTP/1.0 200\nContent-Type:text/html\n\nx",
        b"HTTP/2 200 \r\ncontent-type: text/html\r\n\r\nx",
        b"HTTP/1.1 200 Gro\xdf\r\nA: \xff\r\nContent-Type:\r\n text/html\r\n\r\nx",
        b"\r\nICY 200 OK\r\nContent-Type: text/html\r\n\r\nx",
    ],
)
def test_status_lines_and_heads_of_many_kinds_are_read(block: bytes) -> None:
    found = parse_message(block, MOST)
    assert (found.status, found.payload, found.issues) == (200, b"x", ())
    assert found.fields[-1][1] == "text/html"


def test_a_head_that_does_not_end_has_no_body() -> None:
    found = parse_message(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", MOST)
    assert (found.status, found.payload) == (200, b"")


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("is_chunked", [False, True])
def test_codings_are_taken_away(coding: str, is_chunked: bool) -> None:
    body = CODINGS[coding](PAGE)
    lines = [f"Content-Encoding: {coding.upper()}"]
    if is_chunked:
        body, lines = chunked(body), [*lines, "Transfer-Encoding: chunked"]
    found = parse_message(answer(body, *lines), MOST)
    assert (found.payload, found.issues) == (PAGE, ())


def test_stacked_codings_are_taken_away_the_last_one_first() -> None:
    body = gzip.compress(brotli.compress(PAGE))
    for lines in (
        ["Content-Encoding: br, gzip"],
        ["content-encoding: br", "Content-Encoding: gzip"],
    ):
        assert parse_message(answer(body, *lines), MOST).payload == PAGE
    body = chunked(gzip.compress(PAGE), 100)
    assert parse_message(answer(body, "Transfer-Encoding: gzip, chunked"), MOST).payload == PAGE
    assert (
        parse_message(answer(raw_deflate(PAGE), "Content-Encoding: deflate"), MOST).payload == PAGE
    )


@pytest.mark.parametrize(
    "line",
    ["Content-Encoding: gzip", "Content-Encoding: br", "Content-Encoding: zstd",
     "Content-Encoding: deflate", "Content-Encoding: klingon", "Transfer-Encoding: chunked",
     "Content-Encoding: " + "gzip, " * 9],
)  # fmt: skip
def test_a_body_without_the_coding_that_is_named_is_taken_as_it_is(line: str) -> None:
    found = parse_message(answer(PAGE, line), MOST)
    assert found.payload == PAGE
    assert codes(answer(PAGE, line)) == ["http_coding_absent"]


def test_a_body_that_was_cut_gives_what_there_is_and_says_so() -> None:
    packed = gzip.compress(bytes(range(256)) * 20)
    half = parse_message(answer(packed[:-40], "Content-Encoding: gzip"), MOST)
    assert (bytes(range(256)) * 20).startswith(half.payload)
    assert half.payload
    chunks = chunked(PAGE)[:-40]
    part = parse_message(answer(chunks, "Transfer-Encoding: chunked"), MOST)
    assert PAGE.startswith(part.payload)
    assert part.payload
    for found in (half, part):
        assert [issue.code for issue in found.issues] == ["payload_truncated"]
    assert codes(answer(PAGE, "Content-Length: 9999")) == ["payload_truncated"]
    assert codes(answer(PAGE, f"Content-Length: {len(PAGE)}")) == []
    assert codes(answer(PAGE, "Content-Length: 1" + "0" * 40)) == []
    assert codes(answer(PAGE, status="HTTP/1.1 206 Partial Content")) == ["payload_truncated"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_bomb_is_not_unpacked(coding: str) -> None:
    body = CODINGS[coding](bytes(MOST * 8))
    with pytest.raises(TooLarge):
        parse_message(answer(body, f"Content-Encoding: {coding}"), MOST)
    twice = CODINGS[coding](CODINGS[coding](bytes(MOST * 8)))
    with pytest.raises(TooLarge):
        parse_message(answer(twice, f"Content-Encoding: {coding}, {coding}"), MOST)


@given(st.binary(), st.integers(1, 9), st.sampled_from([b"\r\n", b"\n"]))
def test_chunks_put_together_are_the_content(content: bytes, size: int, end: bytes) -> None:
    assert decode_chunks(chunked(content, size, end)) == (content, True)


@given(st.binary(), st.sampled_from([*CODINGS, "chunked"]))
def test_no_bytes_make_it_fail(body: bytes, coding: str) -> None:
    name = "Transfer-Encoding" if coding == "chunked" else "Content-Encoding"
    found = parse_message(answer(body, f"{name}: {coding}"), MOST)
    assert found.status == 200
    assert parse_message(body, MOST) == parse_message(body, MOST)


@pytest.mark.parametrize(
    ("said", "payload", "expected"),
    [
        ("Text/HTML; charset=x", b"", "text/html"),
        (None, b"\xef\xbb\xbf \n<!DOCTYPE html>", "text/html"),
        ("html", b"<HTML>", "text/html"),
        ("text/html\x00", b"words", "text/plain"),
        ("", b"%PDF-1.4", "application/pdf"),
        (None, b"words", "text/plain"),
    ],
)
def test_media_types(said: str | None, payload: bytes, expected: str) -> None:
    assert media_type_of(said, payload) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("text/html; charset=UTF-8", "UTF-8"),
        ('text/html;x=y; Charset = "iso-8859-1"', "iso-8859-1"),
        ("text/html; charset=", None),
        ("text/html", None),
        (None, None),
        ("charset=utf-8", None),
    ],
)
def test_charsets(said: str | None, expected: str | None) -> None:
    assert charset_of(said) == expected
