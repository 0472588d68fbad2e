"""Discovery with a thread in place of the process pool: what is found, and what is said."""

import gzip
import hashlib
import os
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from flows.intake.discovery import Discovery, discover
from flows.intake.inputs import Input
from flows.intake.payloads import InputLost, Payloads


def _discover(tmp_path: Path, sources: Sequence[Path]) -> Discovery:
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as executor:
        return discover([str(source) for source in sources], executor, spool, lambda count: None)


def _codes(found: Discovery) -> list[tuple[str, str | None]]:
    return [(seen.name, seen.issue_code) for seen in found.inputs]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


def test_what_cannot_be_taken_in_is_said_and_the_rest_goes_on(tmp_path: Path, folder: Path) -> None:
    (folder / "good.txt").write_text("good")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "nowhere.txt").symlink_to("missing")
    os.mkfifo(folder / "pipe.txt")
    (tmp_path / "page.doc").write_text("x")
    found = _discover(tmp_path, [folder, tmp_path / "page.doc", tmp_path / "gone"])
    assert _codes(found) == [
        ("gone", "source_missing"),
        ("good.txt", None),
        ("loop.txt", "unreadable"),
        ("nowhere.txt", "unreadable"),
        ("page.doc", "source_unsupported"),
        ("pipe.txt", "unreadable"),
    ]
    assert [seen.capture_id is None for seen in found.inputs] == [True, False, *[True] * 4]


def test_hidden_files_and_other_forms_in_folders_are_passed_over(
    tmp_path: Path, folder: Path
) -> None:
    (folder / ".hidden.txt").write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git" / "a.txt").write_text("x")
    (folder / "notes.md").write_text("x")
    (folder / "sub").mkdir()
    (folder / "sub" / "A b#ü.TXT").write_text("x")
    found = _discover(tmp_path, [folder])
    assert [seen.source_uri for seen in found.inputs] == ["file:///sub/A%20b%23%C3%BC.TXT"]
    assert found.passed_over_count == 1


