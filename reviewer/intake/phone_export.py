"""What a phone worn on the chest leaves: videos named by the phone, and one track of the whole shift beside them.

The track is handed to every video that it may belong to; which stretch of it is each one's follows from the times. What
is known of phones' names: Android `VID_20260613_194217.mp4` and Samsung `20260613_194217.mp4` state local time, Pixel's
`PXL_20260613_194217123.mp4` states UTC, iPhones' `IMG_0123.MOV` states none; headers state UTC (ISO/IEC 14496-12,
8.2.2), of the start or, on most Androids, of the end. Where name and header agree on all but whole quarters of an hour,
that is the zone, and the phone's clock, set by its network, is believed to a few seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.intake import generic
from reviewer.intake.base import (
    FOOTAGE,
    TRACKS,
    CannotTakeIn,
    FoundPart,
    FoundRecording,
    FoundTrack,
    Note,
    NoteKind,
    Tree,
    stem,
)
from reviewer.intake.dock_folder import whose
from reviewer.intake.foreign import read_foreign
from reviewer.intake.numbered import stamp

SOURCE = "phone export"
BY_NETWORK = Micros(3 * SECOND)
"""How far a phone's clock may be off that its network sets, with a name that states whole seconds."""
_NAMED = re.compile(r"(VID|PXL)[_-].*", re.IGNORECASE)
_MAKERS = frozenset({"apple", "samsung", "google", "xiaomi", "oneplus", "motorola", "nokia", "huawei", "fairphone"})
_QUARTER = 900 * SECOND
_WIDEST = 14 * 3600 * SECOND
_AGREES = 5 * SECOND


def find(tree: Tree) -> list[FoundRecording]:
    """The videos that a phone made, with the tracks of their shift. Nothing is taken where no track lies beside them
    and their names say nothing: then any other source knows as much."""
    videos = [path for path in tree.left(FOOTAGE) if _by_phone(tree, path)]
    shifts = _shifts(tree, videos)
    found = []
    for path in videos:
        pile = tree.pile(path)
        beside = tuple(FoundTrack(kind, track, shared=True) for track, kind, reach in shifts if reach in path.parents)
        try:
            part = pile.part(path)
        except UnreadableMedia as gone:
            pile.refuse(path, gone)
            continue
        made = generic.recording(pile, [part], source=SOURCE, hints=whose(tree.above(path)))
        found.append(_with_clock(replace(made, tracks=(*made.tracks, *beside)), part))
    used = {track for track, _, reach in shifts if any(reach in path.parents for path in videos)}
    for track in used:
        tree.pile(track).take(track)
    return found


def _by_phone(tree: Tree, path: Path) -> bool:
    pile = tree.pile(path)
    try:
        known = pile.probe(path)
    except UnreadableMedia:
        return False
    return known.make.lower() in _MAKERS or bool(_NAMED.fullmatch(path.stem) and stamp(path.stem))


def _shifts(tree: Tree, videos: Iterable[Path]) -> list[tuple[Path, str, Path]]:
    """Tracks that bear no footage's name: the file, its format, and the folder whose videos it may serve. A track in a
    folder without any footage serves its neighbours."""
    videos = list(videos)
    if not videos:
        return []
    named = {(path.parent, stem(path)) for path in tree.left(FOOTAGE)}
    found = []
    for path in tree.left((*TRACKS, ".json")):
        kind = TRACKS.get(path.suffix.lower(), "") or _kind(path)
        if not kind or kind == "dji_srt" or (path.parent, stem(path)) in named:
            continue
        own = tree.pile(path).had(FOOTAGE) or any(path.parent in video.parents for video in videos)
        root = path.parent in tree.roots
        found.append((path, kind, path.parent if own or root else path.parent.parent))
    return found


def _kind(path: Path) -> str:
    """The format of a JSON file that is a list of places, else nothing."""
    try:
        said = read_foreign(path)
    except CannotTakeIn:
        return ""
    return said.track if said.track == "json" else ""


def _with_clock(found: FoundRecording, part: FoundPart) -> FoundRecording:
    if found.clock is not None:
        return found
    clock, note = phone_clock(part)
    if clock is None:
        return found
    notes = tuple(n for n in found.notes if n.about != "clock")
    return replace(found, clock=clock, notes=(*notes, note))


def phone_clock(part: FoundPart) -> tuple[CameraClock | None, Note]:
    """What name and header say together of when a video began."""
    name = part.path.name
    named = stamp(part.path.stem)
    made = part.probe.container_time
    if named is not None and name.upper().startswith("PXL_"):
        return _clock(named[0]), Note(NoteKind.GUESSED, "clock", f"The name of {name} is taken to state UTC.")
    if named is not None and made is not None:
        zone, off = min((_zone(made - named[0]), _zone(made - part.probe.duration - named[0])), key=lambda z: abs(z[1]))
        if abs(off) <= _AGREES and abs(zone) <= _WIDEST:
            hours = f"UTC{-zone / 3600 / SECOND:+g} h"
            text = f"The name and the header of {name} agree on the time, if the phone stood at {hours}."
            return _clock(Utc(named[0] + zone)), Note(NoteKind.GUESSED, "clock", text)
    if made is not None and part.probe.make.lower() == "apple":
        return _clock(made), Note(NoteKind.GUESSED, "clock", f"The header of {name} is believed: phones state UTC.")
    if named is not None and made is None:
        text = f"Only the name of {name} says when, in the phone’s local time; it is read as UTC."
        unsure = Micros(4 * 3600 * SECOND)
        return CameraClock(named[0], ClockSource.CONTAINER, unsure), Note(NoteKind.GUESSED, "clock", text)
    return None, Note(NoteKind.MISSING, "clock", "")


def _clock(start: Utc) -> CameraClock:
    return CameraClock(start, ClockSource.CONTAINER, BY_NETWORK)


def _zone(apart: int) -> tuple[int, int]:
    """A difference as whole quarters of an hour and what is left of it."""
    zone = round(apart / _QUARTER) * _QUARTER
    return zone, apart - zone
