"""A home on object storage is what a local one is, whatever happens to its runs."""

import os
import random
import threading
import time
from contextlib import closing
from importlib import resources
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.objects.runs import (
    PAGES,
    Place,
    client,
    digests_of,
    faults,
    held,
    ingest,
    ingest_held,
    killed_after,
)
from tests.warehouse.objects.store import SECRET, Front
from tests.warehouse.pages import commit_batch, page, publish_all
from warehouse.archive import read_warc
from warehouse.commits import ArchiveOccupied, commit_of, known_capture_ids, read_commits, withdraw
from warehouse.digests import content_digests
from warehouse.home import Home
from warehouse.lock import HomeBusy
from warehouse.objects.bucket import StoreDamaged, StoreFailed
from warehouse.objects.layout import generation_of
from warehouse.objects.lease import LEASE, LeaseLost
from warehouse.objects.pointer import POINTER, read_pointer
from warehouse.objects.reading import STRETCH, published_address, published_copy, read_object_record
from warehouse.query import open_database


@pytest.fixture(scope="module")
def local_digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = Home(tmp_path_factory.mktemp("local") / "data")
    commit_batch(home, PAGES)
    return content_digests(home)


def rows(place: Place, query: str) -> list[tuple[object, ...]]:
    with closing(open_database(published_copy(place.copy()))) as database:
        return database.execute(query).fetchall()


def test_what_is_in_the_bucket_is_what_a_local_home_has(
    place: Place, local_digests: dict[str, str]
) -> None:
    copy = place.copy()
    ingest(copy, PAGES, "run-1")
    assert list(copy.archive.iterdir()) == []
    assert digests_of(place) == local_digests
    assert faults(place) == []
    assert rows(place, "SELECT count(*) FROM captures") == [(6,)]
    commits = [path for path in place.paths if path.endswith("/commit.json")]
    assert len(commits) == 3
    for path in commits:
        found = place.bucket.read(path)
        assert found is not None
        folder = f"{path.removesuffix('commit.json')}{generation_of(found.content)}/"
        names = {one.removeprefix(folder) for one in place.paths if one.startswith(folder)}
        assert names == {
            Path(entry.path).name
            for entry in commit_of(found.content, path).files
            if entry.path.startswith("lake/")
        }
    assert sum(path.startswith("archive/") for path in place.paths) == 3
    assert not [path for path in place.paths if path.endswith(".started.json")]


def test_files_come_first_and_what_makes_them_count_last(place: Place) -> None:
    ingest(place.copy(), PAGES[:2], "run-1")
    written = [path.split("/refworld/")[1] for path in place.front.written if "/refworld/" in path]
    kinds = [path.split("/")[0] + "/" + path.split("/")[-1] for path in written]
    commit = kinds.index("lake/commit.json")
    is_warc = [kind.startswith("archive/") for kind in kinds]
    assert is_warc.index(True) < commit
    tables = [place for place, path in enumerate(written) if "/derived/" in path]
    assert max(tables) == commit
    assert kinds.index("lake/acquisitions.parquet") < kinds.index("lake/events.json")
    assert kinds.index("database/current.json") > next(
        number for number, kind in enumerate(kinds) if kind.endswith(".duckdb")
    )


def test_a_second_run_takes_in_what_is_new_and_nothing_twice(
    place: Place, local_digests: dict[str, str]
) -> None:
    copy = place.copy()
    ingest(copy, PAGES[:3], "run-1")
    before = set(place.paths)
    ingest(copy, PAGES[:3], "run-2")
    assert not [
        path for path in set(place.paths) - before if path.startswith(("archive/", "lake/derived"))
    ]
    ingest(place.copy(), PAGES, "run-3")
    assert digests_of(place) == local_digests
    assert rows(place, "SELECT run_id FROM runs ORDER BY 1") == [("run-1",), ("run-2",), ("run-3",)]
    # A copy that was not there meanwhile has what it lacks fetched, and nothing else.
    place.front.requests.clear()
    with held(copy):
        read = [path for method, path in place.front.requests if method == "GET"]
        assert content_digests(copy) == local_digests
    assert not [path for path in read if "/run-1/" in path or "/run-2/" in path]
    assert [path for path in read if "/run-3/" in path]


