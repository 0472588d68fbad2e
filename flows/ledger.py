"""The conservation ledger: every input seen, and every byte of it, is accounted for once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.outcomes import OUTCOMES, Outcomes


class LedgerUnbalanced(Exception):
    """Inputs or bytes were seen that no outcome accounts for, or the other way round."""


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of inputs and their bytes."""

    count: int = 0
    byte_length: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was seen, counted when it was found, and what became of it, counted when it was done."""

    seen: Tally
    outcomes: Mapping[str, Tally]

    def reconcile(self) -> None:
        """Raises LedgerUnbalanced unless both sides agree in count and in bytes."""
        count = sum(tally.count for tally in self.outcomes.values())
        byte_length = sum(tally.byte_length for tally in self.outcomes.values())
        if Tally(count, byte_length) != self.seen:
            parts = ", ".join(
                f"{name} {tally.count} ({tally.byte_length} bytes)"
                for name, tally in self.outcomes.items()
            )
            raise LedgerUnbalanced(
                f"the ledger does not balance: {self.seen.count} inputs ({self.seen.byte_length} "
                f"bytes) were seen, {count} ({byte_length} bytes) accounted for: {parts}. What is "
                "committed stays; run the same command again, and report this if it comes back."
            )

    def columns(self) -> dict[str, int]:
        """Returns the ledger as columns of `runs`."""
        columns = {"input_count": self.seen.count, "input_bytes": self.seen.byte_length}
        for name in OUTCOMES:
            tally = self.outcomes[name]
            columns |= {f"{name}_count": tally.count, f"{name}_bytes": tally.byte_length}
        return columns


def ledger_of(seen: Tally, outcomes: Outcomes) -> Ledger:
    """Returns the ledger of a run that saw so much."""
    tallies = {name: Tally(outcomes.counts[name], outcomes.byte_lengths[name]) for name in OUTCOMES}
    return Ledger(seen, tallies)
