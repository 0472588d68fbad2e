"""What became of an input, and of a run: the ledger's vocabulary and the exit codes."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass

from transforms.records import NOT_A_DOCUMENT, QUARANTINED

NEW = "new"
UNCHANGED = "unchanged"
DUPLICATE = "duplicate"
ALL_WELL = 0
SOME_QUARANTINED = 1
RUN_FAILED = 2

OUTCOMES = (NEW, UNCHANGED, DUPLICATE, NOT_A_DOCUMENT, QUARANTINED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input.

    Args:
        outcome: `new`, `unchanged`, `duplicate`, `not_a_document` or `quarantined`.
        byte_length: Bytes that were accounted for.
        capture_id: The capture that the input is; None when nothing of it was archived.
        issue_code: Why an input is quarantined, or what is odd with it.
        words: What was seen then.
    """

    outcome: str
    byte_length: int
    capture_id: str | None
    issue_code: str | None = None
    words: str | None = None


_NUMBERS = {outcome: number for number, outcome in enumerate(OUTCOMES, 1)}
_DIGEST_BYTES = 32
_NO_CAPTURE = bytes(_DIGEST_BYTES)


class Outcomes(MutableMapping[int, Outcome]):
    """The outcomes of the inputs of a run by their positions, in some 40 bytes each."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(OUTCOMES, 0)
        self.byte_lengths = dict.fromkeys(OUTCOMES, 0)
        # By position: number of the outcome, counted from 1, or 0; bytes; capture id or zeros.
        self._numbers = bytearray()
        self._lengths = array("q")
        self._capture_ids = bytearray()
        self._said: dict[int, tuple[str | None, str | None]] = {}

    def __getitem__(self, position: int) -> Outcome:
        if position not in self:
            raise KeyError(position)
        capture_id = self._capture_id(position)
        return Outcome(
            OUTCOMES[self._numbers[position] - 1],
            self._lengths[position],
            None if capture_id == _NO_CAPTURE else capture_id.hex(),
            *self._said.get(position, (None, None)),
        )

    def __setitem__(self, position: int, outcome: Outcome) -> None:
        number = _NUMBERS[outcome.outcome]
        if position in self:
            self._uncount(position)
        missing = position + 1 - len(self._numbers)
        if missing > 0:
            self._numbers.extend(bytes(missing))
            self._lengths.frombytes(bytes(missing * self._lengths.itemsize))
            self._capture_ids.extend(bytes(missing * _DIGEST_BYTES))
        capture_id = bytes.fromhex(outcome.capture_id) if outcome.capture_id else _NO_CAPTURE
        start = position * _DIGEST_BYTES
        self._capture_ids[start : start + _DIGEST_BYTES] = capture_id
        self._numbers[position] = number
        self._lengths[position] = outcome.byte_length
        self.counts[outcome.outcome] += 1
        self.byte_lengths[outcome.outcome] += outcome.byte_length
        if outcome.issue_code is not None or outcome.words is not None:
            self._said[position] = outcome.issue_code, outcome.words

    def __delitem__(self, position: int) -> None:
        if position not in self:
            raise KeyError(position)
        self._uncount(position)
        self._numbers[position] = 0

    def __contains__(self, position: object) -> bool:
        if not isinstance(position, int) or not 0 <= position < len(self._numbers):
            return False
        return self._numbers[position] != 0

    def __iter__(self) -> Iterator[int]:
        return (position for position, number in enumerate(self._numbers) if number)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def positions_of(self, outcome: str) -> Iterator[int]:
        """Yields the positions of the inputs that have an outcome, in order."""
        number = _NUMBERS[outcome]
        position = self._numbers.find(number)
        while position >= 0:
            yield position
            position = self._numbers.find(number, position + 1)

    @property
    def said(self) -> Iterator[int]:
        """The positions of the inputs of which something is said."""
        return iter(self._said)

    def _capture_id(self, position: int) -> bytes:
        start = position * _DIGEST_BYTES
        return bytes(self._capture_ids[start : start + _DIGEST_BYTES])

    def _uncount(self, position: int) -> None:
        outcome = OUTCOMES[self._numbers[position] - 1]
        self.counts[outcome] -= 1
        self.byte_lengths[outcome] -= self._lengths[position]
        self._said.pop(position, None)
