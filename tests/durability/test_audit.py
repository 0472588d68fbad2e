"""An audit keeps to its time and its rate, goes on where it ended, and outlives a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from flows.pace import Pace, parse_budget, parse_rate
from tests.durability.flips import Flip
from tests.durability.kept import make_home, now, stored, verified
from tests.flows.conftest import command_environment, run_here
from tests.warehouse.pages import STARTED, files_below, reading_of, run_row
from warehouse import disk, lake
from warehouse.events import event_runs, seal_events, table_paths, write_event_tables
from warehouse.home import Home
from warehouse.units import units_by_age
from warehouse.verify import Watch, verify


class Time:
    """A clock that goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def test_a_rate_is_kept_and_a_budget_ends() -> None:
    passed = Time()
    pace = Pace(10.0, 100.0, passed.clock, passed.sleep)
    for _ in range(9):
        pace.on_read(100)
    assert passed.seconds == 9
    assert pace.may_go_on()
    pace.on_read(100)
    assert passed.seconds == 10
    assert not pace.may_go_on()


def test_without_options_nothing_waits_or_ends() -> None:
    passed = Time()
    pace = Pace(None, None, passed.clock, passed.sleep)
    pace.on_read(1 << 50)
    assert passed.seconds == 0
    passed.seconds = 1e9
    assert pace.may_go_on()


@pytest.mark.parametrize(
    ("words", "seconds"), [("90s", 90), ("10m", 600), ("2h", 7200), ("0.5m", 30), (None, None)]
)
def test_budgets(words: str | None, seconds: float | None) -> None:
    assert parse_budget(words) == seconds


@pytest.mark.parametrize(
    ("words", "rate"), [("50MB", 50e6), ("500 kb", 5e5), ("1.5GB", 1.5e9), ("7", 7), (None, None)]
)
def test_rates(words: str | None, rate: float | None) -> None:
    assert parse_rate(words) == rate


@pytest.mark.parametrize(
    "words", ["", "0", "-1", "10", "m", "1d", "10 minutes", "0s", "0MB", "1TB"]
)
def test_words_that_are_no_budget_or_rate_are_refused(words: str, home: Home) -> None:
    if words != "10":
        with pytest.raises(ValueError, match="no rate"):
            parse_rate(words)
    with pytest.raises(ValueError, match="no time budget"):
        parse_budget(words)


def test_all_that_is_read_counts_for_the_rate(home: Home) -> None:
    read: list[int] = []
    verify(home, reading_of, now, Watch(on_read=read.append))
    tables = sum(p.stat().st_size for p in stored(home) if not p.name.endswith(".json"))
    twice = sum(p.stat().st_size for p in stored(home) if "events" not in p.parts[-3:])
    assert tables <= sum(read) <= tables + twice


def test_a_stopped_audit_goes_on_where_it_ended(home: Home) -> None:
    """Each call has time for one unit; as many calls as there are units check each once."""
    wanted = {unit.path.relative_to(home.root).as_posix() for unit in units_by_age(home)}
    seen: list[str] = []
    for number in range(len(wanted)):
        at = STARTED + timedelta(days=number + 1)
        report = verify(home, reading_of, lambda at=at: at, Watch(may_go_on=lambda: False))
        rows = [{**row, "run_id": f"audit{number}"} for row in report.fixity_rows]
        # Recorded as of an audit elsewhere, so that no unit is added while they are counted.
        seen.extend({_unit_of(row["file"], wanted) for row in rows})
        folder = home.events / "r2"
        kept = lake.read_table(folder / "fixity_checks.parquet").to_pylist()
        kept += [{**row, "run_id": "r2", "seq": len(kept) + row["seq"]} for row in rows]
        tables = {"runs": [run_row("r2", kind="verify")], "fixity_checks": kept}
        write_event_tables(home, "r2", tables)
        assert report.units_left == len(wanted) - 1
        assert report.faults == [] or seen[-1] == "refworld.duckdb"
    assert sorted(seen) == sorted(wanted)


def _unit_of(file: str, units: set[str]) -> str:
    if file.startswith("archive/"):
        name = file.removeprefix("archive/").removesuffix(".warc.gz")
        return f"lake/derived/{name}"
    return file if file in units else file.rpartition("/")[0]


def test_what_was_never_checked_comes_first_and_damaged_records_do_not_count(home: Home) -> None:
    # The run r2 has checked all that there was: not itself, and not what came later.
    found = [unit.path.name for unit in units_by_age(home)]
    names = [name for name in found if not name.startswith("snapshot-")]
    assert names[:2] == ["r2", "r3.started.json"]
    flip = Flip(home.events / "r2" / "fixity_checks.parquet", 900, 1)
    flip.turn()
    assert [unit.kind for unit in units_by_age(home)[:2]] == ["batch", "batch"]


