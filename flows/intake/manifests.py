"""A folder's `manifest.csv`: where its files were captured, when, and with which digest."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from flows.intake.times import parse_rfc_3339

MANIFEST = "manifest.csv"
_COLUMNS = frozenset({"path", "target_uri", "captured_at", "sha256"})
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of one file.

    Args:
        target_uri: Address the file was captured from.
        captured_at: Time of capture, UTC.
        unread_time: The words given as time of capture when they are none.
        sha256: Digest that the bytes must have, hex.
        problem: Why the row cannot be used; the file is then not taken in.
    """

    target_uri: str | None = None
    captured_at: datetime | None = None
    unread_time: str | None = None
    sha256: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest: its entries by path below its folder, and what in it cannot be used."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest | None:
    """Returns the manifest of `folder`, or None when it has none."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        return parse_manifest(path, path.read_bytes())
    except OSError as error:
        return Manifest(path, problems=(f"it cannot be read: {error}",))


def parse_manifest(path: Path, content: bytes) -> Manifest:
    """Returns the manifest that `content` is, found at `path`; what is wrong is said in it."""
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
        return _parse_rows(path, reader)
    except (UnicodeDecodeError, csv.Error) as error:
        return Manifest(path, problems=(f"it cannot be read: {error}",))


def _parse_rows(path: Path, reader: csv.DictReader[str]) -> Manifest:
    columns = reader.fieldnames or ()
    if "path" not in columns or not _COLUMNS.issuperset(columns):
        said = ",".join(columns)[:200]
        return Manifest(path, problems=(f"its first line is not of the columns known: {said!r}",))
    entries: dict[str, Entry] = {}
    problems = []
    for row in reader:
        name = posixpath.normpath((row["path"] or "").strip())
        if name in (".", "..") or name.startswith(("/", "../")):
            problems.append(f"line {reader.line_num}: no path below the folder: {row['path']!r}")
            continue
        entry = _parse_entry(row, reader.line_num)
        if name in entries and entries[name] != entry:
            entry = Entry(problem=f"line {reader.line_num}: a second row for {name!r} differs")
        entries[name] = entry
    return Manifest(path, entries, tuple(problems))


def _parse_entry(row: dict[str, str], line: int) -> Entry:
    if "" in row or None in row.values():
        return Entry(problem=f"line {line}: not as many values as columns")
    sha256 = row.get("sha256", "").strip().lower()
    if sha256 and _SHA256.fullmatch(sha256) is None:
        return Entry(problem=f"line {line}: no SHA-256: {sha256[:100]!r}")
    words = row.get("captured_at", "").strip()
    captured_at = parse_rfc_3339(words) if words else None
    return Entry(
        target_uri=row.get("target_uri", "").strip() or None,
        captured_at=captured_at,
        unread_time=words if words and captured_at is None else None,
        sha256=sha256 or None,
    )
