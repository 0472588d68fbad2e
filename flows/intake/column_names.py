"""Which columns of a corpus hold text, HTML, address and time of capture.

The names are those of public web corpora: FineWeb (`text`, `url`, `date`), C4, mC4 and CulturaX
(`text`, `url`, `timestamp`), RefinedWeb (`content`), RedPajama (`raw_content`, `date_download`,
`meta.url`), OSCAR (`content`, `warc_headers.warc-target-uri`), Dolma (`metadata.url`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# The likelier come first; `-` and capitals do not matter.
TEXT_NAMES = ("text", "raw_content", "content", "page_content", "plain_text", "maintext", "body")
HTML_NAMES = ("html", "raw_html", "html_content", "page_html", "content_html")
URL_NAMES = (
    "url", "uri", "target_uri", "warc_target_uri", "source_url", "page_url", "original_url", "link",
)  # fmt: skip
# `date` may be that of publication, and is asked last.
DATE_NAMES = (
    "captured_at", "warc_date", "crawl_date", "crawl_timestamp", "crawled_at", "fetch_time",
    "fetched_at", "date_download", "download_date", "date_crawled", "timestamp", "date",
)  # fmt: skip
# Columns that hold further ones.
_HOLDERS = (("metadata",), ("meta",), ("warc_headers",), ("meta", "warc_headers"),
            ("metadata", "warc_headers"))  # fmt: skip

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a person has named; those that are None are found by their names.

    Args:
        text: Column of the text; a part of another as `meta.text`.
        html: Column of the HTML, which comes before the text: it is nearer to what was captured.
        url: Column of the address.
        date: Column of the time of capture.
    """

    text: str | None = None
    html: str | None = None
    url: str | None = None
    date: str | None = None


BY_NAME = Columns()


def values_of(row: Mapping[str, Any], named: str | None, names: Sequence[str]) -> Iterator[Any]:
    """Yields what a row has under a name, or under the usual names, the likeliest first."""
    if named is not None:
        yield row[named] if named in row else _inside(row, tuple(named.split(".")))
        return
    for name in names:
        if name in row:
            yield row[name]
    if any(isinstance(key, str) and _plain(key) != key for key in row):
        yield from _by_plain_names(row, names)
    for holder in _HOLDERS:
        if holder[0] in row and isinstance(held := _inside(row, holder), dict):
            yield from _by_plain_names(held, names)


def path_in(paths: Sequence[Path], named: str | None, names: Sequence[str]) -> Path | None:
    """Returns the path that a name, or the likeliest of the usual names, leads to.

    Args:
        paths: The columns of a table, those within others too.
        named: A column that a person has named.
        names: Usual names.
    """
    if named is not None:
        return next((path for path in paths if ".".join(path) == named), None)
    plain = {(*path[:-1], _plain(path[-1])): path for path in reversed(paths)}
    candidates = (
        (*holder, name) for holder in ((), *_HOLDERS) for name in names
    )  # a table's own columns before those within others
    return next((plain[path] for path in candidates if path in plain), None)


def _by_plain_names(row: Mapping[str, Any], names: Sequence[str]) -> Iterator[Any]:
    plain = {_plain(key): value for key, value in row.items()}
    for name in names:
        if name in plain:
            yield plain[name]


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _inside(row: Any, path: Path) -> Any:
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    return row
