"""The settings of a service: every key has a meaning, and what cannot be meant is named."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.limits import DEFAULT_LIMITS, limits_of
from flows.serving.command import PASSWORD, runner_settings, server_environment
from flows.serving.flows import ingest_inbox
from flows.serving.settings import SettingsWrong, example, read_settings, schema
from tests.flows.conftest import Command


def written(folder: Path, words: str) -> Path:
    path = folder / "refworld.toml"
    path.write_text(words, encoding="utf-8")
    return path


def test_the_example_says_what_holds_without_a_file(tmp_path: Path) -> None:
    said = read_settings(written(tmp_path, example()))
    assert said.values == read_settings(tmp_path / "none.toml").values
    assert said.inbox == tmp_path / "inbox"
    assert said.watch_list is None


def test_the_schema_has_every_key_of_the_example() -> None:
    properties = schema()["properties"]
    for name, value in tomllib.loads(example()).items():
        if isinstance(value, dict):
            assert set(properties[name]["properties"]) == set(value)
            assert properties[name]["additionalProperties"] is False
        else:
            assert properties[name]["default"] == value


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("[schedule]\ningest = '5m'", "no setting schedule.ingest; is schedules.ingest meant"),
        ("inbx = 'x'", "no setting inbx; is inbox meant"),
        ("zzzzzz = 1", "no setting zzzzzz"),
        ("workers = -1", "workers = -1 is not a whole number from 0 to 256"),
        ("workers = true", "workers = True is not a whole number"),
        ("min_age = '0s'", "min_age = '0s' is not a time as 90s"),
        ("min_age = 60", "min_age = 60 is not a time as 90s"),
        ("inbox = 3", "inbox = 3 is not words in quotes"),
        ("[schedules]\nverify = 'sometimes'", "schedules.verify = 'sometimes' is not a time"),
        ("[server]\nport = 70000", "server.port = 70000 is not"),
        ("[limits]\nmax_seconds = 0", "limits.max_seconds = 0 is not a number above 0"),
        ("[limits]\nmax_members = 1.5", "limits.max_members = 1.5 is not a whole number"),
        ("[floors]\nfall = 2", "floors.fall = 2 is not a share"),
        ("[floors]\naction = 'shout'", "is not one of warn, fail"),
        ("[notify]\nwebhook = 'file:///etc/passwd'", "is not an http(s) address"),
        ("[verify]\nbudget = 'x'", "verify.budget = 'x' is not a time"),
        ("= 3", "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_named(words: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        read_settings(written(tmp_path, words))
    assert said in str(wrong.value)
    assert "refworld.toml" in str(wrong.value)


def test_the_commands_print_and_check_them(refworld: Command, tmp_path: Path) -> None:
    printed = refworld("config", "--init").stdout
    path = written(tmp_path, printed.replace('ingest = "15m"', 'ingest = "7m"'))
    assert "schedules.ingest = 7m" in refworld("config", "--config", path).stdout
    assert json.loads(refworld("config", "--schema").stdout) == schema()
    wrong = refworld("config", "--config", written(tmp_path, "inbx = 1"))
    assert wrong.returncode == 2
    assert "is inbox meant" in wrong.stderr


def test_a_service_is_not_open_to_others_without_a_password(
    refworld: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PASSWORD, raising=False)
    path = written(tmp_path, "[server]\nhost = '0.0.0.0'")
    done = refworld("serve", "--config", path, "--data", tmp_path / "data")
    assert done.returncode == 2
    assert f"can be reached from other machines: set {PASSWORD} first" in done.stderr
    gone = refworld("serve", "--config", tmp_path / "none.toml", "--data", tmp_path / "data")
    assert gone.returncode == 2
    assert "refworld config --init" in gone.stderr


def test_the_server_is_quiet_guarded_and_may_use_postgres(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = "postgresql+asyncpg://prefect@/prefect"
    mine = {
        "PREFECT_API_KEY": "of another server",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database,
        PASSWORD: "secret",
    }
    found = server_environment(tmp_path, mine)
    assert found["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert found["PREFECT_SERVER_CSRF_PROTECTION_ENABLED"] == "true"
    assert found["PREFECT_SERVER_API_AUTH_STRING"] == "refworld:secret"
    assert found["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == database
    assert "PREFECT_API_KEY" not in found
    monkeypatch.setenv(PASSWORD, "secret")
    runner = runner_settings("http://127.0.0.1:1/api", tmp_path)
    assert runner["PREFECT_API_AUTH_STRING"] == "refworld:secret"


def test_limits_are_those_of_the_command_by_default(tmp_path: Path) -> None:
    assert limits_of(**read_settings(tmp_path / "none.toml").table("limits")) == DEFAULT_LIMITS
    changed = read_settings(written(tmp_path, "[limits]\nmax_capture_size = 0.5"))
    assert limits_of(**changed.table("limits")).capture_bytes == 500_000


def test_what_was_beyond_a_limit_is_taken_in_when_it_is_raised(
    prefect_api: str, tmp_path: Path
) -> None:
    folder, data = tmp_path / "inbox", tmp_path / "data"
    folder.mkdir()
    (folder / "page.txt").write_text("Report\n\n" + "The roads were closed. " * 200)

    def take_in(size: float) -> str:
        limits = {"max_capture_size": size}
        return ingest_inbox(str(folder), str(data), workers=1, min_age=-60, limits=limits)

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        assert take_in(0.001).endswith("1 quarantined")
        assert take_in(0.001) == "nothing new"
        assert take_in(1).endswith("1 new")
