"""The gate of a screening: nothing runs on beyond what is durable, and the log says at least what was on the screen."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import LogUnwritable, MalformedDocument
from reviewer.domain.events import Event, FileViewClosed, FileViewOpened, LogName, ViewClosed, ViewOpened
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc, merge
from reviewer.media.camera import Absence, DeckCamera, DeckPart
from reviewer.media.finished import FinishedFile
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.journal import Journal, Recorded
from reviewer.services.screening import (
    BEYOND,
    Feature,
    Projector,
    Screening,
    ScreeningState,
    feature_of_file,
    features_of,
)
from reviewer.services.screening_gate import FileGate, ScreeningGate
from reviewer.services.screening_wire import (
    Cover,
    End,
    Ended,
    Film,
    Permit,
    Ready,
    Refused,
    Show,
    Standing,
    Wish,
    hear,
    say,
)

KEY = Ed25519PrivateKey.generate()
START = Utc(1_781_379_737_000_000)
LENGTH = Micros(40 * SECOND)
WAIT = 20.0
SIZE = (1920, 1040)
STEP = 0.05  # s


class HeldJournal(Journal):
    """A real journal that can be slow, or refuse."""

    held: list[tuple[Event, Future[Recorded]]] | None = None
    refuses = False

    def record(self, event: Event) -> Future[Recorded]:
        future: Future[Recorded] = Future()
        if self.refuses:
            future.set_exception(LogUnwritable("The log cannot be written: the disk is full.", "Make room."))
            return future
        if self.held is None:
            return super().record(event)
        self.held.append((event, future))
        return future

    def catch_up(self) -> None:
        held, self.held = self.held or [], None
        for event, future in held:
            future.set_result(super().record(event).result(WAIT))


class Process:
    """Stands for the process of the second player. `dies` as after SIGKILL: its end of the pipe is closed."""

    def __init__(self, end: Connection) -> None:
        self.end = end
        self.killed = False

    def kill(self) -> None:
        self.killed = True
        self.end.close()

    def join(self) -> None:
        assert self.killed


class Hands:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Player:
    """What the process does by its contract, with a clock that is wrong by `error` µs at 1x. `seen` is what was really
    on the screen, with the number of entries that were durable then."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.error = 0
        self.true = 0
        self.show: Show | None = None
        self.wish: Wish | None = None
        self.force: Wish | None = None
        self.until, self.serial, self.pace, self.permitted = 0, 0, 1000, 0
        self.covered: str | None = None
        self.length = LENGTH

    @property
    def at(self) -> Micros:
        return Micros(max(0, self.true + self.error * self.pace // 1000))

    @property
    def visible(self) -> bool:
        return self.force is not None

    @property
    def runs(self) -> bool:
        held = self.at + 450 * self.pace >= self.until
        return self.force is not None and self.force is self.wish and self.force.rate_milli > 0 and not held

    def ask(self, at: int, rate: int) -> None:
        self.tell()
        self.serial += 1
        self.wish = Wish(self.serial, 0, Micros(max(0, at)), rate, True, *SIZE)
        say(self.connection, self.wish)

    def tell(self) -> None:
        force = self.force
        size = SIZE if force is not None else (0, 0)
        rate = force.rate_milli if force is not None else 0
        standing = Standing(self.permitted, 0, self.at, rate, force is not None, *size, self.length, False)
        say(self.connection, standing)

    def hear(self) -> None:
        while self.connection.poll():
            match self.connection.recv():
                case Show() as show:
                    self.show = show
                    self.ask(show.at, self.pace)
                case Permit(serial, until) if self.wish is not None and serial == self.wish.serial:
                    self.until, self.permitted, self.covered = until, serial, None
                    if self.force is not self.wish:
                        if abs(self.wish.at - self.at) > 50_000 or self.force is None:
                            self.true = self.wish.at
                        self.force, self.pace = self.wish, self.wish.rate_milli or self.pace
                case Cover(why):
                    self.wish = self.force = None
                    self.permitted, self.covered = 0, why
                    self.tell()
                case End():
                    self.tell()
                    say(self.connection, Ended())

    def live(self, seconds: float) -> None:
        if self.runs:
            self.true = min(LENGTH, self.true + round(seconds * self.pace * 1000))


class Room:
    """A screening of one recording, played by `Player`, behind a real gate and journal."""

    def __init__(self, folder: Path, undo: ExitStack) -> None:
        self.path = folder / "records.sqlite"
        self.journal = HeldJournal(self.path, {LogName.ACCESS: "pd/ws1/salo/access/1"}, KEY)
        undo.callback(self.journal.close)
        self.durable: list[Event] = []
        self.journal.listen(lambda recorded: self.durable.append(recorded.event))
        self.hands = Hands()
        ours, theirs = Pipe()
        undo.callback(ours.close)
        undo.callback(theirs.close)
        self.process, self.player = Process(theirs), Player(theirs)
        self.screening = Screening(Projector(ours, cast("object", self.process)), monotonic=self.hands)  # type: ignore[arg-type]
        self.seen: list[tuple[int, int]] = []
        self.closed: list[Future[Recorded]] = []
        self.gate: ScreeningGate | None = None

    def begin(self, at: int = 0, *, believed: int = LENGTH, said: int = LENGTH) -> None:
        """`believed` is how long the file is by its manifest, `said` by libVLC; it is LENGTH long."""
        self.player.length = Micros(said)
        say(self.player.connection, Ready("libVLC 3.0.24"))
        self.screening.tick()
        assert (self.screening.state, self.screening.player) == (ScreeningState.READY, "libVLC 3.0.24")
        self.gate = ScreeningGate(self.journal, "c1", "training", "libVLC 3.0.24", clock=self.hands)
        film = Film(partial(io.BytesIO, b""), "A. Niemi")
        feature = Feature(film, "cam-a", TimeModel(START, Micros(1000)), TimeRange(START, Utc(START + believed)))
        self.screening.begin(self.gate, (feature,), at=Micros(at), audible=True, display="DP-1")

    def lives(self, steps: int = 1) -> None:
        """Time passes for all; the log, if it is not held, keeps up."""
        for _ in range(steps):
            self.hands.now += STEP
            if not self.process.killed:
                self.player.hear()
                self.player.live(STEP)
                self.look()
                self.player.tell()
            self.screening.tick()
            if self.gate is not None and self.journal.held is None:
                wait([span.opened for span in self.gate._spans], WAIT)
                wait([closing.future for closing in self.gate._closings], WAIT)

    def look(self) -> None:
        if self.player.visible:
            self.seen.append((self.player.true, len(self.durable)))

    def ends(self) -> None:
        self.journal.catch_up()
        if not self.process.killed and self.player.show is not None:
            self.player.tell()
            say(self.player.connection, Ended())
        wait(self.screening.close(), WAIT)

    # What the log has

    def not_announced(self) -> list[int]:
        """Places that were on the screen while no durable entry said so."""
        wrong = []
        for true, known in self.seen:
            planned = [e.cameras[0].shown for e in self.durable[:known] if isinstance(e, ViewOpened) and e.cameras]
            if not any(s.start <= START + true <= s.end for s in planned):
                wrong.append(true)
        return wrong

    def not_said(self) -> list[int]:
        """Places that were on the screen and are in no closing entry."""
        said = merge(c.shown for e in self.durable if isinstance(e, ViewClosed) for c in e.cameras)
        return [true for true, _ in self.seen if not any(s.start <= START + true <= s.end for s in said)]


@contextmanager
def open_room(folder: Path) -> Iterator[Room]:
    with ExitStack() as undo:
        yield Room(folder, undo)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with open_room(tmp_path) as made:
        yield made


ACTS = st.one_of(
    st.tuples(st.just("live"), st.integers(1, 60)),
    st.tuples(st.just("seek"), st.integers(0, LENGTH - SECOND)),
    st.tuples(st.just("rate"), st.sampled_from((0, 250, 1000, 2000))),
    st.tuples(st.just("error"), st.integers(-290_000, 290_000)),
    st.tuples(st.just("slow"), st.booleans()),
    st.tuples(st.just("cover"), st.booleans()),
)


LENGTHS = st.sampled_from((0, 3 * SECOND, LENGTH))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, min_size=1, max_size=14), st.booleans(), LENGTHS, LENGTHS)
def test_whatever_is_done_nothing_is_shown_unannounced_and_all_of_it_is_said(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]], dies: bool, believed: int, said: int
) -> None:
    with open_room(tmp_path_factory.mktemp("room")) as room:
        room.begin(believed=believed, said=said)
        room.lives(3)
        for act, value in acts:
            _do(room, act, value)
            room.lives()
        if dies:  # in the middle, with what it showed last not told
            room.player.hear()
            room.player.live(STEP)
            room.look()
            room.process.kill()
            room.hands.now += STEP
            room.screening.tick()
            assert room.screening.problem is not None
        room.ends()
        assert room.not_announced() == []
        assert room.not_said() == []
        assert room.gate is not None and room.gate.painted_outside == 0


