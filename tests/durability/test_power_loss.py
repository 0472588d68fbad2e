"""Power is lost at every effect of a run, in several ways; one clean run then mends it all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.durability.layer import Faulty, Killed, under
from tests.durability.platter import Platter
from tests.durability.runs import assert_promised, assert_whole, take_in
from warehouse.commits import CommitDamaged
from warehouse.home import Home

SEED = 20_061
CHOICES = ("nothing", "names", "random", "random too")


def losses(
    base: Path,
    is_left_out: Callable[[str, int], bool] | None = None,
    *,
    with_database: bool = False,
) -> Iterator[tuple[str, Home, list[str]]]:
    """Yields what each loss of power during a run leaves, and which batches had been promised."""
    real = Home(base / "disk" / "data")
    real.root.parent.mkdir(parents=True)
    platter = Platter(real.root.parent, is_left_out)
    promised: list[str] = []
    found: list[tuple[str, Home, list[str]]] = []

    def lose(name: str) -> None:
        at = len(found)
        choice = CHOICES[at % len(CHOICES)] if with_database else ""
        for word in [choice] if choice else CHOICES:
            how = random.Random(f"{SEED} {at} {word}") if word.startswith("random") else word
            target = base / f"lost-{at}-{word}"
            platter.lose_power(target, how)
            found.append((f"{name}, {word}, moment {at}", Home(target / "data"), list(promised)))

    platter.moments = lose
    with under(platter):
        take_in(real, with_database=with_database, promise=promised.append)
    lose("the end")
    yield from found


@pytest.mark.parametrize("with_database", [False, True])
def test_a_loss_of_power_at_any_moment_costs_nothing(tmp_path: Path, with_database: bool) -> None:
    undisturbed = Home(tmp_path / "undisturbed" / "data")
    take_in(undisturbed, with_database=with_database)
    count = 0
    for moment, home, promised in losses(tmp_path, with_database=with_database):
        count += 1
        try:
            assert_promised(home, promised)
            take_in(home, "r2", with_database=with_database)
            assert_whole(home, undisturbed)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, after {moment}") from error
    assert count > 50


@pytest.mark.parametrize("kind", ["sync_file", "sync_folder"])
def test_a_sync_left_out_is_noticed(tmp_path: Path, kind: str) -> None:
    with pytest.raises((AssertionError, OSError, ValueError, CommitDamaged)):
        check_promises(tmp_path, kind)


def check_promises(base: Path, left_out: str) -> None:
    for _, home, promised in losses(base, lambda name, _count: name == left_out):
        assert_promised(home, promised)


def test_what_a_killed_run_left_unsynced_the_next_makes_durable(tmp_path: Path) -> None:
    """A kill forgets nothing, so the next run finds names that a later loss of power may take."""
    for at in range(500):
        home = Home(tmp_path / f"disk-{at}" / "data")
        home.root.parent.mkdir()
        platter = Platter(home.root.parent)
        fault = Faulty(at, length=1)
        try:
            with under(platter), under(fault):
                take_in(home, with_database=False)
        except Killed:
            pass
        promised: list[str] = []
        with under(platter):
            take_in(home, "r2", with_database=False, promise=promised.append)
        platter.lose_power(tmp_path / f"lost-{at}", "nothing")
        assert_promised(Home(tmp_path / f"lost-{at}" / "data"), promised)
        if not fault.has_struck:
            break
    assert at > 50
