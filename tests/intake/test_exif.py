from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableMedia
from reviewer.domain.picture import Basis, Picture
from reviewer.domain.timebase import SECOND, parse_rfc3339
from reviewer.intake.exif import OLD_FIX, SEVERAL_HOURS, UNCHECKED, read_picture
from reviewer.services import apart
from tests.intake.pictures import LOCAL, OFFSET, PLACE, SATELLITE, picture

TAKEN = parse_rfc3339("2026-06-13T19:42:17.250000Z")


def look(**tags: Any) -> Picture:  # noqa: ANN401 - EXIF directories
    return read_picture(BytesIO(picture(**tags)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_cameras_clock_and_its_zone(kind: str) -> None:
    found = look(own=LOCAL | OFFSET, main={271: "Example", 272: "Body 2"}, kind=kind)
    assert (found.taken_at, found.uncertainty, found.basis) == (TAKEN, UNCHECKED, Basis.OFFSET)
    assert (found.make, found.model, found.damaged) == ("Example", "Body 2", False)


def test_the_zone_follows_from_gps_time() -> None:
    found = look(own=LOCAL, gps=SATELLITE)
    assert (found.taken_at, found.uncertainty, found.basis) == (TAKEN, UNCHECKED, Basis.ZONE)


def test_local_time_of_no_zone_is_several_hours_unsure() -> None:
    found = look(own=LOCAL)
    assert (found.taken_at, found.uncertainty, found.basis) == (TAKEN + 3 * 3600 * SECOND, SEVERAL_HOURS, Basis.LOCAL)


def test_gps_time_alone_may_be_old() -> None:
    found = look(gps=SATELLITE)
    assert (found.taken_at, found.uncertainty, found.basis) == (TAKEN - 2_250_000, OLD_FIX, Basis.GPS)


def test_a_clock_that_was_never_set_gives_way_to_gps() -> None:
    assert look(own={36867: "2015:01:01 00:00:00"}, gps=SATELLITE).basis is Basis.GPS
    assert look(own={36867: "1980:01:01 00:00:00"}).taken_at is None
    assert look(own={36867: "0000:00:00 00:00:00"}).basis is Basis.NONE


def test_where_it_was_taken() -> None:
    found = look(own=LOCAL | OFFSET, gps=SATELLITE | PLACE)
    assert (found.lat, found.lon) == (pytest.approx(60.17), pytest.approx(24.94))
    assert (found.accuracy, found.heading) == (pytest.approx(4.5), pytest.approx(90))
    assert found.fix is not None
    assert found.fix.at == TAKEN
    south_west = look(own=LOCAL, gps=PLACE | {1: "S", 3: "W"})
    assert (south_west.lat, south_west.lon) == (pytest.approx(-60.17), pytest.approx(-24.94))


@pytest.mark.parametrize(
    "gps",
    [
        PLACE | {2: (95.0, 0.0, 0.0)},
        PLACE | {1: "X"},
        PLACE | {9: "V"},
        PLACE | {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {1: "N", 2: (60.0, 10.0, 12.0)},
        PLACE | {4: (1.0, 2.0)},
    ],
)
def test_no_place(gps: dict[int, Any]) -> None:
    found = look(own=LOCAL, gps=gps)
    assert (found.lat, found.lon, found.fix) == (None, None, None)


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\xff\xd8\xff" + b"a still" * 100, b"text", b"\x89PNG\r\n\x1a\n"]
)
def test_what_is_no_picture_says_nothing(data: bytes) -> None:
    assert read_picture(BytesIO(data)) == Picture(damaged=True)


def test_a_picture_of_more_pixels_than_fit_any_memory_is_never_decoded() -> None:
    whole = bytearray(picture(own=LOCAL | OFFSET))
    frame = whole.index(b"\xff\xc0")
    whole[frame + 5 : frame + 9] = struct.pack(">HH", 65_500, 65_500)
    assert read_picture(BytesIO(bytes(whole))).taken_at == TAKEN


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMedia, match=r"gone\.jpg cannot be read: No such file"):
        read_picture(tmp_path / "gone.jpg")


def test_it_is_read_in_a_process_apart(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(picture(own=LOCAL | OFFSET, gps=PLACE))
    found = apart.look_at_picture(tmp_path / "a.jpg")
    assert (found.taken_at, found.basis, found.lat) == (TAKEN, Basis.OFFSET, pytest.approx(60.17))


WHOLE = picture(own=LOCAL | OFFSET, gps=PLACE | SATELLITE, main={271: "Example", 272: "Body 2"})


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damage_is_a_value(data: st.DataObject) -> None:
    broken = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, 600))] = data.draw(st.integers(0, 255))
    found = read_picture(BytesIO(bytes(broken[: data.draw(st.integers(1, len(broken)))])))
    assert found.lat is None or -90 <= found.lat <= 90
    assert (found.taken_at is None) == (found.basis is Basis.NONE)
