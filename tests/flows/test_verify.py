"""The scheduled audit: Prefect shows its summary and its faults, and fails when there are any."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.auditing import audit
from flows.pace import Pace
from flows.progress import progress_for
from flows.verify import FaultsFound, verify
from tests.durability.flips import Flip
from tests.durability.kept import PAGES
from transforms.reading import read
from warehouse import lake
from warehouse.commits import commit, read_commits, stage
from warehouse.events import event_runs, table_paths
from warehouse.home import Home


@pytest.fixture
def kept(tmp_path: Path) -> Home:
    """A home with one batch, read by the real rules, and its database."""
    home = Home(tmp_path / "data")
    commit(home, stage(home, PAGES, [read(capture) for capture in PAGES], "1"))
    audit(home, Pace(None, None), {}, progress_for(None))
    return home


def artifacts(api: str, key: str) -> list[dict[str, Any]]:
    """Returns the artifacts of a key, the latest first."""
    body = {"artifacts": {"key": {"any_": [key]}}, "sort": "CREATED_DESC"}
    request = urllib.request.Request(
        f"{api}/artifacts/filter",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return list(json.load(response))


def run_flow(home: Home, **parameters: str) -> str:
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        return verify(str(home.root), **parameters)


def test_a_sound_home_completes_with_an_empty_table(prefect_api: str, kept: Home) -> None:
    run_id = run_flow(kept, budget="1h", rate="1GB")
    (path,) = table_paths(kept, [run_id], "runs")
    (row,) = lake.read_table(path).to_pylist()
    assert (row["kind"], row["state"], row["exit_code"]) == ("verify", "completed", 0)
    assert json.loads(row["arguments"]) == {"budget": "1h", "rate": "1GB"}
    (shown,) = [a for a in artifacts(prefect_api, "verify-summary") if run_id in a["data"]]
    assert "All is well." in shown["data"]
    assert shown["flow_run_id"] == row["flow_run_id"]
    assert json.loads(artifacts(prefect_api, "verify-faults")[0]["data"]) == []


def test_faults_are_shown_by_record_and_fail_the_flow(prefect_api: str, kept: Home) -> None:
    archived = next(kept.archive.iterdir())
    (held,) = read_commits(kept)
    rows = lake.read_table(held.table_path(kept, "captures")).to_pylist()
    second = sorted(rows, key=lambda row: row["warc_offset"])[1]
    Flip(archived, second["warc_offset"] + 60, 0).turn()
    before = set(event_runs(kept))
    with pytest.raises(FaultsFound, match=f"2 faults, the first in archive/{archived.name}"):
        run_flow(kept)
    table = json.loads(artifacts(prefect_api, "verify-faults")[0]["data"])
    assert [row["place"] for row in table] == [f"archive/{archived.name}"] * 2
    named = table[1]
    assert (named["record"], named["offset"]) == (2, second["warc_offset"])
    assert (named["capture_id"], named["target_uri"]) == (
        second["capture_id"],
        second["target_uri"],
    )
    assert named["document_id"]
    (path,) = table_paths(kept, sorted(set(event_runs(kept)) - before), "fixity_checks")
    checks = {row["file"]: row for row in lake.read_table(path).to_pylist()}
    assert checks[f"archive/{archived.name}"]["is_intact"] is False


def test_a_home_that_is_not_there_fails_the_flow(prefect_api: str, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no data home"):
        run_flow(Home(tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()
