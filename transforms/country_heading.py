"""The country that a page's first heading names, where nothing else says what it is about."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.countries import code_at, country_of_name
from transforms.kinds import Kind
from transforms.lines import Line
from transforms.records import Span
from transforms.values import Notebook

# Pages repeat facts of their header in the first lines of the body, the country among them.
_FIRST_LINES = 5
_LONGEST_NAME = 60
_MARKS = " \u00a0:.*"


def read_country_heading(
    notebook: Notebook, lines: Sequence[Line], kinds: Sequence[Kind], after_header: int
) -> None:
    """States the country of a page whose body begins with its name, as a heading of its own.

    Where several headings are names of countries the page is about more than its first.

    Args:
        notebook: What has been read of the page; its title, header and address are in it.
        lines: The page's lines.
        kinds: The kind of each.
        after_header: Index of the first line of the body.
    """
    if "country_codes" in notebook.values:
        return
    named: dict[str, int] = {}
    for place in range(after_header, len(lines)):
        text = lines[place].text
        is_short_heading = kinds[place].name == "heading" and len(text) <= _LONGEST_NAME
        if is_short_heading and (code := country_of_name(text.strip(_MARKS))):
            named.setdefault(code, place)
        if not named and place >= after_header + _FIRST_LINES:
            return
    if len(named) != 1:
        return
    (code, place), *_ = named.items()
    line = lines[place]
    start = len(line.text) - len(line.text.lstrip(_MARKS))
    span = Span(line.start + start, line.start + len(line.text.rstrip(_MARKS)))
    valid = code_at(code, notebook.day("publication_to"))
    notebook.state("country_codes", valid, span, "heading.country")
    notebook.values["country_codes"] = (valid,)
