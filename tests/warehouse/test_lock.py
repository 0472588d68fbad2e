"""One writer, and a lock that no death can leave behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.warehouse.pages import STARTED
from warehouse.home import Home
from warehouse.lock import HomeBusy, writer_lock

ROOT = Path(__file__).parents[2]
HOLD = """
import sys, time
from pathlib import Path
from warehouse.home import Home
from warehouse.lock import writer_lock
with writer_lock(Home(Path(sys.argv[1])), wait=False):
    print("held", flush=True)
    {then}
"""


def hold(home: Home, then: str) -> subprocess.Popen[str]:
    """Starts another process that holds the lock, and returns once it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD.format(then=then), str(home.root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_who_holds_the_lock(home: Home) -> None:
    process = hold(home, "time.sleep(60)")
    try:
        with (
            pytest.raises(HomeBusy, match=f"process {process.pid} on .* since 20"),
            writer_lock(home, wait=False),
        ):
            pass
    finally:
        process.kill()
        process.wait()


def test_the_lock_dies_with_its_process(home: Home) -> None:
    process = hold(home, "time.sleep(60)")
    process.send_signal(signal.SIGKILL)
    process.wait()
    with writer_lock(home, wait=False):
        pass


def test_forked_workers_do_not_keep_a_killed_writers_lock(home: Home) -> None:
    process = hold(
        home,
        "import os; child = os.fork(); child or time.sleep(60); "
        "child and print(child, flush=True); time.sleep(60)",
    )
    assert process.stdout
    child = int(process.stdout.readline())
    try:
        process.send_signal(signal.SIGKILL)
        process.wait()
        with writer_lock(home, wait=False):
            pass
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_fork_does_not_free_its_parents_lock(home: Home) -> None:
    with writer_lock(home, wait=False):
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)
        with pytest.raises(HomeBusy), writer_lock(home, wait=False):
            pass


def test_a_writer_that_waits_says_so_and_goes_on(home: Home) -> None:
    process = hold(home, "time.sleep(0.5)")
    told: list[str] = []
    began = time.monotonic()
    with writer_lock(home, wait=True, on_wait=told.append):
        assert time.monotonic() - began > 0.2
    process.wait()
    assert len(told) == 1
    assert str(process.pid) in told[0]


def test_the_lock_is_free_again_after_the_block(home: Home) -> None:
    with pytest.raises(RuntimeError), writer_lock(home, wait=False):
        raise RuntimeError
    with writer_lock(home, wait=False, clock=lambda: STARTED):
        assert b'"started": "2026-11-23T14:15:00+00:00"' in home.lock.read_bytes()


@pytest.mark.parametrize("words", [b"", b"{", b"[]", b'{"pid": 1}'])
def test_whatever_stands_in_the_file_the_lock_decides(home: Home, words: bytes) -> None:
    home.root.mkdir()
    home.lock.write_bytes(words)
    with writer_lock(home, wait=False):
        home.lock.write_bytes(words)
        with pytest.raises(HomeBusy, match="another process"), writer_lock(home, wait=False):
            pass


def test_no_password_and_no_signature_stands_in_the_lock(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = "https://user:hush@x/a.html?sig=hush"
    monkeypatch.setattr(sys, "argv", ["refworld", "ingest", address, "a?b.txt"])
    with writer_lock(home, wait=False):
        content = b"".join(path.read_bytes() for path in home.root.rglob("*") if path.is_file())
    assert b"ingest https://x/a.html a?b.txt" in content
    assert b"hush" not in content
