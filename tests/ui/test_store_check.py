"""The store's screen: what is known in four sentences, checking with progress, findings, signing, keeping; by keys."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import Cancelled, ReviewerError, StoreUnreachable
from reviewer.domain.storecheck import CheckReport, Fault, Figures, Finding, LockGroup, Severity
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.services.storecheck import CheckProgress, Stage, Unfinished
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.store_check import Hear, StoreScreen, StoreSource
from reviewer.ui.store_check_words import StoreFacts, progress_words, sentences
from reviewer.ui.store_keeping import Keeper, RecordingKept
from reviewer.ui.times import Zone

T = TypeVar("T")
NOW = Utc(1_781_380_800_000_000)  # 2026-06-13T20:00:00Z
DAY = 86_400 * SECOND
HELSINKI = Zone.named("Europe/Helsinki")
FOLDER = StoreFacts("/evidence", "tamper-evident, not write-once", False)
BUCKET = StoreFacts("s3://evidence", "write-once: Object Lock in compliance mode, 10 years", True)
FINDINGS = (
    Finding(Severity.BROKEN, Fault.BYTES, "objects/ab/abc", "Part 1 of r0 does not match.", "Bring it back.", "r0"),
    Finding(Severity.WARNING, Fault.ORPHAN, "objects/cd/cde", "No manifest names this object.", "Ingest it again."),
    Finding(Severity.NOTE, Fault.LEFTOVER, "objects/.tmp-1", "A writing did not end.", "It is no evidence."),
)
REPORT = CheckReport(
    agency="helsinki.example",
    store="/evidence",
    integrity="tamper-evident, not write-once",
    write_once=False,
    deep=True,
    roster=2,
    started_at=NOW,
    ended_at=Utc(NOW + 3600 * SECOND),
    worked=Micros(3600 * SECOND),
    read_bytes=5_000_000_000,
    runs=1,
    station="ws-1",
    version="1",
    figures=Figures(objects=6, whole=5, whole_bytes=5_000_000, recordings=3, broken=1, warnings=1, notes=1),
    locks=(LockGroup("", False, 12, 6_000_000),),
    findings=FINDINGS,
)


def done(value: T) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(value)
    return future


@dataclass
class Fake:
    """A store that answers at once, and a check that ends when the test says so."""

    facts: StoreFacts = FOLDER
    keeper: Keeper = field(default_factory=lambda: Keeper(lambda _: Future(), lambda *_: Future(), lambda *_: Future()))
    no_sign: str = ""
    asked: list[tuple[bool, bool]] = field(default_factory=list)
    signed: list[CheckReport] = field(default_factory=list)
    check: Future[CheckReport] = field(default_factory=Future)
    hear: Hear | None = None
    cancel: threading.Event | None = None

    def source(self) -> StoreSource:
        return StoreSource(lambda: done(self.facts), self._check, self._sign, lambda: self.keeper, self.no_sign)

    def _check(self, deep: bool, anew: bool, hear: Hear, cancel: threading.Event) -> Future[CheckReport]:
        self.asked.append((deep, anew))
        self.hear, self.cancel, self.check = hear, cancel, Future()
        return self.check

    def _sign(self, report: CheckReport) -> Future[Path]:
        self.signed.append(report)
        return done(Path("/documents/report.json"))


class Room:
    def __init__(self, qtbot: QtBot, bridge: Bridge, keys: KeyTable, fake: Fake) -> None:
        self.qtbot, self.fake = qtbot, fake
        self.screen = StoreScreen(fake.source(), bridge=bridge, keys=keys, zone=lambda: HELSINKI)
        self.screen.resize(1366, 768)
        qtbot.addWidget(self.screen)
        with qtbot.waitExposed(self.screen):
            self.screen.show()
        self.screen.activateWindow()
        self.screen.setFocus()
        self.until(lambda: self.screen._facts is not None)

    def until(self, what: object) -> None:
        assert callable(what)
        self.qtbot.waitUntil(what)

    def press(self, key: Qt.Key, *held: Qt.KeyboardModifier) -> None:
        holding = Qt.KeyboardModifier.NoModifier
        for each in held:
            holding |= each
        self.qtbot.keyClick(self.screen.focusWidget() or self.screen, key, holding)

    def cards(self) -> list[str]:
        return [card.accessibleName() for card in self.screen._cards]

    def rows(self) -> list[str]:
        return [f.message for f in self.screen.table.rows.rows]


@pytest.fixture
def room(qtbot: QtBot, bridge: Bridge, keys: KeyTable) -> Iterator[Room]:
    yield Room(qtbot, bridge, keys, Fake())


def test_a_folder_says_at_once_what_it_does_not_promise(room: Room) -> None:
    assert room.cards()[0] == "Not write-once. /evidence · tamper-evident, not write-once"
    assert "Never checked here" in room.cards()[2]
    assert room.screen._empty_card.isVisible()
    assert not room.screen.sign_button.isEnabled()
    assert room.screen.sign_button.toolTip() == "Nothing was checked yet."


def test_a_check_is_started_watched_and_ends_in_findings_by_key(room: Room) -> None:
    fake, screen = room.fake, room.screen
    room.press(Qt.Key.Key_D)
    assert fake.asked == [(True, False)]
    assert screen.running
    assert not screen.quick.isEnabled() and not screen.deep.isEnabled()
    assert fake.hear is not None
    fake.hear(CheckProgress(Stage.OBJECTS, 3, 6, 50_000_000, 100_000_000, 25_000_000, 1, 2))
    room.until(lambda: "50 %" in screen._words.text())
    assert screen._words.text() == "Deep check: objects, 3 of 6 · 50.0 MB of 100.0 MB · 25.0 MB/s · 50 %"
    assert screen._so_far.text() == "1 broken, 2 warnings so far"
    assert screen._strip.fraction == 0.5
    fake.facts = replace(FOLDER, last=REPORT)
    fake.check.set_result(REPORT)
    room.until(lambda: not screen.running and bool(room.rows()))
    assert room.rows() == [f.message for f in FINDINGS]
    assert not screen._going.isVisible()
    assert room.cards()[2].startswith("1 broken. 14 Jun 2026 00:00:00 local, 21:00:00 UTC · every byte was read")
    assert screen._counted.text() == "3 findings"


def test_a_check_is_stopped_and_gone_on_with(room: Room) -> None:
    fake, screen = room.fake, room.screen
    room.press(Qt.Key.Key_C)
    assert fake.asked == [(False, False)]
    room.press(Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert fake.cancel is not None and fake.cancel.is_set()
    assert not screen.stop_button.isEnabled()
    fake.facts = replace(FOLDER, quick_left=Unfinished(NOW, 2, 6))
    fake.check.set_exception(Cancelled("The check"))
    room.until(lambda: screen.quick.text() == "Go on: check")
    assert room.cards()[3] == ("Check not finished. 2 of 6 objects, begun 13 Jun 2026 23:00:00 local; it goes on there")
    assert not screen._error.isVisible()
    room.press(Qt.Key.Key_C)
    room.press(Qt.Key.Key_D)  # one at a time
    assert fake.asked == [(False, False), (False, False)]


def test_a_store_that_goes_away_is_said_in_place(room: Room) -> None:
    room.press(Qt.Key.Key_D, Qt.KeyboardModifier.ShiftModifier)
    assert room.fake.asked == [(True, True)]
    room.fake.facts = replace(FOLDER, trouble="The store at /evidence cannot be read now.")
    room.fake.check.set_exception(StoreUnreachable("The store cannot be read now.", "Mount it."))
    room.until(room.screen._error.isVisible)
    room.until(lambda: room.cards()[0].startswith("Store not reached."))


def test_findings_are_filtered_and_one_is_shown_whole(room: Room) -> None:
    room.screen.show_facts(replace(FOLDER, last=REPORT))
    sheet = room.screen.sheet
    assert sheet._message.text() == FINDINGS[0].message
    assert sheet.recording.text() == "r0"
    room.screen.kinds.segment(Severity.WARNING).click()
    assert room.rows() == [FINDINGS[1].message]
    assert room.screen._counted.text() == "1 of 3 findings"
    assert sheet._next.text() == FINDINGS[1].next_step
    room.screen.show_facts(replace(FOLDER, last=replace(REPORT, findings=(), figures=Figures())))
    assert room.screen._empty_card.isVisible()


def test_a_custodian_signs_by_key_and_hears_where_it_is(room: Room) -> None:
    room.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert room.fake.signed == []
    room.screen.show_facts(replace(FOLDER, last=REPORT))
    room.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert room.fake.signed == [REPORT]
    room.until(lambda: "/documents/report.json" in room.screen._saved.text())


def test_an_auditor_checks_and_does_not_sign(qtbot: QtBot, bridge: Bridge, keys: KeyTable) -> None:
    room = Room(qtbot, bridge, keys, Fake(no_sign="Only a custodian signs what a check found."))
    room.screen.show_facts(replace(FOLDER, last=REPORT))
    assert not room.screen.sign_button.isEnabled()
    assert room.screen.sign_button.toolTip() == "Only a custodian signs what a check found."
    room.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert room.fake.signed == []


def test_a_recording_is_kept_by_keys_alone(qtbot: QtBot, bridge: Bridge, keys: KeyTable) -> None:
    asked: list[object] = []

    def retain(recording: str, until: Utc) -> Future[RecordingKept]:
        asked.append((recording, until))
        return done(RecordingKept(recording, 4, until, 0))

    def hold(recording: str, on: bool) -> Future[RecordingKept]:
        asked.append((recording, on))
        return done(RecordingKept(recording, 4, NOW, 4 if on else 0))

    look = lambda recording: done(RecordingKept(recording, 4, None, 0))  # noqa: E731
    room = Room(qtbot, bridge, keys, Fake(facts=BUCKET, keeper=Keeper(look, retain, hold)))
    sheet, control = room.screen.sheet, Qt.KeyboardModifier.ControlModifier
    room.press(Qt.Key.Key_R)
    assert sheet.recording.hasFocus()
    qtbot.keyClicks(sheet.recording, "r0")
    room.press(Qt.Key.Key_Return)
    room.until(lambda: sheet._state.text() == "4 things of it are in the store: not all are locked, no legal hold.")
    sheet.until.setFocus()
    qtbot.keyClicks(sheet.until, "tomorrow")
    room.press(Qt.Key.Key_K, control)
    assert sheet._error.isVisible() and asked == []
    sheet.until.clear()
    qtbot.keyClicks(sheet.until, "2036-01-01")
    room.press(Qt.Key.Key_K, control)
    room.until(lambda: "locked until 2036-01-01 at least" in sheet._state.text())
    for expected in (True, False):
        room.press(Qt.Key.Key_H, control)
        words = "Lift legal hold" if expected else "Set legal hold"
        room.until(lambda words=words: sheet._hold.text() == words)
        assert asked[-1] == ("r0", expected)
    assert asked[0] == ("r0", 2082758400 * SECOND)


def test_where_nothing_can_be_kept_the_buttons_say_why(qtbot: QtBot, bridge: Bridge, keys: KeyTable) -> None:
    why = "A folder cannot keep anything: it is tamper-evident, not write-once."
    asked: list[object] = []
    keeper = Keeper(
        lambda _: Future(), lambda *a: asked.append(a) or Future(), lambda *a: asked.append(a) or Future(), why
    )  # type: ignore[func-returns-value]
    sheet = Room(qtbot, bridge, keys, Fake(keeper=keeper)).screen.sheet
    assert not sheet._retain.isEnabled() and sheet._retain.toolTip() == why
    assert sheet._state.text() == why
    sheet.recording.setText("r0")
    sheet.retain()
    sheet.hold()
    assert asked == []


def test_a_refusal_of_the_store_is_said_and_nothing_looks_changed(qtbot: QtBot, bridge: Bridge, keys: KeyTable) -> None:
    refused: Future[RecordingKept] = Future()
    refused.set_exception(ReviewerError("That cannot be shortened by anybody.", "Name a later time."))
    fake = Fake(facts=BUCKET, keeper=Keeper(lambda _: Future(), lambda *_: refused, lambda *_: refused))
    room = Room(qtbot, bridge, keys, fake)
    room.screen.sheet.until.setText("2020-01-01")
    room.screen.sheet.retain()
    assert room.screen.sheet._error.isVisible()  # no recording named
    room.screen.sheet.recording.setText("r0")
    room.screen.sheet.retain()
    room.until(
        lambda: (
            "shortened" in room.screen.sheet._error.accessibleName() + room.screen.sheet._state.text()
            or room.screen.sheet._error.isVisible()
        )
    )
    assert room.screen.sheet._state.text() == "Enter asks the store how it is kept."


def test_the_words_of_locks() -> None:
    def words(*locks: LockGroup, once: bool = True) -> str:
        facts = replace(BUCKET if once else FOLDER, last=replace(REPORT, locks=locks))
        sentence = sentences(facts, HELSINKI)[1]
        return f"{sentence.title}: {sentence.words}"

    until = Utc(NOW // DAY * DAY)
    locked = LockGroup("COMPLIANCE", False, 5, 1, until)
    assert words(locked) == "5 locked: None ends before 2026-06-13"
    held = LockGroup("COMPLIANCE", True, 2, 1, until)
    loose = LockGroup("", False, 3, 1)
    assert words(locked, held, loose) == "7 locked: None ends before 2026-06-13 · 2 things on legal hold · 3 not locked"
    assert words(loose, once=False) == "Nothing is locked: Whoever may write there can remove what lies in it"
    assert words(LockGroup("", True, 3, 1)).startswith("3 held")
    assert progress_words(CheckProgress(Stage.LISTING, 4), deep=False) == "Check: listing the store, 4 things so far"
    assert progress_words(CheckProgress(Stage.LOGS), deep=True) == "Deep check: verifying the logs"
