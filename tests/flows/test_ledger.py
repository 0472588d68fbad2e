import pytest

from flows.ledger import Ledger, LedgerUnbalanced, Tally, ledger_of
from flows.outcomes import Outcome, Outcomes


def _ledger(sizes: list[int], outcomes: list[Outcome]) -> Ledger:
    given = Outcomes()
    given.update(enumerate(outcomes))
    return ledger_of(Tally(len(sizes), sum(sizes)), given)


def test_an_input_without_outcome_unbalances_the_ledger() -> None:
    with pytest.raises(LedgerUnbalanced, match="2 inputs"):
        _ledger([3, 4], [Outcome("new", 3, "aa" * 32)]).reconcile()


def test_bytes_that_are_lost_unbalance_the_ledger() -> None:
    with pytest.raises(LedgerUnbalanced, match="bytes"):
        _ledger([3], [Outcome("new", 2, "aa" * 32)]).reconcile()


def test_an_outcome_outside_the_vocabulary_is_an_error() -> None:
    with pytest.raises(KeyError):
        _ledger([3], [Outcome("lost", 3, "aa" * 32)])


def test_a_balanced_ledger_gives_the_columns_of_runs() -> None:
    ledger = _ledger([3, 4], [Outcome("new", 3, "aa" * 32), Outcome("unchanged", 4, "bb" * 32)])
    ledger.reconcile()
    columns = ledger.columns()
    assert (columns["input_count"], columns["input_bytes"]) == (2, 7)
    assert (columns["new_count"], columns["unchanged_bytes"]) == (1, 4)
    assert columns["quarantined_count"] == 0
