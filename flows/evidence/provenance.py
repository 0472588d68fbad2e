"""The way from bytes to values as PROV-JSON (W3C PROV-DM; the PROV-JSON member submission)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flows.evidence.events import utc_text
from flows.evidence.gathering import Row, Version

_NAMESPACE = "urn:refworld-archive:"


class _Provenance:
    """Entities, activities, agents and what is between them, collected version by version."""

    def __init__(self) -> None:
        self._found: dict[str, dict[str, Row]] = {"prefix": {"rw": _NAMESPACE}}  # type: ignore[dict-item]

    def to_json(self) -> str:
        """Returns the document."""
        return json.dumps(self._found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    def add(self, version: Version) -> None:
        """Adds a version: its inputs, the payload, the record, the text and each value."""
        row = version.row
        capture_id = row["capture_id"]
        payload, record = f"rw:payload-{row['payload_sha256']}", f"rw:record-{capture_id}"
        text, reading = f"rw:rendition-{capture_id}", f"rw:reading-{capture_id}"
        place = f"{version.folder}/"
        self._entity(
            payload, "Payload", sha256=row["payload_sha256"], byteLength=row["byte_length"],
            mediaType=row["media_type"], targetURI=row["target_uri"],
            capturedAt=utc_text(row["captured_at"]), file=place + row["payload_file"],
        )  # fmt: skip
        self._entity(
            record, "WarcRecord", warcFile=f"archive/{row['warc_file']}",
            warcOffset=row["warc_offset"], warcType=row["warc_type"],
            warcRecordId=row["warc_record_id"], file=f"{place}record.warc.gz",
        )  # fmt: skip
        self._relate("wasDerivedFrom", generatedEntity=record, usedEntity=payload)
        self._acquire(version, payload, record)
        self._read(version, payload, text, reading)
        for statement in version.statements:
            self._state(statement, text, payload, reading)
        self._attribute(row, payload)

    def _acquire(self, version: Version, payload: str, record: str) -> None:
        for row in version.acquisitions:
            run, source = f"rw:run-{row['run_id']}", f"rw:input-{row['run_id']}-{row['seq']}"
            self._activity(run, row["run_kind"], row["started_at"], row["ended_at"])
            self._entity(source, "Input", source=row["source"], outcome=row["outcome"],
                         seenAt=utc_text(row["seen_at"]))  # fmt: skip
            self._associate(run, row["code_version"])
            self._relate("used", activity=run, entity=source)
            self._relate("wasDerivedFrom", generatedEntity=payload, usedEntity=source, activity=run)
        # The first that saw it preserved it; to the later ones it was known.
        for row in version.acquisitions[:1]:
            run = f"rw:run-{row['run_id']}"
            self._relate("wasGeneratedBy", entity=record, activity=run)

    def _read(self, version: Version, payload: str, text: str, reading: str) -> None:
        row = version.row
        self._activity(reading, "reading", None, None)
        self._associate(reading, row["code_version"])
        self._relate("used", activity=reading, entity=payload)
        self._entity(
            text, "Rendition", charset=row["charset"], layout=row["layout"],
            textSHA256=row["text_sha256"], file=f"{version.folder}/rendition.txt",
        )  # fmt: skip
        self._relate("wasGeneratedBy", entity=text, activity=reading)
        self._relate("wasDerivedFrom", generatedEntity=text, usedEntity=payload, activity=reading)

    def _state(self, row: Row, text: str, payload: str, reading: str) -> None:
        value = f"rw:value-{row['capture_id']}-{row['seq']}"
        self._entity(
            value, "Value", field=row["field"], raw=row["raw"], rule=row["rule"],
            charStart=row["char_start"], charEnd=row["char_end"],
            byteStart=row["byte_start"], byteEnd=row["byte_end"],
        )  # fmt: skip
        self._found["entity"][value]["prov:value"] = row["value"]
        self._relate("wasGeneratedBy", entity=value, activity=reading)
        # Words outside the text stand in the payload, as in an attribute of its markup.
        origin = payload if row["char_start"] is None and row["byte_start"] is not None else text
        self._relate("wasDerivedFrom", generatedEntity=value, usedEntity=origin, activity=reading)

    def _attribute(self, row: Row, payload: str) -> None:
        if row["publisher"] is None:
            return
        agent = f"rw:publisher-{row['publisher_id'] or row['capture_id'][:16]}"
        name = {"rw:printedName": row["publisher"]}
        self._agent(agent, "prov:Organization", name)
        self._relate("wasAttributedTo", entity=payload, agent=agent)

    def _entity(self, name: str, kind: str, **said: Any) -> None:
        told = {f"rw:{key}": value for key, value in said.items() if value is not None}
        self._put("entity", name, {"prov:type": _named(f"rw:{kind}"), **told})

    def _activity(self, name: str, kind: str, start: Any, end: Any) -> None:
        times = {"prov:startTime": utc_text(start), "prov:endTime": utc_text(end)}
        said = {key: value for key, value in times.items() if value is not None}
        self._put("activity", name, {"prov:type": _named(f"rw:{kind}"), **said})

    def _associate(self, activity: str, code_version: str) -> None:
        agent = f"rw:code-{code_version.replace('+', '-')}"
        said = {"rw:name": "refworld-archive", "rw:codeVersion": code_version}
        self._agent(agent, "prov:SoftwareAgent", said)
        self._relate("wasAssociatedWith", activity=activity, agent=agent)

    def _agent(self, name: str, kind: str, said: Mapping[str, Any]) -> None:
        self._put("agent", name, {"prov:type": _named(kind), **said})

    def _relate(self, relation: str, **ends: str) -> None:
        said = {f"prov:{name}": end for name, end in ends.items()}
        name = "_:" + "-".join([relation, *(end.removeprefix("rw:") for end in ends.values())])
        self._put(relation, name, said)

    def _put(self, part: str, name: str, said: Mapping[str, Any]) -> None:
        self._found.setdefault(part, {}).setdefault(name, dict(said))


def _named(name: str) -> Row:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def prov_json(versions: Iterable[Version]) -> str:
    """Returns the provenance of versions as PROV-JSON."""
    found = _Provenance()
    for version in versions:
        found.add(version)
    return found.to_json()
