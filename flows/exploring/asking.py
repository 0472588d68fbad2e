"""What an address asks for, read out of its query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from warehouse.browsing import DocumentFilters

Endpoint = Callable[[Request], Response]
_LONGEST = 400
_LAST_YEAR = 9999


def words(request: Request, name: str) -> str | None:
    """Returns what is asked under a name, trimmed; None where that is nothing."""
    asked = request.query_params.get(name, "").strip()[:_LONGEST]
    return asked or None


def number(request: Request, name: str, most: int, least: int = 0) -> int | None:
    """Returns a number that is asked; an address that has another one there is not understood."""
    asked = words(request, name)
    if asked is None:
        return None
    if not asked.isascii() or not asked.isdigit() or not least <= int(asked[:10]) <= most:
        raise HTTPException(400, f"{name}: {asked!r} is no number from {least} to {most}.")
    return int(asked)


def filters(request: Request) -> DocumentFilters:
    """Returns which documents are asked for."""
    return DocumentFilters(
        title=words(request, "title"),
        publisher=words(request, "publisher"),
        country=words(request, "country"),
        type=words(request, "type"),
        language=words(request, "language"),
        first_year=number(request, "from", _LAST_YEAR, 1),
        last_year=number(request, "to", _LAST_YEAR, 1),
        tier=words(request, "tier"),
    )


def asked_of(filters: DocumentFilters) -> dict[str, Any]:
    """Returns filters as they stand in a query."""
    return {
        "title": filters.title,
        "publisher": filters.publisher,
        "country": filters.country,
        "type": filters.type,
        "language": filters.language,
        "from": filters.first_year,
        "to": filters.last_year,
        "tier": filters.tier,
    }
