"""Pages that are compressed one by one: `page.html.gz`, `page.txt.zst`."""

from __future__ import annotations

from pathlib import Path

from flows.intake.allowances import allowance_of
from flows.intake.inputs import STRETCH, Input, file_uri, refused
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.pages import entry_issue, reading_failure
from flows.intake.refusals import MemberRefused, SourceBroken
from flows.intake.spools import Spool
from flows.intake.times import captured_at_in, now
from flows.intake.unpacking import unpacked
from flows.intake.walk import Found


def open_packed(page: Found, spool: Path, options: Options) -> Opened:
    """Returns a compressed page opened: the payload is what it unpacks to."""
    limits = options.limits
    try:
        allowance = allowance_of(page, limits)
        file = open(page.path, "rb")  # noqa: SIM115 - closed below
    except OSError as error:
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    seen_at = now()
    try:
        with file, Spool(spool) as target:
            content = allowance.taking(unpacked(file, page.form.packing))
            stretch = target.append(content, limits.capture_bytes)
    except (MemberRefused, SourceBroken) as stop:
        return Opened((refused(page.name, page.origin, stop.code, stop.words, seen_at),))
    # The manifest's digest is that of the file as it lies there, and has been compared.
    entry = page.entry
    issue_code, issue_words = entry_issue(entry, entry.sha256 or "")
    seen = Input(
        name=page.name,
        source=page.origin,
        path=stretch.path,
        offset=stretch.offset,
        length=stretch.length,
        row=None,
        byte_length=stretch.length,
        payload_sha256=stretch.sha256,
        source_uri=entry.target_uri or file_uri(page.name),
        captured_at=entry.captured_at or captured_at_in(entry.target_uri),
        media_type=page.form.media_type,
        seen_at=seen_at,
        issue_code=issue_code,
        words=issue_words,
        kind=STRETCH,
    )
    return Opened((seen,))
