"""PDF files that unpack to gigabytes or draw without end: bounded, and no other page's loss."""

import resource
from contextlib import suppress

import pytest

from flows.heartbeat import READ_ALL, Orders, read_each
from flows.limits import MEGABYTE
from flows.memory import bounded_memory
from flows.pool import worker_pool
from tests.flows.conftest import page
from tests.pdfs import bomb, column, pdf
from transforms.records import DOCUMENT, QUARANTINED, Capture, capture_of

_GIGABYTE = 1_000 * MEGABYTE


def _read(captures: list[Capture], orders: Orders = READ_ALL) -> list[tuple[str, list[str]]] | None:
    readings = read_each(captures, orders)
    if orders.only is not None:
        return None
    return [(each.outcome, [issue.code for issue in each.issues]) for each in readings]


def test_memory_is_bounded_and_the_bound_taken_off() -> None:
    before = [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CORE)]
    with bounded_memory(200 * MEGABYTE):
        assert len(bytearray(100 * MEGABYTE)) == 100 * MEGABYTE
        with pytest.raises(MemoryError):
            bytearray(_GIGABYTE)
    with suppress(ZeroDivisionError), bounded_memory(MEGABYTE):
        raise ZeroDivisionError
    after = [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CORE)]
    assert after == before
    assert len(bytearray(_GIGABYTE)) == _GIGABYTE


def test_a_bound_that_was_there_is_not_widened() -> None:
    with (
        bounded_memory(200 * MEGABYTE),
        bounded_memory(100 * _GIGABYTE),
        pytest.raises(MemoryError),
    ):
        bytearray(_GIGABYTE)


def captured(*payloads: bytes) -> list[Capture]:
    assert max(map(len, payloads)) < MEGABYTE
    return [
        capture_of(payload, f"https://www.refworld.org/pdfid/4680d8a8{n}d.pdf")
        for n, payload in enumerate(payloads)
    ]


@pytest.mark.long
def test_bombs_and_drawings_without_end_cost_no_other_page() -> None:
    bombs = captured(page(1).encode(), bomb(600), pdf(column("Some words.")), page(2).encode())
    drawings = captured(bomb(120, b"q Q "), page(3).encode())
    with worker_pool(1, 400 * MEGABYTE) as pool:
        died = pool.submit_reading(60.0, _read, bombs).result(timeout=120)
        hung = pool.submit_reading(1.0, _read, drawings).result(timeout=120)
    assert [outcome for outcome, _ in died] == [DOCUMENT, QUARANTINED, DOCUMENT, DOCUMENT]
    assert died[1][1] == ["reader_died"]
    assert [outcome for outcome, _ in hung] == [QUARANTINED, DOCUMENT]
    assert hung[0][1] == ["reading_timed_out"]
