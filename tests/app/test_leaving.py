"""Leaving the desk: the window waits for the store no longer than it says, and the next person finds nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer.app import root
from reviewer.app.root import Program
from reviewer.sealing import keyring
from reviewer.services.publish import Publisher
from tests.services.agency import Agency, keys, station_key

GOOD = "correct horse"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is shut, nothing can be published."""
    made, publish = threading.Event(), Publisher.publish

    def waiting(publisher: Publisher) -> object:
        assert made.wait(30)
        return publish(publisher)

    monkeypatch.setattr(Publisher, "publish", waiting)
    made.set()
    yield made
    made.set()


@pytest.fixture
def program(qtbot: QtBot, tmp_path: Path) -> Iterator[Program]:
    agency = Agency(tmp_path)
    agency.recording("r1", b"footage" * 1_000)
    agency.assign("r1")
    for who in ("salo", "aro"):
        keyring.save(agency.workspace.key_file(who), keys(who), GOOD)
    keyring.save_station(agency.workspace.station_key, station_key())
    made = Program(agency.workspace.home, now=lambda: agency.now)
    made.window.show()
    yield made
    made.close()


def sits_down(program: Program, named: str = "K. Salo") -> None:
    program._sit_down(program._log_on(named, GOOD).result(30))


def says(program: Program, words: str) -> bool:
    return any(words in each.text() for each in program.window.findChildren(QLabel) if each.isVisible())


def test_a_silent_store_keeps_nobody_at_the_desk(
    qtbot: QtBot, program: Program, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    sits_down(program)
    gate.clear()
    program._limit.setInterval(400)
    began = time.monotonic()
    program.log_off()
    assert time.monotonic() - began < 5
    assert program.desk is None
    assert says(program, "Closing: writing the log…")
    qtbot.waitUntil(lambda: says(program, "Passphrase for your signing key"), timeout=10_000)
    assert program._finishing is not None and not program._finishing.done()
    monkeypatch.setattr(root, "_BEFORE", 0.01)
    refused = program._log_on("S. Aro", GOOD).exception(30)
    assert "still being sent" in str(refused)
    gate.set()
    program._finishing.result(30)
    sits_down(program, "S. Aro")
    assert not program.window.rail.is_open("review")


def test_a_window_that_closes_says_what_it_waits_for(qtbot: QtBot, program: Program, gate: threading.Event) -> None:
    sits_down(program)
    gate.clear()
    assert not program.window.close()
    assert program.window.isVisible()
    assert says(program, "Closing: writing the log…")
    assert not program.window.close()
    gate.set()
    qtbot.waitUntil(lambda: not program.window.isVisible(), timeout=10_000)
    assert program._finishing is not None and program._finishing.done()


def test_at_the_door_the_window_closes_at_once(program: Program) -> None:
    assert program.window.close()
