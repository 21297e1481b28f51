"""Where a person left each case: the instant, the cameras, the layout. A file of their own in the workspace.

Nothing here is evidence: what was watched stands in the log. So a damaged file costs a place, no more; it is kept aside
and said.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.codec import decode, encode
from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.lens import CameraLens
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services.disk import disk_error, write_atomically
from reviewer.services.workspace import UserRoom


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """One recording in the mix: `on` it is heard, unless others are `solo` and it is not; `percent` 100 is as it was
    recorded, 0 to 200."""

    recording: str
    percent: int = 100
    on: bool = False
    solo: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """How a case stood when it was left. `cameras` are the recordings shown, in their order on the wall, `focus` the
    big one, `listen` the first that is heard (what files of the first release have instead of `levels`). `rate_milli`
    1000 is 1x, negative is backwards. `layout` is the wall's own word for it. `loop` is looped; `range` lies between in
    and out, looped or not. `window` is the time that the timeline shows, None for all of it; `film` whether it has a
    filmstrip."""

    at: Utc
    cameras: tuple[str, ...] = ()
    focus: str | None = None
    listen: str | None = None
    layout: str = ""
    rate_milli: int = 1000
    loop: TimeRange | None = None
    range: TimeRange | None = None
    levels: tuple[SoundLevel, ...] = ()
    lenses: tuple[CameraLens, ...] = ()
    window: TimeRange | None = None
    film: bool = False


@dataclass(frozen=True, slots=True)
class _Case:
    case: str
    place: Place


@dataclass(frozen=True, slots=True)
class _File:
    cases: tuple[_Case, ...] = ()
    v: int = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What a person set for transfers: bytes a second, and bytes that may lie on this machine. 0 is no limit."""

    cap: int = 0
    cache: int = 0


def limits_of(room: UserRoom) -> Limits:
    """The limits in this person's preferences, for whoever has no window; none where they cannot be read."""
    with suppress(OSError, ValueError, RecursionError, AttributeError):
        found = json.loads(room.preferences.read_bytes())
        cap, cache = found.get("sync_cap_kb", 0), found.get("cache_limit_gb", 0)
        if isinstance(cap, int) and isinstance(cache, int):
            return Limits(max(0, cap) * 1000, max(0, cache) * 1_000_000_000)
    return Limits()


class Places:
    """One person's places, by case. `problem` says what is wrong with the file, if anything: places then start anew."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem: ReviewerError | None = None
        self._places = self._read()

    @classmethod
    def of(cls, room: UserRoom) -> Places:
        return cls(room.folder / "places.json")

    def get(self, case: str) -> Place | None:
        """Where this case was left; None if it was not, or nobody remembers."""
        return self._places.get(case)

    def set(self, case: str, place: Place) -> None:
        """Remember, whole or not at all. Raises ReviewerError if the disk refuses; what was there before stays."""
        self._write({**self._places, case: place})

    def forget(self, case: str) -> None:
        """Nobody is to know any more where it was left. Raises ReviewerError if the disk refuses."""
        if case in self._places:
            self._write({name: each for name, each in self._places.items() if name != case})

    def _write(self, places: dict[str, Place]) -> None:
        file = _File(tuple(_Case(name, each) for name, each in sorted(places.items())))
        write_atomically(self._path, json.dumps(encode(file), indent=1, ensure_ascii=False).encode())
        self._places = places

    def _read(self) -> dict[str, Place]:
        try:
            file = decode(_File, json.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return {}
        except OSError as wrong:
            self.problem = disk_error(self._path, wrong)
            return {}
        except (ValueError, RecursionError, MalformedDocument):
            self.problem = self._set_aside()
            return {}
        return {each.case: each.place for each in file.cases}

    def _set_aside(self) -> ReviewerError:
        kept = self._path.with_name(f"{self._path.name}.damaged")
        try:
            self._path.replace(kept)
        except OSError as wrong:
            return disk_error(self._path, wrong)
        return ReviewerError("Where you left each case cannot be read.", f"The damaged file is kept as {kept.name}.")