@pytest.mark.parametrize(
    "last",
    [
        pytest.param("PUT .warc.gz", marks=pytest.mark.long),
        "PUT commit.json",
        pytest.param("PUT run-1/events.json", marks=pytest.mark.long),
        pytest.param("PUT .duckdb", marks=pytest.mark.long),
        "PUT current.json",
    ],
)
def test_a_run_killed_after_a_write_is_made_good_by_the_next(
    place: Place, local_digests: dict[str, str], last: str
) -> None:
    """The working copy is lost with the killed run, and its lease stands until it runs out."""
    killed_after(place, last, lambda: ingest(place.copy(), PAGES[:4], "run-1", 4))
    pointer = read_pointer(place.bucket)
    assert pointer is None or place.bucket.size(pointer.path) == pointer.byte_length
    place.front.later = 100
    copy = place.copy()
    ingest(copy, PAGES, "run-2", 4)
    assert content_digests(copy) == local_digests
    assert faults(place) == []
    assert not [path for path in place.paths if path.endswith(".started.json")]
    found = rows(place, "SELECT run_id, state FROM runs ORDER BY run_id")
    is_told = last in (
        "PUT run-1/events.json",
        "PUT .duckdb",
        "PUT current.json",
    )
    before = [("run-1", "completed" if is_told else "crashed")]
    assert found == [*before, ("run-2", "completed")]


def test_what_a_copy_has_and_the_bucket_has_not_is_nothing(place: Place) -> None:
    copy = place.copy()
    ingest(copy, PAGES[:2], "run-1")
    with held(copy) as delivery:
        commit_batch(copy, PAGES[2:4])
        (copy.events / "run-9").mkdir()
        (copy.events / "run-9.started.json").write_bytes(b"")
        del delivery
    with held(copy):
        assert len(read_commits(copy)) == 1
        assert sorted(path.name for path in copy.events.iterdir()) == [
            "run-1",
            *[path.name for path in copy.events.glob("snapshot-*")],
        ]


def test_a_second_writer_waits_or_is_told_who_writes(place: Place) -> None:
    with held(place.copy(), seconds=2):
        words = rf"process {os.getpid()} on .*, token 1"
        with pytest.raises(HomeBusy, match=words), held(place.copy()):
            raise AssertionError
        waiting = threading.Thread(
            target=lambda: ingest_waiting(place),
        )
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join(60)
    assert rows(place, "SELECT count(*) FROM captures") == [(2,)]


def ingest_waiting(place: Place) -> None:
    copy = place.copy()
    with held(copy, wait=True, seconds=2) as delivery:
        ingest_held(copy, delivery, PAGES[:2], "run-1")


def test_the_token_only_grows(place: Place) -> None:
    tokens = []
    for _ in range(3):
        with held(place.copy()):
            found = place.bucket.read(LEASE)
            assert found is not None
            tokens.append(found.token)
    assert tokens == [1, 2, 3]


def test_a_holder_that_was_taken_over_commits_and_publishes_nothing(place: Place) -> None:
    mine = place.copy()
    with held(mine) as delivery:
        place.front.later = 100
        ingest(place.copy(), PAGES[:2], "run-2")
        place.front.later = 0
        before = place.paths, read_pointer(place.bucket)
        staged = commit_batch(mine, PAGES[2:4])
        with pytest.raises(LeaseLost, match=r"token 1 is lost: .* token 2 has it"):
            delivery.batch(staged.batch_id)
        publish_all(mine)
        with pytest.raises(LeaseLost, match="a run with token 2 has published since"):
            delivery.database()
        paths = {path for path in place.paths if path.endswith(("commit.json", ".duckdb"))}
        assert paths == {path for path in before[0] if path.endswith(("commit.json", ".duckdb"))}
        assert read_pointer(place.bucket) == before[1]


@pytest.mark.long
def test_a_holder_that_sleeps_at_the_pointer_cannot_move_it(place: Place) -> None:
    mine = place.copy()

    def overtaken(_method: str, path: str) -> None:
        if path.endswith(POINTER):
            place.front.before = None
            place.front.later = 100
            ingest(place.copy(), PAGES[:2], "run-2")

    place.front.before = overtaken
    with pytest.raises(LeaseLost, match="a run with token 2 has published since"):
        ingest(mine, PAGES[2:4], "run-1")
    pointer = read_pointer(place.bucket)
    assert pointer is not None
    assert pointer.token == 2
    # What it had committed before is not lost.
    assert rows(place, "SELECT count(*) FROM captures") == [(4,)]


