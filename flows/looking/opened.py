"""The published database, opened for a command that looks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, NoReturn

from flows.outcomes import RUN_FAILED
from flows.printable import complain
from warehouse.home import Home
from warehouse.query import open_database, words_of

# DuckDB's connection, whose type only the warehouse names.
Database = Any


@contextmanager
def opened(home: Home) -> Iterator[Database]:
    """Holds the published database; what is published meanwhile is not seen.

    Ends the command with code 2 and the reason in words when there is no database or a question
    to it fails, and in silence when whoever reads the output has gone.
    """
    try:
        with closing(open_database(home)) as database:
            yield database
            sys.stdout.flush()
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except Exception as error:
        refuse(words_of(error, home))


def refuse(words: str) -> NoReturn:
    """Ends the command with code 2, saying why."""
    complain(words)
    raise SystemExit(RUN_FAILED)
