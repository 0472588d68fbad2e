"""The commands on a home that lies on a real S3 server."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.conftest import Command, command_environment, write_corpus
from tests.flows.processes import environment
from tests.warehouse.objects.runs import Place, held
from tests.warehouse.objects.store import SECRET, Front, served
from warehouse.objects.lease import LEASE
from warehouse.objects.pointer import POINTER

PAGES = 40


@pytest.fixture(scope="module")
def server() -> Iterator[Front]:
    with served() as front:
        yield front


@pytest.fixture
def place(server: Front, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    server.reset()
    monkeypatch.setenv("REFWORLD_CACHE", str(tmp_path / "cache"))
    yield Place.made(server, tmp_path)
    server.reset()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("corpus") / "pages.jsonl", PAGES)


@pytest.fixture(scope="module")
def local_digests(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> str:
    from benchmarks.plain import ingest_plainly
    from tests.flows.conftest import run_here
    from warehouse.home import Home

    home = Home(tmp_path_factory.mktemp("local") / "data")
    ingest_plainly(str(corpus), home, 1)
    return run_here("verify", "--digest", "--data", home.root).stdout


def test_what_commands_do_there(
    place: Place, refworld: Command, corpus: Path, local_digests: str, tmp_path: Path
) -> None:
    def told(*arguments: object, code: int = 0) -> str:
        done = refworld(*arguments, "--data", place.address)
        assert done.returncode == code, done.stderr
        assert SECRET not in done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "has no database yet" in told("sql", "SELECT 1", code=2)
    said = told("ingest", corpus, "--workers", 1)
    assert f"Preserved bytes: {place.address}/archive" in said
    assert "unchanged           40" in told("ingest", corpus, "--workers", 1)
    assert told("verify", "--digest") == local_digests
    assert "All is well." in told("verify")
    assert "--budget is for a home on this machine" in told("verify", "--budget", "1m", code=2)
    status = told("status")
    assert f"Data home {place.address}\nNothing is writing to it." in status
    assert f"published {place.address}/database/" in status
    assert str(PAGES) in told("sql", "SELECT count(*) FROM documents")
    assert "District 7" in told("show", "400000007")
    traced = told("trace", "400000007", "publication_date")
    assert "[[11 March 2016]]" in traced
    assert "Archived copy: sha256:" in told("cite", "400000007")
    assert "refworld show 400000007" in told("search", "district 7")
    assert "400000008" in told("compare", "400000007", "400000008")
    # A rebuild fetches the archive, here into a copy that has nothing.
    rebuilt = told("rebuild", "--workers", 1, "--cache", tmp_path / "other")
    assert "1 of them bit for bit as before." in rebuilt
    assert "FAULT" not in rebuilt
    assert told("verify", "--digest") == local_digests
    assert "All is well." in told("verify")
    for command in (["fetch", "x"], ["replicate", tmp_path / "copy"], ["repair"], ["compact"],
                    ["export", tmp_path / "bag"], ["rebuild", "--database"]):  # fmt: skip
        assert "on a home on this machine" in " ".join(told(*command, code=2).split())


@pytest.mark.long
def test_a_command_that_is_killed_is_made_good_from_an_empty_cache(
    place: Place, refworld: Command, prefect_api: str, corpus: Path, local_digests: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "ingest", str(corpus), "--workers", "1",
         "--data", place.address, "--cache", str(place.folder / "lost")],
        env=environment(prefect_api),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip

    def kill(_method: str, path: str) -> int | None:
        if not path.endswith("/commit.json"):
            return None
        os.kill(process.pid, signal.SIGKILL)
        return 503

    place.front.before = kill
    _, complaints = process.communicate(timeout=90)
    assert process.returncode == -signal.SIGKILL, complaints
    place.front.before = None
    assert [path for path in place.paths if path.startswith("archive/")]
    busy = refworld("ingest", corpus, "--no-wait", "--data", place.address)
    assert busy.returncode == 2
    assert f"is being written to by process {process.pid} on" in busy.stderr
    place.front.later = 100
    done = refworld("ingest", corpus, "--workers", 1, "--data", place.address)
    assert done.returncode == 0, done.stderr
    assert "committed 1 batch that a killed run had archived" in done.stderr
    assert refworld("verify", "--digest", "--data", place.address).stdout == local_digests
    query = "SELECT state FROM runs ORDER BY started_at"
    states = refworld("sql", query, "--format", "csv", "--data", place.address).stdout.split()
    assert states == ["state", "crashed", "completed"]


def test_a_run_whose_lease_is_taken_over_fails_and_says_so(
    place: Place, refworld: Command, corpus: Path
) -> None:
    def overtaken(_method: str, path: str) -> None:
        if path.endswith("/commit.json"):
            place.front.before = None
            place.front.later = 100
            with held(place.copy()):
                pass

    place.front.before = overtaken
    done = refworld("ingest", corpus, "--workers", 1, "--data", place.address)
    assert done.returncode == 2
    assert "with token 1 is lost" in done.stderr
    assert "Traceback" not in done.stderr
    assert POINTER not in place.paths
    assert LEASE in place.paths


@pytest.mark.long
def test_a_flow_that_prefect_starts_takes_the_address_too(
    place: Place, prefect_api: str, corpus: Path
) -> None:
    from flows.ingest import drain, ingest

    run_id = ingest([str(corpus)], place.address, 1)
    drain()
    assert f"lake/events/{run_id}/events.json" in place.paths
    assert POINTER in place.paths


def test_a_server_that_is_gone_is_said(place: Place, refworld: Command) -> None:
    place.front.is_dead = True
    for command in (["status"], ["ingest", "x"], ["verify"], ["verify", "--digest"]):
        done = refworld(*command, "--data", place.address)
        assert done.returncode == 2
        assert "ConnectionClosedError" in done.stderr
        assert "Traceback" not in done.stderr
    done = refworld("status", "--data", f"s3://name:{SECRET}@bucket/")
    assert done.returncode == 2
    assert SECRET not in done.stderr
    assert "is written s3://bucket/prefix" in done.stderr


def test_prefect_is_not_imported_to_look(place: Place) -> None:
    script = (
        "import sys\nfrom flows.cli import main\nsys.argv = ['refworld', 'status']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\nassert 'prefect' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=command_environment(REFWORLD_DATA=place.address),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
