"""Who rolled when: `reviewer rolling`."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from pathlib import Path

from reviewer.commands.base import Commands, Said, instant, logged_on, takes_user, zone_named
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange
from reviewer.exports.report import to_json
from reviewer.services.clock import utc_now
from reviewer.services.footage import Footage
from reviewer.services.reporting import save_report
from reviewer.services.rolling import CaseRolling
from reviewer.services.rolling_words import Imprint, edge_words, incident_words, sentences, to_report
from reviewer.services.session import Session
from reviewer.services.vault import Vault


def add(table: Commands) -> None:
    """The words of this command."""
    asked = table.add("rolling", do_rolling, "which cameras rolled when: late, silent, missing, and when none did")
    asked.add_argument("case")
    asked.add_argument("--from", dest="since", type=instant, help="when the incident began (RFC 3339)")
    asked.add_argument("--to", dest="until", type=instant, help="when it ended (RFC 3339)")
    asked.add_argument("--zone", default="", help="local times of this zone, as Europe/Helsinki (this machine’s)")
    asked.add_argument("--save", type=Path, help="write the report there: .pdf, .csv or .json")
    asked.add_argument("--unheard", action="store_true", help="do not listen to the cameras for muted sound")
    takes_user(asked, "who you are")


def do_rolling(args: argparse.Namespace) -> Said:
    """`reviewer rolling`: from manifests, the cameras' own sound, the log and the store."""
    zone, stated = zone_named(args.zone), _stated(args)
    with logged_on(args) as session:
        rolling = _of_case(session, args.case)
        found = rolling.at_once(stated) if args.unheard else rolling.report(session.trust.store, stated)
        made_by = f"{session.user.name} {session.user.badge}"
        imprint = Imprint(args.case, session.roster.title, made_by, utc_now(), rolling.clocks())
        report = to_report(found, imprint, zone)
        lines = [incident_words(found, zone), *sentences(found)]
        for camera, start, end in zip(found.cameras, found.starts, found.ends, strict=True):
            edges = f"start {edge_words(start, start=True)}, end {edge_words(end, start=False)}"
            lines.append(f"{camera.number} {camera.officer}: {edges}")
        if args.save is not None:
            path = save_report(report, args.case, args.save.absolute(), session.journal.record)
            lines.append(f"Saved as {path}")
        return Said(lines, _data(to_json(report)))


def _data(report: bytes) -> dict[str, object]:
    found: dict[str, object] = json.loads(report)
    return found


def _of_case(session: Session, case: str) -> CaseRolling:
    assignment = session.open_case(case)
    vault = Vault(session.trust.workspace, session.trust, session.grants, session.journal.record)
    footage = Footage(vault, session.trust, session.trust.workspace, assignment)
    with closing(session.queries()) as queries:
        standing = queries.alignment(case).accepted
    footage.align(standing.alignment if standing is not None else None)
    names = {user.id: f"{user.name} {user.badge}" for user in session.roster.users}
    return CaseRolling(footage, footage.cameras, session.queries, lambda user: names.get(user, user))


def _stated(args: argparse.Namespace) -> TimeRange | None:
    if args.since is None and args.until is None:
        return None
    if args.since is None or args.until is None or args.until <= args.since:
        raise ReviewerError("The incident needs a beginning and a later end.", "Give both --from and --to.")
    return TimeRange(args.since, args.until)
