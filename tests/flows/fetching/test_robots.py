"""What a site allows, and how fast (RFC 9309)."""

from __future__ import annotations

import pytest

from tests.flows.fetching.conftest import Fetcher
from tests.flows.fetching.server import Server, http, served

PAGE = http(200, b"page")
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"d\r\nUser-agent: *\r\n\r\n12\r\nDisallow: /barred\n\r\n0\r\n\r\n"
)
ALLOWING = {
    "not_there": http(404),
    "not_to_be_read": http(403),
    "other_paths": http(200, b"User-agent: *\nDisallow: /other\n"),
    "other_programs": http(200, b"User-agent: somebody\nDisallow: /\n"),
    "us_by_name": http(
        200, b"User-agent: refworld-archive\nAllow: /\nUser-agent: *\nDisallow: /\n"
    ),
    "no_text": http(200, b"\x89PNG\x00\xff\xfe" * 100),
    "the_longer_rule": http(200, b"User-agent: *\nDisallow: /\nAllow: /barred\n"),
}
BARRING = {
    "this_path": http(200, b"User-agent: *\nDisallow: /barred\n"),
    "with_a_byte_order_mark": http(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /barred\n"),
    "in_chunks": CHUNKED.replace(b"d\r\nUser-agent: *\r\n\r\n", b"e\r\nUser-agent: *\n\r\n"),
    "us_by_name": http(200, b"User-agent: Refworld-Archive\nDisallow: /\n"),
    "an_error": http(500),
    "too_busy": http(429),
    "packed": http(200, b"\x1f\x8b", "Content-Encoding: gzip"),
    "cut": http(200, b"User-agent: *", length=1000),
    "round": http(302, b"", "Location: /robots.txt"),
}


@pytest.mark.parametrize("name", ALLOWING)
def test_a_site_that_allows_is_asked(name: str, fetcher: Fetcher) -> None:
    fetcher.server.tell("/robots.txt", ALLOWING[name])
    assert fetcher.one(fetcher.server.tell("/barred", PAGE))["outcome"] == "new"


@pytest.mark.parametrize("name", BARRING)
def test_a_site_that_bars_is_not_asked(name: str, fetcher: Fetcher) -> None:
    fetcher.server.tell("/robots.txt", BARRING[name])
    row = fetcher.one(fetcher.server.tell("/barred", PAGE))
    assert row["outcome"] == "refused"
    assert "robots.txt" in row["words"]
    assert fetcher.server.paths() == []


def test_it_is_read_once_and_holds_behind_redirects(fetcher: Fetcher, server: Server) -> None:
    server.tell("/robots.txt", http(301, b"", "Location: /rules"))
    server.tell("/rules", http(200, b"User-agent: *\nDisallow: /barred\n"))
    first = server.tell("/first", http(302, b"", "Location: /barred"))
    rows = fetcher.fetch(first, server.tell("/second", PAGE))
    assert [row["outcome"] for row in rows] == ["redirected", "refused", "new"]
    assert server.paths() == ["/rules", "/first", "/second"]


def test_it_is_not_followed_to_a_host_that_is_not_allowed(fetcher: Fetcher, server: Server) -> None:
    with served() as other:
        server.tell("/robots.txt", http(302, b"", f"Location: {other.uri('/robots.txt')}"))
        row = fetcher.one(server.tell("/page", PAGE))
        assert other.asked == []
    assert row["outcome"] == "refused"
    assert "which is not allowed" in row["words"]


def test_each_host_has_its_own(fetcher: Fetcher, server: Server) -> None:
    server.tell("/robots.txt", http(200, b"User-agent: *\nDisallow: /\n"))
    with served() as other:
        addresses = [server.tell("/a", PAGE), other.tell("/a", PAGE)]
        rows = fetcher.fetch(*addresses, allow_hosts=(server.host, other.host))
    assert [row["outcome"] for row in rows] == ["refused", "new"]


def test_its_delay_is_kept_where_it_is_longer(fetcher: Fetcher, server: Server) -> None:
    server.tell("/robots.txt", http(200, b"User-agent: *\nCrawl-delay: 30\n"))
    fetcher.fetch(*(server.tell(f"/{number}", PAGE) for number in range(3)), rate=2.0)
    assert sum(fetcher.time.slept) >= 60
    server.tell("/robots.txt", http(200, b"User-agent: *\nCrawl-delay: 0.1\n"))
    fetcher.time.slept.clear()
    fetcher.fetch(*(server.uri(f"/{number}") for number in range(3)), rate=2.0)
    assert fetcher.time.slept == [2.0, 2.0, 2.0]


def test_a_delay_that_no_run_waits_for_bars(fetcher: Fetcher) -> None:
    fetcher.server.tell("/robots.txt", http(200, b"User-agent: *\nCrawl-delay: 86400\n"))
    row = fetcher.one(fetcher.server.tell("/page", PAGE))
    assert (row["outcome"], "between two requests" in row["words"]) == ("refused", True)
