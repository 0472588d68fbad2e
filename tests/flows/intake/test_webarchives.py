"""Web archives of every form: the same records give the same captures, damaged ones are told."""

from __future__ import annotations

import gzip
import hashlib
import time
from base64 import b32encode
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.intake import opening, unpacked_records
from flows.intake.discovery import Discovery
from flows.intake.forms import ROWS
from flows.intake.forms import form_of as form_named
from flows.intake.inputs import RECORD
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.walk import Found
from flows.limits import Limits
from tests.flows.intake.warcs import (
    DATE,
    address,
    captures,
    found_in,
    http,
    page,
    response,
    warc,
    written,
)
from transforms.reading import read_page
from transforms.record_issues import record_issues
from transforms.records import Capture
from warehouse.archive import read_warc, write_warc

GONE = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html>gone</html>"
SAMPLE = [
    warc("warcinfo", None, b"software: by hand\r\n"),
    response(1),
    warc("request", address(1), b"GET / HTTP/1.1\r\n\r\n"),
    warc("response", address(2), http(gzip.compress(page(2)), ("Content-Encoding", "gzip"))),
    warc("response", "https://other.example/", http(b"of no interest")),
    warc("resource", address(3), page(3), version="1.0"),
    warc("conversion", f"<{address(4)}>", page(4)),
    warc("metadata", address(4), b"outlink: x\r\n"),
    warc("response", address(5), GONE),
]
PAYLOADS = [page(1), page(2), page(3), page(4), b"<html>gone</html>"]


def arc_line(uri: str, block: bytes, media_type: str = "text/plain") -> bytes:
    return f"{uri} 192.0.2.1 20230602101500 {media_type} {len(block)}\n".encode()


def arc(uri: str, block: bytes, media_type: str = "text/plain") -> bytes:
    return arc_line(uri, block, media_type) + block + b"\n"


ARC_RECORDS = [
    arc(
        "filedesc://a.arc", b"1 0 Nobody\nURL IP-address Archive-date Content-type Archive-length\n"
    ),
    arc(address(1), http(page(1))),
    arc("dns:www.refworld.org", b"20230602101500\nx 1 IN A 192.0.2.1\n", "text/dns"),
    arc("http://other.example/", http(b"of no interest")),
    arc(address(2), page(2), "text/html; charset=utf-8"),
]


def whole(records: list[bytes], pack: Callable[[bytes], bytes], path: Path) -> Path:
    return written(path, [pack(b"".join(records))], bytes)


def trained() -> tuple[bytes, zstandard.ZstdCompressionDict]:
    samples = [response(number) for number in range(400)]
    trained = zstandard.train_dictionary(2_000, samples)
    content = trained.as_bytes()
    return b"\x5d\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content, trained


FORMS = ["plain", "gzip", "gzip_whole", "gzip_blocks", "zstd", "zstd_whole", "zstd_dictionary"]


def form_of(name: str, folder: Path, records: list[bytes] = SAMPLE) -> Path:
    zstd = zstandard.ZstdCompressor().compress
    if name == "plain":
        return written(folder / "a.warc", records)
    if name == "gzip":
        return written(folder / "a.warc.gz", records)
    if name == "gzip_whole":
        return whole(records, gzip.compress, folder / "a.warc.gz")
    if name == "gzip_blocks":
        content = b"".join(records)
        blocks = [content[at : at + 300] for at in range(0, len(content), 300)]
        return written(folder / "a.warc.gz", blocks)
    if name == "zstd":
        return written(folder / "a.warc.zst", records, zstd)
    if name == "zstd_whole":
        return whole(records, zstd, folder / "a.warc.zst")
    frame, dictionary = trained()
    pack = zstandard.ZstdCompressor(dict_data=dictionary).compress
    return written(folder / "a.warc.zst", [frame, *map(pack, records)], bytes)


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_the_same_captures(tmp_path: Path, form: str) -> None:
    found = found_in(tmp_path, form_of(form, tmp_path))
    assert [seen.issue_code for seen in found.inputs] == [None] * 5
    assert [seen.row for seen in found.inputs] == [2, 4, 6, 7, 9]
    assert [seen.target_uri for seen in found.inputs] == [address(n) for n in range(1, 6)]
    assert (found.passed_over_count, found.passed_over_bytes > 40) == (4, True)
    taken = captures(found.inputs)
    assert [capture.payload for capture in taken] == PAYLOADS
    assert [capture.http_status for capture in taken] == [200, 200, None, None, 404]
    assert {capture.captured_at for capture in taken} == {datetime(2023, 6, 2, 10, 15, tzinfo=UTC)}
    for capture, number in zip(taken, (1, 3, 5, 6, 8), strict=True):
        assert capture.record is not None
        rebuilt = capture.record.head + b"\r\n" + capture.record.block + b"\r\n\r\n"
        assert rebuilt == SAMPLE[number]


