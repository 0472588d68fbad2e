"""Time stamps of RFC 3161: a server's word that bytes existed at a time."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request

_LONGEST = 1 << 20
_SECONDS = 30.0


class NoTimeStamp(Exception):
    """A server gave no time stamp, or none of these bytes."""


def time_stamp(content: bytes, url: str) -> bytes:
    """Asks a server for a time stamp and returns its answer (DER), held against the content.

    Whether the server is to be trusted is not asked: that is for whoever reads the stamp.

    Args:
        content: The bytes; the server learns their SHA-256 alone.
        url: Address of the server, http or https (RFC 3161, section 3.4).

    Raises:
        NoTimeStamp: There is none; the message says why.
    """
    from rfc3161_client import (
        HashAlgorithm,
        PKIStatus,
        TimestampRequestBuilder,
        decode_timestamp_response,
    )

    builder = TimestampRequestBuilder().data(content).hash_algorithm(HashAlgorithm.SHA256)
    request = builder.cert_request(cert_request=True).nonce(nonce=True).build()
    answer = _answer(url, request.as_bytes())
    try:
        response = decode_timestamp_response(answer)
        status = response.status
    except ValueError as error:
        raise NoTimeStamp(f"{url} answered with no time stamp: {error}") from error
    if status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        said = "; ".join(response.status_string) or "no reason given"
        raise NoTimeStamp(f"{url} refused a time stamp (status {status}): {said}")
    told = response.tst_info
    if told.message_imprint.message != hashlib.sha256(content).digest():
        raise NoTimeStamp(f"{url} gave the time stamp of something else")
    if told.nonce != request.nonce:
        raise NoTimeStamp(f"{url} gave the time stamp of another request")
    return answer


def _answer(url: str, request: bytes) -> bytes:
    if not url.lower().startswith(("http://", "https://")):
        raise NoTimeStamp(f"{url} is no http or https address")
    headers = {"Content-Type": "application/timestamp-query"}
    try:
        asked = urllib.request.Request(url, data=request, headers=headers)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=_SECONDS) as response:  # noqa: S310
            answer: bytes = response.read(_LONGEST + 1)
    except (OSError, urllib.error.URLError, http.client.HTTPException, ValueError) as error:
        raise NoTimeStamp(f"{url} gave no time stamp: {error}") from error
    if len(answer) > _LONGEST:
        raise NoTimeStamp(f"{url} answered with more than {_LONGEST} bytes")
    return answer
