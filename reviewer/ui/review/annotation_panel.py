"""The annotations of the case: a list to go by, a search, a filter, an editor. Shows what was recorded, never what is
wished."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.annotation import Bookmark
from reviewer.services.annotation import MarkPast
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.review.annotation_editor import AnnotationEditor
from reviewer.ui.review.bookmark_list import BookmarkList
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.clocks import place
from reviewer.ui.review.mark_actions import MarkActions
from reviewer.ui.review.mark_filter import By, FilterMenu, Only, Sought
from reviewer.ui.review.mark_past import PastView, past_rows
from reviewer.ui.review.marked import Marked
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label, strong

_AT_ONCE = 100  # marks that are read for the search in one turn of the event loop
_LOW = 420  # px: below this height the editor waits folded until it is used


class AnnotationPanel(QWidget):
    """`go_asked` and `withdraw_asked` carry a bookmark's id, `time_asked` a Utc, `undo_asked` nothing; the editor's
    `signed` a Draft. `past_of` gives the history of a mark."""

    go_asked = Signal(str)
    time_asked = Signal(object)
    withdraw_asked = Signal(str)
    undo_asked = Signal()

    def __init__(
        self, zone: Zone, keys: KeyTable, name_of: Callable[[str], str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone, self._keys, self._name_of = zone, keys, name_of
        self._all: dict[str, Bookmark] = {}
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._only = Only()
        self._sought = Sought(self._said)
        self._reading = QTimer(self, singleShot=True, interval=0)
        self._reading.timeout.connect(self._read_on)
        self.marked = Marked()
        self.past_of: Callable[[str], MarkPast] = lambda _mark: MarkPast((), (), ())
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Annotations")
        self.setMinimumWidth(300)
        self.list = BookmarkList(zone, name_of)
        self.editor = AnnotationEditor(zone, keys)
        self.past = PastView()
        self._title = strong("Annotations")
        self._count = label("", Type.DETAIL, "text2")
        self.search = SearchField("Words, kind, person, time, A1", keys.shown("list.find"))
        self.finding = IconButton(f"Find in the annotations ({keys.shown('list.find')})", "search")
        self.filter = Button(self._only.words, icon="filter", look=Look.QUIET, height=28)
        self.menu = FilterMenu(self)
        self.acts = MarkActions(keys)
        self._empty = _Empty()
        self._stack = QStackedWidget()
        for page in (self.list, self._empty, self.past):
            self._stack.addWidget(page)
        self._stack.setMinimumHeight(48)  # less than its pages would like: the note below must not be cut
        self._compose()
        self._connect()
        self._show()

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
        head.addWidget(self.finding)
        head.addWidget(self.filter)
        column.addLayout(head)
        self._searching = QWidget()
        row = QHBoxLayout(self._searching)
        row.setContentsMargins(12, 0, 12, 6)
        row.addWidget(self.search)
        column.addWidget(self._searching)
        self._searching.hide()
        column.addWidget(self._stack, 1)
        column.addWidget(self.acts)
        column.addWidget(self.editor)
        self._column = column
        self._below: QWidget = self.editor

    def _connect(self) -> None:
        self.list.go_asked.connect(self.go_asked)
        self.list.time_asked.connect(self.time_asked)
        self.list.withdraw_asked.connect(self.withdraw_asked)
        self.list.picked.connect(lambda bookmark: self.acts.set_picked(bookmark is not None))
        self.finding.clicked.connect(self.begin_search)
        self.search.typed.connect(self._look)
        self.filter.clicked.connect(self.open_filter)
        self.menu.chosen.connect(self.only)
        self.acts.change.clicked.connect(self.begin_change)
        self.acts.withdraw.clicked.connect(self.withdraw_picked)
        self.acts.history.clicked.connect(self.toggle_past)
        self.acts.undo.clicked.connect(self.undo_asked)
        self.past.closed.connect(self._close_past)
        self.search.line.editingFinished.connect(self._end_search)

    # What it shows

    @property
    def shown(self) -> tuple[Bookmark, ...]:
        """What search and filter leave."""
        return tuple(b for b in self._all.values() if self._has(b))

    def _has(self, bookmark: Bookmark) -> bool:
        return self._only.has(bookmark, self.marked) and self._sought.has(bookmark.id)

    @property
    def empty_words(self) -> str:
        return self._empty.words if self._stack.currentWidget() is self._empty else ""

    def set_cameras(self, cameras: Iterable[ReviewCamera]) -> None:
        self._cameras = tuple(cameras)
        self._sought.forget()
        self._show()

    def set_bookmarks(self, bookmarks: Iterable[Bookmark]) -> None:
        """What the log holds now."""
        self._all = {each.id: each for each in bookmarks}
        self._sought.forget()
        self._show()

    def put_bookmark(self, id_: str, bookmark: Bookmark | None) -> None:
        """One of them is new, another or gone."""
        self._all.pop(id_, None)
        if bookmark is not None:
            self._all[id_] = bookmark
        self._sought.put(id_, bookmark)
        self.list.put(id_, bookmark if bookmark is not None and self._has(bookmark) else None)
        self._show_counts()

    def set_marked(self, marked: Marked, marks: Iterable[str] | None = None) -> None:
        """What is known of marks beside themselves; `marks`: of these alone something changed."""
        self.marked = marked
        self.list.set_marked(marked, marks)
        self.editor.set_marked(marked)
        if marks is None:
            self._sought.forget()
            self._show()
            return
        for each in marks:
            self.put_bookmark(each, self._all.get(each))

    def show_title(self, shown: bool) -> None:
        """Without one where a tab above says the same."""
        self._title.setVisible(shown)

    def select(self, bookmark: str | None) -> None:
        self.list.select(bookmark)

    def lend_below(self, widget: QWidget | None) -> None:
        """Something else stands where the editor does; None: the editor again."""
        if self._below is not self.editor:
            self._column.removeWidget(self._below)
            self._below.hide()
        self._below = widget or self.editor
        self.editor.setVisible(widget is None)
        if widget is not None:
            self._column.addWidget(widget)
            widget.show()

    # Finding

    def begin_search(self) -> None:
        """Take the keyboard for a search."""
        self._close_past()
        self._searching.show()
        self.search.focus()
        self._reading.start()

    def _read_on(self) -> None:
        """What can be found is read before it is typed, a little in each turn of the event loop."""
        if not self._sought.read(self._all.values(), _AT_ONCE):
            self._reading.start()

    def _end_search(self) -> None:
        """An empty search needs no field."""
        if not self.search.line.text():
            self._searching.hide()

    def _look(self, typed: str) -> None:
        self._sought.look(typed, self._all.values())
        self._show()

    def _said(self, bookmark: Bookmark) -> tuple[str, ...]:
        """What can be found of a mark."""
        model = self.list.bookmarks
        cameras = tuple(f"camera {n}" for n in model.numbers(bookmark))
        says = tuple(f"{each.words} {each.allegation.title}" for each in self.marked.says(bookmark.id))
        shapes = tuple(each.text for each in self.marked.drawn(bookmark.id).values() if each.text)
        times = place(self._zone, model.place(bookmark))
        kind, author = self.marked.kind(bookmark.kind).words, self._name_of(bookmark.author)
        return (bookmark.text, kind, author, times, *cameras, *says, *shapes)

    def open_filter(self) -> None:
        people = sorted({each.author for each in self._all.values()})
        self.menu.offer(self.marked, [(user, self._name_of(user)) for user in people], self._only)
        self.menu.popup(self.filter.mapToGlobal(QPoint(0, self.filter.height())))

    def filter_by(self, kind: str | None) -> None:
        """One kind alone, or all."""
        self.only(Only() if kind is None else Only(By.KIND, kind, self.marked.kind(kind).words))

    def only(self, only: Only) -> None:
        self._only = only
        self.filter.set_words(only.words if only.by is not By.ALLEGATION else only.words.split(" ")[0])
        self._show()

    def _show(self) -> None:
        self.list.show_bookmarks(self.shown, self._cameras)
        self._show_counts()

    def _show_counts(self) -> None:
        shown, all_ = self.list.bookmarks.rowCount(), len(self._all)
        self._count.setText("" if not all_ else f"{shown} in view" if shown == all_ else f"{shown} of {all_}")
        self.filter.setVisible(bool(all_))
        self.finding.setVisible(bool(all_))
        self._empty.say(self._only if all_ else None, self._sought.typed)
        if self._stack.currentWidget() is not self.past:
            self._stack.setCurrentWidget(self.list if shown else self._empty)
        self.acts.set_picked(self.list.current is not None)

    # What is done with the picked mark

    def begin_change(self) -> None:
        if self.list.current is not None:
            self.editor.change(self.list.current)

    def withdraw_picked(self) -> None:
        if self.list.current is not None:
            self.withdraw_asked.emit(self.list.current.id)

    def toggle_past(self) -> None:
        """Who did what to the picked mark; the list again."""
        bookmark = self.list.current
        if self._stack.currentWidget() is self.past or bookmark is None:
            self._close_past()
            return
        rows = past_rows(self.past_of(bookmark.id), self.marked, self._name_of, self._zone)
        self.past.show_rows(f"History of the mark at {place(self._zone, bookmark.at)}", rows)
        self._stack.setCurrentWidget(self.past)
        self.past.area.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _close_past(self) -> None:
        if self._stack.currentWidget() is self.past:
            self._stack.setCurrentWidget(self.list if self.list.bookmarks.rowCount() else self._empty)
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.search.setFixedWidth(self.width() - 24)
        self.editor.set_low(self.height() < _LOW)


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

    def say(self, only: Only | None, typed: str = "") -> None:
        """Empty altogether, or only for what is looked for."""
        if only is None:
            self._headline.setText("No annotations yet")
            self._sentence.setText("Press B at a moment, or I and O around one.")
        elif typed.strip():
            self._headline.setText(f"Nothing has “{typed.strip()[:60]}”")
            self._sentence.setText("Clear the search to see the others.")
        else:
            what = "of the kind" if only.by is By.KIND else "of"
            self._headline.setText(f"None {what} “{only.words[:60]}”")
            self._sentence.setText("Choose “All kinds” above to see the others.")
