"""What a person may say of how pages are to be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.code_version import distribution_version
from flows.limits import MEGABYTE

# Refworld under each of its names, and UNHCR's own web archive.
DEFAULT_HOSTS = (
    "*.refworld.org",
    "*.refworld.org.es",
    "*.refworld.org.ru",
    "webarchive.archive.unhcr.org",
)


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How pages are fetched.

    Args:
        rate: Seconds of rest between two requests to a host.
        allow_hosts: Hosts that may be asked besides Refworld's, as `example.org`, `*.example.org`
            (the name and all below it), or with a port that is not the scheme's own.
        is_private_allowed: Whether those hosts may have private addresses.
        max_bytes: Longest answer that is taken, head and body.
        max_seconds: Longest time for one answer.
        retries: How often an address is asked again after a failure that may pass.
        user_agent: What the server is told of who asks.
    """

    rate: float = 2.0
    allow_hosts: tuple[str, ...] = ()
    is_private_allowed: bool = False
    max_bytes: int = 100 * MEGABYTE
    max_seconds: float = 120.0
    retries: int = 3
    user_agent: str = ""

    def __post_init__(self) -> None:
        if not self.user_agent:
            object.__setattr__(self, "user_agent", default_user_agent())
        if not self.user_agent.isascii() or not self.user_agent.isprintable():
            raise ValueError(f"no User-Agent: {self.user_agent!r}; give printable ASCII words")
        if not self.rate >= 0 or not self.max_bytes > 0 or not self.max_seconds > 0:
            raise ValueError("rate, size and time are numbers above zero")


def options_of(
    rate: float,
    allow_hosts: Sequence[str],
    allow_private: bool,
    max_size: float,
    max_time: float,
    retries: int,
    user_agent: str | None,
) -> FetchOptions:
    """Returns the options that a person gives: `max_size` in 10^6 bytes, times in seconds.

    Raises:
        ValueError: One of them is none.
    """
    return FetchOptions(
        rate=rate,
        allow_hosts=tuple(allow_hosts),
        is_private_allowed=allow_private,
        max_bytes=int(max_size * MEGABYTE),
        max_seconds=max_time,
        retries=retries,
        user_agent=user_agent or "",
    )


def default_user_agent() -> str:
    """Returns how the program names itself: product and version (RFC 9110, 10.1.5)."""
    return f"refworld-archive/{distribution_version()}"
