import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.intake import corpora
from flows.intake.corpora import Piece, cut_pieces, hash_rows, parse_row
from flows.intake.inputs import JSON_ROW, TEXT
from flows.intake.walk import Found


@pytest.mark.parametrize(
    "line",
    [b"{", b"[]", b"null", b'{"url": "x"}', b'{"text": ""}', b'{"text": 1}', b'{"text": "\xff"}',
     b'{"text": "\\ud800"}', b'{"text": "a", "url": 7}', b"[" * 5000],
)  # fmt: skip
def test_a_row_without_readable_text_is_kept_as_the_line_it_is(line: bytes) -> None:
    row = parse_row(line + b"\r\n")
    assert (row.payload, row.media_type, row.url) == (line, JSON_ROW, None)


def test_a_row_gives_text_address_and_time() -> None:
    line = {"url": "http://x/é", "text": "Ä\u2028b\u0000", "captured_at": "2023-06-02T10:15:00Z"}
    row = parse_row(b"\xef\xbb\xbf" + json.dumps(line).encode() + b"\n")
    assert (row.payload, row.media_type, row.url) == ("Ä\u2028b\0".encode(), TEXT, "http://x/é")
    assert row.captured_at is not None
    assert row.unread_time is None


def test_a_time_that_is_none_is_left_out_and_told() -> None:
    assert parse_row(b'{"text": "a", "captured_at": 5}').unread_time == "5"
    assert parse_row(b'{"text": "a", "captured_at": "soon"}').unread_time == "soon"
    assert parse_row(b'{"text": "a", "captured_at": null}').unread_time is None


@given(
    st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"x") + b"\n")),
    st.binary(max_size=9).map(lambda line: line.replace(b"\n", b"x")),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_pieces_are_whole_lines_that_tile_the_corpus(
    lines: list[bytes], last: bytes, piece_bytes: int, block_bytes: int
) -> None:
    content = b"".join(lines) + last
    blocks = [content[at : at + block_bytes] for at in range(0, len(content), block_bytes)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpora, "PIECE_BYTES", piece_bytes)
        pieces = list(cut_pieces(blocks))
    position = 0
    for piece in pieces:
        assert piece.start == position
        assert position == 0 or content[position - 1 : position] == b"\n"
        assert piece.row == content[:position].count(b"\n") + 1
        position = piece.end
    assert position == len(content)


def test_rows_are_numbered_by_line_and_blank_lines_are_no_inputs(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(b'{"text": "one"}\n\n \r\n{broken\n{"text": "two", "url": "http://x"}')
    found = Found(str(path), "corpus.jsonl")
    inputs = hash_rows(found, str(path), Piece(0, path.stat().st_size, 1))
    assert [seen.row for seen in inputs] == [1, 4, 5]
    assert [seen.source_uri for seen in inputs] == [
        "file:///corpus.jsonl#1",
        "file:///corpus.jsonl#4",
        "http://x",
    ]
    assert [seen.byte_length for seen in inputs] == [3, 7, 3]
    assert inputs[0].capture_id != inputs[2].capture_id
