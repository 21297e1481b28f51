"""A bar over every screen: something that has to be done soon, or that keeps work from going on. Hidden while there is
nothing."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from reviewer.ui.fonts import SEMIBOLD, Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import Tone, theme_of
from reviewer.ui.widgets import label, set_tone

_ICONS = {Tone.STOP: "alert-octagon"}


class WarningBar(QWidget):
    """One headline and one sentence, with the next step in it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = Tone.WARN
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(10)
        self._icon = IconLabel("alert-triangle", 18, "warn")
        self._title = label("", Type.BODY, "warn", weight=SEMIBOLD)
        self._words = label("", Type.BODY, wrap=True)
        row.addWidget(self._icon)
        row.addWidget(self._title)
        row.addWidget(self._words, 1)
        self.hide()

    @property
    def words(self) -> str:
        """What it says; "" while it is hidden."""
        return "" if self.isHidden() else f"{self._title.text()}. {self._words.text()}"

    def say(self, title: str, words: str, tone: Tone) -> None:
        """Show it, and tell assistive technology. Saying the same again disturbs nobody."""
        if self.words == f"{title}. {words}" and tone is self._tone:
            return
        self._tone = tone
        self._icon.show_icon(_ICONS.get(tone, "alert-triangle"), tone.value)
        self._title.setText(title)
        set_tone(self._title, tone.value)
        self._words.setText(words)
        self.setAccessibleName(f"{title}. {words}")
        self.show()
        self.update()

    def unsay(self) -> None:
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = theme_of(self)
        painter.fillRect(self.rect(), theme.tint(self._tone))
        painter.fillRect(self.rect().adjusted(0, self.height() - 1, 0, 0), theme.color("line"))
