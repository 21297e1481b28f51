"""`open_s`: the bench's case, opened in the real window by a program started anew: from the answered reason until the
review stands there and the case's own screen, shown after it, has come to rest. Beside it how long the window was away
at most meanwhile (`open_gap_ms`), when the review stood there (`open_review_s`), and what each page of the case takes
from its key to its last change of a pixel (`page_ms`)."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.case_incident import _APART, names
from tests.bench.clips import Clip
from tests.bench.opening import TINY
from tests.bench.watchdog import Watchdog, watching
from tests.bench.window import Window, opened

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_QUIET = 0.15  # s without a change: it has come to rest
_PATIENCE = 20.0


def run(folder: str, recordings: int, annotations: int, entries: int) -> dict[str, Any]:
    """One opening."""
    clips = tuple(Clip(name, TINY, n * _APART) for n, name in enumerate(names(recordings)))
    with opened(Path(folder), clips, 1.0, case=False) as window:
        desk = window.program.desk
        if desk is None:
            raise RuntimeError("nobody is logged on")
        window.wait(lambda: desk.session.following.state.entries >= entries, "Colleagues’ entries did not come")
        window.lives(1.0)
        with watching() as dog:
            began = window.open()
            review = time.perf_counter() - began
            desk.window.show_screen("case")
            screen: Any = desk.window.findChild(_case_screen())
            _rests(window, screen)
            came = _rested(window, screen, dog) - began
            gap = dog.gap_ms
        pages = {id_: _page(window, screen, id_) for id_ in screen._pages}
        known = len(window.screen.marking.bookmarks)
        if known != annotations:
            raise RuntimeError(f"{known} of {annotations} annotations are shown")
        window.lives(0.5)
    return {
        "open_s": round(came, 3),
        "open_review_s": round(review, 3),
        "open_gap_ms": round(gap, 1),
        "page_ms": pages,
    }


def _case_screen() -> type:
    from reviewer.ui.case.screen import CaseScreen

    return CaseScreen


def _rests(window: Window, screen: QWidget) -> None:
    window.wait(screen.isVisible, "The case’s screen did not come")


def _rested(window: Window, widget: QWidget, dog: Watchdog | None = None) -> float:
    """When a pixel of it changed last (perf_counter), once nothing has for a while."""
    from PySide6.QtWidgets import QApplication

    before, changed, until = None, time.perf_counter(), time.perf_counter() + _PATIENCE
    while time.perf_counter() - changed < _QUIET:
        QApplication.processEvents()
        with dog.apart() if dog is not None else nullcontext():
            now = widget.grab().toImage()
            if before is None or now != before:
                before, changed = now, time.perf_counter()
        if changed > until:
            raise RuntimeError("the case’s screen does not come to rest")
        window.lives(0.005)
    return changed


def _page(window: Window, screen: Any, id_: str) -> float:  # noqa: ANN401 - a CaseScreen
    began = time.perf_counter()
    screen.show_page(id_)
    return round((_rested(window, screen) - began) * 1000, 1)