@pytest.mark.parametrize("form", ["plain", "gzip"])
def test_records_that_can_be_read_again_are_not_unpacked(tmp_path: Path, form: str) -> None:
    path = form_of(form, tmp_path)
    found = found_in(tmp_path, path)
    assert {seen.path for seen in found.inputs} == {str(path)}
    assert {seen.kind for seen in found.inputs} == {RECORD}
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz", "whole.arc.gz"])
def test_arc_files_are_taken_in_as_warc_records(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, ARC_RECORDS)
    if name.startswith("whole"):
        whole(ARC_RECORDS, gzip.compress, path)
    found = found_in(tmp_path, path)
    assert [seen.target_uri for seen in found.inputs] == [address(1), address(2)]
    assert found.passed_over_count == 3
    one, two = captures(found.inputs)
    assert (one.payload, one.warc_type, one.http_status) == (page(1), "response", 200)
    assert (two.payload, two.warc_type, two.media_type) == (page(2), "resource", "text/html")
    back = tmp_path / "out.warc.gz"
    write_warc([one, two], back)
    assert [capture for _, capture in read_warc(back)] == [one, two]


def test_what_a_payload_comes_to_between_two_codings_may_be_longer(tmp_path: Path) -> None:
    body = gzip.compress(gzip.compress(gzip.compress(b"a")))
    coded = http(body, ("Content-Encoding", "gzip, gzip, gzip"))
    path = written(tmp_path / "a.warc", [warc("response", address(1), coded)])
    (capture,) = captures(found_in(tmp_path, path).inputs)
    assert capture.payload == b"a"
    assert record_issues(capture) == ()


def test_a_pattern_chooses_records(tmp_path: Path) -> None:
    path = form_of("gzip", tmp_path)
    found = found_in(tmp_path, path, options=Options(match=r"^https://other\.example"))
    assert [seen.target_uri for seen in found.inputs] == ["https://other.example/"]
    assert found.passed_over_count == 8


def test_addresses_behind_an_archives_prefix_are_refworlds(tmp_path: Path) -> None:
    uris = [
        "https://webarchive.archive.unhcr.org/20230602101500mp_/https://www.refworld.org/docid/1.html",
        "http://web.archive.org/web/20060605101500id_/http://www.unhcr.org/refworld/docid/4.html",
        "https://web.archive.org/web/20060605101500/https://example.org/",
    ]
    records = [warc("response", uri, http(page(1))) for uri in uris]
    found = found_in(tmp_path, written(tmp_path / "a.warc", records))
    assert [seen.target_uri for seen in found.inputs] == uris[:2]


REVISITS = [
    # the same address and payload: the capture that it was
    warc("revisit", address(1), b"", ("WARC-Refers-To-Target-URI", address(1)),
         ("WARC-Refers-To-Date", DATE), ("WARC-Date", "2024-01-01T00:00:00Z")),
    # another address
    warc("revisit", address(11), b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
         ("WARC-Payload-Digest", f"sha1:{b32encode(hashlib.sha1(page(3)).digest()).decode()}")),
    # by the id of the record
    warc("revisit", address(12), b"HTTP/1.1 304 Not Modified\r\n\r\n",
         ("WARC-Refers-To", "<urn:uuid:" + hashlib.md5(
             f"conversion <{address(4)}>".encode() + page(4)).hexdigest() + ">")),
    # of what is not there
    warc("revisit", address(13), b"", ("WARC-Refers-To-Target-URI", address(99)),
         ("WARC-Refers-To-Date", DATE)),
    warc("revisit", address(14), b""),
    warc("revisit", "https://other.example/", b""),
]  # fmt: skip
DIGESTED = warc(
    "resource", address(3), page(3),
    ("WARC-Payload-Digest", f"sha1:{hashlib.sha1(page(3)).hexdigest()}"),
)  # fmt: skip


