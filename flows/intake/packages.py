"""Packages opened: zip, tar and WACZ, their members streamed into files of our own.

A member's name is what it is called by, and never a path. Pages go into one spool, one after the
other; a member that holds several captures goes into a file of its own and is opened in its turn.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from flows.intake.allowances import Allowance, allowance_of
from flows.intake.forms import WACZ, ZIP, Form
from flows.intake.members import Member
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.package_inputs import opened_of
from flows.intake.pages import reading_failure
from flows.intake.refusals import SourceBroken
from flows.intake.taking import Taking
from flows.intake.tar_members import tar_members
from flows.intake.unpacking import unpacked
from flows.intake.walk import Found
from flows.intake.zip_members import zip_members


def open_package(package: Found, spool: Path, options: Options) -> Opened:
    """Returns a package opened: its pages hashed and spooled, the sources in it to be opened."""
    try:
        allowance = allowance_of(package, options.limits)
        file = open(package.path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    taking = Taking(package, spool, options.limits)
    broken = None
    with file, taking.pages:
        try:
            for member in _read(_members(file, package.form, allowance)):
                taking.take(member)
        except SourceBroken as error:
            broken = error.kept()
    return opened_of(package, taking, max(0, allowance.left), broken)


def _members(file: BinaryIO, form: Form, allowance: Allowance) -> Iterator[Member]:
    if form.media_type in (ZIP, WACZ):
        return zip_members(file, os.fstat(file.fileno()).st_size, allowance)
    return tar_members(unpacked(file, form.packing), allowance)


def _read(members: Iterator[Member]) -> Iterator[Member]:
    """Yields members; raises SourceBroken where the package itself cannot be read."""
    try:
        yield from members
    except OSError as error:
        raise SourceBroken(*reading_failure(error)) from error
