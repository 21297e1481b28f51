"""Playback hands out nothing that no durable log entry covers."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import Event, LogName, ViewClosed, ViewOpened
from reviewer.domain.tile import Fidelity, TileState
from reviewer.domain.timebase import Utc, merge
from reviewer.media.deck import Deck
from reviewer.services.journal import Journal, Recorded
from reviewer.services.playback import Playback, WallPicture
from reviewer.services.viewing import Viewing
from tests.media.footage import START, WAIT, Hands, camera, clip, part
from tests.media.test_deck import until

FRAME = 40_000
KEY = Ed25519PrivateKey.generate()
ONE = camera(part(clip()))
TWO = camera(part(clip(b_frames=2), Utc(START + 500_000)), key="two")


class SlowJournal(Journal):
    """A real journal whose disk answers when the test says so, or refuses."""

    held: list[tuple[Event, Future[Recorded]]] | None = None

    def record(self, event: Event) -> Future[Recorded]:
        if self.held is None:
            return super().record(event)
        future: Future[Recorded] = Future()
        self.held.append((event, future))
        return future

    def catch_up(self) -> None:
        held, self.held = self.held or [], None
        for event, future in held:
            future.set_result(super().record(event).result(WAIT))

    def refuse(self) -> None:
        for _, future in self.held or []:
            future.set_exception(LogUnwritable("The log cannot be written.", "Free some space."))
        self.held = []


@dataclass
class Room:
    playback: Playback
    deck: Deck
    viewing: Viewing
    journal: SlowJournal
    hands: Hands
    events: list[Event] = field(default_factory=list)

    def tick(self, micros: int = 0) -> WallPicture:
        """Move the clock, let every entry that was asked for become durable, then tick and paint."""
        self.hands.move(micros)
        self.deck._poke()
        wall = self.playback.tick()
        if self.journal.held is None:
            held = [span for spans in self.viewing._held.values() for span in spans]
            wait([span.opened for span in (*self.viewing._spans, *held)], WAIT)
        return wall

    def roll(self) -> None:
        """Tick until the clock rolls."""
        until(self.deck, lambda: self.tick().playing and self.deck._clock.read().rolling)

    def shown(self) -> WallPicture:
        """Tick until every tile shows what is right."""
        for _ in range(4):
            self.tick()
            assert self.deck.wait_settled(WAIT)
        wall = self.tick()
        self.playback.painted(wall)
        return wall


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    hands = Hands()
    origins = {LogName.ACCESS: "pd/ws1/salo/access/1"}
    with closing(SlowJournal(tmp_path / "records.sqlite", origins, KEY)) as journal:
        viewing = Viewing(journal, "case", "complaint", clock=lambda: hands.ns / 1e9)
        with closing(Deck(monotonic=hands)) as deck:
            playback = Playback(deck, viewing)
            made = Room(playback, deck, viewing, journal, hands)
            journal.listen(lambda recorded: made.events.append(recorded.event))
            playback.set_tile_size("one", 96, 54)
            playback.set_tile_size("two", 96, 54)
            playback.set_cameras((ONE, TWO))
            yield made
            journal.catch_up()
            wait(viewing.close(), WAIT)


def test_no_picture_before_its_entry_is_durable(room: Room) -> None:
    room.journal.held = []
    room.hands.move(2_000_000)
    room.playback.seek(Utc(START + 1_000_000))
    assert room.deck.wait_settled(WAIT)
    for _ in range(5):
        assert all(p.image is None for p in room.tick(16_667).pictures.values())
    room.journal.catch_up()
    room.hands.move(2_000_000)
    wall = room.shown()
    assert all(p.state is TileState.PLAYING for p in wall.pictures.values())
    assert any(isinstance(e, ViewOpened) for e in room.events)
    assert room.viewing.painted_outside == 0


def test_what_was_painted_is_in_the_log(room: Room) -> None:
    room.shown()
    room.playback.play()
    for _ in range(100):
        wall = room.tick(16_667)
        assert room.deck.wait_settled(WAIT)
        room.playback.painted(wall)
    room.playback.pause()
    room.tick()
    wait(room.viewing.rest(), WAIT)
    closed = [c for e in room.events if isinstance(e, ViewClosed) for c in e.cameras if c.recording == "one"]
    assert min(c.shown.start for c in closed) == START
    assert max(c.shown.end for c in closed) >= room.playback.now() - FRAME
    assert room.viewing.painted_outside == 0


def test_the_clock_holds_until_the_span_is_there(room: Room) -> None:
    room.shown()
    room.playback.play()
    room.shown()
    room.journal.held = []
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 1_500_000))
    walls = [room.tick(100_000) for _ in range(5)]
    assert {wall.at for wall in walls} <= {START + 1_500_000, *(w.at for w in walls[:1])}
    assert all(wall.playing for wall in walls)
    room.journal.catch_up()
    room.roll()
    room.tick(100_000)
    assert room.playback.now() == START + 1_600_000


def test_a_place_on_a_hand_s_way_has_not_arrived_before_its_entry_is_durable(room: Room) -> None:
    room.shown()
    room.journal.held = []
    room.hands.move(1_000_000)
    at = Utc(START + 1_500_000)
    for by in range(3):
        room.playback.seek(Utc(at + by * FRAME))
    until(room.deck, lambda: room.deck.arrived is not None)
    assert room.playback.follows and not room.playback.arrived
    room.journal.catch_up()
    assert room.playback.arrived


def test_a_log_that_cannot_be_written_covers_the_wall(room: Room) -> None:
    room.shown()
    room.journal.held = []
    room.hands.move(2_000_000)
    room.playback.seek(Utc(START + 2_000_000))
    room.tick()
    room.journal.refuse()
    wall = room.tick()
    wall = room.tick()
    assert wall.covered is not None
    assert "The log cannot be written." in wall.covered
    assert all((p.state, p.image) == (TileState.COVERED, None) for p in wall.pictures.values())
    assert wall.pictures["one"].note == wall.covered


def test_locking_covers_and_unlocking_shows_again(room: Room) -> None:
    room.shown()
    room.playback.play()
    room.playback.cover()
    wall = room.tick()
    assert wall.covered == "The session is locked."
    assert not wall.playing
    assert all(p.image is None for p in wall.pictures.values())
    room.playback.cover(None)
    room.hands.move(1_000_000)
    assert room.shown().pictures["one"].state is TileState.PLAYING


def test_steps_stand_on_the_frame_s_own_time(room: Room) -> None:
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 1_000_000))
    room.shown()
    for by, expected in ((1, 1_040_000), (1, 1_080_000), (-1, 1_040_000), (-1, 1_000_000), (-1, 960_000)):
        room.hands.move(1_000_000)
        at = room.playback.step("one", by)
        assert at == START + expected
        wall = room.shown()
        assert wall.at == at
        assert wall.pictures["one"].at == at
        assert wall.players_apart == 0
        assert wall.settled


def test_a_mix_is_in_the_log_before_any_of_it_is_heard(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    muted: list[bool] = []
    monkeypatch.setattr(room.deck, "mute", muted.append)
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 1_000_000))
    room.shown()
    assert muted[-1]  # nobody is heard
    room.journal.held = []
    room.playback.set_levels({"one": 1.0, "two": 0.5})
    assert (dict(room.playback.levels), room.playback.heard) == ({"one": 1.0, "two": 0.5}, ("one", "two"))
    room.hands.move(1_000_000)
    for _ in range(3):
        room.tick(16_667)
    assert all(muted)
    room.journal.catch_up()
    for _ in range(3):
        room.tick(16_667)
    assert not muted[-1]
    opened = [e for e in room.events if isinstance(e, ViewOpened)][-1]
    assert {c.recording for c in opened.cameras if c.audible} == {"one", "two"}


def test_a_camera_that_joins_the_mix_is_ready_but_silent_until_the_log_has_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    muted: list[bool] = []
    monkeypatch.setattr(room.deck, "mute", muted.append)
    room.playback.set_levels({"one": 1.0})
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 1_000_000))
    room.shown()
    room.journal.held = []
    muted.clear()
    room.playback.set_levels({"one": 0.7, "two": 0.5})
    for _ in range(3):
        room.tick(16_667)
        assert room.deck.levels == {"one": 0.7, "two": 0.0}
    assert not any(muted)  # who was heard is heard on
    room.journal.catch_up()
    for _ in range(3):
        room.tick(16_667)
    assert room.deck.levels == {"one": 0.7, "two": 0.5}
    opened = len([e for e in room.events if isinstance(e, ViewOpened)])
    room.playback.set_levels({"one": 1.5, "two": 0.1})
    room.tick(16_667)
    assert room.deck.levels == {"one": 1.5, "two": 0.1}
    assert len([e for e in room.events if isinstance(e, ViewOpened)]) == opened  # a level is no new view


def test_a_camera_that_does_not_roll_silences_nobody(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Camera two begins half a second after camera one."""
    muted: list[bool] = []
    monkeypatch.setattr(room.deck, "mute", muted.append)
    room.playback.set_levels({"one": 1.0, "two": 1.0})
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 100_000))
    room.shown()
    assert not muted[-1]


