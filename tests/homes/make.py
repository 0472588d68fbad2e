"""Makes the small home that stands for a released version: `python -m tests.homes.make 0.2.0`.

It is made with the released code, from the sources of the first one, by two runs of the command and
an audit; the published database and Prefect's folder are left out, being made anew from the rest.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HOMES = Path(__file__).parent
RUNS = (("a.txt", "c.txt"), ("b.txt", "rows.jsonl"))


def make(version: str) -> None:
    """Makes tests/homes/<version>/home from tests/homes/<version>/sources."""
    target = HOMES / version / "home"
    with tempfile.TemporaryDirectory(prefix="captures-") as folder:
        shutil.copytree(HOMES / version / "sources", folder, dirs_exist_ok=True)
        data = Path(folder) / "data"
        command = [sys.executable, "-m", "flows.cli"]
        for names in RUNS:
            sources = [str(Path(folder) / name) for name in names]
            subprocess.run([*command, "ingest", *sources, "--data", str(data)], check=False)
        subprocess.run([*command, "verify", "--data", str(data)], check=True)
        for name in ("archive", "lake"):
            shutil.copytree(data / name, target / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.homes.make", description=__doc__)
    parser.add_argument("version")
    make(parser.parse_args().version)
