"""The queue's cards and its side sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.services.queue import Integrity, QueueCase, QueueRecording
from reviewer.services.sync import Progress
from reviewer.ui import queue_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.queue_brief import BriefPart
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Card, Chip, ProgressStrip, Tag, divider, label, percent, strong, surface

SHEET = 320
_LISTED = 32  # cameras of a case that the sheet names; beyond that only what is corrupt
_NAMED = 198  # a chip and a name, so that all strips begin in one line


def clear(layout: QLayout) -> None:
    """Take everything out of a layout, and let it go."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


class Notice(Card):
    """A card that says one thing: icon, headline, sentence, and a button if there is a next step here."""

    pressed = Signal()

    def __init__(
        self, icon: str, tone: Tone, title: str, sentence: str, button: str = "", *, loud: bool = False
    ) -> None:
        super().__init__(tone if loud else Tone.PLAIN)
        self.setAccessibleName(title)
        color = "text2" if tone is Tone.PLAIN else tone.value
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(IconLabel(icon, 20, color), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(label(title, Type.SECTION, color if loud else "text", wrap=True))
        column.addWidget(label(sentence, Type.BODY, "text2", wrap=True))
        if button:
            column.addSpacing(6)
            pressed = Button(button, look=Look.PRIMARY, height=28)
            pressed.clicked.connect(self.pressed)
            column.addWidget(pressed, 0, Qt.AlignmentFlag.AlignLeft)
        row.addLayout(column, 1)


class _ComingRow(QWidget):
    def __init__(self, coming: words.Coming) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Chip(coming.number))
        name = label(coming.officer)
        name.setFixedWidth(170)
        row.addWidget(name)
        self._strip = ProgressStrip(f"{coming.officer} coming down", "info")
        row.addWidget(self._strip, 1)
        self._percent = strong("")
        self._percent.setFixedWidth(44)
        row.addWidget(self._percent)
        self._words = label("", Type.DETAIL, "text2")
        self._words.setFixedWidth(120)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words)
        self.say(coming)

    def say(self, coming: words.Coming) -> None:
        self._strip.set_fraction(coming.fraction)
        self._percent.setText(percent(coming.fraction))
        self._words.setText(coming.words)


class _BehindRow(QWidget):
    """A case that comes down too: its number, a strip, how far."""

    def __init__(self, behind: words.Behind) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        name = label(behind.case, tone="text2")
        name.setFixedWidth(_NAMED)
        row.addWidget(name)
        self._strip = ProgressStrip(f"{behind.case} coming down", "info")
        row.addWidget(self._strip, 1)
        self._percent = strong("")
        self._percent.setFixedWidth(44)
        row.addWidget(self._percent)
        self._words = label("", Type.DETAIL, "text2")
        self._words.setFixedWidth(120)
        self._words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words)
        self.say(behind)

    def say(self, behind: words.Behind) -> None:
        self._strip.set_fraction(behind.fraction)
        self._percent.setText(percent(behind.fraction))
        self._words.setText(behind.words)


