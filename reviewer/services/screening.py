"""A screening: footage or a finished file in the second player, and its gate.

libVLC runs in a process of its own. That process shows nothing that this one has not permitted, and this one permits
nothing that the log does not announce durably: it says how far the picture may go, and lengthens that as the next span
is written (services/viewing.py, with another player's name in the entries). Where no word comes, the process stops.

libVLC's clock is stale and does not say which frame is on the screen. So an entry says more than was shown, never less:
`UNCERTAINTY` on both sides, and after a crash everything up to where it could have come.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from reviewer.domain.errors import MalformedDocument, ReviewerError
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Micros, TimeModel, TimeRange, Utc
from reviewer.media.camera import DeckCamera
from reviewer.media.finished import FinishedFile
from reviewer.media.vlc import UNCERTAINTY
from reviewer.services.journal import Recorded
from reviewer.services.screening_gate import ScreeningGate
from reviewer.services.screening_wire import (
    Cover,
    End,
    Ended,
    Film,
    Go,
    Permit,
    Ready,
    Refused,
    Show,
    Standing,
    Wish,
    hear,
)
from reviewer.services.spans import ViewTile
from reviewer.services.viewing import LONGEST

BEYOND = 2 * SECOND  # footage that is announced past a file's end, which libVLC passes at no exact moment
_SILENT = 5.0  # s without a sign of life: it hangs
_STARTING = 30.0  # s that it may take to begin
_OBEYS = 1.0  # s that covering may take before the process is ended instead
_PLAYER = re.compile(r"libVLC [\w.]{1,20}")


@dataclass(frozen=True, slots=True)
class Feature:
    """One file of a screening: `key` is its recording's id (a finished file's SHA-256), `model` gives its times a UTC
    (a finished file's own time counts from 0), `range` is how long it is by what is known beforehand."""

    film: Film
    key: str
    model: TimeModel
    range: TimeRange


class ScreeningState(Enum):
    STARTING = "starting"
    READY = "ready"  # libVLC is there; `begin` may be called
    SHOWING = "showing"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Projector:
    """The process of the second player and the pipe to it."""

    connection: Connection
    process: BaseProcess

    def send(self, message: Show | Permit | Cover | Go | End) -> None:
        """To a process that is gone nothing is sent; that it is gone is seen elsewhere."""
        with suppress(OSError):
            self.connection.send(message)

    def end(self) -> None:
        """It is gone when this returns."""
        self.process.kill()
        self.process.join()
        self.connection.close()


class Screening:
    """One screening, from the start of its process to its end. All methods on one thread; `tick` twenty times a second.

    `player` is libVLC's name once it is READY. When it is OVER, `problem` says what went wrong, or is None.
    `touched` is whether somebody used its keys since it was asked last.
    """

    def __init__(self, projector: Projector, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._projector = projector
        self._monotonic = monotonic
        self._heard_at = monotonic()
        self.state = ScreeningState.STARTING
        self.player = ""
        self.problem: ReviewerError | None = None
        self._gate: ScreeningGate | None = None
        self._features: tuple[Feature, ...] = ()
        self._wish: Wish | None = None  # not permitted yet
        self._granted: Wish | None = None  # permitted last
        self._granted_at = 0.0
        self._permit: Permit | None = None
        self._standing: Standing | None = None
        self._standing_at = 0.0
        self._covered = ""  # why the picture is to be covered, as the process was told
        self._obeyed = True
        self._covered_at = 0.0
        self._touched = self._going = False

    # -- what others say ---------------------------------------------------------------------------------------------

    def begin(
        self,
        gate: ScreeningGate,
        features: tuple[Feature, ...],
        *,
        feature: int = 0,
        at: Micros,
        audible: bool,
        display: str,
        full: bool = True,
        presented: bool = False,
    ) -> None:
        """Open the window and play from this place, as soon as the log has it. READY only."""
        self._gate, self._features = gate, features
        self.state = ScreeningState.SHOWING
        self._heard_at = self._monotonic()
        films = tuple(each.film for each in features)
        self._projector.send(Show(films, feature, at, audible, display, full, presented))

    def go(self, feature: int, at: Micros, *, playing: bool) -> None:
        """Go to this place, and play on or stand still: shown as soon as the log has it. Nothing while it is covered
        for another reason than a log that could not be written."""
        stopped = self._gate is not None and self._gate.stopped is not None and self._covered == str(self._gate.stopped)
        if self.state is ScreeningState.SHOWING and (stopped or not self._covered):
            self._going = True
            self._projector.send(Go(feature, at, playing))

    def cover(self, why: str) -> None:
        """Hide the picture at once, as when the session is locked. Does nothing if there is none."""
        if self.state is ScreeningState.SHOWING and not self._covered:
            self._tell_cover(why)

    def uncover(self) -> None:
        """Somebody may go on. The picture stays hidden until they do."""
        if self.state is ScreeningState.SHOWING and self._covered:
            self._covered, self._wish = "", None
            self._projector.send(Cover(""))

    def close(self) -> tuple[Future[Recorded], ...]:
        """End it, now. The process is gone when this returns; the Futures end when what was shown is in the log."""
        if self.state is not ScreeningState.OVER:
            self._projector.send(End())
            deadline = self._monotonic() + _OBEYS
            while not self.is_over and self._answers_within(deadline - self._monotonic()):
                self._hear()
            self._over(None)
        return self._gate.close() if self._gate is not None else ()

    def _answers_within(self, seconds: float) -> bool:
        try:
            return seconds > 0 and self._projector.connection.poll(seconds)
        except OSError:
            return True  # it is gone, as hearing will say

    @property
    def is_over(self) -> bool:
        return self.state is ScreeningState.OVER

    @property
    def covered(self) -> str:
        """Why the picture is hidden, or ""."""
        return self._covered

    @property
    def place(self) -> tuple[Micros, bool] | None:
        """Where it is now (`media/vlc.UNCERTAINTY`), and whether it plays; None while that is not what was wished for
        last, or nothing is shown."""
        now = self._standing
        if self.state is not ScreeningState.SHOWING or self._going or self._wish is not None or now is None:
            return None
        return (now.at, now.rate_milli > 0) if self._is_granted(now) and now.width * now.height else None

    @property
    def is_dark(self) -> bool:
        """Whether no picture is shown and none is wished for: covered, or at the end."""
        now = self._standing
        waits = self._going or self._wish is not None
        return self.state is ScreeningState.SHOWING and not waits and now is not None and not now.width * now.height

    def was_touched(self) -> bool:
        """Whether somebody used its keys or the mouse over it since this was asked last."""
        touched, self._touched = self._touched, False
        return touched

    # -- twenty times a second ---------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Hear what the process says, write what it shows, permit what the log has."""
        self._hear()
        if self.state is ScreeningState.OVER:
            return
        patience = _STARTING if self._standing is None else _SILENT
        if self.state is not ScreeningState.READY and self._monotonic() - self._heard_at > patience:
            self._over(ReviewerError("The second player stopped answering; it was ended.", _AGAIN))
        elif not self._obeyed and self._monotonic() - self._covered_at > _OBEYS:
            self._over(ReviewerError("The second player did not cover its picture; it was ended.", _AGAIN))
        elif self._gate is not None:
            self._ask(self._gate)

    def _hear(self) -> None:
        try:
            while self.state is not ScreeningState.OVER and (said := hear(self._projector.connection)) is not None:
                self._heard_at = self._monotonic()
                self._take(said)
        except MalformedDocument as wrong:
            self._over(wrong)
        except (EOFError, OSError):
            self._over(ReviewerError("The second player ended unexpectedly; the rest goes on.", _AGAIN))

    def _take(self, said: Ready | Refused | Wish | Standing | Ended) -> None:
        match said:
            case Ready() if self.state is ScreeningState.STARTING:
                self.player = said.player if _PLAYER.fullmatch(said.player) else "libVLC"
                self.state = ScreeningState.READY
            case Refused():
                self._over(ReviewerError(said.message[:500], said.next_step[:500]))
            case Ended():
                self._over(None)
            case Wish() if self._is_of_this(said.film):
                self._take_wish(said)
            case Standing() if self._is_of_this(said.film):
                self._take_standing(said)
            case _:
                raise MalformedDocument("The second player said what it cannot mean.", _AGAIN)

    def _is_of_this(self, film: int) -> bool:
        return self.state is ScreeningState.SHOWING and 0 <= film < len(self._features)

    def _take_wish(self, wish: Wish) -> None:
        self._wish, self._going = wish, False
        gate = self._gate
        if gate is not None and gate.stopped is not None and self._covered == str(gate.stopped):
            gate.retry()
            self._covered = ""

    def _take_standing(self, standing: Standing) -> None:
        self._standing, self._standing_at = standing, self._monotonic()
        self._touched |= standing.touched
        if _is_perceived(standing):
            if self._wish is None and (self._granted is None or self._is_granted(standing)):
                self._say_shown(standing)  # else it stands still, and where was said before the wish
        elif self._gate is not None and (self._covered or (self._wish is None and self._is_granted(standing))):
            self._gate.rest()
        self._obeyed |= not _is_perceived(standing)

    # -- the gate ----------------------------------------------------------------------------------------------------

    def _ask(self, gate: ScreeningGate) -> None:
        if gate.stopped is None and not self._covered:
            now = self._wish or (self._standing if self._is_granted(self._standing) else self._granted)
            if now is not None and (isinstance(now, Wish) or _is_perceived(now)):
                self._request(gate, now)
        if gate.stopped is not None and not self._covered:
            self._tell_cover(str(gate.stopped))

    def _request(self, gate: ScreeningGate, now: Wish | Standing) -> None:
        """Open the spans that this needs; permit it once they are durable."""
        feature, at = self._features[now.film], self._utc(now)
        tile = ViewTile(feature.key, now.width, now.height, now.audible, (self._rolling(now),))
        gate.request(at, now.rate_milli, (tile,))
        gate.grow(at, tile)
        edge = gate.reach(at, feature.key)
        if edge is None or (now.audible and not gate.hears(at, feature.key)):
            return
        permit = Permit(now.serial, feature.model.to_stream(edge))
        if permit != self._permit:
            self._permit = permit
            self._projector.send(permit)
        if self._wish is not None:
            self._granted, self._granted_at, self._wish = self._wish, self._monotonic(), None

    def _is_granted(self, standing: Standing | None) -> bool:
        """Whether the process shows what was permitted last; before, it has not come to hear of it."""
        return standing is not None and standing.serial == (self._granted.serial if self._granted is not None else 0)

    def _say_shown(self, standing: Wish | Standing, passed: int = 0) -> None:
        """What may have been on the screen: where it says it was, and as far on as it may have come."""
        gate = self._gate
        if gate is None or gate.stopped is not None:
            return
        at, start, end = self._utc(standing), self._features[standing.film].range.start, self._end(standing)
        unsure = UNCERTAINTY * max(1000, abs(standing.rate_milli)) // 1000
        first = max(start, at - unsure)
        last = at + passed + unsure if at > end or end <= start else min(end, at + passed + unsure)
        gate.shown(at, {self._features[standing.film].key: TimeRange(Utc(min(first, last - 1)), Utc(last))})

    def _utc(self, now: Wish | Standing) -> Utc:
        return self._features[now.film].model.to_utc(now.at)

    def _end(self, now: Wish | Standing) -> Utc:
        """Where the file ends, by the longest of what is said of it."""
        feature = self._features[now.film]
        known = self._standing.length if self._standing is not None and self._standing.film == now.film else 0
        return max(feature.range.end, feature.model.to_utc(Micros(known)))

    def _rolling(self, now: Wish | Standing) -> TimeRange:
        """The whole file and room to spare; where it is longer than is said of it, as much more as may be announced."""
        start, end, at = self._features[now.film].range.start, self._end(now), self._utc(now)
        unknown = end <= start or at > end + SECOND
        return TimeRange(start, Utc(at + LONGEST if unknown else end + BEYOND))

    def _tell_cover(self, why: str) -> None:
        self._covered, self._obeyed, self._covered_at = why, False, self._monotonic()
        self._wish = self._granted = self._permit = None
        self._projector.send(Cover(why))

    def _over(self, problem: ReviewerError | None) -> None:
        """The process goes. What it may have shown since it was heard last is said too."""
        if self.state is ScreeningState.OVER:
            return
        self._projector.end()
        self._say_last()
        self.state, self.problem = ScreeningState.OVER, problem
        if self._gate is not None:
            self._gate.close()

    def _say_last(self) -> None:
        """What may have been shown since: from where it was last, or from where it was just allowed to go."""
        if self._wish is not None:
            return  # it stood still
        standing, since = self._standing, self._standing_at
        last: Wish | Standing | None = standing
        if self._granted is not None and not self._is_granted(standing):
            last, since = self._granted, self._granted_at
        if last is not None and _is_perceived(last):
            passed = round((self._monotonic() - since) * abs(last.rate_milli) * 1000)
            limit = self._permit.until - last.at if self._permit is not None else passed
            self._say_shown(last, max(0, min(passed, limit)))


def _is_perceived(now: Wish | Standing) -> bool:
    return now.width * now.height > 0 or (now.audible and now.rate_milli != 0)


_AGAIN = "Open it again; if it happens again, ask the custodian for the camera’s own file."


def features_of(camera: DeckCamera, title: str, parts: int) -> tuple[tuple[Feature, ...], tuple[int, ...]]:
    """The files of a recording that are here, one after another, and which parts (from 0) they are; `parts` is how many
    there should be. Takes as long as verifying them. Raises what opening the first that is not to be opened raises."""
    found, which = [], []
    for number, part in enumerate(camera.parts):
        if part.still or (part.absence is not None and part.absence.state is not TileState.UNREADABLE):
            continue
        said = f"{title} · part {number + 1} of {parts}" if parts > 1 else title
        found.append(Feature(Film(part.source(), said), camera.key, part.model, part.range))
        which.append(number)
    return tuple(found), tuple(which)


def feature_of_file(file: FinishedFile) -> Feature:
    """A finished file; how long it is, libVLC will say."""
    start = Utc(0)
    return Feature(Film(file, file.path.name), file.sha256, TimeModel(start, Micros(0)), TimeRange(start, start))
