"""Records per second and peak memory of a web archive's ingest, beside fastwarc's bare reading."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import deflate
from fastwarc.warc import ArchiveIterator

from benchmarks.generate import pages
from benchmarks.ingest import measure_ingest
from benchmarks.pages import Page
from benchmarks.watch import Watched

MEAN_BYTES = 20_000
_LEVEL = 6  # what most crawlers pack with


@dataclass(frozen=True, slots=True)
class Bare:
    """What bare reading took: every record parsed, its payload and its digest read."""

    seconds: float
    records: int
    payload_bytes: int


def write_archive(path: Path, count: int, seed: int) -> int:
    """Writes a web archive of `count` responses, each packed on its own unless the name is `.warc`.

    Returns the bytes of its records, unpacked.
    """
    unpacked = 0
    is_packed = path.suffix == ".gz"
    with path.open("wb") as stream:
        for number, page in enumerate(pages(count, seed, MEAN_BYTES)):
            record = _response(page, number)
            unpacked += len(record)
            stream.write(bytes(deflate.gzip_compress(record, _LEVEL)) if is_packed else record)
    return unpacked


def read_bare(path: Path) -> Bare:
    """Reads a web archive by fastwarc alone, with HTTP parsed and payloads hashed."""
    started = time.perf_counter()
    records = payload_bytes = 0
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=True):
            payload = record.reader.read()
            hashlib.sha256(payload).digest()
            records += 1
            payload_bytes += len(payload)
    return Bare(time.perf_counter() - started, records, payload_bytes)


def report(unpacked: int, size: int, bare: Bare, whole: Watched, part: Watched, share: int) -> str:
    """Returns the comparison as lines of text."""
    rates = {
        "fastwarc's bare reading, one process": bare.seconds,
        "refworld ingest": whole.seconds,
    }
    lines = [f"{bare.records} records, {unpacked / 1e6:.0f} MB, {size / 1e6:.0f} MB as it lies", ""]
    lines += [
        f"{name:40}{seconds:9.1f} s{bare.records / seconds:12.0f} records/s"
        for name, seconds in rates.items()
    ]
    lines.append("")
    lines.append(f"peak MB by process, and of an archive with a {share}th of the records:")
    lines += [
        f"  {name:20}{held / 1e6:8.0f}{part.peaks.get(name, 0) / 1e6:8.0f}"
        for name, held in sorted(whole.peaks.items())
    ]
    return "\n".join(lines)


def _response(page: Page, number: int) -> bytes:
    body = page.text.encode()
    block = (
        b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    ) + body
    fields = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{uuid.UUID(int=number)}>",
        "WARC-Date": page.captured_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "WARC-Target-URI": page.target_uri or f"https://www.refworld.org/docid/{number:09x}.html",
        "WARC-Payload-Digest": f"sha1:{hashlib.sha1(body).hexdigest()}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    head = "\r\n".join(["WARC/1.1", *(f"{k}: {v}" for k, v in fields.items()), "", ""])
    return head.encode() + block + b"\r\n\r\n"


def main() -> None:
    """Makes a web archive, reads it bare and ingests it, and prints both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.webarchives", description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--form", choices=("warc", "warc.gz"), default="warc.gz")
    given = parser.parse_args()
    share = 10
    work = Path(tempfile.mkdtemp(prefix="refworld-bench-"))
    try:
        path, small = work / f"whole.{given.form}", work / f"part.{given.form}"
        unpacked = write_archive(path, given.count, given.seed)
        write_archive(small, given.count // share, given.seed)
        os.sync()
        bare = read_bare(path)
        part, _ = measure_ingest(small, work / "part", given.workers)
        os.sync()
        whole, _ = measure_ingest(path, work / "home", given.workers)
        print(report(unpacked, path.stat().st_size, bare, whole, part, share))
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
