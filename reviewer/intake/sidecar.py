"""`<name>.camera.json`: what a dock writes beside the footage of one recording.

{officer, badge, device {make, model, serial}, clock {source, started_at, uncertainty_us, checked_offset_us},
parts [{file, started_at}], stills [{file, taken_at}], tracks [{file, format}], buffer {seconds, silent}, incidents [],
event_type, stop_reason}. Every member may be missing. Times are RFC 3339 by the camera's own clock; `checked_offset_us`
is what the dock found must be added to that clock. Files lie in the sidecar's own folder. Where `parts` is left out,
the footage of the same name is meant.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.codec import decode
from reviewer.domain.errors import MalformedDocument, UnreadableMedia
from reviewer.domain.picture import Basis
from reviewer.domain.recording import SIGNED_SOURCES, Buffer, ClockSource, Device, Kind
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.intake.base import (
    FOOTAGE,
    SIDECAR,
    START,
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

_LARGEST = 1_000_000
_NEXT = "Fetch the recording again from the dock, or move this file away to take the footage in without it."
_CENTURY = 3_155_760_000 * SECOND


def _possible(instant: Utc | None) -> None:
    """A clock that was never set may show 1970; what it cannot show is the past before it or the next century."""
    if instant is not None and not 0 <= instant <= 130 * _CENTURY // 100:
        raise ValueError("has an impossible year")


@dataclass(frozen=True, slots=True)
class SidecarClock:
    source: str = ""
    started_at: Utc | None = None
    uncertainty_us: Micros = START
    checked_offset_us: Micros | None = None

    def __post_init__(self) -> None:
        _possible(self.started_at)
        if abs(self.uncertainty_us) > _CENTURY or abs(self.checked_offset_us or 0) > _CENTURY:
            raise ValueError("is off by more than a century")


@dataclass(frozen=True, slots=True)
class SidecarPart:
    file: str
    started_at: Utc | None = None

    def __post_init__(self) -> None:
        _possible(self.started_at)


@dataclass(frozen=True, slots=True)
class SidecarStill:
    file: str
    taken_at: Utc | None = None

    def __post_init__(self) -> None:
        _possible(self.taken_at)


@dataclass(frozen=True, slots=True)
class SidecarTrack:
    file: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class SidecarBuffer:
    seconds: int
    silent: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.seconds <= 86_400:
            raise ValueError("is not between none and a day")


@dataclass(frozen=True, slots=True)
class Sidecar:
    officer: str = ""
    badge: str = ""
    device: Device | None = None
    clock: SidecarClock | None = None
    parts: tuple[SidecarPart, ...] = ()
    stills: tuple[SidecarStill, ...] = ()
    tracks: tuple[SidecarTrack, ...] = ()
    buffer: SidecarBuffer | None = None
    incidents: tuple[str, ...] = ()
    event_type: str = ""
    stop_reason: str | None = None


def find(pile: Pile) -> list[FoundRecording]:
    """The recordings that sidecars describe. Footage whose sidecar cannot be read is held back, and said so."""
    found = []
    for path in pile.left((SIDECAR,)):
        before = set(pile.files) - {path}
        try:
            found.append(_recording(pile, path, read_sidecar(path)))
            pile.take(path)
        except (CannotTakeIn, UnreadableMedia) as error:
            pile.refuse(path, error)
            for each in pile.left((*FOOTAGE, *TRACKS, *STILLS)):
                if _same_name(stem(each), stem(path)):
                    pile.take(each)
            refused = {r.path for r in pile.refused}
            for each in sorted(before - set(pile.files) - refused):  # what it had named already waits too
                pile.put_aside(each, f"it waits for {path.name}")
    return found


def _same_name(file: str, sidecar: str) -> bool:
    """`b2.mp4` and `b2_part1.mp4` are B2's, `b21.mp4` is not."""
    return file == sidecar or (file.startswith(sidecar) and file[len(sidecar)] in "_-. ")


