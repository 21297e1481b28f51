"""A screening behind a real gate and journal, with a process that does what its contract says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.errors import LogUnwritable
from reviewer.domain.events import Event, LogName, ViewClosed, ViewOpened
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc, merge
from reviewer.services.journal import Journal, Recorded
from reviewer.services.screening import (
    Feature,
    Projector,
    Screening,
    ScreeningState,
)
from reviewer.services.screening_gate import ScreeningGate
from reviewer.services.screening_wire import (
    Cover,
    End,
    Ended,
    Film,
    Go,
    Permit,
    Ready,
    Show,
    Standing,
    Wish,
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
                case Go(_film, at, playing):
                    self.ask(at, self.pace if playing else 0)
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
