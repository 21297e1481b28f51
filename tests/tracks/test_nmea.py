from __future__ import annotations

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import parse_rfc3339
from reviewer.domain.track import Refused
from reviewer.tracks.base import read_track


def sentence(body: str) -> bytes:
    check = 0
    for each in body.encode():
        check ^= each
    return f"${body}*{check:02X}\r\n".encode()


RMC = "GNRMC,194217.50,A,6010.2000,N,02456.4000,E,10.0,370.0,130626,,,A"


def test_when_where_how_fast_and_which_way() -> None:
    data = sentence("GNGGA,194217.50,6010.2000,N,02456.4000,E,1,08,1.5,10.0,M,18.0,M,,") + sentence(RMC)
    (fix,) = read_track("a.nmea", data).fixes
    assert fix.at == parse_rfc3339("2026-06-13T19:42:17.500000Z")
    assert (fix.lat, fix.lon) == (pytest.approx(60.17), pytest.approx(24.94))
    assert (fix.speed, fix.heading, fix.accuracy) == (pytest.approx(5.1444, abs=1e-3), 10.0, 7.5)


def test_south_and_west() -> None:
    (fix,) = read_track("a.nmea", sentence(RMC.replace(",N,", ",S,").replace(",E,", ",W,"))).fixes
    assert (fix.lat, fix.lon) == (pytest.approx(-60.17), pytest.approx(-24.94))


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (RMC.replace(",A,6010", ",V,6010"), "no fix"),
        (RMC.replace("6010.2", "6060.2"), "no fix"),
        (RMC.replace(",N,", ",X,"), "no fix"),
        (RMC.replace("130626", "310226"), "no time"),
        (RMC.replace("194217.50", "254217.50"), "no time"),
        (RMC.replace("194217.50", ""), "no time"),
    ],
)
def test_what_is_no_fix(changed: str, reason: str) -> None:
    assert read_track("a.nmea", sentence(changed)).refused == (Refused(reason, 1),)


def test_a_wrong_checksum_is_damage() -> None:
    track = read_track("a.nmea", sentence(RMC).replace(b"6010", b"6011"))
    assert (track.fixes, track.refused) == ((), (Refused("damaged", 1),))


def test_no_sentences_are_a_sentence() -> None:
    with pytest.raises(UnreadableTrack, match=r"a\.nmea holds no NMEA sentences"):
        read_track("a.nmea", b"hello\n")
