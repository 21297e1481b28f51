"""Ways to go on after a question: each an answer and the clip that it leads to, played in the app."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from reviewer.domain.reel import Branch
from reviewer.ui.buttons import Button, IconButton, Look
from reviewer.ui.fields import line, mark_invalid
from reviewer.ui.fonts import Type, font
from reviewer.ui.widgets import label

MOST = 9
"""Answers have the keys 1 to 9."""
_END = "The reel ends"
_GONE = "a clip that is gone"


class _Way(QWidget):
    """One answer. `changed`: somebody wrote another, or chose another clip; `gone`: it is taken away."""

    changed = Signal()
    gone = Signal()

    def __init__(self, number: int) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.answer: QLineEdit = line(f"Answer {number}")
        self.answer.setAccessibleName(f"Answer {number}")
        self.to = QComboBox()
        self.to.setFont(font(Type.BODY))
        self.to.setFixedHeight(32)
        self.to.setMinimumWidth(40)
        self.to.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.to.setAccessibleName(f"Where answer {number} leads")
        away = IconButton(f"Take answer {number} away", "x")
        row.addWidget(self.answer, 5)
        row.addWidget(self.to, 4)
        row.addWidget(away)
        self.answer.editingFinished.connect(self.changed)
        self.to.activated.connect(lambda _at: self.changed.emit())
        away.clicked.connect(self.gone)

    def show_branch(self, branch: Branch, clips: Sequence[tuple[str, str]]) -> None:
        """The answer as it stands; `clips`: id and words of those it may lead to."""
        if not self.answer.hasFocus():
            self.answer.setText(branch.answer)
        self.to.clear()
        self.to.addItem(_END, "")
        for id_, words in clips:
            self.to.addItem(words, id_)
        at = self.to.findData(branch.to)
        if at < 0:
            self.to.addItem(_GONE, branch.to)
            at = self.to.count() - 1
        mark_invalid(self.to, self.to.itemText(at) == _GONE)
        self.to.setCurrentIndex(at)

    @property
    def branch(self) -> Branch:
        return Branch(self.answer.text().strip(), str(self.to.currentData() or ""))


class BranchEditor(QWidget):
    """`changed(tuple of Branch)`: as they are now; those without an answer are left out."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ways: list[_Way] = []
        self._clips: tuple[tuple[str, str], ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(label("Answers, and where they lead", Type.LABEL, "text2"))
        head.addStretch()
        self._more = Button("Answer", icon="plus", look=Look.QUIET, height=28)
        self._more.clicked.connect(lambda: self._add(Branch("", ""), focus=True))
        head.addWidget(self._more)
        column.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        column.addLayout(self._rows)

    def show_branches(self, branches: Sequence[Branch], clips: Sequence[tuple[str, str]]) -> None:
        """Of the chosen clip. A row that nothing was written in yet stays."""
        self._clips = tuple(clips)
        if tuple(branches) == self._now() and len(self._ways) >= len(branches):
            for way in self._ways:
                way.show_branch(way.branch, clips)
            return
        for way in tuple(self._ways):
            self._drop(way)
        for branch in branches[:MOST]:
            self._add(branch)

    def _now(self) -> tuple[Branch, ...]:
        return tuple(way.branch for way in self._ways if way.branch.answer)

    def _add(self, branch: Branch, *, focus: bool = False) -> None:
        if len(self._ways) >= MOST:
            return
        way = _Way(len(self._ways) + 1)
        way.show_branch(branch, self._clips)
        way.changed.connect(self._tell)
        way.gone.connect(lambda: self._take_away(way))
        self._ways.append(way)
        self._rows.addWidget(way)
        self._more.set_enabled(len(self._ways) < MOST, "Nine answers are the most.")
        if focus:
            way.answer.setFocus()

    def _take_away(self, way: _Way) -> None:
        self._drop(way)
        self._tell()

    def _drop(self, way: _Way) -> None:
        self._ways.remove(way)
        self._rows.removeWidget(way)
        way.hide()
        way.deleteLater()
        self._more.set_enabled(len(self._ways) < MOST)

    def _tell(self) -> None:
        self.changed.emit(self._now())
