"""An inbox: what is settled in it, and whether anything is new since it was last taken in."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from flows.serving import inbox
from warehouse.home import Home


def put(path: Path, words: str, age: float = 1000.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    changed = time.time() - age
    os.utime(path, (changed, changed))


def test_an_inbox_is_known_until_something_in_it_changes(tmp_path: Path, home: Home) -> None:
    folder = tmp_path / "inbox"
    put(folder / "a.txt", "a")
    put(folder / "below" / "b.txt", "b")
    before = time.time() - 60
    home.root.mkdir()

    def is_new() -> bool:
        found = inbox.look(folder, before)
        is_known = inbox.is_known(home, folder, found)
        inbox.note(home, folder, found)
        return not is_known

    assert is_new()
    assert not is_new()
    put(folder / "c.txt", "c")
    assert is_new()
    put(folder / "below" / "b.txt", "B", age=900)
    assert is_new()
    (folder / "a.txt").unlink()
    assert is_new()
    assert not is_new()
    found = inbox.look(folder, before, "other limits")
    assert not inbox.is_known(home, folder, found)
    (home.root / "inboxes.json").write_text("{")
    assert is_new(), "a lost note costs a look, and no more"


def test_what_may_still_be_written_waits(tmp_path: Path, home: Home) -> None:
    folder = tmp_path / "inbox"
    put(folder / "old.txt", "a")
    put(folder / "young.txt", "half of", age=5)
    found = inbox.look(folder, time.time() - 60)
    assert (found.settled_count, found.unsettled_count) == (1, 1)
    assert found.stamp != inbox.look(folder, time.time()).stamp


def test_links_and_what_vanishes_are_no_trouble(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    put(folder / "a.txt", "a")
    (folder / "gone.txt").symlink_to(tmp_path / "nowhere")
    (folder / "round").symlink_to(folder, target_is_directory=True)
    assert inbox.look(folder, time.time()).settled_count == 2
    with pytest.raises(FileNotFoundError):
        inbox.look(tmp_path / "none", time.time())
