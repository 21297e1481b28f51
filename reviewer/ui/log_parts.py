"""Sentences in cards: what is true of the log, or of the store."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from reviewer.ui.fonts import Type, font
from reviewer.ui.icons import IconLabel
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import Card, label


@dataclass(frozen=True, slots=True)
class Sentence:
    icon: str
    tone: Tone
    title: str
    words: str


class Lead(QLabel):
    """Words beside a title, where all of them have room; else none."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.setFont(font(Type.LEAD))
        self.setProperty("tone", "text2")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)


class SentenceCard(Card):
    """One of the four things that are true of the log."""

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 12, 12)
        row.setSpacing(10)
        self._icon = IconLabel("hourglass", 20, "text2")
        row.addWidget(self._icon)
        column = QVBoxLayout()
        column.setSpacing(1)
        self._title = label("", Type.SECTION, wrap=True)
        self._words = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._title)
        column.addWidget(self._words)
        column.addStretch()
        row.addLayout(column, 1)
        self.setMinimumHeight(64)  # one line below the title leaves no empty strip; titles of a row stand level
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def say(self, sentence: Sentence) -> None:
        self._icon.show_icon(sentence.icon, "text2" if sentence.tone is Tone.PLAIN else sentence.tone.value)
        self._title.setText(sentence.title)
        self._words.setText(sentence.words)
        self.setAccessibleName(f"{sentence.title}. {sentence.words}")
