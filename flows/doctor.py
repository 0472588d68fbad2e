"""`refworld doctor`: whether all that the commands need is there, and what to do if not."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import typer

from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.prefect_home import DATABASE, template_folder
from flows.printable import printable
from flows.serving.settings import SettingsWrong, read_settings
from warehouse import disk
from warehouse.commits import CommitDamaged, HomeIsNewer, recover_needed, refuse_newer
from warehouse.compaction import small_count
from warehouse.home import Home
from warehouse.lock import HomeBusy, writer_lock
from warehouse.query import DatabaseUnusable, NoDatabase, latest_runs, open_database
from warehouse.search_index import NoIndex, NotSearchable, facts_of, open_search_index

OK, WARN, FAIL = "ok", "warn", "fail"
_SCARCE = 2_000_000_000
_MANY = 100  # small batches
_PINNED = ("prefect", "fastapi", "sqlalchemy", "pyarrow", "duckdb", "python-dateutil")
_LOCK = "requirements.lock"
_OLDEST = 1_700_000_000  # a clock before 2023-11-14 is wrong


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `ok`, `warn` or `fail`, what was seen, what to do."""

    name: str
    state: str
    seen: str
    advice: str = ""


def doctor_command(home: Home, config: Path, as_json: bool) -> int:
    """Prints what was found; returns 2 when something fails, else 0."""
    findings = [found for look in LOOKS for found in look(home, config)]
    for found in findings:
        if as_json:
            typer.echo(json.dumps(asdict(found)))
            continue
        typer.echo(f"{found.state:<5}{found.name:<16}{printable(found.seen)}")
        if found.advice:
            typer.echo(f"{'':21}{found.advice}")
    return RUN_FAILED if any(found.state == FAIL for found in findings) else ALL_WELL


def _python(_home: Home, _config: Path) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", OK, version)
    clock = time.time()
    if clock < _OLDEST:
        said = time.strftime("%Y-%m-%d", time.gmtime(clock))
        yield Finding("clock", FAIL, f"it is said to be {said}", "set the clock")


def _packages(_home: Home, _config: Path) -> Iterator[Finding]:
    """Yields which of the packages that must fit together are not as they are locked."""
    locked = dict(_locked())
    wrong = []
    for name in _PINNED:
        try:
            there = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            there = "none"
        if locked and there != locked.get(name, there):
            wrong.append(f"{name} {there} instead of {locked[name]}")
        elif there == "none":
            wrong.append(f"{name} is not installed")
    if wrong:
        yield Finding("packages", FAIL, "; ".join(wrong), "make ingest, in a new .venv")
    else:
        yield Finding("packages", OK, ", ".join(_PINNED))


def _locked() -> Iterator[tuple[str, str]]:
    path = Path(__file__).resolve().parents[1] / _LOCK
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            name, is_pinned, rest = line.partition("==")
            if is_pinned and not line.startswith(" "):
                yield name, rest.split()[0]


def _template(_home: Home, _config: Path) -> Iterator[Finding]:
    if (template_folder() / DATABASE).exists():
        yield Finding("prefect", OK, "the first start of its server is prepared")
    else:
        yield Finding(
            "prefect", WARN, "the first start of its server will take half a minute",
            "python -m flows.server_template prepares it",
        )  # fmt: skip


def _folder(home: Home, _config: Path) -> Iterator[Finding]:
    folder = home.root if home.root.exists() else home.root.parent
    probe = folder / f".doctor-{os.getpid()}"
    try:
        disk.write_whole(probe, b"written, synced, renamed")
        disk.remove_file(probe)
    except OSError as error:
        yield Finding(
            "data home", FAIL, f"{home.root} cannot be written: {error.strerror}",
            "choose another with --data, or mend its permissions",
        )  # fmt: skip
        return
    yield Finding("data home", OK, f"{home.root} can be written and synced")
    free = shutil.disk_usage(folder).free
    state, advice = (WARN, "make room before the next large ingest") if free < _SCARCE else (OK, "")
    yield Finding("free space", state, f"{free / 1e9:.1f} GB", advice)


