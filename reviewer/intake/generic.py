"""Any camera's files with nothing beside them but tracks of the same name, and still images on their own."""

from __future__ import annotations

from pathlib import Path

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.recording import Device, Kind
from reviewer.intake.base import (
    FOOTAGE,
    STILLS,
    TRACKS,
    CannotTakeIn,
    FoundPart,
    FoundRecording,
    FoundStill,
    FoundTrack,
    Note,
    NoteKind,
    Pile,
    notes_on_part,
    stem,
    tracks_beside,
    written_at,
)

# First bytes of the formats that stills come in: a text file named .jpg is no picture.
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def find(pile: Pile) -> list[FoundRecording]:
    """Every file of footage left is a recording of its own, every still too. Tracks left over are refused."""
    found = []
    held: set[str] = set()  # tracks of footage that is refused wait for it
    for path in pile.left(FOOTAGE):
        try:
            found.append(_recording(pile, pile.part(path)))
        except UnreadableMedia as error:
            pile.refuse(path, error)
            held.add(stem(path))
    for path in pile.left(STILLS):
        try:
            found.append(_still(path))
            pile.take(path)
        except UnreadableMedia as error:
            pile.refuse(path, error)
    for path in pile.left(TRACKS):
        if stem(path) not in held:
            pile.refuse(path, CannotTakeIn(f"{path.name} belongs to no footage here.", "Give it its footage’s name."))
    return found


def _recording(pile: Pile, part: FoundPart) -> FoundRecording:
    name, known = part.path.name, part.probe
    notes = notes_on_part(part)
    notes.append(Note(NoteKind.MISSING, "officer", f"{name} names no officer."))
    if known.make or known.model:
        notes.append(Note(NoteKind.FOUND, "device", f"The device is as {name} states."))
    else:
        notes.append(Note(NoteKind.MISSING, "device", f"{name} does not say what camera wrote it."))
    if known.container_time is not None:
        notes.append(Note(NoteKind.GUESSED, "clock", f"{name} states when it was made, a hint that may be hours off."))
    else:
        notes.append(Note(NoteKind.GUESSED, "clock", f"Only when {name} was last written says when it was recorded."))
    tracks = tracks_beside(pile, part.path)
    notes.extend(
        Note(NoteKind.GUESSED, "tracks", f"{t.path.name} is taken for its track by its name.") for t in tracks if t.path
    )
    return FoundRecording(
        name=part.path.stem,
        kind=Kind.VIDEO if known.has_video else Kind.AUDIO,
        parts=(part,),
        tracks=((FoundTrack("gpmf"),) if known.gpmf else ()) + tracks,
        device=Device(known.make, known.model) if known.make or known.model else None,
        notes=tuple(notes),
    )


def _still(path: Path) -> FoundRecording:
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as refused:
        what = refused.strerror or "the disk refuses"
        raise UnreadableMedia(f"{path.name} cannot be read: {what}.", "Check the disk and your rights.") from refused
    if not head:
        raise UnreadableMedia(f"{path.name} is empty.", "Fetch it again from the camera.")
    if not head.startswith(_MAGIC):
        raise UnreadableMedia(f"{path.name} is not a picture this program can read.", "Leave it out.")
    notes = (
        Note(NoteKind.MISSING, "officer", f"{path.name} names no officer."),
        Note(NoteKind.GUESSED, "clock", f"Only when {path.name} was last written says when it was taken."),
    )
    still = FoundStill(path, written_at(path), guessed=True)
    return FoundRecording(path.stem, Kind.STILL, (), stills=(still,), notes=notes)
