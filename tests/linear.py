"""Whether work takes time in proportion to its input, told on a machine that others use too."""

from __future__ import annotations

import math
from collections.abc import Callable

_TRIES = 6
_ALWAYS = 0.2
"""Seconds that are short enough, whatever a smaller input takes."""


def assert_linear(seconds: Callable[[int], float], few: int, many: int) -> None:
    """Fails when `many` units take more than three times their share of what `few` take.

    `seconds` is the processor's time that a count of units takes. That of one try may be a
    multiple of what is needed, on a busy machine: the least of some tries is compared, and only
    a ratio that stays too great counts. Choose `many` eight times `few` or more: quadratic work
    then takes at least eight times its share.
    """
    least_few = least_many = math.inf
    for _ in range(_TRIES):
        least_many = min(least_many, seconds(many))
        if least_many < _ALWAYS:
            return
        least_few = min(least_few, seconds(few))
        if least_many < 3 * many / few * least_few:
            return
    raise AssertionError(f"{least_many:.2f} s for {many:,}, {least_few:.3f} s for {few:,}")