def _do(room: Room, act: str, value: int) -> None:
    player = room.player
    match act:
        case "live":
            room.lives(value)
        case "seek":
            player.ask(value, player.wish.rate_milli if player.wish is not None else 1000)
        case "rate":
            player.ask(player.at, value)
        case "error":
            player.error = value
        case "slow" if value and room.journal.held is None:
            room.journal.held = []
        case "slow" if not value:
            room.journal.catch_up()
        case "cover" if value:
            room.screening.cover("The session is locked.")
        case "cover":
            room.screening.uncover()


def test_no_more_than_ten_seconds_are_announced_ahead(room: Room) -> None:
    room.begin()
    room.lives(400)
    planned = [e for e in room.durable if isinstance(e, ViewOpened)]
    assert len(planned) >= 3
    assert all(e.planned.duration <= 10 * SECOND for e in planned)
    assert {e.player for e in planned} == {"libVLC 3.0.24, ± 0.3 s"}
    assert [e.cameras[0].width for e in planned] == [SIZE[0]] * len(planned)
    ahead = max(e.planned.end for e in planned) - (START + room.player.true)
    assert ahead <= 10 * SECOND
    room.ends()


@pytest.mark.parametrize("said", [0, 3 * SECOND])
def test_a_file_that_is_longer_than_is_said_of_it_plays_on(room: Room, said: int) -> None:
    room.begin(believed=said, said=said)
    room.lives(500)
    assert room.player.true > 15 * SECOND
    room.ends()
    assert room.not_announced() == [] == room.not_said()


