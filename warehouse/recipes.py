"""The cookbook: questions with the queries that answer them, kept as files of SQL.

Each file begins with two lines of comment, the title and the question.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).with_name("cookbook")
_MARK = "-- "


def cookbook_rows() -> list[dict[str, str]]:
    """Returns the rows of the `cookbook` table, in order of their names.

    Raises:
        ValueError: A file does not begin with its title and question.
    """
    return [_recipe(path) for path in sorted(_FOLDER.glob("*.sql"))]


def _recipe(path: Path) -> dict[str, str]:
    title, question, sql = path.read_text(encoding="utf-8").split("\n", 2)
    if not title.startswith(_MARK) or not question.startswith(_MARK):
        raise ValueError(f"{path} does not begin with two lines: its title and its question")
    return {
        "name": path.stem,
        "title": title.removeprefix(_MARK),
        "question": question.removeprefix(_MARK),
        "sql": sql.strip(),
    }
