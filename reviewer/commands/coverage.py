"""What of a case was watched: `reviewer coverage`."""

from __future__ import annotations

import argparse
from contextlib import closing

from reviewer.commands.base import Commands, Said, instant, logged_on, takes_user
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange
from reviewer.services import coverage
from reviewer.services.logwords import Names
from reviewer.services.queue import case_manifests
from reviewer.services.session import Session


def add(table: Commands) -> None:
    """The words of this command."""
    asked = table.add("coverage", do_coverage, "which seconds of a case’s footage were watched, how and by whom")
    asked.add_argument("case")
    asked.add_argument("--person", action="append", help="only what this person was shown (name, badge or id)")
    asked.add_argument("--recording", action="append", help="only this recording")
    asked.add_argument("--bookmark", help="only the stretch of this bookmark")
    asked.add_argument("--from", dest="since", type=instant, help="only from this time on (RFC 3339)")
    asked.add_argument("--to", dest="until", type=instant, help="only up to this time (RFC 3339)")
    takes_user(asked, "who you are")


def do_coverage(args: argparse.Namespace) -> Said:
    """`reviewer coverage`: computed from the views in the logs that this person may see."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        assignment = session.open_case(args.case)
        manifests = case_manifests(session.trust, assignment, session.grants)
        unknown = set(args.recording or ()) - {m.recording_id for m in manifests.good}
        if unknown:
            raise ReviewerError(f"{sorted(unknown)[0]} is no recording of {args.case}.", "See `reviewer queue`.")
        stretch = _stretch(args)
        if args.bookmark is not None:
            mark = queries.bookmark(args.case, args.bookmark)
            if mark is None:
                raise ReviewerError(f"{args.case} has no bookmark {args.bookmark}.", "See its entry in the log.")
            stretch = stretch.overlap(mark.at) or TimeRange(mark.at.start, mark.at.start)
        matters = coverage.relevant(assignment, manifests.good, recordings=args.recording, stretch=stretch)
        people = dict(_person(session, named) for named in args.person) if args.person else None
        found = coverage.case_coverage(queries, args.case, matters, people)
        officers = {m.recording_id: m.officer for m in manifests.good}
        names = Names(lambda user: _shown(session, user), lambda key: officers.get(key, key))
        problems = [f"{p.message} {p.next_step}" for p in manifests.problems]
        return Said(coverage.said(found, names), coverage.data_of(found), refused=problems)


def _stretch(args: argparse.Namespace) -> TimeRange:
    start, end = args.since or coverage.EVERYWHERE.start, args.until or coverage.EVERYWHERE.end
    if end < start:
        raise ReviewerError("The stretch ends before it starts.", "Exchange --from and --to.")
    return TimeRange(start, end)


def _person(session: Session, named: str) -> tuple[str, str]:
    wanted = named.casefold()
    for user in session.roster.users:
        if wanted in (user.id.casefold(), user.badge.casefold(), user.name.casefold()):
            return user.id, f"{user.name} {user.badge}"
    raise ReviewerError(f"Nobody is called {named} in the roster.", "Give a name, badge or id as the roster has it.")


def _shown(session: Session, user_id: str) -> str:
    return next((f"{u.name} {u.badge}" for u in session.roster.users if u.id == user_id), user_id)
