"""V: one recording in the second player, by the real libVLC: what its display really shows, against the log."""

from __future__ import annotations

import os
import signal
import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from reviewer.demo import barcode
from reviewer.domain.events import ViewClosed, ViewOpened
from reviewer.domain.recording import Manifest
from reviewer.domain.timebase import SECOND, Micros, TimeRange, Utc, merge
from reviewer.records.queries import EntryFilter, Queries
from reviewer.services.demo import CASE
from reviewer.services.screening import Screening, ScreeningState
from reviewer.ui.screening import ScreeningDialog
from reviewer.ui.screening_window import STRIP
from tests.journeys.conftest import Person
from tests.journeys.x_screen import SIZE, XScreen

_TOO_MUCH = 2 * SECOND  # that the log may say beyond what was seen, on a machine that looks seldom


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[XScreen]:
    """The display on which the second player opens: another one than the program's."""
    with closing(XScreen()) as made:
        monkeypatch.setenv("DISPLAY", made.name)
        yield made


@pytest.fixture
def at_case(person: Person) -> Person:
    """Logged on, everything here, the case open. How well the wall plays does not matter here."""
    person.logs_on()
    person.has_footage()
    person.desk.queue.table.setFocus()
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.dialog is not None)
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: person.desk.room is not None and person.desk.room.screen is not None)
    return person


