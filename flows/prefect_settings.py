"""Prefect's settings for a run: which server, and how a server of our own is set up.

Nothing here imports Prefect: that takes two seconds, in which the server can already be starting.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"

SERVER_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_UI_ENABLED": "false",
    "PREFECT__SERVER_FINAL": "1",
    # Task runs are recorded from a stream of events; one at a time it lags minutes behind.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    # Whole seconds: a fraction is cut to nothing and keeps a processor busy with waiting.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    # Types of blocks are for those who keep settings in Prefect, which a run does not; a standing
    # server registers them itself.
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    # Schedules and their rules belong to a standing server.
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}
_CLIENT_SETTINGS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    # The command tells what a person needs; Prefect's own log goes to its server.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
}


def server_environment(prefect_home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment of an embedded server whose state lies in `prefect_home`.

    Settings for other servers, which a user's shell may hold, do not reach it.
    """
    kept = {key: value for key, value in environment.items() if not key.startswith("PREFECT_")}
    return {**kept, **SERVER_SETTINGS, "PREFECT_HOME": str(prefect_home)}


def client_settings(api_url: str, prefect_home: Path | None) -> dict[str, str]:
    """Returns the settings with which a flow talks to the server at `api_url`.

    Args:
        api_url: The server's API address.
        prefect_home: PREFECT_HOME of an embedded server, None for a configured one, which keeps
            the user's own.
    """
    no_proxy = ",".join(filter(None, (os.environ.get("NO_PROXY"), LOOPBACK, "localhost")))
    settings = {**_CLIENT_SETTINGS, "PREFECT_API_URL": api_url}
    if prefect_home is not None:
        settings |= {"PREFECT_HOME": str(prefect_home), "NO_PROXY": no_proxy, "no_proxy": no_proxy}
        # A server of our own that does not answer has died: it does not come back.
        settings["PREFECT_CLIENT_MAX_RETRIES"] = "1"
    return settings


@contextmanager
def environment_of(settings: Mapping[str, str]) -> Iterator[None]:
    """Holds `settings` in this process's environment, to which Prefect and its children look."""
    before = {key: os.environ.get(key) for key in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def configured_api_url(environment: Mapping[str, str], folder: Path) -> str | None:
    """Returns the API address that the user has configured, or None.

    Looked for where Prefect looks: the environment, `prefect.toml` and `pyproject.toml` in
    `folder`, and the active profile.
    """
    return (
        environment.get("PREFECT_API_URL")
        or _entry(_toml(folder / "prefect.toml"), "api", "url")
        or _entry(_toml(folder / "pyproject.toml"), "tool", "prefect", "api", "url")
        or _profile_api_url(environment)
    )


def _profile_api_url(environment: Mapping[str, str]) -> str | None:
    prefect_home = Path(environment.get("PREFECT_HOME") or "~/.prefect").expanduser()
    profiles = _toml(
        Path(environment.get("PREFECT_PROFILES_PATH") or prefect_home / "profiles.toml")
    )
    active = environment.get("PREFECT_PROFILE") or profiles.get("active")
    return _entry(profiles, "profiles", str(active), "PREFECT_API_URL")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # absent, or for Prefect to complain about


def _entry(table: Any, *keys: str) -> str | None:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table if isinstance(table, str) and table else None
