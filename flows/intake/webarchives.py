"""Web archives opened: WARC and ARC files, each wanted record of which becomes an input.

What of the records is no capture of a wanted address is counted and passed over.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from re import compile as compile_pattern

from flows.intake.gathered import worker_gathering
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.record_files import Dialect, SourceFailed
from flows.intake.record_inputs import RecordInputs
from flows.intake.record_places import Places
from flows.intake.record_scans import HEADERS, scan_source
from flows.intake.walk import Found
from transforms.addresses import OTHER_ADDRESS, parse_address


def open_records(source: Found, spool: Path, options: Options) -> Opened:
    """Returns a web archive opened: its wanted records hashed, the others counted."""
    is_address_wanted = matcher(options.match)
    most = options.limits.capture_bytes

    def consumer(places: Places, dialect: Dialect) -> RecordInputs:
        is_any_own = options.match is None
        inputs = worker_gathering(spool)
        return RecordInputs(source, inputs, places, dialect, is_address_wanted, is_any_own, most)

    try:
        records, fault = scan_source(source, spool, most + HEADERS, consumer)
    except SourceFailed as failed:
        return Opened(issue_code=failed.code, words=failed.words)
    scanned = records.places.path
    return Opened(
        inputs=tuple(records.inputs.held),
        runs=tuple(records.inputs.runs),
        revisits=tuple(records.revisits),
        path=scanned if scanned != source.path else "",
        passed_over_count=records.passed_over_count,
        passed_over_bytes=records.passed_over_bytes,
        issue_code="truncated_stream" if fault else None,
        words=fault,
    )


def matcher(match: str | None) -> Callable[[str], bool]:
    """Returns what tells wanted addresses: a person's pattern, or else that they are Refworld's."""
    if match is None:
        return lambda uri: parse_address(uri).kind != OTHER_ADDRESS
    pattern = compile_pattern(match)
    return lambda uri: pattern.search(uri) is not None
