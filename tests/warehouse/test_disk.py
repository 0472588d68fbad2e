"""Bytes before names, names before the folder: the order that outlives a loss of power."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from warehouse import disk


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Writes down, in order, what is synced and what is renamed; and does it."""
    seen: list[str] = []
    sync, rename = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        seen.append(f"sync {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}")
        sync(descriptor)

    def replace(source: Path, target: Path) -> None:
        seen.append(f"rename {Path(source).name} {Path(target).name}")
        rename(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    return seen


def test_a_whole_file_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, calls: list[str]
) -> None:
    disk.write_whole(tmp_path / "a", b"1")
    assert calls == ["sync .a.draft", "rename .a.draft a", f"sync {tmp_path.name}"]
    assert (tmp_path / "a").read_bytes() == b"1"


def test_a_whole_file_takes_the_place_of_another_and_of_a_draft_left_behind(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old and longer")
    (tmp_path / ".a.draft").write_bytes(b"left behind by a kill")
    disk.write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_failed_write_leaves_the_last_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.write_whole(tmp_path / "a", b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        disk.write_whole(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_durable_file_is_synced_and_never_written_over(tmp_path: Path, calls: list[str]) -> None:
    with disk.durable_file(tmp_path / "a") as stream:
        stream.write(b"1")
    assert calls == ["sync a"]
    with pytest.raises(FileExistsError), disk.durable_file(tmp_path / "a"):
        pass


def test_moving_syncs_both_folders(tmp_path: Path, calls: list[str]) -> None:
    disk.make_folder(tmp_path / "from")
    disk.make_folder(tmp_path / "to")
    (tmp_path / "from" / "a").write_bytes(b"1")
    calls.clear()
    disk.replace(tmp_path / "from" / "a", tmp_path / "to" / "b")
    assert calls == ["rename a b", "sync to", "sync from"]


def test_each_new_folder_is_synced_into_its_parent(tmp_path: Path, calls: list[str]) -> None:
    disk.make_folder(tmp_path / "a" / "b")
    disk.make_folder(tmp_path / "a" / "b")
    assert calls == [f"sync {tmp_path.name}", "sync a"]


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    disk.remove_file(tmp_path / "a")
    disk.remove_tree(tmp_path / "a")


def test_removing_a_link_leaves_what_it_points_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "a").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "kept")
    disk.remove_tree(tmp_path / "link")
    assert (tmp_path / "kept" / "a").exists()
    assert not (tmp_path / "link").is_symlink()
    disk.remove_tree(tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_draft_folders_never_collide(tmp_path: Path) -> None:
    folders = {disk.make_draft_folder(tmp_path / "staging", "x") for _ in range(20)}
    assert len(folders) == 20


def test_the_digest_is_that_of_all_pieces(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 3_000_000)
    assert disk.sha256_of(tmp_path / "a") == hashlib.sha256(b"a" * 3_000_000).hexdigest()
