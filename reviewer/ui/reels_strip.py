"""The strip: a reel's clips in order, each as wide as it is long. Drag them, or move them with Alt and the arrows."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from reviewer.domain.reel import ClipKind
from reviewer.ui import icons
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.reels_library import paint_picture
from reviewer.ui.reels_model import StripCard
from reviewer.ui.theme import Theme, theme_of

HEIGHT, LOW = 172, 118
"""Of a card, in px; and where the window is low."""
_WORDS = 80  # px beneath a card's picture
_NARROW, _WIDE, _GAP = 140, 300, 8
_PER_SECOND = 2.7
_BAR = 14  # px for the scroll bar
_Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.cards: tuple[StripCard, ...] = ()
        self.pictures: dict[str, QImage] = {}

    def show(self, cards: tuple[StripCard, ...]) -> None:
        self.beginResetModel()
        self.cards = cards
        self.endResetModel()

    def at(self, row: int) -> StripCard | None:
        return self.cards[row] if 0 <= row < len(self.cards) else None

    def redraw(self) -> None:
        if self.cards:
            self.dataChanged.emit(self.index(0), self.index(len(self.cards) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        card = self.at(index.row())
        spoken = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return f"Clip {index.row() + 1}: {card.spoken}" if card is not None and role in spoken else None


class _Cards(QStyledItemDelegate):
    def __init__(self, model: _Model, view: QListView) -> None:
        super().__init__(view)
        self._model, self._view = model, view

    def sizeHint(self, _option: QStyleOptionViewItem, index: _Index) -> QSize:
        card = self._model.at(index.row())
        seconds = card.micros / 1e6 if card is not None else 0
        plain = card is not None and card.clip.kind is ClipKind.CARD
        wide = _NARROW if plain else max(_NARROW + 30, min(_WIDE, _NARROW + 10 + _PER_SECOND * seconds))
        return QSize(round(wide) + _GAP, self._view.height() - _BAR)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        card = self._model.at(index.row())
        if card is None:
            return
        theme = theme_of(self._view)
        box = QRectF(option.rect).adjusted(1, 1, -_GAP, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.color("ink" if chosen else "line"), 2 if chosen else 1)
        if card.clip.kind is ClipKind.CARD:
            if not chosen:
                pen = QPen(theme.color("edge"), 1, Qt.PenStyle.DashLine)
            self._frame(painter, box, pen, theme.color("bg0"))
            _paint_card(painter, box.adjusted(12, 10, -12, -12), card, theme)
        else:
            self._frame(painter, box, pen, theme.color("bg2"))
            place = QRect(box.toRect().adjusted(2, 2, -2, 0))
            place.setHeight(max(0, round(box.height()) - _WORDS))
            paint_cover(painter, place, self._model.pictures.get(card.clip.id), theme)
            _paint_clip(painter, box.adjusted(10, box.height() - _WORDS + 6, -8, -6), card, theme)
        if chosen and self._view.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("focus"), 2))
            painter.drawRoundedRect(box.adjusted(3, 3, -3, -3), 4, 4)
        painter.restore()

    @staticmethod
    def _frame(painter: QPainter, box: QRectF, pen: QPen, ground: QColor) -> None:
        painter.setPen(pen)
        painter.setBrush(ground)
        painter.drawRoundedRect(box, 6, 6)


def paint_cover(painter: QPainter, box: QRect, picture: QImage | None, theme: Theme) -> None:
    """A picture over all of `box`, its middle kept; without one as the library has it."""
    if picture is None or picture.isNull():
        paint_picture(painter, box, None, theme)
        return
    wanted = box.width() / box.height()
    wide, high = picture.width(), picture.height()
    cut = QRect(0, 0, min(wide, round(high * wanted)), min(high, round(wide / wanted)))
    cut.moveCenter(QRect(0, 0, wide, high).center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(box, picture, cut)


def _elided(painter: QPainter, words: str, wide: float) -> str:
    return QFontMetricsF(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, wide)


def _paint_card(painter: QPainter, box: QRectF, card: StripCard, theme: Theme) -> None:
    painter.setFont(font(Type.META))
    painter.setPen(theme.color("text3"))
    painter.drawText(box, Qt.AlignmentFlag.AlignTop, card.about)
    painter.setFont(font(Type.BODY, SEMIBOLD))
    painter.setPen(theme.color("text"))
    flags = Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap
    painter.drawText(box, int(flags), card.title)


def _paint_clip(painter: QPainter, box: QRectF, card: StripCard, theme: Theme) -> None:
    icons.paint(painter, "grip-vertical", QRectF(box.left() - 2, box.top() + 2, 14, 14), theme.color("text3"))
    state = card.state
    lines = [
        (card.title, Type.BODY, SEMIBOLD, theme.color("text"), 17.0),
        (card.times, Type.DETAIL, None, theme.color("text2"), 0.0),
    ]
    if state is not None:
        lines.append((state.words, Type.META, None, theme.tone(state.tone), 17.0))
    else:
        lines.append((card.about, Type.DETAIL, None, theme.color("text2"), 0.0))
    top = box.top()
    for n, (words, kind, weight, color, inset) in enumerate(lines):
        painter.setFont(font(kind, weight))
        painter.setPen(color)
        row = QRectF(box.left() + inset, top, box.width() - inset, 18)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, _elided(painter, words, row.width()))
        if n == 2 and state is not None:
            icons.paint(painter, state.icon, QRectF(box.left() - 1, top + 2, 14, 14), color)
        top += 18


class ReelStrip(QListView):
    """`picked(id)`: the clip that keys or mouse came to. `moved(id, place)`: it was dragged there. `opened(id)`: Enter
    or a double click."""

    picked = Signal(str)
    moved = Signal(str, int)
    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model(self)
        self._grip: QPoint | None = None
        self._drop: int | None = None
        self._showing = False
        self.empty = ""  # what is said while there is no clip
        self.setModel(self._model)
        self.setItemDelegate(_Cards(self._model, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.set_low(low=False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setAccessibleName("Order of the reel")
        self.setProperty("surface", "0")
        self.setProperty("pane", True)
        self.selectionModel().currentChanged.connect(lambda now, _before: self._pick(now.row()))
        self.doubleClicked.connect(lambda index: self._open(index.row()))

    def set_low(self, *, low: bool) -> None:
        """Whether the window is low: pictures give way first."""
        self.setFixedHeight((LOW if low else HEIGHT) + _BAR)
        self.doItemsLayout()

    @property
    def chosen(self) -> str:
        """The id of the chosen clip, "" while there is none."""
        card = self._model.at(self.currentIndex().row())
        return card.clip.id if card is not None else ""

    @property
    def cards(self) -> tuple[StripCard, ...]:
        return self._model.cards

    def show_cards(self, cards: tuple[StripCard, ...]) -> None:
        """The whole strip anew; the chosen clip stays chosen if it is still there."""
        before, bar = self.chosen, self.horizontalScrollBar().value()
        if cards == self._model.cards:
            return
        self._showing = True
        self._model.show(cards)
        self._showing = False
        self.choose(before, quiet=True)
        self.horizontalScrollBar().setValue(bar)

    def choose(self, clip: str, *, quiet: bool = False) -> None:
        """Choose a clip and bring it into view; "" for none. `quiet`: nobody is told."""
        at = next((n for n, card in enumerate(self._model.cards) if card.clip.id == clip), None)
        self._showing = quiet
        self.setCurrentIndex(self._model.index(at) if at is not None else QModelIndex())
        if at is None:
            self.clearSelection()
        self._showing = False

    def set_picture(self, clip: str, picture: QImage) -> None:
        self._model.pictures[clip] = picture
        self._model.redraw()

    def forget_pictures(self) -> None:
        """Nothing of the footage stays on the screen of a locked session."""
        self._model.pictures.clear()
        self._model.redraw()

    def _pick(self, row: int) -> None:
        card = self._model.at(row)
        if card is not None and not self._showing:
            self.picked.emit(card.clip.id)

    def _open(self, row: int) -> None:
        card = self._model.at(row)
        if card is not None:
            self.opened.emit(card.clip.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    # Dragging

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        inside = self.indexAt(event.position().toPoint()).isValid()
        left = event.button() is Qt.MouseButton.LeftButton
        self._grip = event.position().toPoint() if left and inside else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._grip is None:
            return
        far = (at - self._grip).manhattanLength() >= QApplication.startDragDistance()
        if far or self._drop is not None:
            self._drop = self._place_at(at.x())
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        drop, row = self._drop, self.currentIndex().row()
        self._grip = self._drop = None
        self.unsetCursor()
        self.viewport().update()
        if drop is not None and drop not in (row, row + 1):
            self.moved.emit(self.chosen, drop - (drop > row))

    def _paint_empty(self) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(font(Type.BODY))
        painter.setPen(theme_of(self).color("text2"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.viewport().rect(), int(flags), self.empty)

    def _place_at(self, x: int) -> int:
        """Before which card it would go."""
        rects = (self.visualRect(self._model.index(n)) for n in range(len(self._model.cards)))
        return sum(rect.center().x() < x for rect in rects)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.cards:
            self._paint_empty()
        if self._drop is None:
            return
        last = len(self._model.cards) - 1
        beside = self.visualRect(self._model.index(min(self._drop, last)))
        x = beside.right() - _GAP // 2 + 2 if self._drop > last else beside.left() - _GAP // 2
        painter = QPainter(self.viewport())
        painter.fillRect(QRect(max(0, x - 1), 0, 3, self.height()), theme_of(self).color("ink"))
