"""What every command is made of: what it says, the table it stands in, what it works with, words that several take."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer import config
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role
from reviewer.domain.timebase import Utc, parse_rfc3339
from reviewer.domain.wording import LocalZone
from reviewer.services.custody import Record
from reviewer.services.session import Session, log_on
from reviewer.services.station_log import StationLog
from reviewer.services.trust import Trust
from reviewer.services.witness import run_demo_witness
from reviewer.services.workspace import Workspace
from reviewer.stores.base import Store, locate


@dataclass(frozen=True, slots=True)
class Said:
    """What a command has to say: sentences for a person, one object for a program, what was refused (for stderr).
    `ok` False is exit status 1."""

    lines: list[str]
    data: dict[str, Any]
    ok: bool = True
    refused: list[str] = field(default_factory=list)


Command = Callable[[argparse.Namespace], Said]


class Commands:
    """A table of commands: `add` takes the words, the function and its help."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self._top = parser.add_subparsers(metavar="COMMAND")
        self._groups: dict[str, Any] = {}
        self._usual: dict[str, str] = {}

    def add(self, words: str, run: Command, help_: str) -> argparse.ArgumentParser:
        """A command; its first word may be the group that it belongs to. Gives the parser of its own words."""
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

    def usual(self, group: str, name: str) -> None:
        """What a group means when none of its commands is named: “assign CR-1” is “assign new CR-1”."""
        self._usual[group] = name

    def spelled_out(self, argv: Sequence[str]) -> list[str]:
        """The command line with what is usual put in."""
        words = list(argv)
        usual = self._usual.get(words[0]) if words else None
        if usual is not None and words[1:] and words[1] not in {*self._groups[words[0]].choices, "-h", "--help"}:
            words.insert(1, usual)
        return words


# -- what a command works with ---------------------------------------------------------------------------------------


def workspace_of(_: argparse.Namespace) -> Workspace:
    """This machine's workspace."""
    return Workspace(config.home())


def trust_of(args: argparse.Namespace) -> Trust:
    """What may be believed of the store: this machine's, or the one that `--store` names."""
    here = workspace_of(args)
    return Trust(locate(getattr(args, "store", None) or here.store_location()), here.setup().root, here)


def passphrase(file: str | None, whose: str) -> str:
    """Asked for, or the first line of a file or of stdin (`-`)."""
    if file is None:
        return getpass.getpass(f"Passphrase of {whose}: ")
    try:
        text = sys.stdin.readline() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise ReviewerError(f"The passphrase file {file} cannot be read.", "Check its path and your rights.") from wrong
    return text.split("\n", 1)[0].rstrip("\r")


@contextmanager
def logged_on(args: argparse.Namespace) -> Iterator[Session]:
    """One person's session; its log is published at the end."""
    session = log_on(workspace_of(args), trust_of(args), args.user, passphrase(args.passphrase_file, args.user))
    try:
        yield session
    finally:
        session.log_off()
        session.publisher.publish()
        run_demo_witness(session.trust)


@contextmanager
def station_log(args: argparse.Namespace) -> Iterator[tuple[Trust, Record]]:
    """For what no person is logged on for (the root key signs): the workstation's own log, published at the end."""
    trust = trust_of(args)
    log = StationLog(workspace_of(args), trust)
    yield trust, log.record
    log.publish()
    run_demo_witness(trust)


def promise(store: Store) -> str:
    """What a store promises and what not, wherever something is put there, read from there or reported of it."""
    return f"The store is {store.integrity}."


def note(text: str) -> None:
    """What goes on meanwhile, for a person who watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


# -- words that several commands take ----------------------------------------------------------------------------------


def takes_secret(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", metavar="FILE", help="first line; “-” is stdin; asked for without it")


def takes_user(parser: argparse.ArgumentParser, help_: str) -> None:
    parser.add_argument("--user", required=True, help=help_)
    takes_secret(parser)


def takes_root(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--root-key", type=Path, required=True, help="the agency root’s key file")
    takes_secret(parser)


def takes_custody(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument("--custody-key", type=Path, required=required, help="the custody key’s file")
    parser.add_argument("--custody-passphrase-file", metavar="FILE")


def pair(between: str) -> Callable[[str], tuple[str, str]]:
    """An argument of two words with something between them."""

    def pair(text: str) -> tuple[str, str]:
        first, found, second = text.partition(between)
        if not (first and found and second):
            raise argparse.ArgumentTypeError(f"“{text}” is not two words with “{between}” between them")
        return first, second

    return pair


def member(text: str) -> tuple[str, Role]:
    """An argument “USER:ROLE”."""
    user, role = pair(":")(text)
    try:
        return user, Role(role)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a role is one of {', '.join(Role)}") from None


def instant(text: str) -> Utc:
    """An argument that is a time: RFC 3339 with its offset."""
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no time with its offset, as in 2026-06-13T19:42:17Z") from None


def zone_named(name: str) -> LocalZone:
    """The zone that local times are said in; this machine's for "". Raises ReviewerError."""
    try:
        return LocalZone.named(name)
    except ValueError as wrong:
        raise ReviewerError(f"This system knows no time zone “{name}”.", "Name one, as Europe/Helsinki.") from wrong
