"""Still images on their own: each is a recording of kind STILL, with the time and place that its EXIF states."""

from __future__ import annotations

from pathlib import Path

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.picture import Basis, Picture
from reviewer.domain.recording import ClockSource, Device, Kind
from reviewer.intake.base import FoundRecording, FoundStill, Note, NoteKind, Pile, written_at
from reviewer.intake.exif import PICTURES

_WORDS = {
    Basis.OFFSET: "{name} states its camera’s time and zone; nobody compared that clock with another.",
    Basis.ZONE: "{name} states its camera’s time; the zone is worked out from the GPS time beside it.",
    Basis.GPS: "{name} states only when GPS last had a fix, which may be older than the picture.",
    Basis.LOCAL: "{name} states its camera’s local time and no zone: it may be hours off.",
    Basis.NONE: "Only when {name} was last written says when it was taken.",
}


def picture_of(pile: Pile, path: Path) -> Picture:
    """What a picture says of itself. Raises UnreadableMedia if it is none, or cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as refused:
        what = refused.strerror or "the disk refuses"
        raise UnreadableMedia(f"{path.name} cannot be read: {what}.", "Check the disk and your rights.") from refused
    if not head:
        raise UnreadableMedia(f"{path.name} is empty.", "Fetch it again from the camera.")
    if not head.startswith(PICTURES):  # a text file named .jpg is none
        raise UnreadableMedia(f"{path.name} is not a picture this program can read.", "Leave it out.")
    return pile.look_at(path)


def recording(pile: Pile, path: Path, hints: tuple[str, ...] = ()) -> FoundRecording:
    """A still by itself, claimed. Raises UnreadableMedia, and then it is unclaimed."""
    picture = picture_of(pile, path)
    notes = [Note(NoteKind.MISSING, "officer", f"{path.name} names no officer.")]
    found_or = NoteKind.FOUND if picture.basis is Basis.OFFSET else NoteKind.GUESSED
    notes.append(Note(found_or, "clock", _WORDS[picture.basis].format(name=path.name)))
    if picture.damaged:
        notes.append(Note(NoteKind.MISSING, "clock", f"The headers of {path.name} are damaged or missing."))
    if picture.lat is not None:
        notes.append(Note(NoteKind.FOUND, "place", f"{path.name} states where it was taken."))
    known = picture.make or picture.model
    if known:
        notes.append(Note(NoteKind.FOUND, "device", f"The device is as {path.name} states."))
    still = FoundStill(path, picture.taken_at or written_at(path), picture.taken_at is None, picture)
    pile.take(path)
    return FoundRecording(
        path.stem,
        Kind.STILL,
        (),
        stills=(still,),
        device=Device(picture.make, picture.model, picture.serial) if known else None,
        clock=clock_of(picture),
        notes=tuple(notes),
        hints=hints,
    )


def clock_of(picture: Picture) -> CameraClock | None:
    """A picture's own word on its clock; None if it has none."""
    if picture.taken_at is None:
        return None
    source = ClockSource.GPS if picture.basis is Basis.GPS else ClockSource.CONTAINER
    return CameraClock(picture.taken_at, source, picture.uncertainty)
