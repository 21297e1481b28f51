"""Any camera's files with what lies beside them under the same name: tracks, a JSON of whatever shape; and stills.

Every file of footage that is left is a recording of its own; `recording` also makes one out of several.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.recording import Device, Kind
from reviewer.intake import foreign, still
from reviewer.intake.base import (
    FOOTAGE,
    STILLS,
    TRACKS,
    CannotTakeIn,
    FoundPart,
    FoundRecording,
    FoundTrack,
    Note,
    NoteKind,
    Pile,
    Tree,
    notes_on_part,
    stem,
    tracks_beside,
)


def find(tree: Tree) -> list[FoundRecording]:
    """Every file of footage left is a recording of its own, every still too. Tracks left over are refused."""
    found = []
    for folder in sorted(tree.piles):
        pile = tree.piles[folder]
        held: set[str] = set()  # tracks of footage that is refused wait for it
        for path in pile.left((*FOOTAGE, *STILLS)):
            hints = tree.above(path)
            try:
                if path.suffix.lower() in STILLS:
                    found.append(still.recording(pile, path, hints))
                else:
                    found.append(recording(pile, [pile.part(path)], hints=hints))
            except UnreadableMedia as error:
                pile.refuse(path, error)
                held.add(stem(path))
        for path in pile.left((*TRACKS, ".json")):
            if stem(path) in held:
                pile.put_aside(path, "it waits for its footage")
            elif path.suffix.lower() in TRACKS:
                text = f"{path.name} belongs to no footage here."
                pile.refuse(path, CannotTakeIn(text, "Give it its footage’s name."))
    return found


def recording(
    pile: Pile, parts: Sequence[FoundPart], *, source: str = "files", hints: tuple[str, ...] = ()
) -> FoundRecording:
    """A recording of claimed parts, with what lies beside them."""
    first = parts[0]
    known = first.probe
    notes = [note for part in parts for note in notes_on_part(part)]
    tracks: list[FoundTrack] = [FoundTrack("gpmf")] if any(p.probe.gpmf for p in parts) else []
    said = foreign.Foreign()
    for part in parts:
        tracks += tracks_beside(pile, part.path)
        there = foreign.beside(pile, part.path)
        if there is None:
            continue
        path, words = there
        if words.track:
            tracks.append(FoundTrack(words.track, path))
        else:
            said = said if said.notes else words
    notes += [
        Note(NoteKind.GUESSED, "tracks", f"{t.path.name} is taken for its track by its name.") for t in tracks if t.path
    ]
    notes += _notes(first, said)
    device = said.device or (Device(known.make, known.model) if known.make or known.model else None)
    return FoundRecording(
        name=first.path.stem,
        kind=Kind.VIDEO if known.has_video else Kind.AUDIO,
        parts=tuple(parts),
        tracks=tuple(tracks),
        device=device and _whole(device, first),
        officer=said.officer or None,
        badge=said.badge or None,
        clock=said.clock,
        incidents=said.incidents,
        event_type=said.event_type,
        notes=tuple(notes),
        source=source,
        hints=hints,
    )


def _whole(device: Device, first: FoundPart) -> Device:
    """What a sidecar leaves out of the device, the file itself may say."""
    known = first.probe
    return replace(device, make=device.make or known.make, model=device.model or known.model)


def _notes(first: FoundPart, said: foreign.Foreign) -> list[Note]:
    """What a file says by itself, where nothing beside it says so."""
    name, known = first.path.name, first.probe
    notes = list(said.notes)
    about = {note.about for note in notes if note.kind is not NoteKind.MISSING}
    if not about & {"officer", "badge"}:
        notes.append(Note(NoteKind.MISSING, "officer", f"{name} names no officer."))
    if known.make or known.model:
        notes.append(Note(NoteKind.FOUND, "device", f"The device is as {name} states."))
    elif not about & {"make", "model", "serial"}:
        notes.append(Note(NoteKind.MISSING, "device", f"{name} does not say what camera wrote it."))
    if said.clock is None:
        if known.container_time is not None:
            text = f"{name} states when it was made, a hint that may be hours off."
        else:
            text = f"Only when {name} was last written says when it was recorded."
        notes.append(Note(NoteKind.GUESSED, "clock", text))
    return notes
