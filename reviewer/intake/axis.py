"""Recordings as an Axis body-worn system leaves them with its content destination: one folder (container) a recording.

```
<UserID>_<BWCSerialNumber>_<TriggerOnTime YYYYMMDDTHHMMSSZ>/
    <StartTime>_<RecordingID>.mkv | .mp4        clips          <StartTime>_<RecordingID>.key    if they are encrypted
    <date>_<time>_<id>_<bwcid>_gpstrail.json    where          bookmark_<Timestamp>_<ID>        free text
    <container>.metadata.json, <container>.<object>.metadata.json                               what was said of each
Users/Users.<UserID>.metadata.json, Devices/Devices.<BWCSerialNumber>.metadata.json             names
RejectedContent_<time>_<uuid>/                                                                  what was refused before
```
Follows the README of Axis's public Body Worn Content Destination API (container, object and location metadata, rejected
content, encryption), and for where metadata lie on a disk its EXAMPLE.md's service. Names of members are compared
without case: they travel as HTTP headers. Epochs and times are UTC; `StartTime` counts with the pre-buffer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.errors import ReviewerError, UnreadableMedia
from reviewer.domain.recording import Buffer, ClockSource, Device, Kind
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339
from reviewer.intake.base import (
    START,
    CannotTakeIn,
    FoundPart,
    FoundRecording,
    FoundTrack,
    Note,
    NoteKind,
    Pile,
    Tree,
    notes_on_part,
)
from reviewer.intake.foreign import read_json

CLIPS = (".mkv", ".mp4")
META = ".metadata.json"
TRAIL = "_gpstrail.json"
SET_AT_DOCKING = Micros(5 * SECOND)
"""How far a clock may drift that was set over the network when the camera was last docked. Nobody compared it since."""
_CONTAINER = re.compile(r"(?P<user>[^_]+)_(?P<bwc>[^_]+)_(?P<on>\d{8}T\d{6}Z)")
_REJECTED = re.compile(r"RejectedContent_(\d{8}T\d{6}Z|UnknownTime)_.+")
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)[T_-]?(\d\d)(\d\d)(\d\d)Z?")
_LATEST = 4_102_444_800  # 2100
_LONGEST_BUFFER = 3600 * SECOND
_LONGEST_TEXT = 200
Meta = Mapping[str, str]


def is_container(folder: Path) -> bool:
    """Whether a folder's name is that of a recording's container."""
    return bool(_CONTAINER.fullmatch(folder.name) or _REJECTED.fullmatch(folder.name))


def registers(account: Path) -> list[Path]:
    """The files that name users and devices, in the folder that the containers lie in."""
    return [f for kind in ("Users", "Devices") for f in (account / kind).glob(f"{kind}.*{META}") if f.is_file()]


def find(tree: Tree) -> list[FoundRecording]:
    """One recording a container that has clips. What its system said of users and devices is read and put aside."""
    named = _Names(tree)
    found = []
    for folder in sorted(tree.piles):
        pile = tree.piles[folder]
        if not is_container(folder) or not pile.left(CLIPS):
            continue
        try:
            found.append(_Container(pile, named).recording())
        except ReviewerError as error:
            for path in pile.left(CLIPS):
                pile.refuse(path, error)
        for path in list(pile.files):
            pile.put_aside(path, "it goes with the recording of its folder")
    if found:
        named.put_aside()
    return found


# -- what is said beside -----------------------------------------------------------------------------------------------


def read_meta(path: Path) -> Meta:
    """Member names in lower case and values as texts. Raises CannotTakeIn for what is no JSON object."""
    whole = read_json(path)
    if not isinstance(whole, dict):
        raise CannotTakeIn(f"{path.name} is not as an Axis system writes it.", "Fetch it again from the system.")
    return {str(k).lower().replace("-", ""): _words(v) for k, v in whole.items()}


def _words(value: Any) -> str:  # noqa: ANN401 - whatever the file holds
    text = unquote(value) if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    text = text.strip()
    return text if text.isprintable() and len(text) <= _LONGEST_TEXT else ""


def instant(meta: Meta, name: str) -> Utc | None:
    """`<name>ISO` (RFC 3339), else `<name>` (seconds since 1970; newer systems write RFC 3339 there too)."""
    for said in (meta.get(f"{name}iso", ""), meta.get(name, "")):
        try:
            return _possible(parse_rfc3339(said))
        except ValueError:
            pass
        try:
            return _possible(Utc(round(float(said) * SECOND)))
        except (ValueError, OverflowError):
            pass
    return None


def _possible(at: Utc) -> Utc | None:
    return at if 0 < at < _LATEST * SECOND else None


def stamped(name: str) -> Utc | None:
    """The UTC that a container's or clip's name states, or None."""
    found = _STAMP.match(name)
    try:
        return None if found is None else parse_rfc3339("{}-{}-{}T{}:{}:{}+00:00".format(*found.groups()))
    except ValueError:
        return None


class _Names:
    """What the systems said of users and devices, by account."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._read: set[Path] = set()

    def of(self, account: Path, kind: str, id_: str) -> Meta:
        """Empty where nothing was said."""
        path = account / kind / f"{kind}.{id_}{META}"
        pile = self._tree.piles.get(path.parent)
        if pile is None or (path not in pile.files and not pile.taken(path)):
            return {}
        try:
            meta = read_meta(path)
        except CannotTakeIn:
            return {}
        self._read.add(account)
        return meta

    def put_aside(self) -> None:
        for account in self._read:
            for kind in ("Users", "Devices", "System"):
                pile = self._tree.piles.get(account / kind)
                for path in list(pile.files) if pile is not None else ():
                    self._tree.pile(path).put_aside(path, "what the system says of its users and devices")


