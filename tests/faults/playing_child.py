"""Opens the demo's case and plays it, and says of each frame that it was painted, until it is killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtGui import QPaintEvent

from reviewer.app import check
from reviewer.app.root import Program
from reviewer.app.start import make_application
from reviewer.ui.review.tile import Tile


def main(demo: Path) -> None:
    application = make_application()
    paint = Tile.paintEvent

    def told(tile: Tile, event: QPaintEvent) -> None:
        paint(tile, event)
        shown = tile.painted
        if shown is not None:
            os.write(1, f"{tile.key} {shown.at} {shown.until}\n".encode())

    Tile.paintEvent = told  # type: ignore[assignment]
    program = Program(demo / "home", demo=demo)
    program.window.resize(*check.SIZE)
    program.window.show()
    check._log_on(program, demo)
    _, screen = check._open(program)
    whole = program.desk.room.playback.range  # type: ignore[union-attr]
    program.desk.room.playback.set_loop(whole)  # type: ignore[union-attr]
    screen.controls.toggle()
    application.exec()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
