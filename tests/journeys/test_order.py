"""Which came first, as an investigator asks: by keys alone, answered by the clocks, in the log, and on paper."""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from reviewer.app.case_order import CaseOrder
from reviewer.domain.annotation import Mark
from reviewer.domain.order_acts import OrderStated
from reviewer.domain.timebase import SECOND, Utc
from reviewer.records.queries import EntryFilter
from tests.journeys.conftest import Person

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def _order(person: Person) -> CaseOrder:
    assert person.room.hands.order is not None
    return person.room.hands.order


def _marks(person: Person, number: int, at: Utc) -> None:
    """Go there, focus the camera, press Shift B."""
    person.goes_to(at)
    person.key(Qt.Key(Qt.Key.Key_0.value + number))
    person.settles()
    person.key(Qt.Key.Key_B, SHIFT)


def _truly(person: Person, mark: Mark) -> Utc:
    """When a marked frame truly was, whatever its camera's clock says."""
    name = person.room.name_of(mark.recording)
    camera = next(c for c in person.truth.cameras if c.badge in name)
    return Utc(camera.parts[mark.part].start + mark.start)


def test_two_moments_are_marked_answered_withdrawn_and_saved(reviewing: Person, tmp_path: Path) -> None:
    order = _order(reviewing)
    cameras = [c for c in reviewing.room.cameras if not c.is_still]
    start = max(c.aligned.range.start for c in cameras) + SECOND // 2
    reviewing.key(Qt.Key.Key_B, ALT)
    assert "No two moments yet" in reviewing.says()
    _marks(reviewing, 2, Utc(start + SECOND))
    assert order.panel.state.waiting.startswith("Marked in camera 2 at ")
    _marks(reviewing, 1, Utc(start))
    reviewing.sees(lambda: len(order.panel.state.rows) == 1)
    (row,) = order.panel.state.rows
    assert [m.number for m in row.ranked] == [1, 2]
    assert row.answer.endswith(" ms") and float(row.answer.split()[0]) == pytest.approx(1.0, abs=0.1)
    _marks(reviewing, 1, Utc(start))
    _marks(reviewing, 3, Utc(start))  # GPS alone: two seconds of ±
    reviewing.sees(lambda: len(order.panel.state.rows) == 2)
    assert "order cannot be decided" in order.panel.words

    with closing(reviewing.desk.session.queries()) as queries:
        entries = queries.entries(EntryFilter(kinds=(OrderStated.KIND,)))
    assert len(entries) == 2
    first = next(e.event for e in entries if isinstance(e.event, OrderStated) and e.event.gap < -SECOND // 2)
    assert all(m.end > m.start for m in first.marks)
    for entry in entries:
        assert isinstance(entry.event, OrderStated)
        one, other = (_truly(reviewing, mark) for mark in entry.event.marks)
        assert abs(entry.event.gap - (other - one)) <= 2 * entry.event.sigma

    order.ordering.save_as(tmp_path / "order.csv")
    reviewing.sees(lambda: (tmp_path / "order.csv").exists())
    text = (tmp_path / "order.csv").read_text(encoding="utf-8-sig")
    assert any("before" in cell and "± " in cell for line in csv.reader(text.splitlines()) for cell in line)
    assert "order cannot be decided" in text

    undecided = next(r for r in order.panel.state.rows if r.order is not None and not r.order.decided)
    reviewing.key(Qt.Key.Key_B, SHIFT | Qt.KeyboardModifier.ControlModifier)  # undo the newest
    reviewing.sees(lambda: len(order.panel.state.rows) == 1)
    assert undecided not in order.panel.state.rows
    reviewing.key(Qt.Key.Key_B, SHIFT | ALT)
    reviewing.sees(lambda: undecided in order.panel.state.rows)
    reviewing.clicks(reviewing.button("Withdraw this order"))
    reviewing.sees(lambda: len(order.panel.state.rows) == 1)
