"""The parts around every screen: rail (64), top bar (44), status line (26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.ui import icons
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.elided import Elided
from reviewer.ui.fonts import MEDIUM, SEMIBOLD, Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.queue_parts import clear
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.widgets import Tag, divider, label

RAIL = 64
TOP = 44
STATUS = 26
_SIDE, _APART = 12, 16  # px beside and between what the status line says
_SHORTEST = 110  # px of a thing it says: an icon and a word or two


@dataclass(frozen=True, slots=True)
class StatusItem:
    """One thing the status line says. `hint` is what more there is to it, for whoever points at it."""

    icon: str
    words: str
    tone: Tone = Tone.PLAIN
    hint: str = ""


class _Door(QAbstractButton):
    """A door in the rail: icon over its word; where you are it is filled and has a bar of ink."""

    def __init__(self, words: str, icon: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(words)
        self.setAccessibleName(words)
        self._icon = icon
        self.setFixedSize(QSize(RAIL, 52))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def paintEvent(self, _event: object) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self.isChecked()
        box = QRectF(4, 1, self.width() - 8, self.height() - 2)
        if here or (self.underMouse() and self.isEnabled()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("bg3" if here else "bg2"))
            painter.drawRoundedRect(box, 6, 6)
        if here:
            painter.fillRect(QRectF(0, 8, 3, self.height() - 16), theme.color("ink"))
        ink = theme.color("text" if here else "text2" if self.isEnabled() else "text3")
        if not self.isEnabled():
            painter.setOpacity(0.75)
        icons.paint(painter, self._icon, QRectF(self.width() / 2 - 10, 7, 20, 20), ink)
        painter.setFont(self._fitting(SEMIBOLD if here else MEDIUM))
        painter.setPen(ink)
        painter.drawText(QRectF(0, 30, self.width(), 16), Qt.AlignmentFlag.AlignCenter, self.text())

    def _fitting(self, weight: QFont.Weight) -> QFont:
        """The rail's letters; a long word's are a little narrower, so that it keeps off the bar and the edge."""
        made = font(Type.META, weight)
        room, wide = self.width() - 8, QFontMetricsF(made).horizontalAdvance(self.text())
        if wide > room:
            made.setPixelSize(int(made.pixelSize() * room / wide))
        return made


class Rail(QWidget):
    """Doors to the screens. Only what exists has a door."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedWidth(RAIL)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "right")
        self.setProperty("pane", True)
        self.setAccessibleName("Screens")
        self._doors: dict[str, _Door] = {}
        self._closed: set[str] = set()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(2)
        self._top = QVBoxLayout()
        self._top.setSpacing(2)
        self._bottom = QVBoxLayout()
        self._bottom.setSpacing(2)
        column.addLayout(self._top)
        column.addStretch()
        column.addLayout(self._bottom)

    def add(self, name: str, words: str, icon: str) -> None:
        self._top.addWidget(self._door(name, words, icon))
        self._order()

    def add_bottom(self, name: str, words: str, icon: str) -> None:
        self._bottom.addWidget(self._door(name, words, icon))
        self._order()

    def _order(self) -> None:
        """Tab goes down the rail, whatever was added first."""
        rows = sorted(self._doors.values(), key=lambda d: (self._bottom.indexOf(d) >= 0, self._bottom.indexOf(d)))
        for above, below in pairwise(rows):
            QWidget.setTabOrder(above, below)

    def _door(self, name: str, words: str, icon: str) -> _Door:
        door = _Door(words, icon, self)
        door.setCheckable(name != "keys")
        door.clicked.connect(lambda: self._go(name))
        self._doors[name] = door
        return door

    def _go(self, name: str) -> None:
        # A checkable button unchecks itself when pressed where you are; the window says where you are.
        self.chosen.emit(name)
        self.mark(self._here)

    _here = ""

    def mark(self, name: str) -> None:
        """Show where you are."""
        self._here = name
        for each, door in self._doors.items():
            door.setChecked(each == name)

    def set_door(self, name: str, open_: bool, why: str) -> None:
        door = self._doors[name]
        door.setEnabled(open_)
        door.setToolTip("" if open_ else why)
        door.setAccessibleDescription("" if open_ else why)

    def remove(self, name: str) -> None:
        """Take a door away: the next person has no such screen."""
        self._doors.pop(name).deleteLater()

    def is_open(self, name: str) -> bool:
        return name in self._doors and self._doors[name].isEnabled()


