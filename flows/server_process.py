"""The process of the embedded Prefect server: `python -m flows.server_process FD`.

It serves on the listening socket that its parent hands down as file descriptor FD, and ends when
its standard input closes, which happens however the parent dies.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading


def main() -> None:
    """Serves Prefect's API until told to end or left alone."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    listening = socket.socket(fileno=int(sys.argv[1]))

    # Its imports make a million objects that stay: looking for cycles among them is vain.
    gc.disable()
    import uvicorn
    from prefect.server.api.server import create_app

    gc.freeze()
    gc.enable()
    config = uvicorn.Config(create_app(), log_level="error", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])


def end_with_parent() -> None:
    """Waits for standard input to close, and then ends this process at once."""
    # Read without Python's buffer, whose lock would trouble the interpreter's end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
