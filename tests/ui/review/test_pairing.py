"""Two cameras against each other: waveforms over each other, the nudge, the same event marked in both."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from math import hypot

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from reviewer.alignment.sound import way_sigma
from reviewer.domain.alignment_acts import CueMarked
from reviewer.domain.errors import AccessRefused, ReviewerError
from reviewer.domain.timebase import SECOND, Micros, Utc
from reviewer.ui.review.clock_panel import PAIR, ClockPanel
from reviewer.ui.review.clocking import Clocking, ClockServices
from reviewer.ui.review.pairing import Pairing
from reviewer.ui.review.residual import RATE, SPANS, Overlay, ResidualView, Sound
from reviewer.ui.theme import ThemeName, apply_theme
from tests.ui.review import clock_samples as clocks
from tests.ui.review import samples
from tests.ui.review.fakes import Stage, make_stage

NOW = samples.NOW
NOISE = (np.random.default_rng(5).normal(size=RATE * 40) * 3_000).astype(np.int16)


@dataclass
class Bench:
    """A pairing on a review screen of stand-ins. `asked` is what sound was wanted."""

    stage: Stage
    panel: ClockPanel
    hand: clocks.FakeHand
    clocking: Clocking
    pairing: Pairing
    asked: list[tuple[str, int, Micros, Micros]]
    sounds: list[Future[NDArray[np.int16]]]
    told: list[str] = field(default_factory=list)
    failed: list[ReviewerError] = field(default_factory=list)

    def focus(self, number: int) -> None:
        self.stage.screen.wall.focus_number(number)
        self.stage.screen.tick()
        self.pairing.show()

    def answer(self, late: int = 0) -> None:
        """What every camera heard is the same noise; camera 3 has it `late` µs later."""
        for (key, _, start, length), future in zip(self.asked, self.sounds, strict=True):
            if not future.done():
                camera = next(c for c in samples.cameras(4) if c.key == key)
                wall = camera.manifest.parts[0].started_at + start - (NOW - 20 * SECOND)
                first = (wall - (late if key == "rec-3" else 0)) * RATE // SECOND
                future.set_result(NOISE[first : first + length * RATE // SECOND])


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    stage = make_stage()
    bridge, screen = stage.bridge, stage.screen
    qtbot.addWidget(screen)
    screen.resize(1536, 930)
    hand, panel = clocks.FakeHand(bridge), ClockPanel(stage.keys)
    asked: list[tuple[str, int, Micros, Micros]] = []
    sounds: list[Future[NDArray[np.int16]]] = []

    def request(key: str, part: int, start: Micros, length: Micros) -> Future[NDArray[np.int16]]:
        asked.append((key, part, start, length))
        sounds.append(Future())
        return sounds[-1]

    clocking = Clocking(ClockServices(hand, lambda *_: Future(), str), panel, bridge, samples.ZONE, panel)
    pairing = Pairing(clocking, panel, screen.wall, request, bridge, samples.ZONE, panel)
    made = Bench(stage, panel, hand, clocking, pairing, asked, sounds)
    pairing.told.connect(made.told.append)
    pairing.failed.connect(made.failed.append)
    screen.side.add_tab("clocks", "Clocks", "clock", panel)
    screen.side.show_tab("clocks")
    panel.turn(PAIR)
    screen.show()
    screen.open_at(NOW)
    screen.ticked.connect(pairing.tick)
    clocking.set_cameras(samples.cameras(4), "rec-1")
    qtbot.waitUntil(lambda: len(screen.wall.painted()) >= 3)
    made.focus(3)
    yield made
    screen.close_review()


def pictured(bench: Bench, qtbot: QtBot) -> None:
    """Both sounds have come."""
    qtbot.waitUntil(lambda: len(bench.sounds) >= 2)
    bench.answer()
    qtbot.waitUntil(lambda: not bench.panel.pair.shown.overlay.words)


def test_the_sound_of_both_is_read_around_the_play_head(bench: Bench, qtbot: QtBot) -> None:
    assert bench.panel.pair.shown.overlay.words == "Reading the sound …"
    assert {key for key, *_ in bench.asked} >= {"rec-1", "rec-3"}
    start = {key: at for key, _, at, _ in bench.asked}
    assert start["rec-3"] == NOW - samples.at("22:38:30") - 4 * SECOND
    pictured(bench, qtbot)
    shown = bench.panel.pair.shown
    assert shown.overlay.numbers == (1, 3) and shown.carry == "Clocks carry ± 0.48 s between 1 and 3" and shown.wide
    asked = len(bench.asked)
    bench.stage.screen.tick()
    bench.pairing.show()
    assert len(bench.asked) == asked  # and not again at each tick


def test_what_the_sound_says_here_agrees_or_lies_apart(bench: Bench, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(bench.sounds) >= 2)
    bench.answer(late=60_000)
    qtbot.waitUntil(lambda: bool(bench.panel.pair.shown.here))
    assert bench.panel.pair.shown.here == "Sound here: camera 3 lies 60 ms ± 1 ms later than 1; within the clocks’ ±."
    bench.pairing.nudge_ms(-60)
    assert bench.panel.pair.shown.here == "Sound here: cameras 1 and 3 agree ± 1 ms; within the clocks’ ±."
    assert bench.panel.pair.shown.nudge == "60 ms earlier"


def test_a_nudge_is_taken_as_a_marked_event_with_its_own_sigma(bench: Bench, qtbot: QtBot) -> None:
    pictured(bench, qtbot)
    bench.pairing.take_nudge()
    assert bench.told == ["Nothing was nudged."]
    bench.pairing.nudge_frames(1)
    bench.pairing.nudge_ms(2)
    bench.pairing.take_nudge()
    qtbot.waitUntil(lambda: bool(bench.hand.did))
    (event,) = bench.hand.did
    assert isinstance(event, CueMarked)
    one, other = event.marks
    apart = (samples.at("22:38:30") + other.start) - (samples.at("22:39:10") + one.start)
    frame = -apart - 2_000
    assert 20_000 < frame < 50_000  # what camera 3 had a frame and 2 ms before is the same event
    assert event.sigma > 80_000  # by ear: the way that sound takes is not known
    assert bench.panel.pair.shown.nudge == ""


def test_what_gps_knows_of_the_distance_makes_a_nudge_surer(bench: Bench, qtbot: QtBot) -> None:
    pictured(bench, qtbot)
    asked: list[tuple[str, str, Utc]] = []

    def apart(one: str, other: str, at: Utc) -> float:
        asked.append((one, other, at))
        return 8.0

    bench.pairing.apart = apart
    bench.pairing.nudge_ms(4)
    bench.pairing.take_nudge()
    qtbot.waitUntil(lambda: bool(bench.hand.did))
    (event,) = bench.hand.did
    assert isinstance(event, CueMarked)
    assert [pair[:2] for pair in asked] == [("rec-1", "rec-3")]
    assert event.sigma == pytest.approx(hypot(5_000, way_sigma(8.0)), abs=2_000)
    assert "8 m apart by GPS" in event.note


def test_another_pair_is_not_nudged(bench: Bench, qtbot: QtBot) -> None:
    pictured(bench, qtbot)
    bench.pairing.nudge_ms(5)
    bench.pairing.next_other()
    assert bench.panel.pair.shown.one is not None and bench.panel.pair.shown.one.number == 2
    assert bench.panel.pair.shown.nudge == ""


def test_the_same_event_is_marked_in_one_and_then_in_the_other(bench: Bench, qtbot: QtBot) -> None:
    bench.pairing.cue()
    assert bench.panel.pair.shown.waiting.startswith("Marked in camera 3 at 22:42:17.4")
    bench.focus(1)
    bench.pairing.cue()
    qtbot.waitUntil(lambda: bool(bench.hand.did))
    (event,) = bench.hand.did
    assert isinstance(event, CueMarked) and [m.recording for m in event.marks] == ["rec-3", "rec-1"]
    assert all(m.end > m.start for m in event.marks)  # the whole frame
    assert bench.panel.pair.shown.waiting == ""


def test_the_same_frame_again_forgets_the_mark(bench: Bench) -> None:
    bench.pairing.cue()
    bench.pairing.cue()
    assert bench.panel.pair.shown.waiting == "" and bench.told[-1] == "The mark was forgotten."
    assert bench.hand.did == []


def test_a_camera_without_a_picture_marks_nothing(bench: Bench) -> None:
    bench.focus(4)  # in a gap
    bench.pairing.cue()
    assert str(bench.failed[-1]).startswith("The focused camera shows no picture.")
    assert bench.panel.pair.shown.overlay.words == "Camera 4 does not roll here."


def test_sound_that_may_not_be_read_says_why(bench: Bench, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: len(bench.sounds) >= 2)
    for future in bench.sounds:
        future.set_exception(AccessRefused("Ofc. M. Virtanen is restricted.", "Say why you view it."))
    qtbot.waitUntil(lambda: "restricted" in bench.panel.pair.shown.overlay.words)
    asked = len(bench.asked)
    bench.pairing.show()
    assert len(bench.asked) == asked  # the same place is not asked for again and again


def test_locking_forgets_what_was_read(bench: Bench, qtbot: QtBot) -> None:
    pictured(bench, qtbot)
    bench.pairing.forget()
    assert bench.panel.pair.shown.overlay.sounds == (None, None)


def test_other_clocks_end_a_nudge(bench: Bench, qtbot: QtBot) -> None:
    pictured(bench, qtbot)
    bench.pairing.nudge_ms(5)
    bench.clocking.changed.emit()
    assert bench.panel.pair.shown.nudge == ""


def test_one_camera_alone_is_no_pair(qtbot: QtBot, bench: Bench) -> None:
    bench.stage.screen.wall.choose(["rec-1"])
    bench.pairing.show()
    assert bench.panel.pair.shown.overlay.words == "Two cameras on the wall are needed."
    bench.pairing.nudge_ms(1)
    assert str(bench.failed[-1]).startswith("A nudge needs two cameras.")
    bench.pairing.next_other()
    assert bench.told[-1] == "There is no other camera on the wall."


# The picture of it


def columns(view: ResidualView, x: float) -> int:
    """How many different colours stand in one column of pixels."""
    image = view.grab().toImage()
    return len({image.pixel(int(x), y) for y in range(image.height() - 18)})


@pytest.mark.parametrize("theme", list(ThemeName))
def test_both_waveforms_and_the_band_are_drawn(qtbot: QtBot, theme: ThemeName) -> None:
    view = ResidualView()
    qtbot.addWidget(view)
    apply_theme(view, theme)
    view.resize(380, 104)
    silent = Sound(Utc(NOW - 8 * SECOND), np.zeros(RATE * 16, np.int16))
    loud = Sound(Utc(NOW - 8 * SECOND), NOISE[: RATE * 16])
    view.show_overlay(Overlay((1, 3), (silent, silent), NOW, Micros(0), 20_000))
    quiet = columns(view, 40)
    view.show_overlay(Overlay((1, 3), (loud, silent), NOW, Micros(0), 20_000))
    assert columns(view, 40) > quiet
    for span in SPANS:
        view.set_span(span)
        assert not view.grab().isNull()
    view.show_overlay(Overlay(words="Reading the sound …"))
    assert view.accessibleDescription() == "Reading the sound …"


def test_a_stretch_of_sound_is_silent_outside_of_what_was_read() -> None:
    sound = Sound(NOW, np.ones(RATE, np.int16))
    found = sound.cut(Utc(NOW - SECOND // 2), Micros(2 * SECOND))
    assert len(found) == 2 * RATE and found.sum() == RATE and found[RATE // 2] == 1 and found[0] == 0
    assert sound.covers(NOW, Micros(SECOND)) and not sound.covers(NOW, Micros(SECOND + 1_000))
