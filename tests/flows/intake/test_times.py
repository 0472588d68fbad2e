from datetime import UTC, datetime

import pytest

from flows.intake.times import captured_at_in, parse_rfc_3339


@pytest.mark.parametrize(
    "words",
    ["", "2023", "2023-06-02", "2023-06-02T10:15:00", "20230602T101500Z", "2023-13-01T00:00:00Z",
     "2023-06-02T24:61:00Z", "0001-01-01T00:00:00+05:00", "2023-06-02T10:15:00Z ",
     "٢٠٢٣-06-02T10:15:00Z", "2 June 2023"],
)  # fmt: skip
def test_what_is_no_rfc_3339_time_is_none(words: str) -> None:
    assert parse_rfc_3339(words) is None


def test_times_are_brought_to_utc() -> None:
    expected = datetime(2023, 6, 2, 8, 15, tzinfo=UTC)
    assert parse_rfc_3339("2023-06-02T10:15:00+02:00") == expected
    assert parse_rfc_3339("2023-06-02t08:15:00.000z") == expected


def test_a_time_of_crawl_stands_before_the_address() -> None:
    address = "https://web.archive.org/web/20230602101500/https://www.refworld.org/docid/1.html"
    assert captured_at_in(address) == datetime(2023, 6, 2, 10, 15, tzinfo=UTC)
    assert captured_at_in("https://www.refworld.org/docid/4680d8a81d.html") is None
    assert captured_at_in(None) is None
