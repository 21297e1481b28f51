"""What became of a finding: what was returned and answered, who finds otherwise, what was decided, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.finding import Dissent as Dissenting
from reviewer.domain.finding import Return as Point
from reviewer.domain.finding import SignedDecision
from reviewer.services.finding_face import Face
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.case.finding_ask import Choice, FindingAsk
from reviewer.ui.case.finding_parts import SaidCard, StepLine, clear, row_of, when
from reviewer.ui.case.finding_wishes import Answer, Decide, Dissent, Return, Save, TakeBack, Wish, WithdrawDissent
from reviewer.ui.fonts import Type
from reviewer.ui.theme import Tone
from reviewer.ui.times import Zone
from reviewer.ui.widgets import Tag, label


class Zones(Protocol):
    """The zone that times are shown in now."""

    def __call__(self) -> Zone: ...


class FindingCourse(QWidget):
    """`wished(Wish)`; `opened(FindingAsk)`. One question is open at a time, and stays so when
    the case is read anew."""

    wished = Signal(object)
    opened = Signal(object)

    def __init__(self, keys: KeyTable, zone: Zones) -> None:
        super().__init__()
        self._zone = zone
        self._face: Face | None = None
        self.ask: FindingAsk | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(label("Supervisor’s resolution", Type.SECTION))
        head.addStretch(1)
        self._who = Tag()
        head.addWidget(self._who)
        column.addLayout(head)
        self._cards = _holder(column)
        self.send_back = keys.wear(Button("Return", icon="arrow-back-up"), "finding.return")
        self.decide = keys.wear(Button("Decide", icon="signature"), "finding.decide")
        self.dissent = keys.wear(Button("Find otherwise", icon="users"), "finding.dissent")
        self._answer_key, self._save_key = keys.shown("finding.answer"), keys.shown("finding.save")
        column.addLayout(row_of(self.send_back, self.decide, self.dissent))
        self._why = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._why)
        self._asked = _holder(column)
        self._steps = _holder(column, 0)
        self.send_back.clicked.connect(self.ask_return)
        self.decide.clicked.connect(self.ask_decision)
        self.dissent.clicked.connect(self.ask_dissent)

    # What is shown

    def show_face(self, face: Face) -> None:
        """What stands now."""
        if self._face is not None and self._face.allegation.id != face.allegation.id:
            self.end_asking()
        self._face = face
        zone = self._zone()
        named = [face.name(each) for each in face.supervisors]
        self._who.say(", ".join(named) or "nobody yet", Tone.PLAIN, "user")
        clear(self._cards)
        for card in self._made(face, zone):
            self._cards.addWidget(card)
        clear(self._steps)
        for step in face.steps:
            self._steps.addWidget(StepLine(step, zone))
        self._offer(face)

    def _offer(self, face: Face) -> None:
        for each in (self.send_back, self.decide):
            each.setVisible(face.supervises)
        self.send_back.set_enabled(not face.return_blocked, "".join(face.return_blocked[:1]))
        self.decide.set_words("Decide anew" if face.course.decided else "Decide")
        why = face.decision_blocked[0] if face.decision_blocked else ""
        self.decide.set_enabled(not why, why)
        other = any(each.written.user != face.user for each in face.course.standing)
        # Who decides says it in the decision.
        self.dissent.setVisible(face.writes and other and not face.supervises)
        self._why.setText(why if face.supervises else "")
        self._why.setVisible(bool(why) and face.supervises)

    def _made(self, face: Face, zone: Zone) -> list[SaidCard]:
        course = face.course
        cards = []
        if len(course.standing) > 1:
            said = "; ".join(f"{face.name(f.written.user)}: {f.finding.disposition_words}" for f in course.standing)
            cards.append(
                SaidCard(
                    "Two findings stand that did not know of each other",
                    f"{said}. The next draft replaces both.",
                    "alert-triangle",
                    Tone.WARN,
                )
            )
        standing = {each.id for each in course.standing}
        points = [each for each in course.returns if each.finding in standing]
        cards += [self._point(face, each, zone) for each in points]
        cards += [self._dissenting(face, each, zone) for each in course.standing_dissents()]
        if course.conflict:
            cards.append(
                SaidCard(
                    "Two decisions stand that did not know of each other",
                    "Neither counts more. A further decision names both and takes their place.",
                    "alert-octagon",
                    Tone.STOP,
                )
            )
        cards += [self._decided(face, each, zone) for each in course.decided]
        cards += [
            SaidCard(f"Not counted: {face.name(d.written.user)}", d.why, "shield-x", Tone.STOP) for d in face.doubts
        ]
        return cards

    def _point(self, face: Face, point: Point, zone: Zone) -> SaidCard:
        buttons = []
        open_ = not point.answers
        if open_ and face.writes and not face.supervises:
            answer = Button("Answer", height=28, key=self._answer_key)
            answer.clicked.connect(lambda: self._ask_answer(point))
            buttons.append(answer)
        if face.supervises:
            back = Button("Take back", height=28)
            back.clicked.connect(lambda: self.wished.emit(TakeBack(point.id)))
            buttons.append(back)
        said = [f"“{point.reasons}”", *(f"{face.name(a.written.user)}: {a.text}" for a in point.answers)]
        headline = f"Returned {when(point.written, zone)}"
        card = SaidCard(headline, "\n".join(said), "arrow-back-up", Tone.WARN if open_ else Tone.PLAIN, buttons)
        about = [each for each in face.course.returns if each.finding == point.finding]
        open_of = sum(not each.answers for each in about)
        card.foot.setText(f"{open_of} of {len(about)} open")
        return card

    def _dissenting(self, face: Face, dissent: Dissenting, zone: Zone) -> SaidCard:
        found = face.tables.disposition(dissent.disposition)
        buttons = []
        if dissent.written.user == face.user:
            back = Button("Withdraw", height=28)
            back.clicked.connect(lambda: self.wished.emit(WithdrawDissent(dissent.id)))
            buttons.append(back)
        words = found.words if found is not None else dissent.disposition
        headline = f"{face.name(dissent.written.user)} finds otherwise: {words}"
        card = SaidCard(headline, f"“{dissent.reasons}”", "users", Tone.PLAIN, buttons)
        card.foot.setText(when(dissent.written, zone))
        return card

    def _decided(self, face: Face, signed: SignedDecision, zone: Zone) -> SaidCard:
        decision = signed.decision
        said = [f"“{decision.reasons}”"] * bool(decision.reasons)
        said += [f"{decision.standard_words} · signed by {face.name(decision.by)}, {when(signed.written, zone)}"]
        gone = len(decision.supersedes)
        said += [f"In place of {gone} earlier {'decision' if gone == 1 else 'decisions'}."] * bool(gone)
        tone = Tone.STOP if face.course.conflict else Tone.OK
        save = Button("Save for outside", icon="file-export", height=28, key=self._save_key)
        save.clicked.connect(lambda: self.wished.emit(Save(signed.id)))
        return SaidCard(f"Decided: {decision.disposition_words}", "\n".join(said), "circle-check", tone, [save])

    def save(self) -> None:
        """The newest decision that stands, as its author signed it."""
        if self._face is not None and self._face.course.decided:
            self.wished.emit(Save(self._face.course.decided[-1].id))

    # What is asked

    def ask_return(self) -> None:
        """What is to be done about the signed finding?"""
        face = self._face
        if face is None or not self.send_back.isEnabled() or self.send_back.isHidden():
            return
        finding = face.course.standing[-1].id
        self._open(
            FindingAsk("What is to be done", "Return finding", icon="arrow-back-up"),
            lambda _values, text: Return(finding, text),
        )

    def ask_answer(self) -> None:
        """The oldest point that is open."""
        face = self._face
        if face is not None and face.writes and face.course.open_returns:
            self._ask_answer(face.course.open_returns[0])

    def _ask_answer(self, point: Point) -> None:
        self._open(FindingAsk("What was done", "Answer"), lambda _values, text: Answer(point.id, text))

    def ask_dissent(self) -> None:
        """What is found otherwise than in somebody else's finding?"""
        face = self._face
        if face is None or self.dissent.isHidden():
            return
        finding = next(each.id for each in face.course.standing if each.written.user != face.user)
        ask = FindingAsk(
            "Why you find otherwise", "Record dissent", choices=[("You find", _dispositions(face), "")], icon="users"
        )
        self._open(ask, lambda values, text: Dissent(finding, values[0], text))

    def ask_decision(self) -> None:
        """What is decided? The finding's own answer stands there first."""
        face = self._face
        if face is None or not self.decide.isEnabled() or self.decide.isHidden():
            return
        said = face.course.standing[0].finding
        choices = [
            ("Disposition", _dispositions(face), said.disposition),
            ("Standard of proof", [(each.id, each.words) for each in face.tables.standards], said.standard),
        ]
        ask = FindingAsk(
            "Reasons (needed where it differs from the finding)", "Look and sign", choices=choices, icon="signature"
        )
        self._open(ask, lambda values, text: Decide(values[0], values[1], text))

    def _open(self, ask: FindingAsk, made: Making) -> None:
        self.end_asking()
        self.ask = ask
        ask.answered.connect(lambda values, text: self.wished.emit(made(values, text)))
        ask.closed.connect(self.end_asking)
        self._asked.addWidget(ask)
        ask.begin()
        self.opened.emit(ask)

    def end_asking(self) -> None:
        """What was asked is recorded, or not wanted any more."""
        self.ask = None
        clear(self._asked)


class Making(Protocol):
    """From what was chosen and written to what is asked for."""

    def __call__(self, values: Sequence[str], text: str) -> Wish: ...


def _dispositions(face: Face) -> list[Choice]:
    return [(each.id, each.words) for each in face.tables.dispositions]


def _holder(column: QVBoxLayout, spacing: int = 8) -> QVBoxLayout:
    inside = QVBoxLayout()
    inside.setContentsMargins(0, 0, 0, 0)
    inside.setSpacing(spacing)
    inside.setAlignment(Qt.AlignmentFlag.AlignTop)
    column.addLayout(inside)
    return inside
