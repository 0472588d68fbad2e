"""What the head of an HTML page and the comments of those who saved it say: address, title, names.

These are evidence beside the text: they count where the text is silent, and a difference is said.
They are no part of the rendition; their statements have the bytes of the attribute's value.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from transforms.addresses import NO_ADDRESS, OTHER_ADDRESS, Address, parse_address
from transforms.markup_furniture import is_site_name
from transforms.markup_references import unescaped
from transforms.markup_source import MarkupSource, Tag

# Names of `meta` elements by what they say, the most exact first.
_NAMES = {
    "title": ("citation_title", "dcterms.title", "dc.title", "og:title", "twitter:title"),
    "publisher": ("citation_publisher", "dcterms.publisher", "dc.publisher"),
    "author": ("citation_author", "dcterms.creator", "dc.creator"),
    "publication_date": (
        "citation_publication_date", "citation_date", "dcterms.issued", "dcterms.date", "dc.date",
    ),
}  # fmt: skip
# Browsers and SingleFile write the address of a page they save into a comment.
_SAVED = re.compile(r"\s*saved from url=\([0-9]{1,6}\)(\S+)")
_SINGLE_FILE = re.compile(r"\s*Page saved with SingleFile\s+url:\s+(\S+)")
_SITE_BEHIND = re.compile(r"\s[|–—-]\s(?:UNHCR\s)?Refworld\b[^|]{0,60}$", re.IGNORECASE)
_SITE_BEFORE = re.compile(r"\s*(?:UNHCR\s)?Refworld\s?[|–—:-]\s?", re.IGNORECASE)
_LONGEST = 2_000


class Evidence(NamedTuple):
    """Words of an attribute, a title or a comment, and where they stand in the source."""

    words: str
    start: int
    end: int


class Head(NamedTuple):
    """What a page's head says.

    Args:
        address: The page's own address where it is one of Refworld's.
        address_words: The address as it stands.
        values: The words of each field that it gives.
        base: What relative links are relative to, where the page says so.
    """

    address: Address
    address_words: Evidence | None
    values: dict[str, Evidence]
    base: str | None


def read_head(source: MarkupSource) -> Head:
    """Returns what the head of a page says of it."""
    metas: dict[str, Evidence] = {}
    addresses: list[Evidence] = []
    base = None
    for tag in source.tags:
        if tag.name == "link" and "canonical" in (source.value(tag, "rel") or "").lower().split():
            addresses += _evidence(source, tag, "href")
        elif tag.name == "base" and base is None:
            base = (source.value(tag, "href") or "").strip() or None
        elif tag.name == "meta":
            name = source.value(tag, "name") or source.value(tag, "property") or ""
            for evidence in _evidence(source, tag, "content"):
                metas.setdefault(name.strip().lower(), evidence)
    addresses += [metas[name] for name in ("og:url",) if name in metas]
    addresses += _saved_from(source)
    address, words = _own_address(addresses)
    values = {}
    for field, names in _NAMES.items():
        candidates = [metas[name] for name in names if name in metas]
        if field == "title":
            candidates = [_titled(source, e) for e in (*candidates, *_titles(source))]
        for found in candidates:
            if found.words and not is_site_name(found.words):
                values[field] = found
                break
    return Head(address, words, values, base)


def _evidence(source: MarkupSource, tag: Tag, name: str) -> list[Evidence]:
    span = tag.attributes.get(name)
    if span is None or span[1] - span[0] > _LONGEST:
        return []
    return [found] if (found := _trimmed(source, *span)).words else []


def _trimmed(source: MarkupSource, start: int, end: int) -> Evidence:
    words = source.source[start:end]
    start += len(words) - len(words.lstrip())
    return Evidence(unescaped(words.strip()), start, start + len(words.strip()))


def _titles(source: MarkupSource) -> list[Evidence]:
    return [_trimmed(source, *span) for span in source.titles[:1] if span[1] - span[0] <= _LONGEST]


def _titled(source: MarkupSource, evidence: Evidence) -> Evidence:
    """Returns a title without the name of the site."""
    words = source.source[evidence.start : evidence.end]
    before = _SITE_BEFORE.match(words)
    start = before.end() if before else 0
    behind = _SITE_BEHIND.search(words, start)
    end = behind.start() if behind else len(words)
    return _trimmed(source, evidence.start + start, evidence.start + end)


def _saved_from(source: MarkupSource) -> list[Evidence]:
    found = []
    for start, end in source.comments:
        words = source.source[start : min(end, start + _LONGEST)]
        if match := _SAVED.match(words) or _SINGLE_FILE.match(words):
            found.append(Evidence(match[1], start + match.start(1), start + match.end(1)))
    return found


def _own_address(candidates: list[Evidence]) -> tuple[Address, Evidence | None]:
    for evidence in candidates:
        address = parse_address(evidence.words)
        if address.kind not in (OTHER_ADDRESS, NO_ADDRESS):
            return address, evidence
    return Address(NO_ADDRESS), None
