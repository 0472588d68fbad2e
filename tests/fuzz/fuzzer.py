"""One target under atheris: `python -m tests.fuzz.fuzzer TARGET [libFuzzer options] [folders]`."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["transforms", "flows.intake"]):
    from tests.fuzz.targets import TARGETS, run_target


def main() -> None:
    """Fuzzes the target named first until libFuzzer has enough or finds a crash."""
    name = sys.argv.pop(1)
    if name not in TARGETS:
        raise SystemExit(f"no target {name!r}; there are {', '.join(TARGETS)}")
    atheris.Setup(sys.argv, lambda data: run_target(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
