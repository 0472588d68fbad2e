"""Packages of every form give what their files would; what is damaged gives what is whole."""

import gzip
import hashlib
import io
import json
import random
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard

from flows.intake.discovery import Discovery, discover
from flows.intake.options import Options
from flows.intake.payloads import Payloads
from flows.limits import DEFAULT_LIMITS, Limits
from tests.flows.intake.packs import Forged, forged_zip, piped_zip_of, tar_of, tar_with, zip_of
from tests.flows.intake.warcs import response

PAGES = {
    "a.txt": b"page one",
    "sub/b.HTML": b"<p>two",
    "sub/c.pdf": b"%PDF-1.7 three",
    "empty.txt": b"",
}
ROWS = b'{"text": "row one", "url": "http://x/1"}\n{"text": "row two"}\n'


def zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content)


def found_in(
    tmp_path: Path, content: bytes, name: str, limits: Limits = DEFAULT_LIMITS
) -> Discovery:
    """Returns what is found in a package of this name."""
    folder = tmp_path / "in"
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return found_at(tmp_path, [path], limits)


def found_at(tmp_path: Path, sources: Sequence[Path], limits: Limits = DEFAULT_LIMITS) -> Discovery:
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    with ThreadPoolExecutor(1) as executor:
        names = [str(source) for source in sources]
        return discover(names, executor, spool, lambda count: None, Options(limits))


def said(found: Discovery) -> list[tuple[str, str | None]]:
    """Returns name and code of each input; the package's name is left out."""
    return [(seen.name.partition("!/")[2] or seen.name, seen.issue_code) for seen in found.inputs]


