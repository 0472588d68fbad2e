"""The bytes of inputs, read a second time and refused when they are not those that were seen."""

from __future__ import annotations

from types import TracebackType
from typing import BinaryIO, Self

from flows.intake.corpora import parse_row
from flows.intake.inputs import FILE, JSON_ROW, RECORD, ROW, WHOLE_RECORD, Input
from flows.intake.pages import reading_failure
from flows.intake.record_contents import capture_of_records, record_at, records_in, whole_record
from transforms.content_codings import TooLarge
from transforms.record_captures import LEAST_BOUND, capture_of_revisit
from transforms.records import Capture, capture_of


class InputLost(Exception):
    """An input that was there when the run began can no longer be read as it was."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words


class Payloads:
    """A reader of inputs' payloads, which keeps the file it is in open from input to input."""

    def __init__(self) -> None:
        self._path: str | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    def capture(self, seen: Input) -> Capture:
        """Returns the capture of `seen`; raises InputLost when it is gone or has changed."""
        try:
            capture = self._capture(seen)
        except OSError as error:
            raise InputLost(*reading_failure(error)) from error
        except (ValueError, TooLarge) as error:
            raise InputLost("changed_while_read", str(error)) from error
        if capture.payload_sha256 != seen.payload_sha256:
            words = f"{seen.payload_sha256} became {capture.payload_sha256}"
            raise InputLost("changed_while_read", words)
        return capture

    def read(self, seen: Input) -> bytes:
        """Returns the payload of `seen`; raises InputLost when it is gone or has changed."""
        return self.capture(seen).payload

    def _capture(self, seen: Input) -> Capture:
        content = self._content(seen)
        if seen.kind == RECORD:
            return self._recorded(content, seen)
        if seen.kind == ROW:
            content = _row_payload(content, seen)
        elif seen.kind == WHOLE_RECORD:
            content = whole_record(content)
        return capture_of(content, seen.source_uri, seen.captured_at, seen.media_type)

    def _recorded(self, content: bytes, seen: Input) -> Capture:
        """Returns the capture of a record, of another's payload where it refers to one."""
        records = records_in(content)
        most = max(seen.byte_length, LEAST_BOUND)
        if seen.payload_at is None:
            return capture_of_records(records, most)
        referred = capture_of_records(record_at(seen.payload_at), most)
        return capture_of_revisit(records[0], referred)

    def _content(self, seen: Input) -> bytes:
        if seen.kind == FILE:
            with open(seen.path, "rb") as whole:
                # One byte more than was seen tells a file that grew without reading all of it.
                return whole.read(seen.length + 1)
        file = self._opened(seen.path)
        file.seek(seen.offset)
        return file.read(seen.length)

    def _opened(self, path: str) -> BinaryIO:
        if self._file is not None and self._path == path:
            return self._file
        self._close()
        self._file = file = open(path, "rb")  # noqa: SIM115 - closed with the reader
        self._path = path
        return file

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._path = None, None


def _row_payload(line: bytes, seen: Input) -> bytes:
    if seen.media_type == JSON_ROW:
        return line.rstrip(b"\r\n")
    return parse_row(line, seen.columns).payload