class ComingDown(Card):
    """What comes down: the recordings of the case that does now, what of it is first, then the other cases, each a
    strip that is updated in place. Pausing keeps what is here."""

    pause = Signal()
    go_on = Signal()
    _SHOWN = 5

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setAccessibleName("Coming down now")
        self._paused = False
        self._progress: dict[str, Progress] = {}
        self._rows: dict[str, _ComingRow] = {}
        self._behind: dict[str, _BehindRow] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addLayout(self._head(keys))
        self._first = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._first)
        self._list, self._others = QVBoxLayout(), QVBoxLayout()
        for rows in (self._list, self._others):
            rows.setSpacing(10)
            column.addLayout(rows)
            if rows is self._list:
                self._more = label("", Type.DETAIL, "text2")
                column.addWidget(self._more)
        said = "Every part is compared with its signed manifest while it is written. Nothing unverified opens."
        column.addWidget(label(said, Type.DETAIL, "text2", wrap=True))

    def _head(self, keys: KeyTable) -> QHBoxLayout:
        head = QHBoxLayout()
        self._title = label("Coming down now", Type.SECTION)
        self._pace = label("", Type.DETAIL, "text2")
        self._button = Button("Pause", icon="player-pause", look=Look.QUIET, height=28)
        keys.wear(self._button, "sync.pause")
        self._button.clicked.connect(lambda: (self.go_on if self._paused else self.pause).emit())
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._pace)
        head.addSpacing(8)
        head.addWidget(self._button)
        return head

    @property
    def empty(self) -> bool:
        """Nothing comes down."""
        return not self._progress

    def show_progress(self, progress: Progress, known: Callable[[str], QueueCase | None]) -> None:
        """A case's newest picture; `known` has its recordings' names if the queue knows it. What is finished goes."""
        if progress.finished:
            self._progress.pop(progress.case, None)
        else:
            self._progress[progress.case] = progress
        if not self._progress:
            self.set_paused(False)
            return
        all_ = tuple(self._progress.values())
        now = words.leading(all_)
        self._show_recordings(now, known(now.case))
        self._show_behind(words.behind(all_)[: self._SHOWN])
        self._title.setText(f"Coming down now: {now.case}")
        self._first.setText(words.first(now))
        self._first.setVisible(bool(self._first.text()) and not self._paused)
        if not self._paused:
            self._pace.setText(words.pace(now))

    def _show_recordings(self, now: Progress, case: QueueCase | None) -> None:
        found = words.coming(now, case)
        shown = found[: self._SHOWN]
        if [c.recording for c in shown] != list(self._rows):
            clear(self._list)
            self._rows = {c.recording: _ComingRow(c) for c in shown}
            for row in self._rows.values():
                self._list.addWidget(row)
        for each in shown:
            self._rows[each.recording].say(each)
        more = len(found) - len(shown)
        self._more.setText(f"and {more} more" if more else "")
        self._more.setVisible(more > 0)

    def _show_behind(self, found: Sequence[words.Behind]) -> None:
        if [each.case for each in found] != list(self._behind):
            clear(self._others)
            self._behind = {each.case: _BehindRow(each) for each in found}
            for row in self._behind.values():
                self._others.addWidget(row)
        for each in found:
            self._behind[each.case].say(each)

    def set_paused(self, paused: bool) -> None:
        """Whether it rests, as a person asked."""
        if paused is self._paused:
            return
        self._paused = paused
        self._first.setVisible(not paused and bool(self._first.text()))
        self._button.set_words("Go on" if paused else "Pause")
        self._button.set_icon("player-play" if paused else "player-pause")
        self._pace.setText("paused; what is here is kept" if paused else "")


class _CameraRow(QWidget):
    def __init__(self, recording: QueueRecording) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(8)
        row.addWidget(Chip(recording.number))
        name = label(recording.officer)
        name.setToolTip(f"{recording.device.make} {recording.device.model}".strip())
        row.addWidget(name, 1)
        if recording.quarantined:
            row.addWidget(Tag("corrupt", Tone.STOP, "shield-x"))
        elif recording.integrity is Integrity.SHUT:
            row.addWidget(Tag(Integrity.SHUT.value, Tone.WARN, "lock"))
        elif not recording.here:
            fraction = recording.bytes_here / recording.bytes if recording.bytes else 0.0
            row.addWidget(Tag(f"{percent(fraction)} here", Tone.INFO, "cloud-download"))
        elif recording.watched is None:
            row.addWidget(label("not known", Type.DETAIL, "text3"))
        else:
            strip = ProgressStrip(f"{recording.officer} watched")
            strip.setFixedWidth(64)
            strip.set_fraction(recording.watched)
            row.addWidget(strip)
            figure = label(percent(recording.watched), Type.DETAIL, "text2")
            figure.setFixedWidth(40)
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(figure)


