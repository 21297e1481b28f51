from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.recording import ClockSource
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.intake.base import FoundRecording, NoteKind
from reviewer.intake.phone_export import BY_NETWORK
from tests.intake.looking import footage, look, only, put, texts

START = parse_rfc3339("2026-06-13T19:42:17Z")
GPX = b"<gpx/>"


def shared(found: FoundRecording) -> list[str]:
    return [t.path.name for t in found.tracks if t.shared and t.path is not None]


def test_one_track_of_the_shift_serves_every_video(tmp_path: Path) -> None:
    put(tmp_path / "VID_20260613_224217.mp4", footage(60, "2026-06-13T19:43:17Z"))
    put(tmp_path / "VID_20260613_231000.mp4", footage(30, "2026-06-13T20:10:30Z"))
    put(tmp_path / "shift.gpx", GPX)
    found = look(tmp_path)
    assert found.refused == ()
    assert [shared(r) for r in found.recordings] == [["shift.gpx"], ["shift.gpx"]]
    assert {r.source for r in found.recordings} == {"phone export"}


def test_a_track_in_a_folder_of_its_own_serves_its_neighbours(tmp_path: Path) -> None:
    put(tmp_path / "niemi" / "videos" / "IMG_0001.MOV", footage(60, "2026-06-13T19:42:17Z", "Apple", "iPhone 15"))
    put(tmp_path / "niemi" / "gps" / "track.kml", b"<kml/>")
    put(tmp_path / "laine" / "videos" / "IMG_0001.MOV", footage(60, "2026-06-13T19:42:17Z", "Apple", "iPhone 15"))
    put(tmp_path / "laine" / "gps" / "track.json", b'[{"lat": 1, "lon": 2, "time": "x"}]')
    found = {r.parts[0].path.parts[-3]: r for r in look(tmp_path).recordings}
    assert shared(found["niemi"]) == ["track.kml"]
    assert shared(found["laine"]) == ["track.json"]
    assert found["niemi"].hints[:1] == ("niemi",)


def test_a_whole_shift_in_json_is_still_a_track(tmp_path: Path) -> None:
    put(tmp_path / "VID_20260613_224217.mp4", footage(60))
    point = (
        b'{"lat": 60.17, "lon": 24.94, "time": "2026-06-13T19:42:17Z", "provider": "gps", "note": "' + b"x" * 60 + b'"}'
    )
    put(tmp_path / "shift.json", b"[" + b",".join([point] * 28_800) + b"]")
    assert shared(only(look(tmp_path))) == ["shift.json"]


def test_a_track_of_the_same_name_is_its_own_alone(tmp_path: Path) -> None:
    put(tmp_path / "VID_20260613_224217.mp4", footage(60))
    put(tmp_path / "VID_20260613_224217.gpx", GPX)
    put(tmp_path / "VID_20260613_231000.mp4", footage(60))
    first, second = look(tmp_path).recordings
    assert [t.shared for t in first.tracks] == [False]
    assert second.tracks == ()


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("VID_20260613_224217.mp4", "2026-06-13T19:42:18Z"),  # the header's time is the start's
        ("VID_20260613_224217.mp4", "2026-06-13T19:43:19Z"),  # the end's, as on most Androids
        ("20260613_224217.mp4", "2026-06-13T19:43:17Z"),
        ("VID_20260614_012717.mp4", "2026-06-13T19:42:17Z"),  # UTC+5:45
        ("PXL_20260613_194217123.mp4", ""),
    ],
)
def test_a_phones_name_and_header_together_tell_the_time(tmp_path: Path, name: str, made: str) -> None:
    found = only(look(put(tmp_path / name, footage(60, made, "Samsung" if name[0] == "2" else ""))))
    assert found.clock is not None
    assert (found.clock.started_at, found.clock.uncertainty) == (START, BY_NETWORK)
    assert found.clock.source is ClockSource.CONTAINER
    assert len(texts(found, NoteKind.GUESSED, "clock")) == 1


def test_local_time_of_a_name_alone_is_hours_unsure(tmp_path: Path) -> None:
    found = only(look(put(tmp_path / "VID_20260613_224217.mp4", footage(60))))
    assert found.clock is not None
    assert found.clock.uncertainty == 4 * 3600 * SECOND


def test_a_name_and_a_header_that_disagree_leave_the_header(tmp_path: Path) -> None:
    found = only(look(put(tmp_path / "VID_20260613_224217.mp4", footage(60, "2026-06-13T19:49:00Z"))))
    assert found.clock is None
    assert "a hint that may be hours off" in texts(found, NoteKind.GUESSED, "clock")[0]


def test_other_cameras_beside_a_lone_track_are_not_given_it(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4", footage())
    put(tmp_path / "lone.gpx", GPX)
    found = look(tmp_path)
    assert found.recordings[0].tracks == ()
    assert [r.error.message for r in found.refused] == ["lone.gpx belongs to no footage here."]
