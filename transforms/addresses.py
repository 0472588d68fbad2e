"""Refworld addresses of every generation, and what they say of the page.

An address is evidence: it names the document, and in some forms the publisher, the type and the
country. Hexadecimal ids are of the old site, decimal numbers of the relaunched one; the two are
unrelated. Archives put their own prefix with a time of crawl before the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

DOCUMENT_ADDRESS = "document"
LISTING_ADDRESS = "listing"
SITE_ADDRESS = "site"
OTHER_ADDRESS = "other"
NO_ADDRESS = "none"

_ARCHIVED = re.compile(
    r"https?://[^/\s]+/(?:[A-Za-z0-9_-]+/){0,2}([0-9]{14})(?:[a-z]{2}_)?/((?:https?:/{1,2})?\S+)",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(https?):/+", re.IGNORECASE)
# Most addresses: nothing in them is to be unquoted, and no port, user or query to be parted off.
_SIMPLE = re.compile(r"https?://([a-z0-9.-]+)(/[A-Za-z0-9,._/-]*)?")
_CASE = re.compile(r"cases,([^,]*),([0-9a-f]{8,12})", re.IGNORECASE)
_DOCID_PATH = re.compile(r"(?:^|/)(?:docid|pdfid)/([0-9a-f]{5,16})(?=[.,/]|$)", re.IGNORECASE)
_SLASHES = re.compile("/{2,}")
_HEX = re.compile(r"[0-9a-f]{8,12}", re.IGNORECASE)
_NEW_SECTIONS = {"reference", "jurisprudence", "policy", "legal"}
_REFWORLD_HOST = re.compile(r"(?:[a-z0-9-]+\.)*refworld\.org(?:\.es|\.ru)?", re.IGNORECASE)
_UNHCR_HOST = re.compile(r"(?:[a-z0-9-]+\.)*unhcr\.org", re.IGNORECASE)

# What the comma-parted slots before the document id mean, by the word they begin with.
_SLOTS = {
    "publisher": ("publisher", "type", "country"),
    "type": ("type", "publisher", "country"),
    "category": ("category", "publisher", "type", "country"),
    "country": ("category", "publisher", "type", "country", "rid"),
}


@dataclass(frozen=True, slots=True)
class Address:
    """What an address says.

    Args:
        kind: `document`, `listing` (Refworld's, of several documents), `site` (any other page of
            Refworld), `other` (not Refworld's) or `none` (no address is known).
        document_id: The document's id, `new:<number>` for the relaunched site.
        id_words: The id as it stands in the address.
        publisher_code: Code in the publisher slot, upper case.
        type_code: Code in the type slot, as it stands.
        country_code: Code in the country slot, as it stands.
        is_new: Whether it is an address of the relaunched site.
        crawled_at: Time of crawl (UTC) in an archive's prefix.
    """

    kind: str
    document_id: str | None = None
    id_words: str | None = None
    publisher_code: str | None = None
    type_code: str | None = None
    country_code: str | None = None
    is_new: bool = False
    crawled_at: datetime | None = None


def parse_address(uri: str) -> Address:
    """Returns what `uri` says; never refuses: an address that is not Refworld's is `other`."""
    crawled_at, uri = _split_archive_prefix(uri.strip())
    try:
        host, path, query = _split(uri)
    except ValueError:
        return Address(OTHER_ADDRESS, crawled_at=crawled_at)
    path = _SLASHES.sub("/", path).strip("/")
    if not _is_refworld(host, path):
        return Address(OTHER_ADDRESS, crawled_at=crawled_at)
    found = _read_path(path, query)
    return found if crawled_at is None else _crawled(found, crawled_at)


def captured_at_of(uri: str) -> datetime | None:
    """Returns the time of crawl (UTC) that an archive's prefix of `uri` gives, or None."""
    return _split_archive_prefix(uri.strip())[0]


def _crawled(address: Address, crawled_at: datetime) -> Address:
    return Address(
        address.kind,
        address.document_id,
        address.id_words,
        address.publisher_code,
        address.type_code,
        address.country_code,
        address.is_new,
        crawled_at,
    )


def _split(uri: str) -> tuple[str, str, str]:
    """Returns host, path and query of an address; raises ValueError when it has no such parts."""
    if simple := _SIMPLE.fullmatch(uri):
        return simple[1], simple[2] or "", ""
    if not _SCHEME.match(uri):
        uri = "http://" + uri.lstrip("/")
    parts = urlsplit(_SCHEME.sub(r"\1://", uri, count=1))
    return parts.hostname or "", unquote(parts.path), parts.query


def _split_archive_prefix(uri: str) -> tuple[datetime | None, str]:
    match = _ARCHIVED.match(uri)
    if match is None:
        return None, uri
    try:
        time = match[1]
        day = int(time[:4]), int(time[4:6]), int(time[6:8])
        return datetime(*day, int(time[8:10]), int(time[10:12]), int(time[12:])), match[2]
    except ValueError:
        return None, match[2]


def _is_refworld(host: str, path: str) -> bool:
    if _REFWORLD_HOST.fullmatch(host):
        return True
    is_unhcr = _UNHCR_HOST.fullmatch(host) is not None
    return is_unhcr and ("refworld" in path.lower() or "rwmain" in path.lower())


def _read_path(path: str, query: str) -> Address:
    if match := _DOCID_PATH.search(path):
        return Address(DOCUMENT_ADDRESS, match[1].lower(), match[1])
    segments = path.split("/")
    if "rwmain" in path.lower():
        return _read_query(query, path)
    if "," in segments[-1]:
        return _read_slots(segments[-1])
    return _read_new(segments)


def _read_query(query: str, path: str) -> Address:
    values = dict(parse_qsl(unquote(query).replace("&amp;", "&")))
    words = values.get("docid", "")
    if not _HEX.fullmatch(words) and "," in path:
        return _read_slots(path.split("/")[-1])
    has_id = _HEX.fullmatch(words) is not None
    return Address(
        DOCUMENT_ADDRESS if has_id else LISTING_ADDRESS,
        words.lower() if has_id else None,
        words if has_id else None,
        _code(values.get("publisher")),
        values.get("type") or None,
        _code(values.get("coi")),
    )


def _read_slots(segment: str) -> Address:
    name = segment.removesuffix(".html").removesuffix(".htm")
    if case := _CASE.fullmatch(name):
        return Address(DOCUMENT_ADDRESS, case[2].lower(), case[2], _code(case[1]))
    word, *slots = name.split(",")
    if word == "topic":
        return _read_topic_slots(slots)
    names = _SLOTS.get(word)
    if names is None:
        return Address(LISTING_ADDRESS)
    meanings = dict(zip(names, slots, strict=False))
    id_words = slots[-2] if len(slots) >= 2 else ""
    # A shorter address has no slot left for an id: what stands last but one is a code.
    is_full = len(slots) >= len(names) + 1
    has_id = is_full and _HEX.fullmatch(id_words) is not None
    return Address(
        DOCUMENT_ADDRESS if has_id else LISTING_ADDRESS,
        id_words.lower() if has_id else None,
        id_words if has_id else None,
        _code(meanings.get("publisher")),
        meanings.get("type") or None,
        _code(meanings.get("country")),
    )


def _read_topic_slots(slots: list[str]) -> Address:
    slots = slots + [""] * (7 - len(slots))
    has_id = _HEX.fullmatch(slots[2]) is not None
    return Address(
        DOCUMENT_ADDRESS if has_id else LISTING_ADDRESS,
        slots[2].lower() if has_id else None,
        slots[2] if has_id else None,
        _code(slots[4]),
        slots[5] or None,
        _code(slots[6]),
    )


def _read_new(segments: list[str]) -> Address:
    if len(segments) > 1 and len(segments[0]) == 2:
        segments = segments[1:]
    if segments[0].lower() not in _NEW_SECTIONS:
        return Address(SITE_ADDRESS)
    number = segments[-1]
    if len(segments) < 3 or not (number.isascii() and number.isdigit()):
        return Address(LISTING_ADDRESS, is_new=True)
    # Some addresses lack the language before the number.
    is_full = len(segments) >= 5
    return Address(
        DOCUMENT_ADDRESS,
        f"new:{number}",
        number,
        _code(segments[2]) if is_full else None,
        segments[1] if is_full else None,
        is_new=True,
    )


def _code(words: str | None) -> str | None:
    return words.strip().upper() or None if words else None