@pytest.mark.long
def test_a_sleeper_at_its_commit_can_only_commit_what_the_other_has_adopted(
    place: Place, local_digests: dict[str, str]
) -> None:
    def overtaken(_method: str, path: str) -> None:
        if path.endswith("/commit.json"):
            place.front.before = None
            place.front.later = 100
            ingest(place.copy(), PAGES[:3], "run-2", size=3)

    place.front.before = overtaken
    with pytest.raises(LeaseLost):
        ingest(place.copy(), PAGES[2:], "run-1", size=4)
    assert len([path for path in place.paths if path.endswith("/commit.json")]) == 2
    assert digests_of(place) == local_digests
    copy = place.copy()
    ingest(copy, PAGES, "run-3")
    assert len(known_capture_ids(copy)) == sum(one.capture_count for one in read_commits(copy))
    assert rows(place, "SELECT count(*) FROM captures") == [(6,)]
    assert faults(place) == []


def test_a_batch_that_is_derived_anew_takes_the_others_place_in_one_step(place: Place) -> None:
    ingest(place.copy(), PAGES[:2], "run-1")
    copy = place.copy()
    with held(copy, with_archive=True) as delivery:
        (entry,) = read_commits(copy)
        captures = [one for _, one in read_warc(copy.archive / f"{entry.batch_id}.warc.gz")]
        withdraw(copy, entry.batch_id)
        from tests.warehouse.pages import reading_of
        from warehouse.commits import commit, stage

        readings = [reading_of(one, title="Other") for one in captures]
        commit(copy, stage(copy, captures, readings, "0.2.0+other"))
        place.front.requests.clear()
        delivery.batches()
    assert not [path for method, path in place.front.requests if method == "DELETE"]
    with held(place.copy()):
        pass
    found = place.bucket.read(f"lake/derived/{entry.batch_id}/commit.json")
    assert found is not None
    assert commit_of(found.content, "").code_version == "0.2.0+other"
    assert faults(place) == []


def test_a_commit_that_another_has_changed_is_not_replaced(place: Place) -> None:
    copy = place.copy()
    with held(copy) as delivery:
        staged = commit_batch(copy, PAGES[:2])
        path = f"lake/derived/{staged.batch_id}/commit.json"
        place.bucket.put(path, b"another's")
        with pytest.raises(StoreFailed, match="another run has put it since; run again"):
            delivery.batch(staged.batch_id)
        found = place.bucket.read(path)
        assert found is not None
        assert found.content == b"another's"


def test_preserved_bytes_are_never_replaced(place: Place) -> None:
    copy = place.copy()
    with held(copy) as delivery:
        staged = commit_batch(copy, PAGES[:2])
        place.bucket.put(f"archive/{staged.batch_id}.warc.gz", b"other bytes")
        with pytest.raises(ArchiveOccupied, match="has other bytes than what was staged"):
            delivery.batch(staged.batch_id)
    assert not [path for path in place.paths if path.endswith("/commit.json")]


@pytest.mark.parametrize("ending", ["captures.parquet", ".duckdb"])
def test_what_is_damaged_does_not_come_into_a_copy(place: Place, ending: str) -> None:
    ingest(place.copy(), PAGES[:2], "run-1")
    path = next(path for path in place.paths if path.endswith(ending))
    content = b"".join(place.bucket.blocks(path))
    place.bucket.put(path, content[:-1] + b"x")
    with pytest.raises(StoreDamaged, match=f"{ending} has the SHA-256"), held(place.copy()):
        raise AssertionError


