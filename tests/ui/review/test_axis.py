from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.ui.review.axis import CLOSEST, TimeAxis

START = 1_781_380_000_000_000
HOURS_12 = 12 * 3600 * SECOND

wholes = st.builds(
    lambda start, length: TimeRange(Utc(START + start), Utc(START + start + length)),
    st.integers(0, HOURS_12),
    st.integers(CLOSEST, HOURS_12),
)
widths = st.integers(200, 4000)


@st.composite
def axes(draw: st.DrawFn) -> TimeAxis:
    """An axis after some zooming and panning."""
    axis = TimeAxis.over(draw(wholes), draw(widths))
    for _ in range(draw(st.integers(0, 4))):
        axis = axis.zoomed(draw(st.floats(0.05, 50)), draw(st.floats(0, axis.width)))
        axis = axis.panned(draw(st.floats(-3000, 3000)))
    return axis


@given(axes(), st.floats(0, 1))
def test_a_pixel_and_its_instant_find_each_other_at_any_zoom(axis: TimeAxis, share: float) -> None:
    x = share * axis.width
    instant = axis.utc(x)
    assert abs(axis.x(instant) - x) <= 1
    assert abs(axis.utc(axis.x(instant)) - instant) <= 1  # one microsecond: floats of a pixel are finer than that


@given(axes(), st.floats(-1e5, 1e5))
def test_a_seek_never_leaves_the_footage(axis: TimeAxis, x: float) -> None:
    assert axis.utc(x) in axis.whole


@given(axes())
def test_the_window_stays_inside_the_whole(axis: TimeAxis) -> None:
    assert axis.whole.start <= axis.window.start < axis.window.end <= axis.whole.end
    assert axis.window.duration >= min(CLOSEST, axis.whole.duration)


@given(axes(), st.floats(0.2, 5), st.floats(0.1, 0.9))
def test_zooming_keeps_the_instant_under_the_pointer(axis: TimeAxis, factor: float, share: float) -> None:
    x = share * axis.width
    before = axis.window.start + x * axis.per_pixel
    closer = axis.zoomed(factor, x)
    at_an_end = closer.window.start == axis.whole.start or closer.window.end == axis.whole.end
    assert at_an_end or abs(closer.x(Utc(round(before))) - x) <= 1


@given(axes(), st.integers(0, HOURS_12))
def test_paging_brings_an_instant_into_view_without_another_zoom(axis: TimeAxis, offset: int) -> None:
    instant = axis.whole.clamp(Utc(axis.whole.start + offset))
    paged = axis.showing(instant)
    assert instant in paged.window
    assert paged.window.duration == axis.window.duration


@given(axes(), st.integers(-14 * 4, 14 * 4))
def test_ticks_are_round_in_local_time_and_not_too_many(axis: TimeAxis, quarters: int) -> None:
    offset = quarters * 900 * SECOND
    step = axis.step(80)
    ticks = list(axis.ticks(step, offset))  # type: ignore[arg-type]
    assert all((tick + offset) % step == 0 for tick in ticks)
    assert len(ticks) <= axis.width / 80 + 2
