"""Sources that are no files: addresses and standard input, and how they may be recorded."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

STANDARD_INPUT = "-"
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{1,20}://")
# What signs an address or stands for a password: of AWS, Google, Azure, and in common use.
_SECRET = re.compile(
    r"x-(?:amz|goog)-(?:signature|credential|security-token)|awsaccesskeyid|key-pair-id|policy"
    r"|sig|signature|auth|password|passwd|pwd|.{0,40}(?:token|secret|key)",
    re.ASCII | re.IGNORECASE,
)
_HIDDEN = "***"


def is_elsewhere(source: str) -> bool:
    """Returns whether a source is an address or standard input."""
    return source == STANDARD_INPUT or _SCHEME.match(source) is not None


def masked(source: str) -> str:
    """Returns a source without passwords and signatures; a file's path is what it is."""
    if _SCHEME.match(source) is None:
        return source
    parts = _split(source)
    if parts is None:
        return f"{source.partition('://')[0]}://{_HIDDEN}"
    netloc = parts.netloc.rpartition("@")[2]
    query = parts.query
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(_SECRET.fullmatch(key) for key, _ in pairs):
        shown = [(key, _HIDDEN if _SECRET.fullmatch(key) else value) for key, value in pairs]
        query = urlencode(shown, safe="*/:,")
    return parts._replace(netloc=netloc, query=query, fragment="").geturl()


def last_part(address: str) -> str:
    """Returns what an address calls the thing it leads to, or else its host."""
    parts = _split(address)
    if parts is None:
        return "source"
    name = unquote(parts.path, errors="surrogateescape").rstrip("/").rpartition("/")[2]
    return name or parts.netloc.rpartition("@")[2] or "source"


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
