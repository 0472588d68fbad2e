"""A real browser, driven by its own debugging protocol: what a page shows and runs."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

CHROMIUM = shutil.which("chromium")
# Without these it asks the world outside for updates at every start.
_QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_PATIENCE = 60.0  # seconds


class Page:
    """One tab."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._count = 0

    def open(self, address: str) -> None:
        """Begins to load an address."""
        self._ask("Page.navigate", url=address)

    def value(self, script: str) -> Any:
        """Returns what an expression of JavaScript gives in the page, or None where it fails."""
        result = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        return result["result"].get("value")

    def await_words(self, words: str) -> str:
        """Returns the text that the page shows once `words` are in it."""
        deadline = time.monotonic() + _PATIENCE
        while words not in (shown := self.value("document.body.innerText") or ""):
            assert time.monotonic() < deadline, f"not shown: {words!r} in {shown!r}"
            time.sleep(0.1)
        return str(shown)

    def screenshot(self, path: Path) -> None:
        """Saves what the tab shows as a PNG file."""
        path.write_bytes(base64.b64decode(self._ask("Page.captureScreenshot")["data"]))

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._count += 1
        self._connection.send(
            json.dumps({"id": self._count, "method": method, "params": parameters})
        )
        while True:
            answer = json.loads(self._connection.recv(timeout=_PATIENCE))
            if answer.get("id") == self._count:
                assert "result" in answer, answer
                return dict(answer["result"])


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Starts Chromium with a new profile in `folder`, and yields its one tab."""
    assert CHROMIUM
    process = subprocess.Popen(
        [
            CHROMIUM,
            *_QUIET,
            f"--user-data-dir={folder}",
            "--remote-debugging-port=0",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port = _port(folder / "DevToolsActivePort", process)
        with connect(_tab(port), max_size=None, proxy=None) as connection:
            yield Page(connection)
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _port(path: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + _PATIENCE
    while not path.exists() or not path.read_text():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return int(path.read_text().splitlines()[0])


def _tab(port: int) -> str:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"http://127.0.0.1:{port}/json/list", timeout=_PATIENCE) as answer:
        tabs = json.load(answer)
    return next(str(tab["webSocketDebuggerUrl"]) for tab in tabs if tab["type"] == "page")
