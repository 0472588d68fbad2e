"""Charts, each an image with its figures in a table beneath."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from flows.exploring import asking
from flows.exploring.asking import Endpoint
from flows.exploring.rendering import Site
from flows.figures import TIERS, NoFigures, NothingToDraw, Rows, rendered
from flows.plot_command import PLOTS, Scope
from warehouse import browsing

_LAST_YEAR = 9999
_DEFAULT = "years"


def page(site: Site) -> Endpoint:
    """Returns what answers with a chart and its figures."""

    def answer(request: Request) -> Response:
        name = asking.words(request, "chart") or _DEFAULT
        if name not in PLOTS:
            raise HTTPException(404, f"There is no such chart; there are: {', '.join(PLOTS)}.")
        scope = _scope(request)
        with site.database() as database:
            rows = list(PLOTS[name].rows(database, scope))
            return site.show(
                "charts.html",
                database,
                name=name,
                plots=PLOTS,
                rows=rows,
                tiers=_tier_table(rows) if name == "tiers" else None,
                letters={tier: letter for tier, (letter, _) in TIERS.items()},
                facets=browsing.facets(database),
                asked={
                    "chart": name,
                    "country": scope.country,
                    "from": scope.first_year,
                    "to": scope.last_year,
                },
                missing=_missing(),
            )

    return answer


def figure(site: Site) -> Endpoint:
    """Returns what answers with a chart as an image."""

    def answer(request: Request) -> Response:
        plot = PLOTS.get(request.path_params["name"])
        if plot is None:
            raise HTTPException(404, "There is no such chart.")
        with site.database() as database:
            rows = plot.rows(database, _scope(request))
        try:
            drawn = rendered(plot.figure(rows), "svg", plot.title)
        except (NoFigures, NothingToDraw) as error:
            raise HTTPException(404, str(error)) from error
        return Response(drawn, media_type="image/svg+xml")

    return answer


def _scope(request: Request) -> Scope:
    return Scope(
        asking.words(request, "country"),
        asking.number(request, "from", _LAST_YEAR, 1),
        asking.number(request, "to", _LAST_YEAR, 1),
    )


def _tier_table(rows: Rows) -> dict[str, dict[int, Mapping[str, Any]]]:
    """Returns the rows by country and year."""
    table: dict[str, dict[int, Mapping[str, Any]]] = {}
    for row in rows:
        table.setdefault(row["country"], {})[row["report_year"]] = row
    return table


def _missing() -> str | None:
    """Returns how to install what draws figures, where it is not there."""
    from importlib.util import find_spec

    if find_spec("matplotlib"):
        return None
    return "Charts are drawn by Matplotlib: pip install 'refworld-archive[explore]', or make extras"
