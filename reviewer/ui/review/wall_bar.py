"""The bar above the wall: which layout, which cameras, which page, and which number key is whose."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from reviewer.ui.buttons import Button, IconButton, Look, Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.review.cameras import ReviewCamera
from reviewer.ui.review.wall_layout import WallLayout
from reviewer.ui.widgets import Chip, chip_size, label

_GAP = 6


class _PressChip(Chip):
    pressed = Signal()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.pressed.emit()


class WallBar(QWidget):
    """`layout_chosen` carries a WallLayout, `cameras_chosen` a tuple of keys, `page_turned` −1 or 1, `focus_asked` a
    key."""

    layout_chosen = Signal(object)
    cameras_chosen = Signal(object)
    page_turned = Signal(int)
    focus_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cameras: tuple[ReviewCamera, ...] = ()
        self._chosen: frozenset[str] = frozenset()
        self.setFixedHeight(40)
        self.layouts = Segmented(
            (
                (WallLayout.FOCUS, "Focus", "layout-sidebar-right"),
                (WallLayout.TWO, "2 × 2", "layout-grid"),
                (WallLayout.THREE, "3 × 3", "layout-grid"),
            ),
            name="Layout of the wall",
        )
        self.layouts.chosen.connect(self.layout_chosen)
        self.cameras_button = Button("Cameras", icon="link", look=Look.QUIET, height=28)
        self.cameras_button.clicked.connect(self._open_menu)
        self.rolling = Button("Who rolled when", icon="keyframes", look=Look.QUIET, height=28)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self._fill_menu)
        self._back = IconButton("Page before", "chevron-right")
        self._back.set_icon("arrow-left")
        self._on = IconButton("Next page", "chevron-right")
        self._back.clicked.connect(lambda: self.page_turned.emit(-1))
        self._on.clicked.connect(lambda: self.page_turned.emit(1))
        self._page = label("", Type.META, "text2")
        self._hint = label("Number key = focus camera", Type.META, "text2")
        self._chips = QHBoxLayout()
        self._chips.setSpacing(_GAP)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 8, 0)
        row.setSpacing(_GAP)
        row.addWidget(self.layouts)
        row.addWidget(self.cameras_button)
        row.addWidget(self.rolling)
        for each in (self._back, self._page, self._on):
            row.addWidget(each)
        row.addStretch()
        row.addWidget(self._hint)
        row.addSpacing(4)
        row.addLayout(self._chips)

    def show_cameras(self, cameras: tuple[ReviewCamera, ...], chosen: frozenset[str]) -> None:
        self._cameras, self._chosen = cameras, chosen
        self.cameras_button.set_words(f"Cameras: {len(chosen)} of {len(cameras)}")
        self.layouts.set_words(WallLayout.FOCUS, f"Focus + {max(0, min(len(chosen), WallLayout.FOCUS.page) - 1)}")
        self._fit()

    def show_page(self, cameras: tuple[ReviewCamera, ...], page: int, pages: int) -> None:
        """The cameras on the wall now, whose number keys the chips show."""
        while (item := self._chips.takeAt(0)) is not None:
            gone = item.widget()
            if gone is not None:
                gone.hide()
                gone.deleteLater()
        for camera in sorted(cameras, key=lambda c: c.number):
            chip = _PressChip(camera.number)
            chip.setToolTip(camera.manifest.officer)
            chip.pressed.connect(lambda key=camera.key: self.focus_asked.emit(key))
            self._chips.addWidget(chip)
        self._page.setText(f"Page {page + 1} of {pages}")
        for each in (self._back, self._page, self._on):
            each.setVisible(pages > 1)
        self._back.set_enabled(page > 0, "This is the first page")
        self._on.set_enabled(page < pages - 1, "This is the last page")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """With many cameras the hint goes first, then the layouts' icons: what can be pressed keeps its words."""
        pages = (self._back, self._page, self._on) if not self._page.isHidden() else ()
        beside = sum(each.sizeHint().width() + _GAP for each in (self.cameras_button, self.rolling, *pages))
        beside += self._chips.count() * (chip_size(1).width() + _GAP)
        room = self.width() - beside - 3 * _GAP
        self.layouts.fit(room)
        hint = self._hint.sizeHint().width() + 2 * _GAP
        self._hint.setVisible(self.layouts.sizeHint().width() + hint <= room)

    def _open_menu(self) -> None:
        self.menu.popup(self.cameras_button.mapToGlobal(QPoint(0, self.cameras_button.height() + 4)))

    def _fill_menu(self) -> None:
        self.menu.clear()
        for camera in self._cameras:
            words = f"{camera.number}   {camera.manifest.officer}"
            action = QAction(words if camera.assigned else f"{words} · not assigned to you", self.menu)
            action.setCheckable(True)
            action.setChecked(camera.key in self._chosen)
            action.toggled.connect(lambda on, key=camera.key: self._toggle(key, on))
            self.menu.addAction(action)
        self.menu.addSeparator()
        every = QAction("All cameras", self.menu)
        every.triggered.connect(lambda: self._choose(frozenset(c.key for c in self._cameras)))
        self.menu.addAction(every)

    def _toggle(self, key: str, on: bool) -> None:
        chosen = self._chosen | {key} if on else self._chosen - {key}
        if chosen:  # a wall without any camera would say nothing
            self._choose(chosen)

    def _choose(self, chosen: frozenset[str]) -> None:
        self.cameras_chosen.emit(tuple(c.key for c in self._cameras if c.key in chosen))
