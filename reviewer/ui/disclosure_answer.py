"""A form: how a request was answered, and by which of the agency's reasons what was not given is refused."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.agency import Tables
from reviewer.domain.request import Answer, Request
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.custodian_search import Choice
from reviewer.ui.disclosure_words import ANSWERS
from reviewer.ui.fields import check, labelled
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import ErrorNote, label


class AnswerForm(QWidget):
    """`answered(Answer, ids of reasons)`; `left()`: nothing is written."""

    answered = Signal(object, object)
    left = Signal()

    def __init__(self, keys: KeyTable, tables: Tables) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self._heading = label("", Type.PANEL, wrap=True)
        self.answer = Choice([(words[:1].upper() + words[1:], answer) for answer, words in ANSWERS.items()])
        self.reasons = {each.id: check(each.words) for each in tables.hiding if each.refuses}
        for each in tables.hiding:
            if each.id in self.reasons:
                self.reasons[each.id].setToolTip(each.source)
        self.error = ErrorNote()
        self.write = keys.wear(Button("Write the answer", icon="signature", look=Look.PRIMARY), "disclose.save")
        self.write.clicked.connect(self.submit)
        back = keys.wear(Button("Back", look=Look.QUIET), "disclose.requests")
        back.setToolTip("Nothing is written")
        back.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self._heading)
        column.addWidget(
            label(
                "The clock of the request stops with its answer. It stays on the register.",
                Type.BODY,
                "text2",
                wrap=True,
            )
        )
        column.addWidget(labelled("Answer", self.answer))
        self._why = label("What is not given is refused because of", Type.LABEL, "text2")
        column.addWidget(self._why)
        for box in self.reasons.values():
            column.addWidget(box)
        column.addWidget(self.error)
        row = QHBoxLayout()
        row.addWidget(self.write)
        row.addWidget(back)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        self.answer.currentIndexChanged.connect(lambda _at: self._show_reasons())

    def begin(self, request: Request, read_only: str) -> None:
        """The answer as it stands."""
        self._heading.setText(f"Answer to {request.number}")
        self.answer.choose(request.answer)
        for id_, box in self.reasons.items():
            box.setChecked(id_ in request.refusals)
        self.error.clear()
        self.write.set_enabled(not read_only, read_only)
        self._show_reasons()

    def _show_reasons(self) -> None:
        refused = self.answer.value in (Answer.REFUSED, Answer.PARTLY)
        self._why.setVisible(refused)
        for box in self.reasons.values():
            box.setVisible(refused)

    def submit(self) -> None:
        """Write it, if this person may."""
        if not self.write.isEnabled():
            return
        refused = self.answer.value in (Answer.REFUSED, Answer.PARTLY)
        chosen = tuple(id_ for id_, box in self.reasons.items() if refused and box.isChecked())
        self.answered.emit(self.answer.value, chosen)