class CaseSheet(QWidget):
    """The picked case: who gave it and why, its cameras, and the button that opens it."""

    open_case = Signal(str)
    fetch = Signal(str)

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone]) -> None:
        super().__init__()
        self._zone = zone
        self._case: QueueCase | None = None
        self._listed: object = None
        self.setFixedWidth(SHEET)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "left")
        self.setProperty("pane", True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(0)
        self._lay_out(column)
        self._add_buttons(column, keys)

    def _lay_out(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        self._title = label("", Type.PANEL)
        self._by = Tag("", Tone.PLAIN, "user")
        head.addWidget(self._title, 1)
        head.addWidget(self._by)
        column.addLayout(head)
        column.addSpacing(6)
        self._given = label("", Type.BODY, "text2", wrap=True)
        self._reason = label("", Type.BODY, "text", wrap=True)
        column.addWidget(self._given)
        column.addSpacing(4)
        column.addWidget(self._reason)
        column.addSpacing(16)
        self._brief = BriefPart()
        column.addWidget(self._brief)
        self._heading = strong("Cameras, how much you watched")
        column.addWidget(self._heading)
        column.addSpacing(4)
        column.addWidget(self._scroll(), 1)
        column.addSpacing(12)

    def _add_buttons(self, column: QVBoxLayout, keys: KeyTable) -> None:
        self._fetch = keys.wear(Button("Fetch the rest", icon="cloud-download"), "case.fetch")
        self._open = keys.wear(Button("", look=Look.PRIMARY, height=36), "case.open")
        self._why = label("", Type.DETAIL, "text2", wrap=True)
        for widget in (self._fetch, self._open):
            widget.setFixedWidth(SHEET - 33)
            column.addWidget(widget)
            column.addSpacing(8)
        column.addWidget(self._why)
        self._fetch.clicked.connect(self.fetch_now)
        self._open.clicked.connect(self.open_now)

    def _scroll(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        holder = surface(1)
        self._cameras = QVBoxLayout(holder)
        self._cameras.setContentsMargins(0, 0, 0, 0)
        self._cameras.setSpacing(0)
        area.setWidget(holder)
        return area

    @property
    def case(self) -> QueueCase | None:
        return self._case

    def show_case(self, case: QueueCase | None) -> None:
        """Show a case, or nothing."""
        self._case = case
        self.setVisible(case is not None)
        if case is None:
            return
        zone = self._zone()
        self._title.setText(case.case_id)
        self._by.say(f"by {case.issued_by}", Tone.PLAIN, "user")
        until = f" Ends {zone.date(case.expires)}." if case.expires is not None else ""
        self._given.setText(f"Assigned {zone.date(case.issued_at)} for: {case.purpose.value}.{until}")
        self._reason.setText(case.reason)
        self._reason.setVisible(bool(case.reason))
        self._brief.show_brief(case.brief, zone)
        self._list(case)
        missing = any(not r.here for r in case.recordings)
        why = words.why_closed(case, zone)
        self._fetch.setVisible(missing and not why)
        self._fetch.set_words("Fetch again" if words.INTEGRITY[case.integrity][0] is Tone.STOP else "Fetch the rest")
        self._open.set_words(words.opening(case, zone))
        self._open.set_enabled(not why, why)
        self._why.setText(why)
        self._why.setVisible(bool(why))

    def _list(self, case: QueueCase) -> None:
        listed = case.recordings, case.not_assigned, self._zone()
        if listed == self._listed:
            return
        self._listed = listed
        clear(self._cameras)
        shown = words.named(case.recordings, _LISTED)
        for recording in shown:
            self._cameras.addWidget(_CameraRow(recording))
        _say_more(self._cameras, len(case.recordings) - len(shown), "They all open with the case.")
        if case.not_assigned:
            self._cameras.addSpacing(8)
            self._cameras.addWidget(divider())
            self._cameras.addSpacing(8)
            self._cameras.addWidget(strong("Not assigned to you"))
            self._cameras.addWidget(label("Only the times are shown. Ask your supervisor.", Type.DETAIL, "text2"))
        for other in case.not_assigned[:_LISTED]:
            zone = self._zone()
            times = f"{zone.clock(other.range.start)[:5]} – {zone.clock(other.range.end)[:5]}"
            self._cameras.addWidget(_locked(other.officer, times))
        _say_more(self._cameras, len(case.not_assigned) - _LISTED)
        self._cameras.addStretch()

    def fetch_now(self) -> None:
        if self._case is not None and self._fetch.isVisible():
            self.fetch.emit(self._case.case_id)

    def open_now(self) -> None:
        if self._case is not None and not words.why_closed(self._case, self._zone()):
            self.open_case.emit(self._case.case_id)


def _say_more(column: QVBoxLayout, more: int, sentence: str = "") -> None:
    if more > 0:
        column.addWidget(label(f"and {more:,} more. {sentence}".strip(), Type.DETAIL, "text2"))


def _locked(officer: str, times: str) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 4, 0, 4)
    row.setSpacing(8)
    row.addWidget(IconLabel("lock", 18, "text3"))
    row.addWidget(label(officer, tone="text2"), 1)
    row.addWidget(label(times, Type.DETAIL, "text2"))
    return made
