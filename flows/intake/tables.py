"""Corpora as tables of columns, Parquet and Arrow: their rows are laid into a spool, one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from flows.intake.columns import Columns, Row, row_of
from flows.intake.inputs import JSON_ROW, STRETCH, Input, file_uri, refused
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.pages import reading_failure, size_words
from flows.intake.times import captured_at_in, now
from flows.intake.walk import Found


def open_table(table: Found, spool: Path, options: Options) -> Opened:
    """Returns a table opened, the payload of each of its rows in `spool`.

    A row without text is kept as the JSON of its columns, as broken rows of JSON are.
    """
    from warehouse.columns import TableDamaged, column_names, read_rows

    columns = options.columns
    wanted = columns.wanted.__contains__
    path, form = Path(table.path), table.form.media_type
    try:
        names = column_names(path, form)
        if columns.payload.isdisjoint(names):
            words = f"its columns are {', '.join(names)[:150]}"
            return Opened(issue_code="corpus_without_text", words=words)
        with spool.open("wb") as file:
            rows = _Rows(table, str(spool), columns, options.limits.capture_bytes, file)
            try:
                for some in read_rows(path, form, wanted):
                    for values in some:
                        rows.add(values)
            except TableDamaged as error:
                words = f"after row {len(rows.inputs)}: {error}"
                return Opened(tuple(rows.inputs), issue_code="corpus_damaged", words=words)
    except TableDamaged as error:
        size = path.stat().st_size
        return Opened(lost_bytes=size, issue_code="corpus_damaged", words=str(error))
    except OSError as error:
        if error.filename != table.path:
            raise  # it is the spool that cannot be written
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    return Opened(tuple(rows.inputs))


@dataclass(slots=True)
class _Rows:
    """The inputs of a table while it is read."""

    table: Found
    path: str
    columns: Columns
    most: int
    file: BinaryIO
    inputs: list[Input] = field(default_factory=list)
    offset: int = 0
    seen_at: datetime = field(default_factory=now)

    def add(self, values: Mapping[str, Any]) -> None:
        number = len(self.inputs) + 1
        row = row_of(values, self.columns) or Row(_json(values), JSON_ROW)
        size = len(row.payload)
        source = f"{self.table.origin}#{number}"
        if size > self.most:
            words = size_words(size, self.most)
            seen = refused(self.table.name, source, "capture_too_large", words, self.seen_at, size)
            self.inputs.append(replace(seen, row=number))
            return
        self.file.write(row.payload)
        self.inputs.append(
            Input(
                name=self.table.name,
                source=source,
                path=self.path,
                offset=self.offset,
                length=size,
                row=number,
                byte_length=size,
                payload_sha256=hashlib.sha256(row.payload).hexdigest(),
                source_uri=row.url or file_uri(self.table.name, number),
                captured_at=row.captured_at or captured_at_in(row.url),
                media_type=row.media_type,
                seen_at=self.seen_at,
                issue_code="captured_at_unreadable" if row.unread_time is not None else None,
                words=row.unread_time,
                kind=STRETCH,
            )
        )
        self.offset += size


def _json(values: Mapping[str, Any]) -> bytes:
    # What JSON has no form for is written as Python shows it, so that nothing of a row is lost.
    return orjson.dumps(values, default=repr, option=orjson.OPT_NON_STR_KEYS)
