"""`refworld cite`: how a document is cited, with the archived copy that the citation rests on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import typer

from flows.looking.citing import STYLES, Version
from flows.looking.opened import opened, refuse
from flows.outcomes import ALL_WELL
from flows.printable import printable
from warehouse.home import Home
from warehouse.query import cite_rows


def cite_command(
    home: Home, document_id: str, style: str, capture_id: str | None, as_of: str | None
) -> int:
    """Prints the citation of one version of a document; returns the exit code.

    Args:
        home: The data home.
        document_id: The document.
        style: `printed`, `csl-json`, `bibtex` or `ris`.
        capture_id: The version, by the beginning of its capture's id; the best when None.
        as_of: The last day (ISO 8601) by which the version must be known to have existed.
    """
    if style not in STYLES:
        refuse(f"{style!r} is no style: {', '.join(STYLES)}")
    with opened(home) as database:
        versions = cite_rows(database, document_id)
        if not versions:
            refuse(f"there is no document {printable(document_id)}")
        try:
            cited = _chosen(versions, capture_id, date.fromisoformat(as_of) if as_of else None)
            text = STYLES[style](cited)
        except ValueError as error:
            refuse(str(error))
        # Line ends are the style's; everything else that a terminal would obey is shown.
        typer.echo("\n".join(map(printable, text.split("\n"))), nl=False)
    return ALL_WELL


def _chosen(versions: Sequence[Version], capture_id: str | None, day: date | None) -> Version:
    for version in versions:
        is_named = capture_id is None or version["capture_id"].startswith(capture_id)
        known_from = version["known_from"]
        if is_named and (day is None or (known_from is not None and known_from <= day)):
            return version
    asked = " and ".join(
        [
            *([f"a capture {capture_id}"] if capture_id else []),
            *([f"known on {day}"] if day else []),
        ]
    )
    raise ValueError(f"no version of the document is {asked}; `refworld history` lists them")
