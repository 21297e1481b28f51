"""Who watched this second: a list of who, when, how and why, over the review and over the log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.timebase import Utc
from reviewer.records.queries import Watched
from reviewer.services.coverage import how_words
from reviewer.services.logwords import Names
from reviewer.ui.buttons import Button
from reviewer.ui.fonts import Type
from reviewer.ui.table import Cell, Column, Table, Words
from reviewer.ui.theme import ThemeName, apply_theme, theme_of
from reviewer.ui.times import Zone, clock, count, date
from reviewer.ui.widgets import label

_WIDTH, _MOST = 860, 9  # px, rows before it scrolls
_ROW = 42


def said_of(views: Sequence[Watched], names: Names) -> str:
    """ "3 views by 2 people; 1 of them unseen." """
    if not views:
        return "Nobody whose log is read here."
    unseen = sum(not view.visible for view in views)
    people = count(len({view.user for view in views}), "person", "people")
    more = f"; {unseen} painted where it could not be seen" if unseen else ""
    return f"{count(len(views), 'view')} by {people}: {_who(views, names)}{more}."


def _who(views: Sequence[Watched], names: Names) -> str:
    return ", ".join(dict.fromkeys(names.user(view.user) for view in views if view.seen or view.heard)) or "nobody"


class SecondSheet(QDialog):
    """The answer for one instant. Open it with `open()`; Esc closes it."""

    def __init__(
        self,
        views: Sequence[Watched],
        at: Utc,
        *,
        names: Names,
        zone: Zone,
        theme: ThemeName,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self._names, self._zone = names, zone
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle("Who watched this second?")
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 24)
        column.setSpacing(0)
        column.addWidget(label(self.windowTitle(), Type.TITLE))
        column.addSpacing(4)
        at_ = f"{zone.date(at)} {zone.clock(at, 3)} local, {date(at)} {clock(at, 3)} UTC"
        self.words = f"{at_}. {said_of(views, names)}"
        column.addWidget(label(self.words, Type.BODY, "text2", wrap=True))
        column.addSpacing(14)
        self.table: Table[Watched] = Table(self._columns(), self._cells, name=self.windowTitle(), row=_ROW)
        self.table.rows.show_rows(views)
        self.table.setFixedHeight(min(self.table.content_height(), 34 + _ROW * _MOST))
        self.table.setVisible(bool(views))
        column.addWidget(self.table)
        column.addSpacing(14)
        column.addLayout(self._foot())
        apply_theme(self, theme)
        (self.table if views else self._close).setFocus(Qt.FocusReason.OtherFocusReason)

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(label("From one’s own log and those that are followed here.", Type.DETAIL, "text2"), 1)
        self._close = Button("Close", key="Esc")
        self._close.clicked.connect(self.reject)
        row.addWidget(self._close)
        return row

    @staticmethod
    def _columns() -> Sequence[Column]:
        return Column("Who", 130), Column("When", 200), Column("Camera", 144), Column("How", 230, 1), Column("Why", 96)

    def _cells(self, view: Watched) -> Sequence[Cell]:
        zone = self._zone
        return (
            Words(self._names.user(view.user), strong=True),
            Words(zone.clock(view.at, 0), f"{zone.date(view.at)} · {clock(view.at)} UTC"),
            Words(self._names.recording(view.recording)),
            Words(how_words(view), tone="text2" if view.visible else "warn", wrap=True),
            Words(view.purpose, tone="text2"),
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg1"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


Opener = Callable[[Sequence[Watched], Utc], None]
