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
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import reviewer
from reviewer import commands
from reviewer.commands import Said
from reviewer.domain.assignment import Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.timebase import parse_rfc3339

Command = Callable[[argparse.Namespace], Said]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status; argparse itself exits with 2 on a wrong command line."""
    args = _parser().parse_args(argv)
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


class _Commands:
    """A table of commands: `add` takes the words, the function and its help."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._top = parser.add_subparsers(metavar="COMMAND")
        self._groups: dict[str, Any] = {}

    def add(self, words: str, run: Command, help_: str) -> argparse.ArgumentParser:
        group, _, name = words.rpartition(" ")
        if group and group not in self._groups:
            made = self._top.add_parser(group, help=f"{group}: its commands").add_subparsers(
                metavar="COMMAND", required=True
            )
            self._groups[group] = made
        parser: argparse.ArgumentParser = (self._groups[group] if group else self._top).add_parser(name, help=help_)
        parser.set_defaults(command=run)
        parser.add_argument("--json", action="store_true", help="one JSON object on the last line")
        return parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="reviewer", description=reviewer.__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {reviewer.__version__}")
    parser.set_defaults(command=None, json=False)
    table = _Commands(parser)
    _window_commands(table)
    _custody_commands(table)
    _own_commands(table)
    return parser


def _window_commands(table: _Commands) -> None:
    app = table.add("app", lambda _: Said([], {}), "open the window (what “reviewer” alone does)")
    app.add_argument("app_args", nargs=argparse.REMAINDER, help="passed on to the window")
    app.set_defaults(command=None)
    check = table.add("check", _check, "do the whole job once on a demo, without a person, and say what was seen")
    check.add_argument("--demo", type=Path, required=True, help="the demo’s folder")
    check.add_argument("--seconds", type=float, default=20.0, help="how long to play")
    check.add_argument("--screenshot", type=Path, help="default: check.png in the demo’s folder")
    demo = table.add("demo make", commands.demo_make, "make the demo incident in a folder")
    demo.add_argument("dir", type=Path)
    demo.add_argument("--cameras", type=int, default=4)
    demo.add_argument("--seconds", type=int, default=90)
    demo.add_argument("--seed", type=int, default=1)


def _custody_commands(table: _Commands) -> None:
    key = table.add("key new", commands.key_new, "make a person’s keys")
    key.add_argument("id")
    key.add_argument("--out", type=Path, help="default: this workspace")
    _secret(key)
    init = table.add("store init", commands.store_init, "found an agency: a new store and its first roster")
    init.add_argument("location")
    init.add_argument("--agency", required=True, help="a name that can stand in a log’s origin: helsinki.example")
    init.add_argument("--title", required=True, help="as shown")
    init.add_argument("--people", type=Path, help="JSON: [{id, name, badge, roles, key}]")
    init.add_argument("--station", default="ws-1", help="this machine’s id")
    _root(init)
    _custody(init)
    up = table.add("setup", commands.setup, "set this machine up for an agency")
    for name in ("--root", "--store", "--station"):
        up.add_argument(name, required=True)
    more = table.add("roster add", commands.roster_add, "sign the next roster with more people or workstations")
    more.add_argument("--people", type=Path, help="JSON: [{id, name, badge, roles, key}]")
    more.add_argument("--station", type=_pair("="), action="append", metavar="ID=PUBLIC")
    _root(more)
    take = table.add("ingest", commands.do_ingest, "seal footage into the store and sign its manifest")
    take.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    take.add_argument("--store")
    take.add_argument("--station", help="this machine’s id in the roster")
    give = table.add("assign", commands.do_assign, "let people open recordings, for a purpose")
    give.add_argument("case")
    give.add_argument("--title", required=True)
    give.add_argument("--recording", action="append")
    give.add_argument("--incident", action="append", help="all recordings with this number")
    give.add_argument("--member", type=_member, action="append", required=True, metavar="USER:ROLE")
    give.add_argument("--purpose", type=Purpose, choices=list(Purpose), required=True)
    give.add_argument("--reason", required=True)
    give.add_argument("--expires", type=parse_rfc3339, help="RFC 3339")
    give.add_argument("--store")
    _user(give, "who signs it")
    _custody(give)


def _own_commands(table: _Commands) -> None:
    fetch = table.add("sync", commands.do_sync, "bring what is assigned to you to this machine")
    fetch.add_argument("case", nargs="?")
    _user(fetch, "who you are")
    _user(table.add("queue", commands.do_queue, "what is assigned to you"), "who you are")
    let = table.add("release", commands.do_release, "let somebody try again after too many wrong passphrases")
    let.add_argument("named")
    let.add_argument("--by", required=True, help="supervisor or custodian")
    _secret(let)
    for words, run, help_ in (
        ("log verify", commands.log_verify, "whether the published logs are whole"),
        ("log keys", commands.log_keys, "the public keys of the published logs"),
    ):
        log = table.add(words, run, help_)
        log.add_argument("--store")
        log.add_argument("--root", help="the agency’s root vkey; then no workspace is needed")


def _secret(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", metavar="FILE", help="first line; “-” is stdin; asked for without it")


def _user(parser: argparse.ArgumentParser, help_: str) -> None:
    parser.add_argument("--user", required=True, help=help_)
    _secret(parser)


def _root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root-key", type=Path, required=True, help="the agency root’s key file")
    _secret(parser)


def _custody(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--custody-key", type=Path, required=True, help="the custody key’s file")
    parser.add_argument("--custody-passphrase-file", metavar="FILE")


def _pair(between: str) -> Callable[[str], tuple[str, str]]:
    def pair(text: str) -> tuple[str, str]:
        first, found, second = text.partition(between)
        if not (first and found and second):
            raise argparse.ArgumentTypeError(f"“{text}” is not two words with “{between}” between them")
        return first, second

    return pair


def _member(text: str) -> tuple[str, Role]:
    user, role = _pair(":")(text)
    try:
        return user, Role(role)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a role is one of {', '.join(Role)}") from None


if __name__ == "__main__":
    sys.exit(main())
