"""What a person may say of how sources are to be taken in."""

from __future__ import annotations

from dataclasses import dataclass

from flows.intake.column_names import Columns
from flows.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are taken in.

    Args:
        limits: What is taken on at most.
        match: Regular expression for the addresses that are wanted of a web archive; Refworld's
            own when None.
        text_column: Column of a corpus that holds the text; found by its name when None.
        html_column: Column that holds HTML.
        url_column: Column that holds the address.
        date_column: Column that holds the time of capture.
        settled_before: Files in folders that were changed later than this, in seconds since the
            epoch, are passed over: they may still be written.
    """

    limits: Limits = DEFAULT_LIMITS
    match: str | None = None
    text_column: str | None = None
    html_column: str | None = None
    url_column: str | None = None
    date_column: str | None = None
    settled_before: float | None = None

    @property
    def columns(self) -> Columns:
        """The columns of corpora."""
        return Columns(self.text_column, self.html_column, self.url_column, self.date_column)


DEFAULT_OPTIONS = Options()
