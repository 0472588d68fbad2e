"""What happened is told whole, and the death of a run does not go untold."""

from __future__ import annotations

import pytest

from tests.warehouse.pages import STARTED, acquisition_row, files_below, page, run_row
from warehouse import events, lake
from warehouse.home import Home


def test_a_runs_events_are_there_together(home: Home) -> None:
    rows = [acquisition_row("r1", seq, page(seq)) for seq in (1, 0)]
    events.write_event_tables(home, "r1", {"runs": [run_row("r1")], "acquisitions": rows})
    assert events.event_runs(home) == ["r1"]
    (path,) = events.table_paths(home, ["r1", "r2"], "acquisitions")
    assert lake.read_table(path).column("seq").to_pylist() == [0, 1]
    assert events.table_paths(home, ["r1"], "fixity_checks") == []
    assert list(home.staging.iterdir()) == []


def test_a_run_that_could_not_publish_corrects_itself(home: Home) -> None:
    rows = {"runs": [run_row("r1")], "acquisitions": [acquisition_row("r1", 0, page(0))]}
    events.write_event_tables(home, "r1", rows)
    events.write_event_tables(home, "r1", {"runs": [run_row("r1", state="failed")]})
    (path,) = events.table_paths(home, ["r1"], "runs")
    assert lake.read_table(path).column("state").to_pylist() == ["failed"]
    assert len(events.table_paths(home, ["r1"], "acquisitions")) == 1


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"runs": []},
        {"runs": [run_row("r2")]},
        {"runs": [run_row("r1"), run_row("r1")]},
        {"runs": [run_row("r1")], "blocks": []},
        {"runs": [run_row("r1", kind=None)]},
    ],
)
def test_events_that_do_not_fit_are_refused_and_nothing_is_written(
    home: Home, tables: dict[str, list[dict[str, object]]]
) -> None:
    with pytest.raises(ValueError, match=r"runs|event tables"):
        events.write_event_tables(home, "r1", tables)
    assert files_below(home.root) == {}


def test_a_run_that_never_wrote_its_events_has_crashed(home: Home) -> None:
    row = run_row("r1", state="crashed", ended_at=None)
    events.mark_started(home, row)
    assert events.crashed_runs(home) == [row]
    assert events.crashed_runs(home)[0]["started_at"] == STARTED
    events.write_event_tables(home, "r1", {"runs": events.crashed_runs(home)})
    assert events.crashed_runs(home) == []
    assert events.event_runs(home) == ["r1"]
    assert set(files_below(home.events)) == {"r1/events.json", "r1/runs.parquet"}


def test_a_run_killed_after_its_events_is_not_crashed(home: Home) -> None:
    events.write_event_tables(home, "r1", {"runs": [run_row("r1")]})
    events.mark_started(home, run_row("r1"))
    assert events.crashed_runs(home) == []
