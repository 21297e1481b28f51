"""What the map says in words: who was where and how fast, who cannot be placed, how old what is shown is."""

from __future__ import annotations

from collections.abc import Iterable

from reviewer.domain.alignment import COVERAGE
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.times import Zone


def speed_words(metres_a_second: float | None) -> str:
    """ "5 km/h"; "" where it is not known."""
    return "" if metres_a_second is None else f"{round(metres_a_second * 3.6)} km/h"


def accuracy_words(sigma: float | None) -> str:
    """ "± 8 m", from one standard deviation in metres; "" where the source does not say."""
    return "" if sigma is None else f"± {max(1, round(COVERAGE * sigma))} m"


def age_words(age: Micros) -> str:
    """ "65 s", "12 min", "3 h" """
    seconds = age // SECOND
    return f"{seconds} s" if seconds < 180 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def track_tip(track: MapTrack, at: Utc, zone: Zone) -> str:
    """Of the place on a track that the pointer is over."""
    position = track.track.position(at)
    found = [
        f"{track.number} {track.name}, {zone.clock(at)}",
        speed_words(track.speed_at(at)),
        accuracy_words(position.accuracy) if position is not None else "",
    ]
    return f"{', '.join(each for each in found if each)}. Click to go there."


def notes(tracks: Iterable[MapTrack], at: Utc | None) -> tuple[str, ...]:
    """Who cannot be placed at an instant, and how old what is shown of others is."""
    found = []
    for each in tracks:
        position = None if at is None else each.track.position(at)
        if not each.track.fixes:
            found.append(f"{each.number}: a path without times" if each.track.paths else f"{each.number}: no GPS fix")
        elif position is None:
            found.append(f"{each.number}: no fix yet")
        elif position.age:
            found.append(f"{each.number}: last fix {age_words(position.age)} old")
    return tuple(found)
