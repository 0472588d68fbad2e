"""Records of ARC files, the form that came before WARC: one line before each block.

The line is `<address> <IP> <time> <type> <length>`, in ARC version 2 with more between type and
length. What is taken of an ARC file is kept as a WARC record, which holds that line to the byte.
"""

from __future__ import annotations

import hashlib
import uuid
from urllib.parse import quote_from_bytes

from transforms.records import WarcRecord
from transforms.warc_heads import MOST_LINE, RecordStart

ARC_HEADER = "Refworld-ARC-Header"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "arc-records.refworld-archive")
_LEAST_PARTS = 5
_UNKNOWN = frozenset(("", "-", "no-type", "unknown"))


def parse_arc_start(data: bytes, at: int = 0) -> RecordStart | None:
    """Returns the start of the ARC record at `at`, or None when no sound line stands there.

    Args:
        data: Bytes that hold the whole line.
        at: Where it begins.
    """
    end = data.find(b"\n", at, at + MOST_LINE)
    line = data[at : end + 1]
    parts = line.split()
    if (
        end < 0
        or len(parts) < _LEAST_PARTS
        or not line.endswith((parts[-1] + b"\n", parts[-1] + b"\r\n"))
    ):
        return None
    address, _, stamp, *_, length = parts
    scheme = address.partition(b":")[0]
    is_stamp = stamp.isdigit() and 8 <= len(stamp) <= 14
    is_scheme = scheme.isalpha() and scheme != address and len(scheme) < 12
    if not (is_stamp and is_scheme and length.isdigit() and len(length) <= 15):
        return None
    kind = "warcinfo" if scheme == b"filedesc" else "response"
    return RecordStart(
        line, end + 1 - at, int(length), kind, address.decode("utf-8", "backslashreplace")
    )


def is_cut_line(data: bytes, at: int = 0) -> bool:
    """Returns whether what begins at `at` may be a line that goes on behind these bytes."""
    return data.find(b"\n", at, at + MOST_LINE) < 0


def arc_record(line: bytes, block: bytes) -> WarcRecord:
    """Returns the WARC record that an ARC record is kept as: `response`, or `resource`.

    Its id is made of its bytes: the same record has the same id, wherever it is read.

    Args:
        line: The line before the block, with its line end; one that `parse_arc_start` takes.
        block: The block.
    """
    address, host, stamp, *said, _ = line.split()
    is_http = block.startswith((b"HTTP/", b"ICY "))
    digest = hashlib.sha256(line + block).hexdigest()
    media_type = said[0].decode("ascii", "replace") if said else ""
    content_type = "" if media_type in _UNKNOWN or not media_type.isascii() else media_type
    fields = [
        ("WARC-Type", "response" if is_http else "resource"),
        ("WARC-Record-ID", f"<urn:uuid:{uuid.uuid5(_NAMESPACE, digest)}>"),
        ("WARC-Date", _date_of(stamp.decode("ascii"))),
        ("WARC-Target-URI", address.decode("utf-8", "backslashreplace")),
        ("WARC-IP-Address", host.decode("ascii", "replace")),
        ("Content-Type", "application/http; msgtype=response" if is_http else content_type),
        ("Content-Length", str(len(block))),
        (ARC_HEADER, quote_from_bytes(line, safe="/:?=&,;+.-_~")),
    ]
    lines = ["WARC/1.1", *(f"{name}: {value}" for name, value in fields if value)]
    return WarcRecord(("\r\n".join(lines) + "\r\n").encode("utf-8"), block)


def _date_of(stamp: str) -> str:
    """Returns a time of 14 digits as WARC writes it; digits that lack are not made up."""
    parts = [stamp[:4], stamp[4:6], stamp[6:8], stamp[8:10], stamp[10:12], stamp[12:14]]
    if len(stamp) == 14:
        return "{}-{}-{}T{}:{}:{}Z".format(*parts)
    return "-".join(parts[:3])
