"""A corpus of broken files, the same on every run: each gets a sentence or a track, and no track a wrong place.

A changed digit in a format without checksums can always be a place that is possible, so "wrong" is what nobody could
have reached: while the way lasts each fix must lie within what 150 m/s reach from where the way was, beyond it on the
street.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer.domain.errors import UnreadableTrack
from reviewer.domain.timebase import SECOND, from_datetime
from reviewer.domain.track import Fix, Track, distance
from reviewer.tracks.base import READERS, read_track
from tests.tracks.whole import COUNT, LAT, LON, START, STEP, WHOLE

SAMPLES = Path(__file__).parents[3] / "shared/data/gps"
FROM = from_datetime(START)
ROUNDS = 60
REACH = 2 * 150.0 * 2  # m: a fix and its neighbour a second away, both ways
Break = Callable[[bytearray, random.Random], None]


def seeded(what: str) -> random.Random:
    """The same damage on every run."""
    return random.Random(what)  # noqa: S311 - no secret


def cut_short(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def begins_late(data: bytearray, chance: random.Random) -> None:
    del data[: chance.randrange(len(data))]


def bits_turned(data: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 5)):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def zeros(data: bytearray, chance: random.Random) -> None:
    """A page that was never written."""
    start = chance.randrange(len(data))
    stop = min(len(data), start + chance.randint(1, 512))
    data[start:stop] = bytes(stop - start)


def digits_changed(data: bytearray, chance: random.Random) -> None:
    places = [i for i, b in enumerate(data) if 48 <= b <= 57]
    for i in chance.sample(places, min(len(places), 3)):
        data[i] = chance.randrange(48, 58)


def piece_repeated(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.randint(1, 300)]
    at = chance.randrange(len(data))
    data[at:at] = piece


def piece_lost(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    del data[start : start + chance.randint(1, 300)]


def lines_mixed(data: bytearray, chance: random.Random) -> None:
    lines = bytes(data).splitlines(keepends=True)
    head, rest = lines[:1], lines[1:]
    chance.shuffle(rest)
    data[:] = b"".join(head + rest)


def twice(data: bytearray, _: random.Random) -> None:
    data += bytes(data)


BREAKS: tuple[Break, ...] = (
    *(cut_short, begins_late, bits_turned, zeros, digits_changed),
    *(piece_repeated, piece_lost, lines_mixed, twice),
)


def read_or_refused(name: str, data: bytes, format: str | None) -> Track | None:
    try:
        return read_track(name, data, format)
    except UnreadableTrack as refused:
        assert refused.message.startswith(name)
        assert refused.message.endswith(".")
        assert "\n" not in refused.message
        assert len(refused.message) < 300
        assert refused.next_step.endswith(".")
        return None


def how_far_off(fix: Fix) -> float:
    """Metres from where the way was then; beyond its ends, from its nearer end."""
    seconds = min(max((fix.at - FROM) / SECOND, 0), COUNT)
    return distance(fix, Fix(fix.at, LAT + seconds * STEP, LON))


def holds(track: Track) -> None:
    good = [f for f in track.fixes if how_far_off(f) <= REACH]
    wild = [f for f in track.fixes if f not in good]
    # What is far off must be alone in time: whoever was there had the time to come.
    for fix in wild:
        nearest = min((abs(fix.at - other.at) for other in good), default=None)
        assert nearest is None or how_far_off(fix) <= 150.0 * (nearest / SECOND + 2), fix
    assert not wild or len(wild) < len(good) or len(good) < 3


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("broken", BREAKS, ids=lambda b: b.__name__)
def test_a_broken_file_gets_a_sentence_or_no_wrong_place(format: str, broken: Break) -> None:
    for round_ in range(ROUNDS):
        chance = seeded(f"{format} {broken.__name__} {round_}")
        data = bytearray(WHOLE[format])
        broken(data, chance)
        track = read_or_refused("f", bytes(data), format)
        if track is not None:
            holds(track)


@pytest.mark.parametrize("format", READERS)
@pytest.mark.parametrize("other", READERS)
def test_a_file_under_another_formats_name_is_no_track_of_that(format: str, other: str) -> None:
    if format == other:
        return
    track = read_or_refused("f", WHOLE[other], format)
    assert track is None or all(how_far_off(f) <= REACH for f in track.fixes)


def test_a_whole_file_is_known_by_what_is_in_it_whatever_its_name() -> None:
    for format, data in WHOLE.items():
        track = read_track("download.txt", data)
        assert track.source in (format, "kml" if format == "kmz" else format)
        assert len(track.fixes) == COUNT, format
        assert max(map(how_far_off, track.fixes)) < 3


@pytest.mark.parametrize("broken", [b for b in BREAKS if b is not twice], ids=lambda b: b.__name__)
def test_the_real_samples_broken(broken: Break) -> None:
    found = sorted(SAMPLES.glob("*")) if SAMPLES.exists() else []
    if not found:
        pytest.skip("shared/data is not here")
    for path in found:
        whole = path.read_bytes()[:60_000]
        try:
            places = read_track(path.name, whole).fixes
        except UnreadableTrack:
            assert not whole
            continue
        centre = places[len(places) // 2]
        for round_ in range(6):
            data = bytearray(whole)
            broken(data, seeded(f"{path.name} {broken.__name__} {round_}"))
            track = read_or_refused(path.name, bytes(data), "dji_srt")
            for fix in track.fixes if track is not None else ():
                reach = 20_000 + 150.0 * abs(fix.at - centre.at) / SECOND
                assert distance(fix, centre) < reach, (path.name, round_)


def test_the_empty_sample_is_a_sentence() -> None:
    path = SAMPLES / "broken_empty.SRT"
    if not path.exists():
        pytest.skip("shared/data is not here")
    with pytest.raises(UnreadableTrack, match=r"broken_empty\.SRT is empty\."):
        read_track(path.name, path.read_bytes(), "dji_srt")
