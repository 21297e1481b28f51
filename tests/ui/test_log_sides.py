"""Beside the log: export for court, the week's review; above it the filter and its three questions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import WrongPassphrase
from reviewer.domain.log_acts import LogExportEnded
from reviewer.records.queries import EntryFilter
from reviewer.services.logexport import Asked, ExportCancelled, Exported, Part, Step
from reviewer.services.logreview import LogReview
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.log import LogPage, LogScreen, LogSource
from reviewer.ui.log_filters import When
from reviewer.ui.log_words import LogKind
from tests.ui.samples import ENTRIES, HEALTH, HELSINKI, NAMES, done, failed, log_source, now, page, zone

Press = Callable[..., None]


class Told:
    """What the screen asked."""

    def __init__(self, place: Path) -> None:
        self.filters: list[EntryFilter] = []
        self.exports: list[tuple[Asked, Callable[[Step], None], threading.Event]] = []
        self.export: Future[Exported] = Future()
        self.signed: list[tuple[LogReview, str]] = []
        self.source: LogSource = replace(
            log_source(), page=self._page, export=self._export, sign=self._sign, place=place
        )

    def _page(self, wanted: EntryFilter, _after: object) -> Future[LogPage]:
        self.filters.append(wanted)
        return done(page(wanted))

    def _export(self, asked: Asked, hear: Callable[[Step], None], cancel: threading.Event) -> Future[Exported]:
        self.exports.append((asked, hear, cancel))
        return self.export

    def _sign(self, review: LogReview, passphrase: str) -> Future[LogReview]:
        self.signed.append((review, passphrase))
        return done(review)


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


@pytest.fixture
def screen(qtbot: QtBot, keys: KeyTable, bridge: Bridge, told: Told) -> LogScreen:
    made = LogScreen(told.source, bridge=bridge, keys=keys, zone=zone, names=NAMES, now=now)
    qtbot.addWidget(made)
    made.resize(1300, 700)
    made.show()
    qtbot.waitUntil(made.isActiveWindow)
    qtbot.waitUntil(lambda: len(made.table.rows.rows) == len(ENTRIES) and made.filters.user.count() == 3)
    made.table.setFocus()
    return made


@pytest.fixture
def press(qtbot: QtBot, screen: LogScreen) -> Press:
    def pressing(key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(screen.window().focusWidget() or screen, key, held)

    return pressing


CTRL = Qt.KeyboardModifier.ControlModifier


def test_three_questions_with_a_key_each(screen: LogScreen, told: Told, press: Press) -> None:
    screen.table.pick(0)
    press(Qt.Key.Key_W)
    assert told.filters[-1].recording == "r1" and "view_closed" in told.filters[-1].kinds
    assert screen.filters.words.startswith("Who watched this recording? of A. Niemi 2214")
    press(Qt.Key.Key_V)
    assert (told.filters[-1].user, told.filters[-1].recording) == ("k.salo", None)
    press(Qt.Key.Key_X)
    assert LogExportEnded.KIND in told.filters[-1].kinds and told.filters[-1].user is None
    assert screen.kinds.value is LogKind.EXPORTS
    press(Qt.Key.Key_Backspace)
    assert told.filters[-1] == EntryFilter()


def test_kinds_have_keys_and_the_controls_make_one_filter(screen: LogScreen, told: Told, press: Press) -> None:
    press(Qt.Key.Key_4)
    screen.filters.user.choose("k.salo")
    screen.filters.case.choose("CR-2026-0142")
    screen.filters.recording.choose("r2")
    screen.filters.when.choose(When.TODAY)
    last = told.filters[-1]
    assert (last.user, last.case, last.recording) == ("k.salo", "CR-2026-0142", "r2")
    assert last.since is not None and HELSINKI.clock(last.since) == "00:00:00" and last.until is None
    assert (
        "Refusals · by K. Salo 0417 · of L. Korhonen 1873 · in CR-2026-0142 · from 28 Jul 2026" in screen.filters.words
    )


def test_a_range_of_time_is_typed_and_what_is_no_time_is_said(qtbot: QtBot, screen: LogScreen, told: Told) -> None:
    screen.filters.when.choose(When.RANGE)
    asked = len(told.filters)
    qtbot.keyClicks(screen.filters.since, "28 Jul 2026 12:00")
    qtbot.keyClicks(screen.filters.until, "never")
    qtbot.keyClick(screen.filters.until, Qt.Key.Key_Return)
    assert screen.filters.error.isVisible() and len(told.filters) == asked
    screen.filters.until.setText("28 Jul 2026")
    qtbot.keyClick(screen.filters.until, Qt.Key.Key_Return)
    last = told.filters[-1]
    assert last.since is not None and HELSINKI.clock(last.since) == "12:00:00"
    assert last.until is not None and HELSINKI.clock(last.until) == "00:00:00" and last.until > last.since


def test_the_proof_is_copied_as_json(qtbot: QtBot, screen: LogScreen, press: Press) -> None:
    press(Qt.Key.Key_C, CTRL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == '{"v": 1}')


def test_an_export_is_what_the_filter_shows_and_says_how_far_it_is(
    qtbot: QtBot, screen: LogScreen, told: Told, press: Press, tmp_path: Path
) -> None:
    press(Qt.Key.Key_4)
    press(Qt.Key.Key_E, CTRL)
    form = screen.export
    assert form.isVisible() and not screen.sheet.isVisible()
    form.parts[Part.CSV].setChecked(True)
    qtbot.mouseClick(form.form.segment("zip"), Qt.MouseButton.LeftButton)
    press(Qt.Key.Key_Return, CTRL)
    ((asked, hear, cancel),) = told.exports
    assert asked.target == tmp_path / "Signed log.zip" and not asked.notes
    assert asked.parts == {Part.PDF, Part.PROOFS, Part.VERIFIER, Part.CSV}
    assert asked.wanted == told.filters[-1]
    hear(Step("proven", 50, 100))
    qtbot.waitUntil(lambda: "50 of 100 entries proven" in form._said.text())
    press(Qt.Key.Key_Return, CTRL)
    assert len(told.exports) == 1
    press(Qt.Key.Key_Period, CTRL)
    assert cancel.is_set()
    told.export.set_exception(ExportCancelled("The export was stopped.", "Begin it again."))
    qtbot.waitUntil(lambda: "stopped" in form.error.words)
    assert form.sign.isEnabled()


def test_what_the_verifier_will_say_is_said_at_once(qtbot: QtBot, screen: LogScreen, told: Told, press: Press) -> None:
    press(Qt.Key.Key_E, CTRL)
    press(Qt.Key.Key_Return, CTRL)
    told.export.set_result(Exported(Path("/x/Signed log"), 6, 7, 900, "ab" * 32, "cd" * 32, ("1 witness is demanded",)))
    qtbot.waitUntil(lambda: "6 entries in 7 files" in screen.export._said.text())
    assert "ab" * 32 in screen.export._said.text().replace(" ", "")
    assert "will say FAIL: 1 witness" in screen.export.error.words


def test_nothing_is_exported_without_a_part(screen: LogScreen, told: Told, press: Press) -> None:
    press(Qt.Key.Key_E, CTRL)
    for part in (Part.PDF, Part.PROOFS):
        screen.export.parts[part].setChecked(False)
    assert not screen.export.sign.isEnabled()
    screen.export.submit()
    assert not told.exports


def test_nothing_is_signed_that_cannot_be_seen(screen: LogScreen, told: Told, press: Press) -> None:
    press(Qt.Key.Key_Return, CTRL)
    press(Qt.Key.Key_E, CTRL)
    press(Qt.Key.Key_E)
    press(Qt.Key.Key_Return, CTRL)
    assert screen.sheet.isVisible() and not told.exports


def test_a_remark_stays_while_somebody_looks_elsewhere(qtbot: QtBot, screen: LogScreen, press: Press) -> None:
    press(Qt.Key.Key_R)
    form = screen.review
    qtbot.waitUntil(form.table.hasFocus)
    assert screen.table.current == form.table.rows.rows[0][0], "the list shows it too"
    qtbot.keyClicks(form.remark, "Asked the officer.")
    press(Qt.Key.Key_E)
    press(Qt.Key.Key_R)
    assert form.isVisible() and form.remark.text() == "Asked the officer."
    review = form.review
    assert review is not None and [each.remark for each in review.marked] == ["Asked the officer."]


@pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform, of a list that unfolds
def test_the_entries_have_the_arrows_after_a_choice(qtbot: QtBot, screen: LogScreen, press: Press) -> None:
    for key, goes_to in ((Qt.Key.Key_P, screen.table), (Qt.Key.Key_D, screen.filters.since)):
        press(key)
        box = screen.filters.user if key == Qt.Key.Key_P else screen.filters.when
        qtbot.keyClick(box.view(), Qt.Key.Key_End)
        qtbot.keyClick(box.view(), Qt.Key.Key_Return)
        screen.activateWindow()
        qtbot.waitUntil(goes_to.hasFocus)


def test_a_week_is_signed_with_its_remarks(qtbot: QtBot, screen: LogScreen, told: Told, press: Press) -> None:
    press(Qt.Key.Key_R)
    form = screen.review
    qtbot.waitUntil(lambda: len(form.table.rows.rows) == 1)
    assert "1 week is due" in form._due.text()
    qtbot.keyClicks(form.remark, "Asked the officer.")
    assert not form.sign.isEnabled()
    qtbot.keyClicks(form.passphrase.line, "secret")
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: "is signed, with 1 remark" in form._said.text())
    ((review, passphrase),) = told.signed
    assert passphrase == "secret" and form.passphrase.text == ""
    assert [(each.index, each.remark) for each in review.marked] == [(5, "Asked the officer.")]


def test_a_wrong_passphrase_is_said_where_it_was_typed(
    qtbot: QtBot, keys: KeyTable, bridge: Bridge, told: Told
) -> None:
    wrong = failed(WrongPassphrase("That is not your passphrase.", "4 tries are left."))
    source = replace(told.source, sign=lambda _review, _passphrase: wrong)  # type: ignore[arg-type,return-value]
    screen = LogScreen(source, bridge=bridge, keys=keys, zone=zone, names=NAMES, now=now)
    qtbot.addWidget(screen)
    screen.show()
    screen.open_review()
    qtbot.waitUntil(lambda: len(screen.review.table.rows.rows) == 1)
    qtbot.keyClicks(screen.review.passphrase.line, "wrong")
    screen.review.submit()
    qtbot.waitUntil(lambda: "not your passphrase" in screen.review.error.words)


def test_who_may_not_review_sees_why(qtbot: QtBot, keys: KeyTable, bridge: Bridge, told: Told) -> None:
    source = replace(told.source, no_review="Only a supervisor reviews the log.")
    screen = LogScreen(source, bridge=bridge, keys=keys, zone=zone, names=NAMES, now=now)
    qtbot.addWidget(screen)
    screen.show()
    screen.open_review()
    assert not screen.review.isVisible() and not screen._week.isEnabled()


def test_weeks_that_are_due_stand_on_the_button(screen: LogScreen) -> None:
    screen.show_health(replace(HEALTH, due=2))
    assert screen._week.text() == "This week · 2 due"
    screen.show_health(HEALTH)
    assert screen._week.text() == "This week"
