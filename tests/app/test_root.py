"""The program: a store that does not answer is waited for behind the window, never before it; where it lets go."""

from __future__ import annotations

import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.app import root
from reviewer.app.root import Program
from reviewer.stores.folder import FolderStore
from tests.services.agency import Agency


class Silent:
    """A store that answers while `gate` is set, and lets everybody wait otherwise."""

    def __init__(self, store: FolderStore, gate: threading.Event) -> None:
        self._store, self._gate = store, gate

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        self._gate.wait(20)
        return getattr(self._store, name)


def _says(program: Program, words: str) -> bool:
    return any(words in each.text() for each in program.login.findChildren(QLabel))


def test_a_store_that_does_not_answer_holds_no_window_up(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, gate = Agency(tmp_path), threading.Event()
    monkeypatch.setattr(root, "locate", lambda _location: Silent(agency.store, gate))
    monkeypatch.setattr(root, "_PATIENCE", 0.01)
    program = Program(agency.workspace.home)
    qtbot.addWidget(program.window)
    assert _says(program, "The store is asked.")
    assert not program.login.isEnabled()  # the agency's text is not there to be read yet

    gate.set()
    qtbot.waitUntil(lambda: program.login.isEnabled())  # another screen than the one that waited
    qtbot.waitUntil(lambda: _says(program, "Helsinki Example Police") and _says(program, "Store reached"))

    gate.clear()
    program.log_off()  # back at the door while the store is silent
    assert program.login.isEnabled()
    assert _says(program, "Helsinki Example Police")
    same = program.login
    gate.set()
    qtbot.waitUntil(lambda: _says(program, "Store reached"))
    assert program.login is same  # whoever types already goes on
    program.close()


def test_a_workspace_that_is_not_set_up_is_said_at_once(qtbot: QtBot, tmp_path: Path) -> None:
    program = Program(tmp_path)
    qtbot.addWidget(program.window)
    qtbot.waitUntil(lambda: _says(program, "not set up"))
    program.close()


class _Left(QObject):
    """What holds itself, as a desk does after log-off: garbage that only a collection finds."""

    def __init__(self) -> None:
        super().__init__()
        self.part = QObject(self)
        self.me = self


def test_what_nobody_holds_is_deleted_by_the_window_s_thread_however_busy_the_workers(
    qtbot: QtBot, tmp_path: Path
) -> None:
    program = Program(tmp_path)
    qtbot.addWidget(program.window)
    where: list[str] = []
    weakref.finalize(_Left(), lambda: where.append(threading.current_thread().name))
    made = [program.pool.submit(lambda: [[n] for n in range(100_000)]) for _ in range(4)]
    qtbot.waitUntil(lambda: bool(where))
    assert where == [threading.main_thread().name]
    assert all(len(each.result()) == 100_000 for each in made)
    program.close()
    program.close()
    assert not gc.isenabled(), "the suite has a collector of its own"
