"""`cold_view_s`: the map asked for in a process that has never drawn one, until the whole view stands with its names.

Counted from the archive's opening: the start of the map's own process, reading, decoding, drawing, the way back,
setting the names, painting. Not counted is what the program has before anybody can ask for a map: Python, Qt, and the
server that processes are forked from, which it starts before the log-on (`server_s`).
"""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtWidgets import QApplication

from reviewer.maps.mercator import to_unit
from reviewer.media import apart
from reviewer.ui.bridge import Bridge
from reviewer.ui.review.map import ReviewMap
from reviewer.ui.review.map_tiles import TileProcess, shipped
from reviewer.ui.review.map_view import MapView
from reviewer.ui.theme import ThemeName, apply_theme

SIZE = (1280, 800)
_PLACE = (60.1688, 24.9440)
_ELSEWHERE = (60.1715, 24.9415)
_PATIENCE = 30.0  # s


def run(zoom: float, style: str) -> dict[str, Any]:
    """One view, `zoom` as in 256 px tiles, in one style."""
    app = QApplication.instance() or QApplication([])
    if not isinstance(app, QApplication):
        raise RuntimeError("there is another application")
    began = time.perf_counter()
    apart._try()
    server = time.perf_counter() - began
    began = time.perf_counter()
    tiles = TileProcess((shipped(),))
    tiles.warm()
    shown = ReviewMap(tiles, Bridge())
    apply_theme(shown, ThemeName(style))
    shown.canvas.setFixedSize(*SIZE)
    shown.show()
    cold = _look(app, shown, _PLACE, zoom, began)
    picture = shown.canvas.grab().toImage()
    app.processEvents()
    same = picture == shown.canvas.grab().toImage()
    again = _look(app, shown, _ELSEWHERE, zoom + 1, time.perf_counter())
    shown.close_map()
    if not same or len({picture.pixel(x, SIZE[1] // 2) for x in range(SIZE[0])}) < 8:
        raise RuntimeError("the view was not whole")
    return {"cold_s": cold, "next_s": again, "server_s": server}


def _look(app: QApplication, shown: ReviewMap, place: tuple[float, float], zoom: float, began: float) -> float:
    shown.canvas.look(MapView(*to_unit(*place), zoom, *SIZE))
    shown.canvas.repaint()
    while not shown.canvas.complete:
        app.processEvents()
        if time.perf_counter() - began > _PATIENCE:
            raise RuntimeError("the view came to no end")
    shown.canvas.repaint()
    return time.perf_counter() - began
