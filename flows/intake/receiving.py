"""Sources from elsewhere: addresses and standard input are copied here, and read as files are."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flows import interruption
from flows.intake.downloads import UNREACHABLE, download
from flows.intake.forms import HTML, PAGE, PDF, XHTML, Form, form_of
from flows.intake.inputs import TEXT, Input, refused
from flows.intake.manifests import MANIFEST, Entry
from flows.intake.member_manifests import MANIFEST_BYTES, MemberManifests
from flows.intake.members import is_hidden
from flows.intake.options import Options
from flows.intake.refusals import SourceBroken
from flows.intake.sniffing import sniff
from flows.intake.source_addresses import STANDARD_INPUT, last_part, masked
from flows.intake.times import now
from flows.intake.walk import Found, Walk
from flows.limits import Limits

STDIN = "stdin"
_BLOCK = 1 << 20
_WAIT = 0.5
_PAGES = {media_type: Form(PAGE, media_type) for media_type in (HTML, XHTML, PDF, TEXT)}
_S3 = "s3://"
_WEB = ("http://", "https://")

Arrival = Found | Input


def receive(sources: Sequence[str], executor: Executor, folder: Path, options: Options) -> Walk:
    """Returns what was received of sources that are no files here.

    Args:
        sources: Addresses (s3, http, https), and `-` for standard input.
        executor: The process pool, which copies.
        folder: Where the copies go; it is the caller's to remove.
        options: How they are to be taken in.
    """
    arrived = Walk()
    calls: list[Future[Arrival]] = []
    for number, source in enumerate(sorted(set(sources))):
        target = folder / f"received-{number}"
        if source == STANDARD_INPUT:
            _add(arrived, _receive_standard_input(target, options.limits))
        elif source.lower().startswith(_S3):
            calls += _objects(source, executor, target, options.limits, arrived)
        elif source.lower().startswith(_WEB):
            calls.append(executor.submit(receive_page, source, str(target), options.limits))
        else:
            words = "only s3, http and https are read"
            arrived.refused.append(_unreachable(last_part(source), masked(source), words))
    for call in calls:
        _add(arrived, call.result())
    return arrived


def receive_page(address: str, target: str, limits: Limits) -> Arrival:
    """Returns what an http address leads to, a page's address and time of capture with it."""
    name, source = last_part(address), masked(address)
    try:
        downloaded = download(address, Path(target), limits.package_bytes)
    except SourceBroken as broken:
        return _unreachable(name, source, broken.words)
    form = form_of(name) or _PAGES.get(downloaded.media_type) or sniff(target, is_text_taken=True)
    if form is None:
        words = f"it is {downloaded.media_type or 'of no type'}"
        return refused(name, source, "source_unsupported", words, now())
    # A package or a corpus is no capture: what it holds was captured elsewhere.
    entry = Entry(masked(downloaded.address), now()) if form.kind == PAGE else Entry()
    return Found(target, name, entry, form, source)


def receive_object(path: str, found: Found, limits: Limits) -> Arrival:
    """Returns an object of S3 that was copied to where `found` says."""
    from warehouse.remote import ObjectUnreachable, read_object

    try:
        with open(found.path, "wb") as file:
            for block in _limited(read_object(path), limits.package_bytes):
                file.write(block)
    except (ObjectUnreachable, SourceBroken) as error:
        return _unreachable(found.name, found.source, str(error))
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """What lies below an address in S3, with the manifests among it; or why nothing is known."""

    objects: tuple[tuple[str, str], ...] = ()
    manifests: tuple[tuple[str, bytes], ...] = ()
    problem: str | None = None


def list_prefix(address: str) -> Listed:
    """Returns paths and names of the objects below an address; runs in a worker."""
    from warehouse.remote import ObjectUnreachable, list_objects, read_object

    try:
        objects = list_objects(address)
        manifests = tuple(
            (one.name, b"".join(_limited(read_object(one.path), MANIFEST_BYTES)))
            for one in objects
            if one.name.rpartition("/")[2] == MANIFEST and not is_hidden(one.name)
        )
    except (ObjectUnreachable, SourceBroken) as error:
        return Listed(problem=str(error))
    return Listed(tuple((one.path, one.name) for one in objects), manifests)


def _objects(
    address: str, executor: Executor, target: Path, limits: Limits, arrived: Walk
) -> Iterator[Future[Arrival]]:
    """Yields the copying of each object that an address in S3 leads to."""
    listed: Listed = executor.submit(list_prefix, address).result()
    if listed.problem is not None:
        arrived.refused.append(_unreachable(last_part(address), address, listed.problem))
    manifests = MemberManifests(limits.package_members)
    for name, content in listed.manifests:
        manifests.add(name, content)
    taken = set()
    for number, (path, name) in enumerate(listed.objects):
        form, source = form_of(name), f"{_S3}{path}"
        if form is None and len(listed.objects) == 1:
            words = f"the name is {name!r}"
            arrived.refused.append(refused(name, source, "source_unsupported", words, now()))
        elif form is None or is_hidden(name):
            arrived.passed_over_count += name.rpartition("/")[2] != MANIFEST
        else:
            taken.add(name)
            found = Found(f"{target}-{number}", name, manifests.said(name), form, source)
            yield executor.submit(receive_object, path, found, limits)
    for name, words in manifests.problems(taken):
        source = f"{address.rstrip('/')}/{name}"
        arrived.refused.append(refused(name, source, "manifest_row", words, now()))


def _add(arrived: Walk, arrival: Arrival) -> None:
    if isinstance(arrival, Input):
        arrived.refused.append(arrival)
    elif arrival.entry.problem is not None:
        words = arrival.entry.problem
        problem = refused(arrival.name, arrival.origin, "manifest_row", words, now())
        arrived.refused.append(problem)
    else:
        pages = arrival.form.kind == PAGE
        (arrived.pages if pages else arrived.sources).append(arrival)


def _receive_standard_input(target: Path, limits: Limits) -> Arrival:
    try:
        blocks = list_of_blocks(sys.stdin.buffer)
        with open(target, "wb") as file:
            for block in _limited(blocks, limits.package_bytes):
                file.write(block)
    except SourceBroken as broken:
        return _unreachable(STDIN, STDIN, broken.words)
    form = sniff(str(target), is_text_taken=True)
    if form is None:
        words = "it begins as no form that is taken in"
        return refused(STDIN, STDIN, "source_unsupported", words, now())
    return Found(str(target), STDIN, form=form, source=STDIN)


def list_of_blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Yields what a stream gives; a Ctrl-C ends the waiting for more."""
    try:
        number = stream.fileno()
    except OSError:
        number = None
    while True:
        while number is not None and not select.select([number], [], [], _WAIT)[0]:
            interruption.check()
        block = stream.read1(_BLOCK) if hasattr(stream, "read1") else stream.read(_BLOCK)
        if not block:
            return
        yield block


def _limited(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    length = 0
    for block in blocks:
        length += len(block)
        if length > most:
            raise SourceBroken(UNREACHABLE, f"it has more than {most} bytes")
        yield block


def _unreachable(name: str, source: str, words: str) -> Input:
    return refused(name, source, UNREACHABLE, words, now())
