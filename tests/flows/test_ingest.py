"""The flow against a server that a user has configured: what is kept, said and recorded."""

import gzip
import json
import os
import resource
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.event_rows import run_row
from tests.flows.conftest import SEED, Command, page, run_apart, write_corpus
from warehouse.commits import read_commits, withdraw
from warehouse.digests import content_digests
from warehouse.events import write_event_tables
from warehouse.home import Home
from warehouse.lock import writer_lock
from warehouse.query import open_database


def _query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with closing(open_database(home)) as database:
        return database.execute(sql).fetchall()


@pytest.fixture
def copied(seed_home: Home, home: Home) -> Home:
    """A home that holds the seed, to be changed."""
    shutil.copytree(seed_home.root, home.root)
    return home


def _derived_files(home: Home) -> dict[str, bytes]:
    paths = [*home.derived.rglob("*"), *home.archive.rglob("*")]
    return {str(path): path.read_bytes() for path in paths if path.is_file()}


def test_a_second_run_changes_nothing_and_says_so(refworld: Command, copied: Home) -> None:
    before = _derived_files(copied)
    done = refworld("ingest", SEED, "--data", copied.root)
    assert done.returncode == 0
    assert "Nothing is new" in done.stdout
    assert _derived_files(copied) == before
    assert _query(copied, "SELECT new_count, unchanged_count FROM runs ORDER BY started_at") == [
        (1, 0),
        (0, 1),
    ]


def test_bad_inputs_are_named_and_the_rest_goes_on(
    refworld: Command, home: Home, tmp_path: Path
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "good.txt").write_text(page(1))
    (folder / "copy.txt").write_text(page(1))
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(os.urandom(5000))
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "evil\x1b[2J[bold].txt").write_bytes(os.urandom(5000))
    (folder / "help.txt").write_text("How to use this site\n\nThe search box is at the top.\n")
    rows = [json.dumps({"text": page(n), "url": f"http://x/{n}"}) for n in (2, 3)]
    (folder / "rows.jsonl").write_text("\n".join([rows[0], '{"text": "cut of', rows[1]]) + "\n")
    cut = gzip.compress(("\n".join([rows[0]] * 2000) + "\n").encode())[:-9]
    (folder / "cut.jsonl.gz").write_bytes(cut)
    done = refworld("ingest", folder, tmp_path / "nowhere", "--data", home.root, "--workers", 1)
    assert done.returncode == 1, done.stderr
    for words in ("source_missing", "nowhere", "unreadable", "corpus_row_unreadable",
                  "truncated_stream", "rows.jsonl#2", "\\x1b[2J[bold].txt"):  # fmt: skip
        assert words in done.stdout
    assert "\x1b" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    ((count, total, seen, seen_bytes),) = _query(
        home,
        "SELECT (SELECT count(*) FROM acquisitions), (SELECT sum(byte_length) FROM acquisitions), "
        "input_count, input_bytes FROM runs",
    )
    assert (count, total) == (seen, seen_bytes)
    documents = _query(home, "SELECT document_id FROM documents ORDER BY 1")
    assert [row[0] for row in documents] == [f"4{n:08x}" for n in (1, 2, 3)]
    assert refworld("verify", "--data", home.root).returncode == 0


def test_the_lake_is_the_same_whatever_the_workers_and_the_order(
    refworld: Command, tmp_path: Path
) -> None:
    one, two = Home(tmp_path / "one"), Home(tmp_path / "two")
    first = write_corpus(tmp_path / "a.jsonl", 900)
    second = write_corpus(tmp_path / "b.jsonl", 300, first=800)
    assert refworld("ingest", first, second, "--data", one.root, "--workers", 1).returncode == 0
    assert refworld("ingest", second, first, "--data", two.root, "--workers", 3).returncode == 0
    assert [(c.batch_id, c.sha256) for c in read_commits(one)] == [
        (c.batch_id, c.sha256) for c in read_commits(two)
    ]
    assert content_digests(one) == content_digests(two)
    assert _query(one, "SELECT new_count, duplicate_count FROM runs") == [(1100, 100)]


