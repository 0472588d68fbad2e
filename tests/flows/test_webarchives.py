"""Web archives that other programs wrote, taken in by the whole flow and traced to their bytes."""

from __future__ import annotations

import gzip
import http.server
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from warcio.capture_http import capture_http

# warcio records what goes through http.client: it has to be imported first.
import http.client  # isort: skip
from flows.intake.options import Options
from tests.flows.conftest import Command, page
from tests.flows.intake.warcs import captures, found_in, warc, written
from tests.flows.intake.warcs import http as answer
from warehouse.archive import read_record
from warehouse.commits import known_capture_ids
from warehouse.home import Home
from warehouse.query import open_database

HERE = r"^http://127\.0\.0\.1"


class _Site(http.server.BaseHTTPRequestHandler):
    """A site that answers in the ways that servers do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = page(3).encode()
        if self.path == "/moved":
            self._answer(301, b"", ("Location", "/docid/3.html"))
        elif self.path == "/gzip":
            self._answer(200, gzip.compress(body), ("Content-Encoding", "gzip"))
        elif self.path == "/chunked":
            parts = [body[at : at + 100] for at in range(0, len(body), 100)]
            chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
            self._answer(200, chunks + b"0\r\n\r\n", ("Transfer-Encoding", "chunked"))
        elif self.path == "/gone":
            self._answer(404, b"gone")
        elif self.path == "/robots.txt":
            self._answer(404, b"")
        else:
            self._answer(200, body)

    def _answer(self, status: int, body: bytes, *fields: tuple[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        for name, value in fields:
            self.send_header(name, value)
        if "Transfer-Encoding" not in dict(fields):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        return


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


PATHS = ("/plain", "/gzip", "/chunked", "/moved", "/gone")


def check_taken(folder: Path, path: Path, site: str) -> None:
    """Checks the captures of a crawl of the site."""
    found = found_in(folder, path, options=Options(match=HERE))
    taken = {capture.target_uri: capture for capture in captures(found.inputs)}
    assert set(taken) >= {site + name for name in PATHS}
    for name in PATHS[:3]:
        capture = taken[site + name]
        assert capture.payload.decode() == page(3)
        assert (capture.media_type, capture.charset_said) == ("text/plain", "utf-8")
        assert (capture.http_status, capture.warc_type) == (200, "response")
        assert capture.captured_at is not None
    assert taken[f"{site}/gone"].http_status == 404


def test_what_warcio_captures_of_a_server_is_taken_in(tmp_path: Path, site: str) -> None:
    path = tmp_path / "captured.warc.gz"
    with capture_http(str(path)):
        for name in PATHS:
            connection = http.client.HTTPConnection(site.removeprefix("http://"))
            connection.request("GET", name, headers={"Accept-Encoding": "gzip"})
            connection.getresponse().read()
            connection.close()
    check_taken(tmp_path, path, site)


@pytest.mark.skipif(shutil.which("wget") is None, reason="wget is not installed")
@pytest.mark.parametrize("packing", [[], ["--no-warc-compression"]])
def test_what_wget_writes_is_taken_in(tmp_path: Path, site: str, packing: list[str]) -> None:
    command = ["wget", "--quiet", "--warc-file=crawl", "--max-redirect=2", "-O", "/dev/null"]
    urls = [site + name for name in PATHS]
    done = subprocess.run([*command, *packing, *urls], cwd=tmp_path, check=False)
    assert done.returncode == 8  # that one answer was 404
    path = tmp_path / ("crawl.warc" if packing else "crawl.warc.gz")
    check_taken(tmp_path, path, site)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A crawl that holds a page in each kind of record, and others beside it."""
    texts = {number: page(number).encode() for number in range(1, 7)}

    def uri(number: int) -> str:
        return f"https://www.refworld.org/docid/4{number:08x}.html"

    records = [
        warc("warcinfo", None, b"software: by hand\r\n"),
        warc("response", uri(1), answer(texts[1])),
        warc("response", uri(2), answer(gzip.compress(texts[2]), ("Content-Encoding", "gzip"))),
        warc("resource", uri(3), texts[3], version="1.0"),
        warc("conversion", uri(4), texts[4]),
        warc("revisit", uri(1), b"", ("WARC-Refers-To-Target-URI", uri(1)),
             ("WARC-Refers-To-Date", "2023-06-02T10:15:00Z")),
        warc("response", uri(5), answer(b"gone", status="404 Not Found")),
        warc("response", uri(6), answer(b"GIF89a", media_type="image/gif")),
        warc("response", "https://example.org/", answer(b"another site")),
        warc("response", uri(5), answer(texts[5]))[:-200],
    ]  # fmt: skip
    return written(tmp_path_factory.mktemp("crawl") / "crawl.warc.gz", records)


def test_a_crawl_becomes_documents_that_are_traced_to_their_records(
    refworld: Command, home: Home, crawl: Path, tmp_path: Path
) -> None:
    done = refworld("ingest", crawl, "--data", home.root, "--workers", 1)
    assert done.returncode == 1, done.stdout + done.stderr
    with open_database(home) as database:
        rows = database.execute(
            "SELECT warc_type, http_status, outcome, warc_record_id IS NOT NULL FROM captures "
            "ORDER BY target_uri NULLS LAST, http_status"
        ).fetchall()
        run = database.execute(
            "SELECT input_count, new_count, duplicate_count, not_a_document_count, "
            "quarantined_count, passed_over_count, passed_over_bytes > 0 FROM runs"
        ).fetchone()
        codes = dict(database.execute("SELECT code, words FROM issues").fetchall())
        places = database.execute(
            "SELECT payload_sha256, warc_file, warc_offset FROM captures"
        ).fetchall()
    assert rows == [
        ("response", 200, "document", True),
        ("response", 200, "document", True),
        ("resource", None, "document", True),
        ("conversion", None, "document", True),
        ("response", 404, "not_a_document", True),
        ("response", 200, "not_a_document", True),
        ("resource", None, "quarantined", False),
    ]
    assert run == (8, 4, 1, 2, 1, 2, True)
    assert codes["http_status"] == "404"
    assert codes["media_type_unread"] == "image/gif"
    assert codes["record_truncated"] == "https://www.refworld.org/docid/400000005.html"
    for number in range(1, 5):
        traced = refworld("trace", f"4{number:08x}", "title", "--data", home.root)
        assert traced.returncode == 0, traced.stdout + traced.stderr
        assert f"[[A Report on the Treatment of Returned Persons in District {number}]]" in (
            traced.stdout
        )
        place = "stands in the conversion record after it" if number == 2 else "begins at byte"
        assert f"the payload {place}" in traced.stdout
    for sha256, name, offset in places:
        assert read_record(home.archive / name, offset).payload_sha256 == sha256
    verified = refworld("verify", "--data", home.root)
    assert verified.returncode == 0, verified.stdout
    again = found_in(tmp_path, crawl, next(home.archive.iterdir()))
    assert {bytes.fromhex(seen.capture_id or "") for seen in again.inputs} == known_capture_ids(
        home
    )


def test_a_pattern_that_is_none_is_refused_at_once(refworld: Command, home: Home) -> None:
    done = refworld("ingest", "crawl.warc", "--match", "(", "--data", home.root)
    assert done.returncode == 2
    assert "no regular expression" in done.stderr
    assert not home.root.exists()
