"""What a fetch has written, put in its place and told; that of killed fetches as well."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.fetching.reading import Written, read_written
from flows.fetching.warc import draft_path, final_path, is_held
from warehouse import disk
from warehouse.events import fetched_entry, table_paths, write_event_tables
from warehouse.home import Home
from warehouse.schema import FETCHES, RUNS
from warehouse.staging import WARC_SUFFIX

_CHUNK = 1 << 20


def seal(home: Home, run_id: str) -> Written:
    """Puts the draft of a fetch in its place, whole exchanges only, and returns what it holds.

    Done already, it is only read. To be called under the writer lock.
    """
    draft, final = draft_path(home, run_id), final_path(home, run_id)
    if not draft.exists():
        return read_written(final, final.name)
    written = read_written(draft, final.name)
    if written.end < draft.stat().st_size:
        _cut(home, draft, written.end, final)
    else:
        disk.sync_file(draft)
        disk.replace(draft, final)
    return written


def tell(home: Home, run_row: Mapping[str, Any], written: Written) -> None:
    """Writes the events of a fetch whose file is in its place."""
    run_id = run_row["run_id"]
    entry = fetched_entry(home, final_path(home, run_id), len(written.rows))
    tables = {RUNS.name: [run_row], FETCHES.name: written.rows}
    write_event_tables(home, run_id, tables, [entry])


def adopt_fetches(home: Home) -> None:
    """Seals and tells what killed fetches have written; to be called under the writer lock.

    A draft in which nothing is whole but its beginning tells that the run was; one that does not
    even have that is removed.
    """
    for run_id in _dead_runs(home):
        draft = draft_path(home, run_id)
        if draft.exists() and read_written(draft, "").run_row is None:
            disk.remove_file(draft)
            continue
        written = seal(home, run_id)
        if written.run_row is not None:
            tell(home, written.run_row, written)


def _dead_runs(home: Home) -> list[str]:
    """Returns the fetches that have written and told nothing, and are no more."""
    suffix = f"{WARC_SUFFIX}{disk.DRAFT_SUFFIX}"
    drafts = sorted(home.fetched.glob(f".*{suffix}"))
    dead = [path.name[1:].removesuffix(suffix) for path in drafts if not is_held(path)]
    sealed = sorted(path.name.removesuffix(WARC_SUFFIX) for path in _sealed(home))
    return dead + [run_id for run_id in sealed if not table_paths(home, [run_id], FETCHES.name)]


def _sealed(home: Home) -> list[Path]:
    return [path for path in home.fetched.glob(f"*{WARC_SUFFIX}") if path.is_file()]


def _cut(home: Home, draft: Path, length: int, final: Path) -> None:
    """Puts the beginning of a draft in its place; the draft goes when that is durable."""
    part = disk.make_draft_folder(home.staging, "fetched") / final.name
    with draft.open("rb") as source, disk.durable_file(part) as target:
        while length > 0 and (chunk := source.read(min(_CHUNK, length))):
            length -= target.write(chunk)
    disk.replace(part, final)
    disk.remove_file(draft)
    disk.remove_tree(part.parent)
