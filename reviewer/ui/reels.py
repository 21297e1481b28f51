"""The reels of a training assignment, as design 06 has them: what was released, the picture, the clip, the order."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.disclosure_pad import EditPad
from reviewer.ui.fonts import Type
from reviewer.ui.reels_clip import ClipPanel
from reviewer.ui.reels_faces import FacesPanel
from reviewer.ui.reels_head import ReelHead
from reviewer.ui.reels_library import ReelLibrary
from reviewer.ui.reels_stage import ReelStage
from reviewer.ui.reels_strip import ReelStrip
from reviewer.ui.reels_transport import ReelTransport
from reviewer.ui.stage import StageView
from reviewer.ui.widgets import EmptyState, ErrorNote, label

_LOW = 820  # px


class ReelScreen(QWidget):
    """Its parts, put together; what they do is the room's (`app/case_reels`). `head.add_button` takes what else becomes
    of a reel; `clip.under` what stands beneath the right column."""

    def __init__(self, keys: KeyTable, views: tuple[StageView, StageView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = keys
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "0")
        self.library = ReelLibrary(keys)
        self.head = ReelHead(keys)
        self.stage = ReelStage(views)
        self.transport = ReelTransport(keys)
        self.clip = ClipPanel(keys)
        self.faces = FacesPanel(keys)
        self.pad = EditPad()
        self.strip = ReelStrip()
        self.strip.empty = (
            "No clip yet. Choose a recording on the left, mark it "
            f"({keys.shown('reel.in')} and {keys.shown('reel.out')}) and add the clip ({keys.shown('reel.add')}), "
            f"or begin with a title card ({keys.shown('reel.card')})."
        )
        self.error = ErrorNote()
        self.card = keys.wear(Button("Title card", icon="plus", height=28), "reel.card")
        self.empty = EmptyState(
            "movie",
            "No reel yet",
            "A reel is made of clips of what was released on the left, in an order, with cards and questions.",
            button="New reel",
            key=keys.shown("reel.choose"),
        )
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(self._make_body())
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.library)
        right = QVBoxLayout()
        right.setContentsMargins(16, 12, 0, 8)
        right.setSpacing(10)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 16, 0)
        head.addWidget(self.head)
        right.addLayout(head)
        right.addWidget(self.error)
        right.addWidget(self._body, 1)
        whole.addLayout(right, 1)

    def _make_body(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(14)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.stage, 1)
        left.addWidget(self.pad)
        left.addWidget(self.transport)
        row.addLayout(left, 1)
        self._side = QStackedWidget()
        self._side.setFixedWidth(self.clip.width())
        self._side.addWidget(self.clip)
        self._side.addWidget(self.faces)
        row.addWidget(self._side)
        column.addLayout(row, 1)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 16, 0)
        head.setSpacing(12)
        head.addWidget(label("Order", Type.SECTION))
        head.addWidget(label("Drag, or Alt + arrow keys", Type.DETAIL, "text2"))
        head.addStretch()
        head.addWidget(self.card)
        column.addLayout(head)
        column.addWidget(self.strip)
        return body

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.strip.set_low(low=self.height() < _LOW)

    def show_empty(self, empty: bool) -> None:
        """Whether there is no reel at all."""
        self._body.setCurrentIndex(0 if empty else 1)

    def show_faces(self, shown: bool) -> None:
        """The column of faces to decide on instead of the clip's fields."""
        self._side.setCurrentIndex(1 if shown else 0)

    @property
    def deciding(self) -> bool:
        """Whether faces are decided on now."""
        return self._side.currentIndex() == 1

    def lock(self) -> None:
        """No picture of the footage stays."""
        self.library.forget_pictures()
        self.strip.forget_pictures()
