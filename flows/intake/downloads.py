"""Sources on the web (http, https), copied into a file of our own while they are read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from flows.intake.forms import PAGE, form_of
from flows.intake.refusals import SourceBroken
from flows.intake.source_addresses import last_part

UNREACHABLE = "source_unreachable"
_SECONDS = 60.0  # for each answer of the server
_REDIRECTS = 5
# A server that sends less than this a second for longer than that is not waited for.
_LEAST_BYTES = 1000
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a server answered with.

    Args:
        address: Where it came from at last, behind redirects.
        media_type: What the server called it, without parameters.
    """

    address: str
    media_type: str


def download(address: str, target: Path, most: int) -> Downloaded:
    """Copies what `address` leads to into `target`; raises SourceBroken when it cannot be had.

    Args:
        address: An http or https address; a name and password in it are sent.
        target: The file.
        most: Bytes that it may have.
    """
    try:
        with (
            httpx.Client(
                follow_redirects=True, max_redirects=_REDIRECTS, timeout=_SECONDS
            ) as client,
            # What is packed on the way could be a bomb, and a page's bytes are the server's own.
            client.stream("GET", address, headers={"Accept-Encoding": "identity"}) as response,
        ):
            return _copied(response, target, most)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        words = f"{type(error).__name__}: {error}".replace(address, last_part(address))
        raise SourceBroken(UNREACHABLE, words) from error


def _copied(response: httpx.Response, target: Path, most: int) -> Downloaded:
    if response.status_code != httpx.codes.OK:
        words = f"the server answered {response.status_code} {response.reason_phrase}"
        raise SourceBroken(UNREACHABLE, words)
    form = form_of(last_part(str(response.url)))
    is_page = form is None or form.kind == PAGE
    # Of what is a packed file itself, some servers say that it was packed on the way.
    blocks = response.iter_bytes() if is_page else response.iter_raw()
    with open(target, "wb") as file:
        for block in _patient(blocks, most):
            file.write(block)
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return Downloaded(str(response.url), media_type)


def _patient(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    begun = time.monotonic()
    length = 0
    for block in blocks:
        length += len(block)
        if length > most:
            raise SourceBroken(UNREACHABLE, f"it has more than {most} bytes")
        if time.monotonic() - begun > _PATIENCE + length / _LEAST_BYTES:
            raise SourceBroken(UNREACHABLE, f"it is too slow: {length} bytes so far")
        yield block
