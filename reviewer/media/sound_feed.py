"""Decodes a camera's sound ahead of the clock into its ring. A thread beside the decoding of its pictures.

It follows the course by itself: wherever the clock goes, decoding begins anew a little before that instant, unless the
ring has it. While the camera is not heard it rests and holds nothing open.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from reviewer.domain.errors import ReviewerError, UnreadableMedia
from reviewer.domain.timebase import SECOND, TimeModel, TimeRange, Utc
from reviewer.media.camera import Source
from reviewer.media.clock import NORMAL, ClockView, Reading
from reviewer.media.sound_line import Later, SoundLine, SoundPart
from reviewer.media.sound_reader import SOUND_ERRORS, SoundReader
from reviewer.media.sound_ring import RATE, SoundRing, Stretch
from reviewer.media.sound_veil import BARE, LEAD, SoundVeil, VeiledSound
from reviewer.media.stretch import Stretcher

log = logging.getLogger(__name__)

SLOWEST, FASTEST = 500, 2000  # thousandths; beyond these speech is not understood any more
_AHEAD = 0.8  # seconds decoded ahead, as they will be heard
_BEFORE = 0.06  # … and before the instant: the stretcher's first windows are not whole
_BEHIND = 0.25  # the ring's end may be so far behind the clock before decoding jumps on
_STEADY = 0.15  # a clock that stands must have stood so long: nothing is decoded for every place passed by
_ASK = 20 * SECOND  # of footage before a part begins it is asked for
_OPEN = 2  # readers that are kept

PACE_NOTE = "No sound at {}×, only from 0.5× to 2×."


def pace_note(rate: int) -> str:
    """Why there is no sound at a rate (thousandths), "" if there is."""
    if rate < 0:
        return "No sound backwards."
    return "" if SLOWEST <= rate <= FASTEST else PACE_NOTE.format(f"{rate / NORMAL:g}")


class SoundFeed:
    """Writes into `ring` what `clock` will ask for. `parts` in order of time, None for those without footage.
    `ask(part)` asks whoever has the footage for its Source, which comes by `give`; `said` gets the sentence that tells
    why there is no sound, "" when there is. All methods may be called from any thread; both callbacks are called on the
    thread of `run`."""

    def __init__(
        self,
        ring: SoundRing,
        clock: ClockView,
        parts: Sequence[SoundPart | None],
        ask: Callable[[int], None],
        said: Callable[[str], None],
        veil: tuple[int, SoundVeil] = (0, BARE),
    ) -> None:
        self._ring, self._clock, self._parts = ring, clock, tuple(parts)
        self._ask, self._said = ask, said
        self._sources: dict[int, Source | None] = {}
        self._asked: set[int] = set()
        self._readers: OrderedDict[int, SoundReader] = OrderedDict()
        self._notes: dict[int, str] = {}
        self._note = ""
        self._line: SoundLine | None = None
        self._stretcher = Stretcher(NORMAL)
        self._veil = veil
        self._veiled: VeiledSound | None = None
        self._heard = self._closing = self._poked = self._moved = False
        self._wake = threading.Condition()
        self._since = 0.0

    def set_heard(self, heard: bool) -> None:
        """Whether this camera is listened to. While it is not, nothing is decoded."""
        self._heard = heard
        self.poke()

    def give(self, part: int, source: Source | None) -> None:
        """A part's footage; None if it cannot be had."""
        self._sources[part] = source
        self.poke()

    def veil(self, number: int, veil: SoundVeil) -> None:
        """From now on this is hidden, and what was decoded before is not heard any more."""
        if number != self._veil[0]:
            self._veil, self._moved = (number, veil), True
            self.poke()

    def retime(self, times: Sequence[tuple[TimeModel, TimeRange]]) -> None:
        """The same parts by another clock."""
        pairs = zip(self._parts, times, strict=True)
        self._parts = tuple(None if part is None else SoundPart(*placed) for part, placed in pairs)
        self._moved = True
        self.poke()

    def poke(self) -> None:
        """The clock's course changed."""
        with self._wake:
            self._poked = True
            self._wake.notify()

    def close(self) -> None:
        """End `run`. Returns at once."""
        self._closing = True
        self.poke()

    @property
    def busy(self) -> float:
        """For how many seconds one piece of work has been going on: much more than a second is a hang."""
        since = self._since
        return time.monotonic() - since if since else 0.0

    def run(self) -> None:
        """The thread's body, until `close`."""
        while not self._closing:
            self._since = time.monotonic()
            rest = self.step()
            self._since = 0.0
            if rest is None or rest > 0:
                self._rest(rest)
        self._let_go()

    def step(self) -> float | None:
        """One piece of work; gives for how many seconds there is no more, None until something changes."""
        now = self._clock.read()
        if not self._heard:
            self._let_go()
            return None
        if pace_note(now.rate) or not self._parts:
            return None
        if self._moved:
            self._moved, self._line = False, None
        if not self._follows(now):
            stood = (self._clock.monotonic() - now.changed) / 1e9
            if not now.playing and stood < _STEADY:
                return _STEADY - stood
            self._begin(now)
        reach = self._ring.written
        ahead = (reach.at(reach.end) - now.at) / SECOND * NORMAL / now.rate
        if ahead >= _AHEAD:
            return min(0.1, ahead - _AHEAD + 0.02) if now.rolling else 0.5
        return self._more()

    def _follows(self, now: Reading) -> bool:
        reach = self._ring.written
        if self._line is None or reach.rate != now.rate:
            return False
        behind = int(_BEHIND * SECOND) * now.rate // NORMAL
        return reach.at(reach.first) <= now.at <= reach.at(reach.end) + behind

    def _begin(self, now: Reading) -> None:
        base = Utc(now.at - int(_BEFORE * SECOND) * now.rate // NORMAL)
        number, veil = self._veil
        self._ring.restart(now.rate, base, number)
        self._veiled = None
        if veil != BARE:
            base = Utc(base - LEAD * SECOND // RATE)
            self._veiled = VeiledSound(veil, Stretch(0, NORMAL, base, 0, 0), self._parts)
        self._line = SoundLine(self._parts, base, self._opened)
        self._stretcher = Stretcher(now.rate)

    def _more(self) -> float | None:
        """Decode on a little."""
        line, veiled = self._line, self._veiled
        if line is None:
            return 0.0
        try:
            samples = line.more() if veiled is None else veiled.feed(line.more())
        except Later:
            return 0.05
        except SOUND_ERRORS as wrong:
            log.info("sound of part %d breaks off: %s", line.part + 1, wrong)
            self._notes[line.part] = "The sound of this part breaks off: it is damaged."
            line.skip()
            return 0.0
        finally:
            self._tell(line.part)
        if samples is None:
            return 0.25
        self._ring.append(self._stretcher.feed(samples))
        self._ask_ahead(line)
        return 0.0

    # -- the parts

    def _ask_ahead(self, line: SoundLine) -> None:
        after = line.part + 1
        if after < len(self._parts) and (part := self._parts[after]) is not None and after not in self._asked:
            reach = self._ring.written
            if part.range.start - reach.at(reach.end) < _ASK:
                self._request(after)

    def _request(self, part: int) -> None:
        if part not in self._asked and part not in self._sources:
            self._asked.add(part)
            self._ask(part)

    def _opened(self, part: int) -> SoundReader | None:
        """A part's reader. None if it has no sound; raises Later if its footage is not there yet."""
        if part in self._readers:
            self._readers.move_to_end(part)
            return self._readers[part]
        if part in self._notes:
            return None
        if part not in self._sources:
            self._request(part)
            raise Later
        source = self._sources[part]
        try:
            reader = SoundReader(source()) if source is not None else None
        except UnreadableMedia as wrong:
            self._notes[part] = wrong.message
            return None
        except SOUND_ERRORS as wrong:
            log.info("sound of part %d: %s", part + 1, wrong)
            told = isinstance(wrong, ReviewerError)
            self._notes[part] = wrong.message if told else "The sound of this part cannot be read."  # type: ignore[union-attr]
            return None
        if reader is not None:
            self._keep(part, reader)
        return reader

    def _keep(self, part: int, reader: SoundReader) -> None:
        self._readers[part] = reader
        while len(self._readers) > _OPEN:
            self._readers.popitem(last=False)[1].close()

    def _tell(self, part: int) -> None:
        note = self._notes.get(part, "")
        if note != self._note:
            self._note = note
            self._said(note)

    def _let_go(self) -> None:
        self._line = None
        while self._readers:
            self._readers.popitem()[1].close()

    def _rest(self, seconds: float | None) -> None:
        with self._wake:
            if not self._poked and not self._closing:
                self._wake.wait(seconds)
            self._poked = False
