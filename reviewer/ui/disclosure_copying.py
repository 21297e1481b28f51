"""A form: what a request hides is put on another request of the case as well, where it then has a life of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.request import Request
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button, Look
from reviewer.ui.custodian_search import Choice
from reviewer.ui.fields import labelled
from reviewer.ui.fonts import Type
from reviewer.ui.widgets import ErrorNote, label

_ABOUT = (
    "Masks, sounds and withheld stretches that count here are set there again, with their reasons. What is changed "
    "later on either of them does not change the other. Whoever looks as the second person of that request looks anew."
)
_NOWHERE = "The case has no other open request whose copies hide anything. Register it first."


@dataclass(frozen=True, slots=True)
class Offer:
    """What could be copied: `words` name it, `number` of things; `note` says what is left out, and why."""

    words: str
    number: int
    note: str = ""


class CopyingForm(QWidget):
    """`asked(request id, place of the offer)`: copy that; `chosen()`: another request or offer was chosen; `left()`."""

    asked = Signal(str, int)
    chosen = Signal()
    left = Signal()

    def __init__(self, keys: KeyTable) -> None:
        super().__init__()
        self.setProperty("pane", True)
        self._read_only = ""
        self._offers: tuple[Offer, ...] = ()
        self.heading = label("", Type.PANEL, wrap=True)
        self.to = Choice([])
        self.what = Choice([])
        self.note = label("", Type.DETAIL, "text2", wrap=True)
        self.error = ErrorNote()
        self.copy = keys.wear(Button("Copy", icon="copy", look=Look.PRIMARY), "disclose.save")
        self.copy.clicked.connect(self.submit)
        back = keys.wear(Button("Back", look=Look.QUIET), "disclose.requests")
        back.setToolTip("Nothing is copied")
        back.clicked.connect(self.left)
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        column.setSpacing(10)
        column.addWidget(self.heading)
        column.addWidget(label(_ABOUT, Type.BODY, "text2", wrap=True))
        column.addWidget(labelled("To the request", self.to))
        column.addWidget(labelled("What", self.what))
        column.addWidget(self.note)
        column.addWidget(self.error)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addWidget(back)
        row.addStretch()
        column.addLayout(row)
        column.addStretch()
        for each in (self.to, self.what):
            each.activated.connect(lambda _at: self.chosen.emit())

    def begin(self, request: Request, others: Sequence[Request], read_only: str) -> None:
        """From this request, to one of `others`."""
        self._read_only = read_only
        self.heading.setText(f"Copy what {request.number} hides")
        self.to.show_choices([(f"{each.number}, {each.requester}", each.id) for each in others])
        self.to.setEnabled(bool(others))
        self.say("")

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """What can be copied to the chosen request."""
        self._offers = tuple(offers)
        self.what.show_choices([(offer.words, n) for n, offer in enumerate(offers)])
        self.what.setEnabled(bool(offers))
        offer = self.offer
        none = "" if offer is not None and offer.number else "There is nothing to copy."
        why = self._read_only or (_NOWHERE if self.to.value is None else none)
        self.note.setText(_NOWHERE if self.to.value is None else offer.note if offer is not None else "")
        self.copy.set_enabled(not why, why)

    @property
    def offer(self) -> Offer | None:
        """The chosen one."""
        at = self.what.value
        return self._offers[at] if at is not None and at < len(self._offers) else None

    def submit(self) -> None:
        if self.copy.isEnabled() and self.to.value is not None and self.what.value is not None:
            self.asked.emit(self.to.value, self.what.value)

    def say(self, error: ReviewerError | str) -> None:
        """What went wrong; "" for nothing."""
        self.error.say(error)