def test_what_was_archived_and_not_committed_is_taken_up(refworld: Command, copied: Home) -> None:
    home = copied
    before = _derived_files(home)
    withdraw(home, read_commits(home)[0].batch_id)
    done = refworld("ingest", SEED, "--data", home.root)
    assert done.returncode == 0, done.stderr
    assert "committed 1 batch that a killed run had archived" in done.stderr
    assert _derived_files(home) == before
    assert _query(home, "SELECT count(*) FROM documents") == [(1,)]


def test_a_check_that_fails_leaves_the_last_database_standing(
    refworld: Command, copied: Home
) -> None:
    home = copied
    before = home.database.read_bytes()
    row = run_row(
        run_id="20200101T000000Z-00000000",
        kind="ingest",
        started_at=datetime(2020, 1, 1, tzinfo=UTC),
        code_version="test",
        arguments={},
        state="completed",
    )
    write_event_tables(home, row["run_id"], {"runs": [{**row, "input_count": 7}]})
    done = refworld("ingest", SEED, "--data", home.root)
    assert done.returncode == 2
    assert "ledger" in done.stderr
    assert home.database.read_bytes() == before
    status = refworld("status", "--data", home.root)
    assert status.returncode == 0


def test_a_full_disk_is_said_and_nothing_is_lost(
    prefect_api: str, refworld: Command, home: Home, tmp_path: Path
) -> None:
    corpus = write_corpus(tmp_path / "pages.jsonl", 300)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = run_apart(prefect_api, "ingest", corpus, "--data", home.root, limit=limit)
    assert done.returncode == 2
    assert "The disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    done = refworld("ingest", corpus, "--data", home.root)
    assert done.returncode == 0, done.stderr
    assert _query(home, "SELECT state FROM runs ORDER BY started_at") == [
        ("failed",),
        ("completed",),
    ]
    assert _query(home, "SELECT count(*) FROM documents") == [(300,)]


def test_a_home_that_cannot_be_written_is_said(refworld: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = refworld("ingest", SEED, "--data", tmp_path / "file" / "data")
    assert done.returncode == 2
    assert "cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_writer_says_who_holds_the_home(refworld: Command, home: Home) -> None:
    with writer_lock(home, wait=False):
        done = refworld("ingest", SEED, "--data", home.root, "--no-wait")
        status = refworld("status", "--data", home.root)
    assert done.returncode == 2
    assert f"process {os.getpid()}" in done.stderr
    assert f"Being written to by process {os.getpid()}" in status.stdout


def test_prefect_may_start_the_flow_itself(prefect_api: str, home: Home) -> None:
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    from flows.ingest import ingest

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        run_id = ingest([str(SEED)], str(home.root), workers=1)
    assert _query(home, "SELECT run_id, state FROM runs") == [(run_id, "completed")]


@pytest.mark.parametrize("change", ["vanishes", "grows"])
def test_a_file_that_changes_while_it_is_read_is_left_out(
    prefect_api: str, home: Home, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import session, steps
    from flows.progress import progress_for
    from flows.session import begun_run

    # Nothing is read before the change, however quick the workers are.
    monkeypatch.setattr(session, "begin_ahead", lambda _run: None)

    folder = tmp_path / "pages"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(page(number))
    with (
        writer_lock(home, wait=False),
        begun_run(home, [str(folder)], 1, progress_for(None)) as run,
    ):
        steps.discover(run)
        if change == "vanishes":
            (folder / "1.txt").unlink()
        else:
            (folder / "1.txt").write_text(page(1) + "more")
        for number in steps.plan_batches(run):
            steps.commit_batch(run, steps.archive_and_read_batch(run, number))
        steps.reconcile(run)
        steps.record(run)
        steps.load_check_publish(run)
        assert run.exit_code == 1
    code = "vanished" if change == "vanishes" else "changed_while_read"
    assert _query(home, "SELECT outcome, issue_code, capture_id IS NULL FROM acquisitions") == [
        ("new", None, False),
        ("quarantined", code, True),
        ("new", None, False),
    ]
