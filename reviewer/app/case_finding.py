"""The findings of an open case: beside the board the finding of the allegation that the keys stand on, and what is done
with it. It is read and signed on the pool; what is typed is written through the case's file, so it can be undone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from reviewer.app.later import Later
from reviewer.domain import finding as signed
from reviewer.domain.case_acts import AllegationSet, CaseMoved, ExhibitSet, FindingSet
from reviewer.domain.errors import ReviewerError
from reviewer.domain.finding_acts import ACTS
from reviewer.domain.reference import Reference, Target
from reviewer.services.case import CaseFile
from reviewer.services.decision import Decisions
from reviewer.services.finding import Findings
from reviewer.services.finding_export import save_envelope
from reviewer.services.finding_face import Face, face_of
from reviewer.services.finding_hand import FindingHand
from reviewer.services.references import References
from reviewer.services.second_review import SecondReviews
from reviewer.ui.case import finding_wishes as wishes
from reviewer.ui.case.finding_lines import decision_lines, finding_lines
from reviewer.ui.case.finding_panel import FindingPanel
from reviewer.ui.case.finding_signing import Line, SigningDialog
from reviewer.ui.theme import theme_of
from reviewer.ui.widgets import short_path

if TYPE_CHECKING:
    from reviewer.app.case_file import CaseFileRoom

PAGE = "board"
_MATTERS = frozenset((FindingSet, AllegationSet, ExhibitSet, CaseMoved, *ACTS))
_SIGNED = "It becomes an entry of your log under your signature. Nobody can change it; a later one takes its place."
_T = TypeVar("_T")


class CaseFinding(QObject):
    """Of one open case, on the GUI thread. Made after the board, whose row it follows."""

    def __init__(self, room: CaseFileRoom) -> None:
        super().__init__(room)
        self._room, desk = room, room.desk
        self.panel = FindingPanel(desk.keys, desk.zone)
        self.dialog: SigningDialog | None = None
        self._allegation = ""
        self._written: Future[str] | None = None
        self._reading = self._again = self._over = False
        self._soon = Later(self, self.refresh)
        room.screen.set_side(PAGE, self.panel)
        self._connect()
        self._bind()
        self._open_impressions()
        self.refresh()

    def _connect(self) -> None:
        room, panel = self._room, self.panel
        room.changed.connect(self._hear)
        room.gate.changed.connect(lambda _gate: self._soon.ask())
        room.board.view.went.connect(self._follow)
        room.screen.shown.connect(lambda page: self._soon.ask() if page == PAGE else None)
        room.screen.locked.connect(self._lock)
        room.references.changed.connect(self._refer)
        panel.form.why.followed.connect(room.references.go)
        panel.wished.connect(self._wished)
        self._refer()

    def _bind(self) -> None:
        panel, keys = self.panel, self._room.desk.keys
        commands: dict[str, Callable[[], object]] = {
            "finding.why": panel.form.focus_why,
            "finding.sign": panel.submit,
            "finding.return": panel.course.ask_return,
            "finding.answer": panel.course.ask_answer,
            "finding.dissent": panel.course.ask_dissent,
            "finding.decide": panel.course.ask_decision,
            "finding.review": panel.review.ask_review,
            "finding.save": panel.course.save,
            **{f"finding.{n}": partial(self.show_number, n) for n in range(1, 10)},
        }
        for command, act in commands.items():
            # On the whole screen: who stands on the board's row has the finding beside it in view.
            keys.bind(self._room.screen, command, partial(self._beside, act))

    def _beside(self, act: Callable[[], object]) -> None:
        """What a key does while the finding is in view."""
        if self._room.screen.current == PAGE:
            act()

    def _refer(self) -> None:
        references = self._room.references
        self.panel.form.why.set_case(references.resolve, references.offers)

    # What is shown

    def _hear(self, kinds: frozenset[type]) -> None:
        if not kinds:
            self._open_impressions()
        if not kinds or kinds & _MATTERS:
            self._soon.ask()

    def _follow(self) -> None:
        row = self._room.board.view.row
        if row is not None and row.allegation.id != self._allegation:
            self.show_allegation(row.allegation.id)

    def show_number(self, number: int) -> None:
        """Stand on the board's row of A1, A2 …; nothing for a number that no allegation has."""
        found = next((each for each in self._room.file.allegations() if each.number == number), None)
        if found is not None:
            self._room.board.view.stand(found.id)
            self.show_allegation(found.id)

    def show_allegation(self, id_: str) -> None:
        """The finding of another one; what was typed about the last is written first."""
        self.panel.form.flush()
        self._allegation = id_
        self.refresh()

    def refresh(self) -> None:
        """Read it anew; what was read comes by itself."""
        if self._reading:
            self._again = True
            return
        known = [each.id for each in self._room.file.allegations()]
        if self._allegation not in known:
            self._allegation = known[0] if known else ""
        if not self._allegation:
            self.panel.show_face(None)
            return
        self._reading, self._again = True, False
        id_ = self._allegation
        read = self._on_pool(lambda hand: face_of(hand, id_))
        self._room.desk.bridge.watch(read, self._show, self._unread, self)

    def _show(self, face: Face) -> None:
        self._reading = False
        if self._over:
            return
        if face.allegation.id == self._allegation:
            self.panel.show_face(face)
        if self._again or face.allegation.id != self._allegation:
            self.refresh()

    def _unread(self, error: ReviewerError) -> None:
        self._reading = False
        self._say(error)

    def _say(self, error: ReviewerError) -> None:
        if not self._over:
            self.panel.say(error)

    def _on_pool(self, act: Callable[[FindingHand], _T]) -> Future[_T]:
        """What `act` says, with records of its own thread and everything else as it stands now."""
        room, session = self._room, self._room.desk.session
        gate, footing, rights = room.gate.known, room.references.footing, room.complaint.rights

        def run() -> _T:
            with closing(session.queries()) as queries:
                file = CaseFile(session.journal.record, queries, room.case)
                read: list[References] = []

                def resolve(reference: Reference) -> Target | None:
                    if not read:
                        read.append(References(file, queries, footing))
                    return read[0](reference)

                hand = FindingHand(
                    session.journal.record,
                    queries,
                    file,
                    session.keys,
                    lambda: rights,
                    session.trust.roster,
                    lambda allegation: gate.of(allegation) if gate is not None else None,
                    resolve,
                )
                return act(hand)

        return room.desk.pool.submit(run)

    # What is asked for

    def _wished(self, wish: wishes.Wish) -> None:
        id_ = self._allegation
        match wish:
            case wishes.Write():
                self._write(wish)
            case wishes.Sign():
                self._sign()
            case wishes.Decide():
                self._decide(wish)
            case wishes.Save():
                self._save(wish.decision)
            case wishes.AskReview() | wishes.EndReview() | wishes.Seal():
                self._do(lambda hand: _review(SecondReviews(hand), wish, id_))
            case _:
                self._do(lambda hand: _act(hand, wish).result())

    def _do(self, act: Callable[[FindingHand], object]) -> None:
        """Do it on the pool; what was asked closes once it is in the log."""

        def done(_result: object) -> None:
            if not self._over:
                self.panel.done()
                self._soon.ask()

        self._room.desk.bridge.watch(self._on_pool(act), done, self._say, self)

    def _write(self, wish: wishes.Write) -> None:
        room = self._room
        try:
            future = room.file.change(FindingSet, self._allegation, {wish.field: wish.value}, {wish.field: wish.seen})
        except ReviewerError as wrong:
            self._say(wrong)
            return
        self._written = future
        room.desk.bridge.watch(future, lambda _id: None, self._say, self)

    def _save(self, decision: str) -> None:
        """Into the person's folder, where it lies is said."""
        id_, room = self._allegation, self._room

        def save(hand: FindingHand) -> Path:
            found = next(each for each in hand.read().of(id_).decisions if each.id == decision)
            return save_envelope(found, hand.case, Path.home(), hand.record)

        told = self._on_pool(save)
        room.desk.bridge.watch(told, self._saved, self._say, self)

    def _saved(self, path: Path) -> None:
        if not self._over:
            self._room.screen.tell(f"Saved as {short_path(path)}")

    def _open_impressions(self) -> None:
        """All may be in by now: what this person sealed is opened then."""
        opened = self._on_pool(lambda hand: [each.result() for each in SecondReviews(hand).open_due()])
        self._room.desk.bridge.watch(
            opened, lambda ids: self._soon.ask() if ids and not self._over else None, self._say, self
        )

    # What is signed

    def _sign(self) -> None:
        """Once what was typed is in the log: look at it, then sign."""
        self.panel.form.flush()
        id_, written = self._allegation, self._written
        prepared = self._on_pool(lambda hand: _after(written, lambda: Findings(hand).prepared(id_)))

        def show(finding: signed.Finding) -> None:
            act = partial(self._do, lambda hand: Findings(hand).sign(id_, finding).result())
            self._ask(f"Sign draft {finding.draft}", finding_lines(finding), "Sign finding", act)

        self._room.desk.bridge.watch(prepared, show, self._say, self)

    def _decide(self, wish: wishes.Decide) -> None:
        id_, said = self._allegation, (wish.disposition, wish.standard, wish.reasons)

        def prepare(hand: FindingHand) -> tuple[signed.Decision, signed.Finding]:
            decision = Decisions(hand).prepared(id_, *said)
            return decision, hand.signed(decision.finding)[0].finding

        def show(found: tuple[signed.Decision, signed.Finding]) -> None:
            decision, finding = found
            act = partial(self._do, lambda hand: Decisions(hand).decide(id_, *said, prepared=decision).result())
            self._ask("Sign the decision", decision_lines(decision, finding), "Sign decision", act)

        self._room.desk.bridge.watch(self._on_pool(prepare), show, self._say, self)

    def _ask(self, title: str, lines: list[Line], act: str, sign: Callable[[], object]) -> None:
        if self._over or self._room.desk.session.locked:
            return
        self._lock()
        window = self._room.desk.window
        self.dialog = SigningDialog(title, _SIGNED, lines, act, theme_of(self.panel).name, window)
        self.dialog.signed.connect(sign)
        self.dialog.finished.connect(self._answered)
        self.dialog.open()

    def _answered(self, _result: int) -> None:
        self.dialog = None

    def _lock(self) -> None:
        """Nothing is signed by whoever comes to the keys next."""
        if self.dialog is not None:
            self.dialog.reject()

    def close(self) -> None:
        """The case ends; what was typed is in the log."""
        self.panel.form.flush()
        self._over = True
        self._soon.end()
        self._lock()
        self._room.desk.bridge.forget(self)


