"""Only addresses that were checked are connected to."""

from __future__ import annotations

from io import BytesIO
from threading import Event

import httpcore
import pytest

from flows.fetching.guard import AddressForbidden, GuardedBackend, Stopped, Watch, is_public
from tests.flows.fetching.server import Server

PRIVATE = (
    "0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.0.1 169.254.169.254 172.16.0.1 "
    "192.0.0.1 192.0.2.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 240.0.0.1 "
    "255.255.255.255 :: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::a00:1 "
    "64:ff9b:1::7f00:1 2001:db8::1 2002:7f00:1::1 2002:a00:1::1 fc00::1 fd12::1 fe80::1 "
    "fe80::1%eth0 2606:4700::1%1 ff02::1 100::1 2001::1 nonsense 1.2.3 "
).split()
PUBLIC = "1.1.1.1 8.8.8.8 151.101.1.69 2606:4700:4700::1111 64:ff9b::808:808 ::ffff:8.8.8.8".split()


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


def watch(stop: Event | None = None) -> Watch:
    return Watch(BytesIO(), 1000, 5.0, stop or Event())


def test_one_private_address_among_public_ones_bars_a_name() -> None:
    backend = GuardedBackend(watch(), False, lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(AddressForbidden, match=r"name\.example has the address 10\.0\.0\.1"):
        backend.connect_tcp("name.example", 80)


def test_a_name_is_resolved_once_and_that_address_connected_to(server: Server) -> None:
    """A server of names that answers otherwise a moment later changes nothing."""
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    kept = watch()
    backend = GuardedBackend(kept, True, lambda host, port: answers.pop(0))
    stream = backend.connect_tcp("rebinding.example", server.port)
    assert stream.get_extra_info("server_addr") == ("127.0.0.1", server.port)
    stream.close()
    assert (kept.peer, answers) == ("127.0.0.1", [["127.0.0.2"]])


def test_the_next_address_is_tried_when_one_does_not_answer(server: Server) -> None:
    kept = watch()
    backend = GuardedBackend(kept, True, lambda host, port: ["127.0.0.9", "127.0.0.1"])
    backend.connect_tcp("name.example", server.port).close()
    assert kept.peer == "127.0.0.1"


def test_a_name_without_an_address_is_said() -> None:
    def none(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(httpcore.ConnectError, match="no address for the name"):
        GuardedBackend(watch(), False, none).connect_tcp("name.example", 80)


def test_a_run_that_is_to_end_connects_to_nothing(server: Server) -> None:
    stop = Event()
    stop.set()
    backend = GuardedBackend(watch(stop), True, lambda host, port: ["127.0.0.1"])
    with pytest.raises(Stopped):
        backend.connect_tcp("name.example", server.port)
