"""The WARC file of a fetch: what other tools say of it, and what a kill leaves of it."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from flows.event_rows import run_row
from flows.fetching import warc
from flows.fetching.adoption import adopt_fetches
from flows.fetching.options import FetchOptions
from flows.fetching.session import begun_fetch
from flows.fetching.warc import draft_path, final_path
from flows.intake.times import now
from flows.progress import progress_for
from flows.recorded import record_crashes
from flows.reference import reference_rows
from tests.flows.fetching.conftest import Fetcher
from tests.flows.fetching.server import http
from transforms.reading import read as read_capture
from warehouse import lake
from warehouse.database import publish
from warehouse.events import event_runs, read_seal, table_paths
from warehouse.home import Home
from warehouse.repair import FROM_COPY, Healer, repair
from warehouse.replication import replicate
from warehouse.verify import verify

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


def fetched(fetcher: Fetcher) -> Path:
    """Fetches something of each kind, twice, and returns the second WARC file."""
    server = fetcher.server
    addresses = [
        server.tell("/same", http(200, b"same")),
        server.tell("/other", http(200, b"one"), http(200, b"other")),
        server.tell("/chunks", CHUNKED, CHUNKED.replace(b"abc", b"abd")),
        server.tell("/moved", http(302, b"", "Location: /gone")),
        server.tell("/gone", http(404, b"gone")),
        server.tell("/cut", http(200, b"cut", length=10)),
        "http://elsewhere.example/\u00e9\r\nWARC-Type: response",
        "http://elsewhere.example/" + "x" * 9000,
    ]
    for _ in range(2):
        fetcher.fetch(*addresses)
    assert fetcher.run is not None
    return final_path(fetcher.home, fetcher.run.run_id)


def test_warcio_accepts_it(fetcher: Fetcher) -> None:
    path = fetched(fetcher)
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", "-v", path], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
    assert "no digest" not in done.stdout
    with path.open("rb") as stream:
        found = [
            (record.rec_type, record.rec_headers, record.content_stream().read())
            for record in ArchiveIterator(stream)
        ]
    kinds = Counter(kind for kind, _, _ in found)
    assert kinds == {"warcinfo": 1, "response": 4, "revisit": 1, "request": 5, "metadata": 8}
    bodies = [body for kind, _, body in found if kind == "response"]
    assert bodies == [b"other", b"abd", b"", b"gone"]
    answers = {
        headers["WARC-Record-ID"] for kind, headers, _ in found if kind in ("response", "revisit")
    }
    for kind, headers, _ in found:
        if kind == "request":
            assert headers["WARC-Concurrent-To"] in answers
            assert headers["WARC-IP-Address"] == "127.0.0.1"


def test_the_file_is_verified_copied_and_repaired_with_the_events(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    path = fetched(fetcher)
    home, copy = fetcher.home, Home(tmp_path / "copy")
    publish(home, reference_rows())
    assert verify(home, read_capture, now).faults == []
    done = replicate(home, copy, "r")
    assert (done.faults, done.extras) == ([], [])
    assert (copy.fetched / path.name).read_bytes() == path.read_bytes()
    assert replicate(home, copy, "r").copied_count == 0
    content = bytearray(path.read_bytes())
    content[700] ^= 1
    path.write_bytes(content)
    assert [f.place for f in verify(home, read_capture, now).faults] == [f"fetched/{path.name}"]
    fresh = replicate(home, Home(tmp_path / "fresh"), "r")
    assert [fault.place for fault in fresh.faults] == [f"fetched/{path.name}"]
    healed = repair(Healer(home, copy, "r", lambda _: pytest.fail("nothing is derived of it")))
    assert [(one.file, one.how) for one in healed.healed] == [(f"fetched/{path.name}", FROM_COPY)]
    assert verify(home, read_capture, now).faults == []


def told(home: Home, run_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the row of a run and its rows of `fetches`."""
    (runs,), (fetches,) = (table_paths(home, [run_id], name) for name in ("runs", "fetches"))
    (row,) = lake.read_table(runs).to_pylist()
    return row, lake.read_table(fetches).to_pylist()


def begun(fetcher: Fetcher, *addresses: str) -> bytes:
    """Fetches addresses, each held a copy of its draft; returns the draft with all of them."""
    options = FetchOptions(0.0, (fetcher.server.host,), True)
    with begun_fetch(fetcher.home, addresses, options, progress_for(None)) as run:
        run.fetch_all(addresses)
        content = draft_path(fetcher.home, run.run_id).read_bytes()
    fetcher.run = run
    return content


