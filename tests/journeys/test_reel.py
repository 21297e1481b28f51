"""A training officer makes a reel of six clips from three cameras, previews and renders it, and presents it on another
display; afterwards anybody can verify the log that says so."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from reviewer.app.case_reels import ReelRoom
from reviewer.app.presenting import Presenting
from reviewer.domain.events import Event, FileViewClosed, FileViewOpened, ViewClosed
from reviewer.domain.making_acts import CopyMade, ReelExported, RenderBegun
from reviewer.domain.reel import Branch, Clip
from reviewer.domain.timebase import SECOND
from reviewer.records.queries import EntryFilter
from reviewer.services.demo import PEOPLE
from reviewer.services.demo_copies import TRAINING
from reviewer.services.rendering_job import RenderState
from reviewer.services.screening import ScreeningState
from tests.journeys.conftest import Command, Person
from tests.journeys.x_screen import XScreen

KEY = Qt.Key
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
FALK = next(p for p in PEOPLE if p.id == "falk")
CLIPS = ((0, 1), (1, 1), (2, 2), (0, 3), (1, 4), (2, 4))  # which camera, how many seconds into it
ASKS = 2  # the clip (from 0) that ends with a question
WHY = "Staged for this course; everybody in it agreed."
AGAIN = 4  # times a person's patience, for what takes minutes on a slow machine
E = TypeVar("E", bound=Event)


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[XScreen]:
    """The display in the room: another one than the program's."""
    with closing(XScreen()) as made:
        monkeypatch.setenv("DISPLAY", made.name)
        yield made


def _goes_to_reels(person: Person) -> ReelRoom:
    person.logs_on(f"{FALK.name} {FALK.badge}", FALK.passphrase)
    person.has_footage()
    assert [c.case_id for c in person.desk.queue.cases] == [TRAINING]
    person.opens_case()
    person.key(KEY.Key_9, CTRL)
    room = person.room.hands.copies if person.room.hands is not None else None
    assert isinstance(room, ReelRoom)
    person.sees(lambda: room.screen.isVisible() and room.reel is not None)
    return room


def _begins_a_reel(person: Person, room: ReelRoom, title: str) -> None:
    person.key(KEY.Key_O, CTRL)
    person.sees(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "New reel").trigger()
    menu.close()
    person.sees(lambda: QApplication.focusWidget() is room.screen.head.title)
    person.key(KEY.Key_A, CTRL)
    person.types(title)
    person.key(KEY.Key_Return)
    person.sees(lambda: room.reel is not None and room.reel.title == title and not room.clips)


def _adds(person: Person, room: ReelRoom, camera: int, seconds: int) -> None:
    """A second of this camera, marked by I and O, behind the clip that is chosen."""
    listed, known = room.screen.library.list, len(room.clips)
    wanted = tuple(room.manifests)[camera]
    row = next(n for n in range(listed.model_.rowCount()) if listed.model_.at(n).recording == wanted)  # type: ignore[union-attr]
    person.clicks(listed.viewport(), listed.visualRect(listed.model_.index(row)).center())
    person.sees(lambda: room.player.source == (wanted,) and room.player.now is not None)
    room.stage.view.setFocus()
    begin = room.wall_range(wanted).start
    while (room.player.now or 0) > begin + SECOND // 10:
        before = room.player.now or 0
        person.key(KEY.Key_Left, SHIFT)
        person.sees(lambda before=before: (room.player.now or 0) < before)  # type: ignore[misc]
    for _ in range(seconds):
        before = room.player.now or 0
        person.key(KEY.Key_Right)
        person.sees(lambda before=before: (room.player.now or 0) > before)  # type: ignore[misc]
    person.key(KEY.Key_I)
    before = room.player.now or 0
    person.key(KEY.Key_Right)
    person.sees(lambda: (room.player.now or 0) > before)
    person.key(KEY.Key_O)
    person.key(KEY.Key_A)
    person.sees(lambda: len(room.clips) == known + 1 and room.chosen is not None)


