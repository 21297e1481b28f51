"""Statutory clocks: when they begin, run out, end and pause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewer.domain.agency import DEFAULT, ClockStart, StatutoryClock, Tables
from reviewer.domain.case import CaseState, Complaint
from reviewer.domain.case_acts import CaseMoved
from reviewer.domain.case_state import Standing, Step
from reviewer.domain.statutory import Due, dues, next_due
from reviewer.domain.timebase import TimeRange, Utc, from_datetime


def day(year: int, month: int, date: int, hour: int = 10) -> Utc:
    return from_datetime(datetime(year, month, date, hour, tzinfo=UTC))


RECEIVED = day(2026, 6, 14)
OPEN = Standing(CaseState.INVESTIGATION)
CLOSED = Standing(
    CaseState.CLOSED,
    tuple(
        Step(CaseMoved("CR-1", str(n), to, base), "aro", at)
        for n, (base, to, at) in enumerate(
            [("review", "decided", day(2027, 7, 1)), ("decided", "closed", day(2027, 7, 3))]
        )
    ),
)


def only(*clocks: StatutoryClock) -> Tables:
    return replace(DEFAULT, clocks=clocks)


def test_calgary_an_update_every_45_days_and_a_decision_within_a_year() -> None:
    found = dues(DEFAULT, Complaint(received=RECEIVED), OPEN)
    assert [(d.clock.id, d.at) for d in found] == [("update", day(2026, 7, 29)), ("year", day(2027, 6, 14))]
    told = dues(DEFAULT, Complaint(received=RECEIVED, updated=day(2026, 7, 20)), OPEN)
    assert next_due(told) == Due(DEFAULT.clocks[0], day(2026, 7, 20), day(2026, 9, 3))


def test_nothing_runs_before_it_was_received_nor_while_it_is_paused() -> None:
    assert dues(DEFAULT, Complaint(), OPEN) == ()
    assert dues(DEFAULT, Complaint(received=RECEIVED, paused="before the courts"), OPEN) == ()
    assert next_due(()) is None


def test_a_decision_ends_the_clocks_and_too_late_a_one_says_so() -> None:
    update, year = dues(DEFAULT, Complaint(received=RECEIVED), CLOSED)
    assert (update.runs, update.ended, update.late) == (False, day(2027, 7, 1), True)
    assert (year.ended, year.late) == (day(2027, 7, 1), True)


def test_leca_six_months_to_complain_counted_from_what_happened() -> None:
    clock = StatutoryClock("leca", "Complaint within six months", ClockStart.HAPPENED, months=6)
    happened = TimeRange(day(2025, 12, 13), day(2025, 12, 13, 11))
    (found,) = dues(only(clock), Complaint(received=RECEIVED, happened=happened), OPEN)
    assert (found.at, found.ended, found.late) == (day(2026, 6, 13, 11), RECEIVED, True)


def test_a_request_for_information_ends_when_it_is_answered() -> None:
    clock = StatutoryClock("foi", "Answer to the request", ClockStart.REQUESTED, days=30)
    assert dues(only(clock), Complaint(received=RECEIVED), OPEN) == ()
    asked = Complaint(requested=day(2026, 7, 1))
    (found,) = dues(only(clock), asked, OPEN)
    assert (found.at, found.runs) == (day(2026, 7, 31), True)
    (answered,) = dues(only(clock), replace(asked, answered=day(2026, 7, 20)), OPEN)
    assert (answered.runs, answered.late) == (False, False)


@pytest.mark.parametrize(
    ("now", "left", "soon"),
    [
        (day(2026, 7, 20), 9, False),
        (day(2026, 7, 20, 14), 8, False),
        (day(2026, 7, 22, 11), 6, True),
        (day(2026, 7, 29, 9), 0, True),
        (day(2026, 7, 29, 11), -1, True),
    ],
)
def test_days_left_are_whole_days(now: Utc, left: int, soon: bool) -> None:
    update = dues(DEFAULT, Complaint(received=RECEIVED), OPEN)[0]
    assert (update.days_left(now), update.soon(now)) == (left, soon)


def test_a_month_without_that_day_ends_on_its_last() -> None:
    clock = StatutoryClock("m", "Month", ClockStart.RECEIVED, months=6)
    (found,) = dues(only(clock), Complaint(received=day(2026, 8, 31)), OPEN)
    assert found.at == day(2027, 2, 28)
