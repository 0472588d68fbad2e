"""A host's rest, and the time it has asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event

import pytest

from flows.fetching.guard import Stopped
from flows.fetching.pacing import ComeBackLater, Pacing, retry_after
from tests.flows.fetching.conftest import Time

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_requests_to_a_host_are_apart_and_to_others_are_not() -> None:
    passing = Time()
    pacing = Pacing(2.0, Event(), passing.clock, passing.sleep)
    pacing.wait("a")
    passing.now += 0.5  # the answer takes that long
    pacing.end("a")
    pacing.wait("b")
    assert passing.slept == []
    pacing.wait("a")
    assert passing.slept == [2.0]


def test_two_who_wait_for_a_host_do_not_go_together() -> None:
    passing = Time()
    pacing = Pacing(2.0, Event(), passing.clock, passing.sleep)
    for _ in range(3):
        pacing.wait("a")
    assert passing.slept == [2.0, 2.0]


def test_a_shorter_time_does_not_undo_a_longer_one() -> None:
    passing = Time()
    pacing = Pacing(2.0, Event(), passing.clock, passing.sleep)
    pacing.put_off("a", 50)
    pacing.put_off("a", 5)
    pacing.slow_down("a", 0.5)
    pacing.wait("a")
    pacing.wait("a")
    assert passing.slept == [50.0, 2.0]


@pytest.mark.parametrize("rest", [301, float("inf"), float("nan")])
def test_a_rest_that_no_run_waits_for_is_refused(rest: float) -> None:
    with pytest.raises(ComeBackLater):
        Pacing(2.0, Event()).slow_down("a", rest)


def test_a_run_that_is_to_end_waits_no_longer() -> None:
    stop = Event()
    pacing = Pacing(200.0, stop)
    pacing.wait("a")
    stop.set()
    with pytest.raises(Stopped):
        pacing.wait("a")


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Wed, 25 Nov 2026 12:01:30 GMT", 90.0),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0.0),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
        ("9" * 400, None),
        ("\u0661\u0662", None),
        ("Wed, 99 Nov 99999 12:01:30 GMT", None),
    ],
)
def test_retry_after(words: str | None, seconds: float | None) -> None:
    assert retry_after(words, NOW) == seconds
