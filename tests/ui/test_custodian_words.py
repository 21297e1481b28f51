"""Times and places as people type them."""

from __future__ import annotations

import pytest

from reviewer.domain.place import Box, Circle, Polygon
from reviewer.domain.timebase import parse_rfc3339
from reviewer.ui import custodian_words as words
from tests.ui.samples import HELSINKI


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("13 Jun 2026 22:40", "2026-06-13T19:40:00Z"),
        ("13.6.2026 22.40.30", "2026-06-13T19:40:30Z"),
        ("2026-06-13 19:40 UTC", "2026-06-13T19:40:00Z"),
        ("13 June 2026", "2026-06-12T21:00:00Z"),
        ("2026-01-13", "2026-01-12T22:00:00Z"),
        ("25.10.2026 03:30", "2026-10-25T00:30:00Z"),
    ],
)
def test_times_as_people_type_them(typed: str, utc: str) -> None:
    assert words.moment(typed, HELSINKI) == parse_rfc3339(utc)
    assert words.moment("  ", HELSINKI) is None


def test_a_day_alone_ends_with_the_day() -> None:
    assert words.moment("13 Jun 2026", HELSINKI, end=True) == parse_rfc3339("2026-06-13T21:00:00Z")
    assert words.moment("25.10.2026", HELSINKI, end=True) == parse_rfc3339("2026-10-25T22:00:00Z")


@pytest.mark.parametrize("typed", ["31.2.2026", "now", "13 Jun", "13 Jun 2026 25:00", "13 Jun 2026 22:40 here"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(words.NotUnderstood):
        words.moment(typed, HELSINKI)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", None),
        ("60.17, 24.94", Circle(6_017_000, 2_494_000, 200)),
        ("60.17 24.94 1.5 km", Circle(6_017_000, 2_494_000, 1_500)),
        ("-33.5, -70.25, 50 m", Circle(-3_350_000, -7_025_000, 50)),
        ("60.18, 24.93, 60.16, 24.96", Box(6_016_000, 2_493_000, 6_018_000, 2_496_000)),
        ("60, 24; 61, 24; 61, 25", Polygon(((6_000_000, 2_400_000), (6_100_000, 2_400_000), (6_100_000, 2_500_000)))),
    ],
)
def test_places_as_people_type_them(typed: str, place: object) -> None:
    assert words.area(typed) == place
    if place is not None:
        assert words.area(words.area_words(place)) == place  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["Mikonkatu", "91, 24", "60.1", "60, 24, 61", "60, 24, 61, 25, 5 m", "nan, nan"])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(words.NotUnderstood):
        words.area(typed)
