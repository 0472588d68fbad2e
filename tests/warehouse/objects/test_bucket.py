"""What is done to a bucket: large objects, stretches, conditions, and what is left behind."""

import hashlib
import os
import threading
from pathlib import Path

import pytest

from tests.warehouse.objects.runs import Place, client
from warehouse.objects import asking, parts
from warehouse.objects.address import Address, cache_folder, is_object_home, parse_address
from warehouse.objects.bucket import StoreFailed

PART = 5 << 20  # the least that S3 takes


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """A file that is put in three parts, and its digest."""
    monkeypatch.setattr(parts, "PART_BYTES", PART)
    content = os.urandom(2 * PART + 1000)
    path = tmp_path / "large"
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def uploads(place: Place) -> int:
    bucket = place.address.split("/")[2]
    return len(client().list_multipart_uploads(Bucket=bucket).get("Uploads", ()))


def test_a_large_file_is_put_in_parts_once(place: Place, large: tuple[Path, str]) -> None:
    path, sha256 = large
    assert place.bucket.put_file("archive/large", path, sha256)
    assert place.bucket.sha256("archive/large") == sha256
    assert not place.bucket.put_file("archive/large", path, sha256)
    assert uploads(place) == 0


def test_of_two_that_put_a_large_file_one_does(place: Place, large: tuple[Path, str]) -> None:
    path, sha256 = large

    def overtaken(method: str, name: str) -> None:
        if method == "POST" and name.endswith("large"):
            place.front.after = None
            place.bucket.put("archive/large", b"other")

    place.front.after = overtaken
    assert not place.bucket.put_file("archive/large", path, sha256)
    assert place.bucket.size("archive/large") == 5
    assert uploads(place) == 0


def test_a_file_that_is_not_what_was_said_is_not_put(
    place: Place, large: tuple[Path, str], tmp_path: Path
) -> None:
    small = tmp_path / "small"
    small.write_bytes(b"small")
    for path in (large[0], small):
        with pytest.raises(StoreFailed, match="changed"):
            place.bucket.put_file("archive/odd", path, "0" * 64)
        assert place.bucket.size("archive/odd") is None
    assert uploads(place) == 0


def test_what_killed_uploads_leave_is_given_up(place: Place, large: tuple[Path, str]) -> None:
    def dead(method: str, name: str) -> None:
        place.front.is_dead = method == "PUT" and name.endswith("large")

    place.front.after = dead
    with pytest.raises(StoreFailed):
        place.bucket.put_file("archive/large", *large)
    place.front.reset()
    assert uploads(place) == 1
    assert place.bucket.size("archive/large") is None
    assert place.bucket.abort_uploads() == 1
    assert uploads(place) == 0


@pytest.mark.parametrize(("start", "length"), [(0, None), (3, None), (3, 4), (9, 5), (10, 5)])
def test_stretches(place: Place, start: int, length: int | None) -> None:
    place.bucket.put("digits", b"0123456789")
    end = None if length is None else start + length
    assert b"".join(place.bucket.blocks("digits", start, length)) == b"0123456789"[start:end]


def test_reading_goes_on_where_it_was_broken_off(place: Place) -> None:
    content = os.urandom(100_000)
    place.bucket.put("object", content)
    place.front.cuts = 3
    assert b"".join(place.bucket.blocks("object")) == content
    place.front.cuts = 9
    with pytest.raises(StoreFailed, match="read object: "):
        list(place.bucket.blocks("object"))


def test_an_empty_object_and_one_that_is_not_there(place: Place) -> None:
    place.bucket.put("empty", b"")
    assert list(place.bucket.blocks("empty")) == []
    assert place.bucket.read("nothing") is None
    with pytest.raises(StoreFailed, match="read nothing: the object store answered 404 NoSuchKey"):
        list(place.bucket.blocks("nothing"))


def test_of_many_that_put_if_absent_one_does(place: Place) -> None:
    done: list[str | None] = []
    bucket = place.bucket
    threads = [
        threading.Thread(
            target=lambda n=number: done.append(bucket.put_if_absent("one", str(n).encode()))  # type: ignore[misc]
        )
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 12
    assert sum(etag is not None for etag in done) == 1


def test_missing_credentials_are_said(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    asking._session.cache_clear()
    try:
        with pytest.raises(StoreFailed, match="there are no credentials; AWS_ACCESS_KEY_ID"):
            place.bucket.read("one")
    finally:
        asking._session.cache_clear()


def test_conditions_on_a_tag(place: Place) -> None:
    etag = place.bucket.put("one", b"1")
    assert place.bucket.put_if_same("one", b"2", etag) is not None
    assert place.bucket.put_if_same("one", b"3", etag) is None
    assert place.bucket.put_if_same("none", b"3", etag) is None
    place.bucket.delete("one")
    place.bucket.delete("one")
    assert place.bucket.read("one") is None


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("s3://bucket", Address("bucket", "")),
        ("s3://bucket/", Address("bucket", "")),
        ("s3://my.bucket-1/some/prefix/", Address("my.bucket-1", "some/prefix")),
    ],
)
def test_addresses(words: str, address: Address) -> None:
    assert parse_address(words) == address
    assert is_object_home(words)
    assert parse_address(str(address)) == address
    assert address.path(address.key("lake/x")) == "lake/x"


@pytest.mark.parametrize(
    "words",
    ["s3://", "s3://b", "s3:///key", "s3://name:word@bucket/x", "s3://bucket/a/../b",
     "s3://bucket/a//b", "s3://bucket/x?y", "data", "S3://BUCKET/x"],
)  # fmt: skip
def test_what_is_no_address(words: str) -> None:
    with pytest.raises(ValueError, match=r"^a home on object storage is written s3://bucket"):
        parse_address(words)


def test_each_home_has_a_copy_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://one")
    homes = [cache_folder(Address("bucket", prefix), tmp_path) for prefix in ("", "a", "b")]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://two")
    homes.append(cache_folder(Address("bucket", "a"), tmp_path))
    assert len(set(homes)) == 4
    assert all(home.parent == tmp_path for home in homes)
    monkeypatch.setenv("REFWORLD_CACHE", str(tmp_path / "other"))
    assert cache_folder(Address("bucket", "")).parent == tmp_path / "other"
    monkeypatch.delenv("REFWORLD_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder(Address("bucket", "")).parent == tmp_path / "refworld"
