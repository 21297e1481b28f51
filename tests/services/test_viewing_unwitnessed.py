"""The gate while nobody vouches for the log: nothing new opens, what is announced goes on to the end of its span."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import Event, LogName, ViewOpened
from reviewer.domain.timebase import SECOND, TimeRange, Utc
from reviewer.services.journal import Journal, Recorded
from reviewer.services.spans import ViewTile
from reviewer.services.viewing import LONGEST, Viewing

START = 1_781_372_000_000_000
ALL = TimeRange(Utc(START), Utc(START + 300 * SECOND))
A = ViewTile("a", 862, 485, True, (ALL,))
B = ViewTile("b", 252, 142, False, (ALL,))
KEY = Ed25519PrivateKey.generate()
REFUSED = ReviewerError("No witness has seen this log for 73 h.", "Connect to the store.")


class Permit:
    """What the agency's limit says now."""

    refused: ReviewerError | None = None

    def __call__(self) -> ReviewerError | None:
        return self.refused


class Counted(Journal):
    """A journal, and the views that were to be opened."""

    opened: list[Event]

    def record(self, event: Event) -> Future[Recorded]:
        if isinstance(event, ViewOpened):
            self.opened.append(event)
        return super().record(event)


def _journal(folder: Path) -> Counted:
    journal = Counted(folder / "r.sqlite", {LogName.ACCESS: "pd/ws1/salo/access/1"}, KEY)
    journal.opened = []
    return journal


class Gate:
    """A viewing whose log is written at once, and what it opened."""

    def __init__(self, journal: Counted) -> None:
        self.permit = Permit()
        self.opened = journal.opened
        self.now = 0.0
        self.viewing = Viewing(journal, "c1", "complaint", clock=lambda: self.now, permit=self.permit)

    def shows(self, at: int, rate: int = 1000, tiles: tuple[ViewTile, ...] = (A,)) -> bool:
        """Ask for an instant until the log has written what it needs; whether it may be painted."""
        self.now += 1.0
        self.viewing.request(Utc(at), rate, tiles)
        for span in self.viewing._spans:
            span.opened.exception()
        self.viewing.request(Utc(at), rate, tiles)
        return self.viewing.covers(Utc(at), "a")


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    with closing(_journal(tmp_path)) as journal:
        yield Gate(journal)


def test_what_is_announced_goes_on_and_then_it_stops(gate: Gate) -> None:
    assert gate.shows(START + SECOND)
    before = len(gate.opened)
    gate.permit.refused = REFUSED
    at = START + SECOND
    while gate.shows(at):
        at += SECOND // 2
    assert at - START >= LONGEST // 2, "the span was shown to its end"
    assert at - START <= 2 * LONGEST
    assert gate.viewing.stopped is REFUSED
    assert len(gate.opened) == before
    gate.viewing.retry()
    assert not gate.shows(at)
    assert gate.viewing.stopped is REFUSED
    gate.permit.refused = None
    gate.viewing.retry()
    assert gate.shows(at)
    assert gate.viewing.stopped is None


def test_nothing_opens_from_the_start_nor_another_camera_nor_a_held_frame(gate: Gate) -> None:
    gate.permit.refused = REFUSED
    assert not gate.shows(START + SECOND)
    assert gate.viewing.stopped is REFUSED
    gate.permit.refused = None
    gate.viewing.retry()
    assert gate.shows(START + SECOND, 0)
    gate.permit.refused = REFUSED
    assert gate.shows(START + SECOND, 0, (A, B)), "what stands stays"
    assert not gate.viewing.covers(Utc(START + SECOND), "b")
    frame = ViewTile("a", 252, 142, False, (TimeRange(Utc(START), Utc(START + 33_000)),))
    gate.viewing.hold((frame,))
    assert not gate.viewing.covers_held(frame)


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 290), st.sampled_from([0, 0, 1000, -1000, 4000])),
        min_size=1,
        max_size=30,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
def test_no_span_ever_opens_while_it_is_refused(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, int, int]]
) -> None:
    with closing(_journal(tmp_path_factory.mktemp("gate"))) as journal:
        gate = Gate(journal)
        for refused, second, rate in steps:
            gate.permit.refused = REFUSED if refused else None
            if not refused:
                gate.viewing.retry()
            before = len(gate.opened)
            gate.shows(START + second * SECOND, rate)
            assert not refused or len(gate.opened) == before
