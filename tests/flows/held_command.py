"""The command with batches of a few pages, whose workers wait at a page while they are told to.

python -m tests.flows.held_command ingest pages.jsonl --data data

So that a test meets a run at a moment of its choice, and need not give it thousands of pages to be
at work on. Spawned workers import this module too, as they do the main module of any program.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from flows import heartbeat
from flows.planning import BatchSize
from transforms.reading import read
from transforms.records import Capture, Reading

BATCH = 20  # captures
MARK = "Here the reader waits."
HOLD = "TEST_HOLD"  # names the file: while it is there, who reads a page with the mark waits


def waiting_read(capture: Capture) -> Reading:
    """Returns the reading of a capture, which may have to wait."""
    while MARK.encode() in capture.payload and Path(os.environ[HOLD]).exists():
        time.sleep(0.01)
    return read(capture)


if __name__ in ("__main__", "__mp_main__"):
    heartbeat.read = waiting_read

if __name__ == "__main__":
    from flows import run
    from flows.cli import main

    run.HERE = BatchSize(BATCH)
    main()
