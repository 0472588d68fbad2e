"""What a watcher is shown: trends, the state as JSON, the README beside the pages, the doctor."""

from __future__ import annotations

import json
import shutil
import socket
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flows import doctor
from flows.serving import trends
from flows.serving.pages import POLICY, Confined
from tests.durability.kept import PAGES
from tests.flows.conftest import Command
from transforms.reading import read
from warehouse import watching
from warehouse.commits import commit, stage
from warehouse.home import Home


def test_trends_are_tables_and_a_picture(seed_home: Home) -> None:
    days = watching.trends(seed_home, 30)
    assert [row["new_documents"] for row in days] == [1]
    (fill,) = watching.fill_lately(seed_home, 30)
    assert (fill["documents"], fill["publisher"]) == (1, 1.0)
    assert watching.issues_lately(seed_home, 30) == []
    page = trends.page(days, [], [fill])
    assert f"| {fill['day']} | 1 | 0 | 1 |" in page
    assert "| day | title | publisher |" in page
    rates = watching.run_rates(seed_home, run_of(seed_home))
    assert rates[""]["documents"] == rates["plain"]["documents"] == 1
    assert rates["plain"]["statements_each"] > 10


def run_of(home: Home) -> str:
    return next(path.name for path in sorted((home.root / "lake" / "events").iterdir()))


def test_the_picture_has_a_bar_for_each_day() -> None:
    rows = [
        {"day": date(2026, 11, day), "new_documents": count, "quarantined": 0, "runs": 1}
        for day, count in ((1, 10), (2, 0), (3, 5))
    ]
    drawn = ET.fromstring(trends.picture(rows))
    bars = [
        float(bar.get("height", 0))
        for bar in drawn.iter("{http://www.w3.org/2000/svg}rect")
        if bar.get("fill") != "white"
    ]
    assert bars[1] == 0
    assert bars[0] == 2 * bars[2] > 0
    ET.fromstring(trends.picture([]))


def test_the_state_is_one_json_object(refworld: Command, seed_home: Home, home: Home) -> None:
    found = json.loads(refworld("status", "--json", "--data", seed_home.root).stdout)
    assert found["documents"] == {"plain": 1}
    assert found["snapshot"]["number"] == 1
    assert found["runs"][0]["state"] == "completed"
    assert found["files"]["archive"]["count"] == 1
    empty = json.loads(refworld("status", "--json", "--data", home.root).stdout)
    assert empty["snapshot"] is None
    assert empty["runs"] == []
    assert list(empty) == list(found)


async def _bare(_scope: object, _receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"page"})  # type: ignore[operator]


def test_pages_may_reach_nothing_else_and_have_the_readme_beside_them() -> None:
    client = TestClient(Confined(_bare))
    for path in ("/", "/readme"):
        answer = client.get(path)
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert client.get("/").text == "page"
    for section in ("what-happens-on-failure", "keeping-it-for-long", "looking"):
        assert f'id="{section}"' in client.get("/readme").text


def found(home: Home, config: Path) -> dict[str, doctor.Finding]:
    return {one.name: one for look in doctor.LOOKS for one in look(home, config)}


def test_the_doctor_finds_a_sound_home_well(refworld: Command, seed_home: Home) -> None:
    done = refworld("doctor", "--data", seed_home.root)
    assert done.returncode == 0, done.stdout
    rows = refworld("doctor", "--json", "--data", seed_home.root).stdout.splitlines()
    states = {row["name"]: row["state"] for row in map(json.loads, rows)}
    assert {states[name] for name in ("python", "packages", "data home", "database")} == {"ok"}


def test_the_doctor_names_what_is_wrong_and_what_to_do(
    tmp_path: Path, seed_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    sick = Home(tmp_path / "sick")
    shutil.copytree(seed_home.root, sick.root)
    sick.database.write_bytes(b"no database")
    sick.search_index.write_bytes(b"none")
    config = tmp_path / "refworld.toml"
    busy = socket.create_server(("127.0.0.1", 0))
    port = busy.getsockname()[1]
    config.write_text(f"watch_list = 'list.txt'\n[server]\nport = {port}\n")
    monkeypatch.setattr(doctor, "_SCARCE", 10**18)
    with busy:
        seen = found(sick, config)
    assert seen["database"].state == "fail"
    assert "rebuild --database" in seen["database"].advice
    assert seen["search index"].state == "warn"
    assert seen["watch list"].state == "fail"
    assert seen["port"].state == "warn"
    assert seen["free space"].state == "warn"
    assert seen["inbox"].state == "warn"
    config.write_text("nonsense = 1")
    assert found(sick, config)["settings"].state == "fail"
    monkeypatch.setattr(doctor, "_PINNED", ("duckdb", "no-such-package"))
    assert "no-such-package" in found(sick, config)["packages"].seen
    monkeypatch.setattr(doctor.time, "time", lambda: 0.0)
    assert found(sick, config)["clock"].state == "fail"


def test_the_doctor_says_who_writes_and_what_was_left(tmp_path: Path, seed_home: Home) -> None:
    sick = Home(tmp_path / "sick")
    shutil.copytree(seed_home.root, sick.root)
    (sick.staging / "left").mkdir(parents=True)
    assert "unfinished" in found(sick, tmp_path / "none.toml")["writer"].seen
    sick.database.unlink()
    assert found(sick, tmp_path / "none.toml")["database"].state == "warn"


def test_the_doctor_counts_small_batches(
    tmp_path: Path, seed_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(seed_home.root, home.root)
    assert found(home, tmp_path / "none.toml")["batches"].state == "ok"
    for capture in PAGES[:4]:
        commit(home, stage(home, [capture], [read(capture)], "1"))
    monkeypatch.setattr(doctor, "_MANY", 4)
    seen = found(home, tmp_path / "none.toml")["batches"]
    assert (seen.state, seen.advice) == ("warn", "refworld compact puts them together")
    assert seen.seen.startswith("4 small ones")


def test_the_doctor_sees_that_a_home_cannot_be_written(tmp_path: Path) -> None:
    nowhere = Home(Path("/proc/self/data"))  # where not even root may write
    assert found(nowhere, tmp_path / "none.toml")["data home"].state == "fail"
