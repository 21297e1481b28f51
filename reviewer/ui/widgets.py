"""The small vocabulary that every screen is written in: labels, chips, tags, key caps, cards, empty states, errors."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.ui import icons
from reviewer.ui.buttons import Button, Look, cap_width, paint_cap
from reviewer.ui.fonts import SEMIBOLD, Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import Theme, Tone, theme_of


class Wrapped(QLabel):
    """Words that wrap, as high as they need to be at the width they get.

    Qt's own height-for-width squeezes the neighbours of a wrapped label in nested layouts; this one asks for its height
    after it knows its width.
    """

    def __init__(self, words: str = "") -> None:
        super().__init__(words)
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._needed())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self._needed())

    def _needed(self) -> int:
        return max(0, self.heightForWidth(self.width()))

    def setText(self, words: str) -> None:
        super().setText(words)
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


def short_path(path: Path, longest: int = 48) -> str:
    """A path in at most so many characters: the home as ~, the middle left out."""
    home = Path.home()
    words = str(Path("~", path.relative_to(home)) if path.is_relative_to(home) else path)
    half = (longest - 3) // 2
    return words if len(words) <= longest else f"{words[:half]} … {words[-half:]}"


def label(
    words: str = "",
    role: Type = Type.BODY,
    tone: str = "text",
    *,
    weight: QFont.Weight | None = None,
    wrap: bool = False,
) -> QLabel:
    """A label of plain text (never markup: words may come from footage or from people)."""
    made = Wrapped(words) if wrap else QLabel(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(role, weight))
    made.setProperty("tone", tone)
    if not wrap:
        made.setMinimumHeight(role.line)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Another colour for a label's words; the style sheet is asked again."""
    if widget.property("tone") == tone:
        return
    widget.setProperty("tone", tone)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def surface(level: int, border: str = "", parent: QWidget | None = None) -> QWidget:
    """A plain panel on bg0 to bg3, with a line on one side if asked ("top", "right", "bottom", "left")."""
    made = QWidget(parent)
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    made.setProperty("surface", str(level))
    if border:
        made.setProperty("border", border)
    return made


def divider(vertical: bool = False) -> QWidget:
    """One px of line."""
    made = QFrame()
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    made.setProperty("fill", "line")
    made.setFixedSize(QSize(1, 24)) if vertical else made.setFixedHeight(1)
    return made


class Chip(QWidget):
    """An officer's number in the officer's colour: the key that focuses the camera."""

    def __init__(self, number: int, size: int = 18, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._size = number, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"Camera {number}")

    def sizeHint(self) -> QSize:
        return chip_size(self._number, self._size)

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        paint_chip(painter, QRectF(self.rect()), self._number, theme_of(self))


def chip_size(number: int, size: int = 18) -> QSize:
    return QSize(size if number < 10 else size + 7, size)


def paint_chip(painter: QPainter, rect: QRectF, number: int, theme: Theme) -> None:
    """The same chip wherever it is drawn: tile heads, lanes, lists, the map."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.officer(number))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(theme.digit(number))
    painter.setFont(font(Type.DETAIL_STRONG))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(number))
    painter.restore()


_TAG_HEIGHT = 20
_TAG_ICON = 14
_TAG_PAD = 6


def tag_width(words: str, icon: str) -> float:
    width = QFontMetricsF(font(Type.LABEL)).horizontalAdvance(words) + 2 * _TAG_PAD
    return width + (_TAG_ICON + 4 if icon else 0)


def paint_tag(painter: QPainter, rect: QRectF, words: str, icon: str, tone: Tone, theme: Theme) -> None:
    """A state in its tint: icon and words, left-aligned in `rect`, 20 px high."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    width = min(rect.width(), tag_width(words, icon))
    box = QRectF(rect.left(), rect.center().y() - _TAG_HEIGHT / 2, width, _TAG_HEIGHT)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.tint(tone))
    painter.drawRoundedRect(box, 4, 4)
    x = box.left() + _TAG_PAD
    if icon:
        icons.paint(painter, icon, QRectF(x, box.center().y() - _TAG_ICON / 2, _TAG_ICON, _TAG_ICON), theme.tone(tone))
        x += _TAG_ICON + 4
    painter.setFont(font(Type.LABEL))
    painter.setPen(theme.tone(tone))
    painter.drawText(QRectF(x, box.top(), box.right() - x, box.height()), Qt.AlignmentFlag.AlignVCenter, words)
    painter.restore()


