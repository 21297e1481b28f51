"""Every reader, every broken input: a track or one sentence, never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.track import Track
from reviewer.tracks.base import READERS, read_track
from tests.tracks.whole import WHOLE


def is_read_or_refused(data: bytes, format: str) -> None:
    try:
        track = read_track("f", data, format)
    except UnreadableTrack as refused:
        assert refused.message.startswith("f ")
        assert refused.message.endswith(".")
        assert "\n" not in refused.message
        assert refused.next_step
    else:
        assert isinstance(track, Track)
        assert list(track.fixes) == sorted(track.fixes, key=lambda f: f.at)
        assert all(-90 <= f.lat <= 90 and -180 <= f.lon <= 180 for f in track.fixes)
        assert len(track.holes) < max(1, len(track.fixes))


def test_every_format_has_a_whole_example() -> None:
    assert WHOLE.keys() == READERS.keys()
    assert all(read_track("f", data, format).fixes for format, data in WHOLE.items())


@pytest.mark.parametrize("format", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes(format: str, data: bytes) -> None:
    is_read_or_refused(data, format)


@pytest.mark.parametrize("format", READERS)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files(format: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[format])
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(whole)))
    is_read_or_refused(bytes(whole[:end]), format)


NUMBERS = st.one_of(st.floats(), st.integers(), st.text(max_size=8)).map(str)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=8, max_size=8), max_size=6))
def test_any_numbers_in_a_table(rows: list[list[str]]) -> None:
    lines = [",".join(c.replace(",", "").replace("\n", "") for c in row) for row in rows]
    table = "stream_us,utc,lat,lon,accuracy_m,speed_mps,heading_deg,fix\n" + "\n".join(lines)
    is_read_or_refused(table.encode("utf-8", "replace"), "csv")


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(UnreadableTrack, match=r"a.bin is in a format that no reader here knows \(gpx, csv"):
        read_track("a.bin", b"PK")
    with pytest.raises(UnreadableTrack, match="no reader"):
        read_track("a.gpx", b"<gpx/>", "smoke signals")
