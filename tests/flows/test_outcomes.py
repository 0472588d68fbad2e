"""The outcomes of a run, which are a mapping like any other, only smaller."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.outcomes import OUTCOMES, Outcome, Outcomes

outcomes = st.builds(
    Outcome,
    st.sampled_from(OUTCOMES),
    st.integers(0, 2**50),
    st.none() | st.integers(1, 2**256 - 1).map("{:064x}".format),
    st.none() | st.just("vanished"),
    st.none() | st.text(max_size=3),
)


@given(st.lists(st.tuples(st.integers(0, 30), outcomes | st.none())))
def test_outcomes_are_a_mapping_that_counts(steps: list[tuple[int, Outcome | None]]) -> None:
    kept, plain = Outcomes(), dict[int, Outcome]()
    for position, outcome in steps:
        if outcome is not None:
            kept[position] = plain[position] = outcome
        elif position in plain:
            del kept[position], plain[position]
    assert dict(kept) == plain
    assert len(kept) == len(plain)
    for name in OUTCOMES:
        places = sorted(position for position, one in plain.items() if one.outcome == name)
        assert list(kept.positions_of(name)) == places
        assert kept.counts[name] == len(places)
        assert kept.byte_lengths[name] == sum(plain[place].byte_length for place in places)
    assert set(kept.said) == {
        place for place, one in plain.items() if one.issue_code is not None or one.words is not None
    }


def test_what_is_not_there_is_an_error() -> None:
    kept = Outcomes()
    kept[3] = Outcome("new", 1, None)
    for position in (2, 4, -1):
        assert position not in kept
        with pytest.raises(KeyError):
            kept[position]
        with pytest.raises(KeyError):
            del kept[position]
