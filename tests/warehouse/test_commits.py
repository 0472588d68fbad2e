"""A batch is there whole or not at all, whenever its writer dies."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import pickle
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.warehouse.pages import (
    CODE_VERSION,
    commit_batch,
    files_below,
    page,
    reading_of,
    stage_batch,
)
from transforms.records import capture_of
from warehouse import commits, disk, lake
from warehouse.archive import read_record, read_warc
from warehouse.home import Home
from warehouse.sealed import rendered

PAGES = [page(number) for number in range(5)]
LISTING = capture_of(b"\nlisting", "file:///listing.txt")


def kept(home: Home) -> dict[str, bytes]:
    """Returns what counts of a home: all but staging."""
    return {
        path: content
        for path, content in files_below(home.root).items()
        if not path.startswith("staging/")
    }


def test_a_commit_lists_every_file_with_its_digest_size_and_rows(home: Home) -> None:
    staged = commit_batch(home, [*PAGES, LISTING])
    (path,) = commits.commit_paths(home)
    fields = json.loads(path.read_bytes())
    assert list(fields) == sorted(fields)
    assert fields["batch_id"] == staged.batch_id
    assert fields["code_version"] == CODE_VERSION
    listed = {file["path"]: file for file in fields["files"]}
    assert set(listed) | {path.relative_to(home.root).as_posix()} == set(kept(home))
    for name, file in listed.items():
        assert file["sha256"] == disk.sha256_of(home.root / name)
        assert file["byte_length"] == (home.root / name).stat().st_size
    counts = {name.rsplit("/", 1)[-1]: file["row_count"] for name, file in listed.items()}
    assert counts == {
        f"{staged.batch_id}.warc.gz": 6,
        "captures.parquet": 6,
        "document_versions.parquet": 5,
        "blocks.parquet": 20,
        "statements.parquet": 65,
        "links.parquet": 0,
        "mentions.parquet": 0,
        "issues.parquet": 1,
    }


def test_what_was_staged_can_be_told_and_sent_between_processes(home: Home) -> None:
    staged = stage_batch(home, [*PAGES, LISTING])
    assert pickle.loads(pickle.dumps(staged)) == staged
    assert staged.outcomes[LISTING.capture_id] == "not_a_document"
    assert list(staged.outcomes.values()).count("document") == 5
    assert staged.issue_counts == {"odd": 1}


def test_the_order_of_captures_changes_no_byte(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in "ab"]
    for home in homes:
        captures = [*PAGES, LISTING]
        random.Random(home.root.name).shuffle(captures)
        commit_batch(home, captures)
    assert kept(homes[0]) == kept(homes[1])


def test_the_id_of_a_batch_is_that_of_its_captures() -> None:
    ids = [capture.capture_id for capture in PAGES]
    assert commits.batch_id_of(ids) == commits.batch_id_of(reversed(ids))
    assert commits.batch_id_of(ids) != commits.batch_id_of(ids[1:])
    assert commits.batch_id_of(["b", "a"]) == "7e18f737311b2dc3b2f269dd78396b03"


def test_committing_twice_changes_nothing(home: Home) -> None:
    first, second = stage_batch(home, PAGES), stage_batch(home, PAGES)
    commits.commit(home, first)
    before = kept(home)
    commits.commit(home, second)
    commits.commit(home, first)
    assert kept(home) == before
    assert list(home.staging.iterdir()) == []


def test_known_captures_are_those_committed(home: Home) -> None:
    assert commits.known_capture_ids(home) == set()
    commit_batch(home, PAGES[:3])
    stage_batch(home, PAGES[3:])
    expected = {bytes.fromhex(capture.capture_id) for capture in PAGES[:3]}
    assert commits.known_capture_ids(home) == expected


@pytest.mark.parametrize("captures", [[], [PAGES[0], PAGES[0]]])
def test_no_captures_or_the_same_twice_are_refused(home: Home, captures: list[object]) -> None:
    with pytest.raises(ValueError, match="no captures"):
        stage_batch(home, captures)  # type: ignore[arg-type]


def test_a_batch_that_cannot_be_staged_leaves_nothing(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_table: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.lake.parquet_bytes", full)
    with pytest.raises(OSError, match="No space"):
        stage_batch(home, PAGES)
    assert files_below(home.root) == {}


def killed_at(call: int, act: Callable[[], None]) -> bool:
    """Does something in a child that dies at a call to the disk; returns whether it died."""
    child = os.fork()
    if not child:
        left = [call]

        def dying(function: Callable[..., object]) -> Callable[..., object]:
            def called(*args: object) -> object:
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)
                return function(*args)

            return called

        for name in ("fsync", "replace", "unlink", "rmdir"):
            setattr(os, name, dying(getattr(os, name)))
        act()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 9


def test_killed_anywhere_the_next_run_comes_to_the_same(tmp_path: Path) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    commit_batch(undisturbed, PAGES)
    call = 0
    while True:
        home = Home(tmp_path / f"killed-{call}")
        staged = stage_batch(home, PAGES)
        if not killed_at(call, lambda h=home, s=staged: commits.commit(h, s)):
            break
        recovered = commits.recover(home)
        assert list(home.staging.iterdir()) == []
        for path in recovered.uncommitted:
            captures = [capture for _, capture in read_warc(path)]
            assert captures == [capture for _, capture in read_warc(path)]
            commit_batch(home, captures)
        if not commits.known_capture_ids(home):
            commit_batch(home, PAGES)
        assert kept(home) == kept(undisturbed), f"killed at call {call}"
        call += 1
    assert call > 8


def test_a_failed_commit_can_be_tried_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    staged = stage_batch(home, PAGES)
    with monkeypatch.context() as patched:
        patched.setattr(disk, "write_whole", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            commits.commit(home, staged)
    assert commits.read_commits(home) == []
    commits.commit(home, staged)
    assert len(commits.read_commits(home)) == 1


def test_recovery_keeps_preserved_bytes_and_removes_the_rest(home: Home) -> None:
    staged = commit_batch(home, PAGES[:2])
    commit_batch(home, PAGES[2:])
    (home.derived / staged.batch_id / "commit.json").unlink()
    (home.staging / "left").mkdir()
    (home.staging / "left" / "x").write_bytes(b"x")
    found = commits.recover(home)
    assert found.removed == (f"lake/derived/{staged.batch_id}", "staging/left")
    assert found.uncommitted == (home.archive / f"{staged.batch_id}.warc.gz",)
    assert len(commits.read_commits(home)) == 1
    assert commits.recover(home).removed == ()


def test_what_is_archived_already_is_not_archived_again(home: Home) -> None:
    staged = commit_batch(home, PAGES)
    archived = home.archive / f"{staged.batch_id}.warc.gz"
    before, inode = kept(home), archived.stat().st_ino
    commits.withdraw(home, staged.batch_id)
    assert commits.uncommitted_archives(home) == [archived]
    commit_batch(home, PAGES)
    assert archived.stat().st_ino == inode
    assert kept(home) == before


def test_a_lake_derived_anew_points_into_the_file_that_is_there(home: Home) -> None:
    staged = commit_batch(home, PAGES)
    archived = home.archive / f"{staged.batch_id}.warc.gz"
    records = [gzip.decompress(member) for member in members(archived)]
    preserved = b"".join(gzip.compress(record, 1) for record in records)
    assert preserved != archived.read_bytes()
    archived.write_bytes(preserved)
    commits.withdraw(home, staged.batch_id)
    commit_batch(home, PAGES)
    assert archived.read_bytes() == preserved
    path = commits.read_commits(home)[0].table_path(home, "captures")
    for row in lake.read_table(path).to_pylist():
        assert read_record(archived, row["warc_offset"]).capture_id == row["capture_id"]


def members(path: Path) -> list[bytes]:
    """Returns the gzip members of a WARC file."""
    content = path.read_bytes()
    starts = [0, *(offset for offset, _ in read_warc(path)), len(content)]
    return [content[start:end] for start, end in itertools.pairwise(starts)]


def test_preserved_bytes_are_never_replaced_by_others(home: Home) -> None:
    staged = stage_batch(home, PAGES)
    disk.make_folder(home.archive)
    archived = home.archive / f"{staged.batch_id}.warc.gz"
    archived.write_bytes(b"other")
    with pytest.raises(commits.ArchiveOccupied):
        commits.commit(home, staged)
    assert archived.read_bytes() == b"other"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format": 2}', b"\xff"])
def test_a_damaged_commit_says_what_to_do(home: Home, content: bytes) -> None:
    commit_batch(home, PAGES)
    (path,) = commits.commit_paths(home)
    path.write_bytes(content)
    with pytest.raises(commits.CommitDamaged, match=f"{path}.*refworld repair"):
        commits.read_commits(home)


def test_a_commit_of_another_format_is_not_guessed_at(home: Home) -> None:
    commit_batch(home, PAGES)
    (path,) = commits.commit_paths(home)
    path.write_bytes(path.read_bytes().replace(b'"format": 3', b'"format": 4'))
    with pytest.raises(commits.CommitDamaged, match="its seal is broken"):
        commits.read_commits(home)


def test_a_commit_of_before_the_seals_is_read_as_it_is(home: Home) -> None:
    commit_batch(home, PAGES)
    (path,) = commits.commit_paths(home)
    (sealed_one,) = commits.read_commits(home)
    fields = {**json.loads(path.read_bytes()), "format": 1}
    path.write_bytes(rendered(fields))
    with pytest.raises(commits.CommitDamaged, match="not those that were written"):
        commits.read_commits(home)
    del fields["seal"]
    path.write_bytes(rendered(fields))
    (old,) = commits.read_commits(home)
    assert (old.files, old.code_version) == (sealed_one.files, sealed_one.code_version)
    path.write_bytes(rendered(fields).replace(b"\n", b" ", 1))
    with pytest.raises(commits.CommitDamaged, match="not those that were written"):
        commits.read_commits(home)


def test_a_damaged_table_says_what_to_do(home: Home) -> None:
    staged = commit_batch(home, PAGES)
    path = home.derived / staged.batch_id / "captures.parquet"
    for damage in (lambda: path.write_bytes(b"PAR1"), path.unlink):
        damage()
        with pytest.raises(commits.CommitDamaged, match=f"{path}.*refworld rebuild"):
            commits.known_capture_ids(home)


def test_readings_in_another_order_than_captures_are_refused(home: Home) -> None:
    readings = [reading_of(capture) for capture in reversed(PAGES)]
    with pytest.raises(ValueError, match="given for capture"):
        commits.stage(home, PAGES, readings, CODE_VERSION)
