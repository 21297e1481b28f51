from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.recording import Clock, ClockSource
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.ui.review.clocks import NotATime, correction_short, correction_words, length_words, place, typed
from tests.ui.review.samples import NOW, ZONE, at


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("22:44:02", "22:44:02"),
        ("22:44", "22:44:00"),
        ("22:44:02.5", "22:44:02.5"),
        ("22:44:02,25", "22:44:02.25"),
        ("19:44:02 UTC", "22:44:02"),
        ("19:44:02Z", "22:44:02"),
        ("2026-06-13 22:44:02", "22:44:02"),
        ("2026-06-13T19:44:02 utc", "22:44:02"),
    ],
)
def test_a_typed_time_is_local_unless_it_says_utc(text: str, local: str) -> None:
    assert typed(ZONE, text, NOW) == at(local)


@pytest.mark.parametrize("text", ["", "soon", "25:00", "22:60", "22:44:61", "2026-02-30 10:00", "22"])
def test_what_is_no_time_says_what_would_be(text: str) -> None:
    with pytest.raises(NotATime) as refused:
        typed(ZONE, text, NOW)
    assert "Type" in refused.value.next_step


def test_a_time_after_midnight_is_the_nearest_one() -> None:
    late = at("23:59:30")
    assert typed(ZONE, "00:00:30", late) == late + 60 * SECOND
    assert typed(ZONE, "23:59:00", Utc(late + 60 * SECOND)) == late - 30 * SECOND


@given(st.integers(0, 86_399))
def test_a_typed_time_is_never_more_than_half_a_day_away(second: int) -> None:
    hour, minute = divmod(second // 60, 60)
    found = typed(ZONE, f"{hour}:{minute:02}:{second % 60:02}", NOW)
    assert abs(found - NOW) <= 12 * 3600 * SECOND
    assert ZONE.clock(found) == f"{hour:02}:{minute:02}:{second % 60:02}"


def test_a_correction_says_which_way_the_camera_was_wrong() -> None:
    fast = Clock(ClockSource.MANIFEST, Micros(12_000), Micros(-37_000_000))
    assert correction_words(fast) == "Camera clock was 37.00 s fast; corrected"
    assert correction_short(fast) == "−37.00 s"
    slow = Clock(ClockSource.GPS, Micros(1_200_000), Micros(1_920_000))
    assert correction_words(slow) == "Camera clock was 1.9 s slow; corrected"  # no digit beyond the ±
    assert correction_words(Clock(ClockSource.CONTAINER, Micros(4_000_000))) == "Not compared with any other clock"


def test_places_and_lengths_in_words() -> None:
    assert place(ZONE, TimeRange(NOW, NOW)) == "22:42:17.4"
    assert place(ZONE, TimeRange(at("22:42:14.9"), at("22:42:17.5"))) == "22:42:14.9 – 22:42:17.5"
    assert [length_words(Micros(s * SECOND)) for s in (29, 720, 3900)] == ["29 s", "12 min", "1 h 05"]
