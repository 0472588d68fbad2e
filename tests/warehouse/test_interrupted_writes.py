"""Every single write is interrupted in turn: killed before it, behind it, half way, or refused.

After each, one clean run must give the same store as one that was never disturbed. The writes
happen in a process of their own, which really dies.
"""

from __future__ import annotations

import errno
import os
import pathlib
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from tests.warehouse.pages import CODE_VERSION, page, publish_all, reading_of
from warehouse import commits
from warehouse.digests import content_digests
from warehouse.home import Home

DIED, REFUSED, DONE = 9, 3, 0
PAGES = [page(number) for number in range(3)]
FAULTS = ["killed before", "killed behind", "half written", "disk full", "damaged medium"]


def take_in(home: Home, *, with_database: bool) -> None:
    """Does what a run does: tidies up, archives, commits and publishes."""
    commits.recover(home)
    readings = [reading_of(capture) for capture in PAGES]
    commits.commit(home, commits.stage(home, PAGES, readings, CODE_VERSION))
    if with_database:
        publish_all(home)


class Disturbance:
    """Counts what is done to the disk, and disturbs one operation."""

    def __init__(self, fault: str, at: int) -> None:
        self.fault = fault
        self.at = at
        self.count = 0

    def around(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the operation with its fault, when its turn comes."""

        def disturbed(*arguments: Any, **options: Any) -> Any:
            is_turn = self.count == self.at
            self.count += 1
            if not is_turn:
                return operation(*arguments, **options)
            if self.fault == "disk full":
                raise OSError(errno.ENOSPC, "No space left on device")
            if self.fault == "damaged medium":
                raise OSError(errno.EIO, "Input/output error")
            if self.fault == "killed behind":
                operation(*arguments, **options)
            os._exit(DIED)

        return disturbed

    def write(self, stream: BinaryIO, content: bytes) -> int:
        """Writes to a file, or half of what was to be written."""
        if self.fault == "half written" and self.count == self.at:
            stream.write(content[: len(content) // 2])
            stream.flush()
            os._exit(DIED)
        return int(self.around(stream.write)(content))

    def install(self) -> None:
        """Puts itself before whatever writes to the file system, in this process."""
        plain_open = pathlib.Path.open
        disturbance = self

        @contextmanager
        def disturbed_file(path: Path, mode: str) -> Iterator[Disturbed]:
            with disturbance.around(plain_open)(path, mode) as stream:
                yield Disturbed(stream, disturbance)

        def open_file(path: Path, mode: str = "r", *arguments: Any, **options: Any) -> Any:
            if mode in ("xb", "wb"):
                return disturbed_file(path, mode)
            return plain_open(path, mode, *arguments, **options)

        for module, name in (
            (os, "fsync"), (os, "replace"), (shutil, "copyfile"), (shutil, "rmtree"),
            (pathlib.Path, "mkdir"), (pathlib.Path, "unlink"),
        ):  # fmt: skip
            setattr(module, name, self.around(getattr(module, name)))
        pathlib.Path.open = open_file  # type: ignore[method-assign, assignment]


class Disturbed:
    """A file whose writes can be disturbed."""

    def __init__(self, stream: BinaryIO, disturbance: Disturbance) -> None:
        self.flush = stream.flush
        self.fileno = stream.fileno
        self._stream = stream
        self._disturbance = disturbance

    def write(self, content: bytes) -> int:
        return self._disturbance.write(self._stream, content)


def disturbed_run(home: Home, fault: str, at: int, *, with_database: bool) -> int:
    """Takes the pages in, in a process whose operation number `at` is disturbed."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        disturbance = Disturbance(fault, at)
        disturbance.install()
        take_in(home, with_database=with_database)
        os._exit(DONE)
    except Exception:
        os._exit(REFUSED)
    finally:
        sys.stdout.flush()
        os._exit(4)


def files_of(home: Home) -> dict[str, bytes]:
    """Returns what a home holds of archive and lake, and the names of all else."""
    return {
        path.relative_to(home.root).as_posix(): b""
        if path.suffix == ".duckdb"
        else path.read_bytes()
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_a_commit_disturbed_anywhere_is_made_whole_by_the_next(tmp_path: Path, fault: str) -> None:
    undisturbed = Home(tmp_path / "undisturbed")
    take_in(undisturbed, with_database=False)
    expected = files_of(undisturbed)
    for at in range(500):
        home = Home(tmp_path / f"home-{at}")
        code = disturbed_run(home, fault, at, with_database=False)
        assert code in (DIED, REFUSED, DONE)
        was_committed = commits.read_commits(home)
        take_in(home, with_database=False)
        assert files_of(home) == expected, f"{fault} operation {at}"
        # What was said to be committed stays as it was.
        assert not was_committed or was_committed == commits.read_commits(home)
        if code == DONE:
            break
    assert at > 30


@pytest.mark.parametrize("fault", ["killed before", "half written", "disk full"])
def test_a_publishing_disturbed_anywhere_leaves_a_whole_database(
    tmp_path: Path, fault: str
) -> None:
    first = Home(tmp_path / "first")
    take_in(first, with_database=True)
    expected, digests = files_of(first).keys(), content_digests(first)
    for at in range(500):
        home = Home(tmp_path / f"home-{at}")
        take_in(home, with_database=False)
        code = disturbed_run(home, fault, at, with_database=True)
        assert code in (DIED, REFUSED, DONE)
        assert not home.database.exists() or publish_all(home).counts["captures"] == len(PAGES)
        take_in(home, with_database=True)
        assert files_of(home).keys() == expected, f"{fault} operation {at}"
        assert content_digests(home) == digests
        if code == DONE:
            break
    assert at > 5
