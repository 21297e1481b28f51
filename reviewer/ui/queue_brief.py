"""In the queue's sheet: the complaint in short. Every clock that runs, and what is alleged."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from reviewer.domain.statutory import Brief
from reviewer.ui.fonts import Type
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Tag, divider, label, strong

_LISTED = 6  # allegations


class BriefPart(QWidget):
    """Hidden while nothing was written of a complaint."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 12)
        self._column.setSpacing(0)
        self.hide()

    def show_brief(self, brief: Brief, zone: Zone) -> None:
        """Another case's, or the same one's anew."""
        self.setVisible(bool(brief.state))
        if (brief, zone) == self._shown:
            return
        self._shown = brief, zone
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._column.addWidget(strong("Clocks"))
        for words, at in brief.clocks:
            self._add(label(words, Type.BODY, "text2"), strong(zone.date(at)))
        if not brief.clocks:
            why = f"Paused: {brief.paused}" if brief.paused else "None runs."
            self._add(label(why, Type.BODY, "text2"), None)
        if brief.allegations:
            self._column.addSpacing(10)
            self._column.addWidget(strong("Allegations"))
        for each in brief.allegations[:_LISTED]:
            number, _, title = each.partition(" ")
            said = label(title)
            said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            said.setToolTip(title)
            self._add(Tag(number), said, first=True)
        more = len(brief.allegations) - _LISTED
        if more > 0:
            self._column.addWidget(label(f"and {more} more", Type.DETAIL, "text2"))

    def _add(self, left: QWidget, right: QWidget | None, *, first: bool = False) -> None:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 5, 0, 5)
        row.setSpacing(8)
        row.addWidget(left, 0 if first else 1)
        if right is not None:
            row.addWidget(right, 1 if first else 0)
        self._column.addWidget(line)
        self._column.addWidget(divider())
