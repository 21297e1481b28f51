"""What the log screen shows: kinds, whose, which case, which recording, when; and the three questions people ask."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter, Facets, LogEntry
from reviewer.services.clock import Clock
from reviewer.services.logreport import in_words, what_watched, who_exported, who_watched
from reviewer.ui import custodian_words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import SearchField, line, mark_invalid
from reviewer.ui.fonts import Type
from reviewer.ui.log_words import KINDS, LogKind, Names
from reviewer.ui.times import Zone
from reviewer.ui.widgets import ErrorNote, label

_REST_MS = 250
_WIDE = 1200  # px from which on all four choices stand in the first row
_DAY = 86_400 * SECOND


class When(Enum):
    ANY = "Any day"
    TODAY = "Today"
    YESTERDAY = "Yesterday"
    WEEK = "Last 7 days"
    MONTH = "Last 30 days"
    RANGE = "From … to …"


class FilterBar(QWidget):
    """`changed` carries an EntryFilter whenever another one is asked for. `picked` gives the entry that is picked: the
    questions are about it. `done`: nothing is filled in here any more, so arrows are for the entries again."""

    changed = Signal(object)
    done = Signal()

    def __init__(
        self,
        keys: KeyTable,
        zone: Callable[[], Zone],
        names: Names,
        *,
        picked: Callable[[], LogEntry | None],
        now: Clock,
    ) -> None:
        super().__init__()
        self._keys, self._zone, self._names, self._picked, self._now = keys, zone, names, picked, now
        self._asked = EntryFilter()
        self._question: tuple[str, EntryFilter] | None = None
        self._facets = Facets()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._ask)
        self.kinds = Segmented([(kind, kind.value) for kind in LogKind], name="Which entries")
        self.user, self.case = _Unfolding([("Anyone", None)]), _Unfolding([("Any case", None)])
        self.recording = _Unfolding([("Any camera", None)])
        self.when = _Unfolding([(when.value, when) for when in When])
        self.since, self.until = line("13 Jun 2026 22:40"), line("14 Jun 2026")
        self.watched = keys.wear(Button("Who watched this recording?", icon="eye", look=Look.QUIET), "log.who_watched")
        self.theirs = keys.wear(Button("What did this person watch?", icon="user", look=Look.QUIET), "log.what_watched")
        self.exported = keys.wear(Button("Who exported?", icon="file-export", look=Look.QUIET), "log.who_exported")
        self.clear = keys.wear(Button("Show all", icon="x", look=Look.QUIET), "log.clear")
        self.search = SearchField("Person, camera, word", keys.shown("list.find"), 230)
        self.shown = label("", Type.DETAIL, "text2")
        self.error = ErrorNote()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        first, second, third = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._first, self._second = first, second
        for row in (first, second, third):
            row.setSpacing(8)
        first.addWidget(self.kinds)
        boxes = (("Whose entries", self.user), ("Which case", self.case), ("Which camera", self.recording))
        for name, box in (*boxes, ("When", self.when)):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(8)
            box.setFixedHeight(28)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMaximumWidth(220)
            if box is not self.when:
                first.addWidget(box, 1)
        first.addStretch()
        for each in (self.watched, self.theirs, self.exported):
            second.addWidget(each)
        second.addStretch()
        second.addWidget(self.when, 1)  # the first row is a whole name's width for each of its three
        for field, name in ((self.since, "From"), (self.until, "To")):
            field.setFixedHeight(28)
            field.setFixedWidth(150)
            field.setAccessibleName(name)
            field.hide()
            third.addWidget(field)
        self.shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        third.addWidget(self.shown, 1)
        third.addWidget(self.clear)
        third.addWidget(self.search)
        for row in (first, second, third):
            column.addLayout(row)
        column.addWidget(self.error)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The days go up beside the other choices where there is room for them."""
        super().resizeEvent(event)
        up = self._first.indexOf(self.when) >= 0
        if up != (self.width() >= _WIDE):
            (self._first if up else self._second).removeWidget(self.when)
            if up:
                self._second.addWidget(self.when, 1)
            else:
                self._first.insertWidget(self._first.indexOf(self.recording) + 1, self.when, 1)

    def _connect(self) -> None:
        self.kinds.chosen.connect(lambda _kind: self._choose())
        for box in (self.user, self.case, self.recording, self.when):
            box.currentIndexChanged.connect(lambda _at: self._choose())
            box.folded.connect(self._folded, Qt.ConnectionType.QueuedConnection)
        for field in (self.since, self.until):
            field.textChanged.connect(lambda _text: self._rest.start())
            field.returnPressed.connect(self._ask)
        self.watched.clicked.connect(self.who_watched)
        self.theirs.clicked.connect(self.what_watched)
        self.exported.clicked.connect(self.who_exported)
        self.clear.clicked.connect(self.reset)

    def bind(self, on: QWidget) -> None:
        """The keys of what stands here."""
        for at, kind in enumerate(LogKind, 1):
            self._keys.bind(on, f"log.kind{at}", partial(self.show_kind, kind))
        for command, box in (("user", self.user), ("case", self.case), ("camera", self.recording), ("when", self.when)):
            self._keys.bind(on, f"log.{command}", partial(self._unfold, box))
        self._keys.bind(on, "log.who_watched", self.who_watched)
        self._keys.bind(on, "log.what_watched", self.what_watched)
        self._keys.bind(on, "log.who_exported", self.who_exported)
        self._keys.bind(on, "log.clear", self.reset)
        self._keys.bind(on, "list.find", self.search.focus)

    @property
    def asked(self) -> EntryFilter:
        """What is shown now."""
        return self._asked

    @property
    def words(self) -> str:
        """The same in words."""
        said = in_words(self._asked, self._names, self._zone())
        return f"{self._question[0]} {said.partition(' · ')[2]}".strip() if self._question else said

    def show_facets(self, facets: Facets) -> None:
        """Whose entries there are, of which cases and recordings."""
        self._facets = facets
        self.user.show_choices([("Anyone", None), *sorted((self._names.user(u), u) for u in facets.users)])
        self.case.show_choices([("Any case", None), *((each, each) for each in facets.cases)])
        cameras = sorted((self._names.recording(each), each) for each in facets.recordings)
        self.recording.show_choices([("Any camera", None), *cameras])

    # The three questions

    def who_watched(self) -> None:
        """Who has watched the recording of the picked entry, or the chosen one?"""
        entry, recording = self._picked(), self.recording.value
        if recording is None and entry is not None:
            recording = entry.meta.recording or next(iter(_recordings(entry)), None)
        if recording is None:
            self.error.say("Choose a camera, or an entry that is about one.")
            self.recording.showPopup()
            return
        self._put("Who watched this recording?", who_watched(recording))

    def what_watched(self) -> None:
        """What has the person of the picked entry, or the chosen one, watched?"""
        entry = self._picked()
        user = self.user.value or (entry.meta.actor if entry is not None else None)
        if user is None:
            self.error.say("Choose a person, or an entry of theirs.")
            self.user.showPopup()
            return
        self._put("What did this person watch?", what_watched(user))

    def who_exported(self) -> None:
        self._put("Who exported?", who_exported())

    def reset(self) -> None:
        """Everything again."""
        self.search.line.clear()
        self._put(None, EntryFilter())
        self.done.emit()

    def _unfold(self, box: Choice) -> None:
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        box.showPopup()

    def _folded(self, box: object) -> None:
        """Arrows are for the entries again, or a day is to be typed."""
        if box is self.when and self.when.value is When.RANGE:
            self.since.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.done.emit()

    def show_kind(self, kind: LogKind) -> None:
        self.kinds.choose(kind)
        self._choose()

    def _put(self, question: str | None, wanted: EntryFilter) -> None:
        """Show a question's filter in the controls too."""
        kind = next((k for k, kinds in KINDS.items() if kinds == wanted.kinds), LogKind.VIEWS)
        self.kinds.choose(kind)
        for box, value in ((self.user, wanted.user), (self.case, wanted.case), (self.recording, wanted.recording)):
            box.blockSignals(True)
            box.choose(value)
            box.blockSignals(False)
        self.when.blockSignals(True)
        self.when.choose(When.ANY)
        self.when.blockSignals(False)
        self._show_range(False)
        self._question = (question, wanted) if question else None
        self.error.clear()
        self._tell(wanted)

    # Reading the controls

    def _choose(self) -> None:
        self._question = None
        self._show_range(self.when.value is When.RANGE)
        self._ask()

    def _show_range(self, shown: bool) -> None:
        self.since.setVisible(shown)
        self.until.setVisible(shown)

    def _ask(self) -> None:
        self._rest.stop()
        self.error.clear()
        span = self._span()
        if span is None:
            return
        kind = self.kinds.value
        self._tell(
            EntryFilter(
                case=self.case.value,
                recording=self.recording.value,
                user=self.user.value,
                kinds=KINDS[kind] if isinstance(kind, LogKind) else (),
                since=span[0],
                until=span[1],
            )
        )

    def _span(self) -> tuple[Utc | None, Utc | None] | None:
        """From and until; None while a field cannot be read, which is said."""
        when = self.when.value
        if when is When.RANGE:
            return self._typed()
        if when is When.ANY:
            return None, None
        zone, now = self._zone(), self._now()
        today = _midnight(now, zone)
        if when is When.TODAY:
            return today, None
        if when is When.YESTERDAY:
            return _midnight(Utc(today - _DAY // 2), zone), today
        return _midnight(Utc(today - (6 if when is When.WEEK else 29) * _DAY + _DAY // 2), zone), None

    def _typed(self) -> tuple[Utc | None, Utc | None] | None:
        found: list[Utc | None] = []
        for field, end in ((self.since, False), (self.until, True)):
            try:
                found.append(custodian_words.moment(field.text(), self._zone(), end=end))
                mark_invalid(field, False)
            except custodian_words.NotUnderstood as wrong:
                mark_invalid(field, True)
                self.error.say(wrong)
                return None
        return found[0], found[1]

    def _tell(self, wanted: EntryFilter) -> None:
        if wanted != self._asked:
            self._asked = wanted
            self.changed.emit(wanted)


class _Unfolding(Choice):
    """`folded` when its list was left; what was chosen in it is known when a queued connection hears of it."""

    folded = Signal(object)  # itself

    def hidePopup(self) -> None:
        shown = self.view().isVisible()
        super().hidePopup()
        if shown:
            self.folded.emit(self)


def _recordings(entry: LogEntry) -> list[str]:
    return [each.recording for each in getattr(entry.event, "cameras", ())]


def _midnight(at: Utc, zone: Zone) -> Utc:
    """The beginning of the local day, as the offset is then."""
    seconds = (at // SECOND + zone.offset_seconds(at)) % 86_400
    begun = Utc((at // SECOND - seconds) * SECOND)
    return Utc(begun + (zone.offset_seconds(at) - zone.offset_seconds(begun)) * SECOND)
