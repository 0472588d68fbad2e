"""Sources from elsewhere: a real S3 server, a web server that misbehaves, and standard input."""

import gzip
import http.server
import io
import json
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import zstandard
from pyarrow import parquet as pq

from flows.intake import downloads
from flows.intake.discovery import Discovery, discover
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.intake.payloads import Payloads
from flows.intake.receiving import list_of_blocks
from flows.intake.sniffing import sniff
from flows.intake.source_addresses import is_elsewhere, last_part, masked
from flows.limits import Limits
from flows.run import described
from tests.flows.intake.packs import PAGE, tar_of, zip_of

ROWS = b'{"text": "row one"}\n{"text": "row two"}\n'


def found_at(
    tmp_path: Path, sources: Sequence[object], options: Options = DEFAULT_OPTIONS
) -> Discovery:
    spool = tmp_path / "spool"
    spool.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as executor:
        names = [str(source) for source in sources]
        return discover(names, executor, spool, lambda count: None, options)


def payloads(found: Discovery) -> list[bytes]:
    with Payloads() as reader:
        return [reader.read(seen) for seen in found.inputs if seen.capture_id is not None]


def said(found: Discovery) -> list[tuple[str, str | None]]:
    return [(seen.name, seen.issue_code) for seen in found.inputs]


class _Web(http.server.BaseHTTPRequestHandler):
    """A server that misbehaves as its paths say."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in ("/moved", "/loop"):
            self.send_response(302)
            self.send_header("Location", "/docid/4680d8a81d.html" if path == "/moved" else "/loop")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        headers, body = {
            "/docid/4680d8a81d.html": ({"Content-Type": "text/html; charset=utf-8"}, b"<p>page"),
            "/plain": ({"Content-Type": "text/plain"}, PAGE),
            "/untold": ({}, b"<!DOCTYPE html><p>page"),
            "/image": ({"Content-Type": "image/png"}, b"\x89PNG\r\n\0\0"),
            "/rows.jsonl.gz": ({"Content-Encoding": "gzip"}, gzip.compress(ROWS)),
            "/zipped.html": ({"Content-Encoding": "gzip"}, gzip.compress(b"<p>zipped")),
            "/page.html.gz": ({}, gzip.compress(b"<p>packed")),
            "/pages.zip": ({}, zip_of({"a.txt": PAGE})),
            "/cut": ({"Content-Length": "500"}, b"cut"),
        }.get(path, ({}, b""))
        self.send_response(200 if body else {"/denied": 403}.get(path, 404))
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Web) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def test_a_page_on_the_web_is_a_capture_of_its_address_now(tmp_path: Path, web: str) -> None:
    begun = datetime.now(UTC)
    sources = [f"{web}/docid/4680d8a81d.html", f"{web}/moved", f"{web}/plain", f"{web}/untold"]
    found = found_at(tmp_path, sources)
    by_name = {seen.name: seen for seen in found.inputs}
    assert {name: seen.media_type for name, seen in by_name.items()} == {
        "4680d8a81d.html": "text/html",
        "moved": "text/html",
        "plain": "text/plain",
        "untold": "text/html",
    }
    assert by_name["moved"].target_uri == f"{web}/docid/4680d8a81d.html"
    assert by_name["moved"].source == f"{web}/moved"
    assert by_name["plain"].target_uri == f"{web}/plain"
    assert all(
        seen.captured_at and begun <= seen.captured_at < begun + timedelta(minutes=1)
        for seen in found.inputs
    )
    assert sorted(set(payloads(found))) == sorted([b"<p>page", PAGE, b"<!DOCTYPE html><p>page"])


def test_what_holds_captures_on_the_web_is_none_itself(tmp_path: Path, web: str) -> None:
    sources = [f"{web}/rows.jsonl.gz", f"{web}/pages.zip", f"{web}/page.html.gz"]
    found = found_at(tmp_path, sources)
    assert [seen.source for seen in found.inputs] == [
        f"{web}/page.html.gz",
        f"{web}/pages.zip!/a.txt", f"{web}/rows.jsonl.gz#1", f"{web}/rows.jsonl.gz#2"]  # fmt: skip
    assert {seen.target_uri for seen in found.inputs} == {None}
    assert payloads(found) == [b"<p>packed", PAGE, b"row one", b"row two"]


def test_a_page_that_was_packed_on_the_way_is_unpacked(tmp_path: Path, web: str) -> None:
    assert payloads(found_at(tmp_path, [f"{web}/zipped.html"])) == [b"<p>zipped"]


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/gone.html", "source_unreachable", "404"),
        ("/denied", "source_unreachable", "403"),
        ("/cut", "source_unreachable", "RemoteProtocolError"),
        ("/loop", "source_unreachable", "TooManyRedirects"),
        ("/image", "source_unsupported", "image/png"),
    ],
)
def test_what_cannot_be_had_is_one_refused_input(
    tmp_path: Path, web: str, path: str, code: str, words: str
) -> None:
    secret = web.replace("http://", "http://user:hush@") + path + "?token=hush"
    found = found_at(tmp_path, [secret, f"{web}/plain"])
    refused = next(seen for seen in found.inputs if seen.issue_code)
    assert (refused.issue_code, refused.source) == (code, f"{web}{path}?token=***")
    assert words in (refused.words or "")
    assert "hush" not in repr(found)
    assert payloads(found) == [PAGE]


def test_a_signature_is_no_part_of_a_captures_address(tmp_path: Path, web: str) -> None:
    found = found_at(tmp_path, [f"{web.replace('//', '//user:hush@')}/plain?sig=hush&a=1#b"])
    assert found.inputs[0].target_uri == f"{web}/plain?sig=***&a=1"


def test_a_download_has_its_limits(
    tmp_path: Path, web: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Options(Limits(package_bytes=20))
    found = found_at(tmp_path, [f"{web}/plain"], few)
    assert said(found) == [("plain", "source_unreachable")]
    monkeypatch.setattr(downloads, "_PATIENCE", -100.0)
    found = found_at(tmp_path, [f"{web}/plain"])
    assert "too slow" in (found.inputs[0].words or "")


def test_no_server_and_no_such_protocol_are_said(tmp_path: Path) -> None:
    found = found_at(tmp_path, ["http://127.0.0.1:9/a.html", "ftp://x/b.html", "http://[/c.html"])
    assert sorted(code or "" for _, code in said(found)) == ["source_unreachable"] * 3


@pytest.fixture(scope="module")
def bucket() -> Iterator[Any]:
    """A bucket of a real S3 server on loopback."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "name",
        "AWS_SECRET_ACCESS_KEY": "word",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        import boto3

        client = boto3.client("s3", endpoint_url=settings["AWS_ENDPOINT_URL"])
        client.create_bucket(Bucket="pages")
        yield lambda key, body: client.put_object(Bucket="pages", Key=key, Body=body)
    server.stop()


