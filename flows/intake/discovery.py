"""All that a run is given, read once: sources in, inputs in order out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

from flows.intake.corpora import hash_rows
from flows.intake.inputs import Input, refused
from flows.intake.opening import open_corpus
from flows.intake.texts import hash_texts
from flows.intake.times import now
from flows.intake.walk import Found, walk
from flows.limits import DEFAULT_LIMITS, Limits

_FILES_A_CALL = 256

Call = Future[list[Input]]


@dataclass(frozen=True, slots=True)
class Discovery:
    """The inputs of a run in their order, and how many files were passed over."""

    inputs: tuple[Input, ...] = ()
    passed_over_count: int = 0


def discover(
    sources: Sequence[str],
    executor: Executor,
    spool_folder: Path,
    on_found: Callable[[int], None],
    limits: Limits = DEFAULT_LIMITS,
) -> Discovery:
    """Returns the inputs below `sources`, each read and hashed once by the `executor`.

    Args:
        sources: Files and folders.
        executor: The process pool.
        spool_folder: Where compressed corpora are unpacked; it is the caller's to remove.
        on_found: Told of each further number of inputs found.
        limits: How large an input may be.
    """
    found = walk(sources, now())
    calls = [
        executor.submit(
            hash_texts, found.texts[start : start + _FILES_A_CALL], limits.capture_bytes
        )
        for start in range(0, len(found.texts), _FILES_A_CALL)
    ]
    lost, row_calls = _open_all(found.corpora, executor, spool_folder, limits)
    inputs = found.refused + lost
    on_found(len(inputs))
    for call in calls + row_calls:
        more = call.result()
        on_found(len(more))
        inputs += more
    return Discovery(tuple(sorted(inputs, key=lambda seen: seen.order)), found.passed_over_count)


def _open_all(
    corpora: Sequence[Found], executor: Executor, spool_folder: Path, limits: Limits
) -> tuple[list[Input], list[Call]]:
    """Returns what of the corpora cannot be taken in, and the calls that read their rows."""
    opening = [
        (corpus, executor.submit(open_corpus, corpus, str(spool_folder / f"corpus-{number}.jsonl")))
        for number, corpus in enumerate(corpora)
    ]
    lost: list[Input] = []
    calls: list[Call] = []
    for corpus, call in opening:
        opened = call.result()
        if opened.issue_code is not None:
            words = opened.words or ""
            issue = refused(corpus.name, corpus.path, opened.issue_code, words, now())
            lost.append(replace(issue, byte_length=opened.lost_bytes))
        calls.extend(
            executor.submit(hash_rows, corpus, opened.path, piece, limits)
            for piece in opened.pieces
        )
    return lost, calls