def check_revisits(found: Discovery, count: int) -> list[Capture]:
    revisited = found.inputs[-5:] if len(found.inputs) == count + 5 else found.inputs[:5]
    one = revisited[0]
    assert one.capture_id in {seen.capture_id for seen in found.inputs if seen is not one}
    assert one.captured_at == datetime(2024, 1, 1, tzinfo=UTC)
    taken = captures(revisited)
    assert [c.payload for c in taken[:3]] == [page(1), page(3), page(4)]
    assert [c.target_uri for c in taken] == [address(n) for n in (1, 11, 12, 13, 14)]
    assert [c.media_type for c in taken[:3]] == ["text/plain", "text/html", "text/plain"]
    assert [c.http_status for c in taken[:3]] == [200, 200, None]
    assert [c.warc_type for c in taken[:3]] == ["response", "revisit", "revisit"]
    for capture in taken[3:]:
        assert capture.record is None
        assert capture.payload in b"".join(REVISITS)
        assert [i.code for i in read_page(capture).issues] == ["revisit_unresolved"]
    return taken


@pytest.mark.parametrize("form", FORMS)
def test_revisits_are_followed_within_a_file(tmp_path: Path, form: str) -> None:
    records = [*SAMPLE[:5], DIGESTED, *SAMPLE[6:], *REVISITS]
    found = found_in(tmp_path, form_of(form, tmp_path, records))
    check_revisits(found, 5)
    assert found.passed_over_count == 5
    # whatever their order
    found = found_in(tmp_path, form_of(form, tmp_path, [*REVISITS, *reversed(records[:9])]))
    check_revisits(found, -1)


@pytest.mark.parametrize("form", ["plain", "gzip_whole", "zstd"])
def test_revisits_are_followed_across_the_files_of_a_run(tmp_path: Path, form: str) -> None:
    one = form_of(form, tmp_path / "x", [*SAMPLE[:5], DIGESTED, *SAMPLE[6:]])
    two = written(tmp_path / "b.warc.gz", REVISITS)
    taken = check_revisits(found_in(tmp_path, two, one), 5)
    path = tmp_path / "out.warc.gz"
    write_warc(taken, path)
    assert [capture for _, capture in read_warc(path)] == taken


def test_a_reference_that_the_digests_speak_against_is_not_followed(tmp_path: Path) -> None:
    revisit = warc(
        "revisit", address(20), b"", ("WARC-Refers-To-Target-URI", address(3)),
        ("WARC-Refers-To-Date", DATE), ("WARC-Payload-Digest", "sha1:" + "0" * 40),
    )  # fmt: skip
    found = found_in(tmp_path, written(tmp_path / "a.warc", [DIGESTED, revisit]))
    assert found.inputs[1].media_type == "application/warc"


@pytest.mark.parametrize("form", ["plain", "gzip", "zstd"])
def test_an_archive_of_ours_gives_the_captures_that_it_holds(tmp_path: Path, form: str) -> None:
    records = [*SAMPLE, *REVISITS, SAMPLE[1][:-30]]
    text = tmp_path / "page é.txt"
    text.write_bytes(b"words")
    first = found_in(tmp_path, form_of(form, tmp_path, records), text)
    unique = list({capture.capture_id: capture for capture in captures(first.inputs)}.values())
    assert len(unique) > 8
    archive = tmp_path / "archive.warc.gz"
    write_warc(unique, archive)
    content = archive.read_bytes()
    again = found_in(tmp_path, archive)
    assert {seen.issue_code for seen in again.inputs} == {None}
    assert captures(again.inputs) == unique
    repacked = tmp_path / "repacked.warc.zst"
    written(repacked, [zstandard.ZstdCompressor().compress(gzip.decompress(content))], bytes)
    assert captures(found_in(tmp_path, repacked).inputs) == unique
    archive.unlink()
    write_warc(unique, archive)
    assert archive.read_bytes() == content


