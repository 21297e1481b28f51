"""From the command line to a running window."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from reviewer import config
from reviewer.app.root import Program
from reviewer.domain.errors import ReviewerError
from reviewer.ui import fonts, theme


def main(argv: Sequence[str] = ()) -> int:
    """Open the window and stay until it is closed. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="reviewer app")
    parser.add_argument(
        "--demo", type=Path, help="the demo's folder: its people stand at the door with their passphrases"
    )
    args = parser.parse_args(list(argv))
    application = make_application()
    program = Program(config.home(), demo=args.demo)
    try:
        program.window.show()
        return application.exec()
    finally:
        program.close()


def make_application() -> QApplication:
    """The one QApplication of this process, in our dress. Raises ReviewerError where there is no screen: Qt
    itself would end the process there."""
    existing = QApplication.instance()
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if existing is None and sys.platform == "linux" and not any(os.environ.get(each) for each in screens):
        raise ReviewerError("There is no screen here.", "Start it on a desktop, or run “installer/run --check”.")
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Reviewer")
    application.setDesktopFileName("reviewer")
    theme.start(application)
    fonts.load(application)
    return application
