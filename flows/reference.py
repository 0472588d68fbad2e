"""The reference tables, from the authorities that reading uses."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from transforms.countries import country_rows
from transforms.issue_codes import ISSUE_CODES
from transforms.publishers import publisher_rows


def reference_rows() -> dict[str, list[dict[str, Any]]]:
    """Returns the rows of each reference table, by its name."""
    return {
        "publishers": publisher_rows(),
        "countries": country_rows(),
        "issue_codes": [asdict(entry) for entry in ISSUE_CODES.values()],
    }
