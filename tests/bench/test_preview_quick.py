"""What the bench of the preview counts as ideal."""

from __future__ import annotations

from reviewer.domain.timebase import TimeRange, Utc
from tests.bench.render_preview import TICK, Look, judge


def look(n: int, now: int, *frames: tuple[int, int] | None, clip: str = "c1") -> Look:
    stretches = {str(i): TimeRange(Utc(f[0]), Utc(f[1])) if f else None for i, f in enumerate(frames)}
    return Look(n * TICK, clip, Utc(now), stretches)


def test_a_frame_that_is_right_now_or_was_a_tick_ago_is_ideal() -> None:
    found = judge(
        [
            look(0, 0, (0, 33_000)),
            look(1, 16_000, (0, 33_000)),
            look(2, 34_000, (0, 33_000)),
            look(3, 66_000, (0, 33_000)),
            look(4, 83_000, None),
        ]
    )
    assert (found.due, found.ideal) == (4, 2)


def test_waiting_between_clips_is_lost_and_passing_on_is_not() -> None:
    found = judge(
        [
            look(0, 0, (0, 50_000)),
            look(1, 0, (0, 50_000)),
            look(2, 900_000, (890_000, 920_000), clip="c2"),
            look(5, 950_000, (940_000, 980_000), clip="c2"),
        ]
    )
    assert (found.due, found.steady, found.ideal) == (3, 5, 2), "one that came late stands for three at 60 Hz"
    assert found.clips == ["c1", "c2"] and found.waited > 0
