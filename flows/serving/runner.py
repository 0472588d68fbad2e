"""The process that starts the runs of a service: `python -m flows.serving.runner SETTINGS HOME`.

It ends when its standard input closes, which happens however its parent dies, and takes the runs
that are under way with it: what they have committed stays, and the next run goes on from there.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Serves the deployments until told to end."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from prefect import serve

    from flows.serving.automations import end_orphans, install
    from flows.serving.deployments import deployments
    from flows.serving.settings import read_settings
    from warehouse.home import Home

    settings = read_settings(Path(sys.argv[1]))
    home = Home(Path(sys.argv[2]))
    install()
    end_orphans()
    with suppress(KeyboardInterrupt):
        serve(*deployments(settings, home), print_starting_message=False)


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
