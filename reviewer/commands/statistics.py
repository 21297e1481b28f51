"""A year in numbers: `reviewer statistics`."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from reviewer.commands.base import Commands, Said, logged_on, takes_user, zone_named
from reviewer.domain.timebase import to_datetime
from reviewer.services.clock import utc_now
from reviewer.services.statistics import save, to_report, year_of


def add(table: Commands) -> None:
    """The words of this command."""
    asked = table.add(
        "statistics", do_statistics, "a year in numbers: complaints, allegations, how they ended, footage"
    )
    asked.add_argument("--year", type=int, default=to_datetime(utc_now()).year, help="the calendar year (this one)")
    asked.add_argument("--public", action="store_true", help="leave counts below 5 out, and totals that have them")
    asked.add_argument("--zone", default="", help="years of this zone, as Europe/Helsinki (this machine’s)")
    asked.add_argument("--save", type=Path, help="write it there: .csv, .pdf, .html or .json")
    takes_user(asked, "who you are")


def do_statistics(args: argparse.Namespace) -> Said:
    """`reviewer statistics`: of the cases that this person is on."""
    with logged_on(args) as session, closing(session.queries()) as queries:
        year = year_of(session.trust, queries, session.user.id, args.year, zone_named(args.zone))
        lines: list[str] = []
        for table in year.told(for_public=args.public):
            lines += [f"{table.title}:", *(" | ".join(row) for row in (table.head, *table.rows)), ""]
        if args.save is not None:
            imprint = (session.roster.title, f"{session.user.name} {session.user.badge}", utc_now())
            report = to_report(year, imprint, for_public=args.public)
            path = save(year, report, args.save.absolute(), session.journal.record, for_public=args.public)
            lines.append(f"Saved as {path}")
        tables = [
            {"title": table.title, "head": list(table.head), "rows": [list(row) for row in table.rows]}
            for table in year.told(for_public=args.public)
        ]
        return Said(lines, {"year": year.year, "cases": year.cases, "elsewhere": year.elsewhere, "tables": tables})
