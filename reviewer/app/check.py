"""The whole job once, without a person: `reviewer check`. What a newcomer would do, on the real window.

Log on, let the footage come down, open the case and say why, play, bookmark, take a picture of the window, leave; then
verify the published log from public keys alone.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLineEdit, QWidget

from reviewer.app.case_room import CaseRoom
from reviewer.app.observer import Observer, people_of
from reviewer.app.root import Program
from reviewer.app.start import make_application
from reviewer.domain.errors import ReviewerError
from reviewer.domain.events import BookmarkAdded
from reviewer.domain.timebase import TimeRange, Utc
from reviewer.services import logcheck
from reviewer.services.journal import Recorded
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from reviewer.ui.review.screen import ReviewScreen

SIZE = (1600, 1000)
_PATIENCE = 120.0
_SETTLE = 1.0  # s of playing before anybody looks: what every start costs


class DidNotHappen(ReviewerError):
    """A step of the check did not come to its end in time."""


def check(demo: Path, *, seconds: float = 20.0, screenshot: Path | None = None) -> dict[str, Any]:
    """Run the job on a demo and say what was seen. Raises ReviewerError at the first step that does not work."""
    application = make_application()
    program = Program(demo / "home", demo=demo)
    picture = screenshot or demo / "check.png"
    try:
        program.window.resize(*SIZE)
        program.window.show()
        _log_on(program, demo)
        room, screen = _open(program)
        if room.playback is None or room.viewing is None:
            raise DidNotHappen("The case has no player.", "Report this.")
        observer = Observer(screen, [c.manifest for c in room.cameras if c.assigned], demo)
        bookmark = _play(application, program, screen, observer, seconds)
        _stand_where_all_roll(room, screen)
        if not program.window.grab().save(str(picture)):
            raise DidNotHappen(f"{picture} could not be written.", "Name another place for the picture.")
        outside = room.viewing.painted_outside
        cameras = len([c for c in room.cameras if c.assigned and not c.is_still])
    finally:
        program.close()
    trust = _trust(demo)
    report = logcheck.verify_store(trust.store, trust.roster())
    return {
        "cameras": cameras,
        **asdict(observer.figures()),
        "bookmark": {"id": bookmark.event.id, "origin": bookmark.origin, "index": bookmark.index}
        if isinstance(bookmark.event, BookmarkAdded)
        else None,
        "painted_outside": outside,
        "log_entries": sum(each.entries for each in report.logs),
        "log_verified": report.ok,
        "screenshot": str(picture),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
    }


def _log_on(program: Program, demo: Path) -> None:
    person = people_of(demo)[0]
    login = program.login
    name, passphrase = (_field(login, words) for words in ("Name or badge", "Passphrase for your signing key"))
    name.clear()
    QTest.keyClicks(name, f"{person['name']} {person['badge']}")
    QTest.keyClicks(passphrase, person["passphrase"])
    for box in login.findChildren(QCheckBox):
        box.setChecked(True)
    QTest.keyClick(passphrase, Qt.Key.Key_Return)
    _wait(lambda: program.desk is not None, "Nobody is logged on")


def _field(login: QWidget, words: str) -> QLineEdit:
    return next(line for line in login.findChildren(QLineEdit) if line.accessibleName() == words)


def _open(program: Program) -> tuple[CaseRoom, ReviewScreen]:
    desk = program.desk
    if desk is None:
        raise DidNotHappen("Nobody is logged on.", "Report this.")
    _wait(
        lambda: bool(desk.queue.cases) and all(c.here == len(c.recordings) for c in desk.queue.cases),
        "The footage did not come down",
    )
    desk.open_case(desk.queue.cases[0].case_id)
    _wait(lambda: desk.room is not None and desk.room.dialog is not None, "Nobody asked for a reason")
    room = desk.room
    if room is None or room.dialog is None:
        raise DidNotHappen("The case was not opened.", "Report this.")
    room.dialog.submit()
    _wait(lambda: room.screen is not None, "The case was not opened")
    screen = room.screen
    if screen is None:
        raise DidNotHappen("The case was not opened.", "Report this.")
    playback = room.playback
    _wait(lambda: playback is not None and playback.settled, "The cameras did not open")
    _wait(lambda: room.measured, "The sound was not drawn")
    return room, screen


def _play(
    application: QApplication, program: Program, screen: ReviewScreen, observer: Observer, seconds: float
) -> Recorded:
    """Play with a key, mark with a key in the middle of it. Gives the recorded bookmark."""
    marked: list[Recorded] = []
    program.bridge.on(BookmarkAdded, marked.append, screen)
    _key(screen, Qt.Key.Key_Space)
    _pass(_SETTLE)
    observer.is_looking = True
    _pass(seconds / 2)
    _key(screen, Qt.Key.Key_B)
    _pass(seconds / 2)
    observer.is_looking = False
    _wait(lambda: bool(marked), "The bookmark was not recorded")
    _pass(0.5)
    application.processEvents()
    return marked[0]


def _stand_where_all_roll(room: CaseRoom, screen: ReviewScreen) -> None:
    """Stop where every camera shows something, for the picture of the window."""
    playback = room.playback
    if playback is None:
        raise DidNotHappen("The case has no player.", "Report this.")
    _key(screen, Qt.Key.Key_K)
    rolling = [c.manifest.rolling for c in room.cameras if c.assigned and not c.is_still]
    edges = sorted({edge for ranges in rolling for r in ranges for edge in (r.start, r.end)})
    common = [TimeRange(a, b) for a, b in pairwise(edges) if all(any(a in r for r in ranges) for ranges in rolling)]
    if common:
        longest = max(common, key=lambda r: r.duration)
        screen.controls.seek(Utc((longest.start + longest.end) // 2))
    _wait(lambda: playback.settled, "The cameras did not come to rest")
    _wait(lambda: screen.map.canvas.complete, "The map was not drawn")
    _pass(_SETTLE)


def _key(screen: ReviewScreen, key: Qt.Key) -> None:
    """A key as a person presses it: to the active window. A display without a window manager gives nobody the focus."""
    window = screen.window()
    window.activateWindow()
    _wait(lambda: QApplication.activeWindow() is window, "The window did not become active")
    screen.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClick(screen.window(), key)


def _pass(seconds: float) -> None:
    """Let the program run."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _wait(condition: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise DidNotHappen(f"{otherwise} within {_PATIENCE:.0f} s.", "Run it again on a quieter machine.")
        _pass(0.02)


def _trust(demo: Path) -> Trust:
    """Trust as anybody has it who was given the agency's root key: nothing of this session."""
    workspace = Workspace(demo / "home")
    return Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
