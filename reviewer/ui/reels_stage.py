"""What of a reel is shown: two stages, one in front, the other beside it and out of sight with the clip that comes
next; a card in their place; words above and beneath, never on the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.stage import StageView
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import label, surface

_HEAD = 28
_ASKS = 46
_BAR = 18
_AWAY = 64  # px beside the frame, where nothing is painted


class CardFace(QWidget):
    """A title card as it stands in the file: the first line is its title. Without lines: `empty`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_lines(self, lines: tuple[str, ...]) -> None:
        self._lines = lines
        self.setAccessibleName(", ".join(lines))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg2"))
        box = QRectF(self.rect()).adjusted(40, 20, -40, -20)
        title, rest = (self._lines[0] if self._lines else ""), "\n".join(self._lines[1:])
        flags = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        painter.setFont(font(Type.TITLE))
        high = painter.boundingRect(box, flags, title).height()
        painter.setFont(font(Type.LEAD))
        under = painter.boundingRect(box, flags, rest).height() + 12 if rest else 0
        top = box.center().y() - (high + under) / 2
        painter.setPen(theme.color("text2"))
        painter.drawText(QRectF(box.left(), top + high + 12, box.width(), under), flags, rest)
        painter.setFont(font(Type.TITLE))
        painter.setPen(theme.color("text"))
        painter.drawText(QRectF(box.left(), top, box.width(), high), flags, title)


class _Frame(QWidget):
    """Holds both stages: the front one in sight, the other as large and out of sight, so that it is ready at once."""

    def __init__(self, views: tuple[StageView, StageView]) -> None:
        super().__init__()
        self._views, self._front = views, 0
        self.card = CardFace(self)
        for view in views:
            view.setParent(self)
            view.show()
        self.card.hide()
        self.setMinimumSize(views[0].minimumSizeHint())

    def bring(self, front: int) -> None:
        if front != self._front:
            self._front = front
            self._arrange()

    def show_card(self, lines: tuple[str, ...] | None) -> None:
        if lines is not None:
            self.card.show_lines(lines)
        self.card.setVisible(lines is not None)
        self._arrange()

    def _arrange(self) -> None:
        wide, high = self.width(), self.height()
        self.card.setGeometry(0, 0, wide, high)
        for n, view in enumerate(self._views):
            away = n != self._front or self.card.isVisibleTo(self)
            view.setGeometry(-wide - _AWAY if away else 0, 0, wide, high)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()


class ReelStage(QWidget):
    """A head, the picture, and beneath it what is asked."""

    def __init__(self, views: tuple[StageView, StageView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = surface(2)
        head.setFixedHeight(_HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(10, 0, 10, 0)
        self._title = label("", Type.DETAIL_STRONG)
        self._right = label("", Type.DETAIL, "text2")
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self._right)
        self._frame = _Frame(views)
        self._asks = label("", Type.PANEL, weight=SEMIBOLD, wrap=True)
        self._asks.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._asks.setMinimumHeight(_ASKS)
        column.addWidget(head)
        column.addWidget(self._frame, 1)
        column.addWidget(self._asks)

    def say(self, title: str, right: str = "") -> None:
        """The words above the picture."""
        self._title.setText(title)
        self._right.setText(right)

    def ask(self, words: str, *, loud: bool = True) -> None:
        """The words beneath: a question, or quietly a caption."""
        role = Type.PANEL if loud else Type.BODY
        self._asks.setFont(font(role))
        self._asks.setText(words)

    @property
    def asked(self) -> str:
        return self._asks.text()

    def bring(self, front: int) -> None:
        """Which of the two stages is in sight, from now on."""
        self._frame.bring(front)

    def show_card(self, lines: tuple[str, ...] | None) -> None:
        """A card instead of the picture; None: the picture."""
        self._frame.show_card(lines)


class ReelBar(QWidget):
    """Where it stands: pieces from 0 to 1, the play-head, what is marked. `sought(share)`: somebody clicks or drags."""

    sought = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces: tuple[float, ...] = ()
        self._at = 0.0
        self._marked: tuple[float, float] | None = None
        self.setFixedHeight(_BAR)
        self.setAccessibleName("Place in the reel")

    def show_pieces(self, ends: tuple[float, ...]) -> None:
        """Where each piece ends, the last at 1."""
        if ends != self._pieces:
            self._pieces = ends
            self.update()

    def show_place(self, at: float, marked: tuple[float, float] | None = None) -> None:
        """The play-head, and the stretch between In and Out."""
        if (at, marked) != (self._at, self._marked):
            self._at, self._marked = at, marked
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter = theme_of(self), QPainter(self)
        wide, middle = self.width(), _BAR // 2
        painter.fillRect(0, middle - 3, wide, 6, theme.color("bg3"))
        if self._marked is not None:
            left, right = (round(share * wide) for share in self._marked)
            painter.fillRect(left, middle - 3, max(2, right - left), 6, theme.color("edge"))
        for end in self._pieces[:-1]:
            painter.fillRect(round(end * wide) - 1, middle - 3, 2, 6, theme.color("bg0"))
        painter.setPen(QPen(theme.color("ink"), 2))
        x = max(1, min(wide - 1, round(self._at * wide)))
        painter.drawLine(x, 1, x, _BAR - 2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)

    def _seek(self, event: QMouseEvent) -> None:
        self.sought.emit(max(0.0, min(1.0, event.position().x() / max(1, self.width()))))
