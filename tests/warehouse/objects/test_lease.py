"""The lease: renewed while it is held, given up in time, never believed for longer."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.warehouse.objects.runs import PAGES, Place, held, ignore, ingest
from tests.warehouse.pages import commit_batch
from warehouse import sealed
from warehouse.lock import HomeBusy
from warehouse.objects.bucket import StoreFailed
from warehouse.objects.layout import OddName, object_path
from warehouse.objects.lease import LEASE, LeaseLost, holder_of, lease_held
from warehouse.objects.pointer import POINTER
from warehouse.query import open_database
from warehouse.staging import FileEntry


def test_it_is_renewed_while_it_is_held(place: Place) -> None:
    with lease_held(place.bucket, False, ignore, seconds=0.3) as lease:
        time.sleep(1)
        lease.check()
        holder = holder_of(place.bucket)
        assert holder is not None
        assert holder.renewed_count >= 2
    assert holder_of(place.bucket) is None


def test_one_that_cannot_be_renewed_is_given_up_before_it_runs_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lease_held(place.bucket, False, ignore, seconds=60) as lease:
        began = time.monotonic()
        monkeypatch.setattr("warehouse.objects.lease.time.monotonic", lambda: began + 47)
        lease.check()
        monkeypatch.setattr("warehouse.objects.lease.time.monotonic", lambda: began + 49)
        place.front.requests.clear()
        with pytest.raises(LeaseLost, match="could not be renewed in time"):
            lease.check()
        assert place.front.requests == []  # one that slept asks nobody
        lease.renew()
        lease.check()


def test_the_clock_here_decides_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with lease_held(place.bucket, False, ignore):
        for module in ("asking", "lease"):
            monkeypatch.setattr(f"warehouse.objects.{module}.datetime", None)
        with pytest.raises(HomeBusy), lease_held(place.bucket, False, ignore):
            raise AssertionError


def test_an_answer_that_is_lost_costs_nobody_the_lease(place: Place) -> None:
    lost = iter([503, None, 503, None, 503])
    place.front.after = lambda _method, path: next(lost, None) if path.endswith(LEASE) else None
    with lease_held(place.bucket, False, ignore) as lease:
        lease.renew()
        lease.check()
    assert holder_of(place.bucket) is None


def test_a_lease_that_says_nothing_is_taken_with_a_higher_token(place: Place) -> None:
    place.bucket.put(LEASE, b"{", token=41)
    with lease_held(place.bucket, False, ignore) as lease:
        assert lease.token == 42


@pytest.mark.parametrize(
    ("ignored", "name"), [("HTTP_IF_NONE_MATCH", "If-None-Match"), ("HTTP_IF_MATCH", "If-Match")]
)
def test_a_service_that_ignores_conditions_is_refused(
    place: Place, ignored: str, name: str
) -> None:
    place.front.ignored = ignored
    with pytest.raises(StoreFailed, match=f"ignores {name} when"), held(place.copy()):
        raise AssertionError


def test_no_list_reaches_out_of_its_folder(place: Place) -> None:
    batch = "0" * 32
    listing = f"lake/derived/{batch}/commit.json"
    sound = FileEntry(f"lake/derived/{batch}/captures.parquet", "", 0, 0)
    assert object_path(sound, listing, "g") == f"lake/derived/{batch}/g/captures.parquet"
    for path in (
        "../../elsewhere/captures.parquet",
        f"lake/derived/{batch}/../x/captures.parquet",
        f"lake/derived/{batch}/commit.json",
        f"lake/derived/{'1' * 32}/captures.parquet",
        f"archive/{'1' * 32}.warc.gz",
        "/etc/captures.parquet",
    ):
        with pytest.raises(OddName):
            object_path(FileEntry(path, "", 0, 0), listing, "g")


def test_a_pointer_that_reaches_out_is_not_followed(place: Place, tmp_path: Path) -> None:
    ingest(place.copy(), PAGES[:1], "run-1")
    found = place.bucket.read(POINTER)
    assert found is not None
    fields = {**sealed.unsealed(found.content), "name": "../lease.json"}
    place.bucket.put(POINTER, sealed.sealed(fields))
    with pytest.raises(Exception, match="names what is no database"), held(place.copy()):
        raise AssertionError


def test_a_damaged_copy_is_made_anew_when_it_is_thrown_away(place: Place) -> None:
    copy = place.copy()
    ingest(copy, PAGES[:1], "run-1")
    copy.database.write_bytes(b"damaged")
    with held(copy):
        with closing(open_database(copy)) as database:
            assert database.execute("SELECT count(*) FROM captures").fetchone() == (1,)
        commit_batch(copy, PAGES[1:2])  # which is nothing without its delivery
    with held(copy):
        assert len(list(copy.derived.glob("*"))) == 1
