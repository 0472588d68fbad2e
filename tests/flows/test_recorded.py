"""Why a run failed, as its row in `runs` says it."""

from flows.recorded import is_interruption, reason


def test_an_error_of_its_own_is_no_interruption() -> None:
    assert not is_interruption(ValueError("odd"))
    assert reason(ValueError("odd")) == "ValueError: odd"


def test_what_an_interruption_led_to_is_one() -> None:
    error = ValueError("half made")
    error.__context__ = KeyboardInterrupt()
    assert is_interruption(error)
    assert reason(error) == "interrupted by the user"
