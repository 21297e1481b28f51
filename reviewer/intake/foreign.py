"""A JSON file beside footage, of a shape that nobody here knows: what it says beyond doubt, and what had to be guessed.

Names of members are compared without case, spaces and punctuation, wherever they stand in the first three levels. A
member that is there twice with different values says nothing. A time with an offset is a time; one without, or a bare
number, is a guess and is marked as one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from reviewer.domain.camera_clock import CameraClock
from reviewer.domain.recording import ClockSource, Device
from reviewer.domain.timebase import SECOND, Micros, Utc, from_datetime, parse_rfc3339
from reviewer.intake.base import CannotTakeIn, Note, NoteKind, Pile, stem

_LARGEST = 16 << 20  # a shift's positions in JSON take a few MB
_DEEPEST = 3
_LONGEST = 100
_UNSURE = Micros(4 * 3600 * SECOND)
_STATED = Micros(60 * SECOND)
_NEXT = "Move this file away to take the footage in without it."
# What a member is taken for, by its name; the second of each pair says whether that is a guess.
_NAMES: dict[str, tuple[str, bool]] = {
    **dict.fromkeys(("officer", "officername"), ("officer", False)),
    **dict.fromkeys(("user", "username", "owner", "operator", "recordedby"), ("officer", True)),
    **dict.fromkeys(("badge", "badgenumber", "badgeid", "badgeno"), ("badge", False)),
    **dict.fromkeys(("employeeid", "officerid", "userid"), ("badge", True)),
    **dict.fromkeys(("make", "manufacturer"), ("make", False)),
    **dict.fromkeys(("model", "cameramodel", "devicemodel"), ("model", False)),
    **dict.fromkeys(("serial", "serialnumber", "deviceserial", "cameraserial"), ("serial", False)),
    **dict.fromkeys(("deviceid", "cameraid"), ("serial", True)),
    **dict.fromkeys(("incident", "incidents", "incidentnumber", "incidentid"), ("incidents", False)),
    **dict.fromkeys(("casenumber", "caseid", "eventnumber", "cadnumber", "cad"), ("incidents", True)),
    **dict.fromkeys(("eventtype", "category"), ("event type", False)),
    **dict.fromkeys(("starttime", "startedat", "recordingstart", "starttimeutc", "starttimeiso"), ("clock", False)),
}
_WORDS = {
    "officer": "officer",
    "badge": "badge",
    "serial": "device’s serial number",
    "incidents": "incident number",
    "event type": "event type",
    "make": "device",
    "model": "device",
}


@dataclass(frozen=True, slots=True)
class Foreign:
    """What was read; empty where the file is silent. `track` names a format of `tracks/` if it is a list of places."""

    officer: str = ""
    badge: str = ""
    device: Device | None = None
    clock: CameraClock | None = None
    incidents: tuple[str, ...] = ()
    event_type: str = ""
    track: str = ""
    notes: tuple[Note, ...] = ()


def beside(pile: Pile, footage: Path) -> tuple[Path, Foreign] | None:
    """The JSON that lies beside footage under its name (`a.json` or `a.mp4.json` of `a.mp4`), claimed; None if there
    is none. One that is no JSON is refused, and the footage is taken in without it."""
    names = (stem(footage), footage.name.lower())
    for path in pile.left((".json",)):
        if stem(path) in names:
            try:
                found = read_foreign(path)
            except CannotTakeIn as error:
                pile.refuse(path, error)
                return None
            pile.take(path)
            return path, found
    return None


def read_foreign(path: Path) -> Foreign:
    """Raises CannotTakeIn if the file is no JSON object or list."""
    whole = read_json(path)
    if isinstance(whole, dict) and "CoordinateEntries" in whole:
        return Foreign(track="axis_gnss")
    if _is_places(whole) or (isinstance(whole, dict) and any(map(_is_places, whole.values()))):
        return Foreign(track="json")
    said: dict[str, list[tuple[str, Any, bool]]] = {}
    for name, value in _members(whole, 1):
        known = _NAMES.get(re.sub(r"[^a-z0-9]", "", name.lower()))
        if known is not None and value not in (None, "", []) and not isinstance(value, dict):
            said.setdefault(known[0], []).append((name, value, known[1]))
    return _Said(path, said).read()


def read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Raises CannotTakeIn."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as refused:
        what = refused.strerror or "the disk refuses"
        raise CannotTakeIn(f"{path.name} cannot be read: {what}.", "Check the disk and your rights.") from refused
    if len(data) > _LARGEST:
        raise CannotTakeIn(f"{path.name} is too large for a sidecar.", _NEXT)
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise CannotTakeIn(f"{path.name} is not valid JSON.", _NEXT) from wrong


def _members(value: Any, depth: int) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    if not isinstance(value, dict) or depth > _DEEPEST:
        return
    for name, each in value.items():
        yield name, each
        yield from _members(each, depth + 1)


def _is_places(value: Any) -> bool:  # noqa: ANN401
    """A list whose first entry has a latitude and a longitude."""
    first = value[0] if isinstance(value, list) and value else None
    names = {str(k).lower() for k in first} if isinstance(first, dict) else set()
    return bool(names & {"lat", "latitude"}) and bool(names & {"lon", "lng", "long", "longitude"})


class _Said:
    """What a file says, member by member, with a note each."""

    def __init__(self, path: Path, said: dict[str, list[tuple[str, Any, bool]]]) -> None:
        self._file = path.name
        self._said = said
        self._notes: list[Note] = []

    def read(self) -> Foreign:
        device = Device(self._text("make"), self._text("model"), self._text("serial"))
        return Foreign(
            officer=self._text("officer"),
            badge=self._text("badge"),
            device=device if device.make or device.model or device.serial else None,
            clock=self._clock(),
            incidents=self._list("incidents"),
            event_type=self._text("event type"),
            notes=tuple(self._notes),
        )

    def _one(self, what: str) -> tuple[str, Any, bool] | None:
        """The one thing that is said of this. A name that leaves no doubt goes before one that is taken for it."""
        every = self._said.get(what, [])
        sure = [each for each in every if not each[2]] or every
        if sure and any(each[1] != sure[0][1] for each in sure):
            text = f"{self._file} names more than one {_WORDS.get(what, what)}."
            self._notes.append(Note(NoteKind.MISSING, what, text))
            return None
        return sure[0] if sure else None

    def _note(self, what: str, name: str, guess: bool) -> None:
        if guess:
            text = f"“{name}” in {self._file} is taken for the {_WORDS.get(what, what)}."
            self._notes.append(Note(NoteKind.GUESSED, what, text))
        else:
            text = f"The {_WORDS.get(what, what)} is as {self._file} states."
            self._notes.append(Note(NoteKind.FOUND, what, text))

    def _text(self, what: str) -> str:
        found = self._one(what)
        text = _plain(found[1]) if found is not None else ""
        if found is not None and text:
            self._note(what, found[0], found[2])
        return text

    def _list(self, what: str) -> tuple[str, ...]:
        found = self._one(what)
        if found is None:
            return ()
        values = found[1] if isinstance(found[1], list) else [found[1]]
        texts = tuple(dict.fromkeys(text for text in map(_plain, values[:50]) if text))
        if texts:
            self._note(what, found[0], found[2])
        return texts

    def _clock(self) -> CameraClock | None:
        found = self._one("clock")
        if found is None:
            return None
        start, uncertainty, how = _instant(found[1])
        if start is None:
            text = f"“{found[0]}” in {self._file} is no time that can be read."
            self._notes.append(Note(NoteKind.MISSING, "clock", text))
            return None
        kind = NoteKind.GUESSED if how else NoteKind.FOUND
        text = f"The start is as {self._file} states{how and f', {how}'}; nobody compared that clock with another."
        self._notes.append(Note(kind, "clock", text))
        return CameraClock(start, ClockSource.CONTAINER, uncertainty)


def _plain(value: Any) -> str:  # noqa: ANN401
    """A short text or a whole number, as a text."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value).strip() if not isinstance(value, int) or abs(value) < 1e18 else ""
    return text if len(text) <= _LONGEST and text.isprintable() else ""


def _instant(value: Any) -> tuple[Utc | None, Micros, str]:  # noqa: ANN401
    """The time, how far it may be off, and what was guessed."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 1e9 <= value < 1e10:
            return Utc(round(value * SECOND)), _STATED, "a number taken for seconds since 1970"
        if 1e12 <= value < 1e13:
            return Utc(round(value * 1000)), _STATED, "a number taken for milliseconds since 1970"
        return None, _UNSURE, ""
    text = value if isinstance(value, str) and len(value) <= _LONGEST else ""
    try:
        return _likely(parse_rfc3339(text)), _STATED, ""
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(f"{text}+00:00")
    except ValueError:
        return None, _UNSURE, ""
    return _likely(from_datetime(moment)), _UNSURE, "without a zone, read as UTC"


def _likely(instant: Utc) -> Utc | None:
    """A recording was made between 1990 and 2100, or its clock was never set."""
    return instant if 631_152_000 * SECOND <= instant < 4_102_444_800 * SECOND else None
