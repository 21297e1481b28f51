"""What of the case was watched, while it is being watched: the sentence, the way to what nobody saw, and who saw this
second. Read again, in the background, a little after views end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from reviewer.domain.coverage import UNSEEN, Coverage, Manner, next_unseen, short
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import Watched
from reviewer.services.coverage import CaseCoverage
from reviewer.services.logwords import Names
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.controls import Controls
from reviewer.ui.review.video_wall import VideoWall
from reviewer.ui.second import SecondSheet
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone

_EVERY = 2_000  # ms: views end ten times a second while somebody drags


@dataclass(frozen=True, slots=True)
class CoverageServices:
    """Both answer on the pool, in stated time. `ask` counts everything; `who` gives the views of these recordings at an
    instant of the wall's. `clocks` are the wall's."""

    ask: Callable[[], Future[CaseCoverage]]
    who: Callable[[tuple[str, ...], Utc], Future[tuple[Watched, ...]]]
    names: Names
    clocks: Callable[[], WallTime] = lambda: SIGNED


class CoverageTools(QObject):
    """`changed` carries what is said of the case, in short and as a sentence; `others` a camera's key and what anybody
    saw of it. `said` is a sentence for the status line, `failed` a ReviewerError."""

    changed = Signal(str, str)
    others = Signal(str, object)
    said = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        services: CoverageServices | None,
        now: Callable[[], Utc],
        controls: Controls,
        wall: VideoWall,
        bridge: Bridge,
        zone: Zone,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._controls, self._wall, self._bridge, self._zone = services, controls, wall, bridge, zone
        self._now = now
        self._known: Coverage | None = None
        self._asked = False
        self.sheet: SecondSheet | None = None
        self._later = QTimer(self, singleShot=True, interval=_EVERY)
        self._later.timeout.connect(self.refresh)

    @property
    def known(self) -> Coverage | None:
        """What was counted last, of everybody together."""
        return self._known

    def soon(self) -> None:
        """Something was watched: count again in a while."""
        if not self._later.isActive():
            self._later.start()

    def stop(self) -> None:
        self._later.stop()
        if self.sheet is not None:
            self.sheet.reject()

    def refresh(self) -> None:
        """Count now; the answer comes by itself."""
        if self._services is None or self._asked:
            return
        self._asked = True
        self._bridge.watch(self._services.ask(), self._counted, self._wrong, self)

    def _counted(self, found: CaseCoverage) -> None:
        self._asked = False
        self._known = found.together
        self.changed.emit(short(found.together), found.sentence)
        self._tell_others()

    def _tell_others(self) -> None:
        clocks = self._services.clocks() if self._services is not None else SIGNED
        for each in self._known.recordings if self._known is not None else ():
            seen = each.of(*(m for m in Manner if m not in (*UNSEEN, Manner.MAYBE)))
            stated = (TimeRange(Utc(a), Utc(b)) for a, b in seen)
            self.others.emit(each.recording, tuple(clocks.range_to_wall(each.recording, s) for s in stated))

    def retime(self) -> None:
        """By other clocks now: what was counted lies elsewhere on the wall."""
        self._tell_others()

    def _wrong(self, error: ReviewerError) -> None:
        self._asked = False
        self.failed.emit(error)

    def to_unseen(self, by: int) -> None:
        """The next second that nobody saw (1), or the one before (−1): of the focused camera."""
        camera = self._focused()
        found = {each.recording: each for each in self._known.recordings} if self._known is not None else {}
        if camera is None or camera.key not in found:
            self.said.emit("What was seen of this camera is still being counted.")
            return
        clocks = self._services.clocks() if self._services is not None else SIGNED
        at = next_unseen(found[camera.key], clocks.to_stated(camera.key, self._now()), by)
        if at is None:
            where = "after" if by > 0 else "before"
            self.said.emit(f"No second of camera {camera.number} {where} this one was never seen by anybody.")
        else:
            self._controls.seek(clocks.to_wall(camera.key, at))

    def ask_who(self) -> None:
        """Who watched the second under the play-head: of the focused camera first, then of the others on the wall."""
        if self._services is None:
            return
        self._controls.stop()
        at, focused = self._now(), self._focused()
        cameras = sorted(self._wall.cameras, key=lambda c: (c is not focused, c.number))
        keys = tuple(c.key for c in cameras if c.assigned)
        answer = self._services.who(keys, at)
        self._bridge.watch(answer, lambda views: self._answer(self._services, views, at), self.failed.emit, self)

    def _answer(self, services: CoverageServices | None, views: Sequence[Watched], at: Utc) -> None:
        if services is None or not self._wall.isVisible():
            return
        parent = self._wall.window()
        self.sheet = SecondSheet(
            views, at, names=services.names, zone=self._zone, theme=theme_of(self._wall).name, parent=parent
        )
        self.sheet.destroyed.connect(self._gone)
        self.sheet.open()

    def _gone(self) -> None:
        self.sheet = None

    def _focused(self) -> ReviewCamera | None:
        return next((c for c in self._wall.cameras if c.key == self._wall.focused), None)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {
            "second.who": self.ask_who,
            "unseen.next": lambda: self.to_unseen(1),
            "unseen.previous": lambda: self.to_unseen(-1),
        }
