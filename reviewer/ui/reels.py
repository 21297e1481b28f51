"""The reels of a training assignment, as design 06 has them."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.stage import StageView


class ReelScreen(QWidget):
    def __init__(self, keys: KeyTable, stage: StageView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys, self.stage = keys, stage
        column = QVBoxLayout(self)
        column.addWidget(stage)
