"""What a service does and when, read from one TOML file and checked to the last key.

The table below declares each setting once; the commented example, the schema (JSON Schema 2020-12)
and the checks come from it.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.limits import DEFAULT_LIMITS, MEGABYTE

_DURATION = re.compile(r"(\d{1,6})(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_CRON = re.compile(r"(\S+\s+){4}\S+")
_URL = re.compile(r"https?://\S+")


class SettingsWrong(Exception):
    """The file says what cannot be meant; the message says which key and what is expected."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: its table, its default, what it means, and how its value is read."""

    table: str
    key: str
    default: Any
    meaning: str
    read: Callable[[Any], Any]
    schema: Mapping[str, Any]


def parse_duration(value: Any) -> timedelta:
    """Returns a time such as `90s`, `15m`, `6h` or `7d`.

    Raises:
        ValueError: It is none, or nothing.
    """
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or int(match[1]) == 0:
        raise ValueError("a time as 90s, 15m, 6h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("words in quotes")
    return value


def _schedule(value: Any) -> str:
    """Checks a schedule: nothing, a time between runs, or five fields of cron."""
    if not isinstance(value, str):
        raise ValueError('a time as "15m", five fields of cron, or ""')
    if value and not _CRON.fullmatch(value):
        parse_duration(value)
    return value


def _budget(value: Any) -> str:
    if value != "":
        parse_duration(value)
    return str(value)


def _whole(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most}")
        return value

    return read


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a share from 0 to 1")
    return float(value)


def _choice(*allowed: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"one of {', '.join(allowed)}")
        return str(value)

    return read


def _webhook(value: Any) -> str:
    if value != "" and not (isinstance(value, str) and _URL.fullmatch(value)):
        raise ValueError("an http(s) address, or nothing")
    return str(value)


def _size(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValueError("a number above 0")
    return float(value)


def _mb(size: int) -> int:
    return size // MEGABYTE


_LIMITS = DEFAULT_LIMITS
_TEXT = {"type": "string"}
_SIZE = {"type": "number", "exclusiveMinimum": 0}
_COUNT = {"type": "integer", "minimum": 1}
_SETTINGS = (
    Setting("", "inbox", "inbox", "Folder whose files are taken in; relative to this file.", _text,
            _TEXT),
    Setting("", "min_age", "60s", "A file changed later than this is left to the next run: it may "
            "still be written.", parse_duration, _TEXT),
    Setting("", "watch_list", "", "File of addresses that are fetched, one a line; \"\" for none.",
            _text, _TEXT),
    Setting("", "workers", 0, "Worker processes of a run; 0 is one for each processor.",
            _whole(0, 256), {"type": "integer", "minimum": 0, "maximum": 256}),
    Setting("server", "host", "127.0.0.1", "Where the pages are served: this machine alone.",
            _text, _TEXT),
    Setting("server", "port", 4200, "Port of the pages.", _whole(1, 65535),
            {"type": "integer", "minimum": 1, "maximum": 65535}),
    Setting("schedules", "timezone", "UTC", "Of the fields of cron (IANA name).", _text, _TEXT),
    Setting("schedules", "ingest", "15m", "Time between runs, or five fields of cron; \"\" only on "
            "demand.", _schedule, _TEXT),
    Setting("schedules", "fetch", "1d", "The same, for the watch list.", _schedule, _TEXT),
    Setting("schedules", "verify", "0 3 * * 0", "The same, for the audit.", _schedule, _TEXT),
    Setting("schedules", "compact", "0 2 * * 0", "The same, for putting small batches together.",
            _schedule, _TEXT),
    Setting("schedules", "search_index", "30 4 * * *", "The same, for the search index.", _schedule,
            _TEXT),
    Setting("limits", "max_capture_size", _mb(_LIMITS.capture_bytes), "MB; a larger capture of the "
            "inbox is quarantined.", _size, _SIZE),
    Setting("limits", "max_row_size", _mb(_LIMITS.row_bytes), "MB; a longer line of a corpus is "
            "quarantined.", _size, _SIZE),
    Setting("limits", "max_run_size", _mb(_LIMITS.run_bytes), "MB of new captures; the rest is "
            "left to the next run.", _size, _SIZE),
    Setting("limits", "max_unpacked_size", _mb(_LIMITS.package_bytes), "MB that one compressed "
            "file or package unpacks to, all in all.", _size, _SIZE),
    Setting("limits", "max_unpacked_ratio", _LIMITS.package_ratio, "The same in times of its size.",
            _whole(1, 1_000_000), _COUNT),
    Setting("limits", "max_members", _LIMITS.package_members, "Members of one package.",
            _whole(1, 1_000_000_000), _COUNT),
    Setting("limits", "max_seconds", int(_LIMITS.capture_seconds), "Seconds for the reading of one "
            "capture; one that takes longer is quarantined.", _size, _SIZE),
    Setting("limits", "max_memory", _mb(_LIMITS.capture_memory), "MB for the reading of one PDF; "
            "one that takes more is quarantined.", _size, _SIZE),
    Setting("verify", "budget", "1h", "After this time the audit stops; the next goes on.", _budget,
            _TEXT),
    Setting("floors", "action", "warn", "What to do when a run falls below a floor: warn or fail.",
            _choice("warn", "fail"), {"enum": ["warn", "fail"]}),
    Setting("floors", "fall", 0.2, "How far the share of new documents that have a value may fall "
            "below the last good run's.", _share, {"type": "number", "minimum": 0, "maximum": 1}),
    Setting("floors", "least_documents", 20, "Runs with fewer new documents are not compared.",
            _whole(1, 1_000_000), {"type": "integer", "minimum": 1}),
    Setting("notify", "webhook", "", "Address that is told, as JSON, of runs that failed or fell "
            "below a floor; \"\" for none.", _webhook, _TEXT),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service does, each setting by `table.key`, or by `key` outside a table."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def table(self, name: str) -> dict[str, Any]:
        """Returns the settings of a table by their keys."""
        found = self.values.items()
        return {key.partition(".")[2]: one for key, one in found if key.startswith(f"{name}.")}

    @property
    def inbox(self) -> Path:
        """The inbox, absolute."""
        return self._beside(self["inbox"])

    @property
    def watch_list(self) -> Path | None:
        """The list of addresses, absolute; None when there is none."""
        return self._beside(self["watch_list"]) if self["watch_list"] else None

    def _beside(self, name: str) -> Path:
        return (self.path.parent / Path(name).expanduser()).absolute()


def read_settings(path: Path) -> Settings:
    """Returns the settings of a file; one that is not there has the defaults.

    Raises:
        SettingsWrong: It cannot be read, or says what cannot be meant.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise SettingsWrong(f"{path} cannot be read: {error}") from error
    known = {_name(one): one for one in _SETTINGS}
    flat = dict(_flat(given))
    for name in flat:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, 1, 0.5)
            meant = f"; is {nearest[0]} meant?" if nearest else ""
            raise SettingsWrong(f"{path}: there is no setting {name}{meant}")
    values = {}
    for name, one in known.items():
        try:
            values[name] = one.read(flat.get(name, one.default))
        except ValueError as error:
            raise SettingsWrong(f"{path}: {name} = {flat[name]!r} is not {error}") from error
    return Settings(path, values)


def example() -> str:
    """Returns a file with every setting at its default, each with what it means."""
    lines, table = ["# What `refworld serve` does, and when. All of it may be left out."], ""
    for one in _SETTINGS:
        if one.table != table:
            table = one.table
            lines += ["", f"[{table}]"]
        shown = f'"{one.default}"' if isinstance(one.default, str) else one.default
        lines += ["", f"# {one.meaning}", f"{one.key} = {shown}"]
    return "\n".join(lines) + "\n"


def schema() -> dict[str, Any]:
    """Returns what a file may hold, as JSON Schema."""
    tables: dict[str, dict[str, Any]] = {}
    for one in _SETTINGS:
        described = {**one.schema, "description": one.meaning, "default": one.default}
        tables.setdefault(one.table, {})[one.key] = described
    closed = {"type": "object", "additionalProperties": False}
    inner = {name: {**closed, "properties": keys} for name, keys in tables.items() if name}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What refworld serve does",
        **closed,
        "properties": {**tables[""], **inner},
    }


def _name(one: Setting) -> str:
    return f"{one.table}.{one.key}" if one.table else one.key


def _flat(given: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = []
    for name, value in given.items():
        if isinstance(value, dict):
            found += [(f"{name}.{key}", inner) for key, inner in value.items()]
        else:
            found.append((name, value))
    return found