class Tag(QWidget):
    """A state as icon and words on its own tint: "verified", "corrupt", "63 %"."""

    def __init__(self, words: str = "", tone: Tone = Tone.PLAIN, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.say(words, tone, icon)

    @property
    def words(self) -> str:
        return self._words

    def say(self, words: str, tone: Tone = Tone.PLAIN, icon: str = "") -> None:
        self._words, self._tone, self._icon = words, tone, icon
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(int(tag_width(self._words, self._icon)) + 1, _TAG_HEIGHT)

    def paintEvent(self, _event: object) -> None:
        paint_tag(QPainter(self), QRectF(self.rect()), self._words, self._icon, self._tone, theme_of(self))


class KeyCap(QWidget):
    """A key as it stands on the keyboard: "Ctrl L"."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_key(key)

    def show_key(self, key: str) -> None:
        self._key = key
        self.setAccessibleName(f"Key {key}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(int(cap_width(self._key)) + 1, 18)

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = theme_of(self)
        paint_cap(painter, QRectF(self.rect()), self._key, theme.color("edge"), theme.color("text2"))


class Card(QWidget):
    """A rounded panel. `tone` STOP gives it a red border: a refusal. Dashed is a state, not content."""

    def __init__(self, tone: Tone = Tone.PLAIN, *, dashed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone, self._dashed = tone, dashed
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    def paintEvent(self, _event: object) -> None:
        theme = theme_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plain = self._tone is Tone.PLAIN
        pen = QPen(theme.color("line") if plain else theme.tone(self._tone), 1)
        if self._dashed:
            pen = QPen(theme.color("edge"), 1, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4, 3])
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush if self._dashed else theme.color("bg1"))
        painter.drawRoundedRect(box, 8, 8)
        if not plain:
            ground = QColor(theme.tint(self._tone))
            ground.setAlphaF(0.35)
            painter.setBrush(ground)
            painter.drawRoundedRect(box, 8, 8)


def paint_progress(painter: QPainter, rect: QRectF, fraction: float, theme: Theme, color: str = "ink") -> None:
    """A 6 px strip, filled to `fraction` (0 to 1)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    strip = QRectF(rect.left(), rect.center().y() - 3, rect.width(), 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("line"))
    painter.drawRoundedRect(strip, 2, 2)
    if fraction > 0:
        filled = QRectF(strip)
        filled.setWidth(max(2.0, strip.width() * min(1.0, fraction)))
        painter.setBrush(theme.color(color))
        painter.drawRoundedRect(filled, 2, 2)
    painter.restore()


class ProgressStrip(QWidget):
    """How far something is, as a strip. Put the figure in words beside it."""

    def __init__(self, name: str, color: str = "ink", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fraction, self._token, self._name = 0.0, color, name
        self.setFixedHeight(12)
        self.setMinimumWidth(48)
        self.setAccessibleName(name)

    @property
    def fraction(self) -> float:
        return self._fraction

    def set_fraction(self, fraction: float) -> None:
        self._fraction = fraction
        self.setAccessibleName(f"{self._name}, {percent(fraction)}")
        self.update()

    def paintEvent(self, _event: object) -> None:
        paint_progress(QPainter(self), QRectF(self.rect()), self._fraction, theme_of(self), self._token)


def percent(fraction: float) -> str:
    """ "63 %", rounded down, so that 100 % means all of it."""
    return f"{int(max(0.0, min(1.0, fraction)) * 100 + 1e-9)} %"


_SENTENCE, _BESIDE, _NARROWEST = 420, 24, 240  # px: an empty pane's sentence at most, its margins, the pane at least


class EmptyState(QWidget):
    """Nothing here yet: an icon, one sentence, and the next step with its key."""

    pressed = Signal()

    def __init__(
        self,
        icon: str,
        headline: str,
        sentence: str,
        *,
        button: str = "",
        key: str = "",
        color: str = "text2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(headline)
        self.setAccessibleDescription(sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(_BESIDE, 40, _BESIDE, 40)
        column.setSpacing(4)
        column.addStretch()
        self._icon = IconLabel(icon, 28, color)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        self._headline = label(headline, Type.SECTION)
        column.addWidget(self._headline, 0, Qt.AlignmentFlag.AlignHCenter)
        self._sentence = label(sentence, Type.BODY, "text2", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._sentence.setFixedWidth(_SENTENCE)
        column.addWidget(self._sentence, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button = Button(button, key=key, look=Look.DEFAULT)
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.pressed)
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def minimumSizeHint(self) -> QSize:
        return QSize(min(_NARROWEST, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The sentence wraps in a narrow pane."""
        super().resizeEvent(event)
        self._sentence.setFixedWidth(max(_NARROWEST - 2 * _BESIDE, min(_SENTENCE, self.width() - 2 * _BESIDE)))

    def say(self, icon: str, headline: str, sentence: str, color: str = "text2") -> None:
        self._icon.show_icon(icon, color)
        self._headline.setText(headline)
        self._sentence.setText(sentence)
        self.setAccessibleName(headline)
        self.setAccessibleDescription(sentence)


class ErrorNote(QWidget):
    """An error where it happened: icon, what is wrong and what is kept, the next step. Hidden while there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._icon = IconLabel("alert-triangle", 16, "stop")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._words = label("", Type.DETAIL, "stop", wrap=True)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def words(self) -> str:
        return self._words.text()

    def say(self, error: ReviewerError | str, tone: Tone = Tone.STOP) -> None:
        """Show an error (or a sentence) and tell assistive technology; "" hides the note."""
        words = str(error)
        self._words.setText(words)
        self._icon.show_icon("alert-triangle", tone.value)
        set_tone(self._words, tone.value)
        self.setAccessibleName(words)
        self.setVisible(bool(words))

    def clear(self) -> None:
        self.say("")


def strong(words: str, tone: str = "text") -> QLabel:
    """Body text that carries weight."""
    return label(words, Type.BODY, tone, weight=SEMIBOLD)