class Truth:
    """Which UTC of the recording a picture is of, by its barcode."""

    def __init__(self, person: Person, manifest: Manifest) -> None:
        parts = {p.file: p for camera in person.truth.cameras for p in camera.parts}
        self._own: dict[int, Utc] = {}
        for part in manifest.parts:
            truth, model = parts[part.name], manifest.model(part)
            numerator, denominator = truth.time_base
            for pts, shown in zip(truth.pts, truth.frames, strict=True):
                self._own[shown] = model.to_utc(Micros(pts * numerator * SECOND // denominator))
        self.starts = sorted(self._own.values())

    def read(self, display: XScreen, aspect: float = 16 / 9) -> Utc | None:
        """What is on the display now; None where there is no picture."""
        width, height = SIZE[0], SIZE[1] - STRIP
        across = round(height * aspect)
        left = (width - across) // 2
        reading = barcode.read(display.picture()[:height, left : left + across])
        return self._own[reading.utc_us] if reading is not None else None

    def frame(self, at: Utc) -> TimeRange:
        index = bisect_right(self.starts, at)
        return TimeRange(at, self.starts[index] if index < len(self.starts) else Utc(at + 1))


@dataclass
class Watch:
    """Looks at the display again and again: every picture that was on it, and what was durable then."""

    person: Person
    display: XScreen
    truth: Truth
    seen: list[tuple[Utc, tuple[TimeRange, ...]]] = field(default_factory=list)

    def looks(self) -> Utc | None:
        at = self.truth.read(self.display)
        if at is not None:
            self.seen.append((at, self._announced()))
        return at

    def _announced(self) -> tuple[TimeRange, ...]:
        return tuple(merge(c.shown for e in entries(self.person, ViewOpened) for c in e.cameras))

    def until(self, at: Utc) -> None:
        """Watch until this is on the display."""
        self.person.sees(lambda: (self.looks() or 0) >= at)

    def while_lives(self, looks: int) -> None:
        for _ in range(looks):
            self.person.lives(20)
            self.looks()

    def not_announced(self) -> list[Utc]:
        return [at for at, known in self.seen if not any(at in each for each in known)]

    def not_said(self) -> list[Utc]:
        said = merge(c.shown for e in entries(self.person, ViewClosed) for c in e.cameras)
        return [at for at, _ in self.seen if not any(at in each for each in said)]


def entries(person: Person, kind: type[ViewOpened] | type[ViewClosed]) -> list[ViewOpened | ViewClosed]:
    """What is durable now of the second player."""
    with closing(Queries(person.desk.session.room.records)) as queries:
        found = [e.event for e in queries.entries(EntryFilter(kinds=(kind.KIND,)), limit=1000)]
    return [e for e in found if isinstance(e, kind) and e.player]


def _dialog(person: Person) -> ScreeningDialog:
    assert person.room.screenings is not None and person.room.screenings.dialog is not None
    return person.room.screenings.dialog


def _screening(person: Person) -> Screening:
    assert person.room.screenings is not None and person.room.screenings.screening is not None
    return person.room.screenings.screening


def _niemi(person: Person) -> Manifest:
    return next(c.manifest for c in person.room.cameras if "Niemi" in c.manifest.officer)


def _opens(person: Person, display: XScreen, *, at: int = 0) -> Watch:
    """Go there in Niemi's recording, press V and Enter, wait for the picture."""
    manifest = _niemi(person)
    person.screen.controls.seek(Utc(manifest.range.start + at))
    person.screen.wall.focus(manifest.recording_id)
    watch = Watch(person, display, Truth(person, manifest))
    person.key(Qt.Key.Key_V)
    person.sees(lambda: "libVLC 3." in _dialog(person).says)
    assert watch.looks() is None
    person.key(Qt.Key.Key_Return)
    person.sees(lambda: _screening(person).state is ScreeningState.SHOWING)
    person.sees(watch.looks)
    return watch


def _is_over(person: Person) -> bool:
    return person.room.screenings is not None and person.room.screenings.screening is None


def test_a_sealed_recording_on_another_display_and_the_log_has_all_of_it(at_case: Person, display: XScreen) -> None:
    start = _niemi(at_case).range.start
    watch = _opens(at_case, display, at=SECOND)
    assert watch.seen[0][1], "a picture before its entry"
    watch.until(Utc(start + 3 * SECOND))
    display.key("space")
    at_case.sees(lambda: (watch.looks(), _screening(at_case)._standing.rate_milli == 0)[1])  # type: ignore[union-attr]
    watch.while_lives(10)
    stood = watch.truth.read(display)
    watch.while_lives(10)
    assert watch.truth.read(display) == stood
    display.key("Right")
    watch.until(Utc(start + 7 * SECOND))
    display.key("space")
    watch.until(Utc(start + 10 * SECOND))
    display.key("Escape")
    at_case.sees(lambda: (watch.looks(), _is_over(at_case))[1])
    at_case.sees(lambda: "closed; what it showed is in the log" in at_case.says())
    assert watch.not_announced() == []
    assert watch.not_said() == []
    closed = entries(at_case, ViewClosed)
    assert {e.player for e in closed} == {_named(closed[0].player)}
    first, last = min(at for at, _ in watch.seen), max(at for at, _ in watch.seen)
    said = [c.shown for e in closed for c in e.cameras]
    assert first - _TOO_MUCH <= min(s.start for s in said) and max(s.end for s in said) <= last + _TOO_MUCH
    at_case.key(Qt.Key.Key_Space)
    at_case.sees(lambda: at_case.playback.playing)


def _named(player: str) -> str:
    assert player.startswith("libVLC 3.") and player.endswith(", ± 0.3 s")
    return player


def test_killed_in_the_middle_it_is_said_and_all_that_was_shown_stands_in_the_log(
    at_case: Person, display: XScreen
) -> None:
    watch = _opens(at_case, display)
    watch.until(Utc(_niemi(at_case).range.start + 2 * SECOND))
    process = _screening(at_case)._projector.process
    os.kill(process.pid or 0, signal.SIGKILL)
    at_case.sees(lambda: _is_over(at_case))
    at_case.sees(lambda: "The second player ended unexpectedly" in at_case.says())
    assert watch.looks() is None
    at_case.sees(lambda: not watch.not_said())
    assert watch.not_announced() == []
    at_case.key(Qt.Key.Key_Space)
    at_case.sees(lambda: at_case.playback.playing)


def test_a_hang_is_ended_and_said(at_case: Person, display: XScreen) -> None:
    watch = _opens(at_case, display)
    process = _screening(at_case)._projector.process
    os.kill(process.pid or 0, signal.SIGSTOP)
    at_case.sees(lambda: _is_over(at_case))
    at_case.sees(lambda: "stopped answering" in at_case.says())
    assert watch.looks() is None
    at_case.sees(lambda: not watch.not_said())


def test_the_lock_covers_it_and_space_goes_on(at_case: Person, display: XScreen) -> None:
    watch = _opens(at_case, display)
    at_case.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    at_case.sees(lambda: watch.looks() is None)
    display.key("space")
    at_case.lives(500)
    assert watch.truth.read(display) is None
    at_case.desk.window.lock_page.unlocked.emit()
    at_case.lives(300)
    assert watch.truth.read(display) is None
    display.key("space")
    at_case.sees(watch.looks)
    watch.while_lives(20)
    at_case.desk.close_case()
    assert watch.truth.read(display) is None
    assert watch.not_announced() == [] == watch.not_said()


def test_a_log_that_fails_covers_it(at_case: Person, display: XScreen) -> None:
    watch = _opens(at_case, display)
    conn: sqlite3.Connection = at_case.desk.session.journal._conn
    conn.execute("PRAGMA query_only=ON")
    display.key("Right")
    at_case.sees(lambda: _screening(at_case).covered)
    at_case.sees(lambda: watch.truth.read(display) is None)
    assert "The log cannot be written" in _screening(at_case).covered
    conn.execute("PRAGMA query_only=OFF")
    display.key("space")
    at_case.sees(watch.looks)
    display.key("Escape")
    at_case.sees(lambda: _is_over(at_case))
    assert watch.not_announced() == []


def test_to_the_end_of_the_recording(at_case: Person, display: XScreen) -> None:
    whole = _niemi(at_case).range
    watch = _opens(at_case, display, at=whole.duration - 3 * SECOND)
    at_case.sees(lambda: watch.looks() is None)
    assert max(at for at, _ in watch.seen) > whole.end - SECOND
    assert _screening(at_case).state is ScreeningState.SHOWING
    at_case.sees(lambda: not watch.not_said())
    display.key("Escape")
    at_case.sees(lambda: _is_over(at_case))


def test_without_libvlc_the_way_to_it_says_what_to_install(
    at_case: Person, display: XScreen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "libvlc.so").write_bytes(b"")
    monkeypatch.setenv("PYTHON_VLC_LIB_PATH", str(tmp_path / "libvlc.so"))
    at_case.key(Qt.Key.Key_V)
    at_case.sees(lambda: "is not on this machine" in _dialog(at_case).says)
    assert "Install VLC 3" in _dialog(at_case).says
    at_case.key(Qt.Key.Key_Escape)
    at_case.sees(lambda: at_case.room.screenings is not None and at_case.room.screenings.dialog is None)
    assert entries(at_case, ViewOpened) == []
    at_case.sees(lambda: CASE in at_case.says())
    at_case.key(Qt.Key.Key_Space)
    at_case.sees(lambda: at_case.playback.playing)