def test_objects_and_prefixes_of_s3_are_taken_in(tmp_path: Path, bucket: Any) -> None:
    members = {
        "in/a.txt": b"a", "in/sub/b.html": b"<p>b", "in/rows.jsonl": ROWS, "in/notes.md": b"x",
        "in/.hidden/c.txt": b"c", "in/p.zip": zip_of({"../evil.txt": b"e", "d.txt": b"d"}),
        "in/manifest.csv": b"path,target_uri\nsub/b.html,http://x/b\ngone.txt,\n", "out.txt": b"o",
    }  # fmt: skip
    for key, body in members.items():
        bucket(key, body)
    found = found_at(tmp_path, ["s3://pages/in/", "s3://pages/out.txt"])
    assert said(found) == [
        ("a.txt", None),
        ("manifest.csv", "manifest_row"),
        ("out.txt", None),
        ("p.zip!/../evil.txt", "member_name_unsafe"),
        ("p.zip!/d.txt", None),
        ("rows.jsonl", None),
        ("rows.jsonl", None),
        ("sub/b.html", None),
    ]
    assert payloads(found) == [b"a", b"o", b"d", b"row one", b"row two", b"<p>b"]
    assert found.inputs[-1].target_uri == "http://x/b"
    assert found.inputs[-1].source == "s3://pages/in/sub/b.html"
    assert found.inputs[0].target_uri is None
    assert found.passed_over_count == 2


def test_objects_that_cannot_be_had_are_refused(
    tmp_path: Path, bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket("one.doc", b"x")
    found = found_at(tmp_path, ["s3://pages/gone.txt", "s3://none/a.txt", "s3://pages/one.doc"])
    assert said(found) == [
        ("a.txt", "source_unreachable"),
        ("gone.txt", "source_unreachable"),
        ("one.doc", "source_unsupported"),
    ]
    bucket("large.txt", b"x" * 100)
    found = found_at(tmp_path, ["s3://pages/large.txt"], Options(Limits(package_bytes=99)))
    assert said(found) == [("large.txt", "source_unreachable")]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert said(found_at(tmp_path, ["s3://pages/a.txt"])) == [("a.txt", "source_unreachable")]


class _Input:
    def __init__(self, buffer: Any) -> None:
        self.buffer = buffer


def parquet() -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table({"text": ["row one", "row two"]}), target)
    return target.getvalue()


