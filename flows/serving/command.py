"""`refworld serve`: the service, from its start to Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

import typer

from flows.looking.opened import refuse
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.prefect_home import seed_prefect_home
from flows.prefect_settings import SERVER_SETTINGS, client_settings
from flows.printable import complain
from flows.server import EmbeddedServer, ServerFailed
from flows.serving.settings import Settings, SettingsWrong, read_settings
from warehouse import disk
from warehouse.home import Home

PASSWORD = "REFWORLD_PASSWORD"  # noqa: S105 - the name of a variable
_STOP_SECONDS = 20.0
_HEARTBEAT = "30"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Of an embedded server these are off; a standing one needs them.
_STANDING = {
    "PREFECT_UI_ENABLED",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START",
    "PREFECT__SERVER_FINAL",
}


class ServiceBusy(Exception):
    """A service of this data home runs already."""


def serve_command(home: Home, config: Path | None, port: int | None) -> int:
    """Serves until Ctrl-C or SIGTERM, and returns the exit code."""
    path = config or home.root / "refworld.toml"
    if config is not None and not config.exists():
        refuse(f"there is no file {config}; `refworld config --init` prints one to begin with")
    try:
        settings = read_settings(path)
    except SettingsWrong as error:
        refuse(str(error))
    host, port = settings["server.host"], port or settings["server.port"]
    if host not in _LOOPBACK and PASSWORD not in os.environ:
        refuse(f"{host} can be reached from other machines: set {PASSWORD} first")
    ended = threading.Event()
    _listen(ended)
    try:
        with ExitStack() as service:
            service.enter_context(_only_service(home))
            disk.make_folder(settings.inbox)
            server = service.enter_context(_server(home, host, port))
            server.wait()
            runner = service.enter_context(_runner(home, path, server))
            _say(settings, home, host, port)
            return _watch(ended, server, runner)
    except (ServiceBusy, ServerFailed, OSError) as error:
        refuse(str(error))


def _listen(ended: threading.Event) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)


def _watch(ended: threading.Event, server: EmbeddedServer, runner: subprocess.Popen[bytes]) -> int:
    """Waits until the service is to end; returns the exit code."""
    while not ended.wait(0.5):
        for name, process in (("server", server.process), ("runner", runner)):
            if process.poll() is not None:
                complain(f"The {name} ended with {process.returncode}; its log is {server.log}.")
                return RUN_FAILED
    typer.echo("Ending ...")
    return ALL_WELL


@contextmanager
def _only_service(home: Home) -> Iterator[None]:
    """Holds the right to be the service of a data home, by a lock that dies with the process."""
    disk.make_folder(home.root)
    descriptor = os.open(home.root / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceBusy(f"{home.root} is served already") from None
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _server(home: Home, host: str, port: int) -> Iterator[EmbeddedServer]:
    """Holds Prefect's server, which listens from the first moment and answers a little later."""
    home.prefect.mkdir(parents=True, exist_ok=True)
    seed_prefect_home(home.prefect)
    log = home.prefect / "serve.log"
    try:
        listening = socket.create_server((host, port), backlog=128)
    except OSError as error:
        raise OSError(
            f"cannot listen at {host}, port {port}: {error.strerror}; --port N"
        ) from error
    with listening, log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.serving.pages", str(listening.fileno())],
            env=_importable(server_environment(home.prefect, os.environ)),
            cwd=home.prefect,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listening.fileno()],
            start_new_session=True,
        )
        port = listening.getsockname()[1]
    server = EmbeddedServer(process, f"http://{host}:{port}/api", log)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _runner(home: Home, config: Path, server: EmbeddedServer) -> Iterator[subprocess.Popen[bytes]]:
    """Holds the process that starts the runs; it is asked to end first, as is what it has begun."""
    with server.log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.serving.runner", str(config), str(home.root)],
            env=_importable({**os.environ, **runner_settings(server.api_url, home.prefect)}),
            cwd=home.prefect,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        # Prefect pauses the deployments and takes their future runs back when it is interrupted.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin is not None:
            process.stdin.close()


def server_environment(prefect_home: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the environment of a standing server whose state lies in `prefect_home`.

    A user's own `PREFECT_SERVER_DATABASE_CONNECTION_URL` is kept: the server may use Postgres.
    """
    database = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    kept = {
        key: value
        for key, value in environment.items()
        if not key.startswith("PREFECT_") or key == database
    }
    settings = {key: value for key, value in SERVER_SETTINGS.items() if key not in _STANDING}
    settings |= {
        "PREFECT_HOME": str(prefect_home),
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
    }
    if password := environment.get(PASSWORD):
        settings["PREFECT_SERVER_API_AUTH_STRING"] = f"refworld:{password}"
    return {**kept, **settings}


def runner_settings(api_url: str, prefect_home: Path) -> dict[str, str]:
    """Returns the settings of the runner, and of the runs that it starts."""
    settings = {
        **client_settings(api_url, prefect_home),
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": _HEARTBEAT,
        "PREFECT_CLIENT_MAX_RETRIES": "5",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "INFO",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "ERROR",
    }
    if password := os.environ.get(PASSWORD):
        settings["PREFECT_API_AUTH_STRING"] = f"refworld:{password}"
    return settings


def _importable(environment: Mapping[str, str]) -> dict[str, str]:
    package_root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (package_root, environment.get("PYTHONPATH"))))
    return {**environment, "PYTHONPATH": path}


def _say(settings: Settings, home: Home, host: str, port: int) -> None:
    """Says where the pages are and what is scheduled."""
    login = "; user refworld, with your password" if PASSWORD in os.environ else ""
    typer.echo(f"Serving {home.root}: http://{host}:{port}{login}")
    typer.echo(f"  inbox         {settings.inbox}")
    for name, what in (
        ("ingest", "takes the inbox in"),
        ("fetch", "fetches the watch list"),
        ("verify", "audits the archive"),
        ("compact", "puts small batches together"),
        ("search_index", "indexes the texts"),
    ):
        if name == "fetch" and settings.watch_list is None:
            continue
        typer.echo(f"  {what:<25} {settings[f'schedules.{name}'] or 'on demand'}")
    typer.echo("Ctrl-C ends it.")
