"""Corpora in columns opened: Parquet and Arrow, row after row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import orjson

from flows.intake.allowances import Allowance, allowance_of
from flows.intake.column_names import (
    DATE_NAMES,
    HTML_NAMES,
    TEXT_NAMES,
    URL_NAMES,
    Columns,
    path_in,
)
from flows.intake.corpora import Row, read_values
from flows.intake.gathered import Gathering, worker_gathering
from flows.intake.inputs import JSON_ROW, STRETCH, Input, file_uri, refused
from flows.intake.opened import Opened
from flows.intake.options import Options
from flows.intake.pages import reading_failure
from flows.intake.refusals import MemberRefused, SourceBroken
from flows.intake.spools import Spool
from flows.intake.times import captured_at_in, now
from flows.intake.walk import Found

# By these the values of a row are called once their columns are known.
_PLAIN = Columns("text", "html", "url", "date")


def open_columns(corpus: Found, spool: Path, options: Options) -> Opened:
    """Returns a corpus in columns opened: the payload of each row hashed and spooled."""
    from warehouse.columns import TableUnreadable, column_paths, read_columns

    try:
        allowance = allowance_of(corpus, options.limits)
    except OSError as error:
        code, words = reading_failure(error)
        return Opened(issue_code=code, words=words)
    inputs = worker_gathering(spool)
    try:
        chosen = choose(column_paths(corpus.path), options.columns)
        with Spool(spool) as target:
            rows = _Rows(corpus, inputs, target, allowance, options.limits.capture_bytes)
            for batch in read_columns(corpus.path, tuple(chosen.values())):
                for values in batch:
                    rows.take(dict(zip(chosen, values, strict=True)))
    except TableUnreadable as error:
        return _opened(inputs, "truncated_stream", str(error))
    except SourceBroken as broken:
        return _opened(inputs, broken.code, broken.words)
    return _opened(inputs)


def _opened(inputs: Gathering, code: str | None = None, words: str | None = None) -> Opened:
    return Opened(tuple(inputs.held), tuple(inputs.runs), issue_code=code, words=words)


def choose(paths: Sequence[tuple[str, ...]], columns: Columns) -> dict[str, tuple[str, ...]]:
    """Returns the columns that are read, by `text`, `html`, `url` and `date`.

    Raises SourceBroken (`corpus_column_missing`) when there is neither text nor HTML, or a column
    that a person has named is not there.
    """
    wanted = (
        ("html", columns.html, HTML_NAMES),
        ("text", columns.text, TEXT_NAMES),
        ("url", columns.url, URL_NAMES),
        ("date", columns.date, DATE_NAMES),
    )
    chosen = {}
    there = ", ".join(".".join(path) for path in paths)[:300]
    for plain, named, names in wanted:
        if (path := path_in(paths, named, names)) is not None:
            chosen[plain] = path
        elif named is not None:
            words = f"there is no column {named!r}; there are: {there}"
            raise SourceBroken("corpus_column_missing", words)
    if "text" not in chosen and "html" not in chosen:
        words = f"no column is known to hold text or HTML; there are: {there}"
        raise SourceBroken("corpus_column_missing", words)
    return chosen


class _Rows:
    """The rows of a corpus, taken in one after the other."""

    def __init__(
        self,
        corpus: Found,
        inputs: Gathering,
        spool: Spool,
        allowance: Allowance,
        capture_bytes: int,
    ) -> None:
        self.inputs = inputs
        self._corpus = corpus
        self._spool = spool
        self._allowance = allowance
        self._capture_bytes = capture_bytes
        self._seen_at = now()
        self._row = 0

    def take(self, values: dict[str, object]) -> None:
        """Takes the next row in, or refuses it when it is too large."""
        self._row += 1
        self._allowance.take_row()
        said = _read(values)
        source = f"{self._corpus.origin}#{self._row}"
        blocks = self._allowance.taking(iter((said.payload,)))
        try:
            stretch = self._spool.append(blocks, self._capture_bytes)
        except MemberRefused as refusal:
            name, words = self._corpus.name, f"row {self._row}: {refusal.words}"
            size = refusal.byte_length
            self.inputs.append(refused(name, source, refusal.code, words, self._seen_at, size))
            return
        self.inputs.append(
            Input(
                name=self._corpus.name,
                source=source,
                path=stretch.path,
                offset=stretch.offset,
                length=stretch.length,
                row=self._row,
                byte_length=stretch.length,
                payload_sha256=stretch.sha256,
                source_uri=said.url or file_uri(self._corpus.name, self._row),
                captured_at=said.captured_at or captured_at_in(said.url),
                media_type=said.media_type,
                seen_at=self._seen_at,
                issue_code="captured_at_unreadable" if said.unread_time is not None else None,
                words=said.unread_time,
                kind=STRETCH,
            )
        )


def _read(values: dict[str, object]) -> Row:
    """Returns what the values of a row say; one without text is kept as JSON."""
    texts = {
        name: _decoded(value) if name in ("url", "date") else value
        for name, value in values.items()
    }
    read = read_values(texts, _PLAIN)
    return read if read is not None else Row(_as_json(values), JSON_ROW)


def _decoded(value: object) -> object:
    """Returns words as text; what is none stays what it is, and is then no address and no time."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value


def _as_json(values: dict[str, object]) -> bytes:
    def plain(value: object) -> str:
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

    return orjson.dumps(values, default=plain, option=orjson.OPT_NON_STR_KEYS)
