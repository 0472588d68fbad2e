"""`refworld cookbook`: the questions that users come with, and their answers."""

from __future__ import annotations

import typer

from flows.looking.opened import opened, refuse
from flows.looking.sql import write_table
from flows.outcomes import ALL_WELL
from flows.printable import printable
from warehouse.guard import QueryLimits, confine, time_limit
from warehouse.home import Home
from warehouse.query import recipe_rows, run_sql

_LIMITS = QueryLimits()


def cookbook_command(home: Home, name: str | None) -> int:
    """Prints the recipes, or one of them with its answer; returns the exit code."""
    with opened(home) as database:
        recipes = {row["name"]: row for row in recipe_rows(database)}
        if name is None:
            width = max(map(len, recipes))
            for recipe in recipes.values():
                typer.echo(f"{printable(recipe['name']):<{width}}  {printable(recipe['question'])}")
            return ALL_WELL
        if name not in recipes:
            refuse(f"there is no recipe {printable(name)}; `refworld cookbook` lists them")
        recipe = recipes[name]
        typer.echo(f"-- {recipe['question']}\n{recipe['sql']}\n")
        confine(database, _LIMITS)
        with time_limit(database, _LIMITS.seconds, lambda: None):
            write_table(run_sql(database, recipe["sql"]))
    return ALL_WELL
