"""The screen of copies without a case: rows, lanes, list, reasons, register, forms, the list before release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.domain.agency import DEFAULT
from reviewer.domain.drawing import Spot
from reviewer.domain.errors import ReviewerError
from reviewer.domain.redaction import (
    Keyframe,
    Mask,
    MaskShape,
    MaskStyle,
    Proposed,
    Redaction,
    SoundEdit,
    SoundWay,
    Target,
    Withheld,
)
from reviewer.domain.request import Answer, Request, RequestKind
from reviewer.domain.timebase import SECOND, TimeRange, Utc, merge
from reviewer.services.disclosure_package import Seal
from reviewer.services.release import Point, PointId
from reviewer.ui.actions import KeyTable
from reviewer.ui.buttons import Button
from reviewer.ui.disclosure import DisclosureScreen
from reviewer.ui.disclosure_answer import AnswerForm
from reviewer.ui.disclosure_bar import DisclosureBar
from reviewer.ui.disclosure_clips import ClipsForm
from reviewer.ui.disclosure_copying import CopyingForm
from reviewer.ui.disclosure_form import RequestForm
from reviewer.ui.disclosure_lanes import HEAD, ROW, RULER, Lanes, LaneView
from reviewer.ui.disclosure_model import HiddenRow, hidden_ranges, next_to_play, outside, rows_of
from reviewer.ui.disclosure_pack import KEY, PASSWORD, PackageForm
from reviewer.ui.disclosure_page import HIDDEN
from reviewer.ui.disclosure_register import Register
from reviewer.ui.disclosure_release import GONE, ReleaseList
from reviewer.ui.disclosure_side import DisclosureSide
from reviewer.ui.disclosure_words import asked_for, clock_of
from reviewer.ui.stage import StageView
from reviewer.ui.theme import Tone
from tests.ui.review.samples import NOW, ZONE, cameras

REC = "rec-1"
CAMERAS = cameras(2)
ASKED = Request(
    "r1",
    RequestKind.ACCESS,
    "FOI-2026-088",
    "M. Virtanen",
    received=NOW,
    start=NOW,
    end=Utc(NOW + 100 * SECOND),
    recordings=(REC,),
)


def at(seconds: int) -> Utc:
    return Utc(NOW + seconds * SECOND)


def mask(n: int, start: int, end: int, **more: object) -> Mask:
    frames = (Keyframe(at(start), (Spot(0, 0), Spot(100_000, 100_000))),)
    shape, style = MaskShape.BOX, MaskStyle.SOLID
    made = Mask(f"m{n}", "r1", REC, Target.FACE, shape, style, at(start), at(end), frames, "third_party", number=n)
    return replace(made, **more)  # type: ignore[arg-type]


UNSURE = Keyframe(at(25), (Spot(0, 0), Spot(9, 9)), sure=100)
HIDES = Redaction(
    (
        mask(1, 0, 90, words="third party"),
        mask(2, 20, 40, frames=(*mask(2, 20, 40).frames, UNSURE)),
        mask(3, 5, 9, reason="", target=Target.PLATE),
        mask(4, 50, 60, proposed=Proposed.OPEN, reason=""),
        mask(5, 50, 60, proposed=Proposed.REFUSED),
    ),
    (SoundEdit("s1", "r1", REC, at(70), at(72), SoundWay.MUTE, "personal", "home address spoken", 1),),
    (Withheld("w1", "r1", REC, at(80), at(85), "youth", "", 1),),
)


def rows() -> tuple[HiddenRow, ...]:
    return rows_of(HIDES, REC, DEFAULT, lambda _key, when: when)


# What is said of what is hidden


def test_a_row_says_what_why_and_what_is_left_to_look_at() -> None:
    said = {row.name: (row.title, row.reason, row.state) for row in rows()}
    assert said == {
        "M1": ("Face, third party", "Third party", "still"),
        "M2": ("Face", "Third party", "check 1 frame"),
        "M3": ("Number plate", "", "still"),
        "M4": ("Face", "", "proposed"),
        "S1": ("Sound: home address spoken", "Personal data", "muted"),
        "W1": ("Withheld stretch", "Youth", "withheld"),
    }
    assert rows_of(HIDES, "rec-2", DEFAULT, lambda _key, when: when) == ()


def test_the_pass_plays_what_is_hidden_or_what_is_not() -> None:
    asked = (TimeRange(at(-10), at(100)),)
    assert hidden_ranges(rows()) == (TimeRange(at(0), at(90)),)
    rest = outside(asked, hidden_ranges(rows()))
    assert rest == (TimeRange(at(-10), at(0)), TimeRange(at(90), at(100)))
    assert next_to_play(rest, at(-5)) == at(-5)
    assert next_to_play(rest, at(40)) == at(90)
    assert next_to_play(rest, at(100)) is None


RANGES = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 9)).map(lambda r: TimeRange(Utc(r[0]), Utc(r[0] + r[1]))), max_size=6
)


@given(RANGES, RANGES)
def test_what_is_outside_and_what_is_hidden_are_all_of_it_and_never_both(
    asked: list[TimeRange], hidden: list[TimeRange]
) -> None:
    rest = outside(merge(asked), hidden)
    for instant in map(Utc, range(60)):
        inside = any(instant in each for each in asked)
        cut = any(instant in each for each in hidden)
        assert any(instant in each for each in rest) is (inside and not cut)


# Lanes, list, side


@pytest.fixture
def lanes(qtbot: QtBot) -> Lanes:
    made = Lanes(ZONE)
    qtbot.addWidget(made)
    made.resize(1000, RULER + 6 * ROW)
    made.show()
    made.show_stretches((TimeRange(at(0), at(60)), TimeRange(at(62), at(100))))
    made.show_rows(rows(), "m2")
    made.show_now(at(10))
    made.show_range(at(1), at(3))
    return made


def _x(lanes: Lanes, seconds: float) -> int:
    return round(HEAD + 8 + lanes.axis.x(Utc(NOW + round(seconds * SECOND))))


def test_a_press_in_a_lane_picks_it_and_goes_there(lanes: Lanes, qtbot: QtBot) -> None:
    seen: list[object] = []
    lanes.picked.connect(seen.append)
    with qtbot.waitSignal(lanes.seek_asked) as asked:
        QTest.mouseClick(lanes, Qt.MouseButton.LeftButton, pos=QPoint(_x(lanes, 50), RULER + ROW // 2))
    assert seen == ["m1"] and asked.args is not None
    assert abs(int(asked.args[0]) - at(50)) < SECOND // 2
    assert lanes.grab().toImage().width() > 0


def test_the_end_of_the_picked_bar_is_dragged(lanes: Lanes, qtbot: QtBot) -> None:
    row = RULER + ROW + ROW // 2
    with qtbot.waitSignal(lanes.trimmed) as trimmed:
        QTest.mousePress(lanes, Qt.MouseButton.LeftButton, pos=QPoint(_x(lanes, 40), row))
        QTest.mouseMove(lanes, QPoint(_x(lanes, 44), row))
        QTest.mouseMove(lanes, QPoint(_x(lanes, 45), row))
        QTest.mouseRelease(lanes, Qt.MouseButton.LeftButton, pos=QPoint(_x(lanes, 45), row))
    assert trimmed.args is not None
    id_, start, end = trimmed.args
    assert (id_, start) == ("m2", at(20)) and abs(int(end) - at(45)) < SECOND // 2


def test_more_lanes_than_there_is_room_for_scroll(qtbot: QtBot) -> None:
    lanes = Lanes(ZONE)
    view = LaneView(lanes)
    qtbot.addWidget(view)
    lanes.show_stretches((TimeRange(at(0), at(100)),))
    lanes.show_rows(rows(), "m2")
    view.resize(600, 100)
    view.show()
    assert lanes.height() > view.viewport().height()


@pytest.fixture
def side(keys: KeyTable, qtbot: QtBot) -> DisclosureSide:
    made = DisclosureSide(keys, ZONE, DEFAULT)
    qtbot.addWidget(made)
    made.resize(400, 900)
    made.show()
    return made


def test_the_side_says_how_many_reasons_are_missing_and_shows_the_picked_one(side: DisclosureSide) -> None:
    side.show_rows((), "", "")
    assert side.empty.isVisible() and not side.picked.isVisible()
    side.show_rows(rows(), "m2", "")
    assert [row.id for row in side.list.rows] == ["m1", "m2", "m3", "m4", "s1", "w1"]
    assert any(each.text() == "1 reason missing" for each in side.findChildren(QLabel))
    assert side.picked.reason.value == "third_party" and side.picked.target.isVisible()
    side.show_rows(rows(), "s1", "")
    assert side.picked.way.isVisible() and not side.picked.target.isVisible()
    assert side.list.grab().toImage().width() > 0


def test_arrows_in_the_list_pick_and_a_reason_is_asked_for(side: DisclosureSide, qtbot: QtBot) -> None:
    side.show_rows(rows(), "m1", "")
    with qtbot.waitSignal(side.list.picked) as picked:
        QTest.keyClick(side.list, Qt.Key.Key_Down)
    assert picked.args == ["m2"]
    side.show_rows(rows(), "m3", "")
    with qtbot.waitSignal(side.picked.chosen) as chosen:
        QTest.keyClick(side.picked.reason, Qt.Key.Key_Down)
    assert chosen.args == ["reason", "third_party"]
    side.picked.words.setText("of a car")
    with qtbot.waitSignal(side.picked.chosen) as worded:
        QTest.keyClick(side.picked.words, Qt.Key.Key_Return)
    assert worded.args == ["words", "of a car"]


def test_a_proposal_is_taken_or_refused_and_who_only_reads_changes_nothing(side: DisclosureSide, qtbot: QtBot) -> None:
    side.show_rows(rows(), "m4", "")
    with qtbot.waitSignal(side.picked.decided) as decided:
        side.picked.refuse.click()
    assert decided.args == [False]
    side.show_rows(rows(), "m4", "You read only.")
    assert not side.picked.reason.isEnabled() and not side.picked.off.isEnabled()


def test_what_is_told_is_no_error(side: DisclosureSide) -> None:
    side.say("Followed.")
    assert side.error.words == "Followed." and side.error.isVisible()
    side.say(ReviewerError("No.", "Do this."))
    assert "Do this." in side.error.words
    side.say("")
    assert not side.error.isVisible()


# Before release


def test_the_list_before_release_shows_each_point_and_who_may_not_is_told_why(keys: KeyTable, qtbot: QtBot) -> None:
    listed = ReleaseList(keys)
    qtbot.addWidget(listed)
    listed.resize(350, 400)
    listed.show()
    left = Point(PointId.UNSURE, "3 frames of M2 to look at", False, "Look now")
    second = Point(PointId.SECOND, "Second person named: S. Aro", False, "I have looked")
    done = Point(PointId.REASONS, "Every mask has a reason", True)
    listed.show_points((done, left, second), {PointId.SECOND: "You are not."})
    assert listed.words(PointId.UNSURE) == "3 frames of M2 to look at"
    assert not listed.button(PointId.SECOND).isEnabled() and not listed.button(PointId.REASONS).isVisible()
    with qtbot.waitSignal(listed.asked) as asked:
        listed.button(PointId.UNSURE).click()
    assert asked.args == [PointId.UNSURE]
    assert any(GONE in each.text() for each in listed.findChildren(QLabel) if each.isVisible())
    listed.show_points((Point(PointId.MADE, "Everything rendered and checked", True),), {})  # a prosecutor's
    assert not any(GONE in each.text() for each in listed.findChildren(QLabel) if each.isVisible())


# Register and forms


def test_a_request_in_words() -> None:
    assert asked_for(ASKED, CAMERAS, ZONE).endswith("camera 1")
    assert asked_for(ASKED, (), ZONE).endswith("1 recording")
    assert asked_for(replace(ASKED, start=None, end=None, recordings=()), CAMERAS, ZONE) == (
        "everything, no recording yet"
    )
    assert clock_of(ASKED, DEFAULT, Utc(NOW + 18 * 86_400 * SECOND)) == ("12 days left of 30", Tone.WARN)
    assert clock_of(ASKED, DEFAULT, NOW)[1] is Tone.PLAIN


def test_the_register_is_empty_with_the_key_that_fills_it_then_lists(keys: KeyTable, qtbot: QtBot) -> None:
    register = Register(keys, ZONE, DEFAULT, lambda: NOW)
    qtbot.addWidget(register)
    register.resize(1100, 500)
    register.show()
    register.show_requests((), CAMERAS, "")
    with qtbot.waitSignal(register.new_asked):
        register.new.click()
    register.show_requests((ASKED,), CAMERAS, "You read only.")
    assert not register.new.isEnabled()
    assert register.table.current == ASKED, "Enter opens the only one"
    with qtbot.waitSignal(register.opened) as opened:
        QTest.keyClick(register.table, Qt.Key.Key_Return)
    assert opened.args == [ASKED]


@pytest.fixture
def form(keys: KeyTable, qtbot: QtBot) -> RequestForm:
    made = RequestForm(keys, ZONE)
    qtbot.addWidget(made)
    made.resize(400, 900)
    made.show()
    made.show_people({"aro": "S. Aro 0102"})
    made.show_cameras(CAMERAS)
    return made


def test_the_form_asks_for_exactly_what_was_typed(form: RequestForm, qtbot: QtBot) -> None:
    shown = Request("", RequestKind.ACCESS, "FOI-2026-001", received=NOW)
    form.begin(None, shown, "")
    form.entries["requester"].put("M. Virtanen")
    form.entries["start"].put("13 Jun 2026 22:41:00")
    form.second.choose("aro")
    with qtbot.waitSignal(form.written) as written:
        form.submit()
    assert written.args is not None
    before, after = written.args
    assert before is None and (after.requester, after.second, after.received) == ("M. Virtanen", "aro", NOW)
    assert ZONE.clock(after.start) == "22:41:00" and after.end is None


def test_a_time_that_is_none_is_said_and_nothing_is_written(form: RequestForm, qtbot: QtBot) -> None:
    form.begin(None, replace(ASKED, id=""), "")
    form.entries["end"].put("later")
    with qtbot.assertNotEmitted(form.written):
        form.submit()
    assert form.error.isVisible()
    form.begin(ASKED, ASKED, "You read only.")
    assert not form.write.isEnabled() and not form.error.isVisible()


def test_every_form_shows_the_keys_of_what_it_writes_and_of_the_way_back(keys: KeyTable, qtbot: QtBot) -> None:
    forms = AnswerForm(keys, DEFAULT), ClipsForm(keys), CopyingForm(keys), PackageForm(keys), RequestForm(keys, ZONE)
    for form in forms:
        qtbot.addWidget(form)
        shown = {button.text(): button._key for button in form.findChildren(Button) if button.text()}
        assert shown.pop("Back") == "Alt ←", type(form).__name__
        shown.pop("Choose …", "")  # the system's own dialog
        assert all(shown.values()), shown


def test_a_refusal_carries_its_reasons_and_nothing_else_does(keys: KeyTable, qtbot: QtBot) -> None:
    form = AnswerForm(keys, DEFAULT)
    qtbot.addWidget(form)
    form.show()
    form.begin(ASKED, "")
    form.answer.choose(Answer.REFUSED)
    form.reasons["youth"].setChecked(True)
    with qtbot.waitSignal(form.answered) as refused:
        form.write.click()
    assert refused.args == [Answer.REFUSED, ("youth",)]
    form.answer.choose(Answer.GIVEN)
    with qtbot.waitSignal(form.answered) as given_:
        form.write.click()
    assert given_.args == [Answer.GIVEN, ()]


def test_a_package_is_asked_for_once_its_password_was_typed_twice(keys: KeyTable, qtbot: QtBot, tmp_path: Path) -> None:
    form = PackageForm(keys)
    qtbot.addWidget(form)
    form.show()
    form.begin(ASKED, tmp_path / "FOI")
    with qtbot.waitSignal(form.asked) as open_:
        form.submit()
    assert open_.args == [tmp_path / "FOI", Seal(), True]
    form.closed.choose(PASSWORD)
    with qtbot.assertNotEmitted(form.asked):
        form.submit()
        form.password.line.setText("one two three four")
        form.submit()
    form.again.line.setText("one two three four")
    with qtbot.waitSignal(form.asked) as sealed:
        form.submit()
    assert sealed.args is not None and sealed.args[1] == Seal(password="one two three four")
    form.forget()
    assert not form.password.text
    form.closed.choose(KEY)
    with qtbot.assertNotEmitted(form.asked):
        form.submit()
    form.key.setText("BASE64")
    with qtbot.waitSignal(form.asked) as keyed:
        form.submit()
    assert keyed.args is not None and keyed.args[1] == Seal(recipient="BASE64", name="M. Virtanen")


# Bar and screen


def test_the_bar_says_time_and_work_and_why_it_is_shut(keys: KeyTable, qtbot: QtBot) -> None:
    bar = DisclosureBar(keys, ZONE)
    qtbot.addWidget(bar)
    bar.resize(1200, 90)
    bar.show()
    bar.show_time(NOW)
    bar.show_playing(True)
    bar.work("Following M1", 0.5)
    assert bar.doing == "Following M1" and bar.play.accessibleName() == "Stop"
    with qtbot.waitSignal(bar.cancel_asked):
        bar.cancel.click()
    bar.work("")
    assert bar.doing == ""
    with qtbot.waitSignal(bar.command) as asked:
        bar.tools["disclose.box"].click()
    assert asked.args == ["disclose.box"]
    bar.allow("You read only.")
    assert not bar.tools["disclose.box"].isEnabled()


@pytest.mark.parametrize("width", [1240, 1850])
def test_the_screen_fits_and_goes_from_the_register_to_a_request(keys: KeyTable, qtbot: QtBot, width: int) -> None:
    screen = DisclosureScreen(keys, StageView(ZONE), ZONE, QLabel("files"))
    qtbot.addWidget(screen)
    screen.resize(width, 700)
    screen.show()
    assert not screen.on_request
    screen.show_register(form=True)
    assert screen.form_shown
    screen.show_request()
    page = screen.page
    page.show_request("FOI-2026-088", ("12 days left of 30", Tone.WARN), "22:41:00 – 22:46:10, camera 1")
    page.show_recordings(CAMERAS, REC, "none")
    page.show_release("Release: 1 check left", "1 frame to look at", packed=False)
    assert screen.on_request and not page.release.isEnabled() and not page.package.isVisible()
    assert screen.minimumSizeHint().width() <= width
    with qtbot.waitSignal(page.pass_chosen) as chosen:
        page.passes.segment(HIDDEN).click()
    assert chosen.args == [HIDDEN]
    screen.show_details()
    assert page.beside is screen.form
    page.show_release("Release", "", packed=True)
    assert page.package.isVisible() and not page.release.isVisible()
    page.show_recordings((), "", "The request names no recording.")
    assert page.empty.isVisible()
