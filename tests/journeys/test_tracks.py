"""A vehicle's track from a file: added at the window, drawn, saved; a colleague's appears; both are taken back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer.domain.timebase import SECOND, Utc, format_rfc3339
from reviewer.services.demo import CASE
from reviewer.tracks.base import read_track
from reviewer.ui.track_import import TrackSheet
from tests.journeys.conftest import ARO, Command, Person, secret

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def _gpx(start: Utc, seconds: int) -> bytes:
    """North along a street, from a minute before to a minute after."""
    points = "".join(
        f'<trkpt lat="{60.168 + i * 1e-5:.6f}" lon="24.945">'
        f"<time>{format_rfc3339(Utc(start + i * SECOND))}</time></trkpt>"
        for i in range(seconds)
    )
    return f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()


def _sheet(person: Person) -> TrackSheet:
    person.key(Qt.Key.Key_T, SHIFT)
    room = person.room.hands.tracks
    assert room is not None
    person.sees(lambda: room.sheet is not None and room.sheet.isVisible())
    assert room.sheet is not None
    return room.sheet


def _names(person: Person) -> list[str]:
    return [track.name for track in person.screen.map.tracks]


def test_a_cars_track_is_added_drawn_saved_and_taken_back(reviewing: Person, command: Command, tmp_path: Path) -> None:
    start = min(c.aligned.range.start for c in reviewing.room.cameras)
    car = tmp_path / "car 7.gpx"
    car.write_bytes(_gpx(Utc(start - 60 * SECOND), 200))
    officers = len(_names(reviewing))

    sheet = _sheet(reviewing)
    sheet.look_at(car)
    reviewing.sees(lambda: "200 positions" in sheet.form.found.text())
    sheet.form.whose.setFocus()
    QTest.keyClicks(sheet.form.whose, "Car 7")
    reviewing.key(Qt.Key.Key_T, CONTROL)
    reviewing.sees(lambda: "Car 7" in _names(reviewing))
    reviewing.sees(lambda: [each.whose for each in sheet.table.rows.rows] == ["Car 7"])
    drawn = next(t for t in reviewing.screen.map.tracks if t.name == "Car 7")
    assert drawn.number not in {c.number for c in reviewing.room.cameras}
    position = drawn.track.position(reviewing.playback.now())
    assert position is not None and not position.age

    sheet.save_as(tmp_path / "all.gpx")
    reviewing.sees(lambda: (tmp_path / "all.gpx").exists())
    saved = (tmp_path / "all.gpx").read_bytes()
    assert saved.count(b"<trk>") >= 2 and b"Car 7" in saved
    assert read_track("all.gpx", saved).fixes

    aro = ("--user", "aro", "--passphrase-file", secret(tmp_path, "aro", ARO.passphrase))
    beat = tmp_path / "beat.kml"
    line = "<LineString><coordinates>24.944,60.168 24.946,60.169</coordinates></LineString>"
    beat.write_text(f"<kml><Placemark>{line}</Placemark></kml>")
    added = command("tracks", "add", CASE, beat, "--whose", "Cordon", *aro)
    assert added["status"] == 0, added["err"]
    reviewing.desk.following.look()
    reviewing.sees(lambda: "Cordon" in _names(reviewing))
    reviewing.sees(lambda: {each.whose for each in sheet.table.rows.rows} == {"Car 7", "Cordon"})
    cordon = next(t for t in reviewing.screen.map.tracks if t.name == "Cordon")
    assert cordon.track.position(reviewing.playback.now()) is None, "a path without times never moves"

    sheet.table.pick(next(i for i, each in enumerate(sheet.table.rows.rows) if each.whose == "Car 7"))
    reviewing.key(Qt.Key.Key_Delete, CONTROL)
    reviewing.sees(lambda: "Car 7" not in _names(reviewing))
    sheet.reject()
    assert command("tracks", "withdraw", CASE, added["id"], *aro)["status"] == 0
    reviewing.desk.following.look()
    reviewing.sees(lambda: len(_names(reviewing)) == officers)
