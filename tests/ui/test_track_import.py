"""The sheet that adds tracks, over a real journal: nothing is drawn or listed before it is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import LogName
from reviewer.domain.track import Column, Told
from reviewer.records.queries import Queries
from reviewer.services.case_tracks import CaseTracks, look, read_again
from reviewer.services.journal import Journal
from reviewer.ui.actions import KeyTable
from reviewer.ui.bridge import Bridge
from reviewer.ui.theme import ThemeName
from reviewer.ui.times import Zone
from reviewer.ui.track_import import TrackSheet, TrackSource
from tests.tracks import whole

TABLE = b"wann;nord;ost\n05.06.2026 22:42:17;60,17;24,94\n05.06.2026 22:42:18;60,17;24,94\n"


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as made:
        yield made


@pytest.fixture
def tracks(tmp_path: Path) -> Iterator[CaseTracks]:
    origins = {LogName.WORK: "pd/ws1/salo/work/1"}
    with closing(Journal(tmp_path / "r.sqlite", origins, Ed25519PrivateKey.generate())) as journal:
        yield CaseTracks(journal.record, lambda: Queries(journal.path), "c1", lambda _case: (b"k" * 32,))


@pytest.fixture
def saved() -> list[Path]:
    return []


@pytest.fixture
def sheet(
    qtbot: QtBot, bridge: Bridge, keys: KeyTable, pool: Executor, tracks: CaseTracks, saved: list[Path]
) -> TrackSheet:
    def save(path: Path) -> Path:
        if path.suffix == ".shp":
            raise ReviewerError("Tracks are not written as “.shp”.", "End the name with .gpx.")
        saved.append(path)
        return path

    def undone() -> Future[object] | None:
        done = tracks.undo()
        return None if done is None else pool.submit(done.result)

    source = TrackSource(
        lambda path, gone: pool.submit(partial(look, path, cancelled=gone)),
        lambda file, told: pool.submit(read_again, file, told),
        lambda file, whose, told, camera: pool.submit(lambda: tracks.add(file, whose, told, camera).result()),
        lambda track: pool.submit(lambda: tracks.withdraw(track).result()),
        undone,
        lambda: pool.submit(tracks.tracks),
        lambda path: pool.submit(save, path),
        lambda user: {"salo": "K. Salo 0417"}.get(user, user),
        ((1, "A. Niemi 2214", "r1"),),
        Path.home(),
    )
    made = TrackSheet(source, bridge, keys, zone=Zone.named("Europe/Helsinki"), theme=ThemeName.DARK)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def put(tmp_path: Path, name: str, data: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def rows(sheet: TrackSheet) -> list[str]:
    return [each.whose for each in sheet.table.rows.rows]


def looked(qtbot: QtBot, sheet: TrackSheet, path: Path) -> None:
    sheet.look_at(path)
    qtbot.waitUntil(lambda: sheet.file is not None)


def after(qtbot: QtBot, act: Callable[[], object], until: Callable[[], bool]) -> None:
    act()
    qtbot.waitUntil(until)


def test_a_gpx_is_looked_at_and_added_and_withdrawn_and_undone(
    qtbot: QtBot, sheet: TrackSheet, tracks: CaseTracks, tmp_path: Path
) -> None:
    assert (sheet.add.isEnabled(), sheet.withdraw.isEnabled(), sheet.undo.isVisible()) == (False, False, False)
    looked(qtbot, sheet, put(tmp_path, "car 7.gpx", whole.gpx()))
    assert sheet.form.found.text() == "40 positions · 13 Jun 2026 22:42:17 – 22:42:56 (UTC+3)"
    assert sheet.add.toolTip() == "Say whose track it is."
    sheet.form.whose.setText("Car 7")
    after(qtbot, sheet.add_it, lambda: rows(sheet) == ["Car 7"])
    assert sheet.form.isHidden()
    sheet.table.pick(0)
    after(qtbot, sheet.withdraw_it, lambda: rows(sheet) == [])
    assert tracks.tracks() == ()
    after(qtbot, sheet.undo_it, lambda: rows(sheet) == ["Car 7"])


def test_a_table_asks_for_columns_then_for_its_zone(
    qtbot: QtBot, sheet: TrackSheet, tracks: CaseTracks, tmp_path: Path
) -> None:
    looked(qtbot, sheet, put(tmp_path, "car.csv", TABLE))
    form = sheet.form
    assert form.found.text().startswith("Say which columns")
    for role, index in (("at", 0), ("lat", 1), ("lon", 2)):
        form.columns[role].choose(index)
    qtbot.waitUntil(lambda: form.found.text().startswith("Its times name no zone"))
    assert not sheet.add.isEnabled()
    form.zone.setEditText("Nowhere")
    form.zone.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "There is no time zone “Nowhere”." in sheet.error.words)
    form.zone.setEditText("Europe/Helsinki")
    form.zone.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "5 Jun 2026 22:42:17 – 22:42:18" in form.found.text())
    assert sheet.error.isHidden()
    form.camera.choose("r1")
    assert form.whose.text() == "A. Niemi 2214"
    after(qtbot, sheet.add_it, lambda: rows(sheet) == ["A. Niemi 2214"])
    (added,) = tracks.tracks()
    assert added.event.camera == "r1"
    assert added.event.told == Told("Europe/Helsinki", (Column("at", 0), Column("lat", 1), Column("lon", 2)))


def test_what_was_said_and_not_read_yet_is_not_added(
    qtbot: QtBot, sheet: TrackSheet, tracks: CaseTracks, tmp_path: Path
) -> None:
    data = b"time,lat,lon\n2026-06-05 22:42:17,60.17,24.94\n"
    looked(qtbot, sheet, put(tmp_path, "a.csv", data))
    sheet.form.whose.setText("Car 7")
    sheet.form.zone.setEditText("UTC")
    sheet.form.zone.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    qtbot.waitUntil(sheet.add.isEnabled)
    sheet.form.zone.setEditText("Asia/Tokyo")  # typed, and the button's key at once
    sheet.add_it()
    qtbot.waitUntil(lambda: "6 Jun" not in sheet.form.found.text() and sheet.add.isEnabled())
    assert tracks.tracks() == ()
    after(qtbot, sheet.add_it, lambda: rows(sheet) == ["Car 7"])
    assert tracks.tracks()[0].event.told.zone == "Asia/Tokyo"


def test_what_was_said_of_one_file_does_not_hold_for_the_next(qtbot: QtBot, sheet: TrackSheet, tmp_path: Path) -> None:
    data = b"time,lat,lon\n2026-06-05 22:42:17,60.17,24.94\n"
    looked(qtbot, sheet, put(tmp_path, "a.csv", data))
    sheet.form.zone.setEditText("Asia/Tokyo")
    sheet.form.zone.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    sheet.form.camera.choose("r1")
    qtbot.waitUntil(lambda: "1 position" in sheet.form.found.text())
    for name in ("a.csv", "b.csv"):  # the same again, and another
        looked(qtbot, sheet, put(tmp_path, name, data))
        assert sheet.form.found.text().startswith("Its times name no zone")
        assert (sheet.form.told.zone, sheet.form.with_camera, sheet.form.whose.text()) == ("", None, "")
        assert not sheet.add.isEnabled()


def test_a_date_that_reads_both_ways_is_asked_about(qtbot: QtBot, sheet: TrackSheet, tmp_path: Path) -> None:
    data = b"time,lat,lon\n05/06/2026 22:42:17,60.17,24.94\n"
    looked(qtbot, sheet, put(tmp_path, "car.csv", data))
    sheet.form.zone.setEditText("UTC")
    sheet.form.zone.lineEdit().editingFinished.emit()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "Either the day or the month" in sheet.form.found.text())
    sheet.form.order.choose(False)
    qtbot.waitUntil(lambda: "6 May 2026" in sheet.form.found.text() or "7 May 2026" in sheet.form.found.text())


def test_a_drones_own_clock_is_placed_by_its_camera(qtbot: QtBot, sheet: TrackSheet, tmp_path: Path) -> None:
    looked(qtbot, sheet, put(tmp_path, "a.SRT", whole.srt()))
    sheet.form.whose.setText("Drone")
    assert sheet.add.toolTip().startswith("Its times are its own clock’s")
    sheet.form.camera.choose("r1")
    assert sheet.form.found.text() == "40 positions · each where its recording is then"
    assert sheet.add.isEnabled()


def test_what_cannot_be_read_is_said_in_place(qtbot: QtBot, sheet: TrackSheet, tmp_path: Path) -> None:
    sheet.look_at(put(tmp_path, "a.gpx", b"<gpx><trk>"))
    qtbot.waitUntil(lambda: "a.gpx is not well-formed XML" in sheet.error.words)
    assert sheet.form.isHidden()


def test_a_file_is_dropped(qtbot: QtBot, sheet: TrackSheet, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(put(tmp_path, "a.kml", whole.kml())))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    sheet.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, Qt.KeyboardModifier.NoModifier))
    qtbot.waitUntil(lambda: sheet.file is not None and sheet.file.format == "kml")


def test_tracks_are_saved_and_a_refusal_is_said(
    qtbot: QtBot, sheet: TrackSheet, saved: list[Path], tmp_path: Path
) -> None:
    after(qtbot, lambda: sheet.save_as(tmp_path / "out.kml"), lambda: saved == [tmp_path / "out.kml"])
    sheet.save_as(tmp_path / "out.shp")
    qtbot.waitUntil(lambda: "Tracks are not written as “.shp”" in sheet.error.words)


def test_every_button_has_its_key(qtbot: QtBot, sheet: TrackSheet, keys: KeyTable, tmp_path: Path) -> None:
    looked(qtbot, sheet, put(tmp_path, "a.gpx", whole.gpx()))
    sheet.form.whose.setText("Car 7")
    sheet.form.whose.setFocus()
    QTest.keyClick(sheet.form.whose, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: rows(sheet) == ["Car 7"])
    assert keys.shown("tracks.show") == "Shift T"
