"""Other people's logs: `reviewer log follow`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, note, passphrase, takes_custody, takes_user
from reviewer.domain.acts import CustodyKeyOpened
from reviewer.domain.codec import encode
from reviewer.domain.timebase import format_rfc3339
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services.following import Followed, Following, Reading
from reviewer.services.session import Session


def add(table: Commands) -> None:
    """The words of this command."""
    follow = table.add("log follow", log_follow, "read, verify and fold other people’s published logs")
    takes_user(follow, "who you are")
    takes_custody(follow, required=False)
    follow.add_argument("--again", action="store_true", help="forget what was folded, and read all of it anew")


def log_follow(args: argparse.Namespace) -> Said:
    """`reviewer log follow`: what other people's logs say, as far as it is this person's to see."""

    def progress(now: Reading) -> None:
        note(f"{now.done} of {now.of} logs  {now.origin}  {now.entries:,} of {now.size:,} entries")

    with logged_on(args) as session:
        following = session.following
        if args.custody_key is not None:
            following = Following(session, custody=_custody(session, args.custody_key, args.custody_passphrase_file))
        if args.again:
            following.start_again()
        found = following.run(progress, every=True)
    note("")
    return _said(found)


def _custody(session: Session, path: Path, passphrase_file: str | None) -> PrivateKeys:
    """The custody key; that it is opened is an entry before it opens anything."""
    keys = keyring.unlock(path, passphrase(passphrase_file, "the custody key"))
    session.journal.record(CustodyKeyOpened(keys.user)).result()
    return keys


def _said(found: Followed) -> Said:
    people = "person" if len(found.people) == 1 else "people"
    logs = "log" if found.logs == 1 else "logs"
    lines = [f"{found.logs} {logs} of {len(found.people)} {people} followed: {found.new:,} entries are new."]
    lines.append(f"{found.entries:,} of other people’s entries are shown to you.")
    problems = [f"{each.message} {each.next_step}" for each in found.problems]
    if found.trouble is not None:
        problems.append(str(found.trouble))
    elif found.at is not None:
        lines.append(f"All folded at {format_rfc3339(found.at)}.")
    data: dict[str, Any] = {
        "logs": found.logs,
        "people": list(found.people),
        "entries": found.entries,
        "new": found.new,
        "at": None if found.at is None else format_rfc3339(found.at),
        "problems": [encode(each) for each in found.problems],
    }
    return Said(lines, data, not problems, problems)
