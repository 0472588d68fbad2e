"""All that a run is given, read once: sources in, inputs in order out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from flows.intake.corpora import hash_rows
from flows.intake.forms import RECORDS
from flows.intake.gathered import Gathering, SortedRun
from flows.intake.inputs import Input, refused
from flows.intake.opened import Opened
from flows.intake.opening import open_source
from flows.intake.options import DEFAULT_OPTIONS, Options
from flows.intake.pages import hash_pages
from flows.intake.revisit_search import Archive, resolve_revisits
from flows.intake.source_addresses import is_elsewhere
from flows.intake.times import now
from flows.intake.walk import Found, walk

_FILES_A_CALL = 256
_CALLS_AHEAD = 64

Call = Future[list[Input]]


@dataclass(frozen=True, slots=True)
class Discovery:
    """The inputs of a run in their order, and how much was passed over.

    Args:
        inputs: What was seen and is to be accounted for.
        byte_length: Bytes of their payloads, counted when they were found.
        odd: The issue code of each input that has one itself, by its position.
        passed_over_count: Files of other forms in folders, and records and members of sources
            that are not wanted.
        passed_over_bytes: Bytes of such records and members; files are not looked into.
    """

    inputs: Sequence[Input] = ()
    byte_length: int = 0
    odd: Mapping[int, str] = field(default_factory=dict)
    passed_over_count: int = 0
    passed_over_bytes: int = 0


def discover(
    sources: Sequence[str],
    executor: Executor,
    spool_folder: Path,
    on_found: Callable[[int], None],
    options: Options = DEFAULT_OPTIONS,
) -> Discovery:
    """Returns the inputs below `sources`, each read and hashed once by the `executor`.

    Args:
        sources: Files and folders, addresses, and `-` for standard input.
        executor: The process pool.
        spool_folder: Where what is packed is unpacked, and inputs are kept that are too many to
            be held; it is the caller's to remove.
        on_found: Told of each further number of inputs found.
        options: How they are to be taken in.
    """
    elsewhere = [source for source in sources if is_elsewhere(source)]
    found = walk([source for source in sources if not is_elsewhere(source)], now())
    if elsewhere:
        from flows.intake.receiving import receive

        found.add(receive(elsewhere, executor, spool_folder, options))
    gathering = Gathering(spool_folder / "inputs")
    calls = _Calls(gathering, on_found)
    calls.gather(found.refused)
    pages = found.pages
    for start in range(0, len(pages), _FILES_A_CALL):
        files = pages[start : start + _FILES_A_CALL]
        calls.add(executor.submit(hash_pages, files, options.limits.capture_bytes))
    passed_count, passed_bytes = found.passed_over_count, 0
    archives: list[Archive] = []
    for source, opened in _opened(found.sources, executor, spool_folder, options):
        if source.form.kind == RECORDS:
            archives.append(Archive(source, opened.path, opened.revisits))
        calls.gather(_inputs_of(source, opened))
        calls.absorb(opened.runs)
        passed_count += opened.passed_over_count
        passed_bytes += opened.passed_over_bytes
        for piece in opened.pieces:
            calls.add(
                executor.submit(
                    hash_rows, source, opened.path, piece, options.limits, options.columns
                )
            )
    for call in resolve_revisits(archives, executor, spool_folder, options):
        calls.add(call)
    calls.finish()
    inputs, odd = gathering.in_order()
    return Discovery(inputs, gathering.byte_length, odd, passed_count, passed_bytes)


class _Calls:
    """The calls under way that give inputs; of those that are done few wait to be gathered."""

    def __init__(self, gathering: Gathering, on_found: Callable[[int], None]) -> None:
        self._gathering = gathering
        self._on_found = on_found
        self._waiting: deque[Call] = deque()

    def add(self, call: Call) -> None:
        """Takes a further call, once there are few enough before it."""
        self._waiting.append(call)
        if len(self._waiting) > _CALLS_AHEAD:
            self.gather(self._waiting.popleft().result())

    def gather(self, inputs: Sequence[Input]) -> None:
        """Takes inputs."""
        self._on_found(len(inputs))
        self._gathering.extend(inputs)

    def absorb(self, runs: Sequence[SortedRun]) -> None:
        """Takes inputs that a worker has written."""
        self._on_found(sum(run.count for run in runs))
        self._gathering.absorb(runs)

    def finish(self) -> None:
        """Waits for all calls."""
        while self._waiting:
            self.gather(self._waiting.popleft().result())


def _opened(
    sources: Sequence[Found], executor: Executor, spool_folder: Path, options: Options
) -> Iterable[tuple[Found, Opened]]:
    """Yields each source opened, those within others too."""
    numbers = count()

    def opening(source: Found) -> tuple[Found, Future[Opened]]:
        spool = spool_folder / f"source-{next(numbers)}"
        return source, executor.submit(open_source, source, str(spool), options)

    waiting = deque(map(opening, sources))
    while waiting:
        source, call = waiting.popleft()
        opened = call.result()
        waiting.extend(map(opening, opened.nested))
        yield source, opened


def _inputs_of(source: Found, opened: Opened) -> list[Input]:
    inputs = list(opened.inputs)
    if opened.issue_code is not None:
        words = opened.words or ""
        issue = refused(source.name, source.origin, opened.issue_code, words, now())
        inputs.append(replace(issue, byte_length=opened.lost_bytes))
    return inputs
