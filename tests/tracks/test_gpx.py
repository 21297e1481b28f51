from __future__ import annotations

from time import process_time

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import parse_rfc3339
from reviewer.tracks.base import read_track

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<gpx><trk><name>&c;</name></trk></gpx>"""


def gpx(points: str, version: str = "1/1") -> bytes:
    space = f'xmlns="http://www.topografix.com/GPX/{version}" xmlns:x="urn:x"'
    return f"<gpx {space}><trk><trkseg>{points}</trkseg></trk></gpx>".encode()


def test_points_with_time_speed_and_accuracy() -> None:
    track = read_track(
        "a.gpx",
        gpx(
            '<trkpt lat="60.17" lon="24.94"><time>2026-06-13T19:42:17.5Z</time><course>370</course><hdop>1.5</hdop>'
            "<extensions><x:speed>1.25</x:speed></extensions></trkpt>"
            '<trkpt lat="60.1701" lon="24.94"><time>2026-06-13T21:42:18+02:00</time>'
            "<extensions><x:accuracy>4.5</x:accuracy></extensions></trkpt>"
        ),
    )
    first, second = track.fixes
    assert (first.at, first.lat, first.lon) == (parse_rfc3339("2026-06-13T19:42:17.500000Z"), 60.17, 24.94)
    assert (first.speed, first.heading, first.accuracy, first.stream) == (1.25, 10.0, 7.5, None)
    assert (second.at, second.accuracy) == (parse_rfc3339("2026-06-13T19:42:18Z"), 4.5)
    assert track.refused == ()


def test_a_time_without_an_offset_is_utc() -> None:
    track = read_track("a.gpx", gpx('<trkpt lat="1" lon="2"><time>2026-06-13T19:42:17</time></trkpt>', "1/0"))
    assert track.fixes[0].at == parse_rfc3339("2026-06-13T19:42:17Z")


def test_what_cannot_stand_on_a_map_is_counted() -> None:
    time = "<time>2026-06-13T19:42:17Z</time>"
    track = read_track(
        "a.gpx",
        gpx(
            f'<trkpt lat="1" lon="2">{time}<fix>none</fix></trkpt>'
            f'<trkpt lat="1" lon="2">{time}<hdop>99.9</hdop></trkpt>'
            f'<trkpt lat="1" lon="2"/><trkpt lat="0" lon="0">{time}</trkpt><trkpt lat="91" lon="2">{time}</trkpt>'
            f'<trkpt lat="nan" lon="2">{time}</trkpt><trkpt lon="2">{time}</trkpt>'
        ),
    )
    assert track.fixes == ()
    counts = {r.reason: r.count for r in track.refused}
    assert counts == {"no fix": 4, "no time": 1, "at 0, 0": 1, "outside the earth": 1}


def test_planned_routes_and_waypoints_are_no_track() -> None:
    data = b'<gpx><wpt lat="1" lon="2"/><rte><rtept lat="1" lon="2"/></rte></gpx>'
    assert read_track("a.gpx", data).fixes == ()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (BOMB, "a.gpx declares XML entities"),
        (b"<gpx><trk>", "a.gpx is not well-formed XML (line 1)."),
        (b"no xml at all", "a.gpx is not well-formed XML (line 1)."),
        (b"<other></other>", "a.gpx is XML, but not GPX."),
        (b"<?xml version='1.0' encoding='klingon'?><gpx/>", "a.gpx is not well-formed XML"),
        (b"", "a.gpx is empty."),
        (b"<gpx>&undefined;</gpx>", "a.gpx is not well-formed XML"),
    ],
)
def test_one_sentence_and_a_next_step(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableTrack) as caught:
        read_track("a.gpx", data)
    assert caught.value.message.startswith(says)
    assert caught.value.message.count(". ") == 0
    assert caught.value.next_step.endswith(".")


def test_the_bomb_is_refused_before_it_costs_anything() -> None:
    began = process_time()
    with pytest.raises(UnreadableTrack):
        read_track("a.gpx", BOMB + b" " * 1_000_000)
    assert process_time() - began < 0.1
