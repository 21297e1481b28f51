"""The clocks panel in words: no digit beyond the ±, ahead and behind the right way round, lengths as people type."""

from __future__ import annotations

import pytest

from reviewer.domain.alignment import Alignment, Judged, Misclosure
from reviewer.domain.alignment_acts import CueMarked, DeviceOffsetStated
from reviewer.domain.annotation import Mark
from reviewer.domain.timebase import Micros
from reviewer.ui.review import clock_words as words
from tests.ui.review import clock_samples as clocks
from tests.ui.review import samples

CAMERAS = samples.cameras(4)


def number(recording: str) -> str:
    return f"camera {recording.removeprefix('rec-')}"


@pytest.mark.parametrize(
    ("length", "limit", "said"),
    [
        (-37_214_000, 22_000, "−37.21 s"),
        (-37_214_000, 1_800_000, "−37.2 s"),
        (-37_214_000, 20_000_000, "−37 s"),
        (12_400, 2_000, "+0.012 s"),
        (-400, 22_000, "0.00 s"),
    ],
)
def test_a_length_has_no_digit_beyond_its_plus_minus(length: int, limit: int, said: str) -> None:
    assert words.signed(length, limit) == said


def test_what_a_reading_says_is_turned_to_the_camera_it_is_read_for() -> None:
    fast = clocks.sound(1, 3, 37_214_000)  # camera 3 shows what camera 1 shows 37 s later
    assert words.against(fast, "rec-3", number) == "37.21 s ahead of camera 1 ± 22 ms"
    assert words.against(fast, "rec-1", number) == "37.21 s behind camera 3 ± 22 ms"
    assert words.against(clocks.sound(1, 2, 9_000), "rec-1", number) == "as camera 2 ± 22 ms"
    assert words.against(clocks.signed(3, 240_000), "rec-3", number) == "as UTC ± 0.48 s"


def test_readings_of_a_camera_the_surest_first_those_left_out_last() -> None:
    found = words.about("rec-3", clocks.proposal())
    assert [each.used for each in found] == [True, True, False]
    assert words.disagreement(found[-1]) == "Disagrees by 37.21 s; left out"
    assert words.about("rec-3", None) == ()


def test_a_proposal_says_who_moves_and_what_was_left_out() -> None:
    proposed = clocks.proposal()
    found = words.changes(CAMERAS, None, proposed)
    assert [each.camera.number for each in found] == [2, 3]
    assert words.proposal_words(found, proposed) == (
        "2 cameras change; camera 3 by −37.21 s, the most. 1 reading disagrees and is left out."
    )
    assert words.proposal_words(found[1:], proposed).startswith("Camera 3 moves by −37.21 s ± 30 ms.")
    assert words.changes(CAMERAS, proposed, proposed) == ()
    assert words.changes(CAMERAS, None, None) == ()


def test_a_clock_that_only_becomes_surer_does_not_move() -> None:
    before = Alignment((clocks.correction(1, 0, 900_000),))
    after = Alignment((clocks.correction(1, 400, 20_000),))
    found = words.changes(CAMERAS, before, after)
    assert words.proposal_words(found, after) == "Camera 1 does not move, its ± becomes 40 ms."


def test_the_least_sure_pair_is_what_the_clocks_carry() -> None:
    proposed = clocks.proposal()
    worst = words.worst_pair(proposed, CAMERAS[:3], samples.NOW)
    assert worst is not None and [c.number for c in worst[1:]] == [2, 3]
    assert words.worst_pair(None, CAMERAS, samples.NOW) is None
    said, limit = words.joint_words(proposed, CAMERAS[2], CAMERAS[0], samples.NOW)
    assert (said, limit) == ("Clocks carry ± 21 ms between 1 and 3", 21_000)
    assert words.joint_words(None, CAMERAS[0], CAMERAS[2], samples.NOW)[0] == "Clocks carry ± 0.48 s between 1 and 3"


def test_the_round_trip_that_closes_worst() -> None:
    tight, sentence = words.misclosure_words(clocks.proposal(), number)
    assert tight == "Round trip 4 ms"
    assert sentence == "From camera 1 to 2, to 3 and back the readings are 4 ms apart."
    far = Alignment((), misclosures=(Misclosure(("rec-1", "rec-2", "rec-3"), Micros(-2_500_000)),))
    assert words.misclosure_words(far, number)[0] == "Round trip 2.50 s"
    assert words.misclosure_words(None, number) == ("", "")


@pytest.mark.parametrize(
    ("typed", "micros"),
    [("-37.2", -37_200_000), ("−37,214 s", -37_214_000), ("0.5", 500_000), ("1:02", 62_000_000),
     ("-7:59:42.5", -28_782_500_000), ("+3", 3_000_000)],
)  # fmt: skip
def test_a_length_as_it_is_typed(typed: str, micros: int) -> None:
    assert words.typed_length(typed) == micros


@pytest.mark.parametrize("typed", ["", "a minute", "1:75", "1:70:00", "37.2.1", "--3"])
def test_what_is_no_length_is_said(typed: str) -> None:
    with pytest.raises(words.NotALength):
        words.typed_length(typed)


def test_what_people_said_in_one_line() -> None:
    marks = (Mark("rec-1", 0, Micros(0), Micros(40_000)), Mark("rec-3", 0, Micros(0), Micros(40_000)))
    numbers = {c.key: c.number for c in CAMERAS}
    cue = CueMarked("CR-1", "c1", marks, Micros(49_000), "Door slams")
    assert words.said_of(cue, numbers) == "The same event in 1 and 3 ± 98 ms · Door slams"
    offset = DeviceOffsetStated("CR-1", "rec-3", Micros(-37_200_000), Micros(250_000), "Dock’s clock")
    assert words.said_of(offset, numbers) == "Camera 3: −37.20 s ± 0.50 s · Dock’s clock"


def test_every_source_has_words() -> None:
    kinds = {each.reading.kind for each in clocks.proposal().judged}
    assert kinds <= set(words.KINDS)
    assert isinstance(clocks.proposal().judged[0], Judged)
