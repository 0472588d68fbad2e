"""`refworld compact` and the scheduled flow: what they say, record and leave as it was."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.serving import flows
from flows.serving.deployments import deployments
from flows.serving.settings import read_settings
from tests.durability.kept import PAGES
from tests.flows.conftest import Command
from tests.warehouse.test_compaction import packs, said
from transforms.reading import read
from transforms.records import capture_of
from warehouse import lake
from warehouse.commits import commit, read_commits, stage
from warehouse.digests import content_digests
from warehouse.events import event_runs, table_paths
from warehouse.home import Home


@pytest.fixture
def small(tmp_path: Path) -> Home:
    """A home of batches of one page each, read by the real rules."""
    home = Home(tmp_path / "data")
    for capture in PAGES:
        commit(home, stage(home, [capture], [read(capture)], "1"))
    return home


def runs_of(home: Home) -> list[dict[str, object]]:
    paths = table_paths(home, event_runs(home), "runs")
    return [row for path in paths for row in lake.read_table(path).to_pylist()]


def test_the_command_puts_together_and_says_what(refworld: Command, small: Home) -> None:
    before, digests = said(small), content_digests(small)
    done = refworld("compact", "--data", small.root)
    assert done.returncode == 0, done.stderr
    assert "7 batches in 1 pack, 56 files before, 8 now." in done.stdout
    assert (said(small), content_digests(small)) == (before, digests)
    (run,) = runs_of(small)
    assert (run["kind"], run["state"], run["batch_count"]) == ("compact", "completed", 7)
    assert "All is well." in refworld("verify", "--data", small.root).stdout
    # With nothing to do nothing is done, nor recorded.
    count = len(runs_of(small))
    done = refworld("compact", "--data", small.root)
    assert (done.returncode, done.stdout) == (0, "Nothing to put together.\n")
    assert len(runs_of(small)) == count


def test_a_home_in_packs_is_lived_in_as_before(
    refworld: Command, small: Home, tmp_path: Path
) -> None:
    refworld("compact", "--data", small.root)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "new.txt").write_bytes(PAGES[0].payload + b"And more of it.\n")
    done = refworld("ingest", tmp_path / "in", "--data", small.root, "--workers", 1)
    assert done.returncode == 0, done.stderr
    before, digests = said(small), content_digests(small)
    rebuilt = refworld("rebuild", "--data", small.root, "--workers", 1)
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    assert "FAULT" not in rebuilt.stdout
    # Derived anew by this code they have folders of their own, and go into a pack again.
    assert packs(small) == []
    assert {batch_id for batch_id, _, _ in said(small)} == {batch_id for batch_id, _, _ in before}
    assert content_digests(small) == digests
    assert "8 batches in 1 pack" in refworld("compact", "--data", small.root).stdout
    assert content_digests(small) == digests
    changes = refworld("rebuild", "--diff", "--data", small.root, "--workers", 1)
    assert changes.returncode == 0, changes.stdout + changes.stderr
    assert refworld("snapshots", "--data", small.root).returncode == 0
    assert "All is well." in refworld("verify", "--data", small.root).stdout


def test_damage_is_told_and_the_rest_put_together(refworld: Command, small: Home) -> None:
    path = read_commits(small)[0].table_path(small, "blocks")
    path.write_bytes(path.read_bytes()[:-1])
    done = refworld("compact", "--data", small.root)
    assert done.returncode == 2
    assert "6 batches in 1 pack" in done.stdout
    assert f"FAULT {path.relative_to(small.root).as_posix()}" in done.stdout
    assert "`refworld repair` heals" in done.stdout


def test_no_home_is_said(refworld: Command, tmp_path: Path) -> None:
    done = refworld("compact", "--data", tmp_path / "none")
    assert done.returncode == 2
    assert "There is no data home" in done.stderr


def test_the_flow_tells_in_an_artifact_and_fails_at_damage(prefect_api: str, small: Home) -> None:
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        assert flows.compact(str(small.root)) == "7 batches in 1 pack, 56 files before, 8 now"
        assert flows.compact(str(small.root)) == "nothing to put together"
        stage_page(small, PAGES[0].payload, 70)
        path = stage_page(small, PAGES[1].payload, 71)
        path.write_bytes(path.read_bytes()[:-1])
        with pytest.raises(flows.TablesDamaged):
            flows.compact(str(small.root))
    (run, *_) = runs_of(small)
    found = httpx.get(f"{prefect_api}/flow_runs/{run['flow_run_id']}").json()
    assert found["name"].endswith("7 batches in 1 pack, 56 files before, 8 now")
    shown = httpx.post(
        f"{prefect_api}/artifacts/filter",
        json={"artifacts": {"key": {"any_": ["compact"]}}, "sort": "CREATED_DESC"},
    ).json()
    assert "FAULT" in shown[0]["data"]


def stage_page(home: Home, payload: bytes, number: int) -> Path:
    """Commits a page in a batch of its own, and returns the file of its blocks."""
    capture = capture_of(payload, f"https://www.refworld.org/docid/{number:09x}.html")
    staged = stage(home, [capture], [read(capture)], "1")
    commit(home, staged)
    return home.derived / staged.batch_id / "blocks.parquet"


def test_it_is_deployed_weekly_and_can_be_left_to_demand(tmp_path: Path) -> None:
    path = tmp_path / "refworld.toml"
    for words, schedules in (("", 1), ('[schedules]\ncompact = ""\n', 0)):
        path.write_text(words)
        made = {d.name: d for d in deployments(read_settings(path), Home(tmp_path / "data"))}
        assert len(made["compact"].schedules) == schedules
        assert json.dumps(made["compact"].parameters["data"]) == json.dumps(str(tmp_path / "data"))
