"""Looking for recordings: `reviewer find`, by officer, time, incident number, place, and what became of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, passphrase, takes_user, workspace_of
from reviewer.domain.acts import CustodyKeyOpened
from reviewer.domain.errors import AccessRefused
from reviewer.domain.place import UNIT, Box, Circle
from reviewer.domain.timebase import Utc, format_rfc3339, parse_rfc3339
from reviewer.sealing import keyring
from reviewer.services.catalogue import Catalogue, Opener, opener_for
from reviewer.services.catalogue_index import CatalogueIndex
from reviewer.services.catalogue_search import Entry, Listing, Wanted
from reviewer.services.custody import CustodyGrants
from reviewer.services.session import Session
from reviewer.services.trust import ISSUERS

_METRES = 200  # around a place, unless so many are given


def add(table: Commands) -> None:
    """The words of these commands."""
    find = table.add("find", do_find, "recordings by officer, time, incident number, place")
    find.add_argument("words", nargs="*", help="each occurs in what is known of it")
    find.add_argument("--officer")
    find.add_argument("--since", type=_time, metavar="TIME", help="it rolled then or later: RFC 3339")
    find.add_argument("--until", type=_time, metavar="TIME", help="it rolled before then")
    find.add_argument("--incident", default="")
    find.add_argument("--near", type=_near, metavar="LAT,LON[,METRES]", help=f"it was made there ({_METRES} m)")
    find.add_argument("--case", default="", help="part of this case")
    find.add_argument("--unassigned", action="store_true", help="part of no case")
    find.add_argument("--released", action="store_true", help="for training")
    find.add_argument("--store")
    find.add_argument("--custody-key", type=Path, help="names and places of all, not of one’s own cases alone")
    find.add_argument("--custody-passphrase-file", metavar="FILE")
    takes_user(find, "who you are: a supervisor or custodian")


def do_find(args: argparse.Namespace) -> Said:
    """`reviewer find`: what a supervisor or custodian may assign, newest first."""
    wanted = Wanted(
        words=" ".join(args.words),
        officer=args.officer or "",
        since=args.since,
        until=args.until,
        incident=args.incident,
        area=args.near,
        case=args.case,
        assigned=False if args.unassigned else None,
        released=True if args.released else None,
    )
    with logged_on(args) as session:
        _check_may(session)
        index = CatalogueIndex(session.room.folder / "catalogue.sqlite", session.keys)
        catalogue = Catalogue(session.trust, workspace_of(args), index, session.user.id)
        overview = catalogue.refresh(_opener(session, args))
    listing = overview.listing
    found = listing.find(wanted)
    lines = [_line(each, listing) for each in found]
    shut = sum(not each.opened for each in listing.entries)
    lines += [_shut(shut)] * bool(shut and (wanted.officer or wanted.words or wanted.area))
    problems = [str(each) for each in (*overview.problems, *overview.notices)]
    return Said(
        lines or ["No recording is like that."], {"recordings": [_data(e, listing) for e in found]}, True, problems
    )


def _check_may(session: Session) -> None:
    """As on the screen: only who may assign. Raises AccessRefused once the attempt is recorded."""
    if not ISSUERS.intersection(session.user.roles):
        refused = AccessRefused(
            f"{session.user.name} may not look through all recordings.", "Ask a supervisor or custodian."
        )
        session.denied("look through all recordings", refused).result()
        raise refused


def _opener(session: Session, args: argparse.Namespace) -> Opener:
    held = None
    if args.custody_key is not None:
        keys = keyring.unlock(args.custody_key, passphrase(args.custody_passphrase_file, "the custody key"))
        session.journal.record(CustodyKeyOpened(keys.user)).result()
        held = CustodyGrants(session.trust, keys)
    return opener_for(session.trust, session.grants, session.user.id, held)


def _line(entry: Entry, listing: Listing) -> str:
    cases = ", ".join(listing.cases_of.get(entry.recording_id, ())) or "in no case"
    marks = ["restricted"] * entry.restricted + ["released for training"] * (entry.recording_id in listing.released)
    what = "; ".join([*entry.incidents, cases, *marks])
    times = f"{format_rfc3339(entry.start)[:19]}Z to {format_rfc3339(entry.end)[11:19]}Z"
    return f"{entry.recording_id}  {entry.officer}  {entry.kind.value}  {times}  {what}"


def _shut(count: int) -> str:
    whose = "1 recording shows" if count == 1 else f"{count} recordings show"
    return f"{whose} no name and no place to you; with the custody key (--custody-key) they do."


def _data(entry: Entry, listing: Listing) -> dict[str, Any]:
    return {
        "recording": entry.recording_id,
        "officer": entry.officer,
        "opened": entry.opened,
        "kind": entry.kind.value,
        "start": format_rfc3339(entry.start),
        "end": format_rfc3339(entry.end),
        "incidents": list(entry.incidents),
        "restricted": entry.restricted,
        "released": entry.recording_id in listing.released,
        "cases": list(listing.cases_of.get(entry.recording_id, ())),
    }


def _time(text: str) -> Utc:
    try:
        return parse_rfc3339(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no time: write it like 2026-06-13T19:41:30Z") from None


def _near(text: str) -> Circle:
    try:
        lat, lon, *more = map(float, text.split(","))
        (metres,) = more or [_METRES]
        circle = Circle(round(lat * UNIT), round(lon * UNIT), max(0, round(metres)))
        Box(circle.lat, circle.lon, circle.lat, circle.lon)  # refuses what is no place on earth
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"“{text}” is no place: write it like 60.1699,24.9384,150") from None
    return circle
