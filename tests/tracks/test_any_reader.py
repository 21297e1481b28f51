"""Every reader, every broken input: a track or one sentence, never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.track import Track
from reviewer.tracks.base import READERS, read_track
from tests.tracks.gpmf_bytes import gps5, gps9

WHOLE = {
    "gpx": b'<gpx><trk><trkseg><trkpt lat="60.17" lon="24.94"><time>2026-06-13T19:42:17Z</time><hdop>1.5</hdop><speed>1'
    b'</speed></trkpt><trkpt lat="60.18" lon="24.94"><time>2026-06-13T20:42:17Z</time></trkpt></trkseg></trk></gpx>',
    "csv": b"stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix\n0,2026-06-13T19:42:17Z,60.1,24.9,4,1,9,3d\n"
    b"1000000,1781379737,60.1,24.9,4,1,9,3d\n",
    "gpmf": gps5("260613194217.000", [(60.17, 24.94)] * 3) + gps9([(60.17, 24.94, 9660, 1.5, 1.5, 3)]),
    "dji_srt": b"1\n00:00:01,000 --> 00:00:02,000\n2026.06.13 19:42:17\nGPS(60.1710,24.9410,0.0M)\n",
    "axis_gnss": b'{"CoordinateEntries": [{"LocationWKT": "POINT(24.94 60.17)", "SecondsFromStart": 64.0,'
    b' "Timestamp": "2026-06-13T19:42:17Z"}]}',
    "kml": b'<kml xmlns:gx="g"><Document><Placemark><gx:Track><when>2026-06-13T19:42:17Z</when><gx:coord>24.94 60.17 5'
    b"</gx:coord></gx:Track></Placemark></Document></kml>",
    "nmea": b"$GPGGA,194217,6010.2,N,02456.4,E,1,08,1.5,10,M,,,,*3C\n"
    b"$GPRMC,194217,A,6010.2,N,02456.4,E,3.0,90.0,130626,,\n",
    "json": b'[{"timestamp": 1781379737000, "latitude": 60.17, "longitude": 24.94}]',
}


def is_read_or_refused(data: bytes, format: str) -> None:
    try:
        track = read_track("f", data, format)
    except UnreadableTrack as refused:
        assert refused.message.startswith("f ")
        assert refused.message.endswith(".")
        assert "\n" not in refused.message
        assert refused.next_step
    else:
        assert isinstance(track, Track)
        assert list(track.fixes) == sorted(track.fixes, key=lambda f: f.at)
        assert all(-90 <= f.lat <= 90 and -180 <= f.lon <= 180 for f in track.fixes)
        assert len(track.holes) < max(1, len(track.fixes))


def test_every_format_has_a_whole_example() -> None:
    assert WHOLE.keys() == READERS.keys()
    assert all(read_track("f", data, format).fixes for format, data in WHOLE.items())


@pytest.mark.parametrize("format", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes(format: str, data: bytes) -> None:
    is_read_or_refused(data, format)


@pytest.mark.parametrize("format", READERS)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files(format: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[format])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(whole)))
    is_read_or_refused(bytes(whole[:end]), format)


NUMBERS = st.one_of(st.floats(), st.integers(), st.text(max_size=8)).map(str)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=8, max_size=8), max_size=6))
def test_any_numbers_in_a_table(rows: list[list[str]]) -> None:
    lines = [",".join(c.replace(",", "").replace("\n", "") for c in row) for row in rows]
    table = "stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix\n" + "\n".join(lines)
    is_read_or_refused(table.encode("utf-8", "replace"), "csv")


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(UnreadableTrack, match=r"a.kmz is in a format that no reader here knows \(gpx, csv"):
        read_track("a.kmz", b"PK")
    with pytest.raises(UnreadableTrack, match="no reader"):
        read_track("a.gpx", b"<gpx/>", "smoke signals")
