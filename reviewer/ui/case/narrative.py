"""The case's story in order: sections one below the other; beside them what they cite, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer.domain.reference import WORDS, Reference, Target, references
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.case.narrative_section import SectionCard, SectionShown
from reviewer.ui.case.reference_edit import Offers, ReferenceEdit
from reviewer.ui.case.reference_list import ROLE, ReferenceRow
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import EmptyState, label, strong, surface

_WIDE = 900
_NONE = "pencil", "Nothing is written of this case yet"
_INVITES = "Sections tell it in order; exhibits and times that they name follow clocks and texts."
_NONE_TO_READ = "The sections that somebody else on the case writes stand here."


class NarrativePage(QWidget):
    """`command` carries the id of a command; `written(id, fields, seen)`, `moved(id, by)`, `withdrawn(id)` and
    `followed(Reference, Target)` as the sections' own."""

    command = Signal(str)
    written = Signal(str, object, object)
    moved = Signal(str, int)
    withdrawn = Signal(str)
    followed = Signal(object, object)

    def __init__(self, keys: KeyTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: dict[str, SectionCard] = {}
        self._resolve: Callable[[Reference], Target | None] = lambda _reference: None
        self._offers: Offers = lambda _words: ()
        self._may = True
        self.add = keys.wear(Button("Add a section", icon="plus"), "story.add")
        self.add.clicked.connect(lambda: self.command.emit("story.add"))
        self.refer = keys.wear(Button("Name a thing", icon="link", look=Look.QUIET), "story.refer")
        self.refer.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the cursor stays in the text
        self.refer.clicked.connect(lambda: self.command.emit("story.refer"))
        self.empty = EmptyState(
            *_NONE,
            _INVITES,
            button="Add a section",
            key=keys.shown("story.add"),
        )
        self.empty.pressed.connect(lambda: self.command.emit("story.add"))
        self.cited = Cited()
        self.cited.followed.connect(self.followed)
        self._compose()

    def _compose(self) -> None:
        inner = surface(0)
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 12, 0)
        column = QWidget()
        column.setMaximumWidth(_WIDE)
        self._column = QVBoxLayout(column)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        foot = QHBoxLayout()
        foot.addWidget(self.add)
        foot.addWidget(self.refer)
        foot.addStretch()
        self._column.addLayout(foot)
        self._column.addStretch()
        row.addWidget(column, 1)
        row.addStretch()
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area = area
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(area)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)

    @property
    def cards(self) -> tuple[SectionCard, ...]:
        """In their order."""
        return tuple(self._cards.values())

    @property
    def dirty(self) -> bool:
        return any(card.dirty for card in self.cards)

    def show_sections(self, sections: Sequence[SectionShown]) -> None:
        """These, in this order. Cards that are known stay, with what is being written in them; one that was withdrawn
        by somebody else stays as long as there is something in it that no entry has."""
        wanted = {each.section.id: each for each in sections}
        for gone in [id_ for id_, card in self._cards.items() if id_ not in wanted and not card.dirty]:
            card = self._cards.pop(gone)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for id_ in wanted:
            if id_ not in self._cards:
                self._cards[id_] = self._make(id_)
        self._cards = {id_: self._cards[id_] for id_ in (*wanted, *(set(self._cards) - set(wanted)))}
        for index, (id_, card) in enumerate(self._cards.items()):
            if self._column.indexOf(card) != index:
                self._column.insertWidget(index, card)
            if id_ in wanted:
                card.show_section(wanted[id_], first=index == 0, last=index == len(wanted) - 1)
        self._stack.setCurrentWidget(self._area if self._cards else self.empty)
        self._show_cited()

    def _make(self, id_: str) -> SectionCard:
        card = SectionCard(id_)
        card.set_case(self._resolve, self._offers)
        card.written.connect(self.written)
        card.moved.connect(self.moved)
        card.withdrawn.connect(self.withdrawn)
        card.followed.connect(self.followed)
        card.set_may_write(self._may)
        return card

    def set_case(self, resolve: Callable[[Reference], Target | None], offers: Offers) -> None:
        """What references lead to now."""
        self._resolve, self._offers = resolve, offers
        for card in self.cards:
            card.set_case(resolve, offers)
        self._show_cited()

    def set_may_write(self, may: bool, why: str = "") -> None:
        """Whoever may only read reads."""
        self._may = may
        for button in (self.add, self.refer):
            button.set_enabled(may, why)
        self.empty.button.setVisible(may)
        self.empty.say(*_NONE, _INVITES if may else f"{_NONE_TO_READ} {why}")
        for card in self.cards:
            card.set_may_write(may)

    def _show_cited(self) -> None:
        cited = dict.fromkeys(each for card in self.cards for each in references(card.text.stored))
        self.cited.show_references([(each, self._resolve(each)) for each in cited])

    def card(self, id_: str) -> SectionCard | None:
        return self._cards.get(id_)

    def begin(self, id_: str) -> None:
        """The keyboard goes to a section's title."""
        card = self._cards.get(id_)
        if card is not None:
            card.title.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(card)

    def current(self) -> ReferenceEdit | None:
        """The text that has the keyboard."""
        return next((card.text for card in self.cards if card.text.hasFocus()), None)

    def write(self) -> None:
        """Whatever is not in the log yet."""
        for card in self.cards:
            card.write()


class Cited(QWidget):
    """What the story cites, in order. `followed(Reference, Target)`."""

    followed = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(strong("Cited, in order"))
        self._words = label("", Type.DETAIL, "text2", wrap=True)
        column.addWidget(self._words)
        self.rows = QListWidget()
        self.rows.setItemDelegate(ReferenceRow(self.rows))
        self.rows.setAccessibleName("Cited, in order")
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.itemActivated.connect(self._go)
        self.rows.itemClicked.connect(self._go)
        column.addWidget(self.rows, 1)

    def show_references(self, cited: Sequence[tuple[Reference, Target | None]]) -> None:
        """Each with what it leads to; None: not in this case."""
        self.rows.clear()
        wrong = 0
        for reference, target in cited:
            wrong += target is None or not target.stands
            shown = target or Target(f"{WORDS[reference.kind]} not in this case".capitalize(), stands=True)
            item = QListWidgetItem()
            item.setData(ROLE, (reference, shown))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{shown.read}, {shown.about}")
            item.setToolTip(shown.about)
            self.rows.addItem(item)
        if not cited:
            self._words.setText("Nothing yet. Type @ in a section to name an exhibit, a mark, a document or a time.")
        elif wrong:
            self._words.setText(f"{wrong} of {len(cited)} lead nowhere any more: withdrawn, or not in this case.")
        else:
            self._words.setText(f"{len(cited)}, each opens at its place")

    def _go(self, item: QListWidgetItem) -> None:
        reference, target = item.data(ROLE)
        if target.at is not None or target.document:
            self.followed.emit(reference, target)
