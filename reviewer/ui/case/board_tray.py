"""What can be put on the board: the case's marks and documents, to be dragged into a cell or added by Enter, and a note
that a camera was watched and is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.case import Stance
from reviewer.ui import icons
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look, Segmented
from reviewer.ui.case.board import MARK, drag
from reviewer.ui.case.board_paint import STANCES
from reviewer.ui.fields import SearchField, line
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import Card, chip_size, label, paint_chip

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_ROW = 30
_ITEM = int(Qt.ItemDataRole.UserRole)
MARKS, PAPERS, NOTE = "marks", "papers", "note"


@dataclass(frozen=True, slots=True)
class TrayItem:
    """A mark or a document. `where` its time in words, `numbers` its cameras, `used` the exhibits it is already
    ("E1, E4")."""

    id: str
    where: str
    words: str
    numbers: tuple[int, ...] = ()
    used: str = ""

    @property
    def spoken(self) -> str:
        on = f", camera {', '.join(map(str, self.numbers))}" if self.numbers else ""
        return f"{self.where}{on}: {self.words}{f' ({self.used})' if self.used else ''}"


@dataclass(frozen=True, slots=True)
class Asked:
    """To be put on the board. `kind` MARKS, PAPERS or NOTE; `id` of the mark or document; `words` "" for its own."""

    kind: str
    id: str
    stance: Stance
    words: str
    where: str


class _Items(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: Sequence[TrayItem] = ()

    def show(self, items: Sequence[TrayItem]) -> None:
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: _Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        if not index.isValid():
            return None
        item = self.items[index.row()]
        shown = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return item if role == _ITEM else item.spoken if role in shown else None


class _Rows(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        item: TrayItem = index.data(_ITEM)
        theme, rect = theme_of(self._view), QRectF(option.rect)
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, theme.color("bg3" if picked else "bg1"))
        if picked:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("ink"))
        left, middle = rect.left() + 10, rect.center().y()
        for number in item.numbers:
            size = chip_size(number, 16)
            paint_chip(painter, QRectF(left, middle - 8, size.width(), 16), number, theme)
            left += size.width() + 4
        painter.setFont(font(Type.DETAIL_STRONG))
        painter.setPen(theme.color("text"))
        wide = painter.fontMetrics().horizontalAdvance(item.where)
        painter.drawText(
            QRectF(left + 2, rect.top(), wide + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, item.where
        )
        left += wide + 14
        right = rect.right() - 10
        painter.setFont(font(Type.DETAIL))
        if item.used:
            wide = painter.fontMetrics().horizontalAdvance(item.used)
            painter.setPen(theme.color("text2"))
            at = QRectF(right - wide - 2, rect.top(), wide + 2, rect.height())
            painter.drawText(at, Qt.AlignmentFlag.AlignVCenter, item.used)
            right -= wide + 24
            icons.paint(painter, "check", QRectF(right + 3, middle - 7, 14, 14), theme.color("text2"))
        painter.setPen(theme.color("text"))
        room = QRectF(left, rect.top(), max(0.0, right - left), rect.height())
        words = " ".join(item.words.split())
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, cut)
        painter.restore()


class _List(QListView):
    """Enter or a double click asks; what is dragged out goes to a cell of the board."""

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.items = _Items(self)
        self.draggable = True
        self._pressed: QPoint | None = None
        self.setModel(self.items)
        self.setItemDelegate(_Rows(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setProperty("ownFocus", True)
        self.doubleClicked.connect(lambda _index: self.asked.emit())

    @property
    def item(self) -> TrayItem | None:
        at = self.currentIndex().row()
        return self.items.items[at] if 0 <= at < len(self.items.items) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit()
            event.accept()
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # letters are keys of the program
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        at = event.position().toPoint()
        self._pressed = at if self.draggable and self.indexAt(at).isValid() else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        far = (at - self._pressed).manhattanLength() if self._pressed is not None else 0
        if self._pressed is not None and far >= QApplication.startDragDistance() and self.item is not None:
            self._pressed = None
            rect = self.visualRect(self.currentIndex())
            rect.setWidth(min(rect.width(), 360))
            drag(self, MARK, self.item.id, self.viewport().grab(rect))
        event.accept()


class BoardTray(Card):
    """`asked(Asked)`: put it into the cell that the keys stand on; `closed`: it was put away."""

    asked = Signal(object)
    closed = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._marks: Sequence[TrayItem] = ()
        self._papers: Sequence[TrayItem] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        column.addLayout(self._head(keys))
        self.list = _List()
        self.list.setMinimumHeight(3 * _ROW)
        self.list.asked.connect(self.ask)
        column.addWidget(self.list, 1)
        self._none = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._none)
        column.addLayout(self._foot())
        self._show_source()

    def _head(self, keys: KeyTable) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(10)
        self._title = label("", Type.SECTION)
        head.addWidget(self._title)
        self.source = Segmented(((MARKS, "Marks"), (PAPERS, "Documents"), (NOTE, "Silent")), name="What is put there")
        self.source.chosen.connect(lambda _which: self._show_source())
        head.addWidget(self.source)
        head.addStretch(1)
        self.search = SearchField("Find", keys.shown("list.find"), 200)
        keys.bind(self, "list.find", lambda: self.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason))
        self.search.typed.connect(lambda _text: self._fill())
        head.addWidget(self.search)
        away = keys.wear(IconButton("Close", "x"), "board.exhibit")
        away.clicked.connect(self.closed)
        head.addWidget(away)
        return head

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self.stance = Segmented(
            tuple(
                (stance, word, icon) for stance, (icon, _tone, word) in STANCES.items() if stance is not Stance.SILENT
            ),
            name="What it says about the allegation",
        )
        self.stance.choose(Stance.UNDECIDED)
        foot.addWidget(self.stance)
        self.where = line("p. 2")
        self.where.setFixedWidth(90)
        self.where.setAccessibleName("Page or line")
        foot.addWidget(self.where)
        self.words = line()
        self.words.setAccessibleName("What it says")
        foot.addWidget(self.words, 1)
        self.add = Button("Add", icon="plus", key="↵", look=Look.PRIMARY)
        self.add.clicked.connect(self.ask)
        foot.addWidget(self.add)
        for field in (self.where, self.words):
            field.returnPressed.connect(self.ask)
        return foot

    # What there is

    def set_items(self, marks: Sequence[TrayItem], papers: Sequence[TrayItem]) -> None:
        """What the case has now."""
        self._marks, self._papers = marks, papers
        self.source.set_words(MARKS, f"Marks {len(marks)}" if marks else "Marks")
        self.source.set_words(PAPERS, f"Documents {len(papers)}" if papers else "Documents")
        self._fill()

    def aim(self, words: str, kind: str, refused: str = "") -> None:
        """Where it would go ("A1 · 2 L. Korhonen"), and what may go there."""
        self._title.setText(f"Put into {words}" if words else "Put on the board")
        if kind and kind != self.source.value and (PAPERS in (kind, self.source.value)):
            self.source.choose(kind)
            self._show_source()
        self.add.set_enabled(not refused, refused)

    def set_stance(self, stance: Stance) -> None:
        """What + − ? set while nothing is on the board that they could mean."""
        if stance is Stance.SILENT:
            self.source.choose(NOTE)
            self._show_source()
        else:
            self.stance.choose(stance)

    def begin(self) -> None:
        """Opened: the keys stand on the list, or in the words where there is none."""
        self.search.line.clear()
        where = self.words if self.source.value == NOTE else self.list
        where.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_source(self) -> None:
        note, papers = self.source.value == NOTE, self.source.value == PAPERS
        self.list.draggable = not papers
        self.search.setVisible(not note)
        self.stance.setVisible(not note)
        self.where.setVisible(papers)
        hints = {
            NOTE: "Why it is silent: out of view, no sound 45:20–46:20",
            PAPERS: "What it says there",
            MARKS: "What it says, if not the mark’s own words",
        }
        self.words.setPlaceholderText(hints[str(self.source.value)])
        self._fill()

    def _fill(self) -> None:
        kept = self.list.item.id if self.list.item is not None else ""
        wanted = self.search.line.text().casefold().split()
        every = {MARKS: self._marks, PAPERS: self._papers}.get(str(self.source.value), ())
        found = [item for item in every if all(word in item.spoken.casefold() for word in wanted)]
        self.list.items.show(found)
        at = next((n for n, item in enumerate(found) if item.id == kept), 0)
        if found:
            self.list.setCurrentIndex(self.list.items.index(at, 0))
        self.list.setVisible(bool(found))
        nothing = {
            MARKS: "No mark yet. Make one in the review: B, or N with words.",
            PAPERS: "No document is attached to the case.",
            NOTE: "Says that this camera was watched and nothing of it bears on the allegation.",
        }
        words = "Nothing of the case has these words." if wanted and every else nothing[str(self.source.value)]
        self._none.setText(words)
        self._none.setVisible(not found)

    def ask(self) -> None:
        """What is picked, to be put there."""
        kind, item = str(self.source.value), self.list.item
        if not self.add.isEnabled() or (item is None and kind != NOTE):
            return
        stance = Stance.SILENT if kind == NOTE else Stance(str(self.stance.value))
        id_ = item.id if item is not None and kind != NOTE else ""
        self.asked.emit(Asked(kind, id_, stance, self.words.text().strip(), self.where.text().strip()))

    def taken(self) -> None:
        """It is in the log: the words are free again."""
        self.words.clear()
        self.where.clear()
