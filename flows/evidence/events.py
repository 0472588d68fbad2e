"""What happened to captures, in the terms of PREMIS (Data Dictionary 3.0, eventType vocabulary)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flows.evidence.gathering import Row, Version


def premis_events(versions: Sequence[Version]) -> list[Row]:
    """Returns the events of all versions in the order of their times."""
    events = [event for version in versions for event in _events_of(version)]
    unique = {event["eventIdentifier"]: event for event in events}
    return sorted(unique.values(), key=lambda event: (event["eventDateTime"], _id(event)))


def utc_text(moment: datetime | None) -> str | None:
    """Returns a time of the database, which is UTC, in ISO 8601."""
    return None if moment is None else f"{moment.replace(tzinfo=None).isoformat()}Z"


def _id(event: Row) -> str:
    return str(event["eventIdentifier"])


def _events_of(version: Version) -> Iterator[Row]:
    capture_id = version.row["capture_id"]
    if version.row["captured_at"] is not None:
        detail = f"captured from {version.row['target_uri'] or 'an address that is not known'}"
        yield _event(
            f"capture-{capture_id}",
            "capture",
            version.row["captured_at"],
            "as said by what came with the bytes",
            detail,
            capture_id,
            None,
        )
    for row in version.acquisitions:
        yield _event(
            f"{row['run_id']}-input-{row['seq']}",
            "ingestion",
            row["seen_at"],
            row["outcome"],
            f"{row['run_kind']} run {row['run_id']} read {row['source']}",
            capture_id,
            row["code_version"],
        )
    for row in version.checks:
        well = row["is_intact"] and row["is_faithful"] is not False
        yield _event(
            f"{row['run_id']}-check-{row['seq']}-{capture_id[:16]}",
            "fixity check",
            row["checked_at"],
            "pass" if well else "fail",
            f"{row['file']}: SHA-256 {row['actual_sha256'] or 'of nothing'}, "
            f"expected {row['expected_sha256'] or 'nothing'}",
            capture_id,
            row["code_version"],
        )


def _event(
    identifier: str,
    kind: str,
    moment: datetime,
    outcome: str,
    detail: str,
    capture_id: str,
    code_version: Any,
) -> Row:
    return {
        "eventIdentifier": identifier,
        "eventType": kind,
        "eventDateTime": utc_text(moment),
        "eventOutcome": outcome,
        "eventDetail": detail,
        "linkingObjectIdentifier": capture_id,
        "linkingAgentIdentifier": f"refworld-archive {code_version}" if code_version else None,
    }
