"""Verification of a data home: bytes, readings and database, each against what it came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from transforms.records import Capture, Reading
from warehouse.committed import PACK, Commit, live_members, readable_commits
from warehouse.comparison import check_database
from warehouse.events import is_told
from warehouse.faults import Fault as Fault
from warehouse.fixity import (
    FileCheck,
    check_commit,
    check_entry,
    check_pack,
    check_seal,
    check_started,
    damaged_files,
    stray_archives,
    strays,
)
from warehouse.home import Home
from warehouse.query import is_database_older
from warehouse.rereading import Reader, WordsAt, check_folder, decoded_words
from warehouse.staging import FileEntry
from warehouse.units import BATCH, EVENTS, STARTED, Unit, units_by_age

Rows = list[dict[str, Any]]


def _go_on() -> bool:
    return True


def _ignore(_: Any) -> None:
    return


@dataclass(frozen=True, slots=True)
class Watch:
    """What goes along with a verification.

    Args:
        on_read: Told of each stretch that is read, bytes; may wait, so that a disk has rest.
        may_go_on: Asked after each batch whether there is time for another.
        keep: Given all rows of `fixity_checks` so far after each batch, to outlive a kill.
        on_unit: Told after each batch, each run's events and the database how many there are.
        code_version: Which code reads now: what it reads otherwise than other code did is no
            damage. None when every difference is a fault.
    """

    on_read: Callable[[int], None] = _ignore
    may_go_on: Callable[[], bool] = _go_on
    keep: Callable[[Rows], None] = _ignore
    on_unit: Callable[[int], None] = _ignore
    code_version: str | None = None


@dataclass(slots=True)
class VerifyReport:
    """What a verification found.

    Args:
        faults: What is wrong; empty when all is well.
        notes: What could not be checked, and is no fault.
        older_count: Batches of an older schema, of which only the digests were checked.
        otherwise_count: Batches that other code read, and this one reads otherwise.
        is_database_older: Whether the database is of another schema than this code makes.
        files_checked: How many files were read and compared with their digests.
        captures_checked: How many captures were read again.
        units_left: Batches, runs and database that the time did not suffice for.
        fixity_rows: A row of `fixity_checks` per file, which lacks only its `run_id`.
    """

    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    older_count: int = 0
    otherwise_count: int = 0
    is_database_older: bool = False
    files_checked: int = 0
    captures_checked: int = 0
    units_left: int = 0
    fixity_rows: Rows = field(default_factory=list)


_UNWATCHED = Watch()


def verify(
    home: Home,
    reread: Callable[[Capture], Reading],
    now: Callable[[], datetime],
    watch: Watch = _UNWATCHED,
    words_at: WordsAt = decoded_words,
) -> VerifyReport:
    """Checks all that a data home holds, as far as the time goes, and changes nothing.

    Archive and lake are read and compared with their digests; each capture is read again from its
    preserved bytes and compared with the lake; the database is compared with the lake. What was
    checked longest ago comes first, so that an audit that was stopped goes on where it ended.

    Args:
        home: The data home.
        reread: Reads a capture (`transforms.reading.read`).
        now: Gives the time of each fixity check.
        watch: Slows, ends and records the verification.
        words_at: Gives what bytes say (`transforms.preserved.preserved_words`); of text by default.
    """
    report = VerifyReport()
    reader = Reader(reread, words_at)
    report.faults.extend(stray_archives(home))
    units = units_by_age(home)
    for number, unit in enumerate(units):
        if number and not watch.may_go_on():
            report.units_left = len(units) - number
            break
        _check_unit(home, unit, reader, now, watch, report)
        watch.keep(report.fixity_rows)
        watch.on_unit(len(units))
    return report


def _check_unit(
    home: Home,
    unit: Unit,
    reader: Reader,
    now: Callable[[], datetime],
    watch: Watch,
    report: VerifyReport,
) -> None:
    unfaithful: dict[str, bool] = {}
    if unit.kind == BATCH:
        checks, unfaithful = _check_batch(home, unit, reader, watch, report)
    elif unit.kind == EVENTS:
        checks = _check_events(home, unit, watch, report)
    elif unit.kind == STARTED:
        if is_told(home, unit.path):
            return  # the audit's own: what it has found so far is written down by now
        checks = [check_started(home, unit.path)]
        _add_faults(report, checks)
    else:
        checks, unfaithful = _check_database(home, report)
    for check in checks:
        report.fixity_rows.append(_row(check, unfaithful, len(report.fixity_rows), now()))
    report.files_checked += sum(check.file != home.database.name for check in checks)


def _check_batch(
    home: Home,
    unit: Unit,
    reader: Reader,
    watch: Watch,
    report: VerifyReport,
) -> tuple[list[FileCheck], dict[str, bool]]:
    """Returns the checks of a folder's files, and for each that was read again if it is untrue."""
    commits, files, folder_check = _read_folder(home, unit.path)
    if files is None:
        _add_faults(report, [folder_check])
        return [folder_check], {}
    checks = [check_entry(home, entry, watch.on_read) for entry in files]
    _add_faults(report, checks)
    report.faults.extend(strays(home, unit.path, files))
    watch.on_read(sum(entry.byte_length for entry in files))
    damaged = damaged_files(checks)
    faults = check_folder(home, commits, reader, damaged)
    if not all(commit.is_current for commit in commits):
        report.older_count += len(commits)
        report.faults.extend(faults)
        return [*checks, folder_check], {}
    report.captures_checked += sum(commit.capture_count for commit in commits)
    excused = _excused(commits, damaged, watch.code_version)
    differing = {path for path in excused if any(_befalls(fault, path) for fault in faults)}
    report.otherwise_count += len(commits) if differing else 0
    report.faults.extend(f for f in faults if not any(_befalls(f, path) for path in differing))
    unfaithful = {
        entry.path: any(_befalls(fault, entry.path) for fault in faults)
        for entry in files
        if (home.root / entry.path).exists() and entry.path not in differing
    }
    return [*checks, folder_check], unfaithful


