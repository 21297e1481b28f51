"""Questions to the map as a person asks them: draw, read, go there, ask another; what is not known stands there too."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.place import Circle
from reviewer.services.place_words import Answers
from reviewer.services.places import Placed, Places
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.preferences import PreferenceStore
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_tracks import MapTrack
from reviewer.ui.review.place_panel import PlacePanel, Question
from reviewer.ui.review.place_rows import PlaceRow
from reviewer.ui.review.placing import PlaceServices, Placing
from reviewer.ui.review.timeline import Timeline
from reviewer.ui.theme import ThemeName, apply_theme
from reviewer.ui.times import Zone
from tests.services.test_places import HERE, at, camera, standing

KEYS = ("places.draw", "places.nearest", "places.turn", "places.wider", "places.clear", "places.save", "places.show")


class Room:
    """The tab, a map with three officers and a timeline, without a case."""

    def __init__(self, bot: QtBot, tmp_path: Path) -> None:
        self.placed: tuple[Placed, ...] = (
            camera(1, standing(10, range(601))),
            camera(2, standing(30, range(601), 3.0, range(100, 201))),
            camera(3, standing(500, range(601))),
        )
        self.saved: list[tuple[Answers, Path]] = []
        self.went: list[PlaceRow] = []
        self.told: list[str] = []
        self.fails: ReviewerError | None = None
        self.bridge = Bridge()
        preferences = PreferenceStore(tmp_path / "preferences.json")
        self.panel = PlacePanel(KeyTable(preferences))
        self.map, self.timeline = ReviewMap(None, self.bridge), Timeline(Zone.named("UTC"))
        for widget, size in ((self.panel, (404, 420)), (self.map, (404, 260)), (self.timeline, (900, 200))):
            bot.addWidget(widget)
            apply_theme(widget, ThemeName.DARK)
            widget.resize(*size)
            widget.show()
        services = PlaceServices(lambda: self.placed, self.submit, self.save, tmp_path / "Places CR-1.pdf")
        self.placing = Placing(
            services, self.panel, self.map, self.timeline, self.bridge, Zone.named("UTC"), self.panel
        )
        self.placing.went.connect(self.went.append)
        self.placing.told.connect(self.told.append)
        self.map.set_tracks([MapTrack(p.number, p.officer, p.track) for p in self.placed if p.track is not None])

    def submit(self, work: Callable[[], object]) -> Future[object]:
        done: Future[object] = Future()
        if self.fails is not None:
            done.set_exception(self.fails)
        else:
            done.set_result(work())
        return done

    def save(self, answers: Answers, _places: Places, path: Path) -> Future[Path]:
        self.saved.append((answers, path))
        done: Future[Path] = Future()
        done.set_result(path)
        return done

    def draw(self, area: Circle = HERE) -> None:
        """As the map gives what was drawn."""
        self.placing.draw()
        self.placing._drawn(area)
        QApplication.processEvents()


@pytest.fixture
def room(qtbot: QtBot, tmp_path: Path) -> Room:
    return Room(qtbot, tmp_path)


def test_what_went_wrong_with_an_older_question_says_nothing_of_the_newer_one(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Future[object]] = []
    said: list[ReviewerError] = []

    def later(_work: Callable[[], object]) -> Future[object]:
        asked.append(Future())
        return asked[-1]

    services = room.placing._services
    monkeypatch.setattr(room.placing, "_services", replace(services, submit=later))
    room.placing.failed.connect(said.append)
    room.placing.refresh()
    room.placing.refresh()
    asked[0].set_exception(ReviewerError("No track could be read.", "Try again."))
    QApplication.processEvents()
    assert room.panel.state.busy and not said
    asked[1].set_exception(ReviewerError("No track could be read.", "Try again."))
    QApplication.processEvents()
    assert not room.panel.state.busy and len(said) == 1


def test_every_question_has_its_key(room: Room, tmp_path: Path) -> None:
    keys = KeyTable(PreferenceStore(tmp_path / "p.json"))
    assert all(keys.shown(command) for command in KEYS)
    assert set(room.placing.commands()) == set(KEYS) - {"places.show"}


def test_a_drawn_place_is_answered_on_map_timeline_and_list(room: Room) -> None:
    room.placing.refresh()
    QApplication.processEvents()
    assert not room.panel.list.rows and "No place" in room.panel._empty._headline.text()
    room.draw()
    words = room.panel.words
    assert "2 cameras were surely here" in words and "camera 2, At other times, not known" in words
    bands = room.timeline._scene.bands
    assert set(bands["places.sure"].ranges) == {"rec-1", "rec-2"} and bands["places.perhaps"].faint
    assert len(bands["places.sure"].ranges["rec-2"]) == 2  # the hole is not bridged
    assert room.map.canvas._shapes["places"][0].area == HERE
    assert "50 m around" in room.panel._place.text()


def test_a_hand_draws_it_with_the_keyboard_alone(room: Room, qtbot: QtBot) -> None:
    room.placing.draw()
    assert room.panel.state.drawing
    QTest.keyClick(room.map.canvas, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(room.panel.state.place))
    assert not room.panel.state.drawing and room.placing.area is not None


def test_who_gives_the_drawing_up_keeps_what_stood_there(room: Room) -> None:
    room.draw()
    before = room.panel.words
    room.placing.draw()
    QTest.keyClick(room.map.canvas, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert room.panel.words == before and room.placing.area == HERE and not room.panel.state.drawing


def test_a_wider_distance_and_the_next_question(room: Room) -> None:
    room.draw(Circle(HERE.lat, HERE.lon, 20))
    assert "1 camera was surely here" in room.panel.words
    room.placing.wider()
    QApplication.processEvents()
    assert room.panel.state.reach == 25 and "2 cameras were surely within 25 m of it" in room.panel.words
    assert room.map.canvas._shapes["places"][0].label == "45 m"
    seen = []
    for _ in Question:
        room.placing.next_question()
        QApplication.processEvents()
        seen.append(room.panel.state.question)
    assert set(seen) == set(Question) and seen[-1] is Question.HERE


def test_the_nearest_goes_with_the_play_head(room: Room) -> None:
    room.draw()
    room.placing.show_at(at(50))
    room.placing.ask_nearest()
    QApplication.processEvents()
    assert "Nearest: Officer 1, 10 m ± 6 m." in room.panel.words
    rows = room.panel.list.rows
    assert [r.numbers for r in rows] == [(1,), (2,), (3,)]
    room.placing.show_at(at(150))
    assert room.panel.list.rows[-1].state == "not known" and room.panel.list.rows[-1].numbers == (2,)


def test_without_a_place_the_nearest_is_to_the_middle_of_the_map(room: Room) -> None:
    room.placing.show_at(at(50))
    room.placing.ask_nearest()
    QApplication.processEvents()
    assert room.placing.area is not None and room.panel.list.rows


def test_a_row_leads_to_its_time_by_click_and_by_enter(room: Room) -> None:
    room.draw()
    listed = room.panel.list
    box = listed.visualRect(listed.model().index(0, 0))
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    listed.setCurrentIndex(listed.model().index(1, 0))
    QTest.keyClick(listed, Qt.Key.Key_Return)
    assert [r.at for r in room.went] == [at(0), room.panel.list.rows[1].at]
    quiet = next(n for n, r in enumerate(listed.rows) if r.at is None)
    listed.setCurrentIndex(listed.model().index(quiet, 0))
    QTest.keyClick(listed, Qt.Key.Key_Return)
    assert len(room.went) == 2


def test_clocks_or_tracks_that_change_are_asked_again(room: Room) -> None:
    room.draw()
    assert "2 cameras" in room.panel.words
    room.placed = room.placed[:1]
    room.placing.show_at(at(10))
    QApplication.processEvents()
    assert "1 camera was surely here" in room.panel.words


def test_an_answer_that_comes_late_is_not_shown(room: Room) -> None:
    waiting: list[tuple[Future[object], Callable[[], object]]] = []

    def later(work: Callable[[], object]) -> Future[object]:
        waiting.append((Future(), work))
        return waiting[-1][0]

    object.__setattr__(room.placing._services, "submit", later)
    room.draw()
    room.placing.turn(Question.STOPS)
    for future, work in reversed(waiting):
        future.set_result(work())
    QApplication.processEvents()
    assert room.panel.state.question is Question.STOPS and "stop" in room.panel.words


def test_clearing_and_leaving_take_it_off_map_and_timeline(room: Room) -> None:
    room.draw()
    room.placing.stop()
    assert not room.timeline._scene.bands and "places" not in room.map.canvas._shapes
    room.placing.refresh()
    QApplication.processEvents()
    assert room.timeline._scene.bands
    room.placing.clear()
    QApplication.processEvents()
    assert not room.timeline._scene.bands and not room.panel.list.rows and not room.panel.clear.isEnabled()


def test_what_was_answered_is_saved_and_nothing_is_not(room: Room, tmp_path: Path) -> None:
    assert room.placing.ask_file() is None and room.told == ["There is no answer of the map to save."]
    room.draw()
    room.placing.save_as(tmp_path / "a.csv")
    QApplication.processEvents()
    assert room.saved[0][0].here is not None and room.told[-1] == f"Saved as {tmp_path / 'a.csv'}"


def test_what_goes_wrong_is_said(room: Room) -> None:
    failed: list[ReviewerError] = []
    room.placing.failed.connect(failed.append)
    room.fails = ReviewerError("It broke.", "Try again.")
    room.draw()
    assert failed == [room.fails] and not room.panel.state.busy


def test_a_case_without_tracks_says_so(room: Room) -> None:
    room.placed = (camera(1, None),)
    room.placing.turn(Question.STOPS)
    QApplication.processEvents()
    assert room.panel._empty._headline.text() == "No tracks"


def test_rows_are_spoken(room: Room) -> None:
    room.draw()
    model = room.panel.list.model()
    said = model.data(model.index(0, 0), int(Qt.ItemDataRole.AccessibleTextRole))
    assert said.startswith("camera 1, ") and "surely" in said


def test_stops_are_asked_by_how_long_they_are(room: Room) -> None:
    room.placing.turn(Question.STOPS)
    QApplication.processEvents()
    assert "3 stops of 2 min or longer, within 25 m, of 3 cameras with a track." in room.panel.words
    assert {shape.number for shape in room.map.canvas._shapes["places"]} == {1, 2, 3}
    room.placing.wider()
    room.placing.wider()
    QApplication.processEvents()
    assert room.panel.state.reach == 15 and "No stop of 15 min or longer" in room.panel.words
