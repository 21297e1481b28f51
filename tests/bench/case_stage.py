"""The review screen over a real log: a case of thousands of annotations, nine of its cameras on the wall. Pictures are
drawn ones: what a mark and a search cost is asked, not what decoding does."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import QEvent, QEventLoop, QObject
from PySide6.QtWidgets import QApplication, QWidget

from reviewer.domain.event import LogName
from reviewer.domain.wall_time import SIGNED
from reviewer.records.queries import Queries
from reviewer.services.annotation import Annotations
from reviewer.services.journal import Journal
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.screen import ReviewScreen, ReviewServices
from reviewer.ui.theme import ThemeName, apply_theme
from tests.bench.case_made import Size, annotations, papers
from tests.ui.review import samples
from tests.ui.review.fakes import FakePlayback, FakeStills

CASE = "CR-2026-0142"
_ORIGINS = {LogName.WORK: "helsinki.example/ws-1/k.salo/work/1"}
_ON_WALL = 9
_SECONDS = 600.0
_PATIENCE = 20.0


class NothingHappened(RuntimeError):
    """What was waited for did not come."""


@dataclass(frozen=True, slots=True)
class BenchStage:
    app: QApplication
    screen: ReviewScreen
    playback: FakePlayback
    journal: Journal

    def until(self, done: Callable[[], bool]) -> None:
        """Let the window work until something has happened. Raises NothingHappened after 20 s."""
        end = time.perf_counter() + _PATIENCE
        while not done():
            if time.perf_counter() > end:
                raise NothingHappened
            self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)


class Painted(QObject):
    """Counts what is painted of a widget."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.times += event.type() == QEvent.Type.Paint
        return False


@contextmanager
def stage(size: Size) -> Iterator[BenchStage]:
    """A review screen with a case of this size, as it stands after it was opened."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise RuntimeError("there is another application")
    with ExitStack() as undo:
        folder = Path(undo.enter_context(TemporaryDirectory(prefix="reviewer-marks-")))
        journal = Journal(folder / "records.sqlite", _ORIGINS, Ed25519PrivateKey.generate())
        undo.callback(journal.close)
        cameras = _cameras(size.recordings)
        begins = [camera.range.start for camera in cameras]
        written = [journal.record(event) for event in papers(CASE, begins[0], size.allegations)]
        long = replace(size, seconds=_SECONDS)
        written += [journal.record(event) for event in annotations(CASE, [c.key for c in cameras], begins, long)]
        deque((each.result() for each in written), maxlen=0)
        queries = Queries(journal.path)
        undo.callback(queries.close)
        bridge = Bridge()
        journal.listen(bridge.listener)
        screen, playback = _screen(journal, queries, bridge)
        undo.callback(screen.close)
        undo.callback(screen.close_review)
        screen.set_cameras(cameras)
        screen.wall.choose([camera.key for camera in cameras[:_ON_WALL]])
        screen.resize(1536, 930)
        screen.show()
        screen.activateWindow()
        screen.open_at(samples.NOW)
        made = BenchStage(app, screen, playback, journal)
        made.until(lambda: bool(playback.sizes) and bool(screen.wall.painted()))
        screen.setFocus()
        yield made


def _cameras(count: int) -> list[ReviewCamera]:
    first = samples.manifest(1, ("22:39:00", "22:49:30"))
    return [
        ReviewCamera(n, replace(first, recording_id=f"rec-{n}", officer=samples.PEOPLE[n % 9]))
        for n in range(1, count + 1)
    ]


def _screen(journal: Journal, queries: Queries, bridge: Bridge) -> tuple[ReviewScreen, FakePlayback]:
    playback = FakePlayback()
    preferences = PreferenceStore()
    services = ReviewServices(
        playback=playback,  # type: ignore[arg-type]
        annotations=Annotations(journal.record, queries, CASE, lambda: SIGNED),
        retry=lambda: None,
        watched=lambda _key: (),
        name_of=lambda user: {"k.salo": "K. Salo"}.get(user, user),
        stills=FakeStills(),
        request_thumbs=lambda _key, _range, _count, _height: _never(),
    )
    screen = ReviewScreen(
        services,
        keys=KeyTable(preferences),
        zone=samples.ZONE,
        bridge=bridge,
        preferences=preferences,
        map_view=ReviewMap(None, bridge),
    )
    apply_theme(screen, ThemeName.DARK)
    return screen, playback


def _never() -> NoReturn:
    raise AssertionError("the filmstrip is not shown here")
