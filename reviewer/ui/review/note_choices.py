"""What a note is about, as one chooses it: an allegation and what is said of it, a kind, the cameras."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from reviewer.domain.agency import MarkKind
from reviewer.domain.case import Allegation, Stance
from reviewer.ui.buttons import Button, Segmented
from reviewer.ui.fonts import Type, font
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.marked import STANCES, icon_of
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import chip_size, paint_chip

STANCE_CHOICES = (Stance.FOR, Stance.AGAINST, Stance.UNDECIDED)
_CHIP = 28


@dataclass(frozen=True, slots=True)
class Choice:
    """`words` in a menu and for a screen reader, `short` in a row ("" for the icon alone)."""

    value: str
    words: str
    short: str
    icon: str = ""


class OneOf(QWidget):
    """One of many: side by side where there is room, else a button that opens a menu. `chosen` carries the value when a
    person chooses."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._choices: tuple[Choice, ...] = ()
        self._value = ""
        self.row = Segmented((), name=name)
        self.button = Button("", height=28)
        self.menu = QMenu(self)
        self.button.clicked.connect(self.open_menu)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.addWidget(self.row)
        self._line.addWidget(self.button)
        self.setMinimumWidth(60)
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)

    def offer(self, choices: Sequence[Choice]) -> None:
        """These; the chosen one stays if it is still among them, else the first is."""
        if tuple(choices) == self._choices:
            return
        self._choices = tuple(choices)
        self._line.removeWidget(self.row)
        self.row.deleteLater()
        self.row = Segmented([(each.value, each.short, each.icon) for each in choices], name=self._name)
        for each in choices:
            self.row.segment(each.value).setToolTip(each.words)
            self.row.segment(each.value).setAccessibleName(each.words)
        self.row.chosen.connect(lambda value: self._picked(str(value)))
        self._line.insertWidget(0, self.row, 0, Qt.AlignmentFlag.AlignLeft)
        self.menu.clear()
        for each in choices:
            action = QAction(each.words, self.menu)
            action.setCheckable(True)
            action.setData(each.value)
            action.triggered.connect(lambda _checked=False, value=each.value: self._picked(value))
            self.menu.addAction(action)
        self.choose(self._value if any(each.value == self._value for each in choices) else self._first)
        self._fit()

    @property
    def _first(self) -> str:
        return self._choices[0].value if self._choices else ""

    @property
    def value(self) -> str:
        return self._value

    @property
    def choice(self) -> Choice | None:
        return next((each for each in self._choices if each.value == self._value), None)

    def choose(self, value: str) -> None:
        """Show it as chosen; what is not offered (a kind that the table no longer has) is added."""
        if not any(each.value == value for each in self._choices):
            return
        self._value = value
        self.row.choose(value)
        for action in self.menu.actions():
            action.setChecked(action.data() == value)
        choice = self.choice
        if choice is not None:
            self.button.set_words(choice.words)
            self.button.set_icon(choice.icon)

    def _picked(self, value: str) -> None:
        self.choose(value)
        self.chosen.emit(value)

    def open_menu(self) -> None:
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _fit(self) -> None:
        fits = self.row.sizeHint().width() <= self.width()
        self.row.setVisible(fits)
        self.button.setVisible(not fits)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def kinds_to_choose(kinds: Iterable[MarkKind], keys: Sequence[str]) -> tuple[Choice, ...]:
    """The agency's, each with the key that sets it."""
    named = list(keys)
    found = []
    for index, kind in enumerate(kinds):
        key = named[index] if index < len(named) else ""
        found.append(Choice(kind.id, f"{kind.words}  {key}".strip(), "", icon_of(kind)))
    return tuple(found)


def allegations_to_choose(allegations: Iterable[Allegation]) -> tuple[Choice, ...]:
    made = [Choice(each.id, f"{each.name}  {each.title}".strip(), each.name) for each in allegations]
    return (*made, Choice("", "No allegation", "None"))


def stance_row() -> Segmented:
    """Supports, speaks against, cannot be decided; by icons, as on the board."""
    row = Segmented([(each, "", STANCES[each][1]) for each in STANCE_CHOICES], name="What it says of the allegation")
    for each in STANCE_CHOICES:
        row.segment(each).setToolTip(STANCES[each][0].capitalize())
        row.segment(each).setAccessibleName(STANCES[each][0].capitalize())
    return row


