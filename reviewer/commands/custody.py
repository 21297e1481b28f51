"""Who may open what: `reviewer assign …`, `release-for-training`. Each act is in the log of who is logged on first."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from reviewer.commands.base import (
    Commands,
    Said,
    logged_on,
    member,
    passphrase,
    takes_custody,
    takes_user,
    trust_of,
    workspace_of,
)
from reviewer.domain.assignment import Assignment, Pending, Purpose
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import format_rfc3339, parse_rfc3339
from reviewer.sealing import keyring
from reviewer.sealing.keyring import PrivateKeys
from reviewer.services import custody, founding
from reviewer.services.door import Door
from reviewer.services.session import Session


def add(table: Commands) -> None:
    """The words of these commands."""
    table.usual("assign", "new")
    give = table.add("assign new", assign_new, "let people open recordings, for a purpose; “assign CASE” means this")
    give.add_argument("case")
    give.add_argument("--title", required=True)
    give.add_argument("--recording", action="append")
    give.add_argument("--incident", action="append", help="all recordings with this number")
    give.add_argument("--member", type=member, action="append", required=True, metavar="USER:ROLE")
    give.add_argument("--purpose", type=Purpose, choices=list(Purpose), required=True)
    give.add_argument("--reason", required=True)
    give.add_argument("--expires", type=parse_rfc3339, help="RFC 3339")
    _signs(give)
    takes_custody(give)
    off = table.add("assign take-off", take_off, "take a person off a case: what follows is under a new key")
    off.add_argument("case")
    off.add_argument("who")
    _changes(off)
    over = table.add("assign hand-over", hand_over, "put one person in the place of another on a case")
    over.add_argument("case")
    over.add_argument("who")
    over.add_argument("to")
    _changes(over)
    sign = table.add("assign countersign", countersign, "sign, as a second person, what waits for it")
    sign.add_argument("case")
    sign.add_argument("number", type=int)
    sign.add_argument("--store")
    takes_user(sign, "who signs it")
    known = table.add("assign list", assign_list, "who is on which case, and what waits for a second signature")
    known.add_argument("--store")
    takes_user(known, "who you are: titles and reasons are shown where your keys open them")
    free = table.add("release-for-training", release_for_training, "let recordings be used for training, or no longer")
    free.add_argument("recording", nargs="+")
    free.add_argument("--reason", required=True, help="stands in the log")
    free.add_argument("--withdraw", action="store_true", help="no longer")
    free.add_argument("--store")
    takes_user(free, "who signs it")


def _signs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--second", metavar="USER", help="who signs too, for restricted recordings")
    parser.add_argument("--second-passphrase-file", metavar="FILE")
    parser.add_argument("--store")
    takes_user(parser, "who signs it")


def _changes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", required=True, help="stands in the log")
    _signs(parser)
    takes_custody(parser, required=False)


def _held(args: argparse.Namespace) -> PrivateKeys | None:
    if args.custody_key is None:
        return None
    return keyring.unlock(args.custody_key, passphrase(args.custody_passphrase_file, "the custody key"))


def _second(args: argparse.Namespace) -> PrivateKeys | None:
    """The second person opens their own key at this door; wrong tries count."""
    if args.second is None:
        return None
    door = Door(workspace_of(args), trust_of(args))
    return door.open(args.second, passphrase(args.second_passphrase_file, args.second))[1]


def assign_new(args: argparse.Namespace) -> Said:
    """`reviewer assign`: who may open what, for which purpose, signed by the one who is logged on."""
    held, second = _held(args), _second(args)
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
        record = session.journal.record
        try:
            made = custody.assign(session.trust, order, session.keys, held, second=second, record=record)
        except custody.NeedsSecond:
            return _waits(custody.propose(session.trust, order, session.keys, held, record=record))
    names = ", ".join(m.user for m in made.members)
    return Said(
        [f"{made.case_id} ({_count(made)}) is assigned to {names}."],
        {"case": made.case_id, "n": made.n, "recordings": [r.recording_id for r in made.recordings], "waits": False},
    )


def _waits(waiting: Pending) -> Said:
    who = ", ".join(k.recipient for k in waiting.keys)
    return Said(
        [
            f"{waiting.case_id} has restricted recordings: it waits for a second person’s signature.",
            f"{who} may give it: “reviewer assign countersign {waiting.case_id} {waiting.n}”.",
        ],
        {"case": waiting.case_id, "n": waiting.n, "recordings": [], "waits": True},
    )


def take_off(args: argparse.Namespace) -> Said:
    """`reviewer assign take-off`."""
    held, second = _held(args), _second(args)
    with logged_on(args) as session:
        change = custody.take_off(
            session.trust,
            args.case,
            args.who,
            session.keys,
            args.reason,
            held,
            second=second,
            record=session.journal.record,
        )
    return _changed(change)


def hand_over(args: argparse.Namespace) -> Said:
    """`reviewer assign hand-over`."""
    held, second = _held(args), _second(args)
    with logged_on(args) as session:
        change = custody.hand_over(
            session.trust,
            args.case,
            args.who,
            args.to,
            session.keys,
            args.reason,
            held,
            second=second,
            record=session.journal.record,
        )
    return _changed(change)


def _changed(change: custody.Change) -> Said:
    made = change.assignment
    data = {"case": made.case_id, "n": made.n, "members": [m.user for m in made.members], "had": list(change.had)}
    waiting = None if change.waiting is None else change.waiting.n
    lines = [change.words]
    if waiting is not None:
        lines.append(f"“reviewer assign countersign {made.case_id} {waiting}” signs for them.")
    return Said(lines, {**data, "waits": waiting})


def countersign(args: argparse.Namespace) -> Said:
    """`reviewer assign countersign`: the second signature."""
    with logged_on(args) as session:
        made = custody.countersign(session.trust, args.case, args.number, session.keys, record=session.journal.record)
    names = ", ".join(m.user for m in made.members)
    return Said(
        [f"{made.case_id} ({_count(made)}) is assigned to {names}, signed by two people."],
        {"case": made.case_id, "n": made.n, "members": [m.user for m in made.members]},
    )


def assign_list(args: argparse.Namespace) -> Said:
    """`reviewer assign list`: ids where this person's keys do not open more."""
    with logged_on(args) as session:
        found = session.trust.assignments()
        cases = [session.grants.assignment(a) for a in found.good]
        signers = {a.case_id: session.trust.signers(a) for a in cases}
        waiting = list(_waiting(session))
        problems = [str(p) for p in (*found.problems, *session.trust.pending().problems)]
    lines = [_line(a, signers[a.case_id]) for a in cases] + [line for line, _ in waiting]
    data = {
        "cases": [{**_data(a), "signed_by": list(signers[a.case_id])} for a in cases],
        "waiting": [each for _, each in waiting],
    }
    return Said(lines or ["No case is assigned."], data, refused=problems)


