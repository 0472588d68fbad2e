"""Fetches from the misbehaving server, with a clock of their own between requests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator

from flows.fetching.options import FetchOptions
from flows.fetching.session import FetchRun, Tools, begun_fetch, end
from flows.progress import progress_for
from tests.flows.fetching.server import Server, served
from warehouse.home import Home


class Time:
    """Seconds that pass only by waiting for them."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> bool:
        self.now += seconds
        self.slept.append(round(seconds, 3))
        return False


@pytest.fixture
def server() -> Iterator[Server]:
    with served() as server:
        yield server


class Fetcher:
    """Fetches into a home, with what the server needs to be asked at all."""

    def __init__(self, home: Home, server: Server) -> None:
        self.home = home
        self.server = server
        self.time = Time()
        self.run: FetchRun | None = None

    def fetch(self, *addresses: str, **options: Any) -> list[dict[str, Any]]:
        """Returns the rows of a fetch, in order."""
        given = {
            "rate": 0.0,
            "retries": 0,
            "allow_hosts": (self.server.host,),
            "is_private_allowed": True,
            **options,
        }
        tools = Tools(self.time.clock, self.time.sleep, lambda: 1.0)
        with begun_fetch(
            self.home, addresses, FetchOptions(**given), progress_for(sys.stderr), tools=tools
        ) as run:
            for group in run.addresses_by_host().values():
                run.fetch_all(group)
            end(run)
        self.run = run
        return list(run.rows)

    def one(self, address: str, **options: Any) -> dict[str, Any]:
        """Returns the one row of a fetch of one address."""
        (row,) = self.fetch(address, **options)
        return row

    def evidence(self, row: dict[str, Any]) -> tuple[str, dict[str, str], bytes]:
        """Returns kind, headers and block of the record that a row names."""
        with (self.home.fetched / row["warc_file"]).open("rb") as stream:
            (found,) = [
                (headers["WARC-Type"], headers, block)
                for record in ArchiveIterator(stream, parse_http=False)
                if (headers := record.headers.to_dict())
                and (block := record.reader.read()) is not None
                and record.stream_pos == row["warc_offset"]
            ]
        return found


@pytest.fixture
def fetcher(home: Home, server: Server) -> Fetcher:
    return Fetcher(home, server)
