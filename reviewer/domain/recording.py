"""A recording: what one camera recorded, in one or more parts, as its signed manifest says (formats.md, The store).

Field names are the contract of the manifest's JSON; `codec` reads and writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from reviewer.domain.place import Place
from reviewer.domain.timebase import Micros, TimeModel, TimeRange, Utc, merge

_NONE = Micros(0)


class Kind(StrEnum):
    VIDEO = "video"
    STILL = "still"
    AUDIO = "audio"


class ClockSource(StrEnum):
    """Where a recording's UTC comes from."""

    GPS = "gps"  # GPS time against stream time
    MANIFEST = "manifest"  # the ingesting station compared the camera's clock at docking
    CONTAINER = "container"  # the file's creation time: a hint
    FILE = "file"  # the file's modification time: a poor hint
    # Never signed: by these a person moved it to wall time (`alignment.aligned`).
    DEVICE = "device"  # somebody knows how far this camera's clock is off
    SOUND = "sound"  # the same sound in another camera
    CUE = "cue"  # a person marked the same event in another camera


SIGNED_SOURCES = (ClockSource.GPS, ClockSource.MANIFEST, ClockSource.CONTAINER, ClockSource.FILE)
"""What a signed manifest may name."""


@dataclass(frozen=True, slots=True)
class Device:
    make: str
    model: str
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """`uncertainty` is one standard deviation in µs. `correction` is what was added to the camera's own clock (µs).
    `drift_ppb`, never signed: how much UTC runs ahead of the file's own time, by an alignment that was accepted."""

    source: ClockSource
    uncertainty: Micros
    correction: Micros = _NONE
    drift_ppb: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a recording. `object` names the sealed bytes (their SHA-256, hex); `sha256` and `size` are the
    plaintext's. `started_at` is the UTC of the file's stream time 0, `duration` in µs."""

    object: str
    sealed_size: int
    sha256: str
    size: int
    started_at: Utc
    duration: Micros
    name: str = ""  # as the camera named the file

    @property
    def range(self) -> TimeRange:
        return TimeRange(self.started_at, Utc(self.started_at + self.duration))


@dataclass(frozen=True, slots=True)
class CutFrom:
    """The whole file that a track was cut from, a shift's: sealed in the store under a key of its own, which only the
    custody keys open. `sha256` and `size` are the plaintext's; the associated data is that SHA-256."""

    object: str
    sealed_size: int
    sha256: str
    size: int
    sealed_data_keys: tuple[SealedKey, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackRef:
    """A GPS track, sealed like footage. `format` names a reader of `tracks/` ("gpx", "csv", "gpmf" …). A gpmf track
    lies inside the parts themselves and has an empty `object`, and so has "exif", the place that a still states."""

    object: str
    format: str
    sealed_size: int = 0
    sha256: str = ""
    size: int = 0
    name: str = ""
    cut_from: CutFrom | None = None


@dataclass(frozen=True, slots=True)
class Buffer:
    """Pre-event buffer: so many µs at the start, recorded before the officer pressed record."""

    length: Micros
    silent: bool = True


@dataclass(frozen=True, slots=True)
class Ingest:
    station: str
    time: Utc
    version: str


@dataclass(frozen=True, slots=True)
class SealedKey:
    """A key sealed to somebody: `recipient` is a user id, a custody key id or a case id; `sealed` is base64."""

    recipient: str
    sealed: str


@dataclass(frozen=True, slots=True)
class TrackDetails:
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class Details:
    """What of a manifest says something about people and what happened: sealed under the recording's data key, so that
    whoever reads the store learns ids, times and sizes (`sealed_details`). `names` are the parts' file names in their
    order, `tracks` the tracks' names and formats in theirs."""

    officer: str
    device: Device
    event_type: str = ""
    restricted: str | None = None
    buffer: Buffer | None = None
    stop: str | None = None
    names: tuple[str, ...] = ()
    tracks: tuple[TrackDetails, ...] = ()
    place: Place | None = None


NOT_SHOWN = "Officer not shown"
"""What stands for an officer whose manifest is not opened and names no id."""
_LETTER = re.compile(r"Officer [A-Z]+")


@dataclass(frozen=True, slots=True)
class Manifest:
    """In the store, from `v` 2 on, what `Details` has is empty here and sealed in `sealed_details`; `services` opens it
    for whoever holds a key (`opened`). A manifest that nobody opened shows the officer's id. `v` 1 has all of it open.
    """

    recording_id: str
    agency: str
    kind: Kind
    parts: tuple[Part, ...]
    clock: Clock
    ingest: Ingest
    sealed_data_keys: tuple[SealedKey, ...]
    officer: str = ""  # as shown: "Ofc. A. Niemi 2214"
    device: Device = Device("", "")
    tracks: tuple[TrackRef, ...] = ()
    incidents: tuple[str, ...] = ()
    event_type: str = ""
    restricted: str | None = None  # why, if it is; "" if it is and the reason is sealed
    buffer: Buffer | None = None
    stop: str | None = None  # the officer's stated reason for stopping
    still_of: str | None = None  # for a still: the recording it was taken beside
    n: int = 1  # the number in its path, so that an old manifest cannot be put back as a newer one
    v: int = 1
    place: Place | None = None  # where its tracks lead, coarsely; None where there is none, or it was not looked for
    officer_id: str = ""  # of the roster, else the badge; "" where nobody is known
    sealed_details: str = ""  # AES-256-GCM (nonce ‖ ct) of the RFC 8785 JSON of `Details`, base64

    @property
    def range(self) -> TimeRange:
        """From the first part's start to the last part's end, gaps included."""
        return TimeRange(min(p.started_at for p in self.parts), max(p.range.end for p in self.parts))

    @property
    def rolling(self) -> tuple[TimeRange, ...]:
        """When the camera rolled; what lies between is a gap."""
        return merge(p.range for p in self.parts)

    @property
    def silent(self) -> TimeRange | None:
        """The stretch at the start that a pre-event buffer recorded without sound."""
        if self.buffer is None or not self.buffer.silent:
            return None
        start = self.range.start
        return TimeRange(start, Utc(start + self.buffer.length))

    def model(self, part: Part) -> TimeModel:
        return TimeModel(part.started_at, self.clock.uncertainty, self.clock.drift_ppb or 0)

    @property
    def sealed_bytes(self) -> int:
        return sum(p.sealed_size for p in self.parts) + sum(t.sealed_size for t in self.tracks)


def details_of(manifest: Manifest) -> Details:
    """What of a manifest is to be sealed."""
    return Details(
        officer=manifest.officer,
        device=manifest.device,
        event_type=manifest.event_type,
        restricted=manifest.restricted,
        buffer=manifest.buffer,
        stop=manifest.stop,
        names=tuple(p.name for p in manifest.parts),
        tracks=tuple(TrackDetails(t.name, t.format) for t in manifest.tracks),
        place=manifest.place,
    )


def opened(manifest: Manifest, details: Details) -> Manifest:
    """The manifest as a person with a key sees it. Raises ValueError if the details are of another number of files."""
    return replace(
        manifest,
        officer=details.officer,
        device=details.device,
        event_type=details.event_type,
        restricted=details.restricted,
        buffer=details.buffer,
        stop=details.stop,
        parts=tuple(replace(p, name=name) for p, name in zip(manifest.parts, details.names, strict=True)),
        tracks=tuple(
            replace(t, name=d.name, format=d.format) for t, d in zip(manifest.tracks, details.tracks, strict=True)
        ),
        place=details.place,
    )


def closed(manifest: Manifest) -> Manifest:
    """The manifest as it lies in the store: the same for everybody, whoever opened it. `v` 1 is open and stays so."""
    if manifest.v < 2:
        return manifest
    return replace(
        manifest,
        officer="",
        device=Device("", ""),
        event_type="",
        restricted=None if manifest.restricted is None else "",
        buffer=None,
        stop=None,
        parts=tuple(replace(p, name="") for p in manifest.parts),
        tracks=tuple(replace(t, name="", format="") for t in manifest.tracks),
        place=None,
    )


def nameless(manifest: Manifest, letter: str) -> Manifest:
    """The manifest for training: a letter ("Officer A") for who wore the camera; no badge, serial or incident number
    stays."""
    device = replace(manifest.device, serial="")
    return replace(manifest, officer=letter, officer_id="", device=device, incidents=())


def is_nameless(manifest: Manifest) -> bool:
    """Whether `nameless` made it."""
    return _LETTER.fullmatch(manifest.officer) is not None and manifest == nameless(manifest, manifest.officer)


def unopened(manifest: Manifest) -> Manifest:
    """The manifest for whoever has no key: it shows the officer's id instead of a name."""
    return manifest if manifest.v < 2 else replace(closed(manifest), officer=manifest.officer_id or NOT_SHOWN)