def _waiting(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    for each in custody.pending(session.trust).good:
        data: dict[str, Any] = {"case": each.case_id, "n": each.n, "issued_by": each.issued_by}
        line = f"{each.case_id} number {each.n}, by {each.issued_by}, waits for a second signature"
        try:
            order = custody.waiting_order(session.trust, each, session.keys)
        except ReviewerError:
            yield line, data
        else:
            yield f"{line}: {order.title}; {order.reason}; {_who(order)}", {**data, **_data(order)}


def _line(assignment: Assignment, signers: tuple[str, ...]) -> str:
    title = "" if assignment.title == assignment.case_id else f"  {assignment.title}"
    until = "" if assignment.expires is None else f", until {format_rfc3339(assignment.expires)[:10]}"
    what = f"{_count(assignment)} for {assignment.purpose.value}{until}; {_who(assignment)}; by {' and '.join(signers)}"
    return f"{assignment.case_id}{title}  {what}"


def _count(assignment: Assignment) -> str:
    return "1 recording" if len(assignment.recordings) == 1 else f"{len(assignment.recordings)} recordings"


def _who(assignment: Assignment) -> str:
    return ", ".join(f"{m.user} ({m.role.value})" for m in assignment.members) or "nobody"


def _data(assignment: Assignment) -> dict[str, Any]:
    return {
        "case": assignment.case_id,
        "n": assignment.n,
        "title": assignment.title,
        "purpose": assignment.purpose.value,
        "members": {m.user: m.role.value for m in assignment.members},
        "recordings": [r.recording_id for r in assignment.recordings],
        "expires": None if assignment.expires is None else format_rfc3339(assignment.expires),
    }


def release_for_training(args: argparse.Namespace) -> Said:
    """`reviewer release-for-training`."""
    with logged_on(args) as session:
        made = custody.release_for_training(
            session.trust,
            args.recording,
            session.keys,
            released=not args.withdraw,
            reason=args.reason,
            record=session.journal.record,
        )
    what = "may be used for training" if not args.withdraw else "is not for training any more"
    return Said(
        [f"{r.recording_id} {what}." for r in made],
        {"recordings": [r.recording_id for r in made], "released": not args.withdraw},
    )
