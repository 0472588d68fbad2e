from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.intake.manifests import Entry, read_manifest


def _read(folder: Path, text: str | bytes) -> tuple[dict[str, Entry], tuple[str, ...]]:
    content = text.encode() if isinstance(text, str) else text
    (folder / "manifest.csv").write_bytes(content)
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest.entries, manifest.problems


def test_a_folder_may_have_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"file,url\na.txt,x\n", b"path,\xff\n", b"path,path2\n", b'path\n"a\n'],
)
def test_a_manifest_that_cannot_be_read_says_so(tmp_path: Path, content: bytes) -> None:
    entries, problems = _read(tmp_path, content)
    assert entries == {}
    assert len(problems) == 1


@pytest.mark.parametrize("path", ["../a.txt", "/etc/passwd", "", "sub/../../a.txt"])
def test_a_path_outside_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    entries, problems = _read(tmp_path, f"path,sha256\n{path},\n")
    assert entries == {}
    assert len(problems) == 1


def test_rows_with_a_wrong_digest_or_too_few_values_cannot_be_used(tmp_path: Path) -> None:
    entries, _ = _read(tmp_path, "path,sha256\na.txt,xyz\nb.txt\nc.txt,,\n")
    assert [entry.problem is not None for entry in entries.values()] == [True, True, True]


def test_two_rows_that_differ_leave_the_file_out(tmp_path: Path) -> None:
    entries, _ = _read(tmp_path, "path,target_uri\na.txt,http://x\na.txt,http://y\n")
    assert entries["a.txt"].problem is not None
    entries, _ = _read(tmp_path, "path,target_uri\na.txt,http://x\n./a.txt,http://x\n")
    assert entries == {"a.txt": Entry(target_uri="http://x")}


def test_a_good_row_says_where_when_and_what(tmp_path: Path) -> None:
    digest = "AB" * 32
    entries, problems = _read(
        tmp_path,
        "\ufeffpath,target_uri,captured_at,sha256\r\n"
        f"sub/a.txt,https://www.refworld.org/docid/1.html,2023-06-02T10:15:00Z,{digest}\r\n"
        "b.txt,,yesterday,\r\n",
    )
    assert problems == ()
    assert entries["sub/a.txt"] == Entry(
        "https://www.refworld.org/docid/1.html",
        datetime(2023, 6, 2, 10, 15, tzinfo=UTC),
        None,
        digest.lower(),
    )
    assert entries["b.txt"] == Entry(unread_time="yesterday")
