"""What a file holds by its first bytes, where its name does not tell."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable
from itertools import islice
from typing import BinaryIO

import orjson
import zstandard

from flows.intake.forms import Form, form_of
from flows.intake.zip_directories import DirectoryDamaged, find_directory, read_entries

_BYTES = 16 << 10
_MOST_WINDOW = 128 << 20
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|title|meta)\b", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\b")
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# The first members of what is a zip and no package: office documents, books, programs.
_OTHER_ZIPS = (b"[Content_Types].xml", b"mimetype", b"META-INF/", b"_rels/")
_MAGIC = (
    (b"%PDF-", ".pdf"),
    (b"PAR1", ".parquet"),
    (b"ARROW1", ".arrow"),
    (b"WARC/", ".warc"),
    (b"filedesc://", ".arc"),
    (b"\xff\xff\xff\xff", ".arrows"),
)


def sniff(path: str, is_text_taken: bool) -> Form | None:
    """Returns the form of a file by its bytes, None when it is none that is taken in.

    Args:
        path: The file.
        is_text_taken: Whether what has no mark of its own and no control characters is a page of
            text.

    Raises OSError when the file cannot be read.
    """
    with open(path, "rb") as file:
        begin = file.read(_BYTES)
        ending = _packed_ending(file, begin)
    ending = ending or _ending(begin) or (".txt" if is_text_taken and _is_text(begin) else None)
    return form_of(f"stdin{ending}") if ending else None


def _packed_ending(file: BinaryIO, begin: bytes) -> str | None:
    if begin.startswith(b"PK\x03\x04"):
        if begin[30:].startswith(_OTHER_ZIPS):
            return None
        return ".wacz" if _is_wacz(file) else ".zip"
    if begin.startswith(b"\x1f\x8b\x08"):
        inner = zlib.decompressobj(31)
        return _within(inner.decompress, begin, ".gz")
    if begin.startswith(b"\x28\xb5\x2f\xfd"):
        unpacking = zstandard.ZstdDecompressor(max_window_size=_MOST_WINDOW).decompressobj()
        return _within(unpacking.decompress, begin, ".zst")
    return None


def _within(unpack: Callable[[bytes], bytes], begin: bytes, packing: str) -> str:
    """Returns the ending of what is packed as a whole; text when nothing is known of it."""
    content = b""
    try:
        for at in range(0, len(begin), 256):
            content += unpack(begin[at : at + 256])
            if len(content) >= _BYTES:
                break
    except (zlib.error, zstandard.ZstdError, EOFError):
        pass
    return (_ending(content) or ".txt") + packing


def _ending(begin: bytes) -> str | None:
    """Returns the ending that stands for what is not packed; None when it has no mark."""
    for magic, ending in _MAGIC:
        if begin.startswith(magic):
            return ending
    if begin[257:262] == b"ustar":
        return ".tar"
    words = begin.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _MARKUP.match(words) or (_XML.match(words) and _MARKUP.search(words)):
        return ".html"
    return ".jsonl" if words.startswith(b"{") and _is_row(words) else None


def _is_row(words: bytes) -> bool:
    line, end, _ = words.partition(b"\n")
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return not end and len(words) > _BYTES // 2 and words[1:].lstrip().startswith(b'"')


def _is_text(begin: bytes) -> bool:
    is_utf_16 = begin.startswith((b"\xff\xfe", b"\xfe\xff"))
    return is_utf_16 or _CONTROLS.search(begin) is None


def _is_wacz(file: BinaryIO) -> bool:
    try:
        directory = find_directory(file, os.fstat(file.fileno()).st_size)
        names = {entry.name for entry in islice(read_entries(file, directory), 10_000)}
    except DirectoryDamaged:
        return False
    return "datapackage.json" in names and any(name.startswith("archive/") for name in names)
