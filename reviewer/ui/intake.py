"""Intake: the custodian's screen. What cameras left behind is chosen, looked at, corrected, and then taken in; or a
dock takes it in by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from reviewer.intake.base import FOOTAGE
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Segmented
from reviewer.ui.fonts import Type
from reviewer.ui.intake_dock import DockPage
from reviewer.ui.intake_page import PlanPage, Stage
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Tag, label

_PLAN, _DOCK = "plan", "dock"


class IntakeScreen(QWidget):
    """`plan` and `dock` are its pages. Signals: `chosen(paths)` to look at; `watch(folder)`; what the pages ask for is
    theirs."""

    chosen = Signal(object)
    watch = Signal(object)

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._folder = Path.home()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._header())
        self.plan = PlanPage(keys, zone)
        self.dock = DockPage(keys)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.plan)
        self.pages.addWidget(self.dock)
        column.addWidget(self.pages, 1)
        self.plan.headline.connect(self._say_count)
        self.plan.choose_folder.connect(lambda: self.ask_folder(self.choose))
        self.dock.add.connect(lambda: self.ask_folder(self.watch.emit))
        keys.bind(self, "intake.folder", lambda: self.ask_folder(self.choose))
        keys.bind(self, "intake.files", self.ask_files)
        keys.bind(self, "intake.dock", self.turn)
        self.setFocusProxy(self.pages)
        self.pages.setFocusProxy(self.plan)

    def _header(self) -> QWidget:
        made = QWidget()
        made.setProperty("pane", True)
        made.setAccessibleName("Intake, what to take in")
        row = QHBoxLayout(made)
        row.setContentsMargins(24, 16, 24, 0)
        row.setSpacing(10)
        row.addWidget(label("Intake", Type.TITLE))
        self._count = label("", Type.LEAD, "text2")
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(self._count, 1)
        self.store = Tag()
        row.addWidget(self.store)
        self.side = Segmented([(_PLAN, "Plan"), (_DOCK, "Dock")], name="Plan or dock", height=32)
        self.side.chosen.connect(self._show_side)
        row.addWidget(self.side)
        self.folder = self._keys.wear(Button("Choose a folder", icon="folder"), "intake.folder")
        self.folder.clicked.connect(lambda: self.ask_folder(self.choose))
        self.files = self._keys.wear(Button("Choose files", icon="movie"), "intake.files")
        self.files.clicked.connect(self.ask_files)
        row.addWidget(self.folder)
        row.addWidget(self.files)
        return made

    def _say_count(self, words: str) -> None:
        self._count.setText(words)
        self._count.setToolTip(words)

    def show_store(self, integrity: str, *, write_once: bool) -> None:
        """What the store promises stands here before anything is put into it."""
        self.store.say(f"Store: {integrity}", Tone.OK if write_once else Tone.WARN, "database")
        self.plan.show_store(integrity)

    # -- choosing

    def choose(self, paths: Sequence[Path] | Path) -> None:
        """Look at these. Not while something is looked at or taken in: its end is waited for."""
        if self.plan.stage in (Stage.LOOKING, Stage.TAKING):
            return
        self.show_side(_PLAN)
        given = [paths] if isinstance(paths, Path) else list(paths)
        if given:
            self._folder = given[0].parent
            self.chosen.emit(given)

    def ask_folder(self, then: Callable[[Path], object]) -> QFileDialog:
        """The system's own way to choose a folder."""
        dialog = self._dialog("Choose the folder that holds the footage")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()
        return dialog

    def ask_files(self) -> QFileDialog:
        """The system's own way to choose files."""
        dialog = self._dialog("Choose the footage")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        known = " ".join(f"*{suffix}" for suffix in sorted(FOOTAGE))
        dialog.setNameFilters([f"Footage ({known})", "All files (*)"])
        dialog.filesSelected.connect(lambda names: self.choose([Path(n) for n in names]))
        dialog.open()
        return dialog

    def _dialog(self, title: str) -> QFileDialog:
        there = next((p for p in (self._folder, *self._folder.parents) if p.is_dir()), Path.home())
        dialog = QFileDialog(self, title, str(there))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return dialog

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = _dropped(event.mimeData())
        if self.pages.currentWidget() is self.dock:
            for path in (p for p in paths if p.is_dir()):
                self.watch.emit(path)
        else:
            self.choose(paths)
        event.setDropAction(Qt.DropAction.CopyAction)  # a move would let the file manager delete the source
        event.accept()

    # -- sides

    def turn(self) -> None:
        """From the plan to the dock, and back."""
        self.show_side(_PLAN if self.pages.currentWidget() is self.dock else _DOCK)

    def show_side(self, side: str) -> None:
        self.side.choose(side)
        self._show_side(side)

    def _show_side(self, side: object) -> None:
        page = self.dock if side == _DOCK else self.plan
        self.pages.setFocusProxy(page)
        self.pages.setCurrentWidget(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        self._count.setText(self._count.toolTip() if page is self.plan else "")


def _dropped(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
