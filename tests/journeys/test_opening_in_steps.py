"""A case is made in many short steps: the window answers between them, and what happens there is not forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from PySide6.QtCore import Qt

from reviewer.app.case_room import CaseRoom
from reviewer.media.camera import DeckCamera
from reviewer.media.deck import Deck
from tests.journeys.conftest import SALO, Person

_SEVERAL = 6
Step = Callable[[], None]


@pytest.fixture
def halfway(person: Person, monkeypatch: pytest.MonkeyPatch) -> Step:
    """Somebody opens a case, and it is half made. Gives what makes the rest."""
    plain = CaseRoom._go_on
    person.logs_on()
    person.has_footage()
    person.desk.queue.table.setFocus()
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.dialog is not None)
    with monkeypatch.context() as halted:
        halted.setattr(CaseRoom, "_go_on", lambda _room: None)
        person.key(Qt.Key.Key_Return)
        person.sees(lambda: person.room.is_open)
        for _ in range(_SEVERAL):
            plain(person.room)
        assert person.room.screen is None
        assert person.room.dialog is not None and person.room.dialog.isVisible()
        person.lives(50)
    return person.room._go_on


def test_a_window_that_is_locked_meanwhile_stays_covered(person: Person, halfway: Step) -> None:
    person.program.window.lock("asked")
    halfway()
    person.sees(lambda: person.room.screen is not None)
    person.lives(300)
    assert person.program.window.is_locked
    assert not person.screen.wall.painted()
    assert not person.playback.playing
    person.types(SALO.passphrase)
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: not person.program.window.is_locked)
    person.settles()
    assert person.screen.wall.painted()


def test_a_case_that_is_left_meanwhile_leaves_nothing_and_opens_again(person: Person, halfway: Step) -> None:
    person.desk.close_case()
    halfway()  # a step that was due
    person.lives(100)
    assert person.desk.room is None
    assert not person.program.window.rail.is_open("review")
    person.program.window.show_screen("queue")
    person.opens_case()
    assert person.screen.wall.painted()


def test_the_deck_opens_what_stands_on_the_wall_and_nothing_else(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person.logs_on()
    person.has_footage()
    person.opens_case()
    chosen = person.screen.wall.cameras[1].key
    person.screen.wall.choose([chosen])
    person.desk.close_case()
    plain, given = Deck.set_cameras, list[set[str]]()

    def watched(deck: Deck, cameras: Iterable[DeckCamera]) -> None:
        kept = tuple(cameras)
        given.append({camera.key for camera in kept})
        plain(deck, kept)

    monkeypatch.setattr(Deck, "set_cameras", watched)
    person.desk.window.show_screen("queue")
    person.opens_case()
    assert given and set().union(*given) == {chosen}


def test_logging_off_meanwhile_is_heard(person: Person, halfway: Step) -> None:
    person.program.log_off()
    halfway()
    person.sees(lambda: person.program.desk is None and person.program.login.isVisible())
    person.logs_on()
    person.has_footage()
    person.opens_case()
