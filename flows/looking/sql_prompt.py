"""The prompt of `refworld sql`: queries typed one after the other, names completed by Tab."""

from __future__ import annotations

import os
import readline
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from flows.looking.sql_tables import print_columns, print_relations
from flows.printable import complain
from warehouse.home import Home
from warehouse.naming import Relation, near
from warehouse.query import words_of

_FIRST, _NEXT = "refworld> ", "     ...> "
_MOST_REMEMBERED = 1_000
# A full stop is part of a name, so that what follows a table's is known to be its column.
_DELIMITERS = " \t\n()=<>,;'\"+-*/|!"
_KEYWORDS = tuple(
    "AND AS ASC BETWEEN BY CASE COUNT(*) DESC DISTINCT ELSE END EXISTS FROM GROUP HAVING ILIKE IN "
    "IS JOIN LEFT LIKE LIMIT NOT NULL ON OR ORDER SELECT THEN UNION USING WHEN WHERE WITH".split()
)
_HELP = (
    "A query ends with ; and may take several lines. Tab completes names.\n"
    ".tables lists the tables, .tables NAME the columns of one, .quit or Ctrl-D ends."
)


class Completer:
    """Completes the names of tables, of their columns, and the words of SQL.

    Args:
        known: What may be named.
    """

    def __init__(self, known: Sequence[Relation]) -> None:
        self._columns = {
            relation.word: [column for column, _, _ in relation.columns] for relation in known
        }
        columns = {column for names in self._columns.values() for column in names}
        self._names = [*sorted(self._columns), *sorted(columns - set(self._columns))]

    def complete(self, text: str, state: int) -> str | None:
        """Returns the completion of this number, as readline asks for it; None after the last."""
        found = self.completions(text, readline.get_line_buffer())
        return found[state] if state < len(found) else None

    def completions(self, text: str, line: str) -> list[str]:
        """Returns what a word may become.

        Args:
            text: The word as far as it is typed.
            line: The line that it stands in, which says what a short name is short for.
        """
        table, stop, start = text.rpartition(".")
        if stop:
            columns = self._columns.get(table) or self._columns.get(_meant(table, line), [])
            return [f"{table}.{column}" for column in columns if column.startswith(start.lower())]
        if line.lstrip().startswith(".tables "):
            return [name for name in self._columns if name.startswith(text)]
        names = [name for name in self._names if name.startswith(text.lower())]
        words = [f"{word} " for word in _KEYWORDS if text and word.startswith(text.upper())]
        return names + (words if text.isupper() else [word.lower() for word in words])


def ask_on(
    home: Home,
    known: Sequence[Relation],
    answer: Callable[[str], None],
    read_line: Callable[[str], str] = input,
) -> None:
    """Asks for queries and has them answered, until there are no more.

    A query that fails ends itself alone. What was typed is remembered for the next time.

    Args:
        home: The data home, for the words of errors.
        known: What may be named.
        answer: Prints the answer to a query.
        read_line: Returns a line without its end, given the prompt; raises EOFError after the last.
    """
    _prepare(Completer(known))
    complain(_HELP)
    lines: list[str] = []
    while True:
        try:
            line = read_line(_NEXT if lines else _FIRST)
        except KeyboardInterrupt:
            lines.clear()
            complain("")
            continue
        except EOFError:
            break
        if not lines and line.strip().startswith("."):
            if not _obey(line.split(), known):
                break
        elif lines or line.strip():
            lines.append(line)
        if lines and lines[-1].rstrip().endswith(";"):
            _answer(home, "\n".join(lines), answer)
            lines.clear()
    _remember()


def _answer(home: Home, query: str, answer: Callable[[str], None]) -> None:
    try:
        answer(query)
    except KeyboardInterrupt:
        complain("The query was stopped.")
    except Exception as error:
        complain(words_of(error, home))


def _obey(words: Sequence[str], known: Sequence[Relation]) -> bool:
    """Does what a command of the prompt says; returns whether to go on."""
    match words:
        case [".quit" | ".exit"]:
            return False
        case [".tables"]:
            print_relations(known)
        case [".tables", name]:
            found = [relation for relation in known if relation.word == name.lower()]
            for relation in found or near(name, known)[:1]:
                print_columns(relation)
        case _:
            complain(_HELP)
    return True


def _meant(name: str, line: str) -> str:
    """Returns the table that a short name stands for: `d` after `documents d` or `documents AS d`.

    Args:
        name: The short name.
        line: The query as far as it is on this line.
    """
    words = line.replace(",", " ").replace(";", " ").replace(")", " ").split()
    for place, word in enumerate(words[1:], 1):
        if word == name:
            before = words[place - 1]
            return words[place - 2] if before.upper() == "AS" and place > 1 else before
    return ""


def _prepare(completer: Completer) -> None:
    readline.set_completer(completer.complete)
    readline.set_completer_delims(_DELIMITERS)
    # Python may be built on either of two libraries, each with a language of its own.
    is_editline = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if is_editline else "tab: complete")
    readline.set_history_length(_MOST_REMEMBERED)
    with suppress(OSError):
        readline.read_history_file(_history())


def _remember() -> None:
    """Keeps what was typed, for this user alone; where that cannot be, nothing is kept."""
    with suppress(OSError):
        _history().parent.mkdir(parents=True, exist_ok=True)
        # One of the two libraries would let others read it.
        os.close(os.open(_history(), os.O_WRONLY | os.O_CREAT, 0o600))
        readline.write_history_file(_history())


def _history() -> Path:
    # The XDG Base Directory Specification names the folder for what a program remembers.
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "refworld" / "sql_history"
