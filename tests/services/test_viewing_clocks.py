"""The gate by an alignment: the wall's time is what is asked about, stated time is what the log says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reviewer.domain.alignment import Correction
from reviewer.domain.events import LogName, SpanCamera, ViewClosed, ViewOpened
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc
from reviewer.domain.wall_time import SIGNED, WallTime
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.journal import Journal
from reviewer.services.spans import ViewTile
from reviewer.services.viewing import LONGEST, Viewing

AT = Utc(1_781_372_030_000_000)
FRAME = 40_000
LATE = WallTime({"b": Correction("b", Micros(-37 * SECOND), Micros(9_000), AT)})
WHOLE = TimeRange(Utc(AT - 600 * SECOND), Utc(AT + 600 * SECOND))
WALL = (ViewTile("a", 862, 485, True, (WHOLE,)), ViewTile("b", 252, 142, False, (WHOLE,)))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    origins = {LogName.ACCESS: "pd/ws1/salo/access/1"}
    with closing(Journal(tmp_path / "records.sqlite", origins, Ed25519PrivateKey.generate())) as opened:
        yield opened


def _watch(viewing: Viewing, at: int, frames: int) -> None:
    """So many frames of both, one after another."""
    for n in range(frames):
        here = Utc(at + n * FRAME)
        viewing.request(here, 1000, WALL)
        for span in viewing._spans:
            span.opened.result()
        frame = TimeRange(here, Utc(here + FRAME))
        assert viewing.covers(here, "a", frame) and viewing.covers(here, "b", frame)
        viewing.shown(here, {"a": frame, "b": frame})
    assert viewing.painted_outside == 0


def _entries(journal: Journal, kind: type) -> list[tuple[SpanCamera, ...]]:
    with closing(Queries(journal.path)) as queries:
        entries = reversed(queries.entries(EntryFilter()))
        return [
            e.event.cameras for e in entries if isinstance(e.event, ViewOpened | ViewClosed) and type(e.event) is kind
        ]


def test_what_is_announced_and_shown_is_recorded_in_each_cameras_stated_time(journal: Journal) -> None:
    viewing = Viewing(journal, "c1", "complaint")
    viewing.set_clocks(LATE)
    _watch(viewing, AT, 25)
    for entry in viewing.close():
        entry.result()
    (announced,) = _entries(journal, ViewOpened)
    (said,) = _entries(journal, ViewClosed)
    shown = {c.recording: c.shown for c in said}
    assert shown["a"] == TimeRange(AT, Utc(AT + SECOND))
    assert shown["b"] == TimeRange(Utc(AT + 37 * SECOND), Utc(AT + 38 * SECOND))
    for camera in announced:
        assert camera.shown.start <= shown[camera.recording].start
        assert shown[camera.recording].end <= camera.shown.end <= camera.shown.start + LONGEST


def test_other_clocks_close_the_span_and_each_says_its_own_stated_time(journal: Journal) -> None:
    viewing = Viewing(journal, "c1", "complaint")
    _watch(viewing, AT, 25)
    viewing.set_clocks(LATE)  # accepted while it plays: the play-head stays on the frame of camera b
    assert not viewing.covers(Utc(AT + SECOND)), "nothing is covered by what was announced by other clocks"
    _watch(viewing, AT + SECOND - 37 * SECOND, 25)
    viewing.set_clocks(SIGNED)  # withdrawn
    _watch(viewing, AT + 2 * SECOND, 25)
    for entry in viewing.close():
        entry.result()
    first, second, third = ({c.recording: c.shown for c in said} for said in _entries(journal, ViewClosed))
    assert [each["b"].start - AT for each in (first, second, third)] == [0, SECOND, 2 * SECOND]
    assert [each["b"].duration for each in (first, second, third)] == [SECOND] * 3
    assert second["a"].start == AT - 36 * SECOND
