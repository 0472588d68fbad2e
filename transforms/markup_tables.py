"""Tables and definition lists as lines: rows of a header, rows of data, or mere layout.

The old site's header is a table (or a definition list) of labels and values; its rows become the
lines `Label value` that the reader of headers knows. Rows of other tables become one line each,
cells parted by ` | `. Tables that only arrange the page give the lines of their cells as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from transforms.kinds import TABLE_ROW
from transforms.labels import LABELS
from transforms.markup_lines import Draft

CELL_MARK = " | "
# A row of data has short cells; what is longer is a column of the page.
_MOST_LINES = 8
_FEW_LINES = 3
_FEW_CHARACTERS = 400
# Labels that make a table the header when they stand alone in it.
_WEIGHTY = frozenset(("publisher", "cite as"))
_LONGEST_LABEL = 40

Cell = list[Draft]


@dataclass(slots=True)
class Grid:
    """A table in the making; `is_open` until something shows that it is mere layout."""

    rows: list[list[Cell]] = field(default_factory=list)
    is_open: bool = True
    is_in_cell: bool = False

    def begin_row(self) -> None:
        """Begins a row."""
        self.rows.append([])
        self.is_in_cell = False

    def begin_cell(self) -> None:
        """Begins a cell, and a row where there is none."""
        if not self.rows:
            self.rows.append([])
        self.rows[-1].append([])
        self.is_in_cell = True

    def add(self, line: Draft) -> None:
        """Adds a line to the cell, or as a row of its own (a caption)."""
        if self.is_in_cell:
            self.rows[-1][-1].append(line)
        else:
            self.rows += [[[line]], []]

    def release(self) -> list[Draft]:
        """Returns all lines as they are; from now on the table is layout."""
        lines = [line for row in self.rows for cell in row for line in cell]
        self.rows = []
        self.is_open = False
        return lines

    def lines(self) -> list[Draft]:
        """Returns the lines of the finished table."""
        rows = [[cell for cell in row if _words_of(cell)] for row in self.rows]
        is_header = _is_header(rows)
        is_data = sum(map(_is_data_row, rows)) > 1
        lines: list[Draft] = []
        for row, whole in zip(rows, self.rows, strict=True):
            if is_header and len(row) > 1:
                lines.append(_joined(row, " "))
            elif _is_data_row(row):
                lines.append(_joined(row, CELL_MARK))
                lines[-1].kind = TABLE_ROW
            else:
                if is_data and len(row) == 1 and len(row[0]) == 1:
                    row[0][0].kind = row[0][0].kind or TABLE_ROW
                lines += [line for cell in whole for line in cell if line.image is None]
            lines += [line for cell in whole for line in cell if line.image is not None]
        for line in lines[1:]:
            line.gap = line.gap and line.kind is not TABLE_ROW and not is_header
        return lines


def label_of(words: str) -> str | None:
    """Returns the label that words are, all of them, in lower case; None when they are none."""
    label = words.strip().rstrip(" :\u00a0").casefold() if len(words) <= _LONGEST_LABEL else ""
    return label if label in LABELS else None


def _words_of(cell: Cell) -> list[Draft]:
    return [line for line in cell if line.image is None and not line.words.isspace()]


def _is_header(rows: list[list[Cell]]) -> bool:
    """Returns whether a table is the header: rows of two cells, and two labels or a weighty one."""
    pairs = [row for row in rows if len(row) > 1]
    labels = {label for row in pairs if (label := _label(row[0]))}
    if any(len(row) > 3 for row in pairs) or len(labels) * 3 < len(pairs):
        return False
    return len(labels) > 1 or not _WEIGHTY.isdisjoint(labels)


def _label(cell: Cell) -> str | None:
    lines = _words_of(cell)
    return label_of(lines[0].words) if len(lines) == 1 else None


def _is_data_row(row: list[Cell]) -> bool:
    return len(row) > 1 and all(map(_is_data_cell, row))


def _is_data_cell(cell: Cell) -> bool:
    lines = _words_of(cell)
    if len(lines) > _MOST_LINES or any(line.kind and line.kind.name == "heading" for line in lines):
        return False
    return len(lines) <= _FEW_LINES or sum(line.length for line in lines) <= _FEW_CHARACTERS


def _joined(row: list[Cell], mark: str) -> Draft:
    """Returns the cells of a row as one line."""
    first = _words_of(row[0])[0]
    whole = Draft(first.gap, first.region)
    for cell in row:
        for number, line in enumerate(_words_of(cell)):
            whole.join(line, " " if number else mark)
    return whole