# -- one container -----------------------------------------------------------------------------------------------------


@dataclass
class _Container:
    pile: Pile
    named: _Names
    notes: list[Note] = field(default_factory=list)

    def recording(self) -> FoundRecording:
        """Raises ReviewerError if none of it can be taken in."""
        folder = self.pile.folder
        meta = self._meta(folder.name)
        name = _CONTAINER.fullmatch(meta.get("rejectedcontentoriginalcontainer", "") or folder.name)
        user = meta.get("userid") or (name["user"] if name else "")
        serial = meta.get("bwcserialnumber") or (name["bwc"] if name else "")
        self._check_complete(meta)
        pressed = instant(meta, "triggerontime") or (stamped(name["on"]) if name else None)
        start = instant(meta, "starttime")
        parts, start = self._parts(start, pressed)
        tracks = self._trails()
        known = self.named.of(folder.parent, "Users", user)
        device = self.named.of(folder.parent, "Devices", serial)
        self._say(known, user, meta)
        return FoundRecording(
            name=folder.name,
            kind=Kind.VIDEO if any(p.probe.has_video for p in parts) else Kind.AUDIO,
            parts=parts,
            tracks=tracks,
            device=Device("Axis", meta.get("bwcmodel") or device.get("model", ""), serial),
            officer=known.get("name") or None,
            badge=known.get("userid") or None,
            clock=CameraClock(start, ClockSource.CONTAINER, SET_AT_DOCKING) if start is not None else None,
            buffer=self._buffer(start, pressed),
            event_type=self._bookmarks(),
            stop=meta.get("triggeroff") or None,
            notes=tuple(self.notes),
            source="Axis",
        )

    def _meta(self, of: str) -> Meta:
        """What was said of the container, or of one of its objects."""
        path = self.pile.folder / f"{of}{META}"
        if path not in self.pile.files:
            return {}
        try:
            return read_meta(path)
        except CannotTakeIn as wrong:
            self.notes.append(Note(NoteKind.MISSING, "parts", wrong.message))
            return {}

    def _check_complete(self, meta: Meta) -> None:
        status = meta.get("status", "").lower()
        if status == "transferring":
            raise CannotTakeIn(
                f"{self.pile.folder.name} is still being transferred.",
                "Take it in when its system is done with it.",
            )
        if status != "complete" and not (self.pile.folder / "complete").exists():
            text = "Nothing says that its system had transferred all of it."
            self.notes.append(Note(NoteKind.GUESSED, "parts", text))

    def _parts(self, start: Utc | None, pressed: Utc | None) -> tuple[tuple[FoundPart, ...], Utc | None]:
        """The clips in order of time, and the UTC that their offsets count from."""
        clips = []
        for path in self.pile.left(CLIPS):
            said = self._meta(f"{self.pile.folder.name}.{path.name}")
            clips.append((instant(said, "starttime") or stamped(path.name), path, self._encrypted(path)))
        first = min((at for at, _, _ in clips if at is not None), default=None)
        start = start if start is not None else first if first is not None else pressed
        found: list[FoundPart] = []
        for at, path, encrypted in sorted(clips, key=lambda c: (c[0] is None, c[0] or 0, c[1].name)):
            try:
                found.append(self.pile.part(path, self._offset(path, at, start, found)))
            except UnreadableMedia as wrong:
                error = encrypted or wrong
                self.notes.append(Note(NoteKind.MISSING, "parts", error.message))
                self.pile.refuse(path, error)
        if not found:
            raise CannotTakeIn(f"No clip of {self.pile.folder.name} can be read.", "Fetch it again from the system.")
        self.notes += [note for part in found for note in notes_on_part(part)]
        return tuple(found), start

    def _offset(self, path: Path, at: Utc | None, start: Utc | None, before: list[FoundPart]) -> Micros:
        end = Micros(before[-1].offset + before[-1].probe.duration) if before else START
        if at is None or start is None:
            if before:
                text = f"{path.name} does not say when it began; it is taken to follow the clip before it."
                self.notes.append(Note(NoteKind.GUESSED, "parts", text))
            return end
        # Clips of one recording follow each other; names tell the second only, so less than that is no gap.
        offset = Micros(max(0, at - start))
        near = abs(offset - end) <= 1_500_000 if before else offset < SECOND
        if near:
            return end
        if before and offset > end:
            seconds = (offset - end) / SECOND
            self.notes.append(Note(NoteKind.FOUND, "parts", f"{seconds:.0f} s before {path.name} were not recorded."))
        return offset

    def _encrypted(self, clip: Path) -> CannotTakeIn | None:
        """Why a clip that cannot be read cannot, if its key lies beside it."""
        if not any(key.stem == clip.stem for key in self.pile.left((".key",))):
            return None
        step = "Decrypt it there with the content key, and take in what comes of it."
        return CannotTakeIn(f"{clip.name} is encrypted for the content destination.", step)

    def _trails(self) -> tuple[FoundTrack, ...]:
        found = self.pile.left((TRAIL,))
        for path in found:
            self.pile.take(path)
            self.notes.append(Note(NoteKind.FOUND, "tracks", f"{path.name} is the camera’s own trail."))
        return tuple(FoundTrack("axis_gnss", path) for path in found)

    def _buffer(self, start: Utc | None, pressed: Utc | None) -> Buffer | None:
        if start is None or pressed is None or not SECOND <= pressed - start <= _LONGEST_BUFFER:
            return None
        seconds = (pressed - start) / SECOND
        text = f"It begins {seconds:.0f} s before the button was pressed; nothing says whether with sound."
        self.notes.append(Note(NoteKind.FOUND, "buffer", text))
        return Buffer(Micros(pressed - start), silent=False)

    def _bookmarks(self) -> str:
        """The category that its bookmarks agree on. Their texts are shown now, and are not kept in the store."""
        categories: set[str] = set()
        for path in [f for f in self.pile.files if f.name.startswith("bookmark_") and not f.name.endswith(META)]:
            category = self._meta(f"{self.pile.folder.name}.{path.name}").get("categoryname", "")
            categories |= {category} - {""}
            text = _head(path)
            if text:
                self.notes.append(Note(NoteKind.FOUND, "bookmarks", f"A bookmark, which is not kept, says “{text}”."))
            self.pile.put_aside(path, "a bookmark: read, and not kept")
        if len(categories) == 1:
            self.notes.append(Note(NoteKind.FOUND, "event type", "The event type is its bookmark’s category."))
            return next(iter(categories))
        if categories:
            text = f"Its bookmarks name {len(categories)} categories: {', '.join(sorted(categories))}."
            self.notes.append(Note(NoteKind.MISSING, "event type", text))
        return ""

    def _say(self, known: Meta, user: str, meta: Meta) -> None:
        if known.get("name"):
            self.notes.append(Note(NoteKind.FOUND, "officer", "The officer is as its system names the user."))
        else:
            text = f"Its system names the officer only as user {user[:60]}." if user else "Nobody names the officer."
            self.notes.append(Note(NoteKind.MISSING, "officer", text))
        why = meta.get("rejectedcontentreason")
        if "rejectedcontentoriginalcontainer" in meta or why:
            self.notes.append(Note(NoteKind.FOUND, "parts", f"It was refused before: {why or 'nobody says why'}."))
        self.notes.append(Note(NoteKind.FOUND, "device", "The device is as its system names it."))
        text = "The camera’s clock was set when it was last docked, as that system does; nobody compared it since."
        self.notes.append(Note(NoteKind.GUESSED, "clock", text))


def _head(path: Path) -> str:
    try:
        with path.open("rb") as file:
            text = file.read(4 * _LONGEST_TEXT).decode("utf-8", "replace")
    except OSError:
        return ""
    return "".join(c if c.isprintable() else " " for c in text).strip()[:_LONGEST_TEXT]
