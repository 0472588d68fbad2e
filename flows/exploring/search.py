"""The first page: documents that fit the filters, and the same as data."""

from __future__ import annotations

import io
from collections.abc import Iterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from flows.exploring import asking
from flows.exploring.asking import Endpoint
from flows.exploring.rendering import Site
from flows.looking.sql import WRITERS
from warehouse import browsing
from warehouse.query import Result

_SHOWN = 25
_MOST_PAGES = 40_000
_MOST_ROWS = 100_000
_FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
_COLUMNS = (
    "document_id", "title", "publisher", "publisher_id", "document_type", "language",
    "country_codes", "publication_date", "word_count", "version_count",
)  # fmt: skip


def page(site: Site) -> Endpoint:
    """Returns what answers with the documents that fit."""

    def answer(request: Request) -> Response:
        filters = asking.filters(request)
        number = asking.number(request, "page", _MOST_PAGES) or 1
        order = asking.words(request, "sort") or browsing.ORDERS[0]
        with site.database() as database:
            found = browsing.listing(database, filters, order, _SHOWN, (number - 1) * _SHOWN)
            return site.show(
                "search.html",
                database,
                found=found,
                facets=browsing.facets(database),
                asked={**asking.asked_of(filters), "sort": order},
                orders=browsing.ORDERS,
                page=number,
                page_count=-(-found.found_count // _SHOWN),
                first=(number - 1) * _SHOWN + 1,
            )

    return answer


def results(site: Site) -> Endpoint:
    """Returns what answers with all the documents that fit, as CSV or JSON."""

    def answer(request: Request) -> Response:
        form = request.path_params["form"]
        if form not in _FORMS:
            raise HTTPException(404, "Results come as .csv or .json.")
        order = asking.words(request, "sort") or browsing.ORDERS[0]
        with site.database() as database:
            found = browsing.listing(database, asking.filters(request), order, _MOST_ROWS)
        return as_file(_result_of(found), form, "results")

    return answer


def as_file(result: Result, form: str, name: str) -> Response:
    """Returns a result as a file to keep; cells that a spreadsheet would run are defused."""
    written = io.StringIO(newline="")
    WRITERS[form](result, written)
    return StreamingResponse(
        iter((written.getvalue(),)),
        media_type=_FORMS[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


def _result_of(found: browsing.Listing) -> Result:
    rows: Iterator[tuple[object, ...]] = (
        tuple(row[column] for column in _COLUMNS) for row in found.documents
    )
    return Result(_COLUMNS, ("VARCHAR",) * len(_COLUMNS), rows)
