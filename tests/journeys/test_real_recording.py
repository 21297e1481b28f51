"""A real camera's recording, GPS inside and nothing beside it: from an empty folder to pictures, clock and track."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from reviewer.domain.recording import ClockSource
from reviewer.domain.tile import TileState
from reviewer.domain.timebase import SECOND
from reviewer.services.demo import PEOPLE
from tests.journeys.conftest import Command, Person, secret

HERO5 = Path(__file__).parents[2].parent / "shared" / "data" / "recordings" / "hero5-trimmed.mp4"
CASE = "CR-2026-0001"


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """Not the demo: an empty folder, and who will work in it."""
    if not HERO5.is_file():
        pytest.skip("the real recording is not on this machine")
    people = [{"name": p.name, "badge": p.badge, "passphrase": p.passphrase} for p in PEOPLE]
    (tmp_path / "people.json").write_text(json.dumps({"people": people}))
    return tmp_path


def test_a_gopro_without_a_sidecar(demo: Path, command: Command, request: pytest.FixtureRequest) -> None:
    before = hashlib.sha256(HERO5.read_bytes()).hexdigest()
    _found(demo, command)
    (taken,) = command("ingest", HERO5)["recordings"]
    custody = demo / "custody.txt"
    who = ("--member", "salo:investigator", "--purpose", "complaint", "--reason", "complaint")
    keys = ("--custody-key", demo / "custody.json", "--custody-passphrase-file", custody)
    by = ("--user", "aro", "--passphrase-file", demo / "aro.txt")
    given = command("assign", CASE, "--title", "A ride", "--recording", taken, *who, *by, *keys)
    assert given["recordings"] == [taken]

    person: Person = request.getfixturevalue("person")
    person.native = 854
    person.logs_on()
    person.has_footage()
    person.opens_case()

    (camera,) = person.room.cameras
    assert camera.manifest.clock.source is ClockSource.GPS
    start = person.playback.now()
    person.key(Qt.Key.Key_Space)
    person.sees(lambda: person.playback.now() > start + SECOND)
    person.sees(lambda: person.screen.wall.painted()[taken].state is TileState.PLAYING)
    shown = person.screen.wall.painted()[taken]
    assert shown.image is not None
    assert shown.at > start
    assert np.ptp(shown.image[..., :3]) > 100, "a picture, not one colour"
    tile = person.screen.wall.tile(taken)
    assert tile is not None
    footer = person.paints(tile)
    assert "GPS clock" in footer
    assert "± " in footer

    person.sees(lambda: person.screen.map.tracks)
    (track,) = person.screen.map.tracks
    assert len(track.track.fixes) > 10
    assert track.track.position(person.playback.now()) is not None
    assert person.viewing.painted_outside == 0
    assert hashlib.sha256(HERO5.read_bytes()).hexdigest() == before


def _found(folder: Path, command: Command) -> None:
    """An agency of two, this machine as its station."""
    people = []
    for who in PEOPLE[:2]:
        assert command("key", "new", who.id, "--passphrase-file", secret(folder, who.id, who.passphrase))["ok"]
        key = str(folder / "home" / "keys" / f"{who.id}.json")
        people.append({"id": who.id, "name": who.name, "badge": who.badge, "roles": [who.role], "key": key})
    (folder / "team.json").write_text(json.dumps(people))
    agency = ("--agency", "helsinki.example", "--title", "Helsinki Example", "--people", folder / "team.json")
    root = ("--root-key", folder / "root.json", "--passphrase-file", secret(folder, "root", "root"))
    custody = secret(folder, "custody", "custody")
    keys = ("--custody-key", folder / "custody.json", "--custody-passphrase-file", custody)
    made = command("store", "init", folder / "store", *agency, *root, *keys)
    assert (made["status"], made["users"]) == (0, ["salo", "aro"])
