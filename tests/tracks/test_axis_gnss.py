from __future__ import annotations

import json

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.domain.track import Refused
from reviewer.tracks.base import read_track, sets_clock


def trail(*entries: object) -> bytes:
    return json.dumps({"CoordinateEntries": list(entries)}).encode()


def entry(lon: object, lat: object, seconds: object, when: str = "2026-06-13T19:42:17Z") -> dict[str, object]:
    return {"LocationWKT": f"POINT({lon} {lat})", "SecondsFromStart": seconds, "Timestamp": when}


def test_longitude_comes_first_and_seconds_count_from_the_recordings_start() -> None:
    track = read_track(
        "t.json", trail(entry(24.94, 60.17, 64.5), entry(24.9402, 60.17, 82, "2026-06-13T19:42:35Z")), "axis_gnss"
    )
    first, second = track.fixes
    assert (first.lat, first.lon, first.stream) == (60.17, 24.94, 64_500_000)
    assert first.at == parse_rfc3339("2026-06-13T19:42:17Z")
    assert second.stream == 82 * SECOND


def test_its_times_are_the_cameras_and_set_no_clock() -> None:
    assert not sets_clock("axis_gnss")


@pytest.mark.parametrize("seconds", [None, "64", True, -1, 1e300, float("nan")])
def test_seconds_that_are_none_leave_the_place(seconds: object) -> None:
    (fix,) = read_track("t.json", trail(entry(24.94, 60.17, seconds)), "axis_gnss").fixes
    assert fix.stream is None


def test_what_is_no_entry_is_counted() -> None:
    track = read_track(
        "t.json", trail(7, {}, {"LocationWKT": "LINESTRING(1 2)"}, entry("x", 60, 1), entry(24.9, 60.2, 1)), "axis_gnss"
    )
    assert len(track.fixes) == 1
    assert track.refused == (Refused("damaged", 3), Refused("no fix", 1))


@pytest.mark.parametrize("data", [b"{}", b"[]", b'{"CoordinateEntries": {}}', b"{", b"[" * 100_000, b"9" * 10_000])
def test_anything_else_is_a_sentence(data: bytes) -> None:
    with pytest.raises(UnreadableTrack, match=r"t\.json (has no list|is not valid JSON)"):
        read_track("t.json", data, "axis_gnss")
