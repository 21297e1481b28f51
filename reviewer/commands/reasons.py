"""Reasons for viewing that this agency offers: `reviewer reason …`. They stand in the roster, which the root key signs;
each change is an entry in this workstation's own log first.
"""

from __future__ import annotations

import argparse

from reviewer.commands.base import Commands, Said, passphrase, station_log, takes_root, trust_of
from reviewer.domain.roster import Role, Roster, ViewReason
from reviewer.sealing import keyring
from reviewer.services import custody


def add(table: Commands) -> None:
    """The words of these commands."""
    new = table.add("reason add", reason_add, "offer a reason for viewing, or say it anew")
    new.add_argument("value", help="what the log has of it: “use-of-force-review”")
    new.add_argument("--words", required=True, help="what the screen says: “Use-of-force review”")
    new.add_argument(
        "--role", type=Role, choices=list(Role), action="append", help="only for these; default: everybody"
    )
    new.add_argument("--note-needed", action="store_true", help="it has to be said in words too")
    takes_root(new)
    gone = table.add("reason remove", reason_remove, "offer a reason no longer")
    gone.add_argument("value")
    takes_root(gone)
    table.add("reason list", reason_list, "the reasons that are offered").add_argument("--store")


def reason_add(args: argparse.Namespace) -> Said:
    """`reviewer reason add`: the next roster offers it."""
    reason = ViewReason(args.value, args.words, tuple(args.role or ()), args.note_needed)
    root = keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))
    with station_log(args) as (trust, record):
        roster = custody.offer_reason(trust, root.signing, reason, record=record)
    return _said(roster, f"“{reason.words}” is offered from the next log-on on.")


def reason_remove(args: argparse.Namespace) -> Said:
    """`reviewer reason remove`: the next roster has it no more; entries keep it."""
    root = keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))
    with station_log(args) as (trust, record):
        roster = custody.withdraw_reason(trust, root.signing, args.value, record=record)
    return _said(roster, f"“{args.value}” is offered no more from the next log-on on.")


def reason_list(args: argparse.Namespace) -> Said:
    """`reviewer reason list`: the newest roster's."""
    return _said(trust_of(args).refresh())


def _said(roster: Roster, *lines: str) -> Said:
    listed = [f"{r.value}  {r.words}{_bounds(r)}" for r in roster.reasons]
    data = [
        {"value": r.value, "words": r.words, "roles": list(r.roles), "note_needed": r.note_needed}
        for r in roster.reasons
    ]
    none = [] if listed else ["The agency offers no reasons of its own."]
    return Said([*lines, *listed, *none], {"version": roster.version, "reasons": data})


def _bounds(reason: ViewReason) -> str:
    said = [f"only {', '.join(reason.roles)}"] if reason.roles else []
    said += ["said in words too"] if reason.note_needed else []
    return f"  ({'; '.join(said)})" if said else ""
