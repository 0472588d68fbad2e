"""What an answer means for an address, beside what was known of it before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from flows.fetching.client import Answer
from flows.fetching.targets import AddressUnfit, redirect_target
from transforms.addresses import (
    DOCUMENT_ADDRESS,
    LISTING_ADDRESS,
    OTHER_ADDRESS,
    SITE_ADDRESS,
    parse_address,
)
from warehouse.fetches import Known

NEW = "new"
CHANGED = "changed"
UNCHANGED = "unchanged"
VANISHED = "vanished"
ABSENT = "absent"
REDIRECTED = "redirected"
REFUSED = "refused"
FAILED = "failed"
OUTCOMES = (NEW, CHANGED, UNCHANGED, VANISHED, ABSENT, REDIRECTED, REFUSED, FAILED)
# Pages that are there, and those of which nothing can be had now.
HAD = (NEW, CHANGED, UNCHANGED)
NOT_HAD = (ABSENT, REFUSED, FAILED)

NOT_MODIFIED = 304
_PAGE = (200, 203)
_REDIRECT = (301, 302, 303, 307, 308)
_GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an address; `redirect_uri` is where the answer pointed."""

    outcome: str
    words: str | None = None
    redirect_uri: str | None = None


def conditions_of(known: Known) -> dict[str, str]:
    """Returns the headers that ask for a page only if it has changed (RFC 9110, 13)."""
    if known.payload_sha256 is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value}


def judge(address: str, answer: Answer, known: Known) -> Verdict:
    """Returns what an answer means.

    A page that says in its words only that nothing is there (a soft 404) is a page like any other:
    the status decides, and of a redirect the kind of address that it leads to.
    """
    words = status_words(answer.status)
    if answer.status in _PAGE:
        if known.payload_sha256 is None:
            return Verdict(NEW)
        return Verdict(UNCHANGED if known.payload_sha256 == answer.payload_sha256 else CHANGED)
    if answer.status == NOT_MODIFIED:
        if conditions_of(known):
            return Verdict(UNCHANGED)
        return Verdict(FAILED, f"{words}, though no condition was set")
    if answer.status in _GONE:
        return Verdict(VANISHED if _was_there(known) else ABSENT, words)
    if answer.status in _REDIRECT:
        return _judge_redirect(address, answer.headers, known, words)
    return Verdict(FAILED, words)


def status_words(status: int) -> str:
    """Returns a status with its usual name; what a server writes behind it is its own affair."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _judge_redirect(address: str, headers: Mapping[str, str], known: Known, words: str) -> Verdict:
    try:
        target = redirect_target(address, headers["location"])
    except (AddressUnfit, KeyError):
        return Verdict(FAILED, f"{words}, but to no address")
    if _was_there(known) and _leads_away(address, target):
        return Verdict(VANISHED, f"{words} to a page that is no document", target)
    return Verdict(REDIRECTED, None, target)


def _was_there(known: Known) -> bool:
    return known.capture_id is not None or known.payload_sha256 is not None


def _leads_away(address: str, target: str) -> bool:
    """Returns whether a document's address is answered with a home page or a listing."""
    if parse_address(address).kind != DOCUMENT_ADDRESS:
        return False
    kind = parse_address(target).kind
    is_home = kind == OTHER_ADDRESS and urlsplit(target).path in ("", "/")
    return is_home or kind in (LISTING_ADDRESS, SITE_ADDRESS)