def test_events_without_digests_are_noted_and_then_sealed(home: Home) -> None:
    disk.remove_file(home.events / "r1" / "events.json")
    report = verified(home)
    assert report.faults == []
    assert report.notes == ["lake/events/r1: no digest is recorded for the events of this run"]
    assert seal_events(home) == ["r1"]
    report = verified(home)
    assert (report.faults, report.notes) == ([], [])


def test_a_run_that_corrects_itself_keeps_the_digests_of_what_it_leaves(home: Home) -> None:
    flip = Flip(home.events / "r1" / "acquisitions.parquet", 700, 1)
    flip.turn()
    write_event_tables(home, "r1", {"runs": [run_row("r1", state="failed")]})
    assert "lake/events/r1/acquisitions.parquet" in {f.place for f in verified(home).faults}
    flip.turn()
    assert all("duckdb" in fault.place for fault in verified(home).faults)


def test_events_of_old_runs_lack_new_columns_and_are_loaded(ingested: Home) -> None:
    folder = ingested.events / "20200101T000000Z-00000000"
    folder.mkdir()
    row = run_row(folder.name, kind="verify", state="crashed")
    old = {"run_id": folder.name, "seq": 0, "checked_at": STARTED, "file": "archive/x"}
    old |= {"expected_sha256": None, "actual_sha256": None, "is_intact": True}
    table = lake.rows_table(lake.schema.FIXITY_CHECKS, [{**old, "is_faithful": None}])
    runs = lake.rows_table(lake.schema.RUNS, [row])
    (folder / "runs.parquet").write_bytes(lake.parquet_bytes(runs))
    content = lake.parquet_bytes(table.drop_columns("is_faithful"))
    (folder / "fixity_checks.parquet").write_bytes(content)
    found = run_here("verify", "--data", ingested.root)
    assert found.returncode == 0, found.stdout
    assert "NOTE lake/events/20200101T000000Z-00000000: no digest is recorded" in found.stdout
    query = "SELECT count(*) FROM fixity_checks WHERE {}"
    for condition, count in (("file = 'archive/x'", 1), ("is_faithful", 9)):
        words = ("sql", query.format(condition), "-f", "csv", "--data", ingested.root)
        assert run_here(*words).stdout.split()[1] == str(count)


def test_a_killed_audit_has_recorded_what_it_checked(ingested: Home) -> None:
    code = (
        "import flows.auditing, flows.cli, sys;"
        "flows.auditing._KEEP_SECONDS = 0.0;"
        "flows.cli.app(sys.argv[1:])"
    )
    words = ["verify", "--data", str(ingested.root), "--rate", "40KB"]
    process = subprocess.Popen([sys.executable, "-c", code, *words], env=command_environment())
    before = set(event_runs(ingested))
    deadline = time.monotonic() + 60
    while not (begun := set(event_runs(ingested)) - before) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    (run_id,) = begun
    (path,) = table_paths(ingested, [run_id], "fixity_checks")
    assert lake.read_table(path).num_rows >= 3
    found = run_here("verify", "--data", ingested.root)
    assert found.returncode == 0, found.stdout
    query = f"SELECT state FROM runs WHERE run_id = '{run_id}'"
    assert run_here("sql", query, "-f", "csv", "--data", ingested.root).stdout.split() == [
        "state",
        "crashed",
    ]


def test_an_audit_that_writes_down_what_it_found_does_not_miss_its_own_mark(
    ingested: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.auditing._KEEP_SECONDS", 0.0)
    found = run_here("verify", "--data", ingested.root)
    assert found.returncode == 0, found.stdout
    assert found.stdout.endswith("All is well.\n")


def test_the_command_keeps_to_its_time(ingested: Home) -> None:
    data = ("--data", ingested.root)
    found = run_here("verify", "--budget", "0.001s", *data)
    assert found.returncode == 0
    assert "The time is over; " in found.stdout
    assert found.stdout.endswith("What was checked is well.\n")
    found = run_here("verify", "--budget", "soon", *data)
    assert found.returncode == 2
    assert "no time budget: 'soon'; give one such as 90s, 10m or 2h" in found.stderr


def test_nothing_is_changed_by_looking(home: Home) -> None:
    before = files_below(home.root)
    verified(home)
    assert files_below(home.root) == before


def test_the_same_home_is_made_twice(home: Home, made: Home) -> None:
    """The seals hold no clock and no chance."""
    again = make_home(replace(home, root=home.root.parent / "again").root)
    names = [path.relative_to(again.root) for path in stored(again)]
    assert all((again.root / n).read_bytes() == (made.root / n).read_bytes() for n in names)
