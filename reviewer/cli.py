"""The headless doors: everything that needs no window, one command each. `reviewer` alone opens the window.

Each command prints sentences; with `--json` its result is one JSON object on the last line of stdout. A refusal is one
line on stderr (what it is, and the next step) and exit status 1; a wrong command line is 2. Passphrases are asked for,
or read from a file or stdin (`-`), never taken from the command line: every process of the machine could read them.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import reviewer
from reviewer.commands import (
    agency,
    align,
    basemap,
    board,
    case,
    clips,
    coverage,
    custody,
    demo,
    disclosure,
    dock,
    documents,
    find,
    follow,
    intake,
    log,
    logreport,
    own,
    people,
    places,
    reasons,
    rebuild,
    reel,
    rolling,
    statistics,
    store,
    storecheck,
    tracks,
    users,
    witness,
)
from reviewer.commands.base import Commands, Said
from reviewer.domain.errors import ReviewerError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status; argparse itself exits with 2 on a wrong command line."""
    parser, table = _assembled()
    args = parser.parse_args(table.spelled_out(sys.argv[1:] if argv is None else argv))
    try:
        if args.command is None:
            return _window(args)
        said: Said = args.command(args)
    except ReviewerError as wrong:
        if args.json:
            print(json.dumps({"ok": False, "error": wrong.message, "next_step": wrong.next_step}, ensure_ascii=False))
        print(f"{wrong.message} {wrong.next_step}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was finished is kept.", file=sys.stderr)
        return 130
    for line in said.refused:
        print(line, file=sys.stderr)
    for line in said.lines:
        print(line)
    if args.json:
        print(json.dumps({"ok": said.ok, **said.data}, ensure_ascii=False))
    return 0 if said.ok else 1


def _window(args: argparse.Namespace) -> int:
    """The window. Imported only now: the other doors need no Qt."""
    app = importlib.import_module("reviewer.app")
    status: int = app.main(getattr(args, "app_args", []))
    return status


def _check(args: argparse.Namespace) -> Said:
    """The window again, driven by itself."""
    check = importlib.import_module("reviewer.app.check")
    seen: dict[str, Any] = check.check(args.demo, seconds=args.seconds, screenshot=args.screenshot)
    lines = [f"{name}: {value}" for name, value in seen.items()]
    return Said([] if args.json else lines, seen, ok=bool(seen["log_verified"] and seen["bookmark"]))


# -- the command line ------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    return _assembled()[0]


def _assembled() -> tuple[argparse.ArgumentParser, Commands]:
    parser = argparse.ArgumentParser(prog="reviewer", description=reviewer.__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {reviewer.__version__}")
    parser.set_defaults(command=None, json=False)
    table = Commands(parser)
    _window_commands(table)
    for noun in (
        demo,
        disclosure,
        clips,
        basemap,
        store,
        storecheck,
        people,
        users,
        reasons,
        agency,
        case,
        board,
        intake,
        dock,
        find,
        custody,
        own,
        coverage,
        align,
        rolling,
        statistics,
        tracks,
        documents,
        places,
        reel,
        log,
        logreport,
        follow,
        witness,
        rebuild,
    ):
        noun.add(table)
    return parser, table


def _window_commands(table: Commands) -> None:
    app = table.add("app", lambda _: Said([], {}), "open the window (what “reviewer” alone does)")
    app.add_argument("app_args", nargs=argparse.REMAINDER, help="passed on to the window")
    app.set_defaults(command=None)
    check = table.add("check", _check, "do the whole job once on a demo, without a person, and say what was seen")
    check.add_argument("--demo", type=Path, required=True, help="the demo’s folder")
    check.add_argument("--seconds", type=float, default=20.0, help="how long to play")
    check.add_argument("--screenshot", type=Path, help="default: check.png in the demo’s folder")


if __name__ == "__main__":
    sys.exit(main())
