"""Text from pages, paths and errors as it stands in markdown: shown to the letter, never obeyed.

Prefect's UI renders tables and summaries as markdown. It takes event handlers out of HTML, but lets
images be fetched and `javascript:` links be followed, and what it takes for markup is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from flows.printable import printable

# Words, numbers, paths and addresses: nothing in them means anything in markdown.
_PLAIN = re.compile(r"(?:(?:[^\W_]|[^\W_]_(?=[^\W_])|[.,:;/()=%-]|(?<=\S) (?=[^\W\d_]))+)?")
_TICKS = re.compile("`+")


def literal(text: str) -> str:
    """Returns text on one line, in a code span unless markdown shows it as it is anyway."""
    words = printable(text)
    if not words.strip():
        return ""
    is_list = words[0].isdigit() and " " in words
    if words[0].isalnum() and not is_list and _PLAIN.fullmatch(words):
        return words
    ticks = "`" * (_longest_run(words) + 1)
    padding = " " if words[0] in "` " or words[-1] in "` " else ""
    return f"{ticks}{padding}{words}{padding}{ticks}"


def cell(text: str) -> str:
    """Returns text as the content of one cell of a markdown table."""
    return literal(text).replace("|", "\\|")


def fenced(lines: Iterable[str]) -> str:
    """Returns lines as one block of code."""
    words = "\n".join(printable(line) for line in lines)
    ticks = "`" * max(3, _longest_run(words) + 1)
    return f"{ticks}\n{words}\n{ticks}"


def _longest_run(words: str) -> int:
    return max(map(len, _TICKS.findall(words)), default=0)
