"""Captures and readings made by hand, so that the store is tested without any rule of reading."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from transforms.records import (
    DOCUMENT,
    NOT_A_DOCUMENT,
    Block,
    Blocks,
    Capture,
    Document,
    Issue,
    Reading,
    Statement,
    capture_of,
)
from warehouse import schema
from warehouse.commits import Staged, commit, stage
from warehouse.database import Published, publish
from warehouse.home import Home

CODE_VERSION = "0.1.0+test"
STARTED = datetime(2026, 11, 23, 14, 15, tzinfo=UTC)
REFERENCE: dict[str, list[dict[str, Any]]] = {
    "publishers": [
        {
            "publisher_id": "USDOS",
            "name": "United States Department of State",
            "kind": "government",
            "country_code": "USA",
            "names": ["U.S. Department of State"],
            "address_codes": ["USDOS"],
        }
    ],
    "countries": [
        {
            "country_code": code,
            "alpha_2": None,
            "name": name,
            "names": [name],
            "withdrawn": None,
            "successor_codes": None,
        }
        for code, name in (("PER", "Peru"), ("USA", "United States"))
    ],
    "issue_codes": [
        {"code": "odd", "severity": "info", "meaning": "It is odd.", "advice": "Look."},
    ],
}


def page(number: int, title: str = "Report", body: str = "Some text.", more: str = "") -> Capture:
    """Returns the capture of a small page: a title, one heading, one paragraph."""
    text = f"{title}\n\nOverview {number}\n{body} é 𐍈\n{more}"
    return capture_of(
        text.encode(),
        f"https://www.refworld.org/docid/{number:09x}.html",
        datetime(2023, 6, 2, 10, number % 60, tzinfo=UTC) if number % 3 else None,
    )


def reading_of(capture: Capture, **changes: Any) -> Reading:
    """Returns a reading of a page as `page` makes it; pages without a title line are listings."""
    text = capture.payload.decode()
    if not text or text.startswith("\n"):
        issue = Issue("odd", None, "no title")
        return Reading(
            capture.capture_id, "utf-8", None, NOT_A_DOCUMENT, None, Blocks(), (), (issue,)
        )
    blocks = blocks_of(text)
    document = document_of(capture, text, **({"block_count": len(blocks)} | changes))
    return Reading(
        capture.capture_id,
        "utf-8",
        "plain",
        DOCUMENT,
        document,
        blocks,
        statements_of(document, text),
        (Issue("odd", "title", "words"),) if "!" in text else (),
    )


def blocks_of(text: str) -> Blocks:
    blocks = []
    chars = octets = section = 0
    for seq, line in enumerate(text.splitlines(keepends=True)):
        kind = "title" if not seq else "heading" if line.startswith("Overview") else "paragraph"
        kind = kind if line.strip() else "blank"
        section += kind == "heading"
        size = len(line.encode())
        span = (chars, chars + len(line), octets, octets + size)
        level = 1 if kind == "heading" else None
        blocks.append(Block(seq, kind, level, section if seq else None, line, *span))
        chars, octets = chars + len(line), octets + size
    return Blocks.of(blocks)


def document_of(capture: Capture, text: str, **changes: Any) -> Document:
    values: dict[str, Any] = {
        "document_id": capture.source_uri.rsplit("/", 1)[-1].removesuffix(".html"),
        "capture_id": capture.capture_id,
        **dict.fromkeys(schema.DOCUMENT_VERSIONS.column_names[2:]),
        "title": text.splitlines()[0],
        "publisher_id": "USDOS",
        "country_codes": ("PER", "USA"),
        "publication_date": "2006-06",
        "publication_from": date(2006, 6, 1),
        "publication_to": date(2006, 6, 30),
        "last_updated": datetime(2023, 5, 31, 15, 44),
        "has_disclaimer": False,
        "word_count": len(text.split()),
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        **changes,
    }
    return Document(**values)


def statements_of(document: Document, text: str) -> tuple[Statement, ...]:
    statements = []
    for name in schema.DOCUMENT_VERSIONS.column_names:
        value = getattr(document, name)
        if value is None or name == "capture_id":
            continue
        if name == "title" and text.startswith(value):
            size = len(value.encode())
            statements.append(Statement(name, value, value, 0, len(value), 0, size, "test.title"))
            continue
        for part in value if isinstance(value, tuple) else (value,):
            statements.append(
                Statement(name, value_text(part), None, None, None, None, None, "test")
            )
    return tuple(statements)


def value_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return str(value).lower() if isinstance(value, bool) else str(value)


def run_row(run_id: str, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in schema.RUNS.columns:
        row[column.name] = None if column.nullable else 0
    return {
        **row,
        "run_id": run_id,
        "kind": "ingest",
        "state": "completed",
        "started_at": STARTED,
        "code_version": CODE_VERSION,
        "arguments": "{}",
        **changes,
    }


def acquisition_row(run_id: str, seq: int, capture: Capture, **changes: Any) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "seq": seq,
        "source": f"{seq}.txt",
        "target_uri": capture.target_uri,
        "captured_at": capture.captured_at,
        "seen_at": STARTED,
        "byte_length": len(capture.payload),
        "payload_sha256": capture.payload_sha256,
        "capture_id": capture.capture_id,
        "outcome": "new",
        "issue_code": None,
        "words": None,
        **changes,
    }


def stage_batch(home: Home, captures: Sequence[Capture]) -> Staged:
    return stage(home, captures, [reading_of(capture) for capture in captures], CODE_VERSION)


def commit_batch(home: Home, captures: Sequence[Capture]) -> Staged:
    staged = stage_batch(home, captures)
    commit(home, staged)
    return staged


def publish_all(home: Home) -> Published:
    return publish(home, REFERENCE, clock=lambda: STARTED)


def files_below(folder: Path) -> dict[str, bytes]:
    """Returns the bytes of all files below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
