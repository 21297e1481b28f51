"""A camera on the review screen: its number in this case, its manifest, how much of it is on this machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.ui.widgets import percent

_OFFICER = re.compile(r"(?P<name>(?:\w+\.\s+)?(?P<short>.+?))(?:\s+(?P<badge>\d+))?")


class Standing(StrEnum):
    """Where a part's bytes stand."""

    HERE = "here"
    ABSENT = "absent"
    FETCHING = "fetching"
    QUARANTINED = "quarantined"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PartStanding:
    """While fetching: `fraction` (0–1) of the sealed bytes is here; `left` says how long it still takes, if known."""

    standing: Standing = Standing.HERE
    fraction: float = 0.0
    left: str = ""


class StretchKind(StrEnum):
    FOOTAGE = "footage"
    SILENT_BUFFER = "silent_buffer"
    GAP = "gap"
    NOT_DOWNLOADED = "not_downloaded"
    NOT_ASSIGNED = "not_assigned"
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a lane: what the timeline draws there, and says if there is room."""

    range: TimeRange
    kind: StretchKind
    words: str = ""


@dataclass(frozen=True, slots=True)
class ReviewCamera:
    """`number` is colour, key, chip, lane and marker in one (from 1). `parts` follow the manifest's parts; empty means
    all are here. Someone who is not assigned sees only its times; `shut` is restricted, before a reason is stated."""

    number: int
    manifest: Manifest
    parts: tuple[PartStanding, ...] = ()
    assigned: bool = True
    shut: bool = False

    @property
    def key(self) -> str:
        return self.manifest.recording_id

    @property
    def officer(self) -> str:
        """As the manifest has it, without the badge: "Ofc. A. Niemi"."""
        return self._named("name")

    @property
    def short_name(self) -> str:
        """Without rank and badge, where it is tight: "A. Niemi"."""
        return self._named("short")

    @property
    def badge(self) -> str:
        return self._named("badge")

    def _named(self, what: str) -> str:
        found = _OFFICER.fullmatch(self.manifest.officer.strip())
        return (found[what] or "") if found else (self.manifest.officer if what != "badge" else "")

    @property
    def model(self) -> str:
        return f"{self.manifest.device.make} {self.manifest.device.model}".strip()

    @property
    def range(self) -> TimeRange:
        return self.manifest.range

    def standing(self, part: int) -> PartStanding:
        return self.parts[part] if part < len(self.parts) else PartStanding()

    def part_at(self, instant: Utc) -> int | None:
        """The part that rolls at an instant, None in a gap."""
        ranges = enumerate(p.range for p in self.manifest.parts)
        return next((i for i, each in ranges if instant in each), None)

    def stopped_before(self, instant: Utc) -> Utc | None:
        """When the camera last stopped, at or before an instant."""
        return max((r.end for r in self.manifest.rolling if r.end <= instant), default=None)

    def starts_after(self, instant: Utc) -> Utc | None:
        return min((r.start for r in self.manifest.rolling if r.start > instant), default=None)

    def silent_at(self, instant: Utc) -> bool:
        return self.manifest.silent is not None and instant in self.manifest.silent

    def stretches(self) -> tuple[Stretch, ...]:
        """The whole lane from start to end, in order of time, gaps said."""
        if not self.assigned:
            return (Stretch(self.range, StretchKind.NOT_ASSIGNED, "Not assigned to you"),)
        if self.shut:
            return (Stretch(self.range, StretchKind.NOT_ASSIGNED, "Restricted"),)
        found = [each for i in range(len(self.manifest.parts)) for each in self._of_part(i)]
        rolling = self.manifest.rolling
        for before, after in pairwise(rolling):
            found.append(Stretch(TimeRange(before.end, after.start), StretchKind.GAP, "No footage"))
        return tuple(sorted(found, key=lambda s: s.range))

    def _of_part(self, index: int) -> tuple[Stretch, ...]:
        part, here = self.manifest.parts[index].range, self.standing(index)
        match here.standing:
            case Standing.ABSENT:
                return (Stretch(part, StretchKind.NOT_DOWNLOADED, "Not yet downloaded"),)
            case Standing.FETCHING:
                words = f"Not yet downloaded, {percent(here.fraction)}"
                return (Stretch(part, StretchKind.NOT_DOWNLOADED, words),)
            case Standing.QUARANTINED:
                return (Stretch(part, StretchKind.CORRUPT, f"Part {index + 1} does not match its manifest"),)
            case Standing.UNREADABLE:
                return (Stretch(part, StretchKind.CORRUPT, f"Part {index + 1} cannot be read"),)
        silent = self.manifest.silent.overlap(part) if self.manifest.silent else None
        if silent is None:
            return (Stretch(part, StretchKind.FOOTAGE),)
        buffer = Stretch(silent, StretchKind.SILENT_BUFFER, "Buffer, silent")
        rest = TimeRange(silent.end, part.end)
        return (buffer, Stretch(rest, StretchKind.FOOTAGE)) if rest.duration else (buffer,)


def carrying(cameras: tuple[ReviewCamera, ...]) -> ReviewCamera | None:
    """The camera whose clock is the least certain: what the evidence allows for all that are shown."""
    return max(cameras, key=lambda c: c.manifest.clock.uncertainty, default=None)
