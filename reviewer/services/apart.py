"""What other rooms read of footage from outside, in a process apart: they may not know `media`, and so not its doors.

Nothing here runs FFmpeg in the app; `media/still`, `media/waveform` and `media/thumbnails` go there by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from reviewer.domain.picture import Picture
from reviewer.domain.probe import Probe
from reviewer.domain.track import Track
from reviewer.intake.exif import PICTURES, read_picture
from reviewer.intake.probe import probe
from reviewer.media.apart import alive, call, reading
from reviewer.media.camera import Source
from reviewer.tracks.gpmf import gpmf_payloads, read_gpmf

T = TypeVar("T")
Cancel = Callable[[], bool]


def probe_file(path: Path, cancelled: Cancel | None = None) -> Probe:
    """What a file's headers say. Raises UnreadableMedia, DecoderStopped, Cancelled."""
    return call(read_headers, path, gives=Probe, what=path.name, cancelled=cancelled)


def look_at_picture(path: Path, cancelled: Cancel | None = None) -> Picture:
    """What a still image's EXIF says. Raises UnreadableMedia, DecoderStopped, Cancelled."""
    return call(read_picture, path, gives=Picture, what=path.name, cancelled=cancelled)


def track_inside(source: Source, what: str, cancelled: Cancel | None = None) -> Track:
    """The track in a recording's own GPMF stream, or the place in a still's EXIF.

    Raises UnreadableTrack, DecoderStopped, Cancelled, and what opening the source raises."""
    return call(read_inside, source, gives=Track, what=what, cancelled=cancelled)


def file_source(path: Path) -> Source:
    """A reader of a plain file, as a value for another process."""
    return partial(_opened, path)


def _opened(path: Path) -> BinaryIO:
    return path.open("rb")


# -- in the process apart ----------------------------------------------------------------------------------------------


def read_headers(path: Path) -> Probe:
    """In a process apart."""
    return probe(path, seen=reading)


def read_inside(source: Source) -> Track:
    """In a process apart."""
    with source() as file:
        head = file.read(8)
        file.seek(0)
        if head.startswith(PICTURES):
            fix = read_picture(file).fix
            return Track(() if fix is None else (fix,), "exif")
        return read_gpmf(_told(gpmf_payloads(file)))


def _told(payloads: Iterator[T]) -> Iterator[T]:
    """The footage between two payloads is passed over, not read: each payload is a sign of life."""
    for each in payloads:
        alive()
        yield each
