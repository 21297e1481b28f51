"""The side of the recordings screen: one page at a time, what is picked or the form that is being filled in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import Area
from reviewer.services.catalogue_search import CaseEntry, Entry
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.custodian_assign import AssignForm
from reviewer.ui.custodian_forms import Act, ActForm, Form, KeyBox
from reviewer.ui.custodian_place import PlaceSheet
from reviewer.ui.custodian_sheets import WIDTH, CaseSheet, PickedSheet, WaitingSheet, cannot_sign
from reviewer.ui.custodian_source import KeyState, Picture, Waiting
from reviewer.ui.review.map_tiles import TileProcess
from reviewer.ui.times import Zone, count

_GONE = "What they had already they may have kept; what follows is under a new key that they do not have."


class Page(StrEnum):
    PICKED = "picked"
    CASE = "case"
    SECOND = "second"
    PLACE = "place"
    KEY = "key"
    ASSIGN = "assign"
    TAKE_OFF = "take_off"
    HAND_OVER = "hand_over"
    RELEASE = "release"
    WITHDRAW = "withdraw"


class Side(QWidget):
    """`ordered` carries an Order, `acted` an Act; `key_opening` a key's file and passphrase; `back` nothing."""

    ordered = Signal(object)
    acted = Signal(object)
    key_opening = Signal(str, str)
    back = Signal()

    def __init__(self, keys: KeyTable, zone: Callable[[], Zone], tiles: TileProcess | None, bridge: Bridge) -> None:
        super().__init__()
        self.key_is_open = False
        self.setFixedWidth(WIDTH)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("surface", "1")
        self.setProperty("border", "left")
        self.setProperty("pane", True)
        self.picked, self.case, self.second = PickedSheet(keys, zone), CaseSheet(keys, zone), WaitingSheet(keys, zone)
        self.place = PlaceSheet(keys, tiles, bridge)
        self.assign = AssignForm(keys, zone)
        self.acts = {
            Page.TAKE_OFF: ActForm(keys, "Sign and take off", who="Who is taken off"),
            Page.HAND_OVER: ActForm(keys, "Sign and hand over", who="From", to="To"),
            Page.RELEASE: ActForm(keys, "Sign and release", needs_key=False),
            Page.WITHDRAW: ActForm(keys, "Sign and withdraw", needs_key=False),
        }
        self.key = KeyPage()
        pages: dict[Page, QWidget] = {
            Page.PICKED: self.picked,
            Page.CASE: self.case,
            Page.SECOND: self.second,
            Page.PLACE: self.place,
            Page.KEY: self.key,
            Page.ASSIGN: self.assign,
            **self.acts,
        }
        self._stack = QStackedWidget()
        self._at = {page: self._stack.addWidget(_scrolling(widget)) for page, widget in pages.items()}
        self._page = Page.PICKED
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.addWidget(self._stack)
        self._connect()

    def _connect(self) -> None:
        self.assign.signed.connect(self.ordered)
        for form in self._forms():
            form.back.connect(self.back)
            form.box.opening.connect(self.key_opening)
        for act in self.acts.values():
            act.signed.connect(self.acted)
        self.key.box.opening.connect(self.key_opening)
        self.place.back.connect(self.back)

    def _forms(self) -> tuple[Form, ...]:
        return (self.assign, *self.acts.values())

    def _boxes(self) -> tuple[KeyBox, ...]:
        return (self.key.box, *(form.box for form in self._forms()))

    @property
    def page(self) -> Page:
        return self._page

    @property
    def busy(self) -> bool:
        """Whether something is being filled in: what is picked is not shown over it."""
        return self._page not in (Page.PICKED, Page.CASE, Page.SECOND)

    def _show(self, page: Page) -> None:
        self._page = page
        self._stack.setCurrentIndex(self._at[page])

    # What is picked

    def show_picked(self, chosen: Sequence[Entry], picture: Picture) -> None:
        self.picked.show_picked(chosen, picture)
        self._show(Page.PICKED)

    def show_case(self, case: CaseEntry | None, picture: Picture) -> None:
        self.case.show_case(case, picture)
        self._show(Page.CASE)

    def show_waiting(self, waiting: Waiting | None, picture: Picture) -> None:
        self.second.show_waiting(waiting, picture)
        self._show(Page.SECOND)

    def may_sign(self, waiting: Waiting, picture: Picture) -> bool:
        return self._page is Page.SECOND and not cannot_sign(waiting, picture)

    # Forms

    def begin_assign(self, picture: Picture, chosen: Sequence[Entry]) -> None:
        self._show(Page.ASSIGN)
        self.assign.begin(picture, chosen)

    def begin_release(self, ids: tuple[str, ...], *, released: bool) -> None:
        page = Page.RELEASE if released else Page.WITHDRAW
        self._show(page)
        said = "Whoever trains may then be assigned to it." if released else "No training opens it from then on."
        heading = f"{'Release' if released else 'Withdraw'} {count(len(ids), 'recording')}"
        where = "for training" if released else "from training"
        self.acts[page].begin(Act(page, recordings=ids), f"{heading} {where}", said)

    def begin_change(self, page: Page, case: CaseEntry, picture: Picture) -> None:
        """Take somebody off a case, or put somebody in their place."""
        self._show(page)
        on = [(words.name_of(m.user, picture.people), m.user) for m in case.members]
        taken = {m.user for m in case.members}
        off = [(words.name_of(u.id, picture.people), u.id) for u in picture.able() if u.id not in taken]
        verb = "Take off" if page is Page.TAKE_OFF else "Hand over"
        self.acts[page].begin(Act(page, case=case.case_id), f"{verb}: {case.case_id}", _GONE, on, off)

    def begin_place(self, area: Area | None, *, draw: bool = False) -> None:
        self._show(Page.PLACE)
        self.place.begin(area)
        self.place.canvas.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if draw:
            self.place.start_drawing()

    def begin_key(self) -> None:
        self._show(Page.KEY)
        field = self.key.box.passphrase if self.key.box.file.text() else self.key.box.file
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def look_again(self, picture: Picture) -> None:
        """Newer knowledge for what is being filled in."""
        if self._page is Page.ASSIGN:
            self.assign.look_again(picture)

    def submit(self) -> bool:
        """Sign what is being filled in. False if nothing is."""
        if self._page is Page.PLACE:
            self.place.search.click()
            return True
        form = {Page.ASSIGN: self.assign, **self.acts}.get(self._page)
        if form is not None:
            form.submit()
        return form is not None

    def refuse(self, error: ReviewerError) -> None:
        """What was to be signed was not."""
        if self._page is Page.SECOND:
            self.second.refuse(str(error))
        for form in self._forms():
            form.refuse(error) if form.isVisibleTo(self) else form.taken()

    def leave(self) -> None:
        """Nothing is being filled in any more."""
        for form in self._forms():
            form.taken()
        self._show(Page.PICKED)

    # The custody key

    def show_key(self, state: KeyState) -> None:
        self.key_is_open = state.opened
        self.picked.show_key(state)
        self.key.box.show_state(state)
        for form in self._forms():
            form.show_key(state)

    def key_opened(self) -> None:
        for box in self._boxes():
            box.opened()
        if self._page is Page.KEY:
            self.back.emit()

    def key_refused(self, error: ReviewerError) -> None:
        for box in self._boxes():
            box.refuse(error) if box.isVisibleTo(self) else box.opened()

    def forget(self) -> None:
        """What was typed of a passphrase is gone."""
        for box in self._boxes():
            box.opened()


class KeyPage(QWidget):
    """The custody key by itself."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(17, 16, 16, 16)
        self.box = KeyBox()
        column.addWidget(self.box)
        column.addStretch()


def _scrolling(page: QWidget) -> QScrollArea:
    """A page that scrolls where the window is low."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    page.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    page.setProperty("surface", "1")
    area.setWidget(page)
    return area
