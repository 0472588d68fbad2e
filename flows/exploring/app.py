"""The page as an application: which address is answered by what."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from flows.exploring import charts, documents, questions, search
from flows.exploring.guarding import Guard
from flows.exploring.rendering import Site
from warehouse.home import Home
from warehouse.live import LiveDatabase
from warehouse.query import DatabaseUnusable, NoDatabase

_STYLE = Path(__file__).with_name("style.css")


def make_app(home: Home, hosts: AbstractSet[str] | None) -> ASGIApp:
    """Returns the page of a data home.

    Args:
        home: The data home; it may come to hold a database later.
        hosts: Names that requests may be for; None allows all.
    """
    site = Site(home, LiveDatabase(home))
    routes = [
        Route("/", search.page(site)),
        Route("/results.{form:str}", search.results(site)),
        Route("/documents/{document_id}", documents.page(site)),
        Route("/documents/{document_id}/payload", documents.payload(site)),
        Route("/documents/{document_id}/text", documents.text(site)),
        Route("/documents/{document_id}/cite/{style}", documents.citation(site)),
        Route("/charts", charts.page(site)),
        Route("/charts/{name}.svg", charts.figure(site)),
        Route("/sql", questions.page(site), methods=["GET", "POST"]),
        Route("/sql.csv", questions.download(site), methods=["POST"]),
        Route("/style.css", _style),
    ]
    # A fault of ours is said in a sentence; how it came about is for the log.
    handlers = {
        HTTPException: site.refused,
        NoDatabase: site.without_database,
        DatabaseUnusable: site.without_database,
        Exception: site.failed,
    }
    # Outermost, so that the page for a fault of ours is guarded too.
    return Guard(Starlette(routes=routes, exception_handlers=handlers), hosts)


def _style(_request: Request) -> Response:
    return FileResponse(_STYLE, media_type="text/css")
