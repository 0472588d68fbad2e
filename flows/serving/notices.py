"""Word to those who want to know that a run went wrong: a POST of JSON to one address.

It is tried a few times and then let go: a receiver that is slow, fails or is not there never keeps
a run from its work, nor changes what came of it.
"""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prefect.exceptions import MissingContextError
from prefect.logging import get_logger, get_run_logger

_TRIES = 3
_SECONDS = 5.0
_REST = 1.0


def send(webhook: str, what: str, flow_run_id: str | None, words: str) -> bool:
    """Returns whether the receiver took the word.

    Args:
        webhook: Its address; when empty nobody is told.
        what: `failed` or `floor`.
        flow_run_id: The run.
        words: What happened.
    """
    if not webhook:
        return False
    notice = {
        "event": f"refworld.{what}",
        "flow_run_id": flow_run_id,
        "message": words[:2000],
        "occurred_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    request = urllib.request.Request(  # noqa: S310 - the settings take http(s) alone
        webhook,
        data=json.dumps(notice).encode(),
        headers={"Content-Type": "application/json", "User-Agent": "refworld-archive"},
    )
    reason = ""
    for number in range(_TRIES):
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310
                return True
        except (OSError, ValueError) as error:
            reason = str(error)
        if number + 1 < _TRIES:
            time.sleep(_REST)
    _log(f"the webhook was not reached, after {_TRIES} tries: {reason}")
    return False


@contextmanager
def telling(webhook: str, name: str, flow_run_id: str | None) -> Iterator[None]:
    """Holds a flow, and tells the receiver when it fails; the failure is raised on."""
    try:
        yield
    except Exception as error:
        send(webhook, "failed", flow_run_id, f"{name} failed: {type(error).__name__}: {error}")
        raise


def _log(words: str) -> None:
    try:
        get_run_logger().warning(words)
    except MissingContextError:
        get_logger("refworld").warning(words)
