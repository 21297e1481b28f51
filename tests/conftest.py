"""What every test stands on: a display of its own, one Qt application in our dress, a logged warning that fails it."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import settings
from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker

from reviewer.services.collecting import Collector
from reviewer.ui import fonts, theme

pytest_plugins = ["tests.stores.engines.fixtures"]

PATIENCE = 30_000  # ms

# The suite asks the same examples each time: what passed on one machine is not refused by chance on another, and a
# deadline is no property. New examples are looked for by `pytest --hypothesis-profile search`.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", max_examples=2_000, deadline=None)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--display", action="store_true", help="draw on a real X display (an Xvfb of its own for each process)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Windows go to Qt's offscreen platform, or with `--display` to an X server that no other process has: without a
    window manager two of them would take the focus from each other."""
    if getattr(config.option, "numprocesses", None):
        return  # this process only hands tests out
    if not config.getoption("--display"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        return
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    answer, tell = os.pipe()
    command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    screen = subprocess.Popen(command, pass_fds=[tell], stderr=subprocess.DEVNULL)
    os.close(tell)
    with os.fdopen(answer) as told:
        os.environ["DISPLAY"] = f":{told.readline().strip()}"

    def stop() -> None:
        screen.terminate()
        screen.wait(10)

    config.add_cleanup(stop)


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """pytest-qt's application with our fonts and style, as app.py dresses it."""
    theme.start(qapp)
    fonts.load(qapp)
    return qapp


class PatientBot(QtBot):
    """Waits as long as a busy machine may take: what is so is found at once, however long the wait might be."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: SignalInstance, *, timeout: int = PATIENCE, **more: Any) -> SignalBlocker:  # noqa: ANN401
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, which gives up after five seconds of a clock that goes on while others have the processor."""
    return PatientBot(request)


@pytest.fixture(scope="session")
def _collector() -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _collected_here(_collector: Collector) -> Iterator[None]:
    """No worker of one test deletes what another one left of its windows: as in the program, cycles are collected on
    the window's thread."""
    yield
    _collector.look()


@pytest.fixture(autouse=True)
def _no_logged_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log is a defect, ours or a library's (Qt's own are caught by pytest-qt)."""
    yield
    found = [r for when in ("setup", "call") for r in caplog.get_records(when) if r.levelno >= logging.WARNING]
    assert not found, f"logged: {[r.getMessage() for r in found]}"
