"""A second copy is a whole home at any time, and damage never travels."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.durability.flips import Flip
from tests.durability.kept import stored
from tests.flows.conftest import run_here
from tests.warehouse.pages import files_below
from warehouse import disk
from warehouse.commits import Commit, read_commits, recover
from warehouse.events import SEAL
from warehouse.fixity import check_entry, check_seal
from warehouse.home import Home
from warehouse.replication import NoPlaceForCopy, Replicated, check_destination, replicate


@pytest.fixture
def copy(tmp_path: Path) -> Home:
    return Home(tmp_path / "disk" / "copy")


def replicated(home: Home, copy: Home) -> Replicated:
    recover(copy)
    return replicate(home, copy, "run")


def kept_files(home: Home) -> dict[str, bytes]:
    """Returns archive and lake, without the mark of a run that is under way."""
    files = {path.relative_to(home.root).as_posix(): path.read_bytes() for path in stored(home)}
    return {name: content for name, content in files.items() if "started" not in name}


def test_a_copy_has_the_same_bytes_and_a_second_call_copies_nothing(home: Home, copy: Home) -> None:
    first = replicated(home, copy)
    assert kept_files(copy) == kept_files(home)
    assert (first.copied_count, first.present_count) == (len(kept_files(home)), 0)
    assert first.copied_bytes == sum(map(len, kept_files(home).values()))
    second = replicated(home, copy)
    assert (second.copied_count, second.present_count) == (0, first.copied_count)
    assert first.faults == second.faults == second.extras == []
    assert not list(copy.staging.iterdir())


@pytest.mark.parametrize("is_copied_before", [True, False])
def test_damage_does_not_travel(home: Home, copy: Home, is_copied_before: bool) -> None:
    whole = kept_files(home)
    for name in whole:
        if is_copied_before:
            replicated(home, copy)
        flip = Flip(home.root / name, len(whole[name]) // 2, 1)
        flip.turn()
        done = replicated(home, copy)
        flip.turn()
        if not is_copied_before or name.endswith(".json"):
            assert name in {fault.place for fault in done.faults}
        assert all(whole[place] == content for place, content in kept_files(copy).items())
        sound_batches(copy)
        if is_copied_before:
            assert kept_files(copy) == whole
        else:
            assert name not in kept_files(copy)
            disk.remove_tree(copy.root)


def test_what_is_damaged_or_gone_in_the_copy_is_healed(home: Home, copy: Home) -> None:
    replicated(home, copy)
    whole = kept_files(home)
    for name, content in whole.items():
        Flip(copy.root / name, len(content) // 3, 2).turn()
    damaged = kept_files(copy)
    assert replicated(home, copy).faults == []
    assert kept_files(copy) == whole
    aside = files_below(copy.damaged / "run")
    assert aside
    assert all(damaged[name] == content for name, content in aside.items())
    assert {name for name in aside if "archive" in name} == {n for n in whole if "archive" in n}
    for path in stored(copy):
        path.unlink()
    replicated(home, copy)
    assert kept_files(copy) == whole


def sound_batches(copy: Home) -> list[Commit]:
    """Returns the batches of a copy; every file that its commits and events list must be sound."""
    commits = read_commits(copy)
    for commit in commits:
        assert [check_entry(copy, entry).fault for entry in commit.files] == [None] * 8
    for seal in copy.events.glob(f"*/{SEAL}"):
        entries, _ = check_seal(copy, seal.parent)
        assert entries
        assert not any(check_entry(copy, entry).fault for entry in entries)
    return commits


def test_a_copying_that_is_stopped_anywhere_leaves_a_home_and_is_completed(
    home: Home, copy: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        pass

    rename, counts = os.replace, []
    for limit in range(1000):
        left = limit

        def stopping(source: Path, target: Path) -> None:
            nonlocal left
            if not left:
                raise Stopped
            left -= 1
            rename(source, target)

        monkeypatch.setattr(os, "replace", stopping)
        try:
            replicated(home, copy)
            break
        except Stopped:
            counts.append(len(sound_batches(copy)))
        finally:
            monkeypatch.setattr(os, "replace", rename)
        if limit % 3 == 0:
            replicated(home, copy)
            assert kept_files(copy) == kept_files(home)
        disk.remove_tree(copy.root)
    assert set(counts) == {0, 1, 2}
    assert kept_files(copy) == kept_files(home)


def test_what_arrives_otherwise_than_it_was_sent_is_no_copy(
    home: Home, copy: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lossy(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes()[:-1] + b"?")

    monkeypatch.setattr(disk, "copy", lossy)
    with pytest.raises(OSError, match="the bytes that arrived are not those sent"):
        replicated(home, copy)
    assert kept_files(copy) == {}


def test_a_copy_of_what_other_code_derived_is_replaced_whole(home: Home, copy: Home) -> None:
    replicated(home, copy)
    path = next(copy.derived.glob("*/commit.json"))
    disk.remove_file(path)
    (path.parent / "blocks.parquet").write_bytes(b"as other code derived it")
    assert replicate(home, copy, "run").faults == []
    assert kept_files(copy) == kept_files(home)


def test_what_only_the_copy_has_is_said_and_left_alone(home: Home, copy: Home) -> None:
    replicated(home, copy)
    lost = next(home.archive.iterdir())
    held = next(home.derived.glob(lost.name.removesuffix(".warc.gz")))
    lost.unlink()
    disk.remove_tree(held)
    before = kept_files(copy)
    done = replicated(home, copy)
    assert f"archive/{lost.name}" in done.extras
    assert len(done.extras) == 9
    assert kept_files(copy) == before


def test_folders_that_can_take_no_copy_are_refused(home: Home, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.doc").write_bytes(b"mine")
    for folder in (
        home.root,
        home.root / "copy",
        home.root.parent,
        foreign,
        foreign / "thesis.doc",
    ):
        with pytest.raises(NoPlaceForCopy):
            check_destination(home, Home(folder))
    found = run_here("replicate", foreign, "--data", home.root)
    assert found.returncode == 2
    assert "Nothing was copied" in found.stderr
    assert "'thesis.doc'" in found.stderr
    assert files_below(foreign) == {"thesis.doc": b"mine"}


def test_the_command_copies_records_and_says_what_it_did(ingested: Home, copy: Home) -> None:
    archived = next(ingested.archive.iterdir())
    flip = Flip(archived, 400, 0)
    flip.turn()
    found = run_here("replicate", copy.root, "--data", ingested.root)
    assert found.returncode == 2
    assert f"FAULT archive/{archived.name}: the bytes are not those committed" in found.stdout
    assert not (copy.archive / archived.name).exists()
    flip.turn()
    found = run_here("replicate", copy.root, "--data", ingested.root)
    assert found.returncode == 0, found.stderr
    assert "each read again there" in found.stdout
    assert found.stdout.endswith("The copy is whole.\n")
    query = "SELECT kind, exit_code FROM runs ORDER BY started_at"
    kinds = run_here("sql", query, "-f", "csv", "--data", ingested.root)
    assert kinds.stdout.split()[1:] == ["ingest,0", "replicate,2", "replicate,0"]


def test_a_full_disk_is_said_and_the_next_call_completes(
    ingested: Home, copy: Home, tmp_path: Path
) -> None:
    disk.make_folder(copy.root)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", copy.root], capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode()}")
    try:
        found = run_here("replicate", copy.root, "--data", ingested.root)
        assert found.returncode == 2
        assert "The disk is full" in found.stderr
        subprocess.run(["mount", "-o", "remount,size=8m", copy.root], check=True)
        found = run_here("replicate", copy.root, "--data", ingested.root)
        assert found.returncode == 0, found.stdout
        sound_batches(copy)
    finally:
        subprocess.run(["umount", copy.root], check=True)
