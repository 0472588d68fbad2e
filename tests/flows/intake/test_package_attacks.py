"""Each attack by a package costs bounded time, memory and disk, and leaves a record."""

import gzip
import io
import stat
import tarfile
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from flows.intake import allowances
from flows.intake.discovery import Discovery
from flows.limits import DEFAULT_LIMITS, Limits
from tests.flows.intake.packs import (
    TAR_END,
    Forged,
    filled,
    forged_zip,
    tar_header,
    tar_of,
    tar_with,
    zip_of,
)
from tests.flows.intake.test_packages import found_at, payloads, said

GOOD = {"good.txt": b"good"}
_SECONDS = 10.0  # generous: a shared machine stalls
_MEMORY = 24 << 20
_DISK = 32 << 20
_SMALL = Limits(capture_bytes=1 << 20, package_ratio=10)


def found_in(
    tmp_path: Path, content: bytes, name: str, limits: Limits = DEFAULT_LIMITS
) -> Discovery:
    """Returns what is found in a package, and holds the finding to bounds of time, memory, disk."""
    (tmp_path / "in").mkdir(exist_ok=True)
    (tmp_path / "in" / name).write_bytes(content)
    begun = time.process_time()
    tracemalloc.start()
    found = found_at(tmp_path, [tmp_path / "in" / name], limits)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    spooled = [file for file in (tmp_path / "spool").rglob("*") if file.is_file()]
    assert time.process_time() - begun < _SECONDS
    assert peak < _MEMORY
    assert sum(file.stat().st_size for file in spooled) < _DISK
    return found


@pytest.fixture
def few_free_bytes(monkeypatch: pytest.MonkeyPatch) -> int:
    """Lets little be unpacked, so that bombs of tests can be small."""
    monkeypatch.setattr(allowances, "FREE_BYTES", 4 << 20)
    return 4 << 20


def only_good(found: Discovery, *refused: tuple[str, str]) -> None:
    """Checks that of a package the good page is taken in, and what is said of the others."""
    assert payloads(found) == GOOD
    assert sorted(one for one in said(found) if one[1] is not None) == sorted(refused)


def info(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname = kind, link
    return made


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_are_not_followed(tmp_path: Path, kind: bytes) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    members = [(info("l.txt", kind, str(secret)), b""), (info("x", kind, "/etc"), b"")]
    found = found_in(tmp_path, tar_with(members)[:-9216] + tar_of(GOOD), "p.tar")
    only_good(found, ("l.txt", "member_link"), ("x", "member_link"))
    assert str(secret) in (found.inputs[1].words or "")
    target = bytes(secret)
    zipped = forged_zip([Forged(b"l.txt", target, mode=0o120777), Forged(b"good.txt", b"good")])
    only_good(found_in(tmp_path, zipped, "p.zip"), ("l.txt", "member_link"))


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_are_not_opened(tmp_path: Path, kind: bytes) -> None:
    members = [(info("d.txt", kind), b""), (info("zero", kind), b"")]
    found = found_in(tmp_path, tar_with(members)[:-9216] + tar_of(GOOD), "p.tar")
    only_good(found, ("d.txt", "member_device"), ("zero", "member_device"))
    zipped = forged_zip([Forged(b"d.txt", mode=stat.S_IFCHR | 0o666), Forged(b"good.txt", b"good")])
    only_good(found_in(tmp_path, zipped, "p.zip"), ("d.txt", "member_device"))


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "x/../../a.txt", "/tmp/a.txt", "..\\a.txt", "\\\\host\\a.txt", "C:\\a.txt",
     "c:/a.txt", "a\0.txt", "../run.sh", "x/" * 300 + "a.txt", "x" * 5000 + ".txt", ".."],
)  # fmt: skip
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    zipped = forged_zip([Forged(name.encode(), b"evil"), Forged(b"good.txt", b"good")])
    found = found_in(tmp_path, zipped, "p.zip")
    assert payloads(found) == GOOD
    assert [code for _, code in said(found) if code] == ["member_name_unsafe"]
    if "\0" not in name:
        found = found_in(tmp_path, tar_of({name: b"evil"} | GOOD), "p.tar")
        assert payloads(found) == GOOD
        assert [code for _, code in said(found) if code] == ["member_name_unsafe"]
    assert {path.name for path in tmp_path.iterdir()} == {"in", "spool"}
    assert all(path.name.startswith("source-") for path in (tmp_path / "spool").iterdir())


