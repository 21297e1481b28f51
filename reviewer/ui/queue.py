"""The queue (screen 03): what is assigned to me, how much of it is here, and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.services.queue import Queue, QueueCase
from reviewer.services.sync import Progress
from reviewer.ui import queue_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import Type
from reviewer.ui.queue_parts import CaseSheet, ComingDown, Notice, clear
from reviewer.ui.table import Cell, Table, TableCard
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Card, EmptyState, label, surface

_PROBLEMS = 3  # of what was refused is said in full
_ENDED = 3  # cases whose end is said at once, the newest


class QueueScreen(QWidget):
    """Show it a `Queue` when there is one; until then it says that it reads.

    Signals: `open_case(case id)`; `fetch(case id)` to bring down what is missing or does not match; `pause()` and
    `go_on()` of all that comes down; `ask_again()` to read the queue anew.
    """

    open_case = Signal(str)
    fetch = Signal(str)
    pause = Signal()
    go_on = Signal()
    ask_again = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys, self._zone = keys, zone
        self._queue: Queue | None = None
        self._far: tuple[int, int] | None = None
        self._unread = False
        self._said: dict[str, tuple[str, Tone]] = {}
        self._ended: Sequence[words.EndedWords] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        self.sheet = CaseSheet(keys, zone)
        self.sheet.hide()
        row.addWidget(self.sheet)
        self.sheet.open_case.connect(self.open_case)
        self.sheet.fetch.connect(self.fetch)
        self.setFocusProxy(self.table)
        keys.bind(self, "case.open", self.sheet.open_now)
        keys.bind(self, "case.fetch", self.sheet.fetch_now)
        keys.bind(self, "list.find", self.search.focus)
        keys.bind(self, "list.again", self.ask_again.emit)
        self.ask_again.connect(self._asked_again)
        keys.follow(self, lambda _command: self.search.set_key(keys.shown("list.find")))
        self.show_loading()

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        area.setProperty("ownFocus", True)
        column = QVBoxLayout(area)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(self._header())
        self.table: Table[QueueCase] = Table(words.COLUMNS, self._cells, name="My cases", row=58)
        self.table.picked.connect(self.sheet_shows)
        self.table.opened.connect(lambda _case: self.sheet.open_now())
        self._table_card = TableCard(self.table)
        self.empty = EmptyState("inbox", "", "", button="Ask again", key=self._keys.shown("list.again"))
        self.empty.pressed.connect(self.ask_again)
        self._empty_card = Card()
        QVBoxLayout(self._empty_card).addWidget(self.empty)
        column.addWidget(self._table_card, 1)
        column.addWidget(self._empty_card)
        self.coming = ComingDown(self._keys)
        self.coming.hide()
        self.coming.pause.connect(self.pause)
        self.coming.go_on.connect(self.go_on)
        self._below = QHBoxLayout()
        self._below.setSpacing(16)
        self._below.addWidget(self.coming, 5, Qt.AlignmentFlag.AlignTop)
        self._notices = QVBoxLayout()
        self._notices.setSpacing(12)
        self._below.addLayout(self._notices, 4)
        column.addLayout(self._below)
        column.addStretch(0)
        return area

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label("My queue", Type.TITLE))
        self._count = label("", Type.LEAD, "text2")
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # never widens the window
        row.addWidget(self._count, 1)
        self.search = SearchField("Case, officer, allegation", self._keys.shown("list.find"))
        self.search.typed.connect(lambda _text: self._filter())
        self.search.line.returnPressed.connect(lambda: self.table.setFocus(Qt.FocusReason.ShortcutFocusReason))
        row.addWidget(self.search)
        return row

    def show_loading(self) -> None:
        """What is on this machine is being read; the store is asked after."""
        self.empty.say(
            "hourglass", "Reading your queue", "Shown at once from this machine; the store is asked after.", "info"
        )
        self.empty.button.hide()
        self._show_table(False)

    def show_queue(self, queue: Queue) -> None:
        """A newer queue. What was picked stays picked if it is still there."""
        self._queue = queue
        self._far, self._unread = None, False
        self._say_count()
        self._show_notices()
        self._filter()

    def show_reading(self, far: tuple[int, int]) -> None:
        """How many of how many signed recordings were verified, while that goes on. What was verified before in this
        session is only looked at again, and says nothing."""
        if self._queue is None:
            self.empty.say("hourglass", "Reading your queue", words.reading(*far), "info")
        elif self._queue.kept is not None:
            self._far = far
            self._say_count()

    def show_unread(self) -> None:
        """It could not be verified again: why stands below."""
        if self._queue is None:
            self.empty.say("alert-triangle", "Your queue could not be read", "Why stands below.", "warn")
            self.empty.button.show()
        else:
            self._unread = True
            self._say_count()

    def _say_count(self) -> None:
        queue = self._queue
        if queue is not None:
            self._count.setText(words.headline(queue, self._zone(), self._far, unread=self._unread))

    def _cells(self, case: QueueCase) -> Sequence[Cell]:
        kept = self._queue is not None and self._queue.kept is not None
        zone = self._zone()
        return words.kept_cells(case, zone) if kept else words.cells(case, zone)

    @property
    def queue(self) -> Queue | None:
        """What is shown; None while nothing was read."""
        return self._queue

    @property
    def cases(self) -> tuple[QueueCase, ...]:
        """What the newest queue holds, whatever the filter shows."""
        return self._queue.cases if self._queue is not None else ()

    def case(self, case_id: str) -> QueueCase | None:
        found = self._queue.cases if self._queue is not None else ()
        return next((c for c in found if c.case_id == case_id), None)

    def show_progress(self, progress: Progress) -> None:
        """The newest picture of a case that comes down (ten a second at most). When all are finished the card goes."""
        self.coming.show_progress(progress, self.case)
        self.coming.setVisible(not self.coming.empty)

    def show_paused(self, paused: bool = True) -> None:
        """A person let it rest: it can go on where it stopped. Or it goes on."""
        self.coming.set_paused(paused)

    def show_ended(self, ended: Sequence[words.EndedWords]) -> None:
        """The cases that this person has no rights to any more."""
        if list(ended) != list(self._ended):
            self._ended = ended
            self._show_notices()

    def say(self, title: str, sentence: str, tone: Tone = Tone.STOP) -> None:
        """Something went wrong (a transfer stopped, the store refused); stands until `unsay`, or until the person asks
        again."""
        self._said[title] = (sentence, tone)
        self._show_notices()

    def unsay(self, title: str) -> None:
        """It is tried again, or has gone right."""
        if self._said.pop(title, None) is not None:
            self._show_notices()

    def _asked_again(self) -> None:
        self._said.clear()
        self._show_notices()

    def _filter(self) -> None:
        if self._queue is None:
            return
        wanted = self.search.line.text()
        found = [c for c in self._queue.cases if words.matches(c, wanted)]
        picked = self.sheet.case.case_id if self.sheet.case is not None else ""
        self.table.rows.show_rows(found)
        self._show_table(bool(found))
        self.empty.button.setVisible(not self._queue.cases)
        if not self._queue.cases:
            self.empty.say(
                "inbox", "No cases are assigned to you", "When a supervisor assigns one, it comes here by itself."
            )
        elif not found:
            self.empty.say("search", f"No case has “{wanted}”", "Esc leaves the field; empty it to see all cases.")
        at = next((i for i, c in enumerate(found) if c.case_id == picked), 0)
        self.table.pick(at)
        self.sheet_shows(self.table.current)

    def _show_table(self, shown: bool) -> None:
        self._table_card.setVisible(shown)
        self._empty_card.setVisible(not shown)
        if not shown:
            self.sheet.show_case(None)

    def sheet_shows(self, case: object) -> None:
        self.sheet.show_case(case if isinstance(case, QueueCase) else None)

    def _show_notices(self) -> None:
        clear(self._notices)
        for title, (sentence, tone) in reversed(self._said.items()):
            self._notices.addWidget(Notice("alert-triangle", tone, title, sentence, loud=tone is Tone.STOP))
        for each in self._ended[:_ENDED]:
            self._notices.addWidget(Notice("lock", Tone.WARN, each.title, each.words))
        if self._queue is not None:
            self._show_notices_of(self._queue)
        self._notices.addStretch()

    def _show_notices_of(self, queue: Queue) -> None:
        for wrong in words.mismatches(queue):
            title = "One recording does not match its manifest"
            if len(wrong.labels) > 1:
                title = f"{len(wrong.labels)} recordings do not match their manifests"
            card = Notice("shield-x", Tone.STOP, title, wrong.words, "Fetch again", loud=True)
            card.pressed.connect(lambda case=wrong.case: self.fetch.emit(case))
            self._notices.addWidget(card)
        problems = (*queue.notices, *queue.problems, *(p for c in queue.cases for p in c.problems))
        for problem in problems[:_PROBLEMS]:
            sentence = f"{problem.next_step} ({problem.path})"
            self._notices.addWidget(Notice("alert-triangle", Tone.WARN, problem.message, sentence))
        if len(problems) > _PROBLEMS:
            more = f"And {len(problems) - _PROBLEMS:,} more that do not open or were refused"
            self._notices.addWidget(Notice("alert-triangle", Tone.WARN, more, words.ALL_PROBLEMS))
        if queue.contact.trouble is not None:
            self._notices.addWidget(self._store_notice(queue))

    def _store_notice(self, queue: Queue) -> Notice:
        reached = queue.contact.reached
        zone = self._zone()
        last = "Not reached since this machine was set up."
        if reached is not None:
            last = f"Last reached {zone.both(reached)}."
        sentence = f"{last} Your log is kept and sent later. {queue.contact.words}"
        return Notice("plug-connected-x", Tone.WARN, "Working from this machine", sentence)
