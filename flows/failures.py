"""Why a command failed, in words that say what to do next."""

from __future__ import annotations

import errno
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from flows.ledger import LedgerUnbalanced
from flows.printable import printable_lines
from flows.recorded import is_interruption
from flows.server import ServerFailed
from warehouse.home import Home
from warehouse.lock import HomeBusy

_STAYS = "What is committed stays; the same command takes up where this one stopped."
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
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


def _explained(error: BaseException, home: Home) -> str:
    if is_interruption(error):
        return f"Interrupted. {_STAYS}"
    match error:
        case HomeBusy():
            return f"{error}. Wait for it, or give another data home with --data."
        case ServerFailed() | LedgerUnbalanced():
            return str(error)
        case BrokenProcessPool():
            return f"A worker process died, most likely for want of memory. {_STAYS}"
        case OSError() if error.errno in _FULL:
            return f"The disk is full ({error}). Free some space and run again. {_STAYS}"
        case OSError() if error.errno in _BARRED and _is_in(home, error.filename):
            return (
                f"The data home {home.root} cannot be written to ({error}). Give another with "
                "--data, or mend its permissions."
            )
        case _:
            return f"{type(error).__name__}: {error}\n{_STAYS}"