def _asks(person: Person, room: ReelRoom) -> None:
    """The third clip ends with a question; its answers lead to the last clip, and out."""
    room.choose_clip(room.clips[ASKS].id)
    person.sees(lambda: room.chosen is not None and room.chosen.id == room.clips[ASKS].id)
    room.editor.write("question", "What do you say now?")
    room.editor.write("notes", "Let two people answer.")
    person.sees(lambda: room.clips[ASKS].question and room.clips[ASKS].notes)
    room.editor.branch((Branch("Step back", room.clips[5].id), Branch("Enough", "")))
    person.sees(lambda: len(room.clips[ASKS].branches) == 2)


def _decides(person: Person, room: ReelRoom) -> None:
    """It is refused while nobody said anything about faces; then somebody says why nothing is hidden."""
    assert not room.screen.head.buttons["reel.render"].isEnabled()
    person.key(KEY.Key_W, ALT)
    person.sees(lambda: QApplication.focusWidget() is room.screen.faces.reason)
    person.types(WHY)
    person.clicks(person.button("In the whole reel"))
    person.sees(lambda: room.reel is not None and room.reel.plain == WHY)
    person.sees(lambda: room.screen.head.buttons["reel.render"].isEnabled())
    person.clicks(person.button("Back to the clip"))


def _previews(person: Person, room: ReelRoom) -> None:
    """All of it is played, in its order, and stands in the log."""
    came: list[str] = []
    room.player.came.connect(came.append)
    room.stage.view.setFocus()
    person.key(KEY.Key_Space, SHIFT)
    person.sees(lambda: room.player.playing)
    person.sees(lambda: not room.player.playing)
    order = [clip.id for clip in room.clips]
    assert [clip for n, clip in enumerate(came) if came[n - 1 : n] != [clip]][-5:] == order[1:]
    person.sees(lambda: all(_was_seen(person, clip) for clip in room.clips), "what was played is in the log")


def _was_seen(person: Person, clip: Clip) -> bool:
    """Whether the log says that something of a clip was shown running, of each of its cameras. How much of it an idle
    machine shows is measured elsewhere (`tests/bench/render_preview.py`)."""
    running = [e for e in _told(person, ViewClosed) if e.rate_milli == 1000]
    shown = [(c.recording, c.shown) for e in running for c in e.cameras]
    return all(any(r == key and s.start < clip.end and clip.start < s.end for key, s in shown) for r in clip.recordings)


def _renders(person: Person, room: ReelRoom, path: Path) -> CopyMade:
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: person.program.window.findChildren(QFileDialog))
    (dialog,) = person.program.window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    jobs = room.rendering.renders.jobs
    person.sees(lambda: jobs())
    person.bot.waitUntil(lambda: jobs()[-1].state.over, timeout=AGAIN * 60_000)
    assert jobs()[-1].state is RenderState.DONE, jobs()[-1].job.problems
    (begun,), (made,) = _told(person, RenderBegun), _told(person, CopyMade)
    assert made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (begun.job, begun.plan, set(begun.recordings)) == (made.job, made.plan, set(made.recordings))
    assert len(made.recordings) == 3
    return made


def _told(person: Person, kind: type[E]) -> list[E]:
    with closing(person.desk.session.queries()) as queries:
        found = [e.event for e in queries.entries(EntryFilter(kinds=(kind.KIND,)), limit=1000)][::-1]
    return [e for e in found if isinstance(e, kind)]


def _is_a_clean_file(path: Path, lasts: int) -> None:
    words = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    said = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert sorted(s["codec_name"] for s in said["streams"]) == ["aac", "h264"]
    assert abs(float(said["format"]["duration"]) - lasts / SECOND) < 0.2
    text = json.dumps(said).lower()
    assert not [word for word in ("niemi", "korhonen", "2214", TRAINING.lower()) if word in text.replace(str(path), "")]