FORMS = {
    "text": (PAGE, [PAGE], "text/plain"),
    "html": (b"\xef\xbb\xbf \n<!doctype HTML><p>", None, "text/html"),
    "xhtml": (b"<?xml version='1.0'?><html/>", None, "text/html"),
    "pdf": (b"%PDF-1.7 x", None, "application/pdf"),
    "gzip": (gzip.compress(PAGE), [PAGE], "text/plain"),
    "html in zstd": (zstandard.compress(b"<html>x"), [b"<html>x"], "text/html"),
    "rows": (ROWS, [b"row one", b"row two"], "text/plain"),
    "rows in gzip": (gzip.compress(ROWS), [b"row one", b"row two"], "text/plain"),
    "long row": (json.dumps({"text": "x" * 20000}).encode(), [b"x" * 20000], "text/plain"),
    "zip": (zip_of({"a.txt": b"a"}), [b"a"], "text/plain"),
    "wacz": (
        zip_of({"datapackage.json": b'{"resources":[]}', "pages/pages.jsonl": ROWS,
                "archive/a.jsonl": b'{"text": "a"}'}), [b"a"], "text/plain",
    ),
    "tar": (tar_of({"a.txt": b"a"}), [b"a"], "text/plain"),
    "tar in gzip": (gzip.compress(tar_of({"a.txt": b"a"})), [b"a"], "text/plain"),
    "tar in zstd": (zstandard.compress(tar_of({"a.txt": b"a"})), [b"a"], "text/plain"),
    "parquet": (parquet(), [b"row one", b"row two"], "text/plain"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_the_form_of_standard_input_is_told_by_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content, pages, media_type = FORMS[name]
    monkeypatch.setattr(sys, "stdin", _Input(io.BytesIO(content)))
    found = found_at(tmp_path, ["-", "-"])
    assert payloads(found) == (pages or [content])
    assert {seen.media_type for seen in found.inputs} == {media_type}
    assert all(seen.source.startswith("stdin") for seen in found.inputs)
    # A file that is named, and whose name tells nothing, is told in the same way.
    (tmp_path / "4680d8a81d").write_bytes(content)
    assert payloads(found_at(tmp_path, [tmp_path / "4680d8a81d"])) == (pages or [content])


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\0", b"\xd0\xcf\x11\xe0\0", zip_of({"[Content_Types].xml": b"x"}),
     zip_of({"mimetype": b"application/epub+zip", "a.html": b"x"})],
)  # fmt: skip
def test_what_is_no_form_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(io.BytesIO(content)))
    (tmp_path / "named").write_bytes(content)
    found = found_at(tmp_path, ["-", tmp_path / "named"])
    assert said(found) == [("named", "source_unsupported"), ("stdin", "source_unsupported")]


def test_a_named_file_with_another_ending_is_told_by_a_mark_alone(tmp_path: Path) -> None:
    (tmp_path / "a.aspx").write_bytes(b"<html><p>x")
    (tmp_path / "b.odd").write_bytes(b"some words")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "c").write_bytes(b"<html>")
    found = found_at(tmp_path, [tmp_path / name for name in ("a.aspx", "b.odd", "folder")])
    assert said(found) == [("a.aspx", None), ("b.odd", "source_unsupported")]
    assert found.passed_over_count == 1


def test_standard_input_has_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Input(io.BytesIO(b"x" * 100)))
    found = found_at(tmp_path, ["-"], Options(Limits(package_bytes=99)))
    assert said(found) == [("stdin", "source_unreachable")]


def test_a_pipe_is_read_to_its_end_and_a_ctrl_c_ends_the_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    end, beginning = os.pipe()
    with os.fdopen(end, "rb") as reader, os.fdopen(beginning, "wb", buffering=0) as writer:
        writer.write(b"some")
        blocks = list_of_blocks(reader)
        assert next(blocks) == b"some"

        def interrupted() -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("flows.intake.receiving.interruption.check", interrupted)
        monkeypatch.setattr("flows.intake.receiving._WAIT", 0.01)
        with pytest.raises(KeyboardInterrupt):
            next(blocks)


def test_a_window_of_zstd_is_bounded_while_its_form_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes.fromhex("28b52ffd00a8030000"))
    form = sniff(str(tmp_path / "a"), is_text_taken=False)
    assert form is not None
    assert form.packing == "zstd"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("http://user:hush@x/a?b=1#c", "http://x/a?b=1"),
        ("https://x/a?docid=1&X-Amz-Signature=hush&X-Amz-Date=2", "https://x/a?docid=1&X-Amz-Signature=***&X-Amz-Date=2"),
        ("https://x/a?sig=hush&api_key=hush&access_token=hush&q=a,b", "https://x/a?sig=***&api_key=***&access_token=***&q=a,b"),
        ("http://x/rwmain?page=country&docid=4680d8a81d&skip=0", "http://x/rwmain?page=country&docid=4680d8a81d&skip=0"),
        ("http://user:hush@[", "http://***"),
        ("s3://bucket/a b%20c", "s3://bucket/a b%20c"),
        ("/a folder/with ?sig=1", "/a folder/with ?sig=1"),
        ("-", "-"),
    ],
)  # fmt: skip
def test_no_password_and_no_signature_is_recorded(source: str, shown: str) -> None:
    assert masked(source) == shown
    assert described([source]) == [shown]


def test_addresses_are_told_from_files() -> None:
    for source in ("-", "s3://a/b", "HTTP://x", "ftp://x", "gs+x://a"):
        assert is_elsewhere(source)
    for source in ("a.txt", "/a://b", "./-", "C:\\a", "x:y", "://a", "1a://b"):
        assert not is_elsewhere(source)
    assert last_part("http://x/a/b%20c.txt?d=/e") == "b c.txt"
    assert last_part("http://x/") == "x"
    assert last_part("http://[") == "source"
