"""Values of the database as the cells of CSV, and as JSON."""

from __future__ import annotations

import json
import math
from datetime import date, datetime
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(value: Any) -> str:
    """Returns a value as text; one of words that a spreadsheet would run gets an apostrophe."""
    text = csv_text(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def csv_text(value: Any) -> str:
    """Returns a value as the text of a cell: nothing for null, JSON for what has parts."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(json_value(value), ensure_ascii=False)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def json_value(value: Any) -> Any:
    """Returns a value as JSON has it: dates in ISO 8601, bytes in hex, no number that is none."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case list() | tuple():
            return [json_value(item) for item in value]
        case dict():
            return {str(name): json_value(item) for name, item in value.items()}
        case bytes():
            return value.hex()
        case date() | datetime():
            return value.isoformat()
        case _:
            return str(value)
