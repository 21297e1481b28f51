"""What is not footage, not a key, not a store: one sentence and the next step each; nothing half-written or lost."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic

import av
import pytest
from PySide6.QtCore import Qt

from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND, Utc
from reviewer.services.demo import CUSTODY
from reviewer.services.trust import Trust
from reviewer.services.workspace import Workspace
from reviewer.stores.base import locate
from tests.journeys.conftest import ARO, SALO, Command, Person, secret

SitDown = Callable[[], Person]


def _listing(folder: Path) -> dict[str, str]:
    """Every file below a folder, with the SHA-256 of what is in it."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def _footage(demo: Path) -> Path:
    """A recording of the demo's, as its camera left it."""
    return next((demo / "footage").glob("niemi-*/*.mp4"))


def _text(_demo: Path, file: Path) -> None:
    file.write_text("This is not footage.\n" * 100)


def _empty(_demo: Path, file: Path) -> None:
    file.touch()


def _cut(demo: Path, file: Path, movflags: str = "") -> None:
    """The first half of an MP4. As most cameras write it, its index stands at its end, and is gone."""
    whole = file.with_name("whole.mp4")
    _copy(demo, whole, movflags=movflags)
    data = whole.read_bytes()
    whole.unlink()
    file.write_bytes(data[: len(data) // 2])


def _copy(demo: Path, file: Path, seconds: int = 60, movflags: str = "") -> None:
    """The beginning of a recording of the demo's, its pictures only."""
    options = {"movflags": movflags} if movflags else {}
    with av.open(str(_footage(demo))) as source, av.open(str(file), "w", options=options) as out:
        video = source.streams.video[0]
        made = out.add_stream_from_template(video)
        for packet in source.demux(video):
            if packet.pts is not None and packet.time_base is not None and packet.pts * packet.time_base < seconds:
                packet.stream = made
                out.mux(packet)


REFUSED: dict[str, tuple[Callable[[Path, Path], None], str, str]] = {
    "text": (
        _text,
        "text.mp4 is not a recording this program can read.",
        "Check that it is the camera’s own file, or leave it out.",
    ),
    "empty": (_empty, "empty.mp4 is empty.", "Fetch it again from the camera."),
    "cut": (_cut, "cut.mp4 ends before its index; it was cut off.", "Fetch it again from the camera."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_is_refused_and_leaves_nothing(name: str, demo: Path, command: Command) -> None:
    make, sentence, step = REFUSED[name]
    (demo / "card").mkdir()
    file = demo / "card" / f"{name}.mp4"
    make(demo, file)
    sources, store = _listing(demo / "card"), _listing(demo / "store")
    said = command("ingest", file)
    assert (said["status"], said["ok"], said["recordings"]) == (1, False, [])
    (refused,) = said["refused"]
    assert refused["message"] == sentence
    assert said["err"] == f"{refused['message']} {refused['next_step']}\n"
    assert _listing(demo / "card") == sources
    after = _listing(demo / "store")  # the workstation's log says that it was tried, and nothing else is there
    assert {path: sha for path, sha in after.items() if "/station/" not in path} == store
    assert refused["next_step"] == step


def test_an_mp4_cut_in_the_middle_with_its_index_in_front(sit_down: SitDown, demo: Path, command: Command) -> None:
    """Its index tells of frames that are gone: what there is of it is evidence, plays, and says where it breaks off."""
    card = demo / "card"
    card.mkdir()
    _cut(demo, card / "cut.mp4", movflags="faststart")
    before = _listing(card)
    said = command("ingest", card)
    assert (said["status"], len(said["recordings"]), said["refused"]) == (0, 1, [])
    texts = [n["text"] for n in said["notes"]]
    assert "cut.mp4 is cut off: its index promises more footage than the file holds." in texts
    assert _listing(card) == before
    (taken,) = said["recordings"]
    who = ("--member", "salo:investigator", "--purpose", "complaint", "--reason", "complaint")
    by = ("--user", ARO.badge, "--passphrase-file", secret(demo, "aro", ARO.passphrase))
    custody = secret(demo, "custody", CUSTODY.passphrase)
    keys = ("--custody-key", demo / "keys" / "custody.json", "--custody-passphrase-file", custody)
    assert command("assign", "CR-CUT", "--title", "Cut", "--recording", taken, *who, *by, *keys)["ok"]
    person = sit_down()
    person.logs_on()
    person.has_footage()
    person.desk.queue.table.setFocus()
    person.key(Qt.Key.Key_Down)
    person.opens_case()
    (camera,) = person.room.cameras
    tile = person.screen.wall.tile(camera.key)
    assert tile is not None
    start = camera.manifest.range.start
    person.goes_to(Utc(start + 3 * SECOND))
    assert (tile.state, tile.painted is not None) == (TileState.PLAYING, True)
    person.screen.controls.seek(Utc(camera.manifest.range.end - SECOND))
    person.sees(lambda: tile.state is TileState.UNREADABLE)
    said_there = person.paints(tile)
    assert "Cannot be read" in said_there
    assert "The file breaks off before its end." in said_there
    assert tile.painted is None
    assert person.viewing.painted_outside == 0


def test_a_gpx_with_an_entity_bomb(demo: Path, command: Command) -> None:
    """The track is refused before anything in it is expanded; the footage beside it is taken in."""
    card = demo / "card"
    card.mkdir()
    _copy(demo, card / "ride.mp4", seconds=2)
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    body = '<gpx><trk><trkseg><trkpt lat="60" lon="24"><time>&l11;</time></trkpt></trkseg></trk></gpx>'
    (card / "ride.gpx").write_text(f'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY l0 "lol">{lol}]>{body}')
    before = _listing(card)
    began = monotonic()
    said = command("ingest", card)
    assert monotonic() - began < 20, "nothing was expanded"
    assert (said["status"], len(said["recordings"])) == (1, 1)
    (refused,) = said["refused"]
    assert refused["message"].startswith("ride.gpx declares XML entities, which can be a trap")
    assert said["err"] == f"{refused['message']} {refused['next_step']}\n"
    assert _listing(card) == before
    workspace = Workspace(demo / "home")
    trust = Trust(locate(workspace.store_location()), workspace.setup().root, workspace)
    made = trust.manifest(said["recordings"][0])
    assert (len(made.parts), made.tracks) == (1, ())


def test_a_folder_without_rights(demo: Path, command: Command) -> None:
    """What may not be read is named; what may be read beside it is taken in."""
    card = demo / "card"
    (card / "locked").mkdir(parents=True)
    _copy(demo, card / "locked" / "a.mp4", seconds=2)
    (card / "locked").chmod(0)
    store = _listing(demo / "store")
    sentence = f"You may not read {card / 'locked'}."
    step = "Ask for the right to read it, or copy the footage to a folder of yours."
    with _bound_by_rights():
        said = command("ingest", card)
    assert (said["status"], said["recordings"], said["err"]) == (1, [], f"{sentence} {step}\n")
    assert {p: sha for p, sha in _listing(demo / "store").items() if "/station/" not in p} == store

    _copy(demo, card / "open.mp4", seconds=2)
    with _bound_by_rights():
        said = command("ingest", card)
    assert (said["status"], len(said["recordings"]), said["err"]) == (1, 1, f"{sentence} {step}\n")
    assert set(_listing(demo / "store")) > set(store)


@contextlib.contextmanager
def _bound_by_rights() -> Iterator[None]:
    """Root reads everything; without two of its capabilities it is bound by rights as anybody is (capset(2))."""
    if os.geteuid() != 0:
        yield
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)  # _LINUX_CAPABILITY_VERSION_3, this thread
    had = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; twice
    assert libc.capget(header, had) == 0
    less = (ctypes.c_uint32 * 6)(*had)
    less[0] &= ~(1 << 1 | 1 << 2)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, less) == 0
    try:
        yield
    finally:
        assert libc.capset(header, had) == 0


def _says(person: Person, words: str) -> bool:
    return words in person.says()


def test_a_wrong_passphrase_five_times(person: Person, demo: Path, command: Command) -> None:
    named = f"{SALO.name} {SALO.badge}"
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left"):
        person.tries(named, "not it")
        person.sees(partial(_says, person, left))
        assert "That passphrase does not open the key." in person.says()
    for passphrase in ("not it", SALO.passphrase):
        person.tries(named, passphrase)
        person.sees(lambda: "is locked on this workstation after 5 wrong passphrases." in person.says())
        assert "Ask a supervisor or the custodian to release it." in person.says()
        person.sees(lambda: person.field("Name or badge").isEnabled())
    assert person.program.desk is None
    by = ("--by", ARO.badge, "--passphrase-file", secret(demo, "aro", ARO.passphrase))
    assert command("release", SALO.badge, *by)["released"] == SALO.id
    person.logs_on()
    person.has_footage()


def test_a_second_window_of_the_same_person(sit_down: SitDown) -> None:
    first = sit_down()
    first.logs_on()
    first.has_footage()
    second = sit_down()
    second.tries(f"{SALO.name} {SALO.badge}", SALO.passphrase)
    second.sees(lambda: "is already open for" in second.says())
    assert "Use the open window, or close it first." in second.says()
    assert second.program.desk is None
    second.leaves()
    first.program.window.activateWindow()
    first.opens_case()


def test_a_workspace_that_is_not_set_up(sit_down: SitDown, demo: Path) -> None:
    (demo / "home").rename(demo / "elsewhere")
    person = sit_down()
    assert "This machine is not set up yet" in person.says()
    assert "Run “reviewer setup”" in person.says()
    assert not person.button("Log on").isEnabled()
    person.leaves()
    assert not (demo / "home").exists()


def test_a_store_that_is_gone(sit_down: SitDown, demo: Path) -> None:
    """What is here can be worked on, and is sent when the store is back."""
    first = sit_down()
    first.logs_on()
    first.has_footage()
    first.leaves()
    (demo / "store").rename(demo / "away")
    person = sit_down()
    assert "Store not reached. You can work on what is here." in person.says()
    person.logs_on()
    person.has_footage()
    person.sees(lambda: "Working from this machine: the store is not reached" in person.says())
    person.opens_case()
    start = person.playback.now()
    person.key(Qt.Key.Key_Space)
    person.sees(lambda: person.playback.now() > start + SECOND)
    wall = person.screen.wall
    person.sees(lambda: len([p for p in wall.painted().values() if p.image is not None and p.at > start]) == 4)
    assert person.viewing.painted_outside == 0
    person.leaves()
    assert not (demo / "store").exists()
