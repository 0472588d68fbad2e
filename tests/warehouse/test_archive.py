"""What goes into the archive comes out of it, for our own reader and for everybody else's."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastwarcIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from tests.warehouse.pages import page
from transforms.records import Capture, capture_of
from warehouse.archive import ArchiveDamaged, read_record, read_warc, write_warc

BIN = Path(sys.executable).parent
HEADER = "\r\nWARC-Type: response\r\n\r\nHTTP/1.1 200 OK"
ODD_ADDRESSES = [
    "https://www.refworld.org/docid/4680d8a81d.html",
    "https://www.refworld.org//publisher,USDOS%2C,,4680d8a81d,0.html",
    "a b",
    " a ",
    "%",
    "file:///a%20b",
    "file:///\udcff",
    "é",
    "\x00",
    "x\ny",
    "x" + HEADER,
    "https://x/<y>",
    "h" * 7_999,
    "h" * 100_000,
    "é" * 5_000,
    "urn:sha256:00",
]


def captures() -> list[Capture]:
    named = [
        capture_of(f"{number}".encode(), uri, datetime(2023, 6, 2, 10, 15, tzinfo=UTC))
        for number, uri in enumerate(ODD_ADDRESSES)
    ]
    empty = capture_of(b"", "file:///empty")
    binary = capture_of(bytes(range(256)) * 300, "https://x/y", None, "application/octet-stream")
    http = capture_of(b"HTTP/1.1 404 No\r\n\r\nWARC/1.1\r\n", "https://x/z", None, "text/html")
    return [*named, empty, binary, http, *(page(number) for number in range(4))]


def written(tmp_path: Path, some: list[Capture]) -> tuple[Path, list[int]]:
    path = tmp_path / "batch.warc.gz"
    return path, write_warc(some, path)


def test_everything_comes_back_in_order_from_the_offsets_given(tmp_path: Path) -> None:
    path, offsets = written(tmp_path, captures())
    assert list(read_warc(path)) == list(zip(offsets, captures(), strict=True))
    for offset, capture in zip(offsets, captures(), strict=True):
        assert read_record(path, offset) == capture


@given(st.text(min_size=1), st.binary(), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_any_capture_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    address: str,
    payload: bytes,
    captured_at: datetime | None,
) -> None:
    capture = capture_of(payload, address, captured_at)
    path, (offset,) = written(tmp_path_factory.mktemp("archive"), [capture])
    assert list(read_warc(path)) == [(offset, capture)]


def test_times_are_kept_in_utc_to_the_microsecond_and_none_is_made_up(tmp_path: Path) -> None:
    times = [
        datetime(1, 2, 3, 4, 5, 6, 7, tzinfo=UTC),
        datetime(2023, 6, 2, 12, tzinfo=timezone(timedelta(hours=2))),
        datetime(1970, 1, 1, tzinfo=UTC),
        None,
    ]
    some = [capture_of(b"x", f"https://x/{n}", time) for n, time in enumerate(times)]
    path, _ = written(tmp_path, some)
    assert [capture.captured_at for _, capture in read_warc(path)] == times
    text = gzip.decompress(path.read_bytes())
    assert b"WARC-Date: 2023-06-02T10:00:00Z\r\n" in text
    assert text.count(b"Refworld-Captured-At: unknown\r\n") == 1


def test_the_same_captures_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        written(folder, captures())
    assert (first / "batch.warc.gz").read_bytes() == (second / "batch.warc.gz").read_bytes()


def test_warcios_own_check_passes(tmp_path: Path) -> None:
    path, _ = written(tmp_path, captures())
    found = subprocess.run(
        [BIN / "warcio", "check", "-v", path], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    records = len(captures()) + ODD_ADDRESSES.index("urn:sha256:00") - 12
    assert found.stdout.count("digest pass") == records
    assert "no digest" not in found.stdout


def test_fastwarcs_own_check_passes(tmp_path: Path) -> None:
    path, _ = written(tmp_path, captures())
    with path.open("rb") as stream:
        for record in FastwarcIterator(stream, parse_http=False):
            assert record.verify_block_digest(), record.record_id
    found = subprocess.run(
        [BIN / "fastwarc", "check", path], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert "verified successfully" in found.stdout


def test_other_readers_see_types_addresses_and_payloads(tmp_path: Path) -> None:
    path, offsets = written(tmp_path, captures())
    with path.open("rb") as stream:
        iterator = WarcioIterator(stream)
        seen = [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI"),
                record.content_stream().read(),
                iterator.get_record_offset(),
            )
            for record in iterator
        ]
    assert seen[0][0] == "warcinfo"
    resources = [record for record in seen if record[0] == "resource"]
    assert [payload for _, _, payload, _ in resources] == [c.payload for c in captures()]
    assert [offset for *_, offset in resources] == offsets
    assert resources[0][1] == ODD_ADDRESSES[0]
    assert {kind for kind, *_ in seen} == {"warcinfo", "resource", "metadata"}
    assert all(len(uri) < 9_000 and uri.isascii() for _, uri, _, _ in resources)


def test_every_record_is_a_gzip_member_without_a_clock(tmp_path: Path) -> None:
    path, offsets = written(tmp_path, captures())
    content = path.read_bytes()
    for offset in [0, *offsets]:
        assert content[offset : offset + 8] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00"


@pytest.mark.parametrize("media_type", ["", " text/plain", "text/plain\r\nX: y", "täxt/plain"])
def test_a_media_type_that_is_none_is_refused(tmp_path: Path, media_type: str) -> None:
    with pytest.raises(ValueError, match="no media type"):
        written(tmp_path, [capture_of(b"x", "https://x", None, media_type)])


def test_a_capture_without_an_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no address"):
        written(tmp_path, [capture_of(b"x", "")])


def test_any_flipped_byte_of_a_record_is_seen(tmp_path: Path) -> None:
    path, (offset, end) = written(tmp_path, [page(1), page(2)])
    content = path.read_bytes()
    for position in range(offset, end):
        if 4 <= position - offset < 10:  # time, flags and system of the gzip header: no content
            continue
        damaged = bytearray(content)
        damaged[position] ^= 0x41
        path.write_bytes(damaged)
        try:
            found = [capture for _, capture in read_warc(path)]
        except ArchiveDamaged:
            continue
        assert found == [page(1), page(2)], position


def test_a_file_cut_short_is_seen(tmp_path: Path) -> None:
    path, (first, last) = written(tmp_path, [page(1), page(2)])
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        try:
            found = [capture for _, capture in read_warc(path)]
        except ArchiveDamaged:
            continue
        # Only what closes the last record may be lacking: its blank lines and its checksum.
        assert found == [page(1), page(2)]
        assert length > len(content) - 20
    path.write_bytes(content[:first] + content[last:])
    with pytest.raises(ArchiveDamaged, match="it holds 1 captures, not 2"):
        list(read_warc(path))


def test_no_capture_is_found_where_none_begins(tmp_path: Path) -> None:
    path, (offset, _) = written(tmp_path, [page(1), page(2)])
    for wrong in (0, offset + 1, path.stat().st_size):
        with pytest.raises(ArchiveDamaged):
            read_record(path, wrong)


def test_a_file_that_is_no_warc_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.warc.gz"
    path.write_bytes(gzip.compress(b"just words"))
    with pytest.raises(ArchiveDamaged):
        list(read_warc(path))


def test_a_record_whose_address_was_altered_is_seen(tmp_path: Path) -> None:
    path, (offset,) = written(tmp_path, [page(1)])
    content = path.read_bytes()
    record = gzip.decompress(content[offset:]).replace(b"/docid/000000001", b"/docid/000000002")
    path.write_bytes(content[:offset] + gzip.compress(record))
    with pytest.raises(ArchiveDamaged, match="its id is another's"):
        list(read_warc(path))
