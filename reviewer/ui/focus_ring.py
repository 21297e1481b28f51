"""The focus ring: 2 px, 2 px off, around whatever has the focus, drawn over everything and in nobody's way.

It shows for the keyboard and for text fields. A control that draws its own focus (a tile's ink frame) sets the property
"ownFocus".
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget
from shiboken6 import isValid

from reviewer.ui.actions import is_text
from reviewer.ui.theme import theme_of

WIDTH = 2
OFFSET = 2
_REACH = WIDTH + OFFSET


class _Overlay(QWidget):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.around: QWidget | None = None
        self.full = QRect()

    def paintEvent(self, _event: object) -> None:
        if self.around is None or not isValid(self.around):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme_of(self.around).color("focus"), WIDTH))
        ring = QRectF(self.full.translated(-self.pos())).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(ring, 8, 8)


class FocusRing(QObject):
    """One a program. Follows the focus through every window."""

    def __init__(self, application: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent or application)
        self._overlay: _Overlay | None = None
        self._watched: list[QWidget] = []
        self._application = application
        application.focusChanged.connect(self._moved)

    @property
    def around(self) -> QWidget | None:
        """What the ring is around now, for tests."""
        overlay = self._overlay
        return overlay.around if overlay is not None and isValid(overlay) and overlay.isVisible() else None

    def _moved(self, _old: QWidget | None, now: QWidget | None) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        by_mouse = self._application.mouseButtons() != Qt.MouseButton.NoButton
        if now is None or now.property("ownFocus") or (by_mouse and not is_text(now)):
            self._hide()
            return
        at: QWidget | None = now
        while at is not None:
            at.installEventFilter(self)
            self._watched.append(at)
            at = None if at.isWindow() else at.parentWidget()
        self._place(now)

    def _hide(self) -> None:
        if self._overlay is not None and isValid(self._overlay):
            self._overlay.around = None
            self._overlay.hide()

    def _place(self, widget: QWidget) -> None:
        window = widget.window()
        overlay = self._overlay
        if overlay is None or not isValid(overlay) or overlay.parentWidget() is not window:
            self._hide()
            overlay = self._overlay = _Overlay(window)
        full = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-_REACH, -_REACH, _REACH, _REACH)
        clip = _clip(widget, window)
        seen = full.intersected(clip)
        overlay.around = widget
        aside = widget.isVisible() and widget.visibleRegion().isEmpty()  # parked where its parent does not reach
        if seen.isEmpty() or aside or not widget.isVisibleTo(window):
            overlay.hide()
            return
        overlay.full = _inside(full, window.rect())
        overlay.setGeometry(seen.intersected(window.rect()))
        overlay.raise_()
        overlay.show()
        overlay.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (
            QEvent.Type.Move,
            QEvent.Type.Resize,
            QEvent.Type.Show,
            QEvent.Type.Hide,
            QEvent.Type.StyleChange,
        ):
            overlay = self._overlay
            if overlay is not None and isValid(overlay) and overlay.around is not None and isValid(overlay.around):
                self._place(overlay.around)
        return False


def _inside(ring: QRect, window: QRect) -> QRect:
    """A control at the window's edge gets its ring inside the window."""
    return ring.intersected(window)


def _clip(widget: QWidget, window: QWidget) -> QRect:
    """What scroll areas leave to be seen."""
    clip = window.rect()
    at = widget.parentWidget()
    while at is not None and at is not window:
        parent = at.parentWidget()
        if isinstance(parent, QAbstractScrollArea) and at is parent.viewport():
            seen = QRect(at.mapTo(window, QPoint(0, 0)), at.size()).adjusted(-_REACH, -_REACH, _REACH, _REACH)
            clip = clip.intersected(seen)
        at = parent
    return clip
