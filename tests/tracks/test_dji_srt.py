from __future__ import annotations

from pathlib import Path

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import Utc, parse_rfc3339
from reviewer.tracks.base import by_recording, read_track, sets_clock

SAMPLES = Path(__file__).parents[3] / "shared/data/gps"

MAVIC_PRO = """1
00:00:01,000 --> 00:00:02,000
HOME(24.9400,60.1700) 2026.06.13 19:42:17
GPS(24.9410,60.1710,16) BAROMETER:1.9
"""
MATRICE = "1\r\n00:00:01,000 --> 00:00:02,000\r\n2026.06.13 19:42:17\r\nGPS(60.1710,24.9410,0.0M) BAROMETER:0.3M\r\n"
MAVIC_2 = """\ufeff1
00:00:01,000 --> 00:00:01,040
<font size="36">FrameCnt : 218, DiffTime : 40ms
2026-06-13 19:42:17,000,000
[iso : 110] [latitude : 60.1710] [longtitude : 24.9410] </font>
"""


@pytest.mark.parametrize("text", [MAVIC_PRO, MATRICE, MAVIC_2, MAVIC_2.replace("longtitude", "longitude")])
def test_each_dialect_has_its_own_order_and_spelling(text: str) -> None:
    (fix,) = read_track("a.SRT", text.encode()).fixes
    assert (fix.lat, fix.lon, fix.stream) == (60.171, 24.941, 1_000_000)
    assert fix.at == parse_rfc3339("2026-06-13T19:42:17Z")


def test_a_drones_local_time_sets_no_clock() -> None:
    assert not sets_clock("dji_srt")
    assert sets_clock("gpmf")
    placed = by_recording(read_track("a.srt", MATRICE.encode()), lambda stream: Utc(7_000_000 + stream))
    assert placed.fixes[0].at == 8_000_000


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a.srt is empty."),
        ("just words", "a.srt holds no subtitles."),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello!\n", "a.srt holds subtitles, but no positions."),
    ],
)
def test_one_sentence_each(text: str, says: str) -> None:
    with pytest.raises(UnreadableTrack) as caught:
        read_track("a.srt", text.encode())
    assert caught.value.message == says


@pytest.mark.parametrize(
    ("name", "count", "near"),
    [
        ("mavic_pro.SRT", 468, (-20.25, 149.03)),
        ("mavic_2pro_new.SRT", 8952, (-35.08, -60.29)),
        ("matrice_300.srt", 381, (36.61, -6.11)),
    ],
)
def test_real_files(name: str, count: int, near: tuple[float, float]) -> None:
    if not (SAMPLES / name).exists():
        pytest.skip("shared/data is not here")
    track = read_track(name, (SAMPLES / name).read_bytes())
    assert len(track.fixes) == count
    assert (round(track.fixes[0].lat, 2), round(track.fixes[0].lon, 2)) == near
