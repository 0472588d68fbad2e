"""The command and its flow, from the typed addresses to Prefect's artifacts."""

from __future__ import annotations

import json
from pathlib import Path

from tests.flows.conftest import Command
from tests.flows.fetching.server import Server, http
from tests.flows.test_verify import artifacts
from warehouse import lake
from warehouse.events import event_runs, table_paths
from warehouse.fetches import pending_files
from warehouse.home import Home


def test_the_command_fetches_tells_and_shows(
    refworld: Command, prefect_api: str, server: Server, home: Home, tmp_path: Path
) -> None:
    page = server.tell("/page", http(200, b"<html>page</html>"))
    hostile = server.uri("/<img src=x onerror=alert(1)>")
    (tmp_path / "list").write_text(f"# watched\n{page}\n{hostile}\nhttp://elsewhere.example/\n")
    done = refworld(
        "fetch", "--from", tmp_path / "list", server.uri("/gone"), "--data", home.root,
        "--rate", 0, "--allow-host", server.host, "--allow-private", "--retries", 0, "--no-ingest",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    (run_id,) = event_runs(home)
    lines = done.stdout.splitlines()
    assert lines[0] == f"Fetched 4 addresses as run {run_id}."
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["new", "1"],
        ["absent", "1"],
        ["refused", "2"],
    ]
    assert f"refworld ingest {home.fetched}/{run_id}.warc.gz" in lines[-1]
    (path,) = table_paths(home, [run_id], "runs")
    (row,) = lake.read_table(path).to_pylist()
    assert (row["kind"], row["state"], row["exit_code"]) == ("fetch", "completed", 1)
    assert json.loads(row["arguments"])["address_count"] == 4
    (shown,) = [a for a in artifacts(prefect_api, "fetch-summary") if run_id in a["data"]]
    assert "| new | 1 |" in shown["data"]
    assert shown["flow_run_id"] == row["flow_run_id"]
    problems = json.loads(artifacts(prefect_api, "fetch-problems")[0]["data"])
    assert [problem["outcome"] for problem in problems].count("refused") == 2
    shown = f"`{server.uri('/<img%20src=x%20onerror=alert(1)>')}`"
    assert shown in [problem["address"] for problem in problems]
    assert pending_files(home) == [home.fetched / f"{run_id}.warc.gz"]


def test_nothing_goes_out_for_what_is_wrongly_given(
    refworld: Command, home: Home, tmp_path: Path
) -> None:
    wrong = {
        "no address is given": (),
        "No such file": ("--from", tmp_path / "none"),
        "no host: 'http://a'": ("http://a.example/", "--allow-host", "http://a"),
    }
    for words, arguments in wrong.items():
        done = refworld("fetch", *arguments, "--data", home.root)
        assert (done.returncode, words in done.stderr) == (2, True), done.stderr
    assert not home.root.exists()
