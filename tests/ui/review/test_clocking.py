"""The clocks panel and what it asks for: proposed, shown with reasons, accepted by a person, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.alignment import Alignment
from reviewer.domain.alignment_acts import AlignmentAccepted, AlignmentWithdrawn, DeviceOffsetStated
from reviewer.domain.annotation import Mark
from reviewer.domain.errors import Cancelled, LogUnwritable, ReviewerError
from reviewer.domain.timebase import Micros
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.clock_offset import OffsetDraft
from reviewer.ui.review.clock_panel import PAIR, ClockPanel
from reviewer.ui.review.clocking import Clocking, ClockServices, Progress
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import clock_samples as clocks
from tests.ui.review import samples

CAMERAS = samples.cameras(4)


@dataclass
class Desk:
    """A clocks panel on stand-ins. `heard` ends the comparing."""

    panel: ClockPanel
    clocking: Clocking
    hand: clocks.FakeHand
    heard: list[Future[tuple[str, ...]]] = field(default_factory=list)
    progress: list[Callable[[Progress], None]] = field(default_factory=list)
    stops: list[Callable[[], bool]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    failed: list[ReviewerError] = field(default_factory=list)
    changed: list[None] = field(default_factory=list)


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    bridge = Bridge()
    hand, panel = clocks.FakeHand(bridge), ClockPanel(KeyTable(PreferenceStore()))
    made: list[Desk] = []

    def listen(show: Callable[[Progress], None], stop: Callable[[], bool]) -> Future[tuple[str, ...]]:
        made[0].progress.append(show)
        made[0].stops.append(stop)
        made[0].heard.append(Future())
        return made[0].heard[-1]

    clocking = Clocking(ClockServices(hand, listen, lambda _user: "K. Salo"), panel, bridge, samples.ZONE, panel)
    made.append(Desk(panel, clocking, hand))
    clocking.told.connect(made[0].told.append)
    clocking.failed.connect(made[0].failed.append)
    clocking.changed.connect(lambda: made[0].changed.append(None))
    apply_theme(panel, ThemeName.DARK)
    qtbot.addWidget(panel)
    panel.resize(404, 520)
    panel.show()
    clocking.set_cameras(CAMERAS, "rec-3")
    clocking.propose()
    return made[0]


def found(desk: Desk, qtbot: QtBot, *notes: str) -> None:
    """The sound was compared, and says that camera 3 is 37 s fast."""
    desk.clocking.listen()
    desk.hand.proposed = clocks.proposal()
    desk.heard[-1].set_result(notes)
    qtbot.waitUntil(lambda: not desk.clocking.comparing)


def test_where_nothing_is_known_but_the_signed_clocks_nothing_is_proposed(desk: Desk) -> None:
    assert desk.panel.head.words == "The signed clocks stand · No camera is moved."
    assert not desk.panel.head.accept.isVisible() and not desk.panel.head.withdraw.isVisible()
    assert "A. Niemi · as signed · ± 24 ms · GPS clock" in desk.panel.list.words
    desk.clocking.accept()
    assert str(desk.failed[0]).startswith("Nothing is proposed.")


def test_what_the_sound_says_is_proposed_with_its_reasons_and_moves_nothing(desk: Desk, qtbot: QtBot) -> None:
    found(desk, qtbot, "Too little is heard by both. (1 and 4)")
    assert desk.panel.head.words.startswith("Proposed; nothing is moved yet · 2 cameras change; camera 3 by −37.21 s")
    said = desk.panel.list.words
    assert "M. Virtanen · as signed · ± 0.48 s · Manifest clock · proposed −37.21 s  ± 30 ms" in said
    assert "Sound: 37.21 s ahead of camera 1 ± 22 ms Same sound in 22 of 24 windows; 12 m apart by GPS." in said
    assert "Signed clock: as UTC ± 0.48 s Disagrees by 37.21 s; left out" in said
    assert "Too little is heard by both. (1 and 4)" in said
    assert desk.hand.did == [] and desk.changed == []
    assert desk.panel._round_trip.text() == "Round trip 4 ms"


def test_accepted_by_a_person_and_withdrawn(desk: Desk, qtbot: QtBot) -> None:
    found(desk, qtbot)
    desk.clocking.accept()
    qtbot.waitUntil(lambda: bool(desk.changed))
    assert isinstance(desk.hand.did[-1], AlignmentAccepted)
    assert desk.clocking.standing == desk.hand.proposed and desk.clocking.proposal is None
    assert desk.panel.head.words == "Aligned clocks stand · Accepted by K. Salo, 13 Jun 2026 22:42"
    assert "M. Virtanen · −37.21 s" in desk.panel.list.words
    desk.clocking.withdraw()
    qtbot.waitUntil(lambda: len(desk.changed) == 2)
    assert isinstance(desk.hand.did[-1], AlignmentWithdrawn)
    assert desk.panel.head.words.startswith("Proposed")  # it is still known, and stands no more
    desk.clocking.withdraw()
    assert str(desk.failed[-1]).startswith("No alignment stands.")


def test_the_buttons_ask_by_command(desk: Desk, qtbot: QtBot) -> None:
    asked: list[str] = []
    desk.panel.command.connect(asked.append)
    found(desk, qtbot)
    for button in (desk.panel.head.accept, desk.panel.head.sound, desk.panel.pair.cue, desk.panel.pair.against):
        button.click()
    assert asked == ["clocks.accept", "clocks.sound", "clocks.cue", "clocks.against"]


def test_what_is_not_written_has_no_effect(desk: Desk, qtbot: QtBot) -> None:
    found(desk, qtbot)
    desk.hand.refuse = LogUnwritable("The log disk is full.", "Free 2 GB, then press K.")
    desk.clocking.accept()
    qtbot.waitUntil(lambda: bool(desk.failed))
    assert desk.clocking.standing is None and desk.changed == []


def test_comparing_shows_how_far_it_is_and_is_stopped(desk: Desk, qtbot: QtBot) -> None:
    desk.clocking.listen()
    desk.progress[0](Progress(0.42, "2 of 6 pairs compared"))
    qtbot.waitUntil(lambda: desk.panel.head.words == "Comparing the cameras’ sound · 2 of 6 pairs compared")
    assert desk.panel.head.progress.isVisible() and not desk.panel.head.sound.isVisible()
    desk.clocking.listen()
    assert len(desk.heard) == 1 and desk.told == ["The sound is being compared already."]
    assert not desk.stops[0]()
    desk.clocking.stop_listening()
    assert desk.stops[0]()
    desk.heard[0].set_exception(Cancelled("Comparing the sound"))
    qtbot.waitUntil(lambda: not desk.clocking.comparing)
    assert desk.told[-1] == "Comparing the sound was stopped; nothing changed."
    assert desk.panel.head.sound.isVisible() and desk.panel.head.error.words == ""


def test_sound_that_cannot_be_read_is_said_in_its_place(desk: Desk, qtbot: QtBot) -> None:
    desk.clocking.listen()
    desk.heard[0].set_exception(ReviewerError("Part 1 cannot be read.", "Fetch it again."))
    qtbot.waitUntil(lambda: not desk.clocking.comparing)
    assert desk.panel.head.error.words == "Part 1 cannot be read. Fetch it again."


def test_sound_that_says_nothing_new(desk: Desk, qtbot: QtBot) -> None:
    desk.clocking.listen()
    desk.heard[0].set_result(())
    qtbot.waitUntil(lambda: bool(desk.told))
    assert desk.told == ["The sound was compared: nothing would change."]


def test_marked_events_and_known_offsets_are_listed_and_taken_back(desk: Desk, qtbot: QtBot) -> None:
    marks = (Mark("rec-1", 0, Micros(0), Micros(40_000)), Mark("rec-3", 0, Micros(0), Micros(40_000)))
    desk.clocking.cue(*marks)
    desk.clocking.state_offset(OffsetDraft("rec-3", Micros(-37_200_000), Micros(250_000), "The dock’s clock"))
    qtbot.waitUntil(lambda: len(desk.panel.pair.said) == 2)
    assert [each.words for each in desk.panel.pair.said] == [
        "The same event in 1 and 3 ± 0.10 s",
        "Camera 3: −37.20 s ± 0.50 s · The dock’s clock",
    ]
    for each in desk.panel.pair.said:
        desk.panel.taken_back.emit(each)
    qtbot.waitUntil(lambda: desk.panel.pair.said == ())


def test_undo_and_redo(desk: Desk, qtbot: QtBot) -> None:
    desk.clocking.undo()
    desk.clocking.redo()
    assert desk.told == ["There is nothing to undo in the clocks.", "There is nothing to do again in the clocks."]
    found(desk, qtbot)
    desk.clocking.accept()
    qtbot.waitUntil(lambda: desk.clocking.standing is not None)
    assert desk.panel.head.undo.isVisible()
    desk.clocking.undo()
    qtbot.waitUntil(lambda: desk.clocking.standing is None)


def test_a_known_offset_is_typed_and_what_is_wrong_stands_beside_it(desk: Desk, qtbot: QtBot) -> None:
    desk.panel.turn(PAIR)
    form = desk.panel.pair.offset
    desk.panel.pair.ask_offset(CAMERAS[2])
    assert form.isVisible()
    form.submit()
    assert form.error.words.startswith("That is no length of time.")
    QTest.keyClicks(form.off, "-37.2")
    form.submit()
    assert form.error.words.startswith("That is no length of time.")
    QTest.keyClicks(form.margin, "0")
    form.submit()
    assert form.error.words.startswith("The ± is missing.")
    form.margin.setText("0.5")
    form.submit()
    assert form.error.words.startswith("How this is known is missing.")
    QTest.keyClicks(form.why, "Seen at the dock")
    QTest.keyClick(form.why, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not form.isVisible())
    event = desk.hand.did[-1]
    assert isinstance(event, DeviceOffsetStated)
    assert (event.recording, event.offset, event.sigma) == ("rec-3", -37_200_000, 250_000)  # σ is half the ±


def test_an_offset_that_is_not_written_keeps_its_words(desk: Desk, qtbot: QtBot) -> None:
    form = desk.panel.pair.offset
    desk.panel.pair.ask_offset(CAMERAS[2])
    for line, typed in ((form.off, "-37.2"), (form.margin, "0.5"), (form.why, "Seen at the dock")):
        line.setText(typed)
    desk.hand.refuse = LogUnwritable("The log disk is full.", "Free 2 GB.")
    form.submit()
    qtbot.waitUntil(lambda: bool(form.error.words))
    assert form.off.text() == "-37.2"


def test_a_click_on_a_row_picks_the_camera(desk: Desk) -> None:
    picked: list[str] = []
    desk.panel.picked.connect(picked.append)
    QTest.mouseClick(desk.panel.list._rows["rec-2"], Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
    assert picked == ["rec-2"]


def test_rows_that_nobody_sees_are_made_when_they_are_to_be_seen(desk: Desk) -> None:
    desk.panel.hide()
    desk.clocking.set_cameras(samples.cameras(9), "rec-1")
    assert len(desk.panel.list._rows) < 9
    desk.panel.show()
    assert list(desk.panel.list._rows) == [f"rec-{n}" for n in range(1, 10)]


def test_rows_follow_the_cameras(desk: Desk) -> None:
    desk.clocking.set_cameras(samples.cameras(9), "rec-1")
    assert list(desk.panel.list._rows) == [f"rec-{n}" for n in range(1, 10)]
    desk.clocking.set_cameras((), None)
    assert desk.panel.list._rows == {}


def test_after_closing_nothing_is_shown(desk: Desk) -> None:
    desk.clocking.listen()
    desk.clocking.close()
    assert desk.stops[0]()
    before = desk.panel.state
    desk.clocking.refresh()
    assert desk.panel.state is before


def test_a_proposal_that_is_worked_out_elsewhere_and_comes_late_is_not_shown(qtbot: QtBot) -> None:
    bridge = Bridge()
    hand, panel = clocks.FakeHand(bridge, clocks.proposal()), ClockPanel(KeyTable(PreferenceStore()))
    qtbot.addWidget(panel)
    asked: list[Future[Alignment]] = []

    def later(_ask: Callable[[], Alignment]) -> Future[Alignment]:
        asked.append(Future())
        return asked[-1]

    clocking = Clocking(ClockServices(hand, lambda *_: Future(), str, later), panel, bridge, samples.ZONE, panel)
    told: list[str] = []
    clocking.told.connect(told.append)
    clocking.set_cameras(CAMERAS, None)
    clocking.propose()
    clocking.propose()
    assert clocking.proposal is None and len(asked) == 2
    asked[1].set_result(clocks.proposal())
    qtbot.waitUntil(lambda: clocking.proposal is not None)
    assert told[-1].startswith("Other clocks are proposed, see Clocks: 2 cameras change; camera 3 by −37.21 s")
    asked[0].set_result(clocks.nothing_new())
    qtbot.wait(50)
    assert clocking.proposal == clocks.proposal()
