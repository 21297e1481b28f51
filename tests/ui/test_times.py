"""Times as the screens say them."""

from __future__ import annotations

import pytest

from reviewer.domain.timebase import parse_rfc3339
from reviewer.ui.times import Zone, ago, clock, count, date, in_file, is_wide, plus_minus, uncertainty

AT = parse_rfc3339("2026-06-13T19:42:17.489999Z")


def test_local_and_utc_with_the_offset_named(qapp: object) -> None:
    helsinki = Zone.named("Europe/Helsinki")
    assert helsinki.clock(AT, 2) == "22:42:17.48"  # down, never ahead of the frame
    assert clock(AT) == "19:42:17"
    assert helsinki.offset(AT) == "UTC+3"
    assert helsinki.weekday(AT) == "Sat 13 Jun 2026"
    assert helsinki.both(AT) == "13 Jun 2026 22:42:17 local, 19:42:17 UTC"


def test_the_offset_is_the_instants_own(qapp: object) -> None:
    winter = parse_rfc3339("2026-01-13T23:30:00Z")
    helsinki = Zone.named("Europe/Helsinki")
    assert helsinki.offset(winter) == "UTC+2"
    assert (helsinki.date(winter), date(winter)) == ("14 Jan 2026", "13 Jan 2026")
    assert Zone.named("America/St_Johns").offset(winter) == "UTC−3:30"


def test_a_zone_nobody_knows_is_refused(qapp: object) -> None:
    with pytest.raises(ValueError, match="Mars"):
        Zone.named("Mars/Olympus")


@pytest.mark.parametrize(
    ("sigma", "words"),
    [(6_000, "± 12 ms"), (49_700, "± 100 ms"), (50_000, "± 0.10 s"), (120_000, "± 0.24 s"), (6_000_000, "± 12 s")],
)
def test_what_is_read_is_two_standard_deviations(sigma: int, words: str) -> None:
    assert uncertainty(sigma) == words


def test_a_limit_is_shown_as_it_is_and_never_as_nothing() -> None:
    assert [plus_minus(each) for each in (300_000, 400, 0)] == ["± 0.30 s", "± 1 ms", "± 0 ms"]
    assert [is_wide(each) for each in (49_999, 50_000)] == [False, True]


def test_a_screen_says_its_zone_and_that_footage_of_another_season_had_another_offset(qapp: object) -> None:
    zone = Zone.named("Europe/Helsinki")
    june, november = (parse_rfc3339(f"2026-{month}-13T12:00:00Z") for month in ("06", "11"))
    assert zone.said(june, june) == zone.said(june) == "All times local (UTC+3); UTC in every detail and export"
    assert zone.said(november, june).startswith("All times local (footage UTC+3, today UTC+2);")


def test_counts_and_ages() -> None:
    assert count(1, "entry", "entries") == "1 entry"
    assert count(14808, "entry", "entries") == "14,808 entries"
    assert [ago(s) for s in (5, 250, 7300, 3 * 86400)] == ["just now", "4 min ago", "2 h ago", "3 days ago"]


def test_a_place_in_a_file() -> None:
    assert in_file(3_299_999) == "0:03.2"
    assert in_file(3_723_000_000, 0) == "1:02:03"
    assert in_file(-5) == "0:00.0"
