"""Labels that stand alone over their values, as blocks of their own: both become one line."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.labels import is_citation
from transforms.markup_lines import GENERATED, Draft
from transforms.markup_tables import label_of

# The label that begins every header; a run of labels without it is no header.
_FIRST = "publisher"
_CITATION = "cite as"
_MOST_LINES = 60


def part_label(draft: Draft) -> None:
    """Parts a label from a value glued to it, where elements show both: `<b>Author</b>Name`."""
    if len(draft.pieces) < 2 or draft.image is not None:
        return
    label, value = draft.pieces[0][0], draft.pieces[1][0]
    if value[0].isupper() and label[0].isupper() and label_of(label):
        draft.pieces.insert(1, (" ", GENERATED, 0, None))


def with_joined_labels(drafts: Sequence[Draft]) -> list[Draft]:
    """Returns the lines of a page with each label of its header and its value in one line.

    The header of the old site is `Publisher` over its value, `Publication Date` over its value
    where the page parts them by elements that end lines. A citation is joined with its label
    wherever it stands. `Date:` and the like of the relaunched site stay as they are.
    """
    labels = [label_of(draft.words) if draft.image is None else None for draft in drafts]
    joined: list[Draft] = []
    at = 0
    while at < len(drafts):
        rows, end = _run(drafts, labels, at)
        if len(rows) > 1 and any(label == _FIRST for label in labels[at:end]):
            joined += rows
        elif rows and labels[at] == _CITATION and is_citation(rows[0].words):
            joined.append(rows[0])
            end = at + 2
        else:
            joined.append(drafts[at])
            end = at + 1
        at = end
    return joined


def _run(
    drafts: Sequence[Draft], labels: Sequence[str | None], start: int
) -> tuple[list[Draft], int]:
    """Returns the rows of labels and values that begin at a line, and the line behind them."""
    rows: list[Draft] = []
    at = start
    while at < len(drafts) and labels[at] is not None and at - start < _MOST_LINES:
        row = Draft(drafts[at].gap and not rows, drafts[at].region)
        row.join(drafts[at], "")
        at += 1
        # A label before a label has no value.
        if at < len(drafts) and labels[at] is None and _is_same_place(drafts[at - 1], drafts[at]):
            row.join(drafts[at], " ")
            at += 1
        rows.append(row)
    return rows, at


def _is_same_place(one: Draft, other: Draft) -> bool:
    return one.region == other.region and other.image is None
