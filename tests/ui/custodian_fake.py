"""The recordings screen over a fake of what lies behind it, and hands and eyes for its tests."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from reviewer.domain.assignment import Purpose
from reviewer.domain.errors import ReviewerError, WrongPassphrase
from reviewer.domain.place import Place
from reviewer.domain.recording import Kind
from reviewer.domain.roster import Role, User
from reviewer.domain.timebase import SECOND, TimeRange, Utc, parse_rfc3339
from reviewer.services.catalogue import Overview
from reviewer.services.catalogue_search import CaseEntry, CaseMember, Entry, FormerMember, Listing, pack
from reviewer.services.trust import Contact
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.custodian import RecordingsScreen
from reviewer.ui.custodian_source import KeyState, Picture, RecordingsSource
from reviewer.ui.queue_parts import Notice
from tests.ui.samples import done, failed, zone

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

    picture: Picture = dataclasses.field(default_factory=picture)
    state: KeyState = dataclasses.field(default_factory=lambda: KeyState(True, True, "keys/custody.json"))
    asked: list[tuple[object, ...]] = dataclasses.field(default_factory=list)
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
        self.state = dataclasses.replace(self.state, opened=True)
        return done(None)

    def forget_key(self) -> None:
        self.state = dataclasses.replace(self.state, opened=False)

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


def shown(qtbot: QtBot, keys: KeyTable, bridge: Bridge, fake: Fake) -> RecordingsScreen:
    """The screen over this fake, with its first answer on it."""
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
