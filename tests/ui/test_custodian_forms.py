"""The recordings screen’s forms: what its keys ask for, and what it will not sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.assignment import Assignment, Member, Pending, Purpose
from reviewer.domain.errors import AccessRefused
from reviewer.domain.roster import Role
from reviewer.domain.timebase import parse_rfc3339
from reviewer.services.custody import Order
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.custodian import RecordingsScreen
from reviewer.ui.custodian_lists import View
from reviewer.ui.custodian_side import Page
from reviewer.ui.custodian_source import KeyState, Waiting
from tests.ui.custodian_fake import (
    CASE,
    CASE_ENTRY,
    CTRL,
    KEY,
    SHIFT,
    START,
    Fake,
    notices,
    picture,
    press,
    rows,
    said,
    settle,
    shown,
)


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable, bridge: Bridge, fake: Fake) -> RecordingsScreen:
    return shown(qtbot, keys, bridge, fake)


# -- assigning -------------------------------------------------------------------------------------------------------


def fill(qtbot: QtBot, screen: RecordingsScreen, case: str = "CR-2026-0200") -> None:
    """The form for the picked recordings, whole but for what the test is about."""
    press(qtbot, KEY.Key_A)
    assert screen.side.page is Page.ASSIGN
    form = screen.side.assign
    qtbot.keyClicks(form.case, case)
    if not form.title.text():
        qtbot.keyClicks(form.title, "Mikonkatu")
    qtbot.keyClicks(form.people.typed, "falk")
    qtbot.keyClick(form.people.typed, KEY.Key_Return)
    form.reason.setPlainText("Complaint")


def test_a_new_case_for_one_person(qtbot: QtBot, screen: RecordingsScreen, fake: Fake) -> None:
    press(qtbot, KEY.Key_Down, SHIFT)
    fill(qtbot, screen)
    form = screen.side.assign
    role = next(iter(form.people._roles.values()))
    assert not isinstance(role, Role)
    role.choose(Role.INVESTIGATOR)
    qtbot.keyClicks(form.until, "31 Dec 2026")
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    ((name, order),) = fake.asked
    assert (name, isinstance(order, Order)) == ("assign", True)
    assert order == Order(
        "CR-2026-0200",
        "Mikonkatu",
        {"falk": Role.INVESTIGATOR},
        {"r3": None, "r2": None},
        Purpose.COMPLAINT,
        "Complaint",
        parse_rfc3339("2026-12-31T22:00:00Z"),
    )
    assert notices(screen) == ["Done"]
    assert screen.side.page is Page.PICKED


def test_an_existing_case_keeps_what_it_has(qtbot: QtBot, screen: RecordingsScreen, fake: Fake) -> None:
    fill(qtbot, screen, CASE.lower())
    form = screen.side.assign
    assert "Exists, with 1 person and 1 recording, which stay." in said(screen)
    assert form.until.text() == "31 Dec 2026"
    next(r for r in form.people._roles.values() if not isinstance(r, Role)).choose(Role.INVESTIGATOR)
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    order = fake.asked[0][1]
    assert isinstance(order, Order)
    assert (order.case_id, order.title, order.expires) == (CASE, CASE_ENTRY.title, CASE_ENTRY.expires)
    assert order.members == {"salo": Role.INVESTIGATOR, "falk": Role.INVESTIGATOR}
    assert order.recordings == {"r1": CASE_ENTRY.windows["r1"], "r3": None}


def test_restricted_recordings_say_that_a_second_person_signs(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_A, CTRL)
    press(qtbot, KEY.Key_A)
    assert "1 of them is restricted: a second supervisor or custodian must sign" in said(screen)


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        (lambda f: f.case.setText("no such name!"), "Name the case"),
        (lambda f: f.title.clear(), "Give the case a title"),
        (lambda f: f.reason.setPlainText(" a "), "Say why."),
        (lambda f: f.until.setText("some day"), "is no day and time"),
        (lambda f: f.start.setText("14 Jun 2026"), "needs a start, and an end after it"),
        (lambda f: f.purpose.choose(Purpose.TRAINING), "not released for training"),
        (lambda f: next(iter(f.people._roles.values())).choose(Role.TRAINING), "for training only"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_signed(
    qtbot: QtBot, screen: RecordingsScreen, fake: Fake, change: Callable[[object], object], lacks: str
) -> None:
    fill(qtbot, screen)
    next(iter(screen.side.assign.people._roles.values())).choose(Role.INVESTIGATOR)  # type: ignore[union-attr]
    change(screen.side.assign)
    assert lacks in screen.side.assign.missing.text()
    assert not screen.side.assign.sign.isEnabled()
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    assert fake.asked == []


def test_somebody_who_is_not_known_or_not_alone_is_not_added(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_A)
    people = screen.side.assign.people
    for typed, sentence in (("nobody", "The roster has nobody “nobody”"), ("04", ""), ("old", "nobody “old”")):
        people.typed.setText(typed)
        people.add_typed()
        assert sentence in people.error.words
    assert set(people.members) == {"salo"}
    people.typed.setText("a")
    people.add_typed()
    assert "have these words" in people.error.words


def test_a_refusal_stands_in_the_form_and_keeps_what_was_typed(
    qtbot: QtBot, screen: RecordingsScreen, fake: Fake
) -> None:
    fake.error = AccessRefused("No key here opens r3.", "Open a custody key.")
    fill(qtbot, screen)
    next(iter(screen.side.assign.people._roles.values())).choose(Role.INVESTIGATOR)  # type: ignore[union-attr]
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    assert screen.side.page is Page.ASSIGN
    assert screen.side.assign.error.words == "No key here opens r3. Open a custody key."
    assert screen.side.assign.title.text() == "Mikonkatu"
    assert notices(screen) == []


# -- the custody key -------------------------------------------------------------------------------------------------


def test_the_custody_key_is_asked_for_where_it_is_needed(qtbot: QtBot, screen: RecordingsScreen, fake: Fake) -> None:
    screen.forget_key()
    fill(qtbot, screen)
    next(iter(screen.side.assign.people._roles.values())).choose(Role.INVESTIGATOR)  # type: ignore[union-attr]
    box = screen.side.assign.box
    assert box.isVisible()
    assert screen.side.assign.missing.text() == "Open the custody key above."
    for passphrase, opened in (("wrong", False), ("right", True)):
        qtbot.keyClicks(box.passphrase.line, passphrase)
        qtbot.keyClick(box.passphrase.line, KEY.Key_Return)
        settle(qtbot, screen)
        assert screen.key_open is opened
        assert box.passphrase.text == ""
        assert ("does not open the key" in box.error.words) is not opened
    assert not box.isVisible()
    assert screen.side.assign.sign.isEnabled()


def test_a_supervisor_is_not_asked_for_it(qtbot: QtBot, screen: RecordingsScreen, fake: Fake) -> None:
    fake.state = KeyState()
    screen.show_picture(fake.picture)
    settle(qtbot, screen)
    fill(qtbot, screen)
    assert not screen.side.assign.box.isVisible()
    screen._back()
    assert not screen.side.picked._key.isVisible()
    press(qtbot, KEY.Key_K)
    assert screen.side.page is Page.PICKED


def test_k_opens_and_forgets_it(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_K)
    assert not screen.key_open
    press(qtbot, KEY.Key_K)
    assert screen.side.page is Page.KEY
    qtbot.keyClicks(QApplication.focusWidget(), "right")
    press(qtbot, KEY.Key_Return)
    settle(qtbot, screen)
    assert screen.key_open
    assert screen.side.page is Page.PICKED


# -- cases -----------------------------------------------------------------------------------------------------------


def test_a_case_says_who_is_on_it_and_since_when(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_2)
    assert screen.view is View.CASES
    everything = said(screen)
    for words_ in ("Mikonkatu, 13 Jun 2026", "since 13 Jun 2026, investigator", "13 Jun 2026 to 14 Jun 2026", "O. Old"):
        assert words_ in everything
    press(qtbot, KEY.Key_S)
    settle(qtbot, screen)
    assert screen.view is View.RECORDINGS
    assert rows(screen) == ["r1"]


@pytest.mark.parametrize(("key", "page"), [(KEY.Key_T, Page.TAKE_OFF), (KEY.Key_H, Page.HAND_OVER)])
def test_people_are_taken_off_and_replaced_with_a_reason(
    qtbot: QtBot, screen: RecordingsScreen, fake: Fake, key: Qt.Key, page: Page
) -> None:
    press(qtbot, KEY.Key_2)
    press(qtbot, key)
    assert screen.side.page is page
    form = screen.side.acts[page]
    assert "they may have kept" in said(screen)
    form.reason.setPlainText("Went to another station")
    if page is Page.HAND_OVER:
        assert "Choose to whom." in form.missing.text()
        form.to.choose("falk")
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    wanted = ("take_off", CASE, "salo") if page is Page.TAKE_OFF else ("hand_over", CASE, "salo", "falk")
    assert fake.asked == [(*wanted, "Went to another station")]


# -- training and second signatures ----------------------------------------------------------------------------------


def test_release_and_withdraw_ask_for_those_that_are_not_yet(
    qtbot: QtBot, screen: RecordingsScreen, fake: Fake
) -> None:
    press(qtbot, KEY.Key_A, CTRL)
    for key, page, modifier in ((KEY.Key_R, Page.RELEASE, None), (KEY.Key_R, Page.WITHDRAW, SHIFT)):
        press(qtbot, key, modifier or Qt.KeyboardModifier.NoModifier)
        assert screen.side.page is page
        assert not screen.side.acts[page].sign.isEnabled()
        screen.side.acts[page].reason.setPlainText("For the course in May")
        press(qtbot, KEY.Key_Return, CTRL)
        settle(qtbot, screen)
        press(qtbot, KEY.Key_A, CTRL)
    reason = "For the course in May"
    assert fake.asked == [("release", ("r3", "r1"), True, reason), ("release", ("r2",), False, reason)]


def waiting(by: str, *, mine: bool) -> Waiting:
    pending = Pending("CR-2026-0300", 3, by, START, "", ())
    order = Assignment(
        "CR-2026-0300", 3, (Member("salo", Role.INVESTIGATOR, ""),), (), Purpose.COMPLAINT, by, START, "Sealed", "Why"
    )
    return Waiting(pending, order if mine else None)


def test_what_waits_is_signed_second_by_another_person(qtbot: QtBot, screen: RecordingsScreen, fake: Fake) -> None:
    screen.show_picture(replace(picture(), waiting=(waiting("aro", mine=True),)))
    settle(qtbot, screen)
    press(qtbot, KEY.Key_3)
    assert "To sign second 1" in screen.views.segment(View.WAITING).text()
    assert "Sealed" in said(screen)
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    assert fake.asked == [("countersign", "CR-2026-0300", 3)]


@pytest.mark.parametrize(
    ("by", "mine", "why"), [("hill", False, "You signed it first."), ("aro", False, "It does not wait for you.")]
)
def test_who_cannot_be_second_is_told_why(
    qtbot: QtBot, screen: RecordingsScreen, fake: Fake, by: str, mine: bool, why: str
) -> None:
    screen.show_picture(replace(picture(), waiting=(waiting(by, mine=mine),)))
    settle(qtbot, screen)
    press(qtbot, KEY.Key_3)
    assert why in said(screen)
    press(qtbot, KEY.Key_Return, CTRL)
    assert fake.asked == []
