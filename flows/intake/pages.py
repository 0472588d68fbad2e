"""Files that are one page each: read and hashed in the process pool."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

from flows.intake.inputs import Input, file_uri, refused
from flows.intake.manifests import Entry
from flows.intake.times import captured_at_in, now
from flows.intake.walk import Found
from flows.limits import DEFAULT_LIMITS

_BLOCK = 1 << 20


def hash_pages(
    files: Sequence[Found], capture_bytes: int = DEFAULT_LIMITS.capture_bytes
) -> list[Input]:
    """Returns the inputs that `files` are, refusing those too large; runs in a worker."""
    seen_at = now()
    inputs = []
    for file in files:
        try:
            size = os.stat(file.path).st_size
            if size > capture_bytes:
                said = size_words(size, capture_bytes)
                inputs.append(
                    refused(file.name, file.origin, "capture_too_large", said, seen_at, size)
                )
                continue
            byte_length, payload_sha256 = hash_file(file.path)
        except OSError as error:
            inputs.append(refused(file.name, file.origin, *reading_failure(error), seen_at))
            continue
        code, words = entry_issue(file.entry, payload_sha256)
        inputs.append(
            Input(
                name=file.name,
                source=file.origin,
                path=file.path,
                offset=0,
                length=byte_length,
                row=None,
                byte_length=byte_length,
                payload_sha256=payload_sha256,
                source_uri=file.entry.target_uri or file_uri(file.name),
                captured_at=file.entry.captured_at or captured_at_in(file.entry.target_uri),
                media_type=file.form.media_type,
                seen_at=seen_at,
                is_refused=code == "digest_mismatch",
                issue_code=code,
                words=words,
            )
        )
    return inputs


def size_words(size: int, limit: int) -> str:
    """Returns what is said of an input that is too large."""
    return f"{size} bytes, {limit} at most"


def hash_file(path: str) -> tuple[int, str]:
    """Returns length and SHA-256 (hex) of a file, read in blocks."""
    digest = hashlib.sha256()
    byte_length = 0
    with open(path, "rb", buffering=0) as file:
        while block := file.read(_BLOCK):
            byte_length += len(block)
            digest.update(block)
    return byte_length, digest.hexdigest()


def entry_issue(entry: Entry, payload_sha256: str) -> tuple[str | None, str | None]:
    """Returns code and words of what is odd in a manifest's entry for bytes with this digest."""
    if entry.sha256 is not None and entry.sha256 != payload_sha256:
        return "digest_mismatch", f"manifest: {entry.sha256}, file: {payload_sha256}"
    if entry.unread_time is not None:
        return "captured_at_unreadable", entry.unread_time[:200]
    return None, None


def reading_failure(error: OSError) -> tuple[str, str]:
    """Returns the issue code and words for a file that could not be read."""
    code = "vanished" if isinstance(error, FileNotFoundError) else "unreadable"
    return code, error.strerror or os.strerror(error.errno or 0)
