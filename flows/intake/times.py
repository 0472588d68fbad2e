"""Times of capture as they are given with inputs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from transforms.addresses import captured_at_of

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
# No page of the web was captured before 1990; numbers outside of this are no times.
_UNIX = (631_152_000, 4_102_444_800)
_STAMP_DIGITS = 14
_STAMPS = (19_900_101_000000, 21_000_101_000000)


def parse_rfc_3339(words: str) -> datetime | None:
    """Returns the time that `words` give by RFC 3339, in UTC, or None when they are none.

    A date alone or a time without its offset is no RFC 3339 time, and is not made one.
    """
    if _RFC_3339.fullmatch(words) is None:
        return None
    try:
        return datetime.fromisoformat(words.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_time(value: object) -> datetime | None:
    """Returns the time that a value of a corpus gives, in UTC, or None when it is none.

    Besides RFC 3339 a corpus may give Unix time in seconds or milliseconds, the 14 digits of an
    archive's stamp, which are UTC, and a time of its table's own type: without a zone that is UTC,
    as in this archive's own tables. A date alone is no time.
    """
    match value:
        case bool():
            return None
        case datetime():
            return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        case int() | float():
            return _parse_number(value)
        case str() if value.isascii() and value.isdigit():
            return _parse_number(int(value)) if len(value) <= _STAMP_DIGITS else None
        case str():
            return parse_rfc_3339(value)
        case _:
            return None


def _parse_number(number: float) -> datetime | None:
    try:
        if _STAMPS[0] <= number < _STAMPS[1]:
            return datetime.strptime(str(int(number)), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        for unit in (1, 1000):
            if _UNIX[0] <= number / unit < _UNIX[1]:
                return datetime.fromtimestamp(number / unit, UTC)
    except (ValueError, OverflowError):
        pass
    return None


def captured_at_in(target_uri: str | None) -> datetime | None:
    """Returns the time of crawl that an archive has put before an address, or None."""
    crawled_at = captured_at_of(target_uri) if target_uri is not None else None
    return crawled_at.replace(tzinfo=UTC) if crawled_at is not None else None


def now() -> datetime:
    """Returns the present time, UTC."""
    return datetime.now(UTC)
