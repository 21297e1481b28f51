from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import Micros, parse_rfc3339
from reviewer.tracks.base import read_track
from reviewer.tracks.gpmf import gpmf_payloads, items, read_gpmf
from tests.tracks.gpmf_bytes import gps5, gps9, item, nest

HERO5 = Path(__file__).parents[3] / "shared/data/recordings/hero5-trimmed.mp4"
PLACES = [(60.17 + i * 1e-6, 24.94) for i in range(10)]


def test_gps5_is_spread_evenly_over_stream_and_gps_time() -> None:
    track = read_gpmf(
        [(Micros(0), gps5("260613194217.000", PLACES)), (Micros(1_000_000), gps5("260613194218.200", PLACES, dop=3.0))]
    )
    start = parse_rfc3339("2026-06-13T19:42:17Z")
    assert len(track.fixes) == 20
    assert [f.stream for f in track.fixes[:11]] == [i * 100_000 for i in range(11)]
    assert [f.at - start for f in track.fixes[:11]] == [i * 120_000 for i in range(11)]
    assert (track.fixes[0].accuracy, track.fixes[10].accuracy) == (10.0, 15.0)
    assert (track.fixes[3].lat, track.fixes[3].speed) == (60.170003, 1.0)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (gps5("260613194217.000", PLACES, fix=0), "no fix"),
        (gps5("260613194217.000", PLACES, dop=99.99), "no fix"),
        (gps5(None, PLACES), "no time"),
        (gps5("no time at all..", PLACES), "no time"),
        (gps5("260613194217.000", [(0.0, 0.0)] * 10), "at 0, 0"),
    ],
)
def test_garbage_of_a_receiver_without_a_fix_is_counted(payload: bytes, reason: str) -> None:
    track = read_gpmf([(Micros(0), payload)])
    assert track.fixes == ()
    assert [(r.reason, r.count) for r in track.refused] == [(reason, 10)]


def test_gps9_carries_time_dilution_and_fix_with_every_position() -> None:
    day = 9660  # 2026-06-13
    rows = [
        (60.17, 24.94, day, 70937.5, 1.5, 3),
        (60.17, 24.94, day, 70937.6, 99.99, 3),
        (60.17, 24.94, day, 1.0, 1.5, 0),
    ]
    track = read_gpmf([(Micros(5_000_000), gps9(rows))])
    (fix,) = track.fixes
    assert fix.at == parse_rfc3339("2026-06-13T19:42:17.500000Z")
    assert (fix.stream, fix.accuracy, fix.speed) == (5_000_000, 7.5, 1.5)
    assert [(r.reason, r.count) for r in track.refused] == [("no fix", 2)]


def test_a_broken_payload_costs_itself_only() -> None:
    whole = gps5("260613194217.000", PLACES)
    odd = nest(b"DEVC", nest(b"STRM", item(b"SCAL", b"l", 4, b"\0" * 20) + item(b"GPS5", b"l", 20, b"\0" * 20)))
    track = read_gpmf([(Micros(0), whole), (Micros(1_001_000), whole[:-40]), (Micros(2_002_000), odd)])
    assert len(track.fixes) == 10
    assert [(r.reason, r.count) for r in track.refused] == [("damaged", 2)]


def test_nests_without_end_are_refused() -> None:
    deep = b""
    for _ in range(100):
        deep = nest(b"DEVC", deep)
    assert read_gpmf([(Micros(0), deep)]).refused[0].reason == "damaged"


def test_raw_metadata_has_no_stream_time() -> None:
    track = read_track("a.gpmf", gps5("260613194217.000", PLACES) + gps5("260613194218.000", PLACES))
    assert len(track.fixes) == 20
    assert {f.stream for f in track.fixes} == {None}
    with pytest.raises(UnreadableTrack, match=r"a\.gpmf is not GoPro metadata"):
        read_track("a.gpmf", b"something else")


def test_items_keep_to_their_bounds() -> None:
    with pytest.raises(ValueError, match="past the end"):
        list(items(b"GPSFL\x04\x00\x09abcd"))
    assert [i.key for i in items(item(b"AAAA", b"c", 1, b"xyz") + item(b"BBBB", b"c", 1, b"x"))] == [b"AAAA", b"BBBB"]


def test_no_movie_is_one_sentence() -> None:
    with pytest.raises(UnreadableTrack, match="GPS metadata inside the recording cannot be read"):
        list(gpmf_payloads(BytesIO(b"a text" * 100)))


@pytest.fixture
def hero5() -> bytes:
    if not HERO5.exists():
        pytest.skip("shared/data is not here")
    return HERO5.read_bytes()


def test_a_real_gopro(hero5: bytes) -> None:
    track = read_gpmf(gpmf_payloads(BytesIO(hero5)))
    assert len(track.fixes) == 36
    assert track.refused == ()
    first, last = track.fixes[0], track.fixes[-1]
    assert first.at == parse_rfc3339("2017-04-17T17:31:03Z")
    assert (round(first.lat, 4), round(first.lon, 4), first.stream) == (33.1265, -117.3274, 0)
    assert 1_900_000 < (last.stream or 0) < 2_002_000


def test_a_cut_off_gopro_gives_what_is_there(hero5: bytes) -> None:
    assert len(read_gpmf(gpmf_payloads(BytesIO(hero5[:100_000]))).fixes) == 18
