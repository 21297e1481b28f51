"""GPS tracks by format: a new format is a reader in a file of its own and one line in `READERS`.

A track without a single usable fix is a track with no fixes, and says how many points were refused and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath

from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.track import Fix, Track
from reviewer.tracks.axis_gnss import read_axis_gnss
from reviewer.tracks.csv_columns import read_csv
from reviewer.tracks.dji_srt import read_dji_srt
from reviewer.tracks.gpmf import read_gpmf_bytes
from reviewer.tracks.gpx import read_gpx
from reviewer.tracks.json_points import read_json_points
from reviewer.tracks.kml import read_kml
from reviewer.tracks.nmea import read_nmea
from reviewer.tracks.readings import unreadable

Reader = Callable[[str, bytes], Track]
READERS: Mapping[str, Reader] = {
    "gpx": read_gpx,
    "csv": read_csv,
    "gpmf": read_gpmf_bytes,
    "dji_srt": read_dji_srt,
    "axis_gnss": read_axis_gnss,
    "kml": read_kml,
    "nmea": read_nmea,
    "json": read_json_points,
}
_BY_SUFFIX = {
    ".gpx": "gpx",
    ".csv": "csv",
    ".gpmf": "gpmf",
    ".srt": "dji_srt",
    ".kml": "kml",
    ".nmea": "nmea",
    ".json": "json",
}
# Formats whose times are the camera's own clock, not GPS time: they place nothing, the recording's clock places them.
OWN_CLOCK = frozenset({"dji_srt", "axis_gnss"})


def read_track(name: str, data: bytes, format: str | None = None) -> Track:
    """Read a track. `name` is the file's name as a person knows it, `format` one of `READERS` (None: by the suffix).
    Raises UnreadableTrack with one sentence for anything that is not such a track."""
    wanted = format or _BY_SUFFIX.get(PurePath(name).suffix.lower())
    reader = READERS.get(wanted or "")
    if reader is None:
        known = ", ".join(READERS)
        raise unreadable(name, f"is in a format that no reader here knows ({known} are known)")
    if not data.strip(b"\0\r\n\t "):
        raise unreadable(name, "is empty")
    return reader(name, data)


def sets_clock(format: str) -> bool:
    """Whether a track's times are GPS time, which may set a recording's clock."""
    return format not in OWN_CLOCK


def by_recording(track: Track, to_utc: Callable[[Micros], Utc]) -> Track:
    """The track with each fix at the UTC that the recording's clock gives its stream time; fixes without a stream time
    keep theirs."""
    fixes: list[Fix] = [f if f.stream is None else replace(f, at=to_utc(f.stream)) for f in track.fixes]
    return replace(track, fixes=tuple(sorted(fixes, key=lambda f: f.at)))
