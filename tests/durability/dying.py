"""Work done in a process of its own, which really dies: at an effect, or whenever it is killed."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable
from typing import NoReturn

from tests.durability.layer import Faulty, under

# How the process ended: KILLED by a signal, else by its exit code.
DONE, REFUSED, FAILED, DONE_ALL_THE_SAME, KILLED = 0, 3, 4, 5, -signal.SIGKILL
Work = Callable[[Callable[[str], object]], object]


def disturbed(fault: Faulty, work: Work, seconds: float | None = None) -> tuple[int, list[str]]:
    """Does work under a fault, and returns how it ended and what it had said before that.

    Args:
        fault: What befalls it.
        work: Is given something to say words with; what it has said is never lost.
        seconds: When the process is killed, if it is still at work then.
    """
    said, saying = os.pipe()
    child = os.fork()
    if not child:
        _do_and_exit(fault, lambda: work(lambda word: os.write(saying, f"{word}\n".encode())))
    os.close(saying)
    if seconds is not None:
        _kill_after(child, seconds)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with open(said) as stream:
        return code, stream.read().split()


def _kill_after(child: int, seconds: float) -> None:
    ending = os.pidfd_open(child)
    try:
        if not select.select([ending], [], [], seconds)[0]:
            signal.pidfd_send_signal(ending, signal.SIGKILL)
    finally:
        os.close(ending)


def _do_and_exit(fault: Faulty, work: Callable[[], object]) -> NoReturn:
    code = FAILED
    try:
        with under(fault):
            work()
        code = DONE_ALL_THE_SAME if fault.has_struck else DONE
    except OSError:
        code = REFUSED if fault.has_struck and fault.error else FAILED
    finally:
        os._exit(code)
