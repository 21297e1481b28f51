"""A custodian gives a prosecutor clips, an original and a still, by keys: registered, made, released, packed."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import av
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.domain.making_acts import CopyMade
from reviewer.domain.request import RequestKind
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339
from reviewer.records.queries import EntryFilter
from reviewer.services.clips import Form
from reviewer.services.demo_copies import REQUEST as CASE
from tests.journeys.conftest import Command, Person
from tests.journeys.request_room import goes_to_the_register

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LASTS = 3 * SECOND
AGAIN = 4  # times a person’s patience, for what takes minutes on a slow machine


def _registers(person: Person, room: DisclosureRoom) -> None:
    """What a prosecutor asked for: three seconds of one camera."""
    form = room.screen.form
    person.key(KEY.Key_N, CTRL)
    person.sees(lambda: form.isVisible())
    form.kind.setFocus()
    person.presses(KEY.Key_Down, lambda: form.kind.value is RequestKind.PROSECUTION)
    for name, words in (("number", "PR-2026-001"), ("requester", "The prosecutor")):
        form.entries[name].widget.setFocus()
        person.key(KEY.Key_A, CTRL)
        person.types(words)
    camera = room.cameras[0]
    known = room.case.wall.camera(camera.key)
    assert known is not None
    start = Utc(known.manifest.range.start // SECOND * SECOND + 5 * SECOND)
    for name, at in (("start", start), ("end", Utc(start + LASTS))):
        form.entries[name].widget.setFocus()
        person.types(f"{format_rfc3339(at)[:19].replace('T', ' ')} UTC")
    form._recordings[camera.key].setFocus()
    person.key(KEY.Key_Space)
    person.key(KEY.Key_S, CTRL)
    person.sees(lambda: room.request is not None and room.request.number == "PR-2026-001")


def _makes(person: Person, room: DisclosureRoom, key: Qt.Key, files: Path, more: int) -> set[Path]:
    """What this key makes: so many files more, each whole under its name."""
    before = set(files.iterdir())
    person.key(key, CTRL | SHIFT)
    form = room.clips.form
    person.bot.waitUntil(lambda: f"{more} file" in form.note.text() or form.error.isVisible(), timeout=AGAIN * 60_000)
    assert not form.error.isVisible(), person.says()
    made = set(files.iterdir()) - before
    assert len(made) == more and not any(each.name.startswith(".") for each in made)
    form.say("")
    return made


def _packs(person: Person, room: DisclosureRoom, target: Path) -> None:
    """Ctrl+Return releases, Ctrl+P packs."""
    person.key(KEY.Key_K, CTRL)  # the list again
    person.sees(lambda: room.screen.page.beside is None and room.making.judged)
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: room.making.released)
    person.key(KEY.Key_P, CTRL)
    form = room.making.package
    person.sees(lambda: QApplication.focusWidget() is form.target)
    person.key(KEY.Key_A, CTRL)
    person.types(str(target))
    QTest.keyClick(form.target, KEY.Key_P, CTRL)
    person.bot.waitUntil(lambda: target.exists() or form.error.isVisible(), timeout=AGAIN * 60_000)
    assert not form.error.isVisible(), person.says()
    person.sees(lambda: "The package is made" in person.says())


@pytest.mark.display
def test_a_prosecutor_is_given_the_recordings_own_frames(
    person: Person, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, target = tmp_path / "clips", tmp_path / "given" / "package"
    files.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(files))
    room = goes_to_the_register(person)
    _registers(person, room)
    person.sees(lambda: room.hiding.editor.now() is not None)
    person.key(KEY.Key_K, CTRL)
    person.sees(lambda: room.clips.form.isVisible() and room.clips.form.make.isEnabled())
    person.sees(lambda: "Its own frames" in person.says())
    (clip,) = _makes(person, room, KEY.Key_K, files, 1)
    with av.open(str(clip), "r") as film:
        frames = sum(1 for _ in film.decode(video=0))
        rate = film.streams.video[0].average_rate
    assert rate is not None and frames >= LASTS * rate / SECOND  # those before it from its key frame on, too
    originals = _makes(person, room, KEY.Key_M, files, 2)
    assert any(each.suffix == ".json" for each in originals)
    (still,) = _makes(person, room, KEY.Key_S, files, 1)
    assert still.suffix == ".png"
    with closing(person.desk.session.queries()) as queries:
        entries = queries.entries(EntryFilter(case=CASE, kinds=(CopyMade.KIND,)))
    made = [each.event for each in entries if isinstance(each.event, CopyMade)]
    assert sorted(each.purpose for each in made) == sorted([Form.CLIP, Form.ORIGINAL, Form.ORIGINAL, Form.STILL])
    assert {each.name for each in made} == {each.name for each in files.iterdir()} and not any(e.encoded for e in made)
    _packs(person, room, target)
    person.program.log_off()
    person.sees(lambda: person.program.desk is None and person.has_button("Log on"))
    index = json.loads((target / "data" / "index.json").read_text())
    assert len(index["copies"]) == len(made) and not any(copy["hidden"] for copy in index["copies"])
    said = command("disclosure", "verify", target)
    assert said["status"] == 0, said
