"""Pages from templates: escaped, and with what all of them show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.looking.opened import Database
from flows.printable import complain, printable, printable_lines
from warehouse import browsing
from warehouse.home import Home
from warehouse.live import LiveDatabase
from warehouse.query import words_of

_TEMPLATES = Path(__file__).with_name("templates")


class Site:
    """A data home with the templates that show it."""

    def __init__(self, home: Home, database: LiveDatabase) -> None:
        self.home = home
        self._database = database
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "words": in_words,
            "lines": printable_lines,
            "part": lambda text: quote(str(text), safe=""),
            "query": in_query,
            "number": lambda value: f"{value:,}".replace(",", "\u202f"),
        }

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Holds a connection to what is published now."""
        with self._database.connected() as connection:
            yield connection

    def show(
        self, template: str, database: Database | None = None, status: int = 200, **values: Any
    ) -> Response:
        """Returns a page; `database` tells of which snapshot it is."""
        snapshot = browsing.snapshot(database) if database is not None else None
        page = self._templates.get_template(template)
        return HTMLResponse(page.render(snapshot=snapshot, home=self.home.root, **values), status)

    def refused(self, _request: Request, error: Exception) -> Response:
        """Returns the page for what is not there or may not be."""
        status = error.status_code if isinstance(error, HTTPException) else 400
        words = error.detail if isinstance(error, HTTPException) else str(error)
        return self.show("message.html", status=status, heading=_HEADINGS.get(status), words=words)

    def without_database(self, _request: Request, error: Exception) -> Response:
        """Returns the page for a home whose database cannot be read."""
        heading = "Nothing to show yet"
        return self.show("message.html", status=503, heading=heading, words=str(error))

    def failed(self, request: Request, error: Exception) -> Response:
        """Returns the page for what went wrong here."""
        complain(f"{request.url.path}: {type(error).__name__}: {words_of(error, self.home)}")
        words = "The terminal in which `refworld explore` runs says more."
        return self.show("message.html", status=500, heading="Something went wrong", words=words)


_HEADINGS = {404: "Not found", 405: "Not allowed", 400: "Not understood"}


def in_words(value: Any) -> str:
    """Returns a value as a person reads it, on one line."""
    match value:
        case None:
            return ""
        case list() | tuple():
            return ", ".join(map(in_words, value))
        case datetime():
            return f"{value:%Y-%m-%d %H:%M} UTC"
        case date():
            return value.isoformat()
        case _:
            return printable(str(value))


def in_query(values: Mapping[str, Any], **changed: Any) -> str:
    """Returns the query of an address, without what is empty."""
    kept = {**values, **changed}
    return urlencode({name: value for name, value in kept.items() if value not in (None, "", 0)})
