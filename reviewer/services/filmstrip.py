"""The filmstrip's pictures: small frames of a camera along the timeline. They show footage, so they are logged first.

An entry says which stretch of which recording they are of, how far apart and how large. It is durable before the first
of them is made. It announces more than is shown, never less: pictures are key frames, which may lie some seconds before
the instant that was asked for, and what lies outside of the announced stretch is not handed out.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from reviewer.domain.errors import Cancelled, ReviewerError
from reviewer.domain.events import Event, FilmstripShown
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.media.camera import DeckCamera, DeckPart, Image
from reviewer.media.thumbnails import thumbnails
from reviewer.services.journal import Recorded

REACH = 10 * SECOND
"""How far before the instant that was asked for a picture may be from, in µs."""

Pictures = list[tuple[Utc, Image]]


@dataclass(frozen=True, slots=True)
class _Order:
    """What is wanted of one camera: the middle of each slot, and the stretch that is announced."""

    camera: DeckCamera
    times: tuple[Utc, ...]
    shown: TimeRange
    step: Micros
    height: int


class Filmstrip:
    """Of one open case; `request` on the GUI's thread, the work is done in `pool`. `camera` gives a camera as it stands
    on the deck; `stopped` is why nothing may be shown, or None (`Viewing.stopped`); `clocks` those of the
    wall."""

    def __init__(
        self,
        camera: Callable[[str], DeckCamera | None],
        record: Callable[[Event], Future[Recorded]],
        pool: Executor,
        case: str,
        purpose: str,
        stopped: Callable[[], ReviewerError | None],
        clocks: Callable[[], WallTime] = lambda: SIGNED,
    ) -> None:
        self._camera = camera
        self._record = record
        self._pool = pool
        self._case = case
        self._purpose = purpose
        self._stopped = stopped
        self._clocks = clocks
        self._said: list[tuple[FilmstripShown, Future[Recorded]]] = []
        self._closed = False

    def request(self, key: str, stretch: TimeRange, count: int, height: int) -> Future[Pictures]:
        """Pictures of a camera, evenly over a stretch, each with its own time; `height` in device pixels. Where it did
        not roll, or its part is not here, there is none. The Future can be cancelled while the work goes on. It has
        LogUnwritable if they may not be shown, UnreadableMedia, DecoderStopped, or what opening the part raises."""
        future: Future[Pictures] = Future()
        stopped = self._stopped()
        if stopped is not None:
            future.set_exception(stopped)
            return future
        order = self._order(key, stretch, count, height)
        if order is None:
            future.set_result([])
            return future
        self._pool.submit(self._make, order, self._announce(order), future)
        return future

    def close(self) -> None:
        """What is being made is given up."""
        self._closed = True

    def _order(self, key: str, stretch: TimeRange, count: int, height: int) -> _Order | None:
        camera = self._camera(key)
        step = Micros(stretch.duration // count)
        times = [Utc(stretch.start + step * n + step // 2) for n in range(count)]
        known = tuple(t for t in times if camera is not None and _part_at(camera, t) is not None)
        if camera is None or not known:
            return None
        start = max(camera.range.start, known[0] - REACH)
        return _Order(camera, known, TimeRange(Utc(start), Utc(min(camera.range.end, known[-1] + step))), step, height)

    def _announce(self, order: _Order) -> Future[Recorded]:
        """The entry that covers these pictures: a new one, or one that said as much before."""
        key = order.camera.key
        shown = self._clocks().range_to_stated(key, order.shown)
        for event, entry in self._said:
            within = event.shown.start <= shown.start and shown.end <= event.shown.end
            alike = event.step <= order.step and event.height >= order.height
            failed = entry.done() and entry.exception() is not None
            if event.recording == key and within and alike and not failed:
                return entry
        event = FilmstripShown(self._case, key, shown, order.step, order.height, self._purpose)
        entry = self._record(event)
        self._said.append((event, entry))
        return entry

    def _make(self, order: _Order, entry: Future[Recorded], future: Future[Pictures]) -> None:
        """In the pool: nothing is opened before the entry is durable."""
        try:
            entry.result()
            pictures = self._pictures(order, lambda: self._closed or future.cancelled())
        except ReviewerError as wrong:
            if future.set_running_or_notify_cancel():
                future.set_exception(wrong)
            return
        if future.set_running_or_notify_cancel():
            stopped = self._stopped()
            if stopped is not None:
                future.set_exception(stopped)
            else:
                future.set_result(pictures)

    def _pictures(self, order: _Order, cancelled: Callable[[], bool]) -> Pictures:
        """Of every part that has any of these instants. A part that cannot be read costs its own pictures."""
        found: Pictures = []
        trouble: ReviewerError | None = None
        for number, part in enumerate(order.camera.parts):
            times = [part.model.to_stream(t) for t in order.times if _part_at(order.camera, t) is part]
            try:
                found += self._of_part(part, f"Part {number + 1}", times, order, cancelled) if times else []
            except Cancelled:
                raise
            except ReviewerError as wrong:
                trouble = wrong
        if trouble is not None and not found:
            raise trouble
        return found

    def _of_part(
        self, part: DeckPart, what: str, times: list[Micros], order: _Order, cancelled: Callable[[], bool]
    ) -> Pictures:
        if cancelled():
            raise Cancelled("Making pictures")
        proxies = part.proxies() if part.proxies is not None and part.index is not None else ()
        source = part.source()
        made = thumbnails(
            source, times, order.height, index=part.index, proxies=proxies, what=what, cancelled=cancelled
        )
        seen = ((part.model.to_utc(each.time), each.image) for each in made)
        return [(at, image) for at, image in seen if at in order.shown]


def _part_at(camera: DeckCamera, at: Utc) -> DeckPart | None:
    """The part that is here and has this instant."""
    return next((p for p in camera.parts if p.absence is None and at in p.range), None)
