"""Web archives made by hand for the tests, a record at a time."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flows.intake.discovery import Discovery, discover
from flows.intake.inputs import Input
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.intake.payloads import Payloads
from transforms.records import Capture

SITE = "https://www.refworld.org/docid/"
DATE = "2023-06-02T10:15:00Z"
Pack = Callable[[bytes], bytes]


def address(number: int) -> str:
    return f"{SITE}{number:09x}.html"


def warc(
    kind: str, uri: str | None, block: bytes, *fields: tuple[str, str], version: str = "1.1"
) -> bytes:
    """Returns a record whose id is made of its address and block."""
    record_id = hashlib.md5(f"{kind} {uri}".encode() + block).hexdigest()
    named = [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:{record_id}>"),
        ("WARC-Date", DATE),
        *([("WARC-Target-URI", uri)] if uri else []),
        *fields,
    ]
    named = list(dict(named).items())
    if "Content-Type" not in dict(named):
        is_http = kind in ("response", "revisit")
        media = "application/http; msgtype=response" if is_http else "text/plain"
        named.append(("Content-Type", media))
    lines = [f"WARC/{version}", *(f"{name}: {value}" for name, value in named)]
    head = "\r\n".join([*lines, f"Content-Length: {len(block)}", "", ""])
    return head.encode() + block + b"\r\n\r\n"


def http(
    body: bytes, *fields: tuple[str, str], status: str = "200 OK", media_type: str = "text/plain"
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in fields), "", ""])
    return head.encode() + body


def response(number: int, body: bytes | None = None) -> bytes:
    return warc("response", address(number), http(body or page(number)))


def page(number: int) -> bytes:
    return f"Report {number}\n\nThe roads of district {number} were closed for a month.\n".encode()


def written(path: Path, records: Sequence[bytes], pack: Pack | None = None) -> Path:
    """Writes records, each packed on its own; by gzip where the name says so."""
    if pack is None:
        pack = (lambda record: gzip.compress(record, mtime=0)) if path.suffix == ".gz" else bytes
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(pack, records)))
    return path


def found_in(folder: Path, *sources: Path, options: Options = DEFAULT_OPTIONS) -> Discovery:
    """Discovers sources with a thread in place of the process pool."""
    spool = folder / "spool"
    spool.mkdir(exist_ok=True)
    with ThreadPoolExecutor(2) as executor:
        return discover(list(map(str, sources)), executor, spool, lambda count: None, options)


def captures(inputs: Sequence[Input]) -> list[Capture]:
    """Returns the captures of inputs as they are archived."""
    with Payloads() as payloads:
        return [payloads.capture(seen) for seen in inputs if seen.capture_id]
