"""A custodian answers a request by the screen: registered, hidden, rendered, looked at by a second person, released,
packed; what leaves is accepted by bagit, a C2PA reader, ffprobe and the single file that verifies it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import bagit
import c2pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from reviewer.app.case_disclosure import DisclosureRoom
from reviewer.domain.timebase import SECOND, Utc, format_rfc3339
from reviewer.services.demo import PEOPLE, ROOT
from reviewer.services.demo_copies import REQUEST as CASE
from reviewer.services.release import PointId, open_points
from reviewer.services.rendering_job import RenderState
from tests.journeys.conftest import ARO, Command, Person, secret

KEY = Qt.Key
ALT, CTRL, SHIFT = (
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)
HILL = next(p for p in PEOPLE if p.id == "hill")
LASTS = 3 * SECOND
AGAIN = 4  # times a person's patience, for what takes minutes on a slow machine


def _goes_to_copies(person: Person, who: tuple[str, str]) -> DisclosureRoom:
    """Logs on, opens the case of the request, goes to the room of copies."""
    person.logs_on(*who)
    person.sees(lambda: any(c.case_id == CASE for c in person.desk.queue.cases))
    person.has_footage()
    table = person.desk.queue.table
    table.setFocus()
    person.presses(KEY.Key_Down, lambda: table.current is not None and table.current.case_id == CASE)
    person.opens_case()
    person.key(KEY.Key_9, CTRL)
    assert person.room.hands is not None
    room = person.room.hands.copies
    assert isinstance(room, DisclosureRoom)
    person.sees(lambda: room.screen.isVisible() and room.screen.register.requests)
    return room


def _registers(person: Person, room: DisclosureRoom) -> str:
    """Three seconds of the first camera, for whoever asked; S. Aro looks as the second person."""
    person.key(KEY.Key_N, CTRL)
    form = room.screen.form
    person.sees(lambda: QApplication.focusWidget() is form.entries["requester"].widget)
    number = form.entries["number"].typed
    person.types("M. Virtanen")
    camera = room.cameras[0]
    known = room.case.wall.camera(camera.key)
    assert known is not None
    start = Utc(known.manifest.range.start // SECOND * SECOND + 5 * SECOND)
    for name, at in (("start", start), ("end", Utc(start + LASTS))):
        form.entries[name].widget.setFocus()
        person.types(f"{format_rfc3339(at)[:19].replace('T', ' ')} UTC")
    form._recordings[camera.key].setFocus()
    person.key(KEY.Key_Space)
    form.second.setFocus()
    person.presses(KEY.Key_Down, lambda: form.second.value == ARO.id)
    person.key(KEY.Key_S, CTRL)
    person.sees(lambda: room.request is not None)
    return number


def _hides(person: Person, room: DisclosureRoom) -> None:
    """A box on the picture and a second of silence, each with a reason of the agency's table."""
    person.sees(lambda: room.hiding.editor.now() is not None)
    person.key(KEY.Key_X)
    person.sees(lambda: room.hiding.editor.active)
    person.key(KEY.Key_Return)
    person.sees(lambda: [row.name for row in room.rows] == ["M1"])
    person.key(KEY.Key_R, ALT)
    person.key(KEY.Key_Down)
    person.sees(lambda: room.redaction.masks[0].reason == "third_party")
    room.stage.view.setFocus()
    person.key(KEY.Key_I)
    before = room.stage.now()
    person.key(KEY.Key_Right)
    person.sees(lambda: (room.stage.now() or 0) > (before or 0))
    person.key(KEY.Key_O)
    person.key(KEY.Key_M, SHIFT)
    person.sees(lambda: [row.name for row in room.rows] == ["M1", "S1"])
    person.key(KEY.Key_B, ALT)
    person.sees(lambda: room.making.points and _done(room, PointId.BURNED_IN))


def _done(room: DisclosureRoom, point: PointId) -> bool:
    return any(each.id is point and each.done for each in room.making.points)


def _renders(person: Person, room: DisclosureRoom) -> Path:
    person.key(KEY.Key_R, CTRL)
    assert room.request is not None
    of = room.request.id
    person.sees(lambda: room.renders.jobs(of))
    person.bot.waitUntil(lambda: room.renders.jobs(of)[0].state.over, timeout=AGAIN * 60_000)
    (status,) = room.renders.jobs(of)
    assert status.state is RenderState.DONE and status.path is not None, status.job.problems
    person.sees(lambda: _done(room, PointId.MADE))
    return status.path