@pytest.mark.parametrize("cut", [0, 1, 9, 300])
def test_what_a_killed_fetch_got_is_kept_as_far_as_it_is_whole(
    fetcher: Fetcher, tmp_path: Path, cut: int
) -> None:
    addresses = [fetcher.server.tell(f"/{n}", http(200, b"page %d" % n)) for n in range(3)]
    content = begun(fetcher, *addresses)
    assert fetcher.run is not None
    run_id, expected = fetcher.run.run_id, fetcher.run.rows
    home = Home(tmp_path / "killed")
    home.fetched.mkdir(parents=True)
    draft_path(home, run_id).write_bytes(content[: len(content) - cut])
    record_crashes(home)
    row, rows = told(home, run_id)
    assert (row["state"], row["kind"], row["exit_code"]) == ("crashed", "fetch", None)
    assert [row["target_uri"] for row in rows] == addresses[: 3 if cut == 0 else 2]
    assert rows == [
        {**row, "fetched_at": row["fetched_at"].replace(tzinfo=None)}
        for row in expected[: len(rows)]
    ]
    assert not draft_path(home, run_id).exists()
    assert content.startswith(final_path(home, run_id).read_bytes())
    seal = read_seal(home.events / run_id / "events.json")
    assert f"fetched/{run_id}.warc.gz" in [entry.path for entry in seal]
    before = final_path(home, run_id).stat()
    adopt_fetches(home)
    assert final_path(home, run_id).stat() == before


def test_a_file_that_was_in_its_place_and_not_told_is_told(
    fetcher: Fetcher, tmp_path: Path
) -> None:
    content = begun(fetcher, fetcher.server.tell("/1", http(200, b"page")))
    assert fetcher.run is not None
    home = Home(tmp_path / "killed")
    home.fetched.mkdir(parents=True)
    final_path(home, fetcher.run.run_id).write_bytes(content)
    adopt_fetches(home)
    assert len(told(home, fetcher.run.run_id)[1]) == 1


def test_a_draft_with_nothing_in_it_goes(home: Home) -> None:
    home.fetched.mkdir(parents=True)
    draft_path(home, "r1").write_bytes(b"\x1f\x8b")
    adopt_fetches(home)
    assert list(home.fetched.iterdir()) == []
    assert event_runs(home) == []


def test_the_draft_of_a_fetch_that_is_at_work_is_left_alone(home: Home) -> None:
    home.fetched.mkdir(parents=True)
    path = draft_path(home, "r1")
    path.write_bytes(b"")
    with path.open("rb") as stream:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX)
        adopt_fetches(home)
        assert path.exists()


def test_a_fetch_that_fails_tells_what_it_got(fetcher: Fetcher) -> None:
    address = fetcher.server.tell("/1", http(200, b"page"))
    options = FetchOptions(0.0, (fetcher.server.host,), True)

    def interrupted() -> None:
        with begun_fetch(fetcher.home, [address], options, progress_for(None)) as run:
            run.fetch_all([address])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    row, rows = told(fetcher.home, event_runs(fetcher.home)[0])
    assert (row["state"], row["exit_code"]) == ("failed", 2)
    assert row["error"] == "interrupted by the user"
    assert [row["outcome"] for row in rows] == ["new"]


def test_a_fetch_that_is_stopped_asks_nothing_more(fetcher: Fetcher) -> None:
    addresses = [fetcher.server.tell(f"/{n}", http(200, b"page")) for n in range(3)]
    options = FetchOptions(0.0, (fetcher.server.host,), True)
    with begun_fetch(fetcher.home, addresses, options, progress_for(None)) as run:
        run.fetch_all(addresses[:1])
        run.stop.set()
        run.fetch_all(addresses[1:])
    assert fetcher.server.paths() == ["/0"]
    assert [row["outcome"] for row in run.rows] == ["new"]


def test_a_row_of_a_run_comes_back_as_it_was(home: Home) -> None:
    started_at = now()
    row = run_row(run_id="r1", kind="fetch", started_at=started_at, code_version="1",
                  arguments={"a": "\u00e9\n"}, state="crashed")  # fmt: skip
    with warc.drafting(home, row):
        pass
    adopt_fetches(home)
    assert told(home, "r1")[0] == {**row, "started_at": started_at.replace(tzinfo=None)}
