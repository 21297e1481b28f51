from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import Event, LogName, ViewClosed, ViewOpened
from reviewer.domain.timebase import SECOND, TimeRange, Utc, merge
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.journal import Journal, Recorded
from reviewer.services.spans import Look, ViewTile
from reviewer.services.viewing import BEHIND, LONGEST, Viewing

START = 1_781_372_000_000_000
FRAME = 33_367
ALL = TimeRange(Utc(START), Utc(START + 300 * SECOND))
LATE_START = TimeRange(Utc(START + 20 * SECOND), ALL.end)
KEY = Ed25519PrivateKey.generate()
A = ViewTile("a", 862, 485, True, (ALL,))
B = ViewTile("b", 252, 142, False, (ALL,))
C = ViewTile("c", 252, 142, False, (LATE_START,))
WALL = (A, B, C)


class HeldJournal(Journal):
    """A real journal on a slow disk: what is recorded is written only when the test says so."""

    held: list[tuple[Event, Future[Recorded]]] | None = None

    def record(self, event: Event) -> Future[Recorded]:
        if self.held is None:
            return super().record(event)
        future: Future[Recorded] = Future()
        self.held.append((event, future))
        return future

    def write_one(self) -> None:
        if self.held:
            event, future = self.held.pop(0)
            written = super().record(event)
            error = written.exception()
            if error is None:
                future.set_result(written.result())
            else:
                future.set_exception(error)


def _catch_up(journal: HeldJournal) -> None:
    while journal.held:
        journal.write_one()
    journal.held = None


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[HeldJournal]:
    origins = {LogName.ACCESS: "pd/ws1/salo/access/1"}
    with closing(HeldJournal(tmp_path / "records.sqlite", origins, KEY)) as opened:
        yield opened


def _frame(at: int) -> TimeRange:
    start = START + (at - START) // FRAME * FRAME
    return TimeRange(Utc(start), Utc(start + FRAME))


class Player:
    """What playback does at every tick, as the module says it must."""

    def __init__(self, journal: Journal) -> None:
        self.clock = Clock()
        self.viewing = Viewing(journal, "c1", "complaint", clock=self.clock)
        self.at, self.rate, self.tiles = START + 30 * SECOND, 0, WALL
        self.coming: int | None = None  # where a hand has dragged meanwhile
        self.painted: list[tuple[str, TimeRange]] = []
        self.waited = 0

    def tick(self, seconds: float = 1 / 60) -> None:
        self.clock.now += seconds
        wanted = self.at + int(seconds * SECOND) * self.rate // 1000
        coming, self.coming = self.coming, None
        self.viewing.request(Utc(wanted), self.rate, self.tiles, None if coming is None else Utc(coming))
        if not self.viewing.covers(Utc(wanted)):
            self.waited += 1
            return
        self.at = wanted
        frame = _frame(wanted)
        may = [t.recording for t in self.tiles if self.viewing.covers(Utc(wanted), t.recording, frame)]
        self.painted += [(recording, frame) for recording in may]
        self.viewing.shown(Utc(wanted), dict.fromkeys(may, frame))
        if coming is not None and not self.rate:
            self.at = coming  # the next tick paints it

    def settled(self) -> None:
        """Tick until the log has caught up."""
        for _ in range(5000):
            self.tick()
            if self.viewing.covers(Utc(self.at)):
                return
            threading.Event().wait(0.002)
        raise AssertionError("the log did not catch up")

    def close(self) -> None:
        wait(self.viewing.close())


def _spans(path: Path) -> tuple[list[ViewOpened], list[ViewClosed]]:
    with closing(Queries(path)) as queries:
        events = [entry.event for entry in reversed(queries.entries(EntryFilter(), limit=100_000))]
    return [e for e in events if isinstance(e, ViewOpened)], [e for e in events if isinstance(e, ViewClosed)]


