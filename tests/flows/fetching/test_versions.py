"""What a page that is fetched again has become, and what proves it."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path

import pytest

from flows.reference import reference_rows
from tests.flows.fetching.conftest import Fetcher
from tests.flows.fetching.server import http
from transforms.reading import read
from transforms.records import capture_of
from warehouse.commits import commit, stage
from warehouse.database import publish
from warehouse.fetches import pending_files
from warehouse.query import open_database, run_sql

ONE, TWO = b"<html>one</html>", b"<html>two</html>"
MODIFIED = "Last-Modified: Wed, 25 Nov 2026 12:00:00 GMT"
ARCHIVED = "/20240102030405mp_/https://www.refworld.org"
DOCUMENT = f"{ARCHIVED}/docid/4680d8a81d.html"


def test_other_bytes_are_a_change_and_lead_to_the_capture_before(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/page", http(200, ONE), http(200, TWO))
    first, second = fetcher.one(address), fetcher.one(address)
    assert (first["outcome"], first["previous_capture_id"]) == ("new", None)
    assert first["capture_id"] == capture_of(ONE, address).capture_id
    assert (second["outcome"], second["previous_capture_id"]) == ("changed", first["capture_id"])
    assert second["capture_id"] == capture_of(TWO, address).capture_id
    kind, headers, block = fetcher.evidence(second)
    assert (kind, headers["WARC-Target-URI"]) == ("response", address)
    assert block == http(200, TWO)


def test_the_same_bytes_are_a_revisit(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/page", http(200, ONE))
    first, second = fetcher.one(address), fetcher.one(address)
    assert (second["outcome"], second["capture_id"]) == ("unchanged", first["capture_id"])
    kind, headers, block = fetcher.evidence(second)
    assert kind == "revisit"
    assert headers["WARC-Profile"].endswith("/revisit/identical-payload-digest")
    assert headers["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(ONE).hexdigest()}"
    assert headers["WARC-Refers-To-Target-URI"] == address
    assert headers["WARC-Refers-To-Date"] == f"{first['fetched_at']:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert block == http(200, ONE).removesuffix(ONE)


def test_a_page_that_is_as_it_was_is_not_sent_again(fetcher: Fetcher) -> None:
    etag = 'ETag: W/"a,b c"'
    address = fetcher.server.tell(
        "/page", http(200, ONE, etag, MODIFIED), http(304, b"", length=-1)
    )
    rows = [fetcher.one(address) for _ in range(3)]
    assert [row["outcome"] for row in rows] == ["new", "unchanged", "unchanged"]
    assert len({row["payload_sha256"] for row in rows}) == 1
    kind, headers, block = fetcher.evidence(rows[2])
    assert (kind, block) == ("revisit", http(304, length=-1))
    assert headers["WARC-Profile"].endswith("/revisit/server-not-modified")
    assert headers["WARC-Refers-To-Date"] == f"{rows[0]['fetched_at']:%Y-%m-%dT%H:%M:%S.%fZ}"
    asked = [asked.headers for asked in fetcher.server.asked if asked.path == "/page"]
    assert "if-none-match" not in asked[0]
    for later in asked[1:]:
        assert later["if-none-match"] == 'W/"a,b c"'
        assert later["if-modified-since"] == MODIFIED.partition(": ")[2]


def test_a_page_that_changes_back_is_a_change(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/page", http(200, ONE), http(200, TWO), http(200, ONE))
    outcomes = [fetcher.one(address)["outcome"] for _ in range(3)]
    assert outcomes == ["new", "changed", "changed"]


def test_an_etag_that_the_server_no_longer_gives_is_forgotten(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/page", http(200, ONE, 'ETag: "1"'), http(200, TWO))
    for _ in range(3):
        fetcher.one(address)
    assert "if-none-match" not in fetcher.server.asked[-1].headers


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_a_tombstone_with_its_evidence(
    fetcher: Fetcher, status: int
) -> None:
    gone = http(status, b"no such page")
    address = fetcher.server.tell("/page", http(200, ONE), gone, gone, http(200, ONE))
    first, *later = [fetcher.one(address) for _ in range(3)]
    for row in later:
        assert (row["outcome"], row["http_status"]) == ("vanished", status)
        assert (row["capture_id"], row["previous_capture_id"]) == (None, first["capture_id"])
    assert fetcher.evidence(later[1])[::2] == ("response", gone)
    assert fetcher.run is not None
    assert fetcher.run.exit_code == 0
    assert fetcher.one(address)["outcome"] == "unchanged"


def test_what_was_never_there_is_absent(fetcher: Fetcher) -> None:
    row = fetcher.one(fetcher.server.uri("/page"))
    assert (row["outcome"], row["words"]) == ("absent", "HTTP 404 Not Found")


@pytest.mark.parametrize(
    ("location", "outcome"),
    [
        (f"{ARCHIVED}/", "vanished"),
        (f"{ARCHIVED}/type,DECREELAW,,ABC,,,0.html", "vanished"),
        ("/", "vanished"),
        (f"{ARCHIVED}/docid/5aaaaaaa1.html", "redirected"),
        (f"{ARCHIVED}/legal/laws/natlegbod/2004/en/12345", "redirected"),
    ],
)
def test_a_document_that_leads_to_no_document_has_vanished(
    fetcher: Fetcher, location: str, outcome: str
) -> None:
    """What an address is decides, never what the page there says."""
    moved = http(302, b"", f"Location: {location}")
    address = fetcher.server.tell(DOCUMENT, http(200, ONE), moved)
    fetcher.one(address)
    row, *others = fetcher.fetch(address)
    assert (row["outcome"], row["redirect_uri"]) == (outcome, fetcher.server.uri(location))
    assert len(others) == (0 if outcome == "vanished" else 1)
    assert fetcher.evidence(row)[::2] == ("response", moved)


def test_a_document_that_was_never_had_does_not_vanish(fetcher: Fetcher) -> None:
    address = fetcher.server.tell(DOCUMENT, http(302, b"", f"Location: {ARCHIVED}/"))
    assert fetcher.fetch(address)[0]["outcome"] == "redirected"


def test_a_page_that_was_taken_in_otherwise_vanishes_too(fetcher: Fetcher) -> None:
    address = fetcher.server.uri(DOCUMENT)
    capture = capture_of(b"A saved copy.\n", address)
    commit(fetcher.home, stage(fetcher.home, [capture], [read(capture)], "1"))
    row = fetcher.one(address)
    assert (row["outcome"], row["previous_capture_id"]) == ("vanished", capture.capture_id)


def test_the_database_tells_when_a_page_vanished(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/page", http(200, ONE), http(404))
    rows = [fetcher.one(address) for _ in range(2)]
    publish(fetcher.home, reference_rows())
    with closing(open_database(fetcher.home)) as database:
        found = run_sql(database, "SELECT * FROM fetches ORDER BY fetched_at")
        held = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
        runs = list(run_sql(database, "SELECT kind, state, exit_code FROM runs").rows)
    assert held == [{**row, "fetched_at": row["fetched_at"].replace(tzinfo=None)} for row in rows]
    assert runs == [("fetch", "completed", 0)] * 2
    assert pending_files(fetcher.home) == {fetcher.home.fetched / rows[0]["warc_file"]: [address]}
    assert all(Path(fetcher.home.fetched / row["warc_file"]).exists() for row in held)