def test_names_that_are_no_text_are_taken_in(tmp_path: Path, folder: Path) -> None:
    (Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt"))).write_text("x")
    assert [seen.source_uri for seen in _discover(tmp_path, [folder]).inputs] == ["file:///%FF.txt"]


def test_the_order_of_sources_does_not_matter(tmp_path: Path, folder: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"a{number}")
        (other / f"{number}.txt").write_text(f"b{number}")
    one, two = _discover(tmp_path, [folder, other]), _discover(tmp_path, [other, folder, other])
    assert [seen.capture_id for seen in one.inputs] == [seen.capture_id for seen in two.inputs]


def test_a_manifest_says_where_its_files_came_from(tmp_path: Path, folder: Path) -> None:
    digest = hashlib.sha256(b"right").hexdigest()
    for name in ("right.txt", "named.txt", "bad row.txt", "archived.txt"):
        (folder / name).write_text("right")
    (folder / "wrong.txt").write_text("wrong!")
    archived = "https://web.archive.org/web/20230602101500/http://x"
    (folder / "manifest.csv").write_text(
        "path,target_uri,captured_at,sha256\n"
        f"right.txt,http://r,2023-06-02T10:15:00Z,{digest}\n"
        f"wrong.txt,http://w,,{digest}\n"
        "named.txt,http://n,June,\n"
        "bad row.txt,,,123\n"
        "absent.txt,http://a,,\n"
        f"archived.txt,{archived},,\n"
    )
    found = _discover(tmp_path, [folder])
    assert _codes(found) == [
        ("archived.txt", None),
        ("bad row.txt", "manifest_row"),
        ("manifest.csv", "manifest_row"),
        ("named.txt", "captured_at_unreadable"),
        ("right.txt", None),
        ("wrong.txt", "digest_mismatch"),
    ]
    by_name = {seen.name: seen for seen in found.inputs}
    assert by_name["right.txt"].target_uri == "http://r"
    assert by_name["archived.txt"].captured_at == by_name["right.txt"].captured_at
    assert by_name["wrong.txt"].capture_id is None
    assert by_name["wrong.txt"].byte_length == 6
    assert by_name["named.txt"].capture_id is not None
    alone = _discover(tmp_path, [folder / "right.txt", folder / "manifest.csv"])
    assert [seen.capture_id for seen in alone.inputs] == [by_name["right.txt"].capture_id]


def test_the_nearest_manifest_speaks_for_a_file(tmp_path: Path, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("a")
    (folder / "sub" / "b.txt").write_text("b")
    (folder / "manifest.csv").write_text(
        "path,target_uri\nsub/a.txt,http://far\nsub/b.txt,http://b\n"
    )
    (folder / "sub" / "manifest.csv").write_text("path,target_uri\na.txt,http://near\n")
    found = _discover(tmp_path, [folder])
    assert [seen.target_uri for seen in found.inputs] == ["http://near", "http://b"]


def test_a_compressed_corpus_gives_the_same_captures(tmp_path: Path, folder: Path) -> None:
    rows = b"".join(b'{"text": "page %d", "url": "http://x/%d"}\n' % (n, n) for n in range(50))
    (folder / "a.jsonl").write_bytes(rows)
    with gzip.open(folder / "b.jsonl.gz", "wb") as file:
        file.write(rows)
    inputs = _discover(tmp_path, [folder]).inputs
    assert [seen.capture_id for seen in inputs[:50]] == [seen.capture_id for seen in inputs[50:]]
    with Payloads() as payloads:
        assert [payloads.read(seen) for seen in inputs[50:52]] == [b"page 0", b"page 1"]


@pytest.mark.parametrize("damage", ["cut", "broken", "garbage"])
def test_a_damaged_stream_gives_the_rows_before(tmp_path: Path, folder: Path, damage: str) -> None:
    chance = random.Random(20061124)  # what broken bytes lead to is the same in each run
    rows = b"".join(b'{"text": "%s"}\n' % chance.randbytes(40).hex().encode() for _ in range(3000))
    content = gzip.compress(rows)
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "broken":
        middle = len(content) // 2
        content = content[:middle] + bytes(64) + content[middle + 64 :]
    else:
        content += b"garbage"
    (folder / "a.jsonl.gz").write_bytes(content)
    found = _discover(tmp_path, [folder])
    *taken, stream = sorted(found.inputs, key=lambda seen: seen.issue_code or "")
    assert stream.issue_code == "truncated_stream"
    assert len(taken) == 3000 if damage == "garbage" else 0 < len(taken) < 3000
    if damage == "cut":
        assert all(seen.media_type == "text/plain" for seen in taken)


def test_a_corpus_that_is_not_what_its_manifest_says_is_left_out(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "a.jsonl").write_text('{"text": "a"}\n')
    (folder / "manifest.csv").write_text(f"path,sha256\na.jsonl,{'0' * 64}\n")
    found = _discover(tmp_path, [folder])
    assert _codes(found) == [("a.jsonl", "digest_mismatch")]
    assert found.inputs[0].byte_length == 14


def _lost(seen: Input) -> str:
    with Payloads() as payloads, pytest.raises(InputLost) as lost:
        payloads.read(seen)
    return lost.value.code


def test_bytes_that_are_not_those_seen_are_refused(tmp_path: Path, folder: Path) -> None:
    for name in ("gone.txt", "grown.txt", "cut.txt", "other.txt"):
        (folder / name).write_text("as it was")
    (folder / "rows.jsonl").write_text('{"text": "a"}\n{"text": "b"}\n')
    found = _discover(tmp_path, [folder])
    by_name = {seen.name: seen for seen in found.inputs}
    (folder / "gone.txt").unlink()
    (folder / "grown.txt").write_text("as it was and more")
    (folder / "cut.txt").write_text("as it")
    (folder / "other.txt").write_text("as it wAs")
    (folder / "rows.jsonl").write_text('{"text": "a"}\n{"text": "c"}\n')
    assert _lost(by_name["gone.txt"]) == "vanished"
    for name in ("grown.txt", "cut.txt", "other.txt", "rows.jsonl"):
        assert _lost(by_name[name]) == "changed_while_read"
