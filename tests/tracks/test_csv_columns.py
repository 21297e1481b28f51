from __future__ import annotations

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import parse_rfc3339
from reviewer.tracks.base import read_track

HEADER = "stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix\n"


def test_our_columns() -> None:
    track = read_track(
        "a.csv",
        (
            HEADER + "1500000,2026-06-13T19:42:17.480000Z,60.17,24.94,4.2,1.3,271.5,3d\n"
            "2500000,2026-06-13T19:42:18.480000Z,,,,,,none\n"
            "3500000,2026-06-13T19:42:19.480000Z,60.17,24.94,4.2,1.3,271.5,0\n"
        ).encode(),
    )
    (fix,) = track.fixes
    assert fix.at == parse_rfc3339("2026-06-13T19:42:17.480000Z")
    assert (fix.stream, fix.lat, fix.lon, fix.accuracy, fix.speed, fix.heading) == (
        1500000,
        60.17,
        24.94,
        4.2,
        1.3,
        271.5,
    )
    assert [(r.reason, r.count) for r in track.refused] == [("no fix", 2)]


def test_a_track_with_no_fix_at_all_is_a_track() -> None:
    track = read_track("a.csv", (HEADER + "0,2026-06-13T19:42:17Z,,,,,,0\n" * 30).encode())
    assert track.fixes == ()
    assert track.refused[0].count == 30


@pytest.mark.parametrize(
    "table",
    [
        "Timestamp;Latitude;Longitude;HDOP;Speed_kmh\n2026-06-13T19:42:17Z;60.17;24.94;0.8;36",
        "\ufefftime\tlat\tlng\thacc\tspeed\r\n1781379737\t60.17\t24.94\t4\t10",
        "time,lat,lon,accuracy,speed\n1781379737000,60.17,24.94,4.0,10",
        '"time","lat","lon","accuracy","speed"\n"2026-06-13 19:42:17+00:00","60.17","24.94","4.0","10"',
    ],
)
def test_other_exports_names(table: str) -> None:
    (fix,) = read_track("a.csv", table.encode()).fixes
    assert (fix.at, fix.lat, fix.lon) == (parse_rfc3339("2026-06-13T19:42:17Z"), 60.17, 24.94)
    assert (fix.accuracy, fix.speed) == (4.0, 10.0)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"name,value\n1,2\n", "a.csv has no header with columns for time, latitude and longitude."),
        (b"\xff\xfe\x00", "a.csv is not a text table."),
        (b"utc,lat,lon\n\x00", "a.csv is not a text table."),
        (b'utc,lat,lon\n"' + b"x" * 200_000, "a.csv is not a text table."),
        (b"  \n", "a.csv is empty."),
    ],
)
def test_one_sentence_each(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableTrack) as caught:
        read_track("a.csv", data)
    assert caught.value.message == says
