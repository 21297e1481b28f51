"""The recordings screen: a custodian or supervisor finds recordings, gives them to people, and takes that back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.services.catalogue_search import Entry, Listing
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Segmented
from reviewer.ui.custodian_forms import Act
from reviewer.ui.custodian_lists import Lists, Notices, View
from reviewer.ui.custodian_search import SearchBar
from reviewer.ui.custodian_side import Page, Side
from reviewer.ui.custodian_source import Picture, RecordingsSource
from reviewer.ui.fields import SearchField
from reviewer.ui.fonts import Type
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import label, surface

_T = TypeVar("_T")
_DONE = "Done"
_UNREAD = "The recordings could not be read"


class RecordingsScreen(QWidget):
    """Reads what it shows when it is first seen, and after every signature. `forget_key` when the session locks."""

    def __init__(
        self,
        source: RecordingsSource,
        *,
        bridge: Bridge,
        keys: KeyTable,
        zone: Callable[[], Zone],
        tiles: TileProcess | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source, self._bridge, self._keys, self._zone = source, bridge, keys, zone
        self._picture: Picture | None = None
        self._asked = 0
        self._begun = False
        self._open = 0  # questions without an answer yet
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._main(), 1)
        self.side = Side(keys, zone, tiles, bridge)
        row.addWidget(self.side)
        self._connect()
        self._bind()
        self._show_view()
        self.side.show_key(source.key())

    # Layout

    def _main(self) -> QWidget:
        area = surface(0)
        area.setProperty("pane", True)
        area.setProperty("ownFocus", True)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        column = QVBoxLayout(area)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(self._header())
        column.addLayout(self._views())
        self.bar = SearchBar(self._keys, self._zone)
        column.addWidget(self.bar)
        self.notices = Notices()
        column.addWidget(self.notices)
        self.lists = Lists(self._zone)
        column.addWidget(self.lists, 1)
        return area

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(label("Recordings", Type.TITLE))
        self._count = label("", Type.LEAD, "text2")
        row.addWidget(self._count)
        row.addStretch()
        self.search = SearchField("Officer, incident, case", self._keys.shown("list.find"))
        row.addWidget(self.search)
        return row

    def _views(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.views = Segmented([(view, view.value) for view in View], name="What is listed")
        row.addWidget(self.views)
        row.addStretch()
        self._found = label("", Type.DETAIL, "text2")
        row.addWidget(self._found)
        return row

    def _connect(self) -> None:
        self.views.chosen.connect(lambda _view: self._show_view())
        self.search.typed.connect(self._words_typed)
        self.search.line.returnPressed.connect(self.lists.focus)
        self.bar.changed.connect(lambda _wanted: self._find())
        self.bar.map_asked.connect(self.show_map)
        self.lists.picked.connect(self._show_sheet)
        self.lists.opened.connect(self._opened)
        side = self.side
        side.picked.assign.connect(self.assign)
        side.picked.release.connect(lambda: self._release(released=True))
        side.picked.withdraw.connect(lambda: self._release(released=False))
        side.picked.key.connect(self.toggle_key)
        side.case.take_off.connect(lambda: self._change(Page.TAKE_OFF))
        side.case.hand_over.connect(lambda: self._change(Page.HAND_OVER))
        side.case.recordings.connect(self.show_recordings)
        side.second.sign.connect(self._countersign)
        side.place.searched.connect(self.bar.set_place)
        side.back.connect(self._back)
        side.ordered.connect(lambda order: self._watch(self._source.assign(order)))
        side.acted.connect(self._sign_act)
        side.key_opening.connect(self._open_key)

    def _bind(self) -> None:
        bind = self._keys.bind
        bind(self, "list.find", self.search.focus)
        bind(self, "list.again", self.refresh)
        commands: dict[str, Callable[[], object]] = {
            "all": lambda: self._go(View.RECORDINGS),
            "cases": lambda: self._go(View.CASES),
            "pending": lambda: self._go(View.WAITING),
            "assign": self.assign,
            "release": lambda: self._release(released=True),
            "withdraw": lambda: self._release(released=False),
            "take_off": lambda: self._change(Page.TAKE_OFF),
            "hand_over": lambda: self._change(Page.HAND_OVER),
            "of_case": self.show_recordings,
            "map": self.show_map,
            "draw": lambda: self.show_map(draw=True),
            "key": self.toggle_key,
            "clear": self._clear,
            "sign": self._sign,
            "back": self._back,
        }
        for name, command in commands.items():
            bind(self, f"recordings.{name}", command)
        self._keys.changed.connect(self._key_changed)

    def _key_changed(self, _command: str) -> None:
        self.search.set_key(self._keys.shown("list.find"))

    # Reading

    @property
    def listing(self) -> Listing:
        return self._picture.overview.listing if self._picture is not None else Listing()

    @property
    def asked(self) -> bool:
        """Whether what is shown is what the store has, as far as it answered."""
        return self._picture is not None and self._picture.overview.asked

    @property
    def settled(self) -> bool:
        """Whether everything that was asked for has been answered."""
        return self._picture is not None and not self._open and not self.bar.resting

    @property
    def key_open(self) -> bool:
        """Whether the custody key is open, as the forms know it: only then do they sign."""
        return self.side.key_is_open

    @property
    def view(self) -> View:
        value = self.views.value
        return value if isinstance(value, View) else View.RECORDINGS

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._begun:
            self._begun = True
            self._read(again=False)

    def focusInEvent(self, _event: QFocusEvent) -> None:
        # No focus proxy: Qt would take the fields above the list out of the order of Tab.
        self.lists.focus()

    def _await(self, future: Future[_T], done: Callable[[_T], None], failed: Callable[[ReviewerError], None]) -> None:
        """As the bridge's `watch`; what is still to be answered is counted."""
        self._open += 1

        def answered(result: _T) -> None:
            self._open -= 1
            done(result)

        def refused(error: ReviewerError) -> None:
            self._open -= 1
            failed(error)

        self._bridge.watch(future, answered, refused, self)

    def refresh(self) -> None:
        """Ask the store."""
        self.notices.clear()
        self._read(again=True)

    def _read(self, *, again: bool) -> None:
        def shown(picture: Picture) -> None:
            self.notices.unsay(_UNREAD)
            self.show_picture(picture)
            if not again:
                self._read(again=True)

        def failed(error: ReviewerError) -> None:
            self.notices.say(_UNREAD, str(error), Tone.STOP)

        self._await(self._source.read(again), shown, failed)

    def show_picture(self, picture: Picture) -> None:
        """Newer knowledge. What was picked stays picked where the rows stay."""
        self._picture = picture
        self._count.setText(words.headline(picture.overview.listing))
        waits = len(picture.waiting)
        self.views.set_words(View.WAITING, f"{View.WAITING.value} {waits}" if waits else View.WAITING.value)
        self.views.set_words(View.CASES, f"{View.CASES.value} {len(self.listing.cases):,}")
        self.bar.show_events(self.listing.event_types)
        self.notices.show_overview(picture.overview)
        self.lists.show_picture(picture)
        self._list_cases()
        self._find()
        self.side.show_key(self._source.key())
        self.side.look_again(picture)

    def _words_typed(self, typed: str) -> None:
        if self.view is View.RECORDINGS:
            self.bar.set_words(typed)
        else:
            self._list_cases()
            self._settle()

    def _list_cases(self) -> None:
        self.lists.show_cases(self.search.line.text() if self.view is View.CASES else "")

    def _find(self) -> None:
        self._asked += 1
        asked = self._asked

        def shown(found: tuple[Entry, ...]) -> None:
            if asked == self._asked:
                self.lists.show_recordings(found)
                self._settle()

        future: Future[tuple[Entry, ...]] = self._source.find(self.listing, self.bar.asked)
        self._await(future, shown, lambda error: self.notices.say(_UNREAD, str(error), Tone.STOP))

    # Showing

    def _go(self, view: View) -> None:
        self.views.choose(view)
        self._show_view()
        self.lists.focus()

    def _show_view(self) -> None:
        self.bar.setVisible(self.view is View.RECORDINGS)
        self.lists.show_view(self.view)
        self._list_cases()
        self._settle()

    def _settle(self) -> None:
        """How many of how many, and the sheet of what is picked."""
        self.lists.settle()
        rows, known = len(self.lists.recordings.rows.rows), len(self.listing.entries)
        filtered = self.view is View.RECORDINGS and rows < known
        self._found.setText(f"{rows:,} of {known:,}" if filtered else "")
        self._show_sheet()

    def _opened(self, view: View) -> None:
        if view is View.RECORDINGS:
            self.assign()
        elif view is View.CASES:
            self.show_recordings()

    def _show_sheet(self) -> None:
        picture = self._picture
        if picture is None or self.side.busy:
            return
        if self.view is View.RECORDINGS:
            self.side.show_picked(self.lists.recordings.chosen, picture)
        elif self.view is View.CASES:
            self.side.show_case(self.lists.cases.current, picture)
        else:
            self.side.show_waiting(self.lists.waiting.current, picture)

    def _clear(self) -> None:
        self.search.line.clear()
        self.bar.reset()

    # What a person asks for

    def assign(self) -> None:
        if self._picture is not None and self.view is View.RECORDINGS and self.lists.recordings.chosen:
            self.side.begin_assign(self._picture, self.lists.recordings.chosen)

    def _release(self, *, released: bool) -> None:
        if self._picture is None or self.view is not View.RECORDINGS:
            return
        out = self.listing.released
        ids = tuple(e.recording_id for e in self.lists.recordings.chosen if (e.recording_id in out) is not released)
        if ids:
            self.side.begin_release(ids, released=released)

    def _change(self, page: Page) -> None:
        case = self.lists.cases.current
        if self._picture is not None and self.view is View.CASES and case is not None and case.members:
            self.side.begin_change(page, case, self._picture)

    def show_recordings(self) -> None:
        """The recordings of the picked case."""
        case = self.lists.cases.current
        if self.view is View.CASES and case is not None:
            self.search.line.clear()
            self.bar.show_case(case.case_id)
            self._go(View.RECORDINGS)

    def show_map(self, *, draw: bool = False) -> None:
        if self.view is View.RECORDINGS:
            self.side.begin_place(self.bar.asked.area, draw=draw)

    def toggle_key(self) -> None:
        """Ask for the custody key, or forget it."""
        state = self._source.key()
        if state.opened:
            self.forget_key()
        elif state.wanted:
            self.side.begin_key()

    def forget_key(self) -> None:
        """Drop the custody key from memory, and what was typed of it."""
        self._source.forget_key()
        self.side.forget()
        self.side.show_key(self._source.key())

    def _open_key(self, file: str, passphrase: str) -> None:
        def opened(_none: None) -> None:
            self.side.key_opened()
            self.side.show_key(self._source.key())
            self._read(again=True)

        self._await(self._source.open_key(file, passphrase), opened, self.side.key_refused)

    def _back(self) -> None:
        self.side.leave()
        self._show_sheet()
        self.lists.focus()

    # Signing

    def _sign(self) -> None:
        if not self.side.submit():
            self._countersign()

    def _sign_act(self, act: Act) -> None:
        source = self._source
        if act.what == Page.TAKE_OFF:
            self._watch(source.take_off(act.case, act.user, act.reason))
        elif act.what == Page.HAND_OVER:
            self._watch(source.hand_over(act.case, act.user, act.to, act.reason))
        else:
            self._watch(source.release(act.recordings, act.what == Page.RELEASE, act.reason))

    def _countersign(self) -> None:
        waiting = self.lists.waiting.current  # `may_sign`: only while it is what the side shows
        if waiting is not None and self._picture is not None and self.side.may_sign(waiting, self._picture):
            self._watch(self._source.countersign(waiting.pending.case_id, waiting.pending.n))

    def _watch(self, future: Future[str]) -> None:
        """Say what became of it where the eye is, and read again."""

        def done(sentence: str) -> None:
            self.notices.clear()
            self.notices.say(_DONE, sentence, Tone.OK)
            self.side.leave()
            self.lists.focus()
            self._read(again=True)

        self._await(future, done, self.side.refuse)

    def close_screen(self) -> None:
        """The session ends."""
        self.side.place.close_map()
