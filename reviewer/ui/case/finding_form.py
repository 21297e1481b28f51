"""The finding as it is written: standard of proof, disposition, why, and what is missing before it can be signed.

Each field is written when the person leaves it, so a colleague sees it and a crash takes nothing.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from reviewer.domain.gate import AllegationGate, clock_words
from reviewer.domain.reference import Referred, parse
from reviewer.services.finding_face import Face
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.entries import Entry, Paragraph, chooser
from reviewer.ui.case.finding_choice import Choices
from reviewer.ui.case.finding_wishes import Sign, Write
from reviewer.ui.case.reference_edit import ReferenceEdit
from reviewer.ui.fields import check, labelled
from reviewer.ui.fonts import Type
from reviewer.ui.icons import IconLabel
from reviewer.ui.times import count
from reviewer.ui.widgets import label

_WHY = "@ names an exhibit, a document, a time"


class FindingForm(QWidget):
    """`wished(Wish)`."""

    wished = Signal(object)

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self._face: Face | None = None
        self._shown = ""  # the reasons as they stand in the log
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.standard = chooser((), typed=False)
        self._table = label("Standard of proof", Type.LABEL, "text2")
        column.addWidget(_under(self._table, self.standard))
        self.dispositions = Choices("Disposition")
        column.addWidget(labelled("Disposition", self.dispositions))
        self.why = ReferenceEdit("Why, in plain words", _WHY, grows=True, least=104)
        column.addWidget(labelled("Why, in plain words", self.why))
        column.addLayout(self._cites())
        self.nothing = check("Nothing was found")
        column.addWidget(self.nothing)
        self.unwatched = Entry("unwatched_reason", Paragraph(2))
        self._not_watched = label("", Type.LABEL, "warn")
        self._unwatched = _under(self._not_watched, self.unwatched.widget)
        column.addWidget(self._unwatched)
        column.addLayout(self._buttons(keys))
        self._blocked = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._blocked)
        self._connect()

    def _cites(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel("link", 16, "text2"))
        self._cited = label("", Type.DETAIL, "text2")
        row.addWidget(self._cited, 1)
        return row

    def _buttons(self, keys: KeyTable) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.sign = keys.wear(Button("Sign finding", icon="signature", look=Look.PRIMARY), "finding.sign")
        row.addWidget(self.sign)
        self.keep = Button("Keep as draft")
        row.addWidget(self.keep)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        self.standard.activated.connect(lambda _at: self._wish("standard", str(self.standard.currentData() or "")))
        self.dispositions.chosen.connect(lambda value: self._wish("disposition", value))
        self.why.left.connect(self.write_why)
        self.why.edited.connect(self._count)
        self.nothing.clicked.connect(lambda on: self._wish("nothing_found", "yes" if on else ""))
        self.unwatched.left.connect(self._left)
        self.sign.clicked.connect(lambda: self.wished.emit(Sign()))
        self.keep.clicked.connect(self.flush)

    # What a person wrote

    def _wish(self, field: str, value: str) -> None:
        if self._face is not None and value != self._stood(field):
            self.wished.emit(Write(field, value, self._stood(field)))

    def _stood(self, field: str) -> str:
        draft = self._face.draft if self._face is not None else None
        found = getattr(draft, field, "")
        return ("yes" if found else "") if isinstance(found, bool) else str(found)

    def _left(self, _field: str) -> None:
        typed = self.unwatched.typed.strip()
        before, self.unwatched.shown = self.unwatched.shown, self.unwatched.typed
        self.wished.emit(Write("unwatched_reason", typed, before))

    def write_why(self) -> None:
        """What stands in the field goes to the log, if it is not there yet."""
        typed = self.why.stored.strip()
        if self._face is not None and typed != self._shown and not self.why.isReadOnly():
            before, self._shown = self._shown, typed
            self.wished.emit(Write("reasons", typed, before))

    def flush(self) -> None:
        """Everything that is typed and not written yet."""
        self.write_why()
        if self.unwatched.changed:
            self._left("")

    # What is shown

    def show_face(self, face: Face) -> None:
        """What stands now. What is being typed stays as it is."""
        other = self._face is None or self._face.allegation.id != face.allegation.id
        self._face = face
        self._offer(face)
        draft = face.draft
        if other or not self._typing:
            self._shown = draft.reasons
            self.why.set_stored(draft.reasons)
        self._choose_standard(draft.standard)
        self.dispositions.choose(draft.disposition)
        self.nothing.setChecked(draft.nothing_found)
        self.unwatched.reset(draft.unwatched_reason) if other else self.unwatched.show(draft.unwatched_reason)
        self._gate(face.gate)
        self._may(face)
        self._count()

    @property
    def _typing(self) -> bool:
        """Whether something stands in the field that is not in the log yet."""
        return self.why.stored.strip() != self._shown

    def _offer(self, face: Face) -> None:
        tables = face.tables
        self._table.setText(f"Standard of proof ({tables.name}, v{tables.version})")
        self.dispositions.offer([(each.id, each.words, each.about) for each in tables.dispositions])
        chain = (self.standard, *self.dispositions.cards, self.why)
        for one, other in pairwise(chain):
            QWidget.setTabOrder(one, other)  # cards that came later stand where they are seen
        words = [each.words for each in tables.standards]
        if [self.standard.itemText(at) for at in range(self.standard.count())] != words:
            self.standard.clear()
            for each in tables.standards:
                self.standard.addItem(each.words, each.id)
            self.standard.setPlaceholderText("Choose one")

    def _choose_standard(self, id_: str) -> None:
        self.standard.setCurrentIndex(self.standard.findData(id_) if id_ else -1)

    def _gate(self, gate: AllegationGate | None) -> None:
        watched = clock_words(gate.watched, up=False) if gate is not None else "…"
        self.nothing.setText(f"Nothing was found in {watched} watched")
        left = gate.left if gate is not None else 0
        self._unwatched.setVisible(bool(left))
        words = f"Why it closes with {clock_words(left)} not watched"
        self._not_watched.setText(words)
        self.unwatched.widget.setAccessibleName(words)

    def _may(self, face: Face) -> None:
        able = face.writes
        for each in (self.standard, self.dispositions, self.nothing):
            each.setEnabled(able)
        self.why.setReadOnly(not able)
        self.unwatched.set_read_only(not able)
        self.keep.set_enabled(able, face.blocked[0] if face.blocked else "")
        self.sign.set_enabled(not face.blocked, face.blocked[0] if face.blocked else "")
        more = f" ({len(face.blocked) - 1} more)" if len(face.blocked) > 1 else ""
        self._blocked.setText(f"{face.blocked[0]}{more}" if face.blocked else "")
        self._blocked.setVisible(bool(face.blocked))

    def _count(self) -> None:
        refs = {p.reference for p in parse(self.why.stored) if p.reference is not None}
        exhibits = sum(each.kind is Referred.EXHIBIT for each in refs)
        said = f"{count(exhibits, 'exhibit')} cited · each opens at its time" if exhibits else "No exhibit cited yet"
        self._cited.setText(said)

    def focus_why(self) -> None:
        self.why.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _under(above: QLabel, field: QWidget) -> QWidget:
    """A field under a label whose words change."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(5)
    above.setBuddy(field)
    column.addWidget(above)
    column.addWidget(field)
    return box
