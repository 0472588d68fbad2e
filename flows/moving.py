"""How far a run has come, as Prefect's pages show it: one artifact that moves with the batches."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.run import Run

KEY = "ingest-progress"
_WHOLE = 100.0


class Moving:
    """The progress artifact of a run; a server that does not take it is asked no more.

    Args:
        run: The run, whose progress is told what is amiss.
        total: How many batches there are.
    """

    def __init__(self, run: Run, total: int) -> None:
        self._run = run
        self._total = total
        self._done = 0
        self._artifact: UUID | None = None
        try:
            self._artifact = cast(
                "UUID",
                create_progress_artifact(
                    progress=0.0 if total else _WHOLE, key=KEY, description=self._words
                ),
            )
        except Exception as error:
            self._give_up(error)

    def advance(self) -> None:
        """Moves on by one batch."""
        self._done += 1
        if self._artifact is None:
            return
        try:
            update_progress_artifact(self._artifact, _WHOLE * self._done / self._total, self._words)
        except Exception as error:
            self._give_up(error)

    @property
    def _words(self) -> str:
        return f"{self._done} of {self._total} batches archived, read and committed."

    def _give_up(self, error: Exception) -> None:
        self._artifact = None
        self._run.progress.say(f"Prefect does not show the progress of the run: {error}")
