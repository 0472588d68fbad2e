from pathlib import Path

import pytest

from flows.prefect_settings import configured_api_url, environment_of, server_environment


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    return {"PREFECT_HOME": str(tmp_path / "none")}


def test_nothing_configured_is_none(bare: dict[str, str], tmp_path: Path) -> None:
    assert configured_api_url(bare, tmp_path) is None
    (tmp_path / "prefect.toml").write_text("not toml")
    assert configured_api_url(bare, tmp_path) is None


def test_the_environment_comes_first(bare: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "prefect.toml").write_text('[api]\nurl = "http://file/api"\n')
    assert configured_api_url(bare, tmp_path) == "http://file/api"
    assert configured_api_url({**bare, "PREFECT_API_URL": "http://e"}, tmp_path) == "http://e"


def test_a_profile_is_found(tmp_path: Path) -> None:
    profiles = '[profiles.a]\nPREFECT_API_URL = "http://a"\n[profiles.b]\nPREFECT_HOME = "x"\n'
    (tmp_path / "profiles.toml").write_text('active = "a"\n' + profiles)
    home = {"PREFECT_HOME": str(tmp_path)}
    assert configured_api_url(home, tmp_path) == "http://a"
    assert configured_api_url({**home, "PREFECT_PROFILE": "b"}, tmp_path) is None
    (tmp_path / "pyproject.toml").write_text('[tool.prefect.api]\nurl = "http://p"\n')
    assert configured_api_url(home, tmp_path) == "http://p"


def test_settings_for_other_servers_do_not_reach_ours(tmp_path: Path) -> None:
    user = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": "postgresql://x", "PATH": "/bin"}
    environment = server_environment(tmp_path, user)
    assert environment["PREFECT_HOME"] == str(tmp_path)
    assert environment["PATH"] == "/bin"
    assert "PREFECT_SERVER_DATABASE_CONNECTION_URL" not in environment
    assert environment["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"


def test_the_environment_is_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("REFWORLD_TEST_A", "before")
    with environment_of({"REFWORLD_TEST_A": "within", "REFWORLD_TEST_B": "within"}):
        assert os.environ["REFWORLD_TEST_A"] == os.environ["REFWORLD_TEST_B"] == "within"
    assert os.environ["REFWORLD_TEST_A"] == "before"
    assert "REFWORLD_TEST_B" not in os.environ
