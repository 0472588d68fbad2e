"""A server that misbehaves in each of its ways, and what becomes of the address."""

from __future__ import annotations

import gzip
import hashlib
import time

import pytest

from flows.fetching.options import default_user_agent
from tests.flows.fetching.conftest import Fetcher
from tests.flows.fetching.server import Server, http, served
from transforms.records import capture_of

PAGE = b"<html><body>A page about nothing in particular.</body></html>"
SHA256 = hashlib.sha256(PAGE).hexdigest()


def chunked(*pieces: bytes) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body


# Whole answers, however odd: status 200, the page.
WHOLE = {
    "chunked": chunked(PAGE[:7], PAGE[7:]),
    "no_length_http_1_0": http(200, PAGE, version="1.0", length=-1),
    "more_than_its_length": http(200, PAGE + b"surplus", length=len(PAGE)),
    "slow_but_in_time": [http(200, PAGE)[:40], 0.05, http(200, PAGE)[40:]],
    "early_hints_first": b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + http(200, PAGE),
    "bare_line_feeds": b"HTTP/1.1 200 OK\nContent-Length: %d\n\n%s" % (len(PAGE), PAGE),
    "a_wrong_encoding_named": http(200, PAGE, "Content-Encoding: gzip"),
    "bytes_beyond_ascii_in_headers": http(200, PAGE, "X-Odd: \u00e9\u00ff"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_odd_answers_that_are_whole_are_kept(name: str, fetcher: Fetcher) -> None:
    row = fetcher.one(fetcher.server.tell("/page", WHOLE[name]))
    assert (row["outcome"], row["http_status"], row["words"]) == ("new", 200, None)
    assert (row["payload_sha256"], row["byte_length"]) == (SHA256, len(PAGE))
    answer = WHOLE[name] if isinstance(WHOLE[name], bytes) else http(200, PAGE)
    interim, surplus = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", b"surplus"
    kept = answer.removeprefix(interim).removesuffix(surplus)
    assert fetcher.evidence(row)[::2] == ("response", kept)


def test_a_packed_body_is_kept_packed(fetcher: Fetcher) -> None:
    packed = gzip.compress(PAGE)
    row = fetcher.one(fetcher.server.tell("/page", http(200, packed, "Content-Encoding: gzip")))
    assert row["payload_sha256"] == hashlib.sha256(packed).hexdigest()
    assert row["capture_id"] == capture_of(PAGE, fetcher.server.uri("/page")).capture_id


# No answers, or none that is whole: outcome failed, with these words.
BROKEN = {
    "cut": (http(200, PAGE, length=1000), "received 61 bytes, expected 1000"),
    "cut_in_a_chunk": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nhalf",
        "chunked",
    ),
    "garbage": (b"\x00\xff\x16\x03 no HTTP at all\r\n\r\n", "RemoteProtocolError"),
    "silence": (b"", "disconnected without sending a response"),
    "huge_header": (
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        "RemoteProtocolError",
    ),
    "two_lengths": (http(200, PAGE, "Content-Length: 3"), "RemoteProtocolError"),
    "redirect_to_nowhere": (http(302), "HTTP 302 Found, but to no address"),
    "unasked_304": (http(304, length=-1), "HTTP 304 Not Modified, though no condition was set"),
    "teapot": (http(418, b"short and stout"), "HTTP 418 I'm a Teapot"),
    "forbidden": (http(403), "HTTP 403 Forbidden"),
    "no_status_that_is_known": (http(599), "HTTP 599"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_answers_that_are_none_fail(name: str, fetcher: Fetcher) -> None:
    answer, words = BROKEN[name]
    row = fetcher.one(fetcher.server.tell("/page", answer))
    assert row["outcome"] == "failed"
    assert words in row["words"]
    assert fetcher.run is not None
    assert fetcher.run.exit_code == 1


def test_a_body_without_end_is_cut_off_at_the_limit(fetcher: Fetcher) -> None:
    endless: list[bytes | float] = [http(200, length=-1), *([b"x" * 65536] * 100)]
    row = fetcher.one(fetcher.server.tell("/page", endless), max_bytes=200_000, retries=3)
    assert (row["outcome"], row["attempt_count"]) == ("failed", 1)
    assert row["words"] == "an answer of more than 200000 bytes"


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\n", http(200, length=1000), b""])
def test_a_drip_ends_with_the_time(fetcher: Fetcher, begin: bytes) -> None:
    drip: list[bytes | float] = [begin]
    for _ in range(40):
        drip += [b"x", 0.05]
    began = time.monotonic()
    row = fetcher.one(fetcher.server.tell("/page", drip), max_seconds=0.3)
    assert time.monotonic() - began < 1.5
    assert (row["outcome"], row["words"]) == ("failed", "no whole answer within 0.3 s")


def test_what_may_pass_is_tried_again_with_growing_rests(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/page", b"", http(500), http(502), http(200, PAGE))
    row = fetcher.one(address, retries=3)
    assert (row["outcome"], row["attempt_count"]) == ("new", 4)
    assert fetcher.time.slept == [2.0, 4.0, 8.0]


def test_tries_have_an_end(fetcher: Fetcher) -> None:
    row = fetcher.one(fetcher.server.tell("/page", http(503)), retries=2)
    assert (row["outcome"], row["attempt_count"]) == ("failed", 3)
    assert row["words"] == "HTTP 503 Service Unavailable"
    assert len(fetcher.server.paths()) == 3


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_waited_for(fetcher: Fetcher, status: int) -> None:
    busy = http(status, b"", "Retry-After: 77")
    row = fetcher.one(fetcher.server.tell("/page", busy, http(200, PAGE)), retries=1)
    assert (row["outcome"], sum(fetcher.time.slept)) == ("new", 77.0)


def test_a_host_that_wants_to_be_left_alone_for_long_is(fetcher: Fetcher) -> None:
    busy = fetcher.server.tell("/busy", http(503, b"", "Retry-After: 86400"))
    rows = fetcher.fetch(busy, fetcher.server.uri("/other"), retries=3)
    assert [row["outcome"] for row in rows] == ["failed", "failed"]
    assert "asks to be left alone for 86400 s" in rows[1]["words"]
    assert fetcher.server.paths() == ["/busy"]


def test_nobody_there_is_tried_again_and_then_left_alone(fetcher: Fetcher) -> None:
    with served() as gone:
        host = gone.host
    addresses = [f"http://{host}/{number}" for number in range(7)]
    rows = fetcher.fetch(*addresses, allow_hosts=(host,))
    # robots.txt cannot be had, and so nothing may be asked.
    assert {row["outcome"] for row in rows} == {"refused"}
    assert "robots.txt cannot be had: ConnectError" in rows[0]["words"]


def test_a_host_that_falls_silent_is_left_alone(fetcher: Fetcher) -> None:
    addresses = [fetcher.server.uri(f"/{number}") for number in range(8)]
    fetcher.server.tell("/0", http(200, PAGE))
    fetcher.server.hang_up_after(2)  # robots.txt and the first page
    rows = fetcher.fetch(*addresses)
    assert [row["outcome"] for row in rows] == ["new"] + ["failed"] * 7
    assert rows[5]["words"].startswith("ConnectError")
    assert {row["words"] for row in rows[6:]} == {"its host has not answered lately"}


def test_redirects_are_followed_and_each_is_recorded(fetcher: Fetcher) -> None:
    first = fetcher.server.tell("/1", http(301, b"", "Location: 2#part"))
    fetcher.server.tell("/2", http(302, b"", "Location: /a b\u00e9"))
    fetcher.server.tell("/a%20b%C3%A9", http(200, PAGE))
    rows = fetcher.fetch(first)
    assert [row["outcome"] for row in rows] == ["redirected", "redirected", "new"]
    assert rows[0]["redirect_uri"] == rows[1]["target_uri"] == fetcher.server.uri("/2")
    assert [row["via_uri"] for row in rows] == [None, *(row["target_uri"] for row in rows[:2])]


def test_redirects_that_go_round_end(fetcher: Fetcher) -> None:
    first = fetcher.server.tell("/1", http(302, b"", "Location: /2"))
    fetcher.server.tell("/2", http(302, b"", "Location: /1"))
    rows = fetcher.fetch(first)
    assert [row["outcome"] for row in rows] == ["redirected", "redirected", "failed"]
    assert (rows[2]["target_uri"], rows[2]["words"]) == (first, "its redirects go round")
    assert fetcher.server.paths() == ["/1", "/2"]


def test_redirects_without_end_end(fetcher: Fetcher) -> None:
    for number in range(20):
        fetcher.server.tell(f"/{number}", http(302, b"", f"Location: /{number + 1}"))
    rows = fetcher.fetch(fetcher.server.uri("/0"))
    assert (len(rows), rows[-1]["words"]) == (12, "over 10 redirects")
    assert len(fetcher.server.paths()) == 11


def test_no_redirect_leads_to_a_host_that_is_not_allowed(fetcher: Fetcher) -> None:
    with served() as other:
        first = fetcher.server.tell("/1", http(302, b"", f"Location: {other.uri('/x')}"))
        rows = fetcher.fetch(first)
        assert other.asked == []
    assert [row["outcome"] for row in rows] == ["redirected", "refused"]
    assert rows[1]["words"] == f"{other.host} is not an allowed host; --allow-host makes it one"


def test_no_private_address_is_connected_to_unless_a_person_says_so(fetcher: Fetcher) -> None:
    row = fetcher.one(fetcher.server.tell("/page", http(200, PAGE)), is_private_allowed=False)
    assert row["outcome"] == "refused"
    assert "127.0.0.1 has the address 127.0.0.1, which is not public" in row["words"]
    assert fetcher.server.asked == []


def test_nothing_is_asked_twice_in_a_run(fetcher: Fetcher) -> None:
    page = fetcher.server.tell("/page", http(200, PAGE))
    moved = fetcher.server.tell("/moved", http(301, b"", "Location: /page"))
    rows = fetcher.fetch(page, moved)
    assert [row["outcome"] for row in rows] == ["new", "redirected"]
    assert fetcher.server.paths() == ["/page", "/moved"]


def test_the_server_is_told_who_asks_and_nothing_else(fetcher: Fetcher, server: Server) -> None:
    fetcher.one(server.tell("/page?a=1|2,3", http(200, PAGE, "Set-Cookie: a=b")))
    fetcher.one(server.uri("/page?a=1|2,3"))
    assert default_user_agent().startswith("refworld-archive/")
    for asked in server.asked:
        assert asked.headers == {
            "host": server.host,
            "user-agent": default_user_agent(),
            "accept": "*/*",
            "accept-encoding": "identity",
            "connection": "close",
        }
    assert server.paths() == ["/page?a=1|2,3"] * 2
