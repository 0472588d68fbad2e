import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.pool import worker_count, worker_pool
from tests.flows.conftest import command_environment

pytestmark = pytest.mark.usefixtures("spawned_workers")

_PARENT = """
import os, time
from flows.pool import worker_pool

if __name__ == "__main__":
    with worker_pool(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""


def _loaded() -> set[str]:
    return set(sys.modules)


def _ignores_interrupts() -> bool:
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_workers_know_nothing_of_prefect_and_leave_ctrl_c_to_the_parent() -> None:
    with worker_pool(1) as pool:
        loaded = pool.submit(_loaded).result(timeout=60)
        assert "transforms.reading" in loaded
        assert not {name for name in loaded if name.partition(".")[0] == "prefect"}
        assert pool.submit(_ignores_interrupts).result()


def test_workers_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    program = tmp_path / "parent.py"
    program.write_text(_PARENT)
    parent = subprocess.Popen(
        [sys.executable, program], env=command_environment(), stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    worker = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_as_many_workers_as_wanted() -> None:
    assert worker_count(3) == 3
    assert worker_count(None) >= 1
