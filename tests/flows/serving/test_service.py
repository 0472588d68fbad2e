"""The service as an operator uses it: a file into the inbox, and Prefect's pages in a browser."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.flows.conftest import SEED, Command, page
from tests.flows.serving.service import PASSWORD, Service, await_true, free_port, put, serving
from warehouse.home import Home

CHROMIUM = shutil.which("chromium")
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = Home(tmp_path_factory.mktemp("served") / "data")
    with serving(home, free_port()) as running:
        yield running
    assert running.process.returncode == 0


def test_a_file_dropped_into_the_inbox_is_taken_in_by_schedule(
    service: Service, refworld: Command
) -> None:
    put(service.inbox, "seed.txt", next(SEED.iterdir()).read_text(encoding="utf-8"))
    put(service.inbox, "broken.jsonl", '{"url": "https://www.refworld.org/docid/1.html"\n')
    await_true(lambda: any("1 new" in run["name"] for run in service.runs("COMPLETED")))
    done = next(run for run in service.runs("COMPLETED") if "1 new" in run["name"])
    assert re.fullmatch(r"ingest inbox \d{4}-\d\d-\d\d \d\d:\d\d, 1 new, 1 quarantined",
                        done["name"])  # fmt: skip
    assert set(done["tags"]) >= {"refworld", "ingest"}
    assert done["auto_scheduled"]
    shown = refworld("show", "4680d8a81d", "--data", service.home.root)
    assert shown.returncode == 0
    # The runs after it have nothing to do: they end in seconds, and say so.
    await_true(lambda: any("nothing new" in run["name"] for run in service.runs("COMPLETED")))
    idle = next(run for run in service.runs("COMPLETED") if "nothing new" in run["name"])
    assert idle["total_run_time"] < 10


def test_overlapping_and_repeated_runs_are_harmless(service: Service) -> None:
    for number in range(3):
        put(service.inbox, f"{number}.txt", page(number))
    started = [service.start("ingest-inbox/inbox") for _ in range(3)]
    await_true(
        lambda: all(
            service.ask(f"/flow_runs/{run}")["state_type"] in ("COMPLETED", "CANCELLED")
            for run in started
        )
    )
    await_true(lambda: any("3 new" in run["name"] for run in service.runs("COMPLETED")))
    assert sum("3 new" in run["name"] for run in service.runs("COMPLETED")) == 1
    assert not service.runs("FAILED")
    assert not service.runs("CRASHED")


def test_small_batches_are_put_together_while_it_runs(service: Service, refworld: Command) -> None:
    run = service.start("compact/compact")
    await_true(lambda: service.ask(f"/flow_runs/{run}")["state_type"] == "COMPLETED")
    name = service.ask(f"/flow_runs/{run}")["name"]
    assert re.fullmatch(r"compact \d{4}-\d\d-\d\d \d\d:\d\d, 2 batches in 1 pack, .*", name)
    put(service.inbox, "later.txt", page(50))
    await_true(lambda: any(", 1 new" in one["name"] for one in service.runs("COMPLETED")[:3]))
    verified = refworld("verify", "--data", service.home.root)
    assert "All is well." in verified.stdout


def test_nobody_is_let_in_without_the_password(service: Service, refworld: Command) -> None:
    for auth in (None, ("refworld", "wrong")):
        answer = httpx.get(f"{service.address}/api/deployments/name/ingest-inbox/inbox", auth=auth)
        assert answer.status_code == 401
    forged = httpx.post(
        f"{service.address}/api/variables/", json={"name": "x", "value": 1},
        auth=("refworld", PASSWORD),
    )  # fmt: skip
    assert forged.status_code == 403, "a request that another page forged has no token"
    second = refworld("serve", "--data", service.home.root, "--port", free_port())
    assert second.returncode == 2
    assert "is served already" in second.stderr


def test_the_rule_for_runs_that_die_is_installed(service: Service) -> None:
    rules = service.ask("/automations/filter", limit=200)
    (rule,) = [rule for rule in rules if rule["name"].startswith("refworld: mark runs crashed")]
    assert rule["enabled"]
    assert rule["actions"][0]["state"] == "CRASHED"


@pytest.fixture
def screen(service: Service, tmp_path: Path) -> Iterator[Page]:
    """A tab that has been let in; whatever it asks for is asked of the service itself."""
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_QUIET))
        context = browser.new_context(
            base_url=service.address, viewport={"width": 1400, "height": 1000}
        )
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("requestfailed", lambda request: asked.remove(request.url))
        tab.goto("/")
        tab.get_by_role("textbox").fill(f"refworld:{PASSWORD}")
        tab.get_by_role("button", name="Login").click()
        yield tab
        browser.close()
    assert asked
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(service.address).netloc}


def kept(tab: Page, name: str, folder: Path) -> None:
    """Keeps a screenshot where a person can look at it."""
    where = Path(os.environ.get("REFWORLD_SCREENSHOTS") or folder)
    tab.screenshot(path=where / f"serve-{name}.png")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_the_pages_show_the_run_and_its_artifacts(
    service: Service, screen: Page, tmp_path: Path
) -> None:
    screen.get_by_role("link", name="Runs", exact=True).click()
    screen.get_by_text(", 1 new, 1 quarantined").first.click()
    expect(screen.get_by_text("Completed").first).to_be_visible()
    kept(screen, "run", tmp_path)
    latest = service.ask("/artifacts/latest/filter", limit=200)
    ids = {artifact["key"]: artifact["latest_id"] for artifact in latest}
    assert set(ids) >= {
        "ingest-progress", "ingest-summary", "ingest-ledger", "ingest-issues",
        "ingest-quarantined", "trends", "trends-picture", "trends-by-day",
    }  # fmt: skip
    first = service.ask(
        "/artifacts/filter", limit=200, sort="ID_DESC",
        artifacts={"key": {"any_": ["ingest-quarantined", "ingest-ledger"]}},
    )  # fmt: skip
    told = {artifact["key"]: artifact for artifact in first if "broken.jsonl" in artifact["data"]}
    for key, words in (
        ("ingest-summary", "What happens on failure"),
        ("ingest-ledger", "not_a_document"),
        ("trends", "Values known, in percent"),
        ("trends-picture", None),
        ("ingest-progress", None),
        ("compact", "in 1 pack"),
    ):
        screen.goto(f"/v2/artifacts/artifact/{ids[key]}")
        if words:
            expect(screen.get_by_text(words).first).to_be_visible()
        elif key == "trends-picture":
            expect(screen.locator("img[src^='data:image/svg']")).to_be_visible()
        else:
            expect(screen.get_by_text("batches archived, read").first).to_be_visible()
        kept(screen, key, tmp_path)
    screen.goto(f"/v2/artifacts/artifact/{told['ingest-quarantined']['id']}")
    expect(screen.get_by_text("broken.jsonl").first).to_be_visible()
    kept(screen, "ingest-quarantined", tmp_path)
    screen.goto("/readme#what-happens-on-failure")
    expect(screen.get_by_role("heading", name="What happens on failure")).to_be_in_viewport()
