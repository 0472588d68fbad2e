"""Why a command failed, in words that say what to do next."""

from __future__ import annotations

import errno
import os
import shutil
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from flows.dask_workers import DaskUnavailable
from flows.ledger import LedgerUnbalanced
from flows.printable import printable_lines
from flows.recorded import is_interruption
from flows.server import ServerFailed
from warehouse.checking import PublishFailed
from warehouse.commits import HomeIsNewer
from warehouse.home import Home
from warehouse.lock import HomeBusy

_STAYS = "What is committed stays; the same command takes up where this one stopped."
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LITTLE = 4 << 20  # bytes; below it Prefect's server, whose database grows by pages, may not start
# Of object storage, whose modules are imported only where a home lies there.
_OF_OBJECTS = {"StoreFailed", "StoreDamaged", "LeaseLost", "OddName"}
_BARRED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST, errno.ENOENT)


def explained(error: BaseException, home: Home) -> str:
    """Returns what a person needs to know of an error, its untrusted words made printable."""
    return printable_lines(_explained(error, home))


def _is_in(home: Home, name: object) -> bool:
    """Returns whether a file that an error names is the data home, in it, or leads to it."""
    if not isinstance(name, str):
        return True  # no file is named: what was written to is the home
    path = Path(name).resolve()
    return path.is_relative_to(home.root) or home.root.is_relative_to(path)


def _is_full(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL


def _is_short_of_space(home: Home) -> bool:
    return home.root.exists() and shutil.disk_usage(home.root).free < _LITTLE


def _explained(error: BaseException, home: Home) -> str:
    if is_interruption(error):
        return f"Interrupted. {_STAYS}"
    match error:
        case HomeBusy():
            return f"{error}. Wait for it, or give another data home with --data."
        case ServerFailed() if _is_full(error.__cause__) or _is_short_of_space(home):
            return f"{error}\nThe disk is full. Free some space and run again. {_STAYS}"
        case ServerFailed() | LedgerUnbalanced() | HomeIsNewer() | DaskUnavailable():
            return str(error)
        case Exception() if type(error).__name__ in _OF_OBJECTS:
            return f"{error}. {_STAYS}"
        case Exception() if type(error).__name__ == "KilledWorker":  # of Dask, seldom installed
            return f"The Dask workers that were at a batch died again and again. {_STAYS}"
        case PublishFailed() if any(os.strerror(code) in str(error) for code in _FULL):
            return f"{error}\nThe disk is full. Free some space and run again. {_STAYS}"
        case BrokenProcessPool():
            return f"A worker process died, most likely for want of memory. {_STAYS}"
        case OSError() if _is_full(error):
            return f"The disk is full ({error}). Free some space and run again. {_STAYS}"
        case OSError() if error.errno in _BARRED and _is_in(home, error.filename):
            return (
                f"The data home {home.root} cannot be written to ({error}). Give another with "
                "--data, or mend its permissions."
            )
        case _:
            return f"{type(error).__name__}: {error}\n{_STAYS}"
