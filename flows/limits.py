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
