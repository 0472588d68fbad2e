"""Addresses to the letter, and which of them may be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.fetching.targets import (
    AddressUnfit,
    AllowedHosts,
    place_of,
    read_targets,
    redirect_target,
)

UNFIT = {
    "": "printable ASCII",
    "http://www.refworld.org/docid/\u00e9": "printable ASCII",
    "http://www.refworld.org/a b": "printable ASCII",
    "http://www.refworld.org/a\r\nX: y": "printable ASCII",
    "http://www.refworld.org/" + "a" * 9000: "more than 8000",
    "ftp://www.refworld.org/": "only http and https",
    "file:///etc/passwd": "only http and https",
    "www.refworld.org/docid/4680d8a81d.html": "only http and https",
    "//www.refworld.org/": "only http and https",
    "http:///path": "no host",
    "http://www_refworld.org/": "no host",
    "http://www.refworld.org:0/": "no host",
    "http://www.refworld.org:99999/": "no address",
    "http://[::1/": "no address",
    "http://user:word@www.refworld.org/": "password",
    "http://www.refworld.org@evil.example/": "password",
    "http://evil.example\\@www.refworld.org/": "password",
}


@pytest.mark.parametrize("address", UNFIT)
def test_what_is_no_address_is_not_asked(address: str) -> None:
    with pytest.raises(AddressUnfit, match=UNFIT[address]):
        place_of(address)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://www.refworld.org", ("http", "www.refworld.org", 80, "/")),
        ("https://WWW.Refworld.org./A%2cb", ("https", "www.refworld.org", 443, "/A%2cb")),
        ("http://h.example:8080?q=a|b", ("http", "h.example", 8080, "/?q=a|b")),
        ("http://h.example//a,X,,1,0.html", ("http", "h.example", 80, "//a,X,,1,0.html")),
        ("http://[::1]:81/x", ("http", "[::1]", 81, "/x")),
        ("http://h.example/a/../b?x=/../y", ("http", "h.example", 80, "/a/../b?x=/../y")),
    ],
)  # fmt: skip
def test_an_address_is_asked_for_to_the_letter(address: str, place: tuple[object, ...]) -> None:
    assert tuple(place_of(address)) == place


def test_a_list_has_comments_and_no_fragments(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(
        "\ufeff# cases of May\r\nhttp://a.example/1#p2\r\n\n  http://a.example/2  \n"
        "http://a.example/1\n#\n".encode()
    )
    found = read_targets(["http://a.example/2#x", "http://b.example/"], [path])
    assert found == ["http://a.example/2", "http://b.example/", "http://a.example/1"]


def test_a_list_that_is_no_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match="utf-8"):
        read_targets([], [tmp_path / "list"])


@pytest.mark.parametrize(
    ("address", "is_allowed"),
    [
        ("http://www.refworld.org/docid/1.html", True),
        ("https://refworld.org/", True),
        ("https://webarchive.archive.unhcr.org/20230101000000/http://www.refworld.org/", True),
        ("https://www.refworld.org:8443/", False),
        ("https://www.refworld.org.evil.example/", False),
        ("https://evilrefworld.org/", False),
        ("https://archive.unhcr.org/", False),
        ("http://127.0.0.1/", False),
        ("http://named.example/", True),
        ("http://sub.named.example/", False),
        ("http://named.example:8000/", False),
        ("http://ported.example:8000/", True),
        ("http://ported.example/", False),
        ("http://a.b.below.example/", True),
        ("http://[::1]:8000/", True),
    ],
)
def test_hosts_are_allowed_by_name_and_port(address: str, is_allowed: bool) -> None:
    named = ["Named.example", "ported.example:8000", "*.below.example", "[::1]:8000"]
    assert AllowedHosts(named).is_allowed(place_of(address)) is is_allowed


@pytest.mark.parametrize("name", ["", "*", "http://a.example", "a.example:x", "a b", "*.*.org"])
def test_what_is_no_host_is_said(name: str) -> None:
    with pytest.raises(ValueError, match="no host"):
        AllowedHosts([name])


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("b", "http://h.example/a/b"),
        ("/b#c", "http://h.example/b"),
        ("//other.example/", "http://other.example/"),
        ("https://h.example/%41|a b\xe9", "https://h.example/%41|a%20b%E9"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("/x\x00\x1b[2J", "http://h.example/x%00%1B[2J"),
    ],
)
def test_a_location_is_resolved(location: str, target: str) -> None:
    assert redirect_target("http://h.example/a/x?y", location) == target


def test_a_location_that_is_none_is_said() -> None:
    with pytest.raises(AddressUnfit):
        redirect_target("http://h.example/", "http://[::1/")
