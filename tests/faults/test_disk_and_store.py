"""What the disk and the store may do to footage on its way: it waits, it is said, and nothing lies open."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt

from reviewer.domain.timebase import SECOND
from tests.journeys.conftest import Person
from tests.journeys.test_footage_comes_down import Line, line

__all__ = ["line"]
_SAMPLE = 48  # bytes: no sealed file has so many of a plain one's by chance


@contextmanager
def _no_file_longer_than(size: int) -> Iterator[None]:
    """The kernel refuses every write beyond this (setrlimit(2): EFBIG; Python ignores SIGXFSZ)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _samples(footage: Path) -> list[bytes]:
    """Pieces out of every file that the cameras left, from its beginning to its end."""
    found = []
    for file in (p for p in footage.rglob("*") if p.is_file()):
        data = file.read_bytes()
        places = range(0, max(1, len(data) - _SAMPLE), max(1, len(data) // 24))
        found += [piece for piece in (data[at : at + _SAMPLE] for at in places) if len(set(piece)) > _SAMPLE // 3]
    return found


def test_no_piece_of_footage_and_no_word_of_a_note_lies_open(reviewing: Person, demo: Path) -> None:
    start = reviewing.playback.now()
    reviewing.key(Qt.Key.Key_Space)
    reviewing.sees(lambda: reviewing.playback.now() > start + SECOND)
    reviewing.key(Qt.Key.Key_N)
    reviewing.types("An arm is raised over the wheel")
    reviewing.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    reviewing.sees(lambda: reviewing.screen.marking.bookmarks)
    reviewing.leaves()
    samples = _samples(demo / "footage")
    assert len(samples) > 60
    assert any(samples[0] in p.read_bytes() for p in (demo / "footage").rglob("*") if p.is_file())
    for place in (demo / "home", demo / "store"):
        for file in (p for p in place.rglob("*") if p.is_file()):
            data = file.read_bytes()
            assert not any(piece in data for piece in samples), f"footage lies open in {file}"
    published = (p.read_bytes() for p in (demo / "store" / "logs").rglob("*") if p.is_file())
    assert not any(b"An arm is raised" in data for data in published)


def test_the_store_goes_away_in_the_middle(line: Line, person: Person, demo: Path) -> None:
    line.hold(2_000_000)
    person.logs_on()
    person.sees(lambda: sum(line.carried.values()) >= 2_000_000)
    (demo / "store").rename(demo / "away")
    line.free()
    person.sees(lambda: "Fetching CR-2026-0142 stopped" in person.says())
    said = person.says()
    assert "cannot be read now" in said
    assert "Work goes on with what is on this machine." in said
    (demo / "away").rename(demo / "store")
    person.key(Qt.Key.Key_F5)
    person.has_footage()
    person.opens_case()
    person.sees(lambda: len(person.screen.wall.painted()) > 1)


def test_the_disk_is_full_in_the_middle(person: Person, demo: Path) -> None:
    with _no_file_longer_than(1_500_000):
        person.logs_on()
        person.sees(lambda: "Fetching CR-2026-0142 stopped" in person.says())
        said = person.says()
        assert "There is no room left for Ofc. " in said
        assert "Make room on the disk and go on: what is here is kept." in said
    assert any(p.stat().st_size for p in (demo / "home" / "cache").rglob("*.part"))
    person.key(Qt.Key.Key_F5)
    person.has_footage()
    assert not list((demo / "home" / "cache").rglob("*.part"))
    person.opens_case()
