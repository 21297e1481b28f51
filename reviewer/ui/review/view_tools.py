"""Under the focused picture: see it nearer or lighter, save its original. Says that the recording stays as it is."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from reviewer.ui.buttons import Button, Look
from reviewer.ui.fonts import Type
from reviewer.ui.review.frame import LIGHTS, ZOOMS, Lens
from reviewer.ui.widgets import label

_LIMITS_FIT = 560
_STILL = "Save the original frame that stands here, with where it comes from written in the file"


class ViewTools(QWidget):
    """`lens_chosen` carries the Lens. Each press takes the next value, the last one goes back to the first.
    `still_asked` when the frame is to be saved."""

    lens_chosen = Signal(object)
    still_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lens = Lens()
        self.zoom = Button("", icon="zoom-in", look=Look.QUIET, height=28)
        self.zoom.setToolTip("Show a part larger; drag the picture to move. The recording stays as it is")
        self.zoom.clicked.connect(lambda: self._choose(replace(self._lens, zoom=_next(ZOOMS, self._lens.zoom))))
        self.light = Button("", icon="adjustments", look=Look.QUIET, height=28)
        self.light.setToolTip("Lighten the shadows of the focused picture. The recording stays as it is")
        self.light.clicked.connect(lambda: self._choose(replace(self._lens, light=_next(LIGHTS, self._lens.light))))
        self.still = Button("Still", icon="file-export", look=Look.QUIET, height=28)
        self.still.clicked.connect(self.still_asked)
        self._limits = label("These change what you see, never the recording", Type.META, "text3")
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 4, 0)
        row.setSpacing(4)
        row.addWidget(self.zoom)
        row.addWidget(self.light)
        row.addWidget(self.still)
        row.addStretch()
        row.addWidget(self._limits)
        self._say()
        self.set_still("No picture is shown yet.")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._limits.setVisible(self.width() >= _LIMITS_FIT)

    @property
    def lens(self) -> Lens:
        return self._lens

    def set_still(self, why_not: str) -> None:
        """Whether a still can be saved now: "" or why not."""
        self.still.set_enabled(not why_not, why_not)
        if not why_not:
            self.still.setToolTip(_STILL)

    def reset(self) -> None:
        """Back to the picture as it is, when another one is focused."""
        self._choose(Lens())

    def _choose(self, lens: Lens) -> None:
        self._lens = lens
        self._say()
        self.lens_chosen.emit(lens)

    def _say(self) -> None:
        self.zoom.set_words(f"Zoom {self._lens.zoom}×")
        self.light.set_words(f"Light +{self._lens.light}" if self._lens.light else "Light 0")


def _next(values: tuple[int, ...], now: int) -> int:
    return values[(values.index(now) + 1) % len(values)]
