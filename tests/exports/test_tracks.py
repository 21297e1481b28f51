"""What goes out is what comes back: by our own readers and by outside parsers (gpxpy, fastkml, the RFC's own rules)."""

from __future__ import annotations

import json
from typing import Any

import fastkml
import gpxpy
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339, to_datetime
from reviewer.domain.track import Fix, Polyline, Refused, Track
from reviewer.exports.tracks import FORMATS, TrackOut, geojson, gpx, kml, stretches
from reviewer.tracks.base import read_track

START = parse_rfc3339("2026-06-13T16:00:00.123456Z")
MAYBE = st.none() | st.floats(0, 50).map(lambda x: round(x, 6))
LINE = Polyline(((60.1, 24.9), (60.2, 24.95)), "Beat 4 <&>")


def track_of(*seconds: int) -> Track:
    fixes = (Fix(Utc(START + s * SECOND), 60 + s * 1e-5, 24.9, 4.0, 1.5, 90.0) for s in seconds)
    return Track(tuple(fixes), "gpx", (Refused("jump", 2),), paths=(LINE,))


OUT = TrackOut("K. Salo 0417 <&>", track_of(0, 1, 2, 60, 61, 200), "GPS in the recording", Micros(500_000))


@given(
    st.sampled_from(sorted(FORMATS)),
    st.lists(
        st.tuples(st.integers(0, 99), st.floats(-5e-4, 5e-4), MAYBE, MAYBE),
        min_size=1,
        max_size=30,
        unique_by=lambda r: r[0],
    ),
)
def test_what_goes_out_comes_back(format: str, rows: list[tuple[int, float, float | None, float | None]]) -> None:
    fixes = sorted(
        (Fix(Utc(START + s * SECOND), round(60 + off, 9), round(24 + off, 9), a, b, b) for s, off, a, b in rows),
        key=lambda f: f.at,
    )
    back = read_track(f"a.{format}", FORMATS[format]([TrackOut("x", Track(tuple(fixes), "csv"), "s")], "Case"))
    assert back.fixes == tuple(fixes)


def test_holes_stay_holes_and_ways_have_no_times() -> None:
    assert [len(s) for s in stretches(OUT.track)] == [3, 2, 1]
    for format, write in FORMATS.items():
        back = read_track("a", write([OUT], "CR-1"), format)
        assert back.holes == OUT.track.holes
        assert [p.points for p in back.paths] == [LINE.points]


def test_what_it_is_worth_is_said_beside_it() -> None:
    assert OUT.words == (
        "GPS in the recording. Positions ± 8 m (median, 95 %). Times ± 1 s (95 %). 2 points of the source not used "
        "(jump: 2). Lines without times say nothing of when anybody was there."
    )
    for write in FORMATS.values():
        assert "Positions ± 8 m (median, 95 %). Times ± 1 s" in write([OUT], "CR-1").decode()


def test_gpxpy_reads_it() -> None:
    read = gpxpy.parse(gpx([OUT, OUT], "CR-1").decode())
    first = read.tracks[0]
    assert (len(read.tracks), first.name, [len(s.points) for s in first.segments]) == (4, OUT.name, [3, 2, 1])
    point = first.segments[0].points[1]
    assert (point.latitude, point.longitude, point.time) == (60.00001, 24.9, to_datetime(OUT.track.fixes[1].at))
    assert [(e.tag.rpartition("}")[2], e.text) for e in point.extensions] == [
        ("accuracy", "4"),
        ("speed", "1.5"),
        ("course", "90"),
    ]
    assert all(p.time is None for p in read.tracks[1].segments[0].points)


def _undeclared(document: bytes) -> str:
    """As a text, whose encoding nothing may declare (lxml)."""
    return document.decode().partition("\n")[2]


def test_fastkml_reads_it() -> None:
    read: Any = fastkml.KML.from_string(_undeclared(kml([OUT], "CR-1")), strict=True)
    moving, line = read.features[0].features
    assert (moving.name, line.name) == (OUT.name, LINE.name)
    tracks = moving.kml_geometry.tracks
    assert [len(t.track_items) for t in tracks] == [3, 2, 1]
    item = tracks[0].track_items[1]
    assert (item.when.dt, item.coord.y, item.coord.x) == (to_datetime(OUT.track.fixes[1].at), 60.00001, 24.9)


def test_it_keeps_to_the_rfc() -> None:
    whole = json.loads(geojson([OUT], "CR-1"))
    assert whole["type"] == "FeatureCollection"
    for each in whole["features"]:
        places = each["geometry"]["coordinates"]
        line = each["geometry"]["type"] == "LineString"
        assert line is isinstance(places[0], list)
        assert not line or len(places) >= 2
        times = each["properties"].get("coordTimes")
        assert times is None or len(times) == len(places) == len(each["properties"]["accuracy_m"])
    assert [f["geometry"]["type"] for f in whole["features"]] == ["LineString", "LineString", "Point", "LineString"]


def test_letters_that_no_xml_holds_are_replaced() -> None:
    odd = TrackOut("a\x00\x0bb\ud800", track_of(0, 1), "s")
    assert gpxpy.parse(gpx([odd], "\x07").decode("utf-8", "replace")).tracks[0].name == "a\ufffd\ufffdb\ufffd"