class CameraChip(QAbstractButton):
    """One camera's number: a chip while the note is on it, an outline while it is not."""

    def __init__(self, camera: ReviewCamera) -> None:
        super().__init__()
        self._number = camera.number
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        words = f"On camera {camera.number}, {camera.officer}"
        self.setAccessibleName(words)
        self.setToolTip(words)

    def sizeHint(self) -> QSize:
        return QSize(max(_CHIP, chip_size(self._number, 18).width() + 6), _CHIP)

    def paintEvent(self, _event: object) -> None:
        theme, painter = theme_of(self), QPainter(self)
        size = chip_size(self._number, 18)
        box = QRectF((self.width() - size.width()) / 2, (self.height() - 18) / 2, size.width(), 18)
        if self.isChecked():
            paint_chip(painter, box, self._number, theme)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(theme.color("bg3") if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(font(Type.META))
        painter.setPen(theme.color("text2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(self._number))


class CameraChoice(QWidget):
    """Which cameras a note is on: the focused one until a person chooses, then those that they chose, or all.
    `changed` when a person chose."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._focused: str | None = None
        self._chosen: frozenset[str] | None = None  # None: the focused one
        self._all = False
        self.chips: dict[str, CameraChip] = {}
        self.all = Button("All", height=28)
        self.all.setCheckable(True)
        self.all.setAccessibleName("On all cameras")
        self.all.setToolTip("On all cameras: the moment, wherever it is seen")
        self.all.clicked.connect(lambda: self.set_all(not self._all))
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(2)
        self._line.addWidget(self.all)
        self._line.addStretch()
        self.setFixedHeight(28)
        self.setAccessibleName("On which cameras")

    def offer(self, cameras: Iterable[ReviewCamera]) -> None:
        """The cameras on the wall."""
        found = tuple(cameras)
        if [c.key for c in found] != [c.key for c in self._cameras]:
            for chip in self.chips.values():
                self._line.removeWidget(chip)
                chip.deleteLater()
            self.chips = {}
            for index, camera in enumerate(found):
                chip = self.chips[camera.key] = CameraChip(camera)
                chip.clicked.connect(lambda _on=False, key=camera.key: self.toggle(key))
                self._line.insertWidget(index, chip)
        self._cameras = found
        if self._chosen is not None:
            self._chosen = self._chosen & set(self.chips) or None
        self._show()

    def set_focused(self, key: str | None) -> None:
        if key != self._focused:
            self._focused = key
            self._show()

    @property
    def keys(self) -> tuple[str, ...]:
        """The cameras' keys, in the order of their numbers; none for all cameras."""
        if self._all:
            return ()
        chosen = self._chosen if self._chosen is not None else {self._focused}
        return tuple(c.key for c in self._cameras if c.key in chosen)

    @property
    def words(self) -> str:
        """ "camera 1", "cameras 1, 3", "all cameras"."""
        numbers = [str(c.number) for c in self._cameras if c.key in self.keys]
        if not numbers:
            return "all cameras"
        return f"camera{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"

    def hold(self, held: bool) -> None:
        """Whether words are being written: then another focus does not move the note to another camera."""
        if held and self._chosen is None and not self._all and self._focused in self.chips:
            self._chosen = frozenset({str(self._focused)})

    def toggle(self, key: str) -> None:
        """On this camera too, or no more; never on none. The first of several is the focused one, which it is on
        already."""
        chosen = frozenset() if self._all else frozenset(self.keys)
        if self._chosen is None and not self._all and key == self._focused:
            self.hold(True)
            self._show()
            self.changed.emit()
            return
        after = chosen ^ {key}
        self._all = not after
        self._chosen = after or None
        self._show()
        self.changed.emit()

    def set_all(self, all_: bool) -> None:
        self._all, self._chosen = all_, None
        self._show()
        self.changed.emit()

    def clear(self) -> None:
        """The focused one again."""
        self._all, self._chosen = False, None
        self._show()

    def _show(self) -> None:
        on = self.keys
        for key, chip in self.chips.items():
            chip.setChecked(key in on)
        self.all.setChecked(not on)