def _presents(person: Person, room: ReelRoom, display: XScreen, made: CopyMade) -> None:
    show = room.presenting.presenting
    room.stage.view.setFocus()
    person.key(KEY.Key_P)
    view = show.view
    assert view is not None
    person.sees(lambda: view._start.isEnabled(), view.error.words)
    person.key(KEY.Key_Return)
    # Words on black cover the display until the log has it; a picture is light in more than a few places.
    person.sees(lambda: _shows(show) and (display.picture()[:600, :, :3].max(axis=2) > 60).mean() > 0.05)
    assert _told(person, FileViewOpened), "a picture before its entry"
    person.sees(lambda: view.number.text() == "1 of 6")
    for n in (2, 3):
        person.key(KEY.Key_PageDown)
        person.sees(lambda n=n: view.number.text() == f"{n} of 6")  # type: ignore[misc]
    assert view.notes.text() == "Let two people answer."
    person.sees(lambda: view.state.words == "asks")
    person.key(KEY.Key_1)
    person.sees(lambda: view.number.text() == "6 of 6")
    person.key(KEY.Key_Escape)
    person.sees(lambda: show.view is None and show.screening is None)
    closed = _told(person, FileViewClosed)
    assert {e.file for e in closed} == {made.sha256}
    assert {e.case for e in closed} == {TRAINING}


def _presents_without_its_job(person: Person, room: ReelRoom, path: Path) -> None:
    """Off the list of files, as on another machine: the log says where the clips of the file are."""
    (status,) = room.rendering.renders.jobs()
    room.rendering.renders._forget(status.job.id)
    person.sees(lambda: room.presenting.job is None and room.screen.head.buttons["reel.present"].isEnabled())
    show = room.presenting.presenting
    room.stage.view.setFocus()
    person.key(KEY.Key_P)

    def asked() -> list[QFileDialog]:
        return [each for each in person.program.window.findChildren(QFileDialog) if each.isVisible()]

    person.sees(asked)
    (dialog,) = asked()
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    person.sees(lambda: show.view is not None and show.view._start.isEnabled())
    assert show.view is not None and len(show._show.script.stops) == 6  # type: ignore[union-attr]  # it is shown
    person.key(KEY.Key_Escape)
    person.sees(lambda: show.view is None and show.screening is None)


def _goes_to_an_editor_and_back(person: Person, room: ReelRoom, path: Path) -> None:
    """The timeline names neither officers nor recordings; read again it is another reel of the same clips."""
    before = [(clip.title, clip.recordings, clip.start, clip.end) for clip in room.clips]
    room.presenting.write(path)
    person.sees(lambda: "Written to" in room.screen.error.words)
    assert not [key for key in room.manifests if key in path.read_text()]
    reel = room.reel
    room.presenting.read(path)
    person.sees(lambda: room.reel is not None and reel is not None and room.reel.id != reel.id)
    assert [(clip.title, clip.recordings, clip.start, clip.end) for clip in room.clips] == before
    assert room.reel is not None and room.reel.plain == "", "why nothing is hidden is said anew"
    assert not room.screen.head.buttons["reel.present"].isEnabled()
    assert [e.came for e in _told(person, ReelExported)] == [False, True]


def _shows(show: Presenting) -> bool:
    return show.screening is not None and show.screening.state is ScreeningState.SHOWING


def test_six_clips_from_three_cameras_made_previewed_rendered_presented_and_the_log_verified(
    person: Person, display: XScreen, tmp_path: Path, command: Command
) -> None:
    room = _goes_to_reels(person)
    _begins_a_reel(person, room, "Three views")
    for camera, seconds in CLIPS:
        _adds(person, room, camera, seconds)
    assert len({each for clip in room.clips for each in clip.recordings}) == 3
    _asks(person, room)
    _decides(person, room)
    _previews(person, room)
    path = tmp_path / "reel.mp4"
    made = _renders(person, room, path)
    _is_a_clean_file(path, sum(clip.lasts for clip in room.clips))
    _presents(person, room, display, made)
    _presents_without_its_job(person, room, path)
    _goes_to_an_editor_and_back(person, room, tmp_path / "reel.otio")
    person.program.log_off()
    person.sees(lambda: person.program.desk is None and person.has_button("Log on"))
    assert command("log", "verify")["status"] == 0
