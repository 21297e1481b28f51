"""A person at the real window: the demo incident, and hands and eyes to use it with."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from reviewer.app.case_room import CaseRoom
from reviewer.app.desk import Desk
from reviewer.app.observer import Observer
from reviewer.app.root import Program
from reviewer.cli import main
from reviewer.demo.truth import Truth, read_truth
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import Utc
from reviewer.services.demo import PEOPLE, make_demo
from reviewer.services.playback import Playback
from reviewer.services.viewing import Viewing
from reviewer.ui.review.screen import ReviewScreen

SECONDS = 15
PATIENCE = 60_000
SALO = PEOPLE[0]
ARO = PEOPLE[1]
_PRESSES = 100
_STEP = 18  # px: widths of pictures go in steps, see media/scale
_PASSING = (TileState.COVERED, TileState.OPENING, TileState.LATE)


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo incident, made once however many processes run the tests."""
    shared = tmp_path_factory.getbasetemp()
    if shared.name.startswith("popen-"):
        shared = shared.parent
    folder = shared / "demo"
    with FileLock(shared / "demo.guard"):
        make_demo(folder, cameras=4, seconds=SECONDS, seed=3)
    return folder


@pytest.fixture
def demo(made_demo: Path, tmp_path: Path) -> Path:
    """A copy that this test may do anything to."""
    folder = tmp_path / "demo"
    shutil.copytree(made_demo, folder)
    return folder


@dataclass
class Person:
    """Uses one program as a person does: by what stands on the screen, with keys and the mouse."""

    program: Program
    demo: Path
    bot: QtBot
    native: int = 1280  # px: the narrowest footage there is; it is not made larger than it was recorded

    # Waiting and looking

    def sees(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait until something is so."""
        self.bot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def comes(self, condition: Callable[[], object], milliseconds: int) -> bool:
        """Whether something is so before so much time has passed."""
        try:
            self.bot.waitUntil(lambda: bool(condition()), timeout=milliseconds)
        except self.bot.TimeoutError:
            return False
        return True

    def lives(self, milliseconds: int) -> None:
        """Let time pass: footage is running."""
        self.bot.wait(milliseconds)

    @property
    def desk(self) -> Desk:
        assert self.program.desk is not None, "nobody is logged on"
        return self.program.desk

    @property
    def room(self) -> CaseRoom:
        assert self.desk.room is not None, "no case is open"
        return self.desk.room

    @property
    def screen(self) -> ReviewScreen:
        assert self.room.screen is not None, "the review is not open"
        return self.room.screen

    @property
    def playback(self) -> Playback:
        assert self.room.playback is not None
        return self.room.playback

    @property
    def viewing(self) -> Viewing:
        assert self.room.viewing is not None
        return self.room.viewing

    @cached_property
    def truth(self) -> Truth:
        return read_truth(self.demo)

    def says(self) -> str:
        """Every word that a person could read in the window now."""
        window = self.program.window
        words = []
        for widget in window.findChildren(QWidget):
            if widget.isVisibleTo(window):
                text = getattr(widget, "text", None)
                words += [text() if callable(text) else "", widget.accessibleName(), widget.accessibleDescription()]
        return "\n".join(w for w in words if isinstance(w, str))

    def paints(self, widget: QWidget) -> str:
        """The words that a widget draws itself, off its own painting."""
        drawn = QBuffer()
        drawn.open(QBuffer.OpenModeFlag.ReadWrite)
        paper = QSvgGenerator()
        paper.setOutputDevice(drawn)
        paper.setSize(widget.size())
        widget.render(paper)
        words = re.findall(r"<text[^>]*>([^<]*)</text>", bytes(drawn.data().data()).decode())
        return "\n".join(html.unescape(each).strip() for each in words)

    def field(self, name: str) -> QLineEdit:
        lines = self.program.window.findChildren(QLineEdit)
        return next(f for f in lines if f.accessibleName() == name and f.isVisible())

    def has_button(self, words: str) -> bool:
        buttons = self.program.window.findChildren(QAbstractButton)
        return any(b.isVisible() and words in (b.text(), b.accessibleName()) for b in buttons)

    def button(self, words: str) -> QAbstractButton:
        shown = [b for b in self.program.window.findChildren(QAbstractButton) if b.isVisible()]
        return next(b for b in shown if words in (b.text(), b.accessibleName()))

    # Hands

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key, to whatever has the focus in the active window. No hand is so fast that what the last one asked for
        (a row that is to appear) is not done yet."""
        window = QApplication.activeModalWidget() or self.program.window
        window.activateWindow()
        self.sees(lambda: QApplication.activeWindow() is window)
        QApplication.processEvents()
        QTest.keyClick(QApplication.focusWidget() or window, key, modifier)

    def presses(self, key: Qt.Key, until: Callable[[], object]) -> None:
        """The same key again and again, until what is wanted is so."""
        for _ in range(_PRESSES):
            if until():
                return
            self.key(key)
        raise AssertionError(f"{_PRESSES} times {key.name} led nowhere: {QApplication.focusWidget()} has the focus")

    def types(self, text: str) -> None:
        field = QApplication.focusWidget()
        assert field is not None, "nothing has the focus"
        QTest.keyClicks(field, text)

    def clicks(self, widget: QWidget, at: QPoint | None = None) -> None:
        plain = Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, plain, at or widget.rect().center())

    # What a person does

    def logs_on(self, name: str = f"{SALO.name} {SALO.badge}", passphrase: str = SALO.passphrase) -> None:
        self.tries(name, passphrase)
        self.sees(lambda: self.program.desk is not None)

    def tries(self, name: str, passphrase: str) -> None:
        """Fill in the door and press Enter."""
        who, secret = self.field("Name or badge"), self.field("Passphrase for your signing key")
        for field, text in ((who, name), (secret, passphrase)):
            self.clicks(field)
            field.clear()
            QTest.keyClicks(field, text)
        box = next(b for b in self.program.window.findChildren(QCheckBox) if b.isVisible())
        if not box.isChecked():
            box.setFocus()
            QTest.keyClick(box, Qt.Key.Key_Space)
        QTest.keyClick(secret, Qt.Key.Key_Return)

    def has_footage(self) -> None:
        """Wait until everything that is assigned came down."""
        self.sees(lambda: self.desk.queue.cases and all(c.here == len(c.recordings) for c in self.desk.queue.cases))

    def opens_case(self) -> None:
        """Enter on the case, then on the reason."""
        self.desk.queue.table.setFocus()
        self.key(Qt.Key.Key_Return)
        self.sees(lambda: self.desk.room is not None and self.desk.room.dialog is not None)
        self.key(Qt.Key.Key_Return)
        self.sees(lambda: self.desk.room is not None and self.desk.room.screen is not None)
        self.settles()

    def settles(self) -> None:
        """Wait until every tile shows what is right here, as sharp as its room allows."""
        self.sees(lambda: self.playback.settled and self.viewing.covers(self.playback.now()) and self._is_sharp())

    def _is_sharp(self) -> bool:
        wall = self.screen.wall
        painted, now = wall.painted(), self.playback.now()
        for key, size in wall.sizes().items():
            tile, picture = wall.tile(key), painted.get(key)
            if tile is None or tile.state in _PASSING:
                return False
            if picture is None or picture.image is None:
                continue
            height, width = picture.image.shape[:2]
            if not picture.at <= now < picture.until:
                return False
            if min(size.width() - width, size.height() - height) > _STEP and width < self.native:
                return False
        return True

    def goes_to(self, at: Utc) -> None:
        self.screen.controls.seek(at)
        self.settles()

    def observer(self) -> Observer:
        return Observer(self.screen, [c.manifest for c in self.room.cameras], self.demo)

    def leaves(self) -> None:
        """Close the window."""
        if isValid(self.program.window):
            self.program.window.close()
            self.program.close()


