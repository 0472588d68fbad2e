"""Power is lost at every effect of a run, in several ways; one clean run then mends it all."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.durability.layer import Effect, under
from tests.durability.platter import Platter
from tests.durability.runs import assert_promised, assert_whole, take_in
from tests.warehouse.pages import publish_all
from warehouse.home import Home
from warehouse.query import open_database

SEED = 20_061
CHOICES = ("nothing", "names", "random", "random too")
# What must be synced for a promise to hold, by the end of its path.
NEEDED = {
    "the bytes of a WARC file": lambda path: path.name.endswith(".warc.gz"),
    "the bytes of a table": lambda path: path.suffix == ".parquet",
    "the bytes of a commit": lambda path: path.name == ".commit.json.draft",
    "the names in the archive": lambda path: path.name == "archive",
    "the names of batches": lambda path: path.name == "derived",
    "the names of a batch's tables": lambda path: path.parent.name == "staging",
    "the names in a batch": lambda path: path.parent.name == "derived",
}


@dataclass(frozen=True)
class Loss:
    """A loss of power: when, which batches had been promised, and what makes its disk."""

    moment: str
    base: Path
    promised: tuple[str, ...]
    lay_down: Callable[[Path, random.Random | str], None]

    @property
    def home(self) -> Home:
        """The home on the disk that it left, laid down when it is first asked for."""
        folder = self.base / self.moment.replace(" ", "-")
        if not folder.exists():
            is_random = "random" in self.moment
            word = self.moment.split(" ", 1)[1]
            self.lay_down(folder, random.Random(f"{SEED} {self.moment}") if is_random else word)
        return Home(folder / "data")


def losses(
    base: Path, work: Callable[[Home, Callable[[str], None]], None], platter: Platter
) -> list[Loss]:
    """Returns the losses of power behind each effect of some work, in all ways of `CHOICES`."""
    promised: list[str] = []
    found: list[Loss] = []

    def lose(_name: str) -> None:
        at, lay_down = len(found) // len(CHOICES), platter.lose_power()
        found.extend(Loss(f"{at} {how}", base, tuple(promised), lay_down) for how in CHOICES)

    with under(platter):
        platter.moments = lose
        work(Home(platter.base / "data"), promised.append)
        platter.moments = lambda _name: None
    lose("the end")
    return found


def platter_below(base: Path, is_left_out: Callable[[Path], bool] = lambda _: False) -> Platter:
    folder = base / "disk"
    folder.mkdir(parents=True)
    return Platter(folder, is_left_out)


def only_lake(home: Home, promise: Callable[[str], object]) -> None:
    take_in(home, with_database=False, promise=promise)


# Every third loss is each moment's, and each way's in turn.
EVERY = pytest.mark.parametrize(
    "every",
    [pytest.param(3, id="some"), pytest.param(1, id="all", marks=pytest.mark.long)],
)


@EVERY
def test_a_loss_of_power_at_any_moment_costs_nothing(tmp_path: Path, every: int) -> None:
    undisturbed = Home(tmp_path / "undisturbed" / "data")
    take_in(undisturbed, with_database=False)
    lost = losses(tmp_path, only_lake, platter_below(tmp_path))
    assert mended(lost[::every], undisturbed) > 200 // every


def mended(lost: Iterable[Loss], undisturbed: Home) -> int:
    """Returns how many losses of power one clean run has mended each; raises at one it has not."""
    count = 0
    for loss in lost:
        try:
            assert_promised(loss.home, loss.promised)
            take_in(loss.home, "r2", with_database=False)
            assert_promised(loss.home, loss.promised)
            assert_whole(loss.home, undisturbed)
        except Exception as error:
            raise AssertionError(f"seed {SEED}, after {loss.moment}") from error
        count += 1
    return count


@pytest.mark.parametrize("what", NEEDED)
def test_a_sync_left_out_is_noticed(tmp_path: Path, what: str) -> None:
    undisturbed = Home(tmp_path / "undisturbed" / "data")
    take_in(undisturbed, with_database=False)
    lost = losses(tmp_path, only_lake, platter_below(tmp_path, NEEDED[what]))
    with pytest.raises(AssertionError):
        mended(reversed(lost), undisturbed)


@EVERY
def test_power_lost_in_publishing_leaves_no_torn_database(tmp_path: Path, every: int) -> None:
    undisturbed = Home(tmp_path / "undisturbed" / "data")
    take_in(undisturbed)
    platter = platter_below(tmp_path)
    real = Home(platter.base / "data")
    with under(platter):
        take_in(real, with_database=False)
    lost = losses(tmp_path, lambda home, _: void(publish_all(home)), platter)
    seen = [assert_readable(loss) for loss in [*lost[::every], lost[-1]]]
    assert (seen[0], seen[-1]) == (0, 6)
    for loss in lost[:: len(lost) * every // 15]:
        take_in(loss.home, "r2")
        assert_whole(loss.home, undisturbed)


def void(_: object) -> None:
    return None


def assert_readable(loss: Loss) -> int:
    """Returns how many captures the database holds: where there is one, it can be read."""
    if not loss.home.database.exists():
        return 0
    try:
        with open_database(loss.home) as database:
            (row,) = database.execute("SELECT count(*) FROM captures").fetchall()
    except Exception as error:
        raise AssertionError(f"seed {SEED}, after {loss.moment}") from error
    return int(row[0])


def test_a_database_that_is_not_synced_is_seen_to_be_torn(tmp_path: Path) -> None:
    platter = platter_below(tmp_path, lambda path: path.suffix == ".duckdb")
    with under(platter):
        take_in(Home(platter.base / "data"), with_database=False)
    lost = losses(tmp_path, lambda home, _: void(publish_all(home)), platter)
    with pytest.raises(AssertionError):
        assert_readable(lost[-1])


class Dying:
    """Lets the run end behind effect number `at`; from there nothing reaches the disk."""

    def __init__(self, platter: Platter, at: int) -> None:
        self.platter = platter
        self.left = at

    def __call__(
        self, name: str, effect: Effect, arguments: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """Does the effect, as long as the run is alive."""
        if self.left < 0:
            raise Dead
        self.left -= 1
        return self.platter(name, effect, arguments, options)


class Dead(BaseException):
    """The run has been killed."""


@EVERY
def test_what_a_killed_run_left_unsynced_the_next_makes_durable(tmp_path: Path, every: int) -> None:
    """A kill forgets nothing, so the next run finds names that a later loss of power may take."""
    for at in range(0, 500, every):
        platter = platter_below(folder := tmp_path / str(at))
        home = Home(platter.base / "data")
        dying = Dying(platter, at)
        try:
            with under(dying):
                take_in(home, with_database=False)
        except Dead:
            pass
        promised: list[str] = []
        with under(platter):
            take_in(home, "r2", with_database=False, promise=promised.append)
        platter.lose_power()(folder / "lost", "nothing")
        assert_promised(Home(folder / "lost" / "data"), promised)
        if dying.left >= 0:
            break
    assert at > 50
