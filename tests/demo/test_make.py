"""The demo has in it what it promises, and its truth is what the files show."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from av.video.frame import PictureType

from reviewer.demo import barcode
from reviewer.demo.camera import CAMERAS, walk_of
from reviewer.demo.make import CannotMake, make_footage
from reviewer.demo.picture import Painter
from reviewer.demo.scene import FALL, Scene, Schedule
from reviewer.demo.timing import frame_times, plan_parts
from reviewer.demo.truth import read_truth
from reviewer.domain.timebase import SECOND, Micros, Utc, parse_rfc3339, pts_to_micros
from tests.demo.conftest import Demo

EVERY_PART = [(1, 0), (2, 0), (2, 1), (3, 0), (4, 0)]


@pytest.mark.parametrize(("number", "part"), EVERY_PART)
def test_each_frame_shows_its_true_instant(demo: Demo, number: int, part: int) -> None:
    camera = demo.camera(number)
    true = camera.parts[part]
    with av.open(demo.path(camera, part)) as container:
        stream = container.streams.video[0]
        base = stream.time_base
        assert base == Fraction(*true.time_base)
        seen = []
        for frame in container.decode(stream):
            small = frame.reformat(426, 240, format="bgra", interpolation="FAST_BILINEAR").to_ndarray(format="bgra")
            reading = barcode.read(small)
            assert reading is not None
            assert reading.camera == number
            assert reading.utc_us == true.start + pts_to_micros(frame.pts, base)
            seen.append((frame.pts, reading.utc_us))
    assert seen == list(zip(true.pts, true.frames, strict=True))


def test_sizes_rates_and_sound_differ(demo: Demo) -> None:
    shape = {}
    for camera in demo.truth.cameras:
        with av.open(demo.path(camera)) as container:
            video, audio = container.streams.video[0], container.streams.audio[0]
            assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
            shape[camera.number] = (video.height, camera.rate, audio.rate, audio.channels)
    assert shape == {
        1: (1080, (30, 1), 48_000, 1),
        2: (1080, (30_000, 1_001), 48_000, 2),
        3: (720, (25, 1), 48_000, 1),
        4: (720, None, 44_100, 1),
    }


@pytest.mark.parametrize(
    ("number", "rate"), [(1, Fraction(30)), (2, Fraction(30_000, 1_001)), (3, Fraction(25)), (4, None)]
)
def test_frame_patterns(demo: Demo, number: int, rate: Fraction | None) -> None:
    camera = demo.camera(number)
    with av.open(demo.path(camera)) as container:
        base = container.streams.video[0].time_base
        ticks = sorted(p.pts for p in container.demux(video=0) if p.pts is not None)
    steps = {(b - a) * base for a, b in pairwise(ticks)}
    if rate is None:
        assert len(steps) > 10
        assert max(steps) > 1.2 * min(steps)
    else:
        assert steps == {1 / rate}
    assert ticks[0] == 0


def test_exactly_one_camera_has_b_frames(demo: Demo) -> None:
    reordered = set()
    for camera in demo.truth.cameras:
        with av.open(demo.path(camera)) as container:
            order = [p.pts for p in container.demux(video=0) if p.pts is not None]
        if order != sorted(order):
            reordered.add(camera.number)
        with av.open(demo.path(camera)) as container:
            kinds = {PictureType(frame.pict_type) for frame in container.decode(video=0)}
        assert (PictureType.B in kinds) == (camera.number == 2)
    assert reordered == {2}


def test_two_parts_with_a_gap_a_late_start_and_an_early_stop(demo: Demo) -> None:
    first, second = demo.camera(2).parts
    assert second.start > first.start + first.length + 100_000
    end = demo.truth.start + demo.truth.length
    assert demo.camera(4).parts[0].start > demo.truth.start + demo.truth.length // 5
    early = demo.camera(3).parts[0]
    assert early.start + early.length < end - demo.truth.length // 6
    events = list(demo.truth.events.values())
    assert events == sorted(events)
    for camera in demo.truth.cameras:
        ranges = [(part.start, part.start + part.length) for part in camera.parts]
        for event in ("arm_raised", "bag_dropped", "bag_lands"):
            assert any(start <= demo.truth.events[event] < stop for start, stop in ranges), (camera.number, event)


def test_a_full_length_has_the_promised_lengths() -> None:
    schedule = Schedule(parse_rfc3339("2026-06-13T19:41:30Z"), Micros(90 * SECOND))
    first, second = plan_parts(CAMERAS[1], schedule, 1)
    assert 2 * SECOND < second.start - (first.start + first.length) < 6 * SECOND
    for spec in CAMERAS:
        for part in plan_parts(spec, schedule, 1):
            times = frame_times(part, spec)
            assert times[-1] < part.start + part.length <= schedule.start + schedule.length
            assert max(b - a for a, b in pairwise(times)) < 110_000


def sidecar(demo: Demo, number: int) -> dict[str, object]:
    home = demo.folder / demo.camera(number).directory
    (path,) = home.glob("*.camera.json")
    document: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return document


def test_sidecars_tell_the_time_by_the_cameras_own_clocks(demo: Demo) -> None:
    for camera in demo.truth.cameras:
        stated = sidecar(demo, camera.number)
        clock, parts = stated["clock"], stated["parts"]
        assert isinstance(clock, dict)
        assert isinstance(parts, list)
        assert parse_rfc3339(clock["started_at"]) == camera.parts[0].start + camera.clock_error
        assert [p["file"] for p in parts] == [p.file for p in camera.parts]
        for part, true in zip(parts, camera.parts, strict=True):
            assert parse_rfc3339(part["started_at"]) == true.start + camera.clock_error
            with av.open(demo.folder / camera.directory / true.file) as container:
                written = parse_rfc3339(container.metadata["creation_time"])
            assert abs(written - true.start - camera.clock_error) < SECOND
        if camera.number == 3:
            assert "checked_offset_us" not in clock
            assert 37 * SECOND <= camera.clock_error < 38 * SECOND
        else:
            missed = camera.clock_error + clock["checked_offset_us"]
            assert abs(missed) < clock["uncertainty_us"]
            assert 20_000 <= clock["uncertainty_us"] <= 250_000


def test_the_buffer_is_silent_and_the_rest_is_not(demo: Demo) -> None:
    camera = demo.camera(1)
    assert sidecar(demo, 1)["buffer"] == {"seconds": camera.silent // SECOND, "silent": True}
    assert "buffer" not in sidecar(demo, 2)
    with av.open(demo.path(camera)) as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    edge = camera.silent * camera.sample_rate // SECOND
    assert np.abs(sound[: edge - 4_096]).max() < 1e-4
    assert np.abs(sound[edge + 4_096 :]).max() > 0.05


def test_tracks(demo: Demo) -> None:
    rows = {}
    for number in (1, 3, 4):
        lines = (demo.folder / demo.camera(number).directory / demo.camera(number).track).read_text().splitlines()
        assert lines[0] == "stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix"
        rows[number] = [line.split(",") for line in lines[1:]]
    assert {row[-1] for row in rows[4]} == {"0"}
    assert {row[-1] for row in rows[3]} == {"0", "1"}
    start = demo.camera(3).parts[0].start
    for stream, utc, lat, lon, *_, fix in rows[3]:
        assert abs(parse_rfc3339(utc) - start - int(stream)) < SECOND // 2
        if fix == "1":
            assert 60.164 < float(lat) < 60.179
            assert 24.935 < float(lon) < 24.953
    gap = demo.camera(1).gps_gap
    assert gap is not None
    assert not [row for row in rows[1] if gap[0] <= parse_rfc3339(row[1]) < gap[1]]
    gpx = (demo.folder / demo.camera(2).directory / demo.camera(2).track).read_text()
    assert gpx.count("<trkpt") >= 3


def test_places_lie_in_the_shipped_map(demo: Demo) -> None:
    for camera in demo.truth.cameras:
        assert camera.places
        for place in camera.places:
            assert 60.164 < place.lat < 60.179
            assert 24.935 < place.lon < 24.953
            assert 0 <= place.heading < 360


def test_stills_show_their_instant(demo: Demo) -> None:
    camera = demo.camera(4)
    stated = sidecar(demo, 4)["stills"]
    assert isinstance(stated, list)
    assert len(camera.stills) == 3
    for still, true in zip(stated, camera.stills, strict=True):
        image = cv2.imread(str(demo.folder / camera.directory / still["file"]))
        assert image is not None
        assert barcode.read(image) == barcode.Reading(true.at, 4)
        assert parse_rfc3339(still["taken_at"]) == true.at + camera.clock_error


def test_index_lies_at_the_start_in_some_and_at_the_end_in_others(demo: Demo) -> None:
    at_start = set()
    for camera in demo.truth.cameras:
        data = demo.path(camera).read_bytes()
        if data.index(b"moov") < data.index(b"mdat"):
            at_start.add(camera.number)
    assert at_start == {1, 4}


def test_truth_is_written_as_it_was_returned(demo: Demo) -> None:
    assert read_truth(demo.folder) == demo.truth


def test_progress_rises_to_the_end(demo: Demo) -> None:
    shares = [share for share, _ in demo.reports]
    assert shares[-1] == 1.0
    assert all(0 <= share <= 1 for share in shares)
    assert all(text for _, text in demo.reports)


def test_a_seed_makes_the_same_instants_and_pictures() -> None:
    schedule = Schedule(parse_rfc3339("2026-06-13T19:41:30Z"), Micros(12 * SECOND))
    shown = []
    for seed in (4, 4, 5):
        walks = [walk_of(spec, schedule.length, seed) for spec in CAMERAS[:4]]
        painter = Painter(CAMERAS[3], Scene(schedule, walks, seed), 3, seed)
        parts = tuple(plan_parts(CAMERAS[3], schedule, seed))
        shown.append((parts, painter.frame(schedule.instant(0.6)).tobytes()))
    assert shown[0] == shown[1]
    assert shown[0] != shown[2]


def test_the_event_is_one_for_all() -> None:
    schedule = Schedule(parse_rfc3339("2026-06-13T19:41:30Z"), Micros(90 * SECOND))
    scene = Scene(schedule, [walk_of(spec, schedule.length, 1) for spec in CAMERAS], 1)
    arm, dropped, lands = (schedule.event(name) for name in ("arm_raised", "bag_dropped", "bag_lands"))
    assert scene.at(arm).people[-1].arm == 0
    assert scene.at(arm + 0.5).people[-1].arm == 1
    assert scene.at(dropped - 0.01).bag.z == scene.at(dropped).bag.z > 0.9
    assert scene.at(lands).bag.z == pytest.approx(0, abs=1e-4)
    assert round(lands - dropped, 6) == FALL / SECOND
    stops = schedule.event("van_stops")
    assert scene.van(stops).x == scene.van(stops + 20).x < scene.van(stops - 0.1).x


def test_nine_cameras_can_be_drawn() -> None:
    schedule = Schedule(parse_rfc3339("2026-06-13T19:41:30Z"), Micros(90 * SECOND))
    scene = Scene(schedule, [walk_of(spec, schedule.length, 1) for spec in CAMERAS], 1)
    assert len(CAMERAS) == 9
    for i, spec in enumerate(CAMERAS):
        painter = Painter(spec, scene, i, 1)
        for share in (0.0, 0.33, 0.66, 0.99):
            at = Utc(schedule.instant(share))
            assert barcode.read(painter.frame(at)) == barcode.Reading(at, spec.number)


@pytest.mark.parametrize(("cameras", "seconds"), [(0, 10), (10, 10), (4, 1)])
def test_what_cannot_be_is_refused(tmp_path: Path, cameras: int, seconds: int) -> None:
    with pytest.raises(CannotMake):
        make_footage(tmp_path / "new", cameras=cameras, seconds=seconds)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_a_demo_is_left_alone(demo: Demo) -> None:
    before = sorted(demo.folder.rglob("*"))
    with pytest.raises(CannotMake, match="already"):
        make_footage(demo.folder, seconds=4)
    assert sorted(demo.folder.rglob("*")) == before


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(CannotMake):
        make_footage(tmp_path / "file", seconds=4)


def test_stopping_takes_everything_away(tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def stop(share: float, text: str) -> None:
        raise Enough

    (tmp_path / "mine.txt").write_text("stays")
    with pytest.raises(Enough):
        make_footage(tmp_path, cameras=1, seconds=60, progress=stop)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
