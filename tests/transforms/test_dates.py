from __future__ import annotations

from datetime import date, datetime

import pytest

from transforms.dates import normalize_date, normalize_last_updated


@pytest.mark.parametrize(
    "words",
    [
        "",
        "June",
        "5 June",
        "31 February 2006",
        "29 February 2007",
        "5/6/2006",
        "05-06-2006",
        "200606",
        "June 06",
        "5 Juni 2006",
        "c. 1850",
        "1850s",
        "2006-13",
        "2006-00-05",
        "5 June 2006 and later",
        "between 2005 and 2006",
        "٢٠٠٦",
        "99",
    ],
)
def test_what_is_no_date_gives_none(words: str) -> None:
    assert normalize_date(words) is None


@pytest.mark.parametrize(
    ("words", "edtf", "first", "last"),
    [
        ("5 June 2006", "2006-06-05", date(2006, 6, 5), date(2006, 6, 5)),
        ("05 June 2006", "2006-06-05", date(2006, 6, 5), date(2006, 6, 5)),
        ("June 5, 2006", "2006-06-05", date(2006, 6, 5), date(2006, 6, 5)),
        ("1st\u00a0Sept. 2006", "2006-09-01", date(2006, 9, 1), date(2006, 9, 1)),
        ("July 2018", "2018-07", date(2018, 7, 1), date(2018, 7, 31)),
        ("February 2004", "2004-02", date(2004, 2, 1), date(2004, 2, 29)),
        ("2007", "2007", date(2007, 1, 1), date(2007, 12, 31)),
        ("2006-06", "2006-06", date(2006, 6, 1), date(2006, 6, 30)),
        ("2006-06-05", "2006-06-05", date(2006, 6, 5), date(2006, 6, 5)),
        (" 2007. ", "2007", date(2007, 1, 1), date(2007, 12, 31)),
    ],
)
def test_a_date_is_as_precise_as_printed(words: str, edtf: str, first: date, last: date) -> None:
    found = normalize_date(words)
    assert found is not None
    assert (found.edtf, found.first, found.last) == (edtf, first, last)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "yesterday",
        "06 June 2023",
        "Tuesday, 06 June 2023, 11:08",
        "Tuesday, 06 June 2023, 11:08 BST",
        "Tuesday, 31 June 2023, 11:08 GMT",
        "Tuesday, 06 June 2023, 24:08 GMT",
    ],
)
def test_a_time_without_zone_or_calendar_is_none(words: str) -> None:
    assert normalize_last_updated(words)[0] is None


def test_last_updated_is_utc_and_its_weekday_is_checked() -> None:
    moment = datetime(2023, 6, 6, 11, 8)
    assert normalize_last_updated("Tuesday, 06 June 2023, 11:08 GMT") == (moment, True)
    assert normalize_last_updated("Monday, 06 June 2023, 11:08 GMT") == (moment, False)
    assert normalize_last_updated("6 June 2023, 11:08 GMT") == (moment, True)