def read_sidecar(path: Path) -> Sidecar:
    """Raises CannotTakeIn: not readable, not JSON, or not of this shape."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as refused:
        raise CannotTakeIn(f"{path.name} cannot be read: {refused.strerror or 'the disk refuses'}.", _NEXT) from refused
    if len(data) > _LARGEST:
        raise CannotTakeIn(f"{path.name} is too large for a camera’s sidecar.", _NEXT)
    try:
        return decode(Sidecar, json.loads(data.decode("utf-8-sig"), parse_float=_whole))
    except MalformedDocument as wrong:
        where = wrong.message.partition(": Sidecar")[2]
        member = where[1:] if where.startswith(".") else f"the whole{where}"
        raise CannotTakeIn(f"{path.name} is not as cameras write it: {member}", _NEXT) from wrong
    except (ValueError, RecursionError) as wrong:
        line = f" (line {wrong.lineno})" if isinstance(wrong, json.JSONDecodeError) else ""
        raise CannotTakeIn(f"{path.name} is not valid JSON{line}.", _NEXT) from wrong


def names(sidecar: Sidecar) -> set[str]:
    """Every file that the sidecar speaks of."""
    named = (sidecar.parts, sidecar.stills, sidecar.tracks)
    return {each.file for files in named for each in files}


def _whole(text: str) -> int | float:
    """30.0 is as whole as 30; anything else stays what it is, and is refused where a whole number belongs."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _recording(pile: Pile, path: Path, sidecar: Sidecar) -> FoundRecording:
    notes: list[Note] = []
    parts = _parts(pile, path, sidecar, notes)
    if not parts:
        raise CannotTakeIn(f"None of the footage that {path.name} describes can be taken in.", _NEXT)
    stills = _stills(pile, path, sidecar, notes)
    tracks = _tracks(pile, path, sidecar, notes)
    if any(part.probe.gpmf for part in parts):
        tracks = (*tracks, FoundTrack("gpmf"))
    for part in parts:
        notes.extend(notes_on_part(part))
    clock = _clock(sidecar)
    _say(notes, path, "officer", sidecar.officer or sidecar.badge)
    _say(notes, path, "device", sidecar.device.model if sidecar.device else "")
    _say(notes, path, "clock", "stated" if clock else "")
    return FoundRecording(
        name=path.name[: -len(SIDECAR)],
        kind=Kind.VIDEO if any(p.probe.has_video for p in parts) else Kind.AUDIO,
        parts=parts,
        tracks=tracks,
        stills=stills,
        source="dock sidecar",
        device=sidecar.device,
        officer=sidecar.officer or None,
        badge=sidecar.badge or None,
        clock=clock,
        buffer=Buffer(Micros(sidecar.buffer.seconds * SECOND), sidecar.buffer.silent) if sidecar.buffer else None,
        incidents=sidecar.incidents,
        event_type=sidecar.event_type,
        stop=sidecar.stop_reason,
        notes=tuple(notes),
    )


def _say(notes: list[Note], path: Path, about: str, value: str) -> None:
    if value:
        notes.append(Note(NoteKind.FOUND, about, f"The {about} is as {path.name} states."))
    else:
        notes.append(Note(NoteKind.MISSING, about, f"{path.name} states no {about}."))


def _beside(path: Path, name: str) -> Path:
    """A file that the sidecar names, in its own folder. Raises CannotTakeIn for a way out of it."""
    if not name or name in (".", "..") or any(c in name for c in "/\\\0"):
        raise CannotTakeIn(f"{path.name} names a file outside its folder.", _NEXT)
    return path.parent / name