def _logs_off(person: Person) -> None:
    person.program.log_off()
    person.sees(lambda: person.program.desk is None and person.has_button("Log on"))


def _opens_request(person: Person, room: DisclosureRoom, number: str) -> None:
    table = room.screen.register.table
    table.setFocus()
    person.sees(lambda: any(each.number == number for each in room.screen.register.requests))
    person.key(KEY.Key_Home)
    person.presses(KEY.Key_Down, lambda: table.current is not None and table.current.number == number)
    person.key(KEY.Key_Return)
    person.sees(lambda: room.request is not None and room.request.number == number)


def _packs(person: Person, room: DisclosureRoom, target: Path) -> None:
    person.key(KEY.Key_P, CTRL)
    form = room.making.package
    person.sees(form.isVisible)
    person.sees(lambda: QApplication.focusWidget() is form.target)
    person.key(KEY.Key_A, CTRL)
    person.types(str(target))
    QTest.keyClick(form.target, KEY.Key_P, CTRL)
    person.bot.waitUntil(lambda: target.exists() or form.error.isVisible(), timeout=AGAIN * 60_000)
    assert not form.error.isVisible(), person.says()
    person.sees(lambda: "The package is made" in person.says())


@pytest.mark.display
def test_from_a_request_to_a_package_that_outside_programs_accept(
    person: Person, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, target = tmp_path / "copies", tmp_path / "given" / "package"
    files.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(files))
    root = ("--root-key", person.demo / "keys" / "root.json")
    made = command("agency", "certificate", *root, "--passphrase-file", secret(tmp_path, "root", ROOT.passphrase))
    assert made["status"] == 0, made["err"]
    hill = (f"{HILL.name} {HILL.badge}", HILL.passphrase)
    room = _goes_to_copies(person, hill)
    number = _registers(person, room)
    _hides(person, room)
    copy = _renders(person, room)
    _logs_off(person)
    room = _goes_to_copies(person, (f"{ARO.name} {ARO.badge}", ARO.passphrase))
    _opens_request(person, room, number)
    person.key(KEY.Key_2, ALT)
    person.sees(lambda: _done(room, PointId.SECOND))
    _logs_off(person)
    room = _goes_to_copies(person, hill)
    _opens_request(person, room, number)
    person.sees(lambda: open_points(room.making.points) == 0)
    person.key(KEY.Key_Return, CTRL)
    person.sees(lambda: room.making.released)
    _packs(person, room, target)
    _logs_off(person)
    _accepted(target, command, tmp_path)
    index = json.loads((target / "data" / "index.json").read_text())
    assert [(h["what"], h["reason"]) for h in index["copies"][0]["hidden"]] == [
        ("Face", "Third party"),
        ("Sound made silent", "Third party"),
    ]
    assert (target / "data" / index["copies"][0]["file"]).stat().st_size > copy.stat().st_size


def _accepted(folder: Path, command: Command, tmp_path: Path) -> None:
    """The four outside programs, and our own command with this machine's keys."""
    assert bagit.Bag(str(folder)).validate() is True
    (given,) = (folder / "data" / "copies").iterdir()
    with given.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
        assert reader.get_validation_state() == "Valid"
        assert "thumbnail" not in reader.json()
    words = [
        "ffprobe",
        "-v",
        "error",
        "-count_packets",
        "-show_entries",
        "stream=codec_name,nb_read_packets:format_tags",
    ]
    probed = json.loads(subprocess.run([*words, "-of", "json", given], capture_output=True, check=True).stdout)
    assert [s["codec_name"] for s in probed["streams"]] == ["h264", "aac"]
    assert not set(probed["format"].get("tags", {})) - {"major_brand", "minor_version", "compatible_brands"}
    keys = command("log", "keys")
    (tmp_path / "keys.json").write_text(json.dumps({k: keys[k] for k in ("logs", "witnesses", "quorum")}))
    tool = folder / "data" / "verify_disclosure.py"
    single = [sys.executable, "-I", str(tool), str(folder), "--keys", str(tmp_path / "keys.json")]
    said = subprocess.run(single, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "PASS"), said.stdout + said.stderr
    ours = command("disclosure", "verify", folder)
    assert ours["ok"] is True and any("C2PA: Trusted" in each for each in ours["remarks"]), ours