def test_pages_of_one_name_are_both_taken_in_and_told(tmp_path: Path) -> None:
    members = [Forged(b"a.txt", b"one"), Forged(b"./a.txt", b"two"), Forged(b"r.jsonl", b"{}"),
               Forged(b"r.jsonl", b"[]"), Forged(b"manifest.csv", b"path,target_uri\na.txt,http://x"),
               Forged(b"manifest.csv", b"path,target_uri\na.txt,http://y")]  # fmt: skip
    found = found_in(tmp_path, forged_zip(members), "p.zip")
    assert sorted(said(found), key=str) == [
        ("a.txt", "member_duplicate"),
        ("a.txt", None),
        ("manifest.csv", "member_duplicate"),
        ("r.jsonl", "member_duplicate"),
        ("r.jsonl", None),
    ]
    assert {seen.target_uri for seen in found.inputs if seen.name == "p.zip!/a.txt"} == {"http://x"}


def test_encrypted_members_are_refused(tmp_path: Path) -> None:
    members = [Forged(b"e.txt", b"x", flags=1), Forged(b"s.txt", b"x", flags=0x41),
               Forged(b"aes.txt", b"x", method=99), Forged(b"good.txt", b"good")]  # fmt: skip
    found = found_in(tmp_path, forged_zip(members), "p.zip")
    only_good(found, *((name, "member_encrypted") for name in ("e.txt", "s.txt", "aes.txt")))


def test_overlapping_members_are_refused(tmp_path: Path) -> None:
    zeros = bytes(1 << 20)
    members = [Forged(b"good.txt", b"good"), Forged(b"a.txt", zeros)]
    again = Forged(b"b.txt", said=len(zeros), at=len(b"good.txt") + 36, packed=b"packed once")
    members += [replace(again, name=b"%d.txt" % number) for number in range(2000)]
    found = found_in(tmp_path, forged_zip(members), "p.zip")
    assert len(payloads(found)) == 2
    assert [code for _, code in said(found) if code] == ["member_overlapping"] * 2000


@pytest.mark.parametrize("length", [10, (1 << 32) - 2])
def test_a_zip_bomb_stops_at_its_limit_whatever_it_says(
    tmp_path: Path, few_free_bytes: int, length: int
) -> None:
    bomb = Forged(b"b.txt", bytes(32 << 20), said=length)
    found = found_in(tmp_path, forged_zip([Forged(b"good.txt", b"good"), bomb]), "p.zip", _SMALL)
    code = "member_damaged" if length == 10 else "capture_too_large"
    only_good(found, ("b.txt", code))
    # What is no page but holds others has no limit but that of the whole.
    bomb = replace(bomb, name=b"b.jsonl")
    found = found_in(tmp_path, forged_zip([Forged(b"good.txt", b"good"), bomb]), "p.zip", _SMALL)
    if length > 10:
        only_good(found, ("p.zip", "package_bomb"))


def test_many_members_below_their_limit_are_a_bomb_together(
    tmp_path: Path, few_free_bytes: int
) -> None:
    members = {"0good.txt": b"good"} | {f"{n}.txt": bytes(1 << 20) for n in range(1, 40)}
    for name, content in (("p.zip", zip_of(members)), ("p.tar.gz", gzip.compress(tar_of(members)))):
        found = found_in(tmp_path, content, name, _SMALL)
        assert "package_bomb" in [code for _, code in said(found)]
        assert 2 <= len(payloads(found)) <= 5


def test_a_stream_of_zeros_is_a_bomb_whatever_it_is_called(
    tmp_path: Path, few_free_bytes: int
) -> None:
    zeros = bytes(12 << 20)
    gzipped, zstd = gzip.compress(zeros), zstandard.ZstdCompressor().compress(zeros)
    limits = replace(_SMALL, capture_bytes=1 << 30)
    for name, content in (("p.txt.gz", gzipped), ("p.txt.zst", zstd), ("p.jsonl.gz", gzipped)):
        assert said(found_in(tmp_path, content, name, limits)) == [(name, "package_bomb")]
    found = found_in(tmp_path, gzipped, "p.txt.gz", _SMALL)
    assert said(found) == [("p.txt.gz", "capture_too_large")]
    # Zeros are the end of a tar over and over.
    assert said(found_in(tmp_path, gzipped, "p.tar.gz", limits)) == [("p.tar.gz", "package_bomb")]