def payloads(found: Discovery) -> dict[str, bytes]:
    """Returns by name what is archived of each input, read again as a batch reads it."""
    with Payloads() as reader:
        return {
            seen.name.partition("!/")[2]: reader.read(seen)
            for seen in found.inputs
            if seen.capture_id is not None
        }


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("p.zip", zip_of),
        ("p.zip", lambda pages: zip_of(pages, zipfile.ZIP_STORED)),
        ("p.zip", lambda pages: zip_of(pages, zipfile.ZIP_BZIP2)),
        ("p.zip", piped_zip_of),
        ("p.zip", lambda pages: b"#!/bin/sh\nexit\n" + zip_of(pages)),
        ("p.zip", lambda pages: forged_zip(
            [Forged(k.encode(), v, 93, packed=zstd(v)) for k, v in pages.items()])),
        ("p.tar", tar_of),
        ("p.tar", lambda pages: tar_of(pages, tarfile.USTAR_FORMAT)),
        ("p.tar", lambda pages: tar_of(pages, tarfile.GNU_FORMAT)),
        ("p.tar.gz", lambda pages: gzip.compress(tar_of(pages))),
        ("P.TGZ", lambda pages: gzip.compress(tar_of(pages))),
        ("p.tar.zst", lambda pages: zstd(tar_of(pages))),
        # Several frames, and one that holds no data (RFC 8878, 3.1.2).
        ("p.tar.zst", lambda pages: zstd(tar_of(pages)[:700]) + b"\x50\x2a\x4d\x18\x03\0\0\0abc"
            + zstd(tar_of(pages)[700:])),
    ],
)  # fmt: skip
def test_a_package_gives_its_pages(
    tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    found = found_in(tmp_path, pack(PAGES), name)
    assert said(found) == [(member, None) for member in sorted(PAGES)]
    assert payloads(found) == PAGES
    assert [seen.media_type for seen in found.inputs] == [
        "text/plain", "text/plain", "text/html", "application/pdf"]  # fmt: skip
    assert found.inputs[0].source_uri == f"file:///{name}!/a.txt"
    assert found.inputs[0].source == f"{tmp_path}/in/{name}!/a.txt"


def test_zip64_is_read(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        with package.open("a.txt", "w", force_zip64=True) as member:
            member.write(b"page")
        package.filelist[0].header_offset = 0
    content = target.getvalue()
    # The directory of so small a zip is the usual one: give it the end of zip64 that a large has.
    at = content.index(b"PK\x05\x06")
    start, size = content.index(b"PK\x01\x02"), at - content.index(b"PK\x01\x02")
    end_64 = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes([45, 0, 45, 0]) + bytes(8)
    end_64 += (1).to_bytes(8, "little") * 2 + size.to_bytes(8, "little")
    end_64 += start.to_bytes(8, "little")
    locator = b"PK\x06\x07" + bytes(4) + at.to_bytes(8, "little") + (1).to_bytes(4, "little")
    end = b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2)
    for before in (b"", b"a program"):
        found = found_in(tmp_path, before + content[:at] + end_64 + locator + end, "p.zip")
        assert payloads(found) == {"a.txt": b"page"}


def test_long_names_and_those_that_are_no_utf_8_survive(tmp_path: Path) -> None:
    odd = b"Per\xa3 \xff.txt".decode("utf-8", "surrogateescape")
    long = "/".join(["a folder with a long name"] * 9) + "/ä.txt"
    for form in (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT):
        found = found_in(tmp_path, tar_of({odd: b"odd", long: b"long"}, form), "p.tar")
        assert payloads(found) == {odd: b"odd", long: b"long"}
    prefixed = tar_of({long: b"long"}, tarfile.USTAR_FORMAT)
    assert payloads(found_in(tmp_path, prefixed, "p.tar")) == {long: b"long"}
    zipped = forged_zip([Forged(b"Per\xa3 \xff.txt", b"odd"), Forged(long.encode(), b"long")])
    found = found_in(tmp_path, zipped, "p.zip")
    assert payloads(found) == {odd: b"odd", long: b"long"}
    assert found.inputs[0].source_uri == "file:///p.zip!/Per%A3%20%FF.txt"


def test_what_a_folder_passes_over_is_passed_over_in_packages(tmp_path: Path) -> None:
    others = {".git/a.txt": b"1", "__MACOSX/._a.txt": b"22", "x/.DS_Store": b"333", "b.css": b"4"}
    for name, content in (("p.zip", zip_of(PAGES | others)), ("p.tar", tar_of(PAGES | others))):
        found = found_in(tmp_path, content, name)
        assert payloads(found) == PAGES
        assert found.passed_over_count == 4
    assert found.passed_over_bytes == 7


def test_what_lies_within_comes_in_by_the_same_door(tmp_path: Path) -> None:
    inner = tar_of({"b.txt": b"deep", "rows.jsonl": ROWS})
    middle = zip_of({"inner.tar.gz": gzip.compress(inner), "rows.jsonl.zst": zstd(ROWS)})
    outer = zip_of({"middle.zip": middle, "page.html.gz": gzip.compress(b"<p>packed")})
    found = found_in(tmp_path, outer, "outer.zip")
    assert said(found) == [
        ("middle.zip!/inner.tar.gz!/b.txt", None),
        ("middle.zip!/inner.tar.gz!/rows.jsonl", None),
        ("middle.zip!/inner.tar.gz!/rows.jsonl", None),
        ("middle.zip!/rows.jsonl.zst", None),
        ("middle.zip!/rows.jsonl.zst", None),
        ("page.html.gz", None),
    ]
    sources = [seen.source.partition("!/")[2] for seen in found.inputs]
    assert sources[1] == "middle.zip!/inner.tar.gz!/rows.jsonl#1"
    assert payloads(found)["page.html.gz"] == b"<p>packed"
    assert found.inputs[0].media_type == "text/plain"
    assert found.inputs[-1].media_type == "text/html"


@pytest.mark.parametrize(("ending", "pack"), [("gz", gzip.compress), ("zst", zstd)])
def test_a_packed_page_is_what_it_unpacks_to(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    packed = pack(b"the page")
    (folder / f"a.txt.{ending}").write_bytes(packed)
    (folder / f"b.txt.{ending}").write_bytes(packed[:-1])
    (folder / f"c.txt.{ending}").write_bytes(b"no such stream at all")
    (folder / f"d.txt.{ending}").write_bytes(b"")
    sha256 = hashlib.sha256(packed).hexdigest()
    (folder / "manifest.csv").write_text(
        f"path,target_uri,captured_at,sha256\na.txt.{ending},http://x/a,soon,{sha256}\n"
    )
    found = found_at(tmp_path, [folder])
    assert [code for _, code in said(found)] == [
        "captured_at_unreadable", "truncated_stream", "truncated_stream", None]  # fmt: skip
    assert found.inputs[0].target_uri == "http://x/a"
    with Payloads() as reader:
        assert reader.read(found.inputs[0]) == b"the page"


def test_a_manifest_in_a_package_speaks_for_its_members(tmp_path: Path) -> None:
    digest = hashlib.sha256(ROWS).hexdigest()
    members = {
        "sub/manifest.csv": b"path,target_uri\nb.txt,http://near\n",
        "a.txt": b"a",
        "sub/b.txt": b"b",
        "wrong.txt": b"w",
        "right.jsonl": ROWS,
        "wrong.jsonl": ROWS + b"\n",
        "twice.txt": b"t",
        "manifest.csv": (
            "path,target_uri,captured_at,sha256\na.txt,http://a,2023-06-02T10:15:00Z,\n"
            f"sub/b.txt,http://far,,\nwrong.txt,,,{digest}\nright.jsonl,,,{digest}\n"
            f"wrong.jsonl,,,{digest}\ngone.txt,,,\ntwice.txt,http://1,,\ntwice.txt,http://2,,\n"
        ).encode(),
    }
    for name, content in (("p.zip", zip_of(members)), ("p.tar", tar_of(members))):
        found = found_in(tmp_path, content, name)
        assert said(found) == [
            ("a.txt", None),
            ("manifest.csv", "manifest_row"),
            ("right.jsonl", None),
            ("right.jsonl", None),
            ("sub/b.txt", None),
            ("twice.txt", "manifest_row"),
            ("wrong.jsonl", "digest_mismatch"),
            ("wrong.txt", "digest_mismatch"),
        ]
        assert found.inputs[0].target_uri == "http://a"
        assert found.inputs[0].captured_at is not None
        assert found.inputs[4].target_uri == "http://near"
        assert found.inputs[-1].capture_id is None
        assert found.inputs[-1].byte_length == 1


def wacz_of(members: dict[str, bytes], **digests: str) -> bytes:
    """Returns a WACZ whose description gives these digests, by its files' names, or the true."""
    resources = [
        {
            "name": name.rpartition("/")[2],
            "path": name,
            "bytes": len(content),
            "hash": "sha256:"
            + digests.get(
                name.rpartition("/")[2].partition(".")[0], hashlib.sha256(content).hexdigest()
            ),
        }
        for name, content in members.items()
    ]
    datapackage = json.dumps({"profile": "data-package", "resources": resources}).encode()
    digest = {
        "path": "datapackage.json",
        "hash": f"sha256:{hashlib.sha256(datapackage).hexdigest()}",
    }
    described = {
        "datapackage.json": datapackage,
        "datapackage-digest.json": json.dumps(digest).encode(),
    }
    return zip_of(members | described, zipfile.ZIP_STORED)


WACZ = {
    "archive/data.jsonl": ROWS,
    "archive/other.jsonl": ROWS,
    "indexes/index.cdx": b"org,refworld)/ 20230602 {}",
    "pages/pages.jsonl": b'{"text": "no capture"}\n',
}


def test_a_wacz_gives_what_its_archive_holds(tmp_path: Path) -> None:
    found = found_in(tmp_path, zip_of({"a.wacz": wacz_of(WACZ)}), "p.zip")
    assert said(found) == [("a.wacz!/archive/data.jsonl", None)] * 2 + [
        ("a.wacz!/archive/other.jsonl", None)] * 2  # fmt: skip
    assert found.passed_over_count == 2
    assert found.passed_over_bytes == len(WACZ["indexes/index.cdx"] + WACZ["pages/pages.jsonl"])


def test_records_are_the_same_captures_in_a_wacz_in_a_zip(tmp_path: Path) -> None:
    records = b"".join(gzip.compress(response(number), mtime=0) for number in range(5))
    alone = found_in(tmp_path, records, "data.warc.gz")
    members = WACZ | {"archive/data.warc.gz": records, "indexes/data.warc.gz": records}
    found = found_in(tmp_path, zip_of({"a.wacz": wacz_of(members)}), "p.zip")
    within = [seen for seen in found.inputs if "data.warc.gz" in seen.name]
    assert {seen.name for seen in within} == {"p.zip!/a.wacz!/archive/data.warc.gz"}
    ids = [seen.capture_id for seen in alone.inputs]
    assert [seen.capture_id for seen in within] == ids
    assert len(ids) == 5
    (tmp_path / "in" / "no ending").write_bytes(records)
    told = found_at(tmp_path, [tmp_path / "in" / "no ending"])
    assert [seen.capture_id for seen in told.inputs] == ids


def test_a_wacz_is_held_against_its_digests(tmp_path: Path) -> None:
    found = found_in(tmp_path, wacz_of(WACZ, other="0" * 64), "a.wacz")
    assert said(found) == [("archive/data.jsonl", None)] * 2 + [
        ("archive/other.jsonl", "digest_mismatch")]  # fmt: skip
    assert "archive/other.jsonl" in (found.inputs[-1].words or "")


@pytest.mark.parametrize(
    "description",
    [
        {"datapackage.json": b"{"},
        {"datapackage.json": b"[]"},
        {"datapackage.json": b'{"resources": 1}'},
        {"datapackage.json": b'{"resources": [1]}'},
        {"datapackage.json": b'{"resources": [{"path": "archive/gone.jsonl", "hash": "sha256:%s"}]}'
         % (b"0" * 64)},
        {"datapackage.json": b'{"resources": []}', "datapackage-digest.json": b'{"hash": "x"}'},
    ],
)  # fmt: skip
def test_a_wacz_that_describes_itself_wrongly_is_said(
    tmp_path: Path, description: dict[str, bytes]
) -> None:
    found = found_in(tmp_path, zip_of({"archive/data.jsonl": ROWS} | description), "a.wacz")
    codes = [code for _, code in said(found)]
    assert sorted(codes, key=str) == [None, None, "package_damaged"]


def test_a_zip_gives_what_lies_before_its_damage(tmp_path: Path) -> None:
    pages = {f"{number}.txt": b"page %d " % number * 20 for number in range(4)}
    for content in (zip_of(pages), piped_zip_of(pages), zip_of(pages, zipfile.ZIP_STORED)):
        before = 0
        for end in range(30, len(content), 7):
            found = found_in(tmp_path, content[:end], "p.zip")
            taken = payloads(found)
            assert taken.items() <= pages.items()
            assert len(taken) >= before
            before = len(taken)
            assert (found.inputs[0].name, found.inputs[0].issue_code) == (
                "p.zip", "package_damaged")  # fmt: skip
        assert before == 4


def test_a_tar_gives_what_lies_before_its_cut(tmp_path: Path) -> None:
    pages = {f"{number}.txt": b"page %d " % number * 100 for number in range(4)}
    content = tar_of(pages)
    end_of_members = 4 * (512 + 1024)
    for end in [*range(1, end_of_members + 1, 97), end_of_members]:
        found = found_in(tmp_path, content[:end], "p.tar")
        assert payloads(found).items() <= pages.items()
        assert len(payloads(found)) == (end + 324) // 1536
        assert "package_damaged" in [code for _, code in said(found)]
    packed = gzip.compress(content, 0)
    found = found_in(tmp_path, packed[:2600], "p.tar.gz")
    assert len(payloads(found)) == 1
    assert [code for _, code in said(found)] == ["truncated_stream", None]


def test_tars_put_together_are_read_to_the_end(tmp_path: Path) -> None:
    content = tar_of({"a.txt": b"a"}) + tar_of({"b.txt": b"b"}) + b"what fills a last block"
    found = found_in(tmp_path, content, "p.tar")
    assert said(found) == [("a.txt", None), ("b.txt", None)]


def test_damage_of_any_kind_is_said_and_nothing_wrong_is_taken_in(tmp_path: Path) -> None:
    chance = random.Random(20230602)
    pages = {f"{number}.txt": b"page %d " % number * 9 for number in range(3)}
    packed = {f"{name}.gz": gzip.compress(page) for name, page in pages.items()}
    for name, content in (
        ("p.zip", zip_of(pages)),
        ("p.zip", piped_zip_of(pages)),
        ("p.tar", tar_of(packed)),
        ("p.tar.zst", zstd(tar_of(packed))),
    ):
        for _ in range(60):
            broken = bytearray(content)
            for _ in range(chance.randint(1, 4)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            found = found_in(tmp_path, bytes(broken), name)
            assert set(payloads(found).values()) <= set(pages.values())


def test_folders_and_links_to_them_are_no_pages(tmp_path: Path) -> None:
    folder = tarfile.TarInfo("sub.txt")
    folder.type = tarfile.DIRTYPE
    found = found_in(tmp_path, tar_with([(folder, b"")]), "p.tar")
    assert (found.inputs, found.passed_over_count) == ((), 0)
    found = found_in(tmp_path, zip_of({"sub.txt/": b"", "sub.txt/a.txt": b"a"}), "p.zip")
    assert payloads(found) == {"sub.txt/a.txt": b"a"}


def test_the_number_of_workers_and_the_order_of_sources_change_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.zip").write_bytes(zip_of(PAGES | {"n.zip": zip_of(PAGES)}))
    (folder / "b.tar").write_bytes(tar_of(PAGES))
    one = found_at(tmp_path, [folder / "a.zip", folder / "b.tar"])
    two = found_at(tmp_path, [folder / "b.tar", folder / "a.zip"])
    assert [seen.order for seen in one.inputs] == [seen.order for seen in two.inputs]
