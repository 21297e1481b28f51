from __future__ import annotations

import pytest

from reviewer.domain.timebase import Utc
from reviewer.domain.track import Fix, Polyline, Refused, Track
from reviewer.services.track_words import refused_words, words

FIX = Fix(Utc(10**15), 60.0, 25.0)
PATH = Polyline(((60.0, 25.0), (60.1, 25.0)))


@pytest.mark.parametrize(
    ("track", "said"),
    [
        (Track((FIX,), "gpx"), "1 position"),
        (Track((FIX,) * 36_000, "gpx"), "36,000 positions"),
        (Track((), "kml", paths=(PATH, PATH)), "0 positions, 2 ways without times"),
        (
            Track((FIX, FIX), "gpx", (Refused("at 0, 0", 1), Refused("jump", 11))),
            "2 positions, 12 refused (at 0, 0: 1; jump: 11)",
        ),
    ],
)
def test_what_is_in_a_track(track: Track, said: str) -> None:
    assert words(track) == said


def test_nothing_refused_is_not_said() -> None:
    assert refused_words(()) == ""
