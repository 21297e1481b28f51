"""Who rolled when, as an investigator asks: by key, the incident marked, somebody else expected, a report saved."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer.domain.rolling import Lean
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter
from reviewer.ui.rolling import RollingSheet
from tests.journeys.conftest import Person

ALT = Qt.KeyboardModifier.AltModifier


def _sheet(person: Person) -> RollingSheet:
    person.key(Qt.Key.Key_R, ALT)
    rolling = person.room.hands.rolling
    assert rolling is not None
    person.sees(lambda: rolling.sheet is not None and rolling.sheet.save.isEnabled())
    assert rolling.sheet is not None
    return rolling.sheet


def test_the_incident_that_was_marked_is_compared_with_every_camera(reviewing: Person, tmp_path: Path) -> None:
    cameras = [c for c in reviewing.room.cameras if not c.is_still]
    start, end = min(c.aligned.range.start for c in cameras), max(c.aligned.range.end for c in cameras)
    for key, at in ((Qt.Key.Key_I, start), (Qt.Key.Key_O, Utc(end - SECOND))):
        reviewing.goes_to(at)
        reviewing.key(key)
    sheet = _sheet(reviewing)
    found = sheet.report
    assert found is not None and found.incident.stated
    assert {c.recording for c in found.cameras} == {c.key for c in cameras}
    late = [c.officer for c, edge in zip(found.cameras, found.starts, strict=True) if edge.lean is Lean.LACKS]
    assert any("Laine" in name for name in late)  # the phone began last
    assert all(not c.unheard for c in found.cameras)
    assert any(c.buffer_silent for c in found.cameras)

    QTest.keyClicks(sheet.officer, "Ofc. X. Neste 2999")
    assert not sheet.add.isEnabled()
    QTest.keyClicks(sheet.why, "dispatch log 13 June")
    QTest.keyClick(sheet.why, Qt.Key.Key_Return)
    reviewing.sees(lambda: bool(sheet.report and sheet.report.expected))
    sheet.save_as(tmp_path / "coverage.pdf")
    reviewing.sees(lambda: (tmp_path / "coverage.pdf").exists())
    assert (tmp_path / "coverage.pdf").read_bytes().startswith(b"%PDF")
    with closing(reviewing.desk.session.queries()) as queries:
        assert [e.meta.kind for e in queries.entries(EntryFilter(kinds=("report_exported", "camera_expected")))] == [
            "report_exported",
            "camera_expected",
        ]
    assert sheet.report is not None
    sheet.table.pick(len(cameras))
    sheet.remove.click()
    reviewing.sees(lambda: bool(sheet.report and not sheet.report.expected))
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    rolling = reviewing.room.hands.rolling
    assert rolling is not None
    reviewing.sees(lambda: rolling.sheet is None)


def test_it_leaves_the_screen_when_the_session_is_locked(reviewing: Person) -> None:
    _sheet(reviewing)
    reviewing.room.lock()
    rolling = reviewing.room.hands.rolling
    assert rolling is not None
    reviewing.sees(lambda: rolling.sheet is None)