def test_a_stream_that_needs_much_memory_is_refused(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28)
    packing = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = packing.compress(tar_of(GOOD)) + packing.flush()
    assert said(found_in(tmp_path, content, "p.tar.zst")) == [("p.tar.zst", "package_bomb")]
    assert said(found_in(tmp_path, content, "p.txt.zst")) == [("p.txt.zst", "package_bomb")]
    zipped = forged_zip([Forged(b"b.txt", b"x", 93, packed=content), Forged(b"good.txt", b"good")])
    only_good(found_in(tmp_path, zipped, "p.zip"), ("b.txt", "member_damaged"))


def test_nesting_ends_at_three(tmp_path: Path) -> None:
    content = zip_of({"page.txt": b"deepest"})
    for depth in range(6, 0, -1):
        content = zip_of(
            {f"{n}.zip": content for n in range(3)} | {f"at{depth}.txt": b"%d" % depth}
        )
    found = found_in(tmp_path, content, "p.zip")
    assert [seen.issue_code for seen in found.inputs].count("package_nested_too_deep") == 27
    assert set(payloads(found).values()) == {b"1", b"2", b"3"}
    assert len(found.inputs) == 27 + 1 + 3 + 9


def test_all_that_lies_within_shares_one_allowance(tmp_path: Path, few_free_bytes: int) -> None:
    bomb = zip_of({f"{n}.txt": bytes(1 << 20) for n in range(9)})
    for _ in range(2):
        bomb = zip_of({f"{n}.zip": bomb for n in range(5)}, zipfile.ZIP_STORED)
    found = found_in(tmp_path, bomb, "p.zip", replace(_SMALL, package_ratio=1))
    assert sum(seen.byte_length for seen in found.inputs) <= few_free_bytes
    assert [code for _, code in said(found)] == ["package_bomb"] * 25


@pytest.mark.parametrize("name", ["p.zip", "p.tar"])
def test_members_without_number_are_cut_off(tmp_path: Path, name: str) -> None:
    members = {f"{n}.txt": b"" for n in range(300)}
    content = zip_of(members) if name == "p.zip" else tar_of(members)
    found = found_in(tmp_path, content, name, replace(DEFAULT_LIMITS, package_members=100))
    assert [code for _, code in said(found) if code] == ["package_bomb"]
    assert len(payloads(found)) == 100
    found = found_in(tmp_path, content, name, replace(DEFAULT_LIMITS, package_members=2))
    assert (name, "package_bomb") in said(found)


@pytest.mark.parametrize(
    ("size", "code"),
    [
        (b"77777777777\0", "package_damaged"),
        (b"\x80\0\0\0" + b"\x7f" * 8, "package_damaged"),
        (b"\xff" * 12, "package_damaged"),
        (b"-0000000010\0", "package_damaged"),
        (b"9" * 11 + b"\0", "package_damaged"),
    ],
)
def test_a_tar_that_lies_about_a_size_ends_there(tmp_path: Path, size: bytes, code: str) -> None:
    good = tar_of(GOOD)[:1024]
    bad = tar_header(b"b.txt", b"0", size) + filled(b"bad")
    found = found_in(tmp_path, good + bad + TAR_END, "p.tar")
    assert payloads(found) == GOOD
    assert ("p.tar", code) in said(found)


@pytest.mark.parametrize("kind", [b"x", b"g", b"L", b"K", b"X"])
def test_extended_headers_of_any_size_are_not_held(tmp_path: Path, kind: bytes) -> None:
    good = tar_of(GOOD)[:1024]
    much = (32 if kind == b"x" else 2) << 20
    for size in (b"77777777777\0", b"\xff" * 12, b"00100000000\0"):
        content = good + tar_header(b"pax", kind, size) + bytes(much)
        found = found_in(tmp_path, content, "p.tar")
        only_good(found, ("p.tar", "package_damaged"))


@pytest.mark.parametrize(
    "record",
    [b"20 size=18446744073709551616\n", b"11 size=-5\n", b"5 =\n", b"0 \n", b"99999999 path=a\n",
     b"-5 path=a\n", b"9 path=a", b"path=a\n", b"12 size=five\n", b" path=a\n"],
)  # fmt: skip
def test_extended_headers_that_lie_end_the_tar(tmp_path: Path, record: bytes) -> None:
    pax = tar_header(b"pax", b"x", b"%011o\0" % len(record)) + filled(record)
    content = tar_of(GOOD)[:1024] + pax + tar_header(b"b.txt", b"0", b"%011o\0" % 3)
    found = found_in(tmp_path, content + filled(b"bad") + TAR_END, "p.tar")
    assert payloads(found) == GOOD
    assert ("p.tar", "package_damaged") in said(found)