def test_a_slow_log_holds_the_picture_and_it_goes_on(room: Room) -> None:
    room.begin()
    room.lives(20)
    room.journal.held = []
    room.lives(400)
    stood = room.player.true
    assert stood < 9 * SECOND and not room.player.runs
    room.lives(20)
    assert room.player.true == stood
    room.journal.catch_up()
    room.lives(40)
    assert room.player.true > stood
    room.ends()
    assert room.not_announced() == [] == room.not_said()


def test_a_log_that_fails_covers_the_picture_and_space_tries_again(room: Room) -> None:
    room.begin()
    room.lives(20)
    room.journal.refuses = True
    room.player.ask(20 * SECOND, 1000)
    room.lives(4)
    assert room.player.covered == "The log cannot be written: the disk is full. Make room."
    assert room.screening.covered == room.player.covered
    shown = len(room.seen)
    room.lives(10)
    assert len(room.seen) == shown
    room.journal.refuses = False
    room.player.ask(20 * SECOND, 1000)
    room.lives(4)
    assert room.player.visible and room.screening.covered == ""
    room.ends()
    assert room.not_announced() == [] == room.not_said()


def test_locked_means_covered_until_somebody_goes_on(room: Room) -> None:
    room.begin()
    room.lives(40)
    room.screening.cover("The session is locked.")
    room.lives(2)
    assert room.player.covered == "The session is locked."
    room.player.ask(room.player.at, 1000)  # a key, while it is locked
    room.lives(10)
    assert not room.player.visible
    assert [type(e) for e in room.durable] == [ViewOpened, ViewClosed]
    room.screening.uncover()
    room.lives(2)
    assert room.player.covered == "" and not room.player.visible
    room.player.ask(room.player.at, 1000)
    room.lives(5)
    assert room.player.visible
    room.ends()
    assert room.not_said() == []


def test_what_does_not_cover_in_time_is_ended(room: Room) -> None:
    room.begin()
    room.lives(20)
    room.screening.cover("The session is locked.")
    for _ in range(30):
        room.hands.now += STEP
        if not room.process.killed:
            room.player.tell()
        room.screening.tick()
    assert room.process.killed and "did not cover" in str(room.screening.problem)
    room.ends()


def test_what_hangs_is_ended_and_all_it_may_have_shown_is_said(room: Room) -> None:
    room.begin()
    room.lives(20)
    said = room.player.at
    for _ in range(120):
        room.hands.now += STEP
        room.screening.tick()
    assert room.process.killed and "stopped answering" in str(room.screening.problem)
    room.ends()
    (closed,) = [e for e in room.durable if isinstance(e, ViewClosed)]
    assert closed.cameras[0].shown.end >= START + said + 5 * SECOND


