"""Nobody sees the log for days: the app warns, then opens no new view; once a witness has seen it, work goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.app.root import Program
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.clock import utc_now
from reviewer.services.witness import WitnessFolder, WitnessJob
from tests.journeys.conftest import PATIENCE, Command, Person
from tests.journeys.test_gate import Watch, watch

__all__ = ["watch"]
HOUR = 3600 * SECOND


@dataclass
class Clock:
    """This machine's clock, and how far it was put on."""

    ahead: int = 0

    def __call__(self) -> Utc:
        return Utc(utc_now() + self.ahead)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def far_away(demo: Path) -> WitnessFolder:
    """The demo's witness, taken to where the app cannot run it: another machine."""
    elsewhere = demo / "another machine"
    (demo / "witness").rename(elsewhere)
    return WitnessFolder(elsewhere)


@pytest.fixture
def unseen(far_away: WitnessFolder, demo: Path, clock: Clock, qapp: QApplication, qtbot: QtBot) -> Iterator[Person]:
    """Somebody whose log no witness sees, with the case open."""
    program = Program(demo / "home", demo=demo, now=clock)
    program.window.resize(1600, 1000)
    program.window.show()
    program.window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is program.window, timeout=PATIENCE)
    person = Person(program, demo, qtbot)
    person.logs_on()
    person.has_footage()
    person.opens_case()
    yield person
    person.leaves()


def test_past_the_limit_no_view_opens_until_a_witness_has_seen_the_log(
    watch: Watch, unseen: Person, clock: Clock, far_away: WitnessFolder, command: Command
) -> None:
    person, window = unseen, unseen.program.window
    person.sees(lambda: "Log writing" in person.says())  # what the demo holds was seen when it was made
    assert not window.warning.words

    clock.ahead = 25 * HOUR
    person.desk.publish()
    person.sees(lambda: window.warning.words)
    assert "No witness has seen this log for 25 h" in window.warning.words
    assert "In 46 h no new view opens" in window.warning.words or "In 47 h" in window.warning.words
    person.goes_to(Utc(person.playback.range.start + SECOND))  # a warning: work goes on
    assert person.screen.wall.painted()

    person.key(Qt.Key.Key_Space)
    person.sees(lambda: person.playback.playing and person.viewing.covers(person.playback.now()))
    person.lives(300)  # the span that playing began is written
    clock.ahead = 73 * HOUR
    opened = len(watch.committed)
    person.lives(300)
    assert person.screen.wall.painted(), "what is in the air goes on to the end of its span"
    person.sees(lambda: person.screen.stopped.words)
    assert not person.screen.wall.painted()
    said = person.says()
    assert "No witness has seen this log for 73 h; 72 h is the limit." in said
    assert "Connect to the store so that a witness can see the log, or ask the custodian." in said
    assert len(watch.committed) == opened, "no view was opened past the limit"
    assert watch.painted
    assert watch.without_entry() == []
    person.clicks(person.screen.stopped.again)
    person.lives(200)
    assert person.screen.stopped.words, "trying again helps nobody but a witness"

    person.desk.session.publisher.publish()  # the store is reached again
    job = WitnessJob(far_away, person.desk.session.trust, now=clock)
    assert job.run().refused == ()
    person.desk.publish()
    person.sees(lambda: not person.screen.stopped.words and not window.warning.words)
    person.sees(lambda: person.screen.wall.painted())
    assert "witnessed just now" in person.says()
    person.leaves()
    assert job.run().refused == ()
    assert command("log", "verify")["ok"]
