"""The annotations of the case: a list to go by, a filter, an editor. Shows what was recorded, never what is wished."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.domain.timebase import TimeRange
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.annotation_editor import AnnotationEditor
from reviewer.ui.review.bookmark_list import BookmarkList
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.kinds import kind_of, kinds
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label, strong

_ALL = "All kinds"


class AnnotationPanel(QWidget):
    """`go_asked` and `withdraw_asked` carry a bookmark's id, `undo_asked` nothing; the editor's `signed` a Draft."""

    go_asked = Signal(str)
    withdraw_asked = Signal(str)
    undo_asked = Signal()

    def __init__(
        self, zone: Zone, keys: KeyTable, name_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._all: tuple[Bookmark, ...] = ()
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._kind: str | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Annotations")
        self.setMinimumWidth(300)
        self.list = BookmarkList(zone, name_of)
        self.list.go_asked.connect(self.go_asked)
        self.list.withdraw_asked.connect(self.withdraw_asked)
        self.list.picked.connect(lambda _bookmark: self._show_actions())
        self.editor = AnnotationEditor(zone, keys)
        self._title = strong("Annotations")
        self._count = label("", Type.DETAIL, "text2")
        self.filter = Button(_ALL, icon="filter", look=Look.QUIET, height=28)
        self.menu = QMenu(self)
        self._fill_menu()
        self.filter.clicked.connect(lambda: self.menu.popup(self.filter.mapToGlobal(QPoint(0, self.filter.height()))))
        self.change = Button("Change", icon="pencil", look=Look.QUIET, height=28)
        self.withdraw = Button("Withdraw", icon="trash", look=Look.QUIET, height=28)
        self.undo = keys.wear(Button("Undo", icon="arrow-back-up", look=Look.QUIET, height=28), "undo")
        self.change.clicked.connect(self._change)
        self.withdraw.clicked.connect(self._withdraw)
        self.undo.clicked.connect(self.undo_asked)
        self._can_undo = False
        self._actions = self._make_actions()
        self._empty = _Empty()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self._compose()
        self._show()

    def _make_actions(self) -> QWidget:
        actions = QWidget()
        actions.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        actions.setProperty("border", "top")
        row = QHBoxLayout(actions)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(4)
        row.addWidget(self.change)
        row.addWidget(self.withdraw)
        row.addStretch()
        row.addWidget(self.undo)
        return actions

    def _compose(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 4)
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._count)
        head.addStretch()
        head.addWidget(self.filter)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        column.addWidget(self._actions)
        column.addWidget(self.editor)

    # What it shows

    @property
    def shown(self) -> tuple[Bookmark, ...]:
        return tuple(b for b in self._all if self._kind in (None, b.kind))

    @property
    def empty_words(self) -> str:
        return self._empty.words if self._stack.currentWidget() is self._empty else ""

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        self._cameras = tuple(cameras)
        self._show()

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        """What the log holds now."""
        self._all = tuple(bookmarks)
        self._show()

    def set_undo(self, what: str) -> None:
        """What Undo would take back, in words; "" if there is nothing."""
        self._can_undo = bool(what)
        self.undo.setToolTip(what)
        self._show_actions()

    def show_title(self, shown: bool) -> None:
        """Without one where a tab above says the same."""
        self._title.setVisible(shown)

    def select(self, bookmark: str | None) -> None:
        self.list.select(bookmark)

    def show_place(self, at: TimeRange, camera: int | None) -> None:
        self.editor.show_place(at, camera)

    def filter_by(self, kind: str | None) -> None:
        self._kind = kind
        self.filter.set_words(_ALL if kind is None else kind_of(kind).words)
        for action in self.menu.actions():
            action.setChecked(action.data() == kind)
        self._show()

    def _fill_menu(self) -> None:
        for kind in (None, *(each.id for each in kinds())):
            action = QAction(_ALL if kind is None else kind_of(kind).words, self.menu)
            action.setCheckable(True)
            action.setChecked(kind is None)
            action.setData(kind)
            action.triggered.connect(lambda _checked=False, k=kind: self.filter_by(k))
            self.menu.addAction(action)

    def _show(self) -> None:
        shown = self.shown
        self.list.show_bookmarks(shown, self._cameras)
        self._count.setText(f"{len(shown)} in view" if self._all else "")
        self.filter.setVisible(bool(self._all))
        self._empty.say(self._kind if self._all else None)
        self._stack.setCurrentWidget(self.list if shown else self._empty)
        self._show_actions()

    def _show_actions(self) -> None:
        picked = self.list.current is not None
        self.change.setVisible(picked)
        self.withdraw.setVisible(picked)
        self.undo.setVisible(self._can_undo)
        self._actions.setVisible(picked or self._can_undo)

    def _change(self) -> None:
        if self.list.current is not None:
            self.editor.change(self.list.current)

    def _withdraw(self) -> None:
        if self.list.current is not None:
            self.withdraw_asked.emit(self.list.current.id)


class _Empty(QWidget):
    """Nothing here yet, and the keys that fill it."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(4)
        column.addStretch()
        column.addWidget(IconLabel("bookmark", 28), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(4)
        self._headline = strong("")
        self._sentence = label("", Type.DETAIL, "text2", wrap=True)
        for each in (self._headline, self._sentence):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(each)
        column.addStretch()
        self.say(None)

    @property
    def words(self) -> str:
        return f"{self._headline.text()} {self._sentence.text()}"

    def say(self, kind: str | None) -> None:
        """Empty altogether, or only of this kind."""
        if kind is None:
            self._headline.setText("No annotations yet")
            self._sentence.setText("Press B at a moment, or I and O around one.")
        else:
            self._headline.setText(f"None of the kind “{kind_of(kind).words}”")
            self._sentence.setText("Choose “All kinds” above to see the others.")
