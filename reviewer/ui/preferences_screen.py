"""Settings: what a person may set for themselves. Each takes effect at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QTimeZone, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look, Segmented
from reviewer.ui.fonts import Type, font
from reviewer.ui.preferences import HIGHEST_CAP, LARGEST_CACHE, LONGEST_IDLE, PreferenceStore, ThemeChoice
from reviewer.ui.preferences_keys import KeyCard
from reviewer.ui.widgets import Card, ErrorNote, divider, label, short_path, strong, surface

_WIDTH, _WIDEST = 760, 960


_PROXIES = (
    "Small sealed copies of footage, made when the machine has time: scrubbing is immediate. About 1 GB an hour and "
    "camera; 5 GB of the disk stay free."
)


_CAP = "All cases together, so that others on the line have their share. It holds from now on."
_CACHE = (
    "At most, proxies counted. What was used longest ago goes first and is fetched again when it is needed; the open "
    "case and what comes down never go."
)


class FolderField(QWidget):
    """A folder, and the way to another one. `chosen` carries its path, "" for the default."""

    chosen = Signal(str)

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title, self._folder = title, Path()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.path = label("", Type.BODY, "text2")
        self.default = Button("Back to default", look=Look.QUIET)
        self.choose = Button("Choose …", icon="folder")
        for each in (self.path, self.default, self.choose):
            row.addWidget(each)
        self.default.clicked.connect(lambda: self.chosen.emit(""))
        self.choose.clicked.connect(self.ask)

    def show_folder(self, folder: Path, *, is_default: bool) -> None:
        self._folder = folder
        self.path.setText(short_path(folder, 36))
        self.path.setToolTip(str(folder))
        self.path.setAccessibleName(f"{self._title}: {folder}")
        self.choose.setAccessibleName(f"Choose where {self._title.lower()}")
        self.default.setVisible(not is_default)

    def ask(self) -> QFileDialog:
        """Open the system's own way to choose a folder; nothing changes until one is chosen."""
        there = next((p for p in (self._folder, *self._folder.parents) if p.is_dir()), Path.home())
        dialog = QFileDialog(self, self._title, str(there))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.chosen)
        dialog.open()
        return dialog


