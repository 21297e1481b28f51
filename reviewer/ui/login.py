"""Log-on (screen 08): the agency's text and this workstation's health before any secret is typed, then the key."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.roster import Banner
from reviewer.domain.timebase import Utc
from reviewer.ui.bridge import Bridge
from reviewer.ui.buttons import Button, Look
from reviewer.ui.fields import PassphraseField, check, labelled, line, mark_invalid
from reviewer.ui.fonts import Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import ThemeName, Tone, apply_theme
from reviewer.ui.times import Zone, clock, date
from reviewer.ui.widgets import ErrorNote, Wrapped, label, strong, surface

_KEY_WIDTH = 440


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One sentence about this workstation: "Roster 31, signed by the agency root, expires 30 Sep 2026"."""

    words: str
    tone: Tone = Tone.OK
    icon: str = "circle-check"


@dataclass(frozen=True, slots=True)
class Door:
    """What stands at the door: "Helsinki Example Police", "IA-04", the banner (None: no roster here yet)."""

    agency: str
    station: str
    banner: Banner | None


class LoginScreen(QWidget):
    """`log_on(name, passphrase)` is called on the GUI thread and answers with a Future: opening a key takes time.

    A Future that fails with a ReviewerError is shown under the passphrase; its words say how many tries are left.
    """

    logged_on = Signal(object)  # what log_on's Future gave

    def __init__(
        self,
        door: Door,
        log_on: Callable[[str, str], Future[object]],
        *,
        bridge: Bridge,
        zone: Callable[[], Zone],
        now: Callable[[], Utc],
        health: Sequence[HealthLine] = (),
        theme: ThemeName = ThemeName.LIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._log_on, self._bridge, self._zone, self._now = log_on, bridge, zone, now
        self._busy = False
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        halves = QHBoxLayout(self)
        halves.setContentsMargins(0, 0, 0, 0)
        halves.setSpacing(0)
        self._left = self._notice(door)
        halves.addWidget(self._left, 45)
        halves.addWidget(self._key_side(door), 55)
        self.set_health(health)
        self._tick()
        timer = QTimer(self)
        timer.setInterval(1000)
        timer.timeout.connect(self._tick)
        timer.start()
        apply_theme(self, theme)
        self._settle()

    def _notice(self, door: Door) -> QWidget:
        side = surface(0, "right")
        column = QVBoxLayout(side)
        column.setContentsMargins(72, 64, 48, 40)
        column.setSpacing(0)
        title = label("Reviewer", Type.TITLE)
        column.addWidget(title)
        column.addSpacing(4)
        column.addWidget(label(f"{door.agency} · workstation {door.station}", Type.LEAD, "text2", wrap=True))
        column.addSpacing(36)
        column.addWidget(self._banner(door.banner), 1)
        column.addSpacing(24)
        column.addWidget(strong("This workstation"))
        column.addSpacing(4)
        self._health = QVBoxLayout()
        self._health.setSpacing(0)
        column.addLayout(self._health)
        return side

    def _banner(self, banner: Banner | None) -> QWidget:
        quoted = surface(0)
        quoted.setObjectName("banner")
        row = QHBoxLayout(quoted)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        bar = QWidget()
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setProperty("fill", "ink")
        bar.setFixedWidth(3)
        row.addWidget(bar)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(label("Before you log on", Type.PANEL))
        column.addSpacing(10)
        words = banner.text if banner else "This workstation has no roster yet, so nobody can log on."
        text = Wrapped(_paragraphs(words))
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setAccessibleName(words)
        text.setFont(font(Type.LEAD))
        text.setMaximumWidth(540)
        column.addWidget(text)
        if banner is not None:
            column.addSpacing(10)
            signed = f"Text of the agency, version {banner.version}, signed {date(banner.signed)}"
            column.addWidget(label(signed, Type.DETAIL, "text2"))
        row.addLayout(column, 1)
        return _scrolled(quoted)

    def _key_side(self, door: Door) -> QWidget:
        side = surface(1)
        outer = QVBoxLayout(side)
        outer.addStretch()
        box = QWidget()
        box.setFixedWidth(_KEY_WIDTH)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label("Log on", Type.TITLE))
        self._clock = label("", Type.BODY, "text2")
        column.addWidget(self._clock)
        column.addSpacing(20)
        self._name = line(large=True)
        self._passphrase = PassphraseField()
        self._error = ErrorNote()
        self._read: QCheckBox = check("I have read the text on the left")
        self._button = Button("Log on", look=Look.PRIMARY, height=40)
        self._button.setFixedWidth(_KEY_WIDTH)
        self._why = label("", Type.DETAIL, "text2")
        column.addWidget(labelled("Name or badge", self._name))
        column.addSpacing(16)
        column.addWidget(labelled("Passphrase for your signing key", self._passphrase))
        column.addSpacing(8)
        column.addWidget(self._error)
        column.addSpacing(8)
        column.addWidget(self._read)
        column.addSpacing(12)
        column.addWidget(self._button)
        column.addSpacing(6)
        column.addWidget(self._why)
        outer.addWidget(box, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch()
        self._has_roster = door.banner is not None
        self._connect()
        return side

    def _connect(self) -> None:
        self._name.textEdited.connect(self._edited)
        self._name.returnPressed.connect(self._passphrase.setFocus)
        self._passphrase.edited.connect(self._edited)
        self._passphrase.entered.connect(self.submit)
        self._read.toggled.connect(self._edited)
        self._button.clicked.connect(self.submit)

    def set_health(self, lines: Sequence[HealthLine]) -> None:
        """Say how this workstation is; known before any secret is typed."""
        while (item := self._health.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for each in lines:
            row = QWidget()
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 4, 0, 4)
            layout.setSpacing(9)
            layout.addWidget(IconLabel(each.icon, 18, "text2" if each.tone is Tone.PLAIN else each.tone.value))
            layout.addWidget(label(each.words, wrap=True), 1)
            self._health.addWidget(row)

    def _edited(self) -> None:
        self._error.clear()
        mark_invalid(self._passphrase.line, False)
        self._settle()

    def _missing(self) -> str:
        """What is still wanted before the key can be tried; "" if nothing."""
        if self._busy:
            return ""
        if not self._has_roster:
            return "This machine has no roster. Ask the custodian."
        if not self._name.text().strip():
            return "Type your name or badge first."
        if not self._passphrase.text:
            return "Type your passphrase first."
        return "" if self._read.isChecked() else "Tick that you have read the text."

    def _settle(self) -> None:
        why = self._missing()
        self._button.set_enabled(not why and not self._busy, why)
        self._why.setText(why or ("Opening a key is made slow on purpose." if self._busy else ""))

    def submit(self) -> None:
        """Try the key, off this thread."""
        if self._missing() or self._busy:
            return
        self._set_busy(True)
        answer = self._log_on(self._name.text().strip(), self._passphrase.text)
        self._bridge.watch(answer, self._opened, self._refused, self)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        for field in (self._name, self._passphrase, self._read):
            field.setEnabled(not busy)
        self._button.set_words("Opening your key …" if busy else "Log on")
        self._button.set_icon("hourglass" if busy else "")
        self._settle()

    def _opened(self, session: object) -> None:
        self._set_busy(False)
        self.reset()
        self.logged_on.emit(session)

    def _refused(self, error: ReviewerError) -> None:
        self._set_busy(False)
        self._error.say(error)
        mark_invalid(self._passphrase.line, True)
        self._passphrase.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self._passphrase.line.selectAll()

    def reset(self) -> None:
        """As it was before anybody typed: nothing of a secret stays in a field."""
        self._passphrase.forget()
        self._read.setChecked(False)
        self._error.clear()
        mark_invalid(self._passphrase.line, False)
        self._settle()

    def fill_name(self, name: str) -> None:
        """Whoever logged on last on this machine need not type the name again."""
        self._name.setText(name)
        self._settle()

    def _tick(self) -> None:
        at, zone = self._now(), self._zone()
        self._clock.setText(f"{zone.weekday(at)}, {zone.clock(at)[:5]} local ({clock(at)[:5]} UTC)")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        first = self._passphrase.line if self._name.text() else self._name
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        small = self.width() < 1400
        layout = self._left.layout()
        if layout is not None:
            layout.setContentsMargins(40 if small else 72, 40 if self.height() < 800 else 72, 40, 32)


def _paragraphs(text: str) -> str:
    """The banner as written: markup in it is shown, not obeyed; 24 px lines."""
    paragraphs = (html.escape(p).replace("\n", "<br>") for p in text.strip().split("\n\n"))
    style = "line-height: 24px; margin: 0 0 12px 0"
    return "".join(f'<p style="{style}">{p}</p>' for p in paragraphs)


def _scrolled(content: QWidget) -> QScrollArea:
    """A long banner scrolls; it never pushes the health lines away."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    area.setAccessibleName("The agency’s text")
    holder = surface(0)
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(content)
    column.addStretch()
    area.setWidget(holder)
    return area
