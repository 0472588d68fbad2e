"""`refworld plot`: a figure of what the archive holds, as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from flows.figures import (
    NoFigures,
    NothingToDraw,
    Rows,
    fill_figure,
    publishers_figure,
    rendered,
    tiers_figure,
    years_figure,
)
from flows.looking.opened import Database, opened, refuse
from flows.outcomes import ALL_WELL
from warehouse import browsing, disk
from warehouse.home import Home

_FORMS = {".svg": "svg", ".png": "png"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the archive a figure shows; None is all."""

    country: str | None = None
    first_year: int | None = None
    last_year: int | None = None

    @property
    def words(self) -> str:
        """The scope as part of a title."""
        years = f"{self.first_year or ''}–{self.last_year or ''}" if self._has_years else ""
        return ", ".join(filter(None, (self.country, years)))

    @property
    def _has_years(self) -> bool:
        return self.first_year is not None or self.last_year is not None


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with the question that gives its rows."""

    title: str
    rows: Callable[[Database, Scope], Rows]
    figure: Callable[[Rows], Any]


def _tiers(database: Database, scope: Scope) -> Rows:
    return browsing.tiers(database, scope.country, scope.first_year, scope.last_year)


def _years(database: Database, scope: Scope) -> Rows:
    return browsing.years(database, scope.country, scope.first_year, scope.last_year)


def _publishers(database: Database, scope: Scope) -> Rows:
    return browsing.years(database, scope.country, scope.first_year, scope.last_year, 30)


def _fill(database: Database, _scope: Scope) -> Rows:
    return browsing.fill_rates(database)


PLOTS = {
    "tiers": Plot("Tiers of the Trafficking in Persons Reports", _tiers, tiers_figure),
    "years": Plot("Documents by year and publisher", _years, years_figure),
    "publishers": Plot("Documents by publisher", _publishers, publishers_figure),
    "fill": Plot("Values known, in percent, by layout", _fill, fill_figure),
}


def plot_command(home: Home, name: str, out: Path, scope: Scope) -> int:
    """Writes a figure and returns the exit code.

    Args:
        home: The data home.
        name: `tiers`, `years`, `publishers` or `fill`.
        out: The file, whose ending says its form: .svg or .png.
        scope: What it shows.
    """
    if name not in PLOTS:
        refuse(f"{name!r} is no figure: {', '.join(PLOTS)}")
    form = _FORMS.get(out.suffix.lower())
    if form is None:
        refuse(f"{out} ends in neither .svg nor .png")
    plot = PLOTS[name]
    with opened(home) as database:
        try:
            figure = plot.figure(plot.rows(database, scope))
        except (NoFigures, NothingToDraw) as error:
            refuse(str(error))
    title = ": ".join(filter(None, (plot.title, scope.words)))
    disk.write_whole(out.expanduser().absolute(), rendered(figure, form, title))
    typer.echo(f"{out}: {title}")
    return ALL_WELL
