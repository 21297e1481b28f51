from __future__ import annotations

import json

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import parse_rfc3339
from reviewer.domain.track import Refused
from reviewer.tracks.base import read_track

POINT = {"time": "2026-06-13T19:42:17Z", "lat": 60.17, "lng": 24.94, "hacc": 5, "speed": 1.5}


@pytest.mark.parametrize("shape", [[POINT], {"device": "phone", "points": [POINT]}])
def test_a_list_of_positions(shape: object) -> None:
    (fix,) = read_track("a.json", json.dumps(shape).encode()).fixes
    assert (fix.at, fix.lat, fix.lon) == (parse_rfc3339("2026-06-13T19:42:17Z"), 60.17, 24.94)
    assert (fix.accuracy, fix.speed) == (5.0, 1.5)


def test_what_names_no_place_is_counted() -> None:
    track = read_track("a.json", json.dumps([POINT, {"time": "x"}, 7]).encode())
    assert (len(track.fixes), track.refused) == (1, (Refused("damaged", 2),))


def test_a_file_that_would_fill_the_memory_is_not_read() -> None:
    with pytest.raises(UnreadableTrack, match="is too large for a track in JSON"):
        read_track("a.json", b"[" + b" " * (64 << 20) + b"]")


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ([], "has no list of positions"),
        ({"a": [POINT], "b": [POINT]}, "has 2 lists of positions"),
        ("text", "has no list"),
    ],
)
def test_what_would_be_a_guess_is_refused(shape: object, says: str) -> None:
    with pytest.raises(UnreadableTrack, match=says):
        read_track("a.json", json.dumps(shape).encode())
