"""Who is on the roster, with which roles and keys: `reviewer user …`. The agency's root key signs each change; it is an
entry in this workstation's own log first.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from reviewer.commands.base import (
    Commands,
    Said,
    passphrase,
    station_log,
    takes_root,
    trust_of,
)
from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Role, Roster, User
from reviewer.domain.timebase import format_rfc3339
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody
from reviewer.services.revoking import revoke_key


def add(table: Commands) -> None:
    """The words of these commands."""
    new = table.add("user add", user_add, "put a person on the roster")
    new.add_argument("id")
    new.add_argument("--name", required=True, help="as shown: “K. Salo”")
    new.add_argument("--badge", required=True)
    _role(new)
    _key(new)
    takes_root(new)
    gone = table.add("user remove", user_remove, "take a person off the roster: no log-on and no grant from now on")
    gone.add_argument("id")
    takes_root(gone)
    roles = table.add("user roles", user_roles, "give a person other roles")
    roles.add_argument("id")
    _role(roles)
    takes_root(roles)
    turn = table.add("user rotate", user_rotate, "give a person new keys; their cases are then assigned anew")
    turn.add_argument("id")
    _key(turn)
    takes_root(turn)
    end = table.add(
        "user revoke", user_revoke, "a key is stolen: its logs count as far as they are published, no further"
    )
    end.add_argument("id")
    end.add_argument("--epoch", type=int, help="which of their keys; the present one if it is not said")
    end.add_argument("--key", type=Path, help="the file of their new keys; without, they are off the roster until then")
    end.add_argument("--up-to", action="append", default=[], metavar="LOG=SIZE", help="an earlier published size")
    takes_root(end)
    known = table.add("user list", user_list, "who is on the roster")
    known.add_argument("--store")


def _role(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", type=Role, choices=list(Role), action="append", required=True)


def _key(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--key", type=Path, required=True, help="the person’s key file; its public halves are read")


def _root_of(args: argparse.Namespace) -> PrivateKeys:
    return keyring.unlock(args.root_key, passphrase(args.passphrase_file, "the agency’s root key"))


def user_add(args: argparse.Namespace) -> Said:
    """`reviewer user add`: the next roster has one person more."""
    root, keys = _root_of(args), keyring.public_of(args.key)
    with station_log(args) as (trust, record):
        roster = trust.refresh()
        new = custody.user_entry(roster.agency, keys, args.name, args.badge, args.role)
        users = custody.newcomers(roster, [custody.named(new, args.id)])
        what = f"{new.name} ({new.id}) added."
        roster = custody.amend_roster(trust, root.signing, users=users, what=what, record=record)
    return _said(roster, f"{new.name} is on the roster.")


def user_remove(args: argparse.Namespace) -> Said:
    """`reviewer user remove`: the next roster has one person less; what they signed keeps its name."""
    root = _root_of(args)
    with station_log(args) as (trust, record):
        roster = custody.remove_user(trust, root.signing, args.id, record=record)
        cases = [a.case_id for a in trust.assignments(args.id).good]
    said = _said(roster, f"{args.id} is off the roster. What they had they may have kept.")
    if cases:
        said.lines.append(f"They are still on {', '.join(cases)}: take them off, so that what follows has new keys.")
    said.data["cases"] = cases
    return said


def user_roles(args: argparse.Namespace) -> Said:
    """`reviewer user roles`: other roles for one person."""
    root = _root_of(args)
    with station_log(args) as (trust, record):
        roster = custody.change_roles(trust, root.signing, args.id, args.role, record=record)
    return _said(roster, f"{args.id} is {', '.join(args.role)} now.")


def user_rotate(args: argparse.Namespace) -> Said:
    """`reviewer user rotate`: new keys for one person."""
    root, keys = _root_of(args), keyring.public_of(args.key)
    with station_log(args) as (trust, record):
        custody.named(custody.user_entry(trust.refresh().agency, keys, "", "", []), args.id)
        roster = custody.rotate_keys(trust, root.signing, keys, record=record)
        cases = [a.case_id for a in trust.assignments(args.id).good]
    said = _said(roster, f"{args.id} has new keys.")
    if cases:
        said.lines.append(f"Assign these anew, so that the new keys open them: {', '.join(cases)}.")
    said.data["cases"] = cases
    return said


def user_revoke(args: argparse.Namespace) -> Said:
    """`reviewer user revoke`: what a stolen key signed after the last publication counts no more."""
    root = _root_of(args)
    keys = keyring.public_of(args.key) if args.key is not None else None
    up_to = dict(_size_of(each) for each in args.up_to)
    with station_log(args) as (trust, record):
        if keys is not None:
            custody.named(custody.user_entry(trust.refresh().agency, keys, "", "", []), args.id)
        roster, sizes = revoke_key(
            trust, root.signing, args.id, epoch=args.epoch, keys=keys, up_to=up_to, record=record
        )
    said = _said(roster, *(f"{size.origin} counts up to {size.size} entries." for size in sizes))
    if not sizes:
        said.lines.insert(0, "No log of this key is published: none of its entries counts.")
    if roster.user(args.id) is None:
        said.lines.insert(0, f"{args.id} is off the roster until they have new keys (“reviewer user add”).")
    said.data["sizes"] = [{"origin": s.origin, "size": s.size, "root": s.root} for s in sizes]
    return said


def _size_of(text: str) -> tuple[str, int]:
    origin, _, size = text.rpartition("=")
    if not origin or not size.isdigit():
        raise ReviewerError(f"“{text}” is not LOG=SIZE.", "Write the log’s name, “=” and how many entries count.")
    return origin, int(size)


def user_list(args: argparse.Namespace) -> Said:
    """`reviewer user list`: the newest roster."""
    trust = trust_of(args)
    roster = trust.refresh()
    lines = [_line(user) for user in sorted(roster.users, key=lambda u: (u.left is not None, u.id))]
    said = _said(roster, *lines)
    said.refused.extend(f"{n.message} {n.next_step}" for n in trust.notices)
    return said


def _line(user: User) -> str:
    what = ", ".join(user.roles) if user.left is None else f"left on {format_rfc3339(user.left)[:10]}"
    return f"{user.id}  {user.name} {user.badge}  {what}"


def _said(roster: Roster, *lines: str) -> Said:
    people = [
        {"id": u.id, "name": u.name, "badge": u.badge, "roles": list(u.roles), "left": u.left is not None}
        for u in roster.users
    ]
    expires = format_rfc3339(roster.expires)
    end = f"Roster {roster.version}, until {expires[:10]}."
    return Said([*lines, end], {"version": roster.version, "expires": expires, "users": people})
