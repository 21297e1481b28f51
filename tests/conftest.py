"""What every test stands on: one Qt application in our dress, and a logged warning that fails the test."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from reviewer.ui import fonts, theme


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    """pytest-qt's application with our fonts and style, as app.py dresses it."""
    theme.start(qapp)
    fonts.load(qapp)
    return qapp


@pytest.fixture(autouse=True)
def _no_logged_warnings(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning in the log is a defect, ours or a library's (Qt's own are caught by pytest-qt)."""
    yield
    found = [r for when in ("setup", "call") for r in caplog.get_records(when) if r.levelno >= logging.WARNING]
    assert not found, f"logged: {[r.getMessage() for r in found]}"