def _read_folder(
    home: Home, folder: Path
) -> tuple[list[Commit], list[FileEntry] | None, FileCheck]:
    """Returns the batches that lie in a folder, and their files; None when nothing says them."""
    if (folder / PACK).exists():
        pack, check = check_pack(home, folder)
        commits = live_members(home, pack) if pack else []
        archived = [commit.archived for commit in commits]
        return commits, [*archived, *pack.tables] if pack else None, check
    commit, check = check_commit(home, folder)
    return ([commit], list(commit.files), check) if commit else ([], None, check)


def _excused(commits: Sequence[Commit], damaged: set[str], code_version: str | None) -> set[str]:
    """Returns the tables that may say other things: sound ones that other code has written."""
    if code_version is None or {commit.code_version for commit in commits} == {code_version}:
        return set()
    return {entry.path for commit in commits for entry in commit.tables} - damaged


def _befalls(fault: Fault, path: str) -> bool:
    return fault.place.startswith(path)


def _check_events(home: Home, unit: Unit, watch: Watch, report: VerifyReport) -> list[FileCheck]:
    entries, seal_check = check_seal(home, unit.path)
    place = unit.path.relative_to(home.root).as_posix()
    if seal_check is None:
        report.notes.append(f"{place}: no digest is recorded for the events of this run")
        return []
    if entries is None:
        _add_faults(report, [seal_check])
        return [seal_check]
    checks = [check_entry(home, entry, watch.on_read) for entry in entries]
    _add_faults(report, checks)
    report.faults.extend(strays(home, unit.path, entries))
    return [*checks, seal_check]


def _check_database(home: Home, report: VerifyReport) -> tuple[list[FileCheck], dict[str, bool]]:
    # A commit that cannot be read is a fault of its batch.
    faults = check_database(home, readable_commits(home))
    report.faults.extend(faults)
    report.is_database_older = not faults and is_database_older(home)
    name = home.database.name
    gone = faults[0] if faults and not home.database.exists() else None
    return [FileCheck(name, None, None, gone)], {name: bool(faults)}


def _add_faults(report: VerifyReport, checks: Sequence[FileCheck]) -> None:
    report.faults.extend(check.fault for check in checks if check.fault)


def _row(
    check: FileCheck, unfaithful: dict[str, bool], seq: int, checked_at: datetime
) -> dict[str, Any]:
    return {
        "seq": seq,
        "checked_at": checked_at,
        "file": check.file,
        "expected_sha256": check.expected,
        "actual_sha256": check.actual,
        "is_intact": check.fault is None,
        "is_faithful": not unfaithful[check.file] if check.file in unfaithful else None,
    }