def test_a_view_is_opened_before_and_closed_with_what_was_shown(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    player.rate = 1000
    player.settled()
    began = player.at
    for _ in range(60):
        player.tick()
    player.close()
    opened, closed = _spans(journal.path)
    assert [o.rate_milli for o in opened] == [0, 1000]
    assert {c.recording for c in opened[1].cameras} == {"a", "b", "c"}
    assert {c.span for c in closed} == {o.span for o in opened}
    played = {c.recording: c for c in closed[1].cameras}
    assert played["a"].shown == TimeRange(_frame(began).start, _frame(player.at).end)
    assert (played["a"].width, played["a"].audible, played["b"].width, played["b"].audible) == (862, True, 252, False)
    assert player.viewing.painted_outside == 0


def test_playing_never_waits_for_the_log_once_it_runs(journal: HeldJournal) -> None:
    player = Player(journal)
    player.rate = 1000
    player.settled()
    player.waited = 0
    journal.held = []
    for _ in range(40 * 60):  # 40 s of footage, each entry 1.2 s late
        player.tick()
        if player.waited == 0 and len(journal.held) and player.clock.now % 1.2 < 1 / 60:
            journal.write_one()
    assert player.waited == 0
    _catch_up(journal)
    player.close()
    opened, closed = _spans(journal.path)
    assert len(opened) == len(closed) == 5
    assert all(o.planned.duration <= 10 * SECOND for o in opened)
    shown = merge(camera.shown for span in closed for camera in span.cameras if camera.recording == "a")
    assert len(shown) == 1


@pytest.mark.parametrize("rate", [-4000, -1000, 250, 4000])
def test_at_every_pace_and_backwards_the_next_span_is_ready(journal: HeldJournal, rate: int) -> None:
    player = Player(journal)
    player.at += 100 * SECOND
    player.rate = rate
    player.settled()
    began, player.waited, journal.held = player.at, 0, []
    for tick in range(12 * 60):
        player.tick()
        if tick % 24 == 0:  # a disk that takes 0.4 s for each entry
            journal.write_one()
    assert player.waited == 0
    _catch_up(journal)
    assert abs(player.at - began) > 12 * SECOND * abs(rate) // 1000 - SECOND
    player.close()
    _, closed = _spans(journal.path)
    shown = merge(c.shown for span in closed for c in span.cameras if c.recording == "b")
    assert len(shown) == 1
    assert shown[0].duration >= abs(player.at - began)


def test_dragging_through_the_footage_makes_few_entries_and_reports_each_frame(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    journal.held = []
    for step in range(300):  # five seconds of dragging over a minute of footage and back
        player.at = START + 30 * SECOND + abs(150 - step) * SECOND // 5
        player.tick()
        if step % 2:
            journal.write_one()
    _catch_up(journal)
    player.close()
    opened, closed = _spans(journal.path)
    assert len(opened) <= 5 * 10 + 2
    assert all(o.planned.duration <= 10 * SECOND for o in opened)
    assert len(player.painted) > 300
    _every_painted_frame_is_reported(player, closed)


def _every_painted_frame_is_reported(player: Player, closed: list[ViewClosed]) -> None:
    said: dict[str, tuple[TimeRange, ...]] = {}
    for recording in ("a", "b", "c"):
        said[recording] = merge(c.shown for span in closed for c in span.cameras if c.recording == recording)
    for recording, frame in player.painted:
        assert any(r.start <= frame.start and frame.end <= r.end for r in said[recording]), (recording, frame)


def test_stepping_frame_by_frame_stays_within_one_span(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    for _ in range(20):
        player.at += FRAME
        player.tick()
    player.close()
    opened, closed = _spans(journal.path)
    assert len(opened) == 1
    assert merge(c.shown for c in closed[0].cameras if c.recording == "b")[0].duration == 21 * FRAME


def test_a_camera_that_is_added_waits_for_its_own_entry_and_the_others_go_on(journal: HeldJournal) -> None:
    player = Player(journal)
    player.tiles, player.rate = (A, B), 1000
    player.settled()
    journal.held = []
    player.tiles = WALL
    player.tick()
    at = Utc(player.at)
    assert player.viewing.covers(at, "a") and not player.viewing.covers(at, "c")
    journal.write_one()
    assert player.viewing.covers(at, "c")
    player.tick()
    player.tick()
    assert len(journal.held) == 1  # the closing of the span that the new one stands in for
    _catch_up(journal)
    player.close()
    _every_painted_frame_is_reported(player, _spans(journal.path)[1])


def test_a_camera_is_not_heard_before_the_entry_says_so(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    at = Utc(player.at)
    assert player.viewing.hears(at, "a") and not player.viewing.hears(at, "b")
    journal.held = []
    player.tiles = (A, ViewTile("b", 252, 142, True, (ALL,)), C)
    player.tick()
    assert not player.viewing.hears(at, "b") and player.viewing.covers(at, "b")
    journal.write_one()
    player.tick()
    assert player.viewing.hears(at, "b")
    _catch_up(journal)


def test_what_is_hidden_is_heard_only_and_what_is_neither_is_not_in_the_entry(journal: HeldJournal) -> None:
    player = Player(journal)
    player.tiles = (ViewTile("a", 0, 0, True, (ALL,)), ViewTile("b", 0, 0, False, (ALL,)))
    player.settled()
    player.close()
    opened, closed = _spans(journal.path)
    assert [(c.recording, c.width, c.audible) for c in opened[0].cameras] == [("a", 0, True)]
    assert [c.recording for c in closed[0].cameras] == ["a"]


def test_when_the_log_fails_nothing_is_covered_any_more_and_retry_says_what_was_shown(journal: HeldJournal) -> None:
    player = Player(journal)
    player.rate = 1000
    player.settled()
    for _ in range(30):
        player.tick()
    journal._conn.execute("PRAGMA query_only=ON")
    player.at += 60 * SECOND
    for _ in range(5000):
        player.tick()
        if player.viewing.stopped:
            break
        threading.Event().wait(0.001)
    assert str(player.viewing.stopped).startswith("The log cannot be written: its file is read-only.")
    assert not any(player.viewing.covers(Utc(player.at + s), "a") for s in range(-SECOND, SECOND, 10_000))
    journal._conn.execute("PRAGMA query_only=OFF")
    player.viewing.retry()
    assert player.viewing.stopped is None
    player.settled()
    player.close()
    opened, closed = _spans(journal.path)
    assert {o.span for o in opened} == {c.span for c in closed}
    _every_painted_frame_is_reported(player, closed)


class Late(Future[Recorded]):
    """Fails right after somebody has seen that it has not ended yet."""

    def done(self) -> bool:
        ended = super().done()
        if not ended:
            self.set_exception(LogUnwritable("The disk is full.", "Make room."))
        return ended


def _closes_late(journal: HeldJournal, monkeypatch: pytest.MonkeyPatch) -> list[Event]:
    """From now on closing entries fail just while the gate looks at them. Gives those that did."""
    late: list[Event] = []
    record = journal.record

    def recording(event: Event) -> Future[Recorded]:
        if isinstance(event, ViewClosed) and event not in late:
            late.append(event)
            return Late()
        return record(event)

    monkeypatch.setattr(journal, "record", recording)
    return late


def test_a_closing_entry_that_fails_while_the_gate_looks_at_it_is_not_forgotten(
    journal: HeldJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = Player(journal)
    player.settled()
    late = _closes_late(journal, monkeypatch)
    player.at += 60 * SECOND
    player.tick()  # the span is closed
    player.tick()
    player.tick()
    assert late and player.viewing.stopped is not None
    player.viewing.retry()
    player.settled()
    player.viewing.close()
    player.viewing.close()  # what is under way fails while it looks
    player.close()
    opened, closed = _spans(journal.path)
    assert {o.span for o in opened} == {c.span for c in closed}
    _every_painted_frame_is_reported(player, closed)


def test_a_bookmark_that_cannot_be_written_stops_the_picture_too(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    journal._conn.execute("PRAGMA query_only=ON")
    assert journal.record(ViewClosed("c9", "x", 0, (), "p")).exception() is not None
    assert not player.viewing.covers(Utc(player.at))
    player.tick()
    assert player.viewing.stopped is journal.failed


def test_rest_and_close_shut_the_gate(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    wait(player.viewing.rest())
    assert not player.viewing.covers(Utc(player.at))
    player.settled()
    player.close()
    player.close()
    player.tick()
    assert not player.viewing.covers(Utc(player.at))
    opened, closed = _spans(journal.path)
    assert len(opened) == len(closed) == 2


def test_painting_outside_the_gate_is_counted_and_said(journal: HeldJournal) -> None:
    player = Player(journal)
    player.settled()
    far = _frame(player.at + 50 * SECOND)
    player.viewing.shown(Utc(far.start), {"a": far})
    assert player.viewing.painted_outside == 1
    player.viewing.shown(Utc(player.at), {"a": far})  # held: said already
    assert player.viewing.painted_outside == 1
    player.close()
    assert any(c.shown == far for span in _spans(journal.path)[1] for c in span.cameras)


_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("tick"), st.integers(1, 40)),
        st.tuples(st.just("seek"), st.integers(0, 299)),
        st.tuples(st.just("drag"), st.integers(-20, 20)),
        st.tuples(st.just("rate"), st.sampled_from([-2000, -1000, 0, 250, 1000, 4000])),
        st.tuples(st.just("tiles"), st.sampled_from([(A,), (A, B), WALL, (C,), ()])),
        st.tuples(st.just("write"), st.integers(1, 4)),
        st.tuples(st.just("rest"), st.just(0)),
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_no_instant_is_ever_covered_before_its_entry_is_durable(journal: HeldJournal, steps: list) -> None:
    durable: dict[str, ViewOpened] = {}
    ended: set[str] = set()

    def listener(recorded: Recorded) -> None:
        if isinstance(recorded.event, ViewOpened):
            durable[recorded.event.span] = recorded.event

    journal.listen(listener)
    journal.held = []
    player = Player(journal)
    for what, value in steps:
        _do(player, journal, what, value)
        ended |= {event.span for event, _ in journal.held if isinstance(event, ViewClosed)}
        open_now = [o for o in durable.values() if o.span not in ended]
        announced = merge(o.planned for o in open_now)
        assert player.rate or sum(each.duration for each in announced) <= LONGEST + 2 * BEHIND
        for at in range(player.at - 12 * SECOND, player.at + 12 * SECOND, SECOND // 2):
            for recording in ("a", "b", "c"):
                if player.viewing.covers(Utc(at), recording):
                    assert any(at in o.planned and recording in {c.recording for c in o.cameras} for o in open_now)
    assert player.viewing.painted_outside == 0
    _catch_up(journal)
    player.close()
    journal.unlisten(listener)
    _every_painted_frame_is_reported(player, [c for c in _spans(journal.path)[1] if c.span in durable])


def _do(player: Player, journal: HeldJournal, what: str, value: int) -> None:
    if what == "tick":
        for _ in range(value):
            player.tick()
    elif what == "seek":
        player.at = START + value * SECOND
    elif what == "drag":
        for n in range(1, 6):
            player.coming = max(START, player.at + n * value * SECOND // 10)
            player.tick()
            player.tick()
    elif what == "rate":
        player.rate = value
    elif what == "tiles":
        player.tiles = value
    elif what == "write":
        for _ in range(value):
            journal.write_one()
    else:
        player.viewing.rest()


def test_a_tick_of_nine_cameras_is_cheap(journal: HeldJournal) -> None:
    player = Player(journal)
    player.tiles = tuple(ViewTile(f"r{n}", 500, 280, n == 0, (ALL,)) for n in range(9))
    player.rate = 1000
    player.settled()
    began = time.perf_counter()
    for _ in range(600):
        player.tick()
    assert (time.perf_counter() - began) / 600 < 0.001  # ten times what it takes on a quiet machine


def test_every_wall_that_shows_more_is_announced_again_also_one_that_was_smaller_between(journal: HeldJournal) -> None:
    player = Player(journal)
    small, large = replace(B, width=200, height=100), replace(B, width=400, height=300)
    for wall in ((small,), (large,), (small,), (replace(large, width=900),), (replace(small, audible=True),)):
        player.tiles = wall
        player.settled()
        player.tick()
        player.settled()
    player.close()
    opened, _ = _spans(journal.path)
    said = [[(c.width, c.height, c.audible) for c in each.cameras] for each in opened]
    assert said == [[(200, 100, False)], [(400, 300, False)], [(900, 300, False)], [(200, 100, True)]]


def test_a_look_that_is_made_anew_at_each_tick_is_one_stretch(journal: HeldJournal) -> None:
    player = Player(journal)
    player.tiles = (B,)
    player.settled()
    player.rate = 1000
    player.settled()
    first, last = _frame(player.at), _frame(player.at + 9 * FRAME)
    for n in range(10):
        frame = _frame(first.start + n * FRAME)
        player.viewing.shown(frame.start, {"b": frame}, {"b": Look(240, 135, False, False)})
    player.close()
    _, closed = _spans(journal.path)
    stretches = [c.shown for each in closed for c in each.cameras if (c.width, c.height) == (240, 135)]
    assert merge(stretches) == (TimeRange(first.start, last.end),) and len(stretches) <= 2
