"""What is fuzzed: each target takes any bytes and fails when a promise about them is broken."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from flows.intake.corpora import Piece, cut_pieces, parse_row
from flows.intake.forms import form_of
from flows.intake.inputs import STRETCH
from flows.intake.manifests import parse_manifest
from flows.intake.opening import open_source
from flows.intake.options import DEFAULT_OPTIONS
from flows.intake.record_files import ARC_DIALECT, WARC_DIALECT
from flows.intake.times import parse_rfc_3339
from flows.intake.walk import Found
from tests.transforms.markup_checks import check_markup
from tests.transforms.test_properties import check_reading
from transforms.addresses import parse_address
from transforms.citation import parse_citation, split_front
from transforms.content_codings import TooLarge
from transforms.dates import normalize_date, normalize_last_updated
from transforms.decoding import decode
from transforms.header import find_header
from transforms.issue_codes import ISSUE_CODES
from transforms.lines import lines_of
from transforms.messages import parse_message
from transforms.reading import read_page
from transforms.record_captures import capture_of_record
from transforms.record_issues import record_fault
from transforms.records import capture_of

# Generous: a shared machine stalls, and instrumented code is some ten times slower.
_SECONDS = 10.0
_MOST = 1 << 20
_PACKAGES = (".zip", ".tar", ".tar.gz", ".tar.zst", ".wacz", ".txt.gz", ".jsonl.zst")
_ADDRESSES = (
    "file:///a.txt",
    "http://www.refworld.org/docid/4680d8a81d.html",
    "https://www.refworld.org/legal/legislation/natlegbod/1968/en/12345",
    "http://www.refworld.org/publisher,USDOS,,PER,4680d8a81d,0.html",
)


def fuzz_reading(data: bytes) -> None:
    """A page: tiles, leads back to its bytes, and reads the same a second time."""
    payload = data[1:]
    capture = capture_of(payload, _ADDRESSES[data[0] % len(_ADDRESSES)] if data else _ADDRESSES[0])
    reading = read_page(capture)
    check_reading(capture, reading)
    assert read_page(capture) == reading


def fuzz_html(data: bytes) -> None:
    """A page of HTML: tiles, its spans render to its words, and it reads the same a second time."""
    uri = _ADDRESSES[data[0] % len(_ADDRESSES)] if data else _ADDRESSES[0]
    capture = capture_of(b"<html>" + data[1:], uri, media_type="text/html")
    reading = read_page(capture)
    check_markup(capture, reading)
    assert read_page(capture) == reading


def fuzz_decoding(data: bytes) -> None:
    """A payload: every character of its text has its bytes, and together they are the payload."""
    rendition, issues = decode(data)
    assert issues if rendition is None else True
    if rendition is None:
        return
    length = len(rendition.text)
    assert len(rendition.escaped) == length
    assert rendition.byte_at(length) == len(data)
    assert rendition.escaped.encode(rendition.charset, "surrogateescape") == data
    halves = rendition.text[: length // 2], rendition.text[length // 2 :]
    assert list(rendition.byte_ends([length // 2, length], halves)) == [
        rendition.byte_at(length // 2),
        len(data),
    ]


def fuzz_words(data: bytes) -> None:
    """A line: dates, addresses and citations in it lie inside it."""
    words = data.decode("utf-8", "replace")
    found = normalize_date(words)
    if found is not None:
        assert found.first <= found.last
        assert found.edtf[:4] == f"{found.first.year:04}"
        assert normalize_date(found.edtf) == found
    normalize_last_updated(words)
    parse_rfc_3339(words)
    address = parse_address(words)
    assert address == parse_address(words)
    citation = parse_citation(words)
    front = split_front(words, citation.front)
    parts = (citation.uri, citation.accessed, citation.front, front.publisher, front.title,
             front.date, front.symbol, front.country)  # fmt: skip
    for span in parts:
        assert span is None or 0 <= span.start <= span.end <= len(words), span


def fuzz_header(data: bytes) -> None:
    """A page's header: its rows stand in order, inside their lines."""
    lines = lines_of(data.decode("utf-8", "replace"))
    header = find_header(lines)
    if header is None:
        return
    assert [row.line for row in header.rows] == sorted({row.line for row in header.rows})
    assert header.first <= header.rows[0].line <= header.rows[-1].line < header.after
    for row in header.rows:
        assert 0 <= row.start <= row.end <= len(lines[row.line].text), row


