import re
from datetime import UTC, datetime

from flows.run import described, new_run_id


def test_of_many_sources_the_first_are_named() -> None:
    assert described(["a", "b"]) == ["a", "b"]
    many = described([str(number) for number in range(1000)])
    assert many[-2:] == ["19", "... and 980 more"]


def test_a_run_is_named_after_its_start() -> None:
    started_at = datetime(2026, 11, 23, 14, 15, tzinfo=UTC)
    assert re.fullmatch(r"20261123T141500Z-[0-9a-f]{8}", new_run_id(started_at))
    assert new_run_id(started_at) != new_run_id(started_at)