def test_what_is_too_large_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    bomb = http(gzip.compress(bytes(4 << 20)), ("Content-Encoding", "gzip"))
    large = warc("response", address(7), http(b"x" * (3 << 20)))
    records = [SAMPLE[1], warc("response", address(6), bomb), large, SAMPLE[3]]
    options = Options(Limits(capture_bytes=1 << 20))
    for form in FORMS:
        found = found_in(tmp_path, form_of(form, tmp_path / form, records), options=options)
        codes = [seen.issue_code for seen in found.inputs]
        assert codes == [None, "capture_too_large", "capture_too_large", None], form
        assert [c.payload for c in captures(found.inputs)] == [page(1), page(2)]


def faults(found: Discovery) -> dict[str, int]:
    """Returns the codes that reading gives to what could not be taken in as a record."""
    given: dict[str, int] = {}
    for capture in captures(found.inputs):
        if capture.media_type == "application/warc":
            code = read_page(capture).issues[0].code
            given[code] = given.get(code, 0) + 1
    return given


SMALL = [response(number) for number in range(6)]
KINDS = ["plain", "gzip", "zstd"]


@pytest.mark.parametrize("form", KINDS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(data=st.data())
def test_a_file_cut_anywhere_gives_all_records_before(
    tmp_path: Path, form: str, data: st.DataObject
) -> None:
    path = form_of(form, tmp_path, SMALL)
    content = path.read_bytes()
    at = data.draw(st.integers(1, len(content) - 1))
    path.write_bytes(content[:at])
    found = found_in(tmp_path, path)
    taken = captures(found.inputs)
    ends = [len(form_of(form, tmp_path / "x", SMALL[:count]).read_bytes()) for count in range(7)]
    whole_count = sum(end <= at for end in ends) - 1
    pages = [capture.payload for capture in taken if capture.record]
    assert pages[:whole_count] == [page(number) for number in range(whole_count)]
    # What closes a record may be lacking: its empty lines.
    assert len(pages) <= whole_count + (form == "plain" and at > ends[whole_count])
    if len(pages) == whole_count and at > ends[whole_count]:
        assert sum(faults(found).values()) == 1
        assert taken[-1].payload == content[ends[whole_count] : at]


@pytest.mark.parametrize("form", KINDS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(data=st.data())
def test_a_byte_changed_anywhere_costs_no_other_record(
    tmp_path: Path, form: str, data: st.DataObject
) -> None:
    path = form_of(form, tmp_path, SMALL)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    ends = [len(form_of(form, tmp_path / "x", SMALL[:count]).read_bytes()) for count in range(7)]
    hit = sum(end <= at for end in ends) - 1
    found = found_in(tmp_path, path)
    pages = {capture.payload for capture in captures(found.inputs)}
    assert pages >= {page(number) for number in range(6) if number != hit}
    # Nothing is gone: the record that was hit is there in some form, or was passed over.
    assert len(found.inputs) + found.passed_over_count >= 6


@pytest.mark.parametrize("form", KINDS)
def test_damage_in_several_records_is_told_one_by_one(tmp_path: Path, form: str) -> None:
    path = form_of(form, tmp_path, SMALL)
    content = bytearray(path.read_bytes())
    ends = [len(form_of(form, tmp_path / "x", SMALL[:count]).read_bytes()) for count in range(7)]
    for number in (1, 2, 4):
        content[ends[number] : ends[number] + 5] = b"\0" * 5
    path.write_bytes(content)
    found = found_in(tmp_path, path)
    pages = [capture.payload for capture in captures(found.inputs) if capture.record]
    assert pages == [page(0), page(3), page(5)]
    # Two neighbours whose beginnings are gone are one stretch of bytes.
    assert faults(found) == {"record_damaged": 2}


def test_nothing_but_damage_is_kept_as_it_is(tmp_path: Path) -> None:
    for name, content in {
        "a.warc": b"no record at all",
        "b.warc.gz": b"no record at all",
        "c.warc.gz": gzip.compress(b"no record at all"),
        "d.warc.zst": b"\x28\xb5\x2f\xfd damaged",
        "e.arc": b"no record at all",
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        found = found_in(tmp_path, path)
        assert [capture.payload for capture in captures(found.inputs)] == [content], name
        assert faults(found) == {"record_damaged": 1}, name


def test_empty_files_and_padding_hold_nothing(tmp_path: Path) -> None:
    for name, content in {
        "a.warc": b"",
        "b.warc.gz": b"",
        "c.warc": b"\r\n" * 9_000,
        "d.warc.gz": gzip.compress(SAMPLE[0]) + bytes(9_000),
    }.items():
        (tmp_path / name).write_bytes(content)
        assert found_in(tmp_path, tmp_path / name).inputs == (), name


def test_a_stream_that_is_cut_gives_what_came_out(tmp_path: Path) -> None:
    path = form_of("gzip_whole", tmp_path, SMALL)
    path.write_bytes(path.read_bytes()[:-60])
    found = found_in(tmp_path, path)
    assert "truncated_stream" in [seen.issue_code for seen in found.inputs]
    pages = [capture.payload for capture in captures(found.inputs) if capture.record]
    assert pages == [page(number) for number in range(len(pages))]
    assert pages


def test_a_file_that_is_not_what_its_manifest_says_is_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    form_of("gzip", folder)
    (folder / "manifest.csv").write_text(f"path,sha256\na.warc.gz,{'0' * 64}\n")
    found = found_in(tmp_path, folder)
    assert [seen.issue_code for seen in found.inputs] == ["digest_mismatch"]


def test_a_web_archive_within_another_source_is_opened_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = form_of("gzip", tmp_path / "spool")
    name = "a.wacz!/archive/a.warc.gz"
    form = form_named(name)
    assert form is not None
    nested = Found(str(member), name, form=form, source="x!/a", depth=1)
    monkeypatch.setitem(opening._OPENERS, ROWS, lambda *_: Opened(nested=(nested,)))
    package = tmp_path / "package.jsonl"
    package.write_bytes(b"")
    found = found_in(tmp_path, package)
    assert [seen.name for seen in found.inputs] == ["a.wacz!/archive/a.warc.gz"] * 5
    assert found.inputs[0].source == "x!/a#2"
    assert [capture.payload for capture in captures(found.inputs)] == PAYLOADS


def _seconds(path: Path, folder: Path) -> float:
    began = time.process_time()
    found_in(folder, path)
    return time.process_time() - began


MEMBER = gzip.compress(SAMPLE[1])
HOSTILE: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "heads that do not end": ("a.warc", lambda n: b"WARC/1.0\r\n" * n),
    "heads that end at once": ("a.warc", lambda n: b"WARC/1.0\n\n" * n),
    "lengths beyond the end": (
        "a.warc", lambda n: b"WARC/1.0\nWARC-Type: x\nContent-Length: 99999999\n\n" * (n // 4)),
    "empty lines": ("a.warc", lambda n: b"\r\n" * n + b"x" + b"\n" * n),
    "beginnings of members": ("a.warc.gz", lambda n: b"\x1f\x8b\x08\x00\x00\x00\x00\x00" * n),
    # each begins a record and is found damaged only at the end of the next
    "members that lie": ("a.warc.gz", lambda n: MEMBER[:-8] * (n // 40)),
    "beginnings of frames": ("a.warc.zst", lambda n: b"\x28\xb5\x2f\xfd" * n),
    "lines of ARC": ("a.arc", lambda n: b"http:a 1 20230602101500 \n" * n),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_files_made_to_be_slow_take_linear_time(tmp_path: Path, name: str) -> None:
    file, make = HOSTILE[name]
    few, many = tmp_path / f"few-{file}", tmp_path / f"many-{file}"
    few.write_bytes(make(4_000))
    many.write_bytes(make(16_000))
    for _ in range(4):
        slow = _seconds(many, tmp_path)
        if slow < 0.2 or slow < 9 * _seconds(few, tmp_path):
            return
    pytest.fail(f"{slow:.1f} s for four times the bytes")


def test_a_bomb_is_unpacked_to_a_bound_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacked_records, "_ALWAYS", 0)
    two = b"".join((SAMPLE[1], SAMPLE[3], b"x" * (64 << 20)))
    path = whole([two], gzip.compress, tmp_path / "bomb.warc.gz")
    found = found_in(tmp_path, path, options=Options(Limits(capture_bytes=1 << 20)))
    codes = [seen.issue_code for seen in found.inputs]
    assert codes == ["truncated_stream", None, None, "record_damaged"]
    spooled = sum(file.stat().st_size for file in (tmp_path / "spool").iterdir())
    assert spooled < 101 * path.stat().st_size + (32 << 20)
