import random

from flows.culprits import Stop, find_culprits
from flows.heartbeat import READER_DIED, READING_TIMED_OUT


def _prober(codes: dict[int, str], tells: bool):
    def probe(part):
        for number in part:
            if number in codes:
                return Stop(codes[number], number if tells else 0, 0)
        return None

    return probe


def test_all_culprits_and_none_else_are_found() -> None:
    chance = random.Random(1)
    for count in (1, 2, 3, 17, 300):
        numbers = list(range(1, count + 1))
        for culprit_count in (0, 1, min(5, count)):
            chosen = sorted(chance.sample(numbers, culprit_count))
            codes = {n: chance.choice((READER_DIED, READING_TIMED_OUT)) for n in chosen}
            for tells in (True, False):
                suspect = chosen[0] if tells and chosen else 0
                assert find_culprits(numbers, suspect, _prober(codes, tells)) == codes


def test_a_capture_that_dies_once_is_no_culprit() -> None:
    stops = iter([Stop(READER_DIED, 2, 3)])
    assert find_culprits([1, 2, 3], 2, lambda part: next(stops, None)) == {}
