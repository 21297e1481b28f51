"""The finding of one allegation, beside the board (design, screen 04): written, signed, reviewed, returned, decided."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.gate import clock_words, sentence, slow_words
from reviewer.services.finding_face import Face
from reviewer.ui.actions import KeyTable
from reviewer.ui.case.finding_course import FindingCourse, Zones
from reviewer.ui.case.finding_form import FindingForm
from reviewer.ui.case.finding_parts import AllegationChip
from reviewer.ui.case.finding_review import FindingReview, ImpressionForm
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import EmptyState, ErrorNote, Tag, divider, label


class FindingPanel(QWidget):
    """`wished(Wish)`: what a person asks for."""

    wished = Signal(object)

    def __init__(self, keys: KeyTable, zone: Zones) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self.face: Face | None = None
        self.form, self.impression = FindingForm(keys), ImpressionForm(keys)
        self.review, self.course = FindingReview(keys), FindingCourse(keys, zone)
        self._nothing = EmptyState("signature", "No allegation yet", "A finding is made of each allegation.")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._area = self._scrolling(self._whole())
        self._brought: QWidget | None = None
        self._area.verticalScrollBar().rangeChanged.connect(lambda *_: self._show_asked())
        self._stack.addWidget(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        for each in (self.form, self.impression, self.review, self.course):
            each.wished.connect(self.wished)
        for asking in (self.review, self.course):
            asking.opened.connect(self._bring)

    def _whole(self) -> QWidget:
        held = QWidget()
        held.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        held.setProperty("surface", "1")
        column = QVBoxLayout(held)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(8)
        self._name = AllegationChip()
        head.addWidget(self._name)
        head.addWidget(label("Finding", Type.PANEL))
        head.addStretch(1)
        self._covered = Tag()
        head.addWidget(self._covered)
        column.addLayout(head)
        self._title = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._title)
        self._note = ErrorNote()
        column.addWidget(self._note)
        column.addWidget(self.impression)
        column.addWidget(self.form)
        column.addWidget(divider())
        column.addWidget(self.review)
        column.addWidget(divider())
        column.addWidget(self.course)
        column.addStretch(1)
        return held

    def _scrolling(self, held: QWidget) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(held)
        return area

    def _bring(self, asked: QWidget) -> None:
        """A question that opened below the edge comes into view, also while what is above it still finds its height."""
        self._brought = asked
        QTimer.singleShot(0, asked, self._show_asked)

    def _show_asked(self) -> None:
        asked = self._brought
        if asked is not None and any(asked is each for each in (self.course.ask, self.review.question)):
            self._area.ensureWidgetVisible(asked, 0, 16)
        else:
            self._brought = None

    def show_face(self, face: Face | None) -> None:
        """What stands now; None where there is no allegation."""
        if face is None:
            self.face = None
            self._stack.setCurrentIndex(0)
            return
        if self.face is None or self.face.allegation.id != face.allegation.id:
            self._note.clear()
        self.face = face
        self._stack.setCurrentIndex(1)
        self._name.show_name(face.allegation.name)
        self._title.setText(face.allegation.title)
        self._gate(face)
        self.impression.setVisible(face.hidden)
        self.form.setVisible(not face.hidden)
        self.course.setVisible(not face.hidden)
        if face.hidden:
            self.impression.show_face(face)
        else:
            self.form.show_face(face)
            self.course.show_face(face)
        self.review.show_face(face)

    def _gate(self, face: Face) -> None:
        gate = face.gate
        if gate is None:
            self._covered.say("counting …")
        elif gate.met:
            self._covered.say("coverage met", Tone.OK, "circle-check")
        else:
            self._covered.say(f"{clock_words(gate.left)} not watched", Tone.WARN, "eye-off")
        about = [sentence(gate), slow_words(gate)] if gate is not None else []
        self._covered.setToolTip("\n".join(each for each in about if each))

    def say(self, error: ReviewerError) -> None:
        """What could not be done; what was written stays."""
        self._note.say(error)

    def done(self) -> None:
        """It is in the log: nothing is asked any more."""
        self._note.clear()
        self.course.end_asking()
        self.review.end_asking()

    def submit(self) -> None:
        """Ctrl Enter: whatever is open is sent, sealed or signed."""
        for ask in (self.course.ask, self.review.question):
            if ask is not None:
                ask.submit()
                return
        if self.face is not None and self.face.hidden:
            self.impression.submit()
        elif self.face is not None:
            self.form.sign.click()
