"""GPS tracks by format: a new format is a reader in a file of its own and one line in `READERS`.

A track without a single usable fix is a track with no fixes, and says how many points were refused and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePath

from reviewer.domain.timebase import Micros, Utc
from reviewer.domain.track import NOTHING_TOLD, Fix, Told, Track
from reviewer.tracks.axis_gnss import ENTRIES, read_axis_gnss
from reviewer.tracks.csv_columns import read_csv
from reviewer.tracks.dji_srt import read_dji_srt
from reviewer.tracks.exiftool import read_exiftool
from reviewer.tracks.geojson import read_geojson
from reviewer.tracks.gpmf import read_gpmf_bytes
from reviewer.tracks.gpx import read_gpx
from reviewer.tracks.json_points import read_json_points
from reviewer.tracks.kml import read_kml, read_kmz
from reviewer.tracks.nmea import read_nmea
from reviewer.tracks.readings import unreadable

Reader = Callable[[str, bytes, Told], Track]
READERS: Mapping[str, Reader] = {
    "gpx": read_gpx,
    "csv": read_csv,
    "gpmf": read_gpmf_bytes,
    "dji_srt": read_dji_srt,
    "axis_gnss": read_axis_gnss,
    "kml": read_kml,
    "kmz": read_kmz,
    "nmea": read_nmea,
    "json": read_json_points,
    "geojson": read_geojson,
    "exiftool": read_exiftool,
}
WORDS: Mapping[str, str] = {
    "gpx": "GPX",
    "csv": "Table (CSV)",
    "gpmf": "GoPro metadata",
    "dji_srt": "DJI subtitles",
    "axis_gnss": "Axis GNSS trail",
    "kml": "KML",
    "kmz": "KMZ",
    "nmea": "NMEA 0183",
    "json": "JSON",
    "geojson": "GeoJSON",
    "exiftool": "exiftool’s JSON",
}
"""What a format is called on screen."""
_BY_SUFFIX = {
    ".gpx": "gpx",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".gpmf": "gpmf",
    ".srt": "dji_srt",
    ".kml": "kml",
    ".kmz": "kmz",
    ".nmea": "nmea",
    ".nma": "nmea",
    ".json": "json",
    ".geojson": "geojson",
}
SUFFIXES = tuple(_BY_SUFFIX)
# Formats whose times are the camera's own clock, not GPS time: they place nothing, the recording's clock places them.
OWN_CLOCK = frozenset({"dji_srt", "axis_gnss"})
_HEAD = 65_536


def read_track(name: str, data: bytes, format: str | None = None, told: Told = NOTHING_TOLD) -> Track:
    """Read a track. `name` is the file's name as a person knows it, `format` one of `READERS` (None: by its first bytes
    and its suffix), `told` what a person said of it. Raises UnreadableTrack with one sentence for anything that is not
    such a track, `times.NotSaid` where a person has to say more."""
    wanted = format or format_of(name, data)
    reader = READERS.get(wanted or "")
    if reader is None:
        known = ", ".join(READERS)
        raise unreadable(name, f"is in a format that no reader here knows ({known} are known)")
    if not data.strip(b"\0\r\n\t "):
        raise unreadable(name, "is empty")
    return reader(name, data, told)


def format_of(name: str, data: bytes) -> str | None:
    """The format of a file by what it begins with, else by its name; None if neither says."""
    head = data[:_HEAD]
    if head.startswith(b"PK\3\4"):
        return "kmz"
    if head.startswith(b"DEVC"):
        return "gpmf"
    text = head.decode("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", errors="replace").lstrip()
    if text.startswith("<"):
        return next((kind for kind in ("gpx", "kml") if f"<{kind}" in text or f":{kind}" in text), None) or _named(name)
    if any(f"${talker}" in text for talker in ("GP", "GN", "GL", "GA", "GB")) and any(
        kind in text for kind in ("RMC,", "GGA,")
    ):
        return "nmea"
    if text[:1] in ("{", "["):
        return _json(text)
    return "dji_srt" if "-->" in text else _named(name)


def _json(text: str) -> str:
    if '"Feature' in text or '"coordinates"' in text:
        return "geojson"
    return "axis_gnss" if ENTRIES in text else "exiftool" if '"SourceFile"' in text else "json"


def _named(name: str) -> str | None:
    return _BY_SUFFIX.get(PurePath(name).suffix.lower())


def sets_clock(format: str) -> bool:
    """Whether a track's times are GPS time, which may set a recording's clock."""
    return format not in OWN_CLOCK


def by_recording(track: Track, to_utc: Callable[[Micros], Utc]) -> Track:
    """The track with each fix at the UTC that the recording's clock gives its stream time; fixes without a stream time
    keep theirs."""
    fixes: list[Fix] = [f if f.stream is None else replace(f, at=to_utc(f.stream)) for f in track.fixes]
    return replace(track, fixes=tuple(sorted(fixes, key=lambda f: f.at)))
