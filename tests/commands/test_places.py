"""`reviewer places`: what its words may be; what it answers is in tests/journeys/test_places.py."""

from __future__ import annotations

import argparse

import pytest

from reviewer.commands import places
from reviewer.domain.place import UNIT


def test_a_place_is_a_latitude_a_longitude_and_metres() -> None:
    found = places._near("60.1699,24.9384,50")
    assert (found.lat, found.lon, found.metres) == (round(60.1699 * UNIT), round(24.9384 * UNIT), 50)
    assert places._near("60.1699,24.9384").metres > 0


@pytest.mark.parametrize(
    "words", ["", "60", "60,24,50,1", "north,24", "91,24", "60,181", "60,24,-5", "nan,24", "60,24,inf"]
)
def test_what_is_no_place_is_one_sentence(words: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as said:
        places._near(words)
    assert len(str(said.value).splitlines()) == 1


@pytest.mark.parametrize("words", ["-1", "x", "nan"])
def test_what_is_no_length_is_refused(words: str) -> None:
    for of in (places._metres, places._minutes):
        with pytest.raises(argparse.ArgumentTypeError):
            of(words)
