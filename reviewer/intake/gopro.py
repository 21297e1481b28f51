"""GoPro recordings as they lie on the card: no sidecar, GPS inside, long recordings cut into chapters.

Names: GX020123 and GH020123 are chapter 2 of recording 0123 (HEVC, AVC; HERO6 on); GOPR0123, GP010123, GP020123 are
chapters 1, 2, 3 of it on earlier cameras.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.recording import Device, Kind
from reviewer.domain.timebase import Micros
from reviewer.intake.base import (
    FOOTAGE,
    START,
    FoundPart,
    FoundRecording,
    FoundTrack,
    Note,
    NoteKind,
    Pile,
    notes_on_part,
    tracks_beside,
)

_CHAPTER = re.compile(r"(G[A-Z])(\d\d)(\d{4})", re.IGNORECASE)
_FIRST = re.compile(r"GOPR(\d{4})", re.IGNORECASE)


def find(pile: Pile) -> list[FoundRecording]:
    """Files with GoPro metadata inside; chapters of one recording together. Files that cannot be probed are left."""
    groups: dict[tuple[str, str], list[tuple[int, Path]]] = defaultdict(list)
    for path in pile.left(FOOTAGE):
        try:
            known = pile.probe(path)
        except UnreadableMedia:
            continue
        if known.gpmf or known.make == "GoPro":
            recording, chapter = chapter_of(path)
            groups[recording].append((chapter, path))
    found = []
    for run in (run for key in sorted(groups) for run in _runs(sorted(groups[key]))):
        try:
            found.append(_recording(pile, run))
        except UnreadableMedia as gone:
            for _, path in run:
                pile.refuse(path, gone)
    return found


def chapter_of(path: Path) -> tuple[tuple[str, str], int]:
    """(what recording, which chapter from 1). A name that is no chapter's is a recording of its own."""
    name = path.stem
    if match := _FIRST.fullmatch(name):
        return ("GP", match[1]), 1
    if match := _CHAPTER.fullmatch(name):
        family = match[1].upper()
        return (family, match[3]), int(match[2]) + (1 if family == "GP" else 0)
    return ("", path.name), 1


def _runs(chapters: list[tuple[int, Path]]) -> list[list[tuple[int, Path]]]:
    """Chapters that follow each other without one missing; where what follows a missing one belongs nobody knows."""
    runs: list[list[tuple[int, Path]]] = []
    for chapter in chapters:
        if runs and chapter[0] == runs[-1][-1][0] + 1:
            runs[-1].append(chapter)
        else:
            runs.append([chapter])
    return runs


def _recording(pile: Pile, run: list[tuple[int, Path]]) -> FoundRecording:
    parts: list[FoundPart] = []
    notes: list[Note] = []
    offset = START
    for _, path in run:
        part = pile.part(path, offset)
        parts.append(part)
        notes.extend(notes_on_part(part))
        offset = Micros(offset + part.probe.duration)
    first = parts[0]
    notes.extend(_notes(run, first))
    beside = tuple(t for p in parts for t in tracks_beside(pile, p.path))
    inside = (FoundTrack("gpmf"),) if any(p.probe.gpmf for p in parts) else ()
    return FoundRecording(
        name=first.path.stem,
        kind=Kind.VIDEO if first.probe.has_video else Kind.AUDIO,
        parts=tuple(parts),
        tracks=inside + beside,
        device=Device("GoPro", first.probe.model),
        source="GoPro",
        notes=tuple(notes),
    )


def _notes(run: list[tuple[int, Path]], first: FoundPart) -> list[Note]:
    name = first.path.name
    notes = [
        Note(NoteKind.FOUND, "device", f"{name} was written by a GoPro {first.probe.model}".rstrip() + "."),
        Note(NoteKind.MISSING, "officer", f"{name} names no officer."),
    ]
    if first.probe.gpmf:
        notes.append(Note(NoteKind.FOUND, "tracks", f"{name} carries the camera’s own GPS data."))
    if run[0][0] > 1:
        notes.append(Note(NoteKind.MISSING, "parts", f"The chapters before {name} are not here."))
    if len(run) > 1:
        notes.append(Note(NoteKind.GUESSED, "parts", f"{len(run)} chapters follow each other without a gap."))
    return notes
