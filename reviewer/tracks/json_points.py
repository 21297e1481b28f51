"""A JSON list of positions, as phone programs export one: objects that name a time, a latitude and a longitude by any
of the names that tables use (`csv_columns.COLUMNS`). The list is the whole file or a member of its one object."""

from __future__ import annotations

from typing import Any

from reviewer.domain.track import NOTHING_TOLD, Told, Track
from reviewer.tracks.checks import track_from
from reviewer.tracks.csv_columns import NEEDED, columns, reading, says_utc
from reviewer.tracks.readings import json_value, unreadable
from reviewer.tracks.times import Times


def read_json_points(name: str, data: bytes, told: Told = NOTHING_TOLD) -> Track:
    """Raises UnreadableTrack where there is no such list, or more than one: which of them would be a guess; NotSaid for
    times that name no zone."""
    whole = json_value(name, data)
    lists = [whole] if isinstance(whole, list) else list(whole.values()) if isinstance(whole, dict) else []
    found = [points for points in map(_points, lists) if points is not None]
    if len(found) != 1:
        how = "no list" if not found else f"{len(found)} lists"
        raise unreadable(name, f"has {how} of positions with time, latitude and longitude")
    points, damaged = found[0]
    places = [(list(p.values()), columns(list(p))) for p in points]
    utc = all(says_utc(list(p)[place["at"]]) for p, (_, place) in zip(points, places, strict=True))
    times = Times(name, told, utc=utc, texts=[row[place["at"]] for row, place in places])
    track = track_from("json", [reading(row, place, times) for row, place in places], damaged)
    times.ask()
    return track


def _points(value: Any) -> tuple[list[dict[str, str]], int] | None:  # noqa: ANN401 - whatever the file holds
    """The entries that say where and when, and how many do not; None if none does."""
    if not isinstance(value, list):
        return None
    flat = [_words(each) for each in value]
    good = [each for each in flat if each is not None and columns(list(each)).keys() >= set(NEEDED)]
    return (good, len(flat) - len(good)) if good else None


def _words(entry: object) -> dict[str, str] | None:
    if not isinstance(entry, dict):
        return None
    plain = (str, int, float)
    return {str(k): str(v) for k, v in entry.items() if isinstance(v, plain) and len(str(k)) < 100}
