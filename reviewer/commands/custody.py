"""Who may open what: `reviewer assign …`."""

from __future__ import annotations

import argparse

from reviewer.commands.base import Commands, Said, logged_on, member, passphrase, takes_custody, takes_user
from reviewer.domain.assignment import Purpose
from reviewer.domain.timebase import parse_rfc3339
from reviewer.sealing import keyring
from reviewer.services import custody, founding


def add(table: Commands) -> None:
    """The words of these commands."""
    give = table.add("assign", do_assign, "let people open recordings, for a purpose")
    give.add_argument("case")
    give.add_argument("--title", required=True)
    give.add_argument("--recording", action="append")
    give.add_argument("--incident", action="append", help="all recordings with this number")
    give.add_argument("--member", type=member, action="append", required=True, metavar="USER:ROLE")
    give.add_argument("--purpose", type=Purpose, choices=list(Purpose), required=True)
    give.add_argument("--reason", required=True)
    give.add_argument("--expires", type=parse_rfc3339, help="RFC 3339")
    give.add_argument("--store")
    takes_user(give, "who signs it")
    takes_custody(give)


def do_assign(args: argparse.Namespace) -> Said:
    """`reviewer assign`: who may open what, for which purpose, signed by the one who is logged on."""
    held = keyring.unlock(args.custody_key, passphrase(args.custody_passphrase_file, "the custody key"))
    with logged_on(args) as session:
        wanted = founding.recordings_for(session.trust, args.recording or [], args.incident or [])
        order = custody.Order(
            case_id=args.case,
            title=args.title,
            members=dict(args.member),
            recordings=dict.fromkeys(wanted),
            purpose=args.purpose,
            reason=args.reason,
            expires=args.expires,
        )
        made = custody.assign(session.trust, order, session.keys, held)
    names = ", ".join(m.user for m in made.members)
    return Said(
        [f"{made.case_id} ({len(made.recordings)} recordings) is assigned to {names}."],
        {"case": made.case_id, "n": made.n, "recordings": [r.recording_id for r in made.recordings]},
    )
