"""`refworld cookbook`: the questions that users come with, and their answers."""

from __future__ import annotations

import re

import typer

from flows.looking.opened import opened, refuse
from flows.looking.sql import write_table
from flows.outcomes import ALL_WELL
from flows.printable import printable
from transforms.countries import country_meant, country_of_code
from warehouse.guard import QueryLimits, confine, time_limit
from warehouse.home import Home
from warehouse.query import recipe_rows, run_sql

_LIMITS = QueryLimits()
_CODE = re.compile(r"'[A-Z]{3}'")


def cookbook_command(home: Home, name: str | None, country: str | None = None) -> int:
    """Prints the recipes, or one of them with its answer; returns the exit code.

    Args:
        home: The data home.
        name: A recipe, or None for the list of all.
        country: The country to ask about in place of the recipe's own: a name or a code.
    """
    if country is not None and name is None:
        refuse("--country goes with a recipe; `refworld cookbook` lists them")
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
        question, sql = recipe["question"], recipe["sql"]
        if country is not None:
            sql = _about(country, name, sql)
            question += f" (Here of {printable(country)}.)"
        typer.echo(f"-- {question}\n{sql}\n")
        confine(database, _LIMITS)
        with time_limit(database, _LIMITS.seconds, lambda: None):
            write_table(run_sql(database, sql))
    return ALL_WELL


def _about(country: str, name: str, sql: str) -> str:
    """Returns a recipe with the code of another country in the place of its own."""
    code = country_meant(country)
    if code is None:
        refuse(f"{printable(country)} is no country, by name or ISO 3166 code")
    own = next((said for said in _CODE.findall(sql) if country_of_code(said[1:-1])), None)
    if own is None:
        refuse(f"the recipe {name} asks about no country")
    return sql.replace(own, f"'{code}'")
