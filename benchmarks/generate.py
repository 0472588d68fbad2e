"""Writes a seeded corpus of made-up pages, as text files with a manifest or as JSON lines."""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from benchmarks.pages import Page, page

FILES_PER_FOLDER = 1_000
FORMS = ("txt", "jsonl", "jsonl.gz")


def pages(count: int, seed: int, mean_bytes: int) -> Iterator[Page]:
    """Yields the corpus's pages in order; a longer corpus of the same seed begins alike."""
    for number in range(count):
        yield page(seed, number, mean_bytes)


def generate(out: Path, count: int, seed: int, form: str = "txt", mean_bytes: int = 15_000) -> Path:
    """Writes `count` pages below `out`, and returns what to hand to an ingest.

    Args:
        out: A folder; it is made when it does not exist and must else be empty.
        count: How many pages.
        seed: The same seed, count and size give the same bytes.
        form: `txt` (files in folders of 1,000, and manifest.csv), `jsonl` or `jsonl.gz`.
        mean_bytes: Mean size of the pages, which are spread log-normally around it.

    Returns:
        The folder for `txt`, else the one corpus file.

    Raises:
        FileExistsError: `out` holds something already.
        ValueError: The form is unknown, or a number is out of range.
    """
    if form not in FORMS or count < 0 or mean_bytes < 1:
        raise ValueError(f"expected a form of {FORMS}, got {form!r}, {count=}, {mean_bytes=}")
    out.mkdir(parents=True, exist_ok=True)
    if any(out.iterdir()):
        raise FileExistsError(f"{out} is not empty; name a new folder")
    corpus = pages(count, seed, mean_bytes)
    if form == "txt":
        return _write_files(out, corpus)
    path = out / f"corpus.{form}"
    with path.open("wb") as file:
        if form == "jsonl":
            _write_rows(file, corpus)
        else:
            with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
                _write_rows(packed, corpus)
    return path


def _captured_at(made: Page) -> str:
    return made.captured_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _write_files(out: Path, corpus: Iterator[Page]) -> Path:
    with (out / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        manifest = csv.writer(file, lineterminator="\n")
        manifest.writerow(("path", "target_uri", "captured_at", "sha256"))
        for number, made in enumerate(corpus):
            folder = f"{number // FILES_PER_FOLDER:05d}"
            if number % FILES_PER_FOLDER == 0:
                (out / folder).mkdir()
            name = f"{folder}/{number:08d}.txt"
            payload = made.text.encode()
            (out / name).write_bytes(payload)
            digest = hashlib.sha256(payload).hexdigest()
            manifest.writerow((name, made.target_uri or "", _captured_at(made), digest))
    return out


def _write_rows(file: IO[bytes] | gzip.GzipFile, corpus: Iterator[Page]) -> None:
    for made in corpus:
        row = {"url": made.target_uri, "text": made.text, "captured_at": _captured_at(made)}
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def main() -> None:
    """Runs the generator from a command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description=__doc__)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--form", choices=FORMS, default="txt")
    parser.add_argument("--mean-bytes", type=int, default=15_000)
    given = parser.parse_args()
    started = time.perf_counter()
    try:
        path = generate(given.out, given.count, given.seed, given.form, given.mean_bytes)
    except (FileExistsError, ValueError) as error:
        parser.error(str(error))
    print(f"{given.count} pages in {time.perf_counter() - started:.1f} s: {path}")


if __name__ == "__main__":
    main()