def test_files_with_holes_are_refused(tmp_path: Path) -> None:
    record = b"22 GNU.sparse.major=1\n31 GNU.sparse.realsize=9999999\n"
    pax = tar_header(b"pax", b"x", b"%011o\0" % len(record)) + filled(record)
    old = bytearray(tar_header(b"o.txt", b"S", b"%011o\0" % 3))
    old[482] = 1
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old)
    more = bytearray(512)
    more[504] = 1
    content = (
        pax + tar_header(b"p.txt", b"0", b"%011o\0" % 3) + filled(b"3\n0")
        + bytes(old) + bytes(more) + bytes(512) + filled(b"abc") + tar_of(GOOD)
    )  # fmt: skip
    found = found_in(tmp_path, content, "p.tar")
    only_good(found, ("p.txt", "member_unsupported"), ("o.txt", "member_unsupported"))


def test_a_manifest_without_end_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = replace(DEFAULT_LIMITS, package_members=100)
    content = zip_of({"manifest.csv": b"path\n" + b"a\n" * 1000} | GOOD)
    only_good(found_in(tmp_path, content, "p.zip", limits), ("manifest.csv", "manifest_row"))
    monkeypatch.setattr("flows.intake.taking.MANIFEST_BYTES", 100)
    only_good(found_in(tmp_path, content, "p.zip"), ("manifest.csv", "manifest_row"))


def test_a_directory_that_lies_is_damage(tmp_path: Path) -> None:
    content = bytearray(zip_of(GOOD))
    at = content.index(b"PK\x05\x06")
    for place, value in ((12, b"\xff\xff\xff\x7f"), (16, b"\xff\xff\xff\x7f"), (12, b"\xff" * 8)):
        lying = bytearray(content)
        lying[at + place : at + place + len(value)] = value
        found = found_in(tmp_path, bytes(lying), "p.zip")
        only_good(found, ("p.zip", "package_damaged"))
    entry = content.index(b"PK\x01\x02")
    for place in (20, 42):  # bytes in the zip, and where they begin
        lying = bytearray(content)
        lying[entry + place : entry + place + 4] = b"\xfe\xff\xff\xff"
        found = found_in(tmp_path, bytes(lying), "p.zip")
        assert said(found) == [("good.txt", "member_damaged")]


def test_garbage_of_any_name_is_damage(tmp_path: Path) -> None:
    for name in ("p.zip", "p.tar", "p.wacz", "p.tar.gz", "p.tar.zst", "p.tgz"):
        for content in (b"", b"PK\x05\x06", b"\x1f\x8b", b"garbage" * 200, bytes(600)):
            found = found_in(tmp_path, content, name)
            codes = {code for _, code in said(found)}
            assert codes <= {"package_damaged", "truncated_stream"}
            assert codes or name in ("p.tar", "p.tar.gz", "p.tgz", "p.tar.zst")


def test_a_page_is_not_unpacked_past_the_limit_of_a_capture(tmp_path: Path) -> None:
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode="wb") as packing:
        for _ in range(64):
            packing.write(bytes(1 << 20))
    found = found_in(tmp_path, target.getvalue(), "p.html.gz", Limits(capture_bytes=1 << 20))
    assert said(found) == [("p.html.gz", "capture_too_large")]


def test_what_was_refused_is_not_held(tmp_path: Path) -> None:
    members = {f"{number}.txt": bytes(3 << 20) for number in range(30)}
    found = found_in(tmp_path, zip_of(members), "p.zip", Limits(capture_bytes=(3 << 20) - 1))
    assert {code for _, code in said(found)} == {"capture_too_large"}


def test_a_size_that_cannot_be_is_not_counted(tmp_path: Path) -> None:
    header = tar_header(b"b.css", b"0", b"\x80" + b"\x7f" * 11)
    found = found_in(tmp_path, tar_of(GOOD)[:1024] + header + TAR_END, "p.tar")
    only_good(found, ("p.tar", "package_damaged"))
    assert found.passed_over_bytes < 1 << 62
