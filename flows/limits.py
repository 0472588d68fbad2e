"""What a run takes on at most: what is beyond it is quarantined with a code, the rest goes on."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a run.

    Args:
        capture_bytes: Payload of one capture (`capture_too_large`).
        row_bytes: One line of a corpus, its JSON included (`corpus_row_too_long`).
        run_bytes: New captures of one run together (`run_limit_reached`).
        capture_seconds: Reading of one capture (`reading_timed_out`).
        capture_memory: Bytes that a worker may grow by while it reads one capture
            (`reading_out_of_memory`, `reader_died`).
        package_bytes: What one source unpacks to, with all that lies in it (`package_bomb`).
        package_ratio: The same for each of its own bytes, when that is more than 256 MiB.
        package_members: Members of one package (`package_bomb`).
        package_depth: Packages that lie in each other (`package_nested_too_deep`).
    """

    capture_bytes: int = 100 * MEGABYTE
    row_bytes: int = 200 * MEGABYTE
    run_bytes: int = 1_000_000 * MEGABYTE
    capture_seconds: float = 60.0
    capture_memory: int = 1_000 * MEGABYTE
    package_bytes: int = 100_000 * MEGABYTE
    package_ratio: int = 100
    package_members: int = 1_000_000
    package_depth: int = 3


DEFAULT_LIMITS = Limits()


def limits_of(
    max_capture_size: float = DEFAULT_LIMITS.capture_bytes / MEGABYTE,
    max_row_size: float = DEFAULT_LIMITS.row_bytes / MEGABYTE,
    max_run_size: float = DEFAULT_LIMITS.run_bytes / MEGABYTE,
    max_unpacked_size: float = DEFAULT_LIMITS.package_bytes / MEGABYTE,
    max_unpacked_ratio: int = DEFAULT_LIMITS.package_ratio,
    max_members: int = DEFAULT_LIMITS.package_members,
    max_seconds: float = DEFAULT_LIMITS.capture_seconds,
    max_memory: float = DEFAULT_LIMITS.capture_memory / MEGABYTE,
) -> Limits:
    """Returns limits as people give them: by the names of the options, sizes in MB (10^6 bytes)."""
    return Limits(
        capture_bytes=int(max_capture_size * MEGABYTE),
        row_bytes=int(max_row_size * MEGABYTE),
        run_bytes=int(max_run_size * MEGABYTE),
        capture_seconds=max_seconds,
        capture_memory=int(max_memory * MEGABYTE),
        package_bytes=int(max_unpacked_size * MEGABYTE),
        package_ratio=max_unpacked_ratio,
        package_members=max_members,
    )
