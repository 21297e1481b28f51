"""Tracks of a case: `reviewer tracks CASE`, `reviewer tracks add`, `… withdraw`, `… export`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from reviewer.commands.base import Commands, Said, logged_on, takes_user
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import format_rfc3339
from reviewer.domain.track import Column, Told, Track
from reviewer.domain.wording import count
from reviewer.services.case_tracks import AddedTrack, CaseTracks, TrackFile, look
from reviewer.services.footage import Footage
from reviewer.services.session import Session
from reviewer.services.track_export import case_tracks, export_tracks
from reviewer.services.track_words import words
from reviewer.services.vault import Vault
from reviewer.tracks.csv_columns import COLUMNS


def add(table: Commands) -> None:
    """The words of these commands."""
    table.usual("tracks", "list")
    listed = table.add("tracks list", do_list, "a case’s tracks: the cameras’ own, and those that people added")
    listed.add_argument("case")
    takes_user(listed, "who you are")
    added = table.add("tracks add", do_add, "add a track from a file of your own to a case")
    added.add_argument("case")
    added.add_argument("file", type=Path)
    added.add_argument("--whose", required=True, help="the person, vehicle or camera that went there")
    added.add_argument("--camera", help="the recording that it goes with")
    added.add_argument("--zone", default="", help="of times that name none, as Europe/Helsinki or +03:00")
    added.add_argument("--column", action="append", type=_column, help="ROLE=HEADER of a table, as lat=Nord")
    order = added.add_mutually_exclusive_group()
    order.add_argument("--day-first", action="store_true", default=None, help="03/04/2026 is the third of April")
    order.add_argument("--month-first", dest="day_first", action="store_false", help="it is the fourth of March")
    added.add_argument("--look", action="store_true", help="say what would be read, and add nothing")
    takes_user(added, "who you are")
    back = table.add("tracks withdraw", do_withdraw, "take an added track back; its entry stays")
    back.add_argument("case")
    back.add_argument("id", help="as `reviewer tracks` names it")
    takes_user(back, "who you are")
    out = table.add("tracks export", do_export, "write a case’s tracks as GPX, KML or GeoJSON")
    out.add_argument("case")
    out.add_argument("file", type=Path, help="its suffix says the format: .gpx, .kml or .geojson")
    takes_user(out, "who you are")


def _column(text: str) -> tuple[str, str]:
    role, found, header = text.partition("=")
    if not found or role not in COLUMNS:
        raise argparse.ArgumentTypeError(f"“{text}” is not ROLE=HEADER; roles are {', '.join(COLUMNS)}")
    return role, header


def do_list(args: argparse.Namespace) -> Said:
    """`reviewer tracks list`."""
    with logged_on(args) as session:
        footage, tracks = _opened(session, args.case)
        found, problems = case_tracks(footage, footage.cameras(), tracks)
        lines = [f"{each.name}: {words(each.track)}. {each.words}" for each in found]
        lines += [f"Added: {_line(each)}" for each in tracks.tracks()]
        data = {
            "tracks": [{"name": t.name, "source": t.source, **_data(t.track)} for t in found],
            "added": [_added(each) for each in tracks.tracks()],
        }
        return Said(lines or [f"{args.case} has no track that is here."], data, refused=[str(p) for p in problems])


def do_add(args: argparse.Namespace) -> Said:
    """`reviewer tracks add`."""
    with logged_on(args) as session:
        footage, tracks = _opened(session, args.case)
        if args.camera is not None and args.camera not in {m.recording_id for m in footage.manifests}:
            raise ReviewerError(f"{args.camera} is no recording of {args.case}.", "See `reviewer queue`.")
        told = Told(args.zone, (), args.day_first)
        file = look(args.file, told)
        if args.column:
            told = Told(args.zone, _columns(file, args.column), args.day_first)
            file = look(args.file, told)
        if file.track is None:
            raise ReviewerError(file.question, _ANSWERS[file.asks])
        if file.own_clock and not told.zone and args.camera is None:
            raise ReviewerError(file.question, _ANSWERS["zone"])
        lines, data = [f"{file.name}: {words(file.track)}."], {"name": file.name, **_data(file.track)}
        if args.look:
            return Said([*lines, "Nothing was added."], data)
        id_ = tracks.add(file, args.whose, told, args.camera).result()
        return Said([*lines, f"Added as {id_[:8]}; it is in the log."], {**data, "id": id_})


_ANSWERS = {
    "zone": "Say it with --zone, as Europe/Helsinki or +03:00.",
    "order": "Say --day-first or --month-first.",
    "columns": "Name them, as --column at=Time --column lat=North --column lon=East.",
}


def _columns(file: TrackFile, named: list[tuple[str, str]]) -> tuple[Column, ...]:
    """Headers as a person names them, and what the table names plainly. Raises ReviewerError for one that is not."""
    if file.table is None:
        raise ReviewerError(f"{file.name} is no table.", "Leave --column out.")
    header = [each.strip() for each in file.table.header]
    places = {column.role: column.index for column in file.table.guess()}
    for role, name in named:
        if name not in header:
            raise ReviewerError(f"{file.name} has no column “{name}”.", f"It has {', '.join(header)[:300]}.")
        places[role] = header.index(name)
    return tuple(Column(role, index) for role, index in places.items())


def do_withdraw(args: argparse.Namespace) -> Said:
    """`reviewer tracks withdraw`."""
    with logged_on(args) as session:
        _, tracks = _opened(session, args.case)
        found = [each for each in tracks.tracks() if args.id and each.id.startswith(args.id)]
        if len(found) != 1:
            raise ReviewerError(f"{args.case} has no added track {args.id}.", "See `reviewer tracks`.")
        tracks.withdraw(found[0]).result()
        return Said([f"Withdrawn: {_line(found[0])}. Its entry stays."], {"withdrawn": found[0].id})


def do_export(args: argparse.Namespace) -> Said:
    """`reviewer tracks export`."""
    with logged_on(args) as session:
        footage, tracks = _opened(session, args.case)
        found, problems = case_tracks(footage, footage.cameras(), tracks)
        path = export_tracks(found, args.case, args.file.absolute(), session.journal.record)
        data = {"file": str(path), "tracks": [each.name for each in found]}
        return Said([f"{count(len(found), 'track')} written to {path}"], data, refused=[str(p) for p in problems])


def _opened(session: Session, case: str) -> tuple[Footage, CaseTracks]:
    assignment = session.open_case(case)
    vault = Vault(session.trust.workspace, session.trust, session.grants, session.journal.record)
    footage = Footage(vault, session.trust, session.trust.workspace, assignment)
    with_alignment = session.queries()
    try:
        standing = with_alignment.alignment(case).accepted
    finally:
        with_alignment.close()
    footage.align(standing.alignment if standing is not None else None)
    return footage, CaseTracks(session.journal.record, session.queries, case, session.case_keys)


def _line(added: AddedTrack) -> str:
    return f"{added.id[:8]} {added.whose}, “{added.event.name}”, {added.event.fixes:,} positions, by {added.said.user}"


def _data(track: Track) -> dict[str, Any]:
    span = [format_rfc3339(track.fixes[i].at) for i in (0, -1)] if track.fixes else None
    refused = {each.reason: each.count for each in track.refused}
    return {"fixes": len(track.fixes), "paths": len(track.paths), "refused": refused, "span": span}


def _added(added: AddedTrack) -> dict[str, Any]:
    event = added.event
    return {
        **{"id": added.id, "whose": event.whose, "file": event.name, "format": event.format, "sha256": event.sha256},
        **{"camera": event.camera, "zone": event.told.zone, "by": added.said.user, "at": format_rfc3339(added.said.at)},
    }
