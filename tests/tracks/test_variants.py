"""Files as they are met: namespaces, archives, other headers, clocks without a zone, an hour that comes twice."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

import pytest

from reviewer.domain.errors import ReviewerError, UnreadableTrack
from reviewer.domain.timebase import Utc, parse_rfc3339
from reviewer.domain.track import Column, Refused, Told, Track
from reviewer.tracks.base import read_track
from reviewer.tracks.csv_columns import table_of
from reviewer.tracks.times import NotSaid, Times, zone_of
from tests.tracks import whole
from tests.tracks.whole import COUNT, sentence


def counts(track: Track) -> dict[str, int]:
    return {r.reason: r.count for r in track.refused}


# -- GPX -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "prefix"), [("1/0", ""), ("1/1", ""), ("1/1", "g")])
def test_gpx_of_both_versions_with_and_without_a_prefix(version: str, prefix: str) -> None:
    assert len(read_track("a.gpx", whole.gpx(version, prefix)).fixes) == COUNT


def test_a_gpx_segment_without_any_time_is_shown_and_never_moves() -> None:
    points = '<trkpt lat="60.1" lon="24.9"/><trkpt lat="60.2" lon="24.9"/><trkpt lat="0" lon="0"/>'
    track = read_track("a.gpx", f"<gpx><trk><name>Beat 4</name><trkseg>{points}</trkseg></trk></gpx>".encode())
    (path,) = track.paths
    assert (path.name, path.points) == ("Beat 4", ((60.1, 24.9), (60.2, 24.9)))
    assert (track.fixes, counts(track)) == ((), {"at 0, 0": 1})
    assert track.position(Utc(0)) is None


def test_plans_and_waypoints_are_counted_and_not_shown() -> None:
    data = b'<gpx><wpt lat="1" lon="2"/><rte><rtept lat="1" lon="2"/><rtept lat="1" lon="3"/></rte></gpx>'
    track = read_track("a.gpx", data)
    assert (track.fixes, track.paths, counts(track)) == ((), (), {"planned": 2, "waypoint": 1})


def test_a_bare_day_is_no_time() -> None:
    data = b'<gpx><trk><trkseg><trkpt lat="1" lon="2"><time>2026-06-13</time></trkpt></trkseg></trk></gpx>'
    assert counts(read_track("a.gpx", data)) == {"no time": 1}


# -- KML, KMZ --------------------------------------------------------------------------------------------------------


def test_the_track_of_kml_2_3_needs_no_prefix() -> None:
    assert len(read_track("a.kml", whole.kml("")).fixes) == COUNT


def test_a_line_is_a_way_without_times() -> None:
    line = "<LineString><coordinates> 24.94,60.17,5\n24.95,60.18 200,10 </coordinates></LineString>"
    track = read_track("a.kml", f"<kml><Placemark><name>Way</name>{line}</Placemark></kml>".encode())
    assert [(p.name, p.points) for p in track.paths] == [("Way", ((60.17, 24.94), (60.18, 24.95)))]
    assert counts(track) == {"outside the earth": 1}


def test_what_phones_put_beside_a_track() -> None:
    arrays = "".join(
        f'<gx:SimpleArrayData name="{name}"><gx:value>{a}</gx:value><gx:value>{b}</gx:value></gx:SimpleArrayData>'
        for name, a, b in (("accuracy", 4, 5), ("speed", 1, 2))
    )
    body = (
        "<when>2026-06-13T19:42:17Z</when><when>2026-06-13T19:42:18Z</when><gx:coord>24.94 60.17 0</gx:coord>"
        f"<gx:coord>24.94 60.17 0</gx:coord><gx:angles>90 0 0</gx:angles><gx:angles>180 0 0</gx:angles>{arrays}"
    )
    first, second = read_track("a.kml", f'<kml xmlns:gx="g"><gx:Track>{body}</gx:Track></kml>'.encode()).fixes
    assert (first.accuracy, first.speed, first.heading) == (4, 1, 90)
    assert (second.accuracy, second.speed, second.heading) == (5, 2, 180)


def test_a_kmz_has_all_its_files() -> None:
    line = b"<kml><Placemark><LineString><coordinates>1,2 3,4</coordinates></LineString></Placemark></kml>"
    track = read_track("a.kmz", whole.zipped(doc_kml=whole.kml(), more_kml=line, icon_png=b"no kml"))
    assert (len(track.fixes), len(track.paths)) == (COUNT, 1)


def _locked() -> bytes:
    data = bytearray(whole.zipped(doc_kml=whole.kml()))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.index(mark) + at] |= 1
    return bytes(data)


def _bomb() -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("doc.kml", "w") as file:
        for _ in range(257):
            file.write(bytes(1 << 20))
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (whole.zipped(readme_txt=b"x"), "is an archive without KML in it"),
        (_locked(), "is locked with a password"),
        (whole.zipped(doc_kml=whole.kml())[:-30], "is not a whole KMZ archive"),
        (whole.zipped(doc_kml=b"<gpx/>"), "doc.kml is XML, but not KML"),
    ],
)
def test_archives_that_are_none(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableTrack, match=says):
        read_track("a.kmz", data)


def test_an_archive_that_would_fill_the_memory() -> None:
    with pytest.raises(UnreadableTrack, match="too large when it is unpacked"):
        read_track("a.kmz", _bomb())


# -- tables ------------------------------------------------------------------------------------------------------------


def test_a_table_whose_times_name_no_zone_is_asked_about() -> None:
    data = b"timestamp,latitude,longitude\n2026-06-13 22:42:17,60.17,24.94\n"
    with pytest.raises(NotSaid, match=r"a\.csv names no time zone\.") as asked:
        read_track("a.csv", data)
    assert asked.value.asks == "zone"
    for zone in ("Europe/Helsinki", "+03:00", "UTC+3"):
        (fix,) = read_track("a.csv", data, told=Told(zone=zone)).fixes
        assert fix.at == parse_rfc3339("2026-06-13T19:42:17Z")


def test_the_hour_that_comes_twice_is_no_time() -> None:
    rows = "2026-10-25 03:30:00,60.17,24.94\n2026-03-29 03:30:00,60.17,24.94\n2026-10-25 04:30:00,60.17,24.94\n"
    track = read_track("a.csv", f"time,lat,lon\n{rows}".encode(), told=Told(zone="Europe/Helsinki"))
    assert (len(track.fixes), counts(track)) == (1, {"no time": 2})


def test_which_comes_first_day_or_month() -> None:
    data = "time,lat,lon\n{}/06/2026 19:42:17,60.17,24.94\n"
    with pytest.raises(NotSaid, match="either the day or the month") as asked:
        read_track("a.csv", data.format("05").encode(), told=Told("UTC"))
    assert asked.value.asks == "order"
    for day_first, said in ((True, "2026-06-05"), (False, "2026-05-06")):
        (fix,) = read_track("a.csv", data.format("05").encode(), told=Told("UTC", day_first=day_first)).fixes
        assert fix.at == parse_rfc3339(f"{said}T19:42:17Z")
    (fix,) = read_track("a.csv", data.format("13").encode(), told=Told("UTC")).fixes
    assert fix.at == parse_rfc3339("2026-06-13T19:42:17Z")


@pytest.mark.parametrize(
    "text",
    [
        "13.6.2026 22:42:17",
        "2026:06:13 22:42:17",
        "2026/06/13 22:42:17.000",
        "2026-06-13T22:42:17",
        "20260613 224217",
        "13/06/2026 10:42:17 PM",
    ],
)
def test_ways_to_write_a_local_time(text: str) -> None:
    assert Times("a", Told("+03:00"), texts=[text]).read(text) == parse_rfc3339("2026-06-13T19:42:17Z")


@pytest.mark.parametrize("text", ["2026-06-13 22:42:17+99:00", "31.2.2026 22:42", "13/06/2026 13:42 PM", "x" * 99, ""])
def test_what_is_no_time(text: str) -> None:
    assert Times("a", Told("UTC")).read(text) is None


def test_a_zone_that_is_none_is_a_sentence() -> None:
    with pytest.raises(ReviewerError, match="There is no time zone “Nowhere/Land”"):
        zone_of("Nowhere/Land")


def test_columns_that_a_person_names() -> None:
    data = "Kirjattu;Pohjoinen;Itä;Pvm\n22:42:17;60,17;24,94;13.6.2026\n".encode()
    with pytest.raises(NotSaid) as asked:
        read_track("a.csv", data)
    assert asked.value.asks == "columns"
    table = table_of("a.csv", data)
    assert (table.header, table.rows) == (
        ("Kirjattu", "Pohjoinen", "Itä", "Pvm"),
        (("22:42:17", "60,17", "24,94", "13.6.2026"),),
    )
    told = Told("+03:00", (Column("at", 0), Column("lat", 1), Column("lon", 2), Column("date", 3)))
    (fix,) = read_track("a.csv", data, told=told).fixes
    assert (fix.at, fix.lat, fix.lon) == (parse_rfc3339("2026-06-13T19:42:17Z"), 60.17, 24.94)


def test_columns_beyond_the_table_are_no_fix() -> None:
    told = Told("UTC", (Column("at", 0), Column("lat", 99), Column("lon", -1)))
    assert counts(read_track("a.csv", b"time\n2026-06-13 22:42:17\n", told=told)) == {"no fix": 1}


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "utf-8-sig"])
def test_tables_of_other_programs_encodings(encoding: str) -> None:
    data = "time_utc\tlatitude\tlongitude\tkommentti\n2026-06-13 19:42:17\t60.17N\t24°56'24.0\"E\työ\n".encode(encoding)
    (fix,) = read_track("a.txt", data).fixes
    assert [fix.lat, fix.lon] == pytest.approx([60.17, 24.94])


def test_a_letter_and_a_sign_that_contradict_are_no_place() -> None:
    assert counts(read_track("a.csv", b"utc,lat,lon\n2026-06-13T19:42:17Z,-60.17S,24.94E\n")) == {"no fix": 1}


def test_json_without_a_zone_is_asked_about() -> None:
    with pytest.raises(NotSaid, match="names no time zone"):
        read_track("a.json", b'[{"time": "2026-06-13 22:42:17", "lat": 60.17, "lon": 24.94}]')


# -- NMEA ------------------------------------------------------------------------------------------------------------


def test_a_gga_between_two_rmc_is_a_fix_of_that_day_until_midnight() -> None:
    rmc = "GPRMC,235958.00,A,6010.2000,N,02456.4000,E,2.1,0.0,130626,,,A"
    gga = "GPGGA,{},6010.2000,N,02456.4000,E,1,08,1.5,10.0,M,18.0,M,,"
    data = sentence(rmc) + sentence(gga.format("235959.00")) + sentence(gga.format("000000.00"))
    track = read_track("a.nmea", data.encode())
    assert [f.at for f in track.fixes] == [
        parse_rfc3339("2026-06-13T23:59:58Z"),
        parse_rfc3339("2026-06-13T23:59:59Z"),
    ]
    assert counts(track) == {"no time": 1}


def test_a_sentence_without_a_checksum_among_others_that_have_theirs_is_damaged() -> None:
    data = whole.nmea() + b"$GPRMC,194300,A,6010.2,N,02456.4,E,3.0,90.0,130626,,\r\n"
    assert counts(read_track("a.nmea", data)) == {"damaged": 1}


@pytest.mark.parametrize("mode", ["N", "S", "M"])
def test_simulated_and_typed_positions_are_no_fix(mode: str) -> None:
    rmc = f"GPRMC,194217.00,A,6010.2000,N,02456.4000,E,2.1,0.0,130626,,,{mode}"
    assert counts(read_track("a.nmea", sentence(rmc).encode())) == {"no fix": 1}


def test_what_a_logger_wrote_before_each_sentence() -> None:
    lines = whole.nmea().decode().splitlines()
    data = "".join(f"[1234.5] {line}\n" for line in lines).encode()
    assert len(read_track("a.log", data).fixes) == COUNT


# -- the rest ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["matrice", "mavic_pro", "mavic_2"])
def test_three_dialects_of_dji(dialect: str) -> None:
    track = read_track("a.SRT", whole.srt(dialect))
    assert len(track.fixes) == COUNT
    assert (round(track.fixes[0].lat, 4), round(track.fixes[0].lon, 4)) == (60.17, 24.94)
    moved = read_track("a.SRT", whole.srt(dialect), told=Told(zone="+03:00"))
    assert moved.fixes[0].at == track.fixes[0].at - 3 * 3_600_000_000


@pytest.mark.parametrize(
    ("tags", "place", "speed"),
    [
        ({"GPSLatitude": 33.86, "GPSLatitudeRef": "S", "GPSLongitude": 151.2}, (-33.86, 151.2), None),
        ({"GPSLatitude": -33.86, "GPSLongitude": 151.2, "GPSSpeed": 36}, (-33.86, 151.2), 10.0),
        (
            {"GPSLatitude": "33 deg 51' 36.00\" S", "GPSLongitude": "151 deg 12' 0.00\" E", "GPSSpeedRef": "knots"},
            (-33.86, 151.2),
            None,
        ),
    ],
)
def test_what_exiftool_says(tags: dict[str, object], place: tuple[float, float], speed: float | None) -> None:
    said = {f"Doc1:{k}": v for k, v in tags.items()} | {"Doc1:GPSDateTime": "2026:06:13 19:42:17.5Z"}
    (fix,) = read_track("a.json", json.dumps([{"SourceFile": "a.mp4"} | said]).encode()).fixes
    assert (round(fix.lat, 6), round(fix.lon, 6), fix.speed) == (*place, speed)
    assert fix.at == parse_rfc3339("2026-06-13T19:42:17.5Z")


def test_a_dashcams_own_time_is_asked_about() -> None:
    said = [
        {"SourceFile": "a", "Doc1:GPSLatitude": 1, "Doc1:GPSLongitude": 2, "Doc1:GPSDateTime": "2026:06:13 01:02:03"}
    ]
    with pytest.raises(NotSaid):
        read_track("a.json", json.dumps(said).encode())


def test_geojson_without_times_is_a_way() -> None:
    data = b'{"type": "LineString", "coordinates": [[24.9, 60.1], [24.9, 60.2], [0, 0], "x"]}'
    track = read_track("a.geojson", data)
    assert (track.fixes, len(track.paths), track.refused) == ((), 1, (Refused("at 0, 0", 1), Refused("no fix", 1)))


def test_geojson_whose_times_do_not_fit_is_damaged() -> None:
    data = (
        b'{"type": "Feature", "properties": {"coordTimes": ["2026-06-13T19:42:17Z"]},'
        b' "geometry": {"type": "LineString", "coordinates": [[24.9, 60.1], [24.9, 60.2]]}}'
    )
    assert counts(read_track("a.geojson", data)) == {"damaged": 2}
