"""Frames as a person at the mouse gets them: from the hand's movement to the picture, sixty times a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

PERIOD = 1 / 60


class Frames:
    """`late` has, for each frame, the ms from when the hand's movement was due until the picture was painted. What the
    window puts off and does in between delays the next frame, and is in its figure. `cpu` has the ms of CPU that the
    thread of the window took for answering and painting alone."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self.late: list[float] = []
        self.cpu: list[float] = []

    def run(self, acts: Iterable[Callable[[], object]]) -> None:
        """One frame for each act, at 60 Hz."""
        due = time.perf_counter()
        for act in acts:
            while time.perf_counter() < due:
                self._app.processEvents()
            began = time.thread_time()
            act()
            QApplication.sendPostedEvents()
            self.cpu.append((time.thread_time() - began) * 1e3)
            now = time.perf_counter()
            self.late.append((now - due) * 1e3)
            due = max(due + PERIOD, now)

    def percentile(self, of_100: int) -> float:
        return percentile(self.late, of_100)

    @property
    def mean(self) -> float:
        return round(sum(self.late) / len(self.late), 2)


def percentile(values: list[float], of_100: int) -> float:
    """To two decimals."""
    return round(sorted(values)[(len(values) - 1) * of_100 // 100], 2)


def settle(app: QApplication, seconds: float) -> None:
    """Let the window do what it has to do."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def ticking(app: QApplication, hertz: int, seconds: float, act: Callable[[int], object]) -> tuple[list[float], float]:
    """Call `act` at a rate, each time with its number. The ms of each tick, its painting with it, and the share of a
    core that the process had meanwhile."""
    took: list[float] = []
    timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=round(1000 / hertz))

    def tick() -> None:
        began = time.perf_counter()
        act(len(took))
        QApplication.sendPostedEvents()
        took.append((time.perf_counter() - began) * 1e3)

    timer.timeout.connect(tick)
    QTimer.singleShot(round(seconds * 1000), app.quit)
    timer.start()
    began, cpu = time.perf_counter(), time.process_time()
    app.exec()
    share = (time.process_time() - cpu) / (time.perf_counter() - began)
    timer.stop()
    return took, round(share, 4)


def move(widget: QWidget, kind: QMouseEvent.Type, x: float, y: float, button: Qt.MouseButton) -> None:
    """A mouse event at a place of the widget, as the system would send it."""
    place = QPointF(x, y)
    held = Qt.MouseButton.NoButton if kind is QMouseEvent.Type.MouseButtonRelease else button
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget, steps: Iterable[tuple[float, float]], button: Qt.MouseButton
) -> Iterable[Callable[[], object]]:
    """The acts of one drag from the widget's middle, a step (px) a frame."""
    x, y = widget.width() / 2, widget.height() / 2
    kinds = QMouseEvent.Type
    yield lambda: move(widget, kinds.MouseButtonPress, x, y, button)
    for dx, dy in steps:
        x, y = x + dx, y + dy
        yield lambda x=x, y=y: move(widget, kinds.MouseMove, x, y, button)  # type: ignore[misc]
    yield lambda: move(widget, kinds.MouseButtonRelease, x, y, button)


def wheel(widget: QWidget, turns: Iterable[int], x: float, y: float) -> Iterable[Callable[[], object]]:
    """The acts of turning the wheel over a place: 120 is a notch."""
    place = QPointF(x, y)
    for turn in turns:

        def act(turn: int = turn) -> None:
            event = QWheelEvent(
                place,
                widget.mapToGlobal(place),
                QPointF(0, 0).toPoint(),
                QPointF(0, turn).toPoint(),
                Qt.MouseButton.NoButton,
                Qt.KeyboardModifier.NoModifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            )
            QApplication.sendEvent(widget, event)

        yield act
