"""The operating system refuses to write the log: nothing more is shown, marked or unlocked; nothing is lost."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from reviewer.domain.timebase import SECOND, Utc
from tests.journeys.conftest import SALO, Command, Person
from tests.journeys.test_gate import Watch, watch

__all__ = ["watch"]
CTRL = Qt.KeyboardModifier.ControlModifier
_SMALL = 64 * 1024  # bytes: the log is longer, every other file that is written is shorter


@contextmanager
def _log_may_not_grow(person: Person) -> Iterator[None]:
    """The kernel refuses every write beyond this (setrlimit(2): EFBIG; Python ignores SIGXFSZ)."""
    log = person.desk.session.room.records
    assert log.with_name(f"{log.name}-wal").stat().st_size > _SMALL
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (_SMALL, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def _held_by_another_program(person: Person) -> Iterator[None]:
    with closing(sqlite3.connect(person.desk.session.room.records, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def _goes_on(person: Person) -> None:
    person.key(Qt.Key.Key_K)
    person.sees(lambda: not person.screen.stopped.words)
    person.goes_to(Utc(person.playback.range.start + SECOND))
    person.sees(lambda: person.screen.wall.painted())


def _stops(person: Person, watch: Watch, why: str, what_next: str) -> None:
    person.key(Qt.Key.Key_Space)
    person.screen.controls.seek(Utc(person.playback.range.end - 2 * SECOND))
    person.sees(lambda: person.screen.stopped.words)
    said = person.says()
    assert "Picture stopped" in said
    assert why in said
    assert what_next in said
    assert not person.screen.wall.painted()
    before = len(watch.painted)
    person.lives(300)
    assert len(watch.painted) == before


def test_the_kernel_refuses(watch: Watch, reviewing: Person) -> None:
    with _log_may_not_grow(reviewing):
        _stops(reviewing, watch, "The log cannot be written: disk I/O error.", "Check the disk, then try again")
    _goes_on(reviewing)
    assert watch.without_entry() == []


def test_another_program_holds_the_log(watch: Watch, reviewing: Person) -> None:
    with _held_by_another_program(reviewing):
        _stops(reviewing, watch, "The log cannot be written: another program holds it.", "Close the other program")
    _goes_on(reviewing)
    assert watch.without_entry() == []


def test_a_mark_that_cannot_be_written_is_not_drawn_and_its_words_are_kept(reviewing: Person) -> None:
    editor = reviewing.screen.panel.editor
    with _log_may_not_grow(reviewing):
        reviewing.key(Qt.Key.Key_N)
        QTest.keyClicks(editor.text, "An arm is raised")
        reviewing.key(Qt.Key.Key_Return, CTRL)
        reviewing.sees(lambda: "The log cannot be written" in editor.error)
        assert editor.text.toPlainText() == "An arm is raised"
        assert reviewing.screen.marking.bookmarks == ()
    reviewing.key(Qt.Key.Key_Return, CTRL)
    reviewing.sees(lambda: [b.text for b in reviewing.screen.marking.bookmarks] == ["An arm is raised"])
    assert editor.text.toPlainText() == ""


def test_locking_needs_no_log_and_unlocking_does(watch: Watch, reviewing: Person) -> None:
    window = reviewing.program.window
    with _log_may_not_grow(reviewing):
        reviewing.key(Qt.Key.Key_L, CTRL)
        assert window.is_locked
        QTest.keyClicks(reviewing.field("Passphrase for your signing key"), SALO.passphrase)
        reviewing.key(Qt.Key.Key_Return)
        reviewing.sees(lambda: "The log cannot be written" in reviewing.says())
        assert window.is_locked
    QTest.keyClicks(reviewing.field("Passphrase for your signing key"), SALO.passphrase)
    reviewing.key(Qt.Key.Key_Return)
    reviewing.sees(lambda: not window.is_locked)
    reviewing.sees(lambda: reviewing.screen.stopped.words)  # what was shown before the lock is not in the log yet
    _goes_on(reviewing)
    assert watch.without_entry() == []


def test_leaving_does_not_hang(reviewing: Person, sit_down: Callable[[], Person], command: Command) -> None:
    reviewing.key(Qt.Key.Key_Space)
    with _log_may_not_grow(reviewing):
        reviewing.leaves()
    assert command("log", "verify")["ok"]
    again = sit_down()
    again.logs_on()
    again.has_footage()
    again.opens_case()
    again.leaves()
    assert command("log", "verify")["ok"]