def _writer(home: Home, _config: Path) -> Iterator[Finding]:
    if not home.root.exists():
        yield Finding("writer", OK, "nothing has been taken in yet")
        return
    try:
        with writer_lock(home, wait=False):
            refuse_newer(home)
            left = recover_needed(home)
    except HomeBusy as busy:
        yield Finding("writer", OK, str(busy))
        return
    except (HomeIsNewer, CommitDamaged, OSError) as error:
        yield Finding("writer", FAIL, str(error), "refworld verify says more")
        return
    if left:
        seen = f"a killed run left {left} unfinished"
        yield Finding("writer", WARN, seen, "the next ingest clears it away; nothing is lost")
    else:
        yield Finding("writer", OK, "nobody writes, and nothing is left unfinished")


def _batches(home: Home, _config: Path) -> Iterator[Finding]:
    with suppress(HomeIsNewer, CommitDamaged, OSError):  # which the look before this one names
        count = small_count(home)
        if count >= _MANY:
            seen = f"{count} small ones, whose files every audit opens"
            yield Finding("batches", WARN, seen, "refworld compact puts them together")
        else:
            yield Finding("batches", OK, "few are small" if count else "none could be put together")


def _database(home: Home, _config: Path) -> Iterator[Finding]:
    try:
        with closing(open_database(home)) as database:
            runs = latest_runs(database, 5)
    except NoDatabase as error:
        yield Finding("database", WARN, "there is none yet", str(error))
        return
    except DatabaseUnusable as error:
        yield Finding("database", FAIL, str(error).splitlines()[0], str(error).splitlines()[-1])
        return
    yield Finding("database", OK, f"{home.database} opens")
    bad = [run for run in runs if run["state"] != "completed"]
    if bad:
        seen = f"{len(bad)} of the last {len(runs)} did not complete, the last: {bad[0]['error']}"
        yield Finding("runs", WARN, seen, "refworld status lists them")
    else:
        yield Finding("runs", OK, f"the last {len(runs)} completed")


def _search(home: Home, _config: Path) -> Iterator[Finding]:
    try:
        with closing(open_search_index(home)) as index:
            facts = facts_of(index)
        yield Finding("search index", OK, f"of snapshot {facts.snapshot_number}")
    except NoIndex as error:
        yield Finding("search index", WARN, str(error).partition(":")[0], "refworld search-index")
    except NotSearchable as error:
        yield Finding("search index", FAIL, str(error), "make ingest, in a new .venv")


def _service(_home: Home, config: Path) -> Iterator[Finding]:
    try:
        settings = read_settings(config)
    except SettingsWrong as error:
        yield Finding("settings", FAIL, str(error), "refworld config --init prints a good file")
        return
    seen = str(config) if config.exists() else "all as by default"
    yield Finding("settings", OK, seen)
    if not settings.inbox.is_dir():
        yield Finding("inbox", WARN, f"{settings.inbox} is not there", "refworld serve makes it")
    elif not os.access(settings.inbox, os.R_OK | os.X_OK):
        yield Finding("inbox", FAIL, f"{settings.inbox} cannot be read", "mend its permissions")
    else:
        yield Finding("inbox", OK, str(settings.inbox))
    watch_list = settings.watch_list
    if watch_list is not None and not watch_list.is_file():
        yield Finding("watch list", FAIL, f"{watch_list} is not there", "write it, or name none")
    host, port = settings["server.host"], settings["server.port"]
    try:
        socket.create_server((host, port)).close()
        yield Finding("port", OK, f"{host}, port {port} is free")
    except OSError as error:
        seen = f"{host}, port {port}: {error.strerror}"
        yield Finding("port", WARN, seen, "the service runs already, or set server.port")


LOOKS: Sequence[Callable[[Home, Path], Iterator[Finding]]] = (
    _python,
    _packages,
    _template,
    _folder,
    _writer,
    _batches,
    _database,
    _search,
    _service,
)
