"""The records that revisit records of a run refer to, searched in all web archives of the run.

Web archives are scanned a second time only where there are revisit records of wanted addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path

from flows.intake.inputs import Input, Place
from flows.intake.options import Options
from flows.intake.revisits import Revisit, find_referred, follow
from flows.intake.walk import Found

_REVISITS_A_CALL = 500


@dataclass(frozen=True, slots=True)
class Archive:
    """A web archive that was opened.

    Args:
        source: The file.
        unpacked: What was unpacked of it as a whole; empty when nothing was.
        revisits: Its revisit records.
    """

    source: Found
    unpacked: str
    revisits: tuple[Revisit, ...]


def resolve_revisits(
    archives: Sequence[Archive], executor: Executor, spool_folder: Path, options: Options
) -> list[Future[list[Input]]]:
    """Returns the calls that make inputs of all revisit records.

    A reference of a surer kind comes first, then one within the same web archive, then the first
    in the order of names: so that neither workers nor the order of sources decide.
    """
    wanted = frozenset(key for archive in archives for r in archive.revisits for key in r.keys)
    if not any(archive.revisits for archive in archives):
        return []
    ordered = sorted(archives, key=lambda archive: (archive.source.name, archive.source.origin))
    searches = [
        executor.submit(
            find_referred,
            archive.source,
            archive.unpacked,
            str(spool_folder / f"referred-{number}"),
            wanted,
            options,
        )
        for number, archive in enumerate(ordered)
    ]
    found = [search.result() for search in searches]
    pairs = [
        (revisit, _candidates(revisit, [own, *found]))
        for archive, own in zip(ordered, found, strict=True)
        for revisit in archive.revisits
    ]
    most = options.limits.capture_bytes
    return [
        executor.submit(follow, pairs[start : start + _REVISITS_A_CALL], most)
        for start in range(0, len(pairs), _REVISITS_A_CALL)
    ]


def _candidates(revisit: Revisit, found: Sequence[dict[bytes, Place]]) -> tuple[Place, ...]:
    places = (places[key] for key in revisit.keys for places in found if key in places)
    return tuple(dict.fromkeys(places))
