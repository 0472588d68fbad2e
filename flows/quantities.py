"""Numbers as people read them."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Returns a number with its noun; the plural takes an s unless it is given."""
    return f"{count} {noun if count == 1 else plural or f'{noun}s'}"


def human_bytes(count: int) -> str:
    """Returns a number of bytes in the largest unit of 1000 that leaves one before the point."""
    size = float(count)
    for unit in ("bytes", "KB", "MB", "GB"):
        if size < 1000:
            return counted(count, "byte") if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
