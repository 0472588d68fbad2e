"""`refworld explore`: serves the page until Ctrl-C."""

from __future__ import annotations

import socket
import webbrowser
from contextlib import suppress

import typer

from flows.looking.opened import refuse
from flows.outcomes import ALL_WELL
from flows.printable import complain
from warehouse.home import Home

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def explore_command(home: Home, host: str, port: int, opens_browser: bool) -> int:
    """Serves the page at `host` and `port` until it is interrupted; returns the exit code."""
    import uvicorn

    from flows.exploring.app import make_app

    try:
        listening = socket.create_server((host, port), family=_family(host))
    except OSError as error:
        refuse(f"cannot listen at {host}, port {port}: {error.strerror}; --port 0 takes a free one")
    if host not in _LOOPBACK:
        complain(f"Everybody who reaches {host} can read this archive: there is no password.")
    port = listening.getsockname()[1]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    typer.echo(f"The archive {home.root} is shown at {address}\nCtrl-C ends it.")
    app = make_app(home, {host, *_LOOPBACK} if host in _LOOPBACK else None)
    # What is asked for may be nobody's business: nothing is logged but what goes wrong.
    config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False)
    if opens_browser:
        webbrowser.open(address)
    with listening, suppress(KeyboardInterrupt):  # it raises again what has ended it well
        uvicorn.Server(config).run(sockets=[listening])
    return ALL_WELL


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
