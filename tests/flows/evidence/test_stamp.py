"""Time stamps, given by a server of this test's own that signs with openssl."""

from __future__ import annotations

import http.server
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.evidence.stamp import NoTimeStamp, time_stamp
from tests.flows.conftest import run_here
from tests.flows.evidence.conftest import TEXT
from warehouse.home import Home

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

_CONFIG = """
[tsa]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ordering = yes
[req]
distinguished_name = name
[name]
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the key and the certificate of an authority for time stamps."""
    folder = tmp_path_factory.mktemp("authority")
    (folder / "ts.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    openssl(
        folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out",
        "ca.pem", "-days", "30", "-subj", "/CN=Clock", "-config", "ts.cnf", "-extensions",
        "stamping",
    )  # fmt: skip
    return folder


def openssl(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["openssl", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def served(folder: Path, kind: str) -> Iterator[str]:
    """Serves time stamps, or what `kind` says instead."""

    class Clock(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            (folder / "asked.tsq").write_bytes(asked)
            if kind == "other":
                openssl(folder, "ts", "-query", "-digest", "0" * 64, "-sha256", "-cert", "-out",
                        "asked.tsq")  # fmt: skip
            if kind == "refusing":
                # `PKIStatusInfo` alone: rejection, without a reason.
                answer = bytes.fromhex("30053003020102")
            else:
                openssl(folder, "ts", "-reply", "-config", "ts.cnf", "-section", "tsa", "-signer",
                        "ca.pem", "-inkey", "key.pem", "-queryfile", "asked.tsq", "-out",
                        "answer.tsr")  # fmt: skip
                answer = (folder / "answer.tsr").read_bytes()
            self.send_response(500 if kind == "failing" else 200)
            self.end_headers()
            self.wfile.write(b"<html>" if kind == "chatting" else answer)

        def log_message(self, *words: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Clock)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_stamped_package_verifies_as_its_readme_says(
    evidence_home: Home, authority: Path, tmp_path: Path
) -> None:
    out = tmp_path / "stamped.zip"
    with served(authority, "well") as url:
        words = ("bundle", TEXT, "--out", out, "--timestamp-url", url)
        done = run_here(*words, "--data", evidence_home.root)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as package:
        package.extractall(tmp_path)
    bag = tmp_path / "evidence"
    readme = (bag / "README.txt").read_text()
    assert url in readme
    (command,) = [line.split() for line in readme.splitlines() if "openssl ts -verify" in line]
    shutil.copy(authority / "ca.pem", bag / "ca.pem")
    openssl(bag, *command[1:])
    with (bag / "manifest-sha256.txt").open("ab") as stream:
        stream.write(b"0")
    assert subprocess.run(command, cwd=bag, capture_output=True).returncode != 0


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("failing", "500"),
        ("chatting", "no time stamp"),
        ("refusing", "refused a time stamp"),
        ("other", "the time stamp of something else"),
    ],
)
def test_a_server_that_fails_leaves_no_package(
    kind: str, words: str, evidence_home: Home, authority: Path, tmp_path: Path
) -> None:
    out = tmp_path / "none.zip"
    with served(authority, kind) as url:
        done = run_here(
            "bundle", TEXT, "--out", out, "--timestamp-url", url, "--data", evidence_home.root
        )
    assert done.returncode == 2
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["file:///etc/hostname", "http://127.0.0.1:1/", "http://[", "x"])
def test_an_address_that_answers_nothing_is_said(url: str) -> None:
    with pytest.raises(NoTimeStamp, match=r"gave no time stamp|no http or https address"):
        time_stamp(b"manifest", url)
