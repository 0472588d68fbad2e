"""What `--workers` of an ingest may say: a number of processes, or a Dask cluster."""

from __future__ import annotations

LOCAL_CLUSTER = "dask"
_SCHEMES = ("tcp://", "tls://", "ucx://")
_MOST = 256


def workers_of(words: str | None) -> int | str | None:
    """Returns a number of processes, or the words that name a cluster.

    Raises:
        ValueError: They are neither.
    """
    if words is None or words == LOCAL_CLUSTER or words.startswith(_SCHEMES):
        return words
    if words.isascii() and words.isdigit() and 1 <= int(words) <= _MOST:
        return int(words)
    raise ValueError(f"{words!r} is neither a number from 1 to {_MOST}, nor dask, nor tcp://...")
