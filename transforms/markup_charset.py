"""Which encoding the bytes of an HTML page are in, and which payloads are HTML at all."""

from __future__ import annotations

import codecs
import re

from transforms.decoding import SINGLE_BYTE_CHARSETS, Rendition, decode, decode_as
from transforms.records import Issue

MEDIA_TYPES = frozenset(("text/html", "application/xhtml+xml"))
# Types that say nothing of what a payload is.
_UNSAID = frozenset(("text/plain", "application/octet-stream", ""))
_PRESCAN = 1024
_BEGINNING = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[ \t\r\n\f]*+(?:<\?xml[^>]{0,200}\?>[ \t\r\n\f]*+)?"
    rb"(?:<!--(?:[^-]++|-(?!->))*+-->[ \t\r\n\f]*+)*+<(?:!doctype\s+html|html)\b",
    re.IGNORECASE,
)
_TAG = re.compile(rb"<(?:[a-zA-Z]|/[a-zA-Z]|!)")
_META = re.compile(rb"<meta[ \t\r\n\f/][^>]{0,400}", re.IGNORECASE)
_CHARSET = re.compile(
    rb"charset[ \t\r\n\f]{0,9}=[ \t\r\n\f]{0,9}[\"']?([A-Za-z0-9_:.+-]{1,40})", re.IGNORECASE
)
# Labels that mean another encoding than Python's of that name (WHATWG Encoding Standard, 4.2).
_MEANT = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "tis-620": "cp874",
    "iso8859-11": "cp874", "iso8859_11": "cp874", "utf-16": "utf-8", "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}  # fmt: skip
_ALIASES = {
    "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-cp1252": "cp1252", "x-cp1253": "cp1253",
    "x-cp1254": "cp1254", "x-cp1255": "cp1255", "x-cp1256": "cp1256", "x-cp1257": "cp1257",
    "x-cp1258": "cp1258", "dos-874": "cp874", "windows-874": "cp874", "ibm866": "cp866",
    "koi": "koi8-r", "koi8": "koi8-r", "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ukrainian": "mac-cyrillic", "iso-8859-8-i": "iso8859-8", "logical": "iso8859-8",
    "visual": "iso8859-8", "unicode-1-1-utf-8": "utf-8", "x-user-defined": "cp1252",
}  # fmt: skip
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def is_markup(media_type: str, payload: bytes) -> bool:
    """Returns whether a payload is to be read as HTML.

    What is said to be HTML and holds no tag is text; what is said to be text, or nothing, and
    begins as HTML does is HTML.
    """
    if media_type in MEDIA_TYPES:
        return payload.startswith(_MARKS[1:]) or _TAG.search(payload) is not None
    if media_type not in _UNSAID:
        return False
    head = payload[: 4 * _PRESCAN]
    return _BEGINNING.match(head.replace(b"\0", b"") if b"\0" in head else head) is not None


def decode_markup(payload: bytes, charset_said: str | None) -> tuple[Rendition | None, list[Issue]]:
    """Returns the text of an HTML page, or None with the issue that says why it has none.

    In the order of the standard (13.2.3): a byte order mark, what the server said, what the first
    1,024 bytes say in a `meta` element. A page that is valid UTF-8 with other characters than
    ASCII is UTF-8 whatever was said, and one that is said to be and is not is read by the rules
    for text; that is flagged, as are a server and a page that name different encodings.
    """
    if payload.startswith(_MARKS):
        return decode(payload)
    http, meta = charset_of(charset_said or ""), _meta_charset(payload)
    said = http or meta
    issues = []
    if http and meta and http != meta and not payload.isascii():
        issues.append(Issue("charset_disagrees", None, f"{http} by HTTP, {meta} in the page"))
    if said is None or said == "utf-8" or payload.isascii() or _is_utf8(payload):
        rendition, found = decode(payload)
        if rendition and said and rendition.charset != said and not payload.isascii():
            words = f"{said} was said, {rendition.charset} found"
            issues.append(Issue("charset_disagrees", None, words))
        return rendition, [*issues, *found]
    rendition, found = decode_as(payload, said)
    return rendition, [*issues, *found]


def charset_of(label: str) -> str | None:
    """Returns Python's name of the encoding that a label means to browsers.

    None for labels of no encoding and of those that take several bytes to a character, which the
    rules for text deal with.
    """
    label = label.strip(" \t\r\n\f\"'").lower()
    label = _ALIASES.get(label, label)
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    name = _MEANT.get(name, name)
    return name if name == "utf-8" or name in SINGLE_BYTE_CHARSETS else None


def _meta_charset(payload: bytes) -> str | None:
    for meta in _META.finditer(payload[:_PRESCAN]):
        if match := _CHARSET.search(meta[0]):
            return charset_of(match[1].decode("ascii"))
    return None


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
