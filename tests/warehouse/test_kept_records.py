"""Records that came in are kept to the byte, and every span's bytes stand in some record."""

from __future__ import annotations

import gzip
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastwarcIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator

from tests.flows.intake.warcs import address, http, page, warc
from transforms.records import Capture, WarcRecord, capture_of
from warehouse.archive import ArchiveDamaged, read_record, read_warc, write_warc

BIN = Path(sys.executable).parent
AT = datetime(2023, 6, 2, 10, 15, 0, 5, tzinfo=UTC)


def record(content: bytes) -> WarcRecord:
    head, _, rest = content.partition(b"\r\n\r\n")
    return WarcRecord(head + b"\r\n", rest[:-4])


def kept(content: bytes, payload: bytes, number: int = 1, uri: str | None = None) -> Capture:
    return capture_of(
        payload, uri or address(number), AT, "text/html", "utf-8", 200, record(content)
    )


def spoofed(capture_id: str) -> bytes:
    """A record that claims to be another capture."""
    fields = [
        ("Refworld-Capture-ID", capture_id),
        ("Refworld-Block-Digest", "sha256:0"),
        ("Refworld-Payload-Offset", "3"),
        ("Refworld-Source-URI-Record", "<urn:uuid:0>"),
    ]
    return warc("response", address(1), http(page(1)), *fields)


def with_line_feeds(record: WarcRecord | None) -> WarcRecord:
    assert record is not None
    return WarcRecord(record.head.replace(b"\r\n", b"\n"), record.block)


def captures() -> list[Capture]:
    packed = gzip.compress(page(2), mtime=0)
    of_5 = kept(warc("response", address(5), http(page(5))), page(5), 5)
    no_id = warc("resource", address(6), page(6)).replace(b"WARC-Record-ID", b"X-Record-ID")
    return [
        kept(warc("response", address(1), http(page(1))), page(1)),
        kept(warc("response", address(2), http(packed), version="1.0"), page(2), 2),
        kept(warc("revisit", address(3), b""), page(3), 3),
        kept(warc("conversion", address(4), page(4)), page(4), 4),
        replace(of_5, record=with_line_feeds(of_5.record)),
        kept(no_id, page(6), 6),
        kept(spoofed(capture_of(page(7), address(7)).capture_id), page(1), 8),
        kept(warc("response", address(9), http(b"")), b"", 9),
        kept(warc("response", address(10), http(page(10))), page(10), uri="x" + "é" * 9_000),
        kept(warc("response", "a b\x00é", http(page(11))), page(11), uri="a b\x00é"),
        capture_of(page(12), address(12), None, "text/html", "cp1252", 404),
        capture_of(page(13), address(13), None, "text/html", None, None, record(no_id)),
    ]


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, list[int]]:
    path = tmp_path / "batch.warc.gz"
    return path, write_warc(captures(), path)


def test_everything_comes_back_with_its_record(written: tuple[Path, list[int]]) -> None:
    path, offsets = written
    assert list(read_warc(path)) == list(zip(offsets, captures(), strict=True))
    for offset, capture in zip(offsets, captures(), strict=True):
        assert read_record(path, offset) == capture


def test_heads_are_there_to_the_byte_and_payloads_in_some_record(
    written: tuple[Path, list[int]],
) -> None:
    path, _ = written
    content = gzip.decompress(path.read_bytes())
    for capture in captures():
        if capture.record and b"\r" in capture.record.head:
            assert capture.record.head + b"Refworld-Capture-ID: " in content
    with path.open("rb") as stream:
        blocks = {
            r.record_id.strip("<>"): r.reader.read()
            for r in FastwarcIterator(stream, parse_http=False)
        }
    with path.open("rb") as stream:
        for found in FastwarcIterator(stream, parse_http=False):
            named = found.headers.get("Refworld-Capture-ID")
            if named is None or "Refworld-Block-Digest" not in found.headers:
                continue
            # A reader that keeps the last of two fields finds ours, which stand last.
            ours = dict(found.headers.astuples())
            capture = next(c for c in captures() if c.capture_id == ours["Refworld-Capture-ID"])
            if "Refworld-Payload-Record" in ours:
                payload = blocks[ours["Refworld-Payload-Record"].strip("<>")]
            else:
                payload = found.reader.read()[int(ours["Refworld-Payload-Offset"]) :]
            assert payload == capture.payload


def test_the_checks_of_others_pass(written: tuple[Path, list[int]]) -> None:
    path, _ = written
    found = subprocess.run(
        [BIN / "warcio", "check", "-v", path], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert "no digest" not in found.stdout
    # Twelve captures, a warcinfo, three payloads and one address that stand apart; a revisit's
    # digests are not checked by it.
    assert found.stdout.count("digest pass") == 16
    found = subprocess.run(
        [BIN / "fastwarc", "check", path], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert "17 records were verified" in found.stdout
    with path.open("rb") as stream:
        kinds = [r.rec_type for r in WarcioIterator(stream)]
    assert kinds.count("response") == 7
    assert kinds.count("revisit") == 1


@pytest.mark.parametrize("number", range(len(captures())))
def test_any_flipped_byte_of_a_kept_record_is_seen(tmp_path: Path, number: int) -> None:
    capture = captures()[number]
    path = tmp_path / "batch.warc.gz"
    (offset,) = write_warc([capture], path)
    content = path.read_bytes()
    for position in range(offset, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 0x41
        path.write_bytes(damaged)
        try:
            assert [found for _, found in read_warc(path)] == [capture], position
        except ArchiveDamaged:
            continue


def test_a_payload_that_stands_apart_must_follow(tmp_path: Path) -> None:
    path = tmp_path / "batch.warc.gz"
    (offset,) = write_warc([kept(warc("revisit", address(3), b""), page(3), 3)], path)
    content = path.read_bytes()
    end = content.rindex(b"\x1f\x8b\x08\x00")
    path.write_bytes(content[:end])
    with pytest.raises(ArchiveDamaged, match="follows it"):
        read_record(path, offset)
    path.write_bytes(content[:end] + gzip.compress(warc("conversion", address(3), b"other")))
    with pytest.raises(ArchiveDamaged, match="not what it was"):
        read_record(path, offset)


def test_two_records_with_one_id_are_two_captures(tmp_path: Path) -> None:
    content = warc("response", address(1), http(page(1)))
    some = [kept(content, page(1), 1), kept(content, gzip.compress(page(1), mtime=0), 1)]
    path = tmp_path / "batch.warc.gz"
    offsets = write_warc(some, path)
    assert [read_record(path, offset) for offset in offsets] == some
    assert len({capture.warc_record_id for capture in some}) == 1
