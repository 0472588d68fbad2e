"""The command and its flow, from the typed addresses to Prefect's artifacts."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.flows.conftest import Command, page
from tests.flows.fetching.server import Server, http
from tests.flows.test_verify import artifacts
from warehouse import lake
from warehouse.events import event_runs, table_paths
from warehouse.fetches import pending_files
from warehouse.home import Home
from warehouse.query import documents_by_id, open_database, run_sql


def test_pages_are_fetched_taken_in_and_shown(
    refworld: Command, prefect_api: str, server: Server, home: Home, tmp_path: Path
) -> None:
    prefix = "/20240102030405mp_/https://www.refworld.org/docid"
    text = http(200, page(7).encode()).replace(b"text/html", b"text/plain")
    address = server.tell(f"{prefix}/400000007.html", text)
    moved = server.tell(f"{prefix}/400000008.html", http(301, b"", f"Location: {address}"))
    hostile = server.uri("/<img src=x onerror=alert(1)>")
    (tmp_path / "list").write_text(f"# watched\n{moved}\n{hostile}\nhttp://elsewhere.example/\n")
    done = refworld(
        "fetch", "--from", tmp_path / "list", server.uri("/gone"), "--data", home.root,
        "--rate", 0, "--allow-host", server.host, "--allow-private", "--retries", 0,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    # Two runs of one second have their ids in any order.
    run_id = lines[0].removeprefix("Fetched 4 addresses as run ").removesuffix(".")
    (ingest_id,) = set(event_runs(home)) - {run_id}
    assert lines[0] == f"Fetched 4 addresses as run {run_id}."
    counted = [line.split()[:2] for line in lines[1:5]]
    assert counted == [["new", "1"], ["absent", "1"], ["redirected", "1"], ["refused", "2"]]
    assert f"as run {ingest_id}." in done.stdout

    (row,) = rows_of(home, run_id, "runs")
    assert (row["kind"], row["state"], row["exit_code"]) == ("fetch", "completed", 1)
    assert json.loads(row["arguments"])["address_count"] == 4
    (taken_in,) = rows_of(home, ingest_id, "acquisitions")
    fetched = {row["target_uri"]: row for row in rows_of(home, run_id, "fetches")}
    assert taken_in["capture_id"] == fetched[address]["capture_id"]
    assert taken_in["captured_at"] == fetched[address]["fetched_at"]
    with closing(open_database(home)) as database:
        (version,) = documents_by_id(database, "400000007")
        (times,) = run_sql(database, "SELECT captured_at FROM captures").rows
    assert version["capture_id"] == taken_in["capture_id"]
    assert times == (fetched[address]["fetched_at"],)
    assert pending_files(home) == {}

    (shown,) = [a for a in artifacts(prefect_api, "fetch-summary") if run_id in a["data"]]
    assert "| new | 1 |" in shown["data"]
    assert shown["flow_run_id"] == row["flow_run_id"]
    problems = json.loads(artifacts(prefect_api, "fetch-problems")[0]["data"])
    assert [problem["outcome"] for problem in problems].count("refused") == 2
    escaped = f"`{server.uri('/<img%20src=x%20onerror=alert(1)>')}`"
    assert escaped in [problem["address"] for problem in problems]


def rows_of(home: Home, run_id: str, table: str) -> list[dict[str, Any]]:
    (path,) = table_paths(home, [run_id], table)
    return list(lake.read_table(path).to_pylist())


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