def test_a_camera_on_another_page_is_in_the_log_for_as_long_as_it_is_heard(room: Room) -> None:
    room.playback.set_tile_size("two", 0, 0)
    room.playback.set_levels({"one": 1.0, "two": 1.0})
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 600_000))
    room.shown()
    room.hands.move(1_000_000)
    room.playback.play()
    until(room.deck, lambda: room.tick() and room.deck._clock.read().rolling)
    began = room.playback.now()
    for _ in range(60):
        room.playback.painted(room.tick(16_667))
    ended = room.playback.now()
    room.playback.pause()
    room.tick()
    wait(room.viewing.rest(), WAIT)
    cameras = [c for e in room.events if isinstance(e, ViewClosed) for c in e.cameras if c.recording == "two"]
    assert {(c.width, c.height, c.audible) for c in cameras} == {(0, 0, True)}
    heard = merge(c.shown for c in cameras)
    assert len(heard) == 1
    assert heard[0].start <= began + 20_000 and heard[0].end >= ended - 20_000
    assert room.viewing.painted_outside == 0


def test_who_is_only_made_ready_is_announced_but_not_said_to_have_been_heard(room: Room) -> None:
    """A reel's next clip plays unheard and out of sight for a moment before it is due."""
    room.playback.set_tile_size("two", 0, 0)
    room.playback.set_levels({"one": 1.0, "two": 0.0})
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 600_000))
    room.shown()
    room.hands.move(1_000_000)
    room.playback.play()
    until(room.deck, lambda: room.tick() and room.deck._clock.read().rolling)
    for _ in range(20):
        room.playback.painted(room.tick(16_667))
    room.playback.set_levels({"one": 1.0, "two": 1.0})
    assert room.viewing.hears(room.playback.now(), "two")  # without another entry
    room.playback.set_levels({"one": 1.0, "two": 0.0})
    room.playback.pause()
    room.tick()
    wait(room.viewing.rest(), WAIT)
    closed = {c.recording for e in room.events if isinstance(e, ViewClosed) for c in e.cameras}
    assert closed == {"one"}