@pytest.mark.parametrize("is_done", [False, True], ids=["refused", "answer lost"])
def test_what_fails_once_is_tried_again(place: Place, is_done: bool) -> None:
    seen: set[tuple[str, str]] = set()

    def once(method: str, path: str) -> int | None:
        if (method, path) in seen:
            return None
        seen.add((method, path))
        return 503

    if is_done:
        place.front.after = once
    else:
        place.front.before = once
    ingest(place.copy(), PAGES[:2], "run-1")
    place.front.reset()
    assert len(seen) > 15
    assert rows(place, "SELECT count(*) FROM captures") == [(2,)]
    assert faults(place) == []


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_set(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.objects.asking._READ_SECONDS", 0.3)
    waits = iter([0.8])

    def sleep(_method: str, path: str) -> None:
        if path.endswith("/commit.json"):
            time.sleep(next(waits, 0))

    place.front.after = sleep
    copy = place.copy()
    with held(copy) as delivery:
        delivery.batch(commit_batch(copy, PAGES[:2]).batch_id)
    puts = [path for path in place.front.written if path.endswith("/commit.json")]
    assert len(puts) == 2  # the first one was done
    assert faults(place) == []


def test_a_server_that_stays_busy_fails_the_run_and_names_the_object(place: Place) -> None:
    copy = place.copy()
    with held(copy) as delivery:
        staged = commit_batch(copy, PAGES[:2])
        place.front.before = lambda method, path: 503 if path.endswith("commit.json") else None
        words = r"put lake/derived/.*/commit.json: the object store answered 503 SlowDown"
        with pytest.raises(StoreFailed, match=words):
            delivery.batch(staged.batch_id)
        place.front.before = None
        delivery.batches()
    assert faults(place) == []


def test_damage_is_named_whatever_it_befalls(place: Place) -> None:
    ingest(place.copy(), PAGES[:2], "run-1")
    bucket, prefix = place.address.removeprefix("s3://").split("/")
    for ending, damage in (
        (".warc.gz", "flipped"),
        ("captures.parquet", "gone"),
        ("commit.json", "flipped"),
        ("runs.parquet", "cut"),
        ("run-1/events.json", "cut"),
        (".duckdb", "gone"),
        ("current.json", "flipped"),
    ):
        path = next(path for path in place.paths if path.endswith(ending))
        spot = {"Bucket": bucket, "Key": f"{prefix}/{path}"}
        sound = client().get_object(**spot)["Body"].read()
        if damage == "gone":
            client().delete_object(**spot)
        else:
            half = len(sound) // 2
            flipped = sound[:half] + bytes([sound[half] ^ 1]) + sound[half + 1 :]
            client().put_object(**spot, Body=flipped if damage == "flipped" else sound[:-1])
        assert faults(place) == [path]
        client().put_object(**spot, Body=sound)
    assert faults(place) == []


def test_a_record_is_read_without_the_rest_of_its_file(place: Place) -> None:
    captures = [
        page(number, more=random.Random(number).randbytes(9000).hex()) for number in range(60)
    ]
    ingest(place.copy(), captures, "run-1", size=60)
    found = rows(place, "SELECT capture_id, warc_file, warc_offset FROM captures ORDER BY 3")
    for capture_id, warc_file, offset in (found[0], found[-1]):
        place.front.requests.clear()
        capture = read_object_record(place.copy(), str(warc_file), int(str(offset)))
        assert capture.capture_id == capture_id
        assert [method for method, _ in place.front.requests] == ["HEAD", "GET"]
    assert (place.bucket.size(f"archive/{warc_file}") or 0) > 2 * STRETCH


@pytest.mark.long
def test_a_reader_keeps_what_it_has_and_older_databases_go(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.objects.pointer._KEPT", 1)
    copy = place.copy()
    names = []
    reader = place.copy()
    for number in range(3):
        ingest(copy, [PAGES[number]], f"run-{number}")
        pointer = read_pointer(place.bucket)
        assert pointer is not None
        names.append(pointer.path)
        with closing(open_database(published_copy(reader))) as database:
            assert database.execute("SELECT count(*) FROM captures").fetchone() == (number + 1,)
    assert [path for path in place.paths if path.endswith(".duckdb")] == sorted(names[-2:])
    assert len(list((reader.root / "published").iterdir())) == 1


def test_the_published_database_is_attached_through_httpfs(place: Place, front: Front) -> None:
    ingest(place.copy(), PAGES, "run-1")
    address = published_address(place.copy())
    with closing(duckdb.connect()) as database:
        parts = (f"v{duckdb.__version__}", "httpfs.duckdb_extension")
        extension = resources.files("duckdb_extension_httpfs").joinpath("extensions", *parts)
        database.execute(f"LOAD '{extension}'")
        database.execute(
            "CREATE SECRET (TYPE s3, KEY_ID 'name', SECRET ?, REGION 'us-east-1', ENDPOINT ?, "
            "URL_STYLE 'path', USE_SSL false)",
            [SECRET, front.address.removeprefix("http://")],
        )
        database.execute(f"ATTACH '{address}' AS refworld (READ_ONLY)")
        assert database.execute("SELECT count(*) FROM refworld.captures").fetchone() == (6,)
        listed = f"{place.address}/lake/derived/*/*/captures.parquet"
        assert database.execute(f"SELECT count(*) FROM '{listed}'").fetchone() == (6,)


def test_no_secret_is_kept_or_told(place: Place) -> None:
    ingest(place.copy(), PAGES[:2], "run-1")
    for path in place.paths:
        assert SECRET.encode() not in b"".join(place.bucket.blocks(path))
    place.front.is_dead = True
    with pytest.raises(StoreFailed) as raised:
        place.bucket.read(POINTER)
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None
