"""What a row of a corpus says, whatever its columns are called.

The names are those of the web corpora that are published as tables: Common Crawl's extractions
(C4, mC4, CulturaX, FineWeb, RedPajama, OSCAR, Dolma, CC-News) and what scrapers write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows.intake.inputs import TEXT
from flows.intake.times import parse_rfc_3339

HTML = "text/html"
TEXT_NAMES = ("text", "content", "raw_content", "page_content", "body", "raw_text", "plain_text")
HTML_NAMES = ("html", "raw_html", "html_content", "content_html", "page_html")
URL_NAMES = (
    "url", "uri", "target_uri", "warc_target_uri", "source_url", "page_url", "link",
    "metadata.url", "meta.url", "warc_headers.warc-target-uri",
)  # fmt: skip
DATE_NAMES = (
    "captured_at", "timestamp", "crawl_date", "warc_date", "date_download", "fetch_time",
    "crawl_timestamp", "fetched_at", "date", "metadata.timestamp", "warc_headers.warc-date",
)  # fmt: skip
_WORDS = 200
# Numbers of seconds or milliseconds since 1970 that can be a time of the web.
_FIRST_SECOND, _LAST_SECOND = 631_152_000, 4_102_444_800


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what; those that are None are found by their names.

    Args:
        text: The text.
        html: The page as HTML.
        url: The address.
        date: The time of capture.
    """

    text: str | None = None
    html: str | None = None
    url: str | None = None
    date: str | None = None

    @property
    def payload(self) -> frozenset[str]:
        """The names of the top columns that may hold text or HTML."""
        named = [name for name in (self.html, self.text) if name]
        found = named or [*HTML_NAMES, *TEXT_NAMES]
        return frozenset(name.partition(".")[0] for name in found) | frozenset(named)

    @property
    def wanted(self) -> frozenset[str]:
        """The names of all top columns that may be needed."""
        found = [
            *([self.url] if self.url else URL_NAMES),
            *([self.date] if self.date else DATE_NAMES),
        ]
        return self.payload | {*found, *(name.partition(".")[0] for name in found)}


DEFAULT_COLUMNS = Columns()


@dataclass(frozen=True, slots=True)
class Row:
    """What one row says: the payload it carries, its address, its time of capture."""

    payload: bytes
    media_type: str
    url: str | None = None
    captured_at: datetime | None = None
    unread_time: str | None = None


def row_of(values: Mapping[str, Any], columns: Columns = DEFAULT_COLUMNS) -> Row | None:
    """Returns what a row says, or None when it has no text.

    HTML goes before text: it is nearer to what the server sent. A column that was named by the
    user goes before all others.
    """
    found = _payload(values, columns)
    url = _first(values, columns.url, URL_NAMES)
    if found is None or not isinstance(url, str | None):
        return None
    words, media_type = found
    try:
        payload = words.encode()
    except UnicodeEncodeError:
        return None
    captured_at, unread = _time(_first(values, columns.date, DATE_NAMES))
    return Row(payload, media_type, url if url and url.strip() else None, captured_at, unread)


def _payload(values: Mapping[str, Any], columns: Columns) -> tuple[str, str] | None:
    if columns.html or columns.text:
        named = [(columns.html, HTML), (columns.text, TEXT)]
        chosen = [(_at(values, name), media_type) for name, media_type in named if name]
    else:
        chosen = [(values.get(name), HTML) for name in HTML_NAMES]
        chosen += [(values.get(name), TEXT) for name in TEXT_NAMES]
    return next(((words, kind) for words, kind in chosen if isinstance(words, str) and words), None)


def _first(values: Mapping[str, Any], named: str | None, names: tuple[str, ...]) -> Any:
    if named:
        return _at(values, named)
    found = (_at(values, name) for name in names)
    return next((value for value in found if value not in (None, "")), None)


def _at(values: Mapping[str, Any], name: str) -> Any:
    """Returns the value of a column, or of a member of one: `metadata.url`."""
    if name in values or "." not in name:
        return values.get(name)
    head, _, rest = name.partition(".")
    inner = values.get(head)
    return _at(inner, rest) if isinstance(inner, Mapping) else None


def _time(value: Any) -> tuple[datetime | None, str | None]:
    """Returns a time of capture in UTC, or the words that are none.

    A number is seconds or milliseconds since 1970, as Unix counts; fourteen digits are a time as
    web archives write it, in UTC. A day alone, or a time without its offset, is none.
    """
    if value is None or value == "":
        return None, None
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC), None
    if isinstance(value, int | float) and not isinstance(value, bool):
        for seconds in (value, value / 1000):
            if _FIRST_SECOND <= seconds <= _LAST_SECOND:
                return datetime.fromtimestamp(seconds, UTC), None
    words = str(value)
    if len(words) == 14 and words.isascii() and words.isdigit():
        try:
            return datetime.strptime(words, "%Y%m%d%H%M%S").replace(tzinfo=UTC), None
        except ValueError:
            return None, words
    found = parse_rfc_3339(words)
    return found, None if found else words[:_WORDS]