def test_nothing_is_given_to_the_device_that_the_log_does_not_have_yet(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device has its samples before they are heard: they too must lie in a durable span."""
    muted: list[bool] = []
    room.playback.set_levels({"one": 1.0})
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 600_000))
    room.shown()
    room.hands.move(1_000_000)
    room.playback.play()
    until(room.deck, lambda: room.tick() and room.deck._clock.read().rolling)
    monkeypatch.setattr(room.deck, "mute", muted.append)
    hears, here = room.viewing.hears, room.playback.now()
    monkeypatch.setattr(room.viewing, "hears", lambda at, key: at < here + 300_000 and hears(at, key))
    for _ in range(11):
        room.tick(16_667)
    assert not any(muted)
    for _ in range(3):
        room.tick(16_667)
    assert muted[-1]


def test_players_apart_is_the_difference_in_lateness(room: Room) -> None:
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 1_000_000))
    room.shown()
    slow = room.deck._views["two"].process
    slow.close()  # one that cannot keep up
    slow.join()
    slow.shelf.keys[:] = 0
    room.hands.move(1_000_000)
    room.playback.seek(Utc(START + 1_000_000 + 5 * FRAME))
    until(room.deck, lambda: room.tick() and room.deck._views["one"].ready(room.deck._clock.read()))
    wall = room.tick()
    assert wall.pictures["two"].state is TileState.LATE
    assert wall.players_apart == 5 * FRAME


# -- two instants side by side ---------------------------------------------------------------------------------------


def hold(room: Room, at: int = 1_000_000) -> WallPicture:
    """Hold what camera one shows at an instant, then go elsewhere."""
    room.hands.move(2_000_000)
    room.playback.seek(Utc(START + at))
    picture = room.shown().pictures["one"]
    assert room.playback.stands("one", picture)
    room.playback.set_held_size(640, 360)
    room.playback.compare("one", replace(picture))
    room.hands.move(2_000_000)
    room.playback.seek(Utc(START + 2_000_000))
    return room.shown()


def test_a_held_picture_waits_for_its_entry_too(room: Room) -> None:
    room.shown()
    room.journal.held = []
    picture = room.tick().pictures["one"]
    room.playback.set_held_size(640, 360)
    room.playback.compare("one", picture)
    wall = room.tick()
    assert wall.held is not None and wall.held.picture.image is None
    room.journal.catch_up()
    wall = room.tick()
    assert wall.held is not None and wall.held.picture is picture


def test_a_held_picture_stays_while_the_clock_goes_on_and_is_in_the_log(room: Room) -> None:
    wall = hold(room)
    for _ in range(20):
        wall = room.tick(16_667)
        room.playback.painted(wall)
    assert wall.held is not None and wall.held.key == "one"
    assert wall.held.picture.at == START + 1_000_000 and wall.pictures["one"].at == START + 2_000_000
    assert room.playback.stands("one", wall.held.picture)
    room.playback.end_compare()
    wall = room.tick()
    assert wall.held is None and room.playback.compared is None
    wait(room.viewing.rest(), WAIT)
    shown = [
        c for e in room.events if isinstance(e, ViewClosed) for c in e.cameras if (c.width, c.height) == (640, 360)
    ]
    assert [(c.recording, c.shown.start) for c in shown] == [("one", START + 1_000_000)]
    assert room.viewing.painted_outside == 0


def test_locking_covers_what_is_held(room: Room) -> None:
    hold(room)
    room.playback.cover()
    wall = room.tick()
    assert wall.held is not None
    assert (wall.held.picture.state, wall.held.picture.image) == (TileState.COVERED, None)
    assert wall.held.picture.note == "The session is locked."
    room.playback.cover(None)
    room.hands.move(1_000_000)
    wall = room.shown()
    assert wall.held is not None and wall.held.picture.image is not None


def test_a_log_that_cannot_be_written_covers_what_is_held(room: Room) -> None:
    hold(room)
    room.journal.held = []
    room.hands.move(2_000_000)
    room.playback.seek(Utc(START + 300_000))
    room.tick()
    room.journal.refuse()
    room.tick()
    wall = room.tick()
    assert wall.covered is not None and wall.held is not None
    assert (wall.held.picture.state, wall.held.picture.image) == (TileState.COVERED, None)


def test_what_is_held_goes_with_its_camera(room: Room) -> None:
    room.playback.compare("three", room.shown().pictures["one"])
    assert room.playback.compared is None
    hold(room)
    room.playback.set_cameras((TWO,))
    assert room.playback.compared is None


def test_at_rest_only_originals_are_settled(room: Room) -> None:
    wall = room.shown()
    assert wall.settled
    for fidelity in set(Fidelity) - {Fidelity.ORIGINAL}:
        pictures = wall.pictures | {"one": replace(wall.pictures["one"], fidelity=fidelity)}
        assert not room.playback._wall(wall.at, pictures, None).settled
    room.playback.play()
    assert room.playback._wall(wall.at, pictures, None).settled  # while it plays a small copy is right
