"""Names, addresses and titles that want to be more than text, wherever a person reads them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import unicodedata
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from flows.markdown import cell, fenced, literal
from flows.printable import printable
from tests.flows.conftest import ROOT, Command, command_environment, page, run_apart
from tests.flows.processes import runs
from tests.flows.test_verify import artifacts
from tests.hostile.browser import CHROMIUM, browser
from warehouse.archive import read_warc
from warehouse.home import Home

SCRIPT = "document.body.dataset.ran='1'"
NAMES = [
    f'<img src=x onerror="{SCRIPT}">.txt',
    "<!-- a comment.txt",
    "[a link](javascript:alert(1)).txt",
    "![a picture](x).txt",
    "a | b | c.txt",
    "`one`, ``two`` and ```three```.txt",
    "**bold** _slanted_ ~~gone~~.txt",
    "two\nlines.txt",
    "\x1b[31mred\x1b[2J.txt",
    "\u202etxt.exe",
    "&lt;b&gt;.txt",
]
ADDRESS = f'javascript:{SCRIPT}//"><img src=x onerror="{SCRIPT}">|`'
TITLE = "A Title \x1b[2J\x9b1m\u202e and <b>more</b>"


def uncontrolled(words: str) -> bool:
    """Returns whether nothing in the words can move a cursor or reorder what is read."""
    return all(
        unicodedata.category(char) not in ("Cc", "Cf", "Cs") for char in words if char != "\n"
    )


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """A folder of files with such names that are no text, one of the names no UTF-8."""
    folder = tmp_path / "named"
    folder.mkdir()
    for name in NAMES:
        (folder / name).with_suffix(".txt").write_bytes(b"%PDF-" + os.fsencode(name))
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_bytes(b"%PDF-")
    return folder


def sources(folder: Path) -> list[str]:
    return sorted(printable(path.name) for path in folder.iterdir())


def tokens(markdown: str) -> list[Any]:
    parsed = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    )
    return [part for token in parsed for part in (token, *(token.children or []))]


@pytest.mark.parametrize(
    "text", [*NAMES, "", " ", "1. a", "- a", "# a", "a\\|b", "`", "\\", "a_b.txt"]
)
def test_literal_words_are_shown_to_the_letter(text: str) -> None:
    shown = "".join(
        token.content for token in tokens(literal(text)) if token.type in ("text", "code_inline")
    )
    assert shown == printable(text) or not text.strip()
    inner = [
        t.type
        for t in tokens(f"| a |\n|---|\n| {cell(text)} | \n\n{fenced([text])}")
        if t.nesting == 0
    ]
    assert set(inner) <= {"inline", "text", "code_inline", "fence"}


def test_a_fence_is_not_ended_by_its_content() -> None:
    (fence,) = tokens(fenced(["```", "# a", "`````"]))
    assert (fence.type, fence.content) == ("fence", "```\n# a\n`````\n")


def test_a_summary_shows_the_names_and_nothing_else(
    refworld: Command, prefect_api: str, home: Home, named: Path
) -> None:
    done = refworld("ingest", named, "--data", home.root)
    assert done.returncode == 1
    assert uncontrolled(done.stdout + done.stderr)
    (summary, *_) = artifacts(prefect_api, "ingest-summary")
    (run_id,) = (run for run in home.events.iterdir() if run.name in summary["data"])
    found = tokens(summary["data"])
    assert not [t for t in found if t.type in ("html_inline", "html_block", "image")]
    links = [str(t.attrGet("href")) for t in found if t.type == "link_open"]
    assert all(link.startswith("/readme#") for link in links)
    table = summary["data"].partition("## Quarantined")[2].partition("In the README")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) == len(list(named.iterdir()))
    for row in rows:
        cells = [t for t in tokens(f"| a | b | c |\n|---|---|---|\n{row}") if t.type == "td_open"]
        assert len(cells) == 3
    shown = "\n".join(t.content for t in found if t.type in ("text", "code_inline"))
    assert [name for name in sources(named) if name not in shown] == []
    assert run_id.name in shown


def test_a_failed_flows_log_has_no_controls(prefect_api: str, tmp_path: Path) -> None:
    sources = [str(tmp_path / "\x1b[2Jred")]
    ingest = (
        f"from flows.ingest import ingest; ingest(sources={sources!r}, data='/proc/\x1b[31mred')"
    )
    done = subprocess.run(
        [sys.executable, "-c", ingest], env=command_environment(PREFECT_API_URL=prefect_api),
        capture_output=True, text=True, timeout=120, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode
    request = urllib.request.Request(
        f"{prefect_api}/logs/filter",
        data=json.dumps({"sort": "TIMESTAMP_DESC", "limit": 20}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        messages = [entry["message"] for entry in json.load(response)]
    assert [message for message in messages if "red" in message]
    assert [message for message in messages if not uncontrolled(message)] == []


@pytest.mark.parametrize(
    "command",
    [
        ("status",), ("show", "400000001"), ("trace", "400000001", "title"), ("snapshots",),
        ("history", "400000001"), ("sql", "SELECT title, cite_uri FROM documents"),
        ("sql", "SELECT source, outcome FROM acquisitions"), ("verify",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_terminal_is_sent_no_controls(
    refworld: Command, hostile_home: Home, command: tuple[str, ...]
) -> None:
    done = refworld(*command, "--data", hostile_home.root)
    assert done.returncode == 0, done.stderr
    assert uncontrolled(done.stdout + done.stderr)


@pytest.fixture(scope="module")
def hostile_home(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "\x1b[31mred.txt").write_text(page(1).replace("A Report", TITLE))
    home = Home(folder / "data")
    done = run_apart(prefect_api, "ingest", folder / "\x1b[31mred.txt", "--data", home.root)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture(scope="module")
def shown_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Prefect's server as a user starts it, with its UI."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    settings = command_environment(
        PREFECT_HOME=str(tmp_path_factory.mktemp("shown")),
        PREFECT_UI_API_URL=api,
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
    )
    log = tmp_path_factory.mktemp("log") / "server.log"
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)],
            env=settings, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        await_health(api, server)
        yield api
    finally:
        server.terminate()
        server.wait(timeout=60)


def await_health(api: str, server: subprocess.Popen[bytes]) -> None:
    import time

    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(f"{api}/health", timeout=5):
                return
        except OSError:
            assert server.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
@pytest.mark.long
def test_prefects_pages_show_the_words_and_run_nothing(
    shown_api: str, tmp_path: Path, named: Path
) -> None:
    row = {"url": ADDRESS, "text": page(1)}
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps(row) + "\n")
    home = Home(tmp_path / "data")
    assert run_apart(shown_api, "ingest", named, corpus, "--data", home.root).returncode == 1
    damage(home)
    audit = f"from flows.verify import verify; verify({str(home.root)!r})"
    done = subprocess.run(
        [sys.executable, "-c", audit], env=command_environment(PREFECT_API_URL=shown_api),
        capture_output=True, text=True, timeout=120, cwd=ROOT,
    )  # fmt: skip
    assert "FaultsFound" in done.stderr
    assert runs(home)
    with browser(tmp_path / "profile") as tab:
        for key, words in [
            ("ingest-summary", sources(named)),
            ("ingest-issues", ["pdf_unreadable"]),
            ("verify-summary", [printable(ADDRESS)]),
            ("verify-faults", [printable(ADDRESS)]),
        ]:
            (artifact, *_) = artifacts(shown_api, key)
            tab.open(f"{shown_api.removesuffix('/api')}/artifacts/artifact/{artifact['id']}")
            shown = tab.await_words(words[0])
            assert [word for word in words if word not in shown] == []
            assert tab.value("document.body.dataset.ran") is None
            assert (
                tab.value("document.querySelectorAll('img[src=x], a[href^=\"javascript\"]').length")
                == 0
            )


def damage(home: Home) -> None:
    """Flips a bit in the record of the page."""
    for path in home.archive.iterdir():
        for offset, capture in read_warc(path):
            if capture.target_uri == ADDRESS:
                content = bytearray(path.read_bytes())
                content[offset + 80] ^= 1
                path.write_bytes(content)
                return
    raise AssertionError("no such record")