def _parts(pile: Pile, path: Path, sidecar: Sidecar, notes: list[Note]) -> tuple[FoundPart, ...]:
    listed = [(_beside(path, p.file), p.started_at) for p in sidecar.parts]
    if not listed:
        same = [f for f in pile.left(FOOTAGE) if stem(f) == stem(path)]
        listed = [(f, None) for f in same[:1]]
    start = _started_at(sidecar)
    found: list[FoundPart] = []
    for number, (file, began) in enumerate(listed, 1):
        if not file.exists():
            text = f"Part {number} ({file.name}) is named in {path.name} and is not here."
            notes.append(Note(NoteKind.MISSING, "parts", text))
            pile.refuse(file, CannotTakeIn(text, "Fetch it again from the dock."))
            continue
        if pile.taken(file):
            raise CannotTakeIn(f"{path.name} names {file.name}, which is part of something else already.", _NEXT)
        offset = _offset(began, start, found)
        if offset is None:
            raise CannotTakeIn(f"{path.name} does not say clearly when part {number} began.", _NEXT)
        try:
            found.append(pile.part(file, offset))
        except UnreadableMedia as error:
            notes.append(Note(NoteKind.MISSING, "parts", error.message))
            pile.refuse(file, error)
    return tuple(found)


def _started_at(sidecar: Sidecar) -> Utc | None:
    """What the camera's own clock showed at the beginning of the recording."""
    first = sidecar.parts[0].started_at if sidecar.parts else None
    return first if first is not None else sidecar.clock.started_at if sidecar.clock else None


def _offset(began: Utc | None, start: Utc | None, before: list[FoundPart]) -> Micros | None:
    if began is not None and start is not None and began >= start:
        return Micros(began - start)
    if not before and began is None:
        return START
    return None


def _clock(sidecar: Sidecar) -> CameraClock | None:
    start = _started_at(sidecar)
    if start is None:
        return None
    stated = sidecar.clock or SidecarClock()
    source = {s.value: s for s in SIGNED_SOURCES}.get(stated.source, ClockSource.CONTAINER)
    if stated.checked_offset_us is not None:
        source = ClockSource.MANIFEST
    elif source is ClockSource.MANIFEST:
        source = ClockSource.CONTAINER  # without the offset that the dock measured, nobody compared anything
    return CameraClock(start, source, Micros(abs(stated.uncertainty_us)), stated.checked_offset_us)


def _stills(pile: Pile, path: Path, sidecar: Sidecar, notes: list[Note]) -> tuple[FoundStill, ...]:
    found = []
    for each in sidecar.stills:
        file = _beside(path, each.file)
        if not file.exists():
            notes.append(Note(NoteKind.MISSING, "stills", f"{file.name} is named in {path.name} and is not here."))
            continue
        found.append(_still(pile, file, each.taken_at, notes))
        pile.take(file)
    return tuple(found)


def _still(pile: Pile, file: Path, taken_at: Utc | None, notes: list[Note]) -> FoundStill:
    picture = pile.look_at(file)
    if taken_at is not None:
        return FoundStill(file, taken_at, picture=picture)
    if picture.basis in (Basis.OFFSET, Basis.ZONE) and picture.taken_at is not None:
        notes.append(Note(NoteKind.GUESSED, "stills", f"{file.name}: its own header says when it was taken."))
        return FoundStill(file, picture.taken_at, picture=picture)
    notes.append(Note(NoteKind.GUESSED, "stills", f"{file.name}: when it was last written stands for its time."))
    return FoundStill(file, written_at(file), guessed=True, picture=picture)


def _tracks(pile: Pile, path: Path, sidecar: Sidecar, notes: list[Note]) -> tuple[FoundTrack, ...]:
    found = []
    for each in sidecar.tracks:
        file = _beside(path, each.file)
        if not file.exists():
            notes.append(Note(NoteKind.MISSING, "tracks", f"{file.name} is named in {path.name} and is not here."))
            continue
        pile.take(file)
        found.append(FoundTrack(each.format or TRACKS.get(file.suffix.lower(), ""), file))
    beside = tracks_beside(pile, path)
    notes.extend(
        Note(NoteKind.GUESSED, "tracks", f"{t.path.name} is taken for its track by its name.") for t in beside if t.path
    )
    return (*found, *beside)
