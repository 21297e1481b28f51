"""Log on and the footage comes down: counted on the screen, held and gone on with, into a case that is open already."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from PySide6.QtCore import Qt

from reviewer.domain.tile import TileState
from reviewer.stores.folder import FolderStore
from tests.journeys.conftest import Person

SitDown = Callable[[], Person]
_PIECE = 64 * 1024


class Line:
    """The line to the store. It carries `room` bytes of footage, then a drop at a time until it is `free`."""

    def __init__(self) -> None:
        self.room = 0
        self.lets: set[str] = set()  # objects that it carries at full speed
        self.carried: Counter[str] = Counter()  # bytes by path
        self._free = threading.Event()
        self._lock = threading.Lock()

    def free(self) -> None:
        self._free.set()

    def hold(self, room: int) -> None:
        self.room = room
        self._free.clear()

    def carry(self, path: str, source: BinaryIO, wanted: int) -> bytes:
        with self._lock:
            free = self._free.is_set() or path.rpartition("/")[2] in self.lets
            size = min(wanted, _PIECE) if free else min(wanted, _PIECE, self.room)
            self.room = max(0, self.room - size)
        if not size:
            self._free.wait(0.05)
            size = min(wanted, 1)
        data = source.read(size)
        with self._lock:
            self.carried[path] += len(data)
        return data


class _End(io.RawIOBase):
    """Our end of the line, of one object."""

    def __init__(self, line: Line, path: str, source: BinaryIO) -> None:
        self._line, self._path, self._source = line, path, source

    def read(self, size: int = -1) -> bytes:
        return self._line.carry(self._path, self._source, size)

    def close(self) -> None:
        self._source.close()
        super().close()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Footage comes down only as fast as the test lets it."""
    made, whole = Line(), FolderStore.open

    def slow(store: FolderStore, path: str, offset: int = 0) -> BinaryIO:
        return cast(BinaryIO, _End(made, path, whole(store, path, offset)))

    monkeypatch.setattr(FolderStore, "open", slow)
    yield made
    made.free()


def _bytes_here(demo: Path) -> int:
    return sum(p.stat().st_size for p in (demo / "home" / "cache").rglob("*") if p.is_file())


def test_the_queue_counts_to_four_of_four(line: Line, person: Person) -> None:
    line.hold(2_000_000)
    person.logs_on()
    queue = person.desk.queue
    person.sees(lambda: "Coming down now: CR-2026-0142" in person.says())
    person.sees(lambda: "0 of 4" in person.paints(queue.table.viewport()))
    said = person.paints(queue.table.viewport())
    assert "CR-2026-0142" in said
    assert "0 of 4 checked" in said
    assert "verified" not in said
    line.free()
    person.sees(lambda: "4 of 4 verified" in person.paints(queue.table.viewport()))
    person.sees(lambda: "Coming down now" not in person.says())
    assert "Start the review" in person.says()


def test_paused_by_a_person_and_gone_on_with(line: Line, person: Person, demo: Path) -> None:
    line.hold(3_000_000)
    person.logs_on()
    person.sees(lambda: _bytes_here(demo) >= 3_000_000)
    person.sees(lambda: person.has_button("Pause"))
    person.clicks(person.button("Pause"))
    person.sees(lambda: "paused; what is here is kept" in person.says())
    person.lives(300)  # what was on its way when it was said
    line.free()
    kept = _bytes_here(demo)
    person.lives(300)
    assert _bytes_here(demo) == kept
    person.clicks(person.button("Go on"))
    person.has_footage()


def test_closed_in_the_middle_only_the_rest_is_fetched(line: Line, sit_down: SitDown, demo: Path) -> None:
    line.hold(3_000_000)
    first = sit_down()
    first.logs_on()
    first.sees(lambda: _bytes_here(demo) >= 3_000_000)
    first.leaves()
    line.free()
    again = sit_down()
    again.logs_on()
    again.has_footage()
    for path, carried in line.carried.items():
        twice = carried - (demo / "store" / path).stat().st_size
        assert 0 <= twice <= _PIECE, "only what was on its way when it stopped comes again"


def test_a_case_is_opened_while_it_comes_down(line: Line, person: Person) -> None:
    line.hold(1_000_000)
    person.logs_on()
    person.sees(lambda: "Coming down now" in person.says())
    person.opens_case()
    tiles = [person.screen.wall.tile(c.key) for c in person.room.cameras if not c.is_still]
    person.sees(lambda: any(t is not None and t.state is TileState.NOT_DOWNLOADED for t in tiles))
    waiting = [t for t in tiles if t is not None and t.state is TileState.NOT_DOWNLOADED]
    assert "Not yet downloaded" in person.paints(waiting[0])
    assert not any(t.painted for t in waiting)
    line.free()
    person.sees(lambda: all(c.here == len(c.recordings) for c in person.desk.queue.cases))
    person.sees(lambda: all(t.state is not TileState.NOT_DOWNLOADED for t in waiting))
    person.key(Qt.Key.Key_Space)
    person.sees(lambda: len(person.screen.wall.painted()) == 4)
    assert person.viewing.painted_outside == 0


def test_watching_begins_before_everything_is_here(line: Line, person: Person, demo: Path) -> None:
    """What is on screen comes first; a camera that is here plays while the others say how far they are."""
    line.hold(1_000_000)
    person.logs_on()
    person.sees(lambda: "Coming down now" in person.says())
    person.opens_case()
    cameras = [c for c in person.room.cameras if not c.is_still]
    owners = {p.object: c for c in cameras for p in c.manifest.parts}
    first = next(owners[name] for name in person.room.wanted() if name in owners)
    person.sees(lambda: person.desk.transfers._looked == (person.room.wanted(), person.room.case))
    tracks = {name for name in person.room.wanted() if name not in owners}
    line.lets = {first.manifest.parts[0].object, *tracks}
    tile = person.screen.wall.tile(first.key)
    assert tile is not None
    person.sees(lambda: tile.painted is not None)
    waiting = [
        t for c in cameras if (t := person.screen.wall.tile(c.key)) is not None and t.state is TileState.NOT_DOWNLOADED
    ]
    assert waiting, "the others are not here yet"
    said = person.paints(waiting[-1])
    assert "Not yet downloaded" in said
    before = person.playback.now()
    person.key(Qt.Key.Key_Space)
    person.sees(lambda: person.playback.now() > before)
    line.free()
    person.sees(lambda: all(t.state is not TileState.NOT_DOWNLOADED for t in waiting))
    assert person.playback.playing or person.playback.now() > before
    assert person.viewing.painted_outside == 0


def test_paused_and_gone_on_with_by_key(line: Line, person: Person) -> None:
    line.hold(2_000_000)
    person.logs_on()
    person.sees(lambda: "Coming down now" in person.says())
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    person.key(Qt.Key.Key_D, both)
    person.sees(lambda: person.desk.transfers.sync.paused and "paused; what is here is kept" in person.says())
    line.free()
    person.key(Qt.Key.Key_D, both)
    person.has_footage()
