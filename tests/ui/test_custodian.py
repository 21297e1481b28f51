"""The recordings screen: what it lists and says, what its keys ask for, and what it will not sign."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.assignment import Assignment, Member, Pending, Purpose
from reviewer.domain.errors import AccessRefused, ReviewerError, WrongPassphrase
from reviewer.domain.place import Box, Circle, Place
from reviewer.domain.recording import Kind
from reviewer.domain.roster import Role, User
from reviewer.domain.timebase import SECOND, TimeRange, Utc, parse_rfc3339
from reviewer.services.catalogue import Overview
from reviewer.services.catalogue_search import CaseEntry, CaseMember, Entry, FormerMember, Listing, Wanted, pack
from reviewer.services.custody import Order
from reviewer.services.trust import Contact, Problem
from reviewer.ui import custodian_words as words
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.custodian import RecordingsScreen
from reviewer.ui.custodian_lists import View
from reviewer.ui.custodian_side import Page
from reviewer.ui.custodian_source import KeyState, Picture, RecordingsSource, Waiting
from reviewer.ui.queue_parts import Notice
from tests.ui.samples import HELSINKI, done, failed, zone

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
START = parse_rfc3339("2026-06-13T19:38:00Z")
PLACE = Place((6_017_000, 2_494_000), 51)
CASE = "CR-2026-0142"


def entry(number: int, officer: str = "Ofc. A. Niemi 2214", *, restricted: bool = False, opened: bool = True) -> Entry:
    return Entry(
        recording_id=f"r{number}",
        n=1,
        opened=opened,
        officer=officer,
        device="AXIS W110" if opened else "",
        kind=Kind.VIDEO,
        start=Utc(START + number * 3600 * SECOND),
        end=Utc(START + number * 3600 * SECOND + 720 * SECOND),
        parts=2,
        bytes=900_000_000,
        incidents=("K-2026-1122",) if number % 2 else (),
        event_type="arrest",
        restricted=restricted,
        box=PLACE.box,
        reach=PLACE.reach,
        path=pack(PLACE),
    )


ENTRIES = (entry(1), entry(2, "Ofc. L. Korhonen 1873"), entry(3, restricted=True))
SALO = User("salo", "K. Salo", "0417", (Role.INVESTIGATOR,), "", "")
FALK = User("falk", "R. Falk", "0251", (Role.TRAINING, Role.INVESTIGATOR), "", "")
ARO = User("aro", "S. Aro", "0102", (Role.SUPERVISOR,), "", "")
GONE = User("old", "O. Old", "0001", (), "", "", left=START)
CASE_ENTRY = CaseEntry(
    CASE,
    2,
    True,
    "Mikonkatu, 13 Jun 2026",
    Purpose.COMPLAINT,
    "A complaint",
    (CaseMember("salo", Role.INVESTIGATOR, START),),
    ("r1",),
    "aro",
    START,
    expires=parse_rfc3339("2026-12-31T22:00:00Z"),
    windows={"r1": TimeRange(START, Utc(START + SECOND))},
    former=(FormerMember("old", Role.INVESTIGATOR, START, Utc(START + 86_400 * SECOND)),),
)


def picture(
    entries: tuple[Entry, ...] = ENTRIES, cases: tuple[CaseEntry, ...] = (CASE_ENTRY,), me: str = "hill"
) -> Picture:
    listing = Listing.of(entries, cases, {"r2"} & {e.recording_id for e in entries})
    people = {u.id: u for u in (SALO, FALK, ARO, GONE)}
    return Picture(Overview(listing, contact=Contact(START), asked=True), people, me)


@dataclass
class Fake:
    """Stands for what lies behind the screen, and remembers what it was asked."""

    picture: Picture = field(default_factory=picture)
    state: KeyState = field(default_factory=lambda: KeyState(True, True, "keys/custody.json"))
    asked: list[tuple[object, ...]] = field(default_factory=list)
    error: ReviewerError | None = None

    def verb(self, name: str) -> Callable[..., Future[str]]:
        def ask(*what: object) -> Future[str]:
            self.asked.append((name, *what))
            return failed(self.error) if self.error is not None else done(f"{name} was done.")  # type: ignore[return-value]

        return ask

    def open_key(self, file: str, passphrase: str) -> Future[None]:
        self.asked.append(("open_key", file, passphrase))
        if passphrase != "right":
            return failed(WrongPassphrase("That passphrase does not open the key.", "Type it again."))  # type: ignore[return-value]
        self.state = replace(self.state, opened=True)
        return done(None)

    def forget_key(self) -> None:
        self.state = replace(self.state, opened=False)

    def source(self) -> RecordingsSource:
        return RecordingsSource(
            read=lambda again: done(self.picture),
            find=lambda listing, wanted: done(listing.find(wanted)),
            assign=self.verb("assign"),
            take_off=self.verb("take_off"),
            hand_over=self.verb("hand_over"),
            release=self.verb("release"),
            countersign=self.verb("countersign"),
            open_key=self.open_key,
            forget_key=self.forget_key,
            key=lambda: self.state,
        )


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable, bridge: Bridge, fake: Fake) -> RecordingsScreen:
    made = RecordingsScreen(fake.source(), bridge=bridge, keys=keys, zone=zone)
    qtbot.addWidget(made)
    made.resize(1302, 700)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    settle(qtbot, made)
    return made


def settle(qtbot: QtBot, screen: RecordingsScreen) -> None:
    """What was asked for has been answered and shown."""
    qtbot.waitUntil(lambda: screen.settled)
    QApplication.processEvents()


def said(screen: QWidget) -> str:
    QApplication.processEvents()
    return " ".join(label.text() for label in screen.findChildren(QLabel) if label.isVisible())


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)
    QApplication.processEvents()


def rows(screen: RecordingsScreen) -> list[str]:
    return [e.recording_id for e in screen.lists.recordings.rows.rows]


def notices(screen: RecordingsScreen) -> list[str]:
    QApplication.processEvents()
    return [n.accessibleName() for n in screen.findChildren(Notice) if n.isVisible()]


def field(screen: RecordingsScreen, name: str) -> QLineEdit:
    return next(f for f in screen.findChildren(QLineEdit) if f.accessibleName() == name and f.isVisible())


# -- listing and finding ---------------------------------------------------------------------------------------------


def test_recordings_are_listed_newest_first_with_what_is_known(screen: RecordingsScreen) -> None:
    assert rows(screen) == ["r3", "r2", "r1"]
    assert "3 recordings · 2 not assigned" in said(screen)
    listing = screen.listing
    assert [c.spoken for c in words.cells(ENTRIES[0], listing, HELSINKI)] == [
        "13 Jun 2026, 23:38–23:50",
        "Ofc. A. Niemi 2214, AXIS W110",
        "K-2026-1122, arrest",
        "12:00, 900 MB",
        "as assigned",
        CASE,
    ]
    assert words.cells(ENTRIES[1], listing, HELSINKI)[4].spoken == "for training"
    assert words.cells(ENTRIES[2], listing, HELSINKI)[4].spoken == "restricted"
    closed = entry(5, "niemi", opened=False)
    assert words.cells(closed, listing, HELSINKI)[1].spoken == "niemi, details need the custody key"


def test_fields_find_as_they_are_typed_into(qtbot: QtBot, screen: RecordingsScreen) -> None:
    for name, typed, found in (
        ("Officer", "korh", ["r2"]),
        ("Incident", "1122", ["r3", "r1"]),
        ("From", "14 Jun 2026 00:45", ["r3", "r2"]),
        ("To", "13 Jun 2026", ["r1"]),
        ("Place", "60.17, 24.94", ["r3", "r2", "r1"]),
        ("Place", "61.17, 24.94, 2 km", []),
    ):
        at = field(screen, name)
        at.setFocus()
        qtbot.keyClicks(at, typed)
        settle(qtbot, screen)
        assert rows(screen) == found, name
        at.clear()
        settle(qtbot, screen)
    assert "No recording is like that" not in said(screen)


def test_what_cannot_be_read_is_said_at_the_field(qtbot: QtBot, screen: RecordingsScreen) -> None:
    at = field(screen, "From")
    qtbot.keyClicks(at, "yesterday")
    settle(qtbot, screen)
    assert "“yesterday” is no day and time." in said(screen)
    assert at.property("invalid")
    assert rows(screen) == ["r3", "r2", "r1"]
    at.clear()
    settle(qtbot, screen)
    assert not screen.bar.error.isVisible()


def test_any_word_finds_and_x_clears(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_F, CTRL)
    qtbot.keyClicks(screen.search.line, "niemi cr-2026")
    settle(qtbot, screen)
    assert rows(screen) == ["r1"]
    press(qtbot, KEY.Key_Return)
    press(qtbot, KEY.Key_X)
    settle(qtbot, screen)
    assert rows(screen) == ["r3", "r2", "r1"]


def test_ten_thousand_rows_are_picked_without_asking_for_each(qtbot: QtBot, screen: RecordingsScreen) -> None:
    made = 0

    def cells(entry: Entry) -> words.Cells:
        nonlocal made
        made += 1
        return words.cells(entry, screen.listing, HELSINKI)

    screen.lists.recordings.rows._cells = cells
    screen.show_picture(picture(tuple(entry(n) for n in range(10_000))))
    settle(qtbot, screen)
    assert len(rows(screen)) == 10_000
    press(qtbot, KEY.Key_A, CTRL)
    assert len(screen.lists.recordings.chosen) == 10_000
    screen.lists.recordings.grab()
    assert made < 2_000
    assert "10,000 recordings" in said(screen)


def test_what_is_refused_and_a_store_out_of_reach_are_said(screen: RecordingsScreen) -> None:
    problem = Problem("recordings/x/1.json", "The document is not signed.", "Ask the custodian who put it there.")
    contact = Contact(START, "The folder cannot be read.")
    now = picture()
    screen.show_picture(replace(now, overview=replace(now.overview, problems=(problem,), contact=contact)))
    assert notices(screen) == [problem.message, "Listed from this machine: the store is not reached"]


def test_nothing_says_how_it_fills(qtbot: QtBot, screen: RecordingsScreen) -> None:
    screen.show_picture(picture((), ()))
    settle(qtbot, screen)
    assert "No recordings yet" in said(screen)
    assert not screen.side.picked._assign.isEnabled()
    press(qtbot, KEY.Key_2)
    assert "a case begins with assigning them" in said(screen)


def test_the_map_gives_what_it_shows(qtbot: QtBot, screen: RecordingsScreen) -> None:
    press(qtbot, KEY.Key_M)
    assert screen.side.page is Page.PLACE
    box = Box(6_016_000, 2_493_000, 6_018_000, 2_496_000)
    screen.side.place.look_at(box)
    shown = screen.side.place.box
    assert shown.south <= box.south < box.north <= shown.north
    assert shown.west <= box.west < box.east <= shown.east
    press(qtbot, KEY.Key_Left)
    press(qtbot, KEY.Key_Return, CTRL)
    settle(qtbot, screen)
    assert screen.bar.asked.area == words.area(field(screen, "Place").text())
    assert isinstance(screen.bar.asked.area, Box)


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


# -- what is typed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("13 Jun 2026 22:40", "2026-06-13T19:40:00Z"),
        ("13.6.2026 22.40.30", "2026-06-13T19:40:30Z"),
        ("2026-06-13 19:40 UTC", "2026-06-13T19:40:00Z"),
        ("13 June 2026", "2026-06-12T21:00:00Z"),
        ("2026-01-13", "2026-01-12T22:00:00Z"),
        ("25.10.2026 03:30", "2026-10-25T00:30:00Z"),
    ],
)
def test_times_as_people_type_them(typed: str, utc: str) -> None:
    assert words.moment(typed, HELSINKI) == parse_rfc3339(utc)
    assert words.moment("  ", HELSINKI) is None


def test_a_day_alone_ends_with_the_day() -> None:
    assert words.moment("13 Jun 2026", HELSINKI, end=True) == parse_rfc3339("2026-06-13T21:00:00Z")
    assert words.moment("25.10.2026", HELSINKI, end=True) == parse_rfc3339("2026-10-25T22:00:00Z")


@pytest.mark.parametrize("typed", ["31.2.2026", "now", "13 Jun", "13 Jun 2026 25:00", "13 Jun 2026 22:40 here"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(words.NotUnderstood):
        words.moment(typed, HELSINKI)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("", None),
        ("60.17, 24.94", Circle(6_017_000, 2_494_000, 200)),
        ("60.17 24.94 1.5 km", Circle(6_017_000, 2_494_000, 1_500)),
        ("-33.5, -70.25, 50 m", Circle(-3_350_000, -7_025_000, 50)),
        ("60.18, 24.93, 60.16, 24.96", Box(6_016_000, 2_493_000, 6_018_000, 2_496_000)),
    ],
)
def test_places_as_people_type_them(typed: str, place: object) -> None:
    assert words.area(typed) == place
    if place is not None:
        assert words.area(words.area_words(place)) == place  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["Mikonkatu", "91, 24", "60.1", "60, 24, 61", "60, 24, 61, 25, 5 m", "nan, nan"])
def test_what_is_no_place_is_refused(typed: str) -> None:
    with pytest.raises(words.NotUnderstood):
        words.area(typed)


def test_finding_is_asked_of_what_was_read(qtbot: QtBot, screen: RecordingsScreen) -> None:
    screen.bar.choices["assigned"].choose(True)
    settle(qtbot, screen)
    assert screen.bar.asked == Wanted(assigned=True)
    assert rows(screen) == ["r1"]
