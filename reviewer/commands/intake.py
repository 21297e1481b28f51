"""Taking footage in: `reviewer ingest`, and with `--plan` only looking at it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, note, promise, station_log, trust_of, workspace_of
from reviewer.commands.intake_words import plan_said
from reviewer.domain.codec import encode
from reviewer.domain.timebase import format_rfc3339
from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import Ingested, IngestReport, Station, this_station
from reviewer.services.intake import plan_intake
from reviewer.services.intake_log import take_in_and_log
from reviewer.services.intake_plan import IntakePlan
from reviewer.services.trust import Trust


def add(table: Commands) -> None:
    """The words of these commands."""
    take = table.add("ingest", do_ingest, "seal footage into the store and sign its manifest")
    take.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    take.add_argument("--plan", action="store_true", help="say what would be taken in, and write nothing")
    take.add_argument("--officer", help="whose camera it was, for all of it, whatever was found")
    take.add_argument("--badge", help="that officer’s badge, or id in the roster")
    take.add_argument("--incident", action="append", help="an incident number, for all of it; can be repeated")
    take.add_argument("--event-type", help="for all of it")
    take.add_argument("--restricted", metavar="REASON", help="why all of it is restricted")
    take.add_argument("--store")
    take.add_argument("--station", help="this machine’s id in the roster")


def do_ingest(args: argparse.Namespace) -> Said:
    """`reviewer ingest`: from a camera's files to signed manifests; what was refused is said and fails the command. The
    workstation's log says what was taken in."""
    if args.plan:
        return plan_said(_planned(args, trust_of(args)))
    station = this_station(workspace_of(args))
    station = Station(args.station, station.key) if args.station else station
    with station_log(args) as (trust, record):
        plan = _planned(args, trust)
        source = ", ".join(path.name or str(path) for path in args.paths)
        report = take_in_and_log(plan, source, trust, station, record, listener=_progress)
    note("")
    return _said(report, promise(trust.store))


def _progress(now: IngestProgress) -> None:
    note(f"{now.done / now.total if now.total else 0:4.0%}  {now.file}")


def _planned(args: argparse.Namespace, trust: Trust) -> IntakePlan:
    """The plan, with what the command line gives in place of what was found."""
    plan = plan_intake(args.paths, trust, listener=lambda now: note(now.file))
    note("")
    given: dict[str, Any] = {
        "officer": args.officer,
        "badge": args.badge,
        "incidents": None if args.incident is None else tuple(args.incident),
        "event_type": args.event_type,
        "restricted": args.restricted,
    }
    given = {name: value for name, value in given.items() if value is not None}
    for each in plan.recordings:
        plan = plan.edit(each.key, **given)
    return plan


def _said(report: IngestReport, promised: str) -> Said:
    lines = [line for each in report.recordings for line in _ingested(each)]
    lines += [f"{k.sources[0].name} is in the store already, as {k.recording_id}." for k in report.known]
    lines += [promised] * bool(report.recordings)
    data = {
        "recordings": [r.manifest.recording_id for r in report.recordings],
        "known": [k.recording_id for k in report.known],
        "refused": [encode(p) for p in report.refused],
        "notes": [encode(n) for r in report.recordings for n in r.notes],
    }
    refused = [f"{each.message} {each.next_step}" for each in report.refused]
    refused += [str(report.stopped)] * (report.stopped is not None)
    return Said(lines, data, ok=not refused, refused=refused)


def _ingested(made: Ingested) -> list[str]:
    manifest = made.manifest
    start = format_rfc3339(manifest.range.start)
    parts = "1 part" if len(manifest.parts) == 1 else f"{len(manifest.parts)} parts"
    head = f"{manifest.recording_id}: {manifest.officer}, {parts} from {start}"
    return [head, *(f"  {n.kind.value}: {n.text}" for n in made.notes)]