@pytest.mark.parametrize(
    "sent",
    [
        b"\x80\x04cos\nsystem\n(S'true'\ntR.",  # a pickle
        b"[]",
        b'["Standing", {}]',
        b'["Permit", {"serial": 1, "until": 2}]',
        b'["Ready", {"player": 7}]',
        b"[" * 5000,
        b'["Wish", {"serial":1,"film":99,"at":0,"rate_milli":0,"audible":false,"width":1,"height":1}]',
    ],
    ids=["pickle", "nothing", "empty", "its own permit", "wrong type", "deep", "another film"],
)
def test_a_process_that_was_taken_over_is_ended(room: Room, sent: bytes) -> None:
    room.begin()
    room.lives(2)
    room.player.connection.send_bytes(sent)
    room.screening.tick()
    assert room.process.killed
    assert isinstance(room.screening.problem, MalformedDocument)
    room.ends()


def test_a_player_that_is_missing_says_so_before_anything(room: Room) -> None:
    say(room.player.connection, Refused("The second player, libVLC, is not on this machine.", "Install VLC 3."))
    room.screening.tick()
    assert str(room.screening.problem) == "The second player, libVLC, is not on this machine. Install VLC 3."
    assert room.screening.is_over and room.durable == []


def test_a_strange_name_does_not_get_into_the_log(room: Room) -> None:
    say(room.player.connection, Ready("libVLC 3.0\n— signed by S. Aro"))
    room.screening.tick()
    assert room.screening.player == "libVLC"


def test_a_finished_file_is_named_by_its_hash_in_every_entry(room: Room, tmp_path: Path) -> None:
    path = tmp_path / "reel.mp4"
    path.write_bytes(b"reel")
    file = FinishedFile.read(path)
    say(room.player.connection, Ready("libVLC 3.0.24"))
    room.screening.tick()
    room.gate = FileGate(room.journal, "", "training", "libVLC 3.0.24", file, clock=room.hands)
    room.screening.begin(room.gate, (feature_of_file(file),), at=Micros(0), audible=True, display="")
    room.lives(60)
    room.ends()
    opened = [e for e in room.durable if isinstance(e, FileViewOpened)]
    closed = [e for e in room.durable if isinstance(e, FileViewClosed)]
    assert len(room.durable) == len(opened) + len(closed) > 0
    assert {(e.file, e.name, e.case) for e in (*opened, *closed)} == {(file.sha256, "reel.mp4", None)}
    assert all(e.planned.start >= 0 and e.planned.end - e.planned.start <= 10 * SECOND for e in opened)
    assert closed[0].shown[0].start == 0
    assert closed[-1].shown[-1].end >= room.player.true
    with closing(Queries(room.path)) as queries:
        assert queries.count(EntryFilter(kinds=(FileViewOpened.KIND,))) == len(opened)


def test_the_end_of_a_file_is_announced_with_room_to_spare(room: Room) -> None:
    room.begin(at=LENGTH - 2 * SECOND)
    room.lives(60)
    assert room.player.true == LENGTH
    room.ends()
    ends = [c.shown.end for e in room.durable if isinstance(e, ViewClosed) for c in e.cameras]
    assert max(ends) == START + LENGTH
    assert (
        max(e.planned.end for e in room.durable if isinstance(e, ViewOpened)) <= START + LENGTH + BEYOND + 10 * SECOND
    )


def test_parts_that_are_not_here_are_left_out() -> None:
    def part(at: int, absence: Absence | None = None, *, still: bool = False) -> DeckPart:
        start = Utc(START + at * SECOND)
        span = TimeRange(start, Utc(start + SECOND))
        return DeckPart(
            lambda: partial(io.BytesIO, b""), TimeModel(start, Micros(0)), span, absence=absence, still=still
        )

    absent, broken = Absence(TileState.NOT_DOWNLOADED, ""), Absence(TileState.UNREADABLE, "")
    camera = DeckCamera("cam-a", (part(0), part(1, absent), part(2, broken), part(3, still=True)))
    features, which = features_of(camera, "A. Niemi", 4)
    assert which == (0, 2)
    assert [each.film.title for each in features] == ["A. Niemi · part 1 of 4", "A. Niemi · part 3 of 4"]


def test_the_wire_says_nothing_when_nothing_was_said() -> None:
    one, other = Pipe()
    assert hear(one) is None
    other.close()
    with pytest.raises(EOFError):
        hear(one)
    one.close()