class PreferencesScreen(QWidget):
    """Writes what is chosen to `preferences` at once; keys through the table, which refuses a key that is taken."""

    def __init__(self, preferences: PreferenceStore, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preferences, self._keys = preferences, keys
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(24, 16, 24, 12)
        head.setSpacing(12)
        head.addWidget(label("Settings", Type.TITLE))
        self._error = ErrorNote()
        head.addWidget(self._error)
        outer.addLayout(head)
        areas = QHBoxLayout()
        areas.setSpacing(0)
        (first, self._column), (self._second, self._beside) = _area(), _area()
        areas.addWidget(first, 1)
        areas.addWidget(self._second, 1)
        outer.addLayout(areas, 1)
        self._column.addWidget(self._looks())
        self.keys = KeyCard(keys)
        self.rows = self.keys.rows
        keys.bind(self, "list.find", self.keys.search.focus)
        self._column.addWidget(self.keys)
        self._second.hide()
        preferences.changed.connect(self._preferences_changed)  # a method: it goes when the screen goes
        preferences.failed.connect(self._error.say)
        if preferences.problem is not None:
            self._error.say(preferences.problem)
        self._show()

    def add_card(self, card: Card) -> None:
        """What a room of its own has to be set, before the keys."""
        self._column.insertWidget(self._column.count() - (self._column.indexOf(self.keys) >= 0), card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The keys stand beside the rest where both have room, and scroll by themselves; else below it."""
        super().resizeEvent(event)
        beside = self.width() >= 2 * _WIDTH
        if beside == self._second.isHidden():
            (self._beside if beside else self._column).addWidget(self.keys)
            self._second.setVisible(beside)

    def _looks(self) -> Card:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(0)
        self.theme = Segmented(
            [(ThemeChoice.BY_SCREEN, "By screen"), (ThemeChoice.DARK, "Dark"), (ThemeChoice.LIGHT, "Light")],
            name="Theme",
        )
        self.idle = _figure(QSpinBox(), " min", 100)
        self.idle.setRange(1, LONGEST_IDLE)
        self.zone = self._zones()
        self.stills = FolderField("Stills go to")
        self.proxies = Segmented([(True, "Make them"), (False, "Off")], name="Proxies")
        self.cap, self.cache = _cap(), _cache_limit()
        rows = (
            ("Theme", "By screen: dark where a picture is the subject, light for paperwork.", self.theme),
            ("Lock when nobody is at the keys", f"At most {LONGEST_IDLE} minutes. Watching does not count.", self.idle),
            ("Local time", "Shown beside UTC everywhere; the log keeps UTC.", self.zone),
            ("Stills go to", "Saved stills are not sealed: whoever can read this folder sees them.", self.stills),
            ("Proxies", _PROXIES, self.proxies),
            ("Footage comes down at most at", _CAP, self.cap),
            ("Footage on this machine", _CACHE, self.cache),
        )
        for at, (title, words, control) in enumerate(rows):
            if at:
                column.addWidget(divider())
            column.addWidget(_setting(title, words, control))
        self.theme.chosen.connect(lambda to: self._set(theme=to))
        self.idle.valueChanged.connect(lambda to: self._set(idle_minutes=to))
        self.zone.currentIndexChanged.connect(lambda _at: self._set(time_zone=self.zone.currentData() or ""))
        self.stills.chosen.connect(lambda to: self._set(stills=to))
        self.proxies.chosen.connect(lambda to: self._set(proxies=to))
        self.cap.valueChanged.connect(lambda to: self._set(sync_cap_kb=round(to * 1000)))
        self.cache.valueChanged.connect(lambda to: self._set(cache_limit_gb=to))
        return card

    def _zones(self) -> QComboBox:
        box = QComboBox()
        box.setFont(font(Type.BODY))
        box.setFixedSize(280, 32)
        box.setMaxVisibleItems(16)
        system = bytes(QTimeZone.systemTimeZoneId().data()).decode()
        box.addItem(f"This system’s ({system})", "")
        for each in QTimeZone.availableTimeZoneIds():
            name = bytes(each.data()).decode()
            if "/" in name and not name.startswith("Etc/"):
                box.addItem(name.replace("_", " "), name)
        return box

    def _set(self, **changes: object) -> None:
        self._error.clear()
        self._preferences.set(replace(self._preferences.now, **changes))  # type: ignore[arg-type]

    def _preferences_changed(self, _now: object) -> None:
        self._show()

    def _show(self) -> None:
        now = self._preferences.now
        self.theme.choose(now.theme)
        self.idle.setValue(now.idle_minutes)
        self.stills.show_folder(now.stills_folder, is_default=not now.stills)
        self.zone.setCurrentIndex(max(0, self.zone.findData(now.time_zone)))
        self.proxies.choose(now.proxies)
        self.cap.setValue(now.sync_cap_kb / 1000)
        self.cache.setValue(now.cache_limit_gb)


def _area() -> tuple[QScrollArea, QVBoxLayout]:
    """A column that scrolls, and what to add its cards to."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    holder = surface(0)
    holder.setProperty("pane", True)
    area.setWidget(holder)
    across = QHBoxLayout(holder)
    across.setContentsMargins(24, 0, 24, 24)
    inner = QWidget()
    inner.setMaximumWidth(_WIDEST)
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    across.addWidget(inner, 1, Qt.AlignmentFlag.AlignTop)
    across.addStretch()
    return area, column


_Spin = TypeVar("_Spin", QSpinBox, QDoubleSpinBox)


def _figure(box: _Spin, unit: str, width: int) -> _Spin:
    """A field for a number, which counts once it is typed to its end."""
    box.setSuffix(unit)
    box.setFixedSize(width, 32)
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(7, 0, 0, 0)
    return box


def _cap() -> QDoubleSpinBox:
    box = _figure(QDoubleSpinBox(), " MB/s", 140)
    box.setRange(0, HIGHEST_CAP / 1000)
    box.setDecimals(1)
    box.setSpecialValueText("No limit")
    return box


def _cache_limit() -> QSpinBox:
    box = _figure(QSpinBox(), " GB", 140)
    box.setRange(0, LARGEST_CACHE)
    box.setSingleStep(10)
    box.setSpecialValueText("No limit")
    return box


def _setting(title: str, words: str, control: QWidget) -> QWidget:
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 12, 0, 12)
    row.setSpacing(16)
    column = QVBoxLayout()
    column.setSpacing(2)
    column.addWidget(strong(title))
    column.addWidget(label(words, Type.DETAIL, "text2", wrap=True))
    row.addLayout(column, 1)
    row.addWidget(control)
    control.setAccessibleName(title)
    control.setAccessibleDescription(words)
    return made
