"""One page of a document on the screen: a picture with what was found outlined on it, or numbered lines."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QTextEdit, QWidget

from reviewer.papers.sheet import Hit, PagePicture, PageText
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import theme_of

_EDGE = 12  # px around a page
_SLACK = 2.0  # px that an outline stands off what was found
_NOW, _OTHER = 2.5, 1.5  # px of an outline
_GUTTER = 12


def image_of(picture: PagePicture) -> QImage:
    """The page's own pixels, which outlive the picture they came in."""
    high, wide, _ = picture.pixels.shape
    data = picture.pixels.tobytes()
    return QImage(data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()


class _Sheet(QWidget):
    """The page itself, as large as the zoom makes it."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.hits: tuple[Hit, ...] = ()
        self.now: Hit | None = None
        self.setAccessibleName("The page")

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(self.rect()), self.image)
        theme = theme_of(self)
        for hit in self.hits:
            chosen = hit is self.now
            # The paper is white in both themes, so the colours are the light theme's that hold on white.
            fill, edge = (
                (QColor(20, 49, 92, 60), QColor(20, 49, 92)) if chosen else (QColor(132, 80, 0, 40), QColor(132, 80, 0))
            )
            painter.setPen(QPen(edge, _NOW if chosen else _OTHER))
            painter.setBrush(fill)
            for box in hit.boxes:
                painter.drawRect(self._placed(box))
        painter.setPen(QPen(theme.color("edge"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _placed(self, box: tuple[float, float, float, float]) -> QRectF:
        left, top, right, bottom = box
        wide, high = self.width(), self.height()
        return QRectF(left * wide, top * high, (right - left) * wide, (bottom - top) * high).adjusted(
            -_SLACK, -_SLACK, _SLACK, _SLACK
        )

    def place_of(self, hit: Hit) -> QRect:
        """Where the first box of a hit stands."""
        return self._placed(hit.boxes[0]).toAlignedRect() if hit.boxes else QRect()


class PageArea(QScrollArea):
    """A page that is drawn; it scrolls where it is larger than the room."""

    def __init__(self) -> None:
        super().__init__()
        self._sheet = _Sheet()
        self.setWidget(self._sheet)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName("Page of the document")
        self.setViewportMargins(_EDGE, _EDGE, _EDGE, _EDGE)

    @property
    def room(self) -> int:
        """Width for a page that fits, in logical pixels, whether a scroll bar stands beside it or not."""
        return max(120, self.width() - 2 * _EDGE - self.verticalScrollBar().sizeHint().width() - 2)

    def show_page(self, image: QImage, size: QSize) -> None:
        """This picture, `size` logical pixels large."""
        self._sheet.image = image
        self._sheet.setFixedSize(size)
        self._sheet.update()

    def clear(self) -> None:
        """Nothing is to be seen."""
        self._sheet.image, self._sheet.hits, self._sheet.now = QImage(), (), None
        self._sheet.update()

    def show_hits(self, hits: Sequence[Hit], now: Hit | None) -> None:
        """What was found on this page; `now` is brought into view."""
        self._sheet.hits, self._sheet.now = tuple(hits), now
        self._sheet.update()
        if now is not None and now.boxes:
            place = self._sheet.place_of(now).center()
            self.ensureVisible(place.x(), place.y(), 80, 120)

    def to_top(self) -> None:
        self.verticalScrollBar().setValue(0)


class _Numbers(QWidget):
    def __init__(self, text: TextArea) -> None:
        super().__init__(text)
        self._text = text

    def paintEvent(self, event: QPaintEvent) -> None:
        self._text.paint_numbers(self, event)


class TextArea(QPlainTextEdit):
    """A page of text: its lines wrap and keep the numbers that the file counts them by. It is read only."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers: tuple[int, ...] = ()
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("plain", True)
        self.setFont(font(Type.BODY))
        self.setAccessibleName("Page of the document")
        self.setUndoRedoEnabled(False)
        self._gutter = _Numbers(self)
        self.updateRequest.connect(self._scrolled)

    def show_page(self, text: PageText) -> None:
        """These lines, from the first."""
        self._numbers = tuple(line.number for line in text.lines)
        # A line break of another kind within a line would shift the numbers.
        self.setPlainText("\n".join(line.text.replace("\u2028", " ").replace("\u2029", " ") for line in text.lines))
        self.setViewportMargins(self._wide(), 8, 8, 8)
        self._lay_out()

    def show_hits(self, hits: Sequence[Hit], now: Hit | None) -> None:
        """What was found on this page; `now` is brought into view."""
        theme, marks = theme_of(self), []
        for hit in hits:
            mark = QTextEdit.ExtraSelection()
            look = QTextCharFormat()
            look.setBackground(theme.color("ink" if hit is now else "warn_tint"))
            look.setForeground(theme.color("on_ink" if hit is now else "text"))
            mark.format, mark.cursor = look, self._cursor(hit)
            marks.append(mark)
        self.setExtraSelections(marks)
        if now is not None:
            self.setTextCursor(self._cursor(now, select=False))
            self.ensureCursorVisible()

    def show_line(self, number: int) -> None:
        """Bring a line, as the file counts it, into view."""
        if number in self._numbers:
            self.setTextCursor(self._cursor(Hit(0, line=self._numbers.index(number) + 1), select=False))
            self.centerCursor()

    def clear_page(self) -> None:
        self._numbers = ()
        self.setPlainText("")

    def _cursor(self, hit: Hit, *, select: bool = True) -> QTextCursor:
        block = self.document().findBlockByNumber(max(0, hit.line - 1))
        cursor = QTextCursor(block)
        start = block.position() + min(hit.at, max(0, block.length() - 1))
        cursor.setPosition(start)
        if select:
            end = min(start + hit.length, block.position() + block.length() - 1)
            cursor.setPosition(max(start, end), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _wide(self) -> int:
        digits = max(3, len(str(max(self._numbers, default=0))))
        return digits * self.fontMetrics().horizontalAdvance("0") + 2 * _GUTTER

    def _scrolled(self, _rect: QRect, by: int) -> None:
        self._gutter.scroll(0, by) if by else self._gutter.update()

    def _lay_out(self) -> None:
        inside = self.contentsRect()
        self._gutter.setGeometry(inside.left(), inside.top(), self._wide(), inside.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paint_numbers(self, on: QWidget, event: QPaintEvent) -> None:
        """The numbers beside the lines that are in view."""
        painter = QPainter(on)
        painter.fillRect(event.rect(), theme_of(self).color("bg2"))
        painter.setFont(font(Type.META))
        painter.setPen(theme_of(self).color("text3"))
        block = self.firstVisibleBlock()
        above = self.viewport().mapTo(self, QPoint(0, 0)).y() - on.y()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top() + above
        while block.isValid() and top <= event.rect().bottom():
            number = self._numbers[block.blockNumber()] if block.blockNumber() < len(self._numbers) else 0
            if number:
                line = QRectF(0, top, on.width() - _GUTTER, self.fontMetrics().height())
                painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
            top += self.blockBoundingRect(block).height()
            block = block.next()