@pytest.fixture
def sit_down(qapp: QApplication, qtbot: QtBot, demo: Path) -> Iterator[Callable[[], Person]]:
    """Start the program and give somebody to use it; whoever still sits there at the end is made to leave."""
    here: list[Person] = []

    def start() -> Person:
        program = Program(demo / "home", demo=demo)
        program.window.resize(1600, 1000)
        program.window.show()
        person = Person(program, demo, qtbot)
        here.append(person)
        program.window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is program.window, timeout=PATIENCE)
        return person

    yield start
    for person in here:
        person.leaves()


@pytest.fixture
def person(sit_down: Callable[[], Person]) -> Person:
    return sit_down()


@pytest.fixture
def reviewing(person: Person) -> Person:
    """Logged on, everything here, the case open."""
    person.logs_on()
    person.has_footage()
    person.opens_case()
    return person


Command = Callable[..., dict[str, Any]]


@pytest.fixture
def command(demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """A headless command at the demo's workstation: its JSON object, with `status` and what went to `err` beside."""

    def run(*words: object) -> dict[str, Any]:
        monkeypatch.setenv("REVIEWER_HOME", str(demo / "home"))
        capsys.readouterr()
        status = main([*map(str, words), "--json"])
        said = capsys.readouterr()
        return {**json.loads(said.out.splitlines()[-1]), "status": status, "err": said.err}

    return run


def secret(folder: Path, who: str, passphrase: str) -> Path:
    """A passphrase file beside the demo."""
    file = folder / f"{who}.txt"
    file.write_text(f"{passphrase}\n")
    return file