class TopBar(QWidget):
    """App, case and place; in Review the reason and the log's health; the person; Lock."""

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setFixedHeight(TOP)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "bottom")
        self.place = ("", "")
        self._picture, self._of_case, self._screen = False, False, ""
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 1)
        row.setSpacing(12)
        row.addWidget(label("Reviewer", Type.SECTION))
        row.addWidget(divider(vertical=True))
        self._case = label("", Type.STRONG)
        self._where = label("", Type.BODY, "text2")
        self._where.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._reason = Tag()
        self._health = Tag()
        row.addWidget(self._case)
        row.addWidget(self._where, 1)
        row.addWidget(self._reason)
        row.addStretch(1)
        row.addWidget(self._health)
        person = QHBoxLayout()
        person.setSpacing(7)
        person.addWidget(IconLabel("user", 16))
        self._person = label("", Type.BODY, "text2")
        person.addWidget(self._person)
        row.addLayout(person)
        self.lock = keys.wear(Button("Lock", icon="lock", look=Look.QUIET, height=28), "lock")
        row.addWidget(self.lock)
        self._settle()

    def set_person(self, words: str) -> None:
        self._person.setText(words)

    def set_place(self, case: str, place: str) -> None:
        self.place = (case, place)
        self._settle()

    def set_reason(self, words: str) -> None:
        self._reason.say(f"Viewing for: {words}" if words else "", Tone.PLAIN, "eye")
        self._settle()

    def set_log_health(self, health: StatusItem) -> None:
        self._health.say(health.words, health.tone, health.icon)
        self._settle()

    def show_screen(self, words: str, picture: bool, of_case: bool = False) -> None:
        """Where pictures are shown the case stands here with its place, on its papers (`of_case`) with the screen's
        name; elsewhere the screen's name alone."""
        self._screen, self._picture, self._of_case = words, picture, of_case
        self._settle()

    def _settle(self) -> None:
        case, where = self.place if self._picture else (self._screen, "")
        if self._of_case and self.place[0]:
            case, where = self.place[0], self._screen
        self._case.setText(case)
        self._where.setText(where)
        self._case.setVisible(bool(case))
        self._where.setVisible(bool(where))
        self._where.setMaximumWidth(self._where.fontMetrics().horizontalAdvance(where) + 4)
        self._reason.setVisible(self._picture and bool(self._reason.words))
        self._health.setVisible(self._picture and bool(self._health.words))


class StatusLine(QWidget):
    """What is true now, in one line."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(STATUS)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "top")
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE, 1, _SIDE, 0)
        row.setSpacing(_APART)
        self._left = QHBoxLayout()
        self._left.setSpacing(_APART)
        row.addLayout(self._left)
        row.addStretch()
        self._right = label("", Type.META, "text2")
        row.addWidget(self._right)
        self._said: tuple[StatusItem, ...] = ()

    @property
    def words(self) -> str:
        return " · ".join(item.words for item in self._said)

    def say(self, items: Sequence[StatusItem], right: str) -> None:
        """These items from the left, and `right` at the right end."""
        if right != self._right.text():
            self._right.setText(right)
            self._fit()
        if tuple(items) == self._said:
            return
        self._said = tuple(items)
        clear(self._left)
        for item in items:
            self._left.addWidget(_status(item))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is no room for all of it, what stands last is cut first."""
        places = (self._left.itemAt(n) for n in range(self._left.count()))
        items = [each for place in places if place is not None and (each := place.widget()) is not None]
        wanted = [each.sizeHint().width() for each in items]
        over = sum(wanted) + _APART * (len(items) + 1) + self._right.sizeHint().width() + 2 * _SIDE - self.width()
        for item, wide in zip(reversed(items), reversed(wanted), strict=True):
            cut = max(0, min(over, wide - _SHORTEST))
            item.setMaximumWidth(wide - cut)
            over -= cut


def _status(item: StatusItem) -> QWidget:
    made = QWidget()
    made.setToolTip(item.hint)
    made.setAccessibleDescription(item.hint)
    color = "text2" if item.tone is Tone.PLAIN else item.tone.value
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(IconLabel(item.icon, 14, color))
    row.addWidget(Elided(item.words, Type.META, color, weight=MEDIUM, hint=item.hint))
    return made