def fuzz_rows(data: bytes) -> None:
    """A corpus: its pieces tile it, and each row has a payload that is text or the line itself."""
    pieces = list(cut_pieces([data[:7], data[7:]]))
    assert sum(piece.end - piece.start for piece in pieces) == len(data)
    assert not pieces or pieces[0] == Piece(0, pieces[0].end, 1)
    for line in data.split(b"\n"):
        row = parse_row(line)
        if row.media_type == "application/json":
            assert line.startswith(row.payload)
        else:
            row.payload.decode("utf-8")


def fuzz_packages(data: bytes) -> None:
    """A package of any form: it is opened without a fault, and what is taken in is in its spool."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "package"
        path.write_bytes(data[1:])
        form = form_of(f"p{_PACKAGES[data[0] % len(_PACKAGES)]}" if data else "p.zip")
        assert form is not None
        source = Found(str(path), "package", form=form, allowance=1 << 22)
        opened = open_source(source, f"{folder}/spool", DEFAULT_OPTIONS)
        spool = Path(folder) / "spool"
        spooled = spool.read_bytes() if spool.is_file() else b""
        for seen in opened.inputs:
            if not seen.is_refused and seen.kind == STRETCH:
                payload = spooled[seen.offset : seen.offset + seen.length]
                assert hashlib.sha256(payload).hexdigest() == seen.payload_sha256
                assert ".." not in seen.name.split("/")
        assert {one.name for one in Path(folder).iterdir()} <= {"package", "spool", "spool.members"}


def fuzz_manifest(data: bytes) -> None:
    """A manifest: it is read, or what is wrong with it is said."""
    manifest = parse_manifest(Path("manifest.csv"), data)
    again = parse_manifest(Path("manifest.csv"), data)
    assert manifest == again
    for name, entry in manifest.entries.items():
        assert not name.startswith(("/", "../"))
        assert entry.sha256 is None or len(entry.sha256) == 64


def fuzz_records(data: bytes) -> None:
    """A record: what stands before its block is kept, its answer decoded within bounds."""
    for dialect in (WARC_DIALECT, ARC_DIALECT):
        start = dialect.parse(data, 0)
        if start is None:
            continue
        assert data.startswith(start.head)
        record = dialect.record(start.head, data[start.block_start :])
        with suppress(TooLarge):
            capture = capture_of_record(record, _MOST)
            assert len(capture.payload) <= max(_MOST, len(data))
            assert read_page(capture) == read_page(capture)
    with suppress(TooLarge):
        message = parse_message(data, _MOST)
        assert len(message.payload) <= max(_MOST, len(data))
    assert record_fault(data).code in ISSUE_CODES


TARGETS: dict[str, Callable[[bytes], None]] = {
    "reading": fuzz_reading,
    "html": fuzz_html,
    "decoding": fuzz_decoding,
    "words": fuzz_words,
    "header": fuzz_header,
    "rows": fuzz_rows,
    "manifest": fuzz_manifest,
    "records": fuzz_records,
    "packages": fuzz_packages,
}


def run_target(name: str, data: bytes) -> None:
    """Feeds `data` to a target; fails also when that takes longer than any input should."""
    began = time.process_time()
    TARGETS[name](data)
    spent = time.process_time() - began
    assert spent < _SECONDS, f"{name} took {spent:.1f} s for {len(data)} bytes"
