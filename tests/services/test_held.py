"""A frame that is held beside the wall is shown inside a span of its own, and is covered like everything else."""

from __future__ import annotations

from concurrent.futures import wait
from contextlib import closing
from dataclasses import replace

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import Event, ViewClosed, ViewOpened
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.spans import ViewTile
from reviewer.services.viewing import Viewing
from tests.services.test_viewing import FRAME, START, WALL, HeldJournal, _catch_up, _frame, journal

__all__ = ("journal",)

THEN = _frame(START + 30 * SECOND)
HELD = ViewTile("a", 640, 360, False, (THEN,))


def _events(journal: HeldJournal) -> list[Event]:
    with closing(Queries(journal.path)) as queries:
        return [row.event for row in reversed(queries.entries(EntryFilter()))]


def _wait_held(viewing: Viewing) -> None:
    wait([span.opened for spans in viewing._held.values() for span in spans], 5)


def test_a_held_frame_waits_for_an_entry_of_its_own_and_is_closed_with_it(journal: HeldJournal) -> None:
    viewing = Viewing(journal, "case", "complaint")
    journal.held = []
    viewing.request(Utc(START), 1000, WALL)
    viewing.hold((HELD,))
    assert not viewing.covers_held(HELD) and not viewing.stands_held(HELD)
    _catch_up(journal)
    assert viewing.covers_held(HELD) and not viewing.stands_held(HELD)
    for tick in range(50):  # the wall plays on, far away from what is held
        viewing.request(Utc(START + tick * FRAME), 1000, WALL)
        viewing.hold((HELD,))
        viewing.shown_held(HELD)
    assert viewing.stands_held(HELD)
    assert not viewing.covers(THEN.start)  # nothing else of that moment may be shown
    viewing.hold(())
    assert not viewing.covers_held(HELD)
    wait(viewing.close(), 5)
    opened = [e for e in _events(journal) if isinstance(e, ViewOpened) and e.planned == THEN]
    closed = [e for e in _events(journal) if isinstance(e, ViewClosed) and e.span == opened[0].span]
    assert [(c.recording, c.shown, c.width, c.audible) for c in closed[0].cameras] == [("a", THEN, 640, False)]
    assert opened[0].rate_milli == closed[0].rate_milli == 0
    assert viewing.painted_outside == 0


def test_what_is_not_said_to_be_held_any_more_is_not_covered(journal: HeldJournal) -> None:
    viewing = Viewing(journal, "case", "complaint")
    viewing.hold((HELD,))
    _wait_held(viewing)
    viewing.hold((replace(HELD, width=0, height=0),))  # nobody can see it
    assert viewing._held == {}
    viewing.hold((HELD,))
    _wait_held(viewing)
    viewing.shown_held(HELD)
    wait(viewing.rest(), 5)  # locked
    assert not viewing.covers_held(HELD)
    viewing.hold((HELD,))
    _wait_held(viewing)
    assert viewing.covers_held(HELD)
    wait(viewing.close(), 5)
    viewing.hold((HELD,))
    assert not viewing.covers_held(HELD)
    spans = [e for e in _events(journal) if isinstance(e, ViewOpened)]
    assert len(spans) == 3 == sum(isinstance(e, ViewClosed) for e in _events(journal))


def test_a_held_frame_that_grows_is_announced_again_and_stays_meanwhile(journal: HeldJournal) -> None:
    viewing = Viewing(journal, "case", "complaint")
    viewing.hold((HELD,))
    _wait_held(viewing)
    viewing.shown_held(HELD)
    large = replace(HELD, width=1920, height=1080)
    journal.held = []
    viewing.hold((large,))
    assert viewing.covers_held(large)  # as the one that was announced
    _catch_up(journal)
    viewing.hold((large,))
    viewing.shown_held(large)
    assert [len(spans) for spans in viewing._held.values()] == [1]
    wait(viewing.close(), 5)
    sizes = [c.width for e in _events(journal) if isinstance(e, ViewClosed) for c in e.cameras]
    assert sizes == [640, 1920]


def test_when_the_log_fails_the_held_frame_is_not_covered_either(journal: HeldJournal) -> None:
    viewing = Viewing(journal, "case", "complaint")
    viewing.hold((HELD,))
    _wait_held(viewing)
    viewing.shown_held(HELD)
    journal.held = []
    viewing.request(Utc(START), 0, WALL)
    journal.held[0][1].set_exception(LogUnwritable("The log cannot be written.", "Make room."))
    viewing.request(Utc(START), 0, WALL)
    assert viewing.stopped is not None
    assert not viewing.covers_held(HELD)
    viewing.hold((HELD,))
    assert viewing._held == {}
    journal.held.pop(0)
    _catch_up(journal)


def test_a_held_frame_painted_outside_the_gate_is_counted(journal: HeldJournal) -> None:
    viewing = Viewing(journal, "case", "complaint")
    viewing.shown_held(HELD)
    assert viewing.painted_outside == 1
