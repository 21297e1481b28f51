from __future__ import annotations

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import parse_rfc3339
from reviewer.domain.track import Refused
from reviewer.tracks.base import read_track

HEAD = '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'


def kml(body: str) -> bytes:
    return f"{HEAD}<Document>{body}</Document></kml>".encode()


def track_of(whens: list[str], places: list[str]) -> str:
    said = "".join(f"<when>{w}</when>" for w in whens) + "".join(f"<gx:coord>{p}</gx:coord>" for p in places)
    return f"<Placemark><gx:Track>{said}</gx:Track></Placemark>"


def test_a_recorded_way() -> None:
    body = track_of(["2026-06-13T19:42:17Z", "2026-06-13T21:42:18+02:00"], ["24.94 60.17 5", "24.9401 60.17"])
    first, second = read_track("a.kml", kml(body)).fixes
    assert (first.lat, first.lon, first.at) == (60.17, 24.94, parse_rfc3339("2026-06-13T19:42:17Z"))
    assert second.at == parse_rfc3339("2026-06-13T19:42:18Z")


def test_a_place_with_its_time() -> None:
    body = "<Placemark><TimeStamp><when>2026-06-13T19:42:17Z</when></TimeStamp>"
    body += "<Point><coordinates>24.94,60.17,0</coordinates></Point></Placemark>"
    (fix,) = read_track("a.kml", kml(body)).fixes
    assert (fix.lat, fix.lon) == (60.17, 24.94)


def test_times_and_places_that_do_not_pair_are_not_guessed_at() -> None:
    body = track_of(["2026-06-13T19:42:17Z"], ["24.94 60.17", "24.95 60.17"])
    body += track_of(["2026-06-13T19:42:17Z"], ["24.94 60.17"])
    track = read_track("a.kml", kml(body))
    assert (len(track.fixes), track.refused) == (1, (Refused("damaged", 2),))


def test_a_day_is_no_time() -> None:
    assert read_track("a.kml", kml(track_of(["2026-06-13"], ["24.94 60.17"]))).refused == (Refused("no time", 1),)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (kml("<Placemark><name>nothing</name></Placemark>"), "holds no positions"),
        (b"<other/>", "is XML, but not KML"),
        (b"<kml>", "is not well-formed XML"),
        (b'<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "declares XML entities"),
    ],
)
def test_anything_else_is_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableTrack, match=says):
        read_track("a.kml", data)
