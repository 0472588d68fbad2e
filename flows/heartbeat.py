"""What a worker tells while it reads: the number of the capture it is at, in shared memory.

The process that gave the work out measures the time of one capture by it, and knows which one a
worker died of.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field

from flows.limits import DEFAULT_LIMITS
from flows.memory import bounded_memory
from transforms.media import is_pdf
from transforms.reading import quarantined, read
from transforms.records import Capture, Reading

READER_DIED = "reader_died"
READING_TIMED_OUT = "reading_timed_out"
# What is said of such captures is the same on any machine, so that the lake is too.
_WORDS = {
    READER_DIED: "the process that read it died each time",
    READING_TIMED_OUT: "the time for one capture was over each time",
}

Beat = MutableSequence[int]


@dataclass(frozen=True, slots=True)
class Orders:
    """What a call is to read of its captures, which are numbered from 1 in their order.

    Args:
        doomed: Captures that are not to be read again, each with the issue code for it.
        only: The captures to read, to see whether that goes well; nothing is kept of it then.
    """

    doomed: Mapping[int, str] = field(default_factory=dict)
    only: frozenset[int] | None = None


READ_ALL = Orders()
_beats: list[Beat] = []
_capture_memory: list[int] = [DEFAULT_LIMITS.capture_memory]


def new_beat() -> Beat:
    """Returns shared memory for the capture that is being read (0: none) and their number."""
    context = multiprocessing.get_context("spawn")
    beat: Beat = context.RawArray("Q", 2)
    return beat


def attach(beat: Beat, capture_memory: int) -> None:
    """Makes this worker tell by `beat` what it is at, and take no more memory than it may."""
    _beats.append(beat)
    _capture_memory.append(capture_memory)


def read_each(captures: Sequence[Capture], orders: Orders) -> list[Reading]:
    """Returns the readings of the captures, or of those only that `orders` names."""
    beat: Beat = _beats[-1] if _beats else [0, 0]
    beat[1] = len(captures)
    readings = []
    for number, capture in enumerate(captures, 1):
        if orders.only is not None and number not in orders.only:
            continue
        code = orders.doomed.get(number)
        if code is not None:
            readings.append(quarantined(capture, code, _WORDS[code]))
            continue
        beat[0] = number
        readings.append(_read_bounded(capture))
    beat[0] = 0
    return readings


def _read_bounded(capture: Capture) -> Reading:
    """Returns the reading of a capture; what unpacks it may take so much memory and no more."""
    if not is_pdf(capture.media_type, capture.payload):
        return read(capture)
    with bounded_memory(_capture_memory[-1]):
        return read(capture)
