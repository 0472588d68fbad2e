"""Times of capture as they are given with inputs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from transforms.addresses import captured_at_of

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)


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


def captured_at_in(target_uri: str | None) -> datetime | None:
    """Returns the time of crawl that an archive has put before an address, or None."""
    crawled_at = captured_at_of(target_uri) if target_uri is not None else None
    return crawled_at.replace(tzinfo=UTC) if crawled_at is not None else None


def now() -> datetime:
    """Returns the present time, UTC."""
    return datetime.now(UTC)
