"""The tables made again from the logs: `reviewer rebuild`."""

from __future__ import annotations

import argparse

from reviewer.commands.base import Commands, Said, note, passphrase, takes_user, trust_of, workspace_of
from reviewer.domain.rebuild_acts import RecordsRebuilt
from reviewer.services.rebuild_own import rebuild_own
from reviewer.services.session import log_on


def add(table: Commands) -> None:
    """The words of this command."""
    words = table.add("rebuild", do_rebuild, "make the tables on this machine again from one’s own logs")
    takes_user(words, "whose tables")


def do_rebuild(args: argparse.Namespace) -> Said:
    """`reviewer rebuild`: checks the logs, folds every entry again, and says what had stood there otherwise."""
    workspace, trust, secret = workspace_of(args), trust_of(args), passphrase(args.passphrase_file, args.user)
    found = rebuild_own(workspace, trust, args.user, secret, _progress)
    note("")
    session = log_on(workspace, trust, args.user, secret)
    try:
        user, station = session.user.id, session.station.id
        session.journal.record(RecordsRebuilt(user, station, found.entries, found.sealed, found.differed)).result()
    finally:
        session.log_off()
        session.publisher.publish()
    lines = [f"{found.entries} entries of {len(found.logs)} logs were folded again."]
    if found.sealed:
        lines.append(f"{found.sealed} of their bodies do not open to you.")
    if found.differed:
        lines.append(f"These tables had not said what the logs say, and do now: {', '.join(found.differed)}.")
    else:
        lines.append("The tables had said what the logs say.")
    data = {"logs": found.logs, "entries": found.entries, "sealed": found.sealed, "differed": found.differed}
    return Said(lines, data)


def _progress(done: int, total: int) -> None:
    note(f"{done / total if total else 1:4.0%}  {done} of {total} entries")
