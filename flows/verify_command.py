"""`refworld verify`: everything in a data home against what it came from."""

from __future__ import annotations

import sys

import typer

from flows.auditing import audit, report_lines
from flows.failures import explained
from flows.outcomes import ALL_WELL, RUN_FAILED
from flows.pace import Pace, parse_budget, parse_rate
from flows.printable import complain, printable
from flows.progress import progress_for
from warehouse.digests import content_digests
from warehouse.home import Home


def verify_command(home: Home, budget: str | None = None, rate: str | None = None) -> int:
    """Checks the home, records its fixity, prints each fault; returns 0, or 2 for any fault."""
    if home.address is not None:
        from flows.object_verify import verify_objects_command

        return verify_objects_command(home, budget, rate)
    progress = progress_for(sys.stderr)
    if not home.root.is_dir():
        complain(f"There is no data home at {printable(str(home.root))}.")
        return RUN_FAILED
    try:
        pace = Pace(parse_budget(budget), parse_rate(rate))
        report = audit(home, pace, {"budget": budget, "rate": rate}, progress).report
    except (Exception, KeyboardInterrupt) as error:
        progress.end()
        complain(f"The verification failed. {explained(error, home)}")
        return RUN_FAILED
    progress.end()
    typer.echo("\n".join(report_lines(report)))
    return RUN_FAILED if report.faults else ALL_WELL


def digest_command(home: Home) -> int:
    """Prints the content digest of each derived table; equal ones mean equal content."""
    if home.address is not None:
        from flows.object_verify import objects_digest_command

        return objects_digest_command(home)
    try:
        digests = content_digests(home)
    except Exception as error:
        complain(f"The lake cannot be read. {explained(error, home)}")
        return RUN_FAILED
    for name, digest in digests.items():
        typer.echo(f"{digest}  {name}")
    return ALL_WELL
