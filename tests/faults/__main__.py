"""`python -m tests.faults [--json] [--quick] [--only WORD …]`: every fault on every engine that it makes sense on."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

from tests.faults.failing_calls import NoCompiler
from tests.faults.log_faults import LOG_FAULTS, LogFault
from tests.faults.store_faults import FAULTS, Fault, play
from tests.stores.engines.client import Engine, engine
from tests.stores.engines.processes import EngineFailed

SURVIVED = "survived"


class Engines:
    """Engines as they are asked for, all ended at the end. One that does not start is not tried twice."""

    def __init__(self, held: ExitStack) -> None:
        self._held = held
        self._made: dict[str, Engine | EngineFailed] = {}

    def get(self, kind: str) -> Engine | None:
        """Raises EngineFailed. None for a folder."""
        if kind == "folder":
            return None
        if kind not in self._made:
            try:
                made = engine(kind, f"faults-{os.getpid()}")
                self._held.callback(made.close)
                self._made[kind] = made
            except EngineFailed as why:
                self._made[kind] = why
        found = self._made[kind]
        if isinstance(found, EngineFailed):
            raise found
        return found


def one(fault: Fault, kind: str, engines: Engines, *, quick: bool) -> str:
    """`survived`, or what did not hold."""
    try:
        with tempfile.TemporaryDirectory(prefix="reviewer-fault-") as folder:
            play(fault, engines.get(kind), Path(folder) / "site", quick=quick)
    except (AssertionError, EngineFailed) as why:
        return " ".join(str(why).split()) or "something did not hold: see the trace"
    except Exception as why:  # noqa: BLE001 - an error that nobody foresaw is the worst outcome, and is one of the table
        traceback.print_exc()
        return f"an error that nobody foresaw: {type(why).__name__}: {why}"
    return SURVIVED


def to_the_log(fault: LogFault, numbers: dict[str, dict[str, int]], *, quick: bool) -> str:
    """`survived`, or what did not hold. What was counted goes into `numbers`."""
    try:
        numbers[fault.name] = fault.quick() if quick else fault.full()
    except (AssertionError, NoCompiler) as why:
        return " ".join(str(why).split()) or "something did not hold: see the trace"
    return SURVIVED


def main() -> int:
    """Prints a line a fault, then with --json one document on standard output."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="as in the test suite: fewer kills, shorter pauses",
    )
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="WORD", help="faults with one of these in their name"
    )
    given = parser.parse_args()
    found: dict[str, dict[str, str]] = {}
    with ExitStack() as held:
        engines = Engines(held)
        chosen = (f for f in FAULTS if any(word in f.name for word in given.only))
        for fault in (f for f in chosen if f.quick or not given.quick):
            for kind in fault.engines:
                began = time.monotonic()
                said = found.setdefault(fault.name, {})[kind] = one(fault, kind, engines, quick=given.quick)
                line = f"{fault.name} · {kind}: {said} ({time.monotonic() - began:.1f} s)"
                sys.stderr.write(f"{line}\n")
    numbers: dict[str, dict[str, int]] = {}
    for each in (f for f in LOG_FAULTS if any(word in f.name for word in given.only)):
        began = time.monotonic()
        said = to_the_log(each, numbers, quick=given.quick)
        found[each.name] = {"this machine": said}
        sys.stderr.write(f"{each.name}: {said} {numbers.get(each.name, '')} ({time.monotonic() - began:.1f} s)\n")
    survived = sum(set(kinds.values()) == {SURVIVED} for kinds in found.values())
    if given.json:
        told = {"faults_tried": len(found), "faults_survived": survived, "faults": found, "log": numbers}
        sys.stdout.write(json.dumps(told, indent=1) + "\n")
    else:
        sys.stdout.write(f"{survived} of {len(found)} faults survived\n")
    return 0 if survived == len(found) else 1


if __name__ == "__main__":
    raise SystemExit(main())
