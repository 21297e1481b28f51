"""Who watched which second (design 05): under the log's table, a row a person, on one axis of time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.coverage import WATCHED, Coverage, Manner, Stretches, joined, share_figure
from reviewer.domain.errors import ReviewerError
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.records.queries import EntryFilter, LogEntry, Watched
from reviewer.services.coverage import CaseCoverage
from reviewer.services.logwords import Names
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type, font
from reviewer.ui.log import LogScreen
from reviewer.ui.queue_parts import clear
from reviewer.ui.second import SecondSheet
from reviewer.ui.theme import theme_of
from reviewer.ui.times import Zone, count
from reviewer.ui.widgets import Card, ErrorNote, label

_MOST = 4  # people with a row of their own
_ROW, _BAR, _NAME, _SHARE = 24, 10, 128, 62
_HALF = (Manner.FASTER, Manner.BACKWARDS, Manner.COPY, Manner.PART)
_THIN = (Manner.SMALL, Manner.HEARD, Manner.FILM, Manner.MAYBE)
_LEGEND = "full = 1× or slower, half = faster or in part, thin = small, only heard, in the filmstrip"


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """Both answer on the pool. `ask` counts a case, or one recording of it; `who` gives the views at an instant."""

    ask: Callable[[str, str | None], Future[CaseCoverage]]
    who: Callable[[str, str | None, Utc], Future[tuple[Watched, ...]]]


class PersonRow(QWidget):
    """One person's bar. `asked` carries the instant that was clicked."""

    asked = Signal(object)

    def __init__(self, name: str, found: Coverage, axis: TimeRange) -> None:
        super().__init__()
        self._name, self._axis = name, axis
        self._share = share_figure(found.watched, found.relevant)
        self._whole = joined(each for r in found.recordings for each in r.relevant)
        self._full, self._half, self._thin = (_of(found, each) for each in (WATCHED, _HALF, _THIN))
        self.setAccessibleName(f"{name}: {self._share} watched at 1× or slower")
        self.setToolTip("Click for who watched that second")
        self.setFixedHeight(_ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(480, _ROW)

    @property
    def _room(self) -> QRectF:
        return QRectF(_NAME, (_ROW - _BAR) / 2, max(1, self.width() - _NAME - _SHARE), _BAR)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        room = self._room
        if event.button() == Qt.MouseButton.LeftButton and room.left() <= event.position().x() < room.right():
            share = (event.position().x() - room.left()) / room.width()
            self.asked.emit(Utc(self._axis.start + int(share * self._axis.duration)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, room = theme_of(self), QPainter(self), self._room
        painter.setFont(font(Type.BODY))
        painter.setPen(theme.color("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, _NAME - 8, _ROW), middle, self._name)
        painter.setPen(theme.color("text2"))
        painter.drawText(QRectF(room.right() + 10, 0, _SHARE - 10, _ROW), middle, self._share)
        for a, b in self._whole:
            box = self._box(room, a, b, 1.0)
            painter.fillRect(box, theme.color("bg0"))
            painter.setPen(QPen(theme.color("edge"), 1))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        ink: QColor = theme.color("ink")
        for stretches, height in ((self._thin, 0.2), (self._half, 0.5), (self._full, 1.0)):
            for a, b in stretches:
                painter.fillRect(self._box(room, a, b, height), ink)

    def _box(self, room: QRectF, start: int, end: int, height: float) -> QRectF:
        per_us = room.width() / max(1, self._axis.duration)
        left = room.left() + (start - self._axis.start) * per_us
        return QRectF(
            left, room.bottom() - room.height() * height, max(1.0, (end - start) * per_us), room.height() * height
        )


def _of(found: Coverage, manners: tuple[Manner, ...]) -> Stretches:
    return joined(each for recording in found.recordings for each in recording.of(*manners))


class WatchedPanel(Card):
    """Follows what the log shows: `show_filter`, `show_entry`. Hidden while no case is meant."""

    def __init__(
        self, source: WatchedSource, *, bridge: Bridge, keys: KeyTable, zone: Callable[[], Zone], names: Names
    ) -> None:
        super().__init__()
        self._source, self._bridge, self._zone, self._names = source, bridge, zone, names
        self._keys = keys
        self._wanted = EntryFilter()
        self._entry: LogEntry | None = None
        self._shown: tuple[str, str | None] | None = None
        self._asked = 0
        self.sheet: SecondSheet | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(label("Who watched which second", Type.SECTION))
        self._about = label("", Type.DETAIL, "text2", wrap=True)
        head.addWidget(self._about, 1)
        self.who = keys.wear(Button("Who watched this second?", icon="eye", look=Look.QUIET, height=28), "log.second")
        self.who.clicked.connect(self.ask_who)
        head.addWidget(self.who)
        column.addLayout(head)
        self._sentence = label("", Type.BODY, "text", wrap=True)
        column.addWidget(self._sentence)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        column.addLayout(self._rows)
        self._error = ErrorNote()
        column.addWidget(self._error)
        self.hide()

    def stand_in(self, log: LogScreen) -> None:
        """Under the table of the log's screen, about what that shows."""
        log.below.addWidget(self)
        log.filters.changed.connect(self.show_filter)
        log.opened.connect(self.show_entry)
        self._keys.bind(log, "log.second", self.ask_who)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh(anew=self._rows.count() > 0)

    @property
    def sentence(self) -> str:
        return self._sentence.text()

    def show_filter(self, wanted: object) -> None:
        """The log shows other entries."""
        if isinstance(wanted, EntryFilter):
            self._wanted = wanted
            self.refresh()

    def show_entry(self, entry: object) -> None:
        """Another entry is picked: its case, where the filter names none."""
        self._entry = entry if isinstance(entry, LogEntry) else None
        self.refresh(anew=False)

    @property
    def about(self) -> tuple[str, str | None] | None:
        """The case and the recording that are meant."""
        case = self._wanted.case or (self._entry.meta.case if self._entry is not None else None)
        return (case, self._wanted.recording) if case is not None else None

    def refresh(self, *, anew: bool = True) -> None:
        """Count again, in the background; not anew: only if something else is meant."""
        about = self.about
        if about is None or (about == self._shown and not anew):
            self.setVisible(about is not None)
            return
        self._asked += 1
        asked, self._shown = self._asked, about
        self._bridge.watch(
            self._source.ask(*about), lambda found: self._counted(found, asked), lambda e: self._failed(e, asked), self
        )

    def _failed(self, error: ReviewerError, asked: int) -> None:
        if asked == self._asked:
            clear(self._rows)
            self._sentence.setText("")
            self._error.say(error)
            self.show()

    def _counted(self, found: CaseCoverage, asked: int) -> None:
        if asked != self._asked:
            return
        self._error.clear()
        clear(self._rows)
        self.show()
        edges = [edge for each in found.together.recordings for stretch in each.relevant for edge in stretch]
        self._sentence.setText(found.sentence)
        if not edges:
            self._about.setText(found.case)
            return
        axis = TimeRange(Utc(min(edges)), Utc(max(edges)))
        self._about.setText(f"{self._whose(found)}, {self._when(axis)} · {_LEGEND}")
        people = [(user, each) for user, each in found.people.items() if each.unseen < each.relevant]
        for user, each in people[:_MOST]:
            row = PersonRow(self._names.user(user), each, axis)
            row.asked.connect(self._ask)
            self._rows.addWidget(row)
        if len(people) > _MOST:
            more = count(len(people) - _MOST, "person", "people")
            self._rows.addWidget(label(f"and {more} more; the command line names all", Type.DETAIL, "text2"))

    def _whose(self, found: CaseCoverage) -> str:
        if self._wanted.recording is not None:
            return self._names.recording(self._wanted.recording)
        return f"{found.case}, {count(len(found.together.recordings), 'camera')}"

    def _when(self, axis: TimeRange) -> str:
        zone = self._zone()
        return f"{zone.clock(axis.start)} – {zone.clock(axis.end)}"

    def ask_who(self) -> None:
        """Of the picked view's first second; another one is asked for by a click on a row."""
        event = self._entry.event if self._entry is not None else None
        cameras = getattr(event, "cameras", ())
        if cameras:
            self._ask(cameras[0].shown.start)
        else:
            self._error.say(ReviewerError("No view is picked.", "Pick one in the list, or click a row here."))

    def _ask(self, at: Utc) -> None:
        about = self.about
        if about is not None:
            self._error.clear()
            answer = self._source.who(*about, at)
            self._bridge.watch(answer, lambda views: self._answer(views, at), self._error.say, self)

    def _answer(self, views: tuple[Watched, ...], at: Utc) -> None:
        if self.isVisible():
            theme = theme_of(self).name
            self.sheet = SecondSheet(views, at, names=self._names, zone=self._zone(), theme=theme, parent=self.window())
            self.sheet.destroyed.connect(self._gone)
            self.sheet.open()

    def _gone(self) -> None:
        self.sheet = None
