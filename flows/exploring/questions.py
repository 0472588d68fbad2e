"""Questions in SQL, each asked in a process of its own that time and memory are measured to."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from flows.exploring.rendering import Site
from warehouse import browsing
from warehouse.home import Home
from warehouse.query import recipe_rows

_SHOWN = 500
_SECONDS = 30.0
_LONGEST = 20_000
_LIMITS = ("--memory", "1GB", "--timeout", str(_SECONDS))

AsyncEndpoint = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class Answer:
    """What a question gave: columns and the first rows, or why it gave none."""

    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    is_cut: bool = False
    error: str | None = None


def page(site: Site) -> AsyncEndpoint:
    """Returns what answers a question with a table."""

    async def answer(request: Request) -> Response:
        query = await _asked(request)

        def show() -> Response:
            with site.database() as database:
                given = ask(site.home, query) if request.method == "POST" and query else None
                tables: dict[str, list[browsing.Row]] = {}
                for row in browsing.dictionary_rows(database):
                    tables.setdefault(row["table_name"], []).append(row)
                return site.show(
                    "sql.html",
                    database,
                    query=query,
                    answer=given,
                    recipes=recipe_rows(database),
                    tables=tables,
                    shown=_SHOWN,
                )

        return await run_in_threadpool(show)

    return answer


def download(site: Site) -> AsyncEndpoint:
    """Returns what answers a question with all its rows as CSV, formulas in it defused."""

    async def answer(request: Request) -> Response:
        query = await _asked(request)
        done = await run_in_threadpool(
            subprocess.run, _command(site.home, query), capture_output=True, check=False
        )
        if done.returncode != 0:
            raise HTTPException(400, done.stderr.decode("utf-8", "replace").strip())
        headers = {"Content-Disposition": 'attachment; filename="answer.csv"'}
        return Response(done.stdout, 200, headers, "text/csv; charset=utf-8")

    return answer


def ask(home: Home, query: str) -> Answer:
    """Returns the first rows of what a question gives."""
    command = _command(home, query, "--raw-csv")
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process:
            if process.stdout is None:
                raise TypeError("a process without output")
            # A cell may hold a whole document.
            csv.field_size_limit(sys.maxsize)
            lines = csv.reader(io.TextIOWrapper(process.stdout, "utf-8", "replace", newline=""))
            columns = next(lines, [])
            rows = list(islice(lines, _SHOWN + 1))
            if len(rows) > _SHOWN:
                process.kill()
                return Answer(columns, rows[:_SHOWN], is_cut=True)
        said.seek(0)
        error = said.read().decode("utf-8", "replace").strip()
    return Answer(columns, rows, error=error or "no answer" if process.returncode else None)


def _command(home: Home, query: str, *options: str) -> list[str]:
    own = ["-P", "-m", "flows.cli", "sql", "--data", str(home.root), "--format", "csv"]
    return [sys.executable, *own, *_LIMITS, *options, "--", query]


async def _asked(request: Request) -> str:
    """Returns the question: of a form, or of an address that somebody has kept."""
    if request.method != "POST":
        return request.query_params.get("query", "")[:_LONGEST]
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > 3 * _LONGEST:
            raise HTTPException(400, f"A question has at most {_LONGEST} characters.")
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return fields.get("query", [""])[0][:_LONGEST]
