import pytest

from flows.intake.inputs import Input, refused
from flows.intake.times import now
from flows.ledger import LedgerUnbalanced, ledger_of
from flows.outcomes import Outcome


def _inputs(*sizes: int) -> list[Input]:
    return [refused("a", "a", "vanished", "", now(), size) for size in sizes]


def test_an_input_without_outcome_unbalances_the_ledger() -> None:
    with pytest.raises(LedgerUnbalanced, match="2 inputs"):
        ledger_of(_inputs(3, 4), [Outcome("new", 3, "x")]).reconcile()


def test_bytes_that_are_lost_unbalance_the_ledger() -> None:
    with pytest.raises(LedgerUnbalanced, match="bytes"):
        ledger_of(_inputs(3), [Outcome("new", 2, "x")]).reconcile()


def test_an_outcome_outside_the_vocabulary_is_an_error() -> None:
    with pytest.raises(KeyError):
        ledger_of(_inputs(3), [Outcome("lost", 3, "x")])


def test_a_balanced_ledger_gives_the_columns_of_runs() -> None:
    ledger = ledger_of(_inputs(3, 4), [Outcome("new", 3, "x"), Outcome("unchanged", 4, "y")])
    ledger.reconcile()
    columns = ledger.columns()
    assert (columns["input_count"], columns["input_bytes"]) == (2, 7)
    assert (columns["new_count"], columns["unchanged_bytes"]) == (1, 4)
    assert columns["quarantined_count"] == 0
