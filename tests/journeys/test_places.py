"""Questions to the map, asked by somebody at the window with keys alone, and by command."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pypdf
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from reviewer.domain.place import Circle
from reviewer.records.queries import EntryFilter
from reviewer.services.demo import CASE
from reviewer.ui.custodian_side import Page
from reviewer.ui.review.place_panel import PlacePanel, Question
from tests.journeys.conftest import SALO, Command, Person, secret
from tests.journeys.test_custodian import _goes_to_recordings, _opens_the_custody_key

KEY = Qt.Key
SHIFT, ALT, CTRL = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def _panel(person: Person) -> PlacePanel:
    assert person.room.hands.places is not None
    return person.room.hands.places.panel


def _answered(person: Person) -> None:
    panel = _panel(person)
    person.sees(lambda: not panel.state.busy and panel.state.sentence)


def _draws_here(person: Person) -> None:
    """Shift+P, then Enter: a circle around the middle of the map, where all tracks are in view."""
    person.key(KEY.Key_P, SHIFT)
    canvas = person.screen.map.canvas
    person.sees(lambda: canvas.is_drawing and QApplication.focusWidget() is canvas)
    QTest.keyClick(canvas, KEY.Key_Return)
    person.sees(lambda: _panel(person).state.place)
    _answered(person)


def test_who_was_here_by_keys_alone(reviewing: Person) -> None:
    person = reviewing
    person.sees(lambda: person.screen.map.tracks)
    person.key(KEY.Key_H, SHIFT)
    assert person.screen.side.current == "places"
    person.sees(lambda: "No place drawn" in person.says())
    _draws_here(person)
    panel = _panel(person)
    assert "surely here" in panel.state.sentence
    # Who has no receiver is said to be unknown, and is not left out.
    lost = [r for r in panel.list.rows if r.words.startswith("no fix at all")]
    assert lost and all(r.state == "not known" for r in lost)
    bands = person.screen.timeline._scene.bands
    assert "places.sure" in bands and person.screen.map.canvas._shapes["places"]
    # Down and Enter go to a stretch, on its camera.
    row = next(n for n, r in enumerate(panel.list.rows) if r.at is not None)
    panel.list.setFocus()
    panel.list.setCurrentIndex(panel.list.model().index(row, 0))
    person.key(KEY.Key_Return)
    wanted = panel.list.rows[row]
    person.sees(lambda: person.playback.now() == wanted.at and person.screen.wall.focused == wanted.key)
    seen = set()
    for _ in Question:
        person.key(KEY.Key_H, ALT)
        _answered(person)
        seen.add(panel.state.question)
    assert seen == set(Question)
    person.key(KEY.Key_N, SHIFT)
    person.sees(lambda: "Nearest:" in panel.state.sentence)
    person.key(KEY.Key_Backspace, CTRL)
    person.sees(lambda: not panel.state.place and "places" not in person.screen.map.canvas._shapes)
    person.key(KEY.Key_H, SHIFT)
    assert person.screen.side.current == "marks"


def test_the_answer_leaves_as_paper_and_the_log_has_it_first(reviewing: Person, tmp_path: Path) -> None:
    person = reviewing
    person.sees(lambda: person.screen.map.tracks)
    person.key(KEY.Key_H, SHIFT)
    _draws_here(person)
    person.key(KEY.Key_E, CTRL)
    places = person.room.hands.places
    assert places is not None and places.placing.dialog is not None
    places.placing.dialog.reject()
    for name in ("answer.csv", "answer.pdf"):
        places.placing.save_as(tmp_path / name)
        person.sees((tmp_path / name).exists)
    rows = list(csv.reader((tmp_path / "answer.csv").read_text().splitlines()))
    assert rows[0][:2] == ["table", "Camera"] and any("not known" in r[0] for r in rows)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "answer.pdf").pages)
    assert f"Places of {CASE}" in text and "What it cannot say" in text and "no absence" in text
    with closing(person.desk.session.queries()) as queries:
        kinds = [entry.meta.kind for entry in queries.entries(EntryFilter(case=CASE), limit=50)]
    assert kinds.count("report_exported") == 2


def test_the_same_by_command(reviewing: Person, command: Command, tmp_path: Path) -> None:
    reviewing.sees(lambda: reviewing.screen.map.tracks)
    fix = reviewing.screen.map.tracks[0].track.fixes[5]
    reviewing.leaves()
    who = ("--user", SALO.id, "--passphrase-file", secret(tmp_path, "salo", SALO.passphrase))
    near = f"{fix.lat:.5f},{fix.lon:.5f},60"
    said = command(
        "places", CASE, f"--near={near}", "--absent", "--together", "50", "--stops", "1", "--zone", "UTC", *who
    )
    assert said["status"] == 0
    headings = [s["heading"] for s in said["sections"]]
    assert headings[:2] == ["Whose cameras were there", "When a position is not known"]
    assert any("surely" in row["How sure"] for row in said["sections"][0]["rows"])
    nothing = command("places", CASE, *who)
    assert nothing["status"] == 1 and "Nothing was asked." in nothing["err"]
    wrong = command("places", CASE, "--absent", *who)
    assert wrong["status"] == 1 and "ask about a place" in wrong["err"]


def test_a_custodian_draws_a_place_and_assigns_what_was_recorded_there(person: Person) -> None:
    screen = _goes_to_recordings(person)
    person.key(KEY.Key_K)
    _opens_the_custody_key(person, screen)
    person.sees(lambda: any(e.box is not None for e in screen.listing.entries) and screen.settled)
    if screen.side.page is not Page.PICKED:
        person.key(KEY.Key_Escape)
    all_of_them = len(screen.lists.recordings.rows.rows)
    person.key(KEY.Key_1)
    person.key(KEY.Key_D)
    canvas = screen.side.place.canvas
    person.sees(lambda: screen.side.page is Page.PLACE and canvas.is_drawing)
    box = next(e.box for e in screen.listing.entries if e.box is not None)
    screen.side.place.look_at(box)
    for _ in range(6):
        QTest.keyClick(canvas, KEY.Key_Plus)
    QTest.keyClick(canvas, KEY.Key_Return)
    person.sees(lambda: isinstance(screen.bar.asked.area, Circle) and screen.settled)
    found = screen.lists.recordings.rows.rows
    assert 0 < len(found) < all_of_them and all(e.box is not None for e in found)
    person.key(KEY.Key_Backspace)
    person.key(KEY.Key_1)
    person.key(KEY.Key_A, CTRL)
    person.key(KEY.Key_A)
    assert screen.side.page is Page.ASSIGN
