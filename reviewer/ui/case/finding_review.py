"""The blind second review on the panel: a first impression to seal, who is awaited, and what both said in the end."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer.domain.second_review import Review, Sealed
from reviewer.services.finding_face import Face
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.entries import Paragraph
from reviewer.ui.case.finding_ask import FindingAsk
from reviewer.ui.case.finding_choice import Choices
from reviewer.ui.case.finding_parts import SaidCard, clear, row_of
from reviewer.ui.case.finding_wishes import AskReview, EndReview, Seal
from reviewer.ui.fields import labelled
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.widgets import label

_BLIND = (
    "You were asked to judge this before you see what others found. Nobody can read what you seal, you cannot change"
    " it, and it opens when everybody’s is in."
)


class ImpressionForm(QWidget):
    """What is shown in place of a finding until this person's first impression is in. `wished(Seal)`."""

    wished = Signal(object)

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._review = ""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(SaidCard("Your first impression", _BLIND, "eye-off", Tone.INFO))
        self.dispositions = Choices("Disposition")
        column.addWidget(labelled("As you see it now", self.dispositions))
        self.words = Paragraph(4)
        column.addWidget(labelled("Why, in a few words", self.words))
        self.seal = keys.wear(Button("Seal first impression", icon="lock", look=Look.PRIMARY), "finding.sign")
        self.seal.clicked.connect(self.submit)
        column.addLayout(row_of(self.seal))
        self.dispositions.chosen.connect(lambda _value: self._may())

    def show_face(self, face: Face) -> None:
        """Of this allegation; what is chosen and written for another one goes."""
        review = face.review.id if face.review is not None else ""
        self.dispositions.offer([(each.id, each.words, each.about) for each in face.tables.dispositions])
        chain = (*self.dispositions.cards, self.words)
        for one, other in pairwise(chain):
            QWidget.setTabOrder(one, other)
        place = f"{review}/{face.allegation.id}"
        if place != self._review:
            self._review = place
            self.dispositions.choose("")
            self.words.clear()
        self._may()

    def _may(self) -> None:
        self.seal.set_enabled(bool(self.dispositions.value), "Choose a disposition.")

    def submit(self) -> None:
        if self.seal.isEnabled():
            self.wished.emit(Seal(self._review.partition("/")[0], self.dispositions.value, self.words.toPlainText()))


class FindingReview(QWidget):
    """`wished(Wish)`; `opened(FindingAsk)`."""

    wished = Signal(object)
    opened = Signal(object)

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._face: Face | None = None
        self.question: FindingAsk | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Blind second review", Type.SECTION))
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        column.addLayout(self._cards)
        self.ask = keys.wear(Button("Ask for one", icon="users"), "finding.review")
        self.ask.clicked.connect(self.ask_review)
        self.end = Button("End it", height=32)
        self.end.clicked.connect(self._ask_end)
        column.addLayout(row_of(self.ask, self.end))
        self._asked = QVBoxLayout()
        column.addLayout(self._asked)

    def show_face(self, face: Face) -> None:
        """What stands now."""
        if self._face is not None and self._face.allegation.id != face.allegation.id:
            self.end_asking()
        self._face = face
        clear(self._cards)
        if face.review is not None:
            self._cards.addWidget(self._card(face, face.review))
        self.ask.setVisible(face.review is None)
        enough = len(face.others) > 1
        why = "" if face.writes and enough else "Two people on the case must be able to judge it."
        self.ask.set_enabled(not why, why)
        done = face.review is not None and face.review.agreement(face.allegation.id) is not None
        self.end.setVisible(face.review is not None and face.writes and not done)

    def _card(self, face: Face, review: Review) -> SaidCard:
        id_ = face.allegation.id
        agreement = review.agreement(id_)
        lines = [self._line(face, each) for each in review.of(id_)]
        lines += [f"{face.name(each)}: not in yet" for each in review.missing(id_)]
        if agreement is None:
            n = len(review.reviewers) - len(review.missing(id_))
            headline = f"{n} of {len(review.reviewers)} first impressions sealed"
            return SaidCard(headline, "\n".join(lines), "lock", Tone.INFO)
        same = agreement.alike == agreement.of
        headline = f"{agreement.alike} of {agreement.of} alike" if agreement.alike else "They differ"
        if not agreement.blind:
            lines.append("Not blind: one was opened before all were in, or sealed more than once.")
        tone = Tone.WARN if not agreement.blind else Tone.OK if same else Tone.PLAIN
        return SaidCard(headline, "\n".join(lines), "users", tone)

    def _line(self, face: Face, sealed: Sealed) -> str:
        said = sealed.impression
        who = face.name(sealed.user)
        if said is None and sealed.user == face.user and face.mine is not None:
            return f"{who}: {_words(face, face.mine.disposition)} (sealed; you alone read this)"
        if said is None:
            return f"{who}: sealed"
        return f"{who}: {_words(face, said.disposition)}{f' · “{said.words}”' if said.words else ''}"

    # What is asked

    def ask_review(self) -> None:
        """Who is to judge it blind?"""
        face = self._face
        if face is None or self.ask.isHidden() or not self.ask.isEnabled():
            return
        people = [(each, face.name(each)) for each in face.others]
        second = next((each for each in face.others if each != face.user), "")
        first = face.user if face.user in face.others else ""
        question = FindingAsk("", "Ask both", choices=[("One", people, first), ("Other", people, second)])
        question.answered.connect(lambda values, _text: self.wished.emit(AskReview(tuple(values))))
        self._open(question)

    def _ask_end(self) -> None:
        review = self._face.review if self._face is not None else None
        if review is not None:
            question = FindingAsk("Why it ends", "End the review")
            question.answered.connect(lambda _values, text: self.wished.emit(EndReview(review.id, text)))
            self._open(question)

    def _open(self, question: FindingAsk) -> None:
        self.end_asking()
        self.question = question
        question.closed.connect(self.end_asking)
        self._asked.addWidget(question)
        question.begin()
        self.opened.emit(question)

    def end_asking(self) -> None:
        self.question = None
        clear(self._asked)


def _words(face: Face, disposition: str) -> str:
    found = face.tables.disposition(disposition)
    return found.words if found is not None else disposition
