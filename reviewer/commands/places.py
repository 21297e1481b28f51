"""Questions to the map of a case: `reviewer places`."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from reviewer.commands.base import Commands, Said, instant, logged_on, takes_user, zone_named
from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import Circle
from reviewer.domain.timebase import SECOND, Micros
from reviewer.exports.report import to_json
from reviewer.services.case_tracks import CaseTracks
from reviewer.services.clock import utc_now
from reviewer.services.footage import Footage
from reviewer.services.place_words import ALIGNED, SIGNED, Answers, said_lines, to_report
from reviewer.services.places import SHORTEST, Places, circle, placed_of
from reviewer.services.reporting import save_report
from reviewer.services.rolling_words import Imprint
from reviewer.services.session import Session
from reviewer.services.vault import Vault

_METRES = 50


def add(table: Commands) -> None:
    """The words of this command."""
    asked = table.add("places", do_places, "whose cameras were near a place or near each other, and where they stopped")
    asked.add_argument("case")
    asked.add_argument("--near", type=_near, metavar="LAT,LON[,METRES]", help=f"who was there ({_METRES} m around)")
    asked.add_argument("--absent", action="store_true", help="with --near: who was there and did not roll")
    asked.add_argument("--at", type=instant, help="with --near: which camera was nearest at this time (RFC 3339)")
    asked.add_argument("--together", type=_metres, metavar="METRES", help="which two cameras were so near each other")
    asked.add_argument(
        "--stops",
        type=_minutes,
        nargs="?",
        const=SHORTEST,
        metavar="MINUTES",
        help="where each camera stayed, at least so long (2 min)",
    )
    asked.add_argument("--zone", default="", help="local times of this zone, as Europe/Helsinki (this machine’s)")
    asked.add_argument("--save", type=Path, help="write the report there: .pdf, .csv or .json")
    takes_user(asked, "who you are")


def do_places(args: argparse.Namespace) -> Said:
    """`reviewer places`: from the tracks and recordings that are on this machine; nothing of them is shown."""
    zone = zone_named(args.zone)
    if args.near is None and (args.absent or args.at is not None):
        raise ReviewerError("--absent and --at ask about a place.", "Name it with --near LAT,LON.")
    if args.near is None and args.together is None and args.stops is None:
        raise ReviewerError("Nothing was asked.", "Give --near, --together or --stops.")
    with logged_on(args) as session:
        footage, clocks = _footage(session, args.case)
        added = CaseTracks(session.journal.record, session.queries, args.case, session.case_keys)
        placed, problems = placed_of(footage, added)
        places = Places(placed)
        answers = _answers(args, places)
        made_by = f"{session.user.name} {session.user.badge}"
        imprint = Imprint(args.case, session.roster.title, made_by, utc_now(), clocks)
        report = to_report(answers, places, imprint, zone)
        lines = said_lines(report)
        if args.save is not None:
            path = save_report(report, args.case, args.save.absolute(), session.journal.record)
            lines.append(f"Saved as {path}")
        return Said(lines, _data(to_json(report)), refused=[f"{p.message} {p.next_step}" for p in problems])


def _answers(args: argparse.Namespace, places: Places) -> Answers:
    found = Answers()
    if args.near is not None:
        found = replace(found, area=args.near, here=places.within(args.near))
        if args.absent:
            found = replace(found, absent=places.absent(args.near))
        if args.at is not None:
            found = replace(found, at=args.at, nearest=places.nearest(args.near, args.at))
    if args.together is not None:
        found = replace(found, near=args.together, together=places.together(args.together))
    if args.stops is None:
        return found
    return replace(found, stops=places.stops(args.stops), shortest=args.stops)


def _footage(session: Session, case: str) -> tuple[Footage, str]:
    """The case's footage by the clocks that stand, and what they are."""
    assignment = session.open_case(case)
    vault = Vault(session.trust.workspace, session.trust, session.grants, session.journal.record)
    footage = Footage(vault, session.trust, session.trust.workspace, assignment)
    with closing(session.queries()) as queries:
        standing = queries.alignment(case).accepted
    footage.align(standing.alignment if standing is not None else None)
    return footage, SIGNED if standing is None else ALIGNED


def _data(report: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(report)
    return found


def _metres(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 <= found <= 1_000_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no distance in metres")
    return found


def _minutes(text: str) -> Micros:
    try:
        found = float(text)
    except ValueError:
        found = -1.0
    if not 0 < found <= 10_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no number of minutes")
    return Micros(round(found * 60 * SECOND))


def _near(text: str) -> Circle:
    try:
        lat, lon, *more = map(float, text.split(","))
        (metres,) = more or [_METRES]
        return circle(lat, lon, round(metres))
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"“{text}” is no place: write it like 60.1699,24.9384,150") from None