def _after(written: Future[str] | None, read: Callable[[], _T]) -> _T:
    """Read once this is durable."""
    if written is not None:
        written.result()
    return read()


_Said = wishes.Return | wishes.TakeBack | wishes.Answer | wishes.Dissent | wishes.WithdrawDissent


def _act(hand: FindingHand, wish: _Said) -> Future[str]:
    match wish:
        case wishes.Return():
            return Decisions(hand).send_back(wish.finding, wish.reasons)
        case wishes.TakeBack():
            return Decisions(hand).take_back(wish.point)
        case wishes.Answer():
            return Findings(hand).answer(wish.point, wish.text)
        case wishes.Dissent():
            return Findings(hand).dissent(wish.finding, wish.disposition, wish.reasons)
        case wishes.WithdrawDissent():
            return Findings(hand).withdraw_dissent(wish.dissent)


def _review(second: SecondReviews, wish: wishes.AskReview | wishes.EndReview | wishes.Seal, allegation: str) -> None:
    match wish:
        case wishes.AskReview():
            second.ask([allegation], wish.reviewers).result()
        case wishes.EndReview():
            second.withdraw(wish.review, wish.reason).result()
        case wishes.Seal():
            second.seal(wish.review, allegation, wish.disposition, wish.words).result()
            for each in second.open_due():  # the others' may all be in
                each.result()
