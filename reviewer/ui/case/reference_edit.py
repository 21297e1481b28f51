"""A text in which things of the case are named by reference: "E3", "22:42:14.9" stand in it as links that follow.

What is stored has tokens (`domain/reference`); here each is one piece that is typed around, deleted and copied whole.
Typing @ (or a key) asks what to name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPyTextObject,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from reviewer.domain.reference import WORDS, Reference, Target, parse
from reviewer.ui.case.reference_list import Offer, ReferenceList
from reviewer.ui.fonts import Type, font
from reviewer.ui.theme import theme_of

_OBJECT = QTextFormat.ObjectTypes.UserObject.value + 1
_TOKEN = QTextFormat.Property.UserProperty.value + 1
_STANDS_FOR = "\ufffc"
_MIME = "application/x-reviewer-text"
_PAD = 2.0
_BREAKS = ("\u2028", "\u2029")

Offers = Callable[[str], Sequence[Offer]]
"""What may be named for what was typed after the @."""


class _Link(QPyTextObject):
    """Draws a reference as it reads now."""

    def __init__(self, edit: ReferenceEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def intrinsicSize(self, _document: QTextDocument, _at: int, format_: QTextFormat) -> QSizeF:
        metrics = QFontMetricsF(self._edit.font())
        words = self._edit.read(str(format_.property(_TOKEN)))
        return QSizeF(metrics.horizontalAdvance(words) + 2 * _PAD, metrics.ascent())

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, _document: QTextDocument, _at: int, format_: QTextFormat
    ) -> None:
        rect = QRectF(rect)
        theme, token = theme_of(self._edit), str(format_.property(_TOKEN))
        target = self._edit.target(token)
        color = theme.color("info" if target is not None and target.stands else "warn")
        metrics = QFontMetricsF(self._edit.font())
        baseline = rect.bottom()
        painter.save()
        painter.setFont(self._edit.font())
        painter.setPen(QPen(color, 1))
        painter.drawText(QPointF(rect.left() + _PAD, baseline), self._edit.read(token))
        below = round(baseline + 2) + 0.5
        painter.drawLine(QPointF(rect.left() + _PAD, below), QPointF(rect.right() - _PAD, below))
        if target is not None and not target.stands:
            through = baseline - metrics.xHeight() / 2
            wide = metrics.horizontalAdvance(target.words)
            start = QPointF(rect.left() + _PAD, through)
            painter.drawLine(start, start + QPointF(wide, 0))
        painter.restore()


class ReferenceEdit(QTextEdit):
    """`edited`: a person changed it. `left`: the focus went. `followed(Reference, Target)`: a link was pressed.
    `grows`: as high as its words, at least `least` px."""

    edited = Signal()
    left = Signal()
    followed = Signal(object, object)

    def __init__(
        self, name: str, placeholder: str = "", *, grows: bool = False, least: int = 72, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._resolve: Callable[[Reference], Target | None] = lambda _reference: None
        self._offers: Offers = lambda _words: ()
        self._targets: dict[str, tuple[str, Target | None]] = {}
        self._setting = False
        self._grows, self._least = grows, least
        self._list: ReferenceList | None = None
        self._asked_at = 0
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setFont(font(Type.BODY))
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().registerHandler(_OBJECT, _Link(self))
        self.viewport().setMouseTracking(True)
        self.textChanged.connect(self._changed)
        if grows:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._grow())
            self._grow()

    # The text

    def set_case(self, resolve: Callable[[Reference], Target | None], offers: Offers) -> None:
        """What references lead to now, and what can be named. Whatever stands here reads anew."""
        self._resolve, self._offers = resolve, offers
        self._targets.clear()
        self.document().markContentsDirty(0, self.document().characterCount())
        self.viewport().update()

    @property
    def stored(self) -> str:
        """The text with its tokens."""
        return _stored(self.document())

    def set_stored(self, text: str) -> None:
        """Show another text. Nobody `edited` it."""
        if text == self.stored:
            return
        self._setting = True
        self.clear()
        self._write(self.textCursor(), text)
        self.document().clearUndoRedoStacks()
        self._setting = False

    def target(self, token: str) -> Target | None:
        """What a token leads to now."""
        return self._known(token)[1]

    def read(self, token: str) -> str:
        """What a token reads as now."""
        return self._known(token)[0]

    def _known(self, token: str) -> tuple[str, Target | None]:
        found = self._targets.get(token)
        if found is None:
            reference = next((piece.reference for piece in parse(token)), None)
            target = self._resolve(reference) if reference is not None else None
            gone = f"[{WORDS[reference.kind]} not in this case]" if reference is not None else token
            found = self._targets[token] = (target.read if target is not None else gone, target)
        return found

    def insert(self, reference: Reference) -> None:
        """Name a thing where the cursor stands."""
        self._put(self.textCursor(), reference.token)

    def _put(self, cursor: QTextCursor, token: str) -> None:
        format_ = QTextCharFormat()
        format_.setObjectType(_OBJECT)
        format_.setProperty(_TOKEN, token)
        format_.setFont(self.font())
        cursor.insertText(_STANDS_FOR, format_)

    def _write(self, cursor: QTextCursor, text: str) -> None:
        plain = QTextCharFormat()
        cursor.beginEditBlock()
        for piece in parse(text):
            if piece.reference is not None:
                self._put(cursor, piece.text)
            else:
                cursor.insertText(piece.text.replace(_STANDS_FOR, ""), plain)
        cursor.endEditBlock()

    def _changed(self) -> None:
        if not self._setting:
            self.edited.emit()

    # Naming things

    def ask(self) -> None:
        """What is to be named? The list opens where the cursor stands."""
        if self._list is not None or self.isReadOnly():
            return
        self._asked_at = self.textCursor().position()
        self._list = ReferenceList(self)
        self._list.chosen.connect(self._choose)
        self._list.given_up.connect(self._end_asking)
        self._offer()

    def _offer(self) -> None:
        """Narrow the list to what was typed; a space, or going back before the @, ends the asking."""
        if self._list is None:
            return
        words = self._typed_words()
        before = self.textCursor().position() < self._asked_at
        offers = () if before or words.endswith((" ", *_BREAKS)) else self._offers(words)
        if not offers:
            self._end_asking()
            return
        below = self.viewport().mapTo(self.window(), self.cursorRect().bottomLeft() + QPoint(0, 4))
        self._list.offer(offers, below)

    def _typed_words(self) -> str:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._asked_at)
        cursor.setPosition(max(self._asked_at, self.textCursor().position()), QTextCursor.MoveMode.KeepAnchor)
        return cursor.selectedText().removeprefix("@")

    def _choose(self, reference: Reference) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.setPosition(self._asked_at)
        cursor.setPosition(max(self._asked_at, self.textCursor().position()), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        self._put(cursor, reference.token)
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self._end_asking()

    def _end_asking(self) -> None:
        if self._list is not None:
            self._list.end()
            self._list = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        asks = event.text() == "@" and not self._in_word()
        if asks:
            self.ask()
        super().keyPressEvent(event)
        self._offer()

    def _in_word(self) -> bool:
        """Whether the cursor stands behind a letter: "a@b" is an address."""
        at = self.textCursor().position()
        return at > 0 and self.document().characterAt(at - 1).isalnum()

    # Following

    def at(self, point: QPoint) -> str | None:
        """The token under a point of the viewport."""
        place = QPointF(point.x() + self.horizontalScrollBar().value(), point.y() + self.verticalScrollBar().value())
        return self._token(self.document().documentLayout().hitTest(place, Qt.HitTestAccuracy.ExactHit))

    def _token(self, position: int) -> str | None:
        if position < 0 or self.document().characterAt(position) != _STANDS_FOR:
            return None
        cursor = QTextCursor(self.document())
        cursor.setPosition(position + 1)
        token = cursor.charFormat().property(_TOKEN)
        return token if isinstance(token, str) else None

    def follow(self) -> bool:
        """Go where the reference before or after the cursor leads. False if there is none."""
        position = self.textCursor().position()
        return any(self._follow(self._token(each)) for each in (position - 1, position))

    def _follow(self, token: str | None) -> bool:
        target = self.target(token) if token is not None else None
        if token is None or target is None:
            return False
        self.followed.emit(next(piece.reference for piece in parse(token)), target)
        return True

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self._follow(self.at(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self.at(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            token = self.at(event.pos())
            target = self.target(token) if token is not None else None
            QToolTip.showText(event.globalPos(), target.about if target is not None else "", self)
            return True
        return super().viewportEvent(event)

    # Copying

    def createMimeDataFromSelection(self) -> QMimeData:
        """Elsewhere the words as they read now; here the references themselves."""
        part = QTextDocument()
        QTextCursor(part).insertFragment(self.textCursor().selection())
        stored = _stored(part)
        made = QMimeData()
        made.setData(_MIME, stored.encode())
        made.setText("".join(self.read(p.text) if p.reference is not None else p.text for p in parse(stored)))
        return made

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasFormat(_MIME)

    def insertFromMimeData(self, source: QMimeData) -> None:
        own = bytes(source.data(_MIME).data()).decode(errors="replace") if source.hasFormat(_MIME) else None
        cursor = self.textCursor()
        cursor.removeSelectedText()
        self._write(cursor, own if own is not None else source.text())

    # Qt's

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._end_asking()
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._grows:
            self._grow()

    def _grow(self) -> None:
        self.setFixedHeight(max(self._least, int(self.document().size().height()) + 12))


def _stored(document: QTextDocument) -> str:
    """A document's text with its tokens."""
    rows, block = [], document.begin()
    while block.isValid():
        rows.append("".join(_fragments(block)))
        block = block.next()
    return "\n".join(rows)


def _fragments(block: Any) -> list[str]:  # noqa: ANN401 - Qt's iterators have no useful types
    found, iterator = [], block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        text, format_ = fragment.text(), fragment.charFormat()
        token = format_.property(_TOKEN) if format_.objectType() == _OBJECT else None
        if isinstance(token, str):
            text = text.replace(_STANDS_FOR, token)
        for each in _BREAKS:
            text = text.replace(each, "\n")
        found.append(text.replace(_STANDS_FOR, ""))
        iterator += 1
    return found
