"""Taking footage in: `reviewer ingest`."""

from __future__ import annotations

import argparse
from pathlib import Path

from reviewer.commands.base import Commands, Said, note, trust_of, workspace_of
from reviewer.domain.codec import encode
from reviewer.domain.timebase import format_rfc3339
from reviewer.services.deposit import IngestProgress
from reviewer.services.ingest import Ingested, Station, ingest, this_station


def add(table: Commands) -> None:
    """The words of these commands."""
    take = table.add("ingest", do_ingest, "seal footage into the store and sign its manifest")
    take.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    take.add_argument("--store")
    take.add_argument("--station", help="this machine’s id in the roster")


def do_ingest(args: argparse.Namespace) -> Said:
    """`reviewer ingest`: from a camera's files to signed manifests; what was refused is said and fails the command."""
    station = this_station(workspace_of(args))
    station = Station(args.station, station.key) if args.station else station

    def progress(now: IngestProgress) -> None:
        note(f"{now.done / now.total if now.total else 0:4.0%}  {now.file}")

    report = ingest(args.paths, trust_of(args), station, listener=progress)
    note("")
    lines = [line for each in report.recordings for line in _ingested(each)]
    lines += [f"{k.sources[0].name} is in the store already, as {k.recording_id}." for k in report.known]
    data = {
        "recordings": [r.manifest.recording_id for r in report.recordings],
        "known": [k.recording_id for k in report.known],
        "refused": [encode(p) for p in report.refused],
        "notes": [encode(n) for r in report.recordings for n in r.notes],
    }
    refused = [f"{each.message} {each.next_step}" for each in report.refused]
    return Said(lines, data, ok=not refused, refused=refused)


def _ingested(made: Ingested) -> list[str]:
    manifest = made.manifest
    start = format_rfc3339(manifest.range.start)
    parts = "1 part" if len(manifest.parts) == 1 else f"{len(manifest.parts)} parts"
    head = f"{manifest.recording_id}: {manifest.officer}, {parts} from {start}"
    return [head, *(f"  {n.kind.value}: {n.text}" for n in made.notes)]
