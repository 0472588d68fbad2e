"""`make flips`: one bit at a time, anywhere in archive/ or lake/, and whether verify names it.

python -m tests.durability.flips --flips 1000 --seed 7
"""

from __future__ import annotations

import argparse
import bisect
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.durability.kept import make_home, stored, verified
from warehouse.archive import read_warc
from warehouse.faults import Fault
from warehouse.home import Home


@dataclass(frozen=True, slots=True)
class Flip:
    """One bit of one file."""

    path: Path
    byte: int
    bit: int

    def turn(self) -> None:
        """Turns the bit over; twice is as if it had never been."""
        content = bytearray(self.path.read_bytes())
        content[self.byte] ^= 1 << self.bit
        self.path.write_bytes(content)


def flips_of(home: Home, count: int, seed: int) -> Iterator[Flip]:
    """Yields random bits of random files, each file as likely as any other."""
    chance = random.Random(seed)
    paths = stored(home)
    for _ in range(count):
        path = chance.choice(paths)
        yield Flip(path, chance.randrange(path.stat().st_size), chance.randrange(8))


def missed(home: Home, flip: Flip) -> str | None:
    """Returns what verify fails to say of a flipped bit; None when it names all it must."""
    wanted = record_at(flip)
    flip.turn()
    try:
        faults = verified(home).faults
    finally:
        flip.turn()
    place = flip.path.relative_to(home.root).as_posix()
    of_file = [fault for fault in faults if fault.place == place]
    if not of_file:
        return f"no fault names {place}"
    if not place.startswith("archive/"):
        return None
    if tainted := [fault.place for fault in faults if fault.place != place]:
        return f"{tainted[0]} is blamed as well"
    return missed_record(of_file, wanted)


def record_at(flip: Flip) -> tuple[int, str] | None:
    """Returns number and capture of the record that a byte of a WARC file lies in."""
    if not flip.path.name.endswith(".warc.gz"):
        return None
    found = list(read_warc(flip.path))
    number = bisect.bisect_right([offset for offset, _ in found], flip.byte)
    return (number, found[number - 1][1].capture_id) if number else None


def missed_record(faults: list[Fault], wanted: tuple[int, str] | None) -> str | None:
    """Returns what is wrong unless exactly the record that was flipped is named."""
    named = {(f.subject.record_number, f.subject.capture_id) for f in faults if f.subject}
    if wanted is None:
        is_named = any("warcinfo" in fault.what for fault in faults)
        return None if is_named and not named else f"not the warcinfo record but {named}"
    if named != {wanted}:
        return f"not record {wanted} but {named}"
    documents = {f.subject.document_id for f in faults if f.subject}
    return None if documents != {None} else "the document is not named"


def main() -> int:
    """Flips bits of a home made for it, prints the count by kind of file; 1 when one is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    began = time.monotonic()
    kinds: Counter[str] = Counter()
    misses: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "data")
        for flip in flips_of(home, arguments.flips, arguments.seed):
            kinds[
                "".join(flip.path.suffixes) if "archive" in str(flip.path) else flip.path.name
            ] += 1
            if words := missed(home, flip):
                misses.append(f"{flip}: {words}")
        is_well = not verified(home).faults
    for kind, count in sorted(kinds.items()):
        print(f"{kind:<28} {count:>6}")
    print(f"{arguments.flips} flips, {arguments.flips - len(misses)} found and named, ", end="")
    print(f"{len(misses)} missed; {time.monotonic() - began:.0f} s")
    print("\n".join(misses), end="\n" if misses else "")
    if not is_well:
        print("The home is not well after all bits were turned back.")
    return 0 if is_well and not misses else 1


if __name__ == "__main__":
    sys.exit(main())
