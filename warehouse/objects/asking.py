"""A request to a bucket, tried again where that helps, and told in words where it does not.

What goes wrong is told without addresses of requests, headers or credentials.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from warehouse.objects.address import endpoint

ATTEMPTS = 6
_CONNECT_SECONDS = 10
_READ_SECONDS = 60
_CONNECTIONS = 16
_AT_ONCE = 409  # two conditional requests met: S3 asks for another try
_CONFLICT_REST = 0.1
BROKEN_OFF = (BotoCoreError, HTTPClientError, OSError)


class StoreFailed(Exception):
    """The object store did not do what it was asked for; the message says what and why."""


class StoreDamaged(Exception):
    """An object does not have the bytes that were put."""


def new_client() -> Any:
    """Returns a client of S3, which tries again with growing rests."""
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    return _session().create_client(
        "s3",
        region_name=region or "us-east-1",
        endpoint_url=endpoint(),
        config=Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=_CONNECTIONS,
            request_checksum_calculation="when_required",  # not every service knows the rest
            response_checksum_validation="when_required",
            s3={
                "payload_signing_enabled": True,
                "addressing_style": "path" if endpoint() else "auto",
            },
        ),
    )


def asked(what: str, request: Callable[[], Any], refusals: tuple[int, ...] = ()) -> Any:
    """Returns the answer to a request, None where it is refused as `refusals` foresees."""
    conflicts = 0
    while True:
        try:
            return request()
        except ClientError as error:
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            code = error.response.get("Error", {}).get("Code")
            if status in refusals and code != "NoSuchBucket":
                return None
            if status == _AT_ONCE and conflicts < ATTEMPTS:
                conflicts += 1
                time.sleep(rest_after(conflicts))
                continue
            raise failed(what, error) from None
        except BROKEN_OFF as error:
            raise failed(what, error) from None


def failed(what: str, error: Exception) -> StoreFailed:
    """Returns an error in words that hold no address of a request and no part of a credential."""
    if isinstance(error, ClientError):
        told = error.response.get("Error", {})
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return StoreFailed(f"{what}: the object store answered {status} {told.get('Code')}")
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return StoreFailed(
            f"{what}: there are no credentials; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
            "AWS_PROFILE, give them"
        )
    return StoreFailed(f"{what}: {type(error).__name__}")


def rest_after(failures: int) -> float:
    """Returns how long to rest after so many failures in turn, seconds."""
    return random.uniform(0.5, 1) * _CONFLICT_REST * float(2**failures)  # noqa: S311 - no secret


def server_time(answer: Mapping[str, Any]) -> datetime:
    """Returns what time the server had when it gave an answer."""
    date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    try:
        return parsedate_to_datetime(date).replace(tzinfo=UTC)  # HTTP knows no other zone
    except ValueError:
        return datetime.now(UTC)  # a service that does not say what time it has


@cache
def _session() -> Any:
    """Returns what knows S3; making it takes longer than a whole small run."""
    return botocore.session.Session()
