"""Dates as they are printed: what was written, and how precisely.

A small grammar decides; nothing is searched for in running words, and no part that was not
printed is ever supplied. The result is EDTF level 0 (ISO 8601-2): `2006-06-05`, `2006-06`, `2006`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from dateutil.relativedelta import relativedelta

MONTHS = (
    "January February March April May June July August September October November December".split()
)
_MONTH_NUMBERS = {name.lower(): n for n, name in enumerate(MONTHS, 1)} | {
    name[:3].lower(): n for n, name in enumerate(MONTHS, 1)
}
_MONTH_NUMBERS["sept"] = 9
# Years and months are printed again and again.
_MOST_KEPT = 4096
_DIGITS = frozenset("0123456789")
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

# A printed month, for use inside other patterns.
MONTH = "|".join([*MONTHS, *(name[:3] + r"\.?" for name in MONTHS), r"Sept\.?"])
# A printed date of any precision, for use inside other patterns.
PRINTED_DATE = rf"(?:(?:[0-9]{{1,2}}\s+)?(?:{MONTH})\s+)?[12][0-9]{{3}}"

_DAY_FIRST = re.compile(
    rf"(?:([0-9]{{1,2}})(?:st|nd|rd|th)?\s+)?({MONTH})\s+([12][0-9]{{3}})", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"({MONTH})\s+([0-9]{{1,2}}),?\s+([12][0-9]{{3}})", re.IGNORECASE)
_ISO = re.compile(r"([12][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_LAST_UPDATED = re.compile(
    rf"(?:({'|'.join(_WEEKDAYS)}),?\s+)?([0-9]{{1,2}})\s+({MONTH})\s+([0-9]{{4}}),?\s+"
    r"([0-9]{1,2}):([0-9]{2})\s+(?:GMT|UTC)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date of day, month or year precision.

    Args:
        edtf: The date as precise as printed.
        first: First day it spans.
        last: Last day it spans.
    """

    edtf: str
    first: date
    last: date


def normalize_date(words: str) -> PrintedDate | None:
    """Returns the date that `words` are, all of them, or None when they are no date.

    Taken are `5 June 2006`, `05 June 2006`, `June 5, 2006`, `June 2006`, `2006` and the ISO forms;
    refused are days that the calendar lacks, years without a century, and numbers alone whose
    order of day and month is not said.
    """
    words = words.strip().rstrip(".,")
    if words[-1:] not in _DIGITS:
        return None
    if match := _DAY_FIRST.fullmatch(words):
        return _dated(match[3], _month(match[2]), match[1])
    if match := _MONTH_FIRST.fullmatch(words):
        return _dated(match[3], _month(match[1]), match[2])
    if match := _ISO.fullmatch(words):
        return _dated(match[1], int(match[2]) if match[2] else None, match[3])
    return None


def normalize_last_updated(words: str) -> tuple[datetime | None, bool]:
    """Returns the UTC time of `Tuesday, 06 June 2023, 11:08 GMT` and whether the weekday fits.

    The time is None when the words are of no such form; a page without a time of day has none.
    """
    match = _LAST_UPDATED.fullmatch(words.strip())
    if match is None:
        return None, True
    weekday, day, month, year, hour, minute = match.groups()
    try:
        moment = datetime(
            int(year), _month(month), int(day), int(hour), int(minute), tzinfo=UTC
        ).replace(tzinfo=None)
    except ValueError:
        return None, True
    return moment, weekday is None or _WEEKDAYS[moment.weekday()] == weekday.capitalize()


def _month(name: str) -> int:
    return _MONTH_NUMBERS[name.lower().rstrip(".")]


@lru_cache(_MOST_KEPT)
def _dated(year: str, month: int | None, day: str | None) -> PrintedDate | None:
    try:
        first = date(int(year), 1 if month is None else month, 1 if day is None else int(day))
    except ValueError:
        return None
    if day:
        return PrintedDate(first.isoformat(), first, first)
    if month:
        return PrintedDate(first.isoformat()[:7], first, first + relativedelta(day=31))
    return PrintedDate(first.isoformat()[:4], first, first + relativedelta(month=12, day=31))
